"""Actors, and who may."""

import dataclasses

import pytest

from starmodel import Access, Actor, Entity
from starmodel.application import authorize, is_allowed
from starmodel.domain import ANONYMOUS
from starmodel.errors import Forbidden, Unauthenticated

ANN = Actor("ann", frozenset({"admin"}))


class Note(Entity):
    owner: str = "ann"


def is_owner(actor: Actor, note: Note) -> bool:
    return actor.id == note.owner


def test_an_actor_is_a_value() -> None:
    assert Actor("ann", frozenset({"admin"})) == ANN
    assert ANN.is_authenticated
    assert not ANONYMOUS.is_authenticated
    with pytest.raises(dataclasses.FrozenInstanceError):
        ANN.id = "bob"  # pyright: ignore[reportAttributeAccessIssue]


def test_who_may_reach_an_entity() -> None:
    note = Note()
    assert is_allowed(None, ANONYMOUS, note)
    assert is_allowed(Access.PUBLIC, ANONYMOUS, note)
    assert is_allowed(Access.AUTHENTICATED, Actor("bob"), note)
    assert not is_allowed(Access.AUTHENTICATED, ANONYMOUS, note)
    assert is_allowed(is_owner, ANN, note)
    assert not is_allowed(is_owner, Actor("bob"), note)


def test_who_is_refused_learns_whether_signing_in_would_help() -> None:
    authorize(ANONYMOUS, True)
    with pytest.raises(Unauthenticated):
        authorize(ANONYMOUS, False)
    with pytest.raises(Forbidden):
        authorize(ANN, False)
