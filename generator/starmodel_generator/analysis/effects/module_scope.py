"""What the functions of a module can refer to: its imports, functions and classes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import libcst as cst

from starmodel_generator.analysis.assignments import assigned_names
from starmodel_generator.analysis.blocks import scope_statements
from starmodel_generator.analysis.effects.known_calls import (
    IMMUTABLE_CONTAINERS,
    IMMUTABLE_TYPES,
    RELATION_TYPES,
    TRANSPARENT_TYPES,
)
from starmodel_generator.analysis.facts import ImportFact
from starmodel_generator.analysis.tree import (
    FunctionNode,
    constant_of,
    dotted_name,
    index_items,
    last_name,
    text_of,
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
        """Return the methods of that name of all classes of the module."""
        return self.methods.get(name, ())

    def full_name(self, node: cst.BaseExpression, local_imports: Mapping[str, str]) -> str | None:
        """Return the full name of what is called: `time.sleep` for `sleep` imported from `time`.

        A name that no import binds stays as it is; `None` for anything but
        names and the methods of a `pathlib.Path(...)`.
        """
        if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Call):
            base = self.full_name(node.value.func, local_imports)
            return f"{base}.{node.attr.value}" if base == "pathlib.Path" else None
        name = dotted_name(node)
        if name is None:
            return None
        first, dot, rest = name.partition(".")
        return (local_imports.get(first) or self.imports.get(first) or first) + dot + rest


def module_scope(
    tree: cst.Module, classes: Iterable[cst.ClassDef], imports: Iterable[ImportFact]
) -> ModuleScope:
    """Return the scope of a module; `classes` are all of it, wherever they stand."""
    functions: defaultdict[str, list[FunctionNode]] = defaultdict(list)
    names: set[str] = set()
    for statement in scope_statements(tree):
        node = statement.node
        if isinstance(node, cst.FunctionDef):
            functions[node.name.value].append(node)
            names.add(node.name.value)
        elif isinstance(node, cst.ClassDef):
            names.add(node.name.value)
        else:
            names.update(name.value for name, _ in assigned_names(node))
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


def _class_scope(node: cst.ClassDef) -> ClassScope:
    methods: defaultdict[str, list[FunctionNode]] = defaultdict(list)
    immutable: set[str] = set()
    relations: set[str] = set()
    for statement in scope_statements(node.body):
        current = statement.node
        if isinstance(current, cst.FunctionDef):
            methods[current.name.value].append(current)
        elif isinstance(current, cst.AnnAssign) and isinstance(current.target, cst.Name):
            annotation = current.annotation.annotation
            if is_immutable(annotation):
                immutable.add(current.target.value)
            elif is_relation(annotation):
                relations.add(current.target.value)
    return ClassScope(
        methods={name: tuple(nodes) for name, nodes in methods.items()},
        immutable_fields=frozenset(immutable),
        relations=frozenset(relations),
    )


def is_immutable(annotation: cst.CSTNode | None) -> bool:
    """Return whether an annotation promises a value that nothing can change; none does not."""
    constant = constant_of(annotation)
    if constant is not None:
        if isinstance(constant.value, str):
            return all(part.strip() in IMMUTABLE_TYPES for part in constant.value.split("|"))
        return constant.value is None
    match annotation:
        case cst.Name() | cst.Attribute():
            return last_name(annotation) in IMMUTABLE_TYPES
        case cst.BinaryOperation(operator=cst.BitOr(), left=left, right=right):
            return is_immutable(left) and is_immutable(right)
        case cst.Subscript(value=cst.Name() | cst.Attribute()):
            name, items = last_name(annotation.value), index_items(annotation)
            if name == "Literal":
                return True
            if name in IMMUTABLE_CONTAINERS:
                return all(isinstance(item, cst.Ellipsis) or is_immutable(item) for item in items)
            if name == "Annotated":
                return is_immutable(items[0])
            return name in TRANSPARENT_TYPES and all(is_immutable(item) for item in items)
        case _:
            return False


def is_relation(annotation: cst.CSTNode | None) -> bool:
    """Return whether an annotation promises what can be loaded: `Ref[Author]`, `Many["Post"]`."""
    text = text_of(annotation)
    if text is not None:
        return any(f"{name}[" in text for name in RELATION_TYPES)
    match annotation:
        case cst.BinaryOperation(operator=cst.BitOr(), left=left, right=right):
            return is_relation(left) or is_relation(right)
        case cst.Subscript(value=cst.Name() | cst.Attribute()):
            name, items = last_name(annotation.value), index_items(annotation)
            return name in RELATION_TYPES or any(is_relation(item) for item in items)
        case _:
            return False
