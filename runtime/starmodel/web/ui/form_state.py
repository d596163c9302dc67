"""What a form holds: what its inputs show at first, or what was typed and did not fit.

An input is named by the way to its value: `name`, `dimensions.width`.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from starmodel.domain.type_guards import is_mapping
from starmodel.web.datastar.actions import live_action
from starmodel.web.datastar.attributes import escape_attribute
from starmodel.web.http.form_body import read_form
from starmodel.web.http.http_request import HTTPRequest, media_type
from starmodel.web.ui.display_values import escape, related_label
from starmodel.web.ui.document import Page
from starmodel.web.ui.input_value import (
    Value,
    Values,
    ids_of,
    lines_of,
    shown_values,
    value_of_sent,
)
from starmodel.web.ui.list_view import Related
from starmodel.web.validation import json_body
from starmodel.web.validation.untouched import Shown, read_shown, untouched, with_line_breaks

NO_RELATED: Related = {}

JSON = b"application/json"
VERSION = "version"
"""The input that has the version of the record; it is nobody's to type."""

CHANGED = escape(
    "(function changed(given, form, was) {return Object.fromEntries(Object.entries(given)"
    ".filter(([name]) => ((text) => text(form[name]) !== text(was?.[name]))"
    "((value) => JSON.stringify(value, (key, part) =>"
    " typeof part === 'string' ? part.replace(/\\r\\n?/g, '\\n') : part)))"
    ".map(([name, value]) => [name,"
    " value?.constructor === Object ? changed(value, form[name], was?.[name]) : value]))})"
)
"""The JavaScript function that leaves of what a form sends what was changed, parts of value objects
one by one. Line breaks count as one, however they are written."""

_CONFLICT = (
    '<div class="conflict" role="alert" tabindex="-1" data-init="el.focus()">'
    "<p>Somebody else has changed this. What you typed is still here, and everything else is as"
    " it is now. Save again to keep yours.</p>"
    '<a class="button quiet" href="">Discard what I typed</a></div>'
)
"""What stands above a form whose record somebody else has changed; its link loads the form anew."""


@dataclass(frozen=True, slots=True)
class FormState:
    """A form as it is shown.

    Attributes:
        values: What its inputs hold.
        id: The record that it is about; an empty text for a new one.
        related: The records that are referred to, to show what they are called.
        errors: What is wrong with which input; `_` for what belongs to none.
        title: What the record is called, as it is stored.
        stored: What is stored, where that is not what the inputs hold; of a form that is shown
            again, of those inputs alone that nobody has touched.
        resolve_buttons: A button for each input that differs from what is stored.
        is_stale: Whether somebody else has changed the record meanwhile.
        initial: What the inputs showed at first, of a form that is shown again.
    """

    values: Values
    id: str = ""
    related: Related = field(default_factory=lambda: NO_RELATED)
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    title: str = ""
    stored: Values | None = None
    resolve_buttons: Mapping[str, str] = field(default_factory=dict[str, str])
    is_stale: bool = False
    initial: Shown | None = None

    @property
    def signals(self) -> str:
        """The values, as an object literal for `data-signals`."""
        return escape_attribute(self.values)

    @property
    def original(self) -> str:
        """What is stored, as an object literal; only what differs from it is sent."""
        return escape_attribute(self.values if self.stored is None else self.stored)

    def live(self, name: str) -> str:
        """Return the action that tells the page when the record is deleted, escaped.

        `name` is the entity's.
        """
        return escape(live_action(f"{name}:{self.id}", only_deletions=True))

    @property
    def notice(self) -> str:
        """Report that somebody else has changed the record meanwhile, if so."""
        return _CONFLICT if self.is_stale else ""

    @property
    def subject(self) -> str:
        """What the record is called, escaped; `It` where that is not known."""
        return escape(self.title) or "It"

    @property
    def messages(self) -> str:
        """The errors, an empty text for an input without one, for `data-signals`."""
        return escape_attribute({**dict.fromkeys((*self.values, "_"), ""), **self.errors})

    def text(self, path: str) -> str:
        """Return the text of an input, escaped."""
        value = self._value(path)
        return escape(value) if isinstance(value, str) else ""

    def textarea(self, path: str) -> str:
        """Return the text of a text area, whose first line break HTML would leave out."""
        text = self.text(path)
        return f"\n{text}" if text.startswith(("\n", "\r")) else text

    def initial_values(self, *areas: str) -> str:
        """Return what the inputs show, escaped, for the hidden input that says it to the server.

        `areas` are the ways to those that are no `<input>`, and keep line breaks.
        """
        first = self.initial
        if first is None:
            values = self.values if self.stored is None else self.stored
            inputs = {name: value for name, value in values.items() if name != VERSION}
            first = shown_values(inputs, areas)
        return escape(json.dumps(first, separators=(",", ":")))

    def checked(self, path: str) -> str:
        """Return the attribute of a box that is ticked."""
        return " checked" if self._value(path) is True else ""

    def selected(self, path: str, value: str) -> str:
        """Return the attribute of the option that is chosen."""
        return " selected" if self._value(path) == value else ""

    def lines(self, path: str) -> str:
        """Return the ids of a picker for several records, one on each line."""
        return escape(lines_of(self._ids(path)))

    def error(self, name: str) -> str:
        """Return what is wrong with an input, escaped."""
        return escape(self.errors.get(name, ""))

    def resolve_button(self, name: str) -> str:
        """Return the button that takes what is stored, where an input differs from that."""
        return self.resolve_buttons.get(name, "")

    def invalid(self, name: str) -> str:
        """Return the value of `aria-invalid`."""
        return "true" if self.errors.get(name) else "false"

    def label(self, name: str, label: str) -> str:
        """Return what the record is called that a picker has chosen, as data for `data-signals`.

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
        initial: What its inputs hold where nothing is typed; it says which inputs there are.
        labels: For each field that refers to records, the field that they are called by.
    """

    page: Callable[[FormState], Page]
    initial: Values
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def objects(self) -> Collection[str]:
        """The names of the value objects, whose parts have inputs of their own."""
        return [name for name, value in self.initial.items() if is_mapping(value)]

    def bind(
        self,
        submitted: Sequence[tuple[str, str]],
        *,
        id: str = "",
        errors: Mapping[str, str] | None = None,
    ) -> FormState:
        """Return the form as somebody without a script has sent it."""
        values = _typed(self.initial, dict(with_line_breaks(submitted)), "")
        shown = read_shown(submitted)
        if not shown:
            return FormState(values, id, errors=errors or {})
        same = _pick(values, untouched(submitted, shown), "")
        return FormState(values, id, errors=errors or {}, stored=same, initial=shown)

    def unbound_page(self, id: str = "", title: str = "") -> Page:
        """Return the page as it is before anything is typed.

        `id` is the record's, if there is one, and `title` what that is called.
        """
        return self.page(FormState(self.initial, id, title=title))

    def submitted_values(self, request: HTTPRequest) -> Values:
        """Return what the inputs held that somebody has touched, by a request that has sent them.

        Of a value object that are the parts. Of a request that sends no form it gives nothing.
        """
        if not request.received:
            return {}
        if media_type(request.headers) == JSON:
            sent: object = json_body.parse(request.received)
            given: Mapping[str, object] = (
                cast("Mapping[str, object]", sent) if is_mapping(sent) else {}
            )
            values = {
                name: value_of_sent(given[name], empty)
                for name, empty in self.initial.items()
                if name in given
            }
        else:
            form = with_line_breaks(
                read_form(request.received, request.headers.get(b"content-type", b""))
            )
            same = untouched(form, read_shown(form))
            values = _leave(_typed(self.initial, dict(form), ""), same, "")
        values.pop(VERSION, None)
        return values

    def merge_submitted(self, values: Values, request: HTTPRequest) -> Values:
        """Return values with what somebody has typed instead; see `typed`."""
        return _over(values, self.submitted_values(request))


def _typed(blank: Values, texts: Mapping[str, str], prefix: str) -> Values:
    """Return the values of inputs, out of the texts that a form has sent."""
    values: dict[str, Value] = {}
    for name, empty in blank.items():
        path = f"{prefix}{name}"
        if isinstance(empty, bool):
            values[name] = path in texts
        elif isinstance(empty, list):
            values[name] = ids_of(texts.get(path, ""))
        elif isinstance(empty, str):
            values[name] = texts.get(path, "")
        else:
            values[name] = _typed(empty, texts, f"{path}.")
    return values


def _over(values: Values, changes: Values) -> Values:
    """Return values with changes; those of a value object change its parts."""
    changed = dict(values)
    for name, value in changes.items():
        before = values.get(name)
        is_object = is_mapping(value) and is_mapping(before)
        changed[name] = (
            _over(cast("Values", before), cast("Values", value))
            if is_object
            else cast("Value", value)
        )
    return changed


def _pick(values: Values, ways: Collection[str], prefix: str) -> dict[str, Value]:
    """Pick the values of some inputs."""
    picked: dict[str, Value] = {}
    for name, value in values.items():
        way = f"{prefix}{name}"
        if is_mapping(value):
            parts = _pick(cast("Values", value), ways, f"{way}.")
            if parts:
                picked[name] = parts
        elif way in ways:
            picked[name] = value
    return picked


def _leave(values: Values, ways: Collection[str], prefix: str) -> dict[str, Value]:
    """Leave the values of some inputs out."""
    left: dict[str, Value] = {}
    for name, value in values.items():
        way = f"{prefix}{name}"
        if is_mapping(value):
            parts = _leave(cast("Values", value), ways, f"{way}.")
            if parts:
                left[name] = parts
        elif way not in ways:
            left[name] = value
    return left


def _chip(id: str, label: str) -> str:
    return (
        f'<li data-id="{escape(id)}">'
        f'<button type="button" aria-label="Remove {label}">{label}</button></li>'
    )
