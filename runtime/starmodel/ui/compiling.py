"""What fields and inputs ask for while they are compiled; `Builder` has it."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from markupsafe import Markup

from starmodel.ui.frontend import Attributes, Frontend
from starmodel.ui.template import Filler, Renderable


class FormScope(Protocol):
    """A form while it is compiled: where the values of its inputs come from."""

    @property
    def is_bound(self) -> bool:
        """Whether its inputs hold what a request knows, instead of what they hold at first."""
        ...

    def text(self, builder: Any, path: str, value: str) -> str:
        """Return what an input holds."""
        ...

    def area(self, builder: Any, path: str, value: str) -> str:
        """Return what a text area holds, whose first line break HTML would leave out."""
        ...

    def checked(self, builder: Any, path: str, value: bool) -> Attributes:
        """Return the attribute of a box that is ticked."""
        ...

    def selected(self, builder: Any, path: str, value: str, initial: str) -> Attributes:
        """Return the attribute of the option that is chosen."""
        ...


class Builder(Protocol):
    """Compiles one component.

    Kits know fields and inputs, and these know no kit: `kit` is a `UIAdapter`.
    """

    @property
    def kit(self) -> Any:
        """How it looks."""
        ...

    @property
    def frontend(self) -> Frontend:
        """How it stays live."""
        ...

    def hole(self, filler: Filler) -> Markup:
        """Return the mark of a place that a filler fills."""
        ...

    def fragment(
        self, field: Any, fill: Filler, path: str, read: Callable[[Mapping[str, Any]], Any]
    ) -> Renderable:
        """Return the element of a value that is sent anew as a whole when it changes."""
        ...

    def table(self, component: Any, read: Callable[[Mapping[str, Any]], Any]) -> Filler:
        """Return what fills the place of a table of value objects."""
        ...

    def row(self, input: Any, form: Any, path: str, *, is_check: bool = False) -> Renderable:
        """Return an input with its label, its hint and its error."""
        ...

    def picker(self, input: Any, form: Any, path: str) -> Renderable:
        """Return an input that looks for records."""
        ...

    def items(self, input: Any, form: Any, path: str) -> Renderable:
        """Return the rows of a list."""
        ...

    def fieldset(self, input: Any, form: Any, path: str) -> Renderable:
        """Return the inputs of a value object."""
        ...
