"""StarModel in front of FastHTML."""

import secrets
from typing import TYPE_CHECKING

from starmodel.settings import Settings
from starmodel.web.adapters.starlette import StarletteFamilyAdapter

if TYPE_CHECKING:
    from fasthtml.common import FastHTML


class FastHTMLAdapter(StarletteFamilyAdapter["FastHTML"]):
    """Puts the generated routes in front of a FastHTML app."""

    framework = "fasthtml"

    def create_host(self, settings: Settings) -> "FastHTML":
        """Make an empty FastHTML app whose own sessions are signed with the app's key."""
        from fasthtml.common import FastHTML

        # Without a key FastHTML would write one into the working directory.
        return FastHTML(
            secret_key=settings.secret_key or secrets.token_urlsafe(32), default_hdrs=False
        )
