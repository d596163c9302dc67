"""What columns cannot keep exactly, and what SQLModel is told of them in vain: SM224, SM506."""

from collections.abc import Iterable, Iterator

from starmodel_generator.database.columns import StoredColumn, StoredType, columns_of, stored_type
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import INVALID_CONSTRAINT
from starmodel_generator.diagnostics.rules.pydantic_rules import SQLMODEL_OPTION
from starmodel_generator.diagnostics.rules.sql_rules import INEXACT_TYPE, TABLE_NAME_CLASH
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.field_storage import stored_fields, stored_value
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.unparse import literal_text, shortened
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.constraints import number_of
from starmodel_schemas import (
    ColumnsCheck,
    ColumnType,
    Default,
    EnumType,
    ExpressionDefault,
    LiteralType,
    PlainColumnType,
    ScalarType,
)

_MAX_DIGITS = 100
_LEAST, _MOST = -(2**63), 2**63 - 1


def check_exactness(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM506: a column cannot keep every value of its type."""
    for entity in app.entities:
        if entity.schema.store != "SERVER_SQL":
            continue
        for field in stored_fields(entity.fields):
            stored = stored_value(field, app)
            if stored.kind not in ("column", "parts"):
                continue
            for part in stored.fields:
                where = "" if part is field else f", as a part of `{entity.schema.name}`"
                allows = entity.options.allows_infinity and part is field
                for problem in _problems(part, app, allows_infinity=allows):
                    text = problem.text + where
                    yield part.at_type(Problem(problem.rule, text, problem.help))


def check_running_numbers(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM212: an id that the database counts from 1 has a limit that some number breaks."""
    for entity in app.entities:
        for field in entity.fields:
            if not field.schema.identity:
                continue
            limits = field.schema.constraints
            least, below = number_of(limits.ge), number_of(limits.gt)
            is_later = (least is not None and least > 1) or (below is not None and below >= 1)
            if is_later or limits.le or limits.lt or limits.multiple_of:
                text = "has a limit, but the database gives it the next number, from 1 on"
                help = "leave it out; `gt=0` is true of each"
                yield field.at_type(Problem(INVALID_CONSTRAINT, text, help))


def check_kinds(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM224: SQLModel is told that a column holds something else than the field."""
    for entity in app.entities:
        if entity.schema.store == "SERVER_SQL":
            for field in stored_fields(entity.fields):
                if field.column_kind is not None:
                    kinds = [_kind(column.column.type) for column in _stored(field, entity, app)]
                    if kinds != [field.column_kind]:
                        yield field.at_default(_other_kind(field.column_kind, kinds))


def _stored(field: LinkedField, entity: LinkedEntity, app: LinkedApp) -> list[StoredColumn]:
    try:
        return [*columns_of(field.schema, entity.schema.table_name, app)]
    except KeyError:
        # A class that it needs has mistakes of its own.
        return []


def _kind(type_: ColumnType) -> str:
    return type_.name if isinstance(type_, PlainColumnType) else type_.kind


def _other_kind(said: str, kinds: list[str]) -> Problem:
    words = " and ".join(f"`{kind}`" for kind in kinds) or "nothing"
    text = f"is told that its column holds `{said}`, and what it keeps is {words}"
    return Problem(SQLMODEL_OPTION, text, "leave out the type, or change the annotation")


def check_comparisons(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM224, SM511: a `CheckConstraint` has the name of another one, compares what has no order, or columns of two kinds."""
    for entity in app.entities:
        if not entity.schema.checks:
            continue
        stored = [
            column
            for field in stored_fields(entity.fields)
            for column in _stored(field, entity, app)
        ]
        types = {each.column.name: each.column.type for each in stored}
        names = [check.name.casefold() for each in stored for check in each.checks]
        for check in entity.schema.checks:
            if check.name.casefold() in names:
                text = f"has two checks of the name `{check.name}`"
                yield entity.subject.diagnose(Problem(TABLE_NAME_CLASH, text, "rename one of them"))
            names.append(check.name.casefold())
            type_ = types.get(check.column)
            if isinstance(check, ColumnsCheck):
                fits = type_ == types.get(check.other) and type_ not in _UNORDERED
            else:
                fits = type_ is not None and _kind(type_) in ("integer", "float", "numeric")
            if not fits:
                text = f"has the check `{check.name}`, which compares values of two kinds"
                help = "compare a number with a number, or two fields of one type"
                yield entity.subject.diagnose(Problem(SQLMODEL_OPTION, text, help))


_UNORDERED = (None, PlainColumnType(name="json"), PlainColumnType(name="bool"))


def _problems(field: LinkedField, app: LinkedApp, *, allows_infinity: bool) -> Iterator[Problem]:
    value = stored_type(field.schema.type, field.schema.constraints)
    match value.type:
        case ScalarType(name="Decimal"):
            yield from _decimal(value)
        case ScalarType(name="datetime"):
            yield from _datetime(value)
        case EnumType(enum=name) if name in app.enums:
            members = app.enums[name].schema.members
            yield from _values("member", [member.value for member in members])
        case LiteralType(values=values):
            yield from _values("value", values)
        case _:
            pass
    said = field.allows_infinity
    if (allows_infinity if said is None else said) and _is(value, "float", "Decimal"):
        text = "may be infinite or no number, which no database keeps"
        yield Problem(INEXACT_TYPE, text, "leave out `allow_inf_nan`")
    yield from _default(field.schema.default, value)


def _decimal(value: StoredType) -> Iterator[Problem]:
    digits, places = value.constraints.max_digits, value.constraints.decimal_places
    if digits is None or places is None:
        missing = " and ".join(
            f"`{name}`"
            for name, limit in (("max_digits", digits), ("decimal_places", places))
            if limit is None
        )
        text = f"is a `Decimal` without {missing}, and a column has a fixed number of digits"
        help = "for example `Field(max_digits=12, decimal_places=2)`"
        yield Problem(INEXACT_TYPE, text, help)
    elif digits > _MAX_DIGITS:
        text = f"is a `Decimal` of {digits} digits, more than the {_MAX_DIGITS} that are kept"
        help = f"use `max_digits={_MAX_DIGITS}` or less, or keep it as a `str`"
        yield Problem(INEXACT_TYPE, text, help)
    elif digits < 1 or places > digits:
        text = f"is a `Decimal` of {digits} digits, {places} of them after the point"
        yield Problem(INEXACT_TYPE, text, "`decimal_places` is at most `max_digits`")


def _datetime(value: StoredType) -> Iterator[Problem]:
    if value.constraints.timezone is None:
        text = "is a `datetime` that does not say whether it has a zone"
        help = "use `pydantic.AwareDatetime`, or `NaiveDatetime` if no zone is meant"
        yield Problem(INEXACT_TYPE, text, help)


def _values(what: str, values: Iterable[object]) -> Iterator[Problem]:
    for value in values:
        reason = _unfit(value)
        if reason is not None:
            written = shortened(literal_text(value))
            text = f"has the {what} `{written}`, {reason}"
            yield Problem(INEXACT_TYPE, text, f"give the {what} another value")
            return


def _default(default: Default, value: StoredType) -> Iterator[Problem]:
    if (
        isinstance(default, ExpressionDefault)
        and _is(value, "time")
        and "datetime.timezone" in default.imports
    ):
        text = f"has the default `{shortened(default.expression)}`, but a time has no zone"
        yield Problem(INEXACT_TYPE, text, "leave out `tzinfo`, or use an `AwareDatetime`")


def _is(value: StoredType, *names: str) -> bool:
    return isinstance(value.type, ScalarType) and value.type.name in names


def _unfit(value: object) -> str | None:
    """Return why a whole number or a text cannot be kept; `None` if it can."""
    if isinstance(value, int) and not _LEAST <= value <= _MOST:
        return "which has more than 64 bits"
    if isinstance(value, str):
        if "\0" in value:
            return "which holds a NUL character"
        if any("\ud800" <= character <= "\udfff" for character in value):
            return "which holds half a character"
    return None
