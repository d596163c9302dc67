"""The example shop, migrated, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from migrated_database import Database, PostgreSQLDatabase, SQLiteDatabase
from postgres_server import Server
from shop_example import ShopExample


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return SQLiteDatabase(tmp_path / "shop.db")
    return PostgreSQLDatabase(request.getfixturevalue("postgres_url"))


@pytest.fixture
def unmigrated_shop(database: Database, tmp_path: Path) -> ShopExample:
    """The shop with an empty database."""
    return ShopExample(tmp_path, database)


@pytest.fixture
def shop(unmigrated_shop: ShopExample) -> ShopExample:
    """The shop with a database that has all tables and no rows."""
    return unmigrated_shop.make_tables()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ShopExample]:
    """The shop with a database for all tests of a module."""
    folder = tmp_path_factory.mktemp("shop")
    if request.param == "sqlite":
        yield ShopExample(folder, SQLiteDatabase(folder / "shop.db")).make_tables()
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield ShopExample(folder, PostgreSQLDatabase(url)).make_tables()
