"""What was written, module by module, before anybody asks what it means.

Facts are made from one module's source text alone. Names are as spelt: which
class `Entity` is, or what `Status.ACTIVE` stands for, is linking's question.
A `Place` (see `diagnostics`) says where a fact stands without a line number; it
is turned into a span only when a diagnostic points at it (`analysis.positions`).

They have no slots: dataclasses with slots are pickled field by field, in Python, and the cache
pickles all facts of a project.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from starmodel_generator.diagnostics.diagnostic import Place as Place
from starmodel_generator.diagnostics.diagnostic import Step as Step


@dataclass(frozen=True)
class NameExpression:
    """A name or a dotted name: `Entity`, `sm.Entity`."""

    name: str


@dataclass(frozen=True)
class LiteralExpression:
    """A literal: `None`, a bool, a number, a text, bytes, `...`; adjacent strings joined."""

    value: object


@dataclass(frozen=True)
class SubscriptExpression:
    """`value[items]`, as in `list[int]`."""

    value: "Expression"
    items: tuple["Expression", ...]


@dataclass(frozen=True)
class CallExpression:
    """`function(arguments, keyword=value)`; `**x` stands under the name `**`, `*x` as Opaque."""

    function: "Expression"
    arguments: tuple["Expression", ...] = ()
    keywords: tuple[tuple[str, "Expression"], ...] = ()

    def keyword(self, name: str) -> "Expression | None":
        """Return the value given to that keyword, or `None`."""
        for key, value in self.keywords:
            if key == name:
                return value
        return None


@dataclass(frozen=True)
class SequenceExpression:
    """`[a, b]`, `(a, b)` or `{a, b}`."""

    kind: Literal["list", "tuple", "set"]
    items: tuple["Expression", ...]


@dataclass(frozen=True)
class MappingExpression:
    """`{"a": 1}`; the key of `**x` is an Opaque `**`."""

    items: tuple[tuple["Expression", "Expression"], ...]


@dataclass(frozen=True)
class BinaryExpression:
    """`left operator right`, as in `int | None`."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class UnaryExpression:
    """`-1`, `not x`."""

    operator: str
    operand: "Expression"


@dataclass(frozen=True)
class OpaqueExpression:
    """Anything else, as its source text: a lambda, a comprehension, an f-string."""

    text: str


Expression: TypeAlias = (
    NameExpression
    | LiteralExpression
    | SubscriptExpression
    | CallExpression
    | SequenceExpression
    | MappingExpression
    | BinaryExpression
    | UnaryExpression
    | OpaqueExpression
)


@dataclass(frozen=True)
class ImportFact:
    """One name bound by an import.

    `import a.b` binds `a` to module `a` (`name` is None); `import a.b as c`
    binds `c` to module `a.b`; `from a import b as c` binds `c` to `b` of `a`;
    `from a import *` has `name` and `bound` `"*"`. `module` is absolute: a
    relative import is resolved against the module it stands in. `container` is as
    in `AssignmentFact`. `target` is all of what `import a.b` imports.
    """

    bound: str
    module: str
    name: str | None
    type_checking: bool
    place: Place
    container: str | None = None
    target: str = ""


@dataclass(frozen=True)
class AssignmentFact:
    """`name: annotation = value` at module or class level; either part may be missing.

    `is_alias` marks `type X = ...` and `X: TypeAlias = ...`. `container` is set
    where the statement stands in an `if`, a `try`, a `for`, ... of the module
    or the class.
    """

    name: str
    annotation: Expression | None
    value: Expression | None
    place: Place
    is_alias: bool = False
    docstring: str | None = None
    container: str | None = None


ParameterKind: TypeAlias = Literal[
    "positional_only", "positional_or_keyword", "variadic", "keyword_only", "variadic_keyword"
]


@dataclass(frozen=True)
class ParameterFact:
    """One parameter as written, `self` and `cls` included."""

    name: str
    kind: ParameterKind
    annotation: Expression | None
    default: Expression | None
    place: Place


Through: TypeAlias = tuple[str, int | str]
EffectKind: TypeAlias = Literal["assign", "mutate", "call", "escape", "await_missing", "blocking"]


@dataclass(frozen=True)
class Effect:
    """Something a method's body does, or may do, to its entity.

    Of several that say the same there is the first; every `await_missing` and
    every `blocking` call counts.

    - `assign`: `self.x = ...`, `self.x += ...`, `self.x[0] = ...`, `del self.x`,
      `setattr(self, "x", ...)`, or the same on something taken from `self.x`;
    - `mutate`: a call on `self.x`, or on something taken from it, that is not
      known to be pure, or `self.x` handed to a function that is not;
    - `call`: `self.method(...)`, `super().method(...)` (named `super().method`),
      or a method or property of the class that is only mentioned;
    - `escape`: `self` handed to something else;
    - `await_missing`: a coroutine of the class used without `await`;
    - `blocking`: a call known to block (`time.sleep`, `requests.get`, `open`),
      by its full name, where it stands in the method itself: a function inside
      may well run in a thread.

    `name` is the field, the method or the call; the field is `*` where it is
    not known (`setattr(self, key, 1)`, a change of what a method returned). A
    name with a dot (`other.count`, `other.*`) is about another parameter of the
    method and matters where that parameter is an entity.
    Fields that the same class annotates with an immutable type give no
    `mutate`; inherited ones do, for only linking knows their type.

    `through` is set where a function of another module would tell more: the
    callee as written (`render`, `cards.render`, `.rename` for a method of what
    was taken) and which of its parameters got the value, by position or name
    (0 is what `.rename` was called on). Functions of the same module have been
    followed already. In a module-level function the effects are those on its
    parameters, and `name` is the parameter.
    """

    kind: EffectKind
    name: str
    place: Place
    through: Through | None = None


@dataclass(frozen=True)
class CallShape:
    """How something is called: how many arguments by position, and which by name.

    `is_open` says that `*x` or `**x` stands among them, which may hold any more.
    """

    positional: int
    keywords: tuple[str, ...]
    is_open: bool


Access: TypeAlias = Literal["load", "store", "augment", "delete"]


@dataclass(frozen=True)
class MemberUse:
    """A dotted name below a parameter: `self.address.street` has the path of these three names.

    `super().add` has the path `super()`, `add`. Parameters that the function binds anew are left
    out, and so is what is asked for first (`hasattr(self, "x")`, `isinstance(self.pet, Cat)`) or
    stands in a `try` that catches its failure. `call` is set where it is called. `argument` is the
    dotted name that comes first in a call that may find records, `work.find(Order, status=...)`;
    then `place` is all of the call, and `plain` are the keywords that are given a constant, a
    list, a tuple, a set or a dictionary.
    """

    path: tuple[str, ...]
    access: Access
    call: CallShape | None
    place: Place
    argument: str | None = None
    plain: tuple[str, ...] = ()


@dataclass(frozen=True)
class NameUse:
    """A dotted name below a name of the module or a builtin, or a call of such a name.

    As in `date.today`, `Status.ACTIVE`, `Track(title="x")`; left out is what `MemberUse` leaves
    out.
    """

    name: str
    call: CallShape | None
    place: Place


@dataclass(frozen=True)
class NameChange:
    """Something that is changed from outside of its definition, below a name of the module.

    `name` is as written, without what stands in brackets: `Product.model_fields` for
    `Product.model_fields["name"] = ...`, `Product.*` for `setattr(Product, name, ...)`,
    `MODELS.*.name` for each item of `MODELS` in a loop, and `Product` where a class of the module is
    itself replaced or deleted. `is_inside` says that it is
    a part of what the name means that changes, as in the first of these, `is_late` that a function
    does it. `through` is as in `Effect`: what is handed to that function, which may change it.
    """

    name: str
    place: Place
    is_inside: bool = False
    is_late: bool = False
    through: Through | None = None


@dataclass(frozen=True)
class MissingName:
    """A name that is not there when it is needed, as far as its own module tells.

    - `undefined`: nothing in the module binds it (a star import may);
    - `later`: it is needed while the module is imported, and bound further down;
    - `type_checking`: only `if TYPE_CHECKING:` binds it.

    `field_of` is the class whose attribute it is part of the type of, where that type is a text
    or, under `from __future__ import annotations`, treated as one: pydantic evaluates it later.
    """

    name: str
    reason: Literal["undefined", "later", "type_checking"]
    place: Place
    field_of: str | None = None


@dataclass(frozen=True)
class FunctionFacts:
    """A function or a method.

    `signature` is the source of parameters (without `self` or `cls`) and
    return, on one line: `(amount: int = 1) -> None`. `container` is as in
    `AssignmentFact`, and `always_raises` says that no way through the body reaches its end.
    """

    name: str
    decorators: tuple[Expression, ...]
    parameters: tuple[ParameterFact, ...]
    returns: Expression | None
    is_async: bool
    docstring: str | None
    signature: str
    place: Place
    has_yield: bool = False
    returns_value: bool = False
    always_raises: bool = False
    effects: tuple[Effect, ...] = ()
    uses: tuple[MemberUse, ...] = ()
    container: str | None = None


@dataclass(frozen=True)
class HiddenName:
    """A name in a class body that means something of the body, and not of the module.

    `name` is as written (`date`, `dt.date`), `owner` the attribute or the method in whose
    annotation, value, decorator or default it stands, `place` that spot, and `hider` the place of
    the attribute or the method it means.
    """

    name: str
    owner: str
    place: Place
    hider: Place


@dataclass(frozen=True)
class ClassFacts:
    """A class, with its body in source order.

    `container` says where a class stands that is not at module level:
    `"if"`, `"try"`, `"for"`, `"while"`, `"with"`, `"match"`, `"function make"`,
    `"class Outer"`. `type_parameters` are the names in `class Box[T]`, `hidden` those that the body
    hides from itself.
    """

    name: str
    bases: tuple[Expression, ...]
    keywords: tuple[tuple[str, Expression], ...]
    decorators: tuple[Expression, ...]
    docstring: str | None
    attributes: tuple[AssignmentFact, ...]
    methods: tuple[FunctionFacts, ...]
    place: Place
    container: str | None = None
    type_parameters: tuple[str, ...] = ()
    hidden: tuple[HiddenName, ...] = ()


@dataclass(frozen=True)
class ModuleFacts:
    """Everything of one module that the later stages may ask about.

    `name` is its dotted name, `path` its file relative to the project with
    `/`. `exports` is `__all__` where it is a plain list. `suppressions` are
    the `# starmodel: ignore[...]` comments: line number and rule names. `missing` are
    the names that are not there when they are needed, `uses` what is made of those that are,
    `changes` what is done to them.
    `names` is all that is bound at module level, in whatever way; `*` among them says that more
    may be (`globals()`, `exec`). `steps` are its imports and the names that it defines, in the order
    in which an import runs them.
    """

    name: str
    path: str
    is_package: bool
    docstring: str | None
    imports: tuple[ImportFact, ...]
    assignments: tuple[AssignmentFact, ...]
    classes: tuple[ClassFacts, ...]
    functions: tuple[FunctionFacts, ...]
    exports: tuple[str, ...] | None = None
    suppressions: tuple[tuple[int, tuple[str, ...]], ...] = ()
    missing: tuple[MissingName, ...] = ()
    uses: tuple[NameUse, ...] = ()
    changes: tuple[NameChange, ...] = ()
    names: frozenset[str] = frozenset()
    steps: tuple[ImportFact | str, ...] = ()
