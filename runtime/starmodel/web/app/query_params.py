"""Queries over HTTP: what an address asks for, and the answers that hold what was found."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic_core import ValidationError

from starmodel.application.queries.filter_set import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    NAMES,
    FilterSet,
    KeptQuery,
    Query,
    unknown,
)
from starmodel.application.queries.find import (
    RelatedStates,
    State,
    count_records,
    find_each,
    find_related,
    find_states,
)
from starmodel.application.queries.searchable import MAX_CHOICES, MAX_CONTAINED, SearchField
from starmodel.application.readable import Reading
from starmodel.application.search import Operator
from starmodel.errors import (
    ArgumentError,
    BadRequest,
    Forbidden,
    InvalidArguments,
    QueryTooBroad,
    Unauthenticated,
)
from starmodel.ui.components.fields import Related
from starmodel.ui.components.pages import MAX_COUNT, List, Record
from starmodel.ui.template import Filler
from starmodel.ui.view import NO_RELATED, View
from starmodel.web.app.responses import JSON_HEADERS
from starmodel.web.http.encoding import encode_json
from starmodel.web.http.http_request import READING, read_pairs
from starmodel.web.http.prefix import prefix_addresses
from starmodel.web.http.request_limits import MAX_QUERY, MAX_STRING
from starmodel.web.http.response import Response
from starmodel.web.routing.request import Request
from starmodel.web.ui.list_view import ListAddress, ListView
from starmodel.web.validation import json_body
from starmodel.web.validation.arguments import MAX_ERRORS, Argument
from starmodel.web.validation.messages import argument_error, simple_error

COLUMNS = "columns"
"""The name by which an address chooses the columns of a page, unless a field is called so."""

PHONE_LIMIT = 20
"""How many records a page of a list has on a phone, where each of them is a card."""

MAX_CHILDREN = 20
"""How many of the records that refer to one its page shows."""

_MAX_NAME_LENGTH = 100
_SECONDS = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,6})?")


async def respond_query(request: Request, queries: FilterSet[Any]) -> Response:
    """Respond to a program with a page of the records that its address asks for."""
    query = read_query(request, queries, is_program=True).query
    send = queries.definition.sent

    # It may be megabytes, which are put together once.
    body = [b'{"items":[']

    async def write(states: Sequence[State]) -> None:
        sent = states if send is None else [send(state) for state in states]
        if len(body) > 1:
            body.append(b",")
        body.append(encode_json(sent)[1:-1])

    actor, reading = request.actor, request.scope.get(READING)
    page = await find_each(request.services, queries, query, write, actor=actor, reading=reading)
    rest: dict[str, object] = {"next": page.next}
    if query.include:
        rest["included"] = {
            name: {id: queries.includes[name].sent_state(one) for id, one in found.items()}
            for name, found in page.included.items()
        }
    body += [b"],", encode_json(rest)[1:]]
    return Response(200, JSON_HEADERS, b"".join(body))


async def list_view(
    request: Request, queries: FilterSet[Any], page: List, *, prefix: str = ""
) -> ListView[Any]:
    """Return what a page shows of the records that its address asks for.

    `prefix` is what the addresses in its rows begin with.

    Raises:
        InvalidArguments: The address asks for what there is not; see `read_query`.
    """
    name = queries.definition.name
    # What changes while the records are read is noticed later on.
    mark = request.app_state.changes.token(name)
    limit = PHONE_LIMIT if is_phone(request.headers) else DEFAULT_LIMIT
    query, address = read_query(request, queries, is_program=False, sort=page.sort, limit=limit)
    check_columns(page, address.columns)
    if page.lookups:
        query = replace(query, lookups=page.lookups)
    services, actor = request.services, request.actor
    # What is listed and what it refers to count together.
    reading = Reading(actor)
    related = RelatedStates(services, queries, reading) if queries.includes else None
    view = View(related=NO_RELATED if related is None else related.found, request=request)
    table = request.app_state.renderer.list_tables(page)(address.columns)
    rows = ListRows(table.row, view, related, reading, prefix)
    found = await find_each(services, queries, query, rows.add, actor=actor, reading=reading)
    if related is not None:
        await rows.write()
        # A filter by a record shows what that one is called, also where nothing fits.
        await related.add([query.filters])
    count = None
    if page.count and (found.next is not None or query.cursor is not None):
        # One more tells whether there are more.
        count = await count_records(services, queries, query, limit=page.count + 1, actor=actor)
    return ListView(
        path=address.path,
        query=address.query,
        items=(),
        related=view.related,
        next=found.next,
        is_first=query.cursor is None or (query.is_backward and found.previous is None),
        change_token=mark,
        previous=found.previous,
        count=count,
        rows=rows.written,
        row_count=rows.count,
        kept=address,
    )


class ListRows:
    """The rows of a list's table, written while its records are read.

    What a record holds may be large, and is let go as soon as its row is written.

    Args:
        row: Fills a row with the state of its record.
        view: What rows are filled with besides.
        related: What the records refer to; `None` where they refer to none.
        reading: What the request reads.
        prefix: What addresses begin with.

    Attributes:
        written: The rows as HTML in UTF-8; several of them may be one text.
        count: How many there are.
    """

    __slots__ = ("_prefix", "_reading", "_related", "_row", "_states", "_view", "count", "written")

    def __init__(
        self, row: Filler, view: View, related: RelatedStates | None, reading: Reading, prefix: str
    ) -> None:
        self.written: list[bytes] = []
        self.count = 0
        self._row = row
        self._view = view
        self._related = related
        self._reading = reading
        self._prefix = prefix
        self._states: list[State] = []

    async def add(self, states: Sequence[State]) -> None:
        """Write the rows of further records; of those that refer to others as many as a turn has.

        What these refer to is looked for together.
        """
        if self._related is None:
            self._write(states)
            return
        self._states += states
        if self._reading.is_due():
            await self.write()

    async def write(self) -> None:
        """Write the rows that wait for what their records refer to."""
        states, self._states = self._states, []
        if states and self._related is not None:
            await self._related.add(states)
            self._write(states)

    def _write(self, states: Sequence[State]) -> None:
        row, view = self._row, self._view
        html = "".join([row(state, view) for state in states])
        if self._prefix:
            html = prefix_addresses(html, self._prefix)
        self.written.append(html.encode("utf-8", "replace"))
        self.count += len(states)


async def children_of(request: Request, page: Record, id: str) -> dict[str, ListView[Any]]:
    """Return the first of the records that refer to one, by the names of `ui.Related`.

    They are found by the query that their list has; whoever may not read that gets none.
    """
    children: dict[str, ListView[Any]] = {}
    for field in page.fields:
        if not isinstance(field, Related):
            continue
        listed = request.app_state.renderer.lists.get(field.entity)
        queries = request.app_state.queries.get(field.entity)
        if listed is None or queries is None:
            continue
        # Of all others the link is left.
        with suppress(Unauthenticated, Forbidden, QueryTooBroad):
            children[field.name] = await _children(request, queries, listed, field.by, id)
    return children


async def _children(
    request: Request, queries: FilterSet[Any], page: List, field: str, id: str
) -> ListView[Any]:
    services, actor = request.services, request.actor
    mark = request.app_state.changes.token(queries.definition.name)
    sort, lookups = _names(page.sort), page.lookups
    query = Query({field: id}, sort=sort, limit=MAX_CHILDREN, lookups=lookups)
    found = await find_states(services, queries, query, actor=actor)
    count = None
    if found.next is not None:
        count = await count_records(services, queries, query, limit=MAX_COUNT + 1, actor=actor)
    return ListView(
        path=page.entity.path,
        query=((field, id),),
        items=found.items,
        related=await find_related(services, queries, found.items, actor=actor),
        next=found.next,
        change_token=mark,
        count=count,
    )


def check_columns(page: List, columns: Sequence[str]) -> None:
    """Check which columns an address chooses.

    Raises:
        InvalidArguments: One of them is not there.
    """
    if not page.fields.keys() >= {*columns}:
        raise unknown("columns", "column", page.fields)


class ReadQuery(NamedTuple):
    """What an address asks for, for the store and for the page."""

    query: Query
    address: ListAddress


def read_query(
    request: Request,
    queries: FilterSet[Any],
    *,
    is_program: bool,
    sort: str = "",
    limit: int = DEFAULT_LIMIT,
) -> ReadQuery:
    """Read what an address asks for. What was read lately is kept, unless it is long.

    `sort` is what records are sorted by, and `limit` how many there are at most, where the
    address says nothing.

    A plain form sends every input, and one that nothing was typed into asks for nothing: a page
    leaves out whatever is empty.

    Raises:
        InvalidArguments: It has a name that means nothing here, one twice, or a value that does
            not fit; all of them are named.
        BadRequest: A value is longer than any that is stored, or the address is not UTF-8.
        PayloadTooLarge: The address is longer than 64 KiB, or has more than 1,000 names.
    """
    text: bytes = request.scope["query_string"]
    read = _read_kept if len(text) <= _MAX_KEPT_LENGTH else _read_query
    return read(queries, text, is_program, sort, limit)


def is_phone(headers: Mapping[bytes, bytes]) -> bool:
    """Return whether a browser says that it runs on a phone.

    Those that send client hints say so in `Sec-CH-UA-Mobile`, all others by `Mobi` in their name.
    """
    hint = headers.get(b"sec-ch-ua-mobile")
    return b"Mobi" in headers.get(b"user-agent", b"") if hint is None else hint == b"?1"


def _read_query(
    queries: FilterSet[Any], text: bytes, is_program: bool, sort: str, limit: int
) -> ReadQuery:
    """Read a query string. Nothing else of a request counts here: many of them may share it."""
    given: dict[str, str] = {}
    contained: dict[str, list[str]] = {}
    errors: list[ArgumentError] = []
    # A form has a box for each of them, and sends the name once for each that is ticked.
    columns: dict[str, None] = {}
    # Datastar's own parameter asks for nothing.
    items = [
        (name, value)
        for name, value in read_pairs(text, MAX_QUERY)
        if name != "datastar" and (value or is_program)
    ]
    for name, value in items:
        if len(errors) >= MAX_ERRORS:
            break
        if len(value) > MAX_STRING:
            raise BadRequest(f"A text may have at most {MAX_STRING} characters.")
        if name == COLUMNS and not is_program and COLUMNS not in queries.filters:
            columns.update(dict.fromkeys(value.split(",")))
        elif queries.filters.get(name, _NO_FILTER)[1] == "contains":
            # All of them, where it is there several times.
            contained.setdefault(name, []).append(value)
        elif name in given:
            errors.append(simple_error(name, "duplicate"))
        elif name not in queries.filters and name not in _NAMES:
            errors += queries.unknown_filter(name[:_MAX_NAME_LENGTH]).errors
        else:
            given[name] = value
    filters: dict[str, object] = {}
    for name in [name for name in given if name in queries.filters]:
        place, operator = queries.filters[name]
        read = _read_several if operator == "in" else _read
        try:
            filters[name] = read(_argument(queries.fields[place], operator), name, given[name])
        except InvalidArguments as invalid:
            errors += invalid.errors
    for name, texts in contained.items():
        place, operator = queries.filters[name]
        argument = _argument(queries.fields[place], operator)
        try:
            values = [_read(argument, name, text) for text in texts[: MAX_CONTAINED + 1]]
        except InvalidArguments as invalid:
            errors += invalid.errors
        else:
            filters[name] = values if len(values) > 1 else values[0]
    if given.get("limit"):
        try:
            limit = _whole(given["limit"])
        except InvalidArguments as invalid:
            errors += invalid.errors
    if errors:
        raise InvalidArguments(tuple(errors))
    query = KeptQuery(
        filters,
        q=given.get("q"),
        sort=_names(given.get("sort", "") or sort),
        include=_names(given.get("include", "")),
        limit=limit,
        cursor=given.get("cursor") or None,
    )
    shown = [(name, value) for name, value in items if name != "cursor"]
    if columns:
        shown = [(name, value) for name, value in shown if name != COLUMNS]
        shown.append((COLUMNS, ",".join(columns)))
    return ReadQuery(query, ListAddress(f"/{queries.definition.name}", tuple(shown), sort))


_read_kept = lru_cache(maxsize=512)(_read_query)
_MAX_KEPT_LENGTH = 1024
_NO_FILTER = "", None
_NAMES = NAMES - {"actor", "datastar"}


@lru_cache(maxsize=4096)
def _argument(field: SearchField, operator: Operator) -> Argument:
    """Return what reads the texts that a field is compared with."""
    return Argument(field.schema(operator))


def _read(argument: Argument, name: str, text: str) -> object:
    if argument.schema["type"] == "timedelta" and _SECONDS.fullmatch(text):
        # So many seconds, as a state has it.
        with suppress(OverflowError):
            return timedelta(microseconds=int(Decimal(text).scaleb(6)))
    try:
        return argument.read_text(text, is_form=False)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise InvalidArguments((argument_error(details[0], name, ()),)) from None


def _read_several(argument: Argument, name: str, text: str) -> list[object]:
    """Read values with commas between them, or, where they have commas themselves, as JSON."""
    pieces = _pieces(name, text)
    if len(pieces) > MAX_CHOICES:
        message = f"Give at most {MAX_CHOICES} items."
        raise InvalidArguments((ArgumentError(name, message, "too_long"),))
    return [_read(argument, name, one) for one in pieces]


def _pieces(name: str, text: str) -> list[str]:
    if not text.startswith("["):
        return _names(text)
    body = text.encode("utf-8", "replace")
    json_body.check(body)
    try:
        values: Any = json_body.parse(body)
    except (ValueError, RecursionError):
        raise InvalidArguments((simple_error(name, "json_invalid"),)) from None
    return [value if isinstance(value, str) else encode_json(value).decode() for value in values]


def _names(text: str) -> list[str]:
    return text.split(",") if text else []


def _whole(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_LIMIT)):
        return int(text)
    message = f"Enter a number from 1 to {MAX_LIMIT}."
    raise InvalidArguments((ArgumentError("limit", message, "limit"),))
