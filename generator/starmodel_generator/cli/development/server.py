"""uvicorn's server, which says where the app is as soon as the app serves."""

import multiprocessing
from collections.abc import Sequence
from socket import socket

import uvicorn

from starmodel_generator.cli.console import write_stderr


class AnnouncingServer(uvicorn.Server):
    """Serves, and tells the addresses once: not before the app was imported and has started.

    It is sent to each process that the reloader starts. What it knows of whether it has told
    anything is shared by all of them, so a restart says nothing more.
    """

    def __init__(self, settings: uvicorn.Config, addresses: Sequence[str]) -> None:
        super().__init__(settings)
        self.addresses = tuple(addresses)
        self.told = multiprocessing.get_context("spawn").Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start the app and listen."""
        await super().startup(sockets)
        if self.started and not self.told.is_set():
            self.told.set()
            for address in self.addresses:
                write_stderr(f"Open {address}")
