"""The view of `table.py`: where an entity is kept in SQL, and how its values become rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from starmodel_generator.database.columns import ID_FIELD, link_target
from starmodel_generator.emission.context import Context, an
from starmodel_generator.emission.python.function_text import FunctionView, Statement, block
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.sql.row_class import RowView, row_view
from starmodel_generator.emission.sql.row_values import Link, RowValues, is_json_column
from starmodel_generator.emission.sql.statement_text import StatementView, statements
from starmodel_generator.emission.sql.stored_json import StoredJson
from starmodel_schemas import (
    ColumnSchema,
    EntitySchema,
    FieldSchema,
    NumericColumnType,
    PlainColumnType,
    RequiredDefault,
    ScalarType,
    TextColumnType,
)
from starmodel_schemas.database_schema import PlainColumnName
from starmodel_schemas.naming import pascal_case

TABLE = "starmodel.stores.sql.tables.table"

_COLUMNS: dict[PlainColumnName, str] = {
    "bool": "boolean",
    "integer": "integer",
    "float": "double",
    "bytes": "binary",
    "date": "date",
    "time": "time",
    "datetime": "instant",
    "naive_datetime": "naive_datetime",
    "interval": "interval",
    "uuid": "uuid",
    "json": "json",
}
"""The functions of `starmodel.stores.sql.tables.column` that make a column."""

_STATEMENTS = ("select", "insert", "update", "delete")


@dataclass(frozen=True, slots=True)
class ListView:
    """An argument that is a list or a mapping, with an item on each line."""

    opening: str
    items: tuple[Layout, ...]
    closing: str


@dataclass(frozen=True, slots=True)
class TableView:
    """Everything that `table.py.j2` lays out."""

    name: str
    imports: str
    rows: tuple[RowView, ...]
    statements: tuple[StatementView, ...]
    functions: tuple[FunctionView, ...]
    constant: str
    definition: str
    row: str
    table: str
    columns: ListView
    uses: tuple[str, ...]
    lists: tuple[ListView, ...]


def table_view(entity: EntitySchema, context: Context) -> TableView:
    """Decide what the table module of an entity says."""
    return _Table(entity, context).view()


class _Table:
    """Makes the view of one entity's table."""

    def __init__(self, entity: EntitySchema, context: Context) -> None:
        self.entity = entity
        self.context = context
        self.own = context.names[entity.qualified_name]
        self.table = context.tables[entity.snake_name]
        self.fields = _kept_fields(entity)
        self.links = tuple(self._links())
        tables = (self.table, *(link.table for link in self.links))
        self.names = ModuleNames(
            context.first_party,
            [column.name for table in tables for column in table.columns],
            context.classes,
        )
        self.columns = [column for column in self.table.columns if column.path]
        self.json = StoredJson(self.names, context)
        self.values = RowValues(self.json, self.fields, self.columns, self.links)

    def view(self) -> TableView:
        names, snake = self.names, self.entity.snake_name
        rows = (
            row_view(self.own.row, self.table, names),
            *(row_view(self._link_row(link), link.table, names) for link in self.links),
        )
        names.use(TABLE, "EntityTable")
        names.use("starmodel.stores.sql.tables", "column")
        sql = statements(self.entity.name, self.table)
        functions = (self._to_row(), self._from_row(), *self.json.functions())
        lists = (
            ListView("references=[", tuple(self._references()), "]"),
            ListView("links=[", tuple(map(self._link, self.links)), "]"),
            ListView("constraints={", tuple(self._constraints()), "}"),
        )
        return TableView(
            name=self.entity.name,
            rows=rows,
            statements=sql,
            functions=functions,
            constant=names.define(self.own.table),
            definition=names.use(self.own.module("state"), self.own.constant),
            row=self.own.row,
            table=python_string(self.table.name),
            columns=ListView("columns=[", tuple(map(self._column, self.columns)), "]"),
            uses=(
                *(
                    f"{kind}={names.define(statement.name)}"
                    for kind, statement in zip(_STATEMENTS, sql, strict=True)
                ),
                f"to_row={snake}_to_row",
                f"from_row={snake}_from_row",
            ),
            lists=tuple(one for one in lists if one.items),
            imports=names.import_block(),
        )

    def _to_row(self) -> FunctionView:
        names = self.names
        mapping = names.use("collections.abc", "Mapping")
        any_, text = names.use("typing", "Any"), names.builtin("str")
        kept = [*self.values.kept()]
        links = ", then the ids of its links" if self.links else ""
        return FunctionView(
            Group(
                f"def {names.define(f'{self.entity.snake_name}_to_row')}(",
                (f"values: {mapping}[{text}, {any_}]",),
                f") -> {names.builtin('tuple')}[{any_}, ...]:",
            ),
            docstring(f"Give the columns of {an(self.entity.name)} in order{links}.", 4),
            (
                *(Statement(4, check) for check in self.values.checks()),
                # Black has a tuple of one on one line.
                *(
                    block(4, "return (", tuple(kept), ")")
                    if len(kept) > 1
                    else [Statement(4, f"return ({kept[0]},)")]
                ),
            ),
        )

    def _from_row(self) -> FunctionView:
        names = self.names
        sequence = names.use("collections.abc", "Sequence")
        any_, text = names.use("typing", "Any"), names.builtin("str")
        return FunctionView(
            Group(
                f"def {names.define(f'{self.entity.snake_name}_from_row')}(",
                (f"row: {sequence}[{any_}]",),
                f") -> {names.builtin('dict')}[{text}, {any_}]:",
            ),
            docstring("Give the values of fields that a row stands for.", 4),
            block(4, "return {", tuple(self.values.read()), "}"),
        )

    def _links(self) -> Iterator[Link]:
        for field in self.fields:
            target = link_target(field)
            if target is not None:
                table = self.context.tables[f"{self.entity.snake_name}_{field.name}"]
                yield Link(field, self.context.entities[target], table)

    def _link_row(self, link: Link) -> str:
        return f"{self.entity.name}{pascal_case(link.field.name)}Row"

    # What the store is told.

    def _column(self, column: ColumnSchema) -> Layout:
        items = [python_string(column.name)]
        match column.type:
            case TextColumnType():
                function = "text"
            case NumericColumnType():
                function = "numeric"
                items += [str(column.type.precision), str(column.type.scale)]
            case PlainColumnType():
                function = _COLUMNS[column.type.name]
        if is_json_column(column) and not self.json.is_sure(self.values.type_of(column)):
            function = "anything"
        if column.path[0] != column.name:
            items.append(python_string(column.path[0]))
        return Group(f"column.{function}(", tuple(items), ")")

    def _references(self) -> Iterator[Layout]:
        fields = {field.name: field for field in self.fields}
        columns = {column.name: column for column in self.columns}
        for key in self.table.foreign_keys:
            other = self.context.tables.get(key.table)
            if other is None or other.primary_key != (ID_FIELD,) or key.target != ID_FIELD:
                continue
            self.names.use(TABLE, "ReferenceColumn")
            field = fields[columns[key.column].path[0]]
            items = [field.name, key.column, key.table]
            if key.on_delete != "restrict":
                items.append(key.on_delete)
            yield Group("ReferenceColumn(", tuple(map(python_string, items)), ")")

    def _link(self, link: Link) -> Layout:
        self.names.use(TABLE, "LinkTable")
        owner, target, _ = link.table.columns
        function = "text"
        if isinstance(target.type, PlainColumnType):
            function = _COLUMNS[target.type.name]
        return Group(
            "LinkTable(",
            (
                python_string(link.field.name),
                python_string(link.table.name),
                python_string(owner.name),
                f"column.{function}({python_string(target.name)})",
                python_string(link.target.snake_name),
            ),
            ")",
        )

    def _constraints(self) -> Iterator[Layout]:
        """Name the fields that each constraint is about."""
        fields = {column.name: column.path[0] for column in self.columns}
        found: list[tuple[str, tuple[str, ...]]] = [
            *((check.name, (check.column,)) for check in self.table.checks),
            *((key.name, (key.column,)) for key in self.table.foreign_keys),
            *((index.name, index.columns) for index in self.table.indexes if index.unique),
        ]
        for name, columns in found:
            about = [python_string(one) for one in dict.fromkeys(fields[one] for one in columns)]
            inside = f"({about[0]},)" if len(about) == 1 else f"({', '.join(about)})"
            yield f"{python_string(name)}: {inside}"


def _kept_fields(entity: EntitySchema) -> list[FieldSchema]:
    """Give the fields of an entity that are kept; its id is the first of them."""
    kept = [field for field in entity.fields if not field.computed]
    if any(field.name == ID_FIELD for field in kept):
        return sorted(kept, key=lambda field: field.name != ID_FIELD)
    identity = FieldSchema(name=ID_FIELD, type=ScalarType(name="str"), default=RequiredDefault())
    return [identity, *kept]
