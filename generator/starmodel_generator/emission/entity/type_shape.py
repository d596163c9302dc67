"""What a type is made of: one value, parts that stay, or parts that come and go."""

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_schemas import (
    Constraints,
    EnumType,
    LiteralType,
    ObjectType,
    RefType,
    ScalarType,
    TypeRef,
)

NO_LIMITS = Constraints()


def unwrap(
    type_: TypeRef, constraints: Constraints = NO_LIMITS
) -> tuple[TypeRef, bool, Constraints]:
    """Take `None` and limits off a type: the type itself, whether `None` fits, the limits."""
    is_optional = False
    while type_.kind == "optional" or type_.kind == "constrained":
        if type_.kind == "optional":
            is_optional = True
        else:
            inner = type_.constraints.model_dump(exclude_defaults=True)
            constraints = constraints.model_copy(update=inner)
        type_ = type_.item
    if type_.kind == "literal" and None in type_.values:
        values = tuple([value for value in type_.values if value is not None])
        return LiteralType(values=values), True, constraints
    return type_, is_optional, constraints


def is_single(type_: TypeRef) -> bool:
    """Return whether a value of this type has no parts, so that one element can show it."""
    type_, _, _ = unwrap(type_)
    if isinstance(type_, LiteralType):
        return len({type(value) for value in type_.values}) == 1
    return isinstance(type_, ScalarType | EnumType | RefType)


def is_flat(type_: ObjectType, context: Context, seen: tuple[str, ...] = ()) -> bool:
    """Return whether a value object holds single values, or such objects, and nothing else."""
    if type_.object in seen:
        return False
    for field in public_fields(context.objects[type_.object]):
        inner, is_optional, _ = unwrap(field.type)
        if is_single(inner):
            continue
        if is_optional or not isinstance(inner, ObjectType):
            return False
        if not is_flat(inner, context, (*seen, type_.object)):
            return False
    return True


def has_bytes(type_: ObjectType, context: Context) -> bool:
    """Return whether a flat value object holds bytes."""
    for field in public_fields(context.objects[type_.object]):
        inner, _, _ = unwrap(field.type)
        if inner == ScalarType(name="bytes"):
            return True
        if isinstance(inner, ObjectType) and has_bytes(inner, context):
            return True
    return False


def has_parts(type_: TypeRef, context: Context) -> bool:
    """Return whether a form has an input for each part of a value of this type: a flat value object."""
    type_, is_optional, _ = unwrap(type_)
    return isinstance(type_, ObjectType) and not is_optional and is_flat(type_, context)
