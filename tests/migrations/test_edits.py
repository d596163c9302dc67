"""Every edit on populated databases: up, down and up again, with the schema equal and rows kept."""

from pathlib import Path

import pytest
from migrated_database import Database
from migration_project import Project
from schema_edits import EDITS, Edit

from starmodel_generator.migrations.alembic_runner import BASE


def test_there_are_enough() -> None:
    assert len({edit.label for edit in EDITS}) == len(EDITS) >= 40


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.label.replace(" ", "-"))
def test_an_edit(edit: Edit, database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    first = project.write(edit.old)
    project.migrator.upgrade()
    at_first = database.reflect()
    database.insert(edit.old, edit.rows)
    assert database.select(edit.old) == {
        **{table.name: [] for table in edit.old.tables},
        **edit.rows,
    }

    second = project.write(edit.new, edit.answers)
    project.migrator.upgrade()
    assert project.migrator.current() == second
    changed = database.reflect()
    assert database.select(edit.new) == edit.after

    project.migrator.downgrade(first)
    assert project.migrator.current() == first
    assert database.reflect() == at_first
    assert database.select(edit.old) == (edit.rows if edit.back is None else edit.back)

    project.migrator.upgrade()
    assert database.reflect() == changed

    project.migrator.downgrade(BASE)
    assert database.reflect() == {}
    database.run("DROP TABLE alembic_version")
    (tmp_path / "fresh").mkdir()
    fresh = Project(tmp_path / "fresh", database.url)
    fresh.write(edit.new)
    fresh.migrator.upgrade()
    assert database.reflect() == changed, "the same as if it had been so from the start"
