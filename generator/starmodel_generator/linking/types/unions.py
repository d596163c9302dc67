"""Types taken apart: unions put in order, what JSON can tell apart, what a type refers to."""

from collections.abc import Iterator
from typing import Literal, TypeAlias, assert_never

from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    DictType,
    EntityType,
    EnumType,
    FragmentType,
    ListType,
    LiteralType,
    ObjectType,
    OptionalType,
    RefType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)

JsonKind: TypeAlias = Literal["boolean", "number", "text", "list", "object", "anything", "markup"]


def union_of(members: list[TypeRef], *, optional: bool) -> tuple[TypeRef, bool]:
    """Return the type of a union, flat and without repetitions, and whether it is ambiguous in JSON."""
    flat: list[TypeRef] = []
    for member in members:
        if isinstance(member, OptionalType):
            optional = True
            member = member.item
        parts = member.members if isinstance(member, UnionType) else (member,)
        flat += [part for part in parts if part not in flat]
    item = flat[0] if len(flat) == 1 else _merged_literals(flat) or UnionType(members=tuple(flat))
    ambiguous = isinstance(item, UnionType) and _is_ambiguous(flat)
    return (OptionalType(item=item) if optional else item), ambiguous


def told_apart(type: TypeRef | None, discriminator: str | None) -> TypeRef | None:
    """A union with the field by which its members are told apart; any other type as it is."""
    match type:
        case UnionType() if discriminator is not None:
            return type.model_copy(update={"discriminator": discriminator})
        case OptionalType(item=item):
            told = told_apart(item, discriminator)
            return type if told is item or told is None else OptionalType(item=told)
        case _:
            return type


def bare(type: TypeRef) -> TypeRef:
    """Return a type without its limits, on the outside and below `| None`."""
    match type:
        case ConstrainedType(item=item):
            return bare(item)
        case OptionalType(item=item):
            return OptionalType(item=bare(item))
        case _:
            return type


def _merged_literals(members: list[TypeRef]) -> TypeRef | None:
    """`Literal["a"] | Literal["b"]` as `Literal["a", "b"]`."""
    literals = [member for member in members if isinstance(member, LiteralType)]
    if len(literals) != len(members):
        return None
    return LiteralType(values=tuple(value for literal in literals for value in literal.values))


def _is_ambiguous(members: list[TypeRef]) -> bool:
    seen: set[JsonKind] = set()
    for member in members:
        kinds = json_kinds(member)
        if kinds & seen and not _are_plain_numbers(members):
            return True
        seen |= kinds
    return False


def _are_plain_numbers(members: list[TypeRef]) -> bool:
    """`int | float`, which Python itself treats as one kind of number."""
    return all(
        isinstance(member, ScalarType) and member.name in ("int", "float") for member in members
    )


def json_kinds(type: TypeRef) -> set[JsonKind]:
    """Return what the values of a type are in JSON; an enum counts as text."""
    match type:
        case ScalarType(name="bool"):
            return {"boolean"}
        case ScalarType(name="int" | "float"):
            return {"number"}
        case ScalarType() | EnumType() | RefType():
            return {"text"}
        case LiteralType(values=values):
            return {_kind_of(value) for value in values}
        case ListType() | SetType() | TupleType():
            return {"list"}
        case DictType() | ObjectType() | EntityType():
            return {"object"}
        case OptionalType(item=item) | ConstrainedType(item=item):
            return json_kinds(item)
        case UnionType(members=members):
            return {kind for member in members for kind in json_kinds(member)}
        case AnyType():
            return {"anything"}
        case FragmentType():
            return {"markup"}
        case _:
            assert_never(type)


def _kind_of(value: bool | int | str | None) -> JsonKind:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int) else "text"


def parts_of(type: TypeRef) -> Iterator[TypeRef]:
    """Yield a type and all types inside it."""
    yield type
    match type:
        case OptionalType(item=item) | ListType(item=item) | SetType(item=item):
            yield from parts_of(item)
        case ConstrainedType(item=item):
            yield from parts_of(item)
        case DictType(key=key, value=value):
            yield from parts_of(key)
            yield from parts_of(value)
        case TupleType(items=items) | UnionType(members=items):
            for item in items:
                yield from parts_of(item)
        case _:
            return


def entities_in(type: TypeRef) -> Iterator[str]:
    """Yield the entities that the references in a type lead to, by qualified name."""
    for part in parts_of(type):
        if isinstance(part, RefType):
            yield part.entity


def references(type: TypeRef | None) -> Iterator[tuple[str, str]]:
    """Yield the objects and enums a type names, as `("object" | "enum", qualified name)`."""
    for part in () if type is None else parts_of(type):
        if isinstance(part, ObjectType):
            yield "object", part.object
        elif isinstance(part, EnumType):
            yield "enum", part.enum
