"""Values that are known from source alone, and what is known of values that are not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias, cast
from uuid import UUID

from starmodel_generator.analysis.facts import Expression
from starmodel_generator.linking.names.symbols import ClassSymbol
from starmodel_generator.linking.names.unparse import literal_text
from starmodel_generator.linking.values.parsed_classes import is_parsed, parsed_module


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A member of an enum of the project; `value` is its value."""

    enum: ClassSymbol
    member: str
    value: object


@dataclass(frozen=True, slots=True)
class Constant:
    """A value known without running anything.

    `value` is the Python value itself, with `EnumValue` for members of enums; `text` the Python
    that makes it again and `imports` the qualified names that text uses.
    """

    value: object
    text: str
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotConstant:
    """What is not known without running code: `expression` says what, `reason` why.

    `is_error` is true where it could not work when run either.
    """

    expression: Expression
    reason: str
    is_error: bool = False


Evaluated: TypeAlias = Constant | NotConstant


@dataclass(frozen=True, slots=True)
class SetValue:
    """The items of a set, in source order."""

    items: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class MappingValue:
    """The pairs of a dict, in source order."""

    items: tuple[tuple[object, object], ...]


def without_enums(constant: Constant) -> Constant:
    """A constant with the values of enum members in their place."""
    return Constant(constant.value, _text_without_enums(constant.value), _imports(constant.value))


def _text_without_enums(value: object) -> str:
    match value:
        case EnumValue():
            return literal_text(value.value)
        case list():
            items = cast("list[object]", value)
            return f"[{', '.join(map(_text_without_enums, items))}]"
        case tuple():
            parts = cast("tuple[object, ...]", value)
            comma = "," if len(parts) == 1 else ""
            return f"({', '.join(map(_text_without_enums, parts))}{comma})"
        case SetValue(items):
            return f"{{{', '.join(map(_text_without_enums, items))}}}" if items else "set()"
        case MappingValue(items):
            pairs = (
                f"{_text_without_enums(key)}: {_text_without_enums(each)}" for key, each in items
            )
            return "{" + ", ".join(pairs) + "}"
        case _:
            return literal_text(value)


def _imports(value: object) -> tuple[str, ...]:
    match value:
        case list() | tuple():
            parts = cast("tuple[object, ...]", value)
        case SetValue(items):
            parts = items
        case MappingValue(items):
            parts = tuple(part for pair in items for part in pair)
        case _:
            return _imports_of(value)
    return tuple(dict.fromkeys(name for part in parts for name in _imports(part)))


def plain(value: object) -> Constant:
    """A constant of a value that is no container."""
    return Constant(value, literal_text(value), _imports_of(value))


def _imports_of(value: object) -> tuple[str, ...]:
    match value:
        case Decimal():
            return ("decimal.Decimal",)
        case UUID():
            return ("uuid.UUID",)
        case datetime():
            return ("datetime.datetime", *_zone_imports(value))
        case date():
            return ("datetime.date",)
        case time():
            return ("datetime.time", *_zone_imports(value))
        case timedelta():
            return ("datetime.timedelta",)
        case _ if is_parsed(value):
            return (f"{parsed_module(value)}.{type(value).__name__}",)
        case _:
            return ()


def _zone_imports(value: datetime | time) -> tuple[str, ...]:
    if value.tzinfo is None:
        return ()
    if value.tzinfo is UTC:
        return ("datetime.timezone",)
    return ("datetime.timedelta", "datetime.timezone")
