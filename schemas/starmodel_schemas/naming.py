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


def entity_words(name: str) -> str:
    """`OrderLine` as `order line`, `APIKey` as `API key`: what one is called inside of a sentence."""
    parts = _BOUNDARY.sub("_", name).strip("_").split("_")
    return " ".join(
        [part if len(part) > 1 and _is_acronym(part) else part.lower() for part in parts if part]
    )


def plural(words: str) -> str:
    """`order line` as `order lines`, `category` as `categories`, `API key` as `API keys`.

    The last word is the one that changes. What a table does not know follows the rules of
    spelling; a name that is plural already, such as `settings`, stays.
    """
    before, space, word = words.rpartition(" ")
    if _is_acronym(word):
        return f"{words}s"
    return f"{before}{space}{_plural_of(word)}"


def _is_acronym(word: str) -> bool:
    return word.isascii() and word.isupper()


def _plural_of(word: str) -> str:
    if word in _SAME or word.endswith(_PLURAL_ENDINGS) or word.endswith(("ware", "craft")):
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, other in _IRREGULAR_ENDINGS.items():
        if word.endswith(ending):
            return word.removesuffix(ending) + other
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    if word.endswith("sis"):
        return f"{word[:-2]}es"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    return f"{word}s"


_SAME = frozenset("""
    advice aircraft analytics data deer details equipment feedback fish furniture goods information
    logistics luggage mail media money news people series sheep species staff statistics
    """.split())
"""Words that are their own plural, or are plural already."""

_PLURAL_ENDINGS = ("ings", "es", "ers", "ors", "nts", "cts")
"""Ends of words that are plural already, as nearly all are: `lines`, `orders`, `events`."""

_IRREGULAR = {
    "child": "children",
    "criterion": "criteria",
    "datum": "data",
    "echo": "echoes",
    "foot": "feet",
    "goose": "geese",
    "half": "halves",
    "hero": "heroes",
    "human": "humans",
    "knife": "knives",
    "leaf": "leaves",
    "life": "lives",
    "loaf": "loaves",
    "medium": "media",
    "mouse": "mice",
    "phenomenon": "phenomena",
    "potato": "potatoes",
    "quiz": "quizzes",
    "shelf": "shelves",
    "thief": "thieves",
    "tomato": "tomatoes",
    "tooth": "teeth",
    "wolf": "wolves",
}

_IRREGULAR_ENDINGS = {"person": "people", "woman": "women", "man": "men", "wife": "wives"}
"""Ends of words, of which the first that fits counts: `salesman`, `midwife`."""


def list_constant(name: str) -> str:
    """`OrderLine` as `ORDER_LINES`, for the list of the records of an entity.

    Where one and several are called alike, it is `SERIES_LIST`.
    """
    one = entity_words(name).lower()
    several = plural(one)
    return upper_case((several if several != one else f"{one} list").replace(" ", "_"))


def fields_constant(name: str) -> str:
    """`FIELDS`, for the fields that the pages of an entity have.

    Where the entity or its list is called so itself, it is `PAGE_FIELDS`.
    """
    is_taken = "FIELDS" in (constant_case(name), list_constant(name))
    return "PAGE_FIELDS" if is_taken else "FIELDS"


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
