"""Statements of one's own beside the generated queries: `await fetch(services, select(...))`.

This needs SQLAlchemy and SQLModel, which nothing else of a serving app does.
"""

from starmodel.stores.sql.author_select import fetch, select

__all__ = ["fetch", "select"]
