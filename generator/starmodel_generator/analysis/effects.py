"""What one function's own text does to the entity; `bodies` follows what it calls."""

import ast
from collections.abc import Iterable, Iterator

from starmodel_generator.analysis.body import Body
from starmodel_generator.analysis.expressions import dotted_name
from starmodel_generator.analysis.facts import Effect, EffectKind, Through
from starmodel_generator.analysis.flow import Flow
from starmodel_generator.analysis.functions import FunctionNode
from starmodel_generator.analysis.known_calls import (
    BLOCKING_CALLS,
    COROUTINE_FUNCTIONS,
    MODEL_METHODS,
    MUTABLE_BUILTIN_TYPES,
    MUTATING_METHODS,
    PURE_METHODS,
    is_class_name,
    is_pure_function,
)
from starmodel_generator.analysis.scopes import ClassScope, ModuleScope
from starmodel_generator.analysis.taken import ENTITY, UNKNOWN_FIELD, Taken, field_of
from starmodel_generator.analysis.text import SourceText
from starmodel_generator.diagnostics import Place

_SILENT_BUILTINS = frozenset({"getattr", "super", "vars"})
_ATTRIBUTE_SETTERS = frozenset({"setattr", "delattr", "__setattr__", "__delattr__"})

# Where a coroutine stands that is used as if it were its result already.
_USES_RESULT = (
    ast.Expr,
    ast.BinOp,
    ast.Compare,
    ast.UnaryOp,
    ast.FormattedValue,
    ast.If,
    ast.While,
    ast.AugAssign,
    ast.Attribute,
    ast.Subscript,
    ast.For,
)


class BodyReader:
    """The effects of one function, as far as its own text tells."""

    def __init__(self, body: Body, module: ModuleScope, text: SourceText, path: str) -> None:
        self._module = module
        self._scope: ClassScope | None = module.class_of.get(body.node)
        self._text = text
        self._path = path
        self._is_method = self._scope is not None
        self._body = body
        self._seen: set[tuple[EffectKind, str, Through | None]] = set()
        self._flow = Flow(self._body, module, self._scope)

    def effects(self) -> tuple[Effect, ...]:
        """All of them by position; of those that say the same about a field, the first."""
        found: list[Effect] = []
        for store in sorted(self._body.stores, key=_node_position):
            found += self._store(store)
        for augmented in sorted(self._body.augmented, key=_node_position):
            found += self._augmented(augmented)
        for attribute in sorted(self._body.attributes, key=_node_position):
            found += self._mention(attribute)
        for call, parent, is_nested in sorted(self._body.calls, key=_call_position):
            found += self._call(call)
            found += self._missing_await(call, parent)
            if not is_nested:
                found += self._blocking(call)
        return tuple(sorted(found, key=_position))

    def _effect(
        self, kind: EffectKind, name: str, node: ast.expr | ast.stmt, through: Through | None = None
    ) -> Iterator[Effect]:
        if (kind, name, through) in self._seen:
            return
        if kind not in ("await_missing", "blocking"):
            self._seen.add((kind, name, through))
        yield Effect(kind, name, Place(self._path, self._text.steps(node)), through)

    def _each(
        self, kind: EffectKind, roots: Iterable[str], node: ast.expr, through: Through | None = None
    ) -> Iterator[Effect]:
        for root in sorted(roots):
            whole = root == ENTITY or root.endswith(".")
            yield from self._effect(kind, root + UNKNOWN_FIELD if whole else root, node, through)

    def _store(self, node: ast.Attribute | ast.Subscript) -> Iterator[Effect]:
        base = self._flow.value_of(node.value)
        if base is None or not base.is_part:
            return
        name = node.attr if isinstance(node, ast.Attribute) else UNKNOWN_FIELD
        yield from self._each("assign", {field_of(root, name) for root in base.roots}, node)

    def _augmented(self, node: ast.AugAssign) -> Iterator[Effect]:
        if isinstance(node.target, ast.Name):
            value = self._flow.value_of(node.target)
            if value is not None and value.is_part:
                yield from self._each("mutate", value.roots, node.target)

    def _mention(self, node: ast.Attribute) -> Iterator[Effect]:
        if self._scope is None or node.attr not in self._scope.methods:
            return
        base = self._flow.value_of(node.value)
        if base is not None and base.is_entity:
            yield from self._effect("call", node.attr, node)

    def _call(self, call: ast.Call) -> Iterator[Effect]:
        function = call.func
        if isinstance(function, ast.Name):
            yield from self._name_call(call, function)
        elif isinstance(function, ast.Attribute):
            yield from self._attribute_call(call, function)
        else:
            called = self._flow.value_of(function)
            if called is not None:
                yield from self._each("mutate", called.roots, call)
            yield from self._hand_over(call, self._text.segment(function))

    def _name_call(self, call: ast.Call, function: ast.Name) -> Iterator[Effect]:
        name = function.id
        if name in _ATTRIBUTE_SETTERS and call.args:
            yield from self._set_attribute(call, call.args[0], call.args[1:])
        elif name in _SILENT_BUILTINS or self._flow.is_local(name):
            return
        else:
            called = self._flow.value_of(function)
            if called is not None and called.is_part:
                yield from self._each("mutate", called.roots, call)
            yield from self._hand_over(call, name)

    def _attribute_call(self, call: ast.Call, function: ast.Attribute) -> Iterator[Effect]:
        name = function.attr
        if _is_super(function.value) and self._is_method:
            if name in _ATTRIBUTE_SETTERS:
                yield from self._effect("assign", _text_argument(call.args), call)
            elif name not in MODEL_METHODS:
                yield from self._effect("call", f"super().{name}", call)
            return
        base = self._flow.value_of(function.value)
        if base is not None:
            yield from self._method(call, base, name, call.args)
            if name not in MUTATING_METHODS and name not in PURE_METHODS:
                yield from self._hand_over_to_method(call, name)
            return
        spelled = dotted_name(function)
        is_unbound = isinstance(function.value, ast.Name) and (
            function.value.id in MUTABLE_BUILTIN_TYPES
        )
        if is_unbound and call.args:
            if name in _ATTRIBUTE_SETTERS:
                yield from self._set_attribute(call, call.args[0], call.args[1:])
            else:
                receiver = self._flow.value_of(call.args[0])
                if receiver is not None:
                    yield from self._method(call, receiver, name, call.args[1:])
            return
        yield from self._hand_over(call, spelled or self._text.segment(function))

    def _set_attribute(
        self, call: ast.Call, target: ast.expr, arguments: list[ast.expr]
    ) -> Iterator[Effect]:
        base = self._flow.value_of(target)
        if base is not None and base.is_part:
            name = _text_argument(arguments)
            yield from self._each("assign", {field_of(root, name) for root in base.roots}, call)

    def _method(
        self, call: ast.Call, base: Taken, name: str, arguments: list[ast.expr]
    ) -> Iterator[Effect]:
        """A call of a method on something taken from the entity, or on the entity."""
        roots = base.roots
        if base.is_entity:
            roots = roots - {ENTITY}
            own = self._scope is not None and name in self._scope.methods
            if name in _ATTRIBUTE_SETTERS:
                yield from self._effect("assign", _text_argument(arguments), call)
            elif own or name not in MODEL_METHODS:
                yield from self._effect("call", name, call)
        if name in MUTATING_METHODS:
            if base.is_part:
                yield from self._each("mutate", roots, call)
            return
        is_known = name in PURE_METHODS or name in MODEL_METHODS
        if is_known and not self._module.methods_named(name):
            return
        yield from self._each("mutate", roots, call, (f".{name}", 0))

    def _hand_over_to_method(self, call: ast.Call, name: str) -> Iterator[Effect]:
        for position, value in self._flow.arguments(call):
            through = (f".{name}", position + 1 if isinstance(position, int) else position)
            if ENTITY in value.roots:
                yield from self._effect("escape", name, call, through)
            yield from self._each("mutate", value.roots - {ENTITY}, call, through)

    def _hand_over(self, call: ast.Call, spelled: str) -> Iterator[Effect]:
        """A call that gets the entity, or something taken from it, as an argument."""
        first, _, last = spelled.rpartition(".")
        full_name = self._module.full_name(call.func, self._body.local_imports) or spelled
        if is_pure_function(full_name) and spelled not in self._module.names:
            return
        is_known = bool(first) and last in PURE_METHODS
        is_collecting = bool(first) and last in MUTATING_METHODS
        makes_new = is_class_name(spelled) and spelled not in self._module.functions
        for position, value in self._flow.arguments(call):
            through = (spelled, position)
            if ENTITY in value.roots and not is_known:
                yield from self._effect("escape", spelled, call, through)
            if not (is_known or is_collecting or makes_new):
                yield from self._each("mutate", value.roots - {ENTITY}, call, through)

    def _missing_await(self, call: ast.Call, parent: ast.AST) -> Iterator[Effect]:
        is_stored = isinstance(parent, ast.Assign) and all(
            isinstance(target, ast.Attribute) for target in parent.targets
        )
        if not is_stored and not isinstance(parent, _USES_RESULT):
            return
        name = self._coroutine(call.func)
        if name is not None:
            yield from self._effect("await_missing", name, call)

    def _coroutine(self, function: ast.expr) -> str | None:
        """The name of the coroutine function that is called, if it is known to be one."""
        if isinstance(function, ast.Attribute) and self._scope is not None:
            base = self._flow.value_of(function.value)
            if base is not None and base.is_entity:
                methods = self._scope.methods.get(function.attr, ())
                return function.attr if any(map(_is_coroutine, methods)) else None
            if function.attr == "load" and base is not None and base.roots <= self._scope.relations:
                return self._text.segment(function)
        name = self._module.full_name(function, self._body.local_imports)
        if name is None:
            return None
        if any(map(_is_coroutine, self._module.functions.get(name, ()))):
            return name
        return name if name in COROUTINE_FUNCTIONS else None

    def _blocking(self, call: ast.Call) -> Iterator[Effect]:
        name = self._module.full_name(call.func, self._body.local_imports)
        if name in BLOCKING_CALLS:
            is_own = name in self._module.names and name not in self._module.imports
            if not is_own and not self._flow.is_local(name):
                yield from self._effect("blocking", name, call)


def _position(effect: Effect) -> tuple[int, int, str, str]:
    steps = effect.place.steps
    line, column = steps[1], steps[3]
    assert isinstance(line, int) and isinstance(column, int)
    return line, column, effect.kind, effect.name


def _node_position(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _call_position(found: tuple[ast.Call, ast.AST, bool]) -> tuple[int, int]:
    return _node_position(found[0])


def _is_super(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
    )


def _text_argument(arguments: list[ast.expr]) -> str:
    """The field that `setattr` and its like name, `*` where it is computed."""
    match arguments:
        case [ast.Constant(value=str(name)), *_]:
            return name
        case _:
            return UNKNOWN_FIELD


def _is_coroutine(node: FunctionNode) -> bool:
    if not isinstance(node, ast.AsyncFunctionDef):
        return False
    return not any(isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(node))
