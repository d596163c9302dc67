"""Classes of the project as types: value objects, enums, entities, and why others are none."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from starmodel_generator.analysis.facts import (
    AssignmentFact,
    CallExpression,
    Expression,
    LiteralExpression,
    MappingExpression,
    NameExpression,
    SubscriptExpression,
)
from starmodel_generator.diagnostics.rules.entity_rules import NESTED_ENTITY
from starmodel_generator.linking.names.mro import ClassHierarchies
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.names.symbols import ClassSymbol, ExternalSymbol, Namespace
from starmodel_generator.linking.names.unparse import unparse
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.resolved_type import ResolvedType, refused
from starmodel_schemas import (
    DictType,
    EntityType,
    EnumType,
    FragmentType,
    ListType,
    ObjectType,
    OptionalType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
)
from starmodel_schemas.entity import ObjectForm
from starmodel_schemas.naming import snake_case

Use: TypeAlias = Literal["value", "result"]


class ClassTypes:
    """Tells what a class of the project is as a type."""

    def __init__(self, hierarchies: ClassHierarchies, names: Names) -> None:
        self._hierarchies = hierarchies
        self._names = names
        self.known: dict[str, ClassSymbol] = {}
        """The value objects and enums that were met, by qualified name."""
        self.entities: dict[str, ClassSymbol] = {}
        """The entities that were met, by qualified name."""
        self.specialised: dict[str, tuple[str, tuple[TypeRef, ...]]] = {}
        """Of each generic value object with arguments what it is made of, by its qualified name."""

    def resolve(self, annotation: Expression, symbol: ClassSymbol, use: Use) -> ResolvedType:
        """Return the type of a class; what an event gives (`result`) may also be a fragment."""
        hierarchy = self._hierarchies.of(symbol)
        if hierarchy.is_entity:
            self.entities[symbol.qualified_name] = symbol
            return _entity(annotation, symbol, use)
        if use == "result" and _renders_itself(hierarchy.classes):
            return ResolvedType(FragmentType())
        container = symbol.facts.container or ""
        is_object = hierarchy.is_enum or self.form(symbol) is not None
        if is_object and container.startswith(("function", "class")):
            text = f"has the type `{symbol.name}`, which is defined inside `{container}`"
            help = f"move `{symbol.name}` to the top of the module"
            return ResolvedType(None, problems=(Problem(NESTED_ENTITY, text, help),))
        if hierarchy.is_enum:
            self.known[symbol.qualified_name] = symbol
            return ResolvedType(EnumType(enum=symbol.qualified_name))
        reason = self._why_no_object(annotation, symbol) or self._why_not_plain(symbol)
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
        if self._names.type_parameters(symbol) and not symbol.namespace.arguments:
            return _generic(annotation, symbol)
        if hierarchy.inherits("typing.TypedDict"):
            help = "import `TypedDict` from `typing_extensions`"
            return "is a `TypedDict` that pydantic takes from Python 3.12 on alone", help
        if hierarchy.inherits("typing.NamedTuple"):
            return "is a `NamedTuple`, which JSON has as a list", "make it a dataclass"
        if self.form(symbol) is not None:
            return None
        return "is a plain class", f"make it a pydantic model: `class {symbol.name}(BaseModel)`"

    def form(self, symbol: ClassSymbol) -> ObjectForm | None:
        """Return what kind of value object a class is; `None` for one that is none."""
        hierarchy = self._hierarchies.of(symbol)
        if hierarchy.is_model:
            return "model"
        if hierarchy.inherits("typing_extensions.TypedDict"):
            return "typed_dict"
        return "dataclass" if self._dataclass(symbol) is not None else None

    def is_hashable(self, name: str) -> bool:
        """Return whether values of a value object can be in a set: it is frozen, or has a hash."""
        symbol = self.known[name]
        if any(method.name == "__hash__" for method in symbol.facts.methods):
            return True
        decorator = self._dataclass(symbol)
        if isinstance(decorator, CallExpression):
            keys = ("frozen", "unsafe_hash")
            return any(_is_true(decorator.keyword(key)) for key in keys)
        for cls in self._hierarchies.of(symbol).classes:
            said: list[Expression | None] = [dict(cls.facts.keywords).get("frozen")]
            for fact in cls.facts.attributes:
                if fact.name == "model_config" and isinstance(fact.value, CallExpression):
                    said.append(fact.value.keyword("frozen"))
                elif fact.name == "model_config" and isinstance(fact.value, MappingExpression):
                    said += [
                        value
                        for key, value in fact.value.items
                        if key == LiteralExpression("frozen")
                    ]
            if any(each is not None for each in said):
                return any(map(_is_true, said))
        return False

    def is_dataclass_of_python(self, symbol: ClassSymbol) -> bool:
        """Return whether a class is a dataclass, and none of pydantic's."""
        decorator = self._dataclass(symbol)
        return decorator is not None and self._meant(decorator, symbol) == _DATACLASS[0]

    def _dataclass(self, symbol: ClassSymbol) -> Expression | None:
        """Return the decorator by which a class is a dataclass."""
        for each in symbol.facts.decorators:
            if self._meant(each, symbol) in _DATACLASS:
                return each
        return None

    def _meant(self, decorator: Expression, symbol: ClassSymbol) -> str | None:
        """Return what a decorator of a class is called outside of the project."""
        name = decorator.function if isinstance(decorator, CallExpression) else decorator
        if not isinstance(name, NameExpression):
            return None
        meant = self._names.resolve(name.name, Namespace(symbol.module))
        return meant.name if isinstance(meant, ExternalSymbol) else None

    def _why_not_plain(self, symbol: ClassSymbol) -> tuple[str, str] | None:
        """Return what of a dataclass or a `TypedDict` is not understood."""
        form = self.form(symbol)
        if form in (None, "model"):
            return None
        use_model = f"make it a pydantic model: `class {symbol.name}(BaseModel)`"
        for cls in self._hierarchies.of(symbol).classes:
            if form == "typed_dict" and _has_missing_keys(cls):
                return "is a `TypedDict` whose keys may be missing", _OR_NONE
            decorator = self._dataclass(cls) if form == "dataclass" else None
            if form == "dataclass" and decorator is None:
                return f"inherits from `{cls.name}`, which is no dataclass", use_model
            said = decorator.keywords if isinstance(decorator, CallExpression) else ()
            if any(key in ("init", "config", "**") for key, _ in said):
                return "is a dataclass with options that change how it is made", use_model
            if any(fact.name == "__pydantic_config__" for fact in cls.facts.attributes):
                return "has a `__pydantic_config__`", use_model
            if any(method.name == "__init__" for method in cls.facts.methods):
                return "is a dataclass with an `__init__` of its own", "use `__post_init__`"
            if form == "dataclass" and any(map(_is_hidden, cls.facts.attributes)):
                return "is a dataclass with a field that begins with `_`", "give it another name"
        return None


_DATACLASS = ("dataclasses.dataclass", "pydantic.dataclasses.dataclass")
_OR_NONE = "write `| None` at the types of these keys, and leave `total` out"


def _has_missing_keys(cls: ClassSymbol) -> bool:
    annotations = [each.annotation for each in cls.facts.attributes if each.annotation is not None]
    is_total = all(key != "total" for key, _ in cls.facts.keywords)
    return not is_total or any("NotRequired[" in unparse(each) for each in annotations)


def _is_true(expression: Expression | None) -> bool:
    return isinstance(expression, LiteralExpression) and expression.value is True


def specialised_name(generic: str, arguments: list[TypeRef]) -> str | None:
    """Name a generic class with its arguments, `BoxInt`; `None` where these are of other kinds."""
    return _joined(generic, arguments)


def _joined(word: str, types: Iterable[TypeRef]) -> str | None:
    parts = [_argument_name(each) for each in types]
    return None if None in parts else word + "".join(filter(None, parts))


def _argument_name(type: TypeRef) -> str | None:
    match type:
        case ScalarType(name=name):
            return name[:1].upper() + name[1:]
        case EnumType(enum=name) | ObjectType(object=name):
            return name.rpartition(".")[2]
        case OptionalType(item=item):
            return _joined("Optional", [item])
        case ListType(item=item):
            return _joined("List", [item])
        case SetType(item=item, frozen=frozen):
            return _joined("FrozenSet" if frozen else "Set", [item])
        case DictType(key=key, value=value):
            return _joined("Dict", [key, value])
        case TupleType(items=items, variadic=variadic):
            return _joined("Tuples" if variadic else "Tuple", items)
        case _:
            return None


def _is_hidden(fact: AssignmentFact) -> bool:
    if fact.annotation is None or not fact.name.startswith("_"):
        return False
    return not unparse(fact.annotation).endswith(("ClassVar", "KW_ONLY"))


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
    help = f"say of what, for example `{symbol.name}[{part[:1].lower()}{part[1:]}]`"
    return "is generic, and does not say of what", help


def _renders_itself(classes: tuple[ClassSymbol, ...]) -> bool:
    return any(
        method.name in ("__html__", "__ft__") for cls in classes for method in cls.facts.methods
    )
