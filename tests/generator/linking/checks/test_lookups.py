"""What a list can be searched by in other tables, and what is said of everything else."""

from textwrap import dedent

import pytest
from linked_project import link_sources

SOURCE = """
    from typing import ClassVar
    from starmodel import *

    def may_read(actor: Actor, customer: "Customer") -> bool:
        return True

    class Customer(Entity):
        model_config = EntityConfig(store=StateStore.SERVER_SQL, access={access}, ttl={ttl})
        name: str = ""
        ne: int = 0
        parts: list[int] = []
        secret: str = Field(default="", private=True)
        boss: Ref["Customer"] | None = None

    class Order(Entity):
        model_config = EntityConfig(
            store=StateStore.SERVER_SQL, access={own}, lookups={lookups}
        )
        title: str = ""
        customer: Ref[Customer]
        hidden: Ref[Customer] | None = Field(default=None, private=True)
        lines: ClassVar[Many["Line"]]

    class Line(Entity):
        model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        order: Ref[Order]

    class Cart(Entity):
        model_config = EntityConfig({cart})
        count: int = 0
"""


def link(
    lookups: str = "[]",
    access: str = "Access.PUBLIC",
    own: str = "Access.PUBLIC",
    ttl: str = "None",
    cart: str = "",
) -> list[tuple[str, str, str]]:
    """Return code, message and help of what is said."""
    text = dedent(SOURCE).format(lookups=lookups, access=access, own=own, ttl=ttl, cart=cart)
    return [
        (each.code, each.message.partition("` ")[2], each.help or "")
        for each in link_sources(text).diagnostics
        if each.severity == "error"
    ]


def test_what_is_there_is_taken() -> None:
    assert link("['customer__name', 'lines__count']") == []
    signed_in = "Access.AUTHENTICATED"
    assert link("['customer__name']", access=signed_in, own=signed_in) == []


SEARCHED = "which a list cannot be searched by"


@pytest.mark.parametrize(
    ("lookup", "text", "help"),
    [
        ("customer__nam", SEARCHED, "did you mean `customer__name`?"),
        ("customer__secret", SEARCHED, ""),
        ("customer__parts", SEARCHED, ""),
        ("customer__boss", SEARCHED, ""),
        ("customer__id", SEARCHED, ""),
        ("customer__boss__name", SEARCHED, "did you mean `customer__name`?"),
        ("hidden__name", SEARCHED, ""),
        ("title", "which is a field of its own", "remove it"),
        ("lines__order", SEARCHED, "did you mean `lines__count`?"),
        ("customer__ne", "which is a filter by `customer` itself", "rename the field `ne`"),
    ],
)
def test_what_is_not_there_is_refused(lookup: str, text: str, help: str) -> None:
    [(code, message, said)] = link(f"['{lookup}']")
    assert code == "SM230" and said
    assert message == f"has `{lookup}` in `lookups`, {text}"
    assert said.startswith(help or ("did you mean `customer__name`?", "name one of"))


def test_nobody_learns_of_records_that_he_may_not_read() -> None:
    for access, own in (
        ("Access.AUTHENTICATED", "Access.PUBLIC"),
        ("may_read", "Access.PUBLIC"),
        ("may_read", "Access.AUTHENTICATED"),
    ):
        [(code, message, said)] = link("['customer__name']", access=access, own=own)
        assert code == "SM231" and "not all of its readers may see" in message and said


def test_there_is_a_list_and_what_it_is_searched_by_stays() -> None:
    [(code, message, _)] = link(cart="lookups=['lines__count']")
    assert code == "SM230" and "there is no list of it" in message
    [(code, message, _)] = link("['customer__name']", ttl="60")
    assert code == "SM230" and "has a `ttl`" in message
    [(code, message, _)] = link("['lines__count', 'lines__count']")
    assert code == "SM230" and message.endswith("twice")
    [(code, message, _)] = link("'lines__count'")
    assert code == "SM112" and "names no fields" in message
