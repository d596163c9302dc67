"""Which members of an entity are relations, by name: its `Ref`, lists of them, its `Many`."""

from collections.abc import Iterable

from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.types.unions import entities_in


class RelationNames:
    """Tells the relations of entities, each worked out once."""

    def __init__(self, resolver: Resolver, hierarchies: Iterable[ClassHierarchy]) -> None:
        self._types = resolver.types
        self._members = resolver.members
        self._hierarchies = {each.symbol.qualified_name: each for each in hierarchies}
        self._known: dict[str, frozenset[str]] = {}

    def of(self, entity: str) -> frozenset[str]:
        """Return the relations of the entity of that qualified name."""
        known = self._known.get(entity)
        if known is None:
            known = self._read(self._hierarchies[entity])
            self._known[entity] = known
        return known

    def _read(self, hierarchy: ClassHierarchy) -> frozenset[str]:
        found: set[str] = set()
        for name, member in self._members.members(hierarchy).annotated.items():
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
