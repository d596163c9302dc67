"""What is wrong with an argument, in the words of whoever filled it in.

Messages hold limits and choices that the author declared, and nothing of the input; or what a rule
of the author's says.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic_core import ErrorDetails

from starmodel.application.copying import INVALID, authors_text
from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.errors import ArgumentError
from starmodel.web.http.request_limits import MAX_DIGITS

MISSING = "This is required."

_SENTENCES: Mapping[str, str] = {
    "missing": MISSING,
    "none_required": "Leave this empty.",
    "string_type": "Enter a text.",
    "string_sub_type": "Enter a text.",
    "string_unicode": "Enter a text.",
    "string_pattern_mismatch": "This does not have the right form.",
    "int_type": "Enter a whole number.",
    "int_parsing": "Enter a whole number.",
    "int_parsing_size": "This number is too long.",
    "int_from_float": "Enter a whole number.",
    "float_type": "Enter a number.",
    "float_parsing": "Enter a number.",
    "finite_number": "Enter a finite number.",
    "decimal_type": "Enter a number.",
    "decimal_parsing": "Enter a number.",
    "bool_type": "Choose yes or no.",
    "bool_parsing": "Choose yes or no.",
    "date_type": "Enter a date, such as 2026-03-14.",
    "date_parsing": "Enter a date, such as 2026-03-14.",
    "date_from_datetime_parsing": "Enter a date, such as 2026-03-14.",
    "date_from_datetime_inexact": "Enter a date, such as 2026-03-14.",
    "date_past": "Enter a date in the past.",
    "date_future": "Enter a date in the future.",
    "time_type": "Enter a time, such as 09:30.",
    "time_parsing": "Enter a time, such as 09:30.",
    "datetime_type": "Enter a date and time, such as 2026-03-14T09:30.",
    "datetime_parsing": "Enter a date and time, such as 2026-03-14T09:30.",
    "datetime_from_date_parsing": "Enter a date and time, such as 2026-03-14T09:30.",
    "datetime_object_invalid": "Enter a date and time, such as 2026-03-14T09:30.",
    "datetime_past": "Enter a time in the past.",
    "datetime_future": "Enter a time in the future.",
    "timezone_naive": "Enter a time without a time zone.",
    "timezone_aware": "Enter a time with its time zone.",
    "timezone_offset": "Enter a time with the right time zone.",
    "time_delta_type": "Enter a duration, such as PT1H30M.",
    "time_delta_parsing": "Enter a duration, such as PT1H30M.",
    "uuid_type": "Enter a UUID.",
    "uuid_parsing": "Enter a UUID.",
    "uuid_version": "Enter a UUID of the right version.",
    "email": "Enter an e-mail address, such as ada@example.com.",
    "url_type": "Enter a URL.",
    "url_parsing": "Enter a URL.",
    "url_scheme": "Enter a URL of the right kind.",
    "url_syntax_violation": "Enter a URL.",
    "bytes_type": "Enter bytes in Base64.",
    "bytes_invalid_encoding": "Enter bytes in Base64.",
    "list_type": "Give a list.",
    "tuple_type": "Give a list.",
    "set_type": "Give a list.",
    "frozen_set_type": "Give a list.",
    "iterable_type": "Give a list.",
    "dict_type": "Give an object.",
    "mapping_type": "Give an object.",
    "model_type": "Give an object.",
    "dataclass_type": "Give an object.",
    "extra_forbidden": "This is not known here.",
    "json_invalid": "This is not JSON.",
    "reference_type": "Choose a record.",
    "too_precise": "This number is too long.",
    "duplicate": "This is given twice.",
}

_NO_EMAIL = "value is not a valid email address"
"""How pydantic's message about an `EmailStr` begins, whose type is that of any `ValueError`."""

_LIMITS: Mapping[str, tuple[str, str]] = {
    "greater_than": ("gt", "Enter more than {}."),
    "greater_than_equal": ("ge", "Enter at least {}."),
    "less_than": ("lt", "Enter less than {}."),
    "less_than_equal": ("le", "Enter at most {}."),
    "multiple_of": ("multiple_of", "Enter a multiple of {}."),
    "string_too_short": ("min_length", "Enter at least {} characters."),
    "string_too_long": ("max_length", "Enter at most {} characters."),
    "bytes_too_short": ("min_length", "Enter at least {} bytes."),
    "bytes_too_long": ("max_length", "Enter at most {} bytes."),
    "too_short": ("min_length", "Give at least {} items."),
    "too_long": ("max_length", "Give at most {} items."),
    "decimal_max_digits": ("max_digits", "Enter at most {} digits."),
    "decimal_max_places": ("decimal_places", "Enter at most {} decimal places."),
    "decimal_whole_digits": ("whole_digits", "Enter at most {} digits before the point."),
    "enum": ("expected", "Choose {}."),
    "literal_error": ("expected", "Choose {}."),
    "union_tag_invalid": ("expected_tags", "Choose one of {}."),
    "union_tag_not_found": ("discriminator", "Say which it is, by {}."),
}


def argument_error(
    detail: ErrorDetails, name: str, fields: Collection[str], value: object = None
) -> ArgumentError:
    """Turn what pydantic found into words.

    Args:
        detail: One of its errors.
        name: The argument.
        fields: The names of fields that a value object in the argument may have. Any other
            text in the place is a key that the client made up, and is not repeated.
        value: What was given; then an entry of a mapping is named by its place there.
    """
    type = detail["type"]
    if detail["msg"].startswith(_NO_EMAIL):
        type = "email"
    sentence = authors_text(detail) or _sentence(type, detail.get("ctx", {}))
    place = _place(detail["loc"], fields, value)
    return ArgumentError(name, f"{place}: {sentence}" if place else sentence, detail["type"])


def simple_error(name: str, type: str) -> ArgumentError:
    """Make an error of a type whose sentence has no limit in it."""
    return ArgumentError(name, _SENTENCES[type], type)


def _sentence(type: str, context: Mapping[str, Any]) -> str:
    if type in _SENTENCES:
        return _SENTENCES[type]
    if type not in _LIMITS:
        return INVALID
    name, sentence = _LIMITS[type]
    limit = context.get(name)
    match limit:
        case 1 if name == "min_length":
            return "This must not be empty."
        case 1 if name in ("max_length", "max_digits", "decimal_places", "whole_digits"):
            return (
                sentence.format(limit)
                .replace("characters", "character")
                .replace("digits", "digit")
                .replace("places", "place")
                .replace("bytes", "byte")
                .replace("items", "item")
            )
        case int() if abs(limit) >= 10**MAX_DIGITS:
            return _SENTENCES["int_parsing_size"]
        case int() | float() | str() | Decimal() | date() | timedelta():
            return sentence.format(limit)
        case _:
            return INVALID


def _place(parts: Sequence[str | int], fields: Collection[str], value: object) -> str:
    words: list[str] = []
    for part in parts:
        if isinstance(part, int):
            words.append(f"item {part + 1}")
            value = value[part] if is_sequence(value) and part < len(value) else None
            continue
        if part in fields:
            words.append(part)
        elif is_mapping(value) and part in value:
            words.append(f"entry {[*value].index(part) + 1}")
        if is_mapping(value):
            value = value.get(part)
    place = ", ".join(words)
    return place[:1].upper() + place[1:]
