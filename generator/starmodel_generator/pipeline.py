"""The stages in order: sources, facts, schema, plan, text. All but the reading is pure."""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TypeAlias

from starmodel_generator.analysis.facts import ModuleFacts, NameExpression
from starmodel_generator.analysis.positions import with_spans
from starmodel_generator.analysis.suppressions import apply_suppressions
from starmodel_generator.cache import Cache, KnownModule, Overview, RenderedEntity, load_cache
from starmodel_generator.diagnostics.diagnostic import Diagnostic, has_errors
from starmodel_generator.diagnostics.rules.entity_rules import RESERVED_NAME
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.exposure import exposure_mistakes
from starmodel_generator.emission.python.import_block import NameClash
from starmodel_generator.emission.render import render_artifact
from starmodel_generator.emission.templating import environment
from starmodel_generator.linking.link import LinkSettings, link
from starmodel_generator.modules import ProjectModules
from starmodel_generator.output.comparison import read_existing
from starmodel_generator.planning import Artifact, EmissionSettings, plan
from starmodel_generator.plugins import load_targets, run_target
from starmodel_generator.project.config import GeneratorConfig
from starmodel_generator.project.config_table import ConfigTable
from starmodel_generator.project.hashing import digest, normal, read
from starmodel_schemas import AppSchema


@dataclass(frozen=True, slots=True)
class Generation:
    """What the stages made of a project.

    `files` are the generated contents by path; `sources` the hashes of all files that were read,
    and `texts` what they say, for diagnostics to show; `schema` is `None` where errors kept it
    from being made. `plugins` are the targets that took part, with their versions; `cache` is
    what a later run need not work out again.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    schema: AppSchema | None = None
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    plugins: tuple[str, ...] = ()
    cache: Cache | None = None

    @property
    def has_errors(self) -> bool:
        """Whether the project cannot be generated as it is."""
        return has_errors(self.diagnostics)


Progress: TypeAlias = Callable[[str, int, int], None]
"""Told by a stage how far it is: its name, what is done, and out of how much."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def run_stages(
    config: GeneratorConfig, *, progress: Progress = no_progress, cache: Cache | None = None
) -> Generation:
    """Run every stage; where something is wrong with the entities, nothing is emitted.

    Without a `cache`, the one of the project is read.
    """
    # Next to nothing of what the stages make is garbage before they are done; looking for it
    # takes a tenth of their time.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        cache = load_cache(config.root) if cache is None else cache
        understood = analyze(config, progress=progress, cache=cache)
        if understood.has_errors or understood.schema is None:
            return understood
        return emit(understood, understood.schema, config, progress=progress, cache=cache)
    finally:
        if was_enabled:
            gc.enable()


def analyze(
    config: GeneratorConfig, *, progress: Progress = no_progress, cache: Cache | None = None
) -> Generation:
    """Read the entities and what they are made of; nothing is emitted."""
    progress("reading", 0, 2)
    cache = Cache() if cache is None else cache
    modules = ProjectModules(config, cache.facts)
    facts = modules.read_entities()
    progress("linking", 1, 2)
    settings = link_settings(config)
    if has_errors(modules.diagnostics):
        # Where a file cannot be read, its entities are not missing.
        settings = replace(settings, entities=())
    linked = link(facts, modules.load, settings)
    located = with_spans((*modules.diagnostics, *linked.diagnostics), modules.texts)
    suppressions = {module.path: module.suppressions for module in linked.read}
    diagnostics = apply_suppressions(located, suppressions, modules.texts)
    is_silent = not (located or diagnostics or any(suppressions.values()))
    searched = frozenset(module.name for module in facts)
    return Generation(
        diagnostics,
        None if has_errors(diagnostics) else linked.schema,
        sources=modules.sources,
        texts=modules.texts,
        cache=Cache(
            modules.facts,
            cache.rendered,
            Overview(known_modules(linked.read, searched)) if is_silent else None,
        ),
    )


def link_settings(config: GeneratorConfig) -> LinkSettings:
    """Return the part of the configuration that linking depends on."""
    return LinkSettings(
        providers=dict(config.providers),
        respond=config.respond,
        generated=config.generated_packages,
        entities=config.entities,
    )


def known_modules(
    modules: Sequence[ModuleFacts], searched: frozenset[str]
) -> dict[str, KnownModule]:
    """Tell to which of the modules the names in each of them may lead, by its imports.

    Through a package, a name may lead to any module in it.
    """
    within: dict[str, set[str]] = {}
    for module in modules:
        parts = module.name.split(".")
        for length in range(1, len(parts) + 1):
            within.setdefault(".".join(parts[:length]), set()).add(module.name)
    names = {module.name for module in modules}
    known: dict[str, KnownModule] = {}
    for module in modules:
        led_to: dict[str, set[str]] = {}
        for fact in module.imports:
            target = fact.module if fact.name is None else f"{fact.module}.{fact.name}"
            found = ({fact.module} & names) | within.get(target, set())
            led_to.setdefault(fact.bound, set()).update(found - {module.name})
        imports = set[str]().union(*led_to.values())
        own = {each.name for each in module.classes}
        bases: set[str] = set()
        for base in (base for each in module.classes for base in each.bases):
            root = base.name.partition(".")[0] if isinstance(base, NameExpression) else ""
            # What is neither a class of the module nor imported by name may be anything.
            bases |= led_to.get(root, set[str]() if root in own else imports)
        known[module.name] = KnownModule(
            module.path,
            module.name in searched,
            tuple(sorted(imports)),
            tuple(sorted(bases)),
        )
    return known


def emit(
    understood: Generation,
    schema: AppSchema,
    config: GeneratorConfig,
    *,
    progress: Progress = no_progress,
    cache: Cache | None = None,
) -> Generation:
    """Generate the files of a schema, those of plugins included.

    Files that follow from the same as those that are there are read instead of rendered.
    """
    settings = emission_settings(config)
    context, templates = Context(schema, settings), environment()
    if config.has_operations:
        text = normal(read(f"{config.root}/{config.file}")).decode("utf-8", "replace")
        table = ConfigTable(config.root, config.file, text, {})
        spans = {key: table.locate(key) for key in ("mcp", "jsonrpc")}
        mistakes = tuple(exposure_mistakes(context, spans))
        if mistakes:
            return replace(
                understood,
                diagnostics=(*understood.diagnostics, *mistakes),
                texts={**understood.texts, config.file: text},
            )
    artifacts = plan(schema, settings)
    known = (Cache() if cache is None else cache).rendered
    base = rendering_base(context)
    rendered: dict[str, RenderedEntity] = {}
    files: dict[str, bytes] = {}
    clashes: list[Diagnostic] = []
    for entity, group in groupby(artifacts, key=attrgetter("entity")):
        own = list(group)
        progress("writing code", len(files), len(artifacts))
        reused = _reusable(known.get(entity), own, context, base, config.root)
        if reused is not None:
            files |= reused
            rendered[entity] = known[entity]
            continue
        context.begin()
        made: dict[str, bytes] = {}
        for artifact in own:
            try:
                made[artifact.path] = render_artifact(artifact, context, templates).encode()
            except NameClash as clash:
                clashes.append(_clash(clash, artifact, context))
        files |= made
        if entity is not None:
            rendered[entity] = rendered_entity(base, context, made)
    if clashes:
        return replace(understood, diagnostics=(*understood.diagnostics, *clashes))
    loaded = load_targets(config.targets)
    diagnostics = [*understood.diagnostics, *loaded.diagnostics]
    for target in loaded.targets:
        added, found = run_target(target, schema, config, taken=files.keys())
        files |= added
        diagnostics += found
    made_of = understood.cache or Cache()
    overview = made_of.overview
    if overview is not None:
        overview = replace(
            overview,
            owners=context.owners.unnoted(),
            sent=tuple(sorted(context.sent.unnoted())),
            classes=tuple(sorted(context.classes.unnoted())),
            first_party=tuple(sorted(context.first_party)),
            entities=len(schema.entities),
            entity_modules=len({each.module for each in schema.entities}),
        )
    return replace(
        understood,
        diagnostics=tuple(diagnostics),
        files=files,
        plugins=tuple(target.label for target in loaded.targets),
        cache=Cache(made_of.facts, rendered, None if diagnostics or loaded.targets else overview),
    )


def rendering_base(context: Context) -> str:
    """Return a hash of what the files of all entities are rendered from."""
    return digest(repr((context.settings, sorted(context.first_party))).encode())


def rendered_entity(base: str, context: Context, files: Mapping[str, bytes]) -> RenderedEntity:
    """Note the files of an entity, and what was looked up for them since the log was cleared."""
    inputs = {f"{name} {key}": context.fingerprint(name, key) for name, key in context.log}
    hashes = {path: digest(content) for path, content in files.items()}
    return RenderedEntity({"": base, **inputs}, hashes)


def _clash(clash: NameClash, artifact: Artifact, context: Context) -> Diagnostic:
    """A clash that linking did not foresee; it knows most names, and says so at their place."""
    owner = artifact.entity
    return RESERVED_NAME.report(
        f"in `{artifact.path}`, {clash}",
        help="rename the one that is yours",
        entity=None if owner is None else context.entities[owner].name,
    )


def _reusable(
    known: RenderedEntity | None,
    artifacts: Sequence[Artifact],
    context: Context,
    base: str,
    root: Path,
) -> dict[str, bytes] | None:
    """Return the files of an entity as they are, if rendering them again would give the same."""
    if known is None or known.inputs.get("") != base:
        return None
    if set(known.files) != {artifact.path for artifact in artifacts}:
        return None
    for looked_up, expected in known.inputs.items():
        name, _, key = looked_up.partition(" ")
        if name and context.fingerprint(name, key) != expected:
            return None
    existing = read_existing(root, known.files)
    if any(
        path not in existing or digest(existing[path]) != known.files[path] for path in known.files
    ):
        return None
    return {artifact.path: normal(existing[artifact.path]) for artifact in artifacts}


def emission_settings(config: GeneratorConfig) -> EmissionSettings:
    """Return the part of the configuration that generated code depends on."""
    return EmissionSettings(
        package=config.package,
        output=config.output,
        client_output=config.client_output,
        migrations=config.migrations,
        web=config.web,
        configuration=config.file,
        title=config.title,
        navigation=config.navigation,
        home=config.home,
        ui=config.ui,
        frontend=config.frontend,
        bus=config.bus,
        custom_store=config.custom_store,
        memory=config.memory,
        health=config.health,
        logs=config.logs,
        metrics=config.metrics,
        traces=config.traces,
        mcp=config.mcp,
        jsonrpc=config.jsonrpc,
        websocket=config.websocket,
        datastar_url=config.datastar_url,
        datastar_integrity=config.datastar_integrity,
        htmx=config.htmx,
        trusted_origins=config.trusted_origins,
        adapters=config.adapters,
    )
