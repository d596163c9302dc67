"""Words that databases reserve and SQLAlchemy writes bare: importing this makes it quote them.

A field may have any of these names, and its column has the same one, in row classes and in
migrations.
"""

from sqlalchemy.dialects.postgresql.base import PGIdentifierPreparer
from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer

SQLITE = frozenset({"nothing", "returning"})
POSTGRESQL = frozenset({"collation", "concurrently", "lateral", "system_user", "tablesample"})

SQLiteIdentifierPreparer.reserved_words = SQLiteIdentifierPreparer.reserved_words | SQLITE
PGIdentifierPreparer.reserved_words = PGIdentifierPreparer.reserved_words | POSTGRESQL
