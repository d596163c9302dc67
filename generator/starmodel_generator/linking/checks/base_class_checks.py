"""The marks of entities in SQL among their bases: SM118, SM119."""

from collections.abc import Iterator

from starmodel_generator.analysis.facts import LiteralExpression
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.sql_rules import SQL_MODEL_BASE, TABLE_MARK
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.field_storage import stored_fields, stored_value
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.names.mro import BASE_TABLE, SQL_MODEL
from starmodel_generator.linking.reporting import Problem


def check_table_marks(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM119: `table=True` is missing, alone, or contradicted."""
    for entity in app.entities:
        problem = _mark_problem(entity)
        if problem is not None:
            yield entity.subject.diagnose(problem)


def _mark_problem(entity: LinkedEntity) -> Problem | None:
    hierarchy, options = entity.hierarchy, entity.options
    has_base = hierarchy.inherits(BASE_TABLE) or hierarchy.inherits(SQL_MODEL)
    is_marked = options.is_table
    written = dict(hierarchy.symbol.facts.keywords).get("table")
    if written is not None and not isinstance(written, LiteralExpression):
        help = "write `table=True`, or leave it out"
        return Problem(TABLE_MARK, "has a `table` that is computed", help)
    if is_marked and not has_base:
        help = f"write `class {hierarchy.symbol.name}(Entity, BaseTable, table=True)`"
        return Problem(TABLE_MARK, "has `table=True`, but no base that takes it", help)
    if is_marked and options.store != "SERVER_SQL":
        text = f"has `table=True`, but its `store` is `StateStore.{options.store}`"
        return Problem(TABLE_MARK, text, "leave out one of the two")
    if hierarchy.inherits(BASE_TABLE) and not is_marked and options.store != "SERVER_SQL":
        help = "write `table=True` behind the bases, or leave `BaseTable` out"
        return Problem(TABLE_MARK, "inherits from `BaseTable`, but is no table", help)
    return None


def check_sql_models(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM118: an entity inherits from SQLModel."""
    for entity in app.entities:
        if not (entity.hierarchy.inherits(SQL_MODEL) and entity.options.is_table):
            continue
        text = "is a table of SQLModel's, which does not validate what its constructor is given"
        name = entity.hierarchy.symbol.name
        help = f"inherit from starmodel's: `class {name}(Entity, BaseTable, table=True)`"
        yield entity.subject.diagnose(Problem(SQL_MODEL_BASE, text, help))
        if not any(
            field.schema.name == "id" and field.schema.primary_key for field in entity.fields
        ):
            text = "has no key that SQLModel knows, so Python refuses the class"
            declared = "id: str = sqlmodel.Field(default_factory=..., primary_key=True)"
            problem = Problem(SQL_MODEL_BASE, text, f"declare one, `{declared}`, or {help}")
            yield entity.subject.diagnose(problem)
        if "frozen" in entity.options.places:
            problem = Problem(SQL_MODEL_BASE, "is frozen, so SQLModel cannot make one", help)
            yield entity.subject.diagnose(problem, entity.options.place_of("frozen"))
        for field in stored_fields(entity.fields):
            if stored_value(field, app).kind != "column":
                text = "has a type that SQLModel has no column for, so Python refuses the class"
                yield field.at_type(Problem(SQL_MODEL_BASE, text, help))
