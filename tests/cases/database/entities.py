"""A magazine in a database: every kind of column, relation and key, and what CRUD is made of."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, ClassVar, Literal
from uuid import UUID, uuid4

from pydantic import AwareDatetime, BaseModel, NaiveDatetime, computed_field

from starmodel import (
    Access,
    Actor,
    BaseTable,
    Entity,
    EntityConfig,
    Field,
    Many,
    Ref,
    Refused,
    Scope,
    StateStore,
    UnitOfWork,
    event,
)


def may_edit(actor: Actor, author: "Author") -> bool:
    """Authors are edited by themselves."""
    return actor.id == author.email


class Stage(Enum):
    """How far a post has come."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Address(BaseModel):
    """Where letters go."""

    street: str = Field(default="", max_length=100)
    zip_code: str = ""
    checked: bool = False
    note: str = Field(default="", private=True)


class Link(BaseModel):
    """Somewhere else."""

    label: str
    url: str
    weight: Decimal | None = None
    seen_at: datetime | None = None
    followed_by: list["Link"] = Field(default_factory=lambda: list[Link]())


class Author(Entity, BaseTable, table=True):
    """Somebody who writes."""

    model_config = EntityConfig(
        access=Access.PUBLIC, crud=True, unique=[("name", "born")], page=False
    )

    name: str = Field(min_length=1, max_length=80, index=True)
    email: str = Field(max_length=254, unique=True)
    password: str = Field(default="", private=True)
    born: date | None = None
    address: Address = Field(default_factory=Address)
    links: list[Link] = Field(default_factory=list[Link])
    posts: ClassVar[Many["Post", Literal["author"]]]
    profile: ClassVar[Many["Profile"]]

    @event(access=may_edit)
    def move(self, street: Annotated[str, Field(max_length=100)]) -> None:
        """Go and live somewhere else."""
        self.address = Address(street=street)


class Profile(Entity):
    """What is said of an author: one page each."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"create", "update"}, page=False
    )

    author: Ref[Author] = Field(unique=True, on_delete="cascade")
    text: str = ""


class Tag(Entity):
    """A word that posts are found by."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, page=False
    )

    id: UUID = Field(default_factory=uuid4)  # pyright: ignore
    name: str = Field(min_length=1, max_length=40, unique=True)
    posts: ClassVar[Many["Post"]]


class Post(Entity):
    """Something to read."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL,
        access=Access.PUBLIC,
        crud=True,
        indexes=[("stage", "published_at", "id")],
        renamed_from="Article",
    )

    title: str = Field(min_length=1, max_length=200, renamed_from="heading")
    body: str = ""
    stage: Stage = Field(default=Stage.DRAFT, writable=False)
    published_at: AwareDatetime | None = Field(default=None, writable=False)
    author: Ref[Author]
    editor: Ref[Author] | None = Field(default=None, on_delete="set_null")
    tags: list[Ref[Tag]] = Field(default_factory=list[Ref[Tag]])
    answers_to: Ref["Post"] | None = Field(default=None, on_delete="set_null")
    answers: ClassVar[Many["Post"]]

    @computed_field
    @property
    def words(self) -> int:
        """How long it is."""
        return len(self.body.split())

    @event(lock=True)
    async def publish(self, work: UnitOfWork, at: AwareDatetime) -> str:
        """Let everybody read it."""
        if self.stage is Stage.PUBLISHED:
            raise Refused("It is published already.")
        author = await self.author.load()
        self.stage = Stage.PUBLISHED
        self.published_at = at
        author.links = [*author.links, Link(label=self.title, url=f"/post/{self.id}")]
        return author.name

    @event
    def assign(self, editor: Author, tag: Ref[Tag] | None = None) -> None:
        """Give it to an editor, and mark it."""
        self.editor = Ref(editor)
        if tag is not None:
            self.tags = [*self.tags, tag]


class Measurement(Entity):
    """A value of each type."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.AUTHENTICATED, crud={"create"}
    )

    flag: bool = False
    count: int = Field(default=0, ge=-5, lt=10_000)
    ratio: float = 0.5
    name: str = ""
    blob: bytes = b""
    price: Decimal = Field(default=Decimal("0.00"), max_digits=12, decimal_places=2)
    day: date = date(2026, 1, 1)
    hour: time = time(12, 0)
    moment: AwareDatetime | None = None
    local: NaiveDatetime | None = None
    span: timedelta = timedelta(minutes=5)
    key: UUID | None = None
    kind: Literal["a", "b"] = "a"
    level: Literal[1, 2, 3] = 1
    labels: set[str] = Field(default_factory=set[str])
    sizes: dict[str, Decimal] = Field(default_factory=dict[str, Decimal])
    place: tuple[int, float] = (0, 0.0)
    either: int | str = 0
    any_of: Decimal | Link | str | None = None
    link: Link | None = None


class Notepad(Entity):
    """What a visitor types, kept for an hour."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, scope=Scope.SESSION, ttl=3600)

    text: str = Field(default="", max_length=10_000)

    @event
    def write(self, text: Annotated[str, Field(max_length=10_000)]) -> None:
        """Replace the text."""
        self.text = text


class Issue(Entity):
    """The issue that is being made, the same for everybody."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, scope=Scope.GLOBAL, access=Access.PUBLIC
    )

    number: int = 1

    @event
    def close(self) -> int:
        """Go on with the next one."""
        self.number += 1
        return self.number
