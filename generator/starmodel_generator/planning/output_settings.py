"""What the configuration says about the generated tree."""

from dataclasses import dataclass

from starmodel_schemas import WebName


@dataclass(frozen=True, slots=True, kw_only=True)
class EmissionSettings:
    """Where generated code goes and what its app is put together from.

    Attributes:
        package: Dotted name of the generated package: `shop.generated`.
        output: Its folder, relative to the project root, with `/`: `shop/generated`.
        client_output: The folder of the client package; inside `output` unless configured.
        migrations: The folder of the migrations, relative to the project root.
        web: The framework around the generated routes.
        configuration: The file the configuration is in; `app.py` says it comes from there.
        title: What the app is called; `None` for the name of its package.
        navigation: Whether every page leads to the others.
        home: Whether there is a home page at `/` where the host has none.
        ui: The kit, by its name or as `module:name`; `None` for the default one.
        frontend: What keeps pages live, by its name or as `module:name`; `None` for Datastar.
        bus: What tells other processes of changes, by its name; `None` for what fits the stores.
        custom_store: What keeps entities of `StateStore.CUSTOM`, by its name or as `module:Name`;
            `None` for what the URL says when the app runs.
        memory: Whether each of several processes has its own entities in memory; `None` for no.
        health: Whether probes tell load balancers and orchestrators how the app is.
        logs: How the process logs; `None` for as its server has it.
        metrics: Whether there are figures for Prometheus.
        traces: Whether requests and events are spans of OpenTelemetry.
        mcp: Patterns of the operations that are tools of the app's MCP server.
        jsonrpc: The path at which operations are asked for by JSON-RPC; `None` for none.
        websocket: Whether the live stream answers WebSockets as well.
        datastar_url: Where pages load Datastar from; `None` for the runtime's pinned default.
        datastar_integrity: Its subresource integrity; `None` for none.
        htmx: Where pages load htmx from and its integrity, as settings of the runtime with values.
        trusted_origins: Other origins that may send requests that change something.
        adapters: Parts of the app that the configuration names, as `(part, "module:name")`.
    """

    package: str
    output: str
    client_output: str
    migrations: str = "migrations"
    web: WebName = "fasthtml"
    configuration: str = "pyproject.toml"
    title: str | None = None
    navigation: bool = True
    home: bool = True
    ui: str | None = None
    frontend: str | None = None
    bus: str | None = None
    custom_store: str | None = None
    memory: str | None = None
    health: bool = True
    logs: str | None = None
    metrics: bool = False
    traces: bool = False
    mcp: tuple[str, ...] = ()
    jsonrpc: str | None = None
    websocket: bool = False
    datastar_url: str | None = None
    datastar_integrity: str | None = None
    htmx: tuple[tuple[str, str], ...] = ()
    trusted_origins: tuple[str, ...] = ()
    adapters: tuple[tuple[str, str], ...] = ()

    @property
    def has_operations(self) -> bool:
        """Whether there is a table of operations: something other than HTTP asks for them."""
        return bool(self.mcp or self.jsonrpc)
