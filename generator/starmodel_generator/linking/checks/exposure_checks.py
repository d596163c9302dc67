"""What the outside gets to see and to do: SM135, SM136, SM137, SM138, SM401, SM402, SM405."""

from collections.abc import Iterator

from starmodel_generator.diagnostics.diagnostic import Diagnostic, Related
from starmodel_generator.diagnostics.rules.entity_rules import (
    CONTRADICTED_WRITE_ONLY,
    INVALID_MOMENT,
    MISPLACED_SECRET,
    MISSING_ACCESS,
    SECRET_SIGNAL,
    SHADOWED_SIGNAL,
    UNWRITTEN_FIELD,
)
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.reporting import Problem
from starmodel_schemas.secret_names import looks_secret

_KEEPS_SECRETS = frozenset({"SERVER_MEMORY", "SERVER_SQL", "CUSTOM"})


def check_secrets(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM401: a public field looks secret."""
    fields: list[LinkedField] = [field for entity in app.entities for field in entity.fields]
    fields += [field for linked in app.objects.values() for field in linked.fields]
    for field in fields:
        schema = field.schema
        if not schema.private and looks_secret(schema.name, schema.type):
            help = "keep it on the server with `Field(private=True)`, or let it be written and"
            help += " never shown with `Field(write_only=True)`"
            text = "looks secret and would be sent to the browser"
            yield field.subject.diagnose(Problem(SECRET_SIGNAL, text, help))


def check_write_only(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM135, SM136, SM137: a write-only field, or a secret, where it cannot be one."""
    for linked in app.objects.values():
        for field in linked.fields:
            schema = field.schema
            if schema.constraints.secret:
                text = "is a secret inside of a value object, which is kept and sent as a whole"
                help = "make it a field of the entity, or use `str` and `private=True`"
                yield field.at_type(Problem(MISPLACED_SECRET, text, help))
            elif schema.write_only:
                text = "is write-only inside of a value object, which is written as a whole"
                help = "make it a field of the entity, or use `private=True`"
                yield field.subject.diagnose(Problem(CONTRADICTED_WRITE_ONLY, text, help))
    for entity in app.entities:
        yield from _fields(entity)


def check_moments(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM138: a part of a value object is to be set to the time, or a field that callers give."""
    for linked in app.objects.values():
        for field in linked.fields:
            if field.schema.now is not None:
                text = "is set to the time, inside of a value object"
                help = "make it a field of the entity"
                yield field.subject.diagnose(Problem(INVALID_MOMENT, text, help))
    for entity in app.entities:
        for field in entity.fields:
            if field.schema.now is not None and field.schema.write_only:
                text = "is set to the time, and write-only"
                help = "leave out one of them"
                yield field.subject.diagnose(Problem(INVALID_MOMENT, text, help))


def _fields(entity: LinkedEntity) -> Iterator[Diagnostic]:
    schema = entity.schema
    indexed = {name for index in schema.indexes for name in index.fields}
    is_written = bool({"create", "update"} & {*schema.crud})
    for field in entity.fields:
        name, is_secret = field.schema.name, field.schema.constraints.secret
        # What a browser keeps has no secret of any kind: SM251.
        if is_secret and schema.store not in _KEEPS_SECRETS and not schema.is_in_browser:
            text = f"is a secret, which {schema.store} does not keep"
            help = "use `str` with `Field(private=True)`, or keep the entity in SQL"
            yield field.at_type(Problem(MISPLACED_SECRET, text, help))
        if not field.schema.write_only:
            continue
        if name in indexed:
            text = "is write-only, and part of an index"
            help = "leave it out of `indexes` and `unique` in `model_config`"
            yield field.subject.diagnose(Problem(CONTRADICTED_WRITE_ONLY, text, help))
        if not is_written and not is_secret:
            text = "is write-only, but nothing that is generated writes it"
            help = 'give the entity `crud={"create", "update"}`, or write `private=True`'
            yield field.subject.diagnose(Problem(UNWRITTEN_FIELD, text, help))


def check_namespaces(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM402: two entities use the same namespace."""
    seen: dict[str, LinkedEntity] = {}
    for entity in app.entities:
        namespace = entity.schema.namespace
        first = seen.setdefault(namespace, entity)
        # Entities of one name are reported as such.
        if first is not entity and first.schema.snake_name != entity.schema.snake_name:
            yield SHADOWED_SIGNAL.report(
                f"{entity.subject.noun} and {first.subject.noun} both put their signals under"
                f" `{namespace}`",
                entity.options.place,
                help="give one of them another `namespace` in `model_config`",
                related=(Related(f"`{first.schema.name}` is here", first.options.place),),
                entity=entity.schema.name,
            )


def check_access(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM405: a shared entity does not say who may read it or call its events."""
    for entity in app.entities:
        shared = {"GLOBAL": "one for all", "RECORD": "found by its id"}.get(entity.schema.scope)
        if shared is None or entity.options.access is not None:
            continue
        open_events = [
            event.method.facts.name
            for event in entity.events
            if not (event.has_access or event.schema.is_collection)
        ]
        what = "who may read it"
        if open_events:
            what += " or call " + ", ".join(f"`{name}`" for name in open_events)
        yield entity.subject.diagnose(
            Problem(
                MISSING_ACCESS,
                f"is {shared} (scope {entity.schema.scope}), but does not say {what}",
                "write in `model_config` one of `access=Access.PUBLIC`,"
                " `access=Access.AUTHENTICATED` and `access=policy`, the name of a function"
                " `(actor, entity) -> bool`",
            ),
            entity.options.place,
        )
