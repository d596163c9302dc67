"""Inputs as templates lay them out: texts that are HTML."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """An `<option>`."""

    attributes: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class ControlView:
    """An input with its label, its hint and its error.

    `failed` is an error that is there at once. A picker has what is `picked` and what happens
    when it is `left`; one for several records has their ids, too, as `lines`. A value object has
    an input for each of its parts.
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
    name: str = ""
    lines: str = ""
    picked: str = ""
    left: str = ""
    controls: "tuple[ControlView, ...]" = ()
