"""How values are written for each database, and read again; what it would not keep is refused.

On the way in a codec refuses and never rounds: what comes back must equal what was stored. It
leaves `None` to its caller.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from math import isfinite
from typing import Any, NamedTuple
from uuid import UUID

from starmodel.application.documents.json_text import (
    NotStorable,
    check_class,
    check_text,
    encode_anything,
    encode_json,
)

__all__ = ["NotStorable", "check_class", "check_text", "encode_anything", "encode_json"]

Convert = Callable[[Any], Any]

LARGEST_INTEGER = 2**63 - 1
SMALLEST_INTEGER = -(2**63)
LARGEST_DIGITS = 18
"""How many digits any whole number of 64 bits may have."""

_MICROSECOND = timedelta(microseconds=1)
# Its own, so that a precision that an author sets for his sums changes nothing stored.
_EXACT = Context(prec=200, traps=[DivisionByZero, InvalidOperation, Overflow, Inexact])


class Codec(NamedTuple):
    """How one kind of value is written and read; `None` where it stays as it is."""

    encode: Convert | None = None
    decode: Convert | None = None


def check_integer(value: int | str) -> int:
    """Refuse what needs more than 64 bits. The id of a reference may come as text."""
    number = _integer_of(value) if isinstance(value, str) else value
    if not SMALLEST_INTEGER <= number <= LARGEST_INTEGER:
        raise NotStorable("A whole number can have 64 bits at most.", "int_parsing_size")
    return number


def check_float(value: float) -> float:
    """Refuse what is not finite; SQLite would make it NULL."""
    if not isfinite(value):
        raise NotStorable("The number must be finite.", "finite_number")
    return float(value)


def check_uuid(value: UUID | str) -> UUID:
    """Make sure of a UUID. The id of a reference may come as text."""
    if isinstance(value, UUID):
        return value
    try:
        return UUID(value)
    except ValueError:
        raise NotStorable("This is not a UUID.", "uuid_parsing") from None


def check_datetime(value: datetime) -> datetime:
    """Return the moment in UTC."""
    if value.utcoffset() is None:
        raise NotStorable("The date and time need a time zone.", "timezone_aware")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise NotStorable("In UTC this is outside of the years 1 to 9999.", "date_range") from None


def check_naive_datetime(value: datetime) -> datetime:
    """Refuse a time zone, which would be lost."""
    if value.tzinfo is not None:
        raise NotStorable("The date and time must not have a time zone.", "timezone_naive")
    return value.replace(fold=0) if value.fold else value


def check_date(value: date) -> date:
    """Refuse a time of day, which would be lost."""
    if isinstance(value, datetime):
        raise NotStorable("This must be a date without a time.", "date_type")
    return value


def check_time(value: time) -> time:
    """Refuse a time zone, which would be lost."""
    if value.tzinfo is not None:
        raise NotStorable("The time must not have a time zone.", "timezone_naive")
    return value.replace(fold=0) if value.fold else value


def encode_interval(value: timedelta) -> int:
    """Return whole microseconds."""
    return check_integer(value // _MICROSECOND)


def decode_interval(value: int) -> timedelta:
    """Read whole microseconds."""
    return timedelta(microseconds=value)


def exact(precision: int, scale: int) -> Convert:
    """Return the function that makes sure of a decimal, with exactly `scale` places."""
    unit = Decimal(1).scaleb(-scale)
    limit = Decimal(10) ** (precision - scale)

    def check(value: Decimal) -> Decimal:
        try:
            fitting = _EXACT.quantize(value, unit)
        except (Inexact, InvalidOperation):
            fitting = None
        if fitting is None or not fitting.is_finite() or fitting.copy_abs() >= limit:
            raise NotStorable(
                f"The number can have {precision} digits, {scale} of them after the point.",
                "decimal_max_digits",
            )
        # Neither database keeps the sign of zero.
        return fitting if fitting else fitting.copy_abs()

    return check


def is_wide(precision: int) -> bool:
    """Return whether a decimal has more digits than an integer of 64 bits."""
    return precision > LARGEST_DIGITS


def ordered_text(number: int, digits: int) -> str:
    """Write a whole number as a text of some digits, so that texts have the order of the numbers.

    Of a negative number it is what is missing to all nines, behind a sign that comes before digits.
    """
    if abs(number) >= 10**digits:
        # A limit that no such number reaches: what comes behind all digits, or before any sign.
        return ":" if number > 0 else ""
    return f"{number:0{digits}d}" if number >= 0 else f"-{10**digits - 1 + number:0{digits}d}"


def _number_of(text: str, digits: int) -> int:
    return int(text[1:]) - (10**digits - 1) if text[0] == "-" else int(text)


def scaled(precision: int, scale: int) -> Codec:
    """Return the codec that keeps a decimal as a whole number of its smallest unit.

    One of more than 18 digits, which no integer of SQLite holds, is kept as a text in the same
    order.
    """
    check = exact(precision, scale)
    is_text = is_wide(precision)

    def encode(value: Decimal) -> int | str:
        number = int(_EXACT.scaleb(check(value), scale))
        return ordered_text(number, precision) if is_text else number

    def decode(value: Any) -> Decimal:
        number = _number_of(value, precision) if is_text else value
        return _EXACT.scaleb(Decimal(number), -scale)

    return Codec(encode, decode)


def _integer_of(text: str) -> int:
    if len(text) > 20 or not text.isascii() or not text.removeprefix("-").isdigit():
        raise NotStorable("This is not a whole number.", "int_parsing")
    return int(text)


def _sqlite_datetime(value: datetime) -> str:
    return check_datetime(value).replace(tzinfo=None).isoformat(" ", "microseconds")


def _sqlite_naive_datetime(value: datetime) -> str:
    return check_naive_datetime(value).isoformat(" ", "microseconds")


def _sqlite_date(value: date) -> str:
    return check_date(value).isoformat()


def _sqlite_time(value: time) -> str:
    return check_time(value).isoformat("microseconds")


def _sqlite_uuid(value: UUID | str) -> str:
    return check_uuid(value).hex


def _read_datetime(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def _read_uuid(value: UUID | str) -> UUID:
    # Of links the ids come as JSON.
    return UUID(value) if isinstance(value, str) else value


SQLITE: dict[str, Codec] = {
    "text": Codec(check_text),
    "integer": Codec(check_integer),
    "bool": Codec(int, bool),
    "float": Codec(check_float),
    "bytes": Codec(bytes),
    "date": Codec(_sqlite_date, date.fromisoformat),
    "time": Codec(_sqlite_time, time.fromisoformat),
    "datetime": Codec(_sqlite_datetime, _read_datetime),
    "naive_datetime": Codec(_sqlite_naive_datetime, datetime.fromisoformat),
    "interval": Codec(encode_interval, decode_interval),
    "uuid": Codec(_sqlite_uuid, UUID),
    "json": Codec(encode_json, json.loads),
    "anything": Codec(encode_anything, json.loads),
}
"""By the kind of column; numbers with places have `scaled`."""

POSTGRESQL: dict[str, Codec] = {
    "text": Codec(check_text),
    "integer": Codec(check_integer),
    "bool": Codec(),
    "float": Codec(check_float),
    "bytes": Codec(bytes),
    "date": Codec(check_date),
    "time": Codec(check_time),
    "datetime": Codec(check_datetime),
    "naive_datetime": Codec(check_naive_datetime),
    "interval": Codec(encode_interval, decode_interval),
    "uuid": Codec(check_uuid, _read_uuid),
    "json": Codec(encode_json, json.loads),
    "anything": Codec(encode_anything, json.loads),
}
"""By the kind of column; numbers with places have `exact`. JSON goes both ways as text."""
