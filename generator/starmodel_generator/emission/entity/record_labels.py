"""Records in a database, for their pages: which there are, what they are called, what they name."""

from starmodel_generator.emission.declaration_order import public_fields
from starmodel_schemas import EntitySchema, ListType, RefType, RequiredDefault, ScalarType, TypeRef
from starmodel_schemas.naming import constant_case, entity_words, plural

TITLES = ("name", "title", "label", "subject", "email")
"""Fields that say what a record is called, wherever they stand."""


def label_field(entity: EntitySchema) -> str | None:
    """Return the field that a record is called by; `None` where only its id will do.

    That is what the author says, else a field of a telling name, else the first text that every
    record must be given; none of several lines.
    """
    if entity.label is not None:
        return entity.label
    texts = [
        field
        for field in public_fields(entity)
        if field.seen_type == ScalarType(name="str")
        and not field.computed
        and field.name != "id"
        and field.multiline is not True
    ]
    names = [field.name for field in texts]
    for name in TITLES:
        if name in names:
            return name
    return next((field.name for field in texts if isinstance(field.default, RequiredDefault)), None)


def reference_of(type_: TypeRef) -> tuple[str, bool] | None:
    """Return the entity that a field refers to, and whether it may refer to several; else `None`."""
    while type_.kind == "optional" or type_.kind == "constrained":
        type_ = type_.item
    if isinstance(type_, RefType):
        return type_.entity, False
    if isinstance(type_, ListType):
        item = reference_of(type_.item)
        return None if item is None or item[1] else (item[0], True)
    return None


def record_words(entity: EntitySchema) -> str:
    """Call one record, inside of a sentence: `order line`, `API key`."""
    return entity_words(entity.name)


def plural_words(entity: EntitySchema) -> str:
    """Call several records, inside of a sentence: `order lines`, `categories`."""
    return plural(record_words(entity))


def find_function(entity: EntitySchema) -> str:
    """Name the function that finds records: `find_order_lines`."""
    return f"find_{plural_words(entity).lower().replace(' ', '_')}"


def queries_constant(entity: EntitySchema) -> str:
    """Name what says how records can be found: `ORDER_LINE_FILTER_SET`."""
    return f"{constant_case(entity.name)}_FILTER_SET"
