"""Use cases: load, run, validate, save, publish. Knows the ports, and no adapter."""

from starmodel.application.authorization import authorize, is_allowed, may_read, needs_signing_in
from starmodel.application.bus import EventBus, Handler
from starmodel.application.copying import Removed, deep_copy, hydrate, removed_keys
from starmodel.application.definition import EntityDefinition, State
from starmodel.application.outcome import CommandResult, Snapshot
from starmodel.application.persistence import PersistenceManager
from starmodel.application.services import Services
from starmodel.application.store import EntityPersistenceBackend, Key, Stored, Write
from starmodel.application.unit_of_work.closing import aclosing
from starmodel.application.unit_of_work.hooks import refuse_value_errors
from starmodel.application.unit_of_work.unit_of_work import UnitOfWork

__all__ = [
    "CommandResult",
    "EntityDefinition",
    "EntityPersistenceBackend",
    "EventBus",
    "Handler",
    "Key",
    "PersistenceManager",
    "Removed",
    "Services",
    "Snapshot",
    "State",
    "Stored",
    "UnitOfWork",
    "Write",
    "aclosing",
    "authorize",
    "deep_copy",
    "hydrate",
    "is_allowed",
    "may_read",
    "needs_signing_in",
    "refuse_value_errors",
    "removed_keys",
]
