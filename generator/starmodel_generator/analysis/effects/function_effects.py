"""What one function's own text does to the entity; `bodies` follows what it calls."""

from collections.abc import Iterable, Iterator, Sequence

import libcst as cst

from starmodel_generator.analysis.effects.data_flow import Flow
from starmodel_generator.analysis.effects.function_body import Body, CallSite
from starmodel_generator.analysis.effects.known_calls import (
    BLOCKING_CALLS,
    COROUTINE_FUNCTIONS,
    MODEL_METHODS,
    MUTABLE_BUILTIN_TYPES,
    MUTATING_METHODS,
    PURE_METHODS,
    is_class_name,
    is_pure_function,
)
from starmodel_generator.analysis.effects.module_scope import ClassScope, ModuleScope
from starmodel_generator.analysis.effects.provenance import ENTITY, UNKNOWN_FIELD, Origin, field_of
from starmodel_generator.analysis.expressions import positional_arguments
from starmodel_generator.analysis.facts import Effect, EffectKind, Through
from starmodel_generator.analysis.tree import (
    FunctionNode,
    dotted_name,
    source_of,
    text_of,
    walk,
)
from starmodel_generator.diagnostics.diagnostic import Place

_SILENT_BUILTINS = frozenset({"getattr", "super", "vars"})
_ATTRIBUTE_SETTERS = frozenset({"setattr", "delattr", "__setattr__", "__delattr__"})

# Where a coroutine stands that is used as if it were its result already.
_USES_RESULT = (
    cst.Expr,
    cst.BinaryOperation,
    cst.Comparison,
    cst.ComparisonTarget,
    cst.UnaryOperation,
    cst.FormattedStringExpression,
    cst.If,
    cst.While,
    cst.AugAssign,
    cst.Attribute,
    cst.Subscript,
    cst.Index,
    cst.For,
)


class BodyReader:
    """The effects of one function, as far as its own text tells."""

    def __init__(self, body: Body, module: ModuleScope) -> None:
        self._module = module
        self._scope: ClassScope | None = module.class_of.get(body.node)
        self._is_method = self._scope is not None
        self._body = body
        self._seen: set[tuple[EffectKind, str, Through | None]] = set()
        self._flow = Flow(self._body, module, self._scope)

    def effects(self) -> tuple[Effect, ...]:
        """Return all by position; of those that say the same about a field, the first.

        Their places begin at the function.
        """
        found: list[Effect] = []
        for store in self._body.stores:
            found += self._store(store)
        for augmented in self._body.augmented:
            found += self._augmented(augmented)
        for attribute in self._body.attributes:
            found += self._mention(attribute)
        for site in self._body.calls:
            found += self._call(site.call)
            found += self._missing_await(site)
            if not site.nested:
                found += self._blocking(site.call)
        return tuple(sorted(found, key=_position))

    def _effect(
        self, kind: EffectKind, name: str, node: cst.CSTNode, through: Through | None = None
    ) -> Iterator[Effect]:
        if (kind, name, through) in self._seen:
            return
        if kind not in ("await_missing", "blocking"):
            self._seen.add((kind, name, through))
        place = Place("", ("node", self._body.positions[node]))
        yield Effect(kind, name, place, through)

    def _each(
        self,
        kind: EffectKind,
        roots: Iterable[str],
        node: cst.CSTNode,
        through: Through | None = None,
    ) -> Iterator[Effect]:
        for root in sorted(roots):
            whole = root == ENTITY or root.endswith(".")
            yield from self._effect(kind, root + UNKNOWN_FIELD if whole else root, node, through)

    def _store(self, node: cst.Attribute | cst.Subscript) -> Iterator[Effect]:
        base = self._flow.value_of(node.value)
        if base is None or not base.is_part:
            return
        name = node.attr.value if isinstance(node, cst.Attribute) else UNKNOWN_FIELD
        yield from self._each("assign", {field_of(root, name) for root in base.roots}, node)

    def _augmented(self, node: cst.AugAssign) -> Iterator[Effect]:
        if isinstance(node.target, cst.Name):
            value = self._flow.value_of(node.target)
            if value is not None and value.is_part:
                yield from self._each("mutate", value.roots, node.target)

    def _mention(self, node: cst.Attribute) -> Iterator[Effect]:
        name = node.attr.value
        if self._scope is None or name not in self._scope.methods:
            return
        base = self._flow.value_of(node.value)
        if base is not None and base.is_entity:
            yield from self._effect("call", name, node)

    def _call(self, call: cst.Call) -> Iterator[Effect]:
        function = call.func
        if isinstance(function, cst.Name):
            yield from self._name_call(call, function)
        elif isinstance(function, cst.Attribute):
            yield from self._attribute_call(call, function)
        else:
            called = self._flow.value_of(function)
            if called is not None:
                yield from self._each("mutate", called.roots, call)
            yield from self._hand_over(call, source_of(function))

    def _name_call(self, call: cst.Call, function: cst.Name) -> Iterator[Effect]:
        name = function.value
        arguments = positional_arguments(call.args)
        if name in _ATTRIBUTE_SETTERS and arguments:
            yield from self._set_attribute(call, arguments[0], arguments[1:])
        elif name in _SILENT_BUILTINS or self._flow.is_local(name):
            return
        else:
            called = self._flow.value_of(function)
            if called is not None and called.is_part:
                yield from self._each("mutate", called.roots, call)
            yield from self._hand_over(call, name)

    def _attribute_call(self, call: cst.Call, function: cst.Attribute) -> Iterator[Effect]:
        name = function.attr.value
        arguments = positional_arguments(call.args)
        if _is_super(function.value) and self._is_method:
            if name in _ATTRIBUTE_SETTERS:
                yield from self._effect("assign", _text_argument(arguments), call)
            elif name not in MODEL_METHODS:
                yield from self._effect("call", f"super().{name}", call)
            return
        base = self._flow.value_of(function.value)
        if base is not None:
            yield from self._method(call, base, name, arguments)
            if name not in MUTATING_METHODS and name not in PURE_METHODS:
                yield from self._hand_over_to_method(call, name)
            return
        spelled = dotted_name(function)
        is_unbound = isinstance(function.value, cst.Name) and (
            function.value.value in MUTABLE_BUILTIN_TYPES
        )
        if is_unbound and arguments:
            if name in _ATTRIBUTE_SETTERS:
                yield from self._set_attribute(call, arguments[0], arguments[1:])
            else:
                receiver = self._flow.value_of(arguments[0].value)
                if receiver is not None:
                    yield from self._method(call, receiver, name, arguments[1:])
            return
        yield from self._hand_over(call, spelled or source_of(function))

    def _set_attribute(
        self, call: cst.Call, target: cst.Arg, arguments: Sequence[cst.Arg]
    ) -> Iterator[Effect]:
        base = self._flow.value_of(target.value)
        if base is not None and base.is_part:
            name = _text_argument(arguments)
            yield from self._each("assign", {field_of(root, name) for root in base.roots}, call)

    def _method(
        self, call: cst.Call, base: Origin, name: str, arguments: Sequence[cst.Arg]
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

    def _hand_over_to_method(self, call: cst.Call, name: str) -> Iterator[Effect]:
        for position, value in self._flow.arguments(call):
            through = (f".{name}", position + 1 if isinstance(position, int) else position)
            if ENTITY in value.roots:
                yield from self._effect("escape", name, call, through)
            yield from self._each("mutate", value.roots - {ENTITY}, call, through)

    def _hand_over(self, call: cst.Call, spelled: str) -> Iterator[Effect]:
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

    def _missing_await(self, site: CallSite) -> Iterator[Effect]:
        call, parent, _ = site
        is_stored = isinstance(parent, cst.Assign) and all(
            isinstance(each.target, cst.Attribute) for each in parent.targets
        )
        if not is_stored and not isinstance(parent, _USES_RESULT):
            return
        name = self._coroutine(call.func)
        if name is not None:
            yield from self._effect("await_missing", name, call)

    def _coroutine(self, function: cst.BaseExpression) -> str | None:
        """Return the name of the coroutine function that is called, if it is known to be one."""
        if isinstance(function, cst.Attribute) and self._scope is not None:
            base = self._flow.value_of(function.value)
            if base is not None and base.is_entity:
                methods = self._scope.methods.get(function.attr.value, ())
                return function.attr.value if any(map(_is_coroutine, methods)) else None
            if (
                function.attr.value == "load"
                and base is not None
                and base.roots <= self._scope.relations
            ):
                return source_of(function)
        name = self._module.full_name(function, self._body.local_imports)
        if name is None:
            return None
        if any(map(_is_coroutine, self._module.functions.get(name, ()))):
            return name
        return name if name in COROUTINE_FUNCTIONS else None

    def _blocking(self, call: cst.Call) -> Iterator[Effect]:
        name = self._module.full_name(call.func, self._body.local_imports)
        if name in BLOCKING_CALLS:
            is_own = name in self._module.names and name not in self._module.imports
            if not is_own and not self._flow.is_local(name):
                yield from self._effect("blocking", name, call)


def _position(effect: Effect) -> tuple[int, str, str]:
    number = effect.place.steps[1]
    assert isinstance(number, int)
    return number, effect.kind, effect.name


def _is_super(node: cst.BaseExpression) -> bool:
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value == "super"
    )


def _text_argument(arguments: Sequence[cst.Arg]) -> str:
    """Return the field that `setattr` and its like name, `*` where it is computed."""
    name = text_of(arguments[0].value) if arguments else None
    return UNKNOWN_FIELD if name is None else name


def _is_coroutine(node: FunctionNode) -> bool:
    if node.asynchronous is None:
        return False
    return not any(isinstance(each, cst.Yield) for each in walk(node))
