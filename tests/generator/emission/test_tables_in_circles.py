"""Entities that refer to each other, and to themselves, in every database."""

from pathlib import Path

import pytest
from crud_project import CrudProject

from starmodel.testing import Client

ENTITIES = """
from starmodel import Access, Entity, EntityConfig, Ref, StateStore

PUBLIC = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)


class Team(Entity):
    model_config = PUBLIC

    name: str
    head: Ref["Person"] | None = None


class Person(Entity):
    model_config = PUBLIC

    name: str
    team: Ref[Team] | None = None
    boss: Ref["Person"] | None = None


class Rock(Entity):
    model_config = PUBLIC

    beats: Ref["Scissors"] | None = None


class Scissors(Entity):
    model_config = PUBLIC

    beats: Ref["Paper"] | None = None


class Paper(Entity):
    model_config = PUBLIC

    beats: Ref[Rock] | None = None
"""


@pytest.mark.parametrize("database", ["temporary", "file", "postgresql"])
def test_references_in_circles(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = {"temporary": "sqlite://", "file": f"sqlite:///{tmp_path / 'app.db'}"}.get(database)
    url = url or request.getfixturevalue("postgres_url")
    project = CrudProject(tmp_path, f"circles_{database}", url, ENTITIES)
    project.make(migrated=database != "temporary")
    # Warnings are errors here, those of SQLAlchemy among them.
    with project.imported(), Client(project.load("generated.app").create_app()) as client:
        team = client.post("/team", {"name": "Red"}).state["id"]
        boss = client.post("/person", {"name": "Ada", "team": team}).state["id"]
        change(client, f"/team/{team}", head=boss)
        change(client, f"/person/{boss}", boss=boss)
        assert client.get(f"/team/{team}").state["head"] == boss
        assert client.get(f"/person/{boss}").state["boss"] == boss
        rock = client.post("/rock", {}).state["id"]
        paper = client.post("/paper", {"beats": rock}).state["id"]
        scissors = client.post("/scissors", {"beats": paper}).state["id"]
        change(client, f"/rock/{rock}", beats=scissors)
        assert client.get(f"/rock/{rock}").state["beats"] == scissors
    if database != "temporary":
        for command in (("down", "base", "--yes"), ("up",)):
            done = project.shop.starmodel(
                "migrate", *command, environment={"STARMODEL_DATABASE_URL": url}
            )
            assert done.code == 0, done.err
            assert "Warning" not in done.err


def change(client: Client, path: str, **fields: str) -> None:
    headers = {"accept": "application/json"}
    answer = client.request("PATCH", path, json_body=fields, headers=headers)
    assert answer.status == 200, answer.text
