"""An app that lists the records of `sql_tables` over HTTP, as generated code does."""

from collections.abc import Sequence
from typing import Any

import library_queries
from sql_tables import (
    AUTHOR,
    AUTHOR_TABLE,
    BOOK,
    BOOK_TABLE,
    TAG,
    TAG_TABLE,
    THING_TABLE,
    Book,
    Store,
    Thing,
    define,
)

from starmodel import StateStore
from starmodel.application.queries.filter_set import Queries
from starmodel.stores.sql.drivers.driver import Row
from starmodel.web import Page, Request, Resource, Response, Route, WebApplication
from starmodel.web.app.query_params import answer_query, list_view
from starmodel.web.ui.display_values import escape
from starmodel.web.ui.list_view import ListView, answer_list

BOOKS: Queries[Any] = Queries(
    define(Book, state=lambda book: {"id": book.id, **BOOK.state(book)}),
    **library_queries.BOOKS.fields,
)
THINGS: Queries[Any] = Queries(
    define(Thing, state=lambda thing: {"id": thing.id, "name": thing.name}),
    **library_queries.THINGS.fields,
)


class Recorded(Store):
    """A store that notes what it asks its database, the work on its own tables left out."""

    def __init__(self, database: str = "sqlite://") -> None:
        super().__init__(database)
        self.asked: list[tuple[str, tuple[object, ...]]] = []

    async def fetch(self, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
        """Take note, and fetch."""
        if "starmodel_" not in sql:
            self.asked.append((sql, tuple(parameters)))
        return await super().fetch(sql, parameters)


def found_page(view: ListView[Any]) -> Page:
    """Show the ids, and what is made of the address."""
    return Page("Found", "", found_list(view))


def found_list(view: ListView[Any]) -> str:
    """Show the ids."""
    items = "".join(f"<li>{escape(str(item['id']))}</li>" for item in view.items)
    following = "" if view.next is None else view.address(cursor=view.next)
    return f'<ul id="found" data-next="{escape(following)}">{items}</ul>{sorted(view.related)}'


def resource(queries: Queries[Any], table: Any) -> Resource:
    """List the records of one entity."""

    async def find(request: Request) -> Response:
        if request.wants_json:
            return await answer_query(request, queries)
        view = await list_view(request, queries)
        return answer_list(request, view, found_page, found_list)

    path = f"/{queries.definition.name}"
    return Resource(
        queries.definition,
        routes=[Route("GET", path, find, event="find")],
        table=table,
        queries=queries,
    )


def found_app(store: Store) -> WebApplication:
    """Put the app together over a store."""
    resources = [
        resource(BOOKS, BOOK_TABLE),
        resource(THINGS, THING_TABLE),
        Resource(TAG, routes=[], table=TAG_TABLE),
        Resource(AUTHOR, routes=[], table=AUTHOR_TABLE),
    ]
    return WebApplication(resources, stores={StateStore.SERVER_SQL: store})
