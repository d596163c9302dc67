"""The page of the task list: FastHTML components on the generated bindings."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from datastar_py import attribute_generator as data
from fasthtml.common import (  # type: ignore[import-untyped,unused-ignore]
    FT,
    Button,
    Div,
    Form,
    Input,
    Label,
    Li,
    Main,
    P,
    Section,
    Span,
    Ul,
    to_xml,
)

from starmodel.web import DefaultUI
from starmodel.web.datastar.actions import Signal
from tasks.entities import Show, Task, TaskList
from tasks.generated.task_list import bindings
from tasks.generated.task_list.state import task_list_state

DRAFT = Signal("$_draft")
"""What is being typed; a signal that begins with `_` never leaves the browser."""


def task_row(task: Task) -> FT:
    """One task: a box to tick, its title, and a button that takes it away."""
    return Li(
        Label(
            Input(
                data.on("change", bindings.toggle(task_id=task.id)),
                type="checkbox",
                checked=task.done,
            ),
            Span(task.title),
            cls="done" if task.done else "open",
        ),
        Button(
            "Remove",
            data.on("click", bindings.remove(task_id=task.id)),
            type="button",
            aria_label=f"Remove {task.title}",
        ),
        id=f"task-{task.id}",
    )


def task_rows(task_list: TaskList) -> FT:
    """The tasks that pass the filter; the live stream replaces this element by its id."""
    return Ul(*[task_row(task) for task in task_list.shown], id="tasks", cls="tasks")


def filter_button(show: Show) -> FT:
    """A button that is pressed while its filter is the chosen one."""
    return Button(
        show.value.capitalize(),
        data.on("click", bindings.filter_by(show=show)),
        data.attr({"aria-pressed": f"{bindings.show} === '{show.value}' ? 'true' : 'false'"}),
        type="button",
    )


def add_form() -> FT:
    """One line to type, and the error of `add` beside it."""
    error = "$errors.tasks.add.title"
    return Form(
        data.signals({"_draft": ""}),
        data.on("submit", f"{bindings.add(title=DRAFT)}; {DRAFT} = ''"),
        Label("What is to be done?", fr="draft"),
        Div(
            Input(
                data.bind("_draft"),
                id="draft",
                required=True,
                maxlength=120,
                autocomplete="off",
                aria_describedby="draft-error",
            ),
            Button("Add", type="submit"),
            cls="line",
        ),
        P(data.text(error), id="draft-error", cls="error", role="alert"),
        cls="event",
    )


def page(task_list: TaskList, ui: DefaultUI) -> str:
    """The whole page, as it stands before the live stream takes over."""
    content = Main(
        add_form(),
        Section(
            Div(*[filter_button(show) for show in Show], cls="filters"),
            task_rows(task_list),
            Div(
                P(Span(task_list.remaining, data.text(bindings.remaining)), " left"),
                Button(
                    "Clear finished",
                    data.on("click", bindings.clear_done()),
                    type="button",
                ),
                cls="line",
            ),
            cls="event",
        ),
        data_signals=bindings.signals(task_list_state(task_list)),
        data_init=bindings.live(),
    )
    return ui.document(title="Tasks", lead="Things to do.", content=to_xml(content))
