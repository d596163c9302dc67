"""An app on tables that have names of their own: what its callers see are the names of fields."""

from pathlib import Path

import pytest
from crud_project import CrudProject
from named_music import NAMED_MUSIC

from starmodel.testing import Client

JSON = {"accept": "application/json"}


@pytest.fixture(params=["temporary", "file", "postgresql"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> CrudProject:
    urls = {"temporary": "sqlite://", "file": f"sqlite:///{tmp_path / 'app.db'}"}
    url = urls.get(request.param) or request.getfixturevalue("postgres_url")
    project = CrudProject(tmp_path, f"music_{request.param}", url, NAMED_MUSIC)
    project.make(migrated=request.param != "temporary")
    return project


def test_records_are_made_found_changed_and_deleted(project: CrudProject) -> None:
    with project.imported(), Client(project.load("generated.app").create_app()) as client:
        home = {"street": "Elm Street 1", "town": "Bristol"}
        artist = client.post("/artist", {"firstName": "Beth", "home": home}).state
        assert artist["home"] == home
        album = {"title": "Dummy", "artist": artist["id"], "guests": [artist["id"]], "songs": 11}
        made = client.post("/album", album).state
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
            assert answer.status in (409, 422), answer.text
            return {*answer.errors}

        assert refused(title="Dummy") == {"title", "artist"}
        assert refused(reissued=1993) == {"released", "reissued"}
        assert refused(songs=0) == {"songs"}
        assert refused(artist="nobody") == {"artist"}
        assert refused(title="x" * 161) == {"title"}
