"""The ports in docs/from-*.md: taken out of them, generated as they are written, and used."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from crud_project import CrudProject
from document import DOCS, read_document
from fasthtml.common import to_xml  # pyright: ignore[reportUnknownVariableType]

from starmodel.testing import Client

JSON = {"accept": "application/json"}
PAGES = ("sqlmodel", "django", "prisma", "reflex", "starmodel-0.1")


@contextmanager
def port(folder: Path, name: str, package: str) -> Generator[Client]:
    """Generate what stands under "After" on one of the pages, and serve it."""
    entities = read_document(f"from-{name}.md")["After"].code("python")[0]
    project = CrudProject(folder, package, f"sqlite:///{folder / 'app.db'}", entities)
    project.make(migrated="SERVER_SQL" in entities)
    with project.imported(), Client(project.load("generated.app").create_app()) as client:
        yield client


def test_every_page_is_tried_and_listed() -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    found = {path.name for path in DOCS.glob("from-*.md")}
    assert found == {f"from-{name}.md" for name in PAGES}
    assert [name for name in found if f"docs/{name}" not in readme] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_what_it_should(name: str, tmp_path: Path) -> None:
    sections = read_document(f"from-{name}.md")
    assert [*sections] == [
        "What becomes what",
        "What has no counterpart",
        "Before",
        "After",
    ]
    path = tmp_path / "entities.py"
    path.write_text(sections["After"].code("python")[0])
    black = (sys.executable, "-m", "black", "--check", "-q", "-l", "100", str(path))
    assert subprocess.run(black, check=False).returncode == 0


def test_heroes(tmp_path: Path) -> None:
    with port(tmp_path, "sqlmodel", "heroes") as client:
        team = client.post("/team", {"name": "Preventers", "headquarters": "Sharp Tower"}).state
        assert team["id"] == 1
        hero = {"name": "Deadpond", "real_name": "Dive Wilson", "team": "1"}
        made = client.post("/hero", hero).state
        assert "real_name" not in made and made["team"] in (1, "1")
        again = client.request("POST", "/hero", json_body=hero, headers=JSON)
        assert again.status == 409 and again.errors.keys() == {"name", "team"}
        free = client.post("/hero", {"name": "Rusty-Man", "real_name": "T.", "age": 48}).state
        client.post(f"/hero/{free['id']}/join", {"team": "1"})
        assert len(client.get("/hero?team=1").json["items"]) == 2
        assert client.request("DELETE", "/team/1", headers=JSON).status < 300
        assert [each["team"] for each in client.get("/hero").json["items"]] == [None, None]


def test_polls(tmp_path: Path) -> None:
    with port(tmp_path, "django", "polls") as client:
        question = client.post("/question", {"question_text": "What's new?"}).state
        assert question["pub_date"]
        for text in ("Not much", "The sky"):
            client.post("/choice", {"question": question["id"], "choice_text": text, "votes": 9})
        first, second = client.get("/choice?sort=choice_text").json["items"]
        for _ in range(2):
            client.post(f"/choice/{second['id']}/vote")
        assert client.get(f"/choice/{second['id']}").state["votes"] == 2
        assert client.get(f"/choice/{first['id']}").state["votes"] == 0
        html = {"accept": "text/html"}
        page = unescape(client.get(f"/choice/{first['id']}", headers=html).text)
        assert "What's new?" in page
        client.request("DELETE", f"/question/{question['id']}", headers=JSON)
        assert client.get("/choice").json["items"] == []


def test_a_blog(tmp_path: Path) -> None:
    with port(tmp_path, "prisma", "blog") as client:
        user = client.post("/user", {"email": "a@b.example", "role": "ADMIN"}).state
        assert user.keys() == {"id", "email", "name", "role", "createdAt"}
        post = {"title": "Hello", "author": "1", "isPublished": True}
        made = client.post("/post", post).state
        assert made["isPublished"] is False
        assert client.post(f"/post/{made['id']}/publish").state["isPublished"] is True
        again = client.request("POST", "/post", json_body=post, headers=JSON)
        assert again.status == 409 and again.errors.keys() == {"author", "title"}
        found = client.get("/post?is_published=true&include=author").json
        assert [each["id"] for each in found["items"]] == [made["id"]]
        assert found["included"]["author"]["1"] == user


def test_a_list_of_things_to_do(tmp_path: Path) -> None:
    with port(tmp_path, "reflex", "todos") as client:
        client.post("/todo/add_item", {"item": "Eat"})
        state = client.post("/todo/finish_item", {"item": "Sleep"}).state
        assert (state["items"], state["done"], state["left"]) == (["Write code", "Eat"], 1, 2)
        wrong = {"item": "Fly"}
        refused = client.request("POST", "/todo/finish_item", json_body=wrong, headers=JSON)
        assert refused.status == 422
        client.request("POST", "/todo/finish_all", headers={"datastar-request": "true"})
        assert client.get("/todo").state["left"] == 0


def test_the_counter(tmp_path: Path) -> None:
    with port(tmp_path, "starmodel-0.1", "counter") as client:
        client.post("/counter/increment", {"amount": 3})
        assert client.get("/counter").state == {"count": 3, "update_count": 1}
        scripted = {"datastar-request": "true"}
        assert "Reset" in client.request("POST", "/counter/reset", headers=scripted).text
        assert client.get("/counter").state["count"] == 0
        names: dict[str, Any] = {}
        exec(read_document("from-starmodel-0.1.md")["After"].code("python")[1], names)
        page = unescape(to_xml(names["page"]))
        assert 'data-text="$counter.count"' in page
        assert "data-on:click=\"@post('/counter/increment?amount=1'" in page
