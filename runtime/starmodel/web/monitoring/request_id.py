"""What a request is called: in logs, in its answer, and where it went wrong."""

import re
import secrets
from collections.abc import Mapping
from typing import Final

from starmodel.observation import OBSERVATION

HEADER: Final = b"x-request-id"
OBSERVED: Final = "starmodel.observer"
"""Where the scope of a request says who watches it and has named it, so that it is watched once."""

_PLAIN: Final = re.compile(rb"[A-Za-z0-9._:+/=@-]{1,128}")
"""What proxies make: no blanks, no quotes, nothing that a page or a log would have to quote."""


def request_id(headers: Mapping[bytes, bytes]) -> str:
    """Return what a request is called: as its sender or a proxy says, else a new id."""
    observation = OBSERVATION.get()
    if observation is not None:
        return observation.id
    given = headers.get(HEADER)
    if given is not None and _PLAIN.fullmatch(given):
        return given.decode("ascii")
    return secrets.token_hex(8)
