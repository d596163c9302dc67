"""What is said of fields that are written and never shown, and of secrets."""

import pytest
from linked_project import link_sources

from starmodel_schemas import FieldSchema, ParameterSchema

HEAD = """\
from pydantic import BaseModel, SecretBytes, SecretStr, computed_field
from starmodel import Access, Entity, EntityConfig, Field, StateStore, event

"""
SQL = "store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True"


def account(*lines: str, config: str = SQL) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    return f"{HEAD}class Account(Entity):\n    model_config = EntityConfig({config})\n{body}\n"


def test_what_is_write_only_is_an_argument_and_not_shown() -> None:
    linked = link_sources(
        account(
            "password: str = Field(min_length=8, write_only=True)",
            "key: SecretStr | None = None",
            "seal: SecretBytes = Field(default=SecretBytes(b''), frozen=True)",
            "kept: SecretStr = Field(private=True, default=SecretStr(''))",
            "made: SecretStr = Field(writable=False, default=SecretStr(''))",
            "@event",
            "def sign_in(self, word: SecretStr, more: SecretBytes | None = None) -> bool: ...",
        )
    )
    fields = {field.name: field for field in linked.entity("Account").fields}
    assert all(field.private for field in fields.values())
    assert [name for name, each in fields.items() if each.write_only] == [
        *("password", "key", "seal", "made")
    ]
    taken = {
        name: [each.name for each in linked.event("Account", name).parameters]
        for name in ("create", "update")
    }
    assert taken == {
        "create": ["password", "key", "seal"],
        "update": ["password", "key", "version"],
    }
    parameters = [
        each
        for name in ("create", "update", "sign_in")
        for each in linked.event("Account", name).parameters
        if each.name != "version"
    ]
    assert all(each.private for each in parameters)
    secret: list[FieldSchema | ParameterSchema] = [*fields.values(), *parameters]
    assert {each.name for each in secret if each.constraints.secret} == {
        *("key", "seal", "kept", "made", "word", "more")
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a: str = Field('', write_only=True, private=True)", "has `private=True`"),
        ("a: str = Field('', write_only=True, writable=False)", "has `writable=False`"),
        ("a: str = Field('', write_only=True, index=True)", "has `index`"),
        ("a: SecretStr = Field(unique=True)", "has `unique=True`"),
        ("a: str = Field('', write_only=True, foreign_key='b.id')", "has `foreign_key`"),
        (
            "a: list[str] = Field(default_factory=list, write_only=True)",
            "no input that stays empty",
        ),
        ("a: bool = Field(False, write_only=True)", "no input that stays empty"),
    ],
)
def test_what_contradicts_it_is_refused(line: str, said: str) -> None:
    (found,) = [each for each in link_sources(account(line)).diagnostics if each.code == "SM135"]
    assert said in found.message
    assert found.help


@pytest.mark.parametrize("option", ["indexes=[('a', 'b')]", "unique=[('a', 'b')]"])
def test_it_is_in_no_index_over_several_fields(option: str) -> None:
    source = account("a: str = Field('', write_only=True)", "b: int = 0", config=f"{SQL}, {option}")
    assert link_sources(source).pointed("SM135") == "a"


@pytest.mark.parametrize("option", ["label='a'", "order_by='a'"])
def test_nothing_is_called_or_sorted_by_it(option: str) -> None:
    source = account("a: str = Field('', write_only=True)", config=f"{SQL}, {option}")
    (found,) = [each for each in link_sources(source).diagnostics if each.code == "SM112"]
    assert "is write-only" in found.message


@pytest.mark.parametrize(
    "lines",
    [
        ["a: dict[str, SecretStr] = Field(default_factory=dict)"],
        ["a: SecretStr | int = 0"],
        ["@event", "def tell(self) -> SecretStr: ..."],
        ["@event", "def take(self, keys: list[SecretBytes]) -> None: ..."],
        ["@computed_field", "@property", "def shown(self) -> SecretStr: ..."],
    ],
)
def test_a_secret_stands_alone_and_is_not_given_away(lines: list[str]) -> None:
    assert "SM137" in link_sources(account(*lines)).codes


def test_parts_of_value_objects_are_neither() -> None:
    parts = "class Key(BaseModel):\n    a: str = Field('', write_only=True)\n    b: SecretStr\n\n\n"
    source = account("key: Key").replace("class Account", f"{parts}class Account")
    assert {"SM135", "SM137"} <= {*link_sources(source).codes}


def test_the_default_of_a_secret_is_a_secret() -> None:
    for line in ("a: SecretStr = 'x'", "a: SecretBytes = b''"):
        assert link_sources(account(line)).codes == ["SM214"]
    lines = ("@event", "def take(self, a: SecretStr = 'x') -> None: ...")
    assert link_sources(account(*lines)).codes == ["SM214"]


def test_limits_that_pydantic_does_not_apply_are_refused() -> None:
    for line in ("a: SecretStr = Field(pattern='^a')", "a: SecretBytes = Field(pattern='^a')"):
        assert {*link_sources(account(line)).codes} == {"SM212"}
    settings = f"{SQL}, str_min_length=3"
    assert link_sources(account("a: SecretStr", config=settings)).codes == ["SM137"]


def test_a_name_that_looks_secret_may_be_write_only() -> None:
    assert link_sources(account("password: str = Field(write_only=True)")).codes == []
    (found,) = link_sources(account("password: str = ''")).diagnostics
    assert "write_only=True" in (found.help or "")
