"""Names in a database: SM511, SM517."""

from collections.abc import Iterator
from dataclasses import dataclass

from starmodel_generator.database.columns import id_column, link_target
from starmodel_generator.database.tables import index_name
from starmodel_generator.diagnostics.diagnostic import Diagnostic, Related
from starmodel_generator.diagnostics.rules.sql_rules import INVALID_DB_NAME, TABLE_NAME_CLASH
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.field_storage import stored_fields, stored_value
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.database_names import LONGEST, is_long
from starmodel_generator.linking.names.suggestions import free_member
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.types.pydantic_support import TEXT_ARGUMENTS
from starmodel_generator.linking.types.unions import entities_in

_OWN_TABLES = ("alembic_version",)
_OWN_PREFIXES = ("starmodel_", "sqlite_", "_alembic_")
_INDEX_PARTS = ("_rows", "_config", "_data", "_docsize", "_idx")
"""What a full-text index of SQLite consists of, besides the table that is called as it is."""

_OWN_COLUMNS = ("row_version", "row_expires_at")
_SYSTEM_COLUMNS = ("cmax", "cmin", "ctid", "tableoid", "xmax", "xmin")
"""https://www.postgresql.org/docs/current/ddl-system-columns.html"""


@dataclass(frozen=True, slots=True)
class _Named:
    """Something in the database that has a name, and whose it is."""

    name: str
    what: str
    subject: Subject


def check_tables(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM511: two tables have one name, or one that is taken or too long."""
    seen: dict[str, _Named] = {}
    # Entities of one name are reported as such, not table by table.
    for entity in {each.schema.snake_name: each for each in app.entities}.values():
        if entity.schema.store == "SERVER_SQL":
            for table in _tables(entity):
                problem = _table_problem(table)
                if problem is not None:
                    yield table.subject.diagnose(problem)
                    continue
                first = seen.setdefault(table.name.casefold(), table)
                if first is not table:
                    yield _clash(table, first)


def check_columns(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM511: two columns of a table have one name, or one that is taken or too long."""
    for entity in app.entities:
        if entity.schema.store != "SERVER_SQL":
            continue
        own = {*_OWN_COLUMNS, *([] if entity.schema.scope == "RECORD" else ["holder"])}
        seen: dict[str, _Named] = {}
        for column in _columns(entity, app):
            # SQLite takes names for the same that differ only by case.
            folded = column.name.casefold()
            help = f"rename it, for example `{free_member(column.name)}`"
            first = seen.setdefault(folded, column)
            if folded in own:
                text = f"would be kept in the column `{column.name}`, which the store needs itself"
                yield column.subject.diagnose(Problem(TABLE_NAME_CLASH, text, help))
            elif folded in _SYSTEM_COLUMNS:
                text = f"would be kept in the column `{column.name}`, which PostgreSQL has itself"
                yield column.subject.diagnose(Problem(TABLE_NAME_CLASH, text, help))
            elif first is not column:
                yield _clash(column, first)
            elif is_long(column.name):
                yield column.subject.diagnose(_too_long(column))


def check_named_links(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM517: a `db_name` is given to what has no column."""
    for entity in app.entities:
        for field in entity.fields:
            if field.schema.db_name is not None and link_target(field.schema) is not None:
                text = "has a `db_name`, but is kept in a table of its own, which has no other name"
                yield field.subject.diagnose(Problem(INVALID_DB_NAME, text, "leave it out"))


def check_index_names(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM511: two indexes have one name, or that of a table, or a constraint has one that is too long."""
    entities = {each.schema.snake_name: each for each in app.entities}.values()
    # Databases know tables and indexes by one name.
    seen = {
        table.name.casefold(): table
        for entity in entities
        if entity.schema.store == "SERVER_SQL"
        for table in _tables(entity)
    }
    for entity in entities:
        if entity.schema.store != "SERVER_SQL":
            continue
        for index in _indexes(entity, app):
            if is_long(index.name):
                yield index.subject.diagnose(_too_long(index))
                continue
            first = seen.setdefault(index.name.casefold(), index)
            if first is not index:
                yield _clash(index, first)
        for check in _constraints(entity, app):
            if is_long(check.name):
                yield check.subject.diagnose(_too_long(check))


def _tables(entity: LinkedEntity) -> Iterator[_Named]:
    name = entity.schema.snake_name
    yield _Named(entity.schema.table_name, f"the table of {entity.subject.noun}", entity.subject)
    if any(field.schema.searchable for field in entity.fields):
        for part in ("", *_INDEX_PARTS):
            index = f"fts_{entity.schema.table_name}{part}"
            yield _Named(index, f"the full-text index of {entity.subject.noun}", entity.subject)
    for field in stored_fields(entity.fields):
        if link_target(field.schema) is not None:
            table = f"{name}_{field.schema.name}"
            yield _Named(table, f"the table of {field.subject.noun}", field.subject)


def _columns(entity: LinkedEntity, app: LinkedApp) -> Iterator[_Named]:
    yield _Named(id_column(entity.schema), f"the id of {entity.subject.noun}", entity.subject)
    for field in stored_fields(entity.fields):
        if field.schema.name != "id":
            stored = stored_value(field, app)
            for name in stored.columns:
                yield _Named(name, f"the column of {field.subject.noun}", field.subject)


def _indexes(entity: LinkedEntity, app: LinkedApp) -> Iterator[_Named]:
    table = entity.schema.table_name
    columns: dict[str, tuple[str, ...]] = {}
    for field in stored_fields(entity.fields):
        schema = field.schema
        stored = stored_value(field, app)
        columns[schema.name] = stored.columns
        is_indexed = schema.index or schema.unique or stored.kind == "reference"
        if is_indexed and schema.name != "id":
            for column in stored.columns:
                name = f"{'uq' if schema.unique else 'ix'}_{table}_{column}"
                yield _Named(name, f"an index of {field.subject.noun}", field.subject)
    # The same index twice is reported as such.
    for option in dict.fromkeys(entity.schema.indexes):
        parts = [column for field in option.fields for column in columns.get(field, ())]
        name = option.name or index_name(table, parts, unique=option.unique)
        yield _Named(name, f"an index of {entity.subject.noun}", entity.subject)


def _constraints(entity: LinkedEntity, app: LinkedApp) -> Iterator[_Named]:
    table = entity.schema.table_name
    for field in stored_fields(entity.fields):
        stored = stored_value(field, app)
        if stored.kind == "reference":
            name = f"fk_{table}_{stored.columns[0]}"
            yield _Named(name, f"the constraint of {field.subject.noun}", field.subject)
        elif stored.kind == "links":
            for name in _link_constraints(
                f"{entity.schema.snake_name}_{field.schema.name}", entity, field, app
            ):
                yield _Named(name, f"a constraint of {field.subject.noun}", field.subject)
        elif stored.kind in ("column", "parts"):
            for column, part in zip(stored.columns, stored.fields, strict=True):
                limits = part.schema.constraints.model_dump(
                    exclude_defaults=True, exclude={"strict", *TEXT_ARGUMENTS}
                )
                is_checked = part.schema.type.kind in ("enum", "literal") or limits
                if is_checked:
                    name = f"ck_{table}_{column}_choices"
                    yield _Named(name, f"the constraint of {field.subject.noun}", field.subject)


def _link_constraints(
    table: str, entity: LinkedEntity, field: LinkedField, app: LinkedApp
) -> Iterator[str]:
    """The foreign keys of a many-to-many relation's table."""
    yield f"fk_{table}_{entity.schema.snake_name}_id"
    for name in entities_in(field.schema.type):
        if name in app.by_name:
            other = "other_" if name == entity.schema.qualified_name else ""
            yield f"fk_{table}_{other}{app.by_name[name].schema.snake_name}_id"


def _table_problem(table: _Named) -> Problem | None:
    name = table.name.casefold()
    if name in _OWN_TABLES or name.startswith(_OWN_PREFIXES):
        text = f"would be kept in the table `{table.name}`, a name that the store or SQLite needs"
        return Problem(TABLE_NAME_CLASH, text, "rename it")
    return _too_long(table) if is_long(table.name) else None


def _too_long(named: _Named) -> Problem:
    text = f"needs the name `{named.name}` in the database, longer than {LONGEST} bytes"
    return Problem(TABLE_NAME_CLASH, text, "give the field or the entity a shorter name")


def _clash(second: _Named, first: _Named) -> Diagnostic:
    return TABLE_NAME_CLASH.report(
        f"{second.what} and {first.what} are both called `{second.name}`",
        second.subject.place,
        help="rename one of them",
        related=(Related("the other one is here", first.subject.place),),
        entity=second.subject.entity,
    )
