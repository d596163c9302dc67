"""Where the generators of events end."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar, cast

T = TypeVar("T")


def aclosing(steps: AsyncIterable[T]) -> AbstractAsyncContextManager[AsyncIterable[T]]:
    """Return a context that closes an event's async generator, within its unit of work.

    It is `contextlib.aclosing` for what authors annotate as `AsyncIterator`. Without it the event
    loop would close the generator some time after the client has left.
    """
    return contextlib.aclosing(cast("AsyncGenerator[T, None]", steps))
