"""The plan is a table: a row for each kind of file, and when there is one.

A new kind of output is a row here, a view and a template in `emission`, and a golden case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from starmodel_generator.planning.artifact import Artifact
from starmodel_generator.planning.output_settings import EmissionSettings
from starmodel_schemas import AppSchema, EntitySchema


def _always(_: EntitySchema) -> bool:
    return True


def _has_events(entity: EntitySchema) -> bool:
    return bool(entity.events)


def _takes_fields(entity: EntitySchema) -> bool:
    """Return whether `create` or `update` takes a field; an update takes the version besides."""
    least = {"create": 1, "update": 2}
    return any(
        event.crud in least and len(event.parameters) >= least[event.crud]
        for event in entity.events
    )


def _has_page(entity: EntitySchema) -> bool:
    return entity.page != "host"


def _has_pages(entity: EntitySchema) -> bool:
    """Return whether there are components: for a page of the author's, the forms of his events."""
    return _has_page(entity) or any(event.crud is None for event in entity.events)


def is_in_sql(entity: EntitySchema) -> bool:
    """Return whether an entity is kept in a table."""
    return entity.store == "SERVER_SQL"


def is_document(entity: EntitySchema) -> bool:
    """Return whether an entity is kept as JSON by its store or its cache, or may be."""
    in_store = entity.store in ("SERVER_REDIS", "CUSTOM") or entity.is_in_browser
    return in_store or entity.cache == "redis"


def has_queries(entity: EntitySchema) -> bool:
    """Return whether there are many such records to look among: those in a database."""
    return is_in_sql(entity) and entity.scope == "RECORD"


def has_list(entity: EntitySchema) -> bool:
    """Return whether there are pages to list, make and edit such records."""
    return has_queries(entity) and _has_page(entity)


@dataclass(frozen=True, slots=True)
class EntityRow:
    """A file that entities have, those for which `condition` holds."""

    kind: str
    path: str
    condition: Callable[[EntitySchema], bool] = _always


@dataclass(frozen=True, slots=True)
class AppRow:
    """A file that the app has once.

    If `condition` is given, it has to hold for one of its entities; if `setting` is, for the
    configuration.
    """

    kind: str
    path: str
    condition: Callable[[EntitySchema], bool] | None = None
    setting: Callable[[EmissionSettings], bool] | None = None


ENTITY_FILES = (
    EntityRow("package", "{output}/{entity}/__init__.py"),
    EntityRow("state", "{output}/{entity}/state.py"),
    EntityRow("table", "{output}/{entity}/table.py", is_in_sql),
    EntityRow("document", "{output}/{entity}/document.py", is_document),
    EntityRow("rows", "{output}/{entity}/rows.py", is_in_sql),
    EntityRow("filters", "{output}/{entity}/filters.py", has_queries),
    EntityRow("queries", "{output}/{entity}/queries.py", has_queries),
    EntityRow("commands", "{output}/{entity}/commands.py", _has_events),
    EntityRow("routes", "{output}/{entity}/routes.py"),
    EntityRow("bindings", "{output}/{entity}/bindings.py"),
    EntityRow("pages", "{output}/{entity}/pages.py", _has_pages),
    EntityRow("client", "{client}/{entity}.py"),
    EntityRow("client_fields", "{client}/{entity}_fields.py", _takes_fields),
    EntityRow("client_filters", "{client}/{entity}_filters.py", has_queries),
)
"""What every entity gets; in this order the files of one entity are rendered."""

APP_FILES = (
    AppRow("app_package", "{output}/__init__.py"),
    AppRow("app", "{output}/app.py"),
    AppRow("operations", "{output}/operations.py", setting=attrgetter("has_operations")),
    AppRow("client_package", "{client}/__init__.py"),
    AppRow("client_transport", "{client}/transport.py"),
    AppRow("client_where", "{client}/where.py", has_queries),
    AppRow("schema", "{output}/schema.json"),
)
"""What the app gets once."""


def plan(app: AppSchema, settings: EmissionSettings) -> tuple[Artifact, ...]:
    """List every file that is generated for the app, entity by entity, then the app's own."""
    folders = {"output": settings.output, "client": settings.client_output}
    return (
        *(
            Artifact(
                kind=row.kind,
                path=row.path.format(entity=entity.snake_name, **folders),
                source=entity.source,
                entity=entity.qualified_name,
            )
            for entity in app.entities
            for row in ENTITY_FILES
            if row.condition(entity)
        ),
        *(
            Artifact(kind=row.kind, path=row.path.format(**folders), source=settings.configuration)
            for row in APP_FILES
            if row.condition is None or any(map(row.condition, app.entities))
            if row.setting is None or row.setting(settings)
        ),
    )
