"""No page of another site changes anything; every page of this one does."""

from collections.abc import Iterator

import pytest
from web_world import DATASTAR, FORM, SECRET, Client, make_app

from starmodel.settings import Settings

OWN = "http://shop.example"
FOREIGN_ORIGINS = [
    "http://evil.example",
    "https://evil.example",
    "null",
    "",
    "http://sub.shop.example",
    "http://shop.example.evil.example",
    "http://evilshop.example",
    "http://shop.example:8080",
    "http://shop.example:443",
    "https://shop.example:80",
    "http://shop.example@evil.example",
    "http://shop.example/",
    "//shop.example",
    "shop.example",
    "file://shop.example",
    "http://",
    "http://shop.exampl\xe9",
    "http://shop.example, http://evil.example",
    "http://shop.example http://evil.example",
    "chrome-extension://shop.example",
]
KINDS = {
    "json": {**DATASTAR, "content-type": "application/json"},
    "form": FORM,
    "text": {"content-type": "text/plain"},
}
BODIES = {"json": b'{"amount": 3}', "form": b"amount=3", "text": b'{"amount": 3}'}


def foreign_shapes() -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """A method, a kind of body and the headers that say where a request comes from."""
    for number, origin in enumerate(FOREIGN_ORIGINS):
        yield ("POST", list(KINDS)[number % 3], [("origin", origin)])
    for kind in KINDS:
        for site in ("cross-site", "same-site", "", "Same-Origin", "same-origin, cross-site"):
            yield ("POST", kind, [("sec-fetch-site", site)])
    for method in ("PUT", "PATCH", "DELETE"):
        yield (method, "json", [("origin", "http://evil.example")])
        yield (method, "json", [("sec-fetch-site", "cross-site")])
        yield (method, "form", [("sec-fetch-site", "same-site"), ("origin", OWN)])
        yield (method, "text", [("origin", "null")])
    for kind in KINDS:
        yield ("POST", kind, [("origin", OWN), ("origin", "http://evil.example")])
        yield ("POST", kind, [("origin", "http://evil.example"), ("origin", OWN)])
        yield ("POST", kind, [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")])
        yield ("POST", kind, [("sec-fetch-site", "cross-site"), ("origin", OWN)])
    yield ("POST", "json", [("origin", "http://evil.example"), ("host", "evil.example")])


SHAPES = list(foreign_shapes())


def test_there_are_as_many_shapes_as_promised() -> None:
    assert len(SHAPES) == 60


@pytest.mark.parametrize(("method", "kind", "headers"), SHAPES)
async def test_nothing_changes_for_another_site(
    method: str, kind: str, headers: list[tuple[str, str]]
) -> None:
    client = Client(make_app())
    await client.post("/counter/increment", {"amount": 1})
    path = "/counter/increment" if method == "POST" else "/counter/any"
    answer = await client.send(method, path, BODIES[kind], KINDS[kind], headers)
    assert answer.status == 403
    assert answer.header("access-control-allow-origin") is None
    assert (await client.ask("/counter"))["state"]["count"] == 1


@pytest.mark.parametrize(
    ("scheme", "headers"),
    [
        ("http", {}),
        ("http", {"origin": OWN}),
        ("http", {"origin": "HTTP://Shop.Example"}),
        ("http", {"origin": "http://shop.example:80"}),
        ("http", {"origin": "https://shop.example"}),
        ("https", {"origin": "https://shop.example"}),
        ("http", {"sec-fetch-site": "same-origin", "origin": OWN}),
        ("http", {"sec-fetch-site": "none"}),
    ],
)
@pytest.mark.parametrize("kind", ["json", "form"])
async def test_everything_works_for_this_site(
    scheme: str, headers: dict[str, str], kind: str
) -> None:
    client = Client(make_app(), scheme=scheme)
    answer = await client.send("POST", "/counter/increment", BODIES[kind], KINDS[kind], headers)
    assert answer.status in (200, 303)
    assert (await client.ask("/counter"))["state"]["count"] == 3


async def test_a_page_over_http_is_not_of_a_site_over_https() -> None:
    client = Client(make_app(), scheme="https")
    answer = await client.send(
        "POST", "/counter/increment", b'{"amount": 3}', KINDS["json"], {"origin": OWN}
    )
    assert answer.status == 403


@pytest.mark.parametrize("fetch_metadata", [{}, {"sec-fetch-site": "cross-site"}])
async def test_origins_can_be_trusted_by_name(fetch_metadata: dict[str, str]) -> None:
    settings = Settings(secret_key=SECRET, trusted_origins=("https://admin.example/",))
    client = Client(make_app(settings))
    for origin, status in (
        ("https://admin.example", 200),
        ("https://ADMIN.example", 200),
        ("http://admin.example", 403),
        ("https://admin.example.evil.example", 403),
        ("https://admin.example, https://admin.example", 403),
    ):
        answer = await client.send(
            "POST",
            "/counter/increment",
            b'{"amount": 1}',
            KINDS["json"],
            {"origin": origin, **fetch_metadata},
        )
        assert answer.status == status, origin


async def test_any_site_may_lead_to_a_page() -> None:
    client = Client(make_app())
    answer = await client.send("GET", "/counter", b"", {"sec-fetch-site": "cross-site"})
    assert answer.status == 200
