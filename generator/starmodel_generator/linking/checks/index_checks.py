"""Indexes and keys, and what lists of records go by: SM112, SM241, SM242, SM507, SM508,
SM509, SM516."""

from collections.abc import Iterator
from difflib import get_close_matches

from starmodel_generator.database.columns import StorageKind, id_column, stored_type
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import (
    INVALID_OPTION,
    INVALID_SEARCHABLE,
    REVEALING_SEARCH,
)
from starmodel_generator.diagnostics.rules.sql_rules import (
    COMPOSITE_KEY,
    INVALID_INDEX,
    INVALID_KEY,
    PLAIN_FOREIGN_KEY,
)
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.entities.table_settings import composite_key
from starmodel_generator.linking.field_storage import stored_value
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.constraints import scalar_name
from starmodel_schemas import EnumType, IndexOption, LiteralType, ScalarType, TypeRef

_NO_COLUMN: dict[StorageKind, str] = {
    "json": "is kept as JSON",
    "links": "is kept in a table of its own",
    "parts": "has a column for each of its parts",
}


def check_indexes(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM507: an index is asked for where there is no column for it."""
    for entity in app.entities:
        for option in entity.schema.indexes:
            problem = _option_problem(option, entity, app)
            if problem is not None:
                key = "unique" if option.unique else "indexes"
                yield entity.subject.diagnose(problem, entity.options.place_of(key))
        for field in entity.fields:
            what = _asked(field)
            if what is not None and entity.schema.store == "SERVER_SQL":
                reason = _why_not(field, app)
                if reason is not None:
                    problem = Problem(
                        INVALID_INDEX, f"has `{what}=True`, but {reason}", f"remove `{what}`"
                    )
                    yield field.subject.diagnose(problem)
        for field in _parts(entity, app):
            what = _asked(field)
            if what is not None:
                text = f"has `{what}=True`, but a part of a value object has no index"
                help = f"remove it, or keep the value in a field of `{entity.schema.name}`"
                yield field.subject.diagnose(Problem(INVALID_INDEX, text, help))


def _asked(field: LinkedField) -> str | None:
    return "unique" if field.schema.unique else "index" if field.schema.index else None


def _why_not(field: LinkedField, app: LinkedApp) -> str | None:
    if field.schema.computed:
        return "is computed and kept nowhere"
    if field.schema.name == "id":
        return None
    return _NO_COLUMN.get(stored_value(field, app).kind)


def _parts(entity: LinkedEntity, app: LinkedApp) -> Iterator[LinkedField]:
    """The fields of value objects that have columns in an entity's table."""
    if entity.schema.store == "SERVER_SQL":
        for field in entity.fields:
            stored = None if field.schema.computed else stored_value(field, app)
            if stored is not None and stored.kind == "parts":
                yield from stored.fields


def _option_problem(option: IndexOption, entity: LinkedEntity, app: LinkedApp) -> Problem | None:
    fields = {field.schema.name: field for field in entity.fields}
    written = f"`{'unique' if option.unique else 'indexes'}`"
    help = "name fields that have a column"
    for name in option.fields:
        if name == "id":
            # Behind other fields it saves the sorting of a list, which the id decides in the end.
            if option.unique or option.fields[0] == "id":
                text = f"has `id` in {written}, which is found by itself already"
                return Problem(INVALID_INDEX, text, "leave it out")
            continue
        field = fields.get(name)
        if field is None:
            side = any(each.name == name for each in entity.inverse_relations)
            reason = "is a `Many` and kept nowhere" if side else "is no field of it"
            return Problem(INVALID_INDEX, f"has `{name}` in {written}, which {reason}", help)
        reason = _why_not(field, app)
        if reason is not None and (
            field.schema.computed or stored_value(field, app).kind != "parts"
        ):
            return Problem(INVALID_INDEX, f"has `{name}` in {written}, which {reason}", help)
    if len(set(option.fields)) < len(option.fields):
        text = f"has a field twice in one index of {written}"
        return Problem(INVALID_INDEX, text, "name each field once")
    if sum(other.fields == option.fields for other in entity.schema.indexes) > 1:
        listed = ", ".join(f"`{name}`" for name in option.fields)
        return Problem(INVALID_INDEX, f"has the index on {listed} twice", "remove one of them")
    return None


def check_keys(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM508, SM509, SM516: a key that the table cannot have, or a foreign key without a `Ref`."""
    tables = {entity.schema.table_name: entity for entity in app.entities}
    for entity in app.entities:
        if entity.schema.store != "SERVER_SQL":
            continue
        key = composite_key(entity.fields)
        if key:
            yield _composite_key(key, entity)
        for field in entity.fields:
            if field.schema.primary_key and field.schema.name != "id" and not key:
                text = "is said to be the primary key, which is the `id` of every entity"
                help = "remove `primary_key`; with `unique=True` no two have the same value"
                yield field.subject.diagnose(Problem(INVALID_KEY, text, help))
            if field.schema.foreign_key is not None:
                yield field.subject.diagnose(_foreign_key(field, tables, app))


def _composite_key(key: tuple[str, ...], entity: LinkedEntity) -> Diagnostic:
    listed = ", ".join(f'"{name}"' for name in key)
    words = " and ".join(f"`{name}`" for name in key)
    text = f"has the primary key {words}, which become unique together beside its `id`"
    line = f"unique=[({listed})]"
    help = f"write `{line}` in `model_config`, and remove `primary_key=True`"
    place = next(field.subject.place for field in entity.fields if field.schema.name == key[0])
    return entity.subject.diagnose(Problem(COMPOSITE_KEY, text, help), place)


def _foreign_key(field: LinkedField, tables: dict[str, LinkedEntity], app: LinkedApp) -> Problem:
    written = field.schema.foreign_key or ""
    table, _, column = written.rpartition(".")
    target = tables.get(table)
    records = [each for each in tables.values() if each.is_record_in_sql]
    if target is None or not target.is_record_in_sql or column != id_column(target.schema):
        known = ", ".join(
            f'`"{each.schema.table_name}.{id_column(each.schema)}"`' for each in records[:5]
        )
        text = f'has `foreign_key="{written}"`, which is no id of a record in SQL'
        return Problem(INVALID_KEY, text, f"there are {known}; better, make it a `Ref[...]`")
    name = target.schema.name
    own = field.schema.name.removesuffix("_id") or target.schema.snake_name
    help = f"write `{own}: Ref[{name}]`, which is kept in `{own}_id`"
    value = stored_type(field.schema.type, field.schema.constraints)
    if stored_value(field, app).kind != "column" or value.type != _id_type(target):
        text = f'has `foreign_key="{written}"`, but another type than the id of `{name}`'
        return Problem(INVALID_KEY, text, help)
    return Problem(PLAIN_FOREIGN_KEY, f"is a foreign key, but no `Ref[{name}]`", help)


def _id_type(entity: LinkedEntity) -> TypeRef:
    for field in entity.fields:
        if field.schema.name == "id":
            return field.schema.type
    return ScalarType(name="str")


def check_searchable(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM241, SM242: the words of a field are to be searched that cannot be, or may not."""
    for linked in app.objects.values():
        for field in linked.fields:
            if field.schema.searchable:
                text = "is searchable, inside of a value object"
                help = "make it a field of the entity, or leave out `searchable=True`"
                yield field.subject.diagnose(Problem(INVALID_SEARCHABLE, text, help))
    for entity in app.entities:
        for field in entity.fields:
            problem = _search_problem(field, entity) if field.schema.searchable else None
            if problem is not None:
                yield field.subject.diagnose(problem)


def _search_problem(field: LinkedField, entity: LinkedEntity) -> Problem | None:
    schema, help = field.schema, "leave out `searchable=True`"
    if not entity.is_record_in_sql:
        text = "is searchable, but there is no list to search: its entity is no record in SQL"
        return Problem(INVALID_SEARCHABLE, text, help)
    if scalar_name(schema.type) != "str" or schema.name == "id":
        text = "is searchable, and is no text with words" if schema.name != "id" else "is an id"
        return Problem(INVALID_SEARCHABLE, text, f"{help}: lists have filters for it")
    if schema.private:
        kind = "write-only" if schema.write_only else "private"
        text = f"is searchable and {kind}: a search would tell what it holds, word by word"
        return Problem(REVEALING_SEARCH, text, help)
    if schema.sent is not None:
        text = "is searchable, and sent as something else: a search would tell what it holds"
        return Problem(REVEALING_SEARCH, text, help)
    return None


def check_listing(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM112: `label` or `order_by` names a field that will not do."""
    for entity in app.entities:
        problem = _label_problem(entity)
        if problem is not None:
            yield entity.subject.diagnose(problem, entity.options.place_of("label"))
        problem = _order_problem(entity, app)
        if problem is not None:
            yield entity.subject.diagnose(problem, entity.options.place_of("order_by"))


def _label_problem(entity: LinkedEntity) -> Problem | None:
    name = entity.schema.label
    if name is None:
        return None
    texts = [field.schema.name for field in entity.fields if _is_text(field)]
    if name in texts:
        return None
    reason = _unseen(name, entity) or "is no text that is always there"
    return Problem(INVALID_OPTION, f"has `label={name!r}`, which {reason}", _one_of(name, texts))


def _is_text(field: LinkedField) -> bool:
    type_ = field.schema.type
    while type_.kind == "constrained":
        type_ = type_.item
    return type_ == ScalarType(name="str") and not field.schema.private


def _order_problem(entity: LinkedEntity, app: LinkedApp) -> Problem | None:
    names = [name.removeprefix("-") for name in entity.schema.order_by]
    if not names:
        return None
    if not entity.is_record_in_sql:
        text = "has `order_by`, but there is no list of it: it is no record in SQL"
        return Problem(INVALID_OPTION, text, "remove `order_by`")
    sortable = ["id", *(one.schema.name for one in entity.fields if _is_sortable(one, app))]
    sortable += entity.schema.lookups
    for name in names:
        if name not in sortable:
            reason = _unseen(name, entity) or "has no order in a column of its own"
            text = f"has `{name}` in `order_by`, which {reason}"
            return Problem(INVALID_OPTION, text, _one_of(name, sortable))
        if names.count(name) > 1:
            text = f"has `{name}` twice in `order_by`"
            return Problem(INVALID_OPTION, text, "name each field once")
    return None


def _is_sortable(field: LinkedField, app: LinkedApp) -> bool:
    if field.schema.private or field.schema.computed:
        return False
    type_: TypeRef = field.schema.type
    while type_.kind == "optional" or type_.kind == "constrained":
        type_ = type_.item
    is_single = isinstance(type_, EnumType | ScalarType) or (
        isinstance(type_, LiteralType)
        and len({type(value) for value in type_.values if value is not None}) == 1
    )
    return (
        is_single
        and type_ != ScalarType(name="bytes")
        and stored_value(field, app).kind == "column"
    )


def _unseen(name: str, entity: LinkedEntity) -> str:
    """Return why a name is that of nothing which may be seen; `""` where it is."""
    field = next((one for one in entity.fields if one.schema.name == name), None)
    if field is None:
        return "" if name == "id" else "is no field of it"
    if field.schema.write_only:
        return "is write-only"
    return "is private" if field.schema.private else ""


def _one_of(name: str, names: list[str]) -> str:
    near = get_close_matches(name, names, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"name one of {', '.join(f'`{each}`' for each in names)}" if names else "remove it"
