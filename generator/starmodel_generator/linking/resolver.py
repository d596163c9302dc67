"""What every later pass asks: names, lineages, values, types, members, each worked out once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from starmodel_generator.analysis.facts import ModuleFacts
from starmodel_generator.linking.defaults.default_values import Defaults
from starmodel_generator.linking.defaults.value_origins import MadeReader
from starmodel_generator.linking.names.class_members import MemberReader
from starmodel_generator.linking.names.mro import Lineages
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.types.field_options import OptionReader
from starmodel_generator.linking.types.type_resolution import Types
from starmodel_generator.linking.values.constants import Constants


@dataclass(frozen=True, slots=True)
class Resolver:
    """The parts that look things up in a project's source."""

    names: Names
    lineages: Lineages
    constants: Constants
    options: OptionReader
    types: Types
    defaults: Defaults
    made: MadeReader
    members: MemberReader


def make_resolver(
    modules: Iterable[ModuleFacts], load: Callable[[str], ModuleFacts | None]
) -> Resolver:
    """The resolver of a project; it starts empty and learns as it is asked."""
    names = Names(modules, load)
    lineages = Lineages(names)
    constants = Constants(names, lineages)
    options = OptionReader(names, lineages, constants)
    return Resolver(
        names=names,
        lineages=lineages,
        constants=constants,
        options=options,
        types=Types(names, lineages, constants, options),
        defaults=Defaults(names, constants),
        made=MadeReader(names, lineages, constants),
        members=MemberReader(names, lineages),
    )
