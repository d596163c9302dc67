"""Waiting for a connection: who gives up, and who is cancelled while he does."""

import asyncio
import time
from typing import Any, cast

import pytest

from starmodel.stores.sql.drivers.driver import ConnectionLost
from starmodel.stores.sql.drivers.postgres_connection import Connection
from starmodel.stores.sql.drivers.postgres_pool import Pool


class Idle:
    """A connection on which nothing goes on."""

    def is_closed(self) -> bool:
        return False

    def is_in_transaction(self) -> bool:
        return False

    async def close(self, timeout: float) -> None:
        pass


async def connect() -> Connection:
    return cast("Any", Idle())


async def test_whoever_has_waited_for_too_long_is_told() -> None:
    pool = Pool(connect, size=1, patience=0.01)
    await pool.open()
    connection = await pool.acquire()
    with pytest.raises(ConnectionLost, match="All 1 connections"):
        await pool.acquire()
    pool.release(connection)
    assert await pool.acquire() is connection


async def test_whoever_is_cancelled_as_he_gives_up_is_cancelled() -> None:
    pool = Pool(connect, size=1, patience=0.01)
    await pool.open()
    connection = await pool.acquire()
    waiting = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.02, waiting.cancel)
    # Both are due by then.
    time.sleep(0.05)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    pool.release(connection)
    assert await pool.acquire() is connection
    assert len(pool) == 1
