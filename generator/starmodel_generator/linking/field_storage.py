"""How the fields of a linked entity are stored, with the fields that stand behind its columns."""

from collections.abc import Iterator
from dataclasses import dataclass

from starmodel_generator.database.columns import Storage, StorageKind, storage_of, stored_type
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_schemas import FieldSchema, ObjectType


@dataclass(frozen=True, slots=True)
class StoredValue:
    """How one field is stored: in which columns, and which fields these hold.

    `fields` are what was written of each column: the field itself, or the parts of a value
    object. `attributes` are what the columns are called in Python.
    """

    kind: StorageKind
    columns: tuple[str, ...]
    attributes: tuple[str, ...]
    fields: tuple[LinkedField, ...]


def stored_value(field: LinkedField, app: LinkedApp) -> StoredValue:
    """Return how a stored field of an entity is stored."""
    storage = _storage(field.schema, app)
    type = stored_type(field.schema.type, field.schema.constraints).type
    fields = (field,)
    if storage.kind == "parts" and isinstance(type, ObjectType):
        fields = tuple(stored_fields(app.objects[type.object].fields))
    return StoredValue(storage.kind, storage.columns, storage.attributes, fields)


def stored_fields(fields: tuple[LinkedField, ...]) -> Iterator[LinkedField]:
    """The fields that are stored at all."""
    return (field for field in fields if not field.schema.computed)


def _storage(field: FieldSchema, app: LinkedApp) -> Storage:
    try:
        return storage_of(field, app)
    except KeyError:
        # The class has mistakes of its own, which are told where it stands.
        return Storage("json", (field.db_name or field.name,), (field.name,))
