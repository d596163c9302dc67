"""Aliases mean over HTTP what pydantic means by them: random models and values, both ways."""

import json
import random
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import httpx
import pytest
from crud_project import CrudProject
from pydantic import BaseModel, ValidationError

from starmodel.testing import Client

JSON = {"accept": "application/json"}
COUNT = 24
VALUES = 40

HEAD = """
from pydantic import AliasChoices, AliasGenerator, AliasPath, BaseModel, ConfigDict, computed_field
from dataclasses import dataclass
from typing import Annotated

from pydantic.alias_generators import to_camel, to_pascal, to_snake
from typing_extensions import TypedDict

from starmodel import Access, Entity, EntityConfig, Field, StateStore, event
"""
NAMES = ("first_name", "lastName", "n", "street_no_2", "x1", "total_sum")
WORDS = ("first_name", "firstName", "FirstName", "n", "N", "other", "total_sum", "a", "b")
CONFIGS = (
    *("", "", "populate_by_name=True", "validate_by_name=True"),
    "validate_by_name=True, validate_by_alias=False",
    *("serialize_by_alias=True", "serialize_by_alias=False"),
    *("alias_generator=to_camel", "alias_generator=to_pascal, populate_by_name=True"),
    "alias_generator=AliasGenerator(alias=to_snake, serialization_alias=to_pascal)",
    "alias_generator=AliasGenerator(validation_alias=to_camel)",
)
OPTIONS = (
    *("", "", "", "alias='{}'", "validation_alias='{}'", "serialization_alias='{}'"),
    *("alias='{}', serialization_alias='{}'", "alias='{}', alias_priority=1"),
    "validation_alias=AliasChoices('{}', '{}')",
    "validation_alias=AliasChoices(AliasPath('deep', 'a', 0), '{}')",
    "validation_alias=AliasPath('{}')",
)


PEOPLE = HEAD + """

class HomeAddress(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)

    street_name: str = ""
    house_number: int = 1


@dataclass
class Born:
    in_year: Annotated[int, Field(alias="inYear")] = 1900


class Nick(TypedDict):
    nick_name: Annotated[str, Field(alias="nickName")]


class Person(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, alias_generator=to_camel
    )

    first_name: str = Field(min_length=1, multiline=False)
    home_address: HomeAddress = Field(default_factory=HomeAddress)
    other_homes: list[HomeAddress] = Field(default_factory=list[HomeAddress])
    e_mail: str = Field("", alias="E-Mail", unique=True)
    was_born: Born = Field(default_factory=Born)
    nicks: list[Nick] = Field(default_factory=list[Nick])
    boss_id: str = Field("", validation_alias="boss", serialization_alias="chief")

    @computed_field
    @property
    def first_letter(self) -> str:
        return self.first_name[:1]

    @event
    def move(self, to: HomeAddress) -> HomeAddress:
        self.other_homes.append(self.home_address)
        self.home_address = to
        return to
"""


class Model(NamedTuple):
    """A class as written, and the names of its fields."""

    name: str
    source: str


def written_class(name: str, bases: str, types: list[str], chance: random.Random) -> Model:
    config = chance.choice(CONFIGS)
    if bases == "Entity":
        own = "store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True"
        config = f"EntityConfig({own}{', ' if config else ''}{config})"
    else:
        config = f"ConfigDict({config})"
    lines = [f"class {name}({bases}):", f"    model_config = {config}"]
    words = chance.sample(WORDS, len(WORDS))
    for field in chance.sample(NAMES, chance.randint(2, 4)):
        type_ = chance.choice(types)
        option = chance.choice(OPTIONS)
        while "{}" in option:
            option = option.replace("{}", words.pop(), 1)
        default = {"int": "0", "str": "''"}.get(type_)
        if default is None:
            default = f"default_factory={type_.partition('[')[0]}"
        if " | None" in type_:
            default = "None"
        lines.append(f"    {field}: {type_} = Field({default}{', ' if option else ''}{option})")
    alias = chance.choice(("", "(alias='theDouble')"))
    lines += [f"    @computed_field{alias}", "    @property"]
    lines += ["    def twice_as_much(self) -> int:", "        return 2"]
    return Model(name, "\n".join(lines))


def source_of(chance: random.Random) -> str:
    parts = [HEAD]
    for number in range(COUNT):
        part = written_class(f"Part{number}", "BaseModel", ["int", "str"], chance)
        types = ["int", "str", "str | None", part.name, f"list[{part.name}]"]
        types += [f"dict[str, {part.name}]", f"{part.name} | None"]
        parts += [part.source, written_class(f"Thing{number}", "Entity", types, chance).source]
    return "\n\n\n".join(parts)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrudProject]:
    source = source_of(random.Random(1))
    project = CrudProject(tmp_path_factory.mktemp("aliases"), "aliased", "sqlite://", source)
    project.make(migrated=False)
    with project.imported() as made:
        yield made


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrudProject]:
    project = CrudProject(tmp_path_factory.mktemp("people"), "people", "sqlite://", PEOPLE)
    project.make(migrated=False)
    with project.imported() as made:
        yield made


def test_programs_have_aliases_and_pages_have_names(people: CrudProject) -> None:
    with Client(people.load("generated.app").create_app()) as client:
        home = {"streetName": "Elm Street", "houseNumber": 7}
        body = {"firstName": "Ada", "homeAddress": home, "E-Mail": "a@b", "boss": "me"}
        body |= {"wasBorn": {"inYear": 1815}, "nicks": [{"nickName": "Enchantress"}]}
        made = client.request("POST", "/person", json_body=body, headers=JSON)
        state: dict[str, Any] = {
            "id": made.state["id"],
            "firstName": "Ada",
            "homeAddress": home,
            "otherHomes": [],
            "E-Mail": "a@b",
            "wasBorn": {"inYear": 1815},
            "nicks": [{"nickName": "Enchantress"}],
            "chief": "me",
            "firstLetter": "A",
        }
        assert made.state == state
        path = f"/person/{state['id']}"
        assert client.get(path).state == state
        listed = client.get("/person?first_name=Ada", headers=JSON).json
        assert listed["items"] == [state]
        moved = client.request(
            "POST", f"{path}/move", json_body={"to": {"streetName": "Oak"}}, headers=JSON
        )
        assert moved.result == {"streetName": "Oak", "houseNumber": 1}
        assert moved.state["otherHomes"] == [home]

        # Names are none where pydantic knows none.
        wrong = {"first_name": "Ada", "firstName": ""}
        refused = client.request("POST", "/person", json_body=wrong, headers=JSON)
        assert refused.status == 422 and [*refused.errors] == ["firstName"]
        twice = client.request("POST", "/person", json_body=body, headers=JSON)
        assert twice.status == 409 and [*twice.errors] == ["E-Mail"]
        changed = client.request("PATCH", path, json_body={"firstName": "Eve"}, headers=JSON)
        assert changed.state["firstName"] == "Eve"
        ignored = client.request("PATCH", path, json_body={"first_name": "No"}, headers=JSON)
        assert ignored.state["firstName"] == "Eve"

        # A form may have either.
        html = {"accept": "text/html", "content-type": "application/x-www-form-urlencoded"}
        page = client.get("/person/new", headers={"accept": "text/html"}).text
        assert 'name="first_name"' in page and 'name="home_address.street_name"' in page
        for number, name in enumerate(("first_name", "firstName")):
            form = f"{name}=Form{number}&E-Mail={number}&home_address.street_name=Elm"
            client.request("POST", "/person", body=form.encode(), headers=html)
            found = client.get(f"/person?first_name=Form{number}", headers=JSON).json["items"]
            assert [each["homeAddress"]["streetName"] for each in found] == ["Elm"], name


def test_scripts_of_pages_send_names(people: CrudProject) -> None:
    scripted = {"datastar-request": "true"}
    with Client(people.load("generated.app").create_app()) as client:
        home = {"street_name": "Elm", "house_number": 2}
        body = {"first_name": "Dot", "home_address": home, "e_mail": "x", "other_homes": [home]}
        client.request("POST", "/person", json_body=body, headers=scripted)
        (found,) = client.get("/person?first_name=Dot", headers=JSON).json["items"]
        sent = {"streetName": "Elm", "houseNumber": 2}
        assert (found["homeAddress"], found["otherHomes"]) == (sent, [sent])
        path = f"/person/{found['id']}/move"
        patched = client.request(
            "POST", path, json_body={"to": {"street_name": "Oak"}}, headers=scripted
        )
        assert patched.signals["person"]["home_address"] == {
            "street_name": "Oak",
            "house_number": 1,
        }


async def test_the_client_speaks_in_names(people: CrudProject) -> None:
    app = people.load("generated.app").create_app()
    person = people.load("generated.client.person")
    await app.services.open()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
        client = people.load("generated.client").AsyncClient("http://people.test", http=http)
        home = person.HomeAddress(street_name="Elm Street", house_number=7)
        made = (
            await client.person.create(
                first_name="Ada",
                home_address=home,
                e_mail="c@d",
                boss_id="me",
                was_born=person.Born(in_year=1815),
                nicks=[person.Nick(nick_name="Enchantress")],
            )
        ).state
        assert (made.first_name, made.home_address, made.e_mail) == ("Ada", home, "c@d")
        assert (made.boss_id, made.first_letter) == ("me", "A")
        assert made.was_born.in_year == 1815 and made.nicks[0].nick_name == "Enchantress"
        oak = person.HomeAddress(street_name="Oak")
        moved = await client.person.move(made.id, to=oak)
        assert moved.result == oak and moved.state.other_homes == [home]
        changed = await client.person.update(made.id, first_name="Eve")
        assert changed.state.first_name == "Eve"
        found = await client.person.find(first_name="Eve", e_mail="c@d")
        assert [one.id for one in found.items] == [made.id]
    await app.services.close()


def random_value(annotation: Any, chance: random.Random, depth: int = 0) -> Any:
    """Return something for a field, mostly of its type."""
    if chance.random() < 0.03:
        wrong: list[Any] = [3, "text", {}, [], None]
        return chance.choice(wrong)
    name = str(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return random_body(annotation, chance)
    if "Part" in name:
        cls = next(
            each
            for each in vars(sys.modules["aliased.entities"]).values()
            if isinstance(each, type)
            and f"{each.__name__}" in name.replace("]", " ").replace(".", " ").split()
        )
        body = random_body(cls, chance)
        if "list" in name:
            return [body]
        return {"k": body} if "dict" in name else body
    return chance.choice(["text", "more"]) if "str" in name else chance.randint(0, 9)


def random_body(cls: type[BaseModel], chance: random.Random) -> dict[str, Any]:
    """Return an object with names, aliases, both or neither."""
    body: dict[str, Any] = {}
    for name, field in cls.model_fields.items():
        if name == "id":
            continue
        spellings = {name, field.alias, field.serialization_alias, *WORDS[:3]}
        alias = field.validation_alias
        spellings |= {alias} if isinstance(alias, str) else {"deep", "other", "a"}
        for spelling in spellings:
            if isinstance(spelling, str) and chance.random() < 0.35 and spelling != "id":
                body[spelling] = random_value(field.annotation, chance)
        if chance.random() < 0.2:
            body["deep"] = {"a": [random_value(field.annotation, chance)]}
    return body


def things() -> list[type[BaseModel]]:
    entities = vars(sys.modules["aliased.entities"])
    return [entities[f"Thing{number}"] for number in range(COUNT)]


def test_what_http_makes_is_what_pydantic_makes(project: CrudProject) -> None:
    chance = random.Random(7)
    with Client(project.load("generated.app").create_app()) as client:
        refused = made = 0
        for cls in things():
            path = f"/{cls.__name__.lower()}"
            for _ in range(VALUES):
                body = random_body(cls, chance)
                answer = client.request("POST", path, json_body=body, headers=JSON)
                try:
                    expected = cls.model_validate_json(json.dumps(body))
                except ValidationError:
                    assert answer.status == 422, (cls, body, answer.text)
                    refused += 1
                    continue
                assert answer.status == 201, (cls, body, answer.text)
                made += 1
                assert len(answer.state) == len(expected_json(expected)), (cls, body)
                wanted = {**expected_json(expected), "id": answer.state["id"]}
                assert answer.state == wanted, (cls, body)
                record = f"{path}/{answer.state['id']}"
                assert client.get(record).state == wanted
        assert made > 300 and refused > 50


def expected_json(model: BaseModel) -> dict[str, Any]:
    """What pydantic writes of a model under aliases, of each class as it says."""
    cls = type(model)
    is_by_alias = cls.model_config.get("serialize_by_alias") is not False
    found: dict[str, Any] = {}
    for name, field in cls.model_fields.items():
        alias = field.serialization_alias if is_by_alias else None
        found["id" if name == "id" else alias or name] = part_json(getattr(model, name))
    for name, computed in cls.model_computed_fields.items():
        found[(computed.alias if is_by_alias else None) or name] = getattr(model, name)
    return found


def part_json(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return expected_json(value)
    if isinstance(value, list):
        return [part_json(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: part_json(each) for key, each in cast("dict[str, Any]", value).items()}
    return value
