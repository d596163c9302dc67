"""The mark of entities that are kept in an SQL database."""

from typing import Any, ClassVar

from pydantic import BaseModel

from starmodel.domain.entity import EntityMetaclass
from starmodel.domain.entity_config import EntityConfig


class BaseTable(BaseModel, metaclass=EntityMetaclass):
    """Says that an entity is kept in SQL: `class Product(Entity, BaseTable, table=True)`.

    It is the same as `store=StateStore.SERVER_SQL` in `model_config`, and is read from the
    source text by `starmodel generate`. At run time the class stays a plain pydantic model that
    validates; its table is in generated code.
    """

    model_config: ClassVar[EntityConfig] = EntityConfig()  # pyright: ignore

    def __init_subclass__(cls, *, table: bool = False, **options: Any) -> None:
        """Take `table=True`, which says nothing at run time, and leave the rest to pydantic."""
        super().__init_subclass__(**options)

    @classmethod
    def __pydantic_init_subclass__(cls, *, table: bool = False, **options: Any) -> None:
        """Take `table=True` from pydantic, which hands it on a second time."""
        super().__pydantic_init_subclass__(**options)
