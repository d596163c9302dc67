"""Which members of an entity are relations, by name: its `Ref`, lists of them, its `Many`."""

from collections.abc import Iterable

from starmodel_generator.linking.names.mro import Lineage
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.types.unions import entities_in


class RelationNames:
    """Tells the relations of entities, each worked out once."""

    def __init__(self, resolver: Resolver, lineages: Iterable[Lineage]) -> None:
        self._types = resolver.types
        self._members = resolver.members
        self._lineages = {each.symbol.qualified_name: each for each in lineages}
        self._known: dict[str, frozenset[str]] = {}

    def of(self, entity: str) -> frozenset[str]:
        """The relations of the entity of that qualified name."""
        known = self._known.get(entity)
        if known is None:
            known = self._read(self._lineages[entity])
            self._known[entity] = known
        return known

    def _read(self, lineage: Lineage) -> frozenset[str]:
        found: set[str] = set()
        for name, member in self._members.members(lineage).annotated.items():
            annotation, namespace = member.fact.annotation, member.owner.namespace
            if annotation is None:
                continue
            resolved = self._types.value(annotation, namespace)
            if resolved.is_class_variable:
                is_relation = self._types.other_side(annotation, namespace) is not None
            else:
                is_relation = resolved.type is not None and any(entities_in(resolved.type))
            if is_relation:
                found.add(name)
        return frozenset(found)
