"""What a small app imports before it can be served, and before it has shown a page."""

import os
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[3] / "examples" / "counter"

PROGRAM = """
import sys
from counter.generated.app import create_app
create_app()
print(*sys.modules)
"""

NOT_TO_START = {
    # Of others.
    *("alembic", "asyncpg", "fasthtml", "httpx", "monsterui", "redis", "sqlalchemy", "sqlite3"),
    *("sqlmodel", "starlette", "datastar_py", "html", "htpy", "mcp", "opentelemetry"),
    *("prometheus_client", "python_multipart"),
    # For pages, once one is asked for.
    *("starmodel.frontends", "starmodel.ui.kit", "starmodel.ui.rendering"),
    *("starmodel.ui.components.charts", "starmodel.ui.components.parts"),
    # For forms that are shown again, and for files.
    *(
        "starmodel.web.ui.edit_conflict",
        "starmodel.web.ui.form_state",
        "starmodel.web.app.list_export",
    ),
    # For entities in other stores, and for what these alone have: lists and queries.
    *("starmodel.stores.redis", "starmodel.stores.sql", "starmodel.stores.browser"),
    *("starmodel.application.queries", "starmodel.where", "starmodel.query"),
    *("starmodel.web.app.query_params", "starmodel.web.app.record_routes"),
    *("starmodel.web.ui.list_view", "starmodel.web.app.batch"),
    # For what the settings ask for.
    *("starmodel.web.http.prefixed_markup", "starmodel.web.monitoring.otel_tracing"),
    *("starmodel.bus.postgres_bus", "starmodel.bus.redis_bus", "starmodel.bus.remote"),
    *("starmodel.web.operations", "starmodel.web.monitoring.json_logs"),
    *("starmodel.testing", "starmodel_generator", "starmodel_schemas"),
}
"""What costs time and memory, and what an app of one entity in memory starts without."""


def test_a_small_app_starts_without_what_it_does_not_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=EXAMPLE,
        env={**os.environ, "STARMODEL_SECRET_KEY": "k" * 40, "PYTHONPATH": str(EXAMPLE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    imported = set(done.stdout.split())
    assert "starmodel.web.app.application" in imported
    assert sorted(NOT_TO_START & imported) == []
