"""Addresses below a prefix: what gets it, what is left alone, and which path a route sees."""

import pytest

from starmodel.domain import Fragment
from starmodel.ui.names import EntityNames, Expression, Parameter
from starmodel.web.datastar.actions import Action
from starmodel.web.datastar.attributes import escape
from starmodel.web.datastar.formatter import DatastarFormatter
from starmodel.web.http.formatters import PrefixedFormatter
from starmodel.web.http.prefix import path_below, prefix_addresses, prefix_of
from starmodel.web.http.session import SignedSession
from starmodel.web.live.replay import ReplayBuffer

SECRET = "a key that is long enough for a test of it"


@pytest.mark.parametrize(
    ("root_path", "prefix"),
    [
        ("", ""),
        ("/", ""),
        ("/shop", "/shop"),
        ("/shop/", "/shop"),
        ("shop", "/shop"),
        ("/a/b", "/a/b"),
        ("//evil.example", "/evil.example"),
        ('/it\'s "here"', "/it%27s%20%22here%22"),
        ("/a;b", "/a%3Bb"),
        ("/caf\u00e9", "/caf%C3%A9"),
        ("/\\evil", "/%5Cevil"),
    ],
)
def test_a_prefix_is_nothing_but_a_path(root_path: str, prefix: str) -> None:
    assert prefix_of(root_path) == prefix


@pytest.mark.parametrize(
    ("path", "root_path", "below"),
    [
        ("/shop/counter", "/shop", "/counter"),
        ("/shop", "/shop", "/"),
        ("/shop/", "/shop", "/"),
        ("/shop//counter", "/shop/", "/counter"),
        ("/shop/counter", "/shop/", "/counter"),
        ("//counter", "/", "/counter"),
        ("/counter", "/", "/counter"),
        ("shop/counter", "shop", "/counter"),
        ("/shopping", "/shop", None),
        ("/counter", "/shop", None),
        ("/a/b/c", "/a/b", "/c"),
    ],
)
def test_a_path_below(path: str, root_path: str, below: str | None) -> None:
    assert path_below(path, root_path) == below


class Increment(Action):
    """Asks for `Counter.increment`, as generated bindings do."""

    amount = Parameter()

    def __call__(self, *, amount: int) -> Expression:
        return self._expression(amount=amount)


COUNTER = EntityNames("counter", "counter")
ACTION = Increment(COUNTER, "increment", "post", "/counter/increment")(amount=2)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/x">/x</a>', '<a href="/shop/x">/x</a>'),
        ("<a class=b href='/x'>", "<a class=b href='/shop/x'>"),
        ("<a href=/x>", "<a href=/shop/x>"),
        ('<a\n  href="/"\n  rel=up>', '<a\n  href="/shop/"\n  rel=up>'),
        ('<FORM ACTION="/x" method=post>', '<FORM ACTION="/shop/x" method=post>'),
        ('<button formaction="/x">', '<button formaction="/shop/x">'),
        ('<script src="/x.js"></script>', '<script src="/shop/x.js"></script>'),
        ('<button disabled hx-post="/x">', '<button disabled hx-post="/shop/x">'),
        (
            '<sm-picker source="/tag/options" new="/tag/new" chosen="/x">',
            '<sm-picker source="/shop/tag/options" new="/shop/tag/new" chosen="/x">',
        ),
        (
            f'<b data-on:click="{ACTION}">',
            "<b data-on:click=\"@post('/shop/counter/increment?amount=2')\">",
        ),
        (
            f'<b data-on-click="{escape(ACTION)}">',
            '<b data-on-click="@post(&#x27;/shop/counter/increment?amount=2&#x27;)">',
        ),
        (
            "<b data-init='$a = 1; @get(\"/live\"), @put( `/x/${$id}`)'>",
            "<b data-init='$a = 1; @get(\"/shop/live\"), @put( `/shop/x/${$id}`)'>",
        ),
        (
            "<b data-on:x=\"@delete('/x/' + encodeURIComponent($id))\">",
            "<b data-on:x=\"@delete('/shop/x/' + encodeURIComponent($id))\">",
        ),
    ],
)
def test_addresses_get_the_prefix(html: str, expected: str) -> None:
    assert prefix_addresses(html, "/shop") == expected
    assert prefix_addresses(html, "") == html


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://other.example/x">',
        '<a href="//other.example/x">',
        '<a href="x">',
        '<a href="">',
        '<a href="#top">',
        '<a href="mailto:a@b">',
        "<p>@post('/x') href=\"/x\"</p>",
        "<p>&lt;a href=&quot;/x&quot;&gt;</p>",
        '<input value="@post(&#x27;/x&#x27;)">',
        "<input value=\" href='/x' \" title=' src=\"/y\"'>",
        '<li data-id="@get(&#x27;/x&#x27;)">',
        '<tr id="/x" data-label="/x">',
        '<!-- <a href="/x"> -->',
        "<script>const a = '<a href=\"/x\">'</script>",
        '<style>a::after { content: "<a href=/x>" }</style>',
        "a < b && c > d",
        '<a title="never closed href="/x',
        "<" * 5000,
    ],
)
def test_what_is_no_address_of_the_app_stays_as_it_is(html: str) -> None:
    assert prefix_addresses(html, "/shop") == html


def test_a_session_below_a_path_has_a_cookie_of_its_own() -> None:
    root = SignedSession([SECRET])
    shop, deeper = root.below("/shop"), root.below("/shop/eu")
    cookies = [each.cookie(f"s{n}", secure=False) for n, each in enumerate((root, shop, deeper))]
    assert [cookie.split(b"; ")[2] for cookie in cookies] == [
        b"Path=/",
        b"Path=/shop",
        b"Path=/shop/eu",
    ]
    # A browser sends all three to the deepest of them, and each finds its own.
    sent = b"; ".join(cookie.partition(b";")[0] for cookie in cookies)
    for number, each in enumerate((root, shop, deeper)):
        found = each.find(sent, secure=False)
        assert found is not None
        assert found.id == f"s{number}"
    assert root.below("/other").find(sent, secure=False) is None


def test_a_secure_cookie_below_a_path_is_one_that_browsers_take() -> None:
    cookie = SignedSession([SECRET]).below("/shop").cookie("one", secure=True)
    assert cookie.startswith(b"__Secure-starmodel.shop=")
    assert cookie.endswith(b"; Path=/shop; HttpOnly; SameSite=Lax; Secure")


def test_a_fragment_that_is_sent_again_has_the_addresses_of_whoever_missed_it() -> None:
    formatter = DatastarFormatter()
    history = ReplayBuffer(formatter)
    history.add("chat", "", Fragment('<a href="/x">', "#chat", "append"))
    [past] = history.since(0)
    prefixed = PrefixedFormatter(formatter, "/shop")
    assert history.event(past, formatter).endswith(b'data: elements <a href="/x">\n\n')
    assert history.event(past, prefixed).endswith(b'data: elements <a href="/shop/x">\n\n')
