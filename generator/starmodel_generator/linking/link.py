"""From facts to the app schema: a sequence of passes, each making the next value.

Everything that is wrong is gathered on the way; no mistake hides another, and an entity that
cannot be linked does not keep the others from being checked.
"""

import gc
from collections.abc import Callable, Generator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from starmodel_generator.analysis.facts import ModuleFacts
from starmodel_generator.diagnostics.diagnostic import Diagnostic, has_errors
from starmodel_generator.linking.checks.run_checks import check
from starmodel_generator.linking.checks.shadowing_checks import check_hidden_names
from starmodel_generator.linking.entities.class_body import ModelReader
from starmodel_generator.linking.entities.crud_events import crud_events
from starmodel_generator.linking.entities.entities import LinkedEntity, find_entities
from starmodel_generator.linking.entities.entity_fields import FieldReader
from starmodel_generator.linking.entities.events import EventReader, LinkedEvent
from starmodel_generator.linking.entities.inverse_relations import OtherSideReader, find_other_sides
from starmodel_generator.linking.entities.method_effects import EffectReader
from starmodel_generator.linking.entities.parameters import ParameterReader
from starmodel_generator.linking.entities.relation_names import RelationNames
from starmodel_generator.linking.entities.table_settings import read_table_settings
from starmodel_generator.linking.entities.value_objects import ObjectReader
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.linked_field import numbered
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.options.entity_options import EntityOptions
from starmodel_generator.linking.options.model_config import ConfigReader
from starmodel_generator.linking.reporting import Report
from starmodel_generator.linking.resolver import Resolver, make_resolver
from starmodel_generator.linking.source_checks.ignored_class_checks import no_entities
from starmodel_generator.linking.source_checks.run_source_checks import check_source
from starmodel_schemas import AppSchema, EntitySchema, HolderAccess, RespondName, TypeRef
from starmodel_schemas.naming import snake_case


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """What the configuration says about linking.

    `providers` maps the qualified name of a type to that of the function that makes it;
    `respond` is what events answer unless they say otherwise; `generated` are the packages that
    are generated, which need not be there yet. `entities` is where entities are looked for: that
    there are none is then a mistake. `checked` are the modules whose entities are held against the
    rules, `None` for all.
    """

    providers: Mapping[str, str] = field(default_factory=dict[str, str])
    respond: RespondName = "patch"
    generated: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    checked: Set[str] | None = None


@dataclass(frozen=True, slots=True)
class LinkResult:
    """The schema, and what there is to say.

    `schema` is `None` if there are errors that cannot be silenced. With errors that a comment may
    silence there is one; whether it may be used is known after `analysis.suppressions`.
    `read` are all modules whose facts went into it, the entity modules first.
    """

    schema: AppSchema | None
    diagnostics: tuple[Diagnostic, ...] = ()
    read: tuple[ModuleFacts, ...] = ()


def link(
    modules: Sequence[ModuleFacts],
    load: Callable[[str], ModuleFacts | None],
    settings: LinkSettings | None = None,
) -> LinkResult:
    """Link the entity modules of a project.

    `load` gives the facts of another module of the project by its dotted name, `None` where the
    project has none of that name (or where it cannot be read).
    """
    with _collector_at_rest():
        return _link(modules, load, settings or LinkSettings())


def _link(
    modules: Sequence[ModuleFacts],
    load: Callable[[str], ModuleFacts | None],
    settings: LinkSettings,
) -> LinkResult:
    found: list[Diagnostic] = []
    resolver = make_resolver(modules, load)
    hierarchies = find_entities(modules, resolver, found.append)
    configs = ConfigReader(resolver)
    app = _link_entities(hierarchies, resolver, configs, settings, found.append)
    if settings.checked is None:
        found += check(app)
    elif settings.checked:
        own = [each for each in app.entities if each.schema.module in settings.checked]
        found += check(replace(app, entities=tuple(own)))
    found += check_hidden_names(app, resolver)
    found += check_source(app, modules, resolver, configs, settings.generated, tuple(found))
    if settings.entities and not app.entities and not has_errors(found):
        found.append(no_entities(modules, resolver, settings.entities))
    diagnostics = _in_order(found, modules)
    schema = None if any(map(_is_final, diagnostics)) else _schema(app)
    return LinkResult(schema, diagnostics, resolver.names.read())


@contextmanager
def _collector_at_rest() -> Generator[None]:
    """Keep the collector from looking for cycles in a growing heap of values that have none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _link_entities(
    hierarchies: Sequence[ClassHierarchy],
    resolver: Resolver,
    configs: ConfigReader,
    settings: LinkSettings,
    report: Report,
) -> LinkedApp:
    fields = FieldReader(resolver)
    models = ModelReader(resolver, fields)
    objects = ObjectReader(resolver, fields, configs, models)
    options = {hierarchy: configs.options(hierarchy, report) for hierarchy in hierarchies}
    records = {
        hierarchy.symbol.qualified_name: each.scope == "RECORD"
        for hierarchy, each in options.items()
    }
    parameters = ParameterReader(resolver, records, settings.providers)
    relations = RelationNames(resolver, hierarchies)
    events = EventReader(resolver, parameters, relations, settings.respond)
    entities = tuple(
        _link_entity(
            hierarchy,
            each,
            resolver,
            fields,
            models,
            objects,
            relations,
            events,
            settings.respond,
            report,
        )
        for hierarchy, each in options.items()
    )
    entities = _with_other_sides(entities, resolver, report)
    by_name = {each.schema.qualified_name: each for each in entities}
    return LinkedApp(entities, by_name, objects.objects, objects.enums)


def _with_other_sides(
    entities: tuple[LinkedEntity, ...], resolver: Resolver, report: Report
) -> tuple[LinkedEntity, ...]:
    """Entities with their `Many`, which can be read when the fields of all are known."""
    reader = OtherSideReader(resolver, entities)
    return tuple(each.with_many(reader.read(each, report)) for each in entities)


def _link_entity(
    hierarchy: ClassHierarchy,
    options: EntityOptions,
    resolver: Resolver,
    fields: FieldReader,
    models: ModelReader,
    objects: ObjectReader,
    relations: RelationNames,
    events: EventReader,
    respond: RespondName,
    report: Report,
) -> LinkedEntity:
    symbol = hierarchy.symbol
    members = resolver.members.members(hierarchy)
    hooks = models.hooks(hierarchy, report)
    linked_fields = fields.fields(
        hierarchy,
        aliases=options.aliases,
        settings=options.settings,
        report=report,
    )
    if options.scope == "RECORD":
        linked_fields = tuple(map(numbered, linked_fields))
    schemas = tuple(each.schema for each in linked_fields)
    parts = objects.reach([each.type for each in schemas], report)
    loaded = relations.of(symbol.qualified_name)
    effects = EffectReader(resolver, hierarchy, members, schemas, parts, loaded)
    linked_events = events.events(hierarchy, options, members, effects, report)
    reached = objects.reach([each.type for each in schemas] + _types_of(linked_events), report)
    snake_name = snake_case(symbol.name)
    table = read_table_settings(hierarchy, options, linked_fields, resolver, report)
    schema = EntitySchema(
        name=symbol.name,
        module=symbol.module.name,
        source=symbol.module.path,
        snake_name=snake_name,
        namespace=snake_name if options.namespace is None else options.namespace,
        doc=symbol.facts.docstring or None,
        store=options.store,
        scope=options.scope,
        ttl=options.ttl,
        cache=options.cache,
        access=options.access or HolderAccess(),
        page=options.page,
        renders_itself=bool({"__ft__", "__html__"} & members.methods.keys()),
        declares_id=any(each.schema.name == "id" for each in linked_fields),
        fields=schemas,
        events=(
            *(each.schema for each in linked_events),
            *crud_events(symbol, options, linked_fields, respond),
        ),
        crud=options.crud,
        hooks=events.hooks(hierarchy, options, members, effects, report),
        indexes=table.indexes,
        label=options.label,
        order_by=options.order_by,
        lookups=options.lookups,
        renamed_from=options.renamed_from,
        checks=table.checks,
        db_name=None if table.db_name == snake_name else table.db_name,
    )
    sides = tuple(find_other_sides(members, resolver.types))
    return LinkedEntity(
        schema, hierarchy, options, linked_fields, linked_events, members, hooks, reached, sides
    )


def _types_of(events: Sequence[LinkedEvent]) -> list[TypeRef]:
    found: list[TypeRef] = []
    for event in events:
        found += [each.type for each in event.schema.parameters]
        if event.schema.returns is not None:
            found.append(event.schema.returns)
    return found


def _schema(app: LinkedApp) -> AppSchema:
    return AppSchema(
        entities=tuple(entity.schema for entity in app.entities),
        objects=tuple(app.objects[name].schema for name in sorted(app.objects)),
        enums=tuple(app.enums[name].schema for name in sorted(app.enums)),
    )


def _is_final(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity == "error" and not diagnostic.suppressible


def _in_order(
    found: Sequence[Diagnostic], modules: Sequence[ModuleFacts]
) -> tuple[Diagnostic, ...]:
    """Each diagnostic once (what is inherited was met several times), module by module."""
    order = {module.path: index for index, module in enumerate(modules)}
    unique = list(dict.fromkeys(found))
    unique.sort(
        key=lambda each: order.get(each.place.path, len(order)) if each.place is not None else 0
    )
    return tuple(unique)
