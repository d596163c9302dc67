"""What a statement or a call changes below a name: `Product.model_config = ...`, `setattr(...)`."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import libcst as cst

from starmodel_generator.analysis.expressions import positional_arguments
from starmodel_generator.analysis.facts import Through
from starmodel_generator.analysis.tree import (
    FunctionNode,
    SmallOrCompound,
    dotted_name,
    index_items,
    text_of,
)


class Change(NamedTuple):
    """What is changed, from its first name on, and where; the rest is as in `NameChange`."""

    path: tuple[str, ...]
    node: cst.CSTNode
    is_inside: bool = False
    through: Through | None = None


_OF_SUBCLASSES = frozenset({"__init_subclass__", "__pydantic_init_subclass__"})
_WHAT_MODELS_ARE_MADE_OF = frozenset({"__annotations__", "model_config", "model_fields"})
# What changes a list, a dictionary, a set, or an object's attributes.
_CHANGING_METHODS = frozenset(
    {
        *("__delattr__", "__delitem__", "__setattr__", "__setitem__", "add", "append", "clear"),
        *("discard", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault"),
        *("sort", "update"),
    }
)
_SETTERS = frozenset(
    {"setattr", "delattr", "type.__setattr__", "type.__delattr__", "object.__setattr__"}
)


def changes_by_statement(node: SmallOrCompound) -> Iterator[Change]:
    """Yield what a statement assigns to, counts up, binds or deletes, but for plain names."""
    match node:
        case cst.Assign(targets=targets):
            for each in targets:
                yield from _changes_of(each.target)
        case cst.AnnAssign(target=target, value=value):
            if value is not None:
                yield from _changes_of(target)
        case cst.AugAssign(target=target) | cst.Del(target=target) | cst.For(target=target):
            yield from _changes_of(target)
        case cst.With(items=items):
            for item in items:
                if item.asname is not None:
                    yield from _changes_of(item.asname.name)
        case _:
            return


def changes_by_call(node: cst.Call) -> Iterator[Change]:
    """Yield what a call changes by itself: `setattr(X, "y", 1)`, `X.y.update(...)`."""
    name = dotted_name(node.func)
    arguments = positional_arguments(node.args)
    if name in _SETTERS and len(arguments) > 1:
        path = _path(arguments[0].value)
        if path is not None:
            yield Change((*path.path, text_of(arguments[1].value) or "*"), node)
    elif isinstance(node.func, cst.Attribute) and node.func.attr.value in _CHANGING_METHODS:
        path = _path(node.func.value)
        if path is not None and len(path.path) > 1:
            yield Change(path.path, node, is_inside=True)


def changes_by_argument(node: cst.Call) -> Iterator[Change]:
    """Yield the names that a call hands to a function, which may change them."""
    callee = dotted_name(node.func)
    if callee is None:
        return
    for index, argument in enumerate(node.args):
        name = dotted_name(argument.value)
        if name is not None and not argument.star:
            which = index if argument.keyword is None else argument.keyword.value
            yield Change(tuple(name.split(".")), node, through=(callee, which))


def names_of_items(source: cst.BaseExpression) -> Iterator[str]:
    """Yield the names of what a loop goes over, as far as they are names; `MODELS.*` for a list."""
    match source:
        case (
            cst.List(elements=elements) | cst.Tuple(elements=elements) | cst.Set(elements=elements)
        ):
            yield from (name for each in elements if (name := dotted_name(each.value)) is not None)
        case cst.Call(func=cst.Attribute(value=of, attr=cst.Name(value="values"))):
            yield from names_of_items(of)
        case _ if (name := dotted_name(source)) is not None:
            yield f"{name}.*"
        case _:
            return


def is_about_subclass(method: FunctionNode | None, below: Sequence[str]) -> bool:
    """Return whether a method that runs for each subclass changes there what a model is made of."""
    is_hook = method is not None and method.name.value in _OF_SUBCLASSES
    return is_hook and not _WHAT_MODELS_ARE_MADE_OF.isdisjoint(below[:1])


def _changes_of(target: cst.BaseExpression) -> Iterator[Change]:
    if isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from _changes_of(element.value)
    elif isinstance(target, cst.Attribute | cst.Subscript):
        found = _path(target)
        if found is not None:
            yield found


def _path(node: cst.BaseExpression) -> Change | None:
    """Return the names on the way to what an expression means, without what is in brackets."""
    parts: list[str] = []
    below, is_inside = node, False
    while isinstance(below, cst.Attribute | cst.Subscript):
        if isinstance(below, cst.Attribute):
            parts.append(below.attr.value)
            below = below.value
            continue
        name = _global_name(below)
        if name is not None:
            return Change((name, *reversed(parts)), node, is_inside)
        parts.clear()
        below, is_inside = below.value, True
    if not isinstance(below, cst.Name):
        return None
    return Change((below.value, *reversed(parts)), node, is_inside)


def _global_name(node: cst.Subscript) -> str | None:
    """Return the name of the module that `globals()["name"]` means."""
    items = index_items(node)
    if isinstance(node.value, cst.Call) and dotted_name(node.value.func) == "globals":
        return text_of(items[0]) if len(items) == 1 else None
    return None
