"""The names that a module's code needs, and whether they are there when it does.

Code that runs while the module is imported is read in order: decorators, defaults, annotations,
bases, the bodies of classes. Functions run later, when everything is bound that ever will be, and
are read last. What is bound on one way through an `if` or a `try` counts as bound.
"""

import ast
import builtins
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from starmodel_generator.analysis.bindings import bound_in, globals_declared, names_bound_by
from starmodel_generator.analysis.blocks import is_type_checking
from starmodel_generator.analysis.facts import (
    Access,
    CallShape,
    MemberUse,
    MissingName,
    NameUse,
)
from starmodel_generator.analysis.functions import FunctionNode, parameters_of, receiver_name
from starmodel_generator.analysis.text import SourceText
from starmodel_generator.analysis.walk import children_of
from starmodel_generator.diagnostics import Place

SUPER = "super()"
"""The first part of the path of what is looked up in the bases."""

_Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_ALWAYS_THERE = frozenset(dir(builtins)) | {
    *("__annotations__", "__builtins__", "__cached__", "__dict__", "__doc__", "__file__"),
    *("__loader__", "__name__", "__package__", "__path__", "__spec__", "WindowsError"),
}
_IN_CLASSES = frozenset({"__module__", "__qualname__", "__firstlineno__", "__classdict__"})
# With these a module can bind what no reader sees.
_BINDING_CALLS = frozenset({"exec", "globals", "locals", "vars"})
_NARROWING_CALLS = frozenset({"callable", "isinstance", "issubclass", "type"})
_WITHOUT_A_VALUE = ("Annotated", "Literal", "Many", "Ref")


class Names(NamedTuple):
    """What a scan finds; `members` is by function, `names` all that the module binds."""

    missing: tuple[MissingName, ...]
    uses: tuple[NameUse, ...]
    members: Mapping[FunctionNode, tuple[MemberUse, ...]]
    names: frozenset[str]


def scan_names(tree: ast.Module, text: SourceText, path: str) -> Names:
    """Return the names a module needs that are not there, and what it makes of the others."""
    return _Scan(tree, text, path).run()


@dataclass(slots=True, eq=False)
class _Scope:
    """A scope: what it binds by now, at any time, and for type checkers alone.

    Of a function all names are bound from the start. `roots` are those of its parameters that it
    never binds anew, `checks` the paths below them that it asks about first.
    """

    kind: Literal["module", "class", "function", "inner"]
    parent: "_Scope | None"
    names: set[str]
    ever: set[str] = field(default_factory=set[str])
    checked: set[str] = field(default_factory=set[str])
    elsewhere: set[str] = field(default_factory=set[str])
    name: str = ""
    node: FunctionNode | None = None
    receiver: str | None = None
    roots: frozenset[str] = frozenset()
    checks: set[tuple[str, ...]] = field(default_factory=set[tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class _Caught:
    """Whether a `try` around the code catches a name, an attribute that is not there."""

    name: bool = False
    attribute: bool = False


_NOTHING_CAUGHT = _Caught()


class _Scan:
    def __init__(self, tree: ast.Module, text: SourceText, path: str) -> None:
        self._tree = tree
        self._text = text
        self._path = path
        # Few modules have one, and it can stand anywhere.
        self._has_walrus = any(":=" in line for line in text.lines)
        bound = bound_in(tree.body, declares=False, has_walrus=self._has_walrus)
        ever = set(bound.names)
        if any("global" in line for line in text.lines):
            ever.update(globals_declared(tree))
        self._module = _Scope("module", None, set(), ever, bound.checked)
        self._has_text_annotations = any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in tree.body
        )
        self._is_open = False
        self._caught: _Caught = _NOTHING_CAUGHT
        self._later: deque[tuple[FunctionNode | ast.Lambda, _Scope, str | None]] = deque()
        self._types_later: list[tuple[ast.expr, _Scope]] = []
        self._missing: dict[tuple[str, str, str | None], MissingName] = {}
        self._uses: dict[tuple[str, CallShape | None], NameUse] = {}
        self._members: dict[FunctionNode, dict[object, MemberUse]] = {}
        self._scopes: list[_Scope] = []

    def run(self) -> Names:
        """Read the module, then its functions."""
        self._statements(self._tree.body, self._module)
        self._module.names |= self._module.ever
        while self._later:
            self._function_body(*self._later.popleft())
        for annotation, scope in self._types_later:
            self._field_type(annotation, scope)
        return Names(
            () if self._is_open else tuple(sorted(self._missing.values(), key=_position)),
            tuple(self._uses.values()),
            {scope.node: self._members_of(scope) for scope in self._scopes if scope.node},
            frozenset(self._module.names | ({"*"} if self._is_open else set())),
        )

    def _members_of(self, scope: _Scope) -> tuple[MemberUse, ...]:
        found = self._members.get(scope.node, {}) if scope.node is not None else {}
        return tuple(use for use in found.values() if not _is_checked(use.path, scope.checks))

    # Statements

    def _statements(self, body: Iterable[ast.stmt], scope: _Scope) -> None:
        for node in body:
            self._statement(node, scope)

    def _statement(self, node: ast.stmt, scope: _Scope) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, scope)
            case ast.ClassDef():
                self._class(node, scope)
            case ast.If():
                self._if(node, scope)
            case ast.Try() | ast.TryStar():
                self._try(node, scope)
            case ast.Assign(targets=targets, value=value):
                self._expressions([value, *targets], scope)
            case ast.AnnAssign():
                self._annotated(node, scope)
            case ast.AugAssign(target=target, value=value):
                self._augmented(target, scope)
                self._expressions([value], scope)
            case ast.For(target=target, iter=source) | ast.AsyncFor(target=target, iter=source):
                self._expressions([source, target], scope)
                self._statements([*node.body, *node.orelse], scope)
            case ast.While(test=test):
                self._expressions([test], scope)
                self._statements([*node.body, *node.orelse], scope)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                self._expressions(items, scope)
                self._statements(node.body, scope)
            case ast.Match(subject=subject, cases=cases):
                self._check_about(subject, scope, all_below=True)
                self._expressions([subject], scope)
                for case in cases:
                    self._bind(case, scope)
                    self._expressions([case.pattern, *_given(case.guard)], scope)
                    self._statements(case.body, scope)
            case _:
                self._bind(node, scope)
                self._expressions(children_of(node), scope)

    def _if(self, node: ast.If, scope: _Scope) -> None:
        """Read an `if` with its chain of `elif`, which nests in the tree alone."""
        current: Sequence[ast.stmt] = [node]
        while len(current) == 1 and isinstance(current[0], ast.If):
            branch = current[0]
            if not is_type_checking(branch.test):
                self._expressions([branch.test], scope)
                self._statements(branch.body, scope)
            current = branch.orelse
        self._statements(current, scope)

    def _try(self, node: ast.Try | ast.TryStar, scope: _Scope) -> None:
        around = self._caught
        caught = {name for handler in node.handlers for name in _exceptions(handler.type)}
        is_import_time = scope.kind in ("module", "class")
        catches_all = "" in caught or (is_import_time and not caught.isdisjoint(_EVERYTHING))
        self._caught = _Caught(
            name=around.name or catches_all or "NameError" in caught,
            attribute=around.attribute or catches_all or "AttributeError" in caught,
        )
        self._statements(node.body, scope)
        self._caught = around
        for handler in node.handlers:
            self._bind(handler, scope)
            self._expressions(_given(handler.type), scope)
            self._statements(handler.body, scope)
        self._statements([*node.orelse, *node.finalbody], scope)

    def _annotated(self, node: ast.AnnAssign, scope: _Scope) -> None:
        """Read `x: int = 1`, where Python takes the value first, then binds, then asks the type."""
        self._expressions(_given(node.value), scope)
        if not isinstance(node.target, ast.Name) or node.value is not None:
            self._expressions([node.target], scope)
        if scope.kind == "class" and isinstance(node.target, ast.Name):
            self._types_later.append((node.annotation, scope))
        if scope.kind in ("module", "class") and not self._has_text_annotations:
            self._expressions([node.annotation], scope)

    def _augmented(self, target: ast.expr, scope: _Scope) -> None:
        match target:
            case ast.Name(id=name):
                own = _around(scope)
                is_unbound = own.kind == "function" and name not in own.names | own.elsewhere
                if is_unbound and not self._caught.name:
                    self._miss(name, "undefined", target)
                else:
                    self._name(target, scope)
                if own.kind != "function":
                    own.names.add(name)
            case ast.Attribute():
                self._attribute(target, scope, "augment")
            case _:
                self._expressions([target], scope)

    def _function(self, node: FunctionNode, scope: _Scope) -> None:
        self._expressions(node.decorator_list, scope)
        inner = _with_type_parameters(node, scope)
        arguments = node.args
        self._expressions([*arguments.defaults, *filter(None, arguments.kw_defaults)], scope)
        if not self._has_text_annotations:
            annotations = [each.annotation for each, _, _ in parameters_of(arguments)]
            self._expressions([each for each in (*annotations, node.returns) if each], inner)
        self._bind(node, scope)
        self._later.append((node, inner, receiver_name(node) if scope.kind == "class" else None))

    def _class(self, node: ast.ClassDef, scope: _Scope) -> None:
        self._expressions(node.decorator_list, scope)
        inner = _with_type_parameters(node, scope)
        self._expressions([*node.bases, *(each.value for each in node.keywords)], inner)
        bound = bound_in(node.body, declares=False, has_walrus=self._has_walrus)
        own = _Scope("class", inner, set(_IN_CLASSES), bound.names, bound.checked, name=node.name)
        self._statements(node.body, own)
        self._bind(node, scope)

    def _function_body(
        self, node: FunctionNode | ast.Lambda, around: _Scope, receiver: str | None
    ) -> None:
        parameters = {argument.arg for argument, _, _ in parameters_of(node.args)}
        if isinstance(node, ast.Lambda):
            scope = _Scope("function", around, parameters)
            self._expressions([node.body], scope)
            return
        bound = bound_in(node.body, declares=True, has_walrus=self._has_walrus)
        own = (bound.names | parameters) - bound.elsewhere
        scope = _Scope(
            "function",
            around,
            {*own, "__class__"},
            checked=bound.checked,
            elsewhere=bound.elsewhere,
            node=node,
            receiver=receiver,
            roots=frozenset(parameters - bound.names),
        )
        self._scopes.append(scope)
        self._caught = _NOTHING_CAUGHT
        self._statements(node.body, scope)

    def _bind(self, node: ast.AST, scope: _Scope) -> None:
        _around(scope).names.update(names_bound_by(node))

    # Expressions

    def _expressions(self, nodes: Sequence[ast.AST], scope: _Scope) -> None:
        stack = list(reversed(nodes))
        while stack:
            node = stack.pop()
            kind = type(node)
            if kind is ast.Constant:
                continue
            if isinstance(node, ast.Name):
                self._name(node, scope)
            elif isinstance(node, ast.Attribute):
                stack += _given(self._attribute(node, scope, _ACCESS[type(node.ctx)]))
            elif isinstance(node, ast.Call):
                stack += reversed(self._call(node, scope))
            elif isinstance(node, ast.Lambda):
                self._later.append((node, scope, None))
                stack += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
            elif isinstance(node, _COMPREHENSIONS):
                self._comprehension(node, scope)
            elif isinstance(node, ast.NamedExpr):
                stack += [node.target, node.value]
            else:
                stack += reversed(children_of(node))

    def _comprehension(self, node: _Comprehension, scope: _Scope) -> None:
        inner = _Scope("inner", scope, set())
        for index, generator in enumerate(node.generators):
            self._expressions([generator.iter], inner if index else scope)
            inner.names |= {
                each.id for each in ast.walk(generator.target) if isinstance(each, ast.Name)
            }
            self._expressions(generator.ifs, inner)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._expressions(parts, inner)

    def _name(self, node: ast.Name, scope: _Scope) -> _Scope | None:
        """Bind a name, or look where it is bound; `None` where that is nowhere to be seen."""
        name = node.id
        if isinstance(node.ctx, ast.Store):
            _around(scope).names.add(name)
            return scope
        current: _Scope | None = scope
        while current is not None:
            if name in current.names and (current.kind != "class" or current is scope):
                return current
            current = current.parent
        if name in _ALWAYS_THERE:
            return self._module
        if isinstance(node.ctx, ast.Load) and not self._caught.name:
            self._miss(name, self._reason(name, scope), node)
        return None

    def _reason(self, name: str, scope: _Scope) -> Literal["undefined", "later", "type_checking"]:
        """Why a name is not there yet, or not at all."""
        reason: Literal["undefined", "later", "type_checking"] = "undefined"
        current: _Scope | None = scope
        while current is not None:
            if current.kind != "class" or current is scope:
                if name in current.ever:
                    return "later"
                if name in current.checked:
                    reason = "type_checking"
            current = current.parent
        return reason

    def _miss(
        self,
        name: str,
        reason: Literal["undefined", "later", "type_checking"],
        node: ast.expr,
        field_of: str | None = None,
    ) -> None:
        place = Place(self._path, self._text.steps(node))
        self._missing.setdefault(
            (name, reason, field_of), MissingName(name, reason, place, field_of)
        )

    def _attribute(
        self, node: ast.Attribute, scope: _Scope, access: Access, call: ast.Call | None = None
    ) -> ast.expr | None:
        """Note a dotted name; what else an attribute is taken from is to be read further."""
        parts: list[str] = []
        below: ast.expr = node
        while isinstance(below, ast.Attribute):
            parts.append(below.attr)
            below = below.value
        parts.reverse()
        if isinstance(below, ast.Name):
            owner = self._name(below, scope)
            if owner is not None:
                self._note((below.id, *parts), owner, access, call, node)
            return None
        if _is_super(below):
            method = _method_around(scope)
            if method is not None:
                self._note_member((SUPER, *parts), method, access, call, node)
            return None
        return below

    def _call(self, node: ast.Call, scope: _Scope) -> list[ast.AST]:
        """Note what is called; what else there is to read of it."""
        function = node.func
        rest: list[ast.AST] = [*node.args, *node.keywords]
        if isinstance(function, ast.Attribute):
            below = self._attribute(function, scope, "load", node)
            return rest if below is None else [below, *rest]
        if not isinstance(function, ast.Name):
            return [function, *rest]
        owner = self._name(function, scope)
        if owner is self._module:
            self._is_open = self._is_open or function.id in _BINDING_CALLS
            if function.id == "hasattr" and len(node.args) == 2:
                self._check_about(node.args[0], scope, attribute=node.args[1])
            elif function.id in _NARROWING_CALLS and node.args:
                self._check_about(node.args[0], scope, all_below=True)
        if owner is not None:
            self._note((function.id,), owner, "load", node, function)
        return rest

    def _note(
        self,
        path: tuple[str, ...],
        owner: _Scope,
        access: Access,
        call: ast.Call | None,
        node: ast.expr,
    ) -> None:
        if owner.kind == "function" and path[0] in owner.roots and len(path) > 1:
            self._note_member(path, owner, access, call, node)
        elif owner is self._module and access == "load" and not self._caught.attribute:
            shape = None if call is None else _shape(call)
            if len(path) > 1 or shape is not None:
                name = ".".join(path)
                place = Place(self._path, self._text.steps(node))
                self._uses.setdefault((name, shape), NameUse(name, shape, place))

    def _note_member(
        self,
        path: tuple[str, ...],
        owner: _Scope,
        access: Access,
        call: ast.Call | None,
        node: ast.expr,
    ) -> None:
        if owner.node is None or self._caught.attribute:
            return
        shape = None if call is None else _shape(call)
        place = Place(self._path, self._text.steps(node))
        found = self._members.setdefault(owner.node, {})
        found.setdefault((path, access, shape), MemberUse(path, access, shape, place))

    def _check_about(
        self,
        node: ast.expr,
        scope: _Scope,
        *,
        attribute: ast.expr | None = None,
        all_below: bool = False,
    ) -> None:
        """Note that the code asks what something is, or has, before it counts on it."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return
        last = attribute.value if isinstance(attribute, ast.Constant) else "*"
        path = (node.id, *reversed(parts), "*" if all_below else str(last))
        current: _Scope | None = scope
        while current is not None:
            if node.id in current.roots:
                current.checks.add(path)
            current = current.parent

    def _field_type(self, annotation: ast.expr, scope: _Scope) -> None:
        """Look for the names of a type that pydantic evaluates when all of the module is there."""
        whole = self._text_type(annotation)
        if whole is not None or self._has_text_annotations:
            pending = [whole or annotation]
        else:
            pending = [node for node in ast.walk(annotation) if isinstance(node, ast.Subscript)]
            pending = [
                text
                for node in pending
                if _last_name(node.value) not in _WITHOUT_A_VALUE
                for item in (node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice])
                if (text := self._text_type(item)) is not None
            ]
        while pending:
            node = pending.pop()
            if isinstance(node, ast.Name):
                self._field_name(node, annotation, scope)
            elif isinstance(node, ast.Subscript) and _last_name(node.value) in _WITHOUT_A_VALUE:
                pending.append(node.value)
            elif isinstance(node, ast.Subscript) and _last_name(node.value) == "ClassVar":
                continue
            else:
                pending += [
                    each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)
                ]

    def _field_name(self, node: ast.Name, annotation: ast.expr, scope: _Scope) -> None:
        name = node.id
        current: _Scope | None = scope
        while current is not None:
            if name in current.names or name in current.ever:
                return
            current = current.parent
        if name not in _ALWAYS_THERE:
            self._miss(name, self._reason(name, scope), annotation, scope.name)

    def _text_type(self, node: ast.expr) -> ast.expr | None:
        """The type that a text holds; `None` for anything else."""
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return None
        try:
            return ast.parse(" ".join(node.value.split()), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


_ACCESS: dict[type[ast.expr_context], Access] = {
    ast.Load: "load",
    ast.Store: "store",
    ast.Del: "delete",
}
_EVERYTHING = frozenset({"Exception", "BaseException"})


def _given(node: ast.expr | None) -> list[ast.expr]:
    return [] if node is None else [node]


def _around(scope: _Scope) -> _Scope:
    """The scope that a statement binds names in."""
    while scope.kind == "inner" and scope.parent is not None:
        scope = scope.parent
    return scope


def _with_type_parameters(node: FunctionNode | ast.ClassDef, scope: _Scope) -> _Scope:
    names = {each.name for each in getattr(node, "type_params", ())}
    return _Scope("inner", scope, names) if names else scope


def _method_around(scope: _Scope) -> _Scope | None:
    """The method whose `super()` it is."""
    current: _Scope | None = scope
    while current is not None:
        if current.receiver is not None:
            return current
        current = current.parent
    return None


def _is_super(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="super"), args=[], keywords=[]):
            return True
        case _:
            return False


def _exceptions(node: ast.expr | None) -> Iterator[str]:
    """The names of what a handler catches, `""` for everything."""
    if node is None:
        yield ""
        return
    for each in node.elts if isinstance(node, ast.Tuple) else [node]:
        yield _last_name(each)


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return "?"


def _shape(call: ast.Call) -> CallShape:
    names = tuple(each.arg for each in call.keywords if each.arg is not None)
    is_open = len(names) < len(call.keywords) or any(
        isinstance(each, ast.Starred) for each in call.args
    )
    return CallShape(len(call.args), names, is_open)


def _is_checked(path: tuple[str, ...], checks: set[tuple[str, ...]]) -> bool:
    """Whether what a path names is asked about first; `*` stands for anything further down."""
    for length in range(2, len(path) + 1):
        if path[:length] in checks or (*path[: length - 1], "*") in checks:
            return True
    return False


def _position(missing: MissingName) -> tuple[object, ...]:
    return (missing.place.steps[1], missing.place.steps[3])
