"""Classes of the project as types: value objects, enums, entities, and why others are none."""

from typing import Literal, TypeAlias

from starmodel_generator.analysis.facts import Expression, NameExpression, SubscriptExpression
from starmodel_generator.diagnostics.rules.entity_rules import NESTED_ENTITY
from starmodel_generator.linking.names.mro import ClassHierarchies
from starmodel_generator.linking.names.symbols import ClassSymbol
from starmodel_generator.linking.names.unparse import unparse
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.resolved_type import ResolvedType, refused
from starmodel_schemas import EntityType, EnumType, FragmentType, ObjectType
from starmodel_schemas.naming import snake_case

Use: TypeAlias = Literal["value", "result"]


class ClassTypes:
    """Tells what a class of the project is as a type."""

    def __init__(self, hierarchies: ClassHierarchies) -> None:
        self._hierarchies = hierarchies
        self.known: dict[str, ClassSymbol] = {}
        """The value objects and enums that were met, by qualified name."""
        self.entities: dict[str, ClassSymbol] = {}
        """The entities that were met, by qualified name."""

    def resolve(self, annotation: Expression, symbol: ClassSymbol, use: Use) -> ResolvedType:
        """Return the type of a class; what an event gives (`result`) may also be a fragment."""
        hierarchy = self._hierarchies.of(symbol)
        if hierarchy.is_entity:
            self.entities[symbol.qualified_name] = symbol
            return _entity(annotation, symbol, use)
        if use == "result" and _renders_itself(hierarchy.classes):
            return ResolvedType(FragmentType())
        container = symbol.facts.container or ""
        if (hierarchy.is_enum or hierarchy.is_model) and container.startswith(
            ("function", "class")
        ):
            text = f"has the type `{symbol.name}`, which is defined inside `{container}`"
            help = f"move `{symbol.name}` to the top of the module"
            return ResolvedType(None, problems=(Problem(NESTED_ENTITY, text, help),))
        if hierarchy.is_enum:
            self.known[symbol.qualified_name] = symbol
            return ResolvedType(EnumType(enum=symbol.qualified_name))
        reason = self._why_no_object(annotation, symbol)
        if reason is not None:
            return refused(annotation, *reason)
        self.known[symbol.qualified_name] = symbol
        return ResolvedType(ObjectType(object=symbol.qualified_name))

    def is_entity(self, symbol: ClassSymbol) -> bool:
        """Return whether a class leads to `starmodel.Entity`."""
        return self._hierarchies.of(symbol).is_entity

    def resolve_generic(
        self, annotation: Expression, symbol: ClassSymbol, use: Use
    ) -> ResolvedType:
        """Return the type of a class with something in brackets, which is none: `Page[int]`."""
        hierarchy = self._hierarchies.of(symbol)
        if use == "result" and _renders_itself(hierarchy.classes):
            return ResolvedType(FragmentType())
        if hierarchy.inherits("typing.Generic") or symbol.facts.type_parameters:
            return refused(annotation, *_generic(annotation, symbol))
        help = f"write `{symbol.name}` alone"
        return refused(annotation, f"puts something in brackets behind `{symbol.name}`", help)

    def _why_no_object(self, annotation: Expression, symbol: ClassSymbol) -> tuple[str, str] | None:
        hierarchy = self._hierarchies.of(symbol)
        if hierarchy.inherits("pydantic.RootModel"):
            return "is a `RootModel`, which has no field names", "use the type inside it"
        if hierarchy.inherits("typing.Generic") or symbol.facts.type_parameters:
            return _generic(annotation, symbol)
        if hierarchy.inherits("typing.TypedDict"):
            return "is a `TypedDict`", "use a pydantic model"
        if hierarchy.inherits("typing.NamedTuple"):
            return "is a `NamedTuple`", "use a pydantic model"
        if hierarchy.is_model:
            return None
        is_dataclass = any("dataclass" in unparse(each) for each in symbol.facts.decorators)
        return (
            "is a dataclass" if is_dataclass else "is a plain class",
            f"make it a pydantic model: `class {symbol.name}(BaseModel)`",
        )


def _entity(annotation: Expression, symbol: ClassSymbol, use: Use) -> ResolvedType:
    if use == "result":
        return ResolvedType(EntityType(entity=symbol.qualified_name))
    name = symbol.name
    help = f"keep its id, for example `{snake_case(name)}_id: str`; entities in SQL refer to each"
    help += f" other with `Ref[{name}]`, to several with `list[Ref[{name}]]`, and what refers back"
    help += f' is `ClassVar[Many["{name}"]]`'
    return refused(annotation, "is an entity, kept in a place of its own", help)


def _generic(annotation: Expression, symbol: ClassSymbol) -> tuple[str, str]:
    """Return why a generic model is no type, and what to write."""
    part = "Int"
    if isinstance(annotation, SubscriptExpression) and isinstance(
        annotation.items[0], NameExpression
    ):
        part = annotation.items[0].name.rpartition(".")[2]
        part = part[:1].upper() + part[1:]
    help = f"write a model that is not, `class {part}{symbol.name}(BaseModel)`, with the fields of"
    help += f" `{symbol.name}` and their types filled in"
    return "is generic and is not understood", help


def _renders_itself(classes: tuple[ClassSymbol, ...]) -> bool:
    return any(
        method.name in ("__html__", "__ft__") for cls in classes for method in cls.facts.methods
    )
