"""Annotations become types of the schema, each spelling of one type the same."""

import sys

import pytest
from linked_project import Linked, link_sources

from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    Constraints,
    DictType,
    EnumType,
    FieldSchema,
    FragmentType,
    ListType,
    LiteralType,
    ObjectType,
    OptionalType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)

HEAD = """
import datetime as dt
import decimal
import typing as t
import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import *
from typing_extensions import Annotated as Ann
import annotated_types as at
from pydantic import *
from pydantic import Field as PF
from starmodel import Entity, event, Field

Sku = NewType("Sku", str)
Names = list[str]
Small: TypeAlias = Annotated[int, Field(le=9)]
Later = "Optional[Small]"
Mode = Literal["a", "b"]

class Kind(Enum):
    A = "a"

class Line(BaseModel):
    name: str = ""

class Other(BaseModel):
    kind: Literal["other"] = "other"
"""

RECORD = """
import starmodel
class Thing(Entity):
    model_config = starmodel.EntityConfig(
        scope=starmodel.Scope.RECORD, access=starmodel.Access.PUBLIC
    )
"""
HEAD_OF_ENTITY = "from starmodel import Entity\n"
INT, STR, FLOAT = ScalarType(name="int"), ScalarType(name="str"), ScalarType(name="float")
LINE = ObjectType(object="shop.entities.Line")
KIND = EnumType(enum="shop.entities.Kind")


def field_of(annotation: str, head: str = HEAD) -> FieldSchema:
    """The field that an annotation makes, in an entity that needs no defaults."""
    return linked_field(annotation, head).field("Thing", "x")


def linked_field(annotation: str, head: str = HEAD) -> Linked:
    return link_sources(f"{head}\n{RECORD}    x: {annotation}\n")


@pytest.mark.parametrize(
    ("annotation", "type_"),
    [
        ("int", INT),
        ("'int'", INT),
        ("bool", ScalarType(name="bool")),
        ("bytes", ScalarType(name="bytes")),
        ("t.Text", STR),
        ("decimal.Decimal", ScalarType(name="Decimal")),
        ("dt.date", ScalarType(name="date")),
        ("dt.timedelta", ScalarType(name="timedelta")),
        ("dt.time", ScalarType(name="time")),
        ("uuid.UUID", ScalarType(name="UUID")),
        ("UUID4", ScalarType(name="UUID")),
        ("t.Any", AnyType()),
        ("Kind", KIND),
        ("Line", LINE),
        ("int | None", OptionalType(item=INT)),
        ("None | int", OptionalType(item=INT)),
        ("'int | None'", OptionalType(item=INT)),
        ("Optional['int']", OptionalType(item=INT)),
        ("t.Optional[t.Optional[int]]", OptionalType(item=INT)),
        ("Union[int, None]", OptionalType(item=INT)),
        ("Union[int, int]", INT),
        ("int | str | None", OptionalType(item=UnionType(members=(INT, STR)))),
        ("Union[int, Union[str, bool]]", UnionType(members=(INT, STR, ScalarType(name="bool")))),
        ("int | float", UnionType(members=(INT, FLOAT))),
        ("list[int]", ListType(item=INT)),
        ("List['Line']", ListType(item=LINE)),
        ("'list[Line | None]'", ListType(item=OptionalType(item=LINE))),
        ("set[Kind]", SetType(item=KIND)),
        ("FrozenSet[str]", SetType(item=STR, frozen=True)),
        ("dict[str, list[int]]", DictType(key=STR, value=ListType(item=INT))),
        ("Dict[Kind, int]", DictType(key=KIND, value=INT)),
        ("tuple[int, str]", TupleType(items=(INT, STR))),
        ("Tuple[int, ...]", TupleType(items=(INT,), variadic=True)),
        ("tuple[()]", TupleType(items=())),
        ("list", ListType(item=AnyType())),
        ("dict", DictType(key=STR, value=AnyType())),
        ("Sku", STR),
        ("Names", ListType(item=STR)),
        ("Mode", LiteralType(values=("a", "b"))),
        ("Literal[Mode, 'c']", LiteralType(values=("a", "b", "c"))),
        ("Literal[1, True, 1]", LiteralType(values=(1, True))),
        ("Literal['a', None]", OptionalType(item=LiteralType(values=("a",)))),
        ("Literal['a'] | Literal['b']", LiteralType(values=("a", "b"))),
        ("Literal[-1]", LiteralType(values=(-1,))),
        ("Final[int]", INT),
    ],
)
def test_types(annotation: str, type_: TypeRef) -> None:
    field = field_of(annotation)
    assert field.type == type_
    assert field.constraints == Constraints()


@pytest.mark.parametrize(
    ("annotation", "type_", "constraints"),
    [
        ("PositiveInt", INT, {"gt": "0"}),
        ("NonNegativeInt | None", OptionalType(item=INT), {"ge": "0"}),
        ("StrictInt", INT, {"strict": True}),
        ("AwareDatetime", ScalarType(name="datetime"), {"timezone": "aware"}),
        ("conint(ge=1, lt=5)", INT, {"ge": "1", "lt": "5"}),
        (
            "constr(min_length=1, strip_whitespace=True, pattern='^a')",
            STR,
            {"min_length": 1, "pattern": "^a", "strip_whitespace": True},
        ),
        ("conlist(int, max_length=3)", ListType(item=INT), {"max_length": 3}),
        ("Annotated[int, Field(gt=0), Field(le=9)]", INT, {"gt": "0", "le": "9"}),
        ("Ann[str, StringConstraints(max_length=3)]", STR, {"max_length": 3}),
        ("Ann[int, at.Ge(2), at.Interval(lt=7)]", INT, {"ge": "2", "lt": "7"}),
        ("Ann[str, at.Len(1, 4)]", STR, {"min_length": 1, "max_length": 4}),
        ("Small", INT, {"le": "9"}),
        ("Later", OptionalType(item=INT), {"le": "9"}),
        (
            "Decimal = Field(Decimal('1'), max_digits=5, decimal_places=2, ge=Decimal('0.10'))",
            ScalarType(name="Decimal"),
            {"max_digits": 5, "decimal_places": 2, "ge": "0.10"},
        ),
        (
            "date = PF(date(2024, 1, 1), ge=date(2023, 1, 1))",
            ScalarType(name="date"),
            {"ge": "2023-01-01"},
        ),
        (
            "float = Field(0.5, multiple_of=0.25, lt=1e3)",
            FLOAT,
            {"multiple_of": "0.25", "lt": "1000.0"},
        ),
        ("Small = Field(1, ge=1)", INT, {"ge": "1", "le": "9"}),
    ],
)
def test_limits(annotation: str, type_: TypeRef, constraints: dict[str, object]) -> None:
    field = field_of(annotation)
    assert field.type == type_
    assert field.constraints.model_dump(exclude_defaults=True) == constraints


def test_limits_inside_other_types() -> None:
    limited = ConstrainedType(item=INT, constraints=Constraints(le="9"))
    assert field_of("list[Small]").type == ListType(item=limited)
    assert field_of("Small | str").type == UnionType(members=(limited, STR))


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        ("Sequence[int]", "use `list[...]`"),
        ("Mapping[str, int]", "use `dict[...]`"),
        ("Secret[str]", "write_only=True"),
        ("complex", "no JSON value"),
        ("type[Line]", "a class, not data"),
        ("Entity", "does not say which entity"),
        ("'list['", "is no Python between its quotes"),
        ("Literal[Kind.A]", "use `Kind` itself"),
        ("set[Line]", "cannot be in a set"),
        ("dict[Line, int]", "no JSON keys"),
        ("dict[int | None, int]", "no JSON keys"),
        ("dict[int | str, int]", "no JSON keys"),
        ("len", "is no type of data"),
        ("Kind.A", "is a value, not a type"),
        ("list[int, int]", "wrong number of parts"),
        ("(lambda: int)()", "is computed"),
    ],
)
def test_refused_types_say_why(annotation: str, reason: str) -> None:
    linked = linked_field(annotation)
    assert linked.schema is None
    problem = next(each for each in linked.diagnostics if each.code == "SM202")
    assert reason in f"{problem.message} {problem.help}"
    assert problem.message.startswith("field `Thing.x` has ")


@pytest.mark.parametrize(
    ("annotation", "type_", "constraints"),
    [
        ("EmailStr", STR, {"format": "email"}),
        ("Annotated[EmailStr, Field(max_length=9)]", STR, {"format": "email", "max_length": 9}),
        ("HttpUrl", ScalarType(name="HttpUrl"), {}),
        ("Annotated[AnyUrl, Field(max_length=9)]", ScalarType(name="AnyUrl"), {"max_length": 9}),
        ("IPv4Address", ScalarType(name="IPv4Address"), {}),
        ("IPvAnyNetwork", ScalarType(name="IPvAnyNetwork"), {}),
        ("JsonValue", AnyType(), {}),
        ("dict[str, Any]", DictType(key=STR, value=AnyType()), {}),
        ("list[dict[str, Any]]", ListType(item=DictType(key=STR, value=AnyType())), {}),
    ],
)
def test_types_of_a_certain_form(
    annotation: str, type_: TypeRef, constraints: dict[str, object]
) -> None:
    source = HEAD + "from ipaddress import IPv4Address\nfrom pydantic import *\n"
    assert linked_field(annotation, source).codes == []
    field = field_of(annotation, source)
    assert field.type == type_
    assert field.constraints.model_dump(exclude_defaults=True) == constraints


@pytest.mark.parametrize("annotation", ["Any", "list[Any]", "dict", "dict[str, list[Any]]"])
def test_what_says_nothing_is_told(annotation: str) -> None:
    assert "SM210" in linked_field(annotation).codes


def test_limits_of_a_url_are_those_of_a_text() -> None:
    source = HEAD + "from pydantic import HttpUrl\n"
    assert "SM212" in linked_field("Annotated[HttpUrl, Field(ge=3)]", source).codes
    assert linked_field("HttpUrl = 'https://example.com'", source).codes == []
    assert "SM214" in linked_field("HttpUrl = 'example'", source).codes
    assert "SM214" in linked_field("HttpUrl = HttpUrl('ftp://example.com')", source).codes


def test_the_members_of_a_flag() -> None:
    linked = link_sources("""
        from enum import Flag, IntEnum, auto
        from starmodel import Entity
        class Right(Flag):
            READ = auto()
            WRITE = auto()
            BOTH = READ | WRITE
            RUN = auto()
        class Rank(IntEnum):
            LOW = 1
        class Thing(Entity):
            rights: Right = Right.READ
            rank: Rank = Rank.LOW
    """)
    right = linked.app.enum("shop.entities.Right")
    assert [member.value for member in right.members] == [1, 2, 3, 4]
    assert (right.is_flag, right.is_number) == (True, False)
    rank = linked.app.enum("shop.entities.Rank")
    assert (rank.is_flag, rank.is_number) == (False, True)


def test_addresses_of_either_version_have_a_type() -> None:
    source = HEAD + "from ipaddress import IPv4Address, IPv6Address\n"
    linked = linked_field("IPv4Address | IPv6Address", source)
    assert linked.codes == ["SM205"]
    assert "IPvAnyAddress" in str(linked.diagnostics[0].help)


def test_a_broken_part_does_not_hide_another() -> None:
    linked = linked_field("dict[Unknown, Path]", HEAD + "from pathlib import Path\n")
    assert linked.codes == ["SM107", "SM202"] or linked.codes == ["SM202", "SM107"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the statement is new in 3.12")
def test_type_statement() -> None:
    assert field_of("Names", "type Names = list[int]\n" + HEAD_OF_ENTITY).type == ListType(item=INT)


def test_recursive_value_objects() -> None:
    linked = link_sources("""
        from __future__ import annotations
        from pydantic import BaseModel
        from starmodel import Entity
        class Comment(BaseModel):
            text: str = ""
            replies: list[Comment] = []
            parent: Comment | None = None
        class Post(Entity):
            comments: dict[str, Comment] = {}
    """)
    comment = linked.app.object("shop.entities.Comment")
    itself = ObjectType(object="shop.entities.Comment")
    assert [field.type for field in comment.fields] == [
        STR,
        ListType(item=itself),
        OptionalType(item=itself),
    ]


PETS = """
from typing import Annotated, Literal
from pydantic import BaseModel, Field as PF
from starmodel import Entity, Field, event
class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
class Thing(Entity):
"""


@pytest.mark.parametrize(
    "written",
    [
        "list[Annotated[Cat | Dog, Field(discriminator='kind')]] = []",
        "dict[str, Annotated[Cat | Dog, PF(discriminator='kind')]] = {}",
        "Annotated[Cat | Dog, Field(discriminator='kind')] | None = None",
        "Annotated[Cat | Dog | None, Field(discriminator='kind')] = None",
        "Cat | Dog = Field(Cat(), discriminator='kind')",
    ],
)
def test_unions_that_name_what_tells_them_apart(written: str) -> None:
    linked = link_sources(f"{PETS}    pet: {written}\n")
    assert linked.codes == []
    inside = str(linked.field("Thing", "pet").type)
    assert "discriminator='kind'" in inside


def test_a_union_inside_another_type_without_one_is_ambiguous() -> None:
    linked = link_sources(f"{PETS}    pets: list[Cat | Dog] = []\n")
    assert linked.codes == ["SM205"]


def test_a_generic_model_says_of_what() -> None:
    linked = link_sources("""
        from typing import Generic, TypeVar
        from pydantic import BaseModel
        from starmodel import Entity
        T = TypeVar("T")
        class Page(BaseModel, Generic[T]):
            items: list[T] = []
        class Thing(Entity):
            page: Page | None = None
    """)
    assert linked.codes == ["SM202"]
    assert "for example `Page[int]`" in str(linked.diagnostics[0].help)


@pytest.mark.parametrize(
    ("head", "written"),
    [
        ("from sqlmodel import Relationship", 'list["Room"] = Relationship(back_populates="x")'),
        ("import sqlmodel as sq", 'list["Room"] = sq.Relationship()'),
        ("from sqlalchemy.orm import Mapped, relationship", '"Mapped[Room]" = relationship()'),
    ],
)
def test_relationships_of_other_libraries(head: str, written: str) -> None:
    linked = link_sources(f"""
        {head}
        from starmodel import Entity
        class Room(Entity): ...
        class Chat(Entity):
            rooms: {written}
    """)
    assert linked.codes == ["SM202"]
    help = str(linked.diagnostics[0].help)
    assert '`rooms: Ref["Room"]`' in help and '`rooms: ClassVar[Many["Room"]]`' in help


def test_an_entity_in_a_field_is_to_be_an_id() -> None:
    linked = link_sources("""
        from starmodel import Entity
        class Room(Entity): ...
        class Chat(Entity):
            rooms: "list[Room]" = []
    """)
    help = linked.diagnostics[0].help
    assert help == (
        "keep its id, for example `room_id: str`; entities in SQL refer to each other with"
        " `Ref[Room]`, to several with `list[Ref[Room]]`, and what refers back is"
        ' `ClassVar[Many["Room"]]`'
    )


@pytest.mark.parametrize(
    ("returns", "type_"),
    [
        ("None", None),
        ("int", INT),
        ("list[Line]", ListType(item=LINE)),
        ("FT", FragmentType()),
        ("'FT | None'", OptionalType(item=FragmentType())),
        ("fastcore.xml.FT", FragmentType()),
        ("Div", FragmentType()),
        ("markupsafe.Markup", FragmentType()),
        ("toolkit.Component", FragmentType()),
        ("list[FT]", FragmentType()),
        ("tuple[FT, ...]", FragmentType()),
        ("tuple", FragmentType()),
        ("Card", FragmentType()),
        ("Any", AnyType()),
    ],
)
def test_what_an_event_gives(returns: str, type_: TypeRef | None) -> None:
    linked = link_sources(f"""
        import fastcore.xml
        import markupsafe
        import toolkit
        from typing import Any
        from fasthtml.common import *
        from pydantic import BaseModel
        from starmodel import Entity, event
        class Line(BaseModel): ...
        class Card:
            def __ft__(self): ...
        class Thing(Entity):
            @event
            def go(self) -> {returns}: ...
    """)
    assert linked.codes == []
    assert linked.event("Thing", "go").returns == type_
