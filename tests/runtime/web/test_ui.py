"""The document around a page: what is in it, and what can be changed."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser

import starmodel.web.ui.ui_adapter
from starmodel.web import DefaultUI, UIAdapter
from starmodel.web.http.prefix import PREFIX
from starmodel.web.ui.ui_adapter import DATASTAR_URL, Asset


class Elements(HTMLParser):
    """The elements of a document with their attributes, in order."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def document(ui: UIAdapter) -> str:
    return ui.document(title="A <b> & more", lead="Its 'lead'.", content="<main>here</main>")


def test_a_document_is_whole() -> None:
    text = document(DefaultUI())
    elements = Elements(text)
    assert text.startswith("<!doctype html>\n")
    assert text.endswith("<main>here</main>\n</body>\n</html>\n")
    assert elements.of("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in elements.of("meta")
    assert elements.of("script") == [{"type": "module", "src": DATASTAR_URL}]
    assert "<title>A &lt;b&gt; &amp; more</title>" in text
    assert "<h1>A &lt;b&gt; &amp; more</h1>" in text
    assert "Its &#39;lead&#39;." in text
    # Nothing but Datastar comes from elsewhere, and nothing is written inline.
    assert [url for url in re.findall(r'(?:src|href)="([^"]+)"', text) if "//" in url] == [
        DATASTAR_URL
    ]
    assert not elements.of("style")
    assert "<p" not in DefaultUI().document(title="A", lead="", content="")


def test_what_a_document_loads_is_kept_for_ever() -> None:
    ui = DefaultUI()
    elements = Elements(document(ui))
    linked = [attributes["href"] for attributes in elements.of("link")]
    assert set(linked) == set(ui.assets)
    for path, asset in ui.assets.items():
        assert re.fullmatch(r"/_starmodel/[a-z]+-[0-9a-f]{12}\.(css|svg)", path)
        headers = dict(asset.headers())
        assert b"immutable" in headers[b"cache-control"]
        assert headers[b"content-type"] == asset.content_type.encode()
    # The same content has the same path in every process.
    assert ui.assets == DefaultUI(datastar_url="/other.js").assets


def test_the_stylesheet_stands_alone() -> None:
    (style,) = [asset for path, asset in DefaultUI().assets.items() if path.endswith(".css")]
    text = style.body.decode("ascii", "replace")
    assert "@import" not in text and "url(" not in text and "@font-face" not in text
    assert "prefers-color-scheme: dark" in text and "@media print" in text
    assert len(style.body) < 20_000


def test_the_script_can_be_ones_own() -> None:
    ui = DefaultUI(
        "/static/datastar.js?a=1&b=2", "sha384-abc", language="nb", stylesheets=["/own.css"]
    )
    elements = Elements(document(ui))
    assert elements.of("html") == [{"lang": "nb"}]
    assert elements.of("script") == [
        {
            "type": "module",
            "src": "/static/datastar.js?a=1&b=2",
            "integrity": "sha384-abc",
            "crossorigin": "anonymous",
        }
    ]
    assert [one["href"] for one in elements.of("link")][-1] == "/own.css"


def test_the_look_can_be_ones_own() -> None:
    class Plain(UIAdapter):
        """No look at all."""

        @property
        def assets(self) -> Mapping[str, Asset]:
            return {}

        def document(self, *, title: str, lead: str, content: str) -> str:
            return f"{title}: {content}"

    class Shop(DefaultUI):
        """The default look, with the shop's name above it."""

        def masthead(self, *, title: str, lead: str) -> str:
            return f"<nav>Shop</nav>{super().masthead(title=title, lead=lead)}"

    assert document(Plain()) == "A <b> & more: <main>here</main>"
    assert '">\n<nav>Shop</nav><header' in document(Shop())


def test_a_masthead_of_the_authors_may_differ_each_time() -> None:
    class Shop(DefaultUI):
        cart = 0

        def masthead(self, *, title: str, lead: str) -> str:
            return f"<nav>{self.cart}</nav>"

    ui = Shop()
    assert "<nav>0</nav>" in document(ui)
    ui.cart = 1
    assert "<nav>1</nav>" in document(ui)


def test_what_stands_above_the_content_is_that_of_each_page() -> None:
    ui = DefaultUI()
    for _ in range(2):
        for title, lead in (("One", "First."), ("Two", "First."), ("One", "Second.")):
            for prefix in ("", "/shop"):
                before = PREFIX.set(prefix)
                text = ui.document(title=title, lead=lead, content="<main>")
                PREFIX.reset(before)
                assert f"<title>{title}</title>" in text
                assert lead in text
                assert f'<link rel="icon" href="{prefix}/_starmodel' in text


def test_the_stylesheet_travels_with_the_package() -> None:
    assert starmodel.web.ui.ui_adapter.stylesheet().startswith(b"/* The look of generated pages.")
