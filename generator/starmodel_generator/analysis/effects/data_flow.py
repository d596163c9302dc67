"""Which variables of a function hold something taken from its entity.

The order of statements is not looked at: a variable that holds a part of the
entity anywhere may hold it everywhere. That can only err towards seeing a
write where there is none.
"""

import libcst as cst

from starmodel_generator.analysis.effects.function_body import Body
from starmodel_generator.analysis.effects.known_calls import (
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
from starmodel_generator.analysis.effects.module_scope import ClassScope, ModuleScope, is_immutable
from starmodel_generator.analysis.effects.provenance import (
    ENTITY,
    UNKNOWN_FIELD,
    Origin,
    element_of,
    field_of,
    holding,
    merged,
    parts_of,
)
from starmodel_generator.analysis.expressions import positional_arguments
from starmodel_generator.analysis.functions import (
    is_decorated,
    parameters_of,
    receiver_name,
)
from starmodel_generator.analysis.tree import FunctionNode, text_of, walk

_MAX_ROUNDS = 50


class FixpointLimitError(Exception):
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
        self._variables: dict[str, Origin] = {}
        self._values: dict[cst.CSTNode, Origin | None] = {}
        self._bind_parameters()
        self._bind_variables()

    def value_of(self, node: cst.CSTNode) -> Origin | None:
        """Return where the value of an expression comes from, `None` if not from the entity."""
        if node in self._values:
            return self._values[node]
        self._values[node] = None  # what a function that calls itself finds
        value = self._value(node)
        self._values[node] = value
        return value

    def is_local(self, name: str) -> bool:
        """Return whether a function defined inside the body goes by this name."""
        return name in self._body.local_functions

    def arguments(self, call: cst.Call) -> list[tuple[int | str, Origin]]:
        """Return what a call hands over of the entity, by position or keyword.

        What is unpacked, and what follows it, stands under `*` or `**`.
        """
        given: list[tuple[int | str, Origin]] = []
        positional = positional_arguments(call.args)
        for index, argument in enumerate(positional):
            value = self.value_of(argument.value)
            if value is not None:
                is_unpacked = any(each.star for each in positional[: index + 1])
                given.append(("*" if is_unpacked else index, value))
        for argument in call.args:
            if argument in positional:
                continue
            value = self.value_of(argument.value)
            if value is not None:
                given.append(("**" if argument.keyword is None else argument.keyword.value, value))
        return given

    def _bind_parameters(self) -> None:
        node = self._body.node
        receiver: str | None = None
        if self._scope is not None:
            receiver = receiver_name(node)
            is_class = is_decorated(node, "classmethod")
            if receiver is not None and not is_class:
                self._variables[receiver] = Origin(frozenset({ENTITY}), is_part=True)
        for parameter in parameters_of(node.params):
            name = parameter.name
            if name == receiver or is_immutable(parameter.annotation):
                continue
            root = name if self._scope is None else f"{name}."
            self._variables[name] = Origin(frozenset({root}), is_part=True)

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
                elif binding.gets == "container":
                    value = holding([value])
                self._bind(binding.target, value, binding.source)
            for call, _, _ in calls:
                self._bind_arguments(call)
            if before == self._variables:
                self._values.clear()
                return
            bindings, calls = bindings[::-1], calls[::-1]
        raise FixpointLimitError

    def _bind(self, target: cst.CSTNode | str, value: Origin | None, source: cst.CSTNode) -> None:
        match target:
            case str():
                self._add(target, value)
            case cst.Name(value=name):
                self._add(name, value)
            case cst.Element(value=inner):
                self._bind(inner, value, source)
            case cst.StarredElement(value=inner):
                self._bind(inner, holding([value]), source)
            case cst.Tuple(elements=targets) | cst.List(elements=targets):
                sources = source.elements if isinstance(source, cst.Tuple | cst.List) else ()
                if len(sources) == len(targets):
                    for each, its_source in zip(targets, sources, strict=True):
                        self._bind(each, self.value_of(its_source.value), its_source.value)
                else:
                    for each in targets:
                        self._bind(each, element_of(value), each)
            case _:
                pass

    def _add(self, name: str, value: Origin | None) -> None:
        if value is None:
            return
        known = self._variables.get(name)
        self._variables[name] = value if known is None else known.joined(value)

    def _bind_arguments(self, call: cst.Call) -> None:
        """Parameters of nested functions get what is handed to them.

        A lambda that is handed over together with something taken from the
        entity may be called with it.
        """
        for argument in call.args:
            if isinstance(argument.value, cst.Lambda):
                given = [value for _, value in self.arguments(call)]
                for parameter in parameters_of(argument.value.params):
                    self._add(parameter.name, element_of(merged(given)))
        if isinstance(call.func, cst.Name):
            function = self._body.local_functions.get(call.func.value)
            if function is not None:
                self._bind_call(call, function)

    def _bind_call(self, call: cst.Call, function: FunctionNode | cst.Lambda) -> None:
        names = [parameter.name for parameter in parameters_of(function.params)]
        for position, value in self.arguments(call):
            if isinstance(position, str):
                self._add(position, value)
            elif position < len(names):
                self._add(names[position], value)

    def _value(self, node: cst.CSTNode) -> Origin | None:
        match node:
            case cst.Name(value=name):
                return self._variables.get(name)
            case cst.Attribute(value=base, attr=name):
                return self._attribute(self.value_of(base), name.value)
            case cst.Subscript(value=base):
                return element_of(self.value_of(base))
            case cst.Call():
                return self._call(node)
            case cst.BinaryOperation(left=left, right=right):
                return holding([self.value_of(left), self.value_of(right)])
            case cst.BooleanOperation(left=left, right=right):
                return merged([self.value_of(left), self.value_of(right)])
            case cst.IfExp(body=body, orelse=orelse):
                return merged([self.value_of(body), self.value_of(orelse)])
            case cst.Await(expression=value):
                return self.value_of(value)
            case cst.NamedExpr(value=value) | cst.StarredElement(value=value):
                return self.value_of(value)
            case cst.List(elements=items) | cst.Tuple(elements=items) | cst.Set(elements=items):
                return holding([self.value_of(item.value) for item in items])
            case cst.Dict(elements=items):
                return holding([self.value_of(item.value) for item in items])
            case cst.ListComp(elt=item) | cst.SetComp(elt=item) | cst.GeneratorExp(elt=item):
                return holding([self.value_of(item)])
            case cst.DictComp(value=value):
                return holding([self.value_of(value)])
            case _:
                return None

    def _attribute(self, base: Origin | None, name: str) -> Origin | None:
        if base is None:
            return None
        if self._scope is not None and base.is_entity and len(base.roots) == 1:
            if name in self._scope.immutable_fields:
                return None
            if name in self._scope.methods:
                return self._method_result(name)
        roots = frozenset(field_of(root, name) for root in base.roots)
        return Origin(roots, is_part=True)

    def _method_result(self, name: str) -> Origin | None:
        """Return what a method of the same class gives: some part of the entity, unless it says not."""
        methods = () if self._scope is None else self._scope.methods.get(name, ())
        if (
            methods
            and methods[0].returns is not None
            and is_immutable(methods[0].returns.annotation)
        ):
            return None
        return Origin(frozenset({UNKNOWN_FIELD}), is_part=True)

    def _call(self, call: cst.Call) -> Origin | None:
        given = [value for _, value in self.arguments(call)]
        match call.func:
            case cst.Name(value=name):
                return self._name_call(name, call, given)
            case cst.Attribute(value=cst.Call(func=cst.Name(value="super"))):
                return Origin(frozenset({UNKNOWN_FIELD}), is_part=True)
            case cst.Attribute(value=base_node, attr=cst.Name(value=name)):
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

    def _name_call(self, name: str, call: cst.Call, given: list[Origin]) -> Origin | None:
        full_name = self._module.full_name(call.func, self._body.local_imports) or name
        if full_name in ("vars", "getattr"):
            attribute = text_of(call.args[1].value) if len(call.args) > 1 else None
            return self._attribute(merged(given), UNKNOWN_FIELD if attribute is None else attribute)
        if name in self._body.local_functions:
            return merged([parts_of(given), self._local_result(name)])
        if full_name in PURE_BUILTINS or full_name == "copy.deepcopy":
            return None
        if full_name in ELEMENT_BUILTINS or full_name == "typing.cast":
            return merged([element_of(value) for value in given] + given)
        if full_name in HOLDING_BUILTINS or is_pure_function(full_name) or is_class_name(name):
            return holding(given)
        return parts_of([self._variables.get(name), *given])

    def _local_result(self, name: str) -> Origin | None:
        function = self._body.local_functions[name]
        if isinstance(function, cst.Lambda):
            return self.value_of(function.body)
        returned = [
            self.value_of(node.value)
            for node in walk(function)
            if isinstance(node, cst.Return | cst.Yield) and node.value is not None
        ]
        return merged(returned)

    def _method_call(self, base: Origin, name: str) -> Origin | None:
        if base.is_entity and name not in MODEL_METHODS:
            return self._method_result(name)
        if name in HOLDING_METHODS:
            return Origin(base.roots, is_part=False)
        if name in PURE_METHODS and name not in PART_METHODS:
            return None
        return element_of(base)
