"""Entities that browsers keep: what is sent along, what comes back, and what is not taken."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from generated_world import generate_world

from starmodel import Entity, web
from starmodel.application import Write
from starmodel.application.documents import document
from starmodel.application.documents.sealed_states import SEALED_STATES, SealedStates
from starmodel.errors import ConfigurationError
from starmodel.stores.browser import LIMIT, BrowserBackend
from starmodel.testing import Client
from starmodel.testing.answer import ClientResponse

SOURCE = Path(__file__).parents[2] / "cases/browser/entities.py"
NOTHING = "-"
SECRET = "one secret of this app and of no other"
MONTH = 30 * 24 * 3600


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module", autouse=True)
def secret() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STARMODEL_SECRET_KEY", SECRET)
        yield


def make(name: str = "kept_entities", **options: Any) -> Client:
    return Client(generate_world(name, SOURCE)("app").create_app(**options))


@pytest.fixture
def client() -> Iterator[Client]:
    with make() as client:
        yield client


def ask(client: Client, path: str, sealed: str | None = None, **given: Any) -> ClientResponse:
    """Ask as a program does."""
    name = path.split("/")[1]
    body = given if sealed is None else {**given, "_sealed": {name: sealed}}
    return client.post(path, body)


def seal_of(answer: ClientResponse, name: str = "basket") -> str:
    assert answer.status == 200, answer.text
    return answer.json["sealed"][name]


def test_the_state_is_in_what_was_kept(client: Client) -> None:
    first = ask(client, "/basket/add", sku="tea", amount=2)
    assert first.json["state"]["count"] == 2
    second = ask(client, "/basket/add", seal_of(first), sku="milk")
    assert second.json["state"]["count"] == 3
    assert [line["sku"] for line in second.json["state"]["lines"]] == ["tea", "milk"]
    assert second.json["version"] > first.json["version"]
    restored = ask(client, "/basket", seal_of(second))
    assert restored.json["state"] == second.json["state"]
    assert restored.json["version"] == second.json["version"]
    # The server has kept nothing: whoever goes back goes back.
    assert ask(client, "/basket", seal_of(first)).json["state"]["count"] == 2
    assert ask(client, "/basket").json["state"]["count"] == 0


def test_an_app_of_theirs_is_ready(client: Client) -> None:
    answer = client.get("/_starmodel/ready")
    assert answer.status == 200, answer.text
    assert answer.json["checks"] == {"app": "ok", "bus": "ok"}


def test_a_page_gets_the_seal_as_a_value_and_tables_as_markup(client: Client) -> None:
    fields = {"sku": "tea", "amount": "2", "_sealed.basket": NOTHING}
    told = page_post(client, "/basket/add", fields)
    seal = told["_sealed"]["basket"]
    assert told["basket"]["count"] == 2
    again = page_post(client, "/basket", {"_sealed.basket": seal})
    assert again["basket"]["count"] == 2
    assert again["_sealed"]["basket"] == seal
    assert page_post(client, "/basket", {"_sealed.basket": NOTHING})["_sealed"]["basket"] == NOTHING


def test_a_page_whose_browser_has_forgotten_is_told_everything(client: Client) -> None:
    """It may still show what was kept; what its event did not touch would stay there."""
    whole = page_post(client, "/basket", {"_sealed.basket": NOTHING})["basket"]
    seal = seal_of(ask(client, "/basket/add", sku="tea", amount=2))
    fields = {"sku": "milk", "amount": "0"}
    told = page_post(client, "/basket/add", {**fields, "_sealed.basket": NOTHING})
    assert told["basket"].keys() == whole.keys()
    assert told["_sealed"]["basket"] not in (NOTHING, "")
    # Who has it is told what has changed.
    told = page_post(client, "/basket/add", {**fields, "_sealed.basket": seal})
    assert told.get("basket", {}).keys() < whole.keys()


def test_each_step_of_a_generator_is_kept(client: Client) -> None:
    seal = seal_of(ask(client, "/basket/add", sku="tea"))
    answer = ask(client, "/basket/fill", seal, skus=["a", "b", "c"])
    assert answer.json["result"] == [2, 3, 4]
    assert ask(client, "/basket", seal_of(answer)).json["state"]["count"] == 4
    told = client.act("/basket/fill", {"skus": ["a", "b"], "_sealed": {"basket": seal}})
    patches = [event.signals for event in told.events if "signals" in event.data]
    seals = [patch["_sealed"]["basket"] for patch in patches if "_sealed" in patch]
    counts = [ask(client, "/basket", each).json["state"]["count"] for each in seals]
    assert counts == [2, 3]
    # What was streamed is nothing that a page knows of.
    assert "&#34;count&#34;:0" in client.page("/basket")


def page_post(client: Client, path: str, fields: dict[str, str]) -> dict[str, Any]:
    """Submit a form as the script of a page does, and return the values that the page is told."""
    answer = client.request("POST", path, form=fields, headers={"datastar-request": "true"})
    assert answer.status == 200, answer.text
    return answer.signals


def test_forty_bent_seals_open_nothing(client: Client) -> None:
    seal = seal_of(ask(client, "/basket/add", sku="tea", amount=2))
    chance = random.Random(7)
    bent = [
        seal[:-1],
        seal[1:],
        seal + "A",
        f"{seal}.",
        seal.replace(".", ""),
        "." + seal,
        "é" + seal,
    ]
    bent += [seal.upper(), seal.swapcase(), seal + "=", "x", ".", "a.b", "A" * (LIMIT + 1)]
    while len(bent) < 40:
        place = chance.randrange(len(seal))
        other = chance.choice([one for one in "abcXYZ019-_." if one != seal[place]])
        bent.append(seal[:place] + other + seal[place + 1 :])
    for one in bent:
        for path, arguments in (("/basket/add", {"sku": "x"}), ("/basket", {})):
            answer = ask(client, path, one, **arguments)
            assert answer.status == 422, (one, answer.text)
            assert answer.json["errors"][0]["type"] == "unreadable_seal"
            assert "sealed" not in answer.json
    assert ask(client, "/basket", seal).json["state"]["count"] == 2


@pytest.mark.parametrize("sent", ["...", 5, None, [], {"basket": 5}, {"basket": {"basket": "..."}}])
def test_a_program_that_sends_it_elsewhere_does_not_begin_anew(
    client: Client, sent: object
) -> None:
    seal = json.loads(
        json.dumps(sent).replace("...", seal_of(ask(client, "/basket/add", sku="tea")))
    )
    answer = client.post("/basket/add", {"sku": "milk", "_sealed": seal})
    assert answer.status == 400, answer.text
    assert 'as {"_sealed": {"basket": "..."}}' in answer.json["detail"]
    other = client.post("/basket/add", {"sku": "milk", "_sealed": {"draft": "..."}})
    assert other.json["state"]["count"] == 1


def test_a_seal_of_another_session_entity_or_app_opens_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    basket = seal_of(ask(client, "/basket/add", sku="tea"))
    draft = seal_of(ask(client, "/draft/write", text="Dear"), "draft")
    assert ask(client, "/draft", basket).status == 422
    assert ask(client, "/basket", draft).status == 422
    with make() as other:
        assert ask(other, "/basket", basket).status == 422
        assert ask(other, "/draft", draft).status == 422
        other.cookies = dict(client.cookies)
        assert ask(other, "/basket", basket).json["state"]["count"] == 1
    # With the secret and the session of this one, and entities of the same name.
    with make("other_kept_entities") as other:
        other.cookies = dict(client.cookies)
        assert ask(other, "/basket", basket).status == 422
    monkeypatch.setenv("STARMODEL_SECRET_KEY", "a secret of another app altogether")
    with make(session=web.SignedSession([SECRET])) as other:
        other.cookies = dict(client.cookies)
        assert ask(other, "/basket", basket).status == 422


def test_a_new_secret_key_reads_what_the_old_one_has_sealed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = seal_of(ask(client, "/basket/add", sku="tea"))
    monkeypatch.setenv("STARMODEL_OLD_SECRET_KEYS", SECRET)
    monkeypatch.setenv("STARMODEL_SECRET_KEY", "a secret that is newer than the other")
    with make() as renewed:
        renewed.cookies = dict(client.cookies)
        new = seal_of(ask(renewed, "/basket/add", old, sku="milk"))
    assert ask(client, "/basket", new).status == 422
    assert ask(client, "/basket", old).status == 200


def test_its_time_is_up_after_the_ttl() -> None:
    clock = Clock()
    # With a session that lasts longer than what is kept.
    with make(clock=clock, session=web.SignedSession(["x" * 40], clock=Clock())) as client:
        seal = seal_of(ask(client, "/basket/add", sku="tea"))
        clock.now += MONTH - 1
        assert ask(client, "/basket", seal).json["state"]["count"] == 1
        clock.now += 1
        assert ask(client, "/basket", seal).json["state"]["count"] == 0
        again = ask(client, "/basket/add", seal, sku="milk")
        assert again.json["state"]["count"] == 1
        # A page that is open still shows the rest of what there was.
        fields = {"sku": "milk", "amount": "0", "_sealed.basket": seal}
        assert "total" in page_post(client, "/basket/add", fields)["basket"]


def test_what_is_too_large_is_refused(client: Client) -> None:
    chance = random.Random(3)
    text = "".join([chr(chance.randrange(33, 126)) for _ in range(LIMIT * 3 // 2)])
    answer = ask(client, "/draft/write", text=text)
    assert answer.status == 422
    assert "32,768" in answer.json["errors"][0]["message"]
    # What is said over and over again takes little room, once it is packed.
    assert ask(client, "/draft/write", text="tea " * 10_000).status == 200


def test_the_limit_is_within_what_a_request_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARMODEL_BROWSER_STATE_LIMIT", "65537")
    with pytest.raises(ConfigurationError, match="65,536"):
        make()
    monkeypatch.setenv("STARMODEL_BROWSER_STATE_LIMIT", "200")
    with make() as client:
        seal = seal_of(ask(client, "/draft/write", text="Dear"), "draft")
        refused = ask(client, "/draft/write", seal, text="x" * 200)
        assert refused.status == 422
        assert "200 are allowed" in refused.json["errors"][0]["message"]
        assert ask(client, "/draft", seal).json["state"]["text"] == "Dear"


def test_what_changed_comes_with_the_answer_whatever_others_get(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STARMODEL_RESPOND", "ack")
    with make() as client:
        told = page_post(client, "/basket/add", {"sku": "tea", "_sealed.basket": NOTHING})
        assert told["basket"]["count"] == 1
        assert told["_sealed"]["basket"] != NOTHING


def test_a_page_of_ones_own_holds_the_component() -> None:
    world = generate_world("kept_entities", SOURCE)
    definition, routes, pages = (
        world("basket.state").BASKET,
        world("basket.routes"),
        world("basket.pages"),
    )

    def page(basket: Entity, request: web.Request) -> web.Page:
        return web.Page("Mine", "", pages.BASKET.of(basket))

    resource = web.Resource(
        definition,
        routes=[
            web.own_page_route(definition, page),
            *[route for route in routes.basket_resource.routes if route.method == "POST"],
        ],
        page=pages.BASKET,
        document=world("basket.document").BASKET_DOCUMENT,
    )
    with Client(web.WebApplication([resource])) as client:
        html = client.page("/basket")
        assert "<h1>Mine</h1>" in html
        assert html.count("<sm-browser-state") == 1
        assert "/live" not in html
        told = page_post(client, "/basket/add", {"sku": "tea", "_sealed.basket": NOTHING})
        assert told["basket"]["count"] == 1


def test_a_page_that_sends_nothing_is_refused(client: Client) -> None:
    for fields in ({"sku": "tea"}, {"sku": "tea", "_sealed.basket": ""}):
        headers = {"datastar-request": "true"}
        answer = client.request("POST", "/basket/add", form=fields, headers=headers)
        assert "did not send what the browser keeps" in answer.text
        assert '"count"' not in answer.text
    # Without scripts nothing could be kept.
    answer = client.submit("/basket/add", {"sku": "tea"})
    assert answer.status == 400
    assert "Allow scripts" in answer.text


def test_nothing_is_read_or_watched_where_the_browser_sends_nothing(client: Client) -> None:
    assert client.get("/basket").status == 400
    assert client.get("/live?watch=basket").status == 422
    page = client.page("/basket")
    assert "/live" not in page
    assert page.count('name="_sealed.basket"') == 4


async def test_an_event_has_its_own_entity_alone() -> None:
    world = generate_world("kept_entities", SOURCE)
    services = world("app").create_app().services
    basket, draft = world("basket.state").BASKET, world("draft.state").DRAFT
    token = SEALED_STATES.set(SealedStates({basket.key("session"): ""}))
    try:
        async with services.unit_of_work() as work:
            assert (await work.load(basket, "session")).count == 0
            for definition, session in ((draft, "session"), (basket, "another")):
                with pytest.raises(ConfigurationError, match="kept in the browser"):
                    await work.load(definition, session)
        assert (await services.read(draft, "session")).version == 0
    finally:
        SEALED_STATES.reset(token)


async def test_jobs_have_none_of_it() -> None:
    world = generate_world("kept_entities", SOURCE)
    services = world("app").create_app().services
    definition = world("basket.state").BASKET
    assert (await services.read(definition, "session")).version == 0
    async with services.unit_of_work() as work:
        with pytest.raises(ConfigurationError, match="kept in the browser"):
            entity: Entity = await work.load(definition, "session")
            assert entity


async def test_what_another_release_has_sealed_is_kept() -> None:
    definition = generate_world("kept_entities", SOURCE)("basket.state").BASKET
    fields = [document.field("id"), document.field("lines")]
    newer = document.Document(definition, [*fields, document.anything("coupon")])
    older = document.Document(definition, fields)
    key = definition.key("session")
    steps: list[tuple[document.Document, dict[str, Any]]] = [
        (newer, {"id": "1", "lines": [], "coupon": "half"}),
        (older, {"id": "1", "lines": ["tea"]}),
        (older, {"id": "1", "lines": ["tea", "milk"]}),
    ]
    none: dict[str, Any] = {}
    seal = ""
    for each, values in steps:
        backend = BrowserBackend([each], lambda: [SECRET])
        states = SealedStates({key: seal})
        token = SEALED_STATES.set(states)
        try:
            kept = await backend.load(key)
            version, unknown = (kept.version, kept.unknown_fields) if kept else (0, none)
            await backend.commit([Write(key, values, version, unknown_fields=unknown)])
        finally:
            SEALED_STATES.reset(token)
        seal = states.written[key]
    states = SealedStates({key: seal})
    token = SEALED_STATES.set(states)
    try:
        kept = await BrowserBackend([newer], lambda: [SECRET]).load(key)
    finally:
        SEALED_STATES.reset(token)
    assert kept is not None
    assert kept.values == {"id": "1", "lines": ["tea", "milk"], "coupon": "half"}


def test_the_seal_says_what_is_kept_and_no_more(client: Client) -> None:
    answer = ask(client, "/basket/add", sku="tea")
    assert seal_of(answer).isascii()
    assert len(seal_of(answer)) < 400
    assert client.cookies["starmodel"].split(".")[0] not in json.dumps(answer.json)


async def test_the_typed_client_keeps_it() -> None:
    app = generate_world("kept_entities", SOURCE)("app").create_app()
    module = generate_world("kept_entities", SOURCE)("client")
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app))
    async with http, module.AsyncClient("http://testserver", http=http) as client:
        await client.basket.add(sku="tea", amount=2)
        await client.basket.add(sku="milk")
        await client.draft.write(text="Dear")
        assert (await client.basket.read()).state.count == 3
        assert (await client.draft.read()).state.text == "Dear"


async def test_the_typed_client_begins_anew_where_what_it_keeps_cannot_be_read() -> None:
    app = generate_world("kept_entities", SOURCE)("app").create_app()
    module = generate_world("kept_entities", SOURCE)("client")
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app))
    async with http, module.AsyncClient("http://testserver", http=http) as client:
        await client.basket.add(sku="tea", amount=2)
        await client.draft.write(text="Dear")
        # The server has another secret now, or the session is over.
        http.cookies.clear()
        with pytest.raises(module.Problem, match="422"):
            await client.basket.add(sku="milk")
        assert (await client.basket.add(sku="milk")).state.count == 1
        with pytest.raises(module.Problem, match="422"):
            await client.draft.read()
        assert (await client.draft.read()).state.text == ""
