"""The inputs above a list, by which it is searched and narrowed."""

from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.filters import filters_of, texts_of
from starmodel_generator.emission.forms.control import is_prose
from starmodel_generator.emission.forms.initial_values import value_text
from starmodel_generator.emission.html.display import (
    is_single,
    label_of,
)
from starmodel_generator.emission.html.input_limits import unwrap
from starmodel_generator.emission.html.markup import html, in_fstring
from starmodel_generator.emission.python.literals import python_string, string_in_braces
from starmodel_schemas import (
    EntitySchema,
    EnumType,
    FieldSchema,
    LiteralType,
    ScalarType,
)
from starmodel_schemas.naming import title_words


class ChoiceView(NamedTuple):
    """An `<option>` of an input that narrows the list."""

    value: str
    label: str
    placeholder: str


class InputView(NamedTuple):
    """An input that narrows the list; one without choices is typed into."""

    id: str
    name: str
    label: str
    type: str
    placeholder: str
    choices: tuple[ChoiceView, ...] = ()


class Inputs:
    """Chooses the inputs of one entity's list.

    Args:
        entity: The entity.
        context: The app.
    """

    def __init__(self, entity: EntitySchema, context: Context) -> None:
        self.entity = entity
        self.context = context
        self.filters = {one.name for one in filters_of(entity, context)}

    def choose(self) -> tuple[tuple[InputView, ...], tuple[InputView, ...]]:
        """Choose the inputs that are there at once, and those behind a click."""
        shown: list[InputView] = []
        more: list[InputView] = []
        if texts_of(self.entity, self.context):
            shown.append(self._typed("q", "Search", "search"))
        for field in public_fields(self.entity):
            if field.computed or field.name == "id":
                continue
            type_, _, constraints = unwrap(field.type, field.constraints)
            label = label_of(field)
            match type_:
                case EnumType():
                    members = self.context.enums[type_.enum].members
                    options = [(value_text(one.value), title_words(one.name)) for one in members]
                    shown.append(self._select(field, options))
                case LiteralType() if is_single(type_):
                    options = [(value_text(one), _literal_label(one)) for one in type_.values]
                    shown.append(self._select(field, options))
                case ScalarType(name="bool"):
                    shown.append(self._select(field, [("true", "Yes"), ("false", "No")]))
                case ScalarType(name="str") if not is_prose(field.name, field.constraints):
                    more.append(self._typed(f"{field.name}__contains", f"{label} contains", "text"))
                case ScalarType(name="int" | "float" | "Decimal"):
                    more.append(self._typed(f"{field.name}__ge", f"{label} from", "number"))
                    more.append(self._typed(f"{field.name}__le", f"{label} to", "number"))
                case ScalarType(name="date"):
                    more.append(self._typed(f"{field.name}__ge", f"{label} from", "date"))
                    more.append(self._typed(f"{field.name}__le", f"{label} to", "date"))
                case ScalarType(name="datetime") if constraints.timezone == "naive":
                    # An input for a moment has no zone, so it can say none that is with one.
                    more.append(self._typed(f"{field.name}__ge", f"{label} from", "datetime-local"))
                    more.append(self._typed(f"{field.name}__le", f"{label} to", "datetime-local"))
                case _:
                    pass
        return self._known(shown), self._known(more)

    def _known(self, inputs: list[InputView]) -> tuple[InputView, ...]:
        """Leave out what no query takes: a field in no column of its own, or called like `sort`."""
        return tuple([one for one in inputs if one.name == "q" or one.name in self.filters])

    def _typed(self, name: str, label: str, type_: str) -> InputView:
        return InputView(
            id=self._input_id(name),
            name=name,
            label=in_fstring(html(label)),
            type=type_,
            placeholder=f"view.value({python_string(name)})",
        )

    def _select(self, field: FieldSchema, options: list[tuple[str, str]]) -> InputView:
        labels: dict[str, str] = {}
        for value, label in options:
            labels.setdefault(value, label)
        choices = [
            ChoiceView(
                value=in_fstring(html(value)),
                label=in_fstring(html(label)),
                placeholder=f"view.selected({python_string(field.name)}, {string_in_braces(value)})",
            )
            for value, label in labels.items()
            if value
        ]
        return InputView(
            id=self._input_id(field.name),
            name=field.name,
            label=in_fstring(html(label_of(field))),
            type="select",
            placeholder="",
            choices=tuple(choices),
        )

    def _input_id(self, name: str) -> str:
        return in_fstring(html(f"{self.entity.snake_name}-find-{name}"))


def _literal_label(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value) or "—"
