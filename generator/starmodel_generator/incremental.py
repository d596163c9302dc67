"""A run after the contents of some sources have changed: only what follows from them is made anew.

What may be affected is linked twice, from the facts of before and from those of now, without the
rest of the app. The two results are compared with each other, and the older one with the files
that are there: where it would not have given exactly these, the rest of the app plays a part. On
this doubt, as on any other, nothing is done, and the stages run over everything.

What one entity has in common with all others must be the same before and after (`_headline`).
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import NoReturn, TypeAlias, cast

from pydantic import BaseModel

from starmodel_generator._version import __version__
from starmodel_generator.analysis.facts import (
    AssignmentFact,
    CallExpression,
    FunctionFacts,
    LiteralExpression,
    ModuleFacts,
)
from starmodel_generator.analysis.module import analyse
from starmodel_generator.cache import Cache, CachedFacts, Overview, RenderedEntity, save_cache
from starmodel_generator.emission.context import Context, Shared
from starmodel_generator.emission.python.import_block import NameClash
from starmodel_generator.emission.render import render_artifact
from starmodel_generator.emission.schema_json import member_text
from starmodel_generator.emission.templating import environment
from starmodel_generator.linking.link import link
from starmodel_generator.output.journal import replace_files
from starmodel_generator.output.manifest import FILE_NAME, Manifest
from starmodel_generator.output.paths import check_paths
from starmodel_generator.pipeline import (
    emission_settings,
    link_settings,
    rendered_entity,
    rendering_base,
)
from starmodel_generator.planning import Artifact, plan
from starmodel_generator.project.config import GeneratorConfig
from starmodel_generator.project.hashing import digest, normal, read
from starmodel_generator.project.sources import read_source
from starmodel_generator.up_to_date import Standing
from starmodel_schemas import (
    AppSchema,
    EntitySchema,
    EntityType,
    EnumSchema,
    ObjectSchema,
    RefType,
)

Schema: TypeAlias = EntitySchema | ObjectSchema | EnumSchema

_LOCAL = frozenset({"doc", "description", "default", "signature"})
"""What the rest of an app does not ask about in any part of it."""


class Doubt(Exception):
    """It is not certain what follows from a change; the message says why, to who debugs it."""


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
        Doubt: That is not certain; nothing was written.
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
        _doubt("the cache is not of the run that wrote the manifest")
    if config.targets or manifest.warnings or manifest.entities != config.entities:
        _doubt("there is more to a run than entities")
    old = _Facts(overview, cache, manifest)
    new = _Facts(overview, cache, manifest)
    changed: dict[str, CachedFacts] = {}
    documented: set[str] = set()
    names = {module.path: name for name, module in overview.modules.items()}
    for path in standing.changed:
        name = names.get(path) or _doubt(f"{path} is no module that was read")
        file = read_source(config.root, path, name)
        result = analyse(file) if file.problem is None else _doubt(f"{path} cannot be read")
        if result.facts is None or result.diagnostics:
            _doubt(f"something is wrong with {path}")
        if _surface(old.of(name)) != _surface(result.facts) or result.facts.suppressions:
            _doubt(f"{path} has another surface")
        if _undocumented(old.of(name)) == _undocumented(result.facts):
            documented.add(name)
        new.replaced[name] = result.facts
        changed[path] = CachedFacts(file.sha256, facts=result.facts)
    parts = _Parts(config, overview, cache, new.replaced.keys(), documented)
    # The facts of before had nothing wrong with them, all of them together.
    before = parts.link(old, checked=frozenset())
    after = parts.link(new, checked=parts.affected)
    if old.asked != new.asked:
        _doubt("other modules are read")
    pieces = _changed_pieces(before, after, parts.affected)
    if pieces and config.has_operations:
        _doubt("the table of operations says what entities do")
    contents = _rendered(config, overview, cache, before, after)
    made = {path: content for each in contents.values() for path, content in each[1].items()}
    writes = {path: new for path, (old, new) in made.items() if old != new}
    if pieces:
        path = f"{config.output}/schema.json"
        writes[path] = _spliced(normal(read(f"{config.root}/{path}")), pieces)
    if not writes.keys().isdisjoint(manifest.sources):
        _doubt("what is generated is a source as well")
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
        _doubt("there are files that may not be written")
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


def _doubt(reason: str) -> NoReturn:
    raise Doubt(reason)


def _surface(facts: ModuleFacts) -> tuple[object, ...]:
    """Return what decides which modules a module leads to, and in which order imports run."""
    return (
        facts.name,
        facts.path,
        facts.is_package,
        facts.imports,
        facts.steps,
        facts.names,
        facts.exports,
        facts.suppressions,
        tuple((each.name, each.container) for each in facts.classes),
    )


def _undocumented(facts: ModuleFacts) -> ModuleFacts:
    """A module without what other modules have of it only by inheritance: what describes it."""

    def function(facts: FunctionFacts) -> FunctionFacts:
        return replace(facts, docstring=None)

    def attribute(fact: AssignmentFact) -> AssignmentFact:
        value = fact.value
        if isinstance(value, CallExpression):
            keywords = tuple(
                (name, each)
                for name, each in value.keywords
                if name != "description" or not isinstance(each, LiteralExpression)
            )
            value = replace(value, keywords=keywords)
        return replace(fact, docstring=None, value=value)

    return replace(
        facts,
        docstring=None,
        functions=tuple(map(function, facts.functions)),
        classes=tuple(
            replace(
                each,
                docstring=None,
                attributes=tuple(map(attribute, each.attributes)),
                methods=tuple(map(function, each.methods)),
            )
            for each in facts.classes
        ),
    )


class _Facts:
    """The facts of modules as of the last run, except those that are `replaced`.

    `asked` are the modules that linking has asked for, whether or not they are there.
    """

    def __init__(self, overview: Overview, cache: Cache, manifest: Manifest) -> None:
        self._overview = overview
        self._cache = cache
        self._manifest = manifest
        self.replaced: dict[str, ModuleFacts] = {}
        self.asked: set[str] = set()

    def of(self, name: str) -> ModuleFacts:
        """Return the facts of a module that was read."""
        if name in self.replaced:
            return self.replaced[name]
        path = self._overview.modules[name].path
        known = self._cache.facts.get(path)
        if known is None or known.sha256 != self._manifest.sources.get(path):
            _doubt(f"there are no facts of {path}")
        facts = known.facts()
        if facts is None or facts.name != name:
            _doubt(f"there are no facts of {path}")
        return facts


class _Parts:
    """The modules that a change may affect, and those that these lead to."""

    def __init__(
        self,
        config: GeneratorConfig,
        overview: Overview,
        cache: Cache,
        changed: Iterable[str],
        documented: set[str],
    ) -> None:
        self._settings = link_settings(config)
        self._overview = overview
        modules = overview.modules
        importers: dict[str, list[str]] = {}
        heirs: dict[str, list[str]] = {}
        for name, module in modules.items():
            for imported in module.imports:
                importers.setdefault(imported, []).append(name)
            for base in module.bases:
                heirs.setdefault(base, []).append(name)
        described = _closure(documented, lambda name: heirs.get(name, ()))
        self.affected = described | _closure(
            set(changed) - documented, lambda name: importers.get(name, ())
        )
        # A class that several entities use is declared by the first of them, which the others look
        # up, whether or not they import it.
        own = [f"entities {name}" for name in cache.rendered if _module(name) in self.affected]
        looked_up: set[str] = set()
        for entity, known in cache.rendered.items():
            if _module(entity) in self.affected or any(key in known.inputs for key in own):
                looked_up.add(_module(entity))
                looked_up |= {_module(key.partition(" ")[2]) for key in known.inputs}
        self._reached = _closure(
            self.affected | (looked_up & modules.keys()), lambda name: modules[name].imports
        )
        searched = {name for name, module in modules.items() if module.is_searched}
        given = searched & self._reached
        roots = {name.partition(".")[0] for name in searched}
        if roots != {name.partition(".")[0] for name in given}:
            _doubt("names may be looked for below other packages")
        self._given = sorted(given, key=lambda name: modules[name].path)

    def link(self, facts: _Facts, *, checked: Set[str]) -> AppSchema:
        """Link the entities of these modules as if the app had no others."""

        def load(name: str) -> ModuleFacts | None:
            facts.asked.add(name)
            if name in self._reached:
                return facts.of(name)
            if name in self._overview.modules:
                _doubt(f"{name} is read, which nothing affected imports")
            return None

        settings = replace(self._settings, checked=checked)
        result = link([facts.of(name) for name in self._given], load, settings)
        if result.diagnostics or result.schema is None:
            _doubt("there is something to say")
        return result.schema


def _module(qualified_name: str) -> str:
    return qualified_name.rpartition(".")[0]


def _closure(start: Iterable[str], next_of: Callable[[str], Iterable[str]]) -> set[str]:
    found = set(start)
    pending = list(found)
    while pending:
        for name in next_of(pending.pop()):
            if name not in found:
                found.add(name)
                pending.append(name)
    return found


def _changed_pieces(
    before: AppSchema, after: AppSchema, affected: set[str]
) -> list[tuple[str, str]]:
    """Return the pieces of `schema.json` that change, each as it was and as it is."""
    pieces: list[tuple[str, str]] = []
    for old, new in (
        (before.entities, after.entities),
        (before.objects, after.objects),
        (before.enums, after.enums),
    ):
        if [each.qualified_name for each in old] != [each.qualified_name for each in new]:
            _doubt("there are other classes")
        for one, other in zip(old, new, strict=True):
            if one.model_dump_json() == other.model_dump_json():
                continue
            if one.module not in affected:
                _doubt(f"{one.qualified_name} changes, which nothing affected contains")
            if _headline(one) != _headline(other):
                _doubt(f"{one.qualified_name} shows itself in another way")
            pieces.append((member_text(one), member_text(other)))
    return pieces


def _headline(entity: Schema) -> object:
    """Return what is compared among all classes of an app, and what files of the app say of one.

    Of value objects and enums that is the name, and whether clients read an enum as a `Flag`. Of an
    entity's fields it is those which indexes, tables and relations come from, of its events what
    routes and names come from. Whether there are aliases is seen in the transport of all clients.
    """
    if isinstance(entity, EnumSchema):
        return entity.qualified_name, entity.is_flag
    has_aliases = any(field.sent_as or field.read_as for field in entity.fields)
    if isinstance(entity, ObjectSchema):
        return entity.qualified_name, has_aliases
    indexed = {name for index in entity.indexes for name in index.fields}
    fields = [
        _common(field)
        for field in entity.fields
        if field.unique
        or field.index
        or field.searchable
        or field.name in indexed
        or field.name == "id"
        or field.foreign_key is not None
        or field.primary_key
        or any(isinstance(part, RefType | EntityType) for part in _models(field.type))
    ]
    events = [
        (event.name, event.function, event.method, event.path, event.has_instance, event.crud)
        for event in entity.events
    ]
    rest = entity.model_copy(update={"fields": (), "events": ()})
    return _common(rest), fields, events, has_aliases


def _common(value: object) -> object:
    """A value without what is local to it."""
    if isinstance(value, BaseModel):
        own = {name: _common(each) for name, each in value if name not in _LOCAL}
        return type(value).__name__, own
    if isinstance(value, tuple):
        return [_common(each) for each in cast("tuple[object, ...]", value)]
    return value


def _models(value: object) -> Iterator[BaseModel]:
    """A schema with all schemas inside it."""
    if isinstance(value, BaseModel):
        yield value
        for _, each in value:
            yield from _models(each)
    elif isinstance(value, tuple):
        for each in cast("tuple[object, ...]", value):
            yield from _models(each)


def _spliced(content: bytes, pieces: list[tuple[str, str]]) -> bytes:
    """Return the text of `schema.json` with other pieces."""
    for old, new in pieces:
        head, found, tail = content.partition(f"\n{old}".encode())
        if not found or tail[:1] not in (b",", b"\n"):
            _doubt("schema.json is another one")
        content = b"".join((head, b"\n", new.encode(), tail))
    return content


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
        _doubt("an entity is made of other classes")
    changed = old.differences(new)
    if changed is None:
        _doubt("other things can be looked up")
    if not changed:
        return {}
    looked_up = {f"{name} {key}" for name, key in changed} | {f"{name} *" for name, _ in changed}
    artifacts = {
        entity: list(group)
        for entity, group in groupby(plan(after, settings), key=attrgetter("entity"))
    }
    if plan(before, settings) != plan(after, settings):
        _doubt("other files are generated")
    render = partial(render_artifact, templates=environment())
    made: dict[str, Rendered] = {}
    for entity, known in cache.rendered.items():
        if looked_up.isdisjoint(known.inputs):
            continue
        if entity not in artifacts or not _is_whole(known, old):
            _doubt(f"{entity} looks up more than what is affected")
        files = _files(artifacts[entity], old, render)
        if known.files != {path: digest(content) for path, content in files.items()}:
            _doubt(f"the files of {entity} follow from more than what is affected")
        new.begin()
        others = _files(artifacts[entity], new, render)
        if not all(_is_certain(name, key, known, new) for name, key in new.log):
            _doubt(f"{entity} looks up something else")
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
        _doubt("two things have one name")
