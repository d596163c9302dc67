"""What the configuration exposes besides HTTP, held against what the app has: SM320, SM321."""

import difflib
from collections.abc import Iterator, Mapping

from starmodel_generator.diagnostics.diagnostic import Diagnostic, SourceSpan
from starmodel_generator.diagnostics.rules.project_rules import TAKEN_PATH, UNKNOWN_OPERATION
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.operation_rows import app_rows, fitting
from starmodel_schemas.reserved_names import PATHS

MCP_PATH = "/mcp"


def exposure_mistakes(
    context: Context, spans: Mapping[str, SourceSpan | None]
) -> Iterator[Diagnostic]:
    """Check the patterns of `mcp`, and that the paths of `mcp` and `jsonrpc` are free.

    `spans` say where the keys stand in the configuration.
    """
    settings = context.settings
    rows = app_rows(context)
    names = [row.name for row in rows]
    for pattern in settings.mcp:
        if not fitting(rows, pattern):
            near = difflib.get_close_matches(pattern, [*names, *_wholes(context)], 1)
            yield UNKNOWN_OPERATION.report(
                f"`mcp`: no operation is called `{pattern}`",
                span=spans.get("mcp"),
                help=(
                    f"did you mean `{near[0]}`?"
                    if near
                    else "`starmodel call` lists the operations of the app"
                ),
            )
    taken = {
        **PATHS,
        **_paths_of_browser_states(context),
        **{row.route.partition(" ")[2]: f"`{row.name}`" for row in rows},
    }
    for key, path in (("mcp", MCP_PATH if settings.mcp else None), ("jsonrpc", settings.jsonrpc)):
        if path is not None and path in taken:
            yield TAKEN_PATH.report(
                f"`{key}` would be served at `{path}`, where {taken[path]} is",
                span=spans.get(key),
                help=(
                    'choose another path: `jsonrpc = "/rpc"`'
                    if key == "jsonrpc"
                    else "give the entity another name, or the event another `path`"
                ),
            )
    if settings.mcp and settings.jsonrpc == MCP_PATH:
        yield TAKEN_PATH.report(
            f"`jsonrpc` would be served at `{MCP_PATH}`, where the MCP server is",
            span=spans.get("jsonrpc"),
            help='choose another path: `jsonrpc = "/rpc"`',
        )
    if settings.has_operations and "operations" in _folders(context):
        yield TAKEN_PATH.report(
            "the table of operations would be `operations.py` beside the folder `operations` of an"
            " entity",
            span=spans.get("mcp") or spans.get("jsonrpc"),
            help="give the entity another name than `Operations`",
        )


def _paths_of_browser_states(context: Context) -> dict[str, str]:
    """Return what stands at the paths of entities that browsers keep, which have no operations."""
    taken: dict[str, str] = {}
    for entity in context.app.entities:
        if entity.is_in_browser:
            taken[f"/{entity.snake_name}"] = f"`{entity.name}`"
            taken |= {event.path: f"`{entity.name}.{event.name}`" for event in entity.events}
    return taken


def _wholes(context: Context) -> list[str]:
    return [f"{folder}.*" for folder in _folders(context)]


def _folders(context: Context) -> list[str]:
    return [entity.snake_name for entity in context.app.entities]
