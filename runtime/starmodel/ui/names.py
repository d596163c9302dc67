"""What generated bindings say of an entity, for its components: names and addresses, no more."""

from typing import Literal, Protocol

from starmodel.domain.relation import Ref as Ref
from starmodel.frozen import frozen

SEALED = "_sealed"
"""What a request has the states under that its browser keeps, and an answer the new ones, by entity."""


class Expression(str):
    """JavaScript for a Datastar attribute; never made of anything a user typed."""

    __slots__ = ()


class Signal(Expression):
    """A public field, as a page's script calls it: `$product.name`."""

    __slots__ = ()

    @property
    def path(self) -> str:
        """Its place in the page's data: `product.name`."""
        return self[1:]

    @property
    def name(self) -> str:
        """The name of the field."""
        return self.rpartition(".")[2]


@frozen(eq=True)
class EntityNames:
    """What an entity is called, and where its pages are.

    Attributes:
        name: In addresses: `order_line`.
        namespace: Of its signals and its errors.
        is_record: Whether there are many, each with an id.
        storage: Where a browser keeps it, `localStorage` or `sessionStorage`; `""` for an entity that
            the server keeps.
    """

    name: str
    namespace: str
    is_record: bool = False
    storage: Literal["", "localStorage", "sessionStorage"] = ""

    @property
    def path(self) -> str:
        """Where its list or its page is: `/order_line`."""
        return f"/{self.name}"


class Bindings(Protocol):
    """A generated module `bindings`."""

    @property
    def ENTITY(self) -> EntityNames:
        """The entity that it is about."""
        ...


@frozen(eq=True)
class ActionRoute:
    """Where an event is asked for, and what it is called.

    Attributes:
        namespace: The namespace of its entity.
        event: Its name.
        method: The HTTP method, in lower case.
        path: The path, with `{id}` where a record's id goes.
        is_once: Whether a request of it has an idempotency key.
        is_whole: Whether nothing is sent besides its arguments.
        kept: The name of its entity, where a browser keeps that and sends it along.
    """

    namespace: str
    event: str
    method: str
    path: str
    is_once: bool = False
    is_whole: bool = False
    kept: str = ""

    @property
    def form(self) -> str:
        """What names its form: `product.restock`."""
        return f"{self.namespace}.{self.event}"


class Parameter:
    """An argument of an event, by its name: `bindings.restock.quantity`."""

    __slots__ = ("name",)

    name: str

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name


class HasRoute(Protocol):
    """A generated action, such as `bindings.restock`."""

    ROUTE: ActionRoute
