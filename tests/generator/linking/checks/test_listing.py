"""What a record is called by, and what a list of records is sorted by."""

import pytest
from linked_project import link_sources

HEAD = """
from enum import Enum
from pydantic import computed_field
from starmodel import *

class Status(Enum):
    OPEN = "open"

class Post(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, {options})

    title: str = Field(max_length=80)
    note: str | None = None
    price: int = 0
    status: Status = Status.OPEN
    tags: list[str] = []
    parent: "Ref[Post] | None" = None
    secret: str = Field(default="", private=True)

    @computed_field
    @property
    def full_title(self) -> str:
        return self.title
"""


@pytest.mark.parametrize(
    ("options", "label", "order_by"),
    [
        ("label='title'", "title", ()),
        ("label='full_title'", "full_title", ()),
        ("order_by='-price, title'", None, ("-price", "title")),
        ("order_by=['status', '-id']", None, ("status", "-id")),
        ("order_by=('note',)", None, ("note",)),
    ],
)
def test_what_fits(options: str, label: str | None, order_by: tuple[str, ...]) -> None:
    linked = link_sources(HEAD.format(options=options))
    assert linked.diagnostics == ()
    assert linked.schema is not None
    [post] = linked.schema.entities
    assert (post.label, post.order_by) == (label, order_by)


@pytest.mark.parametrize(
    ("options", "message", "help"),
    [
        ("label='titel'", "has `label='titel'`, which is no field of it", "did you mean `title`?"),
        ("label='secret'", "which is private", "name one of `title`, `full_title`"),
        ("label='note'", "which is no text that is always there", "name one of"),
        ("label='price'", "which is no text that is always there", "name one of"),
        ("label=7", "has `label=7`, which is no field", 'for example `label="title"`'),
        ("order_by='-prise'", "has `prise` in `order_by`, which is no field", "`price`?"),
        ("order_by='tags'", "which has no order in a column of its own", "`status`?"),
        ("order_by='parent'", "which has no order in a column of its own", "name one of"),
        ("order_by='full_title'", "which has no order in a column", "did you mean `title`?"),
        ("order_by='secret'", "which is private", "name one of"),
        ("order_by='price,-price'", "has `price` twice in `order_by`", "each field once"),
        ("order_by=''", "which names no fields", '`order_by="-price,name"`'),
        ("order_by=[1]", "which names no fields", '`order_by="-price,name"`'),
        ("order_by={'price'}", "which names no fields", '`order_by="-price,name"`'),
    ],
)
def test_what_does_not(options: str, message: str, help: str) -> None:
    linked = link_sources(HEAD.format(options=options))
    [diagnostic] = linked.diagnostics
    assert diagnostic.code == "SM112"
    assert message in diagnostic.message
    assert help in (diagnostic.help or "")
    # It points at the option, not at the class.
    option = options.partition("=")[0]
    assert diagnostic.place is not None and option in diagnostic.place.steps


def test_what_is_in_no_list_has_no_order() -> None:
    linked = link_sources(
        "from starmodel import *\n"
        "class Box(Entity):\n    model_config = {'order_by': 'size'}\n    size: int = 0\n"
    )
    [diagnostic] = linked.diagnostics
    assert "no record in SQL" in diagnostic.message
    assert diagnostic.help == "remove `order_by`"
