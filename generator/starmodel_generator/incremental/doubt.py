"""Giving up on a run that does less than all: it is not certain what follows from a change."""

from typing import NoReturn


class Doubt(Exception):
    """It is not certain what follows from a change; the message says why, to who debugs it."""


def doubt(reason: str) -> NoReturn:
    """Raise `Doubt`, in an expression too."""
    raise Doubt(reason)
