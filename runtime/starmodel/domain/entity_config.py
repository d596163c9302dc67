"""What `model_config` of an entity may say."""

from enum import Enum
from typing import Literal, TypeAlias

from pydantic import ConfigDict

from starmodel.domain.access import Access, Policy
from starmodel.domain.event import Respond

CacheName: TypeAlias = Literal["memory", "redis"]
"""What answers reads in front of a store: the memory of each process, or a Redis that all share."""

Crud: TypeAlias = Literal["create", "update", "delete"]


class StateStore(Enum):
    """Where the instances of an entity are kept."""

    SERVER_MEMORY = "server_memory"
    """In this process; gone when it ends."""

    SERVER_SQL = "server_sql"
    """In an SQL database."""

    SERVER_REDIS = "server_redis"
    """In Redis."""

    CLIENT_SESSION = "client_session"
    """In the browser, sealed, until its tab is closed."""

    CLIENT_LOCAL = "client_local"
    """In the browser, sealed, for all its tabs, as long as its session lasts."""

    CUSTOM = "custom"
    """In a store of the author's own, given to `create_app(stores=...)`."""


class Scope(Enum):
    """How many instances of an entity there are, and whose they are."""

    SESSION = "session"
    """One for each browser session."""

    USER = "user"
    """One for each authenticated actor."""

    GLOBAL = "global"
    """One for all."""

    RECORD = "record"
    """Many, each addressed by its id."""


class EntityConfig(ConfigDict, total=False):
    """What an entity's `model_config` may hold, besides all that pydantic knows.

    A plain dict with the same keys does as well.
    """

    store: StateStore
    """Where instances are kept; `StateStore.SERVER_MEMORY` if nothing is said."""

    scope: Scope
    """Whose they are; `Scope.SESSION` if nothing is said, `Scope.RECORD` for SQL."""

    ttl: float
    """Seconds after its last save when an instance is forgotten; never, if nothing is said."""

    cache: CacheName
    """What answers reads of it, in SQL: `"memory"`, `"redis"`; nothing, if nothing is said."""

    namespace: str
    """The name of its signals on a page; the class name in snake case if nothing is said."""

    access: Access | Policy
    """Who may read it and call its events, where that is not its holder alone."""

    page: bool | str
    """`True` for the generated page, `False` for none, `"module:function"` for one's own."""

    respond: Respond
    """How its events are answered that say nothing themselves; `"patch"` if nothing is said."""

    crud: bool | set[Crud]
    """Which events are generated besides the author's, in SQL: `True` for all, or some of them."""

    indexes: list[tuple[str, ...]] | dict[str, tuple[str, ...]]
    """Indexes over several fields, in SQL, or a dict of them by their names in the database.

    For a single field there is `Field(index=True)`.
    """

    unique: list[tuple[str, ...]] | dict[str, tuple[str, ...]]
    """Fields that no two records may have the same values of together, in SQL; as `indexes`."""

    label: str
    """The field, or computed field, that a record is called by; a telling one if nothing is said."""

    order_by: str | list[str]
    """What a list of records is sorted by where nobody says, in SQL: `"-price,name"`."""

    lookups: list[str]
    """What a list is searched and sorted by besides its own fields, in SQL: a field of a record that
    one refers to, `"customer__name"`, or how many refer to it, `"lines__count"`."""

    renamed_from: str
    """What the class was called before, so that a migration keeps its table, in SQL."""

    db_name: str
    """What its table is called, in SQL; the class name in snake case if nothing is said."""
