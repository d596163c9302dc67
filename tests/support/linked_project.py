"""A project given as texts, linked without a disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent

from starmodel_generator.analysis.facts import ModuleFacts
from starmodel_generator.analysis.module import analyse
from starmodel_generator.analysis.positions import with_spans
from starmodel_generator.analysis.suppressions import apply_suppressions
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.linking.link import LinkSettings, link
from starmodel_generator.project.sources import SourceFile
from starmodel_schemas import AppSchema, EntitySchema, EventSchema, FieldSchema


@dataclass(frozen=True, slots=True)
class Linked:
    """What came out of linking, suppressions applied."""

    schema: AppSchema | None
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]

    @property
    def codes(self) -> list[str]:
        return [diagnostic.code for diagnostic in self.diagnostics]

    @property
    def app(self) -> AppSchema:
        """The schema of a project without errors."""
        errors = [each.message for each in self.diagnostics if each.severity == "error"]
        assert not errors, errors
        assert self.schema is not None
        return self.schema

    def entity(self, name: str) -> EntitySchema:
        return next(entity for entity in self.app.entities if entity.name == name)

    def field(self, entity: str, name: str) -> FieldSchema:
        return next(field for field in self.entity(entity).fields if field.name == name)

    def event(self, entity: str, function: str) -> EventSchema:
        return next(each for each in self.entity(entity).events if each.function == function)

    def pointed(self, code: str) -> str:
        """The text under the carets of the first diagnostic of a rule."""
        diagnostic = next(each for each in self.diagnostics if each.code == code)
        span = diagnostic.span
        assert span is not None
        line = self.texts[span.path].split("\n")[span.line - 1]
        return line[span.column - 1 : span.end_column - 1 if span.end_line == span.line else None]


def link_sources(
    sources: str | Mapping[str, str],
    *,
    entities: str = "shop/entities",
    settings: LinkSettings | None = None,
) -> Linked:
    """Link a project: `shop/entities.py` alone, or files by path.

    Files below `entities` are the entity files; a package may leave out its `__init__.py`.
    """
    files = {"shop/entities.py": sources} if isinstance(sources, str) else sources
    texts = {path: dedent(text) for path, text in files.items()}
    facts = {module.name: module for module in (facts_of(path, texts[path]) for path in texts)}
    modules = [
        module
        for module in sorted(facts.values(), key=lambda module: module.path)
        if module.path == f"{entities}.py" or module.path.startswith(f"{entities}/")
    ]
    result = link(modules, facts.get, settings)
    located = with_spans(result.diagnostics, texts)
    suppressions = {module.path: module.suppressions for module in modules}
    diagnostics = apply_suppressions(located, suppressions, texts)
    return Linked(result.schema, diagnostics, texts)


def facts_of(path: str, text: str) -> ModuleFacts:
    """The facts of one file."""
    name = path.removesuffix(".py").replace("/", ".")
    is_package = name.endswith(".__init__")
    source = SourceFile(path, name.removesuffix(".__init__"), text, "", is_package)
    result = analyse(source)
    assert result.facts is not None, result.diagnostics
    return result.facts
