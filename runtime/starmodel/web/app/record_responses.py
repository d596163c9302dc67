"""Responses of the pages that all records in a database have alike: pickers, conflicts."""

from collections.abc import Iterable
from typing import Final

from starmodel.domain import Fragment
from starmodel.errors import StaleVersion
from starmodel.ui.components.pages import Form, Record
from starmodel.ui.view import View
from starmodel.web.app.responses import JSON_HEADERS, respond_html
from starmodel.web.http.encoding import encode_json
from starmodel.web.http.response import Response
from starmodel.web.routing.request import Request
from starmodel.web.ui.edit_conflict import with_conflict
from starmodel.web.ui.form_state import FormState, merge_submitted

MAX_OPTIONS: Final = 20
"""How many options a picker offers at most."""


def respond_options(options: Iterable[tuple[str, str]]) -> Response:
    """Respond to a picker with what it may offer: ids of records, with what they are called."""
    found = [{"id": id, "label": label} for id, label in options]
    return Response(200, JSON_HEADERS, encode_json({"options": found}))


def respond_conflict(
    request: Request, stale: StaleVersion, page: Record, form: Form, form_state: FormState
) -> Response:
    """Show a form again, with what was typed into it and what is stored now.

    Args:
        request: The request that came too late.
        stale: What it was told.
        page: The record's component.
        form: The form.
        form_state: The form as the record is now.

    Raises:
        StaleVersion: A program asked; it gets its answer as for any other error.
    """
    if request.wants_json:
        raise stale
    mine = merge_submitted(form, form_state.values, request)
    renderer = request.app_state.renderer
    state = with_conflict(renderer, form, form_state, mine)
    document, main = renderer.edit_page(page, form)
    view = View(id=state.id, form=state, request=request)
    if request.is_scripted:
        # As a whole: what is morphed would keep the values that its script began with.
        patch = request.formatter.elements(Fragment(main.fill({}, view), "main", "replace"))
        return Response(200, request.formatter.headers, patch)
    return respond_html(request, document.fill({}, view), 409)
