"""A scope of a module: what it binds, and what is around it."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import libcst as cst

from starmodel_generator.analysis.tree import FunctionNode

Absence: TypeAlias = Literal["undefined", "later", "type_checking"]
"""Why a name is not there, as `MissingName` has it."""


@dataclass(slots=True, eq=False)
class Scope:
    """A scope: what it binds by now, at any time, and for type checkers alone.

    Of a function all names are bound from the start. `roots` are those of its parameters that it
    never binds anew, `checks` the paths below them that it asks about first.
    """

    kind: Literal["module", "class", "function", "inner"]
    parent: "Scope | None"
    names: set[str]
    ever: set[str] = field(default_factory=set[str])
    checked: set[str] = field(default_factory=set[str])
    elsewhere: set[str] = field(default_factory=set[str])
    name: str = ""
    node: FunctionNode | None = None
    receiver: str | None = None
    roots: frozenset[str] = frozenset()
    checks: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])


def binding_scope(scope: Scope) -> Scope:
    """Return the scope that a statement binds names in."""
    while scope.kind == "inner" and scope.parent is not None:
        scope = scope.parent
    return scope


def with_type_parameters(node: FunctionNode | cst.ClassDef, scope: Scope) -> Scope:
    """Return the scope in which the type parameters of a definition are bound."""
    parameters = node.type_parameters.params if node.type_parameters is not None else ()
    names = {each.param.name.value for each in parameters}
    return Scope("inner", scope, names) if names else scope


def method_around(scope: Scope) -> Scope | None:
    """Return the method whose `super()` it is."""
    current: Scope | None = scope
    while current is not None:
        if current.receiver is not None:
            return current
        current = current.parent
    return None


def reason_of_absence(name: str, scope: Scope) -> Absence:
    """Return why a name is not there yet, or not at all."""
    reason: Absence = "undefined"
    current: Scope | None = scope
    while current is not None:
        if current.kind != "class" or current is scope:
            if name in current.ever:
                return "later"
            if name in current.checked:
                reason = "type_checking"
        current = current.parent
    return reason


def is_checked(path: tuple[str, ...], checks: set[tuple[str, ...]]) -> bool:
    """Return whether what a path names is asked about first; `*` stands for anything further down."""
    for length in range(2, len(path) + 1):
        if path[:length] in checks or (*path[: length - 1], "*") in checks:
            return True
    return False
