"""The base of generated row classes: SQLModel's, with the tables that the store has.

Their registry is not SQLModel's, so a table of the author's with the same name does not clash
with them. Nor do the tables of two generated packages in one process, or those of a module that
is loaded anew.
"""

from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar

from starmodel.errors import ConfigurationError
from starmodel.stores.sql.tables.table import EntityTable, LinkTable

try:
    from sqlalchemy import MetaData
    from sqlalchemy.orm import registry
    from sqlmodel import Field, SQLModel

    from starmodel.stores.sql.tables import reserved_words as reserved_words
    from starmodel.stores.sql.tables.sqlalchemy_columns import column_of, table_arguments
except ModuleNotFoundError as error:
    raise ConfigurationError(
        f"Row classes need a library that is not installed: {error.name}. Run"
        ' `pip install "starmodel-runtime[sql]"`.'
    ) from error

_METADATA: dict[str, MetaData] = {}
_BY_NAME: dict[str, Any] = {}
"""What SQLAlchemy finds classes in that are named by a text, which rows never are."""


class RowBase(SQLModel, registry=registry(class_registry=_BY_NAME)):
    """A row of a table, as `select(...)` gives it. Entities are never rows; rows check nothing.

    A subclass says which table in `__entity_table__`, and the type of each column: all else about
    them follows from the table. All tables of one generated package have their `metadata` in
    common.
    """

    if TYPE_CHECKING:
        __entity_table__: ClassVar[EntityTable[Any] | LinkTable]

    def __init_subclass__(cls, **options: Any) -> None:
        """Make the columns, in the metadata of the package and in place of a former table's.

        Raises:
            ConfigurationError: The class and its table have different columns.
        """
        table = cls.__entity_table__
        annotated = get_annotations(cls).keys()
        # `metadata_`, where SQLAlchemy needs the name `metadata` itself.
        columns = {
            f"{name}_" if f"{name}_" in annotated else name: column_of(column, table)
            for column in table.written
            for name in (column.attribute,)
        }
        differing = columns.keys() ^ annotated
        if differing:
            raise ConfigurationError(
                f"{cls.__name__} and the table `{table.name}` differ in"
                f" {', '.join(sorted(differing))}. Run `starmodel generate`."
            )
        # `shop.generated` of `shop.generated.product.rows`.
        package = ".".join(cls.__module__.split(".")[:-2])
        cls.metadata = _METADATA.setdefault(package, MetaData())
        former = cls.metadata.tables.get(table.name)
        if former is not None:
            cls.metadata.remove(former)
            # It would warn of the former class as long as that is not collected.
            _BY_NAME.clear()
        cls.__tablename__ = table.name
        cls.__table_args__ = table_arguments(table)
        for name, column in columns.items():
            setattr(cls, name, Field(sa_column=column))
        super().__init_subclass__(**options)
