"""`model_config` in all its spellings, merged as pydantic merges it."""

import re

import pytest
from linked_project import Linked, link_sources

from starmodel_schemas import AuthenticatedAccess, EntitySchema, PolicyAccess, PublicAccess

HEAD = """
import starmodel as sm
from pydantic import ConfigDict
from starmodel import *

def may(actor, entity): ...
def chat_page(state): ...
async def slow(actor, entity): ...
def three(actor, entity, more): ...
def loose(*args): ...

DAY = 24 * 60 * 60
RULE = Access.PUBLIC
STORE = StateStore.SERVER_MEMORY
BASE = {"ttl": DAY, "namespace": "base"}
OTHER = EntityConfig(**BASE, store=STORE)
"""


def configured(config: str, classes: str = "") -> Linked:
    return link_sources(f"{HEAD}\n{classes}\nclass Thing(Entity):\n    model_config = {config}\n")


def entity(config: str) -> EntitySchema:
    return configured(config).entity("Thing")


def test_what_holds_if_nothing_is_said() -> None:
    thing = link_sources("from starmodel import *\nclass BigThing(Entity): ...\n").entity(
        "BigThing"
    )
    assert thing.model_dump(include={"store", "scope", "ttl", "namespace", "access", "page"}) == {
        "store": "SERVER_MEMORY",
        "scope": "SESSION",
        "ttl": None,
        "namespace": "big_thing",
        "access": {"kind": "holder"},
        "page": "generated",
    }


@pytest.mark.parametrize(
    ("config", "key", "value"),
    [
        ("EntityConfig(ttl=DAY)", "ttl", 86400.0),
        ("sm.EntityConfig(ttl=1.5)", "ttl", 1.5),
        ("ConfigDict(ttl=1)", "ttl", 1.0),
        ("dict(ttl=1)", "ttl", 1.0),
        ("{'ttl': 1}", "ttl", 1.0),
        ("BASE", "ttl", 86400.0),
        ("{**BASE, 'ttl': 2}", "ttl", 2.0),
        ("{'ttl': 2, **BASE}", "ttl", 86400.0),
        ("EntityConfig(**OTHER)", "namespace", "base"),
        ("EntityConfig(store=STORE)", "store", "SERVER_MEMORY"),
        ("EntityConfig(store=sm.StateStore.CUSTOM)", "store", "CUSTOM"),
        ("EntityConfig(scope=Scope.GLOBAL, access=RULE)", "access", PublicAccess()),
        ("EntityConfig(access=Access.AUTHENTICATED)", "access", AuthenticatedAccess()),
        ("EntityConfig(access=may)", "access", PolicyAccess(function="shop.entities.may")),
        ("EntityConfig(access=loose)", "access", PolicyAccess(function="shop.entities.loose")),
        ("EntityConfig(page=True)", "page", "generated"),
        ("EntityConfig(page=False)", "page", "host"),
        ("EntityConfig(page='shop.entities:chat_page')", "page", "shop.entities:chat_page"),
    ],
)
def test_options(config: str, key: str, value: object) -> None:
    assert getattr(entity(config), key) == value


@pytest.mark.parametrize(
    ("config", "code", "help"),
    [
        ("EntityConfig(name_space='x')", "SM111", "did you mean `namespace`?"),
        ("EntityConfig(validate_asignment=True)", "SM111", "did you mean `validate_assignment`?"),
        ("EntityConfig(quark=1)", "SM111", "StarModel's options are"),
        ("EntityConfig(store=StateStore.MEMORY)", "SM112", "`StateStore.SERVER_MEMORY`"),
        ("EntityConfig(store='server_memory')", "SM112", "write `StateStore.SERVER_MEMORY`"),
        ("EntityConfig(ttl='1 day')", "SM112", "number of seconds"),
        ("EntityConfig(ttl=make())", "SM112", "number of seconds"),
        ("EntityConfig(namespace=3)", "SM112", "write a text"),
        ("EntityConfig(page='chat')", "SM112", '"module:function"'),
        ("EntityConfig(page='shop.pages:chat')", "SM116", '"module:function"'),
        ("EntityConfig(page='shop.entities:chat_pag')", "SM116", "did you mean `chat_page`?"),
        ("EntityConfig(respond='later')", "SM112", '`"ack"`'),
        ("EntityConfig(access=lambda a, e: True)", "SM115", "a function at the top"),
        ("EntityConfig(access=slow)", "SM115", "answers at once"),
        ("EntityConfig(access=three)", "SM115", "def three(actor: Actor, entity: ...) -> bool"),
        ("EntityConfig(access=True)", "SM115", "`Access.PUBLIC`"),
        ("EntityConfig(access=maybe)", "SM115", "did you mean `may`?"),
        ("make()", "SM112", "plain values"),
        ("EntityConfig(scope=Scope.USER)", "SM114", "`Scope.RECORD`"),
        ("EntityConfig(store=StateStore.SQL)", "SM112", "did you mean `StateStore.SERVER_SQL`?"),
        ("EntityConfig(store='sql')", "SM112", "write `StateStore.SERVER_SQL`"),
    ],
)
def test_mistakes_are_told_with_a_way_out(config: str, code: str, help: str) -> None:
    linked = configured(config)
    assert linked.codes == [code]
    assert help in (linked.diagnostics[0].help or "")
    assert linked.schema is None


def test_bases_are_merged_the_last_one_first() -> None:
    linked = link_sources("""
        from starmodel import *
        class One(Entity):
            model_config = EntityConfig(ttl=1, namespace="one", scope=Scope.GLOBAL, access=Access.PUBLIC)
        class Two(Entity):
            model_config = {"ttl": 2, "page": False}
        class Thing(One, Two, title="Thing"):
            model_config = {"namespace": "thing"}
        class Like(Entity):
            model_config = {**Two.model_config, "ttl": 3}
    """)
    thing = linked.entity("Thing")
    assert (thing.ttl, thing.page, thing.namespace, thing.scope) == (2.0, "host", "thing", "GLOBAL")
    assert (linked.entity("Like").ttl, linked.entity("Like").page) == (3.0, "host")


@pytest.mark.parametrize(
    "config",
    ["store=StateStore.REDIS", "store=StateStore.LOCAL", "store='session'", "scope=Scope.REQUEST"],
)
def test_help_names_nothing_that_is_refused_next(config: str) -> None:
    linked = configured(f"EntityConfig({config})")
    help = str(linked.diagnostics[0].help)
    for name in re.findall(r"`([\w.]+)`", help):
        option = "store" if name.startswith("StateStore") else "scope"
        assert "error" not in {
            each.severity
            for each in configured(
                f"EntityConfig({option}={name}, access=Access.PUBLIC)"
            ).diagnostics
        }


def test_a_mistake_in_the_scope_is_the_only_one_told() -> None:
    linked = link_sources("""
        from typing import Self
        from starmodel import *
        class Room(Entity):
            model_config = EntityConfig(scope=Scope.RECODR)
            name: str
            @event
            @classmethod
            def open(cls, name: str) -> Self: ...
    """)
    assert linked.codes == ["SM112"]
