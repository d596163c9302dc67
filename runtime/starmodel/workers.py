"""How many processes a server was told to start, as far as one of them can see."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_SERVERS = {"granian", "gunicorn", "hypercorn", "uvicorn"}
_VARIABLE = "WEB_CONCURRENCY"


def worker_count(
    arguments: Sequence[str] | None = None, environment: Mapping[str, str] | None = None
) -> int:
    """Return the number of processes that serve the app beside each other, this one included.

    It is 1 where nothing says otherwise: processes that were started one by one do not show.
    """
    arguments = sys.argv if arguments is None else arguments
    environment = os.environ if environment is None else environment
    is_server = bool(arguments) and not _SERVERS.isdisjoint(
        part.removesuffix(".exe") for part in Path(arguments[0]).parts
    )
    if is_server:
        for place, argument in enumerate(arguments[1:], start=1):
            name, equals, text = argument.partition("=")
            if name in ("-w", "--workers"):
                return _number(text if equals else "".join(arguments[place + 1 : place + 2]))
            if argument.startswith("-w") and argument[2:].isdigit():
                return _number(argument[2:])
    if is_server or _is_child():
        return _number(environment.get(_VARIABLE, ""))
    return 1


def _is_child() -> bool:
    """Return whether another Python process has started this one, as uvicorn starts its workers."""
    if "multiprocessing" not in sys.modules:
        # Then it has not, and to import it takes a while.
        return False
    from multiprocessing import parent_process

    return parent_process() is not None


def _number(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() else 1
