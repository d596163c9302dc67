"""Inputs that look for records while somebody types: see `starmodel.web.ui.picker`."""

from starmodel_generator.emission.entity.record_labels import label_field
from starmodel_generator.emission.forms.control_view import ControlView
from starmodel_generator.emission.html.markup import expression, html, placeholder
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.literals import python_string
from starmodel_schemas import EntitySchema

PICKER = "starmodel.web.ui.picker"


def picker(
    names: ModuleNames,
    target: EntitySchema,
    *,
    id: str,
    name: str,
    label: str,
    hint: str,
    place: str,
    shown: str,
    attributes: tuple[str, ...],
    error: str,
    failed: str = "",
    choice: str = "",
) -> ControlView:
    """Make a picker for one record.

    Args:
        names: The names of the module.
        target: Which records there are to pick from.
        id: The id of the input, as HTML.
        name: The name of the argument.
        label: What the input is called, as HTML.
        hint: What is said about it, as HTML.
        place: The signal that has the id of the record.
        shown: The path of the signal that has what it is called, as HTML.
        attributes: Further attributes.
        error: The expression of its error, as HTML.
        failed: An error that is there at once, as HTML.
        choice: What stands below it where somebody else has changed the value.
    """
    taken = (
        "evt.target.closest('[role=option][data-id]')"
        f" && ({place} = evt.target.closest('[role=option]').dataset.id), "
    )
    return ControlView(
        kind="picker",
        id=id,
        label=label,
        hint=hint,
        attributes=(
            f'id="{id}"',
            f'name="{html(name)}"',
            *combobox(names, target, id),
            f'data-bind="{shown}"',
            f'data-on:input="{expression(f"{place} = el.value")}"',
            *attributes,
        ),
        error=error,
        failed=failed,
        choice=choice,
        text="",
        choices=(),
        picked=expression(taken) + placeholder(names.use(PICKER, "PICK")),
        left=placeholder(names.use(PICKER, "PICKER_LEAVE")),
    )


def picker_of_several(
    names: ModuleNames,
    target: EntitySchema,
    *,
    id: str,
    name: str,
    label: str,
    hint: str,
    place: str,
    way: str,
    attributes: tuple[str, ...],
    error: str,
    choice: str,
) -> ControlView:
    """Make a picker for any number of records; `way` is its place in the draft, as Python.

    The other arguments are those of `picker`.
    """
    called = python_label(target)
    return ControlView(
        kind="pickers",
        id=id,
        label=label,
        hint=hint,
        attributes=(
            f'id="{id}"',
            f'name="{html(name)}-search"',
            *combobox(names, target, id),
            *attributes,
        ),
        error=error,
        failed=placeholder(f"form.error({way})"),
        choice=choice,
        text=placeholder(f"form.chips({way}, {called})"),
        lines=placeholder(f"form.lines({way})"),
        choices=(),
        name=html(name),
        picked=placeholder(names.use(PICKER, "PICK_SEVERAL"))
        + expression(f", {place} = ")
        + placeholder(names.use(PICKER, "PICKED")),
        left=placeholder(names.use(PICKER, "PICKER_LEAVE")),
    )


def combobox(names: ModuleNames, target: EntitySchema, id: str) -> tuple[str, ...]:
    """Write what makes a combobox of an input."""
    return (
        'type="text"',
        'role="combobox"',
        'aria-autocomplete="list"',
        'aria-expanded="false"',
        f'aria-controls="{id}--options"',
        'autocomplete="off"',
        'spellcheck="false"',
        'placeholder="Its id"',
        "data-attr:placeholder=\"'Search…'\"",
        f'data-source="/{html(target.snake_name)}/options?list={id}--options&amp;q="',
        f'data-on:input__debounce.200ms="{placeholder(names.use(PICKER, "PICKER_INPUT"))}"',
        f'data-on:click="{placeholder(names.use(PICKER, "PICKER_OPEN"))}"',
        f'data-on:keydown="{placeholder(names.use(PICKER, "PICKER_KEYS"))}"',
    )


def python_label(target: EntitySchema) -> str:
    """Write, as Python, the field that a record is called by."""
    return python_string(label_field(target) or "id")
