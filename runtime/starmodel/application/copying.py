"""Copies of values that share nothing which could be changed.

Stores keep values, not live objects. These functions draw the line: `deep_copy` copies a
value, `hydrate` makes an entity of stored values, `validate` checks an entity before it is stored,
and `deep_equal` compares two values. All of them go by what a value holds; none calls a
`__eq__`, `__copy__` or `__deepcopy__` that an author put on a value object.
"""

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from copy import deepcopy
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import cache
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from opcode import opmap
from types import NoneType, TracebackType
from typing import Any, TypeAlias, TypeVar, cast, get_args
from uuid import UUID

from pydantic import BaseModel, SecretBytes, SecretStr, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from starmodel.domain import Ref
from starmodel.domain.type_guards import is_mapping
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
        IPv4Address,
        IPv4Interface,
        IPv4Network,
        IPv6Address,
        IPv6Interface,
        IPv6Network,
        Ref,
        SecretStr,
        SecretBytes,
    }
)
"""Types whose instances can be shared. Their subclasses are not among them."""

_EQUAL_YET_DIFFERENT = frozenset[type]({float, complex, Decimal, datetime, time})
"""Types with values that compare equal and are written differently: `Decimal("1.0")` and
`Decimal("1.00")`, `0.0` and `-0.0`, one moment in two time zones."""

_QUOTED = 4
"""Characters from which on a private value in the text of an error is taken for itself."""

_RAISES = opmap["RAISE_VARARGS"]
"""What `raise` and `assert` are to the interpreter."""

_NO_AUTHORS = frozenset[str]({*get_args(ErrorType), "reference_type"})
"""The types of errors that pydantic and `Ref` find; authors give theirs other names."""

INVALID = "This is not valid."
"""What is said where nothing more can be."""

NOT_SHOWN = ArgumentError("", "Something that is not shown is invalid.", "invalid")
"""What is said of a private field."""

_QUOTING = frozenset[str](
    {
        *("value_error", "assertion_error", "union_tag_invalid"),
        *("get_attribute_error", "iteration_error", "mapping_type"),
    }
)
"""The types of errors whose text, in pydantic, quotes a value or another exception."""

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


def deep_copy(values: Mapping[str, object]) -> dict[str, object]:
    """Copy the values of fields, so that changing one side never shows on the other.

    Value objects are copied as they would be restored from a store: their private attributes
    start afresh, and cached properties are gone.
    """
    return {
        name: value if type(value) in IMMUTABLE else _copy(value, _copy_model)
        for name, value in values.items()
    }


def copy_fields(values: Mapping[str, object], mutable: Iterable[str]) -> dict[str, object]:
    """Do what `deep_copy` does, where only the fields that are named may have to be copied."""
    copied = {**values}
    for name in mutable:
        value = copied.get(name)
        if type(value) not in IMMUTABLE:
            copied[name] = _copy(value, _copy_model)
    return copied


def hydrate(cls: type[Model], values: dict[str, object]) -> Model:
    """Make an instance that holds exactly these values, without validating them.

    The instance takes the dictionary over. Private attributes get their defaults, and
    `model_post_init` is run where the class has one.
    """
    return instance_of(cls, values, set(values), None)


def instance_of(
    cls: type[Model], values: dict[str, Any], given: set[str], extra: dict[str, Any] | None
) -> Model:
    """Make an instance of values that were validated; `given` are those that are no defaults."""
    instance = _new(cls)
    _set_values(instance, values)
    _set_fields_set(instance, given)
    _set_extra(instance, extra)
    _set_private(instance, None)
    if cls.__pydantic_post_init__:
        instance.model_post_init(None)
    return instance


def default_of(cls: Any, name: str) -> Any:
    """Change the default of a field; of one that has a default.

    It is what a value object has that was stored before the field was there.
    """
    if is_dataclass(cls):
        part = next(each for each in fields(cls) if each.name == name)
        return part.default if part.default_factory is MISSING else part.default_factory()
    # Those that need other fields of the same object were there before it.
    return cls.__pydantic_fields__[name].get_default(call_default_factory=True, validated_data={})


def validate(
    cls: type[Model], values: Mapping[str, object], mutable: Iterable[str] | None = None
) -> Model:
    """Make a validated instance of the values, which stay as they are.

    Value objects inside are validated anew, each by its own class: pydantic would take an
    instance for granted, whatever was assigned to it since. `mutable` names the fields in which
    some may be, where that is known.

    Raises:
        InvalidValues: Some do not fit.
    """
    errors: list[ArgumentError] = []
    checked = {**values}
    for name in values if mutable is None else mutable:
        value = values.get(name)
        if type(value) in IMMUTABLE:
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
    """Return pydantic's errors, without what was in the fields."""
    return [
        ArgumentError(
            str(detail["loc"][0]) if detail["loc"] else "",
            authors_text(detail) or (INVALID if detail["type"] in _QUOTING else detail["msg"]),
            detail["type"],
        )
        for detail in error.errors(include_url=False, include_input=False)
    ]


def authors_text(detail: ErrorDetails) -> str | None:
    """Return what a rule of the author's says, which is meant for whoever broke it.

    That is the text of a `ValueError` or an `assert` in a validator, or of a
    `PydanticCustomError`. `None` stands for a rule of pydantic's, for a rule that says nothing or
    quotes what is private in a model that it has at hand, and for what Python itself raises, such
    as `json.loads` or `int` in a validator.
    """
    if detail["type"] in ("value_error", "assertion_error"):
        error: object = detail.get("ctx", {}).get("error")
        # Pydantic's text is this one with a few words before it.
        return (text_of_author(error) if isinstance(error, Exception) else None) or None
    return None if detail["type"] in _NO_AUTHORS else detail["msg"] or None


def text_of_author(error: Exception) -> str | None:
    """Return the text of an error that somebody's own code raised; `None` for any other.

    It is empty where it quotes what is private in a model that the code has at hand.
    """
    if not _is_authors(error):
        return None
    text = str(error)
    return "" if quotes(text, _private_texts_at_hand(error)) else text


def _is_authors(error: Exception) -> bool:
    """Return whether somebody's own code raised an error, and not Python or its library."""
    cls = _class_of(error)
    if cls not in (ValueError, AssertionError):
        return not _is_of_python(cls.__module__)
    *_, innermost = [None, *_tracebacks(error)]
    if innermost is None or _is_of_python(innermost.tb_frame.f_globals.get("__name__", "")):
        return False
    # Where a function written in C raises, the innermost frame calls, and does not raise.
    code, place = innermost.tb_frame.f_code.co_code, innermost.tb_lasti
    return not 0 <= place < len(code) or code[place] == _RAISES


def _tracebacks(error: BaseException) -> Iterator[TracebackType]:
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _is_of_python(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def _private_texts_at_hand(error: BaseException) -> list[str]:
    """Return the texts of the secrets, and of what is private in the models, that code had at hand."""
    texts: list[str] = []
    for value in _values_at_hand(error):
        if isinstance(value, BaseModel):
            texts += private_texts(value)
        elif isinstance(value, SecretStr | SecretBytes):
            texts += value_texts(value)
    return texts


def quotes_secret(error: BaseException, write_only: Mapping[type[Any], Collection[str]]) -> bool:
    """Return whether the text of an error quotes a secret that the code had at hand.

    `write_only` names the fields of models that hold secrets, whatever their types.
    """
    try:
        said = str(error)
    except Exception:
        # Then a log has no text of it either.
        return False
    texts: list[str] = []
    for value in _values_at_hand(error):
        parts = field_values(value) if isinstance(value, BaseModel) else {"": value}
        names = write_only.get(_class_of(value), ())
        for name, part in parts.items():
            if name in names or isinstance(part, SecretStr | SecretBytes):
                texts += value_texts(part)
    return quotes(said, texts)


def _values_at_hand(error: BaseException) -> Iterator[object]:
    """Return the values of the variables that there were where an error was raised."""
    for traceback in _tracebacks(error):
        yield from traceback.tb_frame.f_locals.values()


def private_texts(model: BaseModel, public: Collection[str] | None = None) -> Iterator[str]:
    """Return the texts of what is private in a model, deep inside as well.

    Where its `public` fields are not named, those are private that `private_names` gives.
    """
    private = private_names(type(model))
    for name, value in field_values(model).items():
        yield from _texts(
            value, is_private=name in private if public is None else name not in public
        )


def value_texts(values: object) -> Iterator[str]:
    """Return the texts of values, deep inside as well."""
    return _texts(values, is_private=True)


def _texts(value: object, *, is_private: bool) -> Iterator[str]:
    if isinstance(value, SecretStr | SecretBytes):
        yield from _texts(value.get_secret_value(), is_private=True)
    elif is_private and value:
        yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    if isinstance(value, BaseModel):
        private = private_names(type(value))
        for name, part in field_values(value).items():
            yield from _texts(part, is_private=is_private or name in private)
    elif is_mapping(value):
        for key, part in value.items():
            yield from _texts(key, is_private=is_private)
            yield from _texts(part, is_private=is_private)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in cast("Collection[object]", value):
            yield from _texts(part, is_private=is_private)


def quotes(message: str, hidden: Iterable[str]) -> bool:
    """Return whether a text has one of the values in it, beyond what may be chance."""
    return any(len(value) >= _QUOTED and value in message for value in hidden)


def withheld(errors: Iterable[ArgumentError], hidden: Collection[str]) -> list[ArgumentError]:
    """Return errors of which none says more than that something is wrong where it quotes a value."""
    return [
        error._replace(message=INVALID) if quotes(error.message, hidden) else error
        for error in errors
    ]


def private_names(cls: type[BaseModel]) -> set[str]:
    """Return the names of a model's private fields, which `repr` does not show either."""
    return {name for name, field in cls.__pydantic_fields__.items() if not field.repr}


def public_errors(
    errors: Sequence[ArgumentError], names: Collection[str]
) -> tuple[ArgumentError, ...]:
    """Return errors as the outside may see them: of fields that are not among `names` nothing."""
    return tuple(NOT_SHOWN if error.name and error.name not in names else error for error in errors)


def field_values(model: BaseModel) -> dict[str, Any]:
    """Return the values of the declared fields; the dictionary may be the model's own.

    A cached property keeps its value beside them, and is left out.
    """
    values = vars(model)
    fields = type(model).__pydantic_fields__
    if len(values) == len(fields):
        return values
    return {name: values[name] for name in fields if name in values}


def deep_equal(one: Any, other: Any) -> bool:
    """Return whether two values hold the same, to the last detail.

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
        return deep_equal(field_values(one), field_values(other)) and deep_equal(
            one.__pydantic_extra__, other.__pydantic_extra__
        )
    if is_dataclass(one):
        return deep_equal(_parts(one), _parts(other))
    try:
        return bool(one == other)
    except Exception:
        # What cannot be compared may have changed, and saving it once more does no harm.
        return False


def _same_items(one: Sequence[object], other: Sequence[object]) -> bool:
    return len(one) == len(other) and all(map(deep_equal, one, other))


def _same_members(one: Set[object], other: Set[object]) -> bool:
    if len(one) != len(other):
        return False
    members = {member: member for member in other}
    return all(member in members and deep_equal(member, members[member]) for member in one)


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
    if is_dataclass(value) and of_model is _validate_model:
        return _validate_dataclass(value)
    return deepcopy(value)


def _parts(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass."""
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _validate_dataclass(value: Any) -> object:
    """Make a dataclass anew of what its parts are now; pydantic would take it for granted."""
    parts = {name: _copy(part, _validate_model) for name, part in _parts(value).items()}
    try:
        adapter = _adapter(_class_of(value))
        return adapter.validate_python(parts, by_alias=False, by_name=True)
    except ValidationError as error:
        raise InvalidValues(errors_of(error)) from None


@cache
def _adapter(cls: type[object]) -> TypeAdapter[object]:
    return TypeAdapter(cls)


def _copy_model(model: BaseModel) -> BaseModel:
    cls = type(model)
    if cls.__pydantic_root_model__:
        return deepcopy(model)
    copy = hydrate(cls, deep_copy(field_values(model)))
    if model.__pydantic_extra__ is not None:
        _set_extra(copy, deep_copy(model.__pydantic_extra__))
    return copy


def _validate_model(model: BaseModel) -> BaseModel:
    cls = type(model)
    values = field_values(model)
    if not cls.__pydantic_root_model__:
        try:
            return validate(cls, values | (model.__pydantic_extra__ or {}))
        except InvalidValues as invalid:
            private = private_names(cls)
            errors = [NOT_SHOWN if each.name in private else each for each in invalid.errors]
            raise InvalidValues(errors) from None
    root = _copy(values["root"], _validate_model)
    try:
        return cls.__pydantic_validator__.validate_python(root)
    except ValidationError as error:
        raise InvalidValues(errors_of(error)) from None


def removed_keys(before: Mapping[str, object], after: Mapping[str, object]) -> Removed:
    """Return the keys of mappings in a public state that are in it no longer, each with `None`.

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
