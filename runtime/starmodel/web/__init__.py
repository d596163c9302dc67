"""The web layer: generated handlers straight above ASGI, and what they are made of.

Importing it imports no web framework; `starmodel.web.adapters.fasthtml`, `.starlette` and `.fastapi` do.
What `__all__` does not name is here for generated routes.
"""

from typing import TYPE_CHECKING

from starmodel.deferred import deferred
from starmodel.settings import Settings
from starmodel.web.adapters.adapter import WebAdapter
from starmodel.web.app.responses import (
    respond_created,
    respond_deleted,
    respond_event,
    render_page,
    respond_page,
    respond_record,
    respond_state,
    respond_stream,
    redirect,
    page_path,
    quote_path_segment,
)
from starmodel.web.app.application import WebApplication
from starmodel.web.validation.arguments import REQUIRED, Argument, Arguments, UpdateArgument
from starmodel.ui.components.pages import Page
from starmodel.domain.field_aliases import by_alias
from starmodel.ui.frontend import EventResponseFormatter
from starmodel.web.datastar.formatter import DatastarFormatter

# Imported at once, for the module would hide the function once anybody has imported it.
from starmodel.web.validation.object_schema import (
    object_schema as object_schema,
    reference_schema as reference_schema,
)
from starmodel.web.app.app_state import AppOptions
from starmodel.web.routing.request import Request
from starmodel.web.http.response import Response, StreamResponse
from starmodel.web.routing.resource import Resource
from starmodel.web.routing.request import Route
from starmodel.web.http.session import SessionIdentity, SignedSession

if TYPE_CHECKING:
    from starmodel.domain.pydantic_schema import type_schema as type_schema
    from starmodel.web.validation.field_schema import (
        field_schema as field_schema,
        parameter_schema as parameter_schema,
    )
    from starmodel.web.app.entity_routes import (
        form_route as form_route,
        own_page_route as own_page_route,
        page_route as page_route,
        restore_route as restore_route,
        state_route as state_route,
    )
    from starmodel.web.operations.operation import Operation as Operation
    from starmodel.web.operations.transports import Operations as Operations
    from starmodel.web.app.record_routes import (
        create_routes as create_routes,
        delete_routes as delete_routes,
        edit_routes as edit_routes,
        list_route as list_route,
        list_routes as list_routes,
        options_route as options_route,
        query_route as query_route,
        record_route as record_route,
        record_routes as record_routes,
        update_routes as update_routes,
    )

__all__ = [
    "REQUIRED",
    "AppOptions",
    "Argument",
    "Arguments",
    "DatastarFormatter",
    "EventResponseFormatter",
    "Page",
    "Request",
    "Resource",
    "Response",
    "Route",
    "SessionIdentity",
    "Settings",
    "SignedSession",
    "StreamResponse",
    "UpdateArgument",
    "WebAdapter",
    "WebApplication",
    "by_alias",
    "page_path",
    "quote_path_segment",
    "redirect",
    "render_page",
    "respond_created",
    "respond_deleted",
    "respond_event",
    "respond_page",
    "respond_record",
    "respond_state",
    "respond_stream",
]

# What only some apps need, by module: it is imported when it is first asked for.
__getattr__ = deferred(
    globals(),
    {
        "starmodel.web.validation.field_schema": ("field_schema", "parameter_schema"),
        "starmodel.domain.pydantic_schema": ("type_schema",),
        "starmodel.web.app.entity_routes": (
            "form_route",
            "own_page_route",
            "page_route",
            "restore_route",
            "state_route",
        ),
        "starmodel.web.operations.operation": ("Operation",),
        "starmodel.web.operations.transports": ("Operations",),
        "starmodel.web.app.record_routes": (
            "create_routes",
            "delete_routes",
            "edit_routes",
            "list_route",
            "list_routes",
            "options_route",
            "query_route",
            "record_route",
            "record_routes",
            "update_routes",
        ),
    },
)
