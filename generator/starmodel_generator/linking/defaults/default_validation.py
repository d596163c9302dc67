"""Defaults as pydantic would validate them, by a schema of pydantic-core made from the type."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import (
    CoreSchema,
    PydanticCustomError,
    SchemaError,
    SchemaValidator,
    ValidationError,
    core_schema,
)

from starmodel_generator.linking.types.constraints import READ_BOUND
from starmodel_generator.linking.types.pydantic_support import TEXT_ARGUMENTS
from starmodel_generator.linking.values.parsed_classes import parsed_class
from starmodel_schemas import (
    ConstrainedType,
    Constraints,
    DictType,
    ListType,
    LiteralType,
    OptionalType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.address_types import PARSED

CONFIG_KEYS = (
    *("allow_inf_nan", "str_max_length", "str_min_length", "str_strip_whitespace"),
    *("str_to_lower", "str_to_upper", "regex_engine"),
)
"""What `model_config` says that a schema goes by."""

_BOUNDS = ("gt", "ge", "lt", "le", "multiple_of")
_LENGTHS = ("min_length", "max_length")


def validated(
    value: object, type: TypeRef, limits: Constraints, config: Mapping[str, object]
) -> tuple[object, str | None]:
    """Return what pydantic makes of a value, and what it has against it: one error, or `None`.

    Value objects, enums and references are taken as they are.
    """
    settings: Any = {key: config[key] for key in CONFIG_KEYS if key in config}
    try:
        validator = SchemaValidator(_schema(type, limits), settings)
        return validator.validate_python(value), None
    except ValidationError as error:
        return value, error.errors(include_url=False)[0]["msg"]
    except (SchemaError, ValueError):
        # A pattern or a bound that pydantic itself would not take is for it to refuse.
        return value, None


def _schema(type: TypeRef, limits: Constraints) -> CoreSchema:
    match type:
        case OptionalType():
            return core_schema.nullable_schema(_schema(type.item, limits))
        case ConstrainedType():
            said = limits.model_dump(exclude_defaults=True)
            return _schema(type.item, type.constraints.model_copy(update=said))
        case ScalarType():
            return _scalar(type.name, limits)
        case LiteralType():
            return core_schema.literal_schema([*type.values])
        case UnionType():
            return core_schema.union_schema([_schema(each, limits) for each in type.members])
        case ListType():
            return core_schema.list_schema(_item(type.item), **_lengths(limits))
        case SetType():
            # Items of which Python could make no set are told apart all the same.
            return core_schema.list_schema(_item(type.item), **_lengths(limits))
        case TupleType():
            items = [_item(each) for each in type.items]
            variadic = 0 if type.variadic else None
            return core_schema.tuple_schema(items, variadic_item_index=variadic, **_lengths(limits))
        case DictType():
            return core_schema.dict_schema(_item(type.key), _item(type.value), **_lengths(limits))
        case _:
            return core_schema.any_schema()


def _email(value: str) -> str:
    """Refuse what can be no address; all of it is known to the library `email-validator` alone."""
    name, _, domain = value.strip().rstrip(">").rpartition("@")
    if not name or "." not in domain.strip("."):
        raise PydanticCustomError("value_error", "value is not a valid email address")
    return value


def _item(type: TypeRef) -> CoreSchema:
    return _schema(type, Constraints())


def _lengths(limits: Constraints) -> dict[str, Any]:
    return {name: getattr(limits, name) for name in _LENGTHS}


def _scalar(name: str, limits: Constraints) -> CoreSchema:
    read = READ_BOUND.get(name)
    said: dict[str, Any] = {"strict": True} if limits.strict else {}
    for bound in _BOUNDS if read is not None else ():
        text = getattr(limits, bound)
        if text is not None and read is not None:
            said[bound] = read(text)
    match name:
        case "str":
            said |= {name: True for name in TEXT_ARGUMENTS if getattr(limits, name)}
            text = core_schema.str_schema(pattern=limits.pattern, **_lengths(limits), **said)
            if limits.format == "email":
                return core_schema.no_info_after_validator_function(_email, text)
            return text
        case "bytes":
            return core_schema.bytes_schema(**_lengths(limits), **said)
        case _ if name in PARSED:
            return TypeAdapter[Any](parsed_class(name)).core_schema
        case "Decimal":
            return core_schema.decimal_schema(
                max_digits=limits.max_digits, decimal_places=limits.decimal_places, **said
            )
        case "datetime":
            return core_schema.datetime_schema(tz_constraint=limits.timezone, **said)
        case _:
            make: Callable[..., CoreSchema] = getattr(core_schema, f"{name.lower()}_schema")
            return make(**said)
