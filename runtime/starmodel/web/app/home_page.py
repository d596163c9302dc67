"""The home page: where an app has several pages and its host none at `/`, what there is."""

from collections.abc import Iterable, Sequence

from starmodel.ui.components.fields import in_words
from starmodel.ui.components.pages import FormPage, HomeEntry, List, NavigationItem, Record
from starmodel.web.http.response import Response
from starmodel.web.routing.request import Request
from starmodel.web.routing.resource import Resource

_NO_NAMES = frozenset({"app", "entities", "main", "models", "__main__"})
"""Names of modules that say nothing of the app."""


def home_entries(resources: Iterable[Resource]) -> tuple[HomeEntry, ...]:
    """Return the pages that need no id: lists, pages of what there is one of, forms for new ones."""
    entries: list[HomeEntry] = []
    for resource in resources:
        name = resource.definition.name
        path = f"/{name}"
        shown = {
            route.path: route.page
            for route in resource.routes
            if route.method == "GET" and not route.json_only
        }
        page, new = shown.get(path), shown.get(f"{path}/new")
        actions: Sequence[NavigationItem] = ()
        if isinstance(new, FormPage):
            actions = (NavigationItem(new.title, f"{path}/new"),)
        if isinstance(page, List):
            entries.append(HomeEntry(page.title, path, page.of.lead, actions if page.new else ()))
        elif isinstance(page, Record | FormPage):
            entries.append(HomeEntry(page.title, path, page.lead))
        elif path in shown:
            entries.append(HomeEntry(in_words(name), path))
        elif isinstance(new, FormPage):
            entries.append(HomeEntry(new.title, f"{path}/new", new.lead))
    return tuple(entries)


def default_title(resources: Sequence[Resource]) -> str:
    """Return what an app is called that says nothing of it: the name of its package in words."""
    module = resources[0].definition.cls.__module__ if resources else ""
    name = module.partition(".")[0]
    return "" if not name or name in _NO_NAMES else in_words(name)


def respond_home(request: Request) -> Response:
    """Respond with the home page."""
    from starmodel.ui.view import View
    from starmodel.web.app.responses import respond_html

    template = request.app_state.renderer.home()
    return respond_html(request, template.fill({}, View(message=request.message, request=request)))
