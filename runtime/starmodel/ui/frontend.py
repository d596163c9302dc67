"""The port of front ends: what keeps a page live, and how it is told what changed.

Components and kits write HTML that means the same under every front end. What makes it live are
attributes, and these a front end writes, while a component is compiled. What the server answers
to such a page, and what a live stream is made of, the same front end formats.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeAlias

from markupsafe import Markup

from starmodel.domain import Fragment
from starmodel.settings import Settings
from starmodel.ui.assets import Asset
from starmodel.ui.formats import Format
from starmodel.ui.template import Filler, Renderable, State

Attributes: TypeAlias = Mapping[str, "str | bool"]
"""Attributes of an element, by name; `True` for one that is only there."""

Data: TypeAlias = Callable[[State, Any], Mapping[str, Any]]
"""Gives values by namespace: what a page begins with."""

Headers: TypeAlias = list[tuple[bytes, bytes]]


class HoleMaker(Protocol):
    """Hands out marks for what only a request knows; `Holes` is it."""

    def hole(self, filler: Filler) -> Markup:
        """Return the mark of a place that a filler fills."""
        ...


class EventResponseFormatter(ABC):
    """The port: one dialect between server and page.

    An answer and a live stream are made of the same pieces, one after the other; each piece is
    whole in itself.
    """

    @property
    @abstractmethod
    def headers(self) -> Headers:
        """The headers of every answer in this dialect; the list is shared and never changed."""

    @property
    @abstractmethod
    def keep_alive(self) -> bytes:
        """A piece that means nothing, to see whether anybody still listens."""

    @property
    def frame(self) -> tuple[bytes, bytes] | None:
        """What makes a piece of values as `encode_signals` writes them, put before and after.

        `None` where more is to be done, and `values` is asked. A frame saves time at each event.
        """
        return None

    @property
    def merges(self) -> bool:
        """Whether a page puts mappings together, so that it must be told which keys are gone."""
        return True

    @abstractmethod
    def values(
        self,
        values: Mapping[str, object],
        removed: Mapping[str, Any] | None = None,
        *,
        version: int | None = None,
    ) -> bytes:
        """Change what a page knows: fields, errors, tokens.

        Args:
            values: The values that are new, by namespace.
            removed: Keys of mappings among them that are gone.
            version: That of the record, where they are fields of one.
        """

    @abstractmethod
    def elements(self, fragment: Fragment) -> bytes:
        """Put markup into the page.

        Raises:
            ValueError: There is no such patch mode, or it needs a selector that is not given.
        """

    @abstractmethod
    def navigation(self, path: str) -> tuple[Headers, bytes]:
        """Return the headers and the body of an answer that sends the page to another path.

        Raises:
            ValueError: The path is not one of this site.
        """

    def deletion(self, entity: str, id: str, notice: Sequence[Fragment]) -> bytes:
        """Tell that a record is not there any more; `notice` puts a notice into a page."""
        return b"".join([self.elements(one) for one in notice])

    def restoration(self, notice: Fragment) -> bytes:
        """Tell that a record is there again; `notice` takes the notice out of a page."""
        return self.elements(notice)


class Frontend(ABC):
    """What keeps pages live: attributes for elements, scripts for the head, and a formatter.

    A path names a value of the page: `product.stock` is a public field, and
    `errors.product.restock.quantity` what is wrong with an argument. Each method returns the
    attributes of one element.
    """

    name: ClassVar[str]
    """What the configuration calls it."""

    request_header: ClassVar[bytes]
    """The header by which a request of its pages says so, in lower case; its value is `true`."""

    needs_eval: ClassVar[bool] = False
    """Whether its script compiles what pages say, for which their policy needs `unsafe-eval`."""

    @property
    def assets(self) -> Mapping[str, Asset]:
        """The files that its pages load from the app itself, by path."""
        return {}

    @property
    @abstractmethod
    def formatter(self) -> EventResponseFormatter:
        """Formats the answers to its pages, and their live streams."""

    @abstractmethod
    def scripts(self, settings: Settings) -> Sequence[Renderable]:
        """Return the elements that load it, for the head."""

    @abstractmethod
    def script_sources(self, settings: Settings) -> Sequence[str]:
        """Return the addresses of those scripts; the policy of pages allows these and no others."""

    @abstractmethod
    def page(self, holes: HoleMaker, *, data: Mapping[str, Any], live: Filler | None) -> Attributes:
        """Return those of the element around everything that is live: `<main>`, or `<body>`.

        Args:
            holes: Hands out marks.
            data: Everything that the page shows live, by namespace: fields, errors, tokens. A
                value is a mapping, or a function of the state and the view that gives one.
            live: Gives the address of the live stream, unescaped; `None` for a page without.
        """

    def declare(self, data: Mapping[str, Any]) -> Attributes:
        """Return those of a form that stands in a page of any kind.

        `data` is what the form needs of its page, by namespace. It counts only where the page has
        nothing under that name.
        """
        return {}

    @abstractmethod
    def text(self, path: str, format: Format) -> Attributes:
        """Return those of an element whose whole text is a live value."""

    @abstractmethod
    def token(self, path: str) -> Attributes:
        """Return those of a hidden element whose text changes whenever a value does."""

    @abstractmethod
    def form(self, path: str, *, method: str, address: str, once: bool, resets: bool) -> Attributes:
        """Return those of a `<form>` that is submitted in the background.

        It sends what the form itself would send, and shows what the answer says; a second
        submission waits for the first.

        Args:
            path: Names the form: `product.restock`.
            method: The HTTP method: `post`.
            address: Where it goes to; may hold a mark, quoted for a URL and for an attribute.
            once: Whether the request has an idempotency key.
            resets: Whether its inputs are reset when it went well.
        """

    @abstractmethod
    def submit(self, path: str) -> Attributes:
        """Return those of the button that submits the form; it is marked while that is busy."""

    @abstractmethod
    def error(self, path: str) -> Attributes:
        """Return those of the element that shows an error; its text is the message."""

    @abstractmethod
    def invalid(self, path: str) -> Attributes:
        """Return those of an input, which is marked invalid while there is an error."""

    @abstractmethod
    def notice(self) -> Attributes:
        """Return those of the element that says what the page's connection and its events say.

        It has the attribute `brief` while that is what an event has done, which need not be read.
        """


class Still:
    """A front end for values that do not change: everything else of it is another's."""

    def __init__(self, frontend: Frontend) -> None:
        self._frontend = frontend

    def __getattr__(self, name: str) -> Any:
        return getattr(self._frontend, name)

    def text(self, path: str, format: Format) -> Attributes:
        """Return nothing: the text stays."""
        return {}

    def token(self, path: str) -> Attributes:
        """Return nothing: the text stays."""
        return {}
