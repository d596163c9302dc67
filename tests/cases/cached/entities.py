"""Entities in SQL, with caches that answer reads of them."""

from decimal import Decimal

from starmodel import Access, Entity, EntityConfig, Field, Ref, StateStore, event


class Article(Entity):
    """What many read, on all nodes, and few change."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"create", "delete"}, cache="redis"
    )

    title: str
    price: Decimal = Field(default=Decimal("0.00"), max_digits=8, decimal_places=2)
    cost: int = Field(default=0, private=True)

    @event
    def rename(self, title: str) -> None:
        """Call it something else."""
        self.title = title


class Notice(Entity):
    """What is said of an article."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"create"}, cache="redis"
    )

    text: str
    article: Ref[Article] | None = None


class Author(Entity):
    """Who writes, in the memory of each process."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"create"}, cache="memory"
    )

    name: str

    @event
    def rename(self, name: str) -> None:
        """Be called something else."""
        self.name = name
