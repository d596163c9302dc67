"""Functions that make a dictionary of a row, written out and compiled when the app starts.

`dataclasses` makes its methods in the same way. A loop over the columns would take half as much
time again for every row that is read. What is compiled are names of fields, as literals, and places
of columns: nothing of it comes from a request.
"""

from collections.abc import Callable, Iterable
from typing import Any

from starmodel.stores.sql.drivers.driver import Row
from starmodel.stores.sql.tables.codec import Convert


class RowCode:
    """Writes the function `lambda row: {"id": row[0], "price": decode(row[1])}`."""

    def __init__(self) -> None:
        self._items: list[str] = []
        self._names: dict[str, Any] = {}

    def add(self, field: str, expression: str) -> None:
        """Add a field with what makes its value."""
        self._items.append(f"{field!r}: {expression}")

    def value(self, place: int, steps: Iterable[Convert | None], *, nullable: bool) -> str:
        """Write the value at a place, converted step by step unless it is missing."""
        value = made = f"row[{place}]"
        for step in steps:
            if step is not None:
                made = f"{self.name(step)}({made})"
        return f"None if {value} is None else {made}" if nullable and made != value else made

    def name(self, constant: object) -> str:
        """Name something that the function uses."""
        name = f"c{len(self._names)}"
        self._names[name] = constant
        return name

    def compiled(self) -> Callable[[Row], dict[str, Any]]:
        """Return the function of one row."""
        made: Callable[[Row], dict[str, Any]] = eval(f"lambda row: {self._dict}", self._names)
        return made

    def compiled_for_all(self) -> Callable[[Iterable[Row]], list[dict[str, Any]]]:
        """Return the same function of several rows, without a call for each."""
        text = f"lambda rows: [{self._dict} for row in rows]"
        made: Callable[[Iterable[Row]], list[dict[str, Any]]] = eval(text, self._names)
        return made

    @property
    def _dict(self) -> str:
        return f"{{{', '.join(self._items)}}}"
