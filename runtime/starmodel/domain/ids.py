"""Ids that sort by the time they were made."""

import threading
import time

from starmodel.domain.randomness import random_bytes

MAX_ID = 200
"""Characters in an id: it is part of a path."""

_OTHER_PATHS = frozenset({"", ".", "..", "new", "options"})
"""What cannot be an id, since `/product/new` is another page, and `/product/..` none."""

_TICKS_PER_MILLISECOND = 1 << 12
_RANDOM_BYTES = 10

_lock = threading.Lock()
_last_tick = 0


def new_id() -> str:
    """Make an id: 35 hexadecimal digits, unique anywhere.

    Its first 12 digits are the milliseconds since 1970, the next 3 count within the
    millisecond, the last 20 are random. As text, every id made in one process is greater than
    the one made before it, also when the clock is set back.
    """
    global _last_tick
    with _lock:
        tick = max(time.time_ns() // 1_000_000 * _TICKS_PER_MILLISECOND, _last_tick + 1)
        _last_tick = tick
    return f"{tick:015x}{random_bytes()[:_RANDOM_BYTES].hex()}"


def refuse_id(id: str) -> str | None:
    """Describe why a record cannot have an id, which would lead nowhere or to something else.

    Returns `None` for one that leads to its record, percent-encoded as one segment of a path.
    """
    if len(id) > MAX_ID:
        return f"An id has at most {MAX_ID} characters."
    if id in _OTHER_PATHS:
        return "This cannot be an id."
    try:
        id.encode("utf-8")
    except UnicodeEncodeError:
        return "An id cannot hold half of a surrogate pair."
    return None
