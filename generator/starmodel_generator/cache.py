"""What need not be worked out again: the facts of modules, and which entity made which files.

The cache lies in `.starmodel/cache`, which is never committed, and is never needed: what is not
in it, or does not fit to the last byte, is worked out. It holds facts by the hash of their module,
and for each entity the hashes of everything its files were rendered from and of the files
themselves. Their texts are the generated files; one that was edited is rendered anew.
"""

import contextlib
import functools
import json
import os
import pickle
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from starmodel_generator._version import __version__
from starmodel_generator.analysis import facts as facts_module
from starmodel_generator.analysis.facts import ModuleFacts
from starmodel_generator.output.journal import private_folder
from starmodel_generator.project.discovery import PRIVATE_FOLDER
from starmodel_generator.project.hashing import digest

_FOLDER = "cache"
_FACTS = "facts.pickle"
_RENDERED = "rendered.json"
_OVERVIEW = "overview.json"


@dataclass(frozen=True, slots=True)
class RenderedEntity:
    """The hashes of the files of one entity, and of what they were rendered from.

    `inputs` maps what was looked up (`entities shop.Order`) to the hash of what was found there.
    """

    inputs: Mapping[str, str]
    files: Mapping[str, str]


class CachedFacts:
    """The facts of a module with the hash of the text they were read off, packed until needed."""

    __slots__ = ("_facts", "_packed", "sha256")

    def __init__(
        self, sha256: str, *, facts: ModuleFacts | None = None, packed: bytes | None = None
    ) -> None:
        self.sha256 = sha256
        self._facts = facts
        self._packed = packed

    def facts(self) -> ModuleFacts | None:
        """Return the facts; `None` where what was packed cannot be trusted."""
        if self._facts is None and self._packed is not None:
            with contextlib.suppress(Exception):
                found = _FactsUnpickler(BytesIO(self._packed)).load()
                self._facts = found if isinstance(found, ModuleFacts) else None
        return self._facts

    def packed(self) -> bytes:
        """Return the facts as bytes."""
        if self._packed is None:
            self._packed = pickle.dumps(self._facts, pickle.HIGHEST_PROTOCOL)
        return self._packed


@dataclass(frozen=True, slots=True)
class KnownModule:
    """A module that a run has read: its file, and the other modules that its names may lead to.

    `is_searched` says that it is one of those that are searched for entities. `bases` are those
    of `imports` that its classes may inherit from.
    """

    path: str
    is_searched: bool
    imports: tuple[str, ...]
    bases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the parts of an app have in common, as far as files of one entity follow from it.

    There is one of a run that had nothing to say. `modules` are by dotted name; `owners` and
    `sent` are what `emission.context.Context` has under these names, `classes` and `first_party`
    as well;
    `entities` is how many there are, `entity_modules` in how many modules.
    """

    modules: Mapping[str, KnownModule]
    owners: Mapping[str, str] = field(default_factory=dict[str, str])
    sent: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    first_party: tuple[str, ...] = ()
    entities: int = 0
    entity_modules: int = 0


@dataclass(slots=True)
class Cache:
    """What earlier runs have worked out, and what this run adds to it.

    `facts` are by path, `rendered` is by the qualified name of the entity. `overview` is of the
    run that wrote the manifest with the hash `manifest`.
    """

    facts: Mapping[str, CachedFacts] = field(default_factory=dict[str, CachedFacts])
    rendered: Mapping[str, RenderedEntity] = field(default_factory=dict[str, RenderedEntity])
    overview: Overview | None = None
    manifest: str = ""


def load_cache(root: Path) -> Cache:
    """Return the cache of a project; an empty one where there is none that can be trusted."""
    folder = root / PRIVATE_FOLDER / _FOLDER
    cache = Cache()
    fingerprint = generator_fingerprint()
    with contextlib.suppress(Exception):
        cache.facts = _read_facts(folder / _FACTS, fingerprint)
    with contextlib.suppress(Exception):
        cache.rendered = _read_rendered(folder / _RENDERED, fingerprint)
    with contextlib.suppress(Exception):
        cache.manifest, cache.overview = _read_overview(folder / _OVERVIEW, fingerprint)
    return cache


def save_cache(root: Path, cache: Cache) -> None:
    """Write the cache; a project where that cannot be done goes without."""
    fingerprint = generator_fingerprint()
    rendered = {
        name: {"inputs": dict(each.inputs), "files": dict(each.files)}
        for name, each in cache.rendered.items()
    }
    with contextlib.suppress(OSError):
        folder = private_folder(root) / _FOLDER
        folder.mkdir(exist_ok=True)
        facts = {path: (each.sha256, each.packed()) for path, each in cache.facts.items()}
        _write(folder / _FACTS, pickle.dumps((fingerprint, facts), pickle.HIGHEST_PROTOCOL))
        _write(
            folder / _RENDERED,
            json.dumps({"generator": fingerprint, "rendered": rendered}).encode(),
        )
        overview = None if cache.overview is None else asdict(cache.overview)
        found = {"generator": fingerprint, "manifest": cache.manifest, "overview": overview}
        _write(folder / _OVERVIEW, json.dumps(found).encode())


@functools.cache
def generator_fingerprint() -> str:
    """Return a hash of the program itself: its version, its files and the Python that runs it."""
    parts = [__version__, sys.version]
    for package in ("starmodel_generator", "starmodel_schemas"):
        module = sys.modules.get(package)
        top = Path(getattr(module, "__file__", None) or __file__).parent
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(each for each in folders if each != "__pycache__")
            for name in sorted(names):
                status = os.stat(os.path.join(folder, name))
                parts.append(f"{folder}/{name} {status.st_size} {status.st_mtime_ns}")
    return digest("\n".join(parts).encode())


def _read_facts(path: Path, fingerprint: str) -> dict[str, CachedFacts]:
    found = _FactsUnpickler(BytesIO(path.read_bytes())).load()
    written_by, facts = cast("tuple[str, dict[str, tuple[str, bytes]]]", found)
    if written_by != fingerprint:
        return {}
    return {path: CachedFacts(sha256, packed=packed) for path, (sha256, packed) in facts.items()}


def _read_rendered(path: Path, fingerprint: str) -> dict[str, RenderedEntity]:
    found: dict[str, Any] = json.loads(path.read_bytes())
    if found["generator"] != fingerprint:
        return {}
    return {
        name: RenderedEntity(each["inputs"], each["files"])
        for name, each in found["rendered"].items()
    }


def _read_overview(path: Path, fingerprint: str) -> tuple[str, Overview | None]:
    found: dict[str, Any] = json.loads(path.read_bytes())
    if found["generator"] != fingerprint or found["overview"] is None:
        return "", None
    overview: dict[str, Any] = found["overview"]
    modules = {
        name: KnownModule(
            each["path"], each["is_searched"], tuple(each["imports"]), tuple(each["bases"])
        )
        for name, each in overview["modules"].items()
    }
    return found["manifest"], Overview(
        modules,
        overview["owners"],
        tuple(overview["sent"]),
        tuple(overview["classes"]),
        tuple(overview["first_party"]),
        overview["entities"],
        overview["entity_modules"],
    )


class _FactsUnpickler(pickle.Unpickler):
    """Makes nothing but facts: a pickle that names anything else is refused.

    The folder is the project's own, and a project may come from anywhere.
    """

    def find_class(self, module_name: str, global_name: str) -> Any:
        if module_name in (facts_module.__name__, facts_module.Place.__module__):
            found = getattr(facts_module, global_name, None)
            if isinstance(found, type) and hasattr(found, "__dataclass_fields__"):
                return found
        raise pickle.UnpicklingError(f"{module_name}.{global_name} is no fact")


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(data)
    os.replace(part, path)
