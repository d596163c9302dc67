"""Forms of events on the page of a record or a list: shown again where what was sent does not fit.

What that takes is imported when it happens; most of it is for entities in SQL, which have lists.
"""

from collections.abc import Mapping

from starmodel.domain import Scope
from starmodel.ui.components.pages import Form, List, Record
from starmodel.ui.view import NO_RELATED, ROWS, View
from starmodel.web.app.entity_routes import reader
from starmodel.web.routing.request import FormAgain, Request, Route
from starmodel.web.routing.resource import Resource


def event_forms(resource: Resource) -> dict[Route, FormAgain]:
    """Return what shows the page of a record or a list again, for each event whose form is on it."""
    page = resource.page
    if page is None:
        return {}
    is_record = resource.definition.scope is Scope.RECORD
    lists = [route.page for route in resource.routes if isinstance(route.page, List)]
    listed = {
        route: _list_again(resource, each, route.form)
        for each in lists
        for route in resource.routes
        if route.form is not None and route.form in each.forms
    }
    return listed | {
        route: _form_again(resource, page, route.form)
        for route in resource.routes
        if route.form is not None
        and route.form in page.actions
        and (not is_record or "{id}" in route.path)
    }


def _list_again(resource: Resource, page: List, form: Form) -> FormAgain:
    async def again(
        request: Request, fields: list[tuple[str, str]], errors: Mapping[str, str]
    ) -> str:
        from starmodel.web.app.query_params import list_view
        from starmodel.web.ui.form_state import bind

        shown = await list_view(request, resource.queries, page)
        state = bind(form, fields, errors=errors)
        view = View(list=shown, related=shown.related, form=state, request=request)
        html = request.app_state.renderer.list(page, form).fill({}, view)
        return html.replace(ROWS, b"".join(shown.rows).decode())

    return again


def _form_again(resource: Resource, page: Record, form: Form) -> FormAgain:
    read = reader(resource.definition)
    is_record = resource.definition.is_record

    async def again(
        request: Request, fields: list[tuple[str, str]], errors: Mapping[str, str]
    ) -> str:
        from starmodel.web.ui.form_state import bind

        snapshot = await read(request)
        state = bind(form, fields, errors=errors)
        related, children = NO_RELATED, None
        if resource.queries is not None:
            from starmodel.web.app.query_params import children_of

            related = await resource.related(request, snapshot.state)
            children = await children_of(request, page, snapshot.id)
        view = View(
            id=snapshot.id if is_record else "",
            related=related,
            form=state,
            children=children,
            path=page.entity.path,
            request=request,
        )
        return request.app_state.renderer.record(page, form).fill(snapshot.state, view)

    return again
