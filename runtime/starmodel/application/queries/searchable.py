"""How the fields of an entity can be searched, as generated code declares them one by one."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag
from typing import Any, Literal, TypeAlias, get_args, get_origin
from uuid import UUID

from pydantic_core import CoreConfig, SchemaValidator, core_schema
from pydantic_core.core_schema import CoreSchema

from starmodel.application.definition import EntityDefinition
from starmodel.application.search import Operator
from starmodel.domain import Entity, Ref
from starmodel.domain.pydantic_schema import number_of, type_schema

Kind: TypeAlias = Literal[
    "text", "ordered", "exact", "flag", "reference", "references", "elements", "presence"
]

MAX_CHOICES = 100
"""With how many values a field can be compared at once."""

MAX_CONTAINED = 20
"""How many values or texts a field can be asked to contain at once."""

MAX_CHARACTERS = 200
"""How long a text may be that is looked for inside of others."""

_EQUAL: tuple[Operator, ...] = ("eq", "ne", "in")
_COMPARED: tuple[Operator, ...] = (*_EQUAL, "lt", "le", "gt", "ge")
_OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    "text": (*_COMPARED, "contains", "startswith"),
    "ordered": _COMPARED,
    "exact": _EQUAL,
    "flag": ("eq", "ne"),
    "reference": _EQUAL,
    "references": ("has",),
    "elements": ("contains",),
    "presence": (),
}
_SORTED: frozenset[Kind] = frozenset({"text", "ordered", "exact", "flag"})
_CONFIG = CoreConfig(allow_inf_nan=False)
_BOOL = core_schema.bool_schema()
_TEXT = core_schema.str_schema()
_PART = core_schema.str_schema(min_length=1, max_length=MAX_CHARACTERS)
_ID = core_schema.str_schema(min_length=1, max_length=200)


class SearchField:
    """One field of an entity's queries.

    Attributes:
        kind: How it can be searched.
        nullable: Whether it may be `None`.
        target: The entity that it refers to, where that may be told.
        operators: How it can be compared.
        is_sorted: Whether records can be sorted by it.
        is_related: Whether it is no field of the record, but of what that one refers to, or how
            many refer to it.
    """

    __slots__ = (
        "_schema",
        "_validators",
        "is_related",
        "is_sorted",
        "kind",
        "nullable",
        "operators",
        "target",
    )

    def __init__(
        self,
        kind: Kind,
        schema: CoreSchema,
        *,
        nullable: bool = False,
        target: EntityDefinition[Any] | None = None,
    ) -> None:
        self.kind: Kind = kind
        self.nullable = nullable
        self.target = target
        operators = _OPERATORS[kind]
        self.operators: tuple[Operator, ...] = (*operators, "isnull") if nullable else operators
        self.is_sorted = kind in _SORTED
        self.is_related = False
        self._schema = schema
        self._validators: dict[Operator, SchemaValidator] = {}

    def __repr__(self) -> str:
        return f"<SearchField {self.kind}>"

    def schema(self, operator: Operator) -> CoreSchema:
        """Return the schema of what the field is compared with: of one value, also for `in`."""
        if operator == "isnull":
            return _BOOL
        if operator in ("contains", "startswith") and self.kind != "elements":
            return _PART
        # Before and behind a URL are texts that need be none.
        is_text = self.kind == "text" and operator not in _EQUAL
        return _TEXT if is_text else self._schema

    def check(self, operator: Operator, value: object) -> object:
        """Return a value as a condition has it.

        Raises:
            ValidationError: It is not of the field's type.
        """
        if self.kind in ("reference", "references") and operator != "isnull":
            value = _id_of(value)
        return plain(self._validator(operator).validate_python(value))

    def check_json(self, value: bytes) -> object:
        """Return a value of the field, written as JSON, as a condition has it.

        Raises:
            ValidationError: It is not of the field's type.
        """
        return plain(self._validator("eq").validate_json(value))

    def written(self, value: object) -> object:
        """Return a stored value as a condition has it."""
        return str(value) if self.kind == "text" and value is not None else plain(value)

    def _validator(self, operator: Operator) -> SchemaValidator:
        validator = self._validators.get(operator)
        if validator is None:
            validator = SchemaValidator(self.schema(operator), _CONFIG)
            self._validators[operator] = validator
        return validator


def text(type_: Any = str, *, nullable: bool = False) -> SearchField:
    """A text; `q` searches it as well.

    What the text of a URL or of an IP address is equal to is written as `type_` writes it.
    """
    if type_ is str:
        return SearchField("text", _TEXT, nullable=nullable)
    schema = core_schema.no_info_after_validator_function(str, type_schema(type_))
    return SearchField("text", schema, nullable=nullable)


def ordered(type_: type, *, nullable: bool = False) -> SearchField:
    """A number, an `IntEnum`, a date, a time, or a span of time."""
    schema = _enum_schema(type_) if issubclass(type_, Enum) else _SCHEMAS[type_]
    return SearchField("ordered", schema, nullable=nullable)


def exact(type_: Any, *, nullable: bool = False) -> SearchField:
    """Return what is compared as a whole: an id, an enum, a `Literal`."""
    if get_origin(type_) is Literal:
        schema = core_schema.literal_schema([*get_args(type_)])
    elif issubclass(type_, Enum):
        schema = _enum_schema(type_)
    else:
        schema = _SCHEMAS[type_]
    return SearchField("exact", schema, nullable=nullable)


def _enum_schema(cls: type[Enum]) -> CoreSchema:
    if issubclass(cls, Flag):
        # pydantic knows what several members at once are.
        return core_schema.no_info_before_validator_function(number_of, type_schema(cls))
    # With `sub_type` a text that is a number stands for a member whose value is one.
    kinds = {type(member.value).__name__ for member in cls}
    sub_type: Literal["str", "int"] | None = None
    if len(kinds) == 1:
        sub_type = "str" if kinds == {"str"} else "int"
    return core_schema.enum_schema(cls, [*cls], sub_type=sub_type)


_SCHEMAS: dict[type, CoreSchema] = {
    str: core_schema.str_schema(),
    int: core_schema.int_schema(),
    float: core_schema.float_schema(),
    Decimal: core_schema.decimal_schema(),
    date: core_schema.date_schema(),
    time: core_schema.time_schema(),
    datetime: core_schema.datetime_schema(),
    timedelta: core_schema.timedelta_schema(),
    UUID: core_schema.uuid_schema(),
}


def boolean(*, nullable: bool = False) -> SearchField:
    """Yes or no."""
    return SearchField("flag", _BOOL, nullable=nullable)


def reference(target: EntityDefinition[Any] | None, *, nullable: bool = False) -> SearchField:
    """A reference to one record."""
    return SearchField("reference", _ID, nullable=nullable, target=target)


def references(target: EntityDefinition[Any] | None) -> SearchField:
    """References to any number of records."""
    return SearchField("references", _ID, target=target)


def elements(type_: Any, *, nullable: bool = False) -> SearchField:
    """Return what a list, a set or a tuple is searched by: each of its values is of `type_`."""
    if type_ is bool:
        return SearchField("elements", _BOOL, nullable=nullable)
    is_exact = type_ in _SCHEMAS or get_origin(type_) is Literal or issubclass(type_, Enum)
    # URLs and IP addresses are kept as their texts.
    item = exact(type_) if is_exact else text(type_)
    return SearchField("elements", item.schema("eq"), nullable=nullable)


def null_only() -> SearchField:
    """Return what is there or not, and cannot be compared: bytes, and what is kept as JSON."""
    return SearchField("presence", _BOOL, nullable=True)


def related(field: SearchField) -> SearchField:
    """Return the field of a record that is referred to, or of how many refer to this one.

    It is called by both names: `customer__name`, `lines__count`.
    """
    field.is_related = True
    return field


def plain(value: object) -> object:
    """Return the value of an enum's member, and every other value as it is."""
    return value.value if isinstance(value, Enum) else value


def _id_of(value: object) -> object:
    """Return the id that a reference is, or that an entity has, as text."""
    if isinstance(value, Ref | Entity):
        value = value.id
    return str(value) if isinstance(value, int | UUID) and not isinstance(value, bool) else value
