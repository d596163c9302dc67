"""What a store or a cache can keep: SM250, SM251, SM252, SM253, SM254, SM255."""

from collections.abc import Iterator

from starmodel_generator.database.columns import link_target
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import (
    BROWSER_ARGUMENT,
    BROWSER_OPTION,
    BROWSER_SCOPE,
    BROWSER_SECRET,
    MISPLACED_CACHE,
    UNTOLD_CACHE,
)
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.entities.value_objects import LinkedObject
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.unions import references
from starmodel_schemas import EntitySource, PolicyAccess


def check_browser_states(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM250, SM251, SM252: an entity asks for what a browser cannot keep or do."""
    for entity in app.entities:
        if entity.schema.is_in_browser:
            yield from _browser_scope(entity)
            yield from _browser_secrets(entity, app)
            yield from _browser_options(entity)


def check_browser_arguments(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM253: an event of another entity takes one that browsers keep."""
    for entity in app.entities:
        for event in entity.events:
            for parameter in event.schema.parameters:
                source = parameter.source
                if not isinstance(source, EntitySource):
                    continue
                taken = app.entity(source.entity)
                if taken.is_in_browser:
                    text = f"takes `{parameter.name}`, a {taken.name} that the browser keeps"
                    help = f"make it an event of `{taken.name}`, or take the values themselves"
                    yield event.subject.diagnose(Problem(BROWSER_ARGUMENT, text, help))


def _browser_scope(entity: LinkedEntity) -> Iterator[Diagnostic]:
    schema = entity.schema
    if schema.scope != "SESSION":
        text = f"is kept in the browser, and has scope {schema.scope}"
        help = "leave out `scope`, or keep it on the server, for example in `StateStore.SERVER_SQL`"
        problem = Problem(BROWSER_SCOPE, text, help)
        yield entity.subject.diagnose(problem, entity.options.place_of("scope"))


def _browser_secrets(entity: LinkedEntity, app: LinkedApp) -> Iterator[Diagnostic]:
    help = f"take it out, or keep `{entity.schema.name}` on the server"
    for field in entity.fields:
        if field.schema.private or field.schema.write_only:
            kind = "write-only" if field.schema.write_only else "private"
            text = f"is {kind}, and would be kept in the browser, where its user can read it"
            yield field.subject.diagnose(Problem(BROWSER_SECRET, text, help))
    for linked in _value_objects(entity, app):
        for field in linked.fields:
            # Write-only ones and secrets are refused in every value object: SM135, SM137.
            if field.schema.private and not field.schema.write_only:
                text = (
                    f"is private, and would be kept in the browser with `{entity.schema.name}`,"
                    " where its user can read it"
                )
                yield field.subject.diagnose(Problem(BROWSER_SECRET, text, help))


def _value_objects(entity: LinkedEntity, app: LinkedApp) -> list[LinkedObject]:
    """Return the value objects that the fields of an entity are made of, at any depth."""
    found: dict[str, LinkedObject] = {}
    pending = [field.schema.type for field in entity.fields]
    while pending:
        for kind, name in references(pending.pop(0)):
            if kind == "object" and name in app.objects and name not in found:
                found[name] = app.objects[name]
                pending += [field.schema.type for field in found[name].fields]
    return list(found.values())


def _browser_options(entity: LinkedEntity) -> Iterator[Diagnostic]:
    options = entity.options
    if options.renamed_from is not None:
        text = (
            f"was called `{options.renamed_from}`, and what browsers keep under that name is lost"
        )
        problem = Problem(
            BROWSER_OPTION, text, f"call the class `{options.renamed_from}`, as before"
        )
        yield entity.subject.diagnose(problem, options.place_of("renamed_from"))
    if options.respond == "ack":
        text = 'has `respond="ack"`, but what a browser keeps comes back with the answer'
        problem = Problem(BROWSER_OPTION, text, "leave out `respond`")
        yield entity.subject.diagnose(problem, options.place_of("respond"))
    for event in entity.events:
        if event.schema.method == "GET":
            text = 'has `method="GET"`, which has no body for what the browser keeps'
            yield event.subject.diagnose(Problem(BROWSER_OPTION, text, "leave out `method`"))
        if event.schema.respond == "ack" and options.respond != "ack":
            text = 'has `respond="ack"`, but what a browser keeps comes back with the answer'
            yield event.subject.diagnose(Problem(BROWSER_OPTION, text, "leave out `respond`"))


def check_caches(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM254, SM255: an entity has a cache that could not be used, or not be right."""
    for entity in app.entities:
        if entity.schema.cache is None:
            continue
        problem = _cache_problem(entity)
        if problem is not None:
            yield entity.subject.diagnose(problem, entity.options.place_of("cache"))
            continue
        for field in entity.fields:
            schema = field.schema
            if link_target(schema) is not None:
                text = "is a list that the database changes when what is in it is deleted"
                help = f"leave out `cache` of `{entity.schema.name}`"
            elif schema.on_delete != "restrict":
                text = f'has `on_delete="{schema.on_delete}"`, which no cache is told of'
                help = f"take `restrict`, or leave out `cache` of `{entity.schema.name}`"
            else:
                continue
            yield field.subject.diagnose(Problem(UNTOLD_CACHE, text, help))


def _cache_problem(entity: LinkedEntity) -> Problem | None:
    schema = entity.schema
    if schema.store != "SERVER_SQL":
        help = "leave out `cache`, or take `store=StateStore.SERVER_SQL`"
        return Problem(MISPLACED_CACHE, f"has a `cache`, and is kept in {schema.store}", help)
    if schema.ttl is not None:
        text = "has a `cache`, which does not know when its `ttl` is over"
        return Problem(MISPLACED_CACHE, text, "leave out one of them")
    if isinstance(schema.access, PolicyAccess):
        text = "has a `cache`, and a policy that is asked about what is in the database"
        return Problem(MISPLACED_CACHE, text, "leave out `cache`")
    if schema.cache == "redis":
        secret = next((each.name for each in schema.fields if each.constraints.secret), None)
        if secret is not None:
            text = f"has a `cache` in Redis, which does not keep the secret `{secret}`"
            return Problem(MISPLACED_CACHE, text, 'take `cache="memory"`, or leave it out')
    return None
