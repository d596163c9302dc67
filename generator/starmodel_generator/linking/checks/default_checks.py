"""Defaults that no save would take, however deep they are: SM214, and SM506 in a database."""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

from starmodel_generator.database.columns import stored_type
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import (
    INVALID_DEFAULT,
    INVALID_SERVER_DEFAULT,
)
from starmodel_generator.diagnostics.rules.sql_rules import INEXACT_TYPE
from starmodel_generator.linking.defaults.default_validation import validated
from starmodel_generator.linking.defaults.value_origins import ConstructedObject, Unknown, is_known
from starmodel_generator.linking.field_storage import stored_fields, stored_value
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.unparse import literal_text, shortened
from starmodel_generator.linking.reporting import Problem
from starmodel_schemas import (
    ConstrainedType,
    Constraints,
    Default,
    DictType,
    EnumType,
    ListType,
    LiteralDefault,
    LiteralType,
    ObjectType,
    OptionalType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.address_types import PARSED

_LARGEST = 2**63 - 1
_MICROSECOND = timedelta(microseconds=1)


def check_defaults(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM214: pydantic refuses a default, and so every save of what has it."""
    for entity in app.entities:
        yield from _invalid(entity.fields, entity.options.settings, app)
    for linked in app.objects.values():
        yield from _invalid(linked.fields, linked.settings, app)


def check_shown_defaults(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM214: a default is not of its type, and is shown before a save has made it so.

    A record is saved before anybody sees it; other entities begin with what their class says.
    """
    said: set[int] = set()
    for entity in app.entities:
        if entity.schema.scope == "RECORD":
            continue
        objects = (app.objects.get(symbol.qualified_name) for symbol in entity.reached)
        fields = [field for linked in objects if linked is not None for field in linked.fields]
        for field in (*entity.fields, *fields):
            schema = field.schema
            wanted = _unconverted(field.default, schema.type, schema.default)
            if wanted is None or id(field) in said:
                continue
            if any(_refused(field.default, schema.type, schema.constraints, {}, app)):
                continue
            said.add(id(field))
            text = f"has a default that is no `{wanted}`, and pydantic does not make it one"
            help = f"write the value itself, `{wanted}(...)`"
            if schema.type.kind == "enum":
                help = f"write the member itself, `{wanted}.NAME`"
            yield field.at_default(Problem(INVALID_DEFAULT, text, help))


def _unconverted(value: object, type: TypeRef, written: Default | None) -> str | None:
    """Return the type that a default is to be made into, where it is shown in another way."""
    while isinstance(type, OptionalType | ConstrainedType):
        type = type.item
    if value is None or not is_known(value):
        return None
    match type, value:
        case (ScalarType() | UnionType()), _:
            made, message = validated(value, type, Constraints(), {})
            kinds = made.__class__.__name__, value.__class__.__name__
            if message is not None or kinds[0] == kinds[1]:
                return None
            is_text_of_number = kinds[0] in PARSED and kinds[1] != "str"
            return kinds[0] if is_text_of_number or _SHOWN_BY_METHODS & {*kinds} else None
        case EnumType(enum=name), _ if isinstance(written, LiteralDefault):
            return name.rpartition(".")[2]
        case ObjectType(object=name), dict():
            return name.rpartition(".")[2]
        case _:
            found = (_unconverted(part, item, None) for part, item in _items(value, type))
            return next((each for each in found if each is not None), None)


_SHOWN_BY_METHODS = frozenset({"bytes", "date", "datetime", "time", "timedelta"})
"""Scalars of which JSON is made by asking the value itself."""


def check_stored_defaults(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM506: a database cannot keep a default."""
    for entity in app.entities:
        if entity.schema.store != "SERVER_SQL":
            continue
        in_columns: set[int] = set()
        for field in stored_fields(entity.fields):
            stored = stored_value(field, app)
            in_columns |= {id(part) for part in stored.fields if stored.kind == "parts"}
            is_column = stored.kind in ("column", "parts")
            yield from _unkept(field, entity.options.settings, is_column=is_column)
        for symbol in entity.reached:
            linked = app.objects.get(symbol.qualified_name)
            if linked is None:
                continue
            for field in stored_fields(linked.fields):
                yield from _unkept(field, linked.settings, is_column=id(field) in in_columns)


def _invalid(
    fields: Iterable[LinkedField], settings: Mapping[str, object], app: LinkedApp
) -> Iterator[Diagnostic]:
    for field in fields:
        schema = field.schema
        said = _settings(field, settings)
        for value, message in _refused(field.default, schema.type, schema.constraints, said, app):
            written = shortened(literal_text(value))
            text = f"has the default `{written}`, which pydantic refuses: {message}"
            yield field.at_default(Problem(INVALID_DEFAULT, text, "change the default or the type"))
            break


def _settings(field: LinkedField, settings: Mapping[str, object]) -> Mapping[str, object]:
    if field.allows_infinity is None:
        return settings
    return {**settings, "allow_inf_nan": field.allows_infinity}


def _refused(
    value: object,
    type: TypeRef,
    limits: Constraints,
    settings: Mapping[str, object],
    app: LinkedApp,
) -> Iterator[tuple[object, str]]:
    """Values that pydantic refuses, with what it says."""
    while isinstance(type, OptionalType):
        if value is None:
            return
        type = type.item
    if isinstance(type, ObjectType) and isinstance(value, dict):
        given = cast("dict[object, object]", value).items()
        value = ConstructedObject(type.object, tuple((str(key), part) for key, part in given))
    if isinstance(value, ConstructedObject):
        linked = app.objects.get(value.name)
        fields = {each.schema.name: each for each in linked.fields} if linked is not None else {}
        for name, part in value.values:
            field = fields.get(name)
            if linked is not None and field is not None:
                schema = field.schema
                yield from _refused(part, schema.type, schema.constraints, linked.settings, app)
    elif is_known(value):
        _, message = validated(value, type, limits, settings)
        if message is not None:
            yield value, message
            return
    for part, item in _items(value, type):
        yield from _refused(part, item, Constraints(), settings, app)


def _items(value: object, type: TypeRef) -> Iterator[tuple[object, TypeRef]]:
    """The parts of a value with their types."""
    while isinstance(type, OptionalType | ConstrainedType):
        type = type.item
    match type, value:
        case (ListType(item=item) | SetType(item=item)), (list() | tuple()):
            yield from ((part, item) for part in cast("list[object]", value))
        case TupleType(items=items, variadic=variadic), (list() | tuple()):
            parts = cast("list[object]", value)
            types = items * len(parts) if variadic else items
            yield from zip(parts, types, strict=False)
        case DictType(value=item), dict():
            yield from ((part, item) for part in cast("dict[object, object]", value).values())
        case _:
            return


def check_server_defaults(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM139: a part of a value object has a `server_default`."""
    for linked in app.objects.values():
        for field in linked.fields:
            if field.schema.server_default is not None:
                text = "has a `server_default`, inside of a value object"
                help = "write `default=...`"
                yield field.subject.diagnose(Problem(INVALID_SERVER_DEFAULT, text, help))


def _unkept(
    field: LinkedField, settings: Mapping[str, object], *, is_column: bool
) -> Iterator[Diagnostic]:
    schema = field.schema
    value = field.default
    if is_column and isinstance(
        stored_type(schema.type, schema.constraints).type, EnumType | LiteralType
    ):
        # Each of their values is looked at, whichever is the default.
        return
    if is_known(value) and not isinstance(value, ConstructedObject):
        said = _settings(field, settings)
        value, message = validated(value, schema.type, schema.constraints, said)
        if message is not None:
            return
    for part, reason in _reasons(value, is_column=is_column):
        text = f"has the default `{shortened(literal_text(part))}`, {reason}"
        yield field.at_default(Problem(INEXACT_TYPE, text, "choose another default"))
        return


def _reasons(value: object, *, is_column: bool) -> Iterator[tuple[object, str]]:
    """The values that cannot be kept, with why; JSON has numbers of any size."""
    reason: str | None = None
    match value:
        case Unknown() | None | bool():
            return
        case ConstructedObject(_, values):
            for _, part in values:
                yield from _reasons(part, is_column=is_column)
        case list() | tuple() | set() | frozenset():
            for part in cast("list[object]", value):
                yield from _reasons(part, is_column=False)
        case dict():
            for key, part in cast("dict[object, object]", value).items():
                yield from _reasons(key, is_column=False)
                yield from _reasons(part, is_column=False)
        case int() if is_column and not -_LARGEST - 1 <= value <= _LARGEST:
            reason = "which has more than 64 bits"
        case float() if not math.isfinite(value):
            reason = "which no database keeps"
        case str():
            reason = _unfit_text(value)
        case timedelta() if is_column and not -_LARGEST - 1 <= value // _MICROSECOND <= _LARGEST:
            reason = "which has more than 64 bits of microseconds"
        case datetime() if is_column and value.tzinfo is not None:
            reason = _unfit_moment(value)
        case _:
            return
    if reason is not None:
        yield value, reason


def _unfit_text(value: str) -> str | None:
    if "\0" in value:
        return "which holds a NUL character"
    if any("\ud800" <= character <= "\udfff" for character in value):
        return "which holds half a character"
    return None


def _unfit_moment(value: datetime) -> str | None:
    try:
        value.astimezone(UTC)
    except OverflowError:
        return "which in UTC is outside of the years 1 to 9999"
    return None
