"""Decimals of more than 18 digits: exact in each database, in order, and given more digits."""

from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from crud_project import CrudProject

from starmodel.stores.sql.tables.codec import NotStorable, ordered_text, scaled
from starmodel.stores.sql.tables.column_types import ExactNumeric
from starmodel.testing import Client
from starmodel_generator.database.sql_text import ordered_text as written_text

JSON = {"accept": "application/json"}
ENTITIES = """
from decimal import Decimal

from starmodel import Access, Entity, EntityConfig, Field, StateStore, event


class Account(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, order_by="balance"
    )

    balance: Decimal = Field(
        default=Decimal("0"), max_digits=30, decimal_places=10, ge=Decimal("-1000000000000000000")
    )
    limit: Decimal | None = Field(default=None, max_digits=40, decimal_places=0, unique=True)
    rate: Decimal = Field(default=Decimal("0.5"), max_digits=20, decimal_places=20, gt=0, lt=1)

    @event
    def pay(self, amount: Decimal) -> Decimal:
        self.balance += amount
        return self.balance
"""
VALUES = [
    "-1000000000000000000.0000000000",
    "-999999999999999999.9999999999",
    "-12345678901234567.8901234567",
    "-0.0000000001",
    "0.0000000000",
    "0.0000000001",
    "7.0000000000",
    "70.0000000000",
    "99999999999999999999.9999999999",
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CrudProject]:
    folder = tmp_path_factory.mktemp("wide")
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres_server").database())
        project = CrudProject(folder, f"{request.param}wide", url, ENTITIES)
        project.make()
        yield stack.enter_context(project.imported())


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


def balances(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/account?{query}")
    assert answer.status == 200, answer.text
    return [item["balance"] for item in answer.json["items"]]


def test_values_are_kept_in_order(client: Client) -> None:
    for value in reversed(VALUES):
        answer = client.post("/account", {"balance": value})
        assert answer.status == 201, answer.text
        state = answer.json["state"]
        assert state["balance"] == value
        assert client.get(f"/account/{state['id']}").json["state"] == state
    assert balances(client) == VALUES
    assert balances(client, "sort=-balance") == VALUES[::-1]
    assert balances(client, "balance__lt=0") == VALUES[:4]
    assert balances(client, "balance__ge=-0.0000000001") == VALUES[3:]
    assert balances(client, "balance=70") == ["70.0000000000"]
    page = client.get("/account?limit=4").json
    following = client.get(f"/account?limit=9&cursor={page['next']}").json
    found = [item["balance"] for item in (*page["items"], *following["items"])]
    assert found == VALUES


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("balance", "-1000000000000000000.0000000001"),
        ("balance", "100000000000000000000"),
        ("balance", "0.00000000001"),
        ("rate", "0"),
        ("rate", "1"),
        ("limit", "0.5"),
    ],
)
def test_what_does_not_fit_is_422(client: Client, name: str, value: str) -> None:
    answer = client.post("/account", {name: value})
    assert answer.status == 422
    assert [error["name"] for error in answer.json["errors"]] == [name]


def test_an_event_counts_with_them(client: Client) -> None:
    made = client.post("/account", {"limit": "9" * 40, "rate": "0.00000000000000000001"})
    state = made.json["state"]
    assert (state["limit"], state["rate"]) == ("9" * 40, "0.00000000000000000001")
    answer = client.post(f"/account/{state['id']}/pay", {"amount": "123456789.0000000001"})
    assert answer.json["result"] == "123456789.0000000001"
    assert client.post("/account", {"limit": "9" * 40}).status == 409


def test_texts_have_the_order_of_numbers() -> None:
    numbers = sorted(
        {sign * 10**power + step for power in range(5) for step in (-1, 0, 1) for sign in (1, -1)}
    )
    numbers = [-(10**6), *numbers, 10**6]
    texts = [ordered_text(number, 6) for number in numbers]
    assert sorted(texts) == texts
    assert [written_text(number, 6) for number in numbers] == texts
    encode, decode = scaled(20, 2)
    assert encode is not None and decode is not None
    for number in numbers[1:-1]:
        value = Decimal(number).scaleb(-2)
        assert decode(encode(value)) == value
    with pytest.raises(NotStorable):
        encode(Decimal("0.001"))


def test_a_column_gets_more_digits(tmp_path: Path) -> None:
    narrow = ENTITIES.replace("max_digits=30, decimal_places=10", "max_digits=16, decimal_places=2")
    narrow = narrow.replace('Decimal("-1000000000000000000")', "-1000000")
    project = CrudProject(tmp_path, "widened", entities=narrow)
    project.make()
    values = ["-1000000.00", "-0.01", "0.00", "12345678901234.56"]
    with project.imported(), Client(project.load("generated.app").create_app()) as client:
        for value in values:
            assert client.post("/account", {"balance": value}).status == 201
    for digits, places, zeros in ((24, 4, "00"), (30, 10, "00000000")):
        wide = narrow.replace(
            "max_digits=16, decimal_places=2", f"max_digits={digits}, decimal_places={places}"
        )
        project.shop.write("widened/entities.py", wide)
        for command in (("generate",), ("migrate", "new", f"wide{digits}"), ("migrate", "up")):
            done = project.shop.starmodel(
                *command, environment={"STARMODEL_DATABASE_URL": project.url}
            )
            assert done.code == 0, done.err
        with project.imported(), Client(project.load("generated.app").create_app()) as client:
            assert balances(client) == [value + zeros for value in values]


def test_row_classes_read_and_write_them() -> None:
    kind = ExactNumeric(30, 10)
    engine = sa.create_engine("sqlite://")
    table = sa.Table("t", sa.MetaData(), sa.Column("n", kind))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"n": Decimal(value)} for value in VALUES])
        found = connection.execute(sa.select(table.c.n).order_by(table.c.n)).scalars().all()
        assert [f"{value:f}" for value in found] == VALUES
        below = sa.select(sa.func.count()).where(table.c.n < Decimal(0))
        assert connection.execute(below).scalar() == 4
    engine.dispose()
