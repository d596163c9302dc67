"""One of several ways to do the same."""

from abc import ABC, abstractmethod
from typing import ClassVar


class Way(ABC):
    """A way to add one to the stock of an item."""

    name: ClassVar[str]

    @abstractmethod
    async def open(self) -> None:
        """Connect, and put the first items there."""

    @abstractmethod
    async def save(self, id: str) -> None:
        """Load an item, add one to its stock, and save it if nobody else did."""

    @abstractmethod
    async def close(self) -> None:
        """Disconnect."""
