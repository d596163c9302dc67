"""What JSON has values for, where a database is to keep them and give back the very same."""

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.projection import PLAIN
from starmodel_generator.emission.python.type_expressions import without_constraints
from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    DictType,
    EnumType,
    FieldSchema,
    ListType,
    LiteralType,
    ObjectSchema,
    OptionalType,
    ScalarType,
    TypeRef,
    UnionType,
)

_BARE = frozenset({"bool", "int", "str"})


def stored_fields(schema: ObjectSchema) -> list[FieldSchema]:
    """Return the fields of a value object that are kept: all but those that are worked out."""
    return [field for field in schema.fields if not field.computed]


def is_json(type_: TypeRef) -> bool:
    """Return whether JSON takes values of a type as they are, down to the last part."""
    match type_:
        case ScalarType():
            return type_.name in PLAIN
        case LiteralType() | AnyType():
            return True
        case OptionalType() | ListType() | ConstrainedType():
            return is_json(type_.item)
        case DictType():
            return is_text(type_.key) and is_json(type_.value)
        case UnionType():
            return all(map(is_bare, members(type_)))
        case _:
            return False


def is_text(key: TypeRef) -> bool:
    """Return whether a key of a mapping is a text as it is."""
    key = without_constraints(key)
    if isinstance(key, LiteralType):
        return all(isinstance(value, str) for value in key.values)
    return key == ScalarType(name="str")


def is_bare(type_: TypeRef) -> bool:
    """Return whether a value stands for itself in JSON also where it could be of another kind."""
    if isinstance(type_, ScalarType):
        return type_.name in _BARE
    return isinstance(type_, LiteralType | AnyType)


def members(type_: UnionType) -> list[TypeRef]:
    """Return the members of a union and of those inside of it, without limits and `None`."""
    found: dict[TypeRef, None] = {}
    for member in type_.members:
        while isinstance(member, ConstrainedType | OptionalType):
            member = member.item
        for one in members(member) if isinstance(member, UnionType) else [member]:
            found.setdefault(one)
    return list(found)


def has_ambiguous_texts(key: TypeRef, context: Context) -> bool:
    """Return whether two keys of a mapping would be the same text."""
    key = without_constraints(key)
    if isinstance(key, LiteralType):
        texts = [str(value) for value in key.values]
    elif isinstance(key, EnumType):
        texts = [str(member.value) for member in context.enums[key.enum].members]
    else:
        return False
    return len(set(texts)) != len(texts)
