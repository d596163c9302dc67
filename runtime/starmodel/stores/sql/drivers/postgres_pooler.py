"""Poolers in front of PostgreSQL, such as PgBouncer: whether a connection through one is good enough.

A pooler that lends a connection of the server for one transaction (`pool_mode = transaction`) loses
whatever belongs to a session: statements that were prepared, settings, what is listened to. Nothing
says so: some statements fail, later on, where others use the same pooler.
"""

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from starmodel.errors import ConfigurationError
from starmodel.stores.sql.drivers.postgres_connection import (
    Address,
    Connection,
    connect,
    open_connection,
)

_DRIVER: Any = asyncpg
_PROCESS = "SELECT pg_backend_pid()"
_TRIES = 3
_PROBE_SECONDS = 2.0


async def connect_and_detect_pooler(address: Address) -> tuple[Connection, bool]:
    """Make the first connection, and return as well whether it leads through a pooler.

    Raises:
        ConfigurationError: The pooler keeps no sessions.
    """
    # One that does not know a setting refuses it at the beginning of a connection.
    with suppress(_DRIVER.ProtocolViolationError):
        connection = await connect(address, is_pooled=False)
        try:
            [[process]] = await connection.fetch(_PROCESS)
        except BaseException:
            connection.terminate()
            raise
        # A pooler gives its clients numbers of its own, by which they may cancel a query.
        if process == connection.get_server_pid():
            return connection, False
        connection.terminate()
    if not await _is_session_pooling(address):
        raise ConfigurationError(
            "PostgreSQL is behind a connection pooler that lends a connection for one transaction,"
            " such as PgBouncer in transaction mode. Prepared statements and settings are lost"
            " there. Set STARMODEL_DATABASE_URL to the address of the server itself, or of a pool"
            " with pool_mode = session. A process makes no more than 10 connections, or as many as"
            " ?pool_size= in the URL says."
        )
    return await connect(address, is_pooled=True), True


async def _is_session_pooling(address: Address) -> bool:
    """Return whether a connection is led to the same process of the server each time.

    While another connection is within a transaction, it has a process to itself.
    """
    one, other = await open_connection(address), await open_connection(address)
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            for _ in range(_TRIES):
                [[before]] = await one.fetch(_PROCESS)
                await other.execute("BEGIN")
                [[elsewhere]] = await other.fetch(_PROCESS)
                [[after]] = await one.fetch(_PROCESS)
                await other.execute("ROLLBACK")
                if before != after or before == elsewhere:
                    return False
    except TimeoutError:
        # The other one waits: the first has the only process that the pooler has.
        return True
    except _DRIVER.PostgresError:
        # What was prepared is not there any more, or there are no transactions at all.
        return False
    finally:
        one.terminate()
        other.terminate()
    return True
