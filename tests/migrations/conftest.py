"""Databases to migrate: a SQLite file, and a PostgreSQL database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from migrated_database import Database, PostgreSQLDatabase, SQLiteDatabase


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        yield SQLiteDatabase(tmp_path / "test.db")
        return
    yield PostgreSQLDatabase(request.getfixturevalue("postgres_url"))
