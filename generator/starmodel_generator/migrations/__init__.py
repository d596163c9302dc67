"""Migrations: the difference between two database schemas, as Alembic revisions.

`difference` and the text of a revision are pure. Only `history` and `engine` touch the disk or a
database, and only `engine` needs Alembic and SQLAlchemy.
"""
