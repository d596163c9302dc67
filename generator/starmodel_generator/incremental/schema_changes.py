"""What changes in `schema.json` when entities change, and whether other entities see it."""

from collections.abc import Iterator
from typing import TypeAlias, cast

from pydantic import BaseModel

from starmodel_generator.emission.schema_json import member_text
from starmodel_generator.incremental.full_rebuild import require_full_rebuild
from starmodel_schemas import (
    AppSchema,
    EntitySchema,
    EntityType,
    EnumSchema,
    ObjectSchema,
    RefType,
)

Schema: TypeAlias = EntitySchema | ObjectSchema | EnumSchema

_LOCAL = frozenset({"doc", "description", "default", "signature"})
"""What the rest of an app does not ask about in any part of it."""


def changed_pieces(
    before: AppSchema, after: AppSchema, affected: set[str]
) -> list[tuple[str, str]]:
    """Return the pieces of `schema.json` that change, each as it was and as it is."""
    pieces: list[tuple[str, str]] = []
    for old, new in (
        (before.entities, after.entities),
        (before.objects, after.objects),
        (before.enums, after.enums),
    ):
        if [each.qualified_name for each in old] != [each.qualified_name for each in new]:
            require_full_rebuild("there are other classes")
        for one, other in zip(old, new, strict=True):
            if one.model_dump_json() == other.model_dump_json():
                continue
            if one.module not in affected:
                require_full_rebuild(
                    f"{one.qualified_name} changes, which nothing affected contains"
                )
            if _headline(one) != _headline(other):
                require_full_rebuild(f"{one.qualified_name} shows itself in another way")
            pieces.append((member_text(one), member_text(other)))
    return pieces


def _headline(entity: Schema) -> object:
    """Return what is compared among all classes of an app, and what files of the app say of one.

    Of value objects and enums that is the name, and whether clients read an enum as a `Flag`. Of an
    entity's fields it is those which indexes, tables and relations come from, of its events what
    routes and names come from. Whether there are aliases is seen in the transport of all clients.
    """
    if isinstance(entity, EnumSchema):
        return entity.qualified_name, entity.is_flag
    has_aliases = any(field.sent_as or field.read_as for field in entity.fields)
    if isinstance(entity, ObjectSchema):
        return entity.qualified_name, has_aliases
    indexed = {name for index in entity.indexes for name in index.fields}
    fields = [
        _common(field)
        for field in entity.fields
        if field.unique
        or field.index
        or field.searchable
        or field.name in indexed
        or field.name == "id"
        or field.foreign_key is not None
        or field.primary_key
        or any(isinstance(part, RefType | EntityType) for part in _models(field.type))
    ]
    events = [
        (event.name, event.function, event.method, event.path, event.has_instance, event.crud)
        for event in entity.events
    ]
    rest = entity.model_copy(update={"fields": (), "events": ()})
    return _common(rest), fields, events, has_aliases


def _common(value: object) -> object:
    """A value without what is local to it."""
    if isinstance(value, BaseModel):
        own = {name: _common(each) for name, each in value if name not in _LOCAL}
        return type(value).__name__, own
    if isinstance(value, tuple):
        return [_common(each) for each in cast("tuple[object, ...]", value)]
    return value


def _models(value: object) -> Iterator[BaseModel]:
    """A schema with all schemas inside it."""
    if isinstance(value, BaseModel):
        yield value
        for _, each in value:
            yield from _models(each)
    elif isinstance(value, tuple):
        for each in cast("tuple[object, ...]", value):
            yield from _models(each)


def spliced(content: bytes, pieces: list[tuple[str, str]]) -> bytes:
    """Return the text of `schema.json` with other pieces."""
    for old, new in pieces:
        head, found, tail = content.partition(f"\n{old}".encode())
        if not found or tail[:1] not in (b",", b"\n"):
            require_full_rebuild("schema.json is another one")
        content = b"".join((head, b"\n", new.encode(), tail))
    return content
