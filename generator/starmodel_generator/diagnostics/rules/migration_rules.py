"""Rules about what a migration finds."""

from starmodel_generator.diagnostics.diagnostic import Rule

DESTRUCTIVE = Rule(
    "SM551",
    "destructive-migration",
    "error",
    summary="a migration would drop a column or a table, with its values",
    explanation=(
        "The entities no longer have it, but the database may. If it only has another name now,"
        ' say so: `Field(renamed_from="title")` on the field, or `renamed_from="Item"` in the'
        " entity's `model_config`; then the values are kept. Or what a column holds that is kept as"
        " JSON changes, which no migration goes into: rows keep what they have, and may not be"
        " readable. If it is meant, repeat the command"
        " with the `--accept` that the message names: it is written into the migration for"
        " whoever reviews it."
    ),
)
LOSSY = Rule(
    "SM552",
    "lossy-migration",
    "error",
    summary="a migration would make values shorter or coarser, or ids others",
    explanation=(
        "A text is cut to its new length, a decimal is rounded, a time stamp loses its time of"
        " day. Ids that were numbers and are UUIDs now get new values, and so does what refers to"
        " them: nothing of the old ones says what the new ones are. Taking the migration back does not bring them back. If it is meant, repeat the"
        " command with the `--accept` that the message names."
    ),
)
MISSING = Rule(
    "SM553",
    "missing-backfill",
    "error",
    summary="a column is required, and nobody says what rows that are there get",
    explanation=(
        "Give the field a default that is a literal, and rows get that; a `default_factory` runs in"
        " Python, for new records only. Or say it once, for this"
        " migration: `--backfill product.sku=\"'P-' || id\"`, an SQL expression over the row's"
        " columns. Where no row needs a value, the `--accept` that the message names says so; the"
        " migration then fails, with nothing changed, if one does."
    ),
)
DATA = Rule(
    "SM554",
    "data-dependent-migration",
    "warning",
    summary="a migration cannot be applied where rows do not fit",
    explanation=(
        "A new unique index, a new bound, a reference: rows from before may not keep it. Nothing"
        " is lost then: the migration stops, and the database is as it was. Look for such rows"
        " before the migration is deployed."
    ),
)
DIALECT = Rule(
    "SM556",
    "one-database-backfill",
    "warning",
    summary="what rows get is written so that only one database can read it",
    explanation=(
        "An expression of `--backfill` goes into the migration as it is, and SQLite and PostgreSQL"
        " have different functions: `strftime` is SQLite's, `now()` and `::text` are PostgreSQL's."
        " Where the app runs on one of them only, that is all right. Else write it with what both"
        " have, or write the migration by hand and ask `op.get_bind().dialect.name`."
    ),
)
REFUSED = Rule(
    "SM555",
    "refused-migration",
    "error",
    summary="a change cannot be worked out from the entities alone",
    explanation=(
        "Another column as the key of a table that is there, ids that a new table refers to while"
        " they become others, or a name that passes from one thing to another. Do it"
        " in two migrations, or write one by hand: `starmodel migrate new --empty` makes the"
        " file."
    ),
)
