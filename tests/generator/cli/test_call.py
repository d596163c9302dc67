"""`starmodel call`: an operation in a process of its own, and what is said about mistakes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from operations_project import make
from shop_project import Done, Shop


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with pytest.MonkeyPatch.context() as patch:
        # The command may set them where it is run in this process.
        for name in ("STARMODEL_SECRET_KEY", "STARMODEL_DATABASE_URL", "PYTHONPATH"):
            patch.setenv(name, "")
        patch.setattr("sys.path", [*__import__("sys").path])
        yield make(tmp_path_factory.mktemp("call"), "called_shop")


def call(project: Shop, *arguments: str) -> Done:
    return project.starmodel("call", *arguments)


def test_operations_are_listed(project: Shop) -> None:
    done = call(project)
    assert done.code == 0, done.err
    listed = [line.split("  ")[0] for line in done.out.splitlines()]
    assert listed == [
        "counter.read",
        "counter.increment",
        "counter.explode",
        "counter.climb",
        "counter.whisper",
        "board.read",
        "board.longest",
        "board.write",
        "note.read",
        "note.find",
        "note.stamp",
        "note.sign",
        "note.create",
        "note.update",
        "note.delete",
    ]
    assert "counter.increment  Add to the count.\n" in done.out


def test_an_event_is_run_with_arguments_of_its_types(project: Shop) -> None:
    done = call(project, "counter.increment", "--amount", "2")
    assert done.code == 0, done.err
    answer = json.loads(done.out)
    assert answer["state"] == {"count": 2} and answer["result"] == 2
    assert "kept in memory" in done.err
    as_json = call(project, "counter.increment", "--json", '{"amount": -3}')
    assert json.loads(as_json.out)["state"] == {"count": -3}
    assert json.loads(call(project, "counter.increment", "--amount=-5").out)["result"] == -5


def test_a_record_is_made_found_changed_and_deleted(project: Shop) -> None:
    made = call(project, "note.create", "--title", "Ein Tee", "--tags", "a", "--tags", "b,c")
    assert made.code == 0, made.err
    state = json.loads(made.out)["state"]
    assert (state["title"], state["tags"]) == ("Ein Tee", ["a", "b,c"])
    assert "kept in memory" not in made.err
    id = state["id"]
    changed = call(project, "note.update", "--id", id, "--json", '{"price": "2.50"}')
    assert json.loads(changed.out)["state"]["price"] == "2.50"
    found = call(project, "note.find", "--price__gt", "2", "--sort", "-price", "--limit", "5")
    assert [each["id"] for each in json.loads(found.out)["items"]] == [id]
    other = json.loads(call(project, "note.create", "--title", "a, b", "--tags", "a").out)["state"]
    for asked, expected in (
        (["--title__in", "Ein Tee", "--title__in", "a, b"], [other["id"], id]),
        (["--tags__contains", "a", "--tags__contains", "b,c"], [id]),
        (["--tags__contains", "a"], [other["id"], id]),
    ):
        found = call(project, "note.find", *asked, "--sort", "-title", "--sort", "id")
        assert found.code == 0, found.err
        titles = {one["id"] for one in json.loads(found.out)["items"]}
        assert titles == {*expected}
    deleted = call(project, "note.delete", "--id", id)
    assert (deleted.code, deleted.out) == (0, "null\n")
    gone = call(project, "note.read", "--id", id)
    assert (gone.code, gone.out) == (1, "")
    assert "Not found (404): There is no such note." in gone.err


def test_a_secret_that_others_may_not_have_is_told(
    project: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_told(*arguments: str, secret: str = "") -> bool:
        monkeypatch.setenv("STARMODEL_SECRET_KEY", secret)
        done = call(project, *arguments)
        assert done.code == 0, done.err
        return "warning: STARMODEL_SECRET_KEY is not set" in done.err

    assert is_told("note.create", "--title", "Tea")
    assert not is_told("note.create", "--title", "Tea", secret="k" * 40)
    assert not is_told("note.find"), "nobody is to hear of it"
    assert not is_told("counter.increment"), "it is kept here alone"


def test_who_acts_is_said_and_decides(project: Shop) -> None:
    refused = call(project, "board.write", "--line", "Hello")
    assert (refused.code, refused.out) == (1, "")
    assert "Not signed in (401)" in refused.err
    assert call(project, "board.write", "--line", "Hello", "--as", "anna").code == 0
    assert json.loads(call(project, "counter.whisper", "--as", "anna").out)["result"] == "anna "
    id = json.loads(call(project, "note.create", "--title", "x").out)["state"]["id"]
    assert call(project, "note.stamp", "--id", id, "--as", "anna").code == 1
    stamped = call(project, "note.stamp", "--id", id, "--role", "clerk")
    # What the app prints is no part of the result.
    assert json.loads(stamped.out)["result"] == "stamped" and "stamped\n" in stamped.err
    assert call(project, "note.sign", "--id", id, "--as", "anna").code == 0
    again = call(project, "note.sign", "--id", id, "--as", "anna")
    assert again.code == 1 and "It is signed already." in again.err
    assert call(project, "note.sign", "--id", id, "--as", "ben").code == 1


def test_what_does_not_fit_is_said_of_each_argument(project: Shop) -> None:
    done = call(project, "note.create", "--title", "", "--price", "-1")
    assert (done.code, done.out) == (1, "")
    assert "title: This must not be empty." in done.err
    assert "price: " in done.err
    missing = call(project, "note.sign")
    assert missing.code == 1 and "id: This is required." in missing.err
    named = call(project, "counter.increment", "--json", '{"amuont": 2}')
    assert named.code == 1 and "amuont: There is no such argument." in named.err


def test_an_argument_that_is_called_as_an_option_of_call_is_given_as_json(project: Shop) -> None:
    for words in (["--role", "admin"], ["--role=admin"]):
        done = call(project, "note.create", "--title", "x", *words)
        assert (done.code, done.out) == (2, "")
        assert "--role is an option of `call`, and `note.create` takes an argument" in done.err
        assert "by --json" in done.err
    # Nothing of it was meant for who acts, and what stands in front is.
    given = ["--json", '{"title": "x", "role": "author"}']
    made = json.loads(call(project, "--role", "clerk", "note.create", *given).out)["state"]
    assert made["role"] == "author"
    stamped = call(project, "note.stamp", "--id", made["id"], "--role", "clerk")
    assert stamped.code == 0, stamped.err
    described = call(project, "note.create", "--help").out
    assert "\n  role " in described and "By --json." in described and "--role" not in described


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["counter.incremet"], "did you mean `counter.increment`?"),
        (["counter.increment", "--amuont", "2"], "did you mean --amount?"),
        (["counter.increment", "--amount"], "--amount needs a value: INTEGER"),
        (["counter.increment", "--amount", "1", "--amount", "2"], "--amount is given twice"),
        (["counter.increment", "2"], "`2` belongs to no argument"),
        (["counter.increment", "--json", "{"], "--json is not valid JSON"),
        (["counter.increment", "--json", "[2]"], "--json is no object"),
        (["--amount", "2"], "there is no operation `--amount`"),
    ],
)
def test_a_mistake_on_the_command_line_is_code_2(
    project: Shop, arguments: list[str], said: str
) -> None:
    done = call(project, *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_help_says_what_an_operation_takes(project: Shop) -> None:
    done = call(project, "note.create", "--help")
    assert done.code == 0
    assert done.out.startswith("Usage: starmodel call note.create --title STRING\n")
    assert "Over HTTP: POST /note. Who may: everybody." in done.out
    [line] = [line for line in done.out.splitlines() if line.startswith("  --title")]
    assert line.split() == ["--title", "STRING", *"What it is about. Required.".split()]
    rest = {line.split()[0]: line.split()[1] for line in done.out.splitlines()[6:]}
    assert (rest["--tags"], rest["--size"]) == ("ARRAY", "OBJECT")
    assert (rest["--price"], rest["--before"]) == ("NUMBER|STRING", "INTEGER|STRING")
    policy = call(project, "note.sign", "-h").out
    assert "Who may: called_shop.entities.may_edit." in policy
    assert "starmodel call counter.increment --amount 2" in call(project, "--help").out


def test_nothing_of_an_unforeseen_error_is_data(project: Shop) -> None:
    done = call(project, "counter.explode")
    assert (done.code, done.out) == (1, "")
    assert "Something went wrong (500)" in done.err


def test_code_has_to_be_generated_first(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    done = call(shop)
    assert done.code == 2 and "run `starmodel generate` first" in done.err


def test_code_that_is_older_than_its_source_is_told(project: Shop) -> None:
    text = project.read("called_shop/entities.py")
    project.write("called_shop/entities.py", text + "\n# More.\n")
    try:
        done = call(project, "board.read")
    finally:
        project.write("called_shop/entities.py", text)
    assert done.code == 0
    assert "warning: called_shop/entities.py has changed" in done.err


def test_the_app_of_a_framework_is_found_behind_ours(project: Shop) -> None:
    text = project.read("pyproject.toml")
    project.write(
        "called_shop/main.py",
        "from starlette.applications import Starlette\n"
        "from called_shop.generated.app import configure_app\n"
        "app = Starlette()\nconfigure_app(app)\nempty = Starlette()\n",
    )
    try:
        project.write("pyproject.toml", text + 'app = "called_shop.main:app"\n')
        assert json.loads(call(project, "counter.read").out)["state"] == {"count": 0}
        project.write("pyproject.toml", text + 'app = "called_shop.main:empty"\n')
        done = call(project)
        assert done.code == 2 and "is no app that" in done.err
        project.write("pyproject.toml", text + 'app = "called_shop.nothing:app"\n')
        done = call(project)
        assert done.code == 2 and "No module named 'called_shop.nothing'" in done.err
    finally:
        project.write("pyproject.toml", text)


def test_a_setting_that_does_not_fit_is_said(
    project: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STARMODEL_HEALTH", "perhaps")
    done = call(project, "counter.read")
    assert done.code == 2 and "STARMODEL_HEALTH must be true or false." in done.err


def test_mcp_over_stdio_serves_nothing_that_is_not_named(project: Shop) -> None:
    done = project.starmodel("mcp")
    assert done.code == 2 and "names no operations" in done.err
