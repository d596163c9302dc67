"""Giving up on an incremental run: it is not certain what follows from a change."""

from typing import NoReturn


class FullRebuildRequired(Exception):
    """It is not certain what follows from a change; the message says why, to who debugs it."""


def require_full_rebuild(reason: str) -> NoReturn:
    """Raise `FullRebuildRequired`, in an expression too."""
    raise FullRebuildRequired(reason)
