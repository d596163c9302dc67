"""A form whose record somebody else has changed meanwhile: both versions, side by side.

What was typed stays as it is, and every other input has what is stored by now. Beside each input
that differs from that stands what is stored, with a button that takes it. To keep one's own, one
saves once more.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.ui.components.inputs import Rows
from starmodel.ui.components.pages import Form
from starmodel.web.ui.form_state import FormState, Values

if TYPE_CHECKING:
    from starmodel.ui.rendering.renderer import Renderer

Labels: TypeAlias = Mapping[str, str] | None
"""What the records are called that a field refers to, by id."""


def with_conflict(
    renderer: "Renderer", form: Form, form_state: FormState, mine: Values
) -> FormState:
    """Return a form with what was typed into it and what is stored now.

    Args:
        renderer: Makes the buttons.
        form: The form.
        form_state: The form as the record is now.
        mine: What was typed, and what is stored where nothing was.
    """
    theirs = form_state.values
    kit = renderer.kit
    button = renderer.piece("stored value", lambda value: kit.stored_value(value("values")))
    differing = [name for name, value in theirs.items() if not _is_same(value, mine[name])]
    by = {each.name: each.by for each in form.pickers}
    labels = {name: _labels(form_state.related.get(name, {}), by.get(name)) for name in theirs}
    return replace(
        form_state,
        values=mine,
        stored=theirs,
        is_stale=True,
        errors={name: _said(theirs[name], labels[name]) for name in differing},
        resolve_buttons={
            name: button(values=json.dumps(_inputs(name, theirs[name], labels[name])))
            for name in differing
        },
    )


def _is_same(one: object, other: object) -> bool:
    """Return whether two values of an input are the same, whatever the numbers of their rows."""
    if isinstance(one, Rows) and isinstance(other, Rows):
        return [*one.values()] == [*other.values()]
    return one == other


def _inputs(name: str, value: object, labels: Labels) -> list[list[object]]:
    """Return the inputs that a value belongs to: their names, and what each of them has."""
    if isinstance(value, Rows):
        return [[name, None, [_of_row(row, "") for row in value.values()]]]
    if is_mapping(value):
        parts = [_inputs(f"{name}.{part}", one, None) for part, one in value.items()]
        return [entry for part in parts for entry in part]
    if is_sequence(value):
        chosen = [[id, (labels or {}).get(id, id)] for id in map(str, value)]
        return [[name, chosen]]
    if labels is not None and isinstance(value, str) and value:
        return [[name, value, labels.get(value, value)]]
    return [[name, value]]


def _of_row(row: object, prefix: str) -> dict[str, object]:
    """Return what the inputs of a row hold, by their names inside of it."""
    if not is_mapping(row):
        return {prefix: row}
    return {
        name: value
        for part, one in row.items()
        for name, value in _of_row(one, f"{prefix}.{part}" if prefix else str(part)).items()
    }


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
    if isinstance(value, Rows):
        return "; ".join([_text(row, {}) for row in value.values()])
    if is_mapping(value):
        return ", ".join([f"{name} {_text(one, {})}" for name, one in value.items()])
    if is_sequence(value):
        return ", ".join([_text(one, labels) for one in value])
    return labels.get(str(value), str(value))
