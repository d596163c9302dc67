"""The base of generated row classes, which have tables of their own.

Their registry is not SQLModel's, so a table of the author's with the same name, or a module
that is loaded anew, does not clash with them.
"""

from typing import TYPE_CHECKING, ClassVar

from starmodel.errors import ConfigurationError

try:
    from sqlalchemy.orm import registry
    from sqlmodel import SQLModel
except ModuleNotFoundError as error:
    raise ConfigurationError(
        f"Entities in SQL need a library that is not installed: {error.name}. Run"
        ' `pip install "starmodel-runtime[sql]"`.'
    ) from error


class RowBase(SQLModel, registry=registry()):
    """A row of a table, as `select(...)` gives it. Entities are never rows; rows check nothing."""

    if TYPE_CHECKING:
        # SQLModel works it out of the class, and takes a text just as well.
        __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride]
