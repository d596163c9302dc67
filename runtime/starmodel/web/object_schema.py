"""The schemas of value objects and references, as parts of the schema of an argument."""

from itertools import count
from typing import Any, TypeAlias, cast

from pydantic import BaseModel
from pydantic_core import CoreSchema, core_schema

from starmodel.domain import Entity
from starmodel.domain.relation import Reference

Schema: TypeAlias = dict[str, Any]

_numbers = count(1)


def object_schema(cls: type[BaseModel]) -> CoreSchema:
    """Give the schema of a value object; to be called when its module has been imported.

    Classes that are named before they are defined are looked up now. A class that holds itself
    is known to pydantic by a reference; each call gives a new one, so that several arguments, or
    several parts of one, may be of the same class.
    """
    cls.model_rebuild()
    schema = cast("Schema", cls.__pydantic_core_schema__)
    if schema["type"] == "definitions":
        names = {one["ref"] for one in schema["definitions"]}
        schema = _renamed(schema, names, f":{next(_numbers)}")
    return cast("CoreSchema", schema)


def reference_schema(cls: type[Entity]) -> CoreSchema:
    """Give the schema of a reference to an entity: an id, of which a `Ref` is made."""
    return core_schema.no_info_plain_validator_function(Reference(cls).validate)


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
