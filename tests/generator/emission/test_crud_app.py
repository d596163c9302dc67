"""A generated shop in SQLite, over HTTP: what `crud` and `Idempotency-Key` do."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from crud_project import CrudProject

from starmodel import UNSET
from starmodel.errors import InvalidState
from starmodel.testing import Client, ClientResponse
from starmodel.ui.names import Expression

JSON = {"accept": "application/json"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CrudProject]:
    folder = tmp_path_factory.mktemp("crud")
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres_server").database())
        project = CrudProject(folder, f"{request.param}shop", url)
        project.make()
        yield stack.enter_context(project.imported())


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


_numbers = iter(range(10_000))


def sku() -> str:
    return f"SKU-{next(_numbers)}"


def patch(client: Client, path: str, changes: dict[str, Any], **headers: str) -> ClientResponse:
    return client.request("PATCH", path, json_body=changes, headers={**JSON, **headers})


def delete(client: Client, path: str, **headers: str) -> ClientResponse:
    return client.request("DELETE", path, headers={**JSON, **headers})


def make(client: Client, **fields: Any) -> dict[str, Any]:
    """Make a product, and return its state."""
    answer = client.post("/product", {"name": "Tea", "sku": sku(), **fields})
    assert answer.status == 201, answer.text
    return answer.json["state"]


def read(client: Client, id: str) -> Any:
    return client.get(f"/product/{id}").json


def test_a_record_is_made_of_what_is_given_and_of_defaults(client: Client) -> None:
    tag = client.post("/tag", {"name": sku()}).json["state"]
    answer = client.post(
        "/product",
        {
            "name": "Tea",
            "sku": "tea-1",
            "price": "2.50",
            "status": "active",
            "size": {"width": 3},
            "tags": [tag["id"]],
            "main_tag": tag["id"],
            "stock": 1000,
            "cost": "9.99",
        },
    )
    assert answer.status == 201
    state = answer.json["state"]
    assert answer.headers["location"] == f"/product/{state['id']}"
    assert answer.json["version"] == 1
    assert answer.json["result"] is None
    assert state == {
        "id": state["id"],
        "name": "Tea",
        "sku": "TEA-1",
        "price": "2.50",
        "stock": 5,
        "status": "active",
        "is_fragile": False,
        "released": None,
        "size": {"width": 3, "height": 0},
        "code": "code-1",
        "tags": [tag["id"]],
        "main_tag": tag["id"],
    }
    assert client.get(f"/product/{state['id']}").json["state"] == state
    plain = make(client)
    assert (plain["price"], plain["code"], plain["tags"]) == ("1.00", "code-1", [])


def test_what_will_not_do_is_named(client: Client) -> None:
    missing = client.post("/product", {"price": "-1"})
    assert missing.status == 422
    assert {error["name"] for error in missing.json["errors"]} == {"name", "sku", "price"}
    refused = client.post("/product", {"name": "Tea", "sku": "secret"})
    assert refused.status == 422
    assert refused.json["errors"] == [
        {"name": "sku", "message": "This word is not for sale.", "type": "value_error"}
    ]
    first = make(client)
    taken = client.post("/product", {"name": "Tea", "sku": first["sku"]})
    assert (taken.status, [error["name"] for error in taken.json["errors"]]) == (409, ["sku"])
    assert "differs" not in taken.json
    other = make(client)
    taken = patch(client, f"/product/{other['id']}", {"sku": first["sku"].lower()})
    assert (taken.status, [error["name"] for error in taken.json["errors"]]) == (409, ["sku"])
    unknown = client.post("/product", {"name": "Tea", "sku": sku(), "tags": ["nothing"]})
    assert unknown.status == 409
    assert patch(client, "/product/nothing", {"name": "x"}).status == 404


def test_an_update_changes_what_it_is_given(client: Client) -> None:
    tag = client.post("/tag", {"name": sku()}).json["state"]["id"]
    path = f"/product/{make(client, released='2026-01-31', tags=[tag])['id']}"
    before = client.get(path).json["state"]
    answer = patch(client, path, {"price": "3.00", "stock": 99, "cost": 1, "other": 1})
    assert answer.status == 200
    assert answer.json == {"state": {**before, "price": "3.00"}, "version": 2, "result": None}
    answer = patch(client, path, {"released": None, "tags": [], "size": {"height": 4}})
    changed: dict[str, Any] = {"released": None, "tags": [], "size": {"width": 0, "height": 4}}
    assert answer.json["state"] == {**before, "price": "3.00", **changed}
    assert patch(client, path, {}).json["version"] == 3
    assert patch(client, path, {"name": None}).status == 422
    assert patch(client, path, {"name": "", "price": "x"}).status == 422
    assert patch(client, path, {"sku": "secret"}).status == 422
    form = client.request("PATCH", path, form={"name": "By form"}, headers=JSON)
    assert (form.json["state"]["name"], form.json["state"]["is_fragile"]) == ("By form", False)
    ticked = patch(client, path, {"is_fragile": True})
    assert ticked.json["state"]["is_fragile"] is True
    form = client.request("PATCH", path, form={"name": "Again"}, headers=JSON)
    assert form.json["state"]["is_fragile"] is True
    query = client.request("PATCH", f"{path}?name=By+query", headers=JSON)
    assert query.json["state"]["name"] == "By query"


def test_a_stale_version_is_told_what_differs(client: Client) -> None:
    path = f"/product/{make(client)['id']}"
    assert patch(client, path, {"price": "2.00", "version": 1}).json["version"] == 2
    assert patch(client, path, {"price": "2.0", "name": "Tea", "version": 1}).json["differs"] == {}
    sent = {"price": "3.00", "name": "Tea", "is_fragile": True, "version": 1}
    answer = patch(client, path, sent)
    assert answer.status == 409
    assert answer.json["version"] == 2
    assert answer.json["differs"] == {"price": "2.00", "is_fragile": False}
    assert {error["name"]: error["message"] for error in answer.json["errors"]} == {
        "price": "It is now: 2.00",
        "is_fragile": "It is now: No",
    }
    assert client.get(path).json["version"] == 2
    assert patch(client, path, {**sent, "version": 2}).json["version"] == 3
    assert patch(client, path, {"name": "Whatever it was"}).json["version"] == 4


def test_what_is_deleted_is_gone(client: Client) -> None:
    path = f"/product/{make(client)['id']}"
    answer = delete(client, path)
    assert (answer.status, answer.text) == (204, "")
    assert client.get(path).status == 404
    assert delete(client, path).status == 404
    tag = client.post("/tag", {"name": sku()}).json["state"]["id"]
    product = make(client, main_tag=tag)
    needed = delete(client, f"/tag/{tag}")
    assert needed.status == 409
    assert client.get(f"/tag/{tag}").status == 200
    assert delete(client, f"/product/{product['id']}").status == 204
    assert delete(client, f"/tag/{tag}").status == 204


def test_a_request_that_comes_again_is_carried_out_once(client: Client) -> None:
    client.post("/basket/add")
    key = {"idempotency-key": "create-1"}
    sent = {"name": "Once", "sku": sku()}
    first = client.post("/product", sent, headers=key)
    again = client.post("/product", sent, headers=key)
    assert (first.status, again.status) == (201, 201)
    assert again.json == first.json
    assert again.headers["location"] == first.headers["location"]
    path = first.headers["location"]
    sold = [client.post(f"{path}/sell", headers=key) for _ in range(3)]
    assert {answer.status for answer in sold} == {200}
    assert {answer.json["state"]["stock"] for answer in sold} == {4}
    assert client.post(f"{path}/sell", headers={"idempotency-key": "2"}).json["result"] == 3
    changed = [patch(client, path, {"name": "A"}, **key) for _ in range(2)]
    assert [answer.json["version"] for answer in changed] == [4, 4]
    stale = {"name": "B", "version": 4}
    changed = [patch(client, path, stale, **{"idempotency-key": "3"}) for _ in range(2)]
    assert [answer.status for answer in changed] == [200, 200]
    deleted = [delete(client, path, **key) for _ in range(2)]
    assert [answer.status for answer in deleted] == [204, 204]
    assert delete(client, path, **{"idempotency-key": "4"}).status == 404


def test_a_request_that_failed_is_tried_again(client: Client) -> None:
    path = f"/product/{make(client)['id']}"
    key = {"idempotency-key": "sell"}
    assert client.post(f"{path}/sell", {"quantity": 7}, headers=key).status == 422
    assert client.post(f"{path}/sell", {"quantity": 1}, headers=key).json["result"] == 4
    assert client.post(f"{path}/sell", headers={"idempotency-key": "no key"}).status == 400


def test_a_generator_is_carried_out_once(client: Client) -> None:
    path = f"/product/{make(client)['id']}"
    key = {"idempotency-key": "stock_up"}
    assert client.post(f"{path}/stock_up", {"to": 7}, headers=key).json["result"] == [6, 7]
    patch(client, path, {"name": "Changed"})
    client.post(f"{path}/sell", {"quantity": 7})
    again = client.post(f"{path}/stock_up", {"to": 7}, headers=key)
    assert again.status == 200
    assert again.json["state"]["stock"] == 0


def test_a_session_in_sql_counts_once_and_memory_does_not_mind(client: Client) -> None:
    key = {"idempotency-key": "add"}
    client.get("/basket")
    words = [client.post("/basket/add", headers=key).json["state"]["words"] for _ in range(2)]
    assert words == [1, 1]
    counts = [
        client.post("/counter/increment", headers=key).json["state"]["count"] for _ in range(2)
    ]
    assert counts == [1, 2]


def test_forms_without_a_script(client: Client) -> None:
    made = client.submit("/product", {"name": "By form", "sku": sku(), "is_fragile": "true"})
    assert made.status == 303
    path = made.headers["location"]
    assert client.get(path).json["state"]["is_fragile"] is True
    refused = client.submit("/product", {"name": "", "sku": "typed-sku"})
    assert refused.status == 422
    assert "typed-sku" in refused.text
    tag = client.post("/tag", {"name": sku()}).json["state"]["id"]
    patch(client, path, {"tags": [tag], "main_tag": tag, "released": "2026-01-31"})
    whole = {
        "name": "Edited",
        "sku": sku(),
        "price": "4.00",
        "status": "active",
        "released": "",
        "size.width": "2",
        "size.height": "3",
        "code": "c",
        "tags": "",
        "main_tag": "",
        "version": str(client.get(path).json["version"]),
    }
    saved = client.submit(f"{path}/edit", whole)
    assert (saved.status, saved.headers["location"]) == (303, path)
    state = client.get(path).json["state"]
    assert (state["tags"], state["main_tag"], state["released"]) == ([], None, None)
    assert (state["is_fragile"], state["name"]) == (False, "Edited")
    assert state["size"] == {"width": 2, "height": 3}
    stale = client.submit(f"{path}/edit", {**whole, "name": "Too late"})
    assert stale.status == 409
    assert "Too late" in stale.text
    assert "It is now: Edited" in stale.text
    removed = client.submit(f"{path}/delete", {})
    assert (removed.status, removed.headers["location"]) == (303, "/product")
    assert client.get(path).status == 404


def test_answers_to_datastar(client: Client) -> None:
    made = client.act("/product", {"name": "By page", "sku": sku()})
    assert made.status == 200
    id = client.get("/product?sort=-id&limit=1").json["items"][0]["id"]
    path = f"/product/{id}"
    assert path in made.text.replace("\\u002f", "/")
    changed = client.act(path, {"price": "7.00"}, method="PATCH")
    assert changed.signals["product"] == {"price": "7.00"}
    assert set(changed.signals["errors"]["product"]["update"].values()) == {""}
    refused = client.act(path, {"price": "x", "sku": "secret"}, method="PATCH")
    assert refused.status == 200
    assert refused.signals["errors"]["product"]["update"]["price"]
    refused = client.act(f"{path}/edit", {"sku": "secret"})
    assert refused.signals["errors"]["product"]["update"]["sku"] == "This word is not for sale."
    stale = client.act(path, {"price": "8.00", "version": 1}, method="PATCH")
    assert stale.signals["errors"]["product"]["update"]["price"] == "It is now: 7.00"
    stale = client.act(f"{path}/edit", {"price": "8.00", "version": "1"})
    assert "It is now: 7.00" in stale.text
    saved = client.act(f"{path}/edit", {"price": "8.00", "version": "2"})
    assert path in saved.text.replace("\\u002f", "/")
    elsewhere = client.act(path, method="DELETE")
    assert elsewhere.signals["errors"] == {"product": {"delete": {"_": ""}}}
    assert elsewhere.signals["_message"] == "By page deleted."
    path = f"/product/{make(client)['id']}"
    headers = {
        "datastar-request": "true",
        "referer": f"http://testserver{path}?tab=1",
        "accept": "text/event-stream",
    }
    at_home = client.request("DELETE", path, headers=headers)
    assert "assign(&quot;/product&quot;)" in at_home.text.replace("\\u002f", "/")


def test_a_page_that_sends_twice_is_led_to_where_it_was_led_before(client: Client) -> None:
    client.post("/basket/add")
    path = f"/product/{make(client)['id']}"
    headers = {"datastar-request": "true", "idempotency-key": "k", "accept": "text/event-stream"}
    answers = [
        client.request("POST", f"{path}/edit", json_body={"name": "A"}, headers=headers).text
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert path in answers[0].replace("\\u002f", "/")
    answers = [
        client.request("POST", f"{path}/delete", json_body={}, headers=headers).text
        for _ in range(2)
    ]
    assert answers[0] == answers[1]


def test_everything_is_under_the_rules_of_the_entity(client: Client) -> None:
    ada, bob = {"x-actor": "ada"}, {"x-actor": "bob"}
    assert client.post("/note", {"owner": "ada"}).status == 401
    assert client.post("/note", {"owner": "ada"}, headers=bob).status == 403
    made = client.post("/note", {"owner": "ada", "text": "mine"}, headers=ada)
    assert made.status == 201
    path = made.headers["location"]
    # For whom a note is hidden there is none.
    for headers in ({}, bob):
        assert patch(client, path, {"text": "x"}, **headers).status == 404
        assert delete(client, path, **headers).status == 404
    assert patch(client, path, {"text": "x"}, **ada).json["state"]["text"] == "x"
    # Nor is a note given to somebody in whose name ada could not make one.
    assert patch(client, path, {"owner": "bob"}, **ada).status == 403
    assert client.get(path, headers=ada).json["state"]["owner"] == "ada"
    assert delete(client, path, **ada).status == 204
    assert client.post("/letter", {"text": "hi"}).status == 401
    letter = client.post("/letter", {"text": "hi"}, headers=bob)
    assert letter.status == 201
    # The page of a letter is the host's, and so is whatever there is no route for.
    assert patch(client, letter.headers["location"], {"text": "x"}, **bob).status == 404
    assert delete(client, letter.headers["location"]).status == 401
    assert delete(client, letter.headers["location"], **bob).status == 204


def test_a_key_is_its_sender_s_own(client: Client) -> None:
    key = {"idempotency-key": "same"}
    for actor in ("ada", "bob"):
        sent = {"owner": actor}
        made = client.post("/note", sent, headers={**key, "x-actor": actor})
        assert made.status == 201
        assert made.json["state"]["owner"] == actor


def test_an_id_of_one_s_own_is_given_once(client: Client) -> None:
    made = client.post("/shelf", {"id": "a 1", "row": 2})
    assert (made.status, made.headers["location"]) == (201, "/shelf/a%201")
    taken = client.post("/shelf", {"id": "a 1"})
    assert taken.status == 409
    assert taken.json["errors"] == [{"name": "id", "message": "This is taken.", "type": "unique"}]
    changed = patch(client, "/shelf/a%201", {"id": "b", "row": 3})
    assert changed.json["state"] == {"id": "a 1", "row": 3}
    form = client.submit("/shelf", {"id": "a 1", "row": "7"})
    assert form.status == 409
    assert "This is taken." in form.text
    assert delete(client, "/shelf/a%201").status == 204


def test_commands_need_no_web(project: CrudProject, client: Client) -> None:
    commands = project.load("generated.product.commands")
    entities = project.load("entities")
    services = client.app.services  # pyright: ignore

    async def play() -> None:
        made = await commands.create(services, name="By code", sku=sku())
        assert made.created
        size = entities.Size(width=1)
        changed = await commands.update(services, made.id, size=size, released=None)
        assert changed.changed == {"size": {"width": 1, "height": 0}}
        gone = await commands.delete(services, made.id)
        assert (gone.id, gone.state) == (made.id, {})

    client.run(play())


def test_commands_refuse_what_is_no_field_and_miss_what_is_required(
    project: CrudProject, client: Client
) -> None:
    commands = project.load("generated.product.commands")
    services = client.app.services  # pyright: ignore

    async def play() -> None:
        with pytest.raises(InvalidState) as caught:
            await commands.create(services, name="No number")
        assert [(error.name, error.type) for error in caught.value.errors] == [("sku", "missing")]
        with pytest.raises(TypeError, match="ProductFields has no nmae, stok"):
            await commands.create(services, nmae="Tea", sku=sku(), stok=1)
        made = await commands.create(services, name="By code", sku=sku())
        with pytest.raises(TypeError, match="ProductFields has no nmae"):
            await commands.update(services, made.id, nmae="Tea")
        with pytest.raises(TypeError, match="UNSET is no value of name, sku; leave out"):
            await commands.create(services, name=UNSET, sku=UNSET)
        with pytest.raises(TypeError, match="UNSET is no value of name; leave out"):
            await commands.update(services, made.id, name=UNSET)

    client.run(play())
    bindings = project.load("generated.product.bindings")
    assert "payload: {name: $n}" in bindings.create(name=Expression("$n"))
    with pytest.raises(TypeError, match="create has no nmae"):
        bindings.create(nmae="Tea")
