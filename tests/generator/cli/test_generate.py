"""`starmodel generate`: streams, exit codes, and a tree that is whole whatever happens."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from shop_project import Shop, starmodel


def test_generate_then_check(shop: Shop) -> None:
    first = shop.starmodel("generate", "--check")
    assert first.code == 3
    assert "missing   shop/generated/counter/routes.py\n" in first.out
    assert first.err.endswith(" files are out of date. Run `starmodel generate`.\n")
    assert not (shop.root / "shop/generated").exists(), "--check writes nothing"
    assert not (shop.root / ".starmodel").exists()

    done = shop.starmodel("generate", folder="shop")
    assert (done.code, done.out) == (0, "")
    assert " files written, 0 unchanged, 0 removed.\n" in done.err
    tree = shop.tree()

    for arguments in (["generate"], ["generate", "--check"], ["generate", "--diff"]):
        again = shop.starmodel(*arguments)
        assert (again.code, again.out) == (0, "")
        assert again.err.endswith(" files are up to date.\n")
    assert shop.tree() == tree


def test_a_changed_entity_is_out_of_date_until_it_is_generated(shop: Shop) -> None:
    shop.starmodel("generate")
    shop.change("shop/entities.py", "amount: int = 1", "amount: int = 2")
    check = shop.starmodel("generate", "--check")
    assert check.code == 3
    assert "stale     shop/generated/counter/commands.py\n" in check.out
    diff = shop.starmodel("generate", "--diff")
    assert diff.code == 3
    assert "-    amount: int = 1,\n+    amount: int = 2,\n" in diff.out
    assert "+++ b/shop/generated/counter/commands.py\n" in diff.out

    applied = subprocess.run(
        ["patch", "-p1", "--quiet"], cwd=shop.root, input=diff.out, text=True, check=False
    )
    assert applied.returncode == 0
    assert shop.starmodel("generate", "--check").code == 0


def test_an_edit_that_changes_no_code_is_up_to_date(shop: Shop) -> None:
    shop.starmodel("generate")
    shop.change("shop/entities.py", "class Counter", "# counts\nclass Counter")
    assert shop.starmodel("generate", "--check").code == 0


def test_an_entity_that_goes(shop: Shop) -> None:
    shop.write(
        "shop/pot.py", "from starmodel import Entity\n\n\nclass Pot(Entity):\n    n: int = 0\n"
    )
    shop.change("pyproject.toml", '"shop/entities.py"', '"shop/entities.py", "shop/pot.py"')
    shop.starmodel("generate")
    assert (shop.root / "shop/generated/pot/state.py").exists()
    (shop.root / "shop/pot.py").write_text("")
    check = shop.starmodel("generate", "--check")
    assert check.code == 3 and "orphaned  shop/generated/pot/state.py\n" in check.out
    assert shop.starmodel("generate").code == 0
    assert not (shop.root / "shop/generated/pot").exists()


def test_a_hand_edit(shop: Shop) -> None:
    shop.starmodel("generate")
    path = "shop/generated/counter/commands.py"
    clean = shop.read(path)
    shop.change(path, "Add to the count.", "Add to my count.")
    check = shop.starmodel("generate", "--check")
    assert (check.code, check.out) == (3, f"edited    {path}\n")
    assert "error[SM701] hand-edited-output" in check.err
    assert "Run `starmodel generate`." not in check.err, "it would be refused"
    assert "`starmodel generate` writes nothing until the errors above are settled." in check.err

    done = shop.starmodel("generate")
    assert done.code == 1
    assert "error[SM701] hand-edited-output" in done.err and path in done.err
    assert '-    """Add to my count.' in done.out and '+    """Add to the count.' in done.out
    assert "Add to my count." in shop.read(path)

    assert shop.starmodel("generate", "--force").code == 0
    assert shop.read(path) == clean


def test_what_check_says_is_what_generate_does(shop: Shop) -> None:
    """A foreign file is no less in the way than an edited one; what is stale besides is listed."""
    shop.write("shop/generated/counter/commands.py", "mine\n")
    for arguments in (["generate", "--check"], ["generate", "--diff"]):
        check = shop.starmodel(*arguments)
        assert check.code == 3
        assert "error[SM704] foreign-output" in check.err
        assert "Run `starmodel generate`." not in check.err
    assert shop.starmodel("generate").code == 1
    assert shop.read("shop/generated/counter/commands.py") == "mine\n"
    assert not (shop.root / "shop/generated/app.py").exists()


def make_out_of_date(shop: Shop) -> dict[str, str]:
    """Make one file stale, missing, orphaned and edited each; their codes by path."""
    shop.write(
        "shop/pot.py", "from starmodel import Entity\n\n\nclass Pot(Entity):\n    n: int = 0\n"
    )
    shop.change("pyproject.toml", '"shop/entities.py"', '"shop/entities.py", "shop/pot.py"')
    shop.starmodel("generate")
    (shop.root / "shop/pot.py").write_text("")
    shop.change("shop/entities.py", "amount: int = 1", "amount: int = 2")
    (shop.root / "shop/generated/counter/routes.py").unlink()
    page = "shop/generated/counter/pages.py"
    shop.write(page, shop.read(page) + "# mine\n")
    return {
        "shop/generated/counter/commands.py": "SM906",
        "shop/generated/counter/routes.py": "SM906",
        "shop/generated/pot/state.py": "SM906",
        page: "SM701",
    }


@pytest.mark.parametrize("mode", ["--check", "--diff"])
def test_programs_are_told_which_files_are_out_of_date(shop: Shop, mode: str) -> None:
    expected = make_out_of_date(shop)
    listed = shop.starmodel("generate", "--check").out.splitlines()

    done = shop.starmodel("generate", mode, "--format", "json")
    assert done.code == 3
    found = json.loads(done.out)
    codes = {item["path"]: item["code"] for item in found}
    assert codes.items() >= expected.items()
    assert sorted(codes) == sorted(line.split(maxsplit=1)[1] for line in listed)
    assert len(found) == len(codes) and all(item["help"] for item in found)
    assert {item["severity"] for item in found} == {"error"}
    assert all(path in done.err for path in expected), "people are told on stderr"

    done = shop.starmodel("generate", mode, "--format", "github")
    assert done.code == 3
    lines = done.out.splitlines()
    assert len(lines) == len(codes) and all(line.startswith("::error file=") for line in lines)
    for path, code in expected.items():
        assert any(line.startswith(f"::error file={path},title={code} ") for line in lines)


@pytest.mark.parametrize(("form", "nothing"), [("json", "[]\n"), ("github", "")])
def test_programs_are_told_nothing_else(shop: Shop, form: str, nothing: str) -> None:
    shop.starmodel("generate")
    for mode in ([], ["--check"], ["--diff"], ["--force"]):
        done = shop.starmodel("generate", *mode, "--format", form)
        assert (done.code, done.out) == (0, nothing), mode

    # What a run refuses has a diff for people, which is not for programs to read.
    path = "shop/generated/counter/commands.py"
    shop.change(path, "Add to the count.", "Add to my count.")
    done = shop.starmodel("generate", "--format", form)
    assert done.code == 1 and '-    """Add to my count.' in done.err
    if form == "json":
        assert [(item["code"], item["path"]) for item in json.loads(done.out)] == [("SM701", path)]
    else:
        assert done.out.startswith(f"::error file={path},title=SM701 ")
        assert done.out.count("\n") == 1


def test_programs_are_told_of_a_killed_run(shop: Shop) -> None:
    shop.starmodel("generate")
    shop.write(".starmodel/journal/journal.json", '{"writes": [], "removals": []}')
    done = shop.starmodel("generate", "--check", "--format", "json")
    assert done.code == 3
    (found,) = json.loads(done.out)
    assert (found["code"], found["path"]) == ("SM906", None) and "killed" in found["message"]


def test_a_mistake_in_an_entity(shop: Shop) -> None:
    shop.starmodel("generate")
    tree = shop.tree()
    shop.change("shop/entities.py", "amount: int = 1", "amount")
    for arguments in (["generate"], ["generate", "--check"]):
        done = shop.starmodel(*arguments)
        assert (done.code, done.out) == (1, "")
        assert "error[SM301]" in done.err and "shop/entities.py:" in done.err
        assert "def increment(self, amount)" in done.err and "^" in done.err
    found = json.loads(shop.starmodel("generate", "--format", "json").out)
    assert [(item["code"], item["path"]) for item in found] == [("SM301", "shop/entities.py")]
    assert shop.tree().keys() == tree.keys()


def test_what_keeps_it_from_running(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = starmodel(tmp_path_factory.mktemp("nowhere"), "generate")
    assert nowhere.code == 2 and "SM004" in nowhere.err
    assert shop.starmodel("generate", "--force", "--check").code == 2
    assert shop.starmodel("generate", "--nonsense").code == 2
    shop.change("pyproject.toml", "output", "outptu")
    done = shop.starmodel("generate", "--check")
    assert done.code == 2
    assert "error[SM002] unknown-config-key" in done.err and "pyproject.toml:3:1" in done.err
    assert "did you mean `output`?" in done.err
    shop.change("pyproject.toml", '"shop/entities.py"]', '"shop/entities.py", "shop/absent.py"]')
    assert "absent" in shop.starmodel("generate").err


def test_a_file_that_may_not_be_read(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "entities.py"
    outside.write_text(shop.read("shop/entities.py"))
    (shop.root / "shop/entities.py").unlink()
    (shop.root / "shop/entities.py").symlink_to(outside)
    done = shop.starmodel("generate")
    assert done.code == 2 and "outside the project" in done.err


def test_a_folder_where_a_file_belongs(shop: Shop) -> None:
    shop.starmodel("generate")
    tree = shop.tree()
    path = shop.root / "shop/generated/counter/routes.py"
    path.unlink()
    path.mkdir()
    shop.change("shop/entities.py", "amount: int = 1", "amount: int = 2")
    done = shop.starmodel("generate")
    assert done.code == 2
    assert "routes.py" in done.err
    path.rmdir()
    path.write_bytes(tree["shop/generated/counter/routes.py"])
    shop.change("shop/entities.py", "amount: int = 2", "amount: int = 1")
    assert shop.tree() == tree


def test_a_bug_of_ours_says_so_and_keeps_the_details(shop: Shop, tmp_path: Path) -> None:
    plugin = (
        "import starmodel_generator.cli.generate as g\ng.generate_folder = lambda *a, **k: 1 / 0\n"
    )
    shop.write("site/sitecustomize.py", plugin)
    environment = {
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), *sys.path]),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    done = shop.spawn("generate", "--force", environment=environment)
    assert done.code == 70
    assert "ZeroDivisionError" in done.err and "Traceback" not in done.err
    (file,) = (tmp_path / "cache/starmodel").iterdir()
    assert "Traceback" in file.read_text() and str(file) in done.err

    environment["STARMODEL_TRACEBACK"] = "1"
    assert "Traceback" in shop.spawn("generate", "--force", environment=environment).err


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_a_whole_tree(shop: Shop, sent: signal.Signals, code: int) -> None:
    shop.starmodel("generate")
    old = shop.tree()
    shop.change("shop/entities.py", "amount: int = 1", "amount: int = 2")
    process = subprocess.Popen(
        [sys.executable, "-m", "starmodel_generator", "generate"],
        cwd=shop.root,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(0.35)
    process.send_signal(sent)
    ended = process.wait(30)
    generated = {path: data for path, data in shop.tree().items() if "generated" in path}
    if generated != {path: data for path, data in old.items() if "generated" in path}:
        assert shop.starmodel("generate", "--check").code == 0
    # It may have been done, or not yet be able to tell, when the signal came.
    assert ended in (0, code, -sent)
