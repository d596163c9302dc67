"""What can go wrong, as exceptions that carry fields.

Every error has a `status`, the HTTP status it is answered with, and a sentence that may be
shown to anybody: it holds no value of an entity and no text of another exception. Only
`ConfigurationError` speaks to the developer; it is never shown to a client.
"""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple


class StarModelError(Exception):
    """Anything that StarModel raises on purpose."""

    status: ClassVar[int] = 500


class ConfigurationError(StarModelError):
    """The app is put together wrongly; the message says what to change."""


class UnnumberedRecord(ConfigurationError):
    """The id of a new record was asked for, and the store has not given it a number yet."""


class BadRequest(StarModelError):
    """The request cannot be read."""

    status = 400

    def __init__(self, detail: str = "The request cannot be read.") -> None:
        super().__init__(detail)
        self.detail = detail


class Unauthenticated(StarModelError):
    """Nobody is signed in, and this needs somebody who is."""

    status = 401

    def __init__(self, detail: str = "Sign in first.") -> None:
        super().__init__(detail)
        self.detail = detail


class Forbidden(StarModelError):
    """The actor may not do this."""

    status = 403

    def __init__(self, detail: str = "This is not allowed.") -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(StarModelError):
    """There is no `entity` with this `id`."""

    status = 404

    def __init__(self, entity: str, id: str) -> None:
        super().__init__(f"There is no such {entity}.")
        self.entity = entity
        self.id = id


class Conflict(StarModelError):
    """Somebody else changed the `entity` with this `id` first."""

    status = 409

    def __init__(self, entity: str, id: str) -> None:
        super().__init__(f"Somebody else changed this {entity} at the same time. Try again.")
        self.entity = entity
        self.id = id


class LockContention(Conflict):
    """Others were in the way of what was asked, whatever it was about; it may be tried again."""


class PayloadTooLarge(StarModelError):
    """The body has more than `limit` bytes."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body may have at most {limit} bytes.")
        self.limit = limit


class UnsupportedMediaType(StarModelError):
    """The body is of a `media_type` that is not understood, or is packed in some way."""

    status = 415

    def __init__(self, media_type: str, message: str = "The body must be JSON or a form.") -> None:
        super().__init__(message)
        self.media_type = media_type


class ArgumentError(NamedTuple):
    """What is wrong with one argument or field.

    `name` is `""` for what belongs to none in particular. `type` is a stable word for
    programs, pydantic's where there is one: `int_parsing`, `missing`, `greater_than`.
    """

    name: str
    message: str
    type: str


class InvalidArguments(StarModelError):
    """The arguments of an event do not fit; `errors` has one entry for each."""

    status = 422

    def __init__(self, errors: tuple[ArgumentError, ...]) -> None:
        super().__init__(_sentence("The arguments do not fit", errors))
        self.errors = errors


class UnknownArguments(InvalidArguments):
    """A program gives arguments that there are not; `errors` has their names as it wrote them."""


class QueryTooBroad(StarModelError):
    """Of the `limit` records that a request may look through, too few may be read by its actor."""

    status = 422

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"More than {limit:,} records would have to be looked through for those that you may"
            " see. Narrow it down with more filters."
        )
        self.limit = limit


class InvalidState(StarModelError):
    """An event left its entity invalid, so nothing was stored.

    `errors` names public fields only; what is wrong with a private one is said without its
    name. Messages hold no values, unless the author's own validator wrote one into the text
    of its `ValueError`; that of a private field is withheld.
    """

    status = 422

    def __init__(self, entity: str, errors: tuple[ArgumentError, ...]) -> None:
        super().__init__(_sentence(f"This would leave the {entity} invalid", errors))
        self.entity = entity
        self.errors = errors


class Refused(StarModelError):
    """An event says no. The message is for whoever asked; nothing is stored.

    Raise it, or a class of one's own below it, in an event: `raise Refused("There is no room.")`.
    """

    status = 422


class ConstraintViolation(StarModelError):
    """The database refused what an event left: a value is taken, a record is still needed.

    `errors` names fields, so that a form can say it beside its inputs.
    """

    status = 409

    def __init__(self, entity: str, errors: tuple[ArgumentError, ...]) -> None:
        super().__init__(_sentence(f"The {entity} cannot be stored", errors))
        self.entity = entity
        self.errors = errors


class DuplicateId(Conflict):
    """A new record has the `id` of another one of its `entity`, so nothing was stored."""

    def __init__(self, entity: str, id: str) -> None:
        super().__init__(entity, id)
        self.args = (f"There is another {entity} with this id.",)
        self.errors = (ArgumentError("id", "This is taken.", "unique"),)


class StaleVersion(StarModelError):
    """Somebody else has changed the record since the caller saw it, so nothing was stored.

    `differs` has, for each public field that the caller wanted to change, what it is now, where
    that is something else; `version` is the current one.
    """

    status = 409

    def __init__(
        self, entity: str, id: str, differs: Mapping[str, object], version: int | None = None
    ) -> None:
        super().__init__("Somebody else has changed this. Look at it again, then save once more.")
        self.entity = entity
        self.id = id
        self.differs = differs
        self.version = version


class DuplicateRequest(StarModelError):
    """The same request came before, and was carried out then: this is no failure.

    What it led to is the record or holder `id` of `entity`; `created` is whether it made that
    record.
    """

    status = 409

    def __init__(self, entity: str, id: str, *, created: bool) -> None:
        super().__init__("This was done already.")
        self.entity = entity
        self.id = id
        self.created = created


class TooManyRequests(StarModelError):
    """Come back in `retry_after` seconds."""

    status = 429

    def __init__(self, retry_after: float) -> None:
        super().__init__("Too many requests. Try again later.")
        self.retry_after = retry_after


class Unavailable(StarModelError):
    """It cannot be done just now; try again in `retry_after` seconds.

    This process is about to end, or has no room left, or cannot reach its database.
    """

    status = 503

    def __init__(self, retry_after: float) -> None:
        super().__init__("This is not available at the moment. Try again later.")
        self.retry_after = retry_after

    @property
    def reason(self) -> str:
        """What led to it, for the log alone."""
        return str(self.__cause__ or self)


class StoreFull(StarModelError):
    """The store holds its `limit` of entries, and none of them may be dropped."""

    status = 503

    def __init__(self, limit: int) -> None:
        super().__init__("There is no room left. Try again later.")
        self.limit = limit


def _sentence(start: str, errors: tuple[ArgumentError, ...]) -> str:
    details = "; ".join(
        f"{error.name}: {error.message}" if error.name else error.message for error in errors
    )
    return f"{start}: {details}" if details else f"{start}."
