"""Fields in order by themselves, but not where they are.

SM206, SM207, SM215, SM216, SM240.
"""

import re
from collections.abc import Iterator

from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import (
    FLOAT_MONEY,
    MISSING_DEFAULT,
    NAIVE_DATETIME,
    PROTECTED_PART,
    RECORD_ID,
)
from starmodel_generator.linking.entities.value_objects import LinkedObject
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.class_members import Method
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.constraints import scalar_name
from starmodel_generator.linking.types.unions import references
from starmodel_schemas import (
    ArgumentSource,
    ConstrainedType,
    EntitySchema,
    ExpressionDefault,
    LiteralDefault,
    OptionalType,
    RequiredDefault,
    ScalarType,
    TypeRef,
)

_MONEY = re.compile(
    r"(^|_)(price|cost|balance|salary|wage|fee|refund|revenue|subtotal|money|payment|budget)s?(_|$)"
)


def check_datetimes(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM206: a stored datetime says nothing about time zones; in SQL that is SM506."""
    fields = [
        field
        for entity in app.entities
        if entity.schema.store != "SERVER_SQL"
        for field in entity.fields
    ]
    fields += [field for linked in app.objects.values() for field in linked.fields]
    for field in fields:
        schema = field.schema
        if scalar_name(schema.type) != "datetime" or schema.computed:
            continue
        if schema.constraints.timezone is None and not _says_zone(schema.type):
            help = "use `pydantic.AwareDatetime`, or `NaiveDatetime` if no zone is meant"
            problem = Problem(NAIVE_DATETIME, "is a datetime without a word on time zones", help)
            yield field.at_type(problem)


def check_money(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM207: a field looks like money and is a float."""
    for field in _all_fields(app):
        if scalar_name(field.schema.type) == "float" and _MONEY.search(field.schema.name):
            help = "use `Decimal`, or whole cents in an `int`"
            yield field.at_type(Problem(FLOAT_MONEY, "looks like money, but is a float", help))


def check_record_ids(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM215: an id is of no type that records are found by, or a number that nobody hands out."""
    for entity in app.entities:
        schema = entity.schema
        known = ("str", "int", "UUID") if schema.store == "SERVER_SQL" else ("str", "int")
        for field in entity.fields:
            if field.schema.name != "id" or field.schema.identity:
                continue
            if schema.scope != "RECORD":
                if _is_unnumbered(field, schema):
                    yield field.at_type(_NOT_NUMBERED)
            elif scalar_name(field.schema.type) == "int":
                yield from _number_problem(field)
            elif not isinstance(field.schema.type, ScalarType) or (
                field.schema.type.name not in known
            ):
                text = "is no " + " and no ".join(f"`{name}`" for name in known)
                help = "annotate it `str`, or leave it out and get a unique one"
                yield field.at_type(Problem(RECORD_ID, text, help))


_NUMBERED = "`id: int | None = Field(default=None, primary_key=True)`"
_NOT_NUMBERED = Problem(
    RECORD_ID,
    "may be `None`, and gets no number, since the entity is no record",
    "give the entity `scope=Scope.RECORD`, or leave `id` out",
)


def _is_unnumbered(field: LinkedField, entity: EntitySchema) -> bool:
    """Return whether an id is `None` that has to be a value."""
    if isinstance(field.schema.type, OptionalType):
        return entity.store == "SERVER_SQL"
    return field.schema.default == LiteralDefault(value=None)


def _number_problem(field: LinkedField) -> Iterator[Diagnostic]:
    """A number that somebody gives is required, or made; one of the store's is `None` at first."""
    default = field.schema.default
    if isinstance(field.schema.type, OptionalType):
        text = "may be `None`, but is not `None` in a new record, which would ask for a number"
        help = f"write {_NUMBERED}, or `id: int` where whoever makes a record gives the number"
        yield field.at_type(Problem(RECORD_ID, text, help))
    elif isinstance(default, LiteralDefault | ExpressionDefault):
        text = "has a default that all new records have in common, and each needs an id of its own"
        help = f"write {_NUMBERED} for numbers that the store hands out"
        yield field.at_type(Problem(RECORD_ID, text, help))


def check_required_fields(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM216: an entity that is made with nothing given has a field without a default."""
    for entity in app.entities:
        if entity.schema.scope == "RECORD" or not entity.options.knows_scope:
            continue
        if fills_in_values(entity.members.methods):
            continue
        for field in entity.fields:
            schema = field.schema
            if schema.computed or not isinstance(schema.default, RequiredDefault):
                continue
            scope = entity.schema.scope
            text = f"has no default, but a {scope} entity is made with nothing given"
            help = "give it a default, or give the entity `scope=Scope.RECORD`"
            yield field.subject.diagnose(Problem(MISSING_DEFAULT, text, help))


def check_protected_parts(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM240: callers send a value object with a part that they do not write, and has no default."""
    seen: set[str] = set()
    for entity in app.entities:
        for event in entity.schema.events:
            pending = [
                parameter.type
                for parameter in event.parameters
                if isinstance(parameter.source, ArgumentSource)
            ]
            while pending:
                for kind, name in references(pending.pop()):
                    if kind == "object" and name not in seen:
                        seen.add(name)
                        linked = app.objects[name]
                        pending += [
                            field.schema.type for field in linked.fields if not field.schema.private
                        ]
                        yield from _without_default(linked, f"{entity.schema.name}.{event.name}")


def _without_default(linked: LinkedObject, event: str) -> Iterator[Diagnostic]:
    """The protected parts of a value object that nobody gives a value."""
    if fills_in_values(linked.methods):
        return
    for field in linked.fields:
        schema = field.schema
        is_protected = schema.private or not schema.writable
        if is_protected and not schema.computed and isinstance(schema.default, RequiredDefault):
            what = "is private" if schema.private else "has `writable=False`"
            name = linked.schema.name
            text = f"{what} and no default, so no caller of `{event}` can send a `{name}`"
            yield field.subject.diagnose(Problem(PROTECTED_PART, text, "give it a default"))


def fills_in_values(methods: dict[str, Method]) -> bool:
    """Return whether a validator or an `__init__` of the class may give values of its own."""
    return "__init__" in methods or any(
        method.decorator("pydantic.model_validator") for method in methods.values()
    )


def _all_fields(app: LinkedApp) -> Iterator[LinkedField]:
    for entity in app.entities:
        yield from entity.fields
    for linked in app.objects.values():
        yield from linked.fields


def _says_zone(type: TypeRef) -> bool:
    while isinstance(type, OptionalType | ConstrainedType):
        if isinstance(type, ConstrainedType) and type.constraints.timezone is not None:
            return True
        type = type.item
    return False
