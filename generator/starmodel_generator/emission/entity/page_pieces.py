"""Which fields a page shows as markup that is sent anew whenever they change."""

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.record_labels import reference_of
from starmodel_generator.emission.html.display import is_flat, is_single
from starmodel_generator.emission.html.input_limits import unwrap
from starmodel_generator.planning import has_list
from starmodel_schemas import EntitySchema, FieldSchema, ObjectType


def has_pieces(entity: EntitySchema, context: Context) -> bool:
    """Return whether a page has rows that are sent anew as markup when their field changes."""
    return any(is_piece(field, entity, context) for field in public_fields(entity))


def is_piece(field: FieldSchema, entity: EntitySchema, context: Context) -> bool:
    """Return whether a field has parts that come and go, so that no signals can show it."""
    type_, is_optional, _ = unwrap(field.type)
    if is_single(type_) or (has_list(entity) and reference_of(field.type) is not None):
        return False
    return is_optional or not (isinstance(type_, ObjectType) and is_flat(type_, context))
