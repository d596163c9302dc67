"""The parts of an app: those it was given, and a default for every other."""

import copy
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, cast
from urllib.parse import urlsplit

from pydantic_core import to_json

from starmodel.application import (
    EntityDefinition,
    EntityPersistenceBackend,
    EventBus,
    PersistenceManager,
    Services,
    UnitOfWork,
)
from starmodel.application.caching.cached_reads import CachedReads
from starmodel.application.caching.entity_cache import EntityCache
from starmodel.bus.bus_choice import choose_bus
from starmodel.domain import Actor, Entity, StateStore
from starmodel.errors import ConfigurationError
from starmodel.plugins import BUILT_IN, check_library, make_plugin
from starmodel.settings import Settings
from starmodel.stores.memory import MemoryRepo
from starmodel.ui.components.fields import in_words
from starmodel.ui.components.pages import List, Navigation, NavigationItem, Record
from starmodel.ui.frontend import EventResponseFormatter, Frontend
from starmodel.web.app.event_forms import event_forms
from starmodel.web.app.home_page import default_title, home_entries
from starmodel.web.app.visit import ShownEntities
from starmodel.web.datastar.formatter import REQUEST_HEADER, DatastarFormatter
from starmodel.web.http.formatters import JsonFormatter, PrefixedFormatter
from starmodel.web.http.prefix import prefix_of
from starmodel.web.http.request_limits import MAX_STRING
from starmodel.web.http.response import VARY, Headers
from starmodel.web.http.session import SessionIdentity, SignedSession
from starmodel.web.live.change_counter import ChangeCounter
from starmodel.web.routing.request import Request, ResponseFrame
from starmodel.web.routing.resource import Resource
from starmodel.workers import worker_count

if TYPE_CHECKING:
    from starmodel.application.queries.filter_set import FilterSet
    from starmodel.ui.kit import UIAdapter
    from starmodel.ui.rendering.renderer import Renderer

logger = logging.getLogger("starmodel.web")

Identify: TypeAlias = Callable[[Request], Actor | Awaitable[Actor]]
"""Says who sent a request; an ordinary function or an async one."""


class AppOptions(TypedDict, total=False):
    """The parts of an app that can be replaced, each by a keyword argument.

    Keys:
        stores: Stores by `StateStore`, or by the name of an entity.
        bus: Is told of every commit.
        unit_of_work: Makes the unit of work for one event, from the services and the actor.
        formatter: Writes the answers that pages read.
        session: Tells browsers apart.
        clock: Seconds since 1970.
        ui: The kit: how pages look.
        navigation: The way from page to page; without it, there is a link to each list, and to
            each page that needs no id.
        identify: Says who sent a request; without it everybody is anonymous.
    """

    stores: Mapping[StateStore | str, EntityPersistenceBackend]
    bus: EventBus
    unit_of_work: Callable[[Services, Actor], UnitOfWork]
    formatter: EventResponseFormatter
    session: SessionIdentity
    clock: Callable[[], float]
    ui: "UIAdapter"
    navigation: Navigation
    identify: Identify


_PREFIXES = 256
_PROJECT_FILES = ("pyproject.toml", "starmodel.toml")
"""For how many prefixes parts are kept."""


class AppState:
    """What handlers work with; one for an app.

    Attributes:
        settings: The settings, those of the environment included.
        services: Stores, bus and unit of work.
        request_header: The header by which requests of the front end say so.
        formatter: Writes the answers that pages read.
        json_formatter: Writes the live streams that programs read.
        event_headers: The headers of answers that pages read.
        response_frames: What is the same in all answers of a route to a page.
        entries: The pages that need no id, as the home page shows them.
        event_forms: Shows the page of a record again, with the form of an event that did not fit.
        pages: The components of the pages that routes answer with.
        identify: Says who sent a request; `None` where everybody is anonymous.
        known_session: Tells browsers apart, once `session` was asked for.
        changes: Where the changes of records that are listed stand.
        entities: The classes of the app's entities.
        resources: The entities with their routes, by class.
        queries: What can be asked of each entity that is listed, by its name.
        prefix: What every address of the app begins with, where it is served below a path.
    """

    __slots__ = (
        "_above",
        "_below",
        "_clock",
        "_frontend",
        "_kit",
        "_navigation",
        "_page_headers",
        "_renderer",
        "_title",
        "changes",
        "components",
        "entities",
        "entries",
        "event_forms",
        "event_headers",
        "formatter",
        "identify",
        "json_formatter",
        "known_session",
        "pages",
        "prefix",
        "queries",
        "request_header",
        "resources",
        "response_frames",
        "services",
        "settings",
    )

    def __init__(
        self, resources: Iterable[Resource], settings: Settings, options: AppOptions
    ) -> None:
        resources = tuple(resources)
        clock = options.get("clock", time.time)
        stores: dict[StateStore | str, EntityPersistenceBackend] = {**options.get("stores", {})}
        if StateStore.SERVER_MEMORY not in stores:
            stores[StateStore.SERVER_MEMORY] = (
                MemoryRepo(clock=clock) if "clock" in options else MemoryRepo()
            )
        kept = [
            resource.table
            for resource in resources
            if resource.table is not None and resource.definition.name not in stores
        ]
        if kept and StateStore.SERVER_SQL not in stores:
            stores[StateStore.SERVER_SQL] = _sql_store(settings, kept, clock)
        documents = [
            resource.document
            for resource in resources
            if resource.document is not None and resource.definition.name not in stores
        ]
        for place, make in (
            (StateStore.SERVER_REDIS, _redis_store),
            (StateStore.CUSTOM, _custom_store),
        ):
            own = [each for each in documents if each.definition.store is place]
            store = make(settings, own) if own and place not in stores else None
            if store is not None:
                stores[place] = store
        in_browser = [each for each in documents if each.definition.is_in_browser]
        self.settings = settings
        if in_browser:
            backend = _browser_store(settings, in_browser, self.secret_keys, clock)
            stores = {StateStore.CLIENT_SESSION: backend, StateStore.CLIENT_LOCAL: backend} | stores
        persistence = PersistenceManager(stores)
        urls = [backend.bus_url for backend in persistence.backends]
        self.services = Services(
            persistence,
            _bus(options) or choose_bus(settings, urls, self.secret_keys, _project_root(settings)),
            definitions=[resource.definition for resource in resources],
            clock=clock,
            unit_of_work=options.get("unit_of_work", UnitOfWork),
            searchable=self._searchable,
            cached_reads=_cached_reads(settings, resources),
        )
        self._frontend: Frontend | None = None
        if settings.frontend != "datastar":
            self._frontend = make_plugin(Frontend, "starmodel.frontends", settings.frontend)
        self.formatter: EventResponseFormatter = options.get("formatter") or (
            DatastarFormatter() if self._frontend is None else self._frontend.formatter
        )
        self.event_headers = self.formatter.headers
        self.json_formatter: EventResponseFormatter = JsonFormatter()
        self.request_header = (
            REQUEST_HEADER if self._frontend is None else self._frontend.request_header
        )
        frame = self.formatter.frame
        self.response_frames = {
            route: ResponseFrame(
                b"" if frame is None else frame[0] + route.signals_before,
                b"" if frame is None else route.signals_after + frame[1],
                b"" if frame is None else _with_message(route.signals_after, route.done) + frame[1],
                # What a browser keeps comes with the answer, and by no stream.
                is_acknowledgement=(route.respond or settings.respond) == "ack"
                and not resource.definition.is_in_browser,
            )
            for resource in resources
            for route in resource.routes
        }
        self.components = {
            name: resource.page
            for resource in resources
            if resource.page is not None
            for name in (resource.definition.namespace, resource.definition.name)
        }
        self.event_forms = {
            route: form_again
            for resource in resources
            for route, form_again in event_forms(resource).items()
        }
        self._kit = options.get("ui")
        self._navigation = options.get("navigation")
        self._renderer: Renderer | None = None
        self.pages = tuple(
            [route.page for resource in resources for route in resource.routes if route.page]
        )
        self.entries = home_entries(resources)
        self._title = settings.title or default_title(resources)
        self.identify: Identify | None = options.get("identify")
        self._page_headers: Headers | None = None
        self.changes = ChangeCounter(resources)
        self.resources: Mapping[type[Entity], Any] = {
            resource.definition.cls: resource for resource in resources
        }
        self.queries: Mapping[str, Any] = {
            resource.definition.name: resource.queries
            for resource in resources
            if resource.queries is not None
        }
        self.entities = tuple(self.resources)
        self._clock = clock
        self.known_session: SessionIdentity | None = options.get("session")
        self.prefix = ""
        self._above: AppState | None = None
        self._below: dict[str, AppState] = {}

    def below(self, root_path: str) -> "AppState":
        """Return the same parts for requests below an ASGI `root_path`.

        Their pages, answers and cookies stay below it; everything else is shared.
        """
        parts = self._below.get(root_path)
        if parts is None:
            prefix = prefix_of(root_path)
            parts = self
            if prefix:
                parts = copy.copy(self)
                parts.prefix = prefix
                parts.formatter = PrefixedFormatter(self.formatter, prefix)
                parts.json_formatter = PrefixedFormatter(self.json_formatter, prefix)
                parts._above, parts.known_session = self, None
            if len(self._below) >= _PREFIXES:
                # A `Mount` may have a placeholder, and be asked for anything.
                del self._below[next(iter(self._below))]
            self._below[root_path] = parts
        return parts

    @property
    def page_headers(self) -> Headers:
        """The headers of generated pages; the list is shared and never changed."""
        if self._page_headers is None:
            renderer = self.renderer
            self._page_headers = page_headers(
                self.settings, renderer.frontend, renderer.kit.content_sources
            )
        return self._page_headers

    @property
    def renderer(self) -> "Renderer":
        """Renders components; made when the first page is asked for.

        Raises:
            ConfigurationError: The kit or the front end that the settings name is not there.
        """
        if self._above is not None:
            return self._above.renderer
        if self._renderer is None:
            # What only makes pages takes a moment to be imported, and many processes need none.
            from starmodel.ui.rendering.renderer import Renderer

            kit = self._made_kit()
            frontend = self._frontend
            if frontend is None:
                frontend = make_plugin(Frontend, "starmodel.frontends", self.settings.frontend)
            lists = {page.entity.name: page for page in self.pages if isinstance(page, List)}
            self._renderer = Renderer(
                kit, frontend, self.settings, self._navigation_of_pages(), lists, self.entries
            )
        return self._renderer

    def check_kit(self) -> None:
        """See to it that the kit which the settings name is there.

        One that comes with StarModel is made for the first page; of what it needs is seen that it is
        installed.

        Raises:
            ConfigurationError: It is not, or it cannot be made.
        """
        if self._kit is not None:
            return
        if self.settings.ui in BUILT_IN["starmodel.kits"]:
            check_library(self.settings.ui)
        else:
            self._kit = self._made_kit()

    def _made_kit(self) -> "UIAdapter":
        if self._kit is not None:
            return self._kit
        from starmodel.ui.kit import UIAdapter

        return make_plugin(UIAdapter, "starmodel.kits", self.settings.ui)

    def _searchable(self, definition: EntityDefinition[Any]) -> "FilterSet[Any] | None":
        """Return what an event can find records by: the filters of lists, and private fields."""
        resource = self.resources.get(definition.cls)
        if resource is None or resource.queries is None:
            return None
        # Entities in SQL alone can be searched.
        from starmodel.application.queries.filter_set import FilterSet

        fields = {**resource.table.search_fields(), **resource.queries.fields}
        # What an event has changed cannot be held against what stands in other records.
        own = {name: field for name, field in fields.items() if not field.is_related}
        order = [name for name in resource.queries.order_by if name.removeprefix("-") in own]
        return FilterSet(definition, order, **own)

    def _navigation_of_pages(self) -> Navigation:
        navigation = self._navigation
        if navigation is None:
            if not self.settings.navigation:
                return Navigation()
            navigation = Navigation()
        items = navigation.items
        if not items and self.settings.navigation:
            items = [NavigationItem(entry.title, entry.href) for entry in self.entries]
        return replace(navigation, title=navigation.title or self._title, items=tuple(items))

    def embed(self, component: object, subject: object) -> str:
        """Return a component as it stands in other markup that this app makes."""
        return ShownEntities(self).embed(component, subject)

    def note(self, component: object, subject: object) -> None:
        """Do nothing: what is made here is no page."""

    def fragments(self, resource: Resource) -> Mapping[str, Callable[[Any], str]]:
        """Return the markup that is sent anew when a field of an entity changes, by field."""
        return {} if resource.page is None else self.renderer.fragments(resource.page)

    def title_of(self, name: str) -> str:
        """Return what one record of an entity is called: `Order line`."""
        component = self.components.get(name)
        return in_words(name) if component is None else component.title

    @property
    def has_home(self) -> bool:
        """Whether there is something at `/`: a home page, or the app's one page."""
        return self.settings.home and bool(self.entries)

    def component_of(self, name: str) -> Record | None:
        """Return the component of one record of an entity, by its name or namespace."""
        return self.components.get(name)

    @property
    def session(self) -> SessionIdentity:
        """Tells browsers apart.

        Raises:
            ConfigurationError: There is no secret key to sign sessions with.
        """
        if self.known_session is None and self._above is not None:
            self.known_session = self._above.session.below(self.prefix)
        if self.known_session is None:
            keys = self.secret_keys()
            if not keys:
                raise ConfigurationError(
                    "There is no secret key to sign sessions with. Set STARMODEL_SECRET_KEY to a"
                    " long random text that stays the same, such as one made by `python -c"
                    ' "import secrets; print(secrets.token_urlsafe(32))"`. While you develop,'
                    " `starmodel run` makes one."
                )
            self.known_session = SignedSession(
                keys, max_age=self.settings.session_max_age, clock=self._clock
            )
        return self.known_session

    def secret_keys(self) -> list[str]:
        """Return the old secret keys and the one to sign with, or none where there is none."""
        # The key may have come into the environment after the app was made.
        settings = Settings.from_environment(self.settings)
        return [*settings.old_secret_keys, settings.secret_key] if settings.secret_key else []

    def check_memory(self) -> None:
        """See to it that no entity is kept in the memory of one of several processes, nor in a cache
        there that is told nothing of the others.

        Raises:
            ConfigurationError: Some are, and nobody has said that this is meant.
        """
        settings = self.settings
        if settings.memory == "per process":
            return
        backend_for = self.services.persistence.backend_for
        definitions = [resource.definition for resource in self.resources.values()]
        names = [each.cls.__name__ for each in definitions if not backend_for(each).is_shared]
        cached = [each.cls.__name__ for each in definitions if each.cache == "memory"]
        workers = worker_count()
        if workers > 1 and cached and not self.services.bus.is_shared:
            raise ConfigurationError(
                f"{workers} processes serve this app, and each would keep its own {', '.join(cached)} in"
                " a cache in memory that hears nothing of what the others change: the bus is the"
                " process itself. Take a bus that all of them share (STARMODEL_BUS_URL), or"
                ' cache="redis", or start one process. Where old values may be shown until'
                ' STARMODEL_CACHE_TTL is over, say so: memory = "per process", or'
                ' STARMODEL_MEMORY="per process".'
            )
        is_shown = not all(each.is_in_browser for each in definitions)
        if workers > 1 and not names and is_shown and not self.services.bus.is_shared:
            logger.warning(
                "%d processes serve this app, and the bus is the process itself: what one of them"
                " changes, pages of the others show late. Say where a bus is that all of them share,"
                " by STARMODEL_BUS_URL.",
                workers,
            )
        if not names or (
            workers == 1 and settings.bus in ("auto", "process") and not settings.bus_url
        ):
            return
        several = f"{workers} processes serve" if workers > 1 else "Several processes may serve"
        raise ConfigurationError(
            f"{several} this app, and each would keep its own {', '.join(names)} in memory: a browser"
            " would see another one with each request. Keep what all of them share in"
            " StateStore.SERVER_SQL or SERVER_REDIS, or start one process. Where each process is meant to have its"
            ' own, say so: memory = "per process", or STARMODEL_MEMORY="per process".'
        )


def _with_message(signals: bytes, text: str) -> bytes:
    """Put a message to what comes after the changed fields of an answer."""
    return b'%b,"_message":%b}' % (signals.removesuffix(b"}"), to_json(text)) if text else signals


def _bus(options: AppOptions) -> EventBus | None:
    """Return the bus that was given.

    Raises:
        ConfigurationError: It is none.
    """
    bus = cast("object", options.get("bus"))
    if bus is not None and not isinstance(bus, EventBus):
        raise ConfigurationError(
            f"The bus is a {type(bus).__name__}, which does not inherit from EventBus: `bus` names an"
            " EventBus, or a function or class that makes one of no arguments."
        )
    return bus


def _sql_store(
    settings: Settings, tables: Iterable[Any], clock: Callable[[], float]
) -> EntityPersistenceBackend:
    # An app without entities in SQL imports nothing of it.
    from starmodel.stores.sql.backend import SQLModelBackend

    return SQLModelBackend(
        settings.database_url,
        tables,
        root=_project_root(settings),
        migrations=settings.migrations,
        clock=clock,
    )


def _redis_store(settings: Settings, documents: Sequence[Any]) -> EntityPersistenceBackend:
    # An app without entities in Redis imports nothing of it.
    from starmodel.stores.redis.redis_backend import RedisBackend

    return RedisBackend(settings.redis_url, documents, prefix=settings.redis_prefix)


def _custom_store(settings: Settings, documents: Sequence[Any]) -> EntityPersistenceBackend | None:
    """Return the store that the settings name; `None` where they name none."""
    name, url = settings.custom_store, settings.custom_store_url
    if name == "auto":
        name = url.partition(":")[0]
    return (
        make_plugin(EntityPersistenceBackend, "starmodel.stores", name, url, documents)
        if name
        else None
    )


def _cached_reads(settings: Settings, resources: Iterable[Resource]) -> CachedReads | None:
    """Return the caches that entities have; `None` where none has any."""
    cached = {each.definition.name: each for each in resources if each.definition.cache}
    if not cached:
        return None
    caches: dict[str, EntityCache] = {}
    in_redis = [each.document for each in cached.values() if each.definition.cache == "redis"]
    if in_redis:
        from starmodel.stores.redis.redis_cache import RedisCache

        url, prefix = settings.cache_url or settings.redis_url, settings.redis_prefix
        redis = RedisCache(url, in_redis, settings.cache_ttl, prefix=prefix)
        caches = {each.definition.name: redis for each in in_redis}
    if len(in_redis) < len(cached):
        from starmodel.stores.memory_cache import MemoryCache

        caches = dict.fromkeys(cached, MemoryCache(settings.cache_ttl)) | caches
    scopes = {name: each.definition.scope_name for name, each in cached.items()}
    return CachedReads(caches, scopes)


def _browser_store(
    settings: Settings,
    documents: Iterable[Any],
    secret_keys: Callable[[], Sequence[str]],
    clock: Callable[[], float],
) -> EntityPersistenceBackend:
    # An app without entities in browsers imports nothing of it.
    from starmodel.stores.browser import BrowserBackend

    limit = settings.browser_state_limit
    if limit > MAX_STRING:
        raise ConfigurationError(
            f"STARMODEL_BROWSER_STATE_LIMIT is {limit:,}, and a text in a request may have"
            f" {MAX_STRING:,} characters at most."
        )
    return BrowserBackend(documents, secret_keys, limit=limit, clock=clock)


def _project_root(settings: Settings) -> Path | None:
    """Return the project's folder; `None` where the app is installed apart from it, as a wheel is."""
    if settings.project_root is None:
        return None
    root = Path(settings.project_root)
    return root if any((root / name).exists() for name in _PROJECT_FILES) else None


def page_headers(
    settings: Settings,
    frontend: Frontend,
    sources: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Headers:
    """Return the headers of generated pages; `sources` are a kit's, by directive.

    Scripts come from this site and from the addresses of the front end's, and none is written
    into the page.
    """
    scripts = "".join([_source(url) for url in frontend.script_sources(settings)])
    if frontend.needs_eval:
        scripts += " 'unsafe-eval'"
    directives = {
        "default-src": "'none'",
        "script-src": f"'self'{scripts}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
    }
    for name, urls in sources.items():
        directives[name] = directives.get(name, "'self'") + "".join([_source(url) for url in urls])
    policy = settings.content_security_policy or "; ".join(
        [f"{name} {allowed}" for name, allowed in directives.items()]
    )
    return [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"cache-control", b"private, no-cache"),
        VARY,
        (b"content-security-policy", policy.encode("ascii")),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]


def _source(url: str) -> str:
    """Write an address for a policy; nothing for one of this site."""
    address = urlsplit(url)
    if not address.netloc:
        return ""
    path = address.path.replace(";", "%3B").replace(",", "%2C")
    return f" {address.scheme or 'https'}://{address.netloc}{path}"
