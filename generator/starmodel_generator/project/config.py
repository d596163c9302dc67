"""`[tool.starmodel]`: what a project says about itself, checked and in one value.

Every setting that shapes generated code stands in the file, never in the environment, so that
two machines generate the same. (`STARMODEL_*` variables are for what runs: the runtime reads
them, and `starmodel run` its own.)
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias, cast

from starmodel_generator.diagnostics.diagnostic import Diagnostic, SourceSpan
from starmodel_generator.diagnostics.rules.project_rules import NO_CONFIGURATION
from starmodel_generator.project.config_table import (
    INVALID_SETTING,
    ConfigTable,
    is_reference,
    kind,
)
from starmodel_generator.project.discovery import Project
from starmodel_generator.project.hashing import digest, normal

WebName: TypeAlias = Literal["fasthtml", "starlette", "fastapi"]
RespondName: TypeAlias = Literal["patch", "ack"]
MemoryName: TypeAlias = Literal["one process", "per process"]


ADAPTERS = ("stores", "bus", "unit_of_work", "formatter", "session", "clock", "identify")
"""The parts of an app that the configuration may name, as `create_app` calls them."""

_WEB = ("fasthtml", "starlette", "fastapi")
_RESPOND = ("patch", "ack")
_MEMORY = ("one process", "per process")
_LOGS = ("text", "json")
_PLUGIN = re.compile(r"[A-Za-z][\w.-]*(:[A-Za-z_]\w*)?")
_URL = re.compile(r"(https?:/)?/[^\s\"'<>]+")
_INTEGRITY = re.compile(r"sha(256|384|512)-[A-Za-z0-9+/]+=*")
_PATTERN = re.compile(r"[A-Za-z_*?][\w*?]*(\.[\w*?]+)?")
_RPC_PATH = re.compile(r"/[A-Za-z][\w-]*")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorConfig:
    """A project's settings.

    Attributes:
        root: The folder that all paths below are relative to, with `/`.
        file: The file the settings stand in, relative to the root.
        options: The hash of the settings as they are written.
        entities: Files and folders to search for entities.
        output: The folder of the generated package.
        client_output: The folder of the generated client package.
        migrations: The folder of the database's migrations.
        web: The framework around the generated routes.
        app: What `starmodel run` serves, `module:name`; `None` for the generated `create_app`.
        title: What the app is called; `None` for the name of its package.
        navigation: Whether every page leads to the others; one of the author's is among the
            `adapters`.
        home: Whether there is a home page at `/` where the host has none.
        ui: The kit, by its name or as `module:name`; `None` for the default one.
        frontend: What keeps pages live, by its name or as `module:name`; `None` for Datastar.
        bus: What tells other processes of changes, by its name; `None` for what fits the stores. One
            of the author's is among the `adapters`.
        custom_store: What keeps entities of `StateStore.CUSTOM`, by its name or as `module:Name`;
            `None` for what the URL says when the app runs.
        memory: Whether each of several processes may have its own entities in memory.
        health: Whether probes tell load balancers and orchestrators how the app is.
        logs: How the process logs; `None` for as its server has it.
        metrics: Whether there are figures for Prometheus.
        traces: Whether requests and events are spans of OpenTelemetry.
        mcp: Patterns of the operations that are tools of the app's MCP server.
        jsonrpc: The path at which operations are asked for by JSON-RPC; `None` for none.
        websocket: Whether the live stream answers WebSockets as well.
        datastar_url: Where pages load Datastar from; `None` for the runtime's pinned default.
        datastar_integrity: Its subresource integrity.
        htmx: Where pages load htmx from and its integrity, as settings of the runtime with values.
        trusted_origins: Other origins whose pages may send events.
        respond: What an event answers unless it says otherwise: a patch, or an empty
            acknowledgement where the change arrives over the live stream alone.
        providers: Functions that make an event's parameter, `module:name`, by its type's
            qualified name.
        adapters: The parts of the app that are named, `module:name`, by part.
        targets: Plugins that generate more files, by entry point name.
    """

    root: Path
    file: str
    options: str
    entities: tuple[str, ...]
    output: str
    client_output: str
    migrations: str = "migrations"
    web: WebName = "fasthtml"
    app: str | None = None
    title: str | None = None
    navigation: bool = True
    home: bool = True
    ui: str | None = None
    frontend: str | None = None
    bus: str | None = None
    custom_store: str | None = None
    memory: MemoryName | None = None
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
    respond: RespondName = "patch"
    providers: tuple[tuple[str, str], ...] = ()
    adapters: tuple[tuple[str, str], ...] = ()
    targets: tuple[str, ...] = ()

    @property
    def has_operations(self) -> bool:
        """Whether there is a table of operations: something other than HTTP asks for them."""
        return bool(self.mcp or self.jsonrpc)

    @property
    def package(self) -> str:
        """The dotted name of the generated package."""
        return module_name(self.root, self.output)

    @property
    def generated_packages(self) -> tuple[str, ...]:
        """The dotted names of the packages that are generated, the clients' as well."""
        return self.package, module_name(self.root, self.client_output)

    @property
    def served(self) -> str:
        """What `starmodel run` serves, as `module:name`."""
        return self.app or f"{self.package}.app:create_app"


def module_name(root: Path, path: str) -> str:
    """Return the dotted name that a folder or file (without `.py`) has when the project is imported.

    A `src` folder that is no package itself is where imports start, not part of names.
    """
    parts = path.split("/")
    if len(parts) > 1 and parts[0] == "src" and not (root / "src" / "__init__.py").exists():
        parts = parts[1:]
    return ".".join(parts)


@dataclass(frozen=True, slots=True)
class ConfigResult:
    """A project's settings, or everything that is wrong with them.

    `texts` has the configuration file's text by its path, for the diagnostics to show.
    """

    config: GeneratorConfig | None
    diagnostics: tuple[Diagnostic, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict[str, str])


def missing_configuration(folder: str) -> Diagnostic:
    """Return what to say where no project is to be found."""
    return NO_CONFIGURATION.report(
        f"no `[tool.starmodel]` in a `pyproject.toml` here or in a folder above `{folder}`",
        help='add a table `[tool.starmodel]` with `entities = ["shop/entities"]` to pyproject.toml, '
        "or begin a new project with `starmodel init NAME`",
    )


def read_config(project: Project) -> ConfigResult:
    """Read and check a project's settings; all mistakes are told at once."""
    root = Path(project.root)
    text = normal((root / project.file).read_bytes()).decode("utf-8", "replace")
    try:
        document: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        mistake = _syntax_error(project.file, text, str(error))
        return ConfigResult(None, (mistake,), {project.file: text})
    if project.file == "pyproject.toml":
        tool = cast("dict[str, object]", document.get("tool", {}))
        table = tool.get("starmodel")
        if not isinstance(table, dict):
            mistake = INVALID_SETTING.report(
                "`tool.starmodel` is no table", help="write it as `[tool.starmodel]`"
            )
            return ConfigResult(None, (mistake,))
        document = cast("dict[str, object]", table)
    return _read(ConfigTable(root, project.file, text, document), digest(project.options))


def _syntax_error(file: str, text: str, message: str) -> Diagnostic:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    span = None
    if found:
        line, column = int(found[1]), int(found[2])
        span = SourceSpan(file, line, column, line, column + 1)
    reason = message.partition(" (at ")[0]
    return INVALID_SETTING.report(
        f"`{file}` is not valid TOML: {reason[:1].lower()}{reason[1:]}", span=span
    )


def _read(table: ConfigTable, options: str) -> ConfigResult:
    """Read every setting; unknown ones are found last, by what was asked for."""
    entities = _entities(table)
    output = table.folder("output") or _beside(entities)
    client_output = table.folder("client_output", package=False) or f"{output}/client"
    migrations = table.folder("migrations", package=False) or "migrations"
    web = table.choice("web", _WEB)
    respond = table.choice("respond", _RESPOND)
    app = table.reference("app")
    title = table.string("title")
    is_own = isinstance(table.value("navigation"), str)
    navigation = None if is_own else table.flag("navigation")
    home = table.flag("home")
    ui = table.matching("ui", _PLUGIN, "a kit's name, or one of your own as `module:name`")
    frontend = table.matching(
        "frontend", _PLUGIN, "a front end's name, or one of your own as `module:name`"
    )
    is_own_bus = ":" in str(table.value("bus"))
    bus = None if is_own_bus else table.matching("bus", _PLUGIN, "a bus by its name")
    custom_store = table.matching(
        "custom_store", _PLUGIN, "a store's name, or one of your own as `module:Name`"
    )
    memory = table.choice("memory", _MEMORY)
    health = table.flag("health")
    logs = table.choice("logs", _LOGS)
    metrics = table.flag("metrics")
    traces = table.flag("traces")
    mcp = table.texts("mcp")
    for pattern in mcp:
        if not _PATTERN.fullmatch(pattern):
            table.wrong("mcp", f"`{pattern}` is no pattern of operations like `counter.*`")
    jsonrpc = _jsonrpc(table)
    websocket = table.flag("websocket")
    scripts: dict[str, str | None] = {}
    for script in ("datastar", "htmx", "htmx_sse"):
        url, integrity = f"{script}_url", f"{script}_integrity"
        scripts[url] = table.matching(url, _URL, "a URL")
        scripts[integrity] = table.matching(integrity, _INTEGRITY, "like `sha384-...`")
    origins = table.texts("trusted_origins")
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            table.wrong("trusted_origins", f"`{origin}` is no origin like `https://shop.test`")
    providers = _providers(table)
    adapters = [(part, table.reference(part)) for part in ADAPTERS if part != "bus" or is_own_bus]
    if is_own:
        adapters.append(("navigation", table.reference("navigation")))
    targets = table.texts("targets")
    table.unknown()
    _overlaps(table, entities, output, client_output)
    if f"{migrations}/".startswith((f"{output}/", f"{client_output}/")):
        table.wrong("migrations", f"`{migrations}` is among what is generated")
    if table.mistakes:
        return ConfigResult(None, tuple(table.mistakes), {table.file: table.text})
    return ConfigResult(
        GeneratorConfig(
            root=table.root,
            file=table.file,
            options=options,
            entities=entities,
            output=output,
            client_output=client_output,
            migrations=migrations,
            web=cast("WebName", web or "fasthtml"),
            app=app,
            title=title,
            navigation=navigation is not False,
            home=home is not False,
            ui=ui,
            frontend=frontend,
            bus=bus,
            custom_store=custom_store,
            memory=cast("MemoryName | None", memory),
            health=health is not False,
            logs=logs,
            metrics=metrics is True,
            traces=traces is True,
            mcp=mcp,
            jsonrpc=jsonrpc,
            websocket=websocket is True,
            datastar_url=scripts.pop("datastar_url"),
            datastar_integrity=scripts.pop("datastar_integrity"),
            htmx=tuple([(name, value) for name, value in scripts.items() if value is not None]),
            trusted_origins=origins,
            respond=cast("RespondName", respond or "patch"),
            providers=providers,
            adapters=tuple((part, name) for part, name in adapters if name is not None),
            targets=targets,
        )
    )


def _jsonrpc(table: ConfigTable) -> str | None:
    """Return the path of JSON-RPC, which is `/jsonrpc` where the configuration only wants it."""
    if not isinstance(table.value("jsonrpc"), str):
        return "/jsonrpc" if table.flag("jsonrpc") else None
    return table.matching("jsonrpc", _RPC_PATH, "a path of one segment like `/jsonrpc`")


def _entities(table: ConfigTable) -> tuple[str, ...]:
    """Return the files and folders to search; each must be there."""
    written = table.texts("entities")
    if not written and not table.mistakes:
        table.wrong(
            "entities",
            "names no file or folder",
            'say where they are, as in `entities = ["shop/entities"]`',
        )
    paths: list[str] = []
    for value in written:
        path = table.path("entities", value)
        if path is None:
            continue
        there = table.root / path
        if there.is_dir() or (there.is_file() and path.endswith(".py")):
            paths.append(path)
        elif there.is_file():
            table.wrong("entities", f"`{value}` is no Python file")
        else:
            table.wrong("entities", f"there is no file or folder `{value}`", _similar(table, path))
    return tuple(dict.fromkeys(paths))


def _similar(table: ConfigTable, path: str) -> str | None:
    """A path beside it with nearly the same name."""
    folder, _, name = path.rpartition("/")
    there = table.root / folder
    names = [item.name for item in there.iterdir()] if there.is_dir() else []
    near = difflib.get_close_matches(name, names, 1)
    return f"did you mean `{folder + '/' if folder else ''}{near[0]}`?" if near else None


def _providers(table: ConfigTable) -> tuple[tuple[str, str], ...]:
    """Which function makes a parameter of which type."""
    value = table.value("providers")
    if value is None:
        return ()
    help = 'as in `"shop.mail.Mailer" = "shop.mail:make_mailer"`, a type and what makes it'
    if not isinstance(value, dict):
        table.wrong("providers", f"expected a table, found {kind(value)}", help)
        return ()
    named = cast("dict[str, object]", value)
    for name, function in named.items():
        if not isinstance(function, str) or not is_reference(function):
            table.wrong("providers", f"`{name}` names no function as `module:name`", help)
        if "." not in name or not all(part.isidentifier() for part in name.split(".")):
            table.wrong("providers", f"`{name}` is no type with its module", help)
    return tuple((name, str(function)) for name, function in named.items())


def _overlaps(
    table: ConfigTable, entities: tuple[str, ...], output: str, client_output: str
) -> None:
    """Sources and output apart, so that neither can become the other."""
    for key, folder in (("output", output), ("client_output", client_output)):
        for entry in entities:
            if folder == entry or entry.startswith(f"{folder}/"):
                table.wrong(key, f"`{folder}` holds the entities in `{entry}`")
    if client_output == output or output.startswith(f"{client_output}/"):
        table.wrong("client_output", f"`{client_output}` holds the generated package `{output}`")


def _beside(entities: tuple[str, ...]) -> str:
    """Return the default for `output`: `generated`, in the package that the first entities are in."""
    folder = entities[0].rpartition("/")[0] if entities else ""
    return f"{folder}/generated" if folder else "generated"
