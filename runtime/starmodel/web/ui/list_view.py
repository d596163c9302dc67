"""Lists of records: what a list page is made of, and what its generated code calls.

A list is its address. Inputs, column headings and the way to the next page change the address,
and the records are fetched anew from there: without a script by loading the page, with one by
patching the part of it that shows them. So an address can be kept and sent to somebody, and what
changes elsewhere is fetched the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar
from urllib.parse import quote

from starmodel.web.ui.display_values import escape, related_label

S = TypeVar("S")

Related: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""The public states of the records that are referred to: by the name of the field, then by id.

Whatever is gone or may not be read is left out; pages show its id.
"""

SEARCH = escape(
    "((url, inputs) => ("
    "inputs.forEach((value, name) =>"
    " value ? url.searchParams.set(name, value) : url.searchParams.delete(name)),"
    " url.searchParams.delete('cursor'),"
    " history.replaceState(history.state, '', url)"
    "))(new URL(location.href), new FormData(evt.target.form ?? evt.target)),"
    " @get(location.href, {payload: {}})"
)
"""What typing into one of the inputs of a list does: the address follows, then the records."""

FOLLOW_LINK = escape(
    "((link) => link && !(evt.ctrlKey || evt.metaKey || evt.shiftKey || evt.altKey) && ("
    "evt.preventDefault(),"
    " history[link.rel ? 'pushState' : 'replaceState'](history.state, '', link.href),"
    " @get(link.href, {payload: {}})))(evt.target.closest('a.list-link'))"
)
"""What a click on a heading or on the way to another page does.

The browser's own way back leads to the page before, so other pages are entries of its history.
"""

REFRESH = escape("@get(location.href, {payload: {}})")
"""Fetch the records of the address anew."""


_MAX_HEADERS = 100


class ListAddress:
    """The address of a list, and what pages write of it alone.

    It is the same for everybody who asks with the same query string, and is kept: nothing in it
    depends on records, on who asks, or on where the app is served.

    Attributes:
        path: Where the list is: `/product`.
        query: What the address asks for, decoded and in order, its cursor left out.
        parameters: The same by name; the first value counts.
        pairs: The names, each with how an address has it and its value.
        headers: The headings of columns that were written before.
        without: The address without each of its names, escaped, as far as it was written before.
    """

    __slots__ = ("headers", "pairs", "parameters", "path", "query", "without")

    def __init__(self, path: str, query: tuple[tuple[str, str], ...]) -> None:
        self.path = path
        self.query = query
        self.parameters = dict(reversed(query))
        self.pairs = tuple([(name, _pair(name, value)) for name, value in query])
        self.headers: dict[tuple[str, str, bool], str] = {}
        self.without: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class ListView(Generic[S]):
    """A page of a list.

    Attributes:
        path: Where the list is: `/product`.
        query: What the address asks for, decoded and in order, its cursor left out.
        items: The public states of the records, in order.
        related: What they refer to.
        next: The cursor of the next page; `None` on the last one.
        is_first: Whether this is the first page.
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
    kept: InitVar[ListAddress | None] = None
    parts: ListAddress = field(init=False, repr=False, compare=False)

    def __post_init__(self, kept: ListAddress | None) -> None:
        object.__setattr__(self, "parts", kept or ListAddress(self.path, self.query))

    def value(self, name: str) -> str:
        """Return what the address says for a name, escaped; an empty text if nothing."""
        value = self.parts.parameters.get(name)
        return escape(value) if value else ""

    def selected(self, name: str, value: str) -> str:
        """Return the attribute of the option that the address chooses."""
        return " selected" if self.parameter(name) == value else ""

    def details_open(self, *names: str) -> str:
        """Return the attribute of `<details>` whose inputs the address says something for."""
        return " open" if any(self.parameter(name) for name in names) else ""

    def parameter(self, name: str) -> str:
        """Return what the address says for a name, as it is."""
        return self.parts.parameters.get(name, "")

    def address(self, *, cursor: str | None = None, **changes: str) -> str:
        """Write an address of this list: its query with some names changed, on its first page."""
        pairs = [pair for name, pair in self.parts.pairs if name not in changes]
        pairs += [_pair(name, value) for name, value in changes.items() if value]
        if cursor is not None:
            pairs.append(_pair("cursor", cursor))
        return f"{self.path}?{'&'.join(pairs)}" if pairs else self.path


def _pair(name: str, value: str) -> str:
    return f"{quote(name, '', errors='replace')}={quote(value, '', errors='replace')}"


def sortable_header(view: ListView[Any], name: str, label: str, *, is_number: bool = False) -> str:
    """Write the heading of a column that the list can be sorted by.

    `label` is HTML. The first click sorts upwards, the next one downwards.
    """
    headers = view.parts.headers
    header = headers.get((name, label, is_number))
    if header is None:
        header = _sortable_header(view, name, label, is_number)
        if len(headers) < _MAX_HEADERS:
            headers[name, label, is_number] = header
    return header


def _sortable_header(view: ListView[Any], name: str, label: str, is_number: bool) -> str:
    sort = view.parameter("sort")
    direction = ' aria-sort="ascending"' if sort == name else ""
    if sort == f"-{name}":
        direction = ' aria-sort="descending"'
    address = view.address(sort=f"-{name}" if sort == name else name)
    kind = ' class="number"' if is_number else ""
    return (
        f'<th scope="col"{kind}{direction}><a class="list-link" id="sort-{escape(name)}"'
        f' href="{escape(address)}">{label}</a></th>'
    )


def hidden_filters(view: ListView[Any], inputs: Sequence[str]) -> str:
    """Write what the address says beside the inputs of a form, so that the form sends it too.

    A script takes all of that from the address itself.
    """
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in view.query
        if name not in inputs
    )
    return f"<noscript>{hidden}</noscript>" if hidden else ""


def filter_chips(view: ListView[Any], inputs: Sequence[str], labels: Mapping[str, str]) -> str:
    """List what the records are filtered by beside the inputs, each with a way to drop it.

    `labels` has, for each field that refers to records, the field that they are called by.
    """
    chosen = [
        (name, value)
        for name, value in view.query
        if name not in inputs and name not in ("sort", "limit")
    ]
    items = "".join(_filter(view, name, value, labels.get(name, "")) for name, value in chosen)
    return f'<ul class="chips" aria-label="Filters">{items}</ul>' if items else ""


def pagination(view: ListView[Any], one: str, several: str) -> str:
    """Write how many records there are on this page, and the way to the others.

    `one` and `several` are what records are called, as HTML: `product`, `products`.
    """
    count = len(view.items)
    words = f"{count} {one if count == 1 else several}"
    if view.next is not None or not view.is_first:
        words += " on this page"
    return f'<div class="pages"><p role="status">{words}</p>{_ways(view)}</div>'


def empty_state(view: ListView[Any], several: str) -> str:
    """Report that there is nothing to list; `several` is what records are called, as HTML.

    Where a policy has left out all records of a page, others may follow, so the way to them is
    shown.
    """
    if view.next is not None or not view.is_first:
        words = f"No {several} on this page" if view.next is not None else f"No more {several}"
        return f'<div class="pages"><p role="status">{words}</p>{_ways(view)}</div>'
    if all(name in ("sort", "limit") for name, _ in view.query):
        return f'<p class="empty" role="status">There are no {several} yet.</p>'
    path = escape(view.path)
    return (
        f'<p class="empty" role="status">No {several} fit.'
        f' <a href="{path}">Show all {several}</a></p>'
    )


def _ways(view: ListView[Any]) -> str:
    """Write the ways to the other pages, if there are any."""
    ways: list[str] = []
    if not view.is_first:
        ways.append(_way(view.address(), "start", "First page"))
    if view.next is not None:
        ways.append(_way(view.address(cursor=view.next), "next", "Next page"))
    return f'<nav aria-label="Pages">{"".join(ways)}</nav>' if ways else ""


def _way(address: str, kind: str, label: str) -> str:
    return f'<a class="list-link button" rel="{kind}" href="{escape(address)}">{label}</a>'


def _filter(view: ListView[Any], name: str, value: str, label: str) -> str:
    without = view.parts.without
    address = without.get(name)
    if address is None:
        address = without[name] = escape(view.address(**{name: ""}))
    words = escape(name.replace("__", " ").replace("_", " ")).capitalize()
    shown = related_label(value, view.related.get(name, {}), label)
    return (
        f'<li><a class="list-link" href="{address}"'
        f' aria-label="Drop the filter: {words} {shown}">{words}: {shown}</a></li>'
    )
