"""Responses of the pages that all records in a database have alike: lists, pickers, conflicts."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from starmodel.domain import Fragment
from starmodel.errors import StaleVersion
from starmodel.web.app.responses import render_page
from starmodel.web.datastar.sse import encode_signals
from starmodel.web.http.response import Response
from starmodel.web.routing.request import Request
from starmodel.web.ui.document import Page
from starmodel.web.ui.edit_conflict import conflict_page
from starmodel.web.ui.form_state import Form, FormState
from starmodel.web.ui.list_view import ListView
from starmodel.web.ui.picker import render_options

S = TypeVar("S")


def respond_list(
    request: Request,
    view: ListView[S],
    page: Callable[[ListView[S]], Page],
    fragment: Callable[[ListView[S]], str],
) -> Response:
    """Respond with a page of a list.

    Args:
        request: The request; Datastar gets the part that shows the records, everybody else all.
        view: The records.
        page: Makes the whole page.
        fragment: Makes the part that shows the records.
    """
    if not request.is_datastar:
        return render_page(request, page(view))
    formatter = request.formatter
    errors = formatter.signals(encode_signals({"errors": request.route.errors({})}))
    patch = formatter.elements(Fragment(fragment(view)))
    return Response(200, formatter.headers, errors + patch)


def respond_options(request: Request, options: Iterable[tuple[str, str]]) -> Response:
    """Respond to a picker with what it may offer.

    Args:
        request: The request; its parameter `list` is the id of the list below the picker.
        options: The ids of records, with what they are called; both are plain texts.

    Raises:
        InvalidArguments: There is no such list.
    """
    fragment = render_options(options, request.query.get("list", ""))
    return Response(200, request.formatter.headers, request.formatter.elements(fragment))


def respond_conflict(
    request: Request, stale: StaleVersion, form: Form, form_state: FormState
) -> Response:
    """Show a form again, with what was typed into it and what is stored now.

    Args:
        request: The request that came too late.
        stale: What it was told.
        form: The form.
        form_state: The form as the record is now.

    Raises:
        StaleVersion: A program asked; it gets its answer as for any other error.
    """
    if request.wants_json:
        raise stale
    mine = form.merge_submitted(form_state.values, request)
    errors = f"errors.{request.route.namespace}.{request.route.event}"
    page = conflict_page(form, form_state, mine, errors)
    if request.is_datastar:
        # As a whole: what is morphed would keep the values that its script began with.
        patch = request.formatter.elements(Fragment(page.content, "main", "replace"))
        return Response(200, request.formatter.headers, patch)
    document = request.ui.document(title=page.title, lead=page.lead, content=page.content)
    return Response(409, request.page_headers, document.encode("utf-8", "replace"))
