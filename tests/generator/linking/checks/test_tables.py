"""Names of tables, columns and indexes; and that linking and planning mean the same columns."""

from pathlib import Path

import pytest
from linked_project import Linked, link_sources

from starmodel_generator.database.tables import database_schema
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.linking import link as linking
from starmodel_generator.linking.checks.run_checks import check
from starmodel_generator.linking.field_storage import stored_fields, stored_value
from starmodel_generator.linking.linked_app import LinkedApp

HEAD = """
from typing import ClassVar
from pydantic import BaseModel
from starmodel import *
CONFIG = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
"""


def link(classes: str) -> Linked:
    return link_sources(HEAD + classes)


def messages(classes: str) -> list[str]:
    return [each.message for each in link(classes).diagnostics if each.code == "SM511"]


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (
            "class StarmodelOutbox(Entity):\n    model_config = CONFIG",
            "the table `starmodel_outbox`",
        ),
        (
            "class AlembicVersion(Entity):\n    model_config = CONFIG",
            "the table `alembic_version`",
        ),
        ("class SqliteFile(Entity):\n    model_config = CONFIG", "the table `sqlite_file`"),
        (
            "class Post(Entity):\n    model_config = CONFIG\n    row_version: int = 0",
            "the column `row_version`, which the store needs",
        ),
        (
            "class Post(Entity):\n    model_config = CONFIG\n    metadata: str = ''",
            "the column `metadata`, a name that SQLAlchemy needs",
        ),
        (
            "class Post(Entity):\n    model_config = {**CONFIG, 'scope': Scope.GLOBAL}\n"
            "    holder: str = ''",
            "the column `holder`, which the store needs",
        ),
        (
            "class Post(Entity):\n    model_config = CONFIG\n    up: Ref['Post'] | None = None\n"
            "    up_id: str = ''",
            "both called `up_id`",
        ),
        (
            "class Size(BaseModel):\n    width: int = 0\n"
            "class Post(Entity):\n    model_config = CONFIG\n    size_width: int = 0\n"
            "    size: Size = Field(default_factory=Size)",
            "both called `size_width`",
        ),
        (
            "class Post(Entity):\n    model_config = CONFIG\n"
            "    Hidden: int = Field(0, private=True)\n    hidden: int = 0",
            "both called `hidden`",
        ),
        (
            "class Post(Entity):\n    model_config = CONFIG\n    tags: list[Ref['PostTags']] = []\n"
            "class PostTags(Entity):\n    model_config = CONFIG",
            "both called `post_tags`",
        ),
        (
            "class Post(Entity):\n    model_config = CONFIG\n    a: int = Field(0, index=True)\n"
            "class Other(Entity):\n"
            "    model_config = {**CONFIG, 'indexes': [('b', 'c')]}\n    b: int = 0\n"
            "    c: int = 0\n    b_c: int = Field(0, index=True)",
            "both called `ix_other_b_c`",
        ),
        (
            "class A(Entity):\n    model_config = CONFIG\n    b_c: int = Field(0, index=True)\n"
            "class AB(Entity):\n    model_config = CONFIG\n    c: int = Field(0, index=True)\n"
            "class A_b(Entity):\n    model_config = CONFIG\n    c: int = Field(0, index=True)",
            "both called `ix_a_b_c`",
        ),
        (f"class {'P' + 'o' * 63}(Entity):\n    model_config = CONFIG", "longer than 63 bytes"),
        (
            f"class Post(Entity):\n    model_config = CONFIG\n    {'n' * 64}: int = 0",
            "longer than 63 bytes",
        ),
        (
            f"class Post(Entity):\n    model_config = CONFIG\n"
            f"    {'n' * 60}: int = Field(0, index=True)",
            "longer than 63 bytes",
        ),
        (
            f"class Post(Entity):\n    model_config = CONFIG\n    {'n' * 56}: int = Field(0, ge=0)",
            "longer than 63 bytes",
        ),
        (
            f"class Post(Entity):\n    model_config = CONFIG\n"
            f"    {'n' * 42}: list[Ref['Post']] = []",
            "longer than 63 bytes",
        ),
        (
            f"class Post(Entity):\n    model_config = CONFIG\n"
            f"    {'n' * 53}: Ref['Post'] | None = None",
            "longer than 63 bytes",
        ),
    ],
)
def test_names_that_cannot_be(classes: str, said: str) -> None:
    found = messages(classes)
    assert found and said in found[0]


@pytest.mark.parametrize(
    "classes",
    [
        "class Order(Entity):\n    model_config = CONFIG\n    position: int = 0\n"
        "    holder: str = ''\n    user: str = ''\n    select: int = 0",
        "class StarmodelOutbox(Entity):\n    row_version: int = 0",
        "class Post(Entity):\n    model_config = CONFIG\n    tags: list[Ref['PostTags']] = []\n"
        "class PostTags(Entity):\n    model_config = {**CONFIG, 'store': StateStore.CUSTOM}",
        f"class Post(Entity):\n    model_config = CONFIG\n    {'n' * 58}: int = 0",
    ],
)
def test_names_that_may_be(classes: str) -> None:
    assert messages(classes) == []


def test_classes_of_generated_tables() -> None:
    classes = "class EntityTable(BaseModel):\n    width: int = 0\n"
    kept = "class Post(Entity):\n    model_config = CONFIG\n    size: EntityTable | None = None\n"
    head = HEAD.replace(
        "from starmodel import *",
        "from starmodel import Entity, EntityConfig\n"
        "from starmodel import Access, Scope, StateStore",
    )
    assert link_sources(head + classes + kept).codes == ["SM602"]
    free = kept.replace("CONFIG", "EntityConfig()")
    assert link_sources(head + classes + free).codes == []


def test_columns_are_those_that_are_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(__file__).parents[3] / "cases/database/entities.py"
    seen: dict[str, list[str]] = {}

    def look(app: LinkedApp) -> list[Diagnostic]:
        for entity in app.entities:
            if entity.schema.store == "SERVER_SQL":
                seen[entity.schema.snake_name] = [
                    column
                    for field in stored_fields(entity.fields)
                    for column in stored_value(field, app).columns
                ]
        return check(app)

    monkeypatch.setattr(linking, "check", look)
    app = link_sources(source.read_text(encoding="utf-8")).app
    planned = {
        table.name: [column.name for column in table.columns if column.path]
        for table in database_schema(app).tables
        if table.entity is not None
    }
    assert {name: sorted({*columns, "id"}) for name, columns in seen.items()} == {
        name: sorted(columns) for name, columns in planned.items()
    }
