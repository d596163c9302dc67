"""StarModel: write an entity once; get the API and the live pages, as code you can read.

This package is the runtime. Entities and generated code import it; it imports neither the
generator nor any web framework. What `__all__` names is the authoring language and the parts
that an app may replace; adapters live in `starmodel.stores`, `starmodel.bus` and
`starmodel.web`. Everything else is here for generated code, which imports this package as `sm`.
"""

from typing import TYPE_CHECKING

from starmodel._version import __version__
from starmodel.application import (
    EntityDefinition as EntityDefinition,
    EntityPersistenceBackend,
    EventBus,
    CommandResult as CommandResult,
    PersistenceManager,
    Services as Services,
    State as State,
    UnitOfWork,
    aclosing as aclosing,
    authorize as authorize,
    refuse_value_errors as refuse_value_errors,
)
from starmodel.bus.in_process import InProcessBus
from starmodel.deferred import deferred
from starmodel.domain import (
    ANONYMOUS,
    UNSET as UNSET,
    Access,
    Actor,
    BaseTable,
    CommandRecord,
    Entity,
    EntityConfig,
    Field,
    Fragment as Fragment,
    Many,
    One,
    Or as Or,
    UnsetType as UnsetType,
    Ref,
    Refused,
    Scope,
    StateStore,
    event,
    check_fields as check_fields,
    render_fragment as render_fragment,
    without as without,
)
from starmodel.errors import StaleVersion as StaleVersion
from starmodel.stores.memory import MemoryRepo

if TYPE_CHECKING:
    from starmodel.application.json_projection import (
        json_value as json_value,
        serialized as serialized,
    )
    from starmodel.application.protected_values import (
        Writable as Writable,
        WritableParts as WritableParts,
    )
    from starmodel.application.queries.filter_set import (
        ColumnFilterSet as ColumnFilterSet,
        Paging as Paging,
        FilterSet as FilterSet,
    )
    from starmodel.application.queries.find import (
        QueryPage as QueryPage,
        find as find,
        find_related as find_related,
    )
    from starmodel.stores.sql.backend import SQLModelBackend
    from starmodel.ui.names import (
        EntityNames as EntityNames,
        Expression as Expression,
        Parameter as Parameter,
        Signal as Signal,
    )
    from starmodel.web.datastar.actions import (
        Action as Action,
        error_signals as error_signals,
        live_action as live_action,
    )
    from starmodel.web.datastar.attributes import encode_data as encode_data
    from starmodel.web.routing.request import Request

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
    "One",
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


# What entities alone do not need, by module: it is imported when it is first asked for.
__getattr__ = deferred(
    globals(),
    {
        "starmodel.application.json_projection": ("json_value", "serialized"),
        "starmodel.application.protected_values": ("Writable", "WritableParts"),
        "starmodel.application.queries.filter_set": ("ColumnFilterSet", "FilterSet", "Paging"),
        "starmodel.application.queries.find": ("QueryPage", "find", "find_related"),
        "starmodel.stores.sql.backend": ("SQLModelBackend",),
        "starmodel.ui.names": ("EntityNames", "Expression", "Parameter", "Signal"),
        "starmodel.web.datastar.actions": ("Action", "error_signals", "live_action"),
        "starmodel.web.datastar.attributes": ("encode_data",),
        "starmodel.web.routing.request": ("Request",),
    },
)
