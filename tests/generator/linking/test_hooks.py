"""What the schema says of the hooks of `crud`, and what is said of those that cannot be called."""

import pytest
from linked_project import link_sources

HEAD = """\
from typing import ClassVar
from starmodel import (
    Access, Actor, Entity, EntityConfig, Field, Request, Scope, StateStore, UnitOfWork, event
)

class Settings(Entity):
    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.PUBLIC)
    limit: int = 3

class Tag(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
    name: str = ""

"""
CONFIG = "model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)"


def note(*lines: str, base: str = "Entity", config: str = CONFIG) -> str:
    body = "\n".join(f"    {line}" for line in (config, 'text: str = ""', *lines))
    return f"class Note({base}):\n{body}\n"


def test_hooks_are_found_also_in_bases() -> None:
    base = "class Base(Entity):\n    async def before_create(self, actor: Actor) -> None: ...\n\n"
    linked = link_sources(
        HEAD + base + note("def before_update(self, settings: Settings) -> None: ...", base="Base")
    )
    assert linked.codes == []
    create, update = linked.entity("Note").hooks
    assert (create.name, create.crud, create.is_async) == ("before_create", "create", True)
    assert (update.name, [each.name for each in update.parameters]) == (
        "before_update",
        ["settings"],
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["def before_create(self, text: str) -> None: ..."], "takes `text`"),
        (["def before_create(self, tag: Tag) -> None: ..."], "which one is meant"),
        (["@staticmethod", "def before_update() -> None: ..."], "has `@staticmethod`"),
        (["@event", "def after_update(self) -> None: ..."], "has `@event`"),
        (["def after_create(self) -> int: return 1"], "returns a value"),
        (["def before_delete(self) -> None: yield"], "has a `yield`"),
        (
            ['request: str = ""', "def before_create(self, request: Request) -> None: ..."],
            "field `request`",
        ),
    ],
)
def test_what_cannot_be_called_is_refused(lines: list[str], said: str) -> None:
    found = [each for each in link_sources(HEAD + note(*lines)).diagnostics if each.code == "SM227"]
    assert [said in each.message for each in found] == [True]


def test_a_hook_that_nobody_calls_is_told_where_it_is_written() -> None:
    config = CONFIG.replace("crud=True", 'crud={"create"}')
    source = HEAD + note("def before_delete(self) -> None: ...", config=config)
    (found,) = link_sources(source).diagnostics
    assert (found.code, found.severity) == ("SM228", "warning")
    base = "class Base(Entity):\n    def before_delete(self) -> None: ...\n\n"
    assert link_sources(HEAD + base + note(base="Base", config=config)).codes == []


def test_what_an_event_may_not_do_a_hook_may_not_either() -> None:
    lines = ["def before_create(self) -> None:", "    import time", "    time.sleep(1)"]
    found = link_sources(HEAD + note(*lines)).diagnostics
    assert any("hook `Note.before_create` calls" in each.message for each in found)
