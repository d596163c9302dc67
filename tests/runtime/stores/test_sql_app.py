"""An app whose entities are in SQL: its settings decide where, and a click counts once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sql_tables import LIBRARY, TAG, TAG_TABLE, Store, Tag

from starmodel import MemoryRepo, StateStore
from starmodel.errors import ConfigurationError, Refused
from starmodel.settings import Settings
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.testing import Client
from starmodel.web import (
    Request,
    Resource,
    Response,
    Route,
    WebApplication,
    respond_created,
    respond_event,
    respond_page,
)
from starmodel.web.http.session import SignedSession

KEY = {"idempotency-key": "a-click"}


async def open_tag(request: Request) -> Response:
    async with request.services.unit_of_work(
        request.actor, idempotency_key=request.idempotency_key
    ) as work:
        for _ in work.attempts():
            tag = Tag(name="tag")
            work.add(TAG, tag)
            outcome = await work.commit(tag, "open", {}, None)
            if outcome is not None:
                return respond_created(request, TAG, outcome)
        raise work.last_conflict


async def grow(request: Request) -> Response:
    async with request.services.unit_of_work(
        request.actor, idempotency_key=request.idempotency_key
    ) as work:
        for _ in work.attempts():
            tag = await work.load(TAG, request.path_parameters["id"])
            if len(tag.name) > 3:
                raise Refused("It is long enough.")
            tag.name += "!"
            outcome = await work.commit(tag, "grow", {}, None)
            if outcome is not None:
                return respond_event(request, TAG, outcome)
        raise work.last_conflict


async def drop(request: Request) -> Response:
    async with request.services.unit_of_work(
        request.actor, idempotency_key=request.idempotency_key
    ) as work:
        tag = await work.load(TAG, request.path_parameters["id"])
        work.delete(tag)
        outcome = await work.commit(tag, "drop", {}, None)
        assert outcome is not None
        return respond_event(request, TAG, outcome, location="/tag")


async def read(request: Request) -> Response:
    snapshot = await request.services.read(TAG, request.path_parameters["id"], request.actor)
    return respond_page(request, snapshot, lambda _: "")


def tags() -> Resource:
    return Resource(
        TAG,
        routes=[
            Route("POST", "/tag/open", open_tag, event="open"),
            Route("POST", "/tag/{id}/grow", grow, event="grow"),
            Route("POST", "/tag/{id}/drop", drop, event="drop"),
            Route("GET", "/tag/{id}", read),
        ],
        table=TAG_TABLE,
    )


def app() -> WebApplication:
    return WebApplication([tags()], stores={StateStore.SERVER_SQL: Store("sqlite://", LIBRARY)})


def test_a_request_that_is_sent_again_is_answered_as_the_first_time() -> None:
    with Client(app()) as client:
        made = [client.post("/tag/open", headers=KEY) for _ in range(3)]
        assert {answer.status for answer in made} == {201}
        assert len({answer.headers["location"] for answer in made}) == 1
        path = made[0].headers["location"]
        grown = [client.post(f"{path}/grow", headers=KEY) for _ in range(3)]
        assert [answer.status for answer in grown] == [200] * 3
        assert [answer.json["state"] for answer in grown] == [{"name": "tag!"}] * 3
        assert [answer.json["version"] for answer in grown] == [2] * 3
        assert client.post(f"{path}/grow").status == 422
        assert client.post(f"{path}/grow", headers={"idempotency-key": "another"}).status == 422
        dropped = [client.post(f"{path}/drop", headers=KEY) for _ in range(2)]
        assert [(answer.status, answer.json["state"]) for answer in dropped] == [(200, {})] * 2
        assert client.get(path).status == 404


def test_a_page_is_led_to_the_record_that_its_first_click_has_made() -> None:
    with Client(app()) as client:
        headers = {**KEY, "datastar-request": "true"}
        made = [client.request("POST", "/tag/open", headers=headers) for _ in range(2)]
        assert made[0].text == made[1].text and "location.assign" in made[0].text
        form = {**KEY, "content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
        led = [client.request("POST", "/tag/open", headers=form) for _ in range(2)]
        assert [answer.status for answer in led] == [303, 303]
        # The page's click had the same key, and is the same request.
        assert led[0].headers["location"].rpartition("/")[2] in made[0].text


def test_another_key_is_another_request_and_so_is_that_of_another_session() -> None:
    with Client(app()) as client:
        identity = SignedSession([os.environ["STARMODEL_SECRET_KEY"]])
        cookies: list[str] = []
        for _ in range(2):
            cookie: bytes = identity.cookie(identity.create(), secure=False)
            cookies.append(cookie.decode().partition(";")[0])
        headers = [KEY, {"idempotency-key": "b"}, *({**KEY, "cookie": one} for one in cookies)]
        made = [client.post("/tag/open", headers=each) for each in [*headers, *headers]]
        paths = [answer.headers["location"] for answer in made]
        assert paths[:4] == paths[4:]
        assert len(set(paths)) == 4
        # Under the same key something else is asked for.
        assert client.post("/tag/open?name=x", headers=KEY).headers["location"] not in paths
        for bad in ("", " ", "a b", "é", "x" * 201):
            assert client.post("/tag/open", headers={"idempotency-key": bad}).status == 400


def test_the_settings_say_which_database(tmp_path: Path) -> None:
    app = WebApplication([tags()], Settings(database_url=f"sqlite:///{tmp_path / 'shop.db'}"))
    store = app.services.persistence.stores[StateStore.SERVER_SQL]
    assert isinstance(store, SQLModelBackend)
    with Client(app):
        assert (tmp_path / "shop.db").exists()
    with pytest.raises(ConfigurationError, match="STARMODEL_DATABASE_URL"):
        WebApplication([tags()], Settings(database_url="oracle://host"))
    other = MemoryRepo()
    app = WebApplication([tags()], stores={"tag": other})
    assert app.services.persistence.backend_for(TAG) is other


def test_a_database_without_its_migrations_is_not_served(tmp_path: Path) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'shop.db'}", migrations=str(tmp_path / "migrations")
    )
    with (
        pytest.raises(RuntimeError, match="starmodel migrate"),
        Client(WebApplication([tags()], settings)),
    ):
        pass


def test_the_url_is_not_shown_since_it_may_hold_a_password() -> None:
    assert "hidden" not in repr(Settings(database_url="postgresql://root:hidden@host/shop"))


def test_an_app_without_entities_in_sql_imports_nothing_of_it() -> None:
    script = (
        "import sys, starmodel, starmodel.web\n"
        "starmodel.web.WebApplication([])\n"
        "bad = {'sqlalchemy', 'sqlmodel', 'asyncpg', 'sqlite3'} & {*sys.modules}\n"
        "assert not bad, bad\n"
        "assert 'starmodel.stores.sql' not in sys.modules\n"
        "from starmodel import SQLModelBackend\n"
        "assert not {'sqlalchemy', 'sqlmodel', 'asyncpg'} & {*sys.modules}\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_whoever_lacks_a_library_is_told_what_to_install() -> None:
    script = (
        "import sys\n"
        "sys.modules['{}'] = None\n"
        "from starmodel.errors import ConfigurationError\n"
        "try:\n"
        "    {}\n"
        "except ConfigurationError as error:\n"
        "    assert 'starmodel-runtime[sql]' in str(error), error\n"
        "else:\n"
        "    raise AssertionError\n"
    )
    rows = script.format("sqlmodel", "import starmodel.stores.sql.tables.row")
    subprocess.run([sys.executable, "-c", rows], check=True)
    backend = "from starmodel import SQLModelBackend; SQLModelBackend('postgresql://host/x', [])"
    subprocess.run([sys.executable, "-c", script.format("asyncpg", backend)], check=True)
