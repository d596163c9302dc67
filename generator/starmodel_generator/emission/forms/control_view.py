"""Inputs as templates lay them out: texts that are HTML."""

from dataclasses import dataclass

from starmodel_generator.emission.html.markup import Member
from starmodel_generator.emission.python.layout import Layout


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """An `<option>`."""

    attributes: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class ControlView:
    """An input with its label, its hint and its error.

    `failed` is an error that is there at once, and `choice` the Python of what stands below it
    where somebody else has changed the value. A picker has what is `picked` and what happens
    when it is `left`; one for several records has their ids, too, as `lines`. A value object has
    an input for each of its parts, whose `name` is the way to it.
    """

    kind: str
    id: str
    label: str
    hint: str
    attributes: tuple[str, ...]
    error: str
    text: str
    choices: tuple[ChoiceView, ...]
    failed: str = ""
    choice: str = ""
    name: str = ""
    lines: str = ""
    picked: str = ""
    left: str = ""
    controls: "tuple[ControlView, ...]" = ()


@dataclass(frozen=True, slots=True)
class FieldView:
    """An input, with the Python of its value.

    `blank` is what it holds where nothing is typed, `drafted` what it holds for a record's
    state. `sent` is the JavaScript of what it sends for a new record, `saved` for one that is
    edited. `is_left` says that it is sent for a new record only where somebody has touched it.
    `label` says how a picker's record is called.
    """

    name: str
    control: ControlView
    blank: Layout
    drafted: Layout
    sent: Member
    saved: Member
    is_left: bool = False
    label: str = ""
