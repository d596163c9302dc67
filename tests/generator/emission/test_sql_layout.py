"""SQL that SQLAlchemy leaves as it is."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from starmodel_generator.emission.sql.sql_layout import without_parameters

TEXTS = (
    "a:b",
    "a :b",
    ":b",
    ":b:",
    ":b:c :d",
    "::text",
    "a\\:b",
    "a\\\\:b",
    "a\\\\\\:b",
    "\\:",
    "\\: x",
    "\\::x",
    "\\:b:",
    "\\:b:c \\:d",
    "x:$y :$z",
    '{"a":1,"b\\":":2}',
    "é:é \\:é",
    "é:b —:b —:—: :é:",
    ":\U00010d50 :b\U00010d50",  # a letter since Unicode 16
    "\U00010d50:b \\:\U00010d50",
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.asyncpg.dialect()])
def test_nothing_is_a_parameter(text: str, dialect: sa.Dialect) -> None:
    sql = f"thing IN ('{text}')"
    assert str(sa.text(without_parameters(sql)).compile(dialect=dialect)) == sql
