"""The modules of a project: found, read and analysed once each, and remembered.

What was read decides the result, and so does what was looked for and is not there; both are in
`sources`, from which the next run tells whether anything has changed.
"""

from collections.abc import Mapping

from starmodel_generator.analysis.facts import ModuleFacts
from starmodel_generator.analysis.module import AnalysisResult, analyse, analyse_all
from starmodel_generator.cache import CachedFacts
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.project.config import GeneratorConfig, module_name
from starmodel_generator.project.discovery import python_files
from starmodel_generator.project.sources import SourceFile, read_source


class ProjectModules:
    """The facts of a project's modules.

    `sources` are the hashes of all files that were looked at, by path, empty for a file that is
    not there; `texts` are what they say; `diagnostics` what is wrong with them as Python.
    `known` are facts of an earlier run by path, with the hash of their file; those that hold, and
    those that were added, are in `facts`.
    """

    def __init__(self, config: GeneratorConfig, known: Mapping[str, CachedFacts]) -> None:
        self._config = config
        self._known = known
        self._loaded: dict[str, ModuleFacts | None] = {}
        self.sources: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.facts: dict[str, CachedFacts] = {}
        self.diagnostics: list[Diagnostic] = []

    def read_entities(self) -> list[ModuleFacts]:
        """Return the facts of the files that are searched for entities, sorted by path."""
        config = self._config
        skip = frozenset({config.output, config.client_output})
        paths = {
            path
            for entry in config.entities
            for path in python_files(str(config.root), entry, skip=skip)
        }
        files = [self._read(path) for path in sorted(paths)]
        changed = [file for file in files if self._known_facts(file) is None]
        results = {
            file.path: result for file, result in zip(changed, analyse_all(changed), strict=True)
        }
        found = [self._note(file, results.get(file.path)) for file in files]
        return [facts for facts in found if facts is not None]

    def load(self, name: str) -> ModuleFacts | None:
        """Return the facts of another module by its dotted name; `None` if the project has none."""
        if name not in self._loaded:
            file = self._find(name)
            if file is None:
                self._loaded[name] = None
            else:
                known = self._known_facts(file)
                self._loaded[name] = self._note(file, analyse(file) if known is None else None)
        return self._loaded[name]

    def _known_facts(self, file: SourceFile) -> ModuleFacts | None:
        """Return the facts of an earlier run, if the file has not changed since."""
        known = self._known.get(file.path)
        if known is None or known.sha256 != file.sha256 or file.problem is not None:
            return None
        facts = known.facts()
        return facts if facts is not None and facts.name == file.module else None

    def _note(self, file: SourceFile, result: AnalysisResult | None) -> ModuleFacts | None:
        """Remember the facts of a file; `None` stands for those of an earlier run."""
        facts = self._known_facts(file) if result is None else result.facts
        self._loaded[file.module] = facts
        self.diagnostics += () if result is None else result.diagnostics
        if result is None and facts is not None:
            self.facts[file.path] = self._known[file.path]
        elif result is not None and facts is not None and not result.diagnostics:
            self.facts[file.path] = CachedFacts(file.sha256, facts=facts)
        return facts

    def _find(self, name: str) -> SourceFile | None:
        """Return the file of a module: below the project's root, or below its `src`."""
        parts = name.split(".")
        for base in ("", "src/"):
            top = self._config.root / base / parts[0]
            if not top.is_dir() and not top.with_suffix(".py").is_file():
                continue
            for ending in (".py", "/__init__.py"):
                path = base + "/".join(parts) + ending
                if (self._config.root / path).is_file():
                    return self._read(path)
                self.sources[path] = ""
        return None

    def _read(self, path: str) -> SourceFile:
        root = self._config.root
        plain = path.removesuffix(".py").removesuffix("/__init__")
        file = read_source(root, path, module_name(root, plain))
        self.sources[path] = file.sha256
        self.texts[path] = file.text
        return file
