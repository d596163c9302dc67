"""What a page is filled with besides the state of its record."""

from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from starmodel.ui.addresses import escape_text, quote_segment

Related = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""For each field that refers to records their public states, by id."""

NO_RELATED: Related = {}

ROWS = f"\x02{token_hex(8)}\x03"
"""Stands in a page for the rows of its table that were written before the page.

They may be megabytes: no template copies them, and none of them is encoded together with others.
Nobody can guess it, so that nothing that was stored is taken for it.
"""


class View:
    """What a page is filled with besides the state of its record.

    Attributes:
        related: What the records refer to.
        form: The state of the form that the page is about; `None` on a page without.
        list: The records of a list, and how they were asked for; `None` on other pages.
        children: The first of the records that refer to this one, by the names of `ui.Related`.
        message: What an event said that led here.
        id: The id of the record, as a segment of an address.
        values: What a page of one's own says: title, lead, content.
        request: The request that is answered; `None` where something is filled for nobody.
    """

    __slots__ = (
        "children",
        "form",
        "id",
        "list",
        "message",
        "path",
        "related",
        "request",
        "values",
    )

    def __init__(
        self,
        *,
        id: str = "",
        related: Related = NO_RELATED,
        form: Any = None,
        list: Any = None,
        children: Mapping[str, Any] | None = None,
        message: str = "",
        path: str = "",
        values: Mapping[str, str] | None = None,
        request: Any = None,
    ) -> None:
        self.id = quote_segment(id) if id else ""
        self.related = related
        self.form = form
        self.list = list
        self.children = children or {}
        self.message = message
        self.request = request
        self.path = path
        self.values = values or {}

    def address_of_list(self, path: str) -> str:
        """Return where a list is, escaped: as its reader has left it, if he comes from there."""
        return escape_text(path if self.request is None else self.request.address_of_list(path))

    def related_label(self, field: str, id: str, by: str) -> str:
        """Return what a record is called that a field refers to: its field `by`, else its id."""
        called = self.related.get(field, {}).get(id, {}).get(by) if by != "id" else None
        return str(called) if called else short_id(id)

    def file(self, field: str) -> str:
        """Return where a file of the record can be downloaded; `""` where that is nowhere."""
        return f"{self.path}/{self.id}/{field}" if self.path and self.id else ""


def short_id(id: str) -> str:
    """Return an id as it is shown; of a long one its end, in which those made lately differ."""
    return id if len(id) <= 20 else f"…{id[-8:]}"
