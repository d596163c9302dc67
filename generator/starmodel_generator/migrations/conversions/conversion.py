"""How the values of a column become values of another type."""

from dataclasses import dataclass

from starmodel_schemas import (
    ColumnType,
    NumericColumnType,
    PlainColumnType,
    TextColumnType,
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """How to convert, as expressions with `{}` for the column's name.

    Attributes:
        sqlite: The value in SQLite; `None` where what is stored stays as it is.
        postgresql: The value in PostgreSQL; `None` where the database needs no word of it.
        loss: What is lost, in words that follow "values"; empty where nothing is.
        risk: Which values do not fit, in the same way; a migration meets them with an error.
        misfit: A condition for values that SQLite would take although they do not fit; `None`
            where its constraints say so themselves.
    """

    sqlite: str | None = None
    postgresql: str | None = None
    loss: str = ""
    risk: str = ""
    misfit: str | None = None


AS_IT_IS = Conversion()


def kind_of(type_: ColumnType) -> str:
    """Return the word for a type: `text`, `numeric`, `integer`, ..."""
    return type_.name if isinstance(type_, PlainColumnType) else type_.kind


def type_words(type_: ColumnType) -> str:
    """A type as one says it: `text of at most 40 characters`."""
    match type_:
        case TextColumnType(max_length=None):
            return "text"
        case TextColumnType():
            return f"text of at most {type_.max_length} characters"
        case NumericColumnType():
            return f"decimal with {type_.scale} of {type_.precision} digits after the point"
        case PlainColumnType():
            return type_.name.replace("_", " ")
