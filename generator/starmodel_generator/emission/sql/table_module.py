"""The view of `table.py`: where an entity is kept in SQL, and how its values become rows."""

from typing import NamedTuple

from starmodel_generator.database.columns import ID_FIELD
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.python.function_text import FunctionView
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Layout
from starmodel_generator.emission.sql.row_values import Columns
from starmodel_generator.emission.sql.stored_json import StoredJson
from starmodel_schemas import EntitySchema, FieldSchema, RequiredDefault, ScalarType


class ListView(NamedTuple):
    """An argument that is a list, with an item on each line."""

    name: str
    items: tuple[Layout, ...]


class TableView(NamedTuple):
    """Everything that `table.py.j2` lays out."""

    name: str
    imports: str
    functions: tuple[FunctionView, ...]
    constant: str
    definition: str
    columns: tuple[Layout, ...]
    lists: tuple[ListView, ...]


def table_view(entity: EntitySchema, context: Context) -> TableView:
    """Decide what the table module of an entity says."""
    own = context.names[entity.qualified_name]
    names = ModuleNames(context.first_party, classes=context.classes)
    names.use("starmodel.stores.sql.tables.table", "EntityTable")
    names.use("starmodel.stores.sql.tables", "column")
    json = StoredJson(names, context)
    table = context.tables[entity.snake_name]
    columns = Columns(json, _kept_fields(entity), table, context.tables)
    listed = tuple(columns.layouts())
    lists = (
        ListView("indexes", tuple(columns.indexes(unique=False))),
        ListView("unique", tuple(columns.indexes(unique=True))),
    )
    return TableView(
        name=entity.name,
        functions=tuple(json.functions()),
        constant=names.define(own.table),
        definition=names.use(own.module("state"), own.constant),
        columns=listed,
        lists=tuple(one for one in lists if one.items),
        imports=names.import_block(),
    )


def _kept_fields(entity: EntitySchema) -> list[FieldSchema]:
    """Return the fields of an entity that are kept; its id is the first of them."""
    kept = [field for field in entity.fields if not field.computed]
    if any(field.name == ID_FIELD for field in kept):
        return sorted(kept, key=lambda field: field.name != ID_FIELD)
    identity = FieldSchema(name=ID_FIELD, type=ScalarType(name="str"), default=RequiredDefault())
    return [identity, *kept]
