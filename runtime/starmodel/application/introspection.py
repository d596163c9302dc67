"""What can be known of an entity class beforehand.

What can be known of a class is settled once, when its `EntityDefinition` is built, so that an
event pays only for what its entity needs.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, BeforeValidator, PlainValidator, WrapValidator
from pydantic_core import SchemaValidator, core_schema

from starmodel.application.copying import (
    copy_fields,
    deep_equal,
    field_values,
    hydrate,
    validate,
)
from starmodel.domain import Entity
from starmodel.domain.relation import IS_REFERENCE, id_class
from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.errors import ConfigurationError

E = TypeVar("E", bound=Entity)

_IMMUTABLE = frozenset(
    {
        "bool",
        "bytes",
        "date",
        "datetime",
        "decimal",
        "enum",
        "float",
        "int",
        "literal",
        "none",
        "str",
        "time",
        "timedelta",
        "uuid",
    }
)
"""The core schemas that give immutable values whatever they are given."""


PLAIN: Mapping[str, type[object]] = {"bool": bool, "int": int, "str": str}
"""The core schemas of which a value of the very type is what JSON has of it."""


_BASES = frozenset[type]({object, BaseModel, Entity})


def leaves_traces(cls: type[Entity]) -> bool:
    """Return whether reading an instance may leave something behind in it.

    A cached property does, and so may a computed field that keeps what it has worked out in a
    private attribute.
    """
    return bool(cls.__private_attributes__) or any(
        isinstance(attribute, cached_property)
        for owner in cls.__mro__
        # Those have none, and a hundred attributes.
        if owner not in _BASES
        for attribute in vars(owner).values()
    )


def mutable_fields(cls: type[Entity]) -> Sequence[str]:
    """Return the fields in which a validated instance may have something that can be changed.

    Where there are none, its values can be shared instead of copied.

    Whatever is unusual, such as a validator of the author's or an alias, is taken for that: it
    costs time, and the opposite mistake would let somebody change what is stored.
    """
    fields = _usual_fields(cls)
    if fields is None:
        return [*cls.__pydantic_fields__]
    return [
        name
        for name, field in fields.items()
        if "validation_alias" in field or not _is_immutable(field["schema"])
    ]


def _usual_fields(cls: type[Entity]) -> Mapping[str, Any] | None:
    """Return the core schema of each field; `None` where more than its fields makes an instance."""
    model = cast("Mapping[str, Any]", cls.__pydantic_core_schema__)
    if (
        model["type"] != "model"
        or model["schema"]["type"] != "model-fields"
        or model.get("custom_init")
        or cls.__pydantic_post_init__
        or leaves_traces(cls)
    ):
        return None
    return model["schema"]["fields"]


def is_numbered(cls: type[Entity]) -> bool:
    """Return whether a new instance has no id: its store will give it a number."""
    field = cls.__pydantic_fields__["id"]
    return id_class(cls) is int and field.default is None and field.default_factory is None


def plain_schemas(cls: type[Entity]) -> Mapping[str, Mapping[str, Any]]:
    """Return the core schema of each public field that can be validated alone, and is plain.

    JSON has its values as they are. There are none where a class has computed fields, or
    validators of the author's: these may look at other fields as well.
    """
    fields = _usual_fields(cls)
    if fields is None or cls.__pydantic_decorators__.computed_fields:
        return {}
    changes_texts = any(name.startswith("str_") for name in cls.model_config)
    found: dict[str, Mapping[str, Any]] = {}
    for name, field in fields.items():
        schema = field["schema"]
        if not _is_immutable(schema) and _calls_function(schema):
            return {}
        is_default = schema["type"] == "default"
        # A serializer may be that of the field, or of its type.
        parts = (schema, schema["schema"]) if is_default else (schema,)
        if "validation_alias" in field or any("serialization" in part for part in parts):
            continue
        schema = parts[-1]
        kind = PLAIN.get(schema["type"])
        # An id never changes, and the other is a name that signals cannot have.
        if kind is None or name in ("id", "constructor") or (kind is str and changes_texts):
            continue
        info = cls.__pydantic_fields__[name]
        if info.repr and not info.exclude:
            found[name] = schema
    return found


def _calls_function(schema: object) -> bool:
    """Return whether a function of somebody's is anywhere in a core schema."""
    if is_mapping(schema):
        kind = schema.get("type")
        if isinstance(kind, str) and kind.startswith("function-"):
            return True
        return any(map(_calls_function, schema.values()))
    return is_sequence(schema) and any(map(_calls_function, schema))


def _is_immutable(schema: Mapping[str, Any]) -> bool:
    if schema["type"] in ("default", "nullable"):
        return _is_immutable(schema["schema"])
    return schema["type"] in _IMMUTABLE or IS_REFERENCE in schema.get("metadata", ())


def instance_factories(
    cls: type[E], mutable: Sequence[str]
) -> tuple[Callable[[Mapping[str, object]], E], Callable[[Mapping[str, object]], E]]:
    """Return two functions that make an instance: of stored values, with which it shares nothing,
    and of values that nobody else holds on to."""
    if mutable:
        return (
            lambda values: hydrate(cls, copy_fields(values, mutable)),
            lambda values: hydrate(cls, {**values}),
        )
    # pydantic-core makes the whole instance at once; it looks at no value.
    anything = core_schema.model_field(core_schema.any_schema())
    fields = core_schema.model_fields_schema(dict.fromkeys(cls.__pydantic_fields__, anything))
    make = SchemaValidator(core_schema.model_schema(cls, fields)).validate_python
    return make, make


def validator(cls: type[E], mutable: Sequence[str]) -> Callable[[Mapping[str, object]], E]:
    """Return the function that makes a validated instance of values, which stay as they are.

    It raises pydantic's `ValidationError`, or `InvalidValues`; and `ConfigurationError` where a
    validator that comes before the type changes its own result: it would be run on that again at
    each save.
    """
    if not mutable:
        return cls.__pydantic_validator__.validate_python
    early = _early_fields(cls)
    if early:
        return partial(_validate_twice, cls, early)
    return lambda values: validate(cls, values, mutable)


def _validate_twice(cls: type[E], early: Collection[str], values: Mapping[str, object]) -> E:
    made = validate(cls, values)
    again = field_values(validate(cls, field_values(made)))
    for name, value in field_values(made).items():
        if name in early and not deep_equal(value, again[name]):
            raise ConfigurationError(
                f"A validator of {cls.__name__}.{name} changes its own result. It is run again when"
                " the entity is saved, so let it return as it is what it has returned before."
            )
    return made


def _early_fields(cls: type[BaseModel]) -> frozenset[str]:
    """Name the fields that have a validator which comes before the type, or in its place."""
    fields, decorators = cls.__pydantic_fields__, cls.__pydantic_decorators__
    if any(each.info.mode != "after" for each in decorators.model_validators.values()):
        return frozenset(fields)
    found = {
        name
        for name, field in fields.items()
        if any(map(_is_early, (field.annotation, *field.metadata)))
    }
    for decorator in decorators.field_validators.values():
        if decorator.info.mode != "after":
            found.update(fields if "*" in decorator.info.fields else decorator.info.fields)
    return frozenset(found)


def _is_early(annotation: object) -> bool:
    if isinstance(annotation, BeforeValidator | PlainValidator | WrapValidator):
        return True
    return any(map(_is_early, get_args(annotation)))
