"""Every conversion of a column's values to another type that can be worked out."""

from starmodel_generator.migrations.conversions.conversion import AS_IT_IS, Conversion, kind_of
from starmodel_generator.migrations.conversions.decimal_conversion import decimal_conversion
from starmodel_schemas import ColumnType, NumericColumnType, TextColumnType


def conversion(old: ColumnType, new: ColumnType) -> Conversion | None:
    """Return how values of one type become values of another; `None` where nobody could tell."""
    if isinstance(old, TextColumnType) and isinstance(new, TextColumnType):
        return _shorter(old, new)
    if isinstance(old, NumericColumnType) or isinstance(new, NumericColumnType):
        return decimal_conversion(old, new)
    return _TABLE.get((kind_of(old), kind_of(new)))


def _shorter(old: TextColumnType, new: TextColumnType) -> Conversion:
    if new.max_length is None or (old.max_length is not None and old.max_length <= new.max_length):
        return AS_IT_IS
    cut = f"substr({{}}, 1, {new.max_length})"
    return Conversion(cut, cut, loss=f"longer than {new.max_length} characters are cut")


_UTC_TEXT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
_HEX = "replace(lower({}), '-', '')"
_NUMBER_LIKE = "{} GLOB '*[^0-9.eE+-]*' OR {} NOT GLOB '*[0-9]*'"
_DASHED = (
    "substr({}, 1, 8) || '-' || substr({}, 9, 4) || '-' || substr({}, 13, 4) || '-' ||"
    " substr({}, 17, 4) || '-' || substr({}, 21)"
)

_TABLE: dict[tuple[str, str], Conversion] = {
    ("bool", "integer"): Conversion(None, "CAST(CAST({} AS integer) AS bigint)"),
    ("bool", "text"): Conversion(
        "CASE {} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", "CAST({} AS text)"
    ),
    ("integer", "bool"): Conversion("{} <> 0", "{} <> 0", loss="other than 0 become true"),
    ("integer", "float"): Conversion(
        "CAST({} AS REAL)",
        "CAST({} AS double precision)",
        loss="beyond 2 to the power of 53 lose their last digits",
    ),
    ("integer", "text"): Conversion("CAST({} AS TEXT)", "CAST({} AS text)"),
    ("float", "integer"): Conversion(
        "CAST(round({}) AS INTEGER)",
        "CAST(round(CAST({} AS numeric)) AS bigint)",
        loss="are rounded to whole numbers",
        risk="of more than 64 bits",
        misfit="abs({}) >= 9223372036854775808.0",
    ),
    ("float", "text"): Conversion(
        "CAST({} AS TEXT)", "CAST({} AS text)", loss="may lose digits after the fifteenth"
    ),
    ("text", "integer"): Conversion(
        "CAST({} AS INTEGER)",
        "CAST({} AS bigint)",
        risk="that are no whole numbers",
        misfit="CAST(CAST({} AS INTEGER) AS TEXT) <> {}",
    ),
    ("text", "float"): Conversion(
        "CAST({} AS REAL)",
        "CAST({} AS double precision)",
        risk="that are no numbers",
        misfit=_NUMBER_LIKE,
    ),
    ("text", "bool"): Conversion(
        "CASE lower({}) WHEN 'true' THEN 1 WHEN '1' THEN 1 ELSE 0 END",
        "CAST({} AS boolean)",
        risk="other than true and false",
        misfit="lower({}) NOT IN ('true', 'false', '1', '0')",
    ),
    ("text", "bytes"): Conversion("CAST({} AS BLOB)", "convert_to({}, 'UTF8')"),
    ("bytes", "text"): Conversion(
        "CAST({} AS TEXT)", "convert_from({}, 'UTF8')", risk="that are no UTF-8"
    ),
    ("text", "uuid"): Conversion(
        _HEX,
        "CAST({} AS uuid)",
        risk="that are no UUIDs",
        misfit=f"length({_HEX}) <> 32 OR {_HEX} GLOB '*[^0-9a-f]*'",
    ),
    ("uuid", "text"): Conversion(_DASHED, "CAST({} AS text)"),
    ("text", "date"): Conversion(
        "date({})",
        "CAST({} AS date)",
        risk="that are no dates like 2024-12-31",
        misfit="date({}) IS NULL OR date({}) <> {}",
    ),
    ("date", "text"): Conversion("{}", "CAST({} AS text)"),
    ("text", "datetime"): Conversion(
        "strftime('%Y-%m-%d %H:%M:%f', {}) || '000'",
        "CAST({} AS timestamp with time zone)",
        loss="are kept to the millisecond on SQLite",
        risk="that are no times like 2024-12-31 23:59:59",
        misfit="strftime('%s', {}) IS NULL",
    ),
    ("datetime", "text"): Conversion("{}", _UTC_TEXT),
    ("naive_datetime", "text"): Conversion("{}", "to_char({}, 'YYYY-MM-DD HH24:MI:SS.US')"),
    ("time", "text"): Conversion("{}", "to_char({}, 'HH24:MI:SS.US')"),
    ("date", "datetime"): Conversion(
        "{} || ' 00:00:00.000000'", "CAST({} AS timestamp) AT TIME ZONE 'UTC'"
    ),
    ("date", "naive_datetime"): Conversion("{} || ' 00:00:00.000000'", "CAST({} AS timestamp)"),
    ("datetime", "date"): Conversion(
        "substr({}, 1, 10)", "CAST({} AT TIME ZONE 'UTC' AS date)", loss="lose the time of day"
    ),
    ("naive_datetime", "date"): Conversion(
        "substr({}, 1, 10)", "CAST({} AS date)", loss="lose the time of day"
    ),
    ("datetime", "naive_datetime"): Conversion(None, "{} AT TIME ZONE 'UTC'"),
    ("naive_datetime", "datetime"): Conversion(None, "{} AT TIME ZONE 'UTC'"),
    ("bool", "json"): Conversion(
        "CASE {} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END", "to_jsonb({})"
    ),
    ("integer", "json"): Conversion("CAST({} AS TEXT)", "to_jsonb({})"),
    ("float", "json"): Conversion("json_quote({})", "to_jsonb({})"),
    ("text", "json"): Conversion("json_quote({})", "to_jsonb({})"),
    ("date", "json"): Conversion("json_quote({})", "to_jsonb({})"),
}
"""Conversions between types without parameters, by the words for them.

What is missing here is no conversion: the old values have nothing to say about the new ones.
"""
