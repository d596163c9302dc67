"""How Datastar's pages are told what changed."""

from collections.abc import Mapping, Sequence
from typing import Final

from starmodel.application import Removed
from starmodel.domain import Fragment
from starmodel.ui.frontend import EventResponseFormatter
from starmodel.web.datastar.attributes import escape
from starmodel.web.datastar.sse import SIGNALS_FRAME, encode_signals, navigate, patch_elements
from starmodel.web.http.formatters import EVENT_STREAM, KEEP_ALIVE
from starmodel.web.http.response import Headers

REQUEST_HEADER: Final = b"datastar-request"
"""By which a request of Datastar's says so."""


_ONCE: Final = (
    "[...document.querySelectorAll('[role=alert]')].some((one) => one !== el && one.id === el.id)"
    " && el.remove()"
)


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
    def frame(self) -> tuple[bytes, bytes]:
        """What makes a `datastar-patch-signals` event."""
        return SIGNALS_FRAME

    def values(
        self,
        values: Mapping[str, object],
        removed: Removed | None = None,
        *,
        version: int | None = None,
    ) -> bytes:
        """Make a `datastar-patch-signals` event."""
        before, after = SIGNALS_FRAME
        return before + encode_signals(values, removed) + after

    def elements(self, fragment: Fragment) -> bytes:
        """Make a `datastar-patch-elements` event."""
        html, selector, mode = fragment
        return patch_elements(html, selector=selector, mode=mode or "outer")

    def deletion(self, entity: str, id: str, notice: Sequence[Fragment]) -> bytes:
        """Append the notice; on a page that has it, it removes itself.

        To remove the other first would be an error to Datastar where there is none.
        """
        html, selector, mode = notice[-1]
        html = html.replace(" ", f' data-init="{escape(_ONCE)}" ', 1)
        return self.elements(Fragment(html, selector, mode))

    def navigation(self, path: str) -> tuple[Headers, bytes]:
        """Append an element whose Datastar expression leaves the page."""
        return EVENT_STREAM, navigate(path)
