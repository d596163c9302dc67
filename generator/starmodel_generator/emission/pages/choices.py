"""The choices of a module of pages: what the values of an enum or a literal are called."""

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.pages.initial_values import value_text
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import python_string
from starmodel_schemas import EnumType, LiteralType
from starmodel_schemas.naming import constant_case, sentence_case, title_words
from starmodel_schemas.types import LiteralValue

YES_OR_NO = LiteralType(values=(True, False))


class PageChoices:
    """Gathers the choices of one module, each once, under a name that nothing else has there.

    Args:
        context: The app.
        taken: The other constants of the module. What would be called so is `STATUS_CHOICES`.
    """

    def __init__(self, context: Context, taken: frozenset[str]) -> None:
        self._enums = context.enums
        self._taken = {*taken}
        self._names: dict[EnumType | tuple[tuple[str, str], ...], str] = {}
        self._constants: list[Layout] = []

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the constants."""
        return tuple(self._names.values())

    @property
    def constants(self) -> tuple[Layout, ...]:
        """The statements that define them, in the order of their use."""
        return tuple(self._constants)

    def use(self, type_: EnumType | LiteralType, field: str) -> str:
        """Return the constant for a type; that of a literal is called like the field."""
        labels = self.labels(type_)
        known = type_ if isinstance(type_, EnumType) else tuple(labels.items())
        if known not in self._names:
            name = self._free(constant_case(self._called(type_, field)))
            self._names[known] = name
            entries = [
                f"{python_string(value)}: {python_string(labels[value])}" for value in labels
            ]
            items = (Group("{", tuple(entries), "}"),)
            self._constants.append(Group(f"{name} = ui.Choices(", items, ")"))
        return self._names[known]

    def labels(self, type_: EnumType | LiteralType) -> dict[str, str]:
        """Return what each value is called, by its text."""
        labels: dict[str, str] = {}
        if isinstance(type_, EnumType):
            enum = self._enums[type_.enum]
            for member in enum.members:
                if enum.is_flag and int(member.value).bit_count() != 1:
                    continue
                labels.setdefault(value_text(member.value), title_words(member.name))
        else:
            for value in type_.values:
                labels.setdefault(value_text(value), literal_label(value))
        return labels

    def _called(self, type_: EnumType | LiteralType, field: str) -> str:
        if isinstance(type_, EnumType):
            return self._enums[type_.enum].name
        return "yes_or_no" if type_ == YES_OR_NO else field

    def _free(self, name: str) -> str:
        number = 1
        free = name
        while free in self._taken:
            number += 1
            free = f"{name}_CHOICES" if number == 2 else f"{name}_CHOICES_{number - 1}"
        self._taken.add(free)
        return free


def literal_label(value: LiteralValue) -> str:
    """Return what a value of a `Literal` is called: as a member of an enum would be."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return sentence_case(value_text(value).replace("_", " ").strip()) or "—"
