"""The typed client of a generated shop in SQLite: making, changing, deleting and finding records."""

import ast
import inspect
import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from crud_project import CrudProject
from served_app import ServedApp
from shop_project import CONFIG, Shop

from starmodel import where as conditions

PACKAGE = "clientshop"
Load = Callable[[str], Any]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrudProject]:
    project = CrudProject(tmp_path_factory.mktemp("crud_client"), PACKAGE)
    project.make()
    with project.imported():
        yield project


@pytest.fixture
def load(project: CrudProject) -> Load:
    return project.load


class Visit:
    """A client in front of an app, and every request that it sends."""

    def __init__(self, load: Load, actor: str = "") -> None:
        self.app = load("generated.app").create_app()
        self.requests: list[httpx.Request] = []
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            headers={"x-actor": actor},
            event_hooks={"request": [self.note]},
        )
        self.client = load("generated.client").AsyncClient("http://shop.test", http=self.http)

    async def note(self, request: httpx.Request) -> None:
        self.requests.append(request)


@asynccontextmanager
async def visiting(load: Load, actor: str = "") -> AsyncGenerator[Visit]:
    visit = Visit(load, actor)

    await visit.app.services.open()
    async with visit.http:
        yield visit
    await visit.app.services.close()


async def test_a_record_is_made_changed_and_deleted(load: Load) -> None:
    product = load("generated.client.product")
    problem = load("generated.client").Problem

    async with visiting(load) as visit:
        client = visit.client
        tag = (await client.tag.create(name="green")).state
        made = await client.product.create(
            name="Tea",
            sku="c-1",
            price=Decimal("2.50"),
            status=product.Status.ACTIVE,
            released=date(2026, 1, 31),
            size=product.Size(width=3),
            tags=[tag.id],
            main_tag=tag.id,
        )
        assert made.version == 1
        assert made.result is None
        assert made.state == (await client.product.read(made.state.id)).state
        assert made.state.tags == [tag.id]
        assert made.state.size == product.Size(width=3)
        assert made.state.code == "code-1"
        changed = await client.product.update(
            made.state.id, price=Decimal(3), released=None, size=product.Size(height=1), version=1
        )
        assert changed.version == 2
        assert changed.state.released is None
        assert changed.state.main_tag == tag.id
        assert changed.state.size == product.Size(height=1)
        assert (await client.product.update(made.state.id)).version == 2
        with pytest.raises(problem) as caught:
            await client.product.update(made.state.id, price=Decimal(4), version=1)
        assert caught.value.status == 409
        assert caught.value.version == 2
        assert caught.value.differs == {"price": "3.00"}
        assert [error.name for error in caught.value.errors] == ["price"]
        with pytest.raises(problem) as caught:
            await client.tag.delete(tag.id)
        assert (caught.value.status, caught.value.version, caught.value.differs) == (409, None, {})
        assert await client.product.delete(made.state.id) is None
        with pytest.raises(problem) as caught:
            await client.product.delete(made.state.id)
        assert caught.value.status == 404


async def test_an_update_sends_what_it_is_given(load: Load) -> None:
    async with visiting(load) as visit:
        made = await visit.client.product.create(name="Tea", sku="c-2")
        await visit.client.product.update(made.state.id, released=None, tags=[])
    assert visit.requests[0].read() == b'{"name":"Tea","sku":"c-2"}', "the defaults are the app's"
    assert visit.requests[1].read() == b'{"released":null,"tags":[]}'


async def test_a_problem_names_the_arguments(load: Load) -> None:
    client = load("generated.client")

    async with visiting(load) as visit:
        with pytest.raises(client.Problem) as caught:
            await visit.client.product.create(name="", sku="", price=Decimal(-1))
        with pytest.raises(TypeError, match="There is no nmae to be given"):
            await visit.client.product.create(nmae="Tea", sku="x")
        with pytest.raises(TypeError, match="There is no version to be given"):
            await visit.client.product.create(name="Tea", sku="x", version=3)
        problem = caught.value
        assert {(error.name, error.type) for error in problem.errors} >= {
            ("name", "string_too_short"),
            ("price", "greater_than_equal"),
        }
        for error in problem.errors:
            assert f"{error.name}: {error.message}" in str(problem)
        assert str(problem).startswith("422 Invalid values: Some values do not fit. ")


@pytest.mark.parametrize("errors", [["no"], {"name": ["no"]}, [None], None, ""])
def test_a_problem_of_somebody_else_is_one_as_well(load: Load, errors: object) -> None:
    problem = load("generated.client").Problem({"status": 502, "title": "Bad", "errors": errors})
    assert (str(problem), problem.errors) == ("502 Bad: no more is known", ())


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, b"<html>"),
        (500, b"[" * 100_000),
        (500, b"\xff\xfe"),
        (422, b'{"errors": 3}'),
        (422, b'{"errors": [1, {"name": null, "message": ["no"]}]}'),
        (409, b'{"status": "error", "title": 5, "detail": ["no"], "version": "2", "differs": 1}'),
        (200, b"<html>"),
        (200, b'{"state": {"id": "x"}, "version": 1}'),
        (200, b'{"state": null, "version": 1}'),
        (200, b'{"items": [{}], "next": null}'),
        (200, b'{"items": []}'),
    ],
)
def test_whatever_does_not_come_from_the_app_is_a_problem(
    load: Load, status: int, body: bytes
) -> None:
    package = load("generated.client")
    answers = httpx.MockTransport(lambda _: httpx.Response(status, content=body))
    with httpx.Client(transport=answers) as http:
        product = package.Client("http://shop.test", http=http).product
        for call in (lambda: product.read("x"), product.find):
            with pytest.raises(package.Problem) as caught:
                call()
            assert caught.value.status == status
            assert isinstance(caught.value.title, str)
            assert (caught.value.version, caught.value.differs) == (None, {})


@pytest.mark.parametrize("id", [".", "..", "../tag", "%2e%2e", "?", "#", "a/b", " ", "é"])
async def test_an_id_leads_to_no_other_path(load: Load, id: str) -> None:
    package = load("generated.client")
    async with visiting(load) as visit:
        product = visit.client.product
        for call in (product.read(id), product.sell(id), product.delete(id)):
            with pytest.raises(package.Problem) as caught:
                await call
            assert caught.value.detail == "There is no such product."


def test_what_is_not_given_is_omitted_everywhere(load: Load) -> None:
    client = load("generated.client")
    calls = (client.ProductClient, client.AsyncProductClient, client.CounterClient)
    for _, function in [pair for call in calls for pair in inspect.getmembers(call, callable)]:
        if inspect.isfunction(function):
            for parameter in inspect.signature(function).parameters.values():
                assert parameter.default in (inspect.Parameter.empty, client.UNSET)


def test_the_package_exports_what_calls_take_and_give(load: Load) -> None:
    client, product = load("generated.client"), load("generated.client.product")
    names = ("Status", "Size", "ProductState", "ProductFilters")
    for name in names:
        assert name in client.__all__
        assert getattr(client, name) is getattr(product, name)
    assert sorted(client.__all__) == list(client.__all__)
    assert len({*client.__all__}) == len(client.__all__)


def test_of_two_classes_of_one_name_each_stays_in_its_module(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    head = "from enum import Enum\n\nfrom starmodel import Entity, event\n"
    for name in ("Lamp", "Fan"):
        shop.write(
            f"shop/{name.lower()}.py",
            f"{head}\n\nclass Mode(Enum):\n    {name.upper()} = 1\n\n\n"
            f"class Problem(Enum):\n    {name.upper()} = 1\n\n\n"
            f"class {name}Colour(Enum):\n    RED = 'red'\n\n\n"
            f"class {name}(Entity):\n    mode: Mode = Mode.{name.upper()}\n"
            f"    colour: {name}Colour | None = None\n    problem: Problem | None = None\n",
        )
    shop.write("pyproject.toml", CONFIG.replace("shop/entities.py", "shop"))
    (tmp_path / "shop/entities.py").unlink()
    done = shop.starmodel("generate")
    assert done.code == 0, done.err
    package = (tmp_path / "shop/generated/client/__init__.py").read_text()
    tree = ast.parse(package)
    imported = {
        (node.module, name.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    assert {("lamp", "LampColour"), ("fan", "FanColour"), ("transport", "Problem")} <= imported
    assert {name for _, name in imported} & {"Mode"} == set()
    assert [module for module, name in imported if name == "Problem"] == ["transport"]


async def test_each_write_has_a_key_of_its_own(load: Load) -> None:
    async with visiting(load) as visit:
        client = visit.client
        made = await client.product.create(name="Tea", sku="c-3")
        await client.product.update(made.state.id, name="Coffee")
        await client.product.sell(made.state.id)
        again = await visit.http.send(visit.requests[-1])
        assert again.json()["state"]["stock"] == 4
        await client.basket.add()
        await client.product.delete(made.state.id)
        await client.counter.increment()
        await client.basket.read()
        await client.product.find(limit=1)
    keys = [request.headers.get("idempotency-key") for request in visit.requests]
    assert keys[2] == keys[3]
    written = [key for key in keys if key is not None]
    assert len(written) == 6
    assert len({*written}) == 5
    assert keys[6:] == [None, None, None]


async def test_records_are_found(load: Load) -> None:
    product = load("generated.client.product")
    tag_state = load("generated.client.tag").TagState
    problem = load("generated.client").Problem

    async with visiting(load) as visit:
        client = visit.client
        tag = (await client.tag.create(name="a, b")).state
        for number in range(5):
            await client.product.create(
                name=f"Found {number}, of 5",
                sku=f"f-{number}",
                price=Decimal(number),
                status=product.Status.ACTIVE if number % 2 else product.Status.DRAFT,
                released=date(2026, 1, 1 + number),
                main_tag=tag.id if number else None,
            )
        named = {"name__startswith": "Found"}
        found = await client.product.find(**named, sort="-price", limit=2)
        assert [item.price for item in found.items] == [Decimal(4), Decimal(3)]
        assert isinstance(found.items[0], product.ProductState)
        assert found.included == {}
        rest = await client.product.find(**named, sort=["-price"], limit=5, cursor=found.next)
        assert [item.price for item in rest.items] == [Decimal(2), Decimal(1), Decimal(0)]
        assert rest.next is None

        async def numbers(**filters: Any) -> list[int]:
            found = await client.product.find(**named, sort="price", **filters)
            return [int(item.price) for item in found.items]

        assert await numbers(status=product.Status.ACTIVE) == [1, 3]
        assert await numbers(status__in=[product.Status.ACTIVE]) == [1, 3]
        assert await numbers(name__in=["Found 1, of 5", "Found 4, of 5"]) == [1, 4]
        assert await numbers(price__lt=Decimal(2)) == [0, 1]
        assert await numbers(released__ge=date(2026, 1, 4)) == [3, 4]
        assert await numbers(main_tag=tag.id, price__le=Decimal(2)) == [1, 2]
        assert await numbers(main_tag__isnull=True) == [0]
        where = load("generated.client.where")
        middle = where.ge(Decimal(1)) & where.lt(Decimal(3))
        assert await numbers(price=middle, main_tag=where.is_null(False)) == [1, 2]
        assert await numbers(status=where.one_of([product.Status.ACTIVE])) == [1, 3]
        assert await numbers(stock=where.one_of(range(5, 7))) == await numbers(stock=5)
        several = where.one_of(["Found 1, of 5", "Found 4, of 5"]) & where.ne("Found 1, of 5")
        found = await client.product.find(name=several)
        assert [int(item.price) for item in found.items] == [4]
        assert await numbers(q="found 3") == [3]
        included = await client.product.find(**named, include=["main_tag"])
        assert tag_state.from_json(included.included["main_tag"][tag.id]).name == "a, b"
        with pytest.raises(problem) as caught:
            await client.product.find(nonsense=1)
        assert caught.value.status == 422


async def test_rules_count_for_clients(load: Load) -> None:
    problem = load("generated.client").Problem

    async with visiting(load, "bob") as visit:
        letter = await visit.client.letter.create(text="hi")
        assert await visit.client.letter.delete(letter.state.id) is None
        with pytest.raises(problem) as caught:
            await visit.client.note.create(owner="ada")
        assert caught.value.status == 403


def test_ordinary_code_calls_a_served_app(project: CrudProject, load: Load) -> None:
    with (
        ServedApp(project.folder, f"{PACKAGE}.generated.app:create_app") as served,
        load("generated.client").Client(served.url) as client,
    ):
        made = client.tag.create(name="served").state
        assert client.tag.update(made.id, name="changed").version == 2
        assert [tag.name for tag in client.tag.find(name="changed").items] == ["changed"]
        assert client.tag.delete(made.id) is None
        assert client.tag.find(name="changed").items == []


def test_pyright_strict_finds_nothing(project: CrudProject) -> None:
    options = '{"typeCheckingMode": "strict", "pythonVersion": "3.11", "include": ['
    modules = [f'"{PACKAGE}/generated/*/{name}.py"' for name in ("commands", "bindings", "routes")]
    options += ", ".join([*modules, f'"{PACKAGE}/generated/client"']) + "]}"
    project.shop.write("pyrightconfig.json", options)
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    command += ["-p", str(project.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "0 errors, 0 warnings, 0 informations"


WRITTEN = """\
from collections.abc import Awaitable
from decimal import Decimal

from starmodel import where as asked
from starmodel.application import Services

from {package}.entities import Status
from {package}.generated.client import AsyncClient, Client, ProductState, QueryPage, where
from {package}.generated.product.queries import find_products


async def server(services: Services) -> None:
    await find_products(services, price=asked.ge(Decimal(1)) & asked.lt(Decimal(5)), sort=["-price"])
    await find_products(services, name=asked.contains("tea"), status=asked.one_of([Status.ACTIVE]))
    await find_products(services, name=asked.ne("a") & asked.contains("b") & asked.lt("c"))
    await find_products(services, price=asked.ne(Decimal(1)) & asked.lt(Decimal(5)))
    await find_products(services, price=asked.ne(Decimal(1)) & asked.contains("5"))  # wrong
    await find_products(services, main_tag=asked.is_null(), released=None)  # wrong
    await find_products(services, price=asked.lt("5"))  # wrong
    await find_products(services, status=asked.lt(Status.ACTIVE))  # wrong
    await find_products(services, price=asked.contains("5"))  # wrong
    await find_products(services, prize=Decimal(5))  # wrong
    words: asked.Contains[str] = asked.contains("red") & asked.contains("blue")
    words = asked.startswith("red")  # wrong
    words = asked.contains(5)  # wrong
    print(words)
    await find_products(services, sort="prize", limit="3")  # wrong


def client(app: Client) -> None:
    found: QueryPage[ProductState] = app.product.find(name=where.startswith("t"), q="tea", limit=3)
    price: Decimal = found.items[0].price
    app.product.find(price=where.gt(price) & where.ne(Decimal(3)), main_tag=where.is_null())
    app.product.find(price=where.gt("3"))  # wrong
    app.product.find(name=where.is_null())  # wrong
    app.product.find(prize=price)  # wrong
    app.product.create(nmae="tea")  # wrong
    app.product.create(name="tea", sku=3)  # wrong


async def async_client(app: AsyncClient) -> None:
    coming: Awaitable[QueryPage[ProductState]] = app.product.find(cursor="x")
    (await coming).items[0].price.is_finite()
    (await app.product.read("1")).state.prize  # wrong
"""


def test_a_wrong_filter_is_found_before_it_runs(project: CrudProject) -> None:
    text = WRITTEN.format(package=PACKAGE)
    project.shop.write("uses.py", text)
    project.shop.write(
        "pyrightconfig.json", '{"typeCheckingMode": "strict", "include": ["uses.py"]}'
    )
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    command += ["-p", str(project.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)["generalDiagnostics"]
    found = {one["range"]["start"]["line"] for one in report if one["severity"] == "error"}
    lines = text.splitlines()
    wrong = {number for number, line in enumerate(lines) if line.endswith("# wrong")}
    assert [lines[number] for number in sorted(found ^ wrong)] == []


def test_clients_have_the_conditions_of_the_server(project: CrudProject) -> None:
    written = (project.folder / PACKAGE / "generated" / "client" / "where.py").read_text()
    assert written.partition("\n")[2] == Path(conditions.__file__).read_text()
