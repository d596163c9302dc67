"""Fields and types that are written and never shown: what contradicts that."""

from collections.abc import Iterator, Mapping

from starmodel_generator.diagnostics.rules.entity_rules import (
    CONTRADICTED_WRITE_ONLY,
    INVALID_CONSTRAINT,
    INVALID_DEFAULT,
    MISPLACED_SECRET,
)
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.field_options import FieldOptions
from starmodel_generator.linking.types.pydantic_support import TEXT_ARGUMENTS
from starmodel_schemas import (
    ConstrainedType,
    Default,
    DictType,
    ExpressionDefault,
    ListType,
    LiteralDefault,
    OptionalType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)

# A box that is ticked or not says on the page what it is, and so is never empty.
_TYPED = frozenset({"str", "bytes", "int", "float", "Decimal", "UUID", "date", "time", "datetime"})


def is_write_only(options: FieldOptions) -> bool:
    """Return whether generated `create` and `update` take a field that is never shown."""
    is_secret = options.constraints.secret and not (options.private or options.exclude)
    return options.write_only or is_secret


def unfit_write_only(options: FieldOptions, type: TypeRef) -> Iterator[Problem]:
    """A problem for each thing that a write-only field cannot be as well."""
    if has_secret_inside(type):
        yield INSIDE
    if not is_write_only(options):
        return
    if options.private:
        yield _contradiction(
            "`private=True`", "leave out one of them: nothing writes what is private"
        )
    if options.write_only and not options.writable:
        yield _contradiction("`writable=False`", "leave out one of them")
    if options.unique:
        help = "make unique what may be shown: whoever is refused learns what others have"
        yield _contradiction("`unique=True`", help)
    for name in ("index", "primary_key", "foreign_key"):
        if getattr(options, name):
            help = "leave out one of them: nobody finds a record by what is never shown"
            yield _contradiction(f"`{name}`", help)
    while isinstance(type, OptionalType | ConstrainedType):
        type = type.item
    if not (isinstance(type, ScalarType) and type.name in _TYPED):
        text = "is write-only, but its type has no input that stays empty"
        help = "use a text, bytes, a number or a date, or `private=True` and an event of your own"
        yield Problem(CONTRADICTED_WRITE_ONLY, text, help)


def unfit_secret(
    options: FieldOptions, settings: Mapping[str, object], default: Default
) -> Iterator[Problem]:
    """A problem for each limit that pydantic does not apply to a `SecretStr`, and of its default.

    `settings` is what `model_config` says about values.
    """
    if not options.constraints.secret:
        return
    is_none = isinstance(default, LiteralDefault) and default.value is None
    if isinstance(default, LiteralDefault | ExpressionDefault) and not is_none:
        text = "is a secret, and its default is none: pydantic leaves defaults as they are"
        help = "write `SecretStr(...)` or `SecretBytes(...)` around it"
        yield Problem(INVALID_DEFAULT, text, help)
    for name in ("pattern", *TEXT_ARGUMENTS):
        if options.constraints.model_dump(exclude_defaults=True).get(name):
            text = f"has the limit `{name}`, which pydantic does not apply to a secret"
            help = "remove it, or use `str` with `Field(write_only=True)`"
            yield Problem(INVALID_CONSTRAINT, text, help)
    for name in ("str_min_length", "str_max_length"):
        if settings.get(name):
            text = f"is a secret, and `{name}` of `model_config` is not about those"
            help = "write `min_length` and `max_length` in its `Field(...)`"
            yield Problem(MISPLACED_SECRET, text, help)


def has_secret_inside(type: TypeRef) -> bool:
    """Return whether a secret is part of another type, as in `list[SecretStr]`."""
    match type:
        case ConstrainedType():
            return type.constraints.secret or has_secret_inside(type.item)
        case OptionalType() | ListType() | SetType():
            return has_secret_inside(type.item)
        case DictType():
            return has_secret_inside(type.key) or has_secret_inside(type.value)
        case TupleType():
            return any(map(has_secret_inside, type.items))
        case UnionType():
            return any(map(has_secret_inside, type.members))
        case _:
            return False


def _contradiction(what: str, help: str) -> Problem:
    return Problem(CONTRADICTED_WRITE_ONLY, f"is write-only, and has {what}", help)


INSIDE = Problem(
    MISPLACED_SECRET,
    "has a secret inside another type",
    "give the secret a field or a parameter of its own, or use `str` and `private=True`",
)
"""Of a field or a parameter."""

RETURNED = Problem(
    MISPLACED_SECRET,
    "gives a secret, and what it gives is sent",
    "return a `str` where it is meant to be sent",
)
"""Of an event or a computed field."""
