"""The web layer: generated handlers straight above ASGI, and what they are made of.

Importing it imports no web framework; `starmodel.web.fasthtml`, `.starlette` and `.fastapi` do.
"""

from starmodel.settings import Settings
from starmodel.web.adapter import WebAdapter
from starmodel.web.answers import (
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
from starmodel.web.application import WebApplication
from starmodel.web.arguments import REQUIRED, Argument, Arguments, UpdateArgument
from starmodel.web.document import Page
from starmodel.web.formatter import DatastarFormatter, EventResponseFormatter
from starmodel.web.parts import Adapters
from starmodel.web.request import Request
from starmodel.web.response import Response, StreamResponse
from starmodel.web.routing import Resource, Route
from starmodel.web.session import SessionIdentity, SignedSession
from starmodel.web.ui import DefaultUI, UIAdapter

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
