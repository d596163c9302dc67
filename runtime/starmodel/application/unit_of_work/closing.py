"""Where the generators of events end."""

import contextlib
from collections.abc import AsyncIterable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

T = TypeVar("T")


def aclosing(steps: AsyncIterable[T]) -> AbstractAsyncContextManager[AsyncIterable[T]]:
    """Return a context that closes an event's async generator, within its unit of work.

    It is `contextlib.aclosing` for what authors annotate as `AsyncIterator`. Without it the event
    loop would close the generator some time after the client has left.
    """
    generator: Any = steps
    return contextlib.aclosing(generator)
