"""Defaults as generated Python writes them.

A default that is no plain literal comes as an expression. It is read as a syntax tree and written
anew, so that its texts are quoted as everywhere else and nothing but data gets through.
"""

import ast
import re
from typing import NamedTuple

from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, flat, named, prefixed
from starmodel_generator.emission.python.literals import python_value
from starmodel_schemas import Default, ExpressionDefault, LiteralDefault


def default_layout(default: Default, names: ModuleNames) -> Layout | None:
    """Write a default and note what it imports; `None` where it cannot be written down."""
    if isinstance(default, LiteralDefault):
        return python_value(default.value)
    if isinstance(default, ExpressionDefault):
        written = {
            re.split("[.:]", name)[-1]: use_qualified(name, names) for name in default.imports
        }
        return _Expression(written, names).layout(ast.parse(default.expression, mode="eval").body)
    return None


def use_qualified(qualified_name: str, names: ModuleNames) -> str:
    """Import what is named `shop.entities.Status` or `shop.bus:AuditedBus`; returns its name."""
    separator = ":" if ":" in qualified_name else "."
    module, _, name = qualified_name.rpartition(separator)
    return names.use(module, name)


class _Expression(NamedTuple):
    """Writes an expression anew; `written` says how each imported name is written."""

    written: dict[str, str]
    names: ModuleNames

    def layout(self, node: ast.expr) -> Layout:
        match node:
            case ast.Constant(value=bool() | int() | float() | str() | bytes() | None as value):
                return python_value(value)
            case ast.Name(id=name):
                return self.written.get(name) or self.names.builtin(name)
            case ast.List(elts=items):
                return self._display("[", items, "]")
            case ast.Set(elts=items):
                return self._display("{", items, "}")
            case ast.Tuple(elts=[item]):
                return f"({flat(self.layout(item))},)"
            case ast.Tuple(elts=items):
                return self._display("(", items, ")")
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                return Group("{", tuple(self._pair(key, value) for key, value in pairs), "}")
            case ast.Call(func=function, args=arguments, keywords=keywords):
                items = [self.layout(argument) for argument in arguments]
                items += [
                    named(keyword.arg or "", self.layout(keyword.value)) for keyword in keywords
                ]
                return Group(flat(self.layout(function)) + "(", tuple(items), ")")
            case ast.Attribute(value=value, attr=name):
                return f"{flat(self.layout(value))}.{name}"
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return prefixed("-", self.layout(operand))
            case _:
                return ast.unparse(node)

    def _display(self, opening: str, items: list[ast.expr], closing: str) -> Layout:
        return Group(opening, tuple(self.layout(item) for item in items), closing)

    def _pair(self, key: ast.expr | None, value: ast.expr) -> Layout:
        start = "**" if key is None else f"{flat(self.layout(key))}: "
        return prefixed(start, self.layout(value))
