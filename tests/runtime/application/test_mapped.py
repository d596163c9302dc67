"""An entity that is a table of SQLModel's besides can be loaded and changed like any other."""

import sqlmodel

from starmodel import Access, Entity, Scope, StateStore
from starmodel.application import EntityDefinition


class Mapped(Entity, sqlmodel.SQLModel, table=True):  # pyright: ignore
    """Has a table in SQLModel's own registry."""

    id: str = sqlmodel.Field(default="one", primary_key=True)
    name: str = ""

    def rename(self, name: str) -> None:
        self.name = name


DEFINITION = EntityDefinition(
    Mapped,
    name="mapped",
    namespace="mapped",
    store=StateStore.SERVER_SQL,
    scope=Scope.RECORD,
    state=lambda mapped: {"name": mapped.name},
    access=Access.PUBLIC,
)


def test_what_was_loaded_can_be_changed() -> None:
    loaded = DEFINITION.hydrate({"id": "one", "name": "Tea"})
    loaded.rename("Coffee")
    assert (loaded.id, loaded.name) == ("one", "Coffee")
    other = DEFINITION.hydrate({"id": "two", "name": "Tea"})
    assert other.name == "Tea"


def test_new_ones_are_made_as_ever() -> None:
    made = Mapped(name="Tea")
    made.rename("Coffee")
    assert made.model_dump() == {"id": "one", "name": "Coffee"}
    assert DEFINITION.validate({"id": "two", "name": "Tea"}).id == "two"
