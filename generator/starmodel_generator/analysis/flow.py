"""Which variables of a function hold something taken from its entity.

The order of statements is not looked at: a variable that holds a part of the
entity anywhere may hold it everywhere. That can only err towards seeing a
write where there is none.
"""

import ast

from starmodel_generator.analysis.body import Body
from starmodel_generator.analysis.functions import (
    FunctionNode,
    is_decorated,
    parameters_of,
    receiver_name,
)
from starmodel_generator.analysis.known_calls import (
    ELEMENT_BUILTINS,
    HOLDING_BUILTINS,
    HOLDING_METHODS,
    MODEL_METHODS,
    PART_METHODS,
    PURE_BUILTINS,
    PURE_METHODS,
    is_class_name,
    is_pure_function,
)
from starmodel_generator.analysis.scopes import ClassScope, ModuleScope, is_immutable
from starmodel_generator.analysis.taken import (
    ENTITY,
    UNKNOWN_FIELD,
    Taken,
    element_of,
    field_of,
    holding,
    merged,
    parts_of,
)

_MAX_ROUNDS = 50


class TooTangledError(Exception):
    """So many variables hand each other their values that nobody can tell what they hold."""


class Flow:
    """What each variable and each expression of one function holds.

    `value_of` answers for an expression. In a method the roots are the fields
    of the entity, and `name.field` for another parameter; in a function of the
    module (no `scope`) they are its parameters.
    """

    def __init__(self, body: Body, module: ModuleScope, scope: ClassScope | None) -> None:
        self._module = module
        self._scope = scope
        self._body = body
        self._variables: dict[str, Taken] = {}
        self._values: dict[ast.expr, Taken | None] = {}
        self._bind_parameters()
        self._bind_variables()

    def value_of(self, node: ast.expr) -> Taken | None:
        """Where the value of an expression comes from, `None` if not from the entity."""
        if node in self._values:
            return self._values[node]
        self._values[node] = None  # what a function that calls itself finds
        value = self._value(node)
        self._values[node] = value
        return value

    def is_local(self, name: str) -> bool:
        """Whether a function defined inside the body goes by this name."""
        return name in self._body.local_functions

    def arguments(self, call: ast.Call) -> list[tuple[int | str, Taken]]:
        """What a call hands over of the entity, by position or keyword.

        What is unpacked, and what follows it, stands under `*` or `**`.
        """
        given: list[tuple[int | str, Taken]] = []
        for index, argument in enumerate(call.args):
            value = self.value_of(argument)
            if value is not None:
                is_unpacked = any(isinstance(each, ast.Starred) for each in call.args[: index + 1])
                given.append(("*" if is_unpacked else index, value))
        for keyword in call.keywords:
            value = self.value_of(keyword.value)
            if value is not None:
                given.append((keyword.arg or "**", value))
        return given

    def _bind_parameters(self) -> None:
        node = self._body.node
        receiver: str | None = None
        if self._scope is not None:
            receiver = receiver_name(node)
            is_class = is_decorated(node, "classmethod")
            if receiver is not None and not is_class:
                self._variables[receiver] = Taken(frozenset({ENTITY}), is_part=True)
        for argument, _, _ in parameters_of(node.args):
            if argument.arg == receiver or is_immutable(argument.annotation):
                continue
            root = argument.arg if self._scope is None else f"{argument.arg}."
            self._variables[argument.arg] = Taken(frozenset({root}), is_part=True)

    def _bind_variables(self) -> None:
        """Until nothing new comes out; both ways in turn, so a chain settles in either order."""
        bindings, calls = self._body.bindings, self._body.calls
        for _ in range(_MAX_ROUNDS):
            self._values.clear()
            before = dict(self._variables)
            for binding in bindings:
                value = self.value_of(binding.source)
                if binding.gets == "element":
                    value = element_of(value)
                self._bind(binding.target, value, binding.source)
            for call, _, _ in calls:
                self._bind_arguments(call)
            if before == self._variables:
                self._values.clear()
                return
            bindings, calls = bindings[::-1], calls[::-1]
        raise TooTangledError

    def _bind(self, target: ast.expr | str, value: Taken | None, source: ast.expr) -> None:
        match target:
            case str():
                self._add(target, value)
            case ast.Name(id=name):
                self._add(name, value)
            case ast.Starred(value=inner):
                self._bind(inner, holding([value]), source)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                values = source.elts if isinstance(source, ast.Tuple | ast.List) else []
                if len(values) == len(targets):
                    for each, its_source in zip(targets, values, strict=True):
                        self._bind(each, self.value_of(its_source), its_source)
                else:
                    for each in targets:
                        self._bind(each, element_of(value), each)
            case _:
                pass

    def _add(self, name: str, value: Taken | None) -> None:
        if value is None:
            return
        known = self._variables.get(name)
        self._variables[name] = value if known is None else known.joined(value)

    def _bind_arguments(self, call: ast.Call) -> None:
        """Parameters of nested functions get what is handed to them.

        A lambda that is handed over together with something taken from the
        entity may be called with it.
        """
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(argument, ast.Lambda):
                given = [value for _, value in self.arguments(call)]
                for parameter, _, _ in parameters_of(argument.args):
                    self._add(parameter.arg, element_of(merged(given)))
        if isinstance(call.func, ast.Name):
            function = self._body.local_functions.get(call.func.id)
            if function is not None:
                self._bind_call(call, function)

    def _bind_call(self, call: ast.Call, function: FunctionNode | ast.Lambda) -> None:
        names = [argument.arg for argument, _, _ in parameters_of(function.args)]
        for position, value in self.arguments(call):
            if isinstance(position, str):
                self._add(position, value)
            elif position < len(names):
                self._add(names[position], value)

    def _value(self, node: ast.expr) -> Taken | None:
        match node:
            case ast.Name(id=name):
                return self._variables.get(name)
            case ast.Constant() | ast.Compare() | ast.JoinedStr() | ast.Lambda():
                return None
            case ast.Attribute(value=base, attr=name):
                return self._attribute(self.value_of(base), name)
            case ast.Subscript(value=base):
                return element_of(self.value_of(base))
            case ast.Call():
                return self._call(node)
            case ast.BinOp(left=left, right=right):
                return holding([self.value_of(left), self.value_of(right)])
            case ast.BoolOp(values=values):
                return merged([self.value_of(value) for value in values])
            case ast.IfExp(body=body, orelse=orelse):
                return merged([self.value_of(body), self.value_of(orelse)])
            case ast.NamedExpr(value=value) | ast.Await(value=value) | ast.Starred(value=value):
                return self.value_of(value)
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                return holding([self.value_of(item) for item in items])
            case ast.Dict(values=values):
                return holding([self.value_of(value) for value in values])
            case ast.ListComp(elt=item) | ast.SetComp(elt=item) | ast.GeneratorExp(elt=item):
                return holding([self.value_of(item)])
            case ast.DictComp(value=value):
                return holding([self.value_of(value)])
            case _:
                return None

    def _attribute(self, base: Taken | None, name: str) -> Taken | None:
        if base is None:
            return None
        if self._scope is not None and base.is_entity and len(base.roots) == 1:
            if name in self._scope.immutable_fields:
                return None
            if name in self._scope.methods:
                return self._method_result(name)
        roots = frozenset(field_of(root, name) for root in base.roots)
        return Taken(roots, is_part=True)

    def _method_result(self, name: str) -> Taken | None:
        """What a method of the same class gives: some part of the entity, unless it says not."""
        methods = () if self._scope is None else self._scope.methods.get(name, ())
        if methods and is_immutable(methods[0].returns):
            return None
        return Taken(frozenset({UNKNOWN_FIELD}), is_part=True)

    def _call(self, call: ast.Call) -> Taken | None:
        given = [value for _, value in self.arguments(call)]
        match call.func:
            case ast.Name(id=name):
                return self._name_call(name, call, given)
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super"))):
                return Taken(frozenset({UNKNOWN_FIELD}), is_part=True)
            case ast.Attribute(value=base_node, attr=name):
                base = self.value_of(base_node)
                if base is not None:
                    return self._method_call(base, name)
                full_name = self._module.full_name(call.func, self._body.local_imports) or ""
                if full_name == "copy.deepcopy":
                    return None
                if is_pure_function(full_name) or is_class_name(full_name):
                    return holding(given)
                if name in PURE_METHODS and name not in PART_METHODS:
                    return None
                return parts_of(given)
            case function:
                return parts_of([self.value_of(function), *given])

    def _name_call(self, name: str, call: ast.Call, given: list[Taken]) -> Taken | None:
        full_name = self._module.full_name(call.func, self._body.local_imports) or name
        if full_name in ("vars", "getattr"):
            constant = call.args[1] if len(call.args) > 1 else None
            base = merged(given)
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                return self._attribute(base, constant.value)
            return self._attribute(base, UNKNOWN_FIELD)
        if name in self._body.local_functions:
            return merged([parts_of(given), self._local_result(name)])
        if full_name in PURE_BUILTINS or full_name == "copy.deepcopy":
            return None
        if full_name in ELEMENT_BUILTINS or full_name == "typing.cast":
            return merged([element_of(value) for value in given] + given)
        if full_name in HOLDING_BUILTINS or is_pure_function(full_name) or is_class_name(name):
            return holding(given)
        return parts_of([self._variables.get(name), *given])

    def _local_result(self, name: str) -> Taken | None:
        function = self._body.local_functions[name]
        if isinstance(function, ast.Lambda):
            return self.value_of(function.body)
        returned = [
            self.value_of(node.value)
            for node in ast.walk(function)
            if isinstance(node, ast.Return | ast.Yield) and node.value is not None
        ]
        return merged(returned)

    def _method_call(self, base: Taken, name: str) -> Taken | None:
        if base.is_entity and name not in MODEL_METHODS:
            return self._method_result(name)
        if name in HOLDING_METHODS:
            return Taken(base.roots, is_part=False)
        if name in PURE_METHODS and name not in PART_METHODS:
            return None
        return element_of(base)
