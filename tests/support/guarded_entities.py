"""Entities that not everybody may read."""

from starmodel import Access, Actor, Entity, EntityConfig, Ref, StateStore


def may_read(actor: Actor, note: "Note") -> bool:
    """Return whether a note is the actor's own."""
    return actor.id == note.owner


class Note(Entity):
    """For its owner alone."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=may_read)

    title: str
    owner: str


class Shelf(Entity):
    """For whoever is signed in."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.AUTHENTICATED)

    title: str


class Loan(Entity):
    """For everybody, of something that is not."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    title: str
    note: Ref[Note]
