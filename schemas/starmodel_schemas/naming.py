"""How names are bent; the only place that does."""

import re
from functools import cache

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NEWLY_CASED = re.compile(
    r"([\u019b\u0264\u0277\u027c\u1c89\u1c8a\ua7cb-\ua7cf\ua7d2-\ua7d5\ua7da-\ua7dd\ua7e2\uab4b\uab4c"
    r"\uab6c\uab6d\U00010d50-\U00010d65\U00010d70-\U00010d85\U00016ea0-\U00016ed3]+)"
)
"""Letters whose upper case came with Unicode 15 to 18: newer versions of Python alone know it."""


@cache
def snake_case(name: str) -> str:
    """`ShopOrder` as `shop_order`, `HTTPServer` as `http_server`."""
    return _BOUNDARY.sub("_", name).lower()


def constant_case(name: str) -> str:
    """`ShopOrder` or `shop_order` as `SHOP_ORDER`."""
    return upper_case(snake_case(name))


def pascal_case(name: str) -> str:
    """`toggle_all` as `ToggleAll`."""
    return "".join(map(sentence_case, name.split("_")))


def title_words(name: str) -> str:
    """`update_count` as `Update count`, for labels and headings."""
    return sentence_case(snake_case(name).replace("_", " ").strip())


def plural(words: str) -> str:
    """`order line` as `order lines`, `category` as `categories`."""
    if words.endswith("y") and words[-2:-1] not in "aeiou":
        return f"{words[:-1]}ies"
    if words.endswith(("s", "x", "z", "ch", "sh")):
        return f"{words}es"
    return f"{words}s"


def list_constant(name: str) -> str:
    """`OrderLine` as `ORDER_LINES`, for the list of the records of an entity."""
    return upper_case(plural(title_words(name).lower()).replace(" ", "_"))


def sentence_case(words: str) -> str:
    """`order lines` as `Order lines`, for headings."""
    return upper_case(words[:1]) + words[1:]


def upper_case(text: str) -> str:
    """Return a text in upper case, the same on every version of Python."""
    if text.isascii():
        return text.upper()
    return "".join(
        part if _NEWLY_CASED.match(part) else part.upper() for part in _NEWLY_CASED.split(text)
    )
