"""What `crud` adds to the schema, and where it cannot."""

import pytest
from linked_project import Linked, link_sources

from starmodel_schemas import (
    AuthenticatedAccess,
    EntityType,
    EventSchema,
    ExpressionDefault,
    FactoryDefault,
    ListType,
    LiteralDefault,
    OptionalType,
    RefType,
    RequiredDefault,
    ScalarType,
)

HEAD = """
from decimal import Decimal
from typing import Annotated, ClassVar
from pydantic import BaseModel, computed_field, model_validator
from starmodel import *

Money = Annotated[Decimal, Field(max_digits=12, decimal_places=2, ge=0)]
class Size(BaseModel):
    width: int = 0
class Tag(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
"""
SHOP = HEAD + """
class Product(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.AUTHENTICATED, respond="ack", crud=True
    )
    name: str = Field(min_length=1, description="What it is called.")
    price: Money = Decimal("0.00")
    stock: int = Field(default=0, writable=False)
    cost: Money = Field(default=Decimal(0), private=True)
    size: Size = Field(default_factory=Size)
    main: Ref[Tag] | None = None
    tags: list[Ref[Tag]] = Field(default_factory=list[Ref[Tag]])
    others: ClassVar[Many["Product", "next"]]
    next: Ref["Product"] | None = Field(default=None, on_delete="set_null")
    @computed_field
    @property
    def loud(self) -> str:
        return self.name.upper()
    @event
    def restock(self, quantity: int) -> None: ...
"""
NAMES = ["name", "price", "size", "main", "tags", "next"]


def crud(*lines: str, which: str = "True", config: str = "store=StateStore.SERVER_SQL") -> Linked:
    body = "\n".join(f"    {line}" for text in lines for line in text.split("\n"))
    return link_sources(
        f"{HEAD}\nclass Product(Entity):\n    model_config = EntityConfig({config},"
        f" access=Access.PUBLIC, crud={which})\n{body}\n"
    )


def events() -> dict[str, EventSchema]:
    return {event.name: event for event in link_sources(SHOP).entity("Product").events}


def test_they_stand_behind_the_authors_own() -> None:
    found = link_sources(SHOP).entity("Product")
    assert [event.name for event in found.events] == ["restock", "create", "update", "delete"]
    assert [event.crud for event in found.events] == [None, "create", "update", "delete"]
    assert found.crud == ("create", "update", "delete")


def test_what_all_of_them_have() -> None:
    for name, method, path in (
        ("create", "POST", "/product"),
        ("update", "PATCH", "/product/{id}"),
        ("delete", "DELETE", "/product/{id}"),
    ):
        event = events()[name]
        assert (event.function, event.method, event.path) == (name, method, path)
        assert event.access == AuthenticatedAccess()
        assert event.respond == "ack"
        assert event.writes and not event.lock and not event.is_async and event.doc is None
        assert event.is_creation == (name == "create")
        product = EntityType(entity="shop.entities.Product")
        assert event.returns == (product if name == "create" else None)
        assert all(parameter.keyword_only for parameter in event.parameters)
        assert all(parameter.source.kind == "argument" for parameter in event.parameters)


def test_what_a_creation_takes() -> None:
    parameters = {each.name: each for each in events()["create"].parameters}
    assert list(parameters) == NAMES
    assert [each.default for each in parameters.values()] == [
        RequiredDefault(),
        ExpressionDefault(expression='Decimal("0.00")', imports=("decimal.Decimal",)),
        FactoryDefault(factory="shop.entities.Size"),
        LiteralDefault(value=None),
        FactoryDefault(factory="list[Ref[Tag]]"),
        LiteralDefault(value=None),
    ]
    tag = RefType(entity="shop.entities.Tag")
    assert parameters["main"].type == OptionalType(item=tag)
    assert parameters["tags"].type == ListType(item=tag)
    assert parameters["price"].constraints.max_digits == 12
    assert parameters["name"].constraints.min_length == 1
    assert parameters["name"].description == "What it is called."


def test_what_an_update_takes() -> None:
    *fields, version = events()["update"].parameters
    assert [each.name for each in fields] == NAMES
    assert all(each.default == RequiredDefault() for each in fields)
    assert [each.type for each in fields] == [each.type for each in events()["create"].parameters]
    assert version.name == "version"
    assert version.type == OptionalType(item=ScalarType(name="int"))
    assert version.default == LiteralDefault(value=None)
    assert events()["delete"].parameters == ()


def test_signatures() -> None:
    assert [events()[name].signature for name in ("create", "update", "delete")] == [
        "create(**fields) -> Product",
        "update(version: int | None = None, **fields) -> None",
        "delete() -> None",
    ]


@pytest.mark.parametrize(
    ("which", "names"),
    [
        ("True", ["create", "update", "delete"]),
        ("False", []),
        ("{'delete', 'create'}", ["create", "delete"]),
        ("['update']", ["update"]),
        ("('delete',)", ["delete"]),
        ("set()", []),
    ],
)
def test_what_is_asked_for(which: str, names: list[str]) -> None:
    entity = crud("name: str = ''", which=which).entity("Product")
    assert [event.name for event in entity.events] == names == list(entity.crud)


def test_an_id_is_given_once() -> None:
    linked = crud("id: str", "name: str = ''")
    assert [each.name for each in linked.event("Product", "create").parameters] == ["id", "name"]
    changed = linked.event("Product", "update").parameters
    assert [each.name for each in changed] == ["name", "version"]


def test_what_looks_secret_is_not_recorded() -> None:
    linked = crud("reset_token: str = ''  # starmodel: ignore[secret-signal] for the owner alone")
    assert linked.event("Product", "create").parameters[0].private


def codes_and_messages(linked: Linked) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in linked.diagnostics]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("store=StateStore.SERVER_MEMORY", "is not kept in SQL"),
        ("store=StateStore.CUSTOM, scope=Scope.RECORD", "is not kept in SQL"),
        ("store=StateStore.SERVER_SQL, scope=Scope.GLOBAL", "its scope is GLOBAL"),
    ],
)
def test_only_for_records_in_sql(config: str, said: str) -> None:
    linked = crud("name: str = ''", config=config)
    assert linked.codes == ["SM510"]
    assert said in linked.diagnostics[0].message
    assert linked.pointed("SM510") == "crud"


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("@event\ndef update(self) -> None: ...", "SM510", "is called `update`"),
        ("@event(name='delete')\ndef drop(self) -> None: ...", "SM510", "is called `delete`"),
        (
            "@event\n@classmethod\ndef create(cls) -> 'Product': ...",
            "SM510",
            "is called `create`",
        ),
        ("create: str = ''", "SM510", "is called `create`"),
        ("version: int = 0", "SM510", "is called `version`"),
        ("stock: int = Field(writable=False)", "SM510", "`writable=False` and no default"),
        ("cost: int = Field(private=True)", "SM510", "is private and no default"),
        ("services: str = ''", "SM602", "is an argument of `create`"),
        (
            "@event(path='/product/{id}', method='PATCH')\ndef change(self) -> None: ...",
            "SM601",
            "and `update` of entity `Product`",
        ),
        (
            "@event\ndef edit(self) -> None: ...",
            "SM601",
            "and the `edit` page of entity `Product`",
        ),
        (
            "@event(path='/product/{id}/delete')\ndef drop(self) -> None: ...",
            "SM601",
            "and the `delete` page of entity `Product`",
        ),
        (
            "@event(path='/product/new', method='GET')\n@classmethod\n"
            "def begin(cls) -> 'Product': ...",
            "SM601",
            "`GET /product/new`",
        ),
    ],
)
def test_names_and_paths_that_are_taken(line: str, code: str, said: str) -> None:
    found = [message for each, message in codes_and_messages(crud(line)) if each == code]
    assert len(found) == 1, codes_and_messages(crud(line))
    assert said in found[0]


@pytest.mark.parametrize(
    ("line", "which"),
    [
        ("@event\ndef update(self) -> None: ...", "{'create', 'delete'}"),
        ("version: int = Field(0, writable=False)", "True"),
        ("version: int = 0", "{'create'}"),
        ("stock: int = Field(writable=False)", "{'update'}"),
        ("services: str = Field('', writable=False)", "True"),
        ("product: str = ''", "True"),
        ("def create(self) -> None: ...", "True"),
        ("@event\ndef edit(self) -> None: ...", "{'delete'}"),
        (
            "cost: int = Field(private=True)\n@model_validator(mode='before')\n"
            "def fill(cls, data): return {**data, 'cost': 1}",
            "True",
        ),
    ],
)
def test_names_and_paths_that_are_free(line: str, which: str) -> None:
    assert crud(line, which=which).codes == []


def test_choices_have_a_path_without_crud_too() -> None:
    linked = crud(
        "@event(path='/product/options', method='GET')\n@classmethod\n"
        "def options(cls) -> 'Product': ...",
        which="False",
    )
    assert "SM601" in linked.codes
