"""What `crud` asks for, and the hooks that it calls: SM227, SM510."""

from collections.abc import Iterator

from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import INVALID_HOOK
from starmodel_generator.diagnostics.rules.sql_rules import INVALID_CRUD
from starmodel_generator.linking.entities.crud_hooks import hook_subject
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.field_checks import fills_in_values
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.names.suggestions import free_member
from starmodel_generator.linking.reporting import Problem
from starmodel_schemas import RequiredDefault, SuppliedSource
from starmodel_schemas.crud import VERSION, is_written


def check_crud(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM510: `crud` asks for something that cannot be generated."""
    for entity in app.entities:
        if entity.schema.crud:
            yield from _subject(entity)
            yield from _names(entity)
            yield from _required(entity)


def check_hooks(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM227: a hook takes an entity that nobody names, or the request beside a field of that name."""
    scopes = {entity.schema.qualified_name: entity.schema.scope for entity in app.entities}
    for entity in app.entities:
        taken = {field.schema.name for field in entity.fields if is_written(field.schema, "create")}
        for hook in entity.schema.hooks:
            subject = hook_subject(entity.members.methods[hook.name])
            for parameter in hook.parameters:
                source = parameter.source
                if source.kind == "entity" and scopes.get(source.entity, "GLOBAL") != "GLOBAL":
                    text = f"takes `{parameter.name}`, and nothing says which one is meant"
                    help = "take the `UnitOfWork` and load it: `await work.load(..., id)`"
                    yield subject.diagnose(Problem(INVALID_HOOK, text, help))
                elif source == SuppliedSource(what="request") and "request" in taken:
                    text = "takes the request, and the entity has a field `request`"
                    help = "rename the field, or write it in an event of your own"
                    yield subject.diagnose(Problem(INVALID_HOOK, text, help))


def _subject(entity: LinkedEntity) -> Iterator[Diagnostic]:
    schema = entity.schema
    if entity.is_record_in_sql or not entity.options.knows_scope:
        return
    if schema.store != "SERVER_SQL":
        text = "has `crud`, but is not kept in SQL"
        help = "give it `store=StateStore.SERVER_SQL`, or write events for what may be done"
    else:
        text = f"has `crud`, but there are no records of it (its scope is {schema.scope})"
        help = "give it the scope RECORD, or write events for what may be done"
    problem = Problem(INVALID_CRUD, text, help)
    yield entity.subject.diagnose(problem, entity.options.place_of("crud"))


def _names(entity: LinkedEntity) -> Iterator[Diagnostic]:
    crud = entity.schema.crud
    for event in entity.events:
        name = next(
            (each for each in (event.schema.function, event.schema.name) if each in crud), None
        )
        if name is not None:
            rest = ", ".join(f'"{kind}"' for kind in crud if kind != name)
            text = f"is called `{name}`, like the event that `crud` generates"
            other = free_member(name, entity.members.methods, is_event=True)
            help = f"rename it, for example `{other}`, or "
            help += f"write `crud={{{rest}}}`" if rest else "remove `crud`"
            yield event.subject.diagnose(Problem(INVALID_CRUD, text, help))
    for field in entity.fields:
        name = field.schema.name
        if name in crud and not field.schema.private:
            text = f"is called `{name}`, like the event that `crud` generates"
            help = f"rename it, for example `{free_member(name)}`"
            yield field.subject.diagnose(Problem(INVALID_CRUD, text, help))
        elif name == VERSION and "update" in crud and is_written(field.schema, "update"):
            text = "is called `version`, like what an update takes besides the fields"
            help = f"rename it, for example `{free_member(name)}`, or keep it out of CRUD with"
            help += " `Field(writable=False)`"
            yield field.subject.diagnose(Problem(INVALID_CRUD, text, help))


def _required(entity: LinkedEntity) -> Iterator[Diagnostic]:
    if "create" not in entity.schema.crud or fills_in_values(entity.members.methods):
        return
    for field in entity.fields:
        schema = field.schema
        is_given = is_written(schema, "create") or schema.computed
        if not is_given and isinstance(schema.default, RequiredDefault):
            what = "is private" if schema.private else "has `writable=False`"
            text = f"{what} and no default, so `create` cannot make a record"
            help = "give it a default, or leave `create` out of `crud`"
            yield field.subject.diagnose(Problem(INVALID_CRUD, text, help))
