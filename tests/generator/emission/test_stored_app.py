"""A generated app with entities in SQL: which database it takes, and when it does not start."""

import subprocess
import sys
from pathlib import Path

import pytest
from shop_project import Shop

from starmodel_generator.emission.schema_json import schema_text
from starmodel_schemas import AppSchema, ManySchema

STOCK = '''
from decimal import Decimal

from starmodel import (
    Access, Entity, EntityConfig, Field, Many, Ref, Scope, StateStore, UnitOfWork, event
)


class Counter(Entity):
    """Is in memory, beside what is in the database."""

    model_config = EntityConfig(scope=Scope.SESSION)

    count: int = 0


class Maker(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(max_length=40, unique=True)
    lamps: Many["Lamp"]

    @event
    async def raise_prices(self, by: Decimal) -> int:
        """Make everything dearer."""
        lamps = await self.lamps.load()
        for lamp in lamps:
            lamp.price += by
        return len(lamps)


class Lamp(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    price: Decimal = Field(max_digits=8, decimal_places=2, ge=0)
    maker: Ref[Maker] = Field(on_delete="cascade")
    others: list[Ref["Lamp"]] = Field(default_factory=list)

    @event
    def go_with(self, other: Ref["Lamp"], maker: Ref[Maker] | None = None) -> None:
        """Belong together with another."""
        self.others = [*self.others, other]
        if maker is not None:
            self.maker = maker
'''

USE = """
from starmodel.testing import Client
from shop.generated.app import create_app

with Client(create_app()) as client:
    maker = client.post("/maker", {"name": "Ann"}).state["id"]
    first = client.post("/lamp", {"price": "10.50", "maker": maker}).state
    assert first == {"id": first["id"], "price": "10.50", "maker": maker, "others": []}, first
    second = client.post("/lamp", {"price": "1", "maker": maker}).state["id"]
    path = f"/lamp/{first['id']}"
    assert client.post(f"{path}/go_with", {"other": second}).state["others"] == [second]
    refused = client.post(f"{path}/go_with", {"other": 1.5})
    assert refused.status == 422, refused.text
    refused = client.post(f"{path}/go_with", {"other": second, "maker": "nobody"})
    assert (refused.status, refused.json["errors"][0]["name"]) == (422, "others"), refused.text
    assert client.post(f"/maker/{maker}/raise_prices", {"by": "0.25"}).json["result"] == 2
    assert client.get(path).state["price"] == "10.75"
    assert client.get("/counter").state == {"count": 0}
    assert len(client.get("/lamp?price__gt=1&sort=-price").json["items"]) == 2
    assert "10.75" in client.page(path) and "10.75" in client.page("/lamp")
"""

SERVES_ALONE = f"""
import sys
{USE}
found = {{"alembic", "sqlalchemy", "sqlmodel"}} & {{*sys.modules}}
assert not found, found
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    project = Shop(tmp_path)
    project.write("shop/entities.py", STOCK)
    project.change("pyproject.toml", "[tool.starmodel]", '[tool.starmodel]\nweb = "starlette"')
    done = project.starmodel("generate")
    assert done.code == 0, done.err
    return project


def use(
    shop: Shop, script: str = USE, folder: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a script in the project's folder, or another one."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=folder or shop.root,
        env={"PATH": "", "PYTHONPATH": str(shop.root), **environment},
        capture_output=True,
        text=True,
    )


def test_without_a_word_the_database_is_a_file_beside_the_app(shop: Shop) -> None:
    assert shop.starmodel("migrate", "new").code == 0
    assert shop.starmodel("migrate", "up").code == 0
    done = use(shop)
    assert done.returncode == 0, done.stderr
    assert (shop.root / "app.db").exists()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_environment_says_which_database(
    shop: Shop, request: pytest.FixtureRequest, database: str
) -> None:
    url = f"sqlite:///{shop.root / 'other.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres_url")
    assert shop.starmodel("migrate", "new").code == 0
    up = shop.starmodel("migrate", "up", environment={"STARMODEL_DATABASE_URL": url})
    assert up.code == 0, up.err
    done = use(shop, STARMODEL_DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert not (shop.root / "app.db").exists()


@pytest.mark.parametrize("database", ["memory", "sqlite", "postgresql"])
def test_a_process_that_only_serves_has_neither_sqlalchemy_nor_sqlmodel(
    shop: Shop, request: pytest.FixtureRequest, database: str
) -> None:
    url = "sqlite://"
    if database != "memory":
        url = f"sqlite:///{shop.root / 'other.db'}"
        if database == "postgresql":
            url = request.getfixturevalue("postgres_url")
        assert shop.starmodel("migrate", "new").code == 0
        up = shop.starmodel("migrate", "up", environment={"STARMODEL_DATABASE_URL": url})
        assert up.code == 0, up.err
    done = use(shop, SERVES_ALONE, STARMODEL_DATABASE_URL=url)
    assert done.returncode == 0, done.stderr


def test_row_classes_are_for_statements_of_ones_own(shop: Shop) -> None:
    script = """
import asyncio
from shop.generated.app import create_app
from shop.generated.lamp.rows import LampRow
from starmodel.query import fetch, select
from starmodel.testing import Client

with Client(create_app()) as client:
    maker = client.post("/maker", {"name": "Ann"}).state["id"]
    client.post("/lamp", {"price": "10.50", "maker": maker})
    [row] = client.run(fetch(client.app.services, select(LampRow)))
    assert (str(row.price), row.maker_id) == ("10.50", maker)
"""
    done = use(shop, script, STARMODEL_DATABASE_URL="sqlite://")
    assert done.returncode == 0, done.stderr


def test_a_database_in_memory_has_its_tables_at_once(shop: Shop) -> None:
    done = use(shop, STARMODEL_DATABASE_URL="sqlite://")
    assert done.returncode == 0, done.stderr


def test_an_app_does_not_start_on_a_database_that_lacks_migrations(shop: Shop) -> None:
    done = use(shop)
    assert f"There are no migrations in {shop.root / 'migrations'}" in done.stderr
    assert "starmodel migrate new" in done.stderr
    assert shop.starmodel("migrate", "new").code == 0
    done = use(shop)
    assert "1 migration is not applied to the database: 0001_" in done.stderr
    assert "Run `starmodel migrate up`" in done.stderr
    # Whoever migrates by other means says where to look, or that there is nothing.
    assert "not applied" in use(shop, STARMODEL_MIGRATIONS=str(shop.root / "migrations")).stderr


def test_other_stores_win(shop: Shop) -> None:
    script = """
from starmodel import MemoryRepo, StateStore
from starmodel.testing import Client
from shop.generated.app import create_app
from shop.generated.lamp.state import LAMP
from shop.generated.maker.state import MAKER

memory, other = MemoryRepo(), MemoryRepo()
app = create_app(stores={StateStore.SERVER_SQL: memory, "lamp": other})
assert app.services.persistence.backend_for(MAKER) is memory
assert app.services.persistence.backend_for(LAMP) is other
with Client(app) as client:
    assert client.post("/maker", {"name": "Ann"}).status == 201
"""
    done = use(shop, script)
    assert done.returncode == 0, done.stderr
    assert not (shop.root / "app.db").exists()


def test_the_settings_name_the_folder_of_migrations(shop: Shop) -> None:
    assert 'migrations="migrations")' in shop.read("shop/generated/app.py")
    shop.change("pyproject.toml", "[tool.starmodel]", '[tool.starmodel]\nmigrations = "db/steps"')
    assert shop.starmodel("generate").code == 0
    assert 'migrations="db/steps")' in shop.read("shop/generated/app.py")


def test_the_database_and_the_migrations_are_the_projects_from_any_folder(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert shop.starmodel("migrate", "new").code == 0
    alembic = [sys.executable, "-m", "alembic", "-c", str(shop.root / "migrations/alembic.ini")]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([*alembic, "upgrade", "head"], cwd=elsewhere, check=True, capture_output=True)
    assert (shop.root / "app.db").exists()
    done = use(shop, folder=elsewhere)
    assert done.returncode == 0, done.stderr
    done = use(
        shop,
        folder=elsewhere,
        STARMODEL_DATABASE_URL="sqlite:///data/other.db",
    )
    assert str(shop.root / "data/other.db") in done.stderr
    assert list(elsewhere.iterdir()) == []
    # Of an installed app there is only the package: its database belongs to where it is started.
    (shop.root / "pyproject.toml").unlink()
    done = use(shop, folder=elsewhere, PYTHONPATH=str(shop.root), STARMODEL_MIGRATIONS="none")
    assert "There are no migrations in none" in done.stderr


def test_an_app_without_entities_in_sql_has_nothing_of_it(tmp_path: Path) -> None:
    project = Shop(tmp_path)
    project.change("pyproject.toml", "[tool.starmodel]", '[tool.starmodel]\nweb = "starlette"')
    assert project.starmodel("generate").code == 0
    assert "SETTINGS = web.Settings()" in project.read("shop/generated/app.py")
    assert not (tmp_path / "shop/generated/counter/table.py").exists()
    script = """
import sys
from shop.generated.app import create_app
create_app()
found = {"sqlalchemy", "sqlmodel", "asyncpg", "sqlite3"} & {*sys.modules}
assert not found, found
"""
    done = use(project, script)
    assert done.returncode == 0, done.stderr


def test_the_schema_is_read_back_whole(shop: Shop) -> None:
    text = shop.read("shop/generated/schema.json")
    app = AppSchema.model_validate_json(text)
    assert schema_text(app) == text
    [maker] = [entity for entity in app.entities if entity.name == "Maker"]
    [lamp] = [entity for entity in app.entities if entity.name == "Lamp"]
    assert maker.many == (ManySchema(name="lamps", entity="shop.entities.Lamp", field="maker"),)
    assert maker.crud == ("create", "update", "delete")
    assert [event.crud for event in lamp.events] == [None, "create", "update", "delete"]
    assert [field.on_delete for field in lamp.fields] == ["restrict", "cascade", "restrict"]
