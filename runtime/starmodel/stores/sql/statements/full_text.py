"""Full-text indexes: what makes them, what takes them away, and what is asked of them.

An index holds the words of some columns, taken together. PostgreSQL has it as a GIN index on an
expression. SQLite has it as an FTS5 table that triggers keep up to date in the same transaction;
its rows are numbered by a table of their own, since those of a table whose key is a text may be
numbered anew by `VACUUM`. Both have words as letters and digits, whatever the case, and nothing of
what somebody searches for has a meaning to the database.
"""

import re
from collections.abc import Iterator, Sequence

from starmodel.stores.sql.drivers.driver import Dialect
from starmodel.stores.sql.tables.column import quote

LONGEST = 100_000
"""How many characters of a record PostgreSQL has in its index, which takes no more than a megabyte."""

_SIGNS = (
    r"\u0080-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"  # Latin-1
    r"\u037e\u0387\u055a-\u055f\u0589\u058a\u05be\u05f3\u05f4"  # Greek, Armenian, Hebrew
    r"\u060c\u060d\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965"  # Arabic, Devanagari
    r"\u2000-\u206f\u20a0-\u20cf\u2116\u2122"  # punctuation, currencies, numero, trade mark
    r"\u2190-\u245f\u2500-\u2775\u2794-\u2bff"  # arrows, mathematics, technical signs, dingbats
    r"\u2e00-\u2e2e\u2e30-\u3004\u3008-\u3020\u3030\u3036\u3037\u303d-\u303f\u30a0\u30fb"  # CJK
    r"\ufe00-\ufe1f\ufe30-\ufe6f\ufeff-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\ufffd"
    r"\U0001f000-\U0001f0ff\U0001f10d-\U0001fbef"  # game pieces, emoji
)
"""What is neither a letter nor a digit beyond ASCII, in a set of a regular expression: the same in
Python and in PostgreSQL, whose own idea of it is that of its locale, and in `C` none at all."""

# Not one of these is a question mark, which would be a parameter.
_BETWEEN = f"[!-/:-@[-`{{-~{_SIGNS}]+"
_SEPARATORS = re.compile(rf"[\x00-/:-@\[-`{{-\x7f{_SIGNS}]+")


def create_statements(
    table: str, key: str, columns: Sequence[str], dialect: Dialect
) -> Iterator[str]:
    """Write what makes the index of a table by the names of its key and of the columns.

    The rows that are there are in it.
    """
    index = quote(f"fts_{table}")
    owner = quote(table)
    if dialect == "postgresql":
        yield f"CREATE INDEX {index} ON {owner} USING gin ({_vector('', columns)})"
        return
    rows, id = quote(f"fts_{table}_rows"), quote(key)
    # FTS5 has names of its own, such as `rank`, which a column there cannot have.
    listed = ", ".join([f"c{place}" for place in range(len(columns))])
    yield f"CREATE TABLE {rows} (docid INTEGER PRIMARY KEY, owner NOT NULL UNIQUE)"
    # Diacritics mean something on PostgreSQL as well.
    options = "content='', tokenize='unicode61 remove_diacritics 0'"
    yield f"CREATE VIRTUAL TABLE {index} USING fts5({listed}, {options})"
    yield f"INSERT INTO {rows} (owner) SELECT {id} FROM {owner}"

    def values(of: str) -> str:
        return ", ".join([f"{of}.{quote(column)}" for column in columns])

    yield (
        f"INSERT INTO {index} (rowid, {listed}) SELECT {rows}.docid, {values(owner)} FROM {rows}"
        f" JOIN {owner} ON {owner}.{id} = {rows}.owner"
    )
    added = (
        f"INSERT INTO {rows} (owner) VALUES (new.{id});"
        f" INSERT INTO {index} (rowid, {listed})"
        f" SELECT docid, {values('new')} FROM {rows} WHERE owner = new.{id};"
    )
    removed = (
        f"INSERT INTO {index} ({index}, rowid, {listed})"
        f" SELECT 'delete', docid, {values('old')} FROM {rows} WHERE owner = old.{id};"
        f" DELETE FROM {rows} WHERE owner = old.{id};"
    )
    changed = " OR ".join(
        [f"old.{quote(column)} IS NOT new.{quote(column)}" for column in (key, *columns)]
    )
    watched = ", ".join(map(quote, (key, *columns)))
    for event, condition, steps in (
        ("INSERT", "", added),
        ("DELETE", "", removed),
        (f"UPDATE OF {watched}", f" WHEN {changed}", f"{removed} {added}"),
    ):
        name = quote(f"fts_{table}_{event.partition(' ')[0].lower()}")
        yield f"CREATE TRIGGER {name} AFTER {event} ON {owner}{condition} BEGIN {steps} END"


def drop_statements(table: str, dialect: Dialect) -> Iterator[str]:
    """Write what takes the index of a table away."""
    if dialect == "postgresql":
        yield f"DROP INDEX {quote(f'fts_{table}')}"
        return
    for event in ("insert", "delete", "update"):
        yield f"DROP TRIGGER {quote(f'fts_{table}_{event}')}"
    yield f"DROP TABLE {quote(f'fts_{table}')}"
    yield f"DROP TABLE {quote(f'fts_{table}_rows')}"


def condition(
    table: str, key: str, columns: Sequence[str], text: str, dialect: Dialect
) -> tuple[str, tuple[object, ...]]:
    """Write the condition that a row has all words of a text, the last of which may be a beginning."""
    words = words_of(text)
    if not words:
        return "1 = 0", ()
    owner, index = quote(table), quote(f"fts_{table}")
    if dialect == "postgresql":
        asked = " & ".join([f"'{word}'" for word in words]) + ":*"
        return f"{_vector(f'{owner}.', columns)} @@ to_tsquery('simple', ?)", (asked,)
    rows = quote(f"fts_{table}_rows")
    asked = " AND ".join([f'"{word}"' for word in words]) + "*"
    found = f"SELECT rowid FROM {index} WHERE {index} MATCH ?"
    ids = f"SELECT {rows}.owner FROM {rows} WHERE {rows}.docid IN ({found})"
    return f"{owner}.{quote(key)} IN ({ids})", (asked,)


def words_of(text: str) -> list[str]:
    """Return the words of a text: what stands between signs, and has a letter or a digit."""
    return [word for word in _SEPARATORS.split(text) if any(map(str.isalnum, word))]


def _vector(owner: str, columns: Sequence[str]) -> str:
    """Write the words of a row, as PostgreSQL has them in the index: the very same text each time."""
    texts = " || ' ' || ".join([f"coalesce({owner}{quote(column)}, '')" for column in columns])
    # Signs are taken out, since its parser has words for an address or a path as a whole.
    apart = f"regexp_replace(left({texts}, {LONGEST}), '{_BETWEEN}', ' ', 'g')"
    return f"to_tsvector('simple', {apart})"
