"""The table of operations of an app, below a path, watched, and where it does not fit."""

from typing import Any

import pytest
from found_app import RESOURCES, Recorded
from web_world import SECRET, identify, resources

from starmodel import ANONYMOUS, StateStore
from starmodel.application.queries.find import find_each
from starmodel.application.readable import Reading
from starmodel.errors import ConfigurationError
from starmodel.observation import OBSERVATION, Observation
from starmodel.settings import Settings
from starmodel.testing import Client
from starmodel.web import Operation, Operations, WebApplication
from starmodel.web.app import query_params
from starmodel.web.operations import json_rpc
from starmodel.web.operations.operation_table import OperationTable

ROWS = [
    Operation("counter.read", "GET /counter", "Read it.", access="its session", effect="none"),
    Operation("counter.increment", "POST /counter/increment", "Add.", access="its session"),
]


def make_app(*rows: Operation, **settings: Any) -> WebApplication:
    given = Settings(secret_key=SECRET, **settings)
    return WebApplication(resources(), given, Operations(rows), identify=identify)


LISTS = [
    Operation(f"{name}.find", f"GET /{name}", "Find some.", access="everybody", effect="none")
    for name in ("book", "thing")
]


def make_library() -> WebApplication:
    given = Settings(secret_key=SECRET, jsonrpc="/rpc")
    return WebApplication(
        RESOURCES, given, Operations(LISTS), stores={StateStore.SERVER_SQL: Recorded()}
    )


def call(client: Client, method: str, **params: object) -> Any:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    answer = client.post("/rpc", message)
    assert answer.status == 200, answer.text
    return answer.json


def test_below_a_path_sessions_are_those_of_the_app_there() -> None:
    app = make_app(*ROWS, jsonrpc="/rpc", mcp=("counter.*",))
    with Client(app, root_path="/shop") as client:
        assert call(client, "counter.increment", amount=2)["result"]["state"]["count"] == 2
        assert client.get("/counter").json["state"]["count"] == 2
        assert [*client.cookies] == ["starmodel.shop"]
        listed = client.post("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).json
        assert [one["name"] for one in listed["result"]["tools"]] == [row.name for row in ROWS]


def test_a_batch_is_carried_out_until_its_answers_are_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_rpc, "MAX_ANSWER", 150)
    add = {"jsonrpc": "2.0", "method": "counter.increment"}
    read = {"jsonrpc": "2.0", "method": "counter.read", "id": "r"}
    with Client(make_app(*ROWS, jsonrpc="/rpc")) as client:
        batch = [read, {**add, "id": 1}, {**add, "id": 2}, 3, add, read]
        told = client.request("POST", "/rpc", json_body=batch).json
        assert [("error" in one, one["id"]) for one in told] == [
            (False, "r"),
            (False, 1),
            (True, 2),
            (True, None),
            (True, "r"),
        ]
        assert told[2]["error"]["code"] == -32600 and "another request" in str(told[2])
        # What is not answered was carried out, what is answered so was not.
        assert call(client, "counter.read")["result"]["state"]["count"] == 2


def test_what_the_calls_of_a_batch_read_counts_together(monkeypatch: pytest.MonkeyPatch) -> None:
    shared: list[object] = []

    async def find(*given: Any, reading: Reading | None, **more: Any) -> Any:
        shared.append(reading)
        return await find_each(*given, reading=reading, **more)

    monkeypatch.setattr(query_params, "find_each", find)
    ask = {"jsonrpc": "2.0", "id": 1, "method": "book.find"}
    with Client(make_library()) as client:
        for body in ([ask, ask], ask):
            assert client.request("POST", "/rpc", json_body=body).status == 200
    assert isinstance(shared[0], Reading) and shared == [shared[0], shared[0], None]


def test_a_list_is_asked_for_by_values_of_the_types_in_its_schema() -> None:
    with Client(make_library()) as client:
        refused: list[tuple[dict[str, Any], list[str]]] = [
            ({"title": None}, ["title"]),
            ({"title": ["a", "b"]}, ["title"]),
            ({"title": {"a": 1}, "author": None, "pages": 1}, ["title", "author"]),
            ({"title": 5}, ["title"]),
            ({"title__in": "a,b"}, ["title__in"]),
            ({"title__in": ["a", None]}, ["title__in"]),
            ({"title__contains": []}, ["title__contains"]),
            ({"limit": [1]}, ["limit"]),
            ({"cursor": None}, ["cursor"]),
            ({"sort": ["title", 1, None]}, ["sort"]),
        ]
        for params, wrong in refused:
            error = call(client, "book.find", **params)["error"]
            assert error["code"] == -32602, params
            assert [one["name"] for one in error["data"]["errors"]] == wrong
        empty = call(client, "thing.find", name=None)["error"]["data"]["errors"]
        assert "name__isnull asks for" in empty[0]["message"]
        fitting: list[dict[str, Any]] = [
            {
                "title__contains": ["a, b", "[c"],
                "title__in": ["[a", "b, c"],
                "sort": ["-title", "id"],
            },
            {"include": ["author", "editor"], "pages__in": [1, "2"], "editor__isnull": True},
            {"title__contains": "a", "pages__in": [], "limit": 5},
        ]
        for params in fitting:
            assert call(client, "book.find", **params)["result"]["items"] == [], params


def test_the_schema_of_a_list_says_what_may_come_several_times() -> None:
    find = OperationTable(LISTS, RESOURCES).find("book.find")
    assert find is not None
    schema = find.json_schema["properties"]
    one = {"type": "string", "minLength": 1, "maxLength": 200}
    several = {"type": "array", "items": one, "minItems": 1, "maxItems": 20}
    assert schema["title__contains"] == {"anyOf": [one, several]}
    assert schema["title"] == {"type": "string"} and schema["sort"]["type"] == "array"


def test_pages_reach_tools_only_from_origins_that_are_trusted() -> None:
    app = make_app(*ROWS, mcp=("*",), trusted_origins=("https://Friend.example/",))
    message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    with Client(app) as client:
        for origin, status in (
            ("https://friend.example", 200),
            # As where evil.example is a name for this very address.
            ("http://testserver", 403),
            ("null", 403),
        ):
            sent = client.post("/mcp", message, headers={"origin": origin})
            assert sent.status == status, origin
        assert client.post("/mcp", message).status == 200


def test_a_session_of_mcp_that_is_used_does_not_end() -> None:
    now = [1_800_000_000.0]
    settings = Settings(secret_key=SECRET, mcp=("*",), session_max_age=100)
    app = WebApplication(resources(), settings, Operations(ROWS), clock=lambda: now[0])
    hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize"}
    add = {**hello, "method": "tools/call", "params": {"name": "counter.increment"}}

    def post(message: dict[str, Any], session: str = "") -> tuple[Any, str | None]:
        # No cookies: each request is a client of its own.
        headers = {"mcp-session-id": session} if session else {}
        with Client(app) as client:
            answer = client.post("/mcp", message, headers=headers)
            return answer.json, answer.headers.get("mcp-session-id")

    _, begun = post(hello)
    assert begun is not None
    session = begun
    for count in range(1, 5):
        answer, renewed = post(add, session)
        assert answer["result"]["structuredContent"]["state"]["count"] == count
        assert (renewed is None) == (count == 1)
        session = renewed or session
        now[0] += 60
    assert post(add, begun)[0]["error"]["message"].startswith("This session is over")


def test_nothing_is_served_that_is_not_asked_for() -> None:
    with Client(make_app(*ROWS)) as client:
        assert client.post("/rpc", {}).status == client.post("/mcp", {}).status == 404
    with Client(make_app(*ROWS, mcp=("counter.read",))) as client:
        assert client.post("/rpc", {}).status == 404
        message: dict[str, object] = {"name": "counter.increment", "arguments": {}}
        told = client.post(
            "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": message}
        )
        assert told.json["error"]["code"] == -32602


async def test_an_operation_is_counted_as_the_event_that_it_is() -> None:
    app = make_app(*ROWS, jsonrpc="/rpc")
    table = OperationTable(ROWS, app.resources)
    observation = Observation("1")
    OBSERVATION.set(observation)
    async with app.lifespan():
        request = app.local_request(ANONYMOUS, "s")
        for name, given in (("increment", {}), ("increment", {"amount": "x"}), ("read", {})):
            operation = table.find(f"counter.{name}")
            assert operation is not None
            await operation.run(request, given)
    assert [(one.event, one.outcome) for one in observation.events] == [
        ("increment", "done"),
        ("increment", "refused"),
    ]


@pytest.mark.parametrize(
    ("rows", "settings", "said"),
    [
        ([Operation("a.b", "GET /nothing", "", "")], {"jsonrpc": "/rpc"}, "has no route"),
        (ROWS, {"mcp": ("board.*",)}, "No operation is called board.*."),
        (ROWS, {"jsonrpc": "rpc"}, "begins with a slash"),
        (ROWS, {"jsonrpc": "/counter/increment"}, "Two routes answer POST"),
    ],
)
def test_what_does_not_fit_ends_the_start(
    rows: list[Operation], settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        make_app(*rows, **settings)


@pytest.mark.parametrize("variable", ["STARMODEL_MCP", "STARMODEL_JSONRPC"])
def test_variables_open_nothing_that_was_not_generated(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "/everything")
    with pytest.raises(ConfigurationError, match="need the table of operations"):
        WebApplication(resources(), Settings(secret_key=SECRET))
