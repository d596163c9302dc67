"""What tables, columns and constraints may be called in a database."""

from starmodel_generator.unicode_table import is_word_character

LONGEST = 63
"""The bytes of a name that PostgreSQL keeps; it cuts off the rest."""


def is_long(name: str) -> bool:
    """Return whether a name is longer than PostgreSQL keeps."""
    return len(name.encode()) > LONGEST


def unfit_name(name: object) -> str | None:
    """Return why something cannot be a name that an author gives; `None` if it can."""
    if not isinstance(name, str):
        return "is no text"
    if not name or not all(is_word_character(each) or each in "$ -" for each in name):
        return "is more than letters, digits, `_`, `$`, `-` and spaces"
    if name[0] in "0123456789$ -" or name.endswith(" "):
        return "does not begin with a letter, or ends with a space"
    return f"is longer than {LONGEST} bytes" if is_long(name) else None
