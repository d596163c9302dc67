"""What `starmodel run` does to the database of whoever develops."""

from pathlib import Path

import pytest
from migrated_database import SQLiteDatabase
from table_schemas import INTEGER, column, database, index, table

from starmodel_generator.cli.development.development_database import DevelopmentDatabase
from starmodel_generator.project.config import GeneratorConfig

FIRST = database(table("product", column("title")))
SECOND = database(table("product", column("title"), column("stock", INTEGER, default=1)))
DROPS = database(table("product", column("stock", INTEGER, default=1)))
UNIQUE = database(
    table(
        "product",
        column("title"),
        column("stock", INTEGER, default=1),
        index("product", "stock", unique=True),
    )
)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GeneratorConfig:
    monkeypatch.delenv("STARMODEL_DATABASE_URL", raising=False)
    return GeneratorConfig(
        root=tmp_path,
        file="pyproject.toml",
        options="",
        entities=("shop/entities.py",),
        output="shop/generated",
        client_output="shop/generated/client",
    )


def test_it_follows_the_entities(
    config: GeneratorConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    development = DevelopmentDatabase(config)
    file = SQLiteDatabase(config.root / "app.db")
    assert development.bring_up(database()), "an app without SQL"
    assert capsys.readouterr() == ("", "") and not file.path.exists()

    written: list[str] = []
    assert development.bring_up(FIRST, written.append)
    assert written[0] == "migrations/versions/0001_create_product.py"
    assert capsys.readouterr().err == (
        "migrations/versions/0001_create_product.py: create table product.\n"
        "Applied to sqlite:///app.db: 0001_create_product.\n"
    )
    file.insert(FIRST, {"product": [{"id": "1", "title": "Pot"}, {"id": "2", "title": "Tea"}]})

    assert development.bring_up(FIRST)
    assert DevelopmentDatabase(config).bring_up(FIRST)
    assert capsys.readouterr() == ("", ""), "there is nothing to say"

    assert development.bring_up(SECOND)
    assert file.run("SELECT title, stock FROM product") == [("Pot", 1), ("Tea", 1)]
    assert "add column product.stock" in capsys.readouterr().err


def test_what_would_be_lost_stops_it(
    config: GeneratorConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    development = DevelopmentDatabase(config)
    assert development.bring_up(SECOND)
    capsys.readouterr()
    assert not development.bring_up(DROPS)
    said = capsys.readouterr().err
    assert "SM551" in said and "starmodel migrate new" in said
    assert len(list((config.root / "migrations/versions").glob("*.py"))) == 1

    file = SQLiteDatabase(config.root / "app.db")
    file.insert(SECOND, {"product": [{"id": id, "title": "", "stock": 1} for id in "ab"]})
    assert not development.bring_up(UNIQUE)
    assert (
        "failed: UNIQUE constraint failed: product.stock. Nothing was applied to sqlite:///app.db"
        in capsys.readouterr().err
    )


def test_a_database_elsewhere(
    config: GeneratorConfig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STARMODEL_DATABASE_URL", "sqlite:///data.db")
    assert DevelopmentDatabase(config).bring_up(FIRST)
    assert (config.root / "data.db").exists()
    monkeypatch.setenv("STARMODEL_DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/shop")
    capsys.readouterr()
    assert not DevelopmentDatabase(config).bring_up(FIRST)
    said = capsys.readouterr().err
    assert "me:***@127.0.0.1" in said and "secret" not in said
