"""What would be gone once migrations are taken back, and whether anything is in it."""

from pathlib import Path

from migrated_database import Database
from migration_project import Project
from table_schemas import INTEGER, TEXT, column, table
from table_schemas import database as schema

from starmodel_generator.migrations.data_loss import DataLoss, data_losses
from starmodel_generator.migrations.history import read_history, read_schemas

TITLED = schema(table("item", column("title")))
NOTED = schema(table("item", column("title"), column("note", TEXT, nullable=True)))
RENAMED = schema(
    table("product", column("name", was="title"), column("note", TEXT, nullable=True), was="item"),
    table("order", column("count", INTEGER)),
)


def test_what_goes_step_by_step(tmp_path: Path) -> None:
    project = Project(tmp_path, "sqlite:///absent.db")
    for each in (TITLED, NOTED, RENAMED):
        project.write(each)
    found = read_schemas(project.folder, read_history(project.folder))
    assert found == (schema(), TITLED, NOTED, RENAMED)
    assert data_losses(found[2:]) == (DataLoss("order"),), "a rename loses nothing"
    assert data_losses(found[1:]) == (DataLoss("order"), DataLoss("item", "note"))
    assert data_losses(found) == (
        DataLoss("order"),
        DataLoss("item"),
    ), "a table goes with its columns"
    assert data_losses(found[3:]) == ()


def test_which_tables_have_rows(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    project.write(RENAMED)
    project.migrator.upgrade()
    assert project.migrator.non_empty({"product", "order"}) == set()
    database.insert(RENAMED, {"order": [{"id": "1", "count": 1}]})
    assert project.migrator.non_empty({"product", "order"}) == {"order"}
    assert project.migrator.non_empty({"item"}) == {"item"}, "nobody knows under which name it is"
