"""The input that fits an argument: its kind, its limits, what it holds, and what it sends.

An input sends the text that was typed, for the server reads a text as whatever the argument is;
only a box that is ticked sends a bool, and an empty input sends what that stands for.
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.forms.initial_values import Initial, value_text
from starmodel_generator.emission.html.input_limits import (
    Attribute,
    number_limits,
    picker_limits,
    text_limits,
    unwrap,
)
from starmodel_generator.emission.html.input_pattern import is_one_line
from starmodel_generator.emission.html.markup import javascript
from starmodel_schemas import (
    AnyType,
    Constraints,
    Default,
    EntitySource,
    EnumType,
    ListType,
    LiteralDefault,
    LiteralType,
    ParameterSchema,
    RefType,
    RequiredDefault,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.naming import title_words
from starmodel_schemas.types import LiteralValue

ControlKind: TypeAlias = Literal["input", "textarea", "select", "check"]

PROSE = frozenset(
    "bio body comment comments content description details explanation instructions markdown"
    " note notes prose remarks story summary".split()
)
"""Last words of names whose texts are mostly longer than a line."""

LONG_TEXT = 200
"""A text that may have more characters than this gets more than one line to be typed in."""

PICKERS = {"date": "date", "time": "time", "datetime": "datetime-local"}

SAMPLES = {
    "bytes": ("In Base64.", "SGVsbG8="),
    "timedelta": ("Hours, minutes and seconds.", "1:30:00"),
    "UUID": ("", "123e4567-e89b-12d3-a456-426614174000"),
}
"""What is said about texts of a certain form: a hint, and an example."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """An input for one argument, in texts that nobody has quoted yet.

    `text` is what it holds at first, `initial` the same in JavaScript. `sent` is the JavaScript
    of what it sends. `is_cleared` says that it is emptied when the event has gone well.
    """

    name: str
    kind: ControlKind
    label: str
    hint: str
    attributes: tuple[Attribute, ...]
    initial: str
    sent: str
    text: str = ""
    choices: tuple[Choice, ...] = ()
    is_cleared: bool = False


class Controls:
    """Chooses the inputs of one app's events.

    Args:
        context: The app.
        reads_durations: See `Initial`.
        has_lines: Whether a text may have several lines wherever nobody says that it has one, as
            that of a record may: what is stored is not to lose its line breaks.
    """

    def __init__(
        self, context: Context, *, reads_durations: bool = False, has_lines: bool = False
    ) -> None:
        self.context = context
        self.has_lines = has_lines
        self.initial = Initial(context, reads_durations=reads_durations)

    def control(self, parameter: ParameterSchema, signal: str) -> Control:
        """Choose the input for an argument; `signal` is how an expression reads it."""
        return _Choosing(self, parameter, signal).control()


class _Choosing:
    """Chooses one input."""

    def __init__(self, controls: Controls, parameter: ParameterSchema, signal: str) -> None:
        self.enums = controls.context.enums
        self.initial = controls.initial
        self.has_lines = controls.has_lines
        self.parameter = parameter
        self.default = parameter.default
        self.signal = signal
        self.has_default = not isinstance(parameter.default, RequiredDefault)
        self.type, self.is_optional, self.constraints = unwrap(
            parameter.type, parameter.constraints
        )

    def control(self) -> Control:
        if isinstance(self.parameter.source, EntitySource):
            return self._text("str")
        match self.type:
            case ScalarType(name="bool") if not self.is_optional:
                return self._box()
            case ScalarType(name="bool"):
                return self._select([(True, "Yes"), (False, "No")])
            case ScalarType(name="int" | "float" | "Decimal" as name):
                limits = number_limits(self.constraints, is_whole=name == "int")
                return self._input([Attribute("type", "number"), *limits])
            case ScalarType(name="date" | "time" | "datetime" as name):
                return self._picker(name)
            case ScalarType(name=name):
                return self._text(name)
            case AnyType() | UnionType() | RefType():
                return self._text("str")
            case EnumType():
                members = self.enums[self.type.enum].members
                return self._select([(one.value, title_words(one.name)) for one in members])
            case LiteralType():
                return self._select([(value, _label(value)) for value in self.type.values])
            case _ if takes_lines(self.type):
                return self._lines()
            case _:
                return self._json()

    def _box(self) -> Control:
        is_ticked = isinstance(self.default, LiteralDefault) and self.default.value is True
        attributes = [Attribute("type", "checkbox"), *([Attribute("checked")] if is_ticked else [])]
        initial = "true" if is_ticked else "false"
        return self._made("check", attributes, initial=initial, sent=self.signal)

    def _picker(self, name: str) -> Control:
        text = self.initial.text(self.default)
        attributes = [Attribute("type", PICKERS[name]), *picker_limits(self.constraints)]
        if text is not None and text.count(":") == 2:
            # Without a step such an input takes whole minutes only.
            attributes.append(Attribute("step", "1"))
        if name != "datetime" or self.constraints.timezone != "aware":
            return self._input(attributes)
        # A browser knows the zone of whoever sits in front of it; its input does not.
        control = self._input(attributes, hint="In your own time zone.")
        sent = f"new Date({self.signal}).toISOString()"
        if self._may_be_left(text):
            sent = f"{self.signal} ? {sent} : {self._nothing(text)}"
        return replace(control, sent=sent)

    def _text(self, name: str) -> Control:
        limits = text_limits(self.constraints)
        if self.parameter.private:
            secret = [Attribute("type", "password"), Attribute("autocomplete", "off")]
            return self._typed([*secret, *limits], None, is_text=True)
        text = self.initial.text(self.default)
        if name == "str" and self._is_multiline(text):
            lengths = [limit for limit in limits if limit.name != "pattern"]
            if not (self.parameter.multiline or self._is_long(text)):
                lengths.append(Attribute("class", "line"))
            return self._typed(lengths, text, kind="textarea", is_text=True)
        hint, sample = SAMPLES.get(name, ("", ""))
        attributes = [Attribute("type", "text")]
        if sample:
            attributes.append(Attribute("placeholder", sample))
        return self._input([*attributes, *limits], is_text=name == "str", hint=hint)

    def _lines(self) -> Control:
        shown = self.initial.lines(self.default)
        text = shown or ""
        nothing = "null" if self.is_optional else "[]"
        is_hidden = shown is None or (self.is_optional and not shown)
        if is_hidden and self.has_default and not is_none(self.default):
            nothing = "undefined"
        return self._made(
            "textarea",
            [Attribute("required")] if self.constraints.min_length else [],
            initial=javascript(text),
            sent=f"{self.signal} || {nothing}",
            hint="One on each line.",
            text=text,
            is_cleared=not self.has_default,
        )

    def _json(self) -> Control:
        text = self.initial.json(self.default)
        attributes = [Attribute("spellcheck", "false")]
        return self._typed(attributes, text, kind="textarea", hint="As JSON.")

    def _select(self, options: list[tuple[LiteralValue, str]]) -> Control:
        text = self.initial.text(self.default)
        labels: dict[str, str] = {}
        for value, label in options:
            labels.setdefault(value_text(value), label)
        chosen = text if text in labels else ""
        is_required = "" not in labels and not self._may_be_left(text)
        choices = [Choice(value, label, value == chosen) for value, label in labels.items()]
        if "" not in labels and (self.is_optional or not chosen):
            choices.insert(0, Choice("", "Choose…" if is_required else "—", not chosen))
        return self._made(
            "select",
            [Attribute("required")] if is_required else [],
            initial=javascript(chosen),
            sent=self._sent(text),
            choices=tuple(choices),
        )

    def _input(
        self, attributes: list[Attribute], *, is_text: bool = False, hint: str = ""
    ) -> Control:
        """Make an input of one line."""
        text = self.initial.text(self.default)
        return self._typed(attributes, text, is_text=is_text, hint=hint)

    def _typed(
        self,
        attributes: list[Attribute],
        text: str | None,
        *,
        kind: ControlKind = "input",
        is_text: bool = False,
        hint: str = "",
    ) -> Control:
        """Make an input that is typed into; `text` is its default where that can be shown."""
        attributes = [*attributes]
        is_empty_a_value = is_text and self.has_default and not self.constraints.min_length
        if not (is_empty_a_value or self._may_be_left(text)):
            attributes.append(Attribute("required"))
        if text and kind == "input":
            attributes.append(Attribute("value", text))
        return self._made(
            kind,
            attributes,
            initial=javascript(text or ""),
            sent=self._sent(text),
            hint=hint,
            text=text or "",
            is_cleared=not self.has_default,
        )

    def _made(
        self,
        kind: ControlKind,
        attributes: list[Attribute],
        *,
        initial: str,
        sent: str,
        hint: str = "",
        text: str = "",
        choices: tuple[Choice, ...] = (),
        is_cleared: bool = False,
    ) -> Control:
        parameter = self.parameter
        described = first_line(parameter.description)
        return Control(
            name=parameter.name,
            kind=kind,
            label=title_words(parameter.name),
            hint=f"{described} {hint}" if described and hint else described or hint,
            attributes=tuple(attributes),
            initial=initial,
            sent=sent,
            text=text,
            choices=choices,
            is_cleared=is_cleared,
        )

    def _may_be_left(self, text: str | None) -> bool:
        """Return whether an empty input stands for something: `None`, or a default that shows nothing."""
        return self.is_optional or (self.has_default and not text)

    def _sent(self, text: str | None) -> str:
        """Write what is sent; for an empty input that is `None` or, to get the default, nothing."""
        if not self._may_be_left(text):
            return self.signal
        return f"{self.signal} || {self._nothing(text)}"

    def _nothing(self, text: str | None) -> str:
        is_hidden = text is None or (not text and not is_none(self.default))
        is_default = self.has_default and (is_hidden or not self.is_optional)
        return "undefined" if is_default else "null"

    def _is_multiline(self, text: str | None) -> bool:
        """Return whether a text may have several lines."""
        if self._is_long(text):
            return self.parameter.multiline is not False or "\n" in (text or "")
        if self.parameter.multiline is not None or not self.has_lines:
            return self.parameter.multiline is True
        is_text = isinstance(self.type, ScalarType)
        return is_text and not is_one_line(self.constraints.pattern)

    def _is_long(self, text: str | None) -> bool:
        is_broken = text is not None and "\n" in text
        return is_broken or is_prose(self.parameter.name, self.constraints)


def is_prose(name: str, constraints: Constraints) -> bool:
    """Return whether texts of this name and these limits are mostly longer than a line."""
    longest = constraints.max_length
    return name.rpartition("_")[2] in PROSE if longest is None else longest > LONG_TEXT


def is_none(default: Default) -> bool:
    """Return whether a default is `None`."""
    return isinstance(default, LiteralDefault) and default.value is None


def takes_lines(type_: TypeRef) -> bool:
    """Return whether a list of this type can be typed with one item on each line."""
    match type_:
        case ListType() | SetType():
            items: tuple[TypeRef, ...] = (type_.item,)
        case TupleType():
            items = type_.items
        case _:
            return False
    kinds = [unwrap(item)[:2] for item in items]
    return bool(kinds) and all(
        isinstance(kind, ScalarType | EnumType | LiteralType | RefType) and not is_optional
        for kind, is_optional in kinds
    )


def first_line(text: str | None) -> str:
    """Return the first line of a docstring or a description that says anything."""
    return next((line.strip() for line in (text or "").split("\n") if line.strip()), "")


def _label(value: LiteralValue) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return value_text(value) or "—"
