"""How names are bent; the only place that does."""

import re
from functools import cache

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def snake_case(name: str) -> str:
    """`ShopOrder` as `shop_order`, `HTTPServer` as `http_server`."""
    return _BOUNDARY.sub("_", name).lower()


def constant_case(name: str) -> str:
    """`ShopOrder` or `shop_order` as `SHOP_ORDER`."""
    return snake_case(name).upper()


def pascal_case(name: str) -> str:
    """`toggle_all` as `ToggleAll`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_") if part)


def title_words(name: str) -> str:
    """`update_count` as `Update count`, for labels and headings."""
    words = snake_case(name).replace("_", " ").strip()
    return words[:1].upper() + words[1:]
