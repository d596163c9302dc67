"""What the outside gets to see, and who may do what."""

import pytest
from linked_project import link_sources

from starmodel_schemas import OptionalType, ScalarType
from starmodel_schemas.secret_names import looks_secret

TEXT = ScalarType(name="str")


@pytest.mark.parametrize(
    "name",
    [
        *("password", "user_password", "passwd", "secret", "secrets", "client_secret", "token"),
        *("reset_tokens", "api_key", "apikey", "private_key", "credential", "passwordhash"),
        "api_key_prod",
    ],
)
def test_names_that_look_secret(name: str) -> None:
    assert looks_secret(name, TEXT)
    assert looks_secret(name, OptionalType(item=ScalarType(name="bytes")))


@pytest.mark.parametrize(
    "name",
    [
        *("tokenizer", "secretary", "key", "api_version", "token_count", "password_changed_at"),
        *("keyboard", "primary_key", "secret_length", "pass_through"),
    ],
)
def test_names_that_do_not(name: str) -> None:
    assert not looks_secret(name, TEXT)


def test_a_yes_or_no_is_no_secret() -> None:
    assert not looks_secret("has_password", ScalarType(name="bool"))
    assert looks_secret("secret", ScalarType(name="int"))


def test_secrets_inside_value_objects() -> None:
    linked = link_sources("""
        from pydantic import BaseModel
        from starmodel import *
        class Login(BaseModel):
            password: str = ""
        class Account(Entity):
            logins: list[Login] = []
    """)
    assert linked.codes == ["SM401"]
    assert linked.pointed("SM401") == "password"


def test_silencing_is_for_what_can_still_be_generated() -> None:
    linked = link_sources("""
        from starmodel import *
        class Account(Entity):
            token: str = ""  # starmodel: ignore[secret-signal] shown on purpose
            # starmodel: ignore[SM207] rough is enough
            price: float = 0.0
            name: str = None  # starmodel: ignore[invalid-default]
            count: int = 0  # starmodel: ignore[float-money]
    """)
    assert sorted(linked.codes) == ["SM008", "SM008", "SM214"]


def test_a_shared_entity_needs_access_for_reading_and_for_every_event() -> None:
    linked = link_sources("""
        from starmodel import *
        class Board(Entity):
            model_config = EntityConfig(scope=Scope.GLOBAL)
            @event
            def post(self) -> None: ...
            @event(access=Access.PUBLIC)
            def look(self) -> None: ...
            @event
            def wipe(self) -> None: ...
    """)
    (problem,) = linked.diagnostics
    assert problem.message == (
        "entity `Board` is one for all (scope GLOBAL), but does not say who may read it or call"
        " `post`, `wipe`"
    )
    assert problem.help is not None
    for way in ("Access.PUBLIC", "Access.AUTHENTICATED", "(actor, entity) -> bool"):
        assert way in problem.help


@pytest.mark.parametrize("scope", ["GLOBAL", "RECORD"])
def test_access_on_every_event_says_nothing_about_reading(scope: str) -> None:
    linked = link_sources(f"""
        from starmodel import *
        class Board(Entity):
            model_config = EntityConfig(scope=Scope.{scope})
            @event(access=Access.PUBLIC)
            def look(self) -> None: ...
    """)
    assert linked.codes == ["SM405"]
    assert "who may read it" in linked.diagnostics[0].message
    assert "`look`" not in linked.diagnostics[0].message


def test_a_secret_in_a_browser_is_told_once() -> None:
    linked = link_sources("""
        from pydantic import SecretStr
        from starmodel import *
        class Cart(Entity):
            model_config = EntityConfig(store=StateStore.CLIENT_LOCAL)
            code: SecretStr | None = None
        """)
    assert linked.codes == ["SM251"]


@pytest.mark.parametrize(
    "type",
    [
        *("Line", "Line | None", "list[Line]", "dict[str, Line]", "tuple[int, Line]", "Box[Line]"),
        *("Note | Line", "list[Shelf]", "dict[str, list[Annotated[Line, Field(title='So many')]]]"),
    ],
)
def test_a_browser_keeps_no_private_part_of_a_value_object(type: str) -> None:
    linked = link_sources(f"""
        from typing import Annotated, Generic, Literal, TypeVar
        from pydantic import BaseModel
        from starmodel import *
        T = TypeVar("T")
        class Note(BaseModel):
            kind: Literal["note"] = "note"
            text: str
        class Line(BaseModel):
            kind: Literal["line"] = "line"
            sku: str = ""
            cost: int = Field(default=0, private=True)
        class Box(BaseModel, Generic[T]):
            content: T
        class Shelf(BaseModel):
            boxes: list[Box[Line]] = []
        class Cart(Entity):
            model_config = EntityConfig(store=StateStore.CLIENT_LOCAL)
            held: Annotated[{type}, Field(description="What is in it.")]
        class Order(Entity):
            line: Line
        """)
    browser = [each for each in linked.diagnostics if each.code == "SM251"]
    assert [each.message for each in browser] == [
        "field `Line.cost` is private, and would be kept in the browser with `Cart`, where its"
        " user can read it"
    ]
    assert linked.pointed("SM251") == "cost"


def test_a_browser_keeps_no_write_only_part_of_a_value_object() -> None:
    linked = link_sources("""
        from pydantic import BaseModel
        from starmodel import *
        class Line(BaseModel):
            code: str = Field(default="", write_only=True)
        class Cart(Entity):
            model_config = EntityConfig(store=StateStore.CLIENT_LOCAL)
            lines: list[Line] = []
        """)
    assert linked.codes == ["SM135"]
