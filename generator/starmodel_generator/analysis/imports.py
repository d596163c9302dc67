"""Names that a module's imports bind."""

from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from starmodel_generator.analysis.blocks import Numbering
from starmodel_generator.analysis.facts import ImportFact
from starmodel_generator.analysis.tree import dotted_name
from starmodel_generator.diagnostics.diagnostic import Place


class ImportedName(NamedTuple):
    """One name of an import statement, as in `ImportFact`, with where it is written.

    `level` counts the dots that `module` begins with, `whole` is the module as written.
    """

    bound: str
    module: str
    level: int
    name: str | None
    whole: str
    node: cst.CSTNode


def imported_names(node: cst.Import | cst.ImportFrom) -> Iterator[ImportedName]:
    """Yield the names that an import statement binds; `*` for a star import."""
    if isinstance(node, cst.Import):
        for alias in node.names:
            module = dotted_name(alias.name) or ""
            bound = _as_name(alias)
            first = module.partition(".")[0]
            yield ImportedName(bound or first, module if bound else first, 0, None, module, alias)
        return
    module, level = dotted_name(node.module) or "", len(node.relative)
    if isinstance(node.names, cst.ImportStar):
        yield ImportedName("*", module, level, "*", module, node.names)
        return
    for alias in node.names:
        name = dotted_name(alias.name) or ""
        yield ImportedName(_as_name(alias) or name, module, level, name, module, alias)


def _as_name(alias: cst.ImportAlias) -> str | None:
    return None if alias.asname is None else dotted_name(alias.asname.name)


def read_import(
    node: cst.Import | cst.ImportFrom,
    *,
    package: str,
    type_checking: bool,
    place: Place,
    numbering: Numbering,
    container: str | None = None,
) -> list[ImportFact]:
    """Return the names of one import statement, in order.

    `package` is what relative imports count from: the module itself for an
    `__init__.py`, its parent for any other.
    """
    facts: list[ImportFact] = []
    for bound, module, level, name, whole, _ in imported_names(node):
        spot = place.at("import", numbering.which("import", bound))
        module = absolute_module(package, level, module)
        whole = module if name is not None else whole
        facts.append(ImportFact(bound, module, name, type_checking, spot, container, whole))
    return facts


def absolute_module(package: str, level: int, module: str) -> str:
    """Return the module a `from` names; one that leaves the top package keeps its dots."""
    if level == 0:
        return module
    parts = package.split(".") if package else []
    if level > len(parts):
        return "." * level + module
    kept = parts[: len(parts) - level + 1]
    return ".".join([*kept, module] if module else kept)


def package_of(module: str, *, is_package: bool) -> str:
    """Return the package that a module's relative imports count from."""
    return module if is_package else module.rpartition(".")[0]
