"""The text of a revision file: a header that says what it does, and the way there and back."""

from dataclasses import dataclass

from starmodel_generator.emission.python.formatting import formatted
from starmodel_generator.emission.python.literals import clean, docstring, python_string
from starmodel_generator.migrations.migration_plan import Finding, Plan, Steps
from starmodel_generator.migrations.writer.description import describe, without_values
from starmodel_generator.migrations.writer.operations_text import steps_lines

_SEARCH_INDEX = "starmodel.stores.sql.schema.search_index"
_INDEXING = ("create_search_index", "drop_search_index")
_REFUSE = '''\
def refuse(count: str, problem: str) -> None:
    """Stop, with nothing changed, where SQLite would take values that do not fit."""
    context = op.get_context()
    if not context.as_sql and op.get_bind().scalar(sa.text(count)):
        raise ValueError(problem)
'''


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision that is to be written: its id, the one before, and what it is called."""

    id: str
    previous: str | None
    message: str


def revision_text(revision: Revision, plan: Plan) -> str:
    """Return the file of a revision."""
    return _file(
        revision,
        header=_header(revision, plan),
        up=_function("upgrade", "Apply the migration.", plan.up),
        down=(
            _function("downgrade", "Take it back; what was dropped comes back empty.", plan.down)
            if plan.up.dropped or any(change.dropped for change in plan.up.changed)
            else _function("downgrade", "Take it back.", plan.down)
        ),
    )


def empty_revision_text(revision: Revision) -> str:
    """Return the file of a revision that somebody writes: for rows, and for what is not derived."""
    return _file(
        revision,
        header=[revision.message, *_ids(revision)],
        up='def upgrade() -> None:\n    """Apply the migration."""\n    op.execute("SELECT 1")\n',
        down='def downgrade() -> None:\n    """Take it back."""\n    op.execute("SELECT 1")\n',
    )


def _file(revision: Revision, *, header: list[str], up: str, down: str) -> str:
    body = up + down
    imports = ["import sqlalchemy as sa"] if "sa." in body else []
    imports.append("from alembic import op")
    if "postgresql.JSONB" in body:
        imports.append("from sqlalchemy.dialects import postgresql")
    indexing = [name for name in _INDEXING if f"{name}(" in body]
    if indexing:
        imports.append(f"from {_SEARCH_INDEX} import {', '.join(indexing)}")
    previous = "None" if revision.previous is None else python_string(revision.previous)
    parts = [
        docstring("\n".join(header), 0) + "\n\n" + "\n".join(imports) + "\n",
        f"revision = {python_string(revision.id)}\ndown_revision = {previous}\n"
        "branch_labels = None\ndepends_on = None\n\n",
    ]
    if "refuse(" in body:
        parts.append(_REFUSE + "\n")
    parts += [up + "\n", down]
    return formatted("\n".join(parts))


def _header(revision: Revision, plan: Plan) -> list[str]:
    lines = [clean(revision.message), *_ids(revision), "", "Steps:"]
    lines += [f"- {step}" for step in describe(plan.up)]
    accepted = [finding for finding in plan.findings if finding.accepted]
    conditions = [finding for finding in plan.findings if finding.kind == "data"]
    lines += _listed("Accepted:", accepted)
    lines += _listed("The rows have to fit:", conditions)
    restored = without_values(plan.down)
    if restored:
        lines += ["", "Taken back, these come back optional and empty, though they were required:"]
        lines += [f"- {column}" for column in restored]
    return lines


def _ids(revision: Revision) -> list[str]:
    return ["", f"Revision ID: {revision.id}", f"Revises: {revision.previous or ''}".rstrip()]


def _listed(title: str, findings: list[Finding]) -> list[str]:
    if not findings:
        return []
    return ["", title, *(f"- {finding.key}: {finding.message}" for finding in findings)]


def _function(name: str, words: str, steps: Steps) -> str:
    lines = steps_lines(steps)
    text = "\n".join(f"    {line}" for line in lines)
    start = f'def {name}() -> None:\n    """{words}"""\n'
    if "if sqlite" in text or "if not sqlite" in text:
        start += '    sqlite = op.get_context().dialect.name == "sqlite"\n'
    return start + text + "\n"
