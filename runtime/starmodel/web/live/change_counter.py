"""How often records of each kind have changed, so that a page can tell whether it shows the newest.

A list is made of a query, and follows `/live` only from the moment its script has started. So the
page is told, before the query, where the changes of its records stand; the stream tells where they
stand now; and where the two differ, the page fetches its records anew. Nothing that is committed
in between can be missed, however long a page takes to start.

Where somebody may not see some of the records, their number would tell him of those as well. Then
no two marks are the same: a page fetches its records once more when its stream begins.
"""

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from starmodel.domain import Access, Scope, StateStore

if TYPE_CHECKING:
    from starmodel.web.routing.resource import Resource


class ChangeCounter:
    """Counts what this process is told of.

    Another process counts for itself. A page that was made there finds another mark here and
    fetches its records once more than it might have to.

    Args:
        resources: The entities.

    Attributes:
        dependents: The entities whose records the database changes along with one that is deleted,
            by the name of that one's; for all that have lists.
        guarded: Those of whose changes not everybody may know who may see their list.
    """

    def __init__(self, resources: Iterable["Resource"] = ()) -> None:
        self._process = secrets.token_hex(4)
        self._numbers: dict[str, int] = {}
        resources = tuple(resources)
        self.dependents: Mapping[str, tuple[str, ...]] = {
            resource.definition.name: tuple(_dependents(resource, resources))
            for resource in resources
            if _is_listed(resource)
        }
        access = {resource.definition.name: resource.definition.access for resource in resources}
        self.guarded: Collection[str] = {
            name
            for name in self.dependents
            if callable(access[name])
            or any(
                name in others and access[other] not in (Access.PUBLIC, access[name])
                for other, others in self.dependents.items()
            )
        }

    def increment(self, name: str) -> None:
        """Record that a record of the entity `name` has changed."""
        self._numbers[name] = self._numbers.get(name, 0) + 1

    def token(self, name: str) -> str:
        """Describe where the changes of an entity stand: hexadecimal digits, a point, a number.

        Ask before the records are read: what changes while they are is then noticed later.
        """
        if name in self.guarded:
            return f"{secrets.token_hex(4)}.0"
        return f"{self._process}.{self._numbers.get(name, 0)}"


def _is_listed(resource: "Resource") -> bool:
    """Return whether there is a list of such records that a page may watch."""
    definition = resource.definition
    return definition.store is StateStore.SERVER_SQL and definition.scope is Scope.RECORD


def _dependents(resource: "Resource", others: Iterable["Resource"]) -> Iterator[str]:
    """Name the entities whose records the database changes when one of this is deleted."""
    found = {resource.definition.name}
    waiting = [resource.definition.name]
    tables = [other.table for other in others if other.table is not None]
    while waiting:
        name = waiting.pop()
        for table in tables:
            changes = any(
                reference.entity == name and reference.on_delete != "restrict"
                for reference in table.references
            ) or any(link.entity == name for link in table.links)
            if changes and table.entity not in found:
                found.add(table.entity)
                waiting.append(table.entity)
                yield table.entity
