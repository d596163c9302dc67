"""Values at random of any type that a field can have, extremes among them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from importlib import import_module
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from starmodel import Entity, Ref
from starmodel.domain.type_guards import is_mapping, is_sequence, is_set
from starmodel_schemas import (
    AnyType,
    AppSchema,
    ConstrainedType,
    Constraints,
    DictType,
    EntitySchema,
    EnumType,
    FieldSchema,
    ListType,
    LiteralType,
    ObjectType,
    OptionalType,
    RefType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)

NONE = Constraints()
TEXTS = (
    "",
    "a",
    "O'Neill; DROP TABLE x --",
    '"\\%_{}$1?',
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u202eright to left\u202c \u2028",
    "line\r\nanother\n\ttab ",
    "Ma\u0308dchen",
    "\\u0000 is no NUL",
    "\x01\x1f\x7f\uffff",
)
LONG_TEXT = "x" * 100_000
FLOATS = (0.0, -1.5, 0.1, 1e16, 1e20, -1e308, 5e-324, 1.7976931348623157e308, 123456789.125)
PLUS_5_30 = timezone(timedelta(hours=5, minutes=30))
MINUS_8 = timezone(timedelta(hours=-8))
AWARE = (
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
    datetime(2024, 2, 29, 23, 30, tzinfo=PLUS_5_30),
    datetime(1969, 12, 31, 16, 0, 0, 1, MINUS_8),
)
NAIVE = (datetime.min, datetime.max, datetime(2024, 3, 31, 2, 30, 0, 5))
DATES = (date.min, date.max, date(2024, 2, 29))
TIMES = (time.min, time.max, time(12, 30, 0, 1))
SPANS = (timedelta(0), timedelta(microseconds=-1), timedelta(days=106_751_991), timedelta(hours=1))
LONG_SPANS = (timedelta.min, timedelta.max)
UUIDS = (UUID(int=0), UUID(int=2**128 - 1))
ANYTHING: tuple[Any, ...] = (
    None,
    True,
    0,
    -(2**70),
    0.5,
    "text \U0001f600",
    [],
    {},
    [1, [None, {"a": "b"}]],
    {"": 1, "k\u00e9y": [0.25, "x"], "nested": {"deep": [True]}},
)


class ValueMaker:
    """Makes values for the entities of one app.

    `ids` are the ids of records that may be referred to, by qualified name.
    """

    def __init__(self, app: AppSchema, seed: int, *, long_texts: bool = False) -> None:
        self.app = app
        self.random = Random(seed)
        self.long_texts = long_texts
        self.ids: dict[str, list[object]] = {}
        self._numbers = count(1)

    def entity(self, schema: EntitySchema) -> Entity:
        """A new instance, which may be referred to from now on."""
        fields = [field for field in schema.fields if not field.computed and field.name != "id"]
        given: dict[str, Any] = {field.name: self.field(field) for field in fields}
        identity = next((field for field in schema.fields if field.name == "id"), None)
        if identity is not None:
            given["id"] = self.new_id(identity.type)
        made = class_of(schema.qualified_name)(**given)
        self.ids.setdefault(schema.qualified_name, []).append(made.id)
        return made

    def new_id(self, type_: TypeRef) -> object:
        number = next(self._numbers)
        assert isinstance(type_, ScalarType)
        makers: dict[str, Callable[[int], object]] = {
            "int": lambda n: 2**63 - n,
            "UUID": lambda n: UUID(int=2**127 + n),
            "str": lambda n: f"\u00e9-{n}",
        }
        return makers[type_.name](number)

    def field(self, field: FieldSchema) -> Any:
        if field.foreign_key is not None:
            table = field.foreign_key.partition(".")[0]
            owner = next(entity for entity in self.app.entities if entity.snake_name == table)
            return self.random.choice(self.ids[owner.qualified_name])
        value = self.value(field.type, field.constraints)
        if field.unique and isinstance(value, str):
            return f"{value[:10]}{next(self._numbers)}"
        return value

    def value(
        self, type_: TypeRef, limits: Constraints = NONE, depth: int = 0, *, in_json: bool = False
    ) -> Any:
        random = self.random
        size = random.choice((0, 1, 2, 3)) if depth < 3 else 0
        match type_:
            case ScalarType():
                return self.scalar(type_.name, limits, in_json=in_json)
            case EnumType():
                return random.choice(list(class_of(type_.enum)))
            case LiteralType():
                return random.choice(type_.values)
            case OptionalType():
                is_nobody = isinstance(type_.item, RefType) and not self.ids.get(type_.item.entity)
                if random.random() < 0.3 or depth > 4 or is_nobody:
                    return None
                return self.value(type_.item, limits, depth, in_json=in_json)
            case ListType(item=RefType() as item):
                known = self.ids.get(item.entity, [])
                chosen = random.sample(known, min(size, len(known)))
                return [Ref(id, class_of(item.entity)) for id in chosen]
            case ListType():
                return [self.value(type_.item, NONE, depth + 1, in_json=True) for _ in range(size)]
            case SetType():
                items = [self.value(type_.item, NONE, depth + 1, in_json=True) for _ in range(size)]
                return frozenset(items) if type_.frozen else set(items)
            case DictType():
                return {
                    self.value(type_.key, NONE, depth + 1, in_json=True): self.value(
                        type_.value, NONE, depth + 1, in_json=True
                    )
                    for _ in range(size)
                }
            case TupleType():
                items = type_.items * size if type_.variadic else type_.items
                return tuple(self.value(item, NONE, depth + 1, in_json=True) for item in items)
            case ObjectType():
                fields = self.app.object(type_.object).fields
                given = {
                    field.name: self.value(
                        field.type, field.constraints, depth + 1, in_json=in_json
                    )
                    for field in fields
                    if not field.computed
                }
                return class_of(type_.object)(**given)
            case RefType():
                return Ref(random.choice(self.ids[type_.entity]), class_of(type_.entity))
            case UnionType():
                member = random.choice(type_.members)
                return self.value(member, NONE, depth, in_json=True)
            case ConstrainedType():
                return self.value(type_.item, type_.constraints, depth, in_json=in_json)
            case AnyType():
                return random.choice(ANYTHING)
            case _:
                raise AssertionError(type_)

    def scalar(self, name: str, limits: Constraints, *, in_json: bool) -> Any:
        random = self.random
        match name:
            case "bool":
                return random.random() < 0.5
            case "int":
                return self.integer(limits)
            case "float":
                allowed = [value for value in FLOATS if fits(value, limits)]
                return random.choice([*allowed, random.uniform(0, 1e6)])
            case "str":
                return self.text(limits)
            case "bytes":
                return random.choice((b"", bytes(range(256)), random.randbytes(5)))
            case "Decimal":
                return self.decimal(limits)
            case "date":
                return random.choice((*DATES, date.fromordinal(random.randint(1, 3_000_000))))
            case "time":
                return random.choice((*TIMES, time(random.randrange(24), random.randrange(60))))
            case "datetime":
                if limits.timezone == "naive" or (
                    limits.timezone is None and random.random() < 0.5
                ):
                    return random.choice(NAIVE)
                return random.choice(AWARE)
            case "timedelta":
                return random.choice((*SPANS, *LONG_SPANS) if in_json else SPANS)
            case _:
                return random.choice((*UUIDS, UUID(int=random.getrandbits(128))))

    def integer(self, limits: Constraints) -> int:
        extremes = (-(2**63), 2**63 - 1, 0, 1, -1, 2**53 + 1, int(limits.ge or 0))
        allowed = [value for value in extremes if fits(value, limits)]
        return self.random.choice([*allowed, self.random.randint(0, 10)])

    def text(self, limits: Constraints) -> str:
        if limits.max_length is None and self.long_texts and self.random.random() < 0.02:
            return LONG_TEXT
        text = self.random.choice(TEXTS) or "b" * (limits.min_length or 0)
        return text if limits.max_length is None else text[: limits.max_length]

    def decimal(self, limits: Constraints) -> Decimal:
        if limits.max_digits is None:
            return Decimal(self.random.choice(("0", "-0.00", "1.50", "1E+30", "123e-40", "-7")))
        scale = limits.decimal_places or 0
        most = 10**limits.max_digits - 1
        numbers = (0, 1, -1, most, -most, self.random.randint(0, most))
        values = [Decimal(number).scaleb(-scale) for number in numbers]
        return self.random.choice([value for value in values if fits(value, limits)])


def fits(value: Any, limits: Constraints) -> bool:
    kind: Callable[[str], Any] = Decimal if isinstance(value, Decimal) else float
    return (
        (limits.ge is None or value >= kind(limits.ge))
        and (limits.le is None or value <= kind(limits.le))
        and (limits.lt is None or value < kind(limits.lt))
    )


def class_of(qualified_name: str) -> Any:
    module, _, name = qualified_name.rpartition(".")
    return getattr(import_module(module), name)


def alike(one: object, other: object) -> bool:
    """Whether two values are equal, and of the same types down to the last part."""
    if type(one) is not type(other):
        # Drivers have UUIDs of their own.
        return isinstance(one, UUID) and isinstance(other, UUID) and one == other
    if is_sequence(one) and is_sequence(other):
        return len(one) == len(other) and all(map(alike, one, other))
    if is_mapping(one) and is_mapping(other):
        # JSONB has an order of its own.
        keys = {key: key for key in other}
        return len(one) == len(other) and all(
            key in keys and alike(key, keys[key]) and alike(value, other[key])
            for key, value in one.items()
        )
    if is_set(one) and is_set(other):
        members = {member: member for member in other}
        return one == other and all(alike(member, members[member]) for member in one)
    if isinstance(one, BaseModel):
        return alike(vars(one), vars(other)) and one == other
    return bool(one == other)
