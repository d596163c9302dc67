"""Components that ask for a value: the inputs of a form.

An input is named by the argument that it is for (`bindings.restock.quantity`) or by the field
(`bindings.name`); inside of a fieldset by the name of the part. What it sends is what HTML sends,
with a script and without one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any, ClassVar, Literal, Self, TypeAlias

from starmodel.frozen import frozen
from starmodel.ui.compiling import Builder, FormScope
from starmodel.ui.components.fields import Choices, in_words
from starmodel.ui.formats import choice_key, duration_text
from starmodel.ui.names import Parameter, Signal
from starmodel.ui.template import Renderable

Value: TypeAlias = "str | bool | list[str] | Mapping[str, Value]"
"""What an input holds: a text, whether a box is ticked, the ids that were picked, or parts."""

ROWS = "_rows"
"""The hidden inputs with the names of lists that have rows. No field has a name like it."""

ITEM = "item"
"""What the one input of a row is called, where a row has no more."""


class Rows(dict[str, Value]):
    """What an `ItemsInput` holds: of each row a text or parts, by the number of the row.

    Args:
        rows: Them, from the first to the last.
        blank: What a row holds that nothing was typed into.
    """

    def __init__(self, rows: Iterable[Value], blank: Value) -> None:
        super().__init__({str(number): row for number, row in enumerate(rows)})
        self.blank = blank


@frozen(kw_only=True)
class Input:
    """Asks for one value.

    Args:
        of: The argument or the field that it is for; inside of a fieldset the name of the part.
        label: What it is called; by default its name in words.
        hint: A sentence about what is expected.
        required: Whether a value must be given; the label says so.
        placeholder: An example, shown while nothing is typed.
        value: What it holds at first.
    """

    of: Parameter | Signal | str = field(kw_only=False)
    label: str = ""
    hint: str = ""
    required: bool = False
    placeholder: str = ""
    value: str = ""

    keeps_lines: ClassVar[bool] = False
    """Whether what it sends may have line breaks, or is none of the browser's to change."""

    @property
    def is_write_only(self) -> bool:
        """Whether nothing of what it is for, or of what was typed, is ever shown."""
        return False

    def replace(self, **changes: Any) -> Self:
        """Return the same component with some of its properties changed."""
        return replace(self, **changes)

    @property
    def name(self) -> str:
        """The name of the argument."""
        return self.of if type(self.of) is str else self.of.name  # type: ignore[union-attr]

    @property
    def title(self) -> str:
        """What it is called."""
        return self.label or in_words(self.name)

    @property
    def initial(self) -> Value:
        """What it holds where nothing is typed."""
        return self.value

    def of_state(self, value: Any) -> Value:
        """Return what it holds of a value of the public state."""
        return value_text(value)

    def paths(self, prefix: str = "") -> Iterable[tuple[str, bool]]:
        """Return the names of what it sends, and of each whether it keeps line breaks."""
        yield f"{prefix}{self.name}", self.keeps_lines

    def row(self, builder: Builder, form: FormScope, prefix: str = "") -> Renderable:
        """Return the input with its label, its hint and its error."""
        return builder.row(self, form, f"{prefix}{self.name}")

    def control(
        self, builder: Builder, form: FormScope, path: str, attributes: dict[str, Any]
    ) -> Renderable:
        """Return the element that is typed into.

        Args:
            builder: What compiles the page.
            form: The form.
            path: The name of what it sends.
            attributes: Its id, name, and what describes it.
        """
        raise NotImplementedError

    def limits(self) -> dict[str, str | bool]:
        """Return the attributes by which a browser checks a value beforehand."""
        limits: dict[str, str | bool] = {}
        if self.required:
            limits["required"] = True
        if self.placeholder:
            limits["placeholder"] = self.placeholder
        return limits


@frozen(kw_only=True)
class TextInput(Input):
    """A text of one line; `kind` is the type of the `<input>`.

    Args:
        min_length: The fewest characters.
        max_length: The most characters.
        pattern: What it must match as a whole, in JavaScript's syntax.
    """

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    kind: Literal["text", "email", "url", "tel", "search", "password"] = "text"

    @property
    def is_write_only(self) -> bool:
        """Whether it is a password."""
        return self.kind == "password"

    def limits(self) -> dict[str, str | bool]:
        """Return the lengths and the pattern as well."""
        limits = {**Input.limits(self), "type": self.kind}
        if self.kind == "password":
            limits["autocomplete"] = "off"
        if self.min_length is not None:
            limits["minlength"] = str(self.min_length)
        if self.max_length is not None:
            limits["maxlength"] = str(self.max_length)
        if self.pattern is not None:
            limits["pattern"] = self.pattern
            if self.hint:
                # What a browser says of a text that does not match.
                limits["title"] = self.hint
        return limits

    def control(
        self, builder: Builder, form: FormScope, path: str, attributes: dict[str, Any]
    ) -> Renderable:
        """Return an `<input>`."""
        attributes = {**attributes, **self.limits()}
        if self.kind != "password":
            value = form.text(builder, path, self.value)
            if value:
                attributes["value"] = value
        return builder.kit.input(attributes)


@frozen(kw_only=True)
class TextArea(Input):
    """A text that may have several lines.

    Args:
        rows: How many lines it shows at first; with 1 it grows with what is typed.
        min_length: The fewest characters.
        max_length: The most characters.
    """

    rows: int = 4
    min_length: int | None = None
    max_length: int | None = None

    keeps_lines: ClassVar[bool] = True

    def control(
        self, builder: Builder, form: FormScope, path: str, attributes: dict[str, Any]
    ) -> Renderable:
        """Return a `<textarea>`."""
        attributes = {**attributes, **self.limits()}
        if self.min_length is not None:
            attributes["minlength"] = str(self.min_length)
        if self.max_length is not None:
            attributes["maxlength"] = str(self.max_length)
        if self.rows != 4:
            attributes["rows"] = str(self.rows)
        return builder.kit.textarea(form.area(builder, path, self.value), attributes)


@frozen(kw_only=True)
class LinesInput(TextArea):
    """A list, with one item on each line."""

    def of_state(self, value: Any) -> Value:
        """Return the items on a line each, or as JSON where that would lose something."""
        return lines_text(value)


@frozen(kw_only=True)
class JsonInput(TextArea):
    """A value of which only JSON knows what it is."""

    def of_state(self, value: Any) -> Value:
        """Return it as JSON."""
        return json_text(value)

    def limits(self) -> dict[str, str | bool]:
        """Return that nobody checks its spelling."""
        return {**Input.limits(self), "spellcheck": "false"}


@frozen(kw_only=True)
class NumberInput(Input):
    """A number.

    Args:
        min: The lowest.
        max: The highest.
        step: What it is a multiple of, counted from `min`; `"any"` for any number.
    """

    min: str | int | None = None
    max: str | int | None = None
    step: str | int = 1

    def control(
        self, builder: Builder, form: FormScope, path: str, attributes: dict[str, Any]
    ) -> Renderable:
        """Return an `<input type="number">`."""
        attributes = {**attributes, **self.limits(), "type": "number", "step": str(self.step)}
        if self.min is not None:
            attributes["min"] = str(self.min)
        if self.max is not None:
            attributes["max"] = str(self.max)
        value = form.text(builder, path, self.value)
        if value:
            attributes["value"] = value
        return builder.kit.input(attributes)


@frozen(kw_only=True)
class Checkbox(Input):
    """A box to tick; `checked` says whether it is at first."""

    checked: bool = False

    @property
    def initial(self) -> Value:
        """Whether it is ticked."""
        return self.checked

    def of_state(self, value: Any) -> Value:
        """Return whether it is ticked."""
        return value is True

    def row(self, builder: Builder, form: FormScope, prefix: str = "") -> Renderable:
        """Return the box inside of its label."""
        return builder.row(self, form, f"{prefix}{self.name}", is_check=True)

    def control(
        self, builder: Builder, form: FormScope, path: str, attributes: dict[str, Any]
    ) -> Renderable:
        """Return an `<input type="checkbox">`."""
        attributes = {**attributes, "type": "checkbox", **form.checked(builder, path, self.checked)}
        return builder.kit.input(attributes)


@frozen(kw_only=True)
class Select(Input):
    """One of a few values.

    Args:
        choices: The values, and what they are called.
        empty: What an option that chooses nothing is called; `""` where there is none.
    """

    choices: Choices = field(kw_only=False)
    empty: str = ""

    keeps_lines: ClassVar[bool] = True

    def of_state(self, value: Any) -> Value:
        """Return the option that is chosen."""
        return "" if value is None else choice_key(value)

    def control(
        self, builder: Builder, form: FormScope, path: str, attributes: dict[str, Any]
    ) -> Renderable:
        """Return a `<select>`."""
        options = [(value, label) for value, label in self.choices.labels.items()]
        if self.empty and "" not in self.choices.labels:
            options.insert(0, ("", self.empty))
        shown = [
            builder.kit.option(
                label, {"value": value, **form.selected(builder, path, value, self.value)}
            )
            for value, label in options
        ]
        return builder.kit.select(shown, {**attributes, **self.limits()})


@frozen(kw_only=True)
class DateInput(Input):
    """A day; `min` and `max` are texts of ISO 8601."""

    min: str | None = None
    max: str | None = None
    step: str | None = None
    kind: ClassVar[str] = "date"

    def control(
        self, builder: Builder, form: FormScope, path: str, attributes: dict[str, Any]
    ) -> Renderable:
        """Return an `<input type="date">`."""
        # A browser refuses a time with more than it shows: where there may be one, it is a text
        # until the script of components has noted it.
        is_exact = form.is_bound and self.kind != "date"
        attributes = {**attributes, **self.limits(), "type": "text" if is_exact else self.kind}
        for name in ("min", "max", "step"):
            if (limit := getattr(self, name)) is not None:
                attributes[name] = limit
        value = form.text(builder, path, self.value)
        if value:
            attributes["value"] = value
        return builder.kit.input(attributes)


@frozen(kw_only=True)
class TimeInput(DateInput):
    """A time of day."""

    kind: ClassVar[str] = "time"

    def row(self, builder: Builder, form: FormScope, prefix: str = "") -> Renderable:
        """Return the input, inside of an element that makes it one for times."""
        row = super().row(builder, form, prefix)
        return builder.kit.exact_time(row, {"kind": self.kind}) if form.is_bound else row


@frozen(kw_only=True)
class DateTimeInput(DateInput):
    """A day and a time of day.

    With `zoned` it is a moment: the browser shows and takes it in the reader's own zone, and
    sends it with that. Without a script it is in UTC.
    """

    zoned: bool = False
    kind: ClassVar[str] = "datetime-local"

    def row(self, builder: Builder, form: FormScope, prefix: str = "") -> Renderable:
        """Return the input, inside of an element that minds the zone and what is not shown."""
        row = super().row(builder, form, prefix)
        if not (self.zoned or form.is_bound):
            return row
        return builder.kit.exact_time(row, {"kind": self.kind, "zoned": self.zoned})


@frozen(kw_only=True)
class DurationInput(TextInput):
    """A length of time: `1:30:00`."""

    def of_state(self, value: Any) -> Value:
        """Return hours, minutes and seconds."""
        return "" if value is None else duration_text(value)


@frozen(kw_only=True)
class FileInput(Input):
    """A file; what is stored stays where none is chosen.

    Args:
        accept: The kinds of file that a browser offers: `image/*`.
        max_size: The largest, in bytes.
    """

    accept: str = ""
    max_size: int | None = None

    def of_state(self, value: Any) -> Value:
        """Return nothing: a browser chooses no file by itself."""
        return ""

    def control(
        self, builder: Builder, form: FormScope, path: str, attributes: dict[str, Any]
    ) -> Renderable:
        """Return an `<input type="file">`."""
        attributes = {**attributes, **self.limits(), "type": "file"}
        if self.accept:
            attributes["accept"] = self.accept
        if self.max_size is not None:
            attributes["maxsize"] = str(self.max_size)
        if form.is_bound:
            # What is stored already need not be chosen again.
            attributes.pop("required", None)
        control = builder.kit.input(attributes)
        if self.required or not form.is_bound:
            return control
        removal = builder.kit.file_removal("Remove what is stored", {"name": path, "value": ""})
        html = removal.__html__()
        # A record that is made has nothing stored yet.
        box = builder.hole(lambda _, view: html if view.form.id else "")
        return builder.kit.group_of([control, box])


@frozen(kw_only=True)
class Picker(Input):
    """A record, or several, found by what is typed.

    Args:
        to: Where records of its kind are: `/customer`.
        by: The field that such records are called by.
        several: Whether more than one may be picked.
        new: Where one is made that is not there yet: `/customer/new`; `""` where nobody can.
    """

    to: str
    by: str = "id"
    several: bool = False
    new: str = ""

    @property
    def keeps_lines(self) -> bool:  # type: ignore[override]
        """Whether several ids are sent, on a line each."""
        return self.several

    @property
    def initial(self) -> Value:
        """What is picked where nobody has."""
        return [] if self.several else self.value

    def of_state(self, value: Any) -> Value:
        """Return what is picked."""
        if self.several:
            return [str(id) for id in value or ()]
        return "" if value is None else str(value)

    def row(self, builder: Builder, form: FormScope, prefix: str = "") -> Renderable:
        """Return a combobox, and inputs for ids where there is no script."""
        return builder.picker(self, form, f"{prefix}{self.name}")


@frozen(kw_only=True)
class Fieldset(Input):
    """The inputs for the parts of a value object."""

    inputs: Sequence[Input] = field(kw_only=False)

    @property
    def initial(self) -> Value:
        """What the inputs of the parts hold."""
        return {each.name: each.initial for each in self.inputs}

    def of_state(self, value: Any) -> Value:
        """Return what the inputs of the parts hold."""
        if value is None:
            return self.initial
        return {each.name: each.of_state(value[each.name]) for each in self.inputs}

    def paths(self, prefix: str = "") -> Iterable[tuple[str, bool]]:
        """Return those of the parts."""
        for each in self.inputs:
            yield from each.paths(f"{prefix}{self.name}.")

    def row(self, builder: Builder, form: FormScope, prefix: str = "") -> Renderable:
        """Return a `<fieldset>`."""
        return builder.fieldset(self, form, f"{prefix}{self.name}")


@frozen(kw_only=True)
class ItemsInput(Input):
    """A list, with a row of inputs for each item.

    Rows are added and removed by buttons. Without a script there are three empty rows below the
    others; a row whose inputs are all empty is none.

    Args:
        inputs: The inputs for the parts of an item, or one input for the item itself.
        value: The items at first, as JSON.
    """

    inputs: Sequence[Input] | Input = field(kw_only=False)

    @property
    def parts(self) -> Sequence[Input]:
        """The inputs of a row."""
        return [self.inputs] if isinstance(self.inputs, Input) else self.inputs

    @property
    def blank(self) -> Value:
        """What a row holds that nothing was typed into."""
        if isinstance(self.inputs, Input):
            return self.inputs.initial
        return {each.name: each.initial for each in self.inputs}

    @property
    def initial(self) -> Value:
        """The rows at first."""
        return self.of_state(json.loads(self.value) if self.value else None)

    def items(self, value: Any) -> Iterable[Any]:
        """Return the items of a value of the public state, as rows have them."""
        return value or ()

    def of_state(self, value: Any) -> Value:
        """Return what the rows hold."""
        return Rows([self._row(item) for item in self.items(value)], self.blank)

    def paths(self, prefix: str = "") -> Iterable[tuple[str, bool]]:
        """Return those of the inputs of a row, whose number is `*`."""
        for each in self.parts:
            if each is self.inputs:
                yield f"{prefix}{self.name}.*", each.keeps_lines
            else:
                yield from each.paths(f"{prefix}{self.name}.*.")

    def row(self, builder: Builder, form: FormScope, prefix: str = "") -> Renderable:
        """Return the rows, in a `<fieldset>`."""
        return builder.items(self, form, f"{prefix}{self.name}")

    def _row(self, item: Any) -> Value:
        if isinstance(self.inputs, Input):
            return self.inputs.of_state(item)
        return {each.name: each.of_state(item[each.name]) for each in self.inputs}


@frozen(kw_only=True)
class PairsInput(ItemsInput):
    """A mapping, with a row of two inputs for each pair: they are called `key` and `value`."""

    def items(self, value: Any) -> Iterable[Any]:
        """Return the pairs."""
        pairs: Mapping[str, Any] = value or {}
        return [{"key": key, "value": item} for key, item in pairs.items()]


def value_text(value: Any) -> str:
    """Write a value of a public state as an input has it; `""` for `None`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def lines_text(items: Sequence[Any] | None) -> str:
    """Write a list with one item on each line, or as JSON where that would lose something."""
    texts = [value_text(item) for item in items or ()]
    if any(text != text.strip() or not text or _breaks(text) for text in texts):
        return json_text(items)
    return json_text(items) if texts and texts[0].startswith("[") else "\n".join(texts)


def json_text(value: object) -> str:
    """Write a value as an input for JSON has it; `""` for `None`."""
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _breaks(text: str) -> bool:
    """Return whether no browser would send a text back as it was."""
    return not {"\r", "\n", "\0"}.isdisjoint(text)
