"""The schemas of value objects and references, as parts of the schema of an argument."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, TypeAlias, cast

from pydantic import AliasChoices, AliasPath, BaseModel, TypeAdapter
from pydantic_core import CoreSchema, PydanticUseDefault, core_schema

from starmodel.application.protected_values import ALL_WRITABLE, ID, WritableParts, protected_names
from starmodel.domain import Entity
from starmodel.domain.relation import Reference
from starmodel.domain.type_guards import is_mapping
from starmodel.errors import ConfigurationError
from starmodel.web.validation.input_schema import IGNORED, before, changed

Schema: TypeAlias = dict[str, Any]

_numbers = count(1)


def object_schema(
    cls: Any,
    writable: WritableParts = ALL_WRITABLE,
    *,
    for_update: bool = False,
) -> CoreSchema:
    """Return the schema of a value object; to be called when its module has been imported.

    Classes that are named before they are defined are looked up now. A class that holds itself
    is known to pydantic by a reference; each call gives a new one, so that several arguments, or
    several parts of one, may be of the same class.

    Args:
        cls: Its class: a pydantic model, a dataclass or a `TypedDict`.
        writable: The parts of it, and of classes inside of it, that are written from outside,
            of each class that has others. What is sent of these is ignored, and they have
            their defaults.
        for_update: Whether it replaces another one, which may be told by an `id` that is sent
            and cannot be changed: `keep_protected` sees to it.

    Raises:
        ConfigurationError: A part that is not written has no default.
    """
    model: type[BaseModel] | None = cls if issubclass(cls, BaseModel) else None
    if model is not None:
        model.model_rebuild()
        schema = cast("Schema", model.__pydantic_core_schema__)
    else:
        schema = cast("Schema", TypeAdapter[Any](cls).core_schema)
    schema = renamed(schema)
    return without_protected(cast("CoreSchema", schema), writable, for_update=for_update)


def without_protected(
    schema: CoreSchema, writable: WritableParts, *, for_update: bool = False
) -> CoreSchema:
    """Return a schema in which the parts that are not written from outside have their defaults.

    Raises:
        ConfigurationError: Such a part has none.
    """
    if not writable:
        return schema
    ignored = {
        each: tuple(
            [
                name
                for name in protected_names(each, writable)
                if not (for_update and rule.shows_id and name == ID)
            ]
        )
        for each, rule in writable.items()
    }
    return changed(schema, _Hiding(ignored).change)


def reference_schema(cls: type[Entity]) -> CoreSchema:
    """Return the schema of a reference to an entity: an id, of which a `Ref` is made."""
    return core_schema.no_info_plain_validator_function(Reference(cls).validate)


class _Hiding:
    """Lets nothing that is sent reach some parts of some classes."""

    def __init__(self, names: Mapping[type[BaseModel], tuple[str, ...]]) -> None:
        self._names = names

    def change(self, schema: Schema) -> Schema:
        """Change a part of a schema whose own parts have been changed."""
        if schema["type"] == "model":
            names = self._names.get(schema["cls"], ())
            return _without(schema, names) if names else schema
        inner = schema.get("schema")
        if schema["type"].startswith("function-") and is_mapping(inner):
            function = inner.get("function")
            strip = function.get("function") if is_mapping(function) else None
            if isinstance(strip, _Strip):
                # What the author's own function adds is not from outside.
                return before(strip, {**schema, "schema": inner["schema"]})
        return schema


class _Strip:
    """Takes members out of an object before the author's class sees it."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def __call__(self, value: object) -> object:
        if not is_mapping(value):
            return value
        return {name: one for name, one in value.items() if name not in self._names}


def _without(schema: Schema, names: tuple[str, ...]) -> Schema:
    """Return a class's schema for which some names mean nothing."""
    cls: type[BaseModel] = schema["cls"]
    modes = [each.info.mode for each in cls.__pydantic_decorators__.model_validators.values()]
    if "before" in modes or "wrap" in modes:
        # A validator that fills parts in goes on to do so.
        return before(_Strip(frozenset(_spellings(cls, names))), schema)
    inner = schema["schema"]
    hidden = {
        name: {**field, "schema": _ignored(cls, name, field["schema"])} if name in names else field
        for name, field in inner["fields"].items()
    }
    ignoring = {"metadata": {**schema.get("metadata", {}), IGNORED: names}}
    return {**schema, **ignoring, "schema": {**inner, "fields": hidden}}


def _ignored(cls: type[BaseModel], name: str, schema: Schema) -> Schema:
    """Return the schema of a part that has its default, whatever is sent."""
    default: Schema | None = schema
    while default is not None and default["type"] != "default":
        default = default.get("schema")
    if default is None:
        raise ConfigurationError(
            f"{cls.__name__}.{name} is not written from outside, so it needs a default."
        )
    ignore = core_schema.no_info_plain_validator_function(_use_default)
    return {**default, "schema": ignore, "validate_default": False}


def _use_default(_: object) -> object:
    raise PydanticUseDefault


def _spellings(cls: type[BaseModel], names: tuple[str, ...]) -> Iterator[str]:
    """Return the names of some fields, and what else they are called where they are sent."""
    for name in names:
        yield name
        alias = cls.__pydantic_fields__[name].validation_alias
        choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
        for choice in choices:
            first = choice.path[0] if isinstance(choice, AliasPath) else choice
            if isinstance(first, str):
                yield first


def renamed(schema: Schema) -> Schema:
    """Return a schema with references of its own, so that it may stand beside another of its class."""
    if schema["type"] != "definitions":
        return schema
    names = {one["ref"] for one in schema["definitions"]}
    return _renamed(schema, names, f":{next(_numbers)}")


def _renamed(part: Any, names: set[str], suffix: str) -> Any:
    """Copy a schema with another name for each of its references."""
    if isinstance(part, dict):
        members = cast("Schema", part)
        return {
            key: (
                f"{value}{suffix}"
                if key in ("ref", "schema_ref") and value in names
                else value if key == "metadata" else _renamed(value, names, suffix)
            )
            for key, value in members.items()
        }
    if isinstance(part, list):
        return [_renamed(item, names, suffix) for item in cast("list[Any]", part)]
    if isinstance(part, tuple):
        return tuple([_renamed(item, names, suffix) for item in cast("tuple[Any, ...]", part)])
    return part
