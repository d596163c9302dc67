"""Errors: fields first, then a sentence that anybody may read."""

import pytest

from starmodel.errors import (
    ArgumentError,
    BadRequest,
    ConfigurationError,
    Conflict,
    Forbidden,
    InvalidArguments,
    InvalidState,
    NotFound,
    PayloadTooLarge,
    StarModelError,
    StoreFull,
    TooManyRequests,
    Unauthenticated,
    UnsupportedMediaType,
)

ERRORS = (ArgumentError("count", "Too small.", "greater_than"), ArgumentError("", "No.", "x"))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadRequest(), 400),
        (Unauthenticated(), 401),
        (Forbidden(), 403),
        (NotFound("room", "secret-id"), 404),
        (Conflict("room", "secret-id"), 409),
        (PayloadTooLarge(10), 413),
        (UnsupportedMediaType("secret/type"), 415),
        (InvalidArguments(ERRORS), 422),
        (InvalidState("room", ERRORS), 422),
        (TooManyRequests(1.0), 429),
        (ConfigurationError("Say what to do."), 500),
        (StoreFull(3), 503),
    ],
)
def test_every_error_has_a_status_and_a_sentence(error: StarModelError, status: int) -> None:
    assert error.status == status
    assert str(error).strip().endswith((".", "; No."))
    assert "secret" not in str(error)


def test_the_sentence_names_what_is_wrong() -> None:
    assert str(InvalidArguments(ERRORS)) == "The arguments do not fit: count: Too small.; No."
