"""The page of the task list: FastHTML components, and a generated form."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from datastar_py import attribute_generator as data
from fasthtml.common import FT, Button, Div, Input, Label, Li, P, Section, Span, Ul  # type: ignore[import-untyped,unused-ignore]

from starmodel import ui
from tasks.entities import Show, Task, TaskList
from tasks.generated.task_list import bindings, pages

TITLE = ui.TextInput(bindings.add.title, label="What is to be done?", max_length=120, required=True)
ADD = pages.ADD.replace(inputs=[TITLE], hint="")


def task_row(task: Task) -> FT:
    """One task: a box to tick, its title, and a button that takes it away."""
    toggle = data.on("change", bindings.toggle(task_id=task.id))
    return Li(
        Label(
            Input(toggle, type="checkbox", checked=task.done),
            Span(task.title),
            cls="done" if task.done else "open",
        ),
        Button(
            "Remove",
            data.on("click", bindings.remove(task_id=task.id)),
            aria_label=f"Remove {task.title}",
        ),
        id=f"task-{task.id}",
    )


def task_rows(tasks: TaskList) -> FT:
    """The tasks that pass the filter; the live stream replaces this element by its id."""
    return Ul(*[task_row(task) for task in tasks.shown], id="tasks", cls="tasks")


def filter_button(show: Show) -> FT:
    """A button that is pressed while its filter is the chosen one."""
    return Button(
        show.value.capitalize(),
        data.on("click", bindings.filter_by(show=show)),
        data.attr({"aria-pressed": f"{bindings.show} === '{show.value}' ? 'true' : 'false'"}),
    )


def task_section(tasks: TaskList) -> FT:
    """The tasks, with what filters them and what clears them away."""
    return Section(
        Div(*[filter_button(show) for show in Show], cls="filters"),
        task_rows(tasks),
        Div(
            P(Span(tasks.remaining, data.text(bindings.remaining)), " left"),
            Button("Clear finished", data.on("click", bindings.clear_done())),
            cls="line",
        ),
        cls="event",
    )
