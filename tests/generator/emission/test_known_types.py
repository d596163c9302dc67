"""E-mail addresses, URLs, IP addresses, flags and JSON: a generated app in each database, over HTTP."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import IPv4Address, IPv6Network
from pathlib import Path
from typing import Any

import pytest
from crud_project import CrudProject
from pydantic import HttpUrl, ValidationError
from shop_project import starmodel

from starmodel.testing import Client

JSON = {"accept": "application/json"}
ENTITIES = '''
from enum import Flag, IntEnum, IntFlag, StrEnum, auto
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Network
from typing import Annotated, Any

from pydantic import AnyUrl, BaseModel, EmailStr, Field, HttpUrl, IPvAnyAddress, JsonValue

from starmodel import Access, Entity, EntityConfig, StateStore, event
from starmodel import Field as StarField


class Level(IntEnum):
    LOW = 10
    MIDDLE = 20
    HIGH = 30


class Kind(StrEnum):
    SHOP = auto()
    BLOG = auto()


class Right(Flag):
    READ = auto()
    WRITE = auto()
    RUN = auto()
    ALL = READ | WRITE | RUN


class Mode(IntFlag):
    SLOW = 1
    LOUD = 8


class Contact(BaseModel):
    """Somebody to write to."""

    email: EmailStr
    homepage: HttpUrl | None = None


class Site(Entity):
    """A site, and what is known of it."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, order_by="homepage"
    )

    email: EmailStr = StarField(max_length=80, unique=True)
    homepage: HttpUrl = HttpUrl("https://example.com/")
    source: AnyUrl | None = None
    address: IPv4Address = IPv4Address("192.0.2.1")
    home: IPvAnyAddress | None = None
    network: IPv6Network | None = None
    level: Level = Level.LOW
    kind: Kind = Kind.SHOP
    rights: Right = Right.READ
    mode: Mode | None = None
    extra: dict[str, Any] = {}
    anything: JsonValue = None
    mirrors: list[HttpUrl] = []
    by_address: dict[IPv6Address, HttpUrl] = {}
    members: set[EmailStr] = set()
    contact: Contact | None = None
    contacts: list[Contact] = []
    either: HttpUrl | int | None = None
    interfaces: set[IPv4Interface] = set()
    granted: dict[Right, str] = {}

    @event
    def move(
        self,
        homepage: HttpUrl,
        address: IPvAnyAddress | None = None,
        rights: Right = Right.READ,
        email: Annotated[EmailStr, Field(max_length=30)] = "nobody@example.com",
    ) -> HttpUrl:
        """Say where it is now."""
        self.home = address
        self.rights |= rights
        self.email = email
        old, self.homepage = self.homepage, homepage
        return old


class Visit(Entity):
    """Is kept in memory."""

    page: HttpUrl = HttpUrl("https://example.com/start")
    visitor: IPvAnyAddress | None = None
    rights: Right = Right(0)

    @event
    def go(self, page: HttpUrl, visitor: IPvAnyAddress | None = None) -> str | None:
        """Go to another page."""
        self.page, self.visitor = page, visitor
        return page.host
'''


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CrudProject]:
    folder = tmp_path_factory.mktemp("known")
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres_server").database())
        project = CrudProject(folder, f"{request.param}known", url, ENTITIES)
        project.make()
        yield stack.enter_context(project.imported())


@pytest.fixture
def client(project: CrudProject) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


FULL: dict[str, Any] = {
    "email": "ann@EXAMPLE.com",
    "homepage": "HTTPS://Example.com",
    "source": "ftp://example.com/file",
    "address": "198.51.100.7",
    "home": "2001:DB8::7",
    "network": "2001:db8::/32",
    "level": 20,
    "kind": "blog",
    "rights": 3,
    "mode": 9,
    "extra": {"a": [1, None, {"b": "c"}], "d": 1.5},
    "anything": [1, "two", {"three": None}],
    "mirrors": ["https://one.example", "http://two.example/a b"],
    "by_address": {"2001:db8::1": "https://six.example"},
    "members": ["bob@Example.com", "ann@example.com"],
    "contact": {"email": "ann@example.com", "homepage": "https://ann.example"},
    "contacts": [{"email": "bob@example.com"}],
    "either": "https://either.example",
    "interfaces": ["192.0.2.5/24"],
    "granted": {"3": "both"},
}
STATE: dict[str, Any] = {
    **FULL,
    "email": "ann@example.com",
    "homepage": "https://example.com/",
    "home": "2001:db8::7",
    "mirrors": ["https://one.example/", "http://two.example/a%20b"],
    "by_address": {"2001:db8::1": "https://six.example/"},
    "members": ["ann@example.com", "bob@example.com"],
    "contact": {"email": "ann@example.com", "homepage": "https://ann.example/"},
    "contacts": [{"email": "bob@example.com", "homepage": None}],
    "either": "https://either.example/",
}

_numbers = iter(range(10_000))


def make(client: Client, **given: Any) -> dict[str, Any]:
    answer = client.post("/site", {"email": f"n{next(_numbers)}@example.com", **given})
    assert answer.status == 201, answer.text
    return answer.json["state"]


def test_everything_is_kept_as_pydantic_has_it(project: CrudProject, client: Client) -> None:
    answer = client.post("/site", FULL)
    assert answer.status == 201, answer.text
    state = answer.json["state"]
    id = state.pop("id")
    assert state == STATE
    kept = client.get(f"/site/{id}").json["state"]
    assert kept == {**STATE, "id": id}
    cls = project.load("entities").Site
    # pydantic reads no key of an object as a member whose value is a number.
    given = {name: value for name, value in FULL.items() if name != "granted"}
    wanted = cls.model_validate_json(json.dumps(given)).model_dump(mode="json")
    for name in ("homepage", "source", "address", "home", "network", "mirrors", "by_address"):
        assert kept[name] == wanted[name]
    assert client.request("DELETE", f"/site/{id}", headers=JSON).status == 204


def test_defaults(client: Client) -> None:
    state = make(client)
    assert state["homepage"] == "https://example.com/"
    assert (state["address"], state["level"], state["rights"]) == ("192.0.2.1", 10, 1)
    assert (state["extra"], state["anything"], state["granted"]) == ({}, None, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "nobody"),
        ("email", f"{'a' * 80}@example.com"),
        ("homepage", "ftp://example.com"),
        ("homepage", "javascript:alert(1)"),
        ("homepage", 7),
        ("source", "no url"),
        ("address", "2001:db8::1"),
        ("address", "1.2.3"),
        ("home", "here"),
        ("network", "2001:db8::1/32"),
        ("level", 15),
        ("kind", "SHOP"),
        # Python before 3.11.4 takes bits that no member has.
        ("rights", "all"),
        ("rights", "3.5"),
        ("mirrors", ["https://one.example", "one"]),
        ("by_address", {"192.0.2.1": "https://one.example"}),
        ("members", ["ann"]),
        ("contact", {"email": "ann"}),
        ("either", "neither"),
        ("interfaces", ["192.0.2.5/64"]),
        ("granted", {"all": "x"}),
    ],
)
def test_what_pydantic_refuses_is_422(
    project: CrudProject, client: Client, name: str, value: object
) -> None:
    body = {"email": f"n{next(_numbers)}@example.com", name: value}
    with pytest.raises(ValidationError):
        project.load("entities").Site.model_validate_json(json.dumps(body))
    answer = client.post("/site", body)
    assert answer.status == 422, answer.text
    assert {error["name"] for error in answer.json["errors"]} == {name}


def test_an_event_takes_and_gives_them(client: Client) -> None:
    id = make(client)["id"]
    sent = {"homepage": "https://new.example", "address": "192.0.2.9", "rights": 4}
    answer = client.post(f"/site/{id}/move", sent, headers=JSON)
    assert answer.status == 200, answer.text
    assert answer.json["result"] == "https://example.com/"
    state = answer.json["state"]
    assert (state["homepage"], state["home"], state["rights"]) == (
        "https://new.example/",
        "192.0.2.9",
        5,
    )
    assert state["email"] == "nobody@example.com"
    refused = client.post(f"/site/{id}/move", {**sent, "email": f"{'a' * 40}@example.com"})
    assert refused.status == 422


def test_state_in_memory(client: Client) -> None:
    answer = client.post("/visit/go", {"page": "https://a.example/b", "visitor": "2001:db8::1"})
    assert answer.json["state"] == {
        "page": "https://a.example/b",
        "visitor": "2001:db8::1",
        "rights": 0,
    }
    assert answer.json["result"] == "a.example"
    assert client.post("/visit/go", {"page": "nowhere"}).status == 422


def test_an_update_of_one_leaves_the_others(client: Client) -> None:
    state = make(client, homepage="https://one.example", mirrors=["https://two.example"])
    answer = client.request(
        "PATCH", f"/site/{state['id']}", json_body={"source": None, "mode": 8}, headers=JSON
    )
    assert answer.json["state"] == {**state, "mode": 8}


def test_lists_are_filtered_and_sorted_by_them(client: Client) -> None:
    for number, level in ((1, 10), (2, 20), (3, 30)):
        make(
            client,
            homepage=f"https://{number}.list.example/x",
            address=f"203.0.113.{number}",
            level=level,
            rights=number,
        )

    def found(query: str) -> list[str]:
        answer = client.get(f"/site?homepage__contains=.list.example&{query}")
        assert answer.status == 200, answer.text
        return [item["homepage"][8] for item in answer.json["items"]]

    assert found("") == ["1", "2", "3"]
    assert found("sort=-homepage") == ["3", "2", "1"]
    assert found("homepage=https://2.LIST.example/x") == ["2"]
    assert found("homepage__startswith=https://3") == ["3"]
    assert found("homepage__lt=https://2") == ["1"]
    assert found("address=203.0.113.1") == ["1"]
    assert found('address__in=["203.0.113.1","203.0.113.3"]') == ["1", "3"]
    assert found("level__lt=20") == ["1"]
    assert found("level__ge=20&sort=-level") == ["3", "2"]
    assert found("rights=3") == ["3"]
    assert found("home__isnull=true&q=2.list") == ["2"]
    assert client.get("/site?homepage=nowhere").status == 422
    assert client.get("/site?level__lt=15").status == 422
    # A cursor has what a page ended with.
    page = client.get("/site?homepage__contains=.list.example&limit=2&sort=homepage").json
    assert [item["homepage"][8] for item in page["items"]] == ["1", "2"]
    following = client.get(
        f"/site?homepage__contains=.list.example&limit=2&sort=homepage&cursor={page['next']}"
    ).json
    assert [item["homepage"][8] for item in following["items"]] == ["3"]


def test_pages_link_to_the_web_alone(client: Client) -> None:
    web = make(client, source='https://example.com/?a=1&b="2"')
    other = make(client, source="javascript:alert(1)")
    html = {"accept": "text/html"}
    page = client.get(f"/site/{web['id']}", headers=html).text
    assert '<a href="https://example.com/?a=1&amp;b=%222%22" rel="noopener' in page
    page = client.get(f"/site/{other['id']}", headers=html).text
    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page.lower()
    assert "Read" in page
    for listed in (client.get("/site", headers=html).text,):
        assert 'href="javascript' not in listed.lower()


def test_forms_ask_for_them(client: Client) -> None:
    state = make(client)
    page = client.get("/site/new", headers={"accept": "text/html"}).text
    assert 'type="email"' in page
    assert 'type="url"' in page
    edit = client.get(f"/site/{state['id']}/edit", headers={"accept": "text/html"}).text
    assert 'value="https://example.com/"' in edit
    sent = {"homepage": "https://typed.example", "rights": "6", "home": "", "level": "30"}
    answer = client.request("PATCH", f"/site/{state['id']}", form=sent, headers=JSON)
    assert answer.status == 200, answer.text
    changed = answer.json["state"]
    assert (changed["homepage"], changed["rights"], changed["home"], changed["level"]) == (
        "https://typed.example/",
        6,
        None,
        30,
    )
    answer = client.request("PATCH", f"/site/{state['id']}", form={"rights": "all"}, headers=JSON)
    assert answer.status == 422


def test_what_an_author_gets(project: CrudProject, client: Client) -> None:
    entities = project.load("entities")
    table = project.load("generated.site.table")
    site = entities.Site(email="ann@example.com", network="2001:db8::/32", home="192.0.2.8")
    assert site.network == IPv6Network("2001:db8::/32")
    columns = {each.name: each for each in table.SITE_TABLE.columns}
    assert columns["homepage"].read("https://a.example/") == HttpUrl("https://a.example/")
    assert columns["home"].read("192.0.2.8") == IPv4Address("192.0.2.8")


def test_clients_have_texts(project: CrudProject) -> None:
    text = (project.folder / project.package / "generated/client/site.py").read_text()
    assert "homepage: str" in text
    assert "class Right(Flag):" in text
    assert "class Level(Enum):" in text
    assert "pydantic" not in text


PATHS = """
from pathlib import Path

from starmodel import Entity


class File(Entity):
    place: Path = Path("/tmp")
"""


def test_paths_are_refused(tmp_path: Path) -> None:
    project = CrudProject(tmp_path, "paths", entities=PATHS)
    (tmp_path / "shop/entities.py").write_text(PATHS)
    assert project.package
    done = starmodel(tmp_path, "generate")
    assert done.code == 1
    assert "names a file of one machine" in done.err
