"""The mark on a method: it changes nothing about it."""

from collections.abc import AsyncIterator, Iterator
from typing import Self

from starmodel import Access, Entity, event


class Room(Entity):
    topic: str = ""

    @event
    def rename(self, topic: str) -> str:
        """Rename it."""
        self.topic = topic
        return topic

    @event(method="PUT", path="/r", selector="#x", mode="append", respond="ack", name="go")
    def with_arguments(self) -> int:
        return 1

    @event
    async def later(self) -> int:
        return 2

    @event(access=Access.PUBLIC)
    def steps(self) -> Iterator[int]:
        yield 1

    @event
    async def slow_steps(self) -> AsyncIterator[int]:
        yield 1

    @event
    @classmethod
    def open(cls, topic: str) -> Self:
        return cls(topic=topic)

    @classmethod
    @event(access=Access.PUBLIC)
    def open_below(cls, topic: str) -> Self:
        return cls(topic=topic)


def test_the_mark_gives_back_the_very_function() -> None:
    def method(self: object) -> None: ...

    assert event(method) is method
    assert event(method="GET")(method) is method


def test_marked_methods_are_methods() -> None:
    room = Room()
    assert room.rename("tea") == "tea"
    assert Room.rename.__doc__ == "Rename it."
    assert room.with_arguments() == 1
    assert list(room.steps()) == [1]


def test_marked_class_methods_are_class_methods_whatever_the_order() -> None:
    class Hall(Room):
        pass

    assert type(Hall.open("tea")) is Hall
    assert type(Hall.open_below("tea")) is Hall
