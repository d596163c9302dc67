"""What an app may set, in one place."""

import os
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Literal, get_args

from starmodel.errors import ConfigurationError
from starmodel.frozen import frozen

Respond = Literal["patch", "ack"]
"""How an event answers a Datastar request: with the change, or with nothing but 204."""

Memory = Literal["one process", "per process"]
"""What it means to keep an entity in memory: there is one process, or each has its own entities."""

Logs = Literal["text", "json"]
"""How the process logs: as its server and its author have it, or as JSON."""


@frozen(eq=True)
class Settings:
    """The settings of one app; each has a default that suits a small one.

    `from_environment` overrides any of them by a variable of the same name in capitals after
    `STARMODEL_`, lists separated by commas: `STARMODEL_TRUSTED_ORIGINS=https://a.org,https://b.org`.

    Attributes:
        ui: The kit, which says how pages look: `"default"`, `"monsterui"`, or one of your own by
            where it is (`"shop.look:Kit"`).
        frontend: What keeps pages live: `"datastar"` or `"htmx"`.
        title: What the app is called, on its home page and in the navigation; by default the name
            of its package in words.
        navigation: Whether every page leads to the others.
        home: Whether `/` shows what there is, where the host app has no page there.
        datastar_url: Where pages load Datastar's script from; any 1.0.x.
        datastar_integrity: Its digest (`sha384-...`); the browser refuses any other script.
        htmx_url: Where pages load htmx from; any 4.0.x.
        htmx_integrity: Its digest.
        htmx_sse_url: Where they load its extension for server-sent events from, of the same version.
        htmx_sse_integrity: The digest of that.
        content_security_policy: The policy of generated pages, where the default is too strict
            for scripts and styles of your own.
        respond: `"patch"`: an event answers with what changed. `"ack"`: with 204, and the change
            arrives through `/live` alone. An event may say otherwise for itself.
        trusted_origins: Origins (`https://shop.example`) whose pages may post here although
            they are not this site.
        secret_key: Signs the session cookie. Without it an app does not start.
        old_secret_keys: Keys whose cookies are still accepted, while a new key is brought in.
        session_max_age: Seconds without a visit after which a session is over.
        live_keep_alive: Seconds between two signs of life on a live stream. As often, the
            stream compares what it sent with what is stored.
        live_streams: How many live streams one process keeps open.
        live_streams_per_session: How many of them may belong to one session.
        live_watches: How many entities one stream may watch.
        live_send_timeout: Seconds for which a browser may refuse to read before its stream is
            closed.
        max_upload: How many bytes the files of one form may have together.
        database_url: Where entities in SQL are kept: `sqlite:///app.db`, a file in the project, or
            `postgresql://user:password@host/database`.
        redis_url: Where entities in Redis or Valkey are kept: `redis://user:password@host:6379/0`.
        redis_prefix: What their keys begin with: apps that share a database have one each.
        cache_url: Where caches in Redis or Valkey are; by default, where `redis_url` is.
        cache_ttl: Seconds for which a cache keeps what it has read.
        browser_state_limit: How many characters a browser keeps of one entity, sealed.
        migrations: The folder of the project's migrations. Where it is known, the app does not
            start on a database that lacks one of them.
        project_root: The project's folder, which relative paths of the two before count from.
            Without one, or where it has no `pyproject.toml` or `starmodel.toml` since the app was
            installed, they count from the current folder.
        bus: What tells other processes of changes: `"redis"`, `"postgresql"`, `"sqlite"`, or nothing
            where there is one, `"process"`. `"auto"` goes by `bus_url`, else by where entities are
            kept.
        bus_url: Where that is: `redis://host:6379/0`, `postgresql://user:password@host/database`.
            By default it is where entities are kept.
        custom_store: What keeps entities of `StateStore.CUSTOM`: a store that a package brings, by its
            name, or one of your own by where it is (`"shop.stores:Store"`). `"auto"` goes by
            `custom_store_url`.
        custom_store_url: Where they are kept: `mongodb://host/shop`.
        memory: `"per process"`: several processes may serve the app although some entities are kept
            in memory, so that each process has its own.
        health: Whether `/_starmodel/live` and `/_starmodel/ready` tell load balancers and
            orchestrators how the process is.
        logs: `"json"`: the process logs one JSON object a line, with the id of the request.
        metrics: Whether `/_starmodel/metrics` has figures for Prometheus.
        traces: Whether each request and event is a span of OpenTelemetry.
        mcp: Patterns of the operations that are tools of the app's MCP server, at `/mcp`:
            `counter.*`. Without one there is no server.
        jsonrpc: The path at which all operations are asked for by JSON-RPC; without one they are
            not.
        websocket: Whether `/live` answers WebSockets as well.
        drain_timeout: Seconds that open streams and running events are given after SIGTERM.
    """

    ui: str = "default"
    frontend: str = "datastar"
    title: str = ""
    navigation: bool = True
    home: bool = True
    datastar_url: str = (
        "https://cdn.jsdelivr.net/gh/starfederation/datastar@1.0.1/bundles/datastar.js"
    )
    datastar_integrity: str | None = None
    htmx_url: str = "https://cdn.jsdelivr.net/npm/htmx.org@4.0.1/dist/htmx.min.js"
    htmx_integrity: str | None = None
    htmx_sse_url: str = "https://cdn.jsdelivr.net/npm/htmx.org@4.0.1/dist/ext/hx-sse.min.js"
    htmx_sse_integrity: str | None = None
    content_security_policy: str | None = None
    respond: Respond = "patch"
    trusted_origins: tuple[str, ...] = ()
    secret_key: str | None = None
    old_secret_keys: tuple[str, ...] = ()
    session_max_age: int = 14 * 24 * 3600
    live_keep_alive: float = 15.0
    live_streams: int = 20_000
    live_streams_per_session: int = 5_000
    live_watches: int = 64
    live_send_timeout: float = 30.0
    max_upload: int = 10_000_000
    database_url: str = "sqlite:///app.db"
    redis_url: str = "redis://127.0.0.1:6379/0"
    redis_prefix: str = "starmodel"
    cache_url: str | None = None
    cache_ttl: float = 300.0
    browser_state_limit: int = 32 * 1024
    migrations: str | None = None
    project_root: str | Path | None = None
    bus: str = "auto"
    bus_url: str | None = None
    custom_store: str = "auto"
    custom_store_url: str = ""
    memory: Memory = "one process"
    health: bool = True
    logs: Logs = "text"
    metrics: bool = False
    traces: bool = False
    mcp: tuple[str, ...] = ()
    jsonrpc: str | None = None
    websocket: bool = False
    drain_timeout: float = 8.0

    def __repr__(self) -> str:
        """Show the settings without the secrets."""
        shown = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)
            if "secret" not in field.name and field.name not in _WITH_PASSWORDS
        )
        return f"Settings({', '.join(shown)})"

    @classmethod
    def from_environment(
        cls, base: "Settings | None" = None, environment: Mapping[str, str] | None = None
    ) -> "Settings":
        """Return `base` with everything replaced that the environment names.

        An empty variable counts as not set.

        Raises:
            ConfigurationError: A variable's text does not fit its setting.
        """
        base = cls() if base is None else base
        environment = os.environ if environment is None else environment
        changes: dict[str, object] = {}
        for field in fields(cls):
            variable = f"STARMODEL_{field.name.upper()}"
            text = environment.get(variable, "").strip()
            if text:
                changes[field.name] = _value_of(variable, text, field.default)
        return replace(base, **changes) if changes else base  # type: ignore[arg-type]


_WITH_PASSWORDS = ("database_url", "redis_url", "bus_url", "custom_store_url", "cache_url")
_CHOICES = {
    "STARMODEL_RESPOND": get_args(Respond),
    "STARMODEL_MEMORY": get_args(Memory),
    "STARMODEL_LOGS": get_args(Logs),
}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _value_of(variable: str, text: str, default: object) -> object:
    """Read a variable's text as a value of the kind its setting has."""
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(default, bool):
        if text not in _BOOLEANS:
            raise ConfigurationError(f"{variable} must be true or false.")
        return _BOOLEANS[text]
    if isinstance(default, int | float):
        kind = type(default)
        try:
            number = kind(text)
        except ValueError:
            number = kind(0)
        if not 0 < number < float("inf"):
            raise ConfigurationError(f"{variable} must be a number greater than 0.")
        return number
    if variable in _CHOICES and text not in _CHOICES[variable]:
        raise ConfigurationError(f"{variable} must be {' or '.join(_CHOICES[variable])}.")
    return text
