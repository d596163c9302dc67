"""Components inside of other markup: of FastHTML, of htpy, of a page of one's own.

Whoever answers a request says in `SERVING` how its components look and stay live. Outside of a
request they have the default look, and the default front end.
"""

from contextvars import ContextVar
from importlib import import_module
from typing import Any, Final, Protocol, cast

from markupsafe import Markup

from starmodel.ui.template import Renderable


class Embedder(Protocol):
    """Renders components for the request that is answered."""

    def embed(self, component: "Component", subject: object) -> str:
        """Return a component as HTML; `subject` is the entity, or the state, that it shows."""
        ...

    def note(self, component: "Component", subject: object) -> None:
        """Hear that a page is about to show an entity, before the page itself is written."""
        ...


SERVING: Final[ContextVar["Embedder | None"]] = ContextVar("starmodel_serving", default=None)
"""Renders components while an app answers."""


class Component:
    """What can stand inside of other markup: `Titled("Tasks", pages.ADD)`."""

    def __html__(self) -> str:
        """Return it as HTML, as the app that answers would have it."""
        return _embed(self, None)

    def __ft__(self) -> Markup:
        """Return it as FastHTML wants it."""
        return Markup(self.__html__())

    def of(self, subject: object) -> "Shown":
        """Return it for an entity: `pages.COUNTER.of(counter)`.

        It is kept live where the page has asked for that entity. `subject` may also be the public
        state of one, `product_state(product)`; then it is shown as it is.
        """
        return Shown(self, subject)


class Part(Component):
    """A component that needs nothing but a kit."""

    def render(self, kit: Any, prefix: str) -> Renderable:
        """Return it as a kit has it; `prefix` comes before addresses on this site."""
        raise NotImplementedError


class Shown:
    """A component with the entity that it shows."""

    __slots__ = ("component", "subject")

    def __init__(self, component: Component, subject: object) -> None:
        self.component = component
        self.subject = subject
        embedder = SERVING.get()
        if embedder is not None:
            embedder.note(component, subject)

    def __html__(self) -> str:
        """Return it as HTML."""
        return _embed(self.component, self.subject)

    def __ft__(self) -> Markup:
        """Return it as FastHTML wants it."""
        return Markup(self.__html__())


def _embed(component: Component, subject: object) -> str:
    embedder = SERVING.get() or _default()
    return embedder.embed(component, subject)


_made: list[Embedder] = []


def _default() -> Embedder:
    """Return what renders components outside of a request; it is made once."""
    if not _made:
        # By name, for a renderer knows the components.
        module: Any = import_module("starmodel.ui.rendering.renderer")
        _made.append(cast("Embedder", module.default_renderer()))
    return _made[0]
