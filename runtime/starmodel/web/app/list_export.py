"""Lists as files: `GET /product.csv` has the records that `GET /product` lists, on all its pages.

The query is the same, and so are the columns; who may read which record is decided the same way.
Records are read a page at a time and sent as they are found, so a file may be of any length.
"""

import csv
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from io import StringIO
from typing import Any, Final

from starmodel.application.queries.filter_set import MAX_LIMIT, FilterSet, Query
from starmodel.application.queries.find import StatesPage, find_related, find_states
from starmodel.ui.components.fields import Field
from starmodel.ui.components.pages import List
from starmodel.ui.view import View
from starmodel.web.app.query_params import check_columns, read_query
from starmodel.web.http.response import NO_STORE, Headers, Response, StreamResponse
from starmodel.web.routing.request import Request, Route

BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""What tells spreadsheets that a file is UTF-8."""

_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def csv_route(queries: FilterSet[Any], page: List) -> Route:
    """Return the route of the records that fit as comma-separated values (RFC 4180, UTF-8)."""
    name = queries.definition.name
    headers: Headers = [
        (b"content-type", b"text/csv; charset=utf-8; header=present"),
        (b"content-disposition", b'attachment; filename="%s.csv"' % name.encode("ascii")),
        *NO_STORE,
        (b"x-content-type-options", b"nosniff"),
    ]

    async def export(request: Request) -> Response | StreamResponse:
        kept, address = read_query(request, queries, is_program=False, sort=page.sort)
        check_columns(page, address.columns)
        names = address.columns or page.shown
        columns = [field for name, field in page.fields.items() if name in names]
        query = Query(kept.filters, kept.q, kept.sort, limit=MAX_LIMIT, lookups=page.lookups)
        # What cannot be read at all is refused before anything is sent.
        first = await find_states(request.services, queries, query, actor=request.actor)
        return StreamResponse(headers, _write(request, queries, query, first, page, columns))

    return Route("GET", f"/{name}.csv", export)


async def _write(
    request: Request,
    queries: FilterSet[Any],
    query: Query,
    found: StatesPage,
    page: List,
    columns: Sequence[Field],
) -> AsyncGenerator[bytes, None]:
    """Write the rows of a page of records, and of all that follow."""
    services, actor = request.services, request.actor
    called = page.of.name
    # As on the page: where no column says what a record is called, its id does.
    has_id = called is None or all(field.name not in (called.name, "id") for field in columns)
    text = StringIO()
    rows = csv.writer(text)
    text.write(BYTE_ORDER_MARK)
    rows.writerow([*(["Id"] if has_id else []), *[harmless(field.title) for field in columns]])
    while True:
        related = await find_related(services, queries, found.items, actor=actor)
        view = View(related=related)
        for state in found.items:
            cells = [_cell(field, state[field.name], view) for field in columns]
            rows.writerow([*([harmless(str(state["id"]))] if has_id else []), *cells])
        yield text.getvalue().encode("utf-8", "replace")
        if found.next is None:
            return
        text.seek(0)
        text.truncate()
        query = replace(query, cursor=found.next)
        found = await find_states(services, queries, query, actor=actor)


def _cell(field: Field, value: Any, view: View) -> str:
    text = field.text(value, view)
    return text if field.is_number and _NUMBER.fullmatch(text) else harmless(text)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: with `'` in front where it would."""
    return f"'{text}" if _FORMULA.match(text) else text
