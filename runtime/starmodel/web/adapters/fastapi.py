"""StarModel in front of FastAPI."""

from typing import TYPE_CHECKING

from starmodel.settings import Settings
from starmodel.web.adapters.starlette import StarletteFamilyAdapter

if TYPE_CHECKING:
    from fastapi import FastAPI


class FastAPIAdapter(StarletteFamilyAdapter["FastAPI"]):
    """Puts the generated routes in front of a FastAPI app."""

    framework = "fastapi"

    def create_host(self, settings: Settings) -> "FastAPI":
        """Make an empty FastAPI app, without pages of its own."""
        from fastapi import FastAPI

        return FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
