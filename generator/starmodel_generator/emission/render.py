"""From a schema to the text of every generated file; nothing is written here.

Each row of the plan has a view, which decides, and a template, which lays out.
"""

from collections.abc import Callable
from typing import NamedTuple

from jinja2 import Environment

from starmodel_generator.emission.app_module import app_view
from starmodel_generator.emission.client.client_arguments import (
    client_fields_view,
    client_filters_view,
)
from starmodel_generator.emission.client.client_module import client_view
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.operations_module import operations_view
from starmodel_generator.emission.package_modules import (
    app_package_view,
    client_package_view,
    package_view,
    transport_view,
)
from starmodel_generator.emission.pages.pages_module import pages_view
from starmodel_generator.emission.python.formatting import formatted
from starmodel_generator.emission.python.literals import comment
from starmodel_generator.emission.schema_json import schema_text
from starmodel_generator.emission.server.bindings_module import bindings_view
from starmodel_generator.emission.server.commands_module import commands_view
from starmodel_generator.emission.server.filters_module import filters_module_view
from starmodel_generator.emission.server.queries_module import queries_view
from starmodel_generator.emission.server.routes_module import routes_view
from starmodel_generator.emission.server.state_module import state_view
from starmodel_generator.emission.sql.document_module import document_view
from starmodel_generator.emission.sql.row_class import rows_view
from starmodel_generator.emission.sql.table_module import table_view
from starmodel_generator.emission.templating import environment
from starmodel_generator.planning import Artifact, EmissionSettings, plan
from starmodel_generator.project.hashing import HEADER
from starmodel_schemas import AppSchema, EntitySchema


class RenderedFile(NamedTuple):
    """A generated file: its path relative to the project root, with `/`, and its text."""

    path: str
    text: str


ENTITY_VIEWS: dict[str, Callable[[EntitySchema, Context], object]] = {
    "package": package_view,
    "state": state_view,
    "table": table_view,
    "document": document_view,
    "rows": rows_view,
    "filters": filters_module_view,
    "queries": queries_view,
    "commands": commands_view,
    "routes": routes_view,
    "bindings": bindings_view,
    "pages": pages_view,
    "client": client_view,
    "client_fields": client_fields_view,
    "client_filters": client_filters_view,
}

APP_VIEWS: dict[str, Callable[[Context], object]] = {
    "app_package": app_package_view,
    "app": app_view,
    "operations": operations_view,
    "client_package": client_package_view,
    "client_transport": transport_view,
    "client_where": transport_view,
}


def render(app: AppSchema, settings: EmissionSettings) -> tuple[RenderedFile, ...]:
    """Return every generated file, in the order of the plan."""
    context = Context(app, settings)
    templates = environment()
    return tuple(
        RenderedFile(artifact.path, render_artifact(artifact, context, templates))
        for artifact in plan(app, settings)
    )


def render_artifact(artifact: Artifact, context: Context, templates: Environment) -> str:
    """Return the text of one file."""
    if artifact.kind == "schema":
        return schema_text(context.app)
    if artifact.entity is None:
        view = APP_VIEWS[artifact.kind](context)
    else:
        view = ENTITY_VIEWS[artifact.kind](context.entities[artifact.entity], context)
    template = templates.get_template(f"{artifact.kind}.py.j2")
    # Templates know these two names and nothing global, so none of that has to be copied.
    names = template.new_context({"header": header(artifact.source), "view": view}, shared=True)
    return formatted("".join(template.root_render_func(names)))


def header(source: str) -> str:
    """Write the first line of a generated file; it marks the file as the generator's own."""
    return f"# {HEADER.format(comment(source))}"
