"""htmx 4: pages that are sent pieces of markup, in answers and in one live stream alike.

Markup goes out as `<hx-partial>`. Fields, errors and tokens go out as `<hx-values>`, JSON that our
extension of htmx (`htmx.js`) shows by `starmodel.format`: what is shown at first and what is shown
later is written by the same function. Nothing is evaluated, so pages need no `unsafe-eval`.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final
from urllib.parse import quote

import htpy as h
from markupsafe import Markup

from starmodel.application import Removed
from starmodel.domain import Fragment
from starmodel.settings import Settings
from starmodel.ui.addresses import escape_text
from starmodel.ui.assets import Asset, asset, read_file
from starmodel.ui.formats import Format
from starmodel.ui.frontend import Attributes, EventResponseFormatter, Frontend, Headers, HoleMaker
from starmodel.ui.template import Filler, Renderable
from starmodel.web.datastar.sse import encode_signals
from starmodel.web.http.csrf import is_local_path
from starmodel.web.http.encoding import encode_json
from starmodel.web.http.formatters import EVENT_STREAM, KEEP_ALIVE
from starmodel.web.http.response import NO_STORE

SWAP_STYLES: Final[Mapping[str, str]] = {
    "outer": "outerMorph",
    "inner": "innerMorph",
    "replace": "outerHTML",
    "prepend": "afterbegin",
    "append": "beforeend",
    "before": "beforebegin",
    "after": "afterend",
    "remove": "delete",
}
"""What htmx calls the ways to put a fragment into a page."""

_CONFIG: Final = "history:false includeIndicatorCSS:false"
"""Going back is the browser's and the lists' own; pages have their own marks of what is busy."""

_LIVE_CONFIG: Final = "sse.reconnectMaxDelay:15000"


class HtmxFormatter(EventResponseFormatter):
    """Speaks to htmx 4: server-sent events, each of them markup."""

    @property
    def headers(self) -> Headers:
        """The headers of an event stream; htmx reads those of answers as well."""
        return EVENT_STREAM

    @property
    def keep_alive(self) -> bytes:
        """A comment."""
        return KEEP_ALIVE

    def values(
        self,
        values: Mapping[str, object],
        removed: Removed | None = None,
        *,
        version: int | None = None,
    ) -> bytes:
        """Make an event of `<hx-values>`."""
        json = encode_signals(values, removed).replace(b"<", b"\\u003c").replace(b"&", b"\\u0026")
        return b"data: <hx-values>%b</hx-values>\n\n" % json

    def elements(self, fragment: Fragment) -> bytes:
        """Make an event of `<hx-partial>`, or of `<hx-elements>` where ids say what is replaced."""
        content, selector, mode = fragment
        style = SWAP_STYLES.get(mode or "outer")
        if style is None:
            raise ValueError(
                f"There is no patch mode {mode!r}; choose from {', '.join(SWAP_STYLES)}."
            )
        if selector is not None:
            target = html.escape(selector)
            return _event(
                f'<hx-partial hx-target="{target}" hx-swap="{style}">{content}</hx-partial>'
            )
        if not style.startswith("outer"):
            raise ValueError(f"The patch mode {mode!r} needs a selector.")
        return _event(f'<hx-elements mode="{style}">{content}</hx-elements>')

    def navigation(self, path: str) -> tuple[Headers, bytes]:
        """Return an answer with `HX-Redirect`, on which htmx leaves the page."""
        if not is_local_path(path):
            raise ValueError("A page can only be sent to a path of its own site.")
        location = quote(path, safe="/%?#&=:@!$'()*+,;~", errors="replace")
        return [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"hx-redirect", location.encode("ascii")),
            *NO_STORE,
        ], b""


class HtmxFrontend(Frontend):
    """Keeps pages live by htmx 4 and its extension for server-sent events."""

    name: ClassVar[str] = "htmx"
    request_header: ClassVar[bytes] = b"hx-request"

    def __init__(self) -> None:
        self._formatter = HtmxFormatter()
        script = read_file("starmodel.frontends", "htmx.js")
        self._script, file = asset("htmx", "js", "text/javascript; charset=utf-8", script)
        self._assets = {self._script: file}

    @property
    def formatter(self) -> EventResponseFormatter:
        """Makes server-sent events of markup."""
        return self._formatter

    @property
    def assets(self) -> Mapping[str, Asset]:
        """Our extension of htmx."""
        return self._assets

    def scripts(self, settings: Settings) -> Sequence[Renderable]:
        """Return the elements that load htmx, its extension for streams, and ours.

        htmx starts when the document is read, or at once where it is by then. So its scripts are
        not deferred: it would start without the extensions.
        """
        return [
            h.meta(name="htmx-config", content=_CONFIG),
            *[
                h.script(
                    src=url,
                    integrity=integrity,
                    crossorigin="anonymous" if integrity else None,
                )
                for url, integrity in (
                    (settings.htmx_url, settings.htmx_integrity),
                    (settings.htmx_sse_url, settings.htmx_sse_integrity),
                )
            ],
            h.script(type="module", src=self._script),
        ]

    def script_sources(self, settings: Settings) -> Sequence[str]:
        """Return the addresses of htmx and its extension for streams."""
        return [settings.htmx_url, settings.htmx_sse_url]

    def page(self, holes: HoleMaker, *, data: Mapping[str, Any], live: Filler | None) -> Attributes:
        """Return what the page knows at first, and what opens its stream."""

        def fill(state: Mapping[str, Any], view: Any) -> str:
            values = {
                name: value(state, view) if callable(value) else value
                for name, value in data.items()
            }
            return escape_text(encode_signals({**values, "_message": view.message}).decode())

        attributes: dict[str, str | bool] = {"data-values": holes.hole(fill)}
        if live is not None:
            address = live
            attributes["hx-sse:connect"] = holes.hole(
                lambda state, view: escape_text(address(state, view))
            )
            attributes["hx-trigger"] = "load, reconnect"
            attributes["hx-swap"] = "none"
            attributes["hx-config"] = _LIVE_CONFIG
        return attributes

    def declare(self, data: Mapping[str, Any]) -> Attributes:
        """Return what the form needs to know at first."""
        return {"data-values": encode_signals(data).decode()}

    def text(self, path: str, format: Format) -> Attributes:
        """Return the path of the value and how it is written."""
        attributes = {"data-field": path, "data-format": format.name}
        if format.labels:
            attributes["data-labels"] = encode_json(dict(format.labels)).decode()
        return attributes

    def token(self, path: str) -> Attributes:
        """Return the path of the value, which is written as JSON."""
        return {"data-field": path, "data-format": "json"}

    def form(self, path: str, *, method: str, address: str, once: bool, resets: bool) -> Attributes:
        """Return `hx-post`, of which a second waits for no first: it is dropped."""
        return {
            "data-form": path,
            f"hx-{method}": Markup(address),
            "hx-swap": "none",
            "hx-sync": "drop",
            **({"data-once": True} if once else {}),
            **({"data-resets": True} if resets else {}),
        }

    def submit(self, path: str) -> Attributes:
        """Return what marks the button."""
        return {"data-submit": True}

    def error(self, path: str) -> Attributes:
        """Return the path of the error."""
        return {"data-field": path}

    def invalid(self, path: str) -> Attributes:
        """Return the path of the error."""
        return {"data-invalid": path}

    def notice(self) -> Attributes:
        """Return what marks the element."""
        return {"data-notice": True}


def _event(markup: str) -> bytes:
    """Make an event; of a parser of event streams only CRLF, CR and LF end a line."""
    lines = markup.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # UTF-8 cannot hold half a surrogate pair; a question mark goes out in its place.
    return ("".join([f"data: {line}\n" for line in lines]) + "\n").encode("utf-8", "replace")
