"""The classes of URLs and IP addresses, whose values the generator can make as an author would."""

import ipaddress
from typing import Any, TypeGuard

import pydantic

from starmodel_schemas.types import PARSED


def parsed_class(name: str) -> Any:
    """Return a class by the name that the schema has for it: `HttpUrl`, `IPv4Address`."""
    return getattr(ipaddress, name, None) or getattr(pydantic, name)


def is_parsed(value: object) -> TypeGuard[Any]:
    """Return whether a value is of one of these classes."""
    cls = type(value)
    return cls.__name__ in PARSED and cls.__module__ in ("ipaddress", "pydantic.networks")


def parsed_module(value: object) -> str:
    """Return the module that the class of such a value is imported from."""
    return type(value).__module__.partition(".")[0]
