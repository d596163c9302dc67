"""What classes of the project have: as classes, and as instances."""

from enum import Enum, Flag, IntEnum, IntFlag, StrEnum

from pydantic import BaseModel

from starmodel_generator.analysis.facts import FunctionFacts
from starmodel_generator.linking.names.mro import BASE_MODEL, ClassHierarchy
from starmodel_generator.linking.names.symbols import ClassSymbol
from starmodel_generator.linking.options.model_config import ConfigReader
from starmodel_generator.linking.resolver import Resolver

_ENUMS: dict[str, type] = {
    "enum.Enum": Enum,
    "enum.Flag": Flag,
    "enum.IntEnum": IntEnum,
    "enum.IntFlag": IntFlag,
    "enum.StrEnum": StrEnum,
    "builtins.str": str,
    "builtins.int": int,
}
_HARMLESS = frozenset({"abc.ABC", "builtins.object", "typing.Generic", "typing.Protocol"})
_MODELS = frozenset({BASE_MODEL, "starmodel.Entity", "starmodel.BaseTable"})


class _Model(BaseModel):
    """Stands for any model: pydantic gives a subclass more than `BaseModel` has."""


_OF_MODELS = frozenset(dir(_Model)) | frozenset(dir(type(_Model))) - {"__abstractmethods__"}
_OF_ENUMS = frozenset(dir(type(Enum)))


class ClassAttributes:
    """Tells what classes have, as far as all of their bases are known."""

    of_models = _OF_MODELS
    """What every model has."""

    def __init__(self, resolver: Resolver, configs: ConfigReader) -> None:
        self._resolver = resolver
        self._configs = configs
        self._instances: dict[ClassSymbol, frozenset[str] | None] = {}

    def of_class(self, hierarchy: ClassHierarchy) -> frozenset[str] | None:
        """Return what the class itself has, a model or an enum; `None` where that cannot be known."""
        if not self._is_known(hierarchy) or _has_metaclass(hierarchy):
            return None
        found = self._given(hierarchy)
        if hierarchy.is_enum:
            for name in hierarchy.outside & _ENUMS.keys():
                found.update(dir(_ENUMS[name]))
            return frozenset(found) | _OF_ENUMS
        return frozenset(found) | _OF_MODELS

    def of_instance(self, hierarchy: ClassHierarchy) -> frozenset[str] | None:
        """Return what an instance of a model has; `None` where that cannot be known."""
        symbol = hierarchy.symbol
        if symbol not in self._instances:
            self._instances[symbol] = self._of_instance(hierarchy)
        return self._instances[symbol]

    def _of_instance(self, hierarchy: ClassHierarchy) -> frozenset[str] | None:
        if not self._is_known(hierarchy) or not hierarchy.is_model or _answers_all(hierarchy):
            return None
        if self._configs.written(hierarchy, "extra") not in (None, "ignore", "forbid"):
            return None
        found = self._given(hierarchy) | set(self._resolver.members.members(hierarchy).annotated)
        if hierarchy.is_entity:
            found.add("id")
        return frozenset(found) | _OF_MODELS

    def _is_known(self, hierarchy: ClassHierarchy) -> bool:
        classes = hierarchy.classes
        if any(self._resolver.hierarchies.of(each).problems for each in classes):
            return False
        if hierarchy.is_enum and _makes_members_itself(hierarchy):
            return False
        others = set(hierarchy.outside - _HARMLESS - _MODELS)
        if hierarchy.is_enum:
            others -= _ENUMS.keys()
        return (hierarchy.is_model or hierarchy.is_enum) and not others

    def _given(self, hierarchy: ClassHierarchy) -> set[str]:
        """Return the methods, class variables, enum members and inner classes of a class and its bases."""
        found: set[str] = set()
        for owner in hierarchy.classes:
            is_model = self._resolver.hierarchies.of(owner).is_model
            found.update(method.name for method in owner.facts.methods)
            found.update(self._inner_classes(owner))
            for fact in owner.facts.attributes:
                is_field = is_model and fact.annotation is not None
                if (
                    not is_field
                    or self._is_class_variable(owner, fact.name)
                    or fact.name.startswith("_")
                ):
                    found.add(fact.name)
            for method in owner.facts.methods:
                found.update(_names_set(method))
        return found

    def _inner_classes(self, owner: ClassSymbol) -> set[str]:
        inside = f"class {owner.name}"
        return {facts.name for facts in owner.module.classes if facts.container == inside}

    def _is_class_variable(self, owner: ClassSymbol, name: str) -> bool:
        return any(
            fact.name == name
            and fact.annotation is not None
            and self._resolver.types.value(fact.annotation, owner.namespace).is_class_variable
            for fact in owner.facts.attributes
        )


def _has_metaclass(hierarchy: ClassHierarchy) -> bool:
    return any(key == "metaclass" for owner in hierarchy.classes for key, _ in owner.facts.keywords)


def _makes_members_itself(hierarchy: ClassHierarchy) -> bool:
    return any(
        method.name in ("__init__", "__new__")
        for owner in hierarchy.classes
        for method in owner.facts.methods
    )


def _answers_all(hierarchy: ClassHierarchy) -> bool:
    return any(
        method.name in ("__getattr__", "__getattribute__", "__setattr__")
        for owner in hierarchy.classes
        for method in owner.facts.methods
    )


def _names_set(method: FunctionFacts) -> set[str]:
    """Return what a method sets and no class has to declare.

    Pydantic leaves alone names with an underscore, and what is set on the class of a subclass.
    """
    is_for_subclasses = method.name in ("__init_subclass__", "__pydantic_init_subclass__")
    own = method.parameters[0].name if is_for_subclasses and method.parameters else None
    return {
        use.path[1]
        for use in method.uses
        if use.access == "store" and len(use.path) == 2
        if use.path[1].startswith("_") or use.path[0] == own
    }
