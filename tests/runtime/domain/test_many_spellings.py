"""`Many` in every spelling: no field for pydantic, and what type checkers take it for."""

import sys
from types import ModuleType
from typing import ClassVar, Literal, assert_type

import pytest

from starmodel import Entity, Many, Ref, Scope, StateStore
from starmodel.application import EntityDefinition

SPELLINGS = {
    "plain": 'Many["Post"]',
    "with_field": 'Many["Post", "author"]',
    "with_literal": 'Many["Post", Literal["author"]]',
    "of_the_class": 'ClassVar[Many["Post"]]',
    "of_the_class_with_field": 'ClassVar[Many["Post", "author"]]',
    "of_the_class_with_literal": 'ClassVar[Many["Post", Literal["author"]]]',
    "in_quotes": "\"Many['Post']\"",
    "of_the_class_in_quotes": "\"ClassVar[Many['Post']]\"",
    "half_in_quotes": 'ClassVar["Many[Post]"]',
}
FUTURE = "from __future__ import annotations"
OPEN = "posts: ClassVar[Many[Post]]"
MODULE = """
from typing import ClassVar, Literal
from starmodel import Entity, Many, Ref

class Author(Entity):
    name: str = ""
    {side}

class Post(Entity):
    author: Ref[Author]
"""


def author_class(side: str, future: str, monkeypatch: pytest.MonkeyPatch) -> type[Entity]:
    module = ModuleType("shop_entities")
    # Pydantic looks annotations up in the module that the class says it is of.
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(f"{future}\n{MODULE.format(side=side)}", module.__dict__)
    return module.__dict__["Author"]


def check(author: type[Entity]) -> None:
    author.model_rebuild()
    assert author.model_fields.keys() == {"id", "name"}
    definition = EntityDefinition(
        author,
        name="author",
        namespace="author",
        store=StateStore.SERVER_SQL,
        scope=Scope.RECORD,
        state=lambda _: {},
        many={"posts": ("Post", "author")},
    )
    made = author.model_validate({"name": "Ada"})
    assert repr(made.posts) == "<Many posts of Author>"  # pyright: ignore
    assert definition.many == {"posts": ("Post", "author")}


@pytest.mark.parametrize("future", ["", FUTURE])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_it_is_no_field(spelling: str, future: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check(author_class(f"posts: {SPELLINGS[spelling]}", future, monkeypatch))


def test_it_is_no_field_where_annotations_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    check(author_class(OPEN, FUTURE, monkeypatch))


class Author(Entity):
    """Has two other sides, in the spelling that type checkers understand."""

    name: str = ""
    posts: ClassVar[Many["Post", Literal["author"]]]
    notes: ClassVar[Many["Note"]]


class Post(Entity):
    """Leads back."""

    author: Ref[Author]


class Note(Entity):
    """Leads back as well."""

    author: Ref[Author]


async def loaded(author: Author, post: Post) -> None:
    """Never run: what a type checker makes of it counts."""
    assert_type(await author.posts.load(), list[Post])
    assert_type(await author.notes.load(), list[Note])
    assert_type(await post.author.load(), Author)


def test_the_constructor_does_not_ask_for_it() -> None:
    assert Author(name="Ada").name == "Ada"
