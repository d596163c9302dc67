"""What classes of the project have: as classes, and as instances."""

from enum import Enum, Flag, IntEnum, IntFlag, StrEnum

from pydantic import BaseModel

from starmodel_generator.analysis.facts import FunctionFacts
from starmodel_generator.linking.names.mro import BASE_MODEL, Lineage
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

    def of_class(self, lineage: Lineage) -> frozenset[str] | None:
        """What the class itself has, a model or an enum; `None` where that cannot be known."""
        if not self._is_known(lineage) or _has_metaclass(lineage):
            return None
        found = self._given(lineage)
        if lineage.is_enum:
            for name in lineage.outside & _ENUMS.keys():
                found.update(dir(_ENUMS[name]))
            return frozenset(found) | _OF_ENUMS
        return frozenset(found) | _OF_MODELS

    def of_instance(self, lineage: Lineage) -> frozenset[str] | None:
        """What an instance of a model has; `None` where that cannot be known."""
        symbol = lineage.symbol
        if symbol not in self._instances:
            self._instances[symbol] = self._of_instance(lineage)
        return self._instances[symbol]

    def _of_instance(self, lineage: Lineage) -> frozenset[str] | None:
        if not self._is_known(lineage) or not lineage.is_model or _answers_all(lineage):
            return None
        if self._configs.written(lineage, "extra") not in (None, "ignore", "forbid"):
            return None
        found = self._given(lineage) | set(self._resolver.members.members(lineage).annotated)
        if lineage.is_entity:
            found.add("id")
        return frozenset(found) | _OF_MODELS

    def _is_known(self, lineage: Lineage) -> bool:
        classes = lineage.classes
        if any(self._resolver.lineages.of(each).problems for each in classes):
            return False
        if lineage.is_enum and _makes_members_itself(lineage):
            return False
        others = set(lineage.outside - _HARMLESS - _MODELS)
        if lineage.is_enum:
            others -= _ENUMS.keys()
        return (lineage.is_model or lineage.is_enum) and not others

    def _given(self, lineage: Lineage) -> set[str]:
        """The methods, class variables, enum members and inner classes of a class and its bases."""
        found: set[str] = set()
        for owner in lineage.classes:
            is_model = self._resolver.lineages.of(owner).is_model
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
                found.update(_private_names_set(method))
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


def _has_metaclass(lineage: Lineage) -> bool:
    return any(key == "metaclass" for owner in lineage.classes for key, _ in owner.facts.keywords)


def _makes_members_itself(lineage: Lineage) -> bool:
    return any(
        method.name in ("__init__", "__new__")
        for owner in lineage.classes
        for method in owner.facts.methods
    )


def _answers_all(lineage: Lineage) -> bool:
    return any(
        method.name in ("__getattr__", "__getattribute__", "__setattr__")
        for owner in lineage.classes
        for method in owner.facts.methods
    )


def _private_names_set(method: FunctionFacts) -> set[str]:
    """The names with an underscore that a method sets, which pydantic leaves alone."""
    return {
        use.path[1]
        for use in method.uses
        if use.access == "store" and len(use.path) == 2 and use.path[1].startswith("_")
    }
