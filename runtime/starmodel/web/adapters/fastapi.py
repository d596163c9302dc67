"""StarModel in front of FastAPI."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from starmodel.domain import Entity
from starmodel.settings import Settings
from starmodel.web.adapters.starlette import StarletteFamilyAdapter, read
from starmodel.web.adapters.starlette import page as page

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

E = TypeVar("E", bound=Entity)


class FastAPIAdapter(StarletteFamilyAdapter["FastAPI"]):
    """Puts the generated routes in front of a FastAPI app."""

    framework = "fastapi"

    def create_host(self, settings: Settings) -> "FastAPI":
        """Make an empty FastAPI app, without pages of its own."""
        from fastapi import FastAPI

        return FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


def entity(entity: type[E]) -> "Callable[[Request], Awaitable[E]]":
    """Return the dependency that reads an entity for a page: `Depends(entity(TaskList))`.

    It is the one that belongs to whoever sent the request; a record is the one that the path
    names, by a parameter `id` or `order_id`. The page follows it.
    """
    from fastapi import Request

    async def read_entity(request: Request) -> E:
        return await read(request, entity)

    return read_entity
