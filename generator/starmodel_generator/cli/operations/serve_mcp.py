"""`starmodel mcp`: the app as a server of the Model Context Protocol, over stdin and stdout."""

import asyncio
import sys
import threading

from starmodel.web.operations.mcp_server import serve_lines
from starmodel.web.routing.request import Request
from starmodel_generator.cli.operations.local_app import (
    SESSION,
    LocalApp,
    Roles,
    Session,
    User,
    actor_of,
    cannot_run,
)


def mcp(
    user: User = None,
    roles: Roles = None,
    session: Session = SESSION,
) -> None:
    """Serve the operations that `mcp` in \\[tool.starmodel] names to an MCP client, over stdio.

    The client starts this command, in the project's folder. What the app prints goes to stderr.

    Examples:

      starmodel mcp

      starmodel mcp --as anna
    """
    stdout, sys.stdout = sys.stdout, sys.stderr
    app = LocalApp()
    if not app.config.mcp:
        raise cannot_run(
            "`mcp` in [tool.starmodel] names no operations, and none is served unless it is named",
            'as in `mcp = ["counter.*"]`; `starmodel call` lists them',
        )

    served = app.table.matching(app.config.mcp)
    output = stdout.buffer

    def write(line: bytes) -> None:
        output.write(line)
        output.flush()

    async def work(request: Request) -> None:
        loop = asyncio.get_running_loop()
        lines: asyncio.Queue[bytes] = asyncio.Queue()

        def read() -> None:
            line = b" "
            while line:
                line = sys.stdin.buffer.readline()
                loop.call_soon_threadsafe(lines.put_nowait, line)

        # A thread that waits for a line keeps no process from ending.
        threading.Thread(target=read, daemon=True).start()
        await serve_lines(served, request, lines.get, write)

    app.warn_of_secret(served)
    app.run(work, actor_of(user, roles), session)
