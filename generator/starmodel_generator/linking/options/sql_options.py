"""What `model_config` may say about the table of an entity in SQL, and about its CRUD."""

from dataclasses import replace
from functools import partial
from typing import cast

from starmodel_generator.diagnostics.rules.entity_rules import INVALID_OPTION
from starmodel_generator.diagnostics.rules.sql_rules import INVALID_DB_NAME
from starmodel_generator.linking.names.database_names import unfit_name
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.options.entity_options import (
    EntityOptions,
    Option,
    OptionReader,
    plain_value,
)
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.values.value import MappingValue, SetValue
from starmodel_schemas import CrudName, IndexOption

CRUD: tuple[CrudName, ...] = ("create", "update", "delete")
"""What `crud=True` stands for, in the order of the schema."""


def _crud(resolver: Resolver, option: Option, options: EntityOptions) -> EntityOptions | Problem:
    help = 'write `True`, or some of them: `{"create", "update", "delete"}`'
    value = plain_value(resolver, option, "crud", help)
    if isinstance(value, Problem):
        return value
    if isinstance(value, bool):
        return replace(options, crud=CRUD if value else ())
    names = _items(value)
    if names is None or not all(name in CRUD for name in names):
        written = shortened(unparse(option.expression))
        return Problem(INVALID_OPTION, f"has `crud={written}`, which is none of it", help)
    return replace(options, crud=tuple(name for name in CRUD if name in names))


def _indexes(
    resolver: Resolver, option: Option, options: EntityOptions, *, key: str
) -> EntityOptions | Problem:
    prefix = "uq" if key == "unique" else "ix"
    help = f'write a list of tuples of fields, for example `{key}=[("status", "name")]`, or a dict'
    help += f' of them by their names in the database: `{key}={{"{prefix}_status": ("status",)}}`'
    value = plain_value(resolver, option, key, help)
    if isinstance(value, Problem):
        return value
    found: list[IndexOption] = []
    named = _named_items(value)
    for called, item in named or ():
        names = _items(item)
        if names is None or not names or not all(isinstance(name, str) for name in names):
            found = []
            break
        unfit = None if called is None else unfit_name(called)
        if unfit is not None:
            text = f"has `{called}` in `{key}`, a name that {unfit}"
            return Problem(INVALID_DB_NAME, text, "give it another name")
        fields = tuple(name for name in names if isinstance(name, str))
        name = called if isinstance(called, str) else None
        found.append(IndexOption(fields=fields, unique=key == "unique", name=name))
    if not found and named != ():
        written = shortened(unparse(option.expression))
        return Problem(INVALID_OPTION, f"has `{key}={written}`, which names no fields", help)
    return replace(options, indexes=(*options.indexes, *found))


def _renamed_from(
    resolver: Resolver, option: Option, options: EntityOptions
) -> EntityOptions | Problem:
    help = 'write the name the class had, for example `renamed_from="Item"`'
    value = plain_value(resolver, option, "renamed_from", help)
    if isinstance(value, Problem):
        return value
    if value is None:
        return options
    if not isinstance(value, str) or not value.isidentifier():
        written = shortened(unparse(option.expression))
        return Problem(INVALID_OPTION, f"has `renamed_from={written}`, which is no class", help)
    return replace(options, renamed_from=value)


def _db_name(resolver: Resolver, option: Option, options: EntityOptions) -> EntityOptions | Problem:
    help = 'write what the table is called, for example `db_name="people"`'
    value = plain_value(resolver, option, "db_name", help)
    if isinstance(value, Problem):
        return value
    if value is None:
        return options
    unfit = unfit_name(value)
    if unfit is not None or not isinstance(value, str):
        written = shortened(unparse(option.expression))
        return Problem(INVALID_DB_NAME, f"has `db_name={written}`, which {unfit}", help)
    return replace(options, db_name=value)


def _label(resolver: Resolver, option: Option, options: EntityOptions) -> EntityOptions | Problem:
    help = 'name a field, for example `label="title"`'
    value = plain_value(resolver, option, "label", help)
    if isinstance(value, Problem):
        return value
    if not isinstance(value, str) or not value.isidentifier():
        written = shortened(unparse(option.expression))
        return Problem(INVALID_OPTION, f"has `label={written}`, which is no field", help)
    return replace(options, label=value)


def _order_by(
    resolver: Resolver, option: Option, options: EntityOptions
) -> EntityOptions | Problem:
    help = 'name fields, with `-` in front for descending: `order_by="-price,name"`'
    value = plain_value(resolver, option, "order_by", help)
    if isinstance(value, Problem):
        return value
    items = value.split(",") if isinstance(value, str) else _items(value)
    names = [item.strip() for item in items or () if isinstance(item, str)]
    is_list = isinstance(value, str | list | tuple) and len(names) == len(items or ())
    if not is_list or not names or not all(_is_sort(name) for name in names):
        written = shortened(unparse(option.expression))
        return Problem(INVALID_OPTION, f"has `order_by={written}`, which names no fields", help)
    return replace(options, order_by=tuple(names))


def _lookups(resolver: Resolver, option: Option, options: EntityOptions) -> EntityOptions | Problem:
    help = 'name fields of what it refers to: `lookups=["customer__name", "lines__count"]`'
    value = plain_value(resolver, option, "lookups", help)
    if isinstance(value, Problem):
        return value
    items = _items(value)
    names = [item for item in items or () if isinstance(item, str) and item.isidentifier()]
    if items is None or len(names) != len(items):
        written = shortened(unparse(option.expression))
        return Problem(INVALID_OPTION, f"has `lookups={written}`, which names no fields", help)
    return replace(options, lookups=tuple(names))


def _is_sort(name: str) -> bool:
    return name.removeprefix("-").isidentifier()


def _items(value: object) -> tuple[object, ...] | None:
    """Return the items of a list, a tuple or a set; `None` for anything else."""
    match value:
        case list() | tuple():
            return tuple(cast("list[object]", value))
        case SetValue(items):
            return items
        case _:
            return None


def _named_items(value: object) -> tuple[tuple[object | None, object], ...] | None:
    """Return the items of a list or of a dict, each with its key or `None`."""
    if isinstance(value, MappingValue):
        return value.items
    items = _items(value)
    return None if items is None else tuple((None, item) for item in items)


SQL_OPTION_READERS: dict[str, OptionReader] = {
    "crud": _crud,
    "indexes": partial(_indexes, key="indexes"),
    "unique": partial(_indexes, key="unique"),
    "label": _label,
    "order_by": _order_by,
    "lookups": _lookups,
    "renamed_from": _renamed_from,
    "db_name": _db_name,
}
"""How each of them is read."""
