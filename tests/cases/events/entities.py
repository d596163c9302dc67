"""Every form of an event."""

from collections.abc import AsyncIterator, Iterator

from fasthtml.common import FT, Li

from starmodel import Actor, Entity, EntityConfig, Request, event


class Machine(Entity):
    """Does things."""

    model_config = EntityConfig(namespace="engine", ttl=60)

    runs: int = 0
    log: list[str] = []

    @event
    def run(self) -> None:
        self.runs += 1

    @event(method="GET")
    def describe(self, *, loud: bool = False) -> str:
        """Describe what it is."""
        return "A MACHINE" if loud else "a machine"

    @event(path="/machine/go-now", name="go_at_once")
    async def go(self, request: Request, actor: Actor) -> int:
        self.runs += len(request.path) + bool(actor.id)
        return self.runs

    @event(selector="#log", mode="append")
    def note(self, text: str) -> FT:
        self.log.append(text)
        return Li(text)

    @event(respond="ack", selector="#log", mode="prepend")
    async def announce(self, text: str) -> FT:
        return Li(text)

    @event
    def count_up(self, to: int = 3) -> Iterator[int]:
        """Count, step by step."""
        for number in range(to):
            self.runs = number
            yield number

    @event(selector="#log", mode="append")
    async def work(self) -> AsyncIterator[FT]:
        self.runs += 1
        yield Li("one")
        self.runs += 1
        yield Li("two")
