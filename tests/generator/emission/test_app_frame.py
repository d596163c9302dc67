"""What surrounds the pages of a generated app: messages, errors, navigation, the way back."""

import re
from collections.abc import Iterator
from html import escape, unescape

import pytest
from crud_project import CrudProject
from frame_entities import ENTITIES

from starmodel.settings import Settings
from starmodel.testing import Client, ClientResponse
from starmodel.ui import Navigation, NavigationItem
from starmodel.web import Request

HTML = {"accept": "text/html"}
HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "a; Path=/; HttpOnly, b=c",
    "100% $_message @post('/x') {{x}}",
    "\N{ROCKET} Grüße \N{LINE SEPARATOR} x",
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrudProject]:
    project = CrudProject(tmp_path_factory.mktemp("frame"), "frameshop", entities=ENTITIES)
    project.make()
    with project.imported() as imported:
        yield imported


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


def make(client: Client, name: str = "Oak desk") -> str:
    """Make a product, and return the path of its page."""
    return client.post("/product", {"name": name}).headers["location"]


def message(page: str) -> str:
    """What the page's notice says."""
    found = re.search(r'<p role="status"[^>]*>([^<]*)</p>', page)
    assert found is not None
    return unescape(found[1])


def ask(client: Client, path: str, **headers: str) -> ClientResponse:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.request("GET", path, headers={**HTML, **names})


def problem(answer: ClientResponse) -> tuple[list[str], list[tuple[str, str]]]:
    """What a page says is wrong, and where its links lead."""
    main = answer.text.partition("<main")[2]
    alert = main.partition('role="alert">')[2].partition("</div>")[0]
    texts = [unescape(text) for text in re.findall("<p>(.*?)</p>", alert, re.DOTALL)]
    links = re.findall('<a [^>]*href="([^"]*)"[^>]*>([^<]*)</a>', main)
    return texts, [(unescape(label), unescape(address)) for address, label in links]


def test_what_was_done_is_said_on_the_next_page_and_only_there(client: Client) -> None:
    answer = client.submit("/product", {"name": "Oak desk"})
    path = answer.headers["location"]
    cookie = answer.headers["set-cookie"]
    assert "; Max-Age=30; Path=/; HttpOnly; SameSite=Lax" in cookie
    assert message(client.page(path)) == "Product created."
    assert message(client.page(path)) == ""
    answer = client.submit(f"{path}/edit", {"name": "Oak table", "version": "1"})
    assert (answer.status, answer.headers["location"]) == (303, path)
    assert message(client.page(path)) == "Saved."
    client.submit(f"{path}/restock", {"quantity": "3"})
    assert message(client.page(path)) == "3 added to Oak table"
    answer = client.submit(f"{path}/delete", {})
    assert answer.headers["location"] == "/product"
    assert message(client.page("/product")) == "Oak table deleted."
    assert message(client.page("/product")) == ""
    client.submit("/counter/increment", {})
    assert message(client.page("/counter")) == "Increment: done."
    assert list(client.cookies) == ["starmodel"]


def test_what_was_done_is_said_at_once_to_a_page(client: Client) -> None:
    path = make(client)
    assert client.act(f"{path}/restock", {"quantity": 2}).signals["_message"] == (
        "2 added to Oak desk"
    )
    assert client.act("/counter/increment").signals["_message"] == "Increment: done."
    refused = client.act(f"{path}/retire")
    assert "_message" not in refused.signals
    answer = client.act(f"{path}/restock", {"quantity": "x"})
    assert "_message" not in answer.signals
    # The page that a script is led to shows it as well.
    answer = client.act(path, method="DELETE")
    assert answer.signals["_message"] == "Oak desk deleted."


def test_what_was_done_to_many_is_said_above_their_list(client: Client) -> None:
    ids = [make(client, name).rpartition("/")[2] for name in ("One", "Two")]
    body = "&".join(["event=delete", "confirmed=true", *[f"id={id}" for id in ids]])
    headers = {**HTML, "content-type": "application/x-www-form-urlencoded"}
    client.request("POST", "/product/batch", body=body.encode(), headers=headers)
    assert message(client.page("/product")) == "2 products deleted."
    question = client.request(
        "POST",
        "/product/batch",
        body=f"event=delete&id={make(client)[9:]}".encode(),
        headers=headers,
    )
    assert question.text.count("<main") == 1
    client.submit("/product/batch", {"event": "retire"})
    assert message(client.page("/product")) == "Choose at least one record."


def test_a_message_is_for_its_page_alone(client: Client) -> None:
    one, other = make(client, "One"), make(client, "Other")
    client.submit(f"{one}/restock", {"quantity": "1"})
    client.submit(f"{other}/restock", {"quantity": "2"})
    assert message(client.page("/product")) == ""
    assert message(client.page(other)) == "2 added to Other"
    # What a script fetches, and what only asks for the headers, takes nothing away.
    fetched = ask(client, one, sec_fetch_mode="cors")
    assert message(fetched.text) == ""
    client.request("HEAD", one, headers=HTML)
    assert client.get(one).json["state"]["name"] == "One"
    assert message(ask(client, one, sec_fetch_mode="navigate").text) == "1 added to One"


def test_programs_are_told_nothing_of_it(client: Client) -> None:
    path = make(client)
    answer = client.post(f"{path}/restock", {"quantity": 4})
    assert "set-cookie" not in answer.headers
    assert answer.json["result"] == "4 added to Oak desk"
    assert "set-cookie" not in client.post("/product", {"name": "x"}).headers


@pytest.mark.parametrize("name", HOSTILE)
def test_a_message_is_data(client: Client, name: str) -> None:
    path = make(client, name)
    answer = client.submit(f"{path}/restock", {"quantity": "5"})
    value = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert re.fullmatch(r"[A-Za-z0-9%._~-]+", value)
    page = client.page(path)
    assert message(page) == " ".join(f"5 added to {name}".split())
    assert "<script>alert" not in page and "<img" not in page
    assert client.act(f"{path}/restock", {"quantity": 1}).signals["_message"] == (
        " ".join(f"1 added to {name}".split())
    )


def test_a_message_is_bounded_and_may_be_planted(client: Client) -> None:
    path = make(client, "\N{ROCKET}" * 120)
    answer = client.submit(f"{path}/restock", {"quantity": "5"})
    assert len(answer.headers["set-cookie"]) < 4096
    cookie = answer.headers["set-cookie"].partition("=")[0]
    page = ask(client, path, cookie=f"{cookie}={'x' * 5000}").text
    assert len(message(page)) == 300
    page = ask(client, path, cookie=f"{cookie}=%ff%00%3Cb%3E").text
    assert "<b>" not in page


def test_messages_below_a_prefix(project: CrudProject) -> None:
    with Client(project.load("generated.app").create_app(), root_path="/a/shop") as client:
        answer = client.submit("/product", {"name": "Oak desk"})
        assert "; Path=/a/shop;" in answer.headers["set-cookie"]
        path = answer.headers["location"].removeprefix("/a/shop")
        assert message(client.page(path)) == "Product created."
        assert message(client.page(path)) == ""


@pytest.mark.parametrize(
    ("path", "status", "texts", "links"),
    [
        ("/nothing", 404, ["There is nothing at this address."], [("Home", "/")]),
        (
            "/product/none",
            404,
            ["There is no such product."],
            [("All products", "/product"), ("Home", "/")],
        ),
        (
            "/product?price__ge=x&stock=y",
            422,
            ["Price in cents from: Enter a whole number.", "Stock: Enter a whole number."],
            [("All products", "/product"), ("Home", "/")],
        ),
        ("/person", 401, ["Sign in first."], [("Home", "/")]),
    ],
)
def test_an_error_is_a_page_of_the_app(
    client: Client, path: str, status: int, texts: list[str], links: list[tuple[str, str]]
) -> None:
    answer = ask(client, path)
    assert answer.status == status
    assert problem(answer) == (texts, links)
    assert '<html lang="en">' in answer.text and 'name="viewport"' in answer.text
    assert 'aria-label="Main"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    for _, address in links:
        assert ask(client, address).status == 200


def test_an_error_leads_back_to_where_one_came_from(client: Client) -> None:
    answer = ask(client, "/product/none", referer="http://testserver/order?x=%22%3E%3Cb%3E")
    assert problem(answer)[1][0] == ("Back", "/order?x=%22%3E%3Cb%3E")
    for elsewhere in ("http://evil.example/order", "http://testserver/product/none"):
        assert "Back" not in dict(problem(ask(client, "/product/none", referer=elsewhere))[1])
    answer = client.request("PUT", "/product", headers=HTML)
    assert (answer.status, problem(answer)[0]) == (405, ["This address does not do that."])


def test_an_error_of_the_kit_ends_in_a_page_that_needs_none(
    project: CrudProject, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(request: Request) -> str:
        raise RuntimeError("a secret")

    app = project.load("generated.app").create_app(navigation=Navigation(aside=[fail]))
    with Client(app) as client:
        answer = ask(client, "/product")
        assert answer.status == 500
        assert 'role="alert">This page cannot be shown.' in answer.text
        assert "secret" not in answer.text and "secret" in caplog.text


def test_the_form_of_an_event_is_shown_again_with_what_was_typed(client: Client) -> None:
    path = make(client)
    answer = client.submit(f"{path}/restock", {"quantity": "5000"})
    assert answer.status == 422
    assert "<h1" in answer.text and "Oak desk</h1>" in answer.text
    assert 'value="5000"' in answer.text and "Enter at most 1000." in answer.text
    # As it stands there, it is sent as a whole once more.
    form = answer.text.partition(f'action="{path}/restock"')[2].partition("</form>")[0]
    assert "_shown" not in form
    answer = client.request(
        "POST",
        f"{path}/restock",
        form={"quantity": "3"},
        headers={**HTML, "referer": f"http://testserver{path}/restock"},
    )
    assert (answer.status, answer.headers["location"]) == (303, path)
    answer = client.submit(f"{path}/retire", {})
    assert answer.status == 422
    form = answer.text.partition(f'action="{path}/retire"')[2].partition("</form>")[0]
    assert "There are 3 left." in form
    answer = client.submit("/product/none/restock", {"quantity": "x"})
    assert problem(answer)[0] == ["Quantity: Enter a whole number."]


def test_breadcrumbs_lead_back_to_the_list_as_it_was(client: Client) -> None:
    path = make(client)

    def back(**headers: str) -> str:
        page = ask(client, path, **headers).text
        crumbs = page.partition('aria-label="Breadcrumb"')[2].partition("</nav>")[0]
        found = re.search('<a href="([^"]*)">Products</a>', crumbs)
        assert found is not None
        return unescape(found[1])

    assert back() == "/product"
    filtered = "/product?price__ge=1&sort=-name&q=%22%3E"
    assert back(referer=f"http://testserver{filtered}") == filtered
    for other in (
        "http://evil.example/product?q=x",
        "http://testserver/person?q=x",
        "http://testserver/product/new?q=x",
        "http://testserver//evil.example/product",
        "https-nonsense",
    ):
        assert back(referer=other) == "/product"


def test_breadcrumbs_below_a_prefix(project: CrudProject) -> None:
    with Client(project.load("generated.app").create_app(), root_path="/shop") as client:
        path = client.submit("/product", {"name": "x"}).headers["location"].removeprefix("/shop")
        for referer, address in (
            ("http://testserver/shop/product?q=x", "/shop/product?q=x"),
            ("http://testserver/product?q=x", "/shop/product"),
        ):
            assert f'<a href="{address}">Products</a>' in ask(client, path, referer=referer).text


def test_the_home_page_shows_what_there_is(client: Client) -> None:
    page = client.page("/")
    assert "<title>Frameshop</title>" in page
    main = page.partition("<main")[2]
    assert re.findall('<a [^>]*href="([^"]*)"[^>]*>([^<]*)</a>', main) == [
        ("/product", "Products"),
        ("/product/new", "New product"),
        ("/person", "People"),
        ("/person/new", "New person"),
        ("/counter", "Counter"),
    ]
    assert "Something the shop sells." in main


def test_the_navigation_is_the_authors_to_say(project: CrudProject) -> None:
    create_app = project.load("generated.app").create_app

    def who(request: Request) -> str | None:
        return f"<{request.actor.id}>" if request.actor.id else None

    navigation = Navigation(items=[NavigationItem("Goods", "/product")], aside=[who])
    with Client(create_app(navigation=navigation)) as client:
        for path in ("/product", "/", "/nothing", "/product/new"):
            page = ask(client, path, x_actor="ann").text
            header = page.partition('aria-label="Main"')[2].partition("</nav>")[0]
            assert "Goods" in header and "People" not in header
            assert escape("<ann>") in header
            assert "ann" not in ask(client, path).text.partition("<main")[0]


def test_title_and_navigation_are_settings(project: CrudProject) -> None:
    app = project.load("generated.app")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STARMODEL_TITLE", "The <shop>")
        with Client(app.create_app()) as client:
            assert '<a class="brand" href="/">The &lt;shop&gt;</a>' in client.page("/product")
        patch.setenv("STARMODEL_NAVIGATION", "false")
        patch.setenv("STARMODEL_HOME", "false")
        with Client(app.create_app()) as client:
            assert 'aria-label="Main"' not in client.page("/product")
            assert ask(client, "/").status == 404
            assert problem(ask(client, "/nothing"))[1] == []
    assert Settings().navigation and Settings().home
