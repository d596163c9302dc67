"""What a name stands for, once it has been followed to where it is defined.

Symbols are compared by identity: `Names` makes one for each definition.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from starmodel_generator.analysis.facts import (
    AssignmentFact,
    ClassFacts,
    Expression,
    FunctionFacts,
    ModuleFacts,
)
from starmodel_generator.diagnostics.diagnostic import Place


@dataclass(frozen=True, slots=True, eq=False)
class Namespace:
    """Where an expression stands, which decides what its names mean.

    `cls` is the class whose body it stands in, `None` at module level. `arguments` are what the type
    variables of a generic class stand for, each with where that was written.
    """

    module: ModuleFacts
    cls: ClassFacts | None = None
    arguments: Mapping[str, tuple[Expression, "Namespace"]] = field(
        default_factory=dict[str, tuple[Expression, "Namespace"]]
    )


@dataclass(frozen=True, slots=True, eq=False)
class ModuleSymbol:
    """A module of the project."""

    facts: ModuleFacts


@dataclass(frozen=True, slots=True, eq=False)
class ClassSymbol:
    """A class of the project, with the namespace of its body."""

    module: ModuleFacts
    facts: ClassFacts
    namespace: Namespace

    @property
    def name(self) -> str:
        """The class's own name."""
        return self.facts.name

    @property
    def qualified_name(self) -> str:
        """Module and name."""
        return f"{self.module.name}.{self.facts.name}"

    @property
    def place(self) -> Place:
        """Where it is written."""
        return self.facts.place


@dataclass(frozen=True, slots=True, eq=False)
class FunctionSymbol:
    """A function at module level of the project."""

    module: ModuleFacts
    facts: FunctionFacts

    @property
    def qualified_name(self) -> str:
        """Module and name."""
        return f"{self.module.name}.{self.facts.name}"


@dataclass(frozen=True, slots=True, eq=False)
class ValueSymbol:
    """A name assigned at module level of the project: a constant, an alias, a `NewType`."""

    namespace: Namespace
    assignment: AssignmentFact

    @property
    def qualified_name(self) -> str:
        """Module and name."""
        return f"{self.namespace.module.name}.{self.assignment.name}"


@dataclass(frozen=True, slots=True, eq=False)
class MemberSymbol:
    """Something reached through a class of the project: `Status.ACTIVE`."""

    owner: ClassSymbol
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExternalSymbol:
    """A name from outside the project, under the one name we know it by: `typing.Optional`."""

    name: str


@dataclass(frozen=True, slots=True)
class UnknownSymbol:
    """A name that leads nowhere.

    `undefined`: nothing of that name is in `where` (a module), `near` holds names like it;
    `star`: it may come from a `from ... import *` of the modules in `near`, which cannot be
    read; `missing_module`: `where` is a module of the project that is not there; `cycle`: its
    imports lead back to itself; `depth`: they lead through more modules than anybody would write.
    """

    name: str
    reason: Literal["undefined", "star", "missing_module", "cycle", "depth"]
    where: str
    near: tuple[str, ...] = ()


Symbol: TypeAlias = (
    ModuleSymbol
    | ClassSymbol
    | FunctionSymbol
    | ValueSymbol
    | MemberSymbol
    | ExternalSymbol
    | UnknownSymbol
)


def described(unknown: UnknownSymbol) -> str:
    """Return why a name leads nowhere, as the end of a sentence about it."""
    match unknown.reason:
        case "undefined":
            return f"is not defined in `{unknown.where}`"
        case "star":
            modules = " or ".join(f"`from {module} import *`" for module in unknown.near)
            return f"may come from {modules}, which cannot be read; import it by name"
        case "missing_module":
            return f"is imported from `{unknown.where}`, which is not in the project"
        case "cycle":
            return f"is imported in a circle through `{unknown.where}` and defined nowhere"
        case "depth":
            return f"is imported through too many modules, `{unknown.where}` among them"
