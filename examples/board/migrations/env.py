"""Run the migrations of this folder.

`starmodel migrate` does it, and `alembic -c migrations/alembic.ini upgrade head`.
"""

from starmodel.stores.sql.environment import run_migrations

run_migrations()
