"""The view of `app.py`: every entity and every adapter of the app, put together."""

from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.python.default_expressions import use_qualified
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, named
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.planning import is_in_sql
from starmodel_schemas import WebName


class Framework(NamedTuple):
    """A web framework: its app class, and our adapter for it."""

    label: str
    module: str
    app_class: str
    adapter_module: str
    adapter: str
    remark: str = ""


FRAMEWORKS: dict[WebName, Framework] = {
    "fasthtml": Framework(
        "FastHTML",
        "fasthtml.common",
        "FastHTML",
        "starmodel.web.adapters.fasthtml",
        "FastHTMLAdapter",
        remark="  # type: ignore[import-untyped,unused-ignore]",
    ),
    "starlette": Framework(
        "Starlette",
        "starlette.applications",
        "Starlette",
        "starmodel.web.adapters.starlette",
        "StarletteAdapter",
    ),
    "fastapi": Framework(
        "FastAPI", "fastapi", "FastAPI", "starmodel.web.adapters.fastapi", "FastAPIAdapter"
    ),
}

_PASSED_ON = frozenset({"unit_of_work", "clock", "navigation", "identify"})
"""Parts that are what the configuration names; all others are made by it."""


class AppView(NamedTuple):
    """Everything that `app.py.j2` lays out."""

    imports: str
    resources: tuple[str, ...]
    settings: Layout
    adapters: tuple[Layout, ...]
    create: Layout
    configure_signature: Layout
    configure: Layout
    framework: Framework


def app_view(context: Context) -> AppView:
    """Decide how the app is put together."""
    settings = context.settings
    framework = FRAMEWORKS[settings.web]
    names = ModuleNames(context.first_party)
    names.use("typing", "TYPE_CHECKING")
    names.use("typing", "Unpack")
    names.define(framework.app_class)
    names.use(framework.adapter_module, framework.adapter)
    names.use("starmodel.web", "WebApplication")
    for name in ("RESOURCES", "SETTINGS", "create_app", "configure_app"):
        names.define(name)
    if settings.adapters:
        names.define("with_configured")
    given = "**with_configured(options)" if settings.adapters else "**options"
    parts: tuple[str, ...] = ("RESOURCES", "SETTINGS")
    if settings.has_operations:
        operations = names.use(f"{settings.package}.operations", "OPERATIONS")
        parts = (
            *parts,
            f"{names.use('starmodel.web.operations.transports', 'Operations')}({operations})",
        )
    adapter = f"return {framework.adapter}()"
    return AppView(
        resources=tuple(
            names.use(own.module("routes"), own.resource) for own in context.names.values()
        ),
        settings=_settings(context, names),
        adapters=tuple(_adapter(part, name, names) for part, name in settings.adapters),
        create=Group(f"{adapter}.create_app(", (*parts, given), ")"),
        configure_signature=Group(
            "def configure_app(",
            (f'app: "{framework.app_class}"', "**options: Unpack[web.AppOptions]"),
            ") -> web.WebApplication:",
        ),
        configure=Group(f"{adapter}.configure_app(", ("app", *parts, given), ")"),
        framework=framework,
        imports=names.import_block(),
    )


def _settings(context: Context, names: ModuleNames) -> Layout:
    settings = context.settings
    items: list[Layout] = []
    if any(map(is_in_sql, context.app.entities)):
        levels = len(settings.output.split("/"))
        items.append(f"project_root={names.use('pathlib', 'Path')}(__file__).parents[{levels}]")
        items.append(named("migrations", python_string(settings.migrations)))
    if settings.title is not None:
        items.append(named("title", python_string(settings.title)))
    items += [
        f"{name}=False"
        for name, is_on in (
            ("navigation", settings.navigation),
            ("home", settings.home),
            ("health", settings.health),
        )
        if not is_on
    ]
    for name, value in (
        ("ui", settings.ui),
        ("frontend", settings.frontend),
        ("bus", settings.bus),
        ("custom_store", settings.custom_store),
        ("memory", settings.memory),
        ("logs", settings.logs),
        ("jsonrpc", settings.jsonrpc),
    ):
        if value is not None:
            items.append(named(name, python_string(value)))
    items += [
        f"{name}=True"
        for name, is_on in (
            ("metrics", settings.metrics),
            ("traces", settings.traces),
            ("websocket", settings.websocket),
        )
        if is_on
    ]
    if settings.mcp:
        items.append(_tuple("mcp", settings.mcp))
    if settings.datastar_url is not None:
        items.append(named("datastar_url", python_string(settings.datastar_url)))
    if settings.datastar_integrity is not None:
        items.append(named("datastar_integrity", python_string(settings.datastar_integrity)))
    items += [named(name, python_string(value)) for name, value in settings.htmx]
    if settings.trusted_origins:
        items.append(_tuple("trusted_origins", settings.trusted_origins))
    return Group("SETTINGS = web.Settings(", tuple(items), ")")


def _tuple(name: str, texts: tuple[str, ...]) -> Layout:
    items = tuple(map(python_string, texts))
    return f"{name}=({items[0]},)" if len(items) == 1 else Group(f"{name}=(", items, ")")


def _adapter(part: str, name: str, names: ModuleNames) -> Layout:
    function = use_qualified(name, names)
    made = function if part in _PASSED_ON else f"{function}()"
    return f"{python_string(part)}: {made}"
