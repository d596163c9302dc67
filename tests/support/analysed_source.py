"""A module given as text, analysed without a disk."""

from textwrap import dedent

from starmodel_generator.analysis.facts import ClassFacts, FunctionFacts, ModuleFacts
from starmodel_generator.analysis.module import analyse
from starmodel_generator.analysis.positions import locate
from starmodel_generator.diagnostics.diagnostic import Diagnostic, Place
from starmodel_generator.project.sources import SourceFile


def source(text: str, path: str = "shop/cart.py") -> SourceFile:
    plain = path.removesuffix(".py")
    is_package = plain.endswith("/__init__")
    module = plain.removesuffix("/__init__").replace("/", ".")
    return SourceFile(path, module, dedent(text), "", is_package)


def facts(text: str, path: str = "shop/cart.py") -> ModuleFacts:
    """The facts of a module that is Python."""
    result = analyse(source(text, path))
    assert result.facts is not None, result.diagnostics
    return result.facts


def only_class(text: str) -> ClassFacts:
    (found,) = facts(text).classes
    return found


def method(module: ModuleFacts, name: str) -> FunctionFacts:
    """The first method of that name in any class of a module."""
    return next(each for found in module.classes for each in found.methods if each.name == name)


def mistake(text: str) -> Diagnostic:
    """What is wrong with a module that is no Python."""
    result = analyse(source(text))
    assert result.facts is None
    (diagnostic,) = result.diagnostics
    return diagnostic


def pointed(text: str, place: Place) -> str:
    """The text that a place's carets stand under."""
    text = dedent(text)
    span = locate(text, place)
    lines = text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)
