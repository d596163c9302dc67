"""What SQLAlchemy's `Column` and SQLModel's `sa_...` say about a field, in StarModel's own words.

Nothing of SQLAlchemy is imported: its names are followed through the imports of the source. What
has no word of StarModel's is refused, with what to write instead.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from starmodel_generator.analysis.facts import (
    CallExpression,
    Expression,
    LiteralExpression,
    MappingExpression,
    SequenceExpression,
)
from starmodel_generator.database.sql_text import CURRENT_TIMESTAMP
from starmodel_generator.diagnostics.rules.pydantic_rules import SQLMODEL_OPTION
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem
from starmodel_schemas import PlainColumnName

ColumnKind: TypeAlias = PlainColumnName | Literal["text", "numeric"]
"""What a column holds, in the words of the database schema."""

NameOf: TypeAlias = Callable[[Expression], str | None]
"""Returns the full name of a class from outside of the project that an expression names."""

SETTINGS = ("sa_column", "sa_column_args", "sa_column_kwargs", "sa_type")

_TYPES: dict[str, ColumnKind] = {
    **dict.fromkeys(("String", "Unicode", "VARCHAR", "AutoString"), "text"),
    **dict.fromkeys(("Text", "UnicodeText", "TEXT"), "text"),
    **dict.fromkeys(("Integer", "INTEGER", "BigInteger", "BIGINT", "SmallInteger"), "integer"),
    **dict.fromkeys(("Numeric", "NUMERIC", "DECIMAL"), "numeric"),
    **dict.fromkeys(("Float", "FLOAT", "Double", "DOUBLE", "DOUBLE_PRECISION"), "float"),
    **dict.fromkeys(("Boolean", "BOOLEAN"), "bool"),
    **dict.fromkeys(("LargeBinary", "BYTEA", "BLOB"), "bytes"),
    **dict.fromkeys(("Date", "DATE"), "date"),
    **dict.fromkeys(("Time", "TIME"), "time"),
    **dict.fromkeys(("DateTime", "TIMESTAMP", "DATETIME"), "naive_datetime"),
    "Interval": "interval",
    **dict.fromkeys(("Uuid", "UUID"), "uuid"),
    **dict.fromkeys(("JSON", "JSONB"), "json"),
}
"""SQLAlchemy's types by the last part of their names."""

_POSITIONAL: dict[ColumnKind, tuple[str, ...]] = {
    "text": ("length",),
    "numeric": ("precision", "scale"),
    "naive_datetime": ("timezone",),
    "uuid": ("as_uuid",),
}
_OPTIONS = {
    **{name: name for name in ("nullable", "unique", "index", "primary_key")},
    "name": "db_name",
}
"""Arguments of `Column` by what `Field` calls them."""

_SAYS_NOTHING = frozenset({"autoincrement", "doc", "info", "quote"})
_INSTEAD = {
    "default": "write `Field(default=...)`",
    "insert_default": "write `Field(default=...)`",
    "onupdate": "set the field in the events that change the record",
    "comment": "write `Field(description=...)`",
}
_TYPE_HELP = "leave it out: the annotation decides what the column holds"
_NO_WORD = "is about a column, and StarModel has no word for it"


@dataclass(frozen=True, slots=True)
class ColumnSettings:
    """What is said of a column: options of `Field` with their values, and what it is to hold."""

    options: tuple[tuple[str, Expression], ...] = ()
    kind: ColumnKind | None = None
    problems: tuple[Problem, ...] = ()


class _Refused(Exception):
    """Something has no word here; `problem` says what to write."""

    def __init__(self, what: str, help: str, reason: str = _NO_WORD) -> None:
        super().__init__(what)
        self.problem = Problem(SQLMODEL_OPTION, f"has `{shortened(what)}`, which {reason}", help)


def read_column(keyword: str, expression: Expression, name_of: NameOf) -> ColumnSettings:
    """Return what one of `sa_column`, `sa_column_args`, `sa_column_kwargs` and `sa_type` says."""
    reader = _Reader(keyword, name_of)
    try:
        reader.read(expression)
    except _Refused as refused:
        return ColumnSettings(problems=(refused.problem,))
    return ColumnSettings(tuple(reader.options), reader.kind)


class _Reader:
    def __init__(self, keyword: str, name_of: NameOf) -> None:
        self._keyword = keyword
        self._name_of = name_of
        self.options: list[tuple[str, Expression]] = []
        self.kind: ColumnKind | None = None

    def read(self, expression: Expression) -> None:
        match self._keyword, expression:
            case "sa_type", _:
                self._type(expression)
            case "sa_column", CallExpression() if self._is_column(expression):
                self._arguments(expression.arguments)
                self._options(dict(expression.keywords))
            case "sa_column_args", SequenceExpression(items=items):
                self._arguments(items)
            case "sa_column_kwargs", MappingExpression(items=items):
                self._options(dict(map(self._text_key, items)))
            case "sa_column_kwargs", CallExpression() if (
                self._name_of(expression.function) == "builtins.dict" and not expression.arguments
            ):
                self._options(dict(expression.keywords))
            case _:
                help = "write it in place, as arguments of `Field`"
                raise _Refused(
                    self._written(expression), help, "cannot be known without running code"
                )

    def _written(self, expression: Expression) -> str:
        return f"{self._keyword}={unparse(expression)}"

    def _is_column(self, call: CallExpression) -> bool:
        return self._last_name(call.function) == "Column"

    def _last_name(self, expression: Expression) -> str | None:
        """Return what SQLAlchemy, or SQLModel, calls something."""
        name = self._name_of(expression) or ""
        return name.rpartition(".")[2] if name.startswith(("sqlalchemy.", "sqlmodel.")) else None

    def _text_key(self, pair: tuple[Expression, Expression]) -> tuple[str, Expression]:
        key, value = pair
        if isinstance(key, LiteralExpression) and isinstance(key.value, str):
            return key.value, value
        return "**", value

    def _arguments(self, arguments: Iterable[Expression]) -> None:
        for index, argument in enumerate(arguments):
            if index == 0 and isinstance(argument, LiteralExpression):
                self.options.append(("db_name", argument))
            elif isinstance(argument, CallExpression) and (
                self._last_name(argument.function) == "ForeignKey"
            ):
                self._foreign_key(argument)
            else:
                self._type(argument)

    def _foreign_key(self, call: CallExpression) -> None:
        given: dict[str, Expression] = dict(zip(("foreign_key",), call.arguments, strict=False))
        for keyword, value in call.keywords:
            if keyword == "ondelete":
                given["on_delete"] = value
            elif keyword == "column":
                given["foreign_key"] = value
            else:
                raise _Refused(f"ForeignKey({keyword}={unparse(value)})", "leave it out")
        self.options += given.items()

    def _options(self, given: Mapping[str, Expression]) -> None:
        for keyword, value in given.items():
            if keyword == "type_":
                self._type(value)
            elif keyword == "server_default":
                self.options.append((keyword, self._server_default(value)))
            elif keyword in _OPTIONS:
                self.options.append((_OPTIONS[keyword], value))
            elif keyword not in _SAYS_NOTHING:
                help = _INSTEAD.get(keyword, "leave it out")
                raise _Refused(f"{keyword}={unparse(value)}", help)

    def _server_default(self, expression: Expression) -> Expression:
        """Return a default of the database's as `Field(server_default=...)` has it."""
        if isinstance(expression, CallExpression):
            name = self._name_of(expression.function) or ""
            if name in _NOW and not expression.arguments:
                return LiteralExpression(CURRENT_TIMESTAMP)
            inner = next(iter(expression.arguments), None)
            if self._last_name(expression.function) == "text" and (
                isinstance(inner, LiteralExpression) and isinstance(inner.value, str)
            ):
                found = _constant(inner.value)
                if found is not None:
                    return LiteralExpression(found)
            help = 'write `Field(server_default=...)` with a constant, or `"CURRENT_TIMESTAMP"`'
            raise _Refused(f"server_default={unparse(expression)}", help)
        return expression

    def _type(self, expression: Expression) -> None:
        call = expression if isinstance(expression, CallExpression) else CallExpression(expression)
        name = self._last_name(call.function)
        kind = _TYPES.get(name or "")
        if kind is None:
            raise _Refused(unparse(expression), _TYPE_HELP, "is no type of a column known here")
        positional = _POSITIONAL.get(kind, ())
        if len(call.arguments) > len(positional):
            raise _Refused(unparse(expression), _TYPE_HELP)
        given = dict(zip(positional, call.arguments, strict=False)) | dict(call.keywords)
        if kind == "naive_datetime" and given.pop("timezone", None) == LiteralExpression(True):
            kind = "datetime"
        self.kind = kind
        names = {"length": "max_length", "precision": "max_digits", "scale": "decimal_places"}
        for keyword, value in given.items():
            if keyword == "length" and name in ("Text", "UnicodeText", "TEXT"):
                raise _Refused(unparse(expression), "write `Field(max_length=...)`")
            if keyword in names:
                self.options.append((names[keyword], value))
            elif (keyword, value) not in _USUAL:
                raise _Refused(f"{name}({keyword}={unparse(value)})", _TYPE_HELP)


def _constant(sql: str) -> bool | int | float | str | None:
    """Return what a constant of SQL is; `None` for anything else."""
    sql = sql.strip()
    if sql.lower() in ("true", "false"):
        return sql.lower() == "true"
    if sql.lower() in (CURRENT_TIMESTAMP, "now()"):
        return CURRENT_TIMESTAMP
    if re.fullmatch(r"'(?:[^']|'')*'", sql):
        return sql[1:-1].replace("''", "'")
    if re.fullmatch(r"-?\d+", sql, re.ASCII):
        return int(sql)
    return float(sql) if re.fullmatch(r"-?\d+\.\d+", sql, re.ASCII) else None


_NOW = ("sqlalchemy.func.now", "sqlalchemy.func.current_timestamp", "sqlmodel.func.now")
_USUAL = (
    ("as_uuid", LiteralExpression(True)),
    ("asdecimal", LiteralExpression(True)),
    ("native_uuid", LiteralExpression(True)),
    ("none_as_null", LiteralExpression(True)),
    ("timezone", LiteralExpression(False)),
)
"""What options of a type say that is so anyway."""
