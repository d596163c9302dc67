"""StarModel: write an entity once; get the API and the live pages, as code you can read.

This package is the runtime. Entities and generated code import it; it imports neither the
generator nor any web framework. What is named here is the authoring language and the parts
that an app may replace; adapters live in `starmodel.stores`, `starmodel.bus` and
`starmodel.web`.
"""

from typing import TYPE_CHECKING

from starmodel._version import __version__
from starmodel.application import (
    EntityPersistenceBackend,
    EventBus,
    PersistenceManager,
    UnitOfWork,
)
from starmodel.bus.in_process import InProcessBus
from starmodel.domain import (
    ANONYMOUS,
    Access,
    Actor,
    BaseTable,
    CommandRecord,
    Entity,
    EntityConfig,
    Field,
    Many,
    Ref,
    Refused,
    Scope,
    StateStore,
    event,
)
from starmodel.stores.memory import MemoryRepo

if TYPE_CHECKING:
    from starmodel.stores.sql.backend import SQLModelBackend
    from starmodel.web.http.request import Request

__all__ = [
    "ANONYMOUS",
    "Access",
    "Actor",
    "BaseTable",
    "CommandRecord",
    "Entity",
    "EntityConfig",
    "EntityPersistenceBackend",
    "EventBus",
    "Field",
    "InProcessBus",
    "Many",
    "MemoryRepo",
    "PersistenceManager",
    "Ref",
    "Refused",
    "Request",
    "SQLModelBackend",
    "Scope",
    "StateStore",
    "UnitOfWork",
    "__version__",
    "event",
]


def __getattr__(name: str) -> object:
    """Load what entities alone do not need when it is first asked for."""
    if name == "Request":
        from starmodel.web.http.request import Request

        return Request
    if name == "SQLModelBackend":
        from starmodel.stores.sql.backend import SQLModelBackend

        return SQLModelBackend
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
