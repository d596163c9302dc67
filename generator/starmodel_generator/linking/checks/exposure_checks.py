"""What the outside gets to see and to do: SM401, SM402, SM405."""

from collections.abc import Iterator

from starmodel_generator.diagnostics.diagnostic import Diagnostic, Related
from starmodel_generator.diagnostics.rules.entity_rules import (
    MISSING_ACCESS,
    SECRET_SIGNAL,
    SHADOWED_SIGNAL,
)
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.entities.entity_fields import LinkedField
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.names.secret_names import looks_secret
from starmodel_generator.linking.reporting import Problem


def check_secrets(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM401: a public field looks secret."""
    fields: list[LinkedField] = [field for entity in app.entities for field in entity.fields]
    fields += [field for linked in app.objects.values() for field in linked.fields]
    for field in fields:
        schema = field.schema
        if not schema.private and looks_secret(schema.name, schema.type):
            help = "keep it on the server with `Field(private=True)`"
            text = "looks secret and would be sent to the browser"
            yield field.subject.diagnose(Problem(SECRET_SIGNAL, text, help))


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
        open_events = [event.method.facts.name for event in entity.events if not event.has_access]
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
