"""The scalar types that are URLs and IP addresses. This module needs no more than Python."""

from typing import Literal, TypeAlias, get_args

UrlName: TypeAlias = Literal["AnyUrl", "AnyHttpUrl", "HttpUrl", "AnyWebsocketUrl", "WebsocketUrl"]
"""pydantic's classes of addresses."""

AddressName: TypeAlias = Literal[
    "IPv4Address",
    "IPv4Interface",
    "IPv4Network",
    "IPv6Address",
    "IPv6Interface",
    "IPv6Network",
    "IPvAnyAddress",
    "IPvAnyInterface",
    "IPvAnyNetwork",
]
"""Classes of `ipaddress`, and pydantic's names for either version."""

URLS: frozenset[str] = frozenset(get_args(UrlName))
ADDRESSES: frozenset[str] = frozenset(get_args(AddressName))
PARSED: frozenset[str] = URLS | ADDRESSES
"""Scalars that are objects in Python, and their text everywhere else."""
