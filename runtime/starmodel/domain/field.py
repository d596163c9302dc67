"""Pydantic's `Field`, with what an entity's field may say besides."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from types import EllipsisType
from typing import Any, Literal, TypeAlias, TypedDict, TypeVar, Unpack, overload

import annotated_types
from pydantic import AliasChoices, AliasPath
from pydantic import Field as PydanticField
from pydantic.types import Discriminator

Value = TypeVar("Value")
OnDelete: TypeAlias = Literal["restrict", "cascade", "set_null"]


class MomentOptions(TypedDict, total=False):
    """What `Field(now=...)` takes besides: first StarModel's own, then pydantic's."""

    primary_key: bool
    index: bool
    unique: bool
    foreign_key: str
    private: bool
    write_only: bool
    writable: bool
    server_default: Any
    renamed_from: str
    on_delete: OnDelete
    multiline: bool
    searchable: bool
    db_name: str

    alias: str | None
    alias_priority: int | None
    validation_alias: str | AliasPath | AliasChoices | None
    serialization_alias: str | None
    title: str | None
    description: str | None
    examples: list[Any] | None
    exclude: bool | None
    discriminator: str | Discriminator | None
    deprecated: str | bool | None
    json_schema_extra: dict[str, Any] | Callable[[dict[str, Any]], None] | None
    frozen: bool | None
    repr: bool
    pattern: str | re.Pattern[str] | None
    strict: bool | None
    coerce_numbers_to_str: bool | None
    gt: annotated_types.SupportsGt | None
    ge: annotated_types.SupportsGe | None
    lt: annotated_types.SupportsLt | None
    le: annotated_types.SupportsLe | None
    multiple_of: float | None
    allow_inf_nan: bool | None
    max_digits: int | None
    decimal_places: int | None
    min_length: int | None
    max_length: int | None
    union_mode: Literal["smart", "left_to_right"]
    fail_fast: bool | None


class FieldOptions(MomentOptions, total=False):
    """What `Field` takes besides the default."""

    now: Literal["create", "update"]
    init: bool | None


OWN_OPTIONS = (
    "primary_key",
    "index",
    "unique",
    "foreign_key",
    "private",
    "write_only",
    "writable",
    "now",
    "server_default",
    "renamed_from",
    "on_delete",
    "multiline",
    "searchable",
    "db_name",
)


@overload
def Field(default: EllipsisType, **options: Unpack[FieldOptions]) -> Any: ...


@overload
def Field(
    default: Any, *, validate_default: Literal[True], **options: Unpack[FieldOptions]
) -> Any: ...


@overload
def Field(
    default: Value,
    *,
    validate_default: Literal[False] | None = None,
    **options: Unpack[FieldOptions],
) -> Value: ...


@overload
def Field(
    *,
    default_factory: Callable[[], Value] | Callable[[dict[str, Any]], Value],
    validate_default: bool | None = None,
    **options: Unpack[FieldOptions],
) -> Value: ...


# To type checkers, what is set by itself need not be given to make an instance.
@overload
def Field(
    *,
    now: Literal["create", "update"],
    init: Literal[False] = False,
    **options: Unpack[MomentOptions],
) -> Any: ...


@overload
def Field(*, validate_default: bool | None = None, **options: Unpack[FieldOptions]) -> Any: ...


def Field(*default: Any, **options: Any) -> Any:
    """Say more about a field: its default, its limits, and how it is kept and shown.

    Takes all that pydantic's `Field` takes, and besides:

    Args:
        default: The value of a new instance; required if neither this nor a factory is given.
        options: `primary_key`, `index`, `unique` and `foreign_key` (`"table.column"`) are for
            SQL. `private=True` keeps the field in the process: it is never sent, nor shown by
            `repr`. `write_only=True` makes it an argument of generated `create` and `update` that
            is never shown. `writable=False` leaves it out of generated CRUD. `now="create"` has
            it set to the time when the entity is first stored, `now="update"` whenever a change
            of it is. `server_default` is what the column in SQL holds where a statement leaves it
            out, a constant or `"CURRENT_TIMESTAMP"`, and the default where none is given.
            `renamed_from` is what it was called before, so that a migration keeps its
            data. `on_delete` is for a `Ref`: what happens when the other is deleted;
            `"restrict"` (it cannot be) if nothing is said, `"cascade"` (this is deleted too) or
            `"set_null"` (this becomes `None`). `multiline=False` says that a text has one line
            and no more; `multiline=True`, that it mostly has several. `searchable=True` has its
            words indexed, for lists to be searched by. `db_name` is what its column is called in
            the database.

    StarModel's own options are read from the source text by `starmodel generate`; at run time
    the field is pydantic's.
    """
    if options.get("write_only"):
        options["repr"] = False
    elif options.get("private"):
        options.setdefault("repr", False)
    given = default[0] if default else options.get("default", ...)
    if given is ... and "default_factory" not in options:
        constant = options.get("server_default")
        is_time = isinstance(constant, str) and constant.upper() == "CURRENT_TIMESTAMP"
        if options.get("now") or is_time:
            # It has to be something until it is stored.
            options["default_factory"] = _now
        elif constant is not None:
            options["default"] = constant
        if constant is not None or options.get("now"):
            default = ()
    for name in OWN_OPTIONS:
        options.pop(name, None)
    return PydanticField(*default, **options)


def _now() -> datetime:
    return datetime.now(UTC)
