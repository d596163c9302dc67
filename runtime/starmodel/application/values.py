"""Copies of values that share nothing which could be changed.

Stores keep values, not live objects. These functions draw the line: `detach` copies across
it, `restore` makes an entity of what was stored, `validate` makes sure of what will be, and
`same` tells whether anything is different. All of them go by what a value holds; none calls a
`__eq__`, `__copy__` or `__deepcopy__` that an author put on a value object.
"""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from copy import deepcopy
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any, TypeAlias, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel, ValidationError

from starmodel.domain import Ref
from starmodel.domain.shapes import is_mapping
from starmodel.errors import ArgumentError

Model = TypeVar("Model", bound=BaseModel)

Removed: TypeAlias = Mapping[str, Any]
"""Keys that are gone: a tree of names, each with `None` or with what is gone below it."""

NOTHING_REMOVED: Removed = {}

IMMUTABLE = frozenset[type](
    {
        bool,
        int,
        float,
        complex,
        str,
        bytes,
        NoneType,
        Decimal,
        date,
        datetime,
        time,
        timedelta,
        timezone,
        UUID,
        Ref,
    }
)
"""Types whose instances can be shared. Their subclasses are not among them."""

_EQUAL_YET_DIFFERENT = frozenset[type]({float, complex, Decimal, datetime, time})
"""Types with values that compare equal and are written differently: `Decimal("1.0")` and
`Decimal("1.00")`, `0.0` and `-0.0`, one moment in two time zones."""

_MAKERS: dict[type[object], Callable[[list[object]], object]] = {
    tuple: tuple,
    set: set,
    frozenset: frozenset,
}

_class_of: Callable[[object], type[object]] = type
_new = object.__new__
# What pydantic does with `object.__setattr__`, which looks these up by name each time.
_slots = vars(BaseModel)
_set_values = _slots["__dict__"].__set__
_set_fields_set = _slots["__pydantic_fields_set__"].__set__
_set_extra = _slots["__pydantic_extra__"].__set__
_set_private = _slots["__pydantic_private__"].__set__


class InvalidValues(Exception):
    """Some values do not fit.

    Each error has the name of the outermost field it is in, `""` if it is in none.
    """

    def __init__(self, errors: list[ArgumentError]) -> None:
        super().__init__(errors)
        self.errors = errors


def detach(values: Mapping[str, object]) -> dict[str, object]:
    """Copy the values of fields, so that changing one side never shows on the other.

    Value objects are copied as they would be restored from a store: their private attributes
    start afresh, and cached properties are gone.
    """
    return {
        name: value if type(value) in IMMUTABLE else _copy(value, _copy_model)
        for name, value in values.items()
    }


def restore(cls: type[Model], values: dict[str, object]) -> Model:
    """Make an instance that holds exactly these values, without validating them.

    The instance takes the dictionary over. Private attributes get their defaults, and
    `model_post_init` is run where the class has one.
    """
    instance = _new(cls)
    _set_values(instance, values)
    _set_fields_set(instance, set(values))
    _set_extra(instance, None)
    _set_private(instance, None)
    if cls.__pydantic_post_init__:
        instance.model_post_init(None)
    return instance


def default_of(cls: type[BaseModel], name: str) -> Any:
    """Give a new default of a field; of one that has a default.

    It is what a value object has that was stored before the field was there.
    """
    # Those that need other fields of the same object were there before it.
    return cls.__pydantic_fields__[name].get_default(call_default_factory=True, validated_data={})


def validate(cls: type[Model], values: Mapping[str, object]) -> Model:
    """Make a validated instance of the values, which stay as they are.

    Value objects inside are validated anew, each by its own class: pydantic would take an
    instance for granted, whatever was assigned to it since.

    Raises:
        InvalidValues: Some do not fit.
    """
    errors: list[ArgumentError] = []
    checked: dict[str, object] = {}
    for name, value in values.items():
        if type(value) in IMMUTABLE:
            checked[name] = value
            continue
        try:
            checked[name] = _copy(value, _validate_model)
        except InvalidValues as invalid:
            errors += [error._replace(name=name) for error in invalid.errors]
    if errors:
        raise InvalidValues(errors)
    try:
        return cls.__pydantic_validator__.validate_python(checked, by_alias=False, by_name=True)
    except ValidationError as error:
        # Not chained: the original shows what was in the fields, private ones included.
        raise InvalidValues(errors_of(error)) from None


def errors_of(error: ValidationError) -> list[ArgumentError]:
    """Give pydantic's errors, without what was in the fields."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        ArgumentError(
            str(detail["loc"][0]) if detail["loc"] else "",
            detail["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, "),
            detail["type"],
        )
        for detail in details
    ]


def public_errors(
    errors: Sequence[ArgumentError], names: Collection[str]
) -> tuple[ArgumentError, ...]:
    """Give errors as the outside may see them: fields that are not among `names` have none.

    Nor is there a text that a validator of the author's raised; it may tell anything, and is
    logged.
    """
    public: list[ArgumentError] = []
    for error in errors:
        if error.name and error.name not in names:
            error = ArgumentError("", "Something that is not shown is invalid.", "invalid")
        elif error.type in ("value_error", "assertion_error"):
            error = error._replace(message="This is not valid.")
        public.append(error)
    return tuple(public)


def field_values(model: BaseModel) -> dict[str, Any]:
    """Give the values of the declared fields; the dictionary may be the model's own.

    A cached property keeps its value beside them, and is left out.
    """
    values = vars(model)
    fields = type(model).__pydantic_fields__
    if len(values) == len(fields):
        return values
    return {name: values[name] for name in fields if name in values}


def same(one: Any, other: Any) -> bool:
    """Tell whether two values hold the same, to the last detail.

    `1`, `1.0` and `True` differ, and so do two dictionaries in different order.
    """
    if one is other:
        return True
    cls = _class_of(one)
    if cls is not _class_of(other):
        return False
    if cls in _EQUAL_YET_DIFFERENT:
        return repr(one) == repr(other)
    if cls in IMMUTABLE:
        return one == other
    if cls is list or cls is tuple:
        return _same_items(one, other)
    if cls is dict:
        return _same_items(tuple(one), tuple(other)) and _same_items(
            tuple(one.values()), tuple(other.values())
        )
    if cls is set or cls is frozenset:
        return _same_members(one, other)
    if isinstance(one, BaseModel) and isinstance(other, BaseModel):
        return same(field_values(one), field_values(other)) and same(
            one.__pydantic_extra__, other.__pydantic_extra__
        )
    try:
        return bool(one == other)
    except Exception:
        # What cannot be compared may have changed, and saving it once more does no harm.
        return False


def _same_items(one: Sequence[object], other: Sequence[object]) -> bool:
    return len(one) == len(other) and all(map(same, one, other))


def _same_members(one: Set[object], other: Set[object]) -> bool:
    if len(one) != len(other):
        return False
    members = {member: member for member in other}
    return all(member in members and same(member, members[member]) for member in one)


def _copy(value: Any, of_model: Callable[[BaseModel], BaseModel]) -> object:
    """Copy a value of any type, and the value objects inside with `of_model`."""
    cls = _class_of(value)
    if cls in IMMUTABLE:
        return value
    if cls is list:
        return [item if type(item) in IMMUTABLE else _copy(item, of_model) for item in value]
    if cls is dict:
        return {_copy(key, of_model): _copy(item, of_model) for key, item in value.items()}
    make = _MAKERS.get(cls)
    if make is not None:
        return make([_copy(item, of_model) for item in value])
    if isinstance(value, BaseModel):
        return of_model(value)
    if isinstance(value, Enum):
        return value
    return deepcopy(value)


def _copy_model(model: BaseModel) -> BaseModel:
    cls = type(model)
    if cls.__pydantic_root_model__:
        return deepcopy(model)
    copy = restore(cls, detach(field_values(model)))
    if model.__pydantic_extra__ is not None:
        _set_extra(copy, detach(model.__pydantic_extra__))
    return copy


def _validate_model(model: BaseModel) -> BaseModel:
    cls = type(model)
    values = field_values(model)
    if not cls.__pydantic_root_model__:
        return validate(cls, values | (model.__pydantic_extra__ or {}))
    root = _copy(values["root"], _validate_model)
    try:
        return cls.__pydantic_validator__.validate_python(root)
    except ValidationError as error:
        raise InvalidValues(errors_of(error)) from None


def removed_keys(before: Mapping[str, object], after: Mapping[str, object]) -> Removed:
    """Give the keys of mappings in a public state that are in it no longer, each with `None`.

    Those of a mapping inside of another are below its key. A mapping that has become anything else
    has lost none: it is another value.
    """
    removed: dict[str, Any] = {}
    for name, value in after.items():
        old = before.get(name)
        if value is old or not is_mapping(value) or not is_mapping(old):
            continue
        inner = cast("Mapping[str, object]", value)
        was = cast("Mapping[str, object]", old)
        lost = {**dict.fromkeys(was.keys() - inner.keys()), **removed_keys(was, inner)}
        if lost:
            removed[name] = lost
    return removed
