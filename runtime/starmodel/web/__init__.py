"""The web layer: generated handlers straight above ASGI, and what they are made of.

Importing it imports no web framework; `starmodel.web.adapters.fasthtml`, `.starlette` and `.fastapi` do.
"""

from starmodel.settings import Settings
from starmodel.web.adapters.adapter import WebAdapter
from starmodel.web.app.app_state import Adapters
from starmodel.web.app.application import WebApplication
from starmodel.web.app.responses import (
    answer_created,
    answer_deleted,
    answer_event,
    answer_form,
    answer_page,
    answer_record,
    answer_state,
    answer_stream,
    lead_to,
    page_path,
    segment,
)
from starmodel.web.app.routing import Resource, Route
from starmodel.web.datastar.formatter import DatastarFormatter, EventResponseFormatter
from starmodel.web.http.request import Request
from starmodel.web.http.response import Response, StreamResponse
from starmodel.web.http.session import SessionIdentity, SignedSession
from starmodel.web.ui.document import Page
from starmodel.web.ui.ui_adapter import DefaultUI, UIAdapter
from starmodel.web.validation.arguments import REQUIRED, Argument, Arguments, UpdateArgument

__all__ = [
    "REQUIRED",
    "Adapters",
    "Argument",
    "Arguments",
    "DatastarFormatter",
    "DefaultUI",
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
    "UIAdapter",
    "UpdateArgument",
    "WebAdapter",
    "WebApplication",
    "answer_created",
    "answer_deleted",
    "answer_event",
    "answer_form",
    "answer_page",
    "answer_record",
    "answer_state",
    "answer_stream",
    "lead_to",
    "page_path",
    "segment",
]
