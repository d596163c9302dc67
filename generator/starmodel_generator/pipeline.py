"""The stages in order: sources, facts, schema, plan, text. All but the reading is pure."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from starmodel_generator.analysis.positions import with_spans
from starmodel_generator.analysis.suppressions import apply_suppressions
from starmodel_generator.config import GeneratorConfig
from starmodel_generator.diagnostics import Diagnostic, has_errors
from starmodel_generator.emission.names import Context
from starmodel_generator.emission.render import environment, render_artifact
from starmodel_generator.linking.link import LinkSettings, link
from starmodel_generator.modules import ProjectModules
from starmodel_generator.planning import EmissionSettings, plan
from starmodel_generator.plugins import load_targets, run_target
from starmodel_schemas import AppSchema


@dataclass(frozen=True, slots=True)
class Generation:
    """What the stages made of a project.

    `files` are the generated contents by path; `sources` the hashes of all files that were read,
    and `texts` what they say, for diagnostics to show; `schema` is `None` where errors kept it
    from being made. `plugins` are the targets that took part, with their versions.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    schema: AppSchema | None = None
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    plugins: tuple[str, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether the project cannot be generated as it is."""
        return has_errors(self.diagnostics)


Progress: TypeAlias = Callable[[str, int, int], None]
"""Told by a stage how far it is: its name, what is done, and out of how much."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def run_stages(config: GeneratorConfig, *, progress: Progress = no_progress) -> Generation:
    """Run every stage; where something is wrong with the entities, nothing is emitted."""
    # Next to nothing of what the stages make is garbage before they are done; looking for it
    # takes a tenth of their time.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        understood = understand(config, progress=progress)
        if understood.has_errors or understood.schema is None:
            return understood
        return emit(understood, understood.schema, config, progress=progress)
    finally:
        if was_enabled:
            gc.enable()


def understand(config: GeneratorConfig, *, progress: Progress = no_progress) -> Generation:
    """Read the entities and what they are made of; nothing is emitted."""
    progress("reading", 0, 2)
    modules = ProjectModules(config)
    facts = modules.read_entities()
    progress("linking", 1, 2)
    settings = LinkSettings(
        providers=dict(config.providers),
        respond=config.respond,
        generated=config.generated_packages,
        # Where a file cannot be read, its entities are not missing.
        entities=() if has_errors(modules.diagnostics) else config.entities,
    )
    linked = link(facts, modules.load, settings)
    located = with_spans((*modules.diagnostics, *linked.diagnostics), modules.texts)
    suppressions = {module.path: module.suppressions for module in linked.read}
    diagnostics = apply_suppressions(located, suppressions, modules.texts)
    return Generation(
        diagnostics,
        None if has_errors(diagnostics) else linked.schema,
        sources=modules.sources,
        texts=modules.texts,
    )


def emit(
    understood: Generation,
    schema: AppSchema,
    config: GeneratorConfig,
    *,
    progress: Progress = no_progress,
) -> Generation:
    """Generate the files of a schema, those of plugins included."""
    settings = emission_settings(config)
    context, templates = Context(schema, settings), environment()
    artifacts = plan(schema, settings)
    files: dict[str, bytes] = {}
    for number, artifact in enumerate(artifacts):
        progress("writing code", number, len(artifacts))
        files[artifact.path] = render_artifact(artifact, context, templates).encode()
    loaded = load_targets(config.targets)
    diagnostics = [*understood.diagnostics, *loaded.diagnostics]
    for target in loaded.targets:
        added, mistakes = run_target(target, schema, config, taken=files.keys())
        files |= added
        diagnostics += mistakes
    return replace(
        understood,
        diagnostics=tuple(diagnostics),
        files=files,
        plugins=tuple(target.label for target in loaded.targets),
    )


def emission_settings(config: GeneratorConfig) -> EmissionSettings:
    """The part of the configuration that generated code depends on."""
    return EmissionSettings(
        package=config.package,
        output=config.output,
        client_output=config.client_output,
        migrations=config.migrations,
        web=config.web,
        configuration=config.file,
        datastar_url=config.datastar_url,
        datastar_integrity=config.datastar_integrity,
        trusted_origins=config.trusted_origins,
        adapters=config.adapters,
    )
