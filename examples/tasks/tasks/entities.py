"""A list of things to do, one for each visitor."""

from enum import StrEnum
from typing import Annotated

from fasthtml.common import FT  # type: ignore[import-untyped,unused-ignore]
from pydantic import BaseModel, computed_field

from starmodel import Entity, EntityConfig, Field, Scope, StateStore, event
from starmodel.domain import new_id

Title = Annotated[str, Field(min_length=1, max_length=120)]


class Show(StrEnum):
    """Which tasks the list shows."""

    ALL = "all"
    OPEN = "open"
    DONE = "done"


class Task(BaseModel):
    """One thing to do."""

    id: str = Field(default_factory=new_id)
    title: Title
    done: bool = False


class TaskList(Entity):
    """Things to do."""

    model_config = EntityConfig(
        store=StateStore.SERVER_MEMORY,
        scope=Scope.SESSION,
        namespace="tasks",
        page=False,
    )

    tasks: list[Task] = []
    show: Show = Show.ALL

    @computed_field  # type: ignore[prop-decorator]
    @property
    def remaining(self) -> int:
        """How many tasks are still open."""
        return sum(not task.done for task in self.tasks)

    @property
    def shown(self) -> list[Task]:
        """The tasks that pass the filter."""
        match self.show:
            case Show.ALL:
                return self.tasks
            case Show.OPEN:
                return [task for task in self.tasks if not task.done]
            case Show.DONE:
                return [task for task in self.tasks if task.done]

    @event
    def add(self, title: Title) -> None:
        """Put a task at the end of the list."""
        self.tasks.append(Task(title=title.strip()))

    @event
    def toggle(self, task_id: str) -> None:
        """Tick a task, or take the tick away."""
        for task in self.tasks:
            if task.id == task_id:
                task.done = not task.done

    @event
    def remove(self, task_id: str) -> None:
        """Take a task off the list."""
        self.tasks = [task for task in self.tasks if task.id != task_id]

    @event
    def filter_by(self, show: Show) -> None:
        """Choose which tasks to show."""
        self.show = show

    @event
    def clear_done(self) -> None:
        """Take every finished task off the list."""
        self.tasks = [task for task in self.tasks if not task.done]

    def __ft__(self) -> FT:
        """The list as it stands on the page; the live stream sends it after every change."""
        from tasks.pages import task_rows

        return task_rows(self)
