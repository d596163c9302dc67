"""What SQLModel is told about tables and columns: said in StarModel's words, or refused with them."""

import pytest
from linked_project import Linked, link_sources

from starmodel_generator.database.tables import database_schema
from starmodel_schemas import TableSchema

HEAD = """
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pydantic import AwareDatetime, NaiveDatetime
import sqlalchemy as sa
import sqlalchemy.types as types
import sqlmodel
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint
from sqlalchemy import ForeignKeyConstraint, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field
from starmodel import Access, Entity, EntityConfig, Ref, StateStore
from starmodel import Field as OwnField

OTHER = dict(index=True)

def make(): ...

SQL = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

class Team(Entity):
    model_config = SQL
"""
FIELD = HEAD + "\nclass Hero(Entity):\n    model_config = SQL\n    {}\n"
TABLE = HEAD + """
ARGS = (UniqueConstraint("name", name="uq_named"),)

class Hero(Entity):
    model_config = SQL
    {}
    name: str = ""
    least: int = 0
    most: int = 0
    team: Ref[Team]
    tags: list[str] = OwnField(default_factory=list)
"""


def linked_field(written: str) -> Linked:
    return link_sources(FIELD.format(written))


def table_of(linked: Linked) -> TableSchema:
    return next(table for table in database_schema(linked.app).tables if table.entity[-4:] == "Hero")  # type: ignore[index]


SAME: dict[str, str] = {
    "name: str = Field(sa_column=Column('Name', sa.String(50), nullable=False))": (
        "name: str = OwnField(max_length=50, db_name='Name')"
    ),
    "name: str = Field(sa_column=Column(sa.Text, unique=True))": "name: str = OwnField(unique=True)",
    "name: str | None = Field(default=None, sa_type=types.String(length=9), index=True)": (
        "name: str | None = OwnField(default=None, max_length=9, index=True)"
    ),
    "name: str = Field(max_length=5, sa_type=sa.String(9))": "name: str = OwnField(max_length=5)",
    "name: str = Field(max_length=9, sa_type=sqlmodel.AutoString(5))": (
        "name: str = OwnField(max_length=5)"
    ),
    "price: Decimal = Field(sa_column=Column(sa.Numeric(10, scale=2)))": (
        "price: Decimal = OwnField(max_digits=10, decimal_places=2)"
    ),
    "at: datetime = Field(sa_type=sa.DateTime(timezone=True))": "at: AwareDatetime",
    "at: datetime | None = Field(None, sa_column=Column(sa.DateTime))": (
        "at: NaiveDatetime | None = None"
    ),
    "count: int = Field(0, sa_column_kwargs={'name': 'n', 'index': True, 'doc': 'How many'})": (
        "count: int = OwnField(0, db_name='n', index=True)"
    ),
    "count: int = Field(0, sa_column_kwargs=dict(unique=True))": (
        "count: int = OwnField(0, unique=True)"
    ),
    "tags: list[str] = Field(default_factory=list, sa_column=Column(JSONB))": (
        "tags: list[str] = OwnField(default_factory=list)"
    ),
    "team_id: str = Field(sa_column_args=[ForeignKey('team.id', ondelete='CASCADE')])": (
        "team_id: str = OwnField(foreign_key='team.id', on_delete='cascade')"
    ),
    "name: str = Field(sa_column=None, sa_type=sa.String)": "name: str",
    "n: int = Field(0, sa_column_kwargs={'server_default': text('0')})": (
        "n: int = OwnField(0, server_default=0)"
    ),
    "name: str = Field('', sa_column_kwargs={'server_default': 'new'})": (
        "name: str = OwnField('', server_default='new')"
    ),
    "at: AwareDatetime | None = Field(None, sa_column_kwargs={'server_default': func.now()})": (
        "at: AwareDatetime | None = OwnField(None, server_default='CURRENT_TIMESTAMP')"
    ),
    "is_on: bool = Field(True, sa_column=Column(sa.Boolean, server_default=text('true')))": (
        "is_on: bool = OwnField(True, server_default=True)"
    ),
}


@pytest.mark.parametrize(("written", "plain"), SAME.items(), ids=range(len(SAME)))
def test_a_column_is_the_one_that_is_meant(written: str, plain: str) -> None:
    assert table_of(linked_field(written)) == table_of(linked_field(plain))


REFUSED = {
    "n: int = Field(0, sa_column_kwargs={'onupdate': 1})": "set the field in the events",
    "n: int = Field(0, sa_column_kwargs={'comment': 'x'})": "Field(description=...)",
    "n: int = Field(sa_column_kwargs={'server_default': text('0')})": "give it a `default` beside",
    "n: int = Field(0, sa_column_kwargs={'server_default': text('random()')})": "with a constant",
    "n: int = Field(0, sa_column_kwargs={'server_default': func.random()})": "with a constant",
    "n: int = Field(sa_column=Column(sa.Integer, default=3))": "Field(default=...)",
    "n: int = Field(0, sa_column_kwargs={**OTHER})": "leave it out",
    "n: int = Field(0, sa_column_kwargs=OTHER)": "write it in place",
    "n: int = Field(0, sa_column=make())": "write it in place",
    "n: int = Field(0, sa_column=Column(sa.Integer, sa.Identity()))": "the annotation decides",
    "n: int = Field(0, sa_type=sa.String)": "change the annotation",
    "n: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.String))": "the annotation decides",
    "n: str = Field('', sa_type=sa.String(9, collation='C'))": "the annotation decides",
    "n: str = Field('', sa_type=sa.Text(9))": "Field(max_length=...)",
    "n: AwareDatetime = Field(sa_type=sa.DateTime)": "change the annotation",
    "n: Decimal = Field(max_digits=9, decimal_places=2, sa_type=sa.Numeric(10, 2))": "say it once",
    "n: str = Field(sa_column=Column(ForeignKey('team.id', name='fk')))": "leave it out",
    "n: str = Field('', sa_column=Column(nullable=True))": "leave it out: a column may be NULL",
}


@pytest.mark.parametrize(("written", "help"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_has_no_word_is_refused(written: str, help: str) -> None:
    linked = linked_field(written)
    found = [each for each in linked.diagnostics if each.severity == "error"]
    assert [each.code for each in found] == ["SM224"], [each.message for each in found]
    assert help in (found[0].help or "")


def test_what_a_table_is_called() -> None:
    table = table_of(link_sources(TABLE.format('__tablename__ = "heroes"')))
    assert table.name == "heroes"
    assert [index.name for index in table.indexes] == ["ix_heroes_team_id"]
    assert [key.name for key in table.foreign_keys] == ["fk_heroes_team_id"]


def test_constraints_of_a_table() -> None:
    written = """__table_args__ = (
        UniqueConstraint("name", "team_id", name="uq_once"),
        Index("ix_found", "least", "most"),
        Index(None, "most", unique=True),
        CheckConstraint("least <= MOST", name="ck_span"),
        CheckConstraint(text('"most" < 10.5'), name="ck_few"),
        {"extend_existing": True, "mysql_engine": "InnoDB"},
    )"""
    table = table_of(link_sources(TABLE.format(written)))
    assert {(index.name, index.columns, index.unique) for index in table.indexes} == {
        ("ix_hero_team_id", ("team_id",), False),
        ("uq_once", ("name", "team_id"), True),
        ("ix_found", ("least", "most"), False),
        ("uq_hero_most", ("most",), True),
    }
    assert [check.model_dump(exclude={"kind"}) for check in table.checks] == [
        {"name": "ck_span", "column": "least", "operator": "<=", "other": "most"},
        {"name": "ck_few", "column": "most", "operator": "<", "value": "10.5"},
    ]


@pytest.mark.parametrize("written", ["ARGS", "{}", "{'info': 1}", "()"])
def test_other_forms_of_table_arguments(written: str) -> None:
    table = table_of(link_sources(TABLE.format(f"__table_args__ = {written}")))
    assert any(index.name == "uq_named" for index in table.indexes) == (written == "ARGS")


REFUSED_OF_TABLES = {
    "({'schema': 'crm'},)": "leave it out",
    "(UniqueConstraint('nam'),)": "`name`",
    "(UniqueConstraint('name', deferrable=True),)": "leave out `deferrable`",
    "(Index('ix', func.lower('name')),)": "no index on an expression",
    "(Index('ix', 'name', postgresql_using='gin'),)": "leave out `postgresql_using`",
    "(Index('1x', 'name'),)": "another name",
    "(ForeignKeyConstraint(['a'], ['b.c']),)": "`Ref[...]`",
    "(PrimaryKeyConstraint('name', 'least'),)": '`UniqueConstraint("name", "least")`',
    "(CheckConstraint('least < 1 OR most > 1', name='ck'),)": "model_validator",
    "(CheckConstraint('least < 1'),)": "`name`",
    "(CheckConstraint('least < name', name='ck'),)": "two fields of one type",
    "(CheckConstraint('name < 1', name='ck'),)": "two fields of one type",
    "make()": "in place",
    "(*ARGS,)": "in place",
}


@pytest.mark.parametrize(
    ("written", "help"), REFUSED_OF_TABLES.items(), ids=range(len(REFUSED_OF_TABLES))
)
def test_what_has_no_word_for_a_table_is_refused(written: str, help: str) -> None:
    linked = link_sources(TABLE.format(f"__table_args__ = {written}"))
    found = [each for each in linked.diagnostics if each.severity == "error"]
    assert [each.code for each in found] == ["SM224"], [each.message for each in found]
    assert help in (found[0].help or "")
    assert found[0].span is not None


def test_methods_and_value_objects_name_no_table() -> None:
    computed = link_sources(TABLE.format("@classmethod\n    def __tablename__(cls): ..."))
    assert "SM224" in computed.codes
    assert "SM517" in link_sources(TABLE.format("__tablename__ = make()")).codes
    part = "class Part(sqlmodel.SQLModel):\n    __tablename__ = 'part'\n"
    assert "SM224" in link_sources(HEAD + part + "class Hero(Entity):\n    part: Part\n").codes


def test_a_composite_key_becomes_unique() -> None:
    both = (
        "team: Ref[Team] = OwnField(primary_key=True)\n    name: str = OwnField(primary_key=True)"
    )
    linked = linked_field(both)
    assert linked.codes == ["SM516"]
    assert 'write `unique=[("team", "name")]` in `model_config`' in (
        linked.diagnostics[0].help or ""
    )
    table = table_of(linked)
    assert table.primary_key == ("id",)
    assert [index for index in table.indexes if index.unique] == [
        type(table.indexes[0])(
            name="uq_hero_team_id_name", columns=("team_id", "name"), unique=True
        )
    ]
    plain = both.replace("OwnField(primary_key=True)", "OwnField()")
    config = '\n    model_config = EntityConfig(**SQL, unique=[("team", "name")])\n    '
    assert table_of(linked_field(config + plain)) == table


@pytest.mark.parametrize("name", ["", "1st", "a.b", "a;b", "x" * 64, 'a"b', "a?b", "end "])
def test_a_name_that_does_not_fit(name: str) -> None:
    assert linked_field(f"n: int = OwnField(0, db_name={name!r})").codes == ["SM517"]
    config = f"EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, db_name={name!r})"
    assert "SM517" in link_sources(HEAD + f"class Hero(Entity):\n    model_config = {config}").codes


def test_names_that_clash() -> None:
    assert linked_field("a: int = 0\n    b: int = OwnField(0, db_name='A')").codes == ["SM511"]
    assert linked_field("a: int = OwnField(0, db_name='row_version')").codes == ["SM511"]
    assert linked_field("a: int = OwnField(0, db_name='id')").codes == ["SM511"]
    other = "\nclass Other(Entity):\n    __tablename__ = 'TEAM'\n    model_config = SQL\n"
    assert "SM511" in link_sources(HEAD + other).codes
    index = "__table_args__ = (Index('TEAM', 'name'),)"
    assert "SM511" in link_sources(TABLE.format(index)).codes
    same = "__table_args__ = (Index('one', 'name'), Index('ONE', 'least'))"
    assert "SM511" in link_sources(TABLE.format(same)).codes
    checks = "CheckConstraint('most > 1', name='ck'), CheckConstraint('most < 9', name='Ck')"
    assert "SM511" in link_sources(TABLE.format(f"__table_args__ = ({checks})")).codes
    # A row class calls a column as its field.
    assert linked_field("a: int = OwnField(0, db_name='metadata')").codes == []
