"""How one entity refers to others: `Ref` to one of them, `Many` and `One` for what refers to it."""

import re
from collections.abc import Iterator
from contextvars import ContextVar
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Generic,
    Protocol,
    TypeAlias,
    TypeVar,
    cast,
    final,
    get_args,
)
from uuid import UUID
from weakref import WeakKeyDictionary

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from starmodel.domain.entity import Entity
from starmodel.errors import ConfigurationError, UnnumberedRecord
from starmodel.frozen import frozen

if TYPE_CHECKING:
    from typing_extensions import TypeVar as DefaultedTypeVar

    # Only type checkers need to know that the second parameter of `Many` may be left out.
    FieldName = DefaultedTypeVar("FieldName", default=str)
else:
    FieldName = TypeVar("FieldName")

E = TypeVar("E", bound=Entity, covariant=True)

Target: TypeAlias = type[Entity] | str
"""What is referred to: an entity class, or its name where the class cannot be imported."""

OtherSide: TypeAlias = tuple[Target, str]
"""Where a `Many` or a `One` is kept: the entity that refers, and its field that does."""

IS_REFERENCE = "starmodel_reference"
"""What the metadata of a core schema has where the schema is that of a `Ref`."""

_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,20}")

_set = object.__setattr__


class Loader(Protocol):
    """Whatever loads what entities refer to: a unit of work, while it is open."""

    async def load_reference(self, target: Target, id: str) -> Entity:
        """Return the entity with this id; the same object whenever it is asked for.

        Raises:
            NotFound: There is none.
        """
        ...

    async def load_many(self, owner: Entity, name: str) -> list[Entity]:
        """Return those that refer to `owner` and are called `name` there."""
        ...


LOADER: ContextVar[Loader | None] = ContextVar("LOADER", default=None)
"""The unit of work that is open here, `None` outside of any."""


@final
class Ref(Generic[E]):
    """A reference to one entity: a value that holds the other's id.

    `Ref[Author]` is the type of a field; `Ref["Author"]` does as well, for a class that is
    defined later or cannot be imported. Such a field takes an entity, a `Ref` or an id, and is
    its id in JSON.

    Two are equal that refer to the same kind of entity by the same id. One made of an id alone
    does not know its kind until it is in a field, and equals any with that id.
    """

    __slots__ = ("id", "record", "target")

    id: str
    """The other's id, as text.

    That of a new record which has no number yet is there when the record has it.
    """

    record: Entity
    """The record itself; only of one that had no number yet."""

    target: Target | None
    """The other's class or its name; `None` where that is not known."""

    def __init__(
        self, to: E | str | int | UUID, target: "type[E] | str | None" = None, /  # pyright: ignore
    ) -> None:
        """Refer to an entity, or to whichever has this id.

        Args:
            to: The entity, or its id.
            target: The entity's class or the name of it. It need not be said of an entity, nor
                of what is put into a field.

        Raises:
            ValueError: The id is empty.
        """
        if isinstance(to, Entity):
            target = target or type(to)
            if is_unnumbered(to):
                _set(self, "record", to)
                _set(self, "target", target)
                return
            to = to.id
        id = str(to)
        if not id:
            raise ValueError("An id has one character at least.")
        _set(self, "id", id)
        _set(self, "target", target)

    async def load(self) -> E:
        """Load the entity in the unit of work that is open: what is changed is saved with it.

        Raises:
            ConfigurationError: No unit of work is open here, or the kind is not known.
            NotFound: There is no such entity.
        """
        loader = _loader("reference")
        if self.is_new:
            return cast("E", self.record)
        if self.target is None:
            raise ConfigurationError(
                "This reference was made of an id alone and is in no field yet, so nobody knows"
                " what to load. Name the class as well: Ref(id, Author)."
            )
        return cast("E", await loader.load_reference(self.target, self.id))

    @property
    def is_new(self) -> bool:
        """Whether it refers to a new record that has no number yet."""
        record: Entity | None = getattr(self, "record", None)
        return record is not None and is_unnumbered(record)

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            # Whatever is there is found without it.
            if name != "id":
                raise AttributeError(f"A Ref has no attribute {name!r}.")
            if self.is_new:
                raise UnnumberedRecord(
                    f"This {type(self.record).__name__} has no number yet. It gets one from `await"
                    " work.flush()`, or when the event is saved, if `work.add` was told of it."
                )
            _set(self, "id", str(self.record.id))
            return self.id

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ref):
            return NotImplemented
        mine, its = self.target, cast("Ref[Entity]", other).target
        try:
            is_equal = self.id == other.id
        except UnnumberedRecord:
            return self.is_new and other.is_new and self.record is other.record
        return is_equal and (mine is its or mine is None or its is None or _is_same(mine, its))

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        kind = "" if self.target is None else f"[{_name(self.target)}]"
        return f"Ref{kind}({'new' if self.is_new else repr(self.id)})"

    def __str__(self) -> str:
        return self.id

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("A Ref cannot be changed. Put another one in its place.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("A Ref cannot be changed. Put another one in its place.")

    def __reduce__(self) -> tuple[type["Ref[Any]"], tuple[str, Target | None]]:
        return Ref, (self.id, self.target)

    if not TYPE_CHECKING:

        def __class_getitem__(cls, target):
            return Annotated[cls, Reference(target)]


@frozen(eq=True)
class Reference:
    """What `Ref[target]` tells pydantic of a field."""

    target: Target

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                _id, return_schema=core_schema.str_schema()
            ),
            metadata={IS_REFERENCE: True},
        )

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(core_schema.str_schema(min_length=1))

    def validate(self, value: object) -> "Ref[Entity]":
        """Make a reference to the target of an entity, another reference or an id.

        Raises:
            PydanticCustomError: It is none of them, or leads to something else.
        """
        if isinstance(value, Ref):
            reference = cast("Ref[Entity]", value)
            if reference.target is not None and not _fits(reference.target, self.target):
                raise self._misfit()
            try:
                id = self._id_text(reference.id)
            except UnnumberedRecord:
                is_mine = reference.target is self.target
                return reference if is_mine else Ref(reference.record, self.target)
            if reference.target is self.target and reference.id == id:
                return reference
            return Ref(id, self.target)
        if isinstance(value, Entity):
            if not _fits(type(value), self.target):
                raise self._misfit()
            if is_unnumbered(value):
                return Ref(value, self.target)
            value = value.id
        return Ref(self._id_text(value), self.target)

    def _id_text(self, id: object) -> str:
        """Write an id the one way it is written, so that references to one entity are equal."""
        if isinstance(id, bool) or not isinstance(id, str | int | UUID) or id == "":
            raise self._misfit()
        # The name alone does not tell what its ids are like; whoever loads it will see.
        kind = str if isinstance(self.target, str) else id_class(self.target)
        text = str(id)
        if kind is UUID:
            try:
                return str(id if isinstance(id, UUID) else UUID(text))
            except ValueError:
                raise self._misfit() from None
        if kind is int:
            if not _WHOLE_NUMBER.fullmatch(text):
                raise self._misfit()
            return str(int(text))
        return text

    def _misfit(self) -> PydanticCustomError:
        return PydanticCustomError(
            "reference_type",
            "Input should refer to one {entity}: itself, a Ref to it, or its id",
            {"entity": _name(self.target)},
        )


class Many(Generic[E, FieldName]):
    """Those entities that refer to this one, which are looked up and never stored here.

    `posts: Many["Post"]` is the other side of the one field of `Post` that is a `Ref` to this
    class, or a list of them; `Many["Post", "author"]` says which field it is. For pydantic it
    is no field. It is there in an instance once the class has its `EntityDefinition`.

    Type checkers want `ClassVar[Many["Post"]]`, or they take it for an argument of the
    constructor, and `ClassVar[Many["Post", Literal["author"]]]`, or they look for a class of that
    name. At run time all of these mean the same.
    """

    __slots__ = ("_name", "_owner")

    def __init__(self, owner: Entity, name: str, /) -> None:
        self._owner = owner
        self._name = name

    async def load(self) -> list[E]:
        """Load them in the unit of work that is open: what is changed is saved with it.

        Raises:
            ConfigurationError: No unit of work is open here.
        """
        loader = _loader("relation")
        return cast("list[E]", await loader.load_many(self._owner, self._name))

    def __repr__(self) -> str:
        return f"<Many {self._name} of {type(self._owner).__name__}>"

    if not TYPE_CHECKING:

        def __class_getitem__(cls, _):
            # Pydantic takes it for no field, also where no `ClassVar` stands around it; and one
            # may, since Python refuses only a `ClassVar` that stands in another directly.
            return Annotated[ClassVar[cls], "a relation"]


class One(Generic[E, FieldName]):
    """The one entity that refers to this one, if there is any; looked up and never stored here.

    `profile: ClassVar[One["Profile"]]` is the other side of a `Ref` with `unique=True`. It is
    written like `Many`.
    """

    __slots__ = ("_name", "_owner")

    def __init__(self, owner: Entity, name: str, /) -> None:
        self._owner = owner
        self._name = name

    async def load(self) -> E | None:
        """Load it in the unit of work that is open: what is changed is saved with it.

        Raises:
            ConfigurationError: No unit of work is open here.
        """
        found = await _loader("relation").load_many(self._owner, self._name)
        return cast("E", found[0]) if found else None

    def __repr__(self) -> str:
        return f"<One {self._name} of {type(self._owner).__name__}>"

    if not TYPE_CHECKING:

        def __class_getitem__(cls, _):
            return Annotated[ClassVar[cls], "a relation"]


class OtherSideAccessor:
    """What an entity class has in the place of its `Many` or `One`: it gives each instance its own."""

    __slots__ = ("kind", "name")

    def __init__(self, name: str, kind: type[Many[Any]] | type[One[Any]]) -> None:
        self.name = name
        self.kind = kind

    def __get__(
        self, owner: Entity | None, _: type[Entity]
    ) -> "Many[Any] | One[Any] | OtherSideAccessor":
        return self if owner is None else self.kind(owner, self.name)


_ID_CLASSES: WeakKeyDictionary[type[Entity], type[str | int | UUID]] = WeakKeyDictionary()


def id_class(cls: type[Entity]) -> type[str | int | UUID]:
    """Return what the ids of an entity are: texts, numbers or UUIDs."""
    found = _ID_CLASSES.get(cls)
    if found is None:
        named = [*_named(cls.__pydantic_fields__["id"].annotation)]
        found = int if int in named else UUID if UUID in named else str
        _ID_CLASSES[cls] = found
    return found


def _named(annotation: object) -> Iterator[object]:
    yield annotation
    for part in get_args(annotation):
        yield from _named(part)


def is_unnumbered(entity: Entity) -> bool:
    """Return whether an entity is new and waits for the number that is to be its id."""
    return vars(entity).get("id") is None


def _loader(what: str) -> Loader:
    loader = LOADER.get()
    if loader is None:
        raise ConfigurationError(
            f"A {what} can only be loaded in a unit of work: in an event, or between"
            " `async with services.unit_of_work(actor) as work:` and its end."
        )
    return loader


def _id(value: Any) -> str:
    """Return the id that stands for what is in a field, validated or not yet."""
    return str(getattr(value, "id", value))


def _name(target: Target) -> str:
    return target.rpartition(".")[2] if isinstance(target, str) else target.__name__


def _is_same(one: Target, other: Target) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return _name(one) == _name(other)
    return one is other


def _fits(one: Target, wanted: Target) -> bool:
    """Return whether `one` is what is wanted, or derived from it."""
    if isinstance(one, str):
        return _name(one) == _name(wanted)
    if isinstance(wanted, str):
        return any(cls.__name__ == _name(wanted) for cls in one.__mro__)
    return issubclass(one, wanted)
