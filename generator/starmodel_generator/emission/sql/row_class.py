"""The view of `rows.py`: the row classes of an entity, with constraints and indexes written out."""

from dataclasses import dataclass
from typing import assert_never

from starmodel_generator.database.columns import link_target
from starmodel_generator.database.sql_text import condition
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import (
    LINE_LENGTH,
    Group,
    Layout,
    flat,
    lay_out,
    named,
)
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.python.type_expressions import SCALAR_MODULES
from starmodel_generator.emission.sql.sql_layout import sql_layout
from starmodel_schemas import (
    CheckSchema,
    ColumnSchema,
    ColumnType,
    EntitySchema,
    ForeignKeySchema,
    IndexSchema,
    NumericColumnType,
    PlainColumnType,
    TableSchema,
    TextColumnType,
)
from starmodel_schemas.database_schema import PlainColumnName
from starmodel_schemas.naming import pascal_case

TYPES = "starmodel.stores.sql.tables.column_types"

_SQLALCHEMY: dict[PlainColumnName, str] = {
    "bool": "Boolean()",
    "integer": "BigInteger()",
    "float": "Double()",
    "bytes": "LargeBinary()",
    "date": "Date()",
    "time": "Time()",
    "naive_datetime": "DateTime()",
    "uuid": "Uuid()",
}
_OURS: dict[PlainColumnName, str] = {
    "datetime": "UTCDateTime",
    "interval": "Micros",
    "json": "JSONValue",
}
_PYTHON: dict[PlainColumnName, str] = {
    "bool": "bool",
    "integer": "int",
    "float": "float",
    "bytes": "bytes",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "naive_datetime": "datetime",
    "interval": "timedelta",
    "uuid": "UUID",
}
_ON_DELETE = {"restrict": "RESTRICT", "cascade": "CASCADE", "set_null": "SET NULL"}


@dataclass(frozen=True, slots=True)
class RowView:
    """A row class."""

    name: str
    docstring: str
    table: str
    arguments: tuple[str, ...]
    columns: tuple[Layout, ...]


@dataclass(frozen=True, slots=True)
class RowsView:
    """Everything that `rows.py.j2` lays out."""

    name: str
    imports: str
    rows: tuple[RowView, ...]


def rows_view(entity: EntitySchema, context: Context) -> RowsView:
    """Decide what the module of an entity's row classes says: its own, and those of its links."""
    classes = {context.names[entity.qualified_name].row: context.tables[entity.snake_name]}
    for field in entity.fields:
        if link_target(field) is not None and not field.computed:
            name = f"{entity.name}{pascal_case(field.name)}Row"
            classes[name] = context.tables[f"{entity.snake_name}_{field.name}"]
    columns = [column.name for table in classes.values() for column in table.columns]
    names = ModuleNames(context.first_party, columns, context.classes)
    rows = tuple(row_view(name, table, names) for name, table in classes.items())
    return RowsView(name=entity.name, imports=names.import_block(), rows=rows)


def row_view(name: str, table: TableSchema, names: ModuleNames) -> RowView:
    """Decide what the row class of a table says."""
    return _Row(table, names).view(name)


@dataclass(frozen=True, slots=True)
class _Row:
    """Writes one row class."""

    table: TableSchema
    names: ModuleNames

    def view(self, name: str) -> RowView:
        self.names.use("starmodel.stores.sql.tables.row", "RowBase")
        self.names.use("sqlmodel", "Field")
        self.names.use_module("sqlalchemy")
        uniques = {index.columns for index in self.table.indexes if index.unique}
        # An index on one column stands with it, unless that has a unique one as well.
        arguments = tuple(
            self._index(index)
            for index in self.table.indexes
            if len(index.columns) > 1 or (not index.unique and index.columns in uniques)
        )
        return RowView(
            name=self.names.define(name),
            docstring=docstring(f"A row of the table `{self.table.name}`.", 4),
            table=python_string(self.table.name),
            arguments=_tuple(arguments),
            columns=tuple(self._column(column) for column in self.table.columns),
        )

    def _column(self, column: ColumnSchema) -> Layout:
        items: list[Layout] = [python_string(column.name), self._type(column.type)]
        items += [
            self._foreign_key(key) for key in self.table.foreign_keys if key.column == column.name
        ]
        items += [
            self._check(check, column) for check in self.table.checks if check.column == column.name
        ]
        if column.name in self.table.primary_key:
            items.append("primary_key=True")
            if column.type == PlainColumnType(name="integer"):
                # Ids are given by the app; without this, PostgreSQL would make a sequence.
                items.append("autoincrement=False")
        elif not column.nullable:
            items.append("nullable=False")
        indexes = [index for index in self.table.indexes if index.columns == (column.name,)]
        if indexes:
            items.append("index=True")
        if any(index.unique for index in indexes):
            items.append("unique=True")
        made = named("sa_column", Group("sa.Column(", tuple(items), ")"))
        return Group(f"{column.name}: {self._annotation(column)} = Field(", (made,), ")")

    def _type(self, type_: ColumnType) -> str:
        """Write the type of a column for SQLAlchemy."""
        match type_:
            case TextColumnType(max_length=None):
                return "sa.Text()"
            case TextColumnType():
                return f"sa.String({type_.max_length})"
            case NumericColumnType():
                exact = self.names.use(TYPES, "ExactNumeric")
                return f"{exact}({type_.precision}, {type_.scale})"
            case PlainColumnType() if type_.name in _OURS:
                return f"{self.names.use(TYPES, _OURS[type_.name])}()"
            case PlainColumnType():
                return f"sa.{_SQLALCHEMY[type_.name]}"
            case _:
                assert_never(type_)

    def _annotation(self, column: ColumnSchema) -> str:
        """Write the type of a column's values in Python."""
        match column.type:
            case TextColumnType():
                name = "str"
            case NumericColumnType():
                name = "Decimal"
            case PlainColumnType(name="json"):
                return self.names.use("typing", "Any")
            case PlainColumnType():
                name = _PYTHON[column.type.name]
            case _:
                assert_never(column.type)
        module = SCALAR_MODULES.get(name)
        written = self.names.builtin(name) if module is None else self.names.use(module, name)
        return f"{written} | None" if column.nullable else written

    def _check(self, check: CheckSchema, column: ColumnSchema) -> Layout:
        sql = condition(check, column.type)
        asked = sql_layout(sql.sqlite)
        if not sql.is_same:
            by_dialect = self.names.use(TYPES, "ByDialect")
            asked = Group(f"{by_dialect}(", (asked, sql_layout(sql.postgresql)), ")")
        name = named("name", python_string(check.name))
        return Group("sa.CheckConstraint(", (asked, name), ")")

    def _foreign_key(self, key: ForeignKeySchema) -> Layout:
        return Group(
            "sa.ForeignKey(",
            (
                python_string(f"{key.table}.{key.target}"),
                named("name", python_string(key.name)),
                named("ondelete", python_string(_ON_DELETE[key.on_delete])),
            ),
            ")",
        )

    def _index(self, index: IndexSchema) -> Layout:
        columns = tuple(python_string(column) for column in index.columns)
        unique = ("unique=True",) if index.unique else ()
        return Group("sa.Index(", (python_string(index.name), *columns, *unique), ")")


def _tuple(items: tuple[Layout, ...]) -> tuple[str, ...]:
    """Lay out the items of a tuple, from column 4 on: one on each line unless there is one only."""
    if not items:
        return ()
    head = "    __table_args__ = "
    if len(items) == 1:
        single = f"({flat(items[0])},)"
        if len(head) + len(single) <= LINE_LENGTH:
            return (single,)
    lines = [" " * 8 + lay_out(item, 8, ",") for item in items]
    return ("(", *lines, "    )")
