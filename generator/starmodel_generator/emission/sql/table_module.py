"""The view of `table.py`: where an entity is kept in SQL, and how its values become rows."""

from collections.abc import Iterable
from typing import NamedTuple

from starmodel_generator.database.columns import ID_FIELD
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.python.function_text import FunctionView
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Layout, flat
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.emission.sql.row_values import Columns
from starmodel_generator.emission.sql.stored_json import StoredJson
from starmodel_schemas import EntitySchema, FieldSchema, RequiredDefault, ScalarType


class ListView(NamedTuple):
    """An argument that is a list or a dict, with an item on each line."""

    name: str
    items: tuple[Layout, ...]
    is_dict: bool


class TableView(NamedTuple):
    """Everything that `table.py.j2` lays out."""

    name: str
    imports: str
    functions: tuple[FunctionView, ...]
    constant: str
    definition: str
    columns: tuple[Layout, ...]
    db_name: str | None
    lists: tuple[ListView, ...]


def table_view(entity: EntitySchema, context: Context) -> TableView:
    """Decide what the table module of an entity says."""
    own = context.names[entity.qualified_name]
    names = ModuleNames(context.first_party, classes=context.classes)
    names.use("starmodel.stores.sql.tables.table", "EntityTable")
    names.use("starmodel.stores.sql.tables", "column")
    json = StoredJson(names, context)
    table = context.tables[entity.table_name]
    columns = Columns(json, entity, kept_fields(entity), table, context.tables)
    listed = tuple(columns.layouts())
    lists = (
        _list("indexes", columns.indexes(unique=False)),
        _list("unique", columns.indexes(unique=True)),
        _list("checks", columns.checks()),
        ListView("searchable", tuple(map(python_string, table.searchable)), is_dict=False),
    )
    return TableView(
        name=entity.name,
        functions=tuple(json.functions()),
        constant=names.define(own.table),
        definition=names.use(own.module("state"), own.constant),
        columns=listed,
        db_name=None if entity.db_name is None else python_string(entity.db_name),
        lists=tuple(one for one in lists if one.items),
        imports=names.import_block(),
    )


def _list(name: str, items: Iterable[Layout]) -> ListView:
    listed = tuple(items)
    return ListView(name, listed, any(flat(item).startswith('"') for item in listed))


def kept_fields(entity: EntitySchema) -> list[FieldSchema]:
    """Return the fields of an entity that are kept; its id is the first of them."""
    kept = [field for field in entity.fields if not field.computed]
    if any(field.name == ID_FIELD for field in kept):
        return sorted(kept, key=lambda field: field.name != ID_FIELD)
    identity = FieldSchema(name=ID_FIELD, type=ScalarType(name="str"), default=RequiredDefault())
    return [identity, *kept]
