"""Entities that browsers keep: SM250, SM251, SM252, SM253."""

from collections.abc import Iterator

from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import (
    BROWSER_ARGUMENT,
    BROWSER_OPTION,
    BROWSER_SCOPE,
    BROWSER_SECRET,
)
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.reporting import Problem
from starmodel_schemas import EntitySource


def check_browser_states(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM250, SM251, SM252: an entity asks for what a browser cannot keep or do."""
    for entity in app.entities:
        if entity.schema.is_in_browser:
            yield from _scope(entity)
            yield from _secrets(entity)
            yield from _options(entity)


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


def _scope(entity: LinkedEntity) -> Iterator[Diagnostic]:
    schema = entity.schema
    if schema.scope != "SESSION":
        text = f"is kept in the browser, and has scope {schema.scope}"
        help = "leave out `scope`, or keep it on the server, for example in `StateStore.SERVER_SQL`"
        problem = Problem(BROWSER_SCOPE, text, help)
        yield entity.subject.diagnose(problem, entity.options.place_of("scope"))


def _secrets(entity: LinkedEntity) -> Iterator[Diagnostic]:
    for field in entity.fields:
        if field.schema.private or field.schema.write_only:
            kind = "write-only" if field.schema.write_only else "private"
            text = f"is {kind}, and would be kept in the browser, where its user can read it"
            help = f"take it out, or keep `{entity.schema.name}` on the server"
            yield field.subject.diagnose(Problem(BROWSER_SECRET, text, help))


def _options(entity: LinkedEntity) -> Iterator[Diagnostic]:
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
