"""A form whose record somebody else has changed meanwhile: both versions, side by side.

What was typed stays as it is, and every other input has what is stored by now. Beside each input
that differs from that stands what is stored, with a button that takes it. To keep one's own, one
saves once more.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.web.ui.display_values import escape
from starmodel.web.ui.document import Page
from starmodel.web.ui.form_state import Form, FormState
from starmodel.web.ui.input_value import Values
from starmodel.web.ui.picker import CHIP

Labels: TypeAlias = Mapping[str, str] | None
"""What the records are called that a field refers to, by id."""

LOCAL: Final = (
    "((text) => text && new Date(new Date(text) - new Date(text).getTimezoneOffset() * 60000)"
    ".toISOString().slice(0, 19))"
)
"""Turns an instant into what an input for a date and a time has, in the reader's own zone."""

TAKE_STORED: Final = escape(
    "((field, told, chip, pick) => JSON.parse(el.dataset.theirs).forEach(([name, value, label]) =>"
    " ((input) => (Array.isArray(value)"
    " ? field.querySelector('.chips').replaceChildren(...value.map((one) => chip(...one)))"
    " : label ? pick(input, value, label)"
    " : typeof value === 'boolean' ? input.checked = value"
    f" : input.value = input.type === 'datetime-local' ? {LOCAL}(value)"
    " : input.type === 'time' ? value.slice(0, 8) : value,"
    " label || (told(input, 'input'), told(input, 'change')), input.focus()))"
    "([...field.querySelectorAll('[name]')].find((one) => one.name === name))))"
    "(el.closest('.field, fieldset'),"
    " (input, type) => input.dispatchEvent(new Event(type, {bubbles: true})),"
    f" {CHIP},"
    " (input, id, label) => ((option) => (option.setAttribute('role', 'option'),"
    " option.setAttribute('data-id', id), option.textContent = label,"
    " input.nextElementSibling.append(option), option.click()))(document.createElement('li')))"
)
"""What the button beside an input does: put into it what is stored, as if it was typed, or picked
from a list."""


def conflict_page(form: Form, form_state: FormState, mine: Values, errors: str) -> Page:
    """Return the page of a form, with what was typed into it and what is stored now.

    Args:
        form: The form.
        form_state: The form as the record is now.
        mine: What was typed, and what is stored where nothing was.
        errors: The signal of the errors of the form's event.
    """
    theirs = form_state.values
    differing = [name for name, value in theirs.items() if value != mine[name]]
    labels = {
        name: _labels(form_state.related.get(name, {}), form.labels.get(name)) for name in theirs
    }
    return form.page(
        replace(
            form_state,
            values=mine,
            stored=theirs,
            is_stale=True,
            errors={name: _said(theirs[name], labels[name]) for name in differing},
            resolve_buttons={
                name: _choice(name, theirs[name], labels[name], f"{errors}.{name}")
                for name in differing
            },
        )
    )


def _choice(name: str, theirs: object, labels: Labels, errors: str) -> str:
    """Write the button that takes what is stored; `errors` is the signal of the input's error."""
    clear = f"@setAll('', {{include: /^{errors.replace('.', '[.]')}$/}}), el.remove()"
    return (
        '<button type="button" class="quiet scripted"'
        f' data-theirs="{escape(json.dumps(_inputs(name, theirs, labels)))}"'
        f' data-on:click="{TAKE_STORED}, {escape(clear)}">Take theirs</button>'
    )


def _inputs(name: str, value: object, labels: Labels) -> list[list[object]]:
    """Return the inputs that a value belongs to: their names, and what each of them has."""
    if is_mapping(value):
        parts = [_inputs(f"{name}.{part}", one, None) for part, one in value.items()]
        return [entry for part in parts for entry in part]
    if is_sequence(value):
        chosen = [[id, (labels or {}).get(id, id)] for id in map(str, value)]
        return [[f"{name}-search", chosen]]
    if labels is not None and isinstance(value, str) and value:
        return [[name, value, labels.get(value, value)]]
    return [[name, value]]


def _labels(records: Mapping[str, Mapping[str, Any]], label: str | None) -> Labels:
    """Return what records are called, by id; `None` for a field that refers to none."""
    if label is None:
        return None
    return {id: str(state.get(label) or id) for id, state in records.items()}


def _said(value: object, labels: Labels) -> str:
    """Describe what is stored."""
    text = _text(value, labels or {})
    return f"It is now: {text}" if text else "It is empty now."


def _text(value: object, labels: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if is_mapping(value):
        return ", ".join([f"{name} {_text(one, {})}" for name, one in value.items()])
    if is_sequence(value):
        return ", ".join([_text(one, labels) for one in value])
    return labels.get(str(value), str(value))
