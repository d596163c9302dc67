"""The classes of URLs and IP addresses, whose values the generator can make as an author would."""

import ipaddress
from importlib import import_module
from typing import Any, TypeGuard

from starmodel_schemas.address_types import PARSED


def parsed_class(name: str) -> Any:
    """Return a class by the name that the schema has for it: `HttpUrl`, `IPv4Address`."""
    # By name: constants are folded, and texts compared, where there is nothing but Python.
    return getattr(ipaddress, name, None) or getattr(import_module("pydantic"), name)


def is_parsed(value: object) -> TypeGuard[Any]:
    """Return whether a value is of one of these classes."""
    return type(value).__name__ in PARSED


def parsed_module(value: object) -> str:
    """Return the module that the class of such a value is imported from."""
    return type(value).__module__.partition(".")[0]
