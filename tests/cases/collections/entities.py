"""Events that are about no record in particular, and what they find."""

from typing import Annotated

from starmodel import (
    Access,
    Actor,
    Entity,
    EntityConfig,
    Field,
    Refused,
    Scope,
    StateStore,
    UnitOfWork,
    event,
)


def is_editor(actor: Actor) -> bool:
    """Editors may."""
    return "editor" in actor.roles


class Task(Entity):
    """Something to do, before and after others."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"delete"}, order_by="place"
    )

    title: str = Field(min_length=1, max_length=80)
    place: int = Field(default=0, ge=0)
    is_done: bool = False
    token: str = Field(default="", max_length=20, private=True)

    @event
    @classmethod
    async def append(cls, work: UnitOfWork, title: str) -> "Task":
        """Put a task behind all others, unless there is one of this title."""
        if await work.exists(Task, title=title):
            raise Refused("There is such a task.")
        last = await work.find_one(Task, sort="-place")
        return cls(title=title, place=0 if last is None else last.place + 1)

    @event(access=is_editor)
    @staticmethod
    async def reorder(
        work: UnitOfWork, ids: Annotated[list[str], Field(min_length=1, max_length=200)]
    ) -> None:
        """Put tasks in an order."""
        tasks = {task.id: task for task in await work.find(Task, id__in=ids)}
        for place, id in enumerate(ids):
            if id not in tasks:
                raise Refused("There is no such task.")
            tasks[id].place = place

    @event(access=Access.AUTHENTICATED)
    @classmethod
    async def finish_all(cls, work: UnitOfWork, actor: Actor) -> int:
        """Mark all tasks as done, and hear how many there were."""
        tasks = await work.find(cls, is_done=False)
        for task in tasks:
            task.is_done = True
        return len(tasks)

    @event(method="GET", access=Access.PUBLIC)
    @staticmethod
    def longest(limit: int = 80) -> int:
        """Hear how long a title may be."""
        return min(limit, 80)


class Note(Entity):
    """A note in memory."""

    model_config = EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)

    text: str = ""

    @event(access=Access.PUBLIC)
    @staticmethod
    def write_several(work: UnitOfWork, texts: list[str]) -> list[str]:
        """Write notes, and hear their ids."""
        notes = [Note(text=text) for text in texts]
        for note in notes:
            work.add(note)
        return [note.id for note in notes]
