"""The generated shop with a bus that writes down what it is told, in a server of its own.

`SHOP_PUBLISHED` names the file. A line is there even if the process dies at once.
"""

# pyright: basic, reportMissingImports=false
# The package `shop` is there only where a copy of the example is served.

import os

from shop.generated.app import create_app as create_shop

from starmodel import CommandRecord, InProcessBus
from starmodel.web import WebApplication


class TellingBus(InProcessBus):
    """Appends a line for each record to a file, then tells the subscribers."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)

    async def publish(self, record: CommandRecord) -> None:
        """Write, and publish."""
        os.write(self._file, f"{record.entity} {record.id} {record.version}\n".encode())
        await super().publish(record)


def create_app() -> WebApplication:
    """Make the app."""
    return create_shop(bus=TellingBus(os.environ["SHOP_PUBLISHED"]))
