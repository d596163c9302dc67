"""What `server_default` means, and where it is refused."""

import pytest
from linked_project import link_sources

from starmodel_generator.database.sql_text import column_default
from starmodel_generator.database.tables import database_schema
from starmodel_schemas import FactoryDefault

HEAD = """\
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4
from pydantic import AwareDatetime, BaseModel, NaiveDatetime
from starmodel import Access, Entity, EntityConfig, Field, Ref, StateStore

BEGIN = 7

class Color(Enum):
    RED = "red"
    BLUE = "blue"

class Note(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)
    text: str = ""
"""


@pytest.mark.parametrize(
    ("line", "sqlite", "postgresql"),
    [
        ('a: str = Field(server_default="it\'s")', "'it''s'", "'it''s'"),
        ("a: int = Field(server_default=BEGIN)", "7", "7"),
        ("a: bool = Field(server_default=True)", "TRUE", "TRUE"),
        ("a: float | None = Field(default=None, server_default=1.5)", "1.5", "1.5"),
        (
            'a: Decimal = Field(server_default=Decimal("1.50"), max_digits=9, decimal_places=2)',
            "150",
            "1.50",
        ),
        ("a: Color = Field(server_default=Color.BLUE)", "'blue'", "'blue'"),
        ('a: Literal["x", "y"] = Field(server_default="y")', "'y'", "'y'"),
        ("a: Annotated[int, Field(server_default=2)]", "2", "2"),
        (
            'a: AwareDatetime = Field(server_default="current_timestamp")',
            "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')",
            "(current_timestamp)",
        ),
    ],
)
def test_it_is_written_as_sql(line: str, sqlite: str, postgresql: str) -> None:
    linked = link_sources(f"{HEAD}    {line}\n")
    (table,) = database_schema(linked.app).tables
    column = next(each for each in table.columns if each.name == "a")
    sql = column_default(column)
    assert sql is not None
    assert (sql.sqlite, sql.postgresql) == (sqlite, postgresql)
    assert column.backfill == column.server_default


def test_it_is_the_default_where_there_is_none() -> None:
    linked = link_sources(
        f"{HEAD}    a: int = Field(server_default=2)\n"
        '    b: AwareDatetime = Field(server_default="CURRENT_TIMESTAMP")\n'
        "    c: int = Field(default=5, server_default=6)\n"
    )
    create = linked.event("Note", "create")
    assert {each.name: each.default.kind for each in create.parameters} == {
        "text": "literal",
        "a": "literal",
        "b": "factory",
        "c": "literal",
    }
    assert isinstance(linked.field("Note", "b").default, FactoryDefault)
    (table,) = database_schema(linked.app).tables
    c = next(each for each in table.columns if each.name == "c")
    assert (linked.field("Note", "c").default.model_dump()["value"], c.server_default) == (5, 6)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("a: int = Field(server_default=len('x'))", "SM139"),
        ("a: UUID = Field(server_default=uuid4())", "SM139"),
        ("a: str = Field(server_default='CURRENT_TIMESTAMP')", "SM139"),
        ("a: NaiveDatetime = Field(server_default='CURRENT_TIMESTAMP')", "SM139"),
        ("a: list[int] = Field(server_default=[])", "SM139"),
        ("a: dict[str, int] = Field(server_default={})", "SM139"),
        ("a: date = Field(default=date(2026, 1, 1), server_default=date(2026, 1, 1))", "SM139"),
        ("a: int = Field(server_default='x')", "SM214"),
        ("a: int = Field(server_default=0, ge=1)", "SM214"),
    ],
)
def test_what_cannot_be_one_is_refused(line: str, code: str) -> None:
    assert code in link_sources(f"{HEAD}    {line}\n").codes


def test_a_part_of_a_value_object_has_none() -> None:
    part = "class Part(BaseModel):\n    a: int = Field(server_default=1)\n\n"
    source = HEAD.replace("class Note", f"{part}class Note") + "    part: Part\n"
    assert "SM139" in link_sources(source).codes


@pytest.mark.parametrize(
    ("line", "is_refused"),
    [
        ('a: Annotated[AwareDatetime | None, Field(now="update")] = None', True),
        ('a: Annotated[AwareDatetime | None, Field(default=None)] = Field(now="update")', True),
        ("a: Annotated[int, Field(server_default=2)] = Field(default_factory=int)", True),
        ("a: Annotated[int, Field(server_default=2)] = 5", False),
        ('a: Annotated[AwareDatetime | None, Field(default=None, now="update")]', False),
        ('a: Annotated[AwareDatetime, Field(now="update")] = Field(title="A")', False),
    ],
)
def test_pydantic_takes_one_default_from_two_places(line: str, is_refused: bool) -> None:
    source = f"{HEAD}    {line}\n"
    assert ("SM214" in link_sources(source).codes) is is_refused
    names: dict[str, object] = {"__name__": "shop.entities"}
    code = compile(source, "entities.py", "exec")
    if is_refused:
        with pytest.raises(TypeError):
            exec(code, names)
    else:
        exec(code, names)
