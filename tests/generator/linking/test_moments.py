"""What is said of fields that are set to the time."""

import pytest
from linked_project import link_sources

from starmodel_schemas import FactoryDefault

HEAD = """\
from datetime import date, datetime
from pydantic import AwareDatetime, BaseModel, NaiveDatetime
from starmodel import Access, Entity, EntityConfig, Field, StateStore

"""
ENTITY = """\
class Note(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)
    text: str = ""
"""


def test_nobody_writes_it_and_it_needs_no_default() -> None:
    lines = (
        '    made_at: AwareDatetime = Field(now="create")\n'
        '    seen_at: AwareDatetime | None = Field(default=None, now="update")\n'
    )
    linked = link_sources(HEAD + ENTITY + lines)
    made, seen = linked.field("Note", "made_at"), linked.field("Note", "seen_at")
    assert (made.now, seen.now) == ("create", "update")
    assert not made.writable
    assert not seen.writable
    assert isinstance(made.default, FactoryDefault)
    assert [each.name for each in linked.event("Note", "create").parameters] == ["text"]


@pytest.mark.parametrize(
    "line",
    [
        'a: NaiveDatetime = Field(now="create")',
        'a: datetime = Field(now="update")',
        'a: date | None = Field(default=None, now="create")',
        'a: str = Field(now="create")',
        'a: AwareDatetime = Field(now="delete")',
        "a: AwareDatetime = Field(now=True)",
        'a: AwareDatetime = Field(now="create", write_only=True)',
    ],
)
def test_what_cannot_be_set_to_the_time_is_refused(line: str) -> None:
    assert "SM138" in link_sources(f"{HEAD}{ENTITY}    {line}\n").codes


def test_a_part_of_a_value_object_is_not_set() -> None:
    part = 'class Part(BaseModel):\n    a: AwareDatetime = Field(now="create")\n\n\n'
    assert "SM138" in link_sources(f"{HEAD}{part}{ENTITY}    part: Part\n").codes
