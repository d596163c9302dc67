"""Classes with their bases resolved: what a class inherits, in the order Python looks it up."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from starmodel_generator.analysis.facts import (
    Expression,
    NameExpression,
    SubscriptExpression,
)
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    Namespace,
    Symbol,
    UnknownSymbol,
)

Ancestor: TypeAlias = ClassSymbol | ExternalSymbol

ENTITY = "starmodel.Entity"
BASE_TABLE = "starmodel.BaseTable"
SQL_MODEL = "sqlmodel.SQLModel"
_DEPTH_LIMIT = 200
BASE_MODEL = "pydantic.BaseModel"

_OBJECT = ExternalSymbol("builtins.object")
_EXTERNAL_ANCESTORS = {
    ENTITY: (BASE_MODEL,),
    "pydantic.RootModel": (BASE_MODEL,),
    BASE_TABLE: (BASE_MODEL,),
    SQL_MODEL: (BASE_MODEL,),
    "enum.IntEnum": ("builtins.int", "enum.Enum"),
    "enum.StrEnum": ("builtins.str", "enum.Enum"),
    "enum.Flag": ("enum.Enum",),
    "enum.IntFlag": ("builtins.int", "enum.Flag", "enum.Enum"),
}
_HARMLESS = frozenset(
    {
        "abc.ABC",
        "builtins.object",
        "typing.Generic",
        "typing.Protocol",
        "pydantic.BaseModel",
        "sqlmodel.SQLModel",
        "starmodel.Entity",
    }
)


@dataclass(frozen=True, slots=True)
class BaseProblem:
    """A base that cannot be followed; `index` is its position among the bases."""

    kind: Literal["dynamic", "unknown", "foreign", "order", "cycle"]
    index: int
    expression: Expression | None = None
    symbol: UnknownSymbol | None = None
    foreign: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ClassHierarchy:
    """A class and its ancestors in method resolution order, the class itself first.

    `classes` are the ancestors that are classes of the project, `outside` the known names of the
    others; `direct` are its direct bases as far as they are known, `problems` what is wrong with
    them.
    """

    symbol: ClassSymbol
    direct: tuple[Ancestor, ...]
    order: tuple[Ancestor, ...]
    classes: tuple[ClassSymbol, ...]
    outside: frozenset[str]
    problems: tuple[BaseProblem, ...] = ()

    def inherits(self, name: str) -> bool:
        """Return whether an outside class is among the ancestors, by its known name."""
        return name in self.outside

    @property
    def is_entity(self) -> bool:
        """Whether it leads to `starmodel.Entity`."""
        return self.inherits(ENTITY)

    @property
    def is_model(self) -> bool:
        """Whether it is a pydantic model."""
        return self.inherits(BASE_MODEL)

    @property
    def is_enum(self) -> bool:
        """Whether it is an enum."""
        return self.inherits("enum.Enum")


class ClassHierarchies:
    """Works hierarchies out, once for each class; a class is never its own ancestor."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[ClassSymbol, ClassHierarchy] = {}
        self._pending: set[ClassSymbol] = set()

    def of(self, symbol: ClassSymbol) -> ClassHierarchy:
        """Return the hierarchy of a class."""
        if symbol in self._known:
            return self._known[symbol]
        self._pending.add(symbol)
        try:
            hierarchy = self._work_out(symbol)
        finally:
            self._pending.discard(symbol)
        self._known[symbol] = hierarchy
        return hierarchy

    def _work_out(self, symbol: ClassSymbol) -> ClassHierarchy:
        direct: list[Ancestor] = []
        problems: list[BaseProblem] = []
        for index, expression in enumerate(symbol.facts.bases):
            base = self._base(expression, symbol)
            if base is symbol or base in self._pending or len(self._pending) > _DEPTH_LIMIT:
                problems.append(BaseProblem("cycle", index, expression))
            elif isinstance(base, ClassSymbol | ExternalSymbol):
                direct.append(base)
                if isinstance(base, ExternalSymbol) and not _is_known(base):
                    problems.append(BaseProblem("foreign", index, expression, foreign=base.name))
            elif isinstance(base, UnknownSymbol):
                problems.append(BaseProblem("unknown", index, expression, symbol=base))
            else:
                problems.append(BaseProblem("dynamic", index, expression))
        orders = [list(self._ancestors(base)) for base in direct]
        order = _merge([*orders, list(direct)])
        if order is None:
            problems.append(BaseProblem("order", 0))
            order = list(dict.fromkeys(ancestor for each in orders for ancestor in each))
        return _made(symbol, tuple(direct), (symbol, *order), tuple(problems))

    def _base(self, expression: Expression, symbol: ClassSymbol) -> Symbol | None:
        items: tuple[Expression, ...] = ()
        if isinstance(expression, SubscriptExpression):
            expression, items = expression.value, expression.items
        if not isinstance(expression, NameExpression):
            return None
        namespace = Namespace(symbol.module)
        found = self._names.follow(self._names.resolve(expression.name, namespace))
        if found is symbol:
            # `class Cart(Cart)` extends what was imported under that name.
            found = self._names.imported(expression.name, symbol.module) or found
        if items and isinstance(found, ClassSymbol):
            found = self._names.specialised(found, items, symbol.namespace, found.name) or found
        return found if isinstance(found, ClassSymbol | ExternalSymbol | UnknownSymbol) else None

    def _ancestors(self, base: Ancestor) -> tuple[Ancestor, ...]:
        if isinstance(base, ClassSymbol):
            return self.of(base).order
        further = _EXTERNAL_ANCESTORS.get(base.name, ())
        if base == _OBJECT:
            return (base,)
        return (base, *(ExternalSymbol(name) for name in further), _OBJECT)


def _made(
    symbol: ClassSymbol,
    direct: tuple[Ancestor, ...],
    order: tuple[Ancestor, ...],
    problems: tuple[BaseProblem, ...],
) -> ClassHierarchy:
    classes = tuple(base for base in order if isinstance(base, ClassSymbol))
    outside = frozenset(base.name for base in order if isinstance(base, ExternalSymbol))
    return ClassHierarchy(symbol, direct, order, classes, outside, problems)


def _is_known(base: ExternalSymbol) -> bool:
    return (
        base.name in _HARMLESS
        or base.name in _EXTERNAL_ANCESTORS
        or base.name.startswith(("enum.", "builtins.", "typing.", "typing_extensions."))
    )


def _merge(orders: list[list[Ancestor]]) -> list[Ancestor] | None:
    """Return the C3 linearisation of several orders, `None` where they contradict each other."""
    merged: list[Ancestor] = []
    orders = [order for order in orders if order]
    while orders:
        for order in orders:
            head = order[0]
            if not any(head in other[1:] for other in orders):
                break
        else:
            return None
        merged.append(head)
        orders = [rest for order in orders if (rest := order[1:] if order[0] == head else order)]
    return merged
