"""How generated pages look: the port, and the look that comes with StarModel.

A generated page hands its content to a `UIAdapter`, which makes a whole document of it. The
content is `<main>` with everything live inside; what stands around it (head, heading, the app's
own navigation) is the adapter's. Its `<body>` should have `data-init="{TYPED}"`, of
`starmodel.web.ui.display_values`, for whoever types before the page's script has started. The classes that
content uses are listed at the top of `style.css`: an adapter with a stylesheet of its own styles
these.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pkgutil import get_data
from types import MappingProxyType

from starmodel.settings import Settings
from starmodel.web.http.prefix import PREFIX, prefix_addresses
from starmodel.web.ui.display_values import TYPED, escape

DATASTAR_URL = Settings().datastar_url
"""Datastar's script, pinned; the only thing a generated page loads from elsewhere."""

ICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    b'<rect width="32" height="32" rx="8" fill="#2952cc"/>'
    b'<path fill="#fff" d="m16 6 3 6.7 7.3.8-5.5 4.9 1.6 7.2-6.4-3.7-6.4 3.7 1.6-7.2-5.5-4.9'
    b' 7.3-.8z"/></svg>'
)
"""A star."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load. It never changes, so browsers may keep it for ever."""

    content_type: str
    body: bytes

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return what it is served with, its length left out."""
        return [
            (b"content-type", self.content_type.encode("ascii")),
            (b"cache-control", b"public, max-age=31536000, immutable"),
            (b"x-content-type-options", b"nosniff"),
        ]


class UIAdapter(ABC):
    """The port: what makes documents of the contents of generated pages.

    An adapter is asked on every page that is served, so what does not change is worked out when
    it is made.
    """

    @property
    @abstractmethod
    def assets(self) -> Mapping[str, Asset]:
        """The files its documents load from the app itself, by path.

        The app reads this once, when it starts. A path stands for one content for ever: put a
        digest of the content into it.
        """

    @abstractmethod
    def document(self, *, title: str, lead: str, content: str) -> str:
        """Make a whole HTML document.

        Args:
            title: The heading, as plain text.
            lead: One sentence below it, as plain text; may be empty.
            content: The `<main>` element, as HTML.
        """


class DefaultUI(UIAdapter):
    """The look that comes with StarModel: one small stylesheet, light and dark.

    To add to it, name stylesheets of your own, which come after it; to put something around the
    content, override `document` or `masthead`.
    """

    def __init__(
        self,
        datastar_url: str = DATASTAR_URL,
        datastar_integrity: str | None = None,
        *,
        language: str = "en",
        stylesheets: Sequence[str] = (),
    ) -> None:
        """Compute all that is the same in every document.

        Args:
            datastar_url: Where Datastar's script is; any 1.0.x.
            datastar_integrity: Its digest (`sha384-...`); the browser refuses any other script.
            language: The language of the pages, as in `<html lang>`.
            stylesheets: URLs of stylesheets to load after the default one.
        """
        style = asset("style", "css", "text/css; charset=utf-8", stylesheet())
        icon = asset("icon", "svg", "image/svg+xml", ICON)
        self._assets = MappingProxyType(dict([style, icon]))
        links = [
            f'<link rel="stylesheet" href="{escape(url)}">' for url in (style[0], *stylesheets)
        ]
        self._head = self._write_head
        if type(self).masthead is DefaultUI.masthead:
            # One of the author's own may differ from request to request.
            self._head = lru_cache(maxsize=64)(self._write_head)
        self._before_title = (
            f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n'
            '<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "<title>"
        )
        self._after_title = "\n".join(
            [
                "</title>",
                f'<link rel="icon" href="{icon[0]}" type="image/svg+xml">',
                *links,
                script(datastar_url, datastar_integrity),
                f'</head>\n<body data-init="{TYPED}">\n',
            ]
        )

    @property
    def assets(self) -> Mapping[str, Asset]:
        """The stylesheet and the icon."""
        return self._assets

    def document(self, *, title: str, lead: str, content: str) -> str:
        """Make a document: the heading, then the content."""
        return f"{self._head(PREFIX.get(), title, lead)}{content}\n</body>\n</html>\n"

    def _write_head(self, prefix: str, title: str, lead: str) -> str:
        """Make all that comes before the content."""
        after_title = self._after_title
        if prefix:
            after_title = prefix_addresses(after_title, prefix)
        masthead = self.masthead(title=title, lead=lead)
        return f"{self._before_title}{escape(title)}{after_title}{masthead}"

    def masthead(self, *, title: str, lead: str) -> str:
        """Make what stands above the content."""
        paragraph = f'\n  <p class="lead">{escape(lead)}</p>' if lead else ""
        return f'<header class="masthead">\n  <h1>{escape(title)}</h1>{paragraph}\n</header>\n'


class PrefixedUI(UIAdapter):
    """Makes documents below a prefix, as another adapter does."""

    def __init__(self, ui: UIAdapter, prefix: str) -> None:
        self._ui = ui
        self._prefix = prefix

    @property
    def assets(self) -> Mapping[str, Asset]:
        """The files that documents load, by their path below the prefix."""
        return self._ui.assets

    def document(self, *, title: str, lead: str, content: str) -> str:
        """Make a whole document, with its addresses below the prefix."""
        html = self._ui.document(title=title, lead=lead, content=content)
        return prefix_addresses(html, self._prefix)


def stylesheet() -> bytes:
    """Read the default stylesheet out of the package."""
    body = get_data("starmodel.web.ui", "style.css")
    if body is None:
        raise FileNotFoundError("starmodel/web/ui/style.css")
    return body


def asset(name: str, suffix: str, content_type: str, body: bytes) -> tuple[str, Asset]:
    """Return a file a path that changes when its content does."""
    digest = sha256(body).hexdigest()[:12]
    return f"/_starmodel/{name}-{digest}.{suffix}", Asset(content_type, body)


def script(url: str, integrity: str | None) -> str:
    """Write the element that loads Datastar."""
    if integrity is None:
        return f'<script type="module" src="{escape(url)}"></script>'
    return (
        f'<script type="module" src="{escape(url)}" integrity="{escape(integrity)}"'
        ' crossorigin="anonymous"></script>'
    )
