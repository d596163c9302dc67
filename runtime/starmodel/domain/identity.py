"""Ids that sort by the time they were made."""

import secrets
import threading
import time

_TICKS_PER_MILLISECOND = 1 << 12
_RANDOM_BITS = 80

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
    return f"{tick << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS):035x}"
