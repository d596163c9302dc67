"""What an input holds for a record: the Python that makes it of the public state."""

from starmodel_generator.emission.forms.control import Control, takes_lines
from starmodel_generator.emission.html.display import INPUT_VALUE
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Layout
from starmodel_generator.emission.python.literals import python_string
from starmodel_schemas import EnumType, LiteralType, ScalarType, TypeRef


class FormValues:
    """Writes what the inputs of one module hold.

    Args:
        names: The names of the module.
        has_records: Whether any input is filled from a record, and not only for a new one.
    """

    def __init__(self, names: ModuleNames, *, has_records: bool) -> None:
        self.names = names
        self.has_records = has_records

    def values(
        self, control: Control, type_: TypeRef, value: str, *, is_optional: bool
    ) -> tuple[Layout, Layout]:
        """Write what an input holds at first, and what it holds for a record."""
        match control.kind:
            case "check":
                return ("True" if control.initial == "true" else "False"), value
            case "select":
                chosen = next((one.value for one in control.choices if one.is_chosen), "")
                return python_string(chosen), self._text(type_, value, is_optional=is_optional)
            case _:
                text = python_string(control.text or _attribute_value(control))
                return text, self._text(type_, value, is_optional=is_optional)

    def _text(self, type_: TypeRef, value: str, *, is_optional: bool) -> str:
        """Write the text that an input has for a value of the public state."""
        if not self.has_records:
            return ""
        match type_:
            case ScalarType(name="int" | "float" | "bool"):
                return f"{self.names.use(INPUT_VALUE, 'text_of')}({value})"
            case ScalarType(name="timedelta"):
                return f"{self.names.use(INPUT_VALUE, 'duration_of')}({value})"
            case ScalarType():
                return f'{value} or ""' if is_optional else value
            case EnumType() | LiteralType():
                return f"{self.names.use(INPUT_VALUE, 'text_of')}({value})"
            case _ if takes_lines(type_):
                return f"{self.names.use(INPUT_VALUE, 'lines_of')}({value})"
            case _:
                return f"{self.names.use(INPUT_VALUE, 'json_of')}({value})"


def _attribute_value(control: Control) -> str:
    return next((one.value or "" for one in control.attributes if one.name == "value"), "")
