"""How decimals become other values, and others decimals.

SQLite keeps a decimal as an integer, so there it is arithmetic on integers: exact, and rounded
half away from zero as PostgreSQL does. One of more than 18 digits is a text there, which can get more
digits, and no fewer.
"""

from starmodel_generator.database.sql_text import is_wide
from starmodel_generator.migrations.conversions.conversion import Conversion, kind_of
from starmodel_schemas import ColumnType, NumericColumnType


def decimal_conversion(old: ColumnType, new: ColumnType) -> Conversion | None:
    """Return how to convert where one of the types is a decimal; `None` where nobody could tell."""
    if isinstance(new, NumericColumnType) and isinstance(old, NumericColumnType):
        return _widened(old, new) if is_wide(old) or is_wide(new) else _rescaled(old, new)
    if any(isinstance(each, NumericColumnType) and is_wide(each) for each in (old, new)):
        return None
    if isinstance(new, NumericColumnType):
        return _to_decimal(kind_of(old), new)
    assert isinstance(old, NumericColumnType)
    return _from_decimal(old, kind_of(new))


def _rescaled(old: NumericColumnType, new: NumericColumnType) -> Conversion:
    change = new.scale - old.scale
    fewer = (new.precision - new.scale) < (old.precision - old.scale)
    risk, misfit = _room(new, old.scale) if fewer else ("", None)
    if change == 0:
        return Conversion(None, None, risk=risk, misfit=misfit)
    if change > 0:
        return Conversion(f"{{}} * {10**change}", None, risk=risk, misfit=misfit)
    return Conversion(
        _rounded(-change),
        f"round({{}}, {new.scale})",
        loss=f"are rounded to {_digits(new.scale)} after the point",
        risk=risk,
        misfit=misfit,
    )


def _widened(old: NumericColumnType, new: NumericColumnType) -> Conversion | None:
    """Put zeros, or of a negative number nines, around the digits; no other way is known."""
    before = (new.precision - new.scale) - (old.precision - old.scale)
    after = new.scale - old.scale
    if before < 0 or after < 0:
        return None
    if is_wide(old):
        negative, digits, positive = "{} LIKE '-%'", "substr({}, 2)", "{}"
    else:
        negative, digits = "{} < 0", f"printf('%0{old.precision}d', {10**old.precision - 1} + {{}})"
        positive = f"printf('%0{old.precision}d', {{}})"
    return Conversion(
        f"CASE WHEN {negative} THEN '-{'9' * before}' || {digits} || '{'9' * after}'"
        f" ELSE '{'0' * before}' || {positive} || '{'0' * after}' END"
    )


def _rounded(digits: int) -> str:
    """Divide by a power of ten."""
    factor = 10**digits
    half = factor // 2
    return f"({{}} + CASE WHEN {{}} < 0 THEN -{half} ELSE {half} END) / {factor}"


def _room(new: NumericColumnType, scale: int) -> tuple[str, str]:
    """Return what does not fit before the point of the new type, of integers of that scale."""
    whole = new.precision - new.scale
    return (
        f"of more than {_digits(whole)} before the point",
        f"abs({{}}) >= {10 ** (whole + scale)}",
    )


def _digits(count: int) -> str:
    return "1 digit" if count == 1 else f"{count} digits"


def _to_decimal(old: str, new: NumericColumnType) -> Conversion | None:
    factor = 10**new.scale
    risk, misfit = _room(new, 0)
    exact = f"CAST({{}} AS numeric({new.precision}, {new.scale}))"
    if old == "integer":
        return Conversion(f"{{}} * {factor}", exact, risk=risk, misfit=misfit)
    if old == "float":
        return Conversion(
            f"CAST(round({{}} * {factor}) AS INTEGER)",
            exact,
            loss=f"are rounded to {_digits(new.scale)} after the point",
            risk=risk,
            misfit=misfit,
        )
    return _text_to_decimal(exact, new) if old == "text" else None


def _text_to_decimal(exact: str, new: NumericColumnType) -> Conversion:
    """Digit by digit in SQLite, which would go through a float."""
    point = "instr({} || '.', '.')"
    fraction = f"replace(substr({{}} || '.', {point} + 1), '.', '')"
    whole = f"substr({{}}, 1, {point} - 1)"
    digits = "replace(ltrim({}, '-'), '.', '')"
    zeros = "0" * new.scale
    return Conversion(
        f"CAST({whole} || substr({fraction} || '{zeros}', 1, {new.scale}) AS INTEGER)",
        exact,
        loss=f"with more than {_digits(new.scale)} after the point are rounded on PostgreSQL",
        risk="that are no such numbers",
        misfit=(
            f"{digits} = '' OR {digits} GLOB '*[^0-9]*'"
            " OR length({}) - length(replace({}, '.', '')) > 1"
            " OR ltrim({}, '-') <> {} AND '-' || ltrim({}, '-') <> {}"
            f" OR length(rtrim({fraction}, '0')) > {new.scale}"
            f" OR length(ltrim(ltrim({whole}, '-'), '0')) > {new.precision - new.scale}"
        ),
    )


def _from_decimal(old: NumericColumnType, new: str) -> Conversion | None:
    factor = 10**old.scale
    if new == "integer":
        loss = "are rounded to whole numbers" if old.scale else ""
        whole = _rounded(old.scale) if old.scale else None
        return Conversion(whole, "CAST(round({}) AS bigint)", loss=loss)
    if new == "float":
        loss = "of more than 15 digits lose the last ones" if old.precision > 15 else ""
        return Conversion(f"{{}} / {factor}.0", "CAST({} AS double precision)", loss=loss)
    if new == "text":
        sign = "CASE WHEN {} < 0 THEN '-' ELSE '' END"
        printed = (
            f"printf('%s%d.%0{old.scale}d', {sign}, abs({{}}) / {factor}, abs({{}}) % {factor})"
        )
        return Conversion(printed if old.scale else "CAST({} AS TEXT)", "CAST({} AS text)")
    return None
