"""Values that an event makes of its arguments, and that do not fit: what its caller is told.

Pydantic's error is the caller's where the author's code made the value: `Track(title=title)`, or
`self.title = title` where assignments are validated. What was read from elsewhere, as
`Track.model_validate(answer.json())`, is not. And it has to be about something that the caller
may know of: an entity, a value object in one's fields or in the event's parameters, or another
model whose parts that do not fit are called like the event's arguments. Everything else is a
fault of the app's.
"""

from collections.abc import Collection, Iterable, Mapping
from traceback import walk_tb
from typing import Any, cast

from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError, ValidationError

from starmodel.application.copying import (
    NOT_SHOWN,
    authors_text,
    private_names,
    quotes_secret,
)
from starmodel.domain import Entity
from starmodel.errors import ArgumentError, InvalidArguments
from starmodel.web.validation.argument_schemas import field_names, models
from starmodel.web.validation.arguments import Arguments
from starmodel.web.validation.messages import argument_error

MAX_ERRORS = 20
"""How many errors are told at most."""

WITHHELD = "What it says has a secret in it, and is not logged."
"""The text of such an error in the log."""

_READING = ("model_validate", "validate_", "parse_")
"""What the names of pydantic's functions begin with that read what came from elsewhere."""


def invalid_arguments(
    error: ValidationError, arguments: Arguments | None, entities: Iterable[type[Entity]]
) -> InvalidArguments | None:
    """Return what the caller of an event is told of an error; `None` where it is none of his.

    `arguments` are the event's, `entities` the app's.
    """
    if not _is_made(error):
        return None
    names = () if arguments is None else arguments.names
    details = error.errors(include_url=False, include_input=False)
    known = _classes_called(error.title, arguments, entities)
    if not known and not all(_is_about(detail, names) for detail in details):
        return None
    shown, private = _parts(known)
    errors = [_told(detail, names, shown, private) for detail in details[:MAX_ERRORS]]
    return InvalidArguments(tuple(dict.fromkeys(errors)))


def loggable(
    error: BaseException, write_only: Mapping[type[Any], Collection[str]], depth: int = 20
) -> BaseException:
    """Return an error, and those that it came of, without the values that a log is not to have.

    Pydantic's say what did not fit, which may be a password of a request or of what is stored. A
    text that quotes a secret is withheld: a `SecretStr`, or what is in a field of an entity that
    `write_only` names.
    """
    cause, context = error.__cause__, error.__context__
    if depth and cause is not None:
        error.__cause__ = loggable(cause, write_only, depth - 1)
    elif depth and context is not None and not error.__suppress_context__:
        error.__context__ = loggable(context, write_only, depth - 1)
    if isinstance(error, ValidationError):
        shown = _without_inputs(error)
    elif quotes_secret(error, write_only):
        cls = type(error)
        shown = type(cls.__name__, (Exception,), {"__module__": cls.__module__})(WITHHELD)
    else:
        return error
    shown.__cause__, shown.__context__ = error.__cause__, error.__context__
    shown.__suppress_context__ = error.__suppress_context__
    return shown.with_traceback(error.__traceback__)


def _without_inputs(error: ValidationError) -> ValidationError:
    details = [
        InitErrorDetails(
            type=PydanticCustomError(
                cast("Any", detail["type"]), "{said}", {"said": detail["msg"]}
            ),
            loc=detail["loc"],
            input=None,
        )
        for detail in error.errors(include_url=False, include_input=False)
    ]
    return ValidationError.from_exception_data(error.title, details, hide_input=True)


def _is_made(error: ValidationError) -> bool:
    """Return whether the author's code made the value, and did not read it."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    roots = [str(frame.f_globals.get("__name__", "")).partition(".")[0] for frame in frames]
    if "pydantic" not in roots:
        return False
    place = roots.index("pydantic")
    called = frames[place].f_code.co_name
    return place > 0 and roots[place - 1] != "starmodel" and not called.startswith(_READING)


def _classes_called(
    title: str, arguments: Arguments | None, entities: Iterable[type[Entity]]
) -> set[type[Any]]:
    """Return the entities and value objects of that name which the app and the event know."""
    schemas: list[object] = [cls.__pydantic_core_schema__ for cls in entities]
    if arguments is not None:
        schemas += [argument.schema for argument in arguments.arguments.values()]
    return {cls for cls in models(schemas) if cls.__pydantic_validator__.title == title}


def _parts(known: Iterable[type[Any]]) -> tuple[set[str], set[str]]:
    """Return the names of the parts of models: those that are shown, and those that are private."""
    schemas = [cls.__pydantic_core_schema__ for cls in known]
    private = {name for cls in models(schemas) for name in private_names(cls)}
    return field_names(schemas) - private, private


def _is_about(detail: ErrorDetails, names: tuple[str, ...]) -> bool:
    """Return whether an error is about an argument, or in the author's own words."""
    place = detail["loc"]
    return str(place[0]) in names if place else authors_text(detail) is not None


def _told(
    detail: ErrorDetails, names: tuple[str, ...], shown: set[str], private: set[str]
) -> ArgumentError:
    place = detail["loc"]
    # The innermost says most: `street` of an address that was made of a street and a city.
    name = next((str(part) for part in reversed(place) if part in names), None)
    if name is not None:
        return argument_error({**detail, "loc": ()}, name, ())
    if private.intersection(map(str, place)):
        return NOT_SHOWN
    return argument_error(detail, "", shown)
