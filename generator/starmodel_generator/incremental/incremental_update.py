"""A run after the contents of some sources have changed: only what follows from them is made anew.

What may be affected is linked twice, from the facts of before and from those of now, without the
rest of the app. The two results are compared with each other, and the older one with the files
that are there: where it would not have given exactly these, the rest of the app plays a part. On
any doubt nothing is done, and the stages run over everything: a full rebuild.

What one entity has in common with all others must be the same before and after
(`schema_changes`).
"""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

from starmodel_generator._version import __version__
from starmodel_generator.analysis.module import analyse
from starmodel_generator.cache import Cache, CachedFacts, Overview, RenderedEntity, save_cache
from starmodel_generator.emission.context import Context, Shared
from starmodel_generator.emission.python.import_block import NameClash
from starmodel_generator.emission.render import render_artifact
from starmodel_generator.emission.templating import environment
from starmodel_generator.incremental.affected_modules import (
    AffectedModules,
    RunFacts,
    surface,
    undocumented,
)
from starmodel_generator.incremental.full_rebuild import require_full_rebuild
from starmodel_generator.incremental.schema_changes import changed_pieces, spliced
from starmodel_generator.output.journal import replace_files
from starmodel_generator.output.manifest import FILE_NAME, Manifest
from starmodel_generator.output.paths import check_paths
from starmodel_generator.pipeline import emission_settings, rendered_entity, rendering_base
from starmodel_generator.planning import Artifact, plan
from starmodel_generator.project.config import GeneratorConfig
from starmodel_generator.project.hashing import digest, normal, read
from starmodel_generator.project.sources import read_source
from starmodel_generator.up_to_date import Standing
from starmodel_schemas import AppSchema


@dataclass(frozen=True, slots=True)
class Update:
    """What a run has done: the hashes of the files that it wrote, by path, the manifest last.

    `unchanged` counts those that it left alone, `entities` and `modules` what the app has; `cache`
    is for the next run.
    """

    hashes: Mapping[str, str]
    unchanged: int
    entities: int
    modules: int
    cache: Cache

    @property
    def written(self) -> int:
        """How many files it wrote; a manifest alone counts for none."""
        return len(self.hashes) if len(self.hashes) > 1 else 0


def update(config: GeneratorConfig, standing: Standing, cache: Cache) -> Update:
    """Write what follows from the changed sources of a project whose tree is as it was written.

    Raises:
        FullRebuildRequired: That is not certain; nothing was written.
        OSError: A file could not be read or written; every file is as it was.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return _update(config, standing, cache)
    finally:
        if was_enabled:
            gc.enable()


def _update(config: GeneratorConfig, standing: Standing, cache: Cache) -> Update:
    manifest, overview = standing.manifest, cache.overview
    if overview is None or cache.manifest != digest(standing.text.encode()):
        require_full_rebuild("the cache is not of the run that wrote the manifest")
    if config.targets or manifest.warnings or manifest.entities != config.entities:
        require_full_rebuild("there is more to a run than entities")
    old = RunFacts(overview, cache, manifest)
    new = RunFacts(overview, cache, manifest)
    changed: dict[str, CachedFacts] = {}
    documented: set[str] = set()
    names = {module.path: name for name, module in overview.modules.items()}
    for path in standing.changed:
        name = names.get(path) or require_full_rebuild(f"{path} is no module that was read")
        file = read_source(config.root, path, name)
        result = (
            analyse(file)
            if file.problem is None
            else require_full_rebuild(f"{path} cannot be read")
        )
        if result.facts is None or result.diagnostics:
            require_full_rebuild(f"something is wrong with {path}")
        if surface(old.of(name)) != surface(result.facts) or result.facts.suppressions:
            require_full_rebuild(f"{path} has another surface")
        if undocumented(old.of(name)) == undocumented(result.facts):
            documented.add(name)
        new.replaced[name] = result.facts
        changed[path] = CachedFacts(file.sha256, facts=result.facts)
    parts = AffectedModules(config, overview, cache, new.replaced.keys(), documented)
    # The facts of before had nothing wrong with them, all of them together.
    before = parts.link(old, checked=frozenset())
    after = parts.link(new, checked=parts.affected)
    if old.asked != new.asked:
        require_full_rebuild("other modules are read")
    pieces = changed_pieces(before, after, parts.affected)
    if pieces and config.has_operations:
        require_full_rebuild("the table of operations says what entities do")
    contents = _rendered(config, overview, cache, before, after)
    made = {path: content for each in contents.values() for path, content in each[1].items()}
    writes = {path: new for path, (old, new) in made.items() if old != new}
    if pieces:
        path = f"{config.output}/schema.json"
        writes[path] = spliced(normal(read(f"{config.root}/{path}")), pieces)
    if not writes.keys().isdisjoint(manifest.sources):
        require_full_rebuild("what is generated is a source as well")
    hashes = {path: digest(content) for path, content in writes.items()}
    record = Manifest(
        generator=__version__,
        options=manifest.options,
        entities=manifest.entities,
        sources={
            **manifest.sources,
            **{path: each.sha256 for path, each in changed.items()},
        },
        outputs={**manifest.outputs, **hashes},
        warnings=manifest.warnings,
    ).text()
    record_path = f"{config.output}/{FILE_NAME}"
    if check_paths(config.root, (*writes, record_path), (config.output, config.client_output)):
        require_full_rebuild("there are files that may not be written")
    replace_files(config.root, {**writes, record_path: record.encode()}, ())
    hashes[record_path] = digest(record.encode())
    rendered = {name: each[0] for name, each in contents.items()}
    cache = replace(
        cache,
        facts={**cache.facts, **changed},
        rendered={**cache.rendered, **rendered},
        manifest=hashes[record_path],
    )
    save_cache(config.root, cache)
    return Update(
        hashes,
        unchanged=len(manifest.outputs) - len(writes) + (0 if writes else 1),
        entities=overview.entities,
        modules=overview.entity_modules,
        cache=cache,
    )


Rendered: TypeAlias = tuple[RenderedEntity, dict[str, tuple[bytes, bytes]]]
"""An entity as the cache has it, and its files by path: each as it was and as it is."""


def _rendered(
    config: GeneratorConfig,
    overview: Overview,
    cache: Cache,
    before: AppSchema,
    after: AppSchema,
) -> dict[str, Rendered]:
    """Render the entities that have looked up anything that has changed, by qualified name."""
    settings = emission_settings(config)
    shared = Shared(overview.owners, overview.sent, overview.classes, overview.first_party)
    old, new = Context(before, settings, shared), Context(after, settings, shared)
    if _reach(old) != _reach(new):
        require_full_rebuild("an entity is made of other classes")
    changed = old.differences(new)
    if changed is None:
        require_full_rebuild("other things can be looked up")
    if not changed:
        return {}
    looked_up = {f"{name} {key}" for name, key in changed} | {f"{name} *" for name, _ in changed}
    artifacts = {
        entity: list(group)
        for entity, group in groupby(plan(after, settings), key=attrgetter("entity"))
    }
    if plan(before, settings) != plan(after, settings):
        require_full_rebuild("other files are generated")
    render = partial(render_artifact, templates=environment())
    made: dict[str, Rendered] = {}
    for entity, known in cache.rendered.items():
        if looked_up.isdisjoint(known.inputs):
            continue
        if entity not in artifacts or not _is_whole(known, old):
            require_full_rebuild(f"{entity} looks up more than what is affected")
        files = _files(artifacts[entity], old, render)
        if known.files != {path: digest(content) for path, content in files.items()}:
            require_full_rebuild(f"the files of {entity} follow from more than what is affected")
        new.begin()
        others = _files(artifacts[entity], new, render)
        if not all(_is_certain(name, key, known, new) for name, key in new.log):
            require_full_rebuild(f"{entity} looks up something else")
        rendered = rendered_entity(known.inputs[""], new, others)
        made[entity] = rendered, {path: (files[path], others[path]) for path in files}
    return made


def _reach(context: Context) -> dict[str, tuple[object, ...]]:
    """Return the names of the classes that each entity is made of."""
    return {
        name: (
            [each.qualified_name for each in reach.enums],
            [each.qualified_name for each in reach.objects],
            reach.sent,
        )
        for name, reach in context.reaches.unnoted().items()
    }


def _is_whole(known: RenderedEntity, context: Context) -> bool:
    """Return whether a part of an app has all that was looked up for an entity in the whole of it."""
    for looked_up, expected in known.inputs.items():
        name, _, key = looked_up.partition(" ")
        found = context.fingerprint(name, key) if name else rendering_base(context)
        if found != expected:
            return False
    return True


def _is_certain(name: str, key: str, known: RenderedEntity, context: Context) -> bool:
    """Return whether a look-up finds in a part of an app what it would find in the whole of it.

    What was looked up before is known to. A definition is the same wherever it is found, and the
    names of all classes are those of the whole app, in which none is another one (`Shared`).
    """
    if f"{name} {key}" in known.inputs or (name == "classes" and key != "*"):
        return True
    is_definition = name in ("entities", "objects", "enums", "names", "reaches")
    return is_definition and context.fingerprint(name, key) != ""


def _files(
    artifacts: Sequence[Artifact], context: Context, render: Callable[[Artifact, Context], str]
) -> dict[str, bytes]:
    try:
        return {artifact.path: render(artifact, context).encode() for artifact in artifacts}
    except NameClash:
        require_full_rebuild("two things have one name")
