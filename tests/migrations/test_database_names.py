"""What only gets another name in the database is renamed: no row, no value, no reference goes."""

from pathlib import Path

import pytest
from linked_project import link_sources
from migrated_database import Database
from migration_project import Project
from named_music import NAMED_MUSIC

from starmodel_generator.database.tables import database_schema
from starmodel_generator.migrations.autodetector import diff_schemas
from starmodel_schemas import DatabaseSchema

SHOP = """
from pydantic import BaseModel
from starmodel import Access, Entity, EntityConfig, Field, Ref, StateStore

class Size(BaseModel):
    width: int = Field(default=1, ge=1{width})

class Maker(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC{maker})
    id: str{id}

class {thing}(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC{options})
    {name}: str = Field(max_length=9{column})
    maker: Ref[Maker] = Field(on_delete="cascade"{key})
    size: Size = Field(default_factory=Size{size})
    others: list[Ref[Maker]] = Field(default_factory=list)
"""


def tables(**written: str) -> DatabaseSchema:
    usual = {"thing": "Thing", "name": "name"}
    names = ("width", "maker", "id", "options", "column", "key", "size")
    source = SHOP.format(**(dict.fromkeys(names, "") | usual | written))
    return database_schema(link_sources(source).app)


PLAIN = tables()
NAMED = tables(
    width=', db_name="W"',
    maker=', db_name="Makers"',
    id=' = Field(db_name="MakerId")',
    options=', db_name="Order", indexes={"Known": ("name", "maker")}',
    column=', db_name="Full Name"',
    key=', db_name="Maker"',
    size=', db_name="Sz"',
)
OTHERS = tables(
    width=', db_name="Wide"',
    maker=', db_name="makers"',
    id=' = Field(db_name="maker_key")',
    options=', db_name="things", indexes={"known things": ("name", "maker")}',
    column=', db_name="title"',
    key=', db_name="made_by"',
    size=', db_name="Sz"',
)
RENAMED = tables(
    thing="Item", name="title", options=', renamed_from="Thing"', column=', renamed_from="name"'
)


def rows(schema: DatabaseSchema) -> dict[str, list[dict[str, object]]]:
    """One maker, one thing of its, and what links them."""
    maker, thing, links = schema.tables
    values: dict[tuple[str, ...], object] = {
        ("id",): "t",
        ("name",): "Pot",
        ("title",): "Pot",
        ("maker",): "m",
        ("size", "width"): 3,
    }
    return {
        maker.name: [{maker.columns[0].name: "m"}],
        thing.name: [{each.name: values[each.path] for each in thing.columns if each.path}],
        links.name: [dict(zip([each.name for each in links.columns], ("t", "m", 0), strict=True))],
    }


def test_names_come_change_and_go(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    first = project.write(PLAIN)
    project.migrator.upgrade()
    begun = database.reflect()
    database.insert(PLAIN, rows(PLAIN))
    for schema in (NAMED, OTHERS, RENAMED):
        revision = project.write(schema)
        text = project.text(revision)
        assert "add_column" not in text and "create_table" not in text
        project.migrator.upgrade()
        assert database.select(schema) == rows(schema), revision
    assert {"Makers", "Order"} <= {table.name for table in NAMED.tables}
    project.migrator.downgrade(first)
    assert database.select(PLAIN) == rows(PLAIN)
    assert database.reflect() == begun


def test_a_database_is_the_same_whether_its_names_were_given_at_once(
    database: Database, tmp_path: Path
) -> None:
    project = Project(tmp_path, database.url)
    project.write(PLAIN)
    project.write(NAMED)
    project.migrator.upgrade()
    found = database.reflect()
    project.migrator.downgrade("base")
    database.run("DROP TABLE alembic_version")
    (tmp_path / "fresh").mkdir()
    fresh = Project(tmp_path / "fresh", database.url)
    fresh.write(NAMED)
    fresh.migrator.upgrade()
    assert database.reflect() == found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"column": ', db_name="a"', "key": ', db_name="b"'},
            {"column": ', db_name="b"', "key": ', db_name="a"'},
        ),
        ({"column": ', db_name="a"'}, {"column": ', db_name="b"', "key": ', db_name="a"'}),
        ({"options": ', db_name="a"'}, {"options": ', db_name="b"', "maker": ', db_name="a"'}),
    ],
)
def test_a_name_does_not_pass_from_one_to_another(
    before: dict[str, str], after: dict[str, str]
) -> None:
    plan = diff_schemas(tables(**before), tables(**after))
    assert [each for each in plan.obstacles if "two migrations" in each.help]


def test_nothing_is_left_to_do(tmp_path: Path) -> None:
    app = link_sources({"named/entities.py": NAMED_MUSIC}, entities="named/entities").app
    project = Project(tmp_path, f"sqlite:///{tmp_path / 'app.db'}")
    project.write(database_schema(app))
    again = project.text(project.write(database_schema(app)))
    assert "op." not in again.partition("def upgrade")[2]
