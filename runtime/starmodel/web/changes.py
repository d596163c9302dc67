"""How often records of each kind have changed, so that a page can tell whether it shows the newest.

A list is made of a query, and follows `/live` only from the moment its script has started. So the
page is told, before the query, where the changes of its records stand; the stream tells where they
stand now; and where the two differ, the page fetches its records anew. Nothing that is committed
in between can be missed, however long a page takes to start.
"""

import secrets


class Changes:
    """Counts what this process is told of.

    Another process counts for itself. A page that was made there finds another mark here and
    fetches its records once more than it might have to.
    """

    def __init__(self) -> None:
        self._process = secrets.token_hex(4)
        self._numbers: dict[str, int] = {}

    def note(self, name: str) -> None:
        """Take note that a record of the entity `name` has changed."""
        self._numbers[name] = self._numbers.get(name, 0) + 1

    def mark(self, name: str) -> str:
        """Say where the changes of an entity stand: hexadecimal digits, a point, a number.

        Ask before the records are read: what changes while they are is then noticed later.
        """
        return f"{self._process}.{self._numbers.get(name, 0)}"
