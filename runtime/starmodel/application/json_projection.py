"""What JSON has of a value that nobody has declared the type of.

Generated code writes out how each declared field is picked. Only for `Any`, and for what an event
without annotation returns, the value itself has to be looked at.
"""

from base64 import b64encode
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from starmodel.domain import Ref
from starmodel.domain.type_guards import is_mapping, is_sequence, is_set

_TEXTS = frozenset({"ipaddress", "pydantic.networks"})
"""Modules whose classes are what their text says: IP addresses, URLs."""


def json_value(value: object) -> Any:
    """Return a new value that JSON can have, in the form in which declared fields are sent.

    Plain values, and lists, sets and mappings of them, are what they are. Everything else is
    `None`, value objects and entities too: which of their fields are private is only known where
    their class is declared.
    """
    if isinstance(value, Enum):
        return json_value(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal | UUID) or type(value).__module__ in _TEXTS:
        return str(value)
    if isinstance(value, Ref):
        return value.id
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    if is_mapping(value):
        return {_key(key): json_value(item) for key, item in value.items()}
    if is_sequence(value):
        return [json_value(item) for item in value]
    if is_set(value):
        return sorted([json_value(item) for item in value], key=repr)
    return None


def serialized(model: BaseModel, name: str) -> Any:
    """Return what JSON has of a field that its author has a serializer for."""
    return model.model_dump(mode="json", include={name}, by_alias=False, warnings=False)[name]


def _key(key: object) -> str:
    text = json_value(key)
    if isinstance(text, bool):
        return "true" if text else "false"
    return text if isinstance(text, str) else str(text)
