"""Ports for servers that tests start."""

import random
import socket


def free_port() -> int:
    """Return a port that the system gives to nobody who connects or binds.

    Others that run tests at the same time would get it, or it would be taken in an outage.
    """
    for _ in range(100):
        port = random.randint(20_000, 32_000)
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("There is no free port between 20000 and 32000.")
