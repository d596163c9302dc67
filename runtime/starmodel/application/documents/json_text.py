"""JSON that keeps values as they are: what would come back as something else is refused."""

import json
import re
from typing import Any, TypeVar

from pydantic import BaseModel

M = TypeVar("M")

_NUL_IN_JSON = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class NotStorable(ValueError):
    """A store would not keep this value as it is; `type` is a stable word for the reason."""

    def __init__(self, message: str, type: str = "not_storable") -> None:
        super().__init__(message)
        self.message = message
        self.type = type


def check_text(value: str) -> str:
    """Refuse what PostgreSQL or UTF-8 has no room for, on either database."""
    if "\0" in value:
        raise NotStorable("A text cannot hold the character NUL.", "string_nul")
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise NotStorable(
                "A text cannot hold half of a surrogate pair.", "string_unicode"
            ) from None
    return value


def check_class(value: M, cls: type[Any]) -> M:
    """Return the value; refuse an instance of a class that derives from the declared one: it would come back less."""
    if type(value) is not cls or (isinstance(value, BaseModel) and value.__pydantic_extra__):
        raise NotStorable(f"This must be a {cls.__name__}, and no more than that.", "model_type")
    return value


# `json.dumps` makes one of these each time.
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def encode_json(value: object) -> str:
    """Write JSON: UTF-8, without spaces, keys in their order."""
    try:
        text = _to_json(value)
    except ValueError:
        raise NotStorable("Every number in it must be finite.", "finite_number") from None
    except TypeError:
        raise NotStorable("JSON has no way to keep something in it.", "json_type") from None
    except RecursionError:
        raise NotStorable("It is nested too deeply.", "recursion_loop") from None
    if "\\u0000" in text and _NUL_IN_JSON.search(text):
        raise NotStorable("A text in it cannot hold the character NUL.", "string_nul")
    return check_text(text)


def encode_anything(value: object) -> str:
    """Write JSON of which the very same value can be made again.

    A tuple would come back as a list, and a number that is a key as a text.
    """
    text = encode_json(value)
    if json.loads(text) != value:
        raise NotStorable("JSON has no way to keep something in it.", "json_type")
    return text
