"""Entities that are tables of SQLModel's besides: what SQLAlchemy wants of their instances."""

from typing import Any, Protocol, cast


class _Registry(Protocol):
    """What SQLAlchemy keeps of classes that are mapped together."""

    def configure(self) -> None:
        """Make them ready."""
        ...


class _Manager(Protocol):
    """What SQLAlchemy keeps of a class that it maps."""

    registry: _Registry

    def setup_instance(self, instance: object) -> object:
        """Return an instance the state that SQLAlchemy notes its changes in."""
        ...


class _LazyState:
    """Stands for the state of an instance until that is asked for, and then makes it.

    An entity that was loaded was made without its constructor, so SQLAlchemy has not seen it.
    """

    __slots__ = ("_manager",)

    def __init__(self, manager: _Manager) -> None:
        self._manager = manager

    def __get__(self, instance: object, _: type) -> object:
        if instance is None:
            return self
        if not vars(instance):
            # SQLAlchemy's own constructor asks whether there is one yet.
            raise AttributeError("_sa_instance_state")
        self._manager.setup_instance(instance)
        return vars(instance)["_sa_instance_state"]


def prepare_mapped(cls: type[Any]) -> None:
    """Let instances of a class be made without SQLAlchemy, if it maps them at all."""
    manager = vars(cls).get("_sa_class_manager")
    if manager is not None:
        mapped = cast("_Manager", manager)
        # The first constructor would do that, but there may be none before an entity is loaded.
        mapped.registry.configure()
        # Once an instance has a state of its own, that is what is found.
        type.__setattr__(cls, "_sa_instance_state", _LazyState(mapped))
