"""Events without a record: on a static method, or on a class method that makes none."""

from textwrap import dedent

import pytest
from linked_project import link_sources

from starmodel_schemas import PolicyAccess, PublicAccess, ScalarType

SOURCE = """
    from typing import Iterator
    from starmodel import *
    from starmodel import UnitOfWork

    def may(actor: Actor) -> bool:
        return actor.is_authenticated

    def may_edit(actor: Actor, item: "Item") -> bool:
        return True

    class Item(Entity):
        model_config = EntityConfig(scope=Scope.{scope}, access=may_edit)
        place: int = 0

        @event{options}
        @{kind}
        {head}
            {body}
"""


def source(
    options: str = "(access=Access.PUBLIC)",
    kind: str = "staticmethod",
    head: str = "def reorder(ids: list[str]) -> None:",
    body: str = "...",
    scope: str = "RECORD",
) -> str:
    return dedent(SOURCE).format(options=options, kind=kind, head=head, body=body, scope=scope)


def test_it_has_a_path_without_an_id_and_takes_all_its_parameters() -> None:
    event = link_sources(source()).event("Item", "reorder")
    assert event.path == "/item/reorder" and event.method == "POST"
    assert event.is_collection and not event.is_creation and not event.has_instance
    assert [parameter.name for parameter in event.parameters] == ["ids"]
    assert event.access == PublicAccess()
    # It has nothing through which it could change anything.
    assert not event.writes
    head = "async def reorder(cls, work: UnitOfWork, ids: list[str]) -> int:"
    event = link_sources(source(kind="classmethod", head=head)).event("Item", "reorder")
    assert event.is_collection and event.writes and event.is_async
    assert [parameter.name for parameter in event.parameters] == ["work", "ids"]
    assert event.returns == ScalarType(name="int")


def test_its_policy_is_given_the_actor_alone() -> None:
    event = link_sources(source("(access=may)")).event("Item", "reorder")
    assert event.access == PolicyAccess(function="shop.entities.may")


@pytest.mark.parametrize(
    ("given", "code", "text"),
    [
        ({"options": ""}, "SM219", "is about no record, so nobody knows who may call it"),
        ({"scope": "GLOBAL"}, "SM219", "has no `self`, but there is one instance for each app"),
        (
            {"head": "def reorder() -> Iterator[int]:", "body": "yield 1"},
            "SM219",
            "has a `yield`, but is about no record",
        ),
        (
            {"options": "(access=may, respond='ack')", "head": "def reorder() -> int:"},
            "SM219",
            'answers with `respond="ack"`, so that nobody gets what it returns',
        ),
        (
            {"options": "(access=may_edit)"},
            "SM115",
            "has the policy `may_edit`, which does not take the actor alone",
        ),
        (
            {"options": "(access=may, path='/items/{id}/order')"},
            "SM311",
            "but what it is about needs no id",
        ),
        (
            {
                "options": "(access=may, method='GET')",
                "head": "async def reorder(work: UnitOfWork) -> None:",
            },
            "SM307",
            "answers GET, but may change other entities through `work`",
        ),
        ({"kind": "classmethod", "head": "def reorder() -> None:"}, "SM312", "no parameter `cls`"),
    ],
)
def test_what_it_cannot_do_is_told(given: dict[str, str], code: str, text: str) -> None:
    linked = link_sources(source(**given))
    assert linked.codes == [code], [each.message for each in linked.diagnostics]
    assert text in linked.diagnostics[0].message and linked.diagnostics[0].help
