"""Operations of a served app by JSON-RPC and MCP, with MCP's official client; live WebSockets."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from operations_project import make
from served_app import PACKAGES, SECRET_KEY, ServedApp
from shop_project import starmodel
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

CALL = {"jsonrpc": "2.0", "id": 1}
ANNA = {"x-user": "anna"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("operations")
    make(
        folder,
        "served_operations",
        'mcp = ["counter.*", "board.*", "note.*"]',
        "jsonrpc = true",
        "websocket = true",
    )
    return folder


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[ServedApp]:
    log = folder / "log.txt"
    with ServedApp(folder, "served_operations.generated.app:create_app", log=log) as served:
        yield served


@pytest.fixture
def client(served: ServedApp) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url) as client:
        yield client


def rpc(client: httpx.Client, method: str, params: Any = None, **headers: str) -> Any:
    message = {**CALL, "method": method, **({} if params is None else {"params": params})}
    answer = client.post("/jsonrpc", json=message, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["jsonrpc"] == "2.0" and answer.json()["id"] == 1
    return answer.json()


def test_a_method_is_what_its_route_is(client: httpx.Client) -> None:
    assert rpc(client, "counter.increment", {"amount": 2})["result"] == {
        "state": {"count": 2},
        "version": 1,
        "result": 2,
    }
    # The cookie that came with the answer is the session of both.
    over_http = client.post("/counter/increment", headers={"accept": "application/json"})
    assert over_http.json()["state"] == {"count": 3}
    assert rpc(client, "counter.read")["result"]["state"] == {"count": 3}
    assert rpc(client, "counter.increment", [4])["result"]["result"] == 7
    assert rpc(client, "counter.climb", {"steps": 2})["result"]["result"] == [8, 9]
    told = rpc(client, "counter.whisper", {}, **ANNA, **{"user-agent": "tests"})
    assert told["result"]["result"] == "anna tests"


def test_records_are_made_found_changed_and_deleted(client: httpx.Client) -> None:
    made = rpc(client, "note.create", {"title": "Tea, \u00e9", "price": "2.50", "tags": ["a,b"]})
    id = made["result"]["state"]["id"]
    found = rpc(client, "note.find", {"price__gt": 2, "sort": ["-price", "title"], "limit": 10})
    assert [each["id"] for each in found["result"]["items"]] == [id]
    assert rpc(client, "note.find", {"id__in": [id, "x"]})["result"]["items"] != []
    changed = rpc(client, "note.update", {"id": id, "price": "3.00"})
    assert changed["result"]["state"]["price"] == "3.00"
    assert rpc(client, "note.delete", {"id": id})["result"] is None
    gone = rpc(client, "note.read", {"id": id})["error"]
    assert gone["code"] == -32000 and gone["data"]["status"] == 404


def test_an_event_that_only_reads_takes_lists(client: httpx.Client) -> None:
    assert rpc(client, "board.longest", {"among": ["a", "long & =ä", "b"]})["result"]["result"] == (
        "long & =ä"
    )
    # They are a program's arguments, of which a list is none in a text, as they are of any other.
    for params in ({"among": '["a"]'}, {"among": "a"}):
        told = rpc(client, "board.longest", params)["error"]["data"]["errors"]
        assert [(one["name"], one["message"]) for one in told] == [("among", "Give a list.")]


def test_a_problem_of_http_is_the_data_of_an_error(client: httpx.Client) -> None:
    wrong = rpc(client, "note.create", {"title": "", "price": -1})["error"]
    over_http = client.post("/note", json={"title": "", "price": -1})
    assert (wrong["code"], wrong["data"]) == (-32602, over_http.json())
    refused = rpc(client, "board.write", {"line": "x"})["error"]
    assert (refused["code"], refused["data"]["status"]) == (-32000, 401)
    for params in ({}, {"id": ""}, {"id": True}, {"id": ["x"]}):
        error = rpc(client, "note.sign", params, **ANNA)["error"]
        assert (error["code"], error["data"]["errors"][0]["name"]) == (-32602, "id")
    unknown = rpc(client, "counter.increment", {"amuont": 2})["error"]
    assert unknown["data"]["errors"][0]["name"] == "amuont"
    assert rpc(client, "counter.increment", {"amount": "two"})["error"]["code"] == -32602
    assert rpc(client, "counter.increment", [1, 2])["error"]["code"] == -32602


def test_no_text_of_an_exception_leaves_the_process(
    client: httpx.Client, served: ServedApp
) -> None:
    error = rpc(client, "counter.explode")["error"]
    assert error["code"] == -32603 and error["data"]["status"] == 500
    assert "hunter2" not in json.dumps(error)
    assert served.log is not None and error["data"]["id"] in served.log.read_text()


@pytest.mark.parametrize(
    ("body", "code", "id"),
    [
        (b"{", -32700, None),
        (b"\xff", -32600, None),
        (b"[" * 40 + b"]" * 40, -32600, None),
        (b"[]", -32600, None),
        (b"1", -32600, None),
        (b'{"jsonrpc": "1.0", "method": "counter.read", "id": 1}', -32600, 1),
        (b'{"jsonrpc": "2.0", "method": 1, "id": "a"}', -32600, "a"),
        (b'{"jsonrpc": "2.0", "method": "counter.read", "params": 1, "id": 1}', -32600, 1),
        (b'{"jsonrpc": "2.0", "method": "counter.read", "id": {}}', -32600, None),
        (b'{"jsonrpc": "2.0", "method": "counter.read", "method": "x", "id": 1}', -32600, 1),
        (b'{"jsonrpc": "2.0", "method": "counter.raed", "id": 1}', -32601, 1),
        (b'{"jsonrpc": "2.0", "method": "counter.__init__", "id": 1}', -32601, 1),
        (
            b'{"jsonrpc":"2.0","method":"counter.increment","params":{"amount":1,"amount":2},"id":1}',
            -32602,
            1,
        ),
    ],
)
def test_what_is_no_call(client: httpx.Client, body: bytes, code: int, id: object) -> None:
    answer = client.post("/jsonrpc", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200
    assert (answer.json()["error"]["code"], answer.json()["id"]) == (code, id)


def test_a_batch_is_answered_call_by_call(client: httpx.Client) -> None:
    add = {"jsonrpc": "2.0", "method": "counter.increment"}
    answer = client.post("/jsonrpc", json=[{**add, "id": 1}, add, {**add, "id": 2}, 3])
    results = answer.json()
    assert [each["id"] for each in results] == [1, 2, None]
    assert [each["result"]["result"] for each in results[:2]] == [1, 3]
    assert results[2]["error"]["code"] == -32600
    told = client.post("/jsonrpc", json=[add, {**add, "method": "nothing"}])
    assert (told.status_code, told.content) == (204, b"")
    assert rpc(client, "counter.read")["result"]["state"] == {"count": 4}
    assert client.post("/jsonrpc", json=[add] * 101).json()["error"]["code"] == -32600


def test_a_key_makes_each_call_of_a_batch_count_once(client: httpx.Client) -> None:
    make = {**CALL, "method": "note.create", "params": {"title": "once"}}
    key = {"idempotency-key": "k1", **ANNA}
    for _ in range(2):
        assert len(client.post("/jsonrpc", json=[make, make], headers=key).json()) == 2
    assert len(rpc(client, "note.find", {"title": "once"})["result"]["items"]) == 2
    # A key that is too long for the last of the calls is so for all of them.
    long = {"idempotency-key": "k" * 198, **ANNA}
    refused = client.post("/jsonrpc", json=[make] * 11, headers=long).json()
    assert refused["error"]["code"] == -32600 and "Idempotency-Key" in str(refused)
    assert len(rpc(client, "note.find", {"title": "once"})["result"]["items"]) == 2
    assert len(client.post("/jsonrpc", json=[make], headers=long).json()) == 1


@pytest.mark.parametrize("path", ["/jsonrpc", "/mcp"])
def test_other_sites_and_other_bodies_are_refused(client: httpx.Client, path: str) -> None:
    message = {**CALL, "method": "ping"}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client.post(path, json=message, headers=headers).status_code == 403
    text = client.post(path, content=json.dumps(message), headers={"content-type": "text/plain"})
    assert text.status_code == 415
    assert client.post(path, json=[{"x": "y" * 300_000}]).status_code == 413
    assert client.get(path).status_code == 405


async def test_the_client_of_mcp_finds_tools_and_calls_them(served: ServedApp) -> None:
    async with Client(f"{served.url}/mcp") as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert "counter.increment" in tools and "note.find" in tools
        add = tools["counter.increment"]
        assert add.description == "Add to the count."
        assert add.input_schema["properties"] == {"amount": {"type": "integer", "default": 1}}
        hints = {
            name: (tool.annotations.read_only_hint, tool.annotations.idempotent_hint)
            for name, tool in tools.items()
            if tool.annotations is not None
        }
        assert hints["counter.read"] == hints["board.longest"] == (True, True)
        assert hints["counter.increment"] == (False, False)
        # It changes nothing of its entity, and might send a mail.
        assert hints["counter.whisper"] == (False, False)
        assert hints["note.update"] == hints["note.delete"] == (False, True)
        destructive = [
            name
            for name, tool in tools.items()
            if tool.annotations is not None and not tool.annotations.destructive_hint
        ]
        assert "note.create" in destructive and "note.delete" not in destructive
        made = tools["note.create"].input_schema
        assert made["required"] == ["title"] and made["additionalProperties"] is False
        assert made["properties"]["title"]["description"] == "What it is about."
        assert "width" in str(made["properties"]["size"]) or "$defs" in made
        assert "The id of a record." in str(made["properties"]["before"])
        assert tools["note.update"].input_schema["required"] == ["id"]
        # The session that began with the handshake is that of all calls.
        for count in (2, 4):
            result = await client.call_tool("counter.increment", {"amount": 2})
            assert result.structured_content == {
                "state": {"count": count},
                "version": count // 2,
                "result": count,
            }
            assert not result.is_error
        given = {"title": "x", "size": {"width": 3}, "price": 2.5}
        note = await client.call_tool("note.create", given)
        assert note.structured_content is not None, note
        state = note.structured_content["state"]
        assert (state["size"], state["price"]) == ({"width": 3}, "2.50")
        after = await client.call_tool("note.create", {"title": "y", "before": state["id"]})
        assert after.structured_content is not None
        assert after.structured_content["state"]["before"] == state["id"]
        wrong = await client.call_tool("note.create", {"title": ""})
        assert wrong.is_error
        [content] = wrong.content
        assert content.type == "text" and "This must not be empty." in content.text
        failed = await client.call_tool("counter.explode", {})
        assert failed.is_error and "hunter2" not in str(failed)


async def test_who_calls_a_tool_is_who_sends_the_request(served: ServedApp) -> None:
    async with Client(f"{served.url}/mcp") as client:
        assert (await client.call_tool("board.write", {"line": "a"})).is_error
    async with httpx2.AsyncClient(headers=ANNA) as http:
        transport = streamable_http_client(f"{served.url}/mcp", http_client=http)
        async with Client(transport) as client:
            result = await client.call_tool("board.write", {"line": "a"})
            assert not result.is_error and result.structured_content is not None


def test_the_session_of_mcp_needs_no_cookies(served: ServedApp) -> None:
    def post(message: dict[str, Any], **headers: str) -> httpx.Response:
        return httpx.post(f"{served.url}/mcp", json=message, headers=headers)

    hello = {**CALL, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}}
    begun = post(hello)
    assert begun.json()["result"]["protocolVersion"] == "2025-06-18"
    assert "set-cookie" not in begun.headers
    session = begun.headers["mcp-session-id"]
    add = {**CALL, "method": "tools/call", "params": {"name": "counter.increment"}}
    for count in (1, 2):
        answer = post(add, **{"mcp-session-id": session}).json()
        assert answer["result"]["structuredContent"]["result"] == count
    # Another's cookie beside it does not count.
    others = httpx.post(f"{served.url}/counter/increment", headers={"accept": "application/json"})
    cookie = others.headers["set-cookie"].partition(";")[0]
    answer = post(add, **{"mcp-session-id": session, "cookie": cookie})
    assert answer.json()["result"]["structuredContent"]["result"] == 3
    # Who has a cookie is told no session: a script of the page would see it.
    browser = post(hello, cookie=cookie)
    assert "mcp-session-id" not in browser.headers and "set-cookie" not in browser.headers
    assert post(add, cookie=cookie).json()["result"]["structuredContent"]["result"] == 2
    for bent in (session[:-2] + "xx", "x", f"other={session}", ""):
        assert post(add, **{"mcp-session-id": bent}).status_code == 404, bent
    assert post(add, **{"mcp-protocol-version": "1999-01-01"}).status_code == 400
    assert post({"jsonrpc": "2.0", "method": "notifications/initialized"}).status_code == 202
    assert post({"jsonrpc": "2.0", "id": 7, "result": {}}).status_code == 202
    unasked = post({"jsonrpc": "2.0", "method": "initialize", "params": {}})
    assert (unasked.status_code, unasked.content) == (202, b"")
    assert "mcp-session-id" not in unasked.headers
    newest = post({**hello, "params": {"protocolVersion": "2999-01-01"}}).json()
    assert newest["result"]["protocolVersion"] == "2025-11-25"
    for params in ({}, {"name": 1}, {"name": "basket.read"}):
        answer = post({**add, "params": params}).json()
        assert answer["error"]["code"] == -32602
    assert post([hello]).json()["error"]["code"] == -32600  # type: ignore[arg-type]


async def test_the_client_of_mcp_starts_the_app_itself(folder: Path) -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "starmodel_generator", "mcp", "--as", "anna"],
        cwd=folder,
        env={"PYTHONPATH": os.pathsep.join(PACKAGES), "STARMODEL_SECRET_KEY": SECRET_KEY},
    )
    async with Client(server) as client:
        assert len((await client.list_tools()).tools) == 15
        for count in (1, 2):
            result = await client.call_tool("counter.increment", {})
            assert result.structured_content is not None
            assert result.structured_content["state"] == {"count": count}
        assert not (await client.call_tool("board.write", {"line": "a"})).is_error


def live(served: ServedApp, query: str, **headers: str) -> ClientConnection:
    url = served.url.replace("http", "ws")
    return connect(f"{url}/live?{query}", additional_headers=headers, open_timeout=20)


def next_piece(stream: ClientConnection) -> Any:
    """Return what is told next, signs of life left out."""
    while not (piece := json.loads(stream.recv(20))):
        pass
    return piece


def test_a_websocket_has_the_pieces_of_the_stream(served: ServedApp, client: httpx.Client) -> None:
    with live(served, "watch=counter&watch=board", origin=served.url) as stream:
        first = [next_piece(stream), next_piece(stream)]
        by_name = {name: each for each in first for name in each if name != "version"}
        assert by_name["counter"]["counter"] == {"count": 0}
        lines = by_name["board"]["board"]["lines"]
        assert stream.response is not None
        cookie = stream.response.headers["set-cookie"].partition(";")[0]
        client.post("/counter/increment", headers={"cookie": cookie})
        assert next_piece(stream) == {"counter": {"count": 1}, "version": 1}
        rpc(client, "board.write", {"line": "é"}, **ANNA)
        assert next_piece(stream)["board"] == {"lines": [*lines, "é"]}
        client.post("/counter/increment", headers={"cookie": cookie})
        assert next_piece(stream)["counter"] == {"count": 2}
        stream.send("hello")
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(20)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1003


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("watch=counter", {"origin": "https://evil.example"}, 403),
        ("watch=counter", {"sec-fetch-site": "cross-site"}, 403),
        ("watch=nothing", {}, 422),
        ("", {}, 422),
        ("watch=note:nothing", {}, 404),
    ],
)
def test_a_handshake_is_refused_as_a_request_is(
    served: ServedApp, query: str, headers: dict[str, str], status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        live(served, query, **headers)
    response = refused.value.response
    assert response.status_code == status
    assert json.loads(response.body)["status"] == status


def test_a_server_speaks_websockets_by_another_library_or_not_at_all(folder: Path) -> None:
    app = "served_operations.generated.app:create_app"
    with ServedApp(folder, app, UVICORN_WS="wsproto") as served:
        with live(served, "watch=counter", origin=served.url) as stream:
            assert next_piece(stream)["counter"] == {"count": 0}
            served.stop()
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    stream.recv(20)
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 1012
        served.environment["UVICORN_WS"] = "none"
        served.start()
        with pytest.raises(InvalidStatus) as refused:
            live(served, "watch=counter")
        assert refused.value.response.status_code == 400


def test_pages_of_another_process_follow_the_command_line(
    folder: Path, served: ServedApp, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STARMODEL_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setattr(sys, "path", [*sys.path])
    note = rpc(client, "note.create", {"title": "before"})["result"]["state"]
    with live(served, f"watch=note:{note['id']}", origin=served.url) as stream:
        assert next_piece(stream)["note"]["title"] == "before"
        done = starmodel(folder, "call", "note.update", "--id", note["id"], "--title", "after")
        assert done.code == 0, done.err
        assert next_piece(stream)["note"] == {"title": "after"}
