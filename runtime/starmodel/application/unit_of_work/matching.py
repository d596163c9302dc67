"""Whether entities fit a search as they are now, and not as they are stored.

The database says so of what is stored. This says it of what an event has changed since, in the
same way.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from operator import ge, gt, le, lt
from typing import Any, TypeVar

from starmodel.application.search import Condition, Order
from starmodel.application.unit_of_work.batch_loader import given_ids
from starmodel.domain import Entity, Ref
from starmodel.domain.type_guards import is_sequence, is_set

E = TypeVar("E", bound=Entity)

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {"lt": lt, "le": le, "gt": gt, "ge": ge}


def fits(conditions: Iterable[Condition], entity: Entity) -> bool:
    """Return whether all conditions are true of an entity."""
    return all(_holds(each, entity.__dict__.get(each.field)) for each in conditions)


def in_order(entities: Iterable[E], orders: Sequence[Order]) -> list[E]:
    """Return entities sorted as a search has them: what is `None` comes after all values."""
    found = [*entities]
    for field, is_descending, _ in reversed(orders):

        def key(entity: Entity, field: str = field) -> tuple[bool, Any]:
            value = _plain(entity.__dict__.get(field))
            return value is None, value

        found.sort(key=key, reverse=is_descending)
    return found


def _holds(condition: Condition, value: object) -> bool:
    _, operator, wanted = condition
    if operator == "has":
        return wanted in given_ids(value)
    if operator == "isnull":
        return (value is None) is wanted
    value = _plain(value)
    if operator == "ne":
        return value != wanted
    if value is None:
        return False
    if operator == "eq":
        return value == wanted
    if operator == "in":
        choices: Any = wanted
        return value in choices
    if operator == "contains" and (is_sequence(value) or is_set(value)):
        return any(_is_element(each, wanted) for each in value)
    if operator in ("contains", "startswith"):
        text, part = str(value).lower(), str(wanted).lower()
        return part in text if operator == "contains" else text.startswith(part)
    try:
        return _COMPARISONS[operator](value, wanted)
    except TypeError:
        # It is not of the field's type, so it will not be stored.
        return False


def _is_element(value: object, wanted: object) -> bool:
    """Return whether it is the value; URLs and IP addresses are compared as their texts."""
    return _plain(value) == wanted or (isinstance(wanted, str) and str(value) == wanted)


def _plain(value: object) -> object:
    """Return a value as a condition has it."""
    if isinstance(value, Ref | Entity):
        return str(value.id)
    return value.value if isinstance(value, Enum) else value
