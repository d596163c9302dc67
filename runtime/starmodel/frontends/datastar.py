"""Datastar, the default front end: signals, and server-sent events that patch them.

What a page shows live are signals by the path of the value: `$product.stock`. Signals whose names
begin with `_` never leave the page: `$_busy` while a form is sent, `$_notice` while the live
stream is lost, `$_message` for what an event said.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

import htpy as h
from datastar_py import attribute_generator as data
from markupsafe import Markup

from starmodel.settings import Settings
from starmodel.ui.addresses import escape_text
from starmodel.ui.formats import Format
from starmodel.ui.frontend import Attributes, Data, EventResponseFormatter, Frontend, HoleMaker
from starmodel.ui.template import Filler, Holes, Renderable
from starmodel.web.datastar.actions import LIVE_OPTIONS
from starmodel.web.datastar.attributes import encode_data
from starmodel.web.datastar.formatter import REQUEST_HEADER, DatastarFormatter
from starmodel.web.datastar.sse import encode_signals, followable

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_NOTICE = (
    "['error', 'retrying', 'retries-failed'].includes(evt.detail.type)"
    " ? $_notice = evt.detail.el === el ? 'Reconnecting ...'"
    " : {401: 'Sign in first.', 403: 'You may not do this.'}[evt.detail.argsRaw?.status]"
    " ?? 'No answer. Please try again.'"
    " : evt.detail.type === 'finished' || ($_notice = '')"
)
"""Says that the live stream is lost, or that a request got no answer; nothing once there is life."""


class DatastarFrontend(Frontend):
    """Keeps pages live by Datastar 1.0."""

    name: ClassVar[str] = "datastar"
    request_header: ClassVar[bytes] = REQUEST_HEADER
    needs_eval: ClassVar[bool] = True

    def __init__(self) -> None:
        self._formatter = DatastarFormatter()

    @property
    def formatter(self) -> EventResponseFormatter:
        """Makes server-sent events."""
        return self._formatter

    def scripts(self, settings: Settings) -> Sequence[Renderable]:
        """Return the element that loads Datastar."""
        integrity = settings.datastar_integrity
        return [
            h.script(
                type="module",
                src=settings.datastar_url,
                integrity=integrity,
                crossorigin="anonymous" if integrity else None,
            )
        ]

    def script_sources(self, settings: Settings) -> Sequence[str]:
        """Return the address of Datastar."""
        return [settings.datastar_url]

    def page(self, holes: HoleMaker, *, data: Mapping[str, Any], live: Filler | None) -> Attributes:
        """Return `data-signals`, `data-init`, and what follows the requests of the page."""
        signals = {"_notice": "''", "_message": holes.hole(_message)}
        for name, value in data.items():
            signals[name] = _signals(holes, value)
        return {
            **_generate.signals(signals, expressions_=True),
            **(_generate.init(holes.hole(_live(live))) if live is not None else {}),
            **_generate.on("datastar-fetch", _NOTICE),
        }

    def declare(self, data: Mapping[str, Any]) -> Attributes:
        """Return `data-signals` of what is not there yet."""
        signals = {"_notice": "''", "_message": "''"}
        for name, value in data.items():
            signals[name] = _signals(Holes(), value)
        return {**_generate.signals(signals, expressions_=True).ifmissing}

    def text(self, path: str, format: Format) -> Attributes:
        """Return `data-text`."""
        value = signal(path)
        match format.name:
            case "text":
                return {**_generate.text(value)}
            case "choice":
                return {
                    **_generate.text(
                        f"starmodel.format.choice({value}, {encode_data(dict(format.labels))})"
                    )
                }
            case name:
                return {**_generate.text(f"starmodel.format.{name}({value})")}

    def token(self, path: str) -> Attributes:
        """Return `data-text` of the value as JSON."""
        return {**_generate.text(f"JSON.stringify({signal(path)})")}

    def form(self, path: str, *, method: str, address: str, once: bool, resets: bool) -> Attributes:
        """Return `data-on:submit`, which sends the form in the background once it is not busy."""
        errors = signal(f"errors.{path}")
        pattern = f"^errors.{re.escape(path)}.".replace("/", r"\/")
        options = ["contentType: 'form'", "retryMaxCount: 0"]
        if once:
            options.append("headers: {'Idempotency-Key': starmodel.key()}")
        send = f"@{method}('{address}', {{{', '.join(options)}}})"
        if resets:
            send += f".then(() => $_notice || Object.values({errors}).some(Boolean) || el.reset())"
        # What another event of the page was refused for is over as well.
        clear = f"@setAll('', {{include: /{pattern}|^errors\\..*\\._$/}})"
        # What was wrong with a value is not wrong with the next one.
        clear_one = (
            "evt.target.name && @setAll('', {include: new RegExp("
            f"{encode_data(pattern)} + evt.target.name.split('.')[0] + '$')}})"
        )
        busy = signal(f"_busy.{path}")
        return {
            **_generate.indicator(f"_busy.{path}"),
            **_generate.on("submit", Markup(f"{busy} || ($_message = '', {clear}, {send})")),
            **_generate.on("input", clear_one),
            **_attribute("aria-busy", f"{busy} ? 'true' : 'false'"),
        }

    def submit(self, path: str) -> Attributes:
        """Return `aria-disabled` while the form is busy."""
        return _attribute("aria-disabled", f"{signal(f'_busy.{path}')} ? 'true' : 'false'")

    def error(self, path: str) -> Attributes:
        """Return `data-text`."""
        return {**_generate.text(signal(path))}

    def invalid(self, path: str) -> Attributes:
        """Return `aria-invalid` while there is an error."""
        return _attribute("aria-invalid", f"{signal(path)} ? 'true' : 'false'")

    def notice(self) -> Attributes:
        """Return what shows the connection's state, else what an event said."""
        return {
            **_generate.text("$_notice || $_message"),
            **_attribute("brief", "!$_notice"),
        }


_generate = data


def signal(path: str) -> str:
    """Write how an expression reads a signal: `$counter.count`.

    Datastar takes ASCII letters only for part of a signal's name; others stand in brackets.
    """
    parts = [
        f".{name}" if _NAME.fullmatch(name) else f"[{encode_data(name)}]"
        for name in path.split(".")
    ]
    return "$" + "".join(parts).removeprefix(".")


def _attribute(name: str, expression: str) -> Attributes:
    return {f"data-attr:{name}": expression}


def _signals(holes: HoleMaker, value: Any) -> str:
    """Write signals that are the same on every page, or the mark of those that are not."""
    if not callable(value):
        return encode_data(followable(value))
    make = cast(Data, value)

    def fill(state: Mapping[str, Any], view: Any) -> str:
        encoded = encode_signals(make(state, view))
        text = encoded.decode()
        if len(encoded.translate(None, _UNSAFE_BYTES)) != len(encoded):
            # What is safe in an event of a stream may mean something to an expression.
            text = _UNSAFE.sub(_escape_sequence, text)
        return text.replace('"', "&#34;")

    return holes.hole(fill)


_UNSAFE = re.compile("[^\0-#%(-.0-:=?A-_a-~]")
"""What Datastar would read as more than a character: one of <>&'@$`;/, and whatever is not printable
ASCII above them; see `encode_data`. It is said by what it is not, since Python takes five milliseconds to
compile a set that goes up to the last character."""

_UNSAFE_BYTES = b"<>&'@$`;/" + bytes(range(0x7F, 0x100))
"""The same in UTF-8; to take them out and compare the lengths is the fastest way to look for any."""


def _escape_sequence(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join([f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4)])


def _message(state: Mapping[str, Any], view: Any) -> str:
    return escape_text(encode_data(view.message)) if view.message else "&#34;&#34;"


def _live(live: Filler) -> Filler:
    def fill(state: Mapping[str, Any], view: Any) -> str:
        return escape_text(f"@get('{live(state, view)}', {LIVE_OPTIONS})")

    return fill
