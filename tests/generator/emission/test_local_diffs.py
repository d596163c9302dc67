"""A new field of an entity is one place in each of its files."""

import re
from difflib import SequenceMatcher

import pytest
from corpus import settings
from linked_project import link_sources

from starmodel_generator.emission.render import render

HEAD = """
from datetime import date
from decimal import Decimal
from enum import Enum
from pydantic import BaseModel
from starmodel import Access, Entity, EntityConfig, Field, Ref, Scope, StateStore, event

class Status(Enum):
    OPEN = "open"
    CLOSED = "closed"

class Size(BaseModel):
    width: int = 0
    height: int = 0

class Maker(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)
    name: str = ""

class Product(Entity):
    model_config = EntityConfig({options})
"""
FIELDS = """
    name: str = "a"
    code: str = "a"
    price: Decimal = Field(default=Decimal("0.00"), max_digits=9, decimal_places=2)
    stock: int = 0
    since: date | None = None
    status: Status = Status.OPEN
    size: Size = Field(default_factory=Size)
"""
EVENT = """
    @event
    def restock(self, quantity: int = 1) -> None:
        "Put more of it on the shelf."
        self.stock += quantity
"""
ENTITIES = {
    "SQL, CRUD": "store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True",
    "SQL, update": "store=StateStore.SERVER_SQL, access=Access.AUTHENTICATED, crud={'update'}",
    "SQL, no CRUD": "store=StateStore.SERVER_SQL, access=Access.PUBLIC",
    "SQL, a page of its own": "store=StateStore.SERVER_SQL, access=Access.PUBLIC, page=False",
    "memory": "",
    "Redis": "store=StateStore.SERVER_REDIS, access=Access.PUBLIC, scope=Scope.RECORD",
}
NEW = {
    "number": "weight: int = 0",
    "required text": "color: str",
    "long text": 'notes: str = Field(default="", max_length=5000)',
    "enum": "other: Status = Status.OPEN",
    "value object": "box: Size = Field(default_factory=Size)",
    "optional": "until: date | None = None",
    "private": "cursor: int = Field(default=0, private=True)",
    "list": "words: list[str] = Field(default_factory=list)",
}
IMPORTS = re.compile(r'(?s)"""\n\n((?:import|from) .*?)\n\n(?=\n|[A-Z#])')


def files(options: str, fields: str) -> dict[str, list[str]]:
    """The generated modules of a product and the schema, in lines, without what they import."""
    head = HEAD.replace("{options}", options)
    linked = link_sources(f"{head}{fields}{EVENT}")
    assert linked.schema is not None, linked.diagnostics
    return {
        file.path: IMPORTS.sub('"""\n\n\n', file.text, count=1).split("\n")
        for file in render(linked.schema, settings("shop"))
        if "/product" in file.path or file.path.endswith("schema.json")
    }


def hunks(before: list[str], after: list[str]) -> int:
    """In how many places a file has changed, as `git diff -U3` counts them."""
    return len([*SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(3)])


@pytest.mark.parametrize("options", ENTITIES.values(), ids=ENTITIES)
def test_a_new_field_is_one_place_in_each_file(options: str) -> None:
    before = files(options, FIELDS)
    assert all(hunks(text, [*text, *"xxxxxxx", "new"]) == 1 for text in before.values())
    for kind, new in NEW.items():
        if not options and "=" not in new:
            continue  # What nobody creates has defaults alone.
        after = files(options, f"{FIELDS}    {new}\n")
        assert after.keys() == before.keys()
        found = {path: hunks(before[path], text) for path, text in after.items()}
        assert max(found.values()) <= 1, (kind, found)
