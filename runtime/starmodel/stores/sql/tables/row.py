"""The base of generated row classes, which have tables of their own.

Their registry is not SQLModel's, so a table of the author's with the same name does not clash
with them. Nor do the tables of two generated packages in one process, or those of a module that
is loaded anew.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from starmodel.errors import ConfigurationError

try:
    from sqlalchemy import MetaData
    from sqlalchemy.orm import registry
    from sqlalchemy.schema import SchemaItem
    from sqlmodel import SQLModel

    from starmodel.stores.sql.tables import reserved_words as reserved_words
except ModuleNotFoundError as error:
    raise ConfigurationError(
        f"Row classes need a library that is not installed: {error.name}. Run"
        ' `pip install "starmodel-runtime[sql]"`.'
    ) from error


def _kind(index: Any, table: object) -> str:
    return "uq" if index.unique else "ix"


_NAMES: Any = {"ix": "%(kind)s_%(table_name)s_%(column_0_N_name)s", "kind": _kind}
"""What indexes are called: as in migrations, and as a violated constraint is recognised."""

_METADATA: dict[str, MetaData] = {}
_BY_NAME: dict[str, Any] = {}
"""What SQLAlchemy finds classes in that are named by a text, which rows never are."""


class RowBase(SQLModel, registry=registry(class_registry=_BY_NAME)):
    """A row of a table, as `select(...)` gives it. Entities are never rows; rows check nothing.

    All tables of one generated package have their `metadata` in common.
    """

    if TYPE_CHECKING:
        # SQLModel works it out of the class, and takes a text just as well.
        __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride]
        __table_args__: ClassVar[tuple[SchemaItem, ...]]

    def __init_subclass__(cls, **options: Any) -> None:
        """Return the class the metadata of its package, without a former table of its name."""
        # `shop.generated` of `shop.generated.product.rows`.
        package = ".".join(cls.__module__.split(".")[:-2])
        metadata = _METADATA.setdefault(package, MetaData(naming_convention=_NAMES))
        former = metadata.tables.get(cls.__tablename__)
        if former is not None:
            metadata.remove(former)
            # It would warn of the former class as long as that is not collected.
            _BY_NAME.clear()
        cls.metadata = metadata
        super().__init_subclass__(**options)
