"""Formatters that belong to no front end: JSON for programs, and those of apps below a path."""

from collections.abc import Mapping, Sequence
from typing import Final

from starmodel.application import Removed
from starmodel.domain import Fragment
from starmodel.ui.frontend import EventResponseFormatter
from starmodel.web.http.encoding import encode_json
from starmodel.web.http.prefix import prefix_addresses
from starmodel.web.http.response import VARY, Headers

EVENT_STREAM: Final[Headers] = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"private, no-store"),
    VARY,
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
"""The headers of an event stream that nothing on its way holds back."""

KEEP_ALIVE: Final = b": keep-alive\n\n"
"""A comment. Browsers ignore it; it shows whether anybody still listens."""


class JsonFormatter(EventResponseFormatter):
    """Tells programs what changed: server-sent events whose data are JSON objects.

    Fields are `{"counter": {"count": 3}, "version": 7}`, each whole; a record that is not there is
    `{"deleted": {"entity": "room", "id": "7"}}`; what an event put into pages is
    `{"fragment": {"html": "...", "selector": "#log", "mode": "append"}}`.
    """

    @property
    def headers(self) -> Headers:
        """The headers of an event stream that nothing on its way holds back."""
        return EVENT_STREAM

    @property
    def keep_alive(self) -> bytes:
        """A comment."""
        return KEEP_ALIVE

    @property
    def merges(self) -> bool:
        """No: a field takes the place of what it was."""
        return False

    def values(
        self,
        values: Mapping[str, object],
        removed: Removed | None = None,
        *,
        version: int | None = None,
    ) -> bytes:
        """Write fields; those of an entity called `version` come without their version."""
        given = values if version is None else {**values, "version": version, **values}
        return _event(given)

    def elements(self, fragment: Fragment) -> bytes:
        """Write what goes into pages."""
        return _event({"fragment": fragment._asdict()})

    def navigation(self, path: str) -> tuple[Headers, bytes]:
        """Write the path; no program is sent anywhere."""
        return EVENT_STREAM, _event({"location": path})

    def deletion(self, entity: str, id: str, notice: Sequence[Fragment]) -> bytes:
        """Write which record is gone."""
        return _event({"deleted": {"entity": entity, "id": id}})

    def restoration(self, notice: Fragment) -> bytes:
        """Write nothing: the fields say that it is there."""
        return b""


class PrefixedFormatter(EventResponseFormatter):
    """Writes answers for pages below a prefix, as another formatter does."""

    def __init__(self, formatter: EventResponseFormatter, prefix: str) -> None:
        self._formatter = formatter
        self._prefix = prefix

    @property
    def headers(self) -> Headers:
        """The headers of every answer."""
        return self._formatter.headers

    @property
    def keep_alive(self) -> bytes:
        """A piece that means nothing."""
        return self._formatter.keep_alive

    @property
    def frame(self) -> tuple[bytes, bytes] | None:
        """What comes before and after values."""
        return self._formatter.frame

    @property
    def merges(self) -> bool:
        """Whether a page puts mappings together."""
        return self._formatter.merges

    def values(
        self,
        values: Mapping[str, object],
        removed: Removed | None = None,
        *,
        version: int | None = None,
    ) -> bytes:
        """Change values."""
        return self._formatter.values(values, removed, version=version)

    def elements(self, fragment: Fragment) -> bytes:
        """Put markup into the page, with its addresses below the prefix."""
        html = prefix_addresses(fragment.html, self._prefix)
        return self._formatter.elements(fragment._replace(html=html))

    def navigation(self, path: str) -> tuple[Headers, bytes]:
        """Send the page to another path of the app."""
        return self._formatter.navigation(self._prefix + path)

    def deletion(self, entity: str, id: str, notice: Sequence[Fragment]) -> bytes:
        """Tell that a record is not there any more."""
        return self._formatter.deletion(entity, id, notice)

    def restoration(self, notice: Fragment) -> bytes:
        """Tell that a record is there again."""
        return self._formatter.restoration(notice)


def _event(value: Mapping[str, object]) -> bytes:
    return b"data: %b\n\n" % encode_json(value)
