"""Relations, and what lists have of them: SM230, SM231, SM501, SM502, SM504, SM505."""

from collections.abc import Iterator
from difflib import get_close_matches

from starmodel_generator.database.columns import link_target, stored_type
from starmodel_generator.database.search_kinds import COUNT, OPERATORS, lookup_of
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import INVALID_LOOKUP, REVEALING_LOOKUP
from starmodel_generator.diagnostics.rules.sql_rules import (
    DANGLING_REFERENCE,
    INVALID_ON_DELETE,
    MISPLACED_REFERENCE,
    RELATION_OUTSIDE_SQL,
)
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.class_members import Method
from starmodel_generator.linking.names.unparse import shortened
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.unions import entities_in
from starmodel_schemas import (
    AuthenticatedAccess,
    EntitySchema,
    ListType,
    OptionalType,
    PublicAccess,
    RefType,
    TypeRef,
)

_OPERATORS = {operator for operators in OPERATORS.values() for operator in operators} | {"isnull"}


def check_targets(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM501: a `Ref`, of a field or of a parameter, leads to no record in SQL."""
    for entity in app.entities:
        for field in entity.fields:
            for problem in _dangling(field.schema.type, app):
                yield field.at_type(problem)
        for event in entity.events:
            for parameter in event.schema.parameters:
                for problem in _dangling(parameter.type, app):
                    subject = event.parameter_subject(parameter.name)
                    yield subject.diagnose(problem, subject.place.at("annotation", 0))


def _dangling(type: TypeRef, app: LinkedApp) -> Iterator[Problem]:
    for name in entities_in(type):
        own_name = name.rpartition(".")[2]
        target = app.by_name.get(name)
        if target is None:
            text = f"refers to `{own_name}`, which is not among the app's entities"
            help = "add its file to `entities` in the configuration; a class that is only a"
            help += " base of other entities has no table"
            yield Problem(DANGLING_REFERENCE, text, help)
        elif not target.is_record_in_sql and target.options.knows_scope:
            yield _no_record(target)


def _no_record(target: LinkedEntity) -> Problem:
    name, schema = target.schema.name, target.schema
    if schema.store != "SERVER_SQL":
        text = f"refers to `{name}`, which is not kept in SQL"
        help = f"give `{name}` `store=StateStore.SERVER_SQL`, or keep its id in a `str`"
        return Problem(DANGLING_REFERENCE, text, help)
    text = f"refers to `{name}`, which is no record (its scope is {schema.scope})"
    help = f"give `{name}` the scope RECORD, or keep its id in a `str`"
    return Problem(DANGLING_REFERENCE, text, help)


def check_owners(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM502: an entity has a relation that only those in SQL have, or only records."""
    for entity in app.entities:
        if entity.is_record_in_sql or not entity.options.knows_scope:
            continue
        name, scope = entity.schema.name, entity.schema.scope
        is_in_sql = entity.schema.store == "SERVER_SQL"
        if is_in_sql:
            text = f"leads to several records, but `{name}` is none (its scope is {scope})"
            help = "give it the scope RECORD, or refer from the other side"
        else:
            text = f"is a relation, but `{name}` is not kept in SQL"
            help = "give it `store=StateStore.SERVER_SQL`, or keep ids in a `str`"
        problem = Problem(RELATION_OUTSIDE_SQL, text, help)
        for field in entity.fields:
            # A single reference is a column, which any row can have.
            if any(entities_in(field.schema.type)) and not (is_in_sql and _is_one(field)):
                yield field.at_type(problem)
        for side in entity.inverse_relations:
            yield side.diagnose(problem)


def _is_one(field: LinkedField) -> bool:
    return isinstance(stored_type(field.schema.type, field.schema.constraints).type, RefType)


def check_places(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM504: a `Ref` stands inside of something that is kept as a whole."""
    for entity in app.entities:
        for field in entity.fields:
            schema = field.schema
            if not any(entities_in(schema.type)):
                continue
            if schema.computed:
                help = "give its id: `str`, or make it a field that is stored"
                text = "is computed, so it cannot refer to anything"
                yield field.at_type(Problem(MISPLACED_REFERENCE, text, help))
            elif not (link_target(schema) is not None or _is_one(field)):
                yield field.at_type(_misplaced(field))
        for event in entity.events:
            for parameter in event.schema.parameters:
                if any(entities_in(parameter.type)) and not _is_plain(parameter.type):
                    text = "has a `Ref` inside of another type"
                    help = "take a `Ref[...]`, a `list[Ref[...]]`, or ids as `str`"
                    problem = Problem(MISPLACED_REFERENCE, text, help)
                    subject = event.parameter_subject(parameter.name)
                    yield subject.diagnose(problem, subject.place.at("annotation", 0))
    for linked in app.objects.values():
        for field in linked.fields:
            if any(entities_in(field.schema.type)):
                text = f"is a `Ref` inside of the value object `{linked.schema.name}`"
                help = "make it an entity of its own, or keep the id in a `str`"
                yield field.at_type(Problem(MISPLACED_REFERENCE, text, help))


def _misplaced(field: LinkedField) -> Problem:
    type = field.schema.type
    if isinstance(type, OptionalType) and isinstance(type.item, ListType):
        text = "is a list of references that may be `None`"
        return Problem(MISPLACED_REFERENCE, text, "an empty list says the same; leave out `None`")
    kind = {"dict": "dict", "set": "set", "tuple": "tuple", "union": "union"}.get(type.kind, "list")
    text = f"has a `Ref` inside of a {kind}"
    help = "write `Ref[...]`, `Ref[...] | None` or `list[Ref[...]]`"
    return Problem(MISPLACED_REFERENCE, text, help)


def _is_plain(type: TypeRef) -> bool:
    """Return whether a type is a `Ref` or a list of them, perhaps optional."""
    if isinstance(type, OptionalType):
        type = type.item
    return isinstance(type, RefType) or (
        isinstance(type, ListType) and isinstance(type.item, RefType)
    )


def check_on_delete(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM505: `on_delete` says something that its field cannot do."""
    for entity in app.entities:
        for field in entity.fields:
            problem = _on_delete_problem(field) if field.says_on_delete else None
            if problem is not None and not isinstance(field.fact, Method):
                yield field.subject.diagnose(problem, field.fact.place.at("value", 0))
    for linked in app.objects.values():
        for field in linked.fields:
            if field.says_on_delete:
                text = "has an `on_delete`, but is part of a value object"
                yield field.subject.diagnose(Problem(INVALID_ON_DELETE, text, "remove it"))


def _on_delete_problem(field: LinkedField) -> Problem | None:
    schema = field.schema
    value = stored_type(schema.type, schema.constraints)
    if link_target(schema) is not None:
        text = "has an `on_delete`, but is a list: what is deleted is gone from it"
        return Problem(INVALID_ON_DELETE, text, "remove it")
    if not isinstance(value.type, RefType) and schema.foreign_key is None:
        text = f"has `on_delete={shortened(repr(schema.on_delete))}`, but refers to nothing"
        return Problem(INVALID_ON_DELETE, text, "make it a `Ref`, or remove `on_delete`")
    if schema.on_delete == "set_null" and not value.nullable:
        text = "becomes `None` when the other is deleted, which its type does not take"
        help = 'add `| None` to the type, or use `"restrict"` or `"cascade"`'
        return Problem(INVALID_ON_DELETE, text, help)
    return None


def check_lookups(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM230, SM231: `lookups` names what is not there, or what its reader may not see."""
    for entity in app.entities:
        for name in dict.fromkeys(entity.schema.lookups):
            problem = _lookup_problem(name, entity, app)
            if problem is not None:
                yield entity.subject.diagnose(problem, entity.options.place_of("lookups"))


def _lookup_problem(name: str, entity: LinkedEntity, app: LinkedApp) -> Problem | None:
    schema, text = entity.schema, f"has `{name}` in `lookups`"
    if not entity.is_record_in_sql:
        text = "has `lookups`, but there is no list of it: it is no record in SQL"
        return Problem(INVALID_LOOKUP, text, "remove `lookups`")
    if schema.lookups.count(name) > 1:
        return Problem(INVALID_LOOKUP, f"{text} twice", "name it once")
    first, _, part = name.partition("__")
    if part in _OPERATORS:
        text = f"{text}, which is a filter by `{first}` itself"
        return Problem(INVALID_LOOKUP, text, f"rename the field `{part}`")
    if any(field.name == name for field in schema.fields):
        text = f"{text}, which is a field of its own"
        help = "rename the field" if "__" in name else "remove it: a list is searched by it anyway"
        return Problem(INVALID_LOOKUP, text, help)
    try:
        found = lookup_of(name, schema, app)
        target = _target(first, schema, app)
    except KeyError:
        # What it leads to has mistakes of its own, which are told where they stand.
        return None
    if found is None or target is None:
        text = f"{text}, which a list cannot be searched by"
        return Problem(INVALID_LOOKUP, text, _lookup_help(name, schema, app))
    if target.ttl is not None:
        text = f"{text}, but a `{target.name}` is forgotten in time (it has a `ttl`)"
        return Problem(INVALID_LOOKUP, text, "remove it")
    if isinstance(target.access, PublicAccess) or (
        isinstance(target.access, AuthenticatedAccess)
        and isinstance(schema.access, AuthenticatedAccess)
    ):
        return None
    text = f"{text}, which would tell of each `{target.name}` that not all of its readers may see"
    help = f"remove it, or let everybody who may see this list read `{target.name}`"
    return Problem(REVEALING_LOOKUP, text, help)


def _target(first: str, schema: EntitySchema, app: LinkedApp) -> EntitySchema | None:
    """Return the entity that a reference or a `Many` leads to."""
    for many in schema.many:
        if many.name == first:
            return app.entity(many.entity)
    for field in schema.fields:
        type_ = stored_type(field.type, field.constraints).type
        if field.name == first and isinstance(type_, RefType):
            return app.entity(type_.entity)
    return None


def _lookup_help(name: str, schema: EntitySchema, app: LinkedApp) -> str:
    known = [f"{many.name}__{COUNT}" for many in schema.many]
    for field in schema.fields:
        type_ = stored_type(field.type, field.constraints).type
        if isinstance(type_, RefType) and type_.entity in app.by_name:
            others = app.entity(type_.entity).fields
            names = [
                f"{field.name}__{other.name}" for other in others if other.name not in _OPERATORS
            ]
            known += [each for each in names if lookup_of(each, schema, app) is not None]
    near = get_close_matches(name, known, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"name one of {', '.join(f'`{each}`' for each in known)}" if known else "remove it"
