"""What pydantic itself makes of a type, as part of another schema of pydantic-core's."""

from typing import Annotated, Any, TypedDict, Unpack

from pydantic import StringConstraints, TypeAdapter
from pydantic_core import CoreSchema


class TextLimits(TypedDict, total=False):
    """What can be asked of a text."""

    min_length: int
    max_length: int
    pattern: str
    strip_whitespace: bool
    to_lower: bool
    to_upper: bool


def type_schema(type_: Any, **limits: Unpack[TextLimits]) -> CoreSchema:
    """Return pydantic's schema of a type that is sent as one value: `type_schema(HttpUrl)`.

    Args:
        type_: The type: an e-mail address, a URL, an IP address, a `Flag`.
        limits: What is asked of its text besides.
    """
    declared: Any = Annotated[type_, StringConstraints(**limits)] if limits else type_
    return TypeAdapter[Any](declared).core_schema


def number_of(value: object) -> object:
    """Return the whole number that a text is; any other value is left as it is."""
    is_number = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20
    return int(value) if isinstance(value, str) and is_number else value
