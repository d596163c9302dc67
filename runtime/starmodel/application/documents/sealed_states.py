"""What a request brings of the entities that its browser keeps, each in a seal of the store's."""

from collections.abc import Mapping
from contextvars import ContextVar

from starmodel.application.store import Key, Stored
from starmodel.errors import ArgumentError, InvalidArguments


class UnreadableSeal(InvalidArguments):
    """What a browser has sent of an entity is none of this app's, or not of this session."""

    def __init__(self) -> None:
        text = "What this browser had kept cannot be read. Load the page again."
        super().__init__((ArgumentError("", text, "unreadable_seal"),))


class SealedStates:
    """What a request has brought of the entities that its browser keeps, and what it takes back.

    Attributes:
        given: The seals that came with it, by key; `""` where a browser keeps nothing under one.
        written: The seals that were made since then; `""` of what was deleted.
        loaded: What was in each that was opened or made; `None` where nothing is kept.
    """

    __slots__ = ("given", "loaded", "written")

    def __init__(self, given: Mapping[Key, str]) -> None:
        self.given = given
        self.written: dict[Key, str] = {}
        self.loaded: dict[Key, tuple[Stored, float | None] | None] = {}


SEALED_STATES: ContextVar[SealedStates] = ContextVar("starmodel.sealed_states")
"""Those of the request that is under way; set for events of entities in the browser alone."""


def is_sent(key: Key) -> bool:
    """Return whether the request that is under way has brought what its browser keeps under a key."""
    states = SEALED_STATES.get(None)
    return states is not None and key in states.given
