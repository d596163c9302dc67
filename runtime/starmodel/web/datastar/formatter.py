"""How Datastar's pages are told what changed."""

from typing import Final

from starmodel.domain import Fragment
from starmodel.ui.frontend import EventResponseFormatter
from starmodel.web.datastar.sse import KEEP_ALIVE, SIGNALS_FRAME, navigate, patch_elements
from starmodel.web.http.prefix import prefix_addresses
from starmodel.web.http.response import VARY, Headers

EVENT_STREAM: Final[Headers] = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"private, no-store"),
    VARY,
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class DatastarFormatter(EventResponseFormatter):
    """Speaks Datastar 1.0: server-sent events that patch signals and elements."""

    @property
    def headers(self) -> Headers:
        """The headers of an event stream that nothing on its way holds back."""
        return EVENT_STREAM

    @property
    def keep_alive(self) -> bytes:
        """A comment."""
        return KEEP_ALIVE

    @property
    def signals_frame(self) -> tuple[bytes, bytes]:
        """What makes a `datastar-patch-signals` event."""
        return SIGNALS_FRAME

    def elements(self, fragment: Fragment) -> bytes:
        """Make a `datastar-patch-elements` event."""
        html, selector, mode = fragment
        return patch_elements(html, selector=selector, mode=mode or "outer")

    def navigation(self, path: str) -> bytes:
        """Append an element whose Datastar expression leaves the page."""
        return navigate(path)


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
    def signals_frame(self) -> tuple[bytes, bytes]:
        """What comes before and after signals."""
        return self._formatter.signals_frame

    def signals(self, text: bytes) -> bytes:
        """Change signals."""
        return self._formatter.signals(text)

    def elements(self, fragment: Fragment) -> bytes:
        """Put markup into the page, with its addresses below the prefix."""
        html = prefix_addresses(fragment.html, self._prefix)
        return self._formatter.elements(fragment._replace(html=html))

    def navigation(self, path: str) -> bytes:
        """Send the page to another path of the app."""
        return self._formatter.navigation(self._prefix + path)
