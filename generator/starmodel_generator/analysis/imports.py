"""Names that a module's imports bind."""

import ast

from starmodel_generator.analysis.blocks import Numbering
from starmodel_generator.analysis.facts import ImportFact
from starmodel_generator.diagnostics import Place


def read_import(
    node: ast.Import | ast.ImportFrom,
    *,
    package: str,
    type_checking: bool,
    place: Place,
    numbering: Numbering,
    container: str | None = None,
) -> list[ImportFact]:
    """The names of one import statement, in order.

    `package` is what relative imports count from: the module itself for an
    `__init__.py`, its parent for any other.
    """
    facts: list[ImportFact] = []
    if isinstance(node, ast.Import):
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            module = alias.name if alias.asname else bound
            spot = place.at("import", numbering.which("import", bound))
            facts.append(
                ImportFact(bound, module, None, type_checking, spot, container, alias.name)
            )
        return facts
    module = absolute_module(package, node.level, node.module)
    for alias in node.names:
        bound = alias.asname or alias.name
        spot = place.at("import", numbering.which("import", bound))
        facts.append(ImportFact(bound, module, alias.name, type_checking, spot, container, module))
    return facts


def absolute_module(package: str, level: int, module: str | None) -> str:
    """The module a `from` names; one that leaves the top package keeps its dots."""
    if level == 0:
        return module or ""
    parts = package.split(".") if package else []
    if level > len(parts):
        return "." * level + (module or "")
    kept = parts[: len(parts) - level + 1]
    return ".".join([*kept, module] if module else kept)


def package_of(module: str, *, is_package: bool) -> str:
    """The package that a module's relative imports count from."""
    return module if is_package else module.rpartition(".")[0]
