"""What a form holds: what its inputs show at first, or what was typed and did not fit.

The values of a form are what its inputs have: texts, whether a box is ticked, the ids that a
picker for several records has chosen, and for a value object the values of its parts. An input is
named by the way to its value: `name`, `dimensions.width`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from starmodel.domain.shapes import is_mapping
from starmodel.web.attributes import escape_attribute
from starmodel.web.document import Page
from starmodel.web.listing import Related
from starmodel.web.page import escape, related_label

Value: TypeAlias = "str | bool | list[str] | Mapping[str, Value]"
Values: TypeAlias = Mapping[str, Value]

NO_RELATED: Related = {}


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it is shown.

    Attributes:
        values: What its inputs hold.
        id: The record that it is about; an empty text for a new one.
        related: The records that are referred to, to show what they are called.
        errors: What is wrong with which input; `_` for what belongs to none.
    """

    values: Values
    id: str = ""
    related: Related = field(default_factory=lambda: NO_RELATED)
    errors: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def signals(self) -> str:
        """The values, as an object literal for `data-signals`."""
        return escape_attribute(self.values)

    @property
    def messages(self) -> str:
        """The errors, an empty text for an input without one, for `data-signals`."""
        return escape_attribute({**dict.fromkeys((*self.values, "_"), ""), **self.errors})

    def text(self, path: str) -> str:
        """Give the text of an input, escaped."""
        value = self._value(path)
        return escape(value) if isinstance(value, str) else ""

    def area(self, path: str) -> str:
        """Give the text of a text area, whose first line break HTML would leave out."""
        text = self.text(path)
        return f"\n{text}" if text.startswith(("\n", "\r")) else text

    def ticked(self, path: str) -> str:
        """Give the attribute of a box that is ticked."""
        return " checked" if self._value(path) is True else ""

    def chosen(self, path: str, value: str) -> str:
        """Give the attribute of the option that is chosen."""
        return " selected" if self._value(path) == value else ""

    def lines(self, path: str) -> str:
        """Give the ids of a picker for several records, one on each line."""
        return escape("\n".join(self._ids(path)))

    def error(self, name: str) -> str:
        """Give what is wrong with an input, escaped."""
        return escape(self.errors.get(name, ""))

    def invalid(self, name: str) -> str:
        """Give the value of `aria-invalid`."""
        return "true" if self.errors.get(name) else "false"

    def label(self, name: str, label: str) -> str:
        """Give what the record is called that a picker has chosen, as data for `data-signals`.

        `label` is the field that such records are called by.
        """
        id = self._value(name)
        if not isinstance(id, str):
            return "''"
        shown = self.related.get(name, {}).get(id, {}).get(label) or id
        return escape_attribute(str(shown))

    def chips(self, name: str, label: str) -> str:
        """List the records that a picker for several has chosen, each with a way to drop it."""
        records = self.related.get(name, {})
        return "".join([_chip(id, related_label(id, records, label)) for id in self._ids(name)])

    def _value(self, path: str) -> "Value | None":
        value: Value | None = self.values
        for name in path.split("."):
            if not is_mapping(value):
                return None
            value = cast("Value | None", value.get(name))
        return value

    def _ids(self, path: str) -> list[str]:
        value = self._value(path)
        return value if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class Form:
    """A page with a form, which is shown again when what was typed into it does not fit.

    Args:
        page: Makes the page.
        blank: What its inputs hold where nothing is typed; it says which inputs there are.
    """

    page: Callable[[Draft], Page]
    blank: Values

    def draft(
        self,
        given: Sequence[tuple[str, str]],
        *,
        id: str = "",
        errors: Mapping[str, str] | None = None,
    ) -> Draft:
        """Give the form as somebody without a script has sent it."""
        texts = dict(given)
        return Draft(_typed(self.blank, texts, ""), id, errors=errors or {})

    def show(self, id: str = "") -> Page:
        """Give the page as it is before anything is typed; `id` is the record's, if there is one."""
        return self.page(Draft(self.blank, id))


def _typed(blank: Values, texts: Mapping[str, str], prefix: str) -> Values:
    """Give the values of inputs, out of the texts that a form has sent."""
    values: dict[str, Value] = {}
    for name, empty in blank.items():
        path = f"{prefix}{name}"
        if isinstance(empty, bool):
            values[name] = path in texts
        elif isinstance(empty, list):
            values[name] = texts.get(path, "").split()
        elif isinstance(empty, str):
            values[name] = texts.get(path, "")
        else:
            values[name] = _typed(empty, texts, f"{path}.")
    return values


def _chip(id: str, label: str) -> str:
    return (
        f'<li data-id="{escape(id)}">'
        f'<button type="button" aria-label="Remove {label}">{label}</button></li>'
    )


def text_of(value: Any) -> str:
    """Write a value of a public state as an input has it; an empty text for `None`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def duration_of(seconds: float | None) -> str:
    """Write a number of seconds as an input for durations has it: `1:30:00`."""
    if seconds is None:
        return ""
    micros = round(abs(seconds) * 1_000_000)
    whole, rest = divmod(micros, 1_000_000)
    fraction = f".{rest:06d}" if rest else ""
    if seconds < 0 or whole >= 100 * 3600:
        # Hours and minutes have a limit, and no sign; this form of ISO 8601 has neither.
        return f"{'-' if seconds < 0 else ''}P{whole // 86400}DT{whole % 86400}{fraction}S"
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}{fraction}"


def lines_of(items: Sequence[Any] | None) -> str:
    """Write a list with one item on each line, or as JSON where that would lose something."""
    texts = [text_of(item) for item in items or ()]
    if any(text != text.strip() or not text or "\n" in text or "\r" in text for text in texts):
        return json_of(items)
    return json_of(items) if texts and texts[0].startswith("[") else "\n".join(texts)


def json_of(value: object) -> str:
    """Write a value as an input for JSON has it; an empty text for `None`."""
    return "" if value is None else json.dumps(value, ensure_ascii=False)
