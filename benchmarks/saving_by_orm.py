"""Saving with SQLModel's sessions, which compare versions as well."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel import Session

from benchmarks.saving_by_hand import begin, connect
from benchmarks.stocked import ItemRow
from benchmarks.way import Way

# What SQLAlchemy calls optimistic locking: the UPDATE is made on the condition of the version.
_MAPPER: Any = ItemRow
_MAPPER.__mapper__.version_id_col = _MAPPER.__table__.c.row_version


class ORMSQLite(Way):
    """A session for each save, in the one thread that may write."""

    name = "orm"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.thread = ThreadPoolExecutor(1)
        self.engine: Engine = create_engine(f"sqlite:///{path}")

    async def open(self) -> None:
        with connect(self.path) as connection:
            begin(connection)
        connection.close()
        event.listen(self.engine, "connect", prepare)

    async def save(self, id: str) -> None:
        await asyncio.get_running_loop().run_in_executor(self.thread, self._save, id)

    async def close(self) -> None:
        self.thread.shutdown()
        self.engine.dispose()

    def _save(self, id: str) -> None:
        with Session(self.engine) as session:
            row = session.get_one(ItemRow, id)
            row.stock += 1
            session.commit()


class ORMPostgres(Way):
    """An asynchronous session for each save, out of a pool of ten."""

    name = "orm"

    def __init__(self, url: str) -> None:
        address = url.replace("postgresql://", "postgresql+asyncpg://")
        self.engine: AsyncEngine = create_async_engine(address, pool_size=10, max_overflow=0)
        self.session = async_sessionmaker(self.engine)

    async def open(self) -> None:
        async with self.engine.connect():
            pass

    async def save(self, id: str) -> None:
        async with self.session() as session:
            row = await session.get_one(ItemRow, id)
            row.stock += 1
            await session.commit()

    async def close(self) -> None:
        await self.engine.dispose()


def prepare(connection: Any, _: object) -> None:
    """Set what the other ways have set."""
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
