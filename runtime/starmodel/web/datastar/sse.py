"""Datastar's two events as bytes of an event stream, strictly encoded.

Every function gives one whole event. Payloads may hold any text: they are split at CRLF, CR and
LF, the only line ends that a parser of event streams knows (so U+2028 and its like stay), and
each line is sent as data. Options that are one line by nature (selector, id) are refused when
they hold CR, LF or NUL. Signals are JSON without NaN and Infinity: a browser would run what is
not valid JSON as code.

Format: https://data-star.dev/reference/sse_events, protocol version 1.0.
"""

import math
import re
from collections.abc import Mapping
from typing import Literal, cast, get_args

from starmodel.application import Removed
from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.web.datastar.attributes import encode_data, escape
from starmodel.web.http.csrf import is_local_path
from starmodel.web.http.encoding import encode_json

PatchMode = Literal["outer", "inner", "replace", "prepend", "append", "before", "after", "remove"]
Namespace = Literal["html", "svg", "mathml"]

DEFAULT_RETRY = 1000
"""Milliseconds a browser waits before it reconnects, unless told otherwise."""

_MODES = frozenset(get_args(PatchMode))
_NAMESPACES = frozenset(get_args(Namespace))
_INHERITED = frozenset({"__proto__", "constructor"})
_LINE_END = re.compile("\r\n|\r|\n")

SIGNALS_FRAME = (b"event: datastar-patch-signals\ndata: signals ", b"\n\n")
"""What stands around JSON on one line to make an event of it."""


def patch_elements(
    elements: str,
    *,
    selector: str | None = None,
    mode: PatchMode | str = "outer",
    namespace: Namespace | str = "html",
    use_view_transition: bool = False,
    event_id: str | None = None,
    retry: int = DEFAULT_RETRY,
) -> bytes:
    """Put markup into the page: by the ids of its elements, or where `selector` says.

    The markup goes out as it is: whatever may not be HTML in it must be escaped before.

    Raises:
        ValueError: There is no such mode or namespace, the mode needs a selector and has none,
            or an option is more than one line.
    """
    if mode not in _MODES:
        raise ValueError(f"There is no patch mode {mode!r}; choose from {', '.join(_MODES)}.")
    if namespace not in _NAMESPACES:
        raise ValueError(f"There is no namespace {namespace!r}; choose html, svg or mathml.")
    if selector is None and mode not in ("outer", "replace"):
        raise ValueError(f"The patch mode {mode!r} needs a selector.")
    lines = _start("datastar-patch-elements", event_id, retry)
    if mode != "outer":
        lines.append(f"data: mode {mode}")
    if selector is not None:
        lines.append(f"data: selector {_one_line('selector', selector)}")
    if namespace != "html":
        lines.append(f"data: namespace {namespace}")
    if use_view_transition:
        lines.append("data: useViewTransition true")
    if elements:
        lines += [f"data: elements {line}" for line in _LINE_END.split(elements)]
    return _finish(lines)


def navigate(path: str) -> bytes:
    """Send the page to another path of this site.

    It works under a policy that forbids inline scripts: the element that is appended carries a
    Datastar expression, and Datastar runs that like any other on the page.

    Raises:
        ValueError: The path is not one of this site.
    """
    if not is_local_path(path):
        raise ValueError("A page can only be sent to a path of its own site.")
    expression = f"window.location.assign({encode_data(path)})"
    return patch_elements(
        f'<div hidden data-init="{escape(expression)}"></div>', selector="body", mode="append"
    )


def encode_signals(signals: Mapping[str, object], removed: Removed | None = None) -> bytes:
    """Write signals as JSON that is safe on one line of an event; see `followable`.

    Args:
        signals: The signals.
        removed: Keys that are gone: `null` takes a signal away, and a patch that says nothing of
            one leaves it.
    """
    if removed:
        kept = cast("Mapping[str, object]", followable(signals))
        return encode_json(_with_removed(kept, _without_inherited(removed)))
    text = encode_json(signals)
    # `find`, as `in` costs Python an exception where both are bytes.
    if text.find(b"null") < 0 and text.find(b"__proto__") < 0 and text.find(b"constructor") < 0:
        return text
    return encode_json(followable(signals))


def followable(value: object, *, is_signal: bool = True) -> object:
    """Return signals as a page can follow them.

    `None` becomes an empty text, and so do NaN and Infinity: `null` would take the signal away,
    and what a page shows of it would stay as it was for ever. Inside of a list, which is one
    signal, it stays `null`.

    A key `__proto__` or `constructor` is left out, also as a part between dots: when Datastar
    1.0 tells a page what has changed, it takes keys for paths, and would follow these into
    what all objects of the page share.
    """
    if is_mapping(value):
        return {
            key: followable(one, is_signal=is_signal)
            for key, one in value.items()
            if _INHERITED.isdisjoint(str(key).split("."))
        }
    if is_sequence(value):
        return [followable(one, is_signal=False) for one in value]
    if is_signal and (value is None or (isinstance(value, float) and not math.isfinite(value))):
        return ""
    return value


def _with_removed(signals: Mapping[str, object], removed: object) -> dict[str, object]:
    """Put `None` where keys are gone."""
    given = dict(signals)
    for name, lost in cast("Removed", removed).items():
        inner = given.get(name)
        given[name] = (
            None
            if lost is None
            else _with_removed(
                cast("Mapping[str, object]", inner) if is_mapping(inner) else {}, lost
            )
        )
    return given


def _without_inherited(value: object) -> object:
    """Leave out the keys that `followable` leaves out, and nothing else."""
    if is_mapping(value):
        return {
            key: _without_inherited(one)
            for key, one in value.items()
            if _INHERITED.isdisjoint(str(key).split("."))
        }
    if is_sequence(value):
        return [_without_inherited(one) for one in value]
    return value


def _start(event: str, event_id: str | None, retry: int) -> list[str]:
    lines = [f"event: {event}"]
    if event_id is not None:
        lines.append(f"id: {_one_line('event_id', event_id)}")
    if retry != DEFAULT_RETRY:
        lines.append(f"retry: {int(retry)}")
    return lines


def _finish(lines: list[str]) -> bytes:
    # UTF-8 cannot hold half a surrogate pair; a question mark goes out in its place.
    return ("\n".join(lines) + "\n\n").encode("utf-8", "replace")


def _one_line(name: str, text: str) -> str:
    if "\r" in text or "\n" in text or "\0" in text:
        raise ValueError(f"The {name} must not hold a line end or NUL.")
    return text
