"""How large the parts of a request may be. All are checked before anything is parsed."""

MAX_BODY = 256 * 1024
"""Bytes in a body."""

MAX_EMPTY = 1000
"""Pieces of a body that have nothing in them."""

MAX_QUERY = 64 * 1024
"""Bytes in a query string, still percent-encoded."""

MAX_SIGNALS = 16 * 1024
"""Characters of JSON in the `datastar` parameter of a query string."""

MAX_DEPTH = 32
"""Objects and arrays inside each other."""

MAX_MEMBERS = 1000
"""Members of all objects and arrays, or fields of a form, taken together."""

MAX_STRING = 64 * 1024
"""Bytes in one string."""

MAX_DIGITS = 100
"""Characters in one number. Far above what any type needs, far below what is slow to convert."""
