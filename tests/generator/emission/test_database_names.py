"""An app on tables that have names of their own: what its callers see are the names of fields."""

from pathlib import Path

import pytest
from crud_project import CrudProject
from named_music import NAMED_MUSIC

from starmodel.testing import Client

JSON = {"accept": "application/json"}


CAMELS = """
from starmodel import Access, Entity, EntityConfig, Field, Many, Ref, StateStore, event

SQL = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)


class PetTag(Entity):
    model_config = SQL

    tagText: str = Field(max_length=20, unique=True)
    taggedPets: Many["PetAnimal", "allTags"]


class PetAnimal(Entity):
    model_config = EntityConfig(**SQL, indexes=[("petName", "bestTag")], order_by="-petName")

    petName: str = Field(max_length=20, index=True)
    bestTag: Ref[PetTag] | None = Field(default=None, on_delete="set_null")
    allTags: list[Ref[PetTag]] = Field(default_factory=list[Ref[PetTag]])
    oldNames: list[str] = Field(default_factory=list[str])
    weightInGrams: int = Field(default=1, ge=1)

    @event
    async def takeTag(self, petTag: PetTag) -> None:
        self.bestTag = Ref(petTag)
"""


def made(entities: str, request: pytest.FixtureRequest, folder: Path, name: str) -> CrudProject:
    urls = {"temporary": "sqlite://", "file": f"sqlite:///{folder / 'app.db'}"}
    url = urls.get(request.param) or request.getfixturevalue("postgres_url")
    project = CrudProject(folder, f"{name}_{request.param}", url, entities)
    project.make(migrated=request.param != "temporary")
    return project


@pytest.fixture(params=["temporary", "file", "postgresql"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> CrudProject:
    return made(NAMED_MUSIC, request, tmp_path, "music")


@pytest.fixture(params=["temporary", "file", "postgresql"])
def camels(request: pytest.FixtureRequest, tmp_path: Path) -> CrudProject:
    return made(CAMELS, request, tmp_path, "pets")


def test_names_in_camel_case_are_those_of_columns_and_link_tables(camels: CrudProject) -> None:
    with camels.imported(), Client(camels.load("generated.app").create_app()) as client:
        tag = client.post("/pet_tag", {"tagText": "wild"}).state["id"]
        pet = {"petName": "Rex", "allTags": [tag], "oldNames": ["Max"], "weightInGrams": 900}
        path = f"/pet_animal/{client.post('/pet_animal', pet).state['id']}"
        state = client.post(f"{path}/take_tag", {"petTag": tag}).state
        assert state == {"id": state["id"], **pet, "bestTag": tag}
        found = client.get(f"/pet_animal?petName__startswith=re&bestTag={tag}&allTags={tag}")
        assert [each["id"] for each in found.json["items"]] == [state["id"]]
        found = client.get("/pet_animal?weightInGrams__ge=900&sort=-weightInGrams&include=bestTag")
        assert found.json["included"]["bestTag"][tag]["tagText"] == "wild"
        wrong = client.request("PATCH", path, json_body={"weightInGrams": 0}, headers=JSON)
        assert wrong.status == 422 and [*wrong.errors] == ["weightInGrams"]
        html = {"accept": "text/html"}
        for page in ("/pet_animal", path, f"{path}/edit", "/pet_animal/new"):
            assert client.get(page, headers=html).status == 200
        again = client.request("POST", "/pet_tag", json_body={"tagText": "wild"}, headers=JSON)
        assert again.status == 409 and [*again.errors] == ["tagText"]
        client.request("DELETE", f"/pet_tag/{tag}", headers=JSON)
        assert client.get(path).state == {**state, "bestTag": None, "allTags": []}


def test_records_are_made_found_changed_and_deleted(project: CrudProject) -> None:
    with project.imported(), Client(project.load("generated.app").create_app()) as client:
        home = {"street": "Elm Street 1", "town": "Bristol"}
        genre = client.post("/genre", {"name": "Trip hop"}).state
        assert genre == {"id": 1, "name": "Trip hop"}
        artist = client.post("/artist", {"firstName": "Beth", "home": home}).state
        assert artist["home"] == home
        album = {"title": "Dummy", "artist": artist["id"], "guests": [artist["id"]], "songs": 11}
        made = client.post("/album", {**album, "genre": "1", "styles": ["1"]}).state
        assert (str(made["genre"]), [str(each) for each in made["styles"]]) == ("1", ["1"])
        found = client.get("/album?genre=1&styles=1&include=genre,artist").json["included"]
        assert found == {"genre": {"1": genre}, "artist": {artist["id"]: artist}}
        assert (made["title"], made["artist"], made["songs"]) == ("Dummy", artist["id"], 11)

        found = client.get(f"/album?title=Dummy&songs__gt=10&sort=-songs&artist={artist['id']}")
        assert [each["id"] for each in found.json["items"]] == [made["id"]]
        found = client.get("/artist?firstName__contains=et")
        assert [each["id"] for each in found.json["items"]] == [artist["id"]]
        assert "Dummy" in client.get("/album", headers={"accept": "text/html"}).text

        client.post(f"/album/{made['id']}/sell_now?copyCount=2")
        assert client.get(f"/album/{made['id']}").state["songs"] == 13
        change = {"parent_id": made["id"], "title": "Third"}
        answer = client.request("PATCH", f"/album/{made['id']}", json_body=change, headers=JSON)
        assert answer.status == 200, answer.text

        rating = {"album": made["id"], "critic": "Ann", "stars": 5}
        assert client.post("/rating", rating).state["stars"] == 5
        again = client.request("POST", "/rating", json_body=rating, headers=JSON)
        assert again.status == 409
        assert again.errors.keys() == {"album", "critic"}

        assert client.request("DELETE", "/genre/1", headers=JSON).status < 300
        assert client.get(f"/album/{made['id']}").state["genre"] is None
        assert client.request("DELETE", f"/artist/{artist['id']}", headers=JSON).status < 300
        assert client.get("/album").json["items"] == client.get("/rating").json["items"] == []


def test_constraints_of_rows_name_the_fields(project: CrudProject) -> None:
    with project.imported(), Client(project.load("generated.app").create_app()) as client:
        artist = client.post("/artist", {"firstName": "Beth"}).state["id"]
        album = {"title": "Dummy", "artist": artist, "released": 1994, "reissued": 1994}
        client.post("/album", album)

        def refused(**changed: object) -> set[str]:
            body = {**album, "title": "Other", **changed}
            answer = client.request("POST", "/album", json_body=body, headers=JSON)
            assert answer.status == (
                422 if "title" in changed and len(str(changed["title"])) > 160 else 409
            ), answer.text
            return {*answer.errors}

        assert refused(title="Dummy") == {"title", "artist"}
        assert refused(reissued=1993) == {"released", "reissued"}
        assert refused(songs=0) == {"songs"}
        assert refused(artist="nobody") == {"artist"}
        assert refused(title="x" * 161) == {"title"}
