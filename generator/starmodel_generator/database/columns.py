"""The columns that a field is kept in: one, or one for each part of a value object."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from starmodel_generator.database.json_shapes import SchemaLookup, shape_of
from starmodel_generator.database.sql_text import CURRENT_TIMESTAMP
from starmodel_schemas import (
    AnyType,
    CheckSchema,
    ChoicesCheck,
    ColumnSchema,
    ColumnType,
    CompareCheck,
    ConstrainedType,
    Constraints,
    Default,
    EntitySchema,
    EnumType,
    ExpressionDefault,
    FactoryDefault,
    FieldSchema,
    LengthCheck,
    ListType,
    LiteralDefault,
    LiteralType,
    NumericColumnType,
    ObjectType,
    OptionalType,
    PlainColumnName,
    PlainColumnType,
    RefType,
    ScalarType,
    TextColumnType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.address_types import PARSED
from starmodel_schemas.types import LiteralValue, ScalarName

ID_FIELD = "id"
JSON = PlainColumnType(name="json")

_PLAIN: dict[ScalarName, PlainColumnName] = {
    "bool": "bool",
    "int": "integer",
    "float": "float",
    "bytes": "bytes",
    "date": "date",
    "time": "time",
    "timedelta": "interval",
    "UUID": "uuid",
}
_MAX_DIGITS = 18
_EMPTY_FACTORIES = {"list": "[]", "dict": "{}", "set": "[]", "tuple": "[]", "frozenset": "[]"}


StorageKind: TypeAlias = Literal["column", "reference", "parts", "json", "links"]
"""One column; a foreign key; a column for each part; a JSON text; a table of its own."""


@dataclass(frozen=True, slots=True)
class Storage:
    """How a field is stored: the names of its columns, and the parts that these hold.

    `attributes` are what the columns are called in Python, whatever `db_name` says.
    """

    kind: StorageKind
    columns: tuple[str, ...]
    attributes: tuple[str, ...]
    parts: tuple[FieldSchema, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """The column of a table that another column refers to."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """A column, what is checked of it, and what it refers to."""

    column: ColumnSchema
    checks: tuple[CheckSchema, ...] = ()
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class StoredType:
    """A type without its options and limits, which stand beside it."""

    type: TypeRef
    constraints: Constraints
    nullable: bool


def link_target(field: FieldSchema) -> str | None:
    """Return the entity that a many-to-many relation leads to; `None` for any other field."""
    type = field.type
    if isinstance(type, ListType) and isinstance(type.item, RefType):
        return type.item.entity
    return None


def id_column(entity: EntitySchema) -> str:
    """Return what the column of an entity's id is called."""
    declared = _declared_id(entity)
    return ID_FIELD if declared is None else declared.db_name or ID_FIELD


def _declared_id(entity: EntitySchema) -> FieldSchema | None:
    return next((field for field in entity.fields if field.name == ID_FIELD), None)


def id_type(entity: EntitySchema) -> ColumnType:
    """Return the type of an entity's id: as it is declared, else text."""
    declared = _declared_id(entity)
    if declared is None or not entity.declares_id:
        return TextColumnType()
    plain = stored_type(declared.type, declared.constraints)
    return _scalar_type(plain) or TextColumnType()


def storage_of(field: FieldSchema, app: SchemaLookup) -> Storage:
    """Return how a field is stored; `app` has the classes that its type names.

    Raises:
        KeyError: There is no such class in `app`.
    """
    if link_target(field) is not None:
        return Storage("links", (), ())
    value = stored_type(field.type, field.constraints)
    if isinstance(value.type, RefType):
        attribute = f"{field.name}_id"
        return Storage("reference", (field.db_name or attribute,), (attribute,))
    cls = app.object(value.type.object) if isinstance(value.type, ObjectType) else None
    if cls is not None and cls.form == "model" and not value.nullable:
        parts = tuple(part for part in cls.fields if not part.computed)
        types = (stored_type(part.type, part.constraints) for part in parts)
        if parts and all(_part_type(type, app) is not None for type in types):
            prefix = field.db_name or field.name
            columns = tuple(f"{prefix}_{part.db_name or part.name}" for part in parts)
            attributes = tuple(f"{field.name}_{part.name}" for part in parts)
            return Storage("parts", columns, attributes, parts)
    kind: StorageKind = "json" if _part_type(value, app) is None else "column"
    return Storage(kind, (field.db_name or field.name,), (field.name,))


def columns_of(field: FieldSchema, table: str, app: SchemaLookup) -> Iterator[StoredColumn]:
    """The columns of a stored field; none for a many-to-many relation, which has a table."""
    value = stored_type(field.type, field.constraints)
    storage = storage_of(field, app)
    match storage.kind:
        case "links":
            return
        case "reference":
            yield _reference(field, value, storage.columns[0], app)
        case "parts":
            yield from _parts(field, storage, table, app)
        case "column" | "json":
            stored = _column(field, value, storage.columns[0], (field.name,), table, app)
            yield replace(stored, target=_named_target(field))


def stored_type(type: TypeRef, constraints: Constraints) -> StoredType:
    """Return a type taken out of its options and limits."""
    nullable = False
    while isinstance(type, OptionalType | ConstrainedType):
        if isinstance(type, OptionalType):
            nullable = True
        else:
            constraints = _joined(constraints, type.constraints)
        type = type.item
    if isinstance(type, LiteralType) and None in type.values:
        nullable = True
        type = LiteralType(values=tuple(value for value in type.values if value is not None))
    return StoredType(type, constraints, nullable or _has_none(type))


def _has_none(type: TypeRef) -> bool:
    """Return whether `None` is a value of what is kept as JSON, where it is NULL."""
    if isinstance(type, UnionType):
        return any(stored_type(member, Constraints()).nullable for member in type.members)
    return isinstance(type, AnyType)


def _joined(outer: Constraints, inner: Constraints) -> Constraints:
    said = inner.model_dump(exclude_defaults=True) | outer.model_dump(exclude_defaults=True)
    return Constraints(**said)


def _reference(field: FieldSchema, plain: StoredType, name: str, app: SchemaLookup) -> StoredColumn:
    assert isinstance(plain.type, RefType)
    other = app.entity(plain.type.entity)
    column = ColumnSchema(
        name=name,
        type=id_type(other),
        path=(field.name,),
        nullable=plain.nullable,
        renamed_from=None if field.renamed_from is None else f"{field.renamed_from}_id",
    )
    return StoredColumn(column, target=Target(other.table_name, id_column(other)))


def _named_target(field: FieldSchema) -> Target | None:
    """Return what `Field(foreign_key="author.id")` names."""
    if field.foreign_key is None:
        return None
    table, _, column = field.foreign_key.rpartition(".")
    return Target(table, column)


def _parts(
    field: FieldSchema, storage: Storage, table: str, app: SchemaLookup
) -> Iterator[StoredColumn]:
    for name, part in zip(storage.columns, storage.parts, strict=True):
        value = stored_type(part.type, part.constraints)
        stored = _column(part, value, name, (field.name, part.name), table, app)
        former = None
        if part.renamed_from is not None or field.renamed_from is not None:
            former = f"{field.renamed_from or field.name}_{part.renamed_from or part.name}"
        yield replace(stored, column=stored.column.model_copy(update={"renamed_from": former}))


def _column(
    field: FieldSchema,
    plain: StoredType,
    name: str,
    path: tuple[str, ...],
    table: str,
    app: SchemaLookup,
) -> StoredColumn:
    type = _part_type(plain, app)
    column = ColumnSchema(
        name=name,
        type=type or JSON,
        path=path,
        nullable=plain.nullable,
        backfill=_backfill(field, plain, type, app),
        server_default=_constant(field.server_default, plain, type, app),
        renamed_from=field.renamed_from,
        shape=shape_of(plain.type, app, plain.constraints) if type is None else None,
    )
    checks = () if type is None else tuple(_checks(plain, f"ck_{table}_{name}", name, app))
    return StoredColumn(column, checks)


def _part_type(plain: StoredType, app: SchemaLookup) -> ColumnType | None:
    """Return the type of a column that holds one value; `None` for what is kept as JSON."""
    match plain.type:
        case EnumType():
            return _type_of_values(_members(plain.type, app))
        case LiteralType():
            return _type_of_values(plain.type.values)
        case _:
            return _scalar_type(plain)


def _scalar_type(plain: StoredType) -> ColumnType | None:
    if not isinstance(plain.type, ScalarType):
        return None
    name, limits = plain.type.name, plain.constraints
    if name == "str" or name in PARSED:
        return TextColumnType(max_length=limits.max_length)
    if name == "Decimal":
        precision = limits.max_digits or _MAX_DIGITS
        return NumericColumnType(precision=precision, scale=limits.decimal_places or 0)
    if name == "datetime":
        is_naive = limits.timezone == "naive"
        return PlainColumnType(name="naive_datetime" if is_naive else "datetime")
    return PlainColumnType(name=_PLAIN[name])


def _members(type: EnumType, app: SchemaLookup) -> tuple[LiteralValue, ...]:
    return tuple(member.value for member in app.enum(type.enum).members)


def _type_of_values(values: tuple[LiteralValue, ...]) -> ColumnType | None:
    """Return the type that all of the values have; `None` if they differ."""
    kinds = {type(value) for value in values}
    if kinds == {str}:
        return TextColumnType()
    if kinds == {int}:
        return PlainColumnType(name="integer")
    return PlainColumnType(name="bool") if kinds == {bool} else None


def _checks(
    plain: StoredType, prefix: str, column: str, app: SchemaLookup
) -> Iterator[CheckSchema]:
    limits = plain.constraints
    if isinstance(plain.type, EnumType):
        if app.enum(plain.type.enum).is_flag:
            return
        values = _members(plain.type, app)
        yield ChoicesCheck(name=f"{prefix}_choices", column=column, values=values)
    elif isinstance(plain.type, LiteralType):
        yield ChoicesCheck(name=f"{prefix}_choices", column=column, values=plain.type.values)
    elif isinstance(plain.type, ScalarType):
        if plain.type.name in ("str", "bytes") or plain.type.name in PARSED:
            if limits.min_length or limits.max_length is not None:
                yield LengthCheck(
                    name=f"{prefix}_length",
                    column=column,
                    minimum=limits.min_length or None,
                    maximum=limits.max_length,
                )
        elif plain.type.name in ("int", "float", "Decimal"):
            yield from _comparisons(limits, prefix, column)


def _comparisons(limits: Constraints, prefix: str, column: str) -> Iterator[CheckSchema]:
    if limits.gt is not None:
        yield CompareCheck(name=f"{prefix}_gt", column=column, operator=">", value=limits.gt)
    if limits.ge is not None:
        yield CompareCheck(name=f"{prefix}_ge", column=column, operator=">=", value=limits.ge)
    if limits.lt is not None:
        yield CompareCheck(name=f"{prefix}_lt", column=column, operator="<", value=limits.lt)
    if limits.le is not None:
        yield CompareCheck(name=f"{prefix}_le", column=column, operator="<=", value=limits.le)


def _backfill(
    field: FieldSchema, plain: StoredType, type: ColumnType | None, app: SchemaLookup
) -> bool | int | float | str | None:
    """Return what rows that are there already get, where the default is known without running code."""
    if field.now is not None:
        return CURRENT_TIMESTAMP
    return _constant(field.server_default or field.default, plain, type, app)


def _constant(
    default: Default | None, plain: StoredType, type: ColumnType | None, app: SchemaLookup
) -> bool | int | float | str | None:
    """Return a constant as a `ColumnSchema` has it; `None` for what is none."""
    match default:
        case LiteralDefault(value=value):
            if type is None:
                return _json_of(value)
            return value
        case FactoryDefault(factory=factory):
            return _EMPTY_FACTORIES.get(factory.partition("[")[0]) if type is None else None
        case ExpressionDefault(expression=expression):
            if isinstance(plain.type, EnumType):
                member = expression.rpartition(".")[2]
                for candidate in app.enum(plain.type.enum).members:
                    if candidate.name == member:
                        return candidate.value
                return None
            if type is None:
                return expression if expression in ("[]", "{}") else None
            return _text_of_call(expression)
        case _:
            return None


def _json_of(value: bool | int | float | str | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _text_of_call(expression: str) -> str | None:
    """Return the text in `Decimal("1.50")` and `HttpUrl("...")`, which JSON would have too."""
    call = ast.parse(expression, mode="eval").body
    match call:
        case ast.Call(
            func=ast.Name(id=name), args=[ast.Constant(value=str(text))], keywords=[]
        ) if (name in {"Decimal", "UUID"} | PARSED):
            return text
        case _:
            return None
