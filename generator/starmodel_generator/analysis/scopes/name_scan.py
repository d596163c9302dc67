"""The names that a module's code needs, and whether they are there when it does.

Code that runs while the module is imported is read in order: decorators, defaults, annotations,
bases, the bodies of classes. Functions run later, when everything is bound that ever will be, and
are read last. What is bound on one way through an `if` or a `try` counts as bound.
"""

import builtins
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import libcst as cst

from starmodel_generator.analysis.blocks import is_type_checking
from starmodel_generator.analysis.facts import (
    Access,
    CallShape,
    MemberUse,
    MissingName,
    NameChange,
    NameUse,
)
from starmodel_generator.analysis.functions import parameters_of, receiver_name
from starmodel_generator.analysis.imports import imported_names
from starmodel_generator.analysis.scopes.annotation_names import late_names
from starmodel_generator.analysis.scopes.call_shapes import call_shape, plain_keywords
from starmodel_generator.analysis.scopes.outside_changes import (
    Change,
    changes_by_argument,
    changes_by_call,
    changes_by_statement,
    is_about_subclass,
    names_of_items,
)
from starmodel_generator.analysis.scopes.scope import (
    Absence,
    Scope,
    binding_scope,
    is_checked,
    method_around,
    reason_of_absence,
    with_type_parameters,
)
from starmodel_generator.analysis.scopes.scope_bindings import (
    bound_in,
    globals_declared,
    names_bound_by,
)
from starmodel_generator.analysis.tree import (
    FunctionNode,
    SmallOrCompound,
    children_of,
    children_with_targets,
    constant_of,
    dotted_name,
    last_name,
    statements_of,
    text_of,
    walk,
)
from starmodel_generator.diagnostics.diagnostic import Place

SUPER = "super()"
"""The first part of the path of what is looked up in the bases."""

FINDING_CALLS = frozenset({"count", "exists", "find", "find_one"})
"""The methods by which a unit of work finds records."""

_Comprehension: TypeAlias = cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp
_ALWAYS_THERE = frozenset(dir(builtins)) | {
    *("__annotations__", "__builtins__", "__cached__", "__dict__", "__doc__", "__file__"),
    *("__loader__", "__name__", "__package__", "__path__", "__spec__", "WindowsError"),
}
_IN_CLASSES = frozenset({"__module__", "__qualname__", "__firstlineno__", "__classdict__"})
# With these a module can bind what no reader sees.
_BINDING_CALLS = frozenset({"exec", "globals", "locals", "vars"})
_NARROWING_CALLS = frozenset({"callable", "isinstance", "issubclass", "type"})
# What most nodes are is told from their class: libcst's are abstract, so each question takes long.
_READ_STATEMENTS = frozenset(
    {
        cst.AnnAssign,
        cst.Assign,
        cst.AugAssign,
        cst.ClassDef,
        cst.Del,
        cst.For,
        cst.FunctionDef,
        cst.If,
        cst.Match,
        cst.Try,
        cst.TryStar,
        cst.While,
        cst.With,
    }
)
_READ_EXPRESSIONS = frozenset(
    {
        cst.Attribute,
        cst.BooleanOperation,
        cst.Call,
        cst.DictComp,
        cst.GeneratorExp,
        cst.IfExp,
        cst.Lambda,
        cst.ListComp,
        cst.Name,
        cst.SetComp,
    }
)


class Names(NamedTuple):
    """What a scan finds; `members` is by function, `names` all that the module binds."""

    missing: tuple[MissingName, ...]
    uses: tuple[NameUse, ...]
    changes: tuple[NameChange, ...]
    members: Mapping[FunctionNode, tuple[MemberUse, ...]]
    names: frozenset[str]


def scan_names(tree: cst.Module, path: str) -> Names:
    """Return the names a module needs that are not there, and what it makes of the others.

    A place is the number of the node among all that the scan has pointed at; `scanned_node` finds
    it again.
    """
    return _Scan(tree, path).run()


def scanned_node(tree: cst.Module, number: int) -> cst.CSTNode | None:
    """Return the node that a scan of the same tree gave this number to."""
    scan = _Scan(tree, "")
    scan.run()
    return scan.pointed[number] if number < len(scan.pointed) else None


@dataclass(frozen=True, slots=True)
class _Caught:
    """Whether a `try` around the code catches a name, an attribute that is not there."""

    name: bool = False
    attribute: bool = False


_NOTHING_CAUGHT = _Caught()


class _Scan:
    def __init__(self, tree: cst.Module, path: str) -> None:
        self.pointed: list[cst.CSTNode] = []
        self._tree = tree
        self._path = path
        bound = bound_in(tree.body, declares=False)
        ever = bound.names | set(globals_declared(tree))
        self._module = Scope("module", None, set(), ever, bound.checked)
        self._has_text_annotations = any(
            imported.module == "__future__" and imported.name == "annotations"
            for node in statements_of(tree)
            if isinstance(node, cst.ImportFrom)
            for imported in imported_names(node)
        )
        self._is_open = False
        self._caught: _Caught = _NOTHING_CAUGHT
        self._is_guarded = False
        self._guards: set[str] = set()
        self._set_on_others: set[str] = set()
        self._later: deque[tuple[FunctionNode | cst.Lambda, Scope, str | None, bool]] = deque()
        self._types_later: list[tuple[cst.BaseExpression, Scope]] = []
        self._missing: dict[tuple[str, str, str | None], MissingName] = {}
        self._uses: dict[tuple[str, CallShape | None], NameUse] = {}
        self._changes: list[NameChange] = []
        self._classes: set[str] = set()
        self._looped: dict[str, list[str]] = {}
        self._members: dict[FunctionNode, dict[object, MemberUse]] = {}
        self._scopes: list[Scope] = []

    def run(self) -> Names:
        """Read the module, then its functions."""
        self._statements(self._tree, self._module)
        self._module.names |= self._module.ever
        while self._later:
            self._function_body(*self._later.popleft())
        for annotation, scope in self._types_later:
            for node in late_names(annotation, is_text=self._has_text_annotations):
                if isinstance(node, cst.Call):
                    self._called_in_text(node, annotation, scope)
                else:
                    self._field_name(node, annotation, scope)
        return Names(
            () if self._is_open else tuple(self._missing.values()),
            tuple(use for use in self._uses.values() if not self._is_set(use.name)),
            tuple(self._changes),
            {scope.node: self._members_of(scope) for scope in self._scopes if scope.node},
            frozenset(self._module.names | ({"*"} if self._is_open else set())),
        )

    def _members_of(self, scope: Scope) -> tuple[MemberUse, ...]:
        found = self._members.get(scope.node, {}) if scope.node is not None else {}
        return tuple(use for use in found.values() if not is_checked(use.path, scope.checks))

    def _is_set(self, name: str) -> bool:
        """Return whether the module itself gives some class or module the attribute that a name asks for."""
        parts = name.split(".")
        return any(".".join(parts[:end]) in self._set_on_others for end in range(2, len(parts) + 1))

    def _place(self, node: cst.CSTNode) -> Place:
        self.pointed.append(node)
        return Place(self._path, ("node", len(self.pointed) - 1))

    # Statements

    def _statements(self, body: cst.BaseSuite | cst.Module | None, scope: Scope) -> None:
        was_guarded = self._is_guarded
        if body is not None:
            for node in statements_of(body):
                self._statement(node, scope)
        self._is_guarded = was_guarded

    def _statement(self, node: SmallOrCompound, scope: Scope) -> None:
        if type(node) not in _READ_STATEMENTS:
            self._bind(node, scope)
            self._expressions(children_of(node), scope)
            return
        for change in changes_by_statement(node):
            self._change(change, scope)
        match node:
            case cst.FunctionDef():
                self._function(node, scope)
            case cst.ClassDef():
                self._class(node, scope)
            case cst.If():
                self._if(node, scope)
            case cst.Try() | cst.TryStar():
                self._try(node, scope)
            case cst.Assign(targets=targets, value=value):
                if self._asks_what_is_there(value):
                    named = [each.target for each in targets]
                    self._guards.update(e.value for e in named if isinstance(e, cst.Name))
                self._expressions([value, *targets], scope)
            case cst.AnnAssign():
                self._annotated(node, scope)
            case cst.AugAssign(target=target, value=value):
                self._augmented(target, scope)
                self._expressions([value], scope)
            case cst.For(target=target, iter=source):
                if scope is self._module and isinstance(target, cst.Name):
                    self._looped[target.value] = list(names_of_items(source))
                self._expressions([source], scope)
                self._expressions([target], scope, stored=True)
                self._statements(node.body, scope)
                self._else(node.orelse, scope)
            case cst.While(test=test):
                self._expressions([test], scope)
                self._statements(node.body, scope)
                self._else(node.orelse, scope)
            case cst.With(items=items):
                self._expressions(items, scope)
                self._statements(node.body, scope)
            case cst.Match(subject=subject, cases=cases):
                self._check_about(subject, scope, all_below=True)
                self._expressions([subject], scope)
                for case in cases:
                    self._expressions([case.pattern, *_given(case.guard)], scope)
                    self._statements(case.body, scope)
            case cst.Del(target=target):
                self._expressions([target], scope, stored=True, deleted=True)
            case _:
                pass

    def _if(self, node: cst.If, scope: Scope) -> None:
        """Read an `if` with its chain of `elif`."""
        branch: cst.If | cst.Else | None = node
        around, leaves = self._is_guarded, False
        while isinstance(branch, cst.If):
            if not is_type_checking(branch.test):
                self._expressions([branch.test], scope)
                if self._asks_what_is_there(branch.test):
                    self._is_guarded = True
                    leaves = leaves or _leaves(branch.body)
                self._statements(branch.body, scope)
            branch = branch.orelse
        self._else(branch, scope)
        self._is_guarded = around or leaves

    def _asks_what_is_there(self, node: cst.CSTNode) -> bool:
        """Return whether an expression asks for the platform, for Python's version, or `hasattr`."""
        if self._is_guarded:
            return False
        for each in walk(node):
            if type(each) is cst.Name or type(each) is cst.Attribute:
                name = dotted_name(each)
                if name in self._guards or (name or "").lstrip("_") in _PLATFORM_NAMES:
                    return True
        return False

    def _else(self, node: cst.Else | cst.Finally | None, scope: Scope) -> None:
        self._statements(None if node is None else node.body, scope)

    def _try(self, node: cst.Try | cst.TryStar, scope: Scope) -> None:
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
        self._else(node.orelse, scope)
        self._else(node.finalbody, scope)

    def _annotated(self, node: cst.AnnAssign, scope: Scope) -> None:
        """Read `x: int = 1`, where Python takes the value first, then binds, then asks the type."""
        annotation = node.annotation.annotation
        is_guard = node.value is not None and self._asks_what_is_there(node.value)
        if is_guard and isinstance(node.target, cst.Name):
            self._guards.add(node.target.value)
        self._expressions(_given(node.value), scope)
        if not isinstance(node.target, cst.Name) or node.value is not None:
            self._expressions([node.target], scope, stored=True)
        if scope.kind == "class" and isinstance(node.target, cst.Name):
            self._types_later.append((annotation, scope))
        if scope.kind in ("module", "class") and not self._has_text_annotations:
            self._expressions([annotation], scope)

    def _augmented(self, target: cst.BaseExpression, scope: Scope) -> None:
        match target:
            case cst.Name(value=name):
                own = binding_scope(scope)
                is_unbound = own.kind == "function" and name not in own.names | own.elsewhere
                if is_unbound and not self._caught.name:
                    self._miss(name, "undefined", target)
                else:
                    self._name(target, scope, "store")
                if own.kind != "function":
                    own.names.add(name)
            case cst.Attribute():
                self._expressions(_given(self._attribute(target, scope, "augment")), scope)
            case _:
                self._expressions([target], scope, stored=True)

    def _function(self, node: FunctionNode, scope: Scope) -> None:
        self._expressions(node.decorators, scope)
        inner = with_type_parameters(node, scope)
        parameters = list(parameters_of(node.params))
        self._expressions([each.default for each in parameters if each.default], scope)
        if not self._has_text_annotations:
            self._expressions([each.annotation for each in parameters if each.annotation], inner)
            self._expressions(_given(node.returns and node.returns.annotation), inner)
        self._bind(node, scope)
        receiver = receiver_name(node) if scope.kind == "class" else None
        self._later.append((node, inner, receiver, self._is_guarded))

    def _class(self, node: cst.ClassDef, scope: Scope) -> None:
        self._expressions(node.decorators, scope)
        inner = with_type_parameters(node, scope)
        self._expressions([*node.bases, *node.keywords], inner)
        bound = bound_in(statements_of(node.body), declares=False)
        name = node.name.value
        own = Scope("class", inner, set(_IN_CLASSES), bound.names, bound.checked, name=name)
        self._statements(node.body, own)
        self._bind(node, scope)
        if scope is self._module:
            self._classes.add(name)

    def _function_body(
        self,
        node: FunctionNode | cst.Lambda,
        around: Scope,
        receiver: str | None,
        is_guarded: bool,
    ) -> None:
        self._is_guarded = is_guarded
        parameters = {parameter.name for parameter in parameters_of(node.params)}
        if isinstance(node, cst.Lambda):
            scope = Scope("function", around, parameters)
            self._expressions([node.body], scope)
            return
        bound = bound_in(statements_of(node.body), declares=True)
        own = (bound.names | parameters) - bound.elsewhere
        scope = Scope(
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
        self._bound_from_inside(bound.elsewhere, around)
        self._caught = _NOTHING_CAUGHT
        self._statements(node.body, scope)

    def _bound_from_inside(self, names: set[str], scope: Scope | None) -> None:
        """Note parameters of the functions around that an inner one binds anew (`nonlocal`)."""
        while scope is not None:
            scope.checks |= {(name, "*") for name in names & scope.roots}
            scope = scope.parent

    def _bind(self, node: cst.CSTNode, scope: Scope) -> None:
        binding_scope(scope).names.update(names_bound_by(node))
        if isinstance(node, cst.Import | cst.ImportFrom):
            for imported in imported_names(node):
                self._replace(imported.bound, imported.node, scope)

    # What is changed from outside

    def _change(self, change: Change, scope: Scope) -> None:
        """Note a change of what a name of the module means."""
        root, *below = change.path
        owner = self._owner(root, scope)
        if owner is None:
            return
        around = owner.parent
        is_receiver = owner.receiver == root and is_about_subclass(owner.node, below)
        if is_receiver and around is not None and around.parent is self._module:
            # It is as good as a change of the class itself.
            root = around.name
        elif owner is not self._module:
            return
        is_late = binding_scope(scope).kind == "function"
        for name in [root, *self._looped.get(root, ())]:
            written = ".".join([name, *below])
            place = self._place(change.node)
            self._changes.append(
                NameChange(written, place, change.is_inside, is_late, change.through)
            )

    def _replace(self, name: str, node: cst.CSTNode, scope: Scope) -> None:
        """Note that the name of a class which is there is bound anew, or deleted."""
        around = binding_scope(scope)
        if name in self._classes and (around is self._module or name in around.elsewhere):
            is_late = around is not self._module
            self._changes.append(NameChange(name, self._place(node), is_late=is_late))

    # Expressions

    def _expressions(
        self,
        nodes: Sequence[cst.CSTNode],
        scope: Scope,
        *,
        stored: bool = False,
        deleted: bool = False,
    ) -> None:
        """Read expressions; `stored` and `deleted` say that they are the targets of a statement."""
        changed: Access = "delete" if deleted else "store"
        stack = [(node, stored) for node in reversed(nodes)]
        while stack:
            node, is_target = stack.pop()
            access: Access = changed if is_target else "load"
            if type(node) not in _READ_EXPRESSIONS:
                self._bind(node, scope)
                stack += reversed(children_with_targets(node, stored=is_target))
                continue
            match node:
                case cst.Name():
                    if constant_of(node) is None:
                        self._name(node, scope, access)
                case cst.Attribute():
                    below = self._attribute(node, scope, access)
                    stack += [(each, False) for each in _given(below)]
                case cst.Call():
                    stack += [(each, False) for each in reversed(self._call(node, scope))]
                case cst.Lambda(params=parameters):
                    self._later.append((node, scope, None, self._is_guarded))
                    stack += [(each, False) for each in children_of(parameters)]
                case cst.IfExp() | cst.BooleanOperation():
                    stack += [(each, False) for each in reversed(self._choice(node, scope))]
                case cst.ListComp() | cst.SetComp() | cst.DictComp() | cst.GeneratorExp():
                    self._comprehension(node, scope)
                case _:
                    pass

    def _choice(
        self, node: cst.IfExp | cst.BooleanOperation, scope: Scope
    ) -> list[cst.BaseExpression]:
        """Read a choice that asks what is there; return the parts of any other."""
        if isinstance(node, cst.IfExp):
            parts, asks = [node.body, node.test, node.orelse], [node.test]
        else:
            parts = asks = _operands(node)
        if any(self._asks_what_is_there(each) for each in asks):
            self._is_guarded = True
            self._expressions(parts, scope)
            self._is_guarded = False
            return []
        return parts

    def _comprehension(self, node: _Comprehension, scope: Scope) -> None:
        inner = Scope("inner", scope, set())
        around = scope
        clause: cst.CompFor | None = node.for_in
        while clause is not None:
            self._expressions([clause.iter], around)
            inner.names |= {
                each.value for each in walk(clause.target) if isinstance(each, cst.Name)
            }
            self._expressions(clause.ifs, inner)
            around, clause = inner, clause.inner_for_in
        parts = [node.key, node.value] if isinstance(node, cst.DictComp) else [node.elt]
        self._expressions(parts, inner)

    def _name(self, node: cst.Name, scope: Scope, access: Access = "load") -> Scope | None:
        """Bind a name, or look where it is bound; `None` where that is nowhere to be seen."""
        name = node.value
        if access != "load":
            self._replace(name, node, scope)
        if access == "store":
            binding_scope(scope).names.add(name)
            return scope
        owner = self._owner(name, scope)
        if owner is None and access == "load" and not self._caught.name:
            self._miss(name, reason_of_absence(name, scope), node)
        return owner

    def _owner(self, name: str, scope: Scope) -> Scope | None:
        """Return the scope that a name means something of; builtins count as the module's."""
        current: Scope | None = scope
        while current is not None:
            if name in current.names and (current.kind != "class" or current is scope):
                return current
            current = current.parent
        return self._module if name in _ALWAYS_THERE else None

    def _miss(
        self,
        name: str,
        reason: Absence,
        node: cst.CSTNode,
        field_of: str | None = None,
    ) -> None:
        self._missing.setdefault(
            (name, reason, field_of), MissingName(name, reason, self._place(node), field_of)
        )

    def _attribute(
        self, node: cst.Attribute, scope: Scope, access: Access, call: cst.Call | None = None
    ) -> cst.BaseExpression | None:
        """Note a dotted name; what else an attribute is taken from is to be read further."""
        parts: list[str] = []
        below: cst.BaseExpression = node
        while isinstance(below, cst.Attribute):
            parts.append(below.attr.value)
            below = below.value
        parts.reverse()
        if isinstance(below, cst.Name) and constant_of(below) is None:
            owner = self._name(below, scope)
            if owner is not None:
                self._note((below.value, *parts), owner, access, call, node)
            return None
        if _is_super(below):
            method = method_around(scope)
            if method is not None:
                self._note_member((SUPER, *parts), method, access, call, node)
            return None
        return below

    def _call(self, node: cst.Call, scope: Scope) -> list[cst.CSTNode]:
        """Note what is called; what else there is to read of it."""
        function = node.func
        rest: list[cst.CSTNode] = [*node.args]
        for change in changes_by_call(node):
            self._change(change, scope)
        if scope is self._module:
            for change in changes_by_argument(node):
                self._change(change, scope)
        if isinstance(function, cst.Attribute):
            if dotted_name(function) == "object.__setattr__" and len(node.args) == 3:
                self._note_set(node, scope)
            below = self._attribute(function, scope, "load", node)
            return rest if below is None else [below, *rest]
        if not isinstance(function, cst.Name):
            return [function, *rest]
        owner = self._name(function, scope)
        if owner is self._module:
            name = function.value
            self._is_open = self._is_open or name in _BINDING_CALLS
            if name == "hasattr" and len(node.args) == 2:
                self._check_about(node.args[0].value, scope, attribute=node.args[1].value)
            elif name in _NARROWING_CALLS and node.args:
                self._check_about(node.args[0].value, scope, all_below=True)
            elif name == "setattr" and len(node.args) == 3:
                self._note_set(node, scope)
        if owner is not None:
            self._note((function.value,), owner, "load", node, function)
        return rest

    def _note_set(self, node: cst.Call, scope: Scope) -> None:
        """Note what `setattr` and `object.__setattr__` give an attribute that no class declares."""
        below, name = node.args[0].value, text_of(node.args[1].value)
        if not isinstance(below, cst.Name) or name is None:
            return
        owner = self._name(below, scope)
        if owner is not None and (owner is self._module or name.startswith("_")):
            self._note((below.value, name), owner, "store", None, node)

    def _note(
        self,
        path: tuple[str, ...],
        owner: Scope,
        access: Access,
        call: cst.Call | None,
        node: cst.CSTNode,
    ) -> None:
        if owner.kind == "function" and path[0] in owner.roots and len(path) > 1:
            self._note_member(path, owner, access, call, node)
        elif owner is self._module and access != "load":
            self._set_on_others.add(".".join(path))
        elif owner is self._module and not (self._caught.attribute or self._is_guarded):
            shape = None if call is None else call_shape(call)
            if len(path) > 1 or shape is not None:
                name = ".".join(path)
                self._uses.setdefault((name, shape), NameUse(name, shape, self._place(node)))

    def _note_member(
        self,
        path: tuple[str, ...],
        owner: Scope,
        access: Access,
        call: cst.Call | None,
        node: cst.CSTNode,
    ) -> None:
        if owner.node is None or self._caught.attribute:
            return
        shape = None if call is None else call_shape(call)
        found = self._members.setdefault(owner.node, {})
        if call is not None and len(path) == 2 and path[1] in FINDING_CALLS and call.args:
            argument = dotted_name(call.args[0].value)
            plain = plain_keywords(call)
            use = MemberUse(path, access, shape, self._place(call), argument, plain)
            found.setdefault((path, access, shape, argument, plain), use)
            return
        found.setdefault((path, access, shape), MemberUse(path, access, shape, self._place(node)))

    def _check_about(
        self,
        node: cst.BaseExpression,
        scope: Scope,
        *,
        attribute: cst.BaseExpression | None = None,
        all_below: bool = False,
    ) -> None:
        """Note that the code asks what something is, or has, before it counts on it."""
        parts: list[str] = []
        while isinstance(node, cst.Attribute):
            parts.append(node.attr.value)
            node = node.value
        if not isinstance(node, cst.Name):
            return
        last = text_of(attribute)
        path = (node.value, *reversed(parts), "*" if all_below or last is None else last)
        current: Scope | None = scope
        while current is not None:
            if node.value in current.roots:
                current.checks.add(path)
            current = current.parent

    def _called_in_text(self, call: cst.Call, annotation: cst.BaseExpression, scope: Scope) -> None:
        """Note a call in a type that pydantic evaluates, by the type: it may stand in a text."""
        name = dotted_name(call.func)
        if name is not None and self._owner(name.partition(".")[0], scope) is self._module:
            shape = call_shape(call)
            self._uses.setdefault((name, shape), NameUse(name, shape, self._place(annotation)))

    def _field_name(self, node: cst.Name, annotation: cst.BaseExpression, scope: Scope) -> None:
        name = node.value
        current: Scope | None = scope
        while current is not None:
            if name in current.names or name in current.ever:
                return
            current = current.parent
        if name not in _ALWAYS_THERE:
            self._miss(name, reason_of_absence(name, scope), annotation, scope.name)


_EVERYTHING = frozenset({"Exception", "BaseException"})


# What is on one system or in one version only is asked for behind these.
_PLATFORM_NAMES = frozenset(
    {
        *("sys.platform", "sys.version_info", "sys.implementation", "sys.hexversion", "os.name"),
        *("platform", "version_info", "platform.system", "platform.python_version_tuple"),
        *("hasattr", "PY2", "PY3"),
    }
)


_LEAVING = (cst.Return, cst.Raise, cst.Continue, cst.Break)


def _leaves(body: cst.BaseSuite) -> bool:
    """Return whether what follows a block is not reached from it."""
    statements = list(statements_of(body))
    return bool(statements) and isinstance(statements[-1], _LEAVING)


def _operands(node: cst.BooleanOperation) -> list[cst.BaseExpression]:
    """Return what `and` and `or` join, of a whole chain."""
    operands: list[cst.BaseExpression] = []
    stack: list[cst.BaseExpression] = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, cst.BooleanOperation):
            stack += [each.right, each.left]
        else:
            operands.append(each)
    return operands


def _given(node: cst.BaseExpression | None) -> list[cst.BaseExpression]:
    return [] if node is None else [node]


def _is_super(node: cst.BaseExpression) -> bool:
    match node:
        case cst.Call(func=cst.Name(value="super"), args=arguments):
            return not arguments
        case _:
            return False


def _exceptions(node: cst.BaseExpression | None) -> Iterator[str]:
    """The names of what a handler catches, `""` for everything."""
    if node is None:
        yield ""
        return
    for each in [one.value for one in node.elements] if isinstance(node, cst.Tuple) else [node]:
        yield last_name(each) or "?"
