"""Names of tables, columns and indexes; and that linking and planning mean the same columns."""

import pytest
from linked_project import Linked, link_sources

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


def test_a_field_may_be_called_as_sqlalchemy_calls_something() -> None:
    classes = "class Post(Entity):\n    model_config = CONFIG\n    metadata: str = ''"
    assert link(classes).diagnostics == ()
