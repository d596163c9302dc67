"""What a form holds: what its inputs show at first, or what was typed and did not fit.

An input is named by the way to its value: `name`, `dimensions.width`.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeGuard, cast

from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.ui.addresses import escape_text
from starmodel.ui.components.inputs import ITEM, Rows, Value, lines_text
from starmodel.ui.components.pages import Form
from starmodel.ui.view import NO_RELATED, Related
from starmodel.web.http.form_body import read_form
from starmodel.web.http.http_request import HTTPRequest
from starmodel.web.validation.untouched import (
    LINE_END,
    Shown,
    digest,
    read_shown,
    row_numbers,
    untouched,
    with_line_breaks,
)

Values: TypeAlias = Mapping[str, Value]

VERSION = "version"
"""The input that has the version of the record; it is nobody's to type."""


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
        resolve_buttons: A button for each input that differs from what is stored, as HTML.
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
    def subject(self) -> str:
        """What the record is called, escaped; `It` where that is not known."""
        return escape_text(self.title) or "It"

    def text(self, path: str) -> str:
        """Return the text of an input, escaped."""
        value = self._value(path)
        return escape_text(value) if isinstance(value, str) else ""

    def textarea(self, path: str) -> str:
        """Return the text of a text area, whose first line break HTML would leave out."""
        text = self.text(path)
        return f"\n{text}" if text.startswith(("\n", "\r")) else text

    def initial_values(self, areas: Collection[str]) -> str:
        """Return what the inputs show, escaped, for the hidden input that says it to the server.

        `areas` are the names of those that are no `<input>`, and keep line breaks.
        """
        first = self.initial
        if first is None:
            values = self.values if self.stored is None else self.stored
            inputs = {name: value for name, value in values.items() if name != VERSION}
            first = shown_values(inputs, areas)
        return escape_text(json.dumps(first, separators=(",", ":")))

    def checked(self, path: str) -> str:
        """Return the attribute of a box that is ticked."""
        return "checked" if self._value(path) is True else ""

    def selected(self, path: str, value: str) -> str:
        """Return the attribute of the option that is chosen."""
        return "selected" if self._value(path) == value else ""

    def lines(self, path: str) -> str:
        """Return the ids of a picker for several records, one on each line."""
        return escape_text(lines_text(self._ids(path)))

    def rows(self, path: str) -> "dict[str, FormState]":
        """Return the rows of a list by their numbers, each as a form of its own."""
        rows = self._value(path)
        if not isinstance(rows, Rows):
            return {}
        return {
            number: FormState(row if is_parts(row) else {ITEM: row}, self.id)
            for number, row in rows.items()
        }

    def error(self, name: str) -> str:
        """Return what is wrong with an input, escaped."""
        return escape_text(self.errors.get(name, ""))

    def resolve_button(self, name: str) -> str:
        """Return the button that takes what is stored, where an input differs from that."""
        return self.resolve_buttons.get(name, "")

    def invalid(self, name: str) -> str:
        """Return the value of `aria-invalid`."""
        return "true" if self.errors.get(name) else "false"

    def chosen(self, path: str, by: str) -> str:
        """Return what the records are called that a picker has chosen: JSON by id, escaped.

        `by` is the field that such records are called by.
        """
        value = self._value(path)
        ids = [value] if isinstance(value, str) else self._ids(path)
        records = self.related.get(path, {})
        labels = {id: str(records.get(id, {}).get(by) or id) for id in ids if id}
        return escape_text(json.dumps(labels))

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


def bind(
    form: Form,
    submitted: Sequence[tuple[str, str]],
    *,
    id: str = "",
    related: Related = NO_RELATED,
    errors: Mapping[str, str] | None = None,
) -> FormState:
    """Return a form as somebody has sent it."""
    blank = {**form.initial, VERSION: ""}
    values = _typed(blank, dict(with_line_breaks(submitted)), "")
    values = {name: value for name, value in values.items() if name not in form.write_only}
    shown = read_shown(submitted)
    if not shown:
        return FormState(values, id, related, errors or {})
    same = _pick(values, untouched(submitted, shown), "")
    return FormState(values, id, related, errors or {}, stored=same, initial=shown)


def prefilled(form: Form, query: Mapping[str, str]) -> FormState:
    """Return a form as it is at first, with what an address says for its inputs: `?book=ID`.

    What the address says counts as touched.
    """
    values: dict[str, Value] = {**form.initial}
    for name, blank in form.initial.items():
        if name not in query:
            continue
        text = query[name]
        if isinstance(blank, bool):
            values[name] = text in ("true", "on", "1")
        elif isinstance(blank, list):
            values[name] = ids_of(text)
        elif isinstance(blank, str):
            values[name] = text
    return FormState(values, stored=form.initial)


def submitted_values(form: Form, request: HTTPRequest) -> Values:
    """Return what the inputs held that somebody has touched, by a request that has sent them.

    Of a value object that are the parts. Of a request that sends no form it gives nothing.
    """
    if not request.received:
        return {}
    fields = with_line_breaks(
        read_form(request.received, request.headers.get(b"content-type", b""))
    )
    same = untouched(fields, read_shown(fields))
    return _leave(_typed(form.initial, dict(fields), ""), same | form.write_only, "")


def merge_submitted(form: Form, values: Values, request: HTTPRequest) -> Values:
    """Return values with what somebody has typed instead; see `submitted_values`."""
    return _over(values, submitted_values(form, request))


def value_objects(form: Form) -> Collection[str]:
    """Return the names of the value objects, whose parts have inputs of their own."""
    return [name for name, value in form.initial.items() if is_parts(value)]


def ids_of(text: str) -> list[str]:
    """Read what `lines_text` has written of a list of ids, or what somebody has typed instead."""
    if text.lstrip().startswith("["):
        try:
            items: object = json.loads(text)
        except (ValueError, RecursionError):
            items = None
        if is_sequence(items):
            return [str(item) for item in items]
    return [line.strip() for line in LINE_END.split(text) if line.strip()]


def shown_values(values: Values, areas: Collection[str]) -> Shown:
    """Return what the inputs of a form are sent as if nobody touches them.

    Args:
        values: What they hold.
        areas: The names of those that are no `<input>`, and keep line breaks.
    """
    return {
        path: value if isinstance(value, bool) else digest(value, is_area=kind in areas)
        for path, kind, value in _inputs(values, "", "")
    }


def is_parts(value: Value) -> TypeGuard[Values]:
    """Return whether a value is that of the parts of a value object."""
    return is_mapping(value) and not isinstance(value, Rows)


def _inputs(values: Values, prefix: str, kind: str) -> Iterator[tuple[str, str, bool | str]]:
    """Yield the path of each input, the same with `*` for the number of a row, and its value."""
    for name, value in values.items():
        own = f"{kind}{'*' if isinstance(values, Rows) else name}"
        if isinstance(value, bool | str):
            yield f"{prefix}{name}", own, value
        elif is_mapping(value):
            yield from _inputs(cast("Values", value), f"{prefix}{name}.", f"{own}.")
        else:
            yield f"{prefix}{name}", own, lines_text(cast("list[str]", value))


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
        elif isinstance(empty, Rows):
            values[name] = _typed_rows(empty, texts, f"{path}.")
        else:
            values[name] = _typed(empty, texts, f"{path}.")
    return values


def _typed_rows(blank: Rows, texts: Mapping[str, str], prefix: str) -> Rows:
    """Return the rows of a list that a form has sent, without the empty ones."""
    rows = Rows([], blank.blank)
    for number in row_numbers(texts, prefix):
        sent = [text for name, text in texts.items() if f"{name}.".startswith(f"{prefix}{number}.")]
        if any(sent):
            rows[number] = _typed({number: blank.blank}, texts, prefix)[number]
    return rows


def _over(values: Values, changes: Values) -> Values:
    """Return values with changes; those of a value object change its parts."""
    changed = dict(values)
    for name, value in changes.items():
        before = values.get(name)
        is_object = is_parts(value) and is_mapping(before)
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
        if is_parts(value):
            parts = _pick(value, ways, f"{way}.")
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
        if is_parts(value):
            parts = _leave(value, ways, f"{way}.")
            if parts:
                left[name] = parts
        elif way not in ways:
            left[name] = value
    return left
