"""Statements of one's own beside the generated queries: `await fetch(services, select(...))`.

This needs SQLAlchemy and SQLModel, which entities in SQL need anyway.
"""

from starmodel.stores.sql.author_select import fetch, select

__all__ = ["fetch", "select"]
