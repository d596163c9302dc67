"""Types as generated Python writes them, where it speaks of the author's own classes."""

from typing import Protocol, assert_never

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import Reference
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.literals import python_value
from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    Constraints,
    DictType,
    EntitySchema,
    EntityType,
    EnumType,
    FragmentType,
    ListType,
    LiteralType,
    ObjectSchema,
    ObjectType,
    OptionalType,
    RefType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.address_types import ADDRESSES, PARSED, URLS

SCALAR_MODULES = {
    "Decimal": "decimal",
    "date": "datetime",
    "time": "datetime",
    "datetime": "datetime",
    "timedelta": "datetime",
    "UUID": "uuid",
    **{name: "pydantic" if name.startswith("IPvAny") else "ipaddress" for name in ADDRESSES},
    **dict.fromkeys(URLS, "pydantic"),
}
"""Where the scalars come from that are no builtins."""


class Classes(Protocol):
    """Where a module finds the classes that types refer to."""

    def name(self, reference: Reference) -> str:
        """Import a class if need be; returns what is to be written for it."""
        ...

    def reference(self, type_: RefType) -> str:
        """Return what is to be written for a reference to a record."""
        ...

    def parsed(self, type_: ScalarType) -> str:
        """Return what is to be written for a URL or an IP address."""
        ...


class AuthorsClasses:
    """The author's own classes, imported from the modules he wrote them in."""

    def __init__(self, names: ModuleNames, context: Context) -> None:
        self._names = names
        self._context = context

    def name(self, reference: Reference) -> str:
        """Import a class of the author's."""
        schema = self._context.schema(reference)
        if isinstance(schema, ObjectSchema) and schema.generic is not None:
            arguments = [annotation(each, self._names, self) for each in schema.arguments]
            return f"{self._names.use(schema.module, schema.generic)}[{', '.join(arguments)}]"
        return self._names.use(schema.module, schema.name)

    def reference(self, type_: RefType) -> str:
        """Write `Ref[Author]`."""
        target = self.name(EntityType(entity=type_.entity))
        return f"{self._names.use('starmodel', 'Ref')}[{target}]"

    def parsed(self, type_: ScalarType) -> str:
        """Write the class itself."""
        return scalar(type_, self._names)


def annotation(type_: TypeRef, names: ModuleNames, classes: Classes) -> str:
    """Write a type as an annotation, and note what it needs."""
    match type_:
        case ScalarType():
            return classes.parsed(type_) if type_.name in PARSED else scalar(type_, names)
        case EnumType() | ObjectType() | EntityType():
            return classes.name(type_)
        case RefType():
            return classes.reference(type_)
        case LiteralType():
            return literal(type_, names)
        case OptionalType():
            return f"{annotation(type_.item, names, classes)} | None"
        case UnionType():
            return " | ".join([annotation(member, names, classes) for member in type_.members])
        case ListType():
            return f"{names.builtin('list')}[{annotation(type_.item, names, classes)}]"
        case SetType():
            name = names.builtin("frozenset" if type_.frozen else "set")
            return f"{name}[{annotation(type_.item, names, classes)}]"
        case DictType():
            key = annotation(type_.key, names, classes)
            value = annotation(type_.value, names, classes)
            return f"{names.builtin('dict')}[{key}, {value}]"
        case TupleType():
            items = [annotation(item, names, classes) for item in type_.items]
            inside = ", ".join([*items, "..."] if type_.variadic else items) or "()"
            return f"{names.builtin('tuple')}[{inside}]"
        case ConstrainedType():
            return annotation(type_.item, names, classes)
        case AnyType():
            return names.use("typing", "Any")
        case FragmentType():
            return names.builtin("object")
        case _:
            assert_never(type_)


def argument_annotation(
    type_: TypeRef, constraints: Constraints, names: ModuleNames, classes: Classes
) -> str:
    """Write the type of an argument as the author's method has it: `SecretStr` where it says so."""
    if not constraints.secret:
        return annotation(type_, names, classes)
    item = without_constraints(type_)
    if isinstance(item, OptionalType):
        return f"{argument_annotation(item.item, constraints, names, classes)} | None"
    return names.use("pydantic", secret_class(item))


def secret_class(type_: TypeRef) -> str:
    """Name the class of pydantic's that hides a text, or bytes."""
    return "SecretBytes" if type_ == ScalarType(name="bytes") else "SecretStr"


def id_annotation(entity: EntitySchema, names: ModuleNames) -> str:
    """Write the type of what says which record is meant: a text, or its number or UUID as well."""
    text = names.builtin("str")
    if entity.id_type == "str":
        return text
    return f"{scalar(ScalarType(name=entity.id_type), names)} | {text}"


def scalar(type_: ScalarType, names: ModuleNames) -> str:
    """Write the name of a scalar, and note where it comes from."""
    module = SCALAR_MODULES.get(type_.name)
    return names.builtin(type_.name) if module is None else names.use(module, type_.name)


def literal(type_: LiteralType, names: ModuleNames) -> str:
    """Write `Literal[...]`."""
    name = names.use("typing", "Literal")
    return f"{name}[{', '.join([python_value(value) for value in type_.values])}]"


def without_constraints(type_: TypeRef) -> TypeRef:
    """Return the type itself, where limits of its values do not matter."""
    while isinstance(type_, ConstrainedType):
        type_ = type_.item
    return type_


def is_fragment(type_: TypeRef) -> bool:
    """Return whether an event that gives this gives something for the page."""
    match type_:
        case FragmentType():
            return True
        case OptionalType() | ListType():
            return is_fragment(type_.item)
        case TupleType():
            return bool(type_.items) and all(is_fragment(item) for item in type_.items)
        case UnionType():
            return all(is_fragment(member) for member in type_.members)
        case _:
            return False


def is_nullable(type_: TypeRef) -> bool:
    """Return whether `None` is a value of the type."""
    type_ = without_constraints(type_)
    if isinstance(type_, LiteralType):
        return None in type_.values
    return isinstance(type_, OptionalType | AnyType)


def has_literal(type_: TypeRef) -> bool:
    """Return whether a value of the type is, or may hold, one of some literals."""
    match type_:
        case LiteralType():
            return True
        case OptionalType() | ListType() | SetType() | ConstrainedType():
            return has_literal(type_.item)
        case DictType():
            return has_literal(type_.key) or has_literal(type_.value)
        case TupleType():
            return any(has_literal(item) for item in type_.items)
        case UnionType():
            return any(has_literal(member) for member in type_.members)
        case _:
            return False
