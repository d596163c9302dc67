"""Ask whether somebody may, and refuse."""

import logging
from typing import Any

from starmodel.application.definition import EntityDefinition
from starmodel.domain import Access, Actor, Entity, Policy
from starmodel.errors import Forbidden, Unauthenticated

logger = logging.getLogger("starmodel.access")


def is_allowed(access: Access | Policy | None, actor: Actor, entity: Entity) -> bool:
    """Return whether the actor may reach the entity.

    `None` means its holder alone. Nobody else has the key that leads to it, so whoever has
    come this far is the holder.
    """
    if access is None or access is Access.PUBLIC:
        return True
    if access is Access.AUTHENTICATED:
        return actor.is_authenticated
    return access(actor, entity)


def needs_signing_in(access: Access | Policy | None, actor: Actor) -> bool:
    """Return whether the actor may reach no entity of a kind, whichever it is, as he is nobody."""
    return access is Access.AUTHENTICATED and not actor.is_authenticated


def may_read(definition: EntityDefinition[Any], actor: Actor, entity: Entity) -> bool:
    """Return whether the actor may read a record; a policy that fails says no, and it is logged."""
    return may_do(definition, definition.access, actor, entity)


def may_do(
    definition: EntityDefinition[Any],
    access: Access | Policy | None,
    actor: Actor,
    entity: Entity,
) -> bool:
    """Return whether the actor may do something with a record; a policy that fails says no.

    If it were an error instead, whoever asks could tell a record that is there from one that is
    not.
    """
    try:
        return is_allowed(access, actor, entity)
    except Exception:
        logger.exception("A policy of %s failed", definition.name)
        return False


def authorize(actor: Actor, allowed: bool) -> None:
    """Go on if it is allowed.

    Raises:
        Unauthenticated: It is not, and nobody has identified the actor; signing in may help.
        Forbidden: It is not, for this actor.
    """
    if not allowed:
        raise Forbidden() if actor.is_authenticated else Unauthenticated()
