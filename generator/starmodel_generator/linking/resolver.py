"""What every later pass asks: names, hierarchies, values, types, members, each worked out once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from starmodel_generator.analysis.facts import ModuleFacts
from starmodel_generator.linking.defaults.default_values import Defaults
from starmodel_generator.linking.defaults.value_origins import ConstructedReader
from starmodel_generator.linking.names.class_members import MemberReader
from starmodel_generator.linking.names.mro import ClassHierarchies
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.types.option_reader import OptionReader
from starmodel_generator.linking.types.type_resolution import Types
from starmodel_generator.linking.values.constants import Constants


@dataclass(frozen=True, slots=True)
class Resolver:
    """The parts that look things up in a project's source."""

    names: Names
    hierarchies: ClassHierarchies
    constants: Constants
    options: OptionReader
    types: Types
    defaults: Defaults
    made: ConstructedReader
    members: MemberReader


def make_resolver(
    modules: Iterable[ModuleFacts], load: Callable[[str], ModuleFacts | None]
) -> Resolver:
    """Return the resolver of a project; it starts empty and learns as it is asked."""
    names = Names(modules, load)
    hierarchies = ClassHierarchies(names)
    constants = Constants(names, hierarchies)
    options = OptionReader(names, hierarchies, constants)
    return Resolver(
        names=names,
        hierarchies=hierarchies,
        constants=constants,
        options=options,
        types=Types(names, hierarchies, constants, options),
        defaults=Defaults(names, constants),
        made=ConstructedReader(names, hierarchies, constants),
        members=MemberReader(names, hierarchies),
    )
