"""What becomes known of a request while it is answered, for logs, metrics and traces.

It is noted where something has gone wrong or has to be done again, and at no other place: events that
go well cost the same whether somebody watches or not.
"""

from contextvars import ContextVar
from typing import Literal, NamedTuple, TypeAlias

from starmodel.errors import Conflict, DuplicateId, DuplicateRequest, StarModelError

Outcome: TypeAlias = Literal["done", "refused", "conflict", "repeated", "failed"]
"""How an event ended: it was carried out; its sender was told why not; others were faster in all
attempts; it was carried out when the same request came before; something unforeseen happened."""


class ObservedEvent(NamedTuple):
    """An event that has ended, and how often it was run again before."""

    entity: str
    event: str
    outcome: Outcome
    reruns: int


class Observation:
    """One request.

    Attributes:
        id: What the request is called in logs, and in its answer.
        fields: What log records of the request have besides.
        error: What went wrong last.
        reruns: How often an event was run again since others were faster.
        events: The events that have ended.
    """

    __slots__ = ("error", "events", "fields", "id", "reruns")

    def __init__(self, id: str) -> None:
        self.id = id
        self.fields: dict[str, str] = {}
        self.error: Exception | None = None
        self.reruns = 0
        self.events: list[ObservedEvent] = []

    def end_event(self, entity: str, event: str) -> None:
        """Note that an event has ended; what went wrong until now was its."""
        observed = ObservedEvent(entity, event, outcome_of(self.error), self.reruns)
        self.events.append(observed)
        self.error, self.reruns = None, 0


OBSERVATION: ContextVar[Observation | None] = ContextVar("starmodel_observation", default=None)
"""The request that is being answered, where somebody watches."""


def note_error(error: Exception) -> None:
    """Note that something went wrong."""
    observation = OBSERVATION.get()
    if observation is not None:
        observation.error = error


def note_rerun() -> None:
    """Note that an event is run again."""
    observation = OBSERVATION.get()
    if observation is not None:
        observation.reruns += 1


def note_event(entity: str, event: str) -> None:
    """Note the end of an event, of which there are several in one request."""
    observation = OBSERVATION.get()
    if observation is not None:
        observation.end_event(entity, event)


def outcome_of(error: Exception | None) -> Outcome:
    """Return how an event ended that raised an error, or none."""
    if error is None:
        return "done"
    if isinstance(error, DuplicateRequest):
        return "repeated"
    if isinstance(error, Conflict) and not isinstance(error, DuplicateId):
        return "conflict"
    return "refused" if isinstance(error, StarModelError) and error.status < 500 else "failed"
