"""StarModel in front of FastAPI."""

from fastapi import FastAPI

from starmodel.settings import Settings
from starmodel.web.adapters.starlette import StarletteFamilyAdapter


class FastAPIAdapter(StarletteFamilyAdapter[FastAPI]):
    """Puts the generated routes in front of a FastAPI app."""

    def create_host(self, settings: Settings) -> FastAPI:
        """Make an empty FastAPI app, without pages of its own."""
        return FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
