"""The meaning of an annotation, or why it has none."""

from dataclasses import dataclass

from starmodel_generator.analysis.facts import Expression
from starmodel_generator.diagnostics.rules.entity_rules import (
    ANY_TYPE,
    IMPORT_CYCLE,
    UNKNOWN_NAME,
    UNSUPPORTED_TYPE,
)
from starmodel_generator.linking.names.symbols import UnknownSymbol, described
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.field_options import NO_OPTIONS, FieldOptions
from starmodel_schemas import TypeRef


@dataclass(frozen=True, slots=True)
class ResolvedType:
    """The meaning of an annotation.

    `type` is `None` for plain `None`, and where `problems` say so. `options` is what
    `Annotated[...]` and named limits say about the outermost type; `is_class_variable` and
    `is_final` are its qualifiers.
    """

    type: TypeRef | None
    options: FieldOptions = NO_OPTIONS
    problems: tuple[Problem, ...] = ()
    is_class_variable: bool = False
    is_final: bool = False


def refused(
    annotation: Expression, reason: str, help: str = "write a plain type, for example `str`"
) -> ResolvedType:
    """No type, for a reason that follows "which"."""
    text = f"has the type `{shortened(unparse(annotation))}`, which {reason}"
    return ResolvedType(None, problems=(Problem(UNSUPPORTED_TYPE, text, help),))


def unknown(symbol: UnknownSymbol, near: str | None) -> ResolvedType:
    """No type, for its name leads nowhere; `near` is what may have been meant."""
    rule = IMPORT_CYCLE if symbol.reason == "cycle" else UNKNOWN_NAME
    help = f"did you mean `{near}`?" if near else "define it, or import it by name"
    problem = Problem(rule, f"has the type `{symbol.name}`, which {described(symbol)}", help)
    return ResolvedType(None, problems=(problem,))


def untyped(annotation: Expression) -> tuple[Problem, ...]:
    """Return the problem of a type that says nothing about what it holds."""
    written = shortened(unparse(annotation))
    text = f"has the type `{written}`, which says nothing about what it holds"
    parts = "[str, int]" if written.rpartition(".")[2] in ("dict", "Dict") else "[str]"
    is_collection = not written.endswith(("Any", "Final"))
    help = f"write what it holds, for example `{written}{parts}`" if is_collection else None
    return (Problem(ANY_TYPE, text, help),)
