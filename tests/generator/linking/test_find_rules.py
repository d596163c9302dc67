"""What is said of a filter that there is not: the one that was meant, or those there are."""

from textwrap import dedent

import pytest
from linked_project import link_sources

SOURCE = """
    from pydantic import computed_field
    from starmodel import *
    from starmodel import UnitOfWork

    class User(Entity):
        model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        email: str = ""
        age: int | None = None
        parts: list[int] = []
        marks: dict[str, int] = {{}}

        @computed_field
        @property
        def name(self) -> str:
            return self.email

    class Desk(Entity):
        @event
        async def look(self, work: UnitOfWork) -> None:
            {call}

    async def helper(unit: UnitOfWork) -> None:
        await unit.find_one(User, id="x", age=None)
"""

NO_COLUMN = "has no column of its own, so nothing can be found by it"


@pytest.mark.parametrize(
    ("call", "help"),
    [
        ("await work.find(User, emial='x')", "did you mean `email`?"),
        ("await work.find_one(User, emial__contains='x')", "did you mean `email__contains`?"),
        ("await work.exists(User, email__contain='x')", "did you mean `email__contains`?"),
        ("await work.exists(User, age__gte=3)", "did you mean `age__ge`?"),
        (
            "await work.count(User, age__like=3)",
            "there are `age`, `age__ne`, `age__in`, `age__lt`, `age__le`, `age__gt`, `age__ge`,"
            " `age__isnull`",
        ),
        ("await work.find(User, parts=[1])", "there are `parts__contains`"),
        ("await work.find(User, parts=None)", "there are `parts__contains`"),
        ("await work.find(User, marks={})", f"`marks` {NO_COLUMN}"),
        ("await work.count(User, limit=3)", "there are `id`, `email`, `age`, `parts`, `marks`"),
        (
            "await work.find(User, colour='red')",
            "there are `id`, `email`, `age`, `parts`, `marks`, `sort`, `limit`, `lock`",
        ),
    ],
)
def test_the_filter_that_was_meant_is_named(call: str, help: str) -> None:
    linked = link_sources(dedent(SOURCE).format(call=call))
    [diagnostic] = linked.diagnostics
    assert diagnostic.code == "SM217"
    assert diagnostic.message.startswith("method `Desk.look` looks for `User` by `")
    assert diagnostic.help == help


def test_every_mistake_is_told_also_outside_of_events() -> None:
    source = dedent(SOURCE).replace('id="x", age=None', 'ids="x", mail="y", age=1')
    linked = link_sources(source.format(call="pass"))
    assert linked.codes == ["SM217", "SM217"]
    assert [each.message.partition(" by ")[2] for each in linked.diagnostics] == [
        "`ids`, a filter that there is not",
        "`mail`, a filter that there is not",
    ]
