"""A page of a list, as its address asks for it.

A list is its address. Inputs, column headings and the way to the next page change the address,
and the records are fetched anew from there: without a script by loading the page, with one by
replacing the part of it that shows them. So an address can be kept and sent to somebody, and what
changes elsewhere is fetched the same way.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from starmodel.ui.addresses import escape_text
from starmodel.ui.components.fields import in_words
from starmodel.ui.view import Related, short_id

S = TypeVar("S")

OPERATORS = {"contains": "contains", "ge": "from", "le": "to", "gt": "above", "lt": "below"}
"""What a filter's operator is called behind the title of its field."""


SHOWN = ("sort", "limit", "columns")
"""What an address says of how records are shown, and not of which."""


class ListAddress:
    """The address of a list, and what pages write of it alone.

    It is the same for everybody who asks with the same query string, and is kept: nothing in it
    depends on records, on who asks, or on where the app is served.

    Attributes:
        path: Where the list is: `/product`.
        query: What the address asks for, decoded and in order, its cursor left out.
        sort: What the records are sorted by, where the address says nothing as well.
        columns: The columns that the address chooses; none where it says nothing.
        parameters: What it asks for by name; the first value counts.
        pairs: The names, each with how an address has it and its value.
        sorted_by: The addresses by which it is sorted by each column, escaped, once written.
        without: The address without each of its filters, escaped, once written.
        hidden: What it says beside some inputs as hidden ones, by their names, once written.
        written: Parts of pages that say nothing else, once written; see `cached_by_address`.
        text: Its query as it stands in an address.
    """

    __slots__ = (
        "columns",
        "hidden",
        "pairs",
        "parameters",
        "path",
        "query",
        "sort",
        "sorted_by",
        "text",
        "without",
        "written",
    )

    def __init__(self, path: str, query: tuple[tuple[str, str], ...], sort: str = "") -> None:
        self.path = path
        self.query = query
        self.parameters = dict(reversed(query))
        self.sort = self.parameters.get("sort") or sort
        chosen = self.parameters.get("columns", "")
        self.columns = tuple(chosen.split(",")) if chosen else ()
        self.pairs = tuple([(name, _pair(name, value)) for name, value in query])
        self.sorted_by: dict[str, str] = {}
        self.without: dict[tuple[str, str], str] = {}
        self.hidden: dict[tuple[str, ...], str] = {}
        self.written: dict[object, str] = {}
        self.text = "&".join([pair for _, pair in self.pairs])


@dataclass(frozen=True, slots=True)
class ListView(Generic[S]):
    """A page of a list.

    Attributes:
        path: Where the list is: `/product`.
        query: What the address asks for, decoded and in order, its cursor left out.
        items: The public states of the records, in order.
        related: What they refer to.
        next: The cursor of the next page; `None` on the last one.
        previous: The cursor of the page before; `None` on the first one.
        is_first: Whether this is the first page.
        count: How many records fit, on all pages; `None` where they were not counted.
        rows: The rows of the table as HTML in UTF-8, where they were written while the records were read:
            then there are no `items`, and where the rows belong the page has `ROWS`.
        row_count: How many rows these are; several may be one text.
        change_token: Where the changes of the records stood before they were read, as
            `request.app_state.changes` says. A page that does not know fetches them once more.
        kept: The address, where it is known from a request before.
    """

    path: str
    query: tuple[tuple[str, str], ...]
    items: Sequence[S]
    related: Related
    next: str | None = None
    is_first: bool = True
    change_token: str = ""
    previous: str | None = None
    count: int | None = None
    rows: Sequence[bytes] = ()
    row_count: int = 0
    kept: InitVar[ListAddress | None] = None
    parts: ListAddress = field(init=False, repr=False, compare=False)

    def __post_init__(self, kept: ListAddress | None) -> None:
        object.__setattr__(self, "parts", kept or ListAddress(self.path, self.query))

    @property
    def size(self) -> int:
        """How many records the page shows."""
        return self.row_count or len(self.items)

    def value(self, name: str) -> str:
        """Return what the address says for a name, escaped; an empty text if nothing."""
        value = self.parts.parameters.get(name)
        return escape_text(value) if value else ""

    def selected(self, name: str, value: str) -> str:
        """Return the attribute of the option that the address chooses."""
        return "selected" if self.parameter(name) == value else ""

    def details_open(self, *names: str) -> str:
        """Return the attribute of `<details>` whose inputs the address says something for."""
        return "open" if any(self.parameter(name) for name in names) else ""

    def chosen(self, name: str, by: str) -> str:
        """Return what the record is called that the address filters by, as JSON, escaped."""
        id = self.parameter(name)
        called = self.related.get(name, {}).get(id, {}).get(by)
        return escape_text(json.dumps({id: str(called)})) if id and called else "{}"

    @property
    def is_unfiltered(self) -> bool:
        """Whether the address asks for all records, in whatever order."""
        return all(name in SHOWN for name, _ in self.query)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the address chooses; none where it says nothing."""
        return self.parts.columns

    def parameter(self, name: str) -> str:
        """Return what the address says for a name, as it is."""
        return self.parts.parameters.get(name, "")

    def address(self, *, cursor: str | None = None, **changes: str) -> str:
        """Write an address of this list: its query with some names changed, on its first page."""
        if cursor is not None and not changes and self.parts.text:
            return f"{self.path}?{self.parts.text}&cursor={_quoted(cursor)}"
        pairs = [pair for name, pair in self.parts.pairs if name not in changes]
        pairs += [_pair(name, value) for name, value in changes.items() if value]
        if cursor is not None:
            pairs.append(_pair("cursor", cursor))
        return f"{self.path}?{'&'.join(pairs)}" if pairs else self.path

    def direction(self, name: str) -> str:
        """Return the value of `aria-sort` of a column."""
        sort = self.parts.sort
        return "ascending" if sort == name else "descending" if sort == f"-{name}" else "none"

    def sort_address(self, name: str) -> str:
        """Return the address by which the list is sorted by a column, escaped.

        The first click sorts upwards, the next one downwards.
        """
        known = self.parts.sorted_by
        address = known.get(name)
        if address is None:
            is_ascending = self.parts.sort == name
            address = self.address(sort=f"-{name}" if is_ascending else name)
            address = known[name] = escape_text(address)
        return address

    def hidden_filters(self, inputs: tuple[str, ...]) -> str:
        """Write what the address says beside the inputs of a form, so that the form sends it too.

        A script takes all of that from the address itself.
        """
        hidden = self.hidden(inputs)
        return f"<noscript>{hidden}</noscript>" if hidden else ""

    def hidden(self, inputs: tuple[str, ...]) -> str:
        """Write what the address says beside some inputs as hidden ones."""
        known = self.parts.hidden
        html = known.get(inputs)
        if html is None:
            html = known[inputs] = "".join(
                [
                    f'<input type="hidden" name="{escape_text(name)}" value="{escape_text(value)}">'
                    for name, value in self.query
                    if not self._is_in_input(name, value, inputs)
                ]
            )
        return html

    def with_query(self, path: str) -> str:
        """Return another address with the same query, escaped: that of an export, of a batch."""
        query = self.parts.text
        return escape_text(f"{path}?{query}" if query else path)

    def filters_beside(self, inputs: Sequence[str]) -> list[tuple[str, str]]:
        """Return what the records are filtered by that no input above the list shows."""
        return [
            (name, value)
            for name, value in self.query
            if name not in SHOWN and not self._is_in_input(name, value, inputs)
        ]

    def _is_in_input(self, name: str, value: str, inputs: Sequence[str]) -> bool:
        """Return whether one of some inputs shows a value: of several of a filter the first."""
        return name in inputs and (name in SHOWN or value == self.parameter(name))

    def without(self, name: str, value: str) -> str:
        """Return the address without one of its filters, escaped; others of its name stay."""
        address = self.parts.without.get((name, value))
        if address is None:
            dropped = _pair(name, value)
            query = "&".join([pair for _, pair in self.parts.pairs if pair != dropped])
            address = escape_text(f"{self.path}?{query}" if query else self.path)
            self.parts.without[name, value] = address
        return address

    def filter_label(
        self, name: str, value: str, titles: Mapping[str, str], labels: Mapping[str, str]
    ) -> str:
        """Return what a filter says in words: `Price from: 5`.

        `titles` has what fields are called, and `labels` what the records are called by that
        fields refer to.
        """
        field, _, operator = name.partition("__")
        title = titles.get(field) or in_words(field)
        words = f"{title} {OPERATORS.get(operator, operator)}".rstrip()
        called: Any = self.related.get(name, {}).get(value, {}).get(labels.get(name, "id"))
        return f"{words}: {called or (short_id(value) if name in labels else value)}"


def _pair(name: str, value: str) -> str:
    return f"{_quoted(name)}={_quoted(value)}"


def _quoted(text: str) -> str:
    return quote(text, "", errors="replace")
