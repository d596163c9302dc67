"""References are values; what they lead to is loaded by the unit of work that is open."""

# ruff: noqa: UP037 - quoted names and deferred annotations have to work together.
from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from pydantic import ValidationError

from starmodel import Entity, Field, Many, Ref, Scope, StateStore
from starmodel.application import EntityDefinition
from starmodel.application.copying import deep_copy, deep_equal
from starmodel.domain.relation import LOADER, Target
from starmodel.errors import ConfigurationError, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping


class Author(Entity):
    name: str = ""
    posts: Many["Post"] = Field(init=False)


class Post(Entity):
    title: str = ""
    author: Ref["Author"] = Field(on_delete="cascade")
    editor: Ref[Author] | None = None
    parent: Ref[Post] | None = None


class Series(Entity):
    posts: list[Ref[Post]] = Field(default_factory=list[Ref[Post]])


class Tag(Entity):
    posts: Many["Post"]


class Machine(Entity):
    id: UUID = Field(primary_key=True)  # pyright: ignore[reportIncompatibleVariableOverride]


class Part(Entity):
    machine: Ref[Machine]
    elsewhere: Ref["Unknown"] | None = None  # pyright: ignore # noqa: F821


def state(entity: Entity) -> Mapping[str, object]:
    return entity.model_dump()


def define(cls: type[Entity], **many: tuple[Target, str]) -> EntityDefinition[Entity]:
    return EntityDefinition(
        cls,
        name=cls.__name__.lower(),
        namespace=cls.__name__.lower(),
        store=StateStore.SERVER_SQL,
        scope=Scope.RECORD,
        state=state,
        many=many,
    )


class Shelf:
    """A loader that has a few entities at hand."""

    def __init__(self, *entities: Entity) -> None:
        self.entities = {entity.id: entity for entity in entities}

    async def load_reference(self, target: Target, id: str) -> Entity:
        name = target if isinstance(target, str) else target.__name__
        if id not in self.entities:
            raise NotFound(name, id)
        return self.entities[id]

    async def load_many(self, owner: Entity, name: str) -> list[Entity]:
        assert name == "posts"
        posts = [entity for entity in self.entities.values() if isinstance(entity, Post)]
        return [post for post in posts if post.author == Ref(owner)]


def test_a_field_takes_an_entity_a_reference_or_an_id_and_is_its_id_in_json() -> None:
    author = Author(name="Ann")
    by_name: Ref[Author] = Ref(author.id, "Author")
    for given in (author, Ref(author), by_name, author.id):
        post = Post.model_validate({"author": given, "editor": given})
        assert post.author == Ref(author) == post.editor
        assert post.author.id == author.id
        assert post.model_dump()["author"] == author.id
        again = Post.model_validate_json(post.model_dump_json())
        assert again == post and again.parent is None

    child = Post(author=post.author, parent=Ref(post))
    assert child.parent == Ref(post) and child.parent != Ref(child)
    assert Post.model_json_schema()["properties"]["author"]["type"] == "string"
    for wrong in (child, Ref(child), "", None, True, 1.5, {"id": "x"}):
        with pytest.raises(ValidationError) as error:
            Post.model_validate({"author": wrong})
        assert error.value.errors()[0]["type"] == "reference_type"
        assert "one Author" in error.value.errors()[0]["msg"]


def test_ids_of_other_types_are_written_in_one_way() -> None:
    machine = Machine(id=UUID(int=0xABC))
    for given in (
        machine,
        machine.id,
        str(machine.id).upper(),
        machine.id.hex,
        Ref(machine.id.hex, Machine),
    ):
        assert Part.model_validate({"machine": given}).machine == Ref(machine)
    with pytest.raises(ValidationError):
        Part.model_validate({"machine": "seven"})
    unbound: Ref[Machine] = Ref(machine.id.hex)
    assert Part(machine=unbound).machine == Ref(machine)
    assert Part(machine=Ref(machine), elsewhere=Ref("x")).model_dump()["elsewhere"] == "x"


def test_a_reference_is_an_immutable_value() -> None:
    author = Author()
    reference = Ref(author)
    with pytest.raises(AttributeError):
        reference.id = "other"
    with pytest.raises(AttributeError):
        del reference.id
    with pytest.raises(ValueError, match="one character"):
        Ref("")
    assert {reference, Ref(author.id, Author), Ref(author.id, "Author")} == {reference}
    assert reference != Ref(author.id, Post) and reference != author.id
    assert reference == Ref(author.id)
    for copied in (copy.deepcopy(reference), pickle.loads(pickle.dumps(reference))):
        assert copied == reference and copied.target is Author

    values = deep_copy({"author": reference})
    assert values["author"] is reference and deep_equal(values["author"], Ref(author))
    assert define(Post).is_immutable_flat and not define(Series).is_immutable_flat


async def test_what_is_referred_to_is_loaded_where_a_unit_of_work_is_open() -> None:
    author, other = Author(name="Ann"), Author(name="Bob")
    post = Post(author=Ref(author), editor=Ref(other))
    definition = define(Author, posts=(Post, "author"))
    assert definition.many == {"posts": (Post, "author")}
    assert set(Author.model_fields) == {"id", "name"}
    assert Author.model_validate({"name": "Ann", "posts": ["x"]}).model_dump().keys() == {
        "id",
        "name",
    }

    with pytest.raises(ConfigurationError, match="unit of work"):
        await post.author.load()
    with pytest.raises(ConfigurationError, match="unit of work"):
        await author.posts.load()
    token = LOADER.set(Shelf(author, post))
    try:
        assert (await post.author.load()).name == "Ann"
        assert await author.posts.load() == [post]
        assert await other.posts.load() == []
        with pytest.raises(NotFound):
            await Ref(other).load()
        with pytest.raises(ConfigurationError, match="Name the class"):
            await Ref[Author]("x").load()
    finally:
        LOADER.reset(token)
