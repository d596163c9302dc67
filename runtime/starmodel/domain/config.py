"""What `model_config` of an entity may say."""

from enum import Enum

from pydantic import ConfigDict

from starmodel.domain.access import Access, Policy


class StateStore(Enum):
    """Where the instances of an entity are kept."""

    SERVER_MEMORY = "server_memory"
    """In this process; gone when it ends."""

    SERVER_SQL = "server_sql"
    """In an SQL database."""

    SERVER_REDIS = "server_redis"
    """In Redis."""

    CLIENT_SESSION = "client_session"
    """In the browser, until its tab is closed."""

    CLIENT_LOCAL = "client_local"
    """In the browser, for good."""

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

    namespace: str
    """The name of its signals on a page; the class name in snake case if nothing is said."""

    access: Access | Policy
    """Who may read it and call its events, where that is not its holder alone."""

    page: bool | str
    """`True` for the generated page, `False` for none, `"module:function"` for one's own."""
