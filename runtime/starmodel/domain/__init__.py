"""The authoring language and the facts it leads to: plain values, no I/O, no adapters."""

from starmodel.domain.access import ANONYMOUS, Access, Actor, Policy
from starmodel.domain.command_record import CommandRecord
from starmodel.domain.entity import Entity
from starmodel.domain.entity_config import CacheName, EntityConfig, Scope, StateStore
from starmodel.domain.event import event
from starmodel.domain.field import Field
from starmodel.domain.fragment import Fragment, render_fragment
from starmodel.domain.given_values import UNSET, Or, UnsetType, check_fields, drop_unset, without
from starmodel.domain.ids import new_id
from starmodel.domain.relation import Many, One, Ref
from starmodel.domain.table_mark import BaseTable
from starmodel.errors import Refused

__all__ = [
    "ANONYMOUS",
    "UNSET",
    "Access",
    "Actor",
    "BaseTable",
    "CacheName",
    "CommandRecord",
    "Entity",
    "EntityConfig",
    "Field",
    "Fragment",
    "Many",
    "One",
    "Or",
    "Policy",
    "Ref",
    "Refused",
    "Scope",
    "StateStore",
    "UnsetType",
    "check_fields",
    "drop_unset",
    "event",
    "new_id",
    "render_fragment",
    "without",
]
