"""What the functions of a module can refer to: its imports, functions and classes."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starmodel_generator.analysis.assignments import assigned_names
from starmodel_generator.analysis.blocks import scope_statements
from starmodel_generator.analysis.expressions import dotted_name
from starmodel_generator.analysis.facts import ImportFact
from starmodel_generator.analysis.functions import FunctionNode
from starmodel_generator.analysis.known_calls import (
    IMMUTABLE_CONTAINERS,
    IMMUTABLE_TYPES,
    RELATION_TYPES,
    TRANSPARENT_TYPES,
)


@dataclass(frozen=True, slots=True)
class ClassScope:
    """What the methods of a class may count on.

    A name may have several methods: a property with its setter, overloads. `relations` are the
    fields that are annotated as what can be loaded: `Ref[...]`, `Many[...]`.
    """

    methods: Mapping[str, tuple[FunctionNode, ...]]
    immutable_fields: frozenset[str]
    relations: frozenset[str]


@dataclass(frozen=True, slots=True)
class ModuleScope:
    """What the functions of a module may count on.

    `imports` gives the full name of what an import binds, `functions` are the
    module's own, `names` everything it defines itself, `class_of` the class of
    each method.
    """

    imports: Mapping[str, str]
    functions: Mapping[str, tuple[FunctionNode, ...]]
    names: frozenset[str]
    class_of: Mapping[FunctionNode, ClassScope]
    methods: Mapping[str, tuple[FunctionNode, ...]]

    def methods_named(self, name: str) -> tuple[FunctionNode, ...]:
        """The methods of that name of all classes of the module."""
        return self.methods.get(name, ())

    def full_name(self, node: ast.expr, local_imports: Mapping[str, str]) -> str | None:
        """The full name of what is called: `time.sleep` for `sleep` imported from `time`.

        A name that no import binds stays as it is; `None` for anything but
        names and the methods of a `pathlib.Path(...)`.
        """
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            base = self.full_name(node.value.func, local_imports)
            return f"{base}.{node.attr}" if base == "pathlib.Path" else None
        name = dotted_name(node)
        if name is None:
            return None
        first, dot, rest = name.partition(".")
        return (local_imports.get(first) or self.imports.get(first) or first) + dot + rest


def module_scope(
    tree: ast.Module, classes: Iterable[ast.ClassDef], imports: Iterable[ImportFact]
) -> ModuleScope:
    """The scope of a module; `classes` are all of it, wherever they stand."""
    functions: defaultdict[str, list[FunctionNode]] = defaultdict(list)
    names: set[str] = set()
    for statement in scope_statements(tree.body):
        node = statement.node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions[node.name].append(node)
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names.add(node.name)
        else:
            names.update(name.id for name, _ in assigned_names(node))
    class_of: dict[FunctionNode, ClassScope] = {}
    methods: defaultdict[str, list[FunctionNode]] = defaultdict(list)
    for node in classes:
        scope = _class_scope(node)
        for name, own in scope.methods.items():
            methods[name] += own
            class_of.update(dict.fromkeys(own, scope))
    return ModuleScope(
        imports={
            fact.bound: fact.module if fact.name is None else f"{fact.module}.{fact.name}"
            for fact in imports
        },
        functions={name: tuple(nodes) for name, nodes in functions.items()},
        names=frozenset(names),
        class_of=class_of,
        methods={name: tuple(nodes) for name, nodes in methods.items()},
    )


def _class_scope(node: ast.ClassDef) -> ClassScope:
    methods: defaultdict[str, list[FunctionNode]] = defaultdict(list)
    immutable: set[str] = set()
    relations: set[str] = set()
    for statement in scope_statements(node.body):
        current = statement.node
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
            methods[current.name].append(current)
        elif isinstance(current, ast.AnnAssign) and isinstance(current.target, ast.Name):
            if is_immutable(current.annotation):
                immutable.add(current.target.id)
            elif is_relation(current.annotation):
                relations.add(current.target.id)
    return ClassScope(
        methods={name: tuple(nodes) for name, nodes in methods.items()},
        immutable_fields=frozenset(immutable),
        relations=frozenset(relations),
    )


def is_immutable(annotation: ast.expr | None) -> bool:
    """Whether an annotation promises a value that nothing can change; no annotation does not."""
    match annotation:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in IMMUTABLE_TYPES
        case ast.Constant(value=None):
            return True
        case ast.Constant(value=str(name)):
            return all(part.strip() in IMMUTABLE_TYPES for part in name.split("|"))
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return is_immutable(left) and is_immutable(right)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            if name == "Literal":
                return True
            if name in IMMUTABLE_CONTAINERS:
                return all(_is_ellipsis(item) or is_immutable(item) for item in items)
            if name == "Annotated":
                return is_immutable(items[0])
            return name in TRANSPARENT_TYPES and all(is_immutable(item) for item in items)
        case _:
            return False


def is_relation(annotation: ast.expr) -> bool:
    """Whether an annotation promises something that can be loaded: `Ref[Author]`, `Many["Post"]`."""
    match annotation:
        case ast.Constant(value=str(text)):
            return "Ref[" in text or "Many[" in text
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return is_relation(left) or is_relation(right)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return name in RELATION_TYPES or any(is_relation(item) for item in items)
        case _:
            return False


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis
