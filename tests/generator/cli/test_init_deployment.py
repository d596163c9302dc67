"""`starmodel init --docker` and `--systemd`: what they write is what the app can run on."""

import configparser
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from ports import free_port
from shop_project import starmodel

WITHOUT_GENERATOR = (
    "import sys\n"
    "for name in ('starmodel_generator', 'starmodel_schemas', 'libcst', 'black', 'typer'):\n"
    "    sys.modules[name] = None\n"
    "from {module} import main\n"
    "sys.exit(main())\n"
)
NOTES = """\
from starmodel import Access, Entity, EntityConfig, StateStore


class Note(Entity):
    \"\"\"What somebody has to remember.\"\"\"

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    text: str = ""
"""
SECRET = "a secret for tests, known to everybody"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    assert starmodel(tmp_path, "init", "Corner-Shop", "--docker", "--systemd").code == 0
    return tmp_path / "Corner-Shop"


def instructions(project: Path) -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, each with its arguments."""
    text = re.sub(r"\\\n\s*", "", (project / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def last_stage(project: Path) -> dict[str, str]:
    """The last of each kind of instruction, of what becomes the image."""
    found = instructions(project)
    begin = max(place for place, (name, _) in enumerate(found) if name == "FROM")
    return dict(found[begin:])


def compose(project: Path) -> dict[str, Any]:
    return yaml.safe_load((project / "compose.yaml").read_text())


def context(project: Path, folder: Path) -> Path:
    """What `COPY . .` copies: all that `.dockerignore` does not keep out."""
    rules = [
        line
        for line in (project / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    for path in sorted(project.rglob("*")):
        name = path.relative_to(project).as_posix()
        parents = [name, *[str(one) for one in Path(name).parents][:-1]]
        is_out = False
        for rule in rules:
            pattern = rule.removeprefix("!")
            anywhere = pattern.startswith("**/")
            for one in parents:
                tried = one.rpartition("/")[2] if anywhere else one
                if fnmatch.fnmatchcase(tried, pattern.removeprefix("**/")):
                    is_out = not rule.startswith("!")
        if path.is_file() and not is_out:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / name)
    return folder


@contextmanager
def served(project: Path, folder: Path, **environment: str) -> Generator[list[str]]:
    """Run the image's command in a folder without the generator; gives the command of its check."""
    port = str(free_port())
    stage = last_stage(project)
    program, *arguments = json.loads(
        stage["CMD"].replace("8000", port).replace("0.0.0.0", "127.0.0.1")
    )
    assert program == "uvicorn"
    check = json.loads(stage["HEALTHCHECK"].partition("CMD ")[2].replace("8000", port))
    assert check[0] == "python"
    process = subprocess.Popen(
        [sys.executable, "-c", WITHOUT_GENERATOR.format(module="uvicorn"), *arguments],
        cwd=folder,
        env={**os.environ, "STARMODEL_SECRET_KEY": SECRET, "STARMODEL_LOGS": "json", **environment},
    )
    try:
        yield [sys.executable, *check[1:]]
    finally:
        process.terminate()
        assert process.wait(20) == 0


def becomes_healthy(check: list[str]) -> bool:
    for _ in range(100):
        if subprocess.run(check, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return True
        time.sleep(0.1)
    return False


def test_nothing_is_added_unasked(tmp_path: Path) -> None:
    assert starmodel(tmp_path, "init", "shop").code == 0
    names = {path.name for path in (tmp_path / "shop").iterdir()}
    assert names.isdisjoint({"Dockerfile", "compose.yaml", ".dockerignore", "deploy"})
    assert "production" not in (tmp_path / "shop/pyproject.toml").read_text()


def test_one_without_the_other(tmp_path: Path) -> None:
    assert starmodel(tmp_path, "init", "shop", "--systemd").code == 0
    assert not (tmp_path / "shop/Dockerfile").exists()
    assert (tmp_path / "shop/deploy/shop.service").exists()
    assert "docker" not in (tmp_path / "shop/README.md").read_text()


def test_nothing_is_left_to_be_filled_in(project: Path) -> None:
    names = ("Dockerfile", "compose.yaml", ".dockerignore", "deploy/Corner-Shop.service")
    for name in (*names, "pyproject.toml", "README.md"):
        assert not re.search(r"@[A-Z]+@", (project / name).read_text()), name


def test_the_image_has_the_runtime_and_no_generator_and_no_root(project: Path) -> None:
    pip = [rest for name, rest in instructions(project) if name == "RUN" and "pip" in rest]
    assert [rest.rpartition(" ")[2] for rest in pip] == ['".[production]"']
    table = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    wanted = [*table["dependencies"], *table["optional-dependencies"]["production"]]
    names = {re.split(r"[\[ >=]", one)[0] for one in wanted}
    assert names == {"starmodel-runtime", "uvicorn", "alembic"}
    stage = last_stage(project)
    assert stage["USER"] == "app"
    assert "/_starmodel/ready" in stage["HEALTHCHECK"]


def test_secrets_and_what_is_not_needed_stay_out_of_the_image(
    project: Path, tmp_path: Path
) -> None:
    for name in (".env", "corner_shop/.env.local", "app.db", "app.db-wal", "corner_shop/x.db"):
        (project / name).touch()
    (project / ".git").mkdir()
    (project / ".git/config").touch()
    (project / "corner_shop/__pycache__").mkdir(exist_ok=True)
    (project / "corner_shop/__pycache__/x.pyc").touch()
    (project / "migrations").mkdir()
    (project / "migrations/env.py").touch()
    copied = context(project, tmp_path / "image")
    assert {path.name for path in copied.iterdir()} == {
        *("corner_shop", "migrations", "pyproject.toml"),
        *(["vendor"] if (project / "vendor").exists() else []),
    }
    names = {
        path.relative_to(copied / "corner_shop").as_posix()
        for path in copied.rglob("*.*")
        if path.is_relative_to(copied / "corner_shop")
    }
    assert {"__init__.py", "main.py", "entities.py", "generated/app.py"} <= names
    assert not [name for name in names if "pycache" in name or ".env" in name or ".db" in name]


def test_what_is_in_the_image_serves_and_ends(project: Path, tmp_path: Path) -> None:
    folder = context(project, tmp_path / "image")
    with served(project, folder) as check:
        assert becomes_healthy(check)
    # A server that is gone is not healthy.
    assert subprocess.run(check, stderr=subprocess.DEVNULL, check=False).returncode != 0


def test_migrations_are_applied_before(project: Path, tmp_path: Path) -> None:
    services = compose(project)["services"]
    command = services["migrate"]["command"]
    assert services["app"]["depends_on"]["migrate"] == {
        "condition": "service_completed_successfully"
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    url = f"sqlite:///{tmp_path / 'data.db'}"
    environment = {**os.environ, "PATH": path, "STARMODEL_DATABASE_URL": url}
    # A project that has none yet starts all the same.
    subprocess.run(command, cwd=project, env=environment, check=True)
    (project / "corner_shop/entities.py").write_text(NOTES)
    assert starmodel(project, "generate").code == 0
    assert starmodel(project, "migrate", "new").code == 0
    folder = context(project, tmp_path / "image")
    subprocess.run(command, cwd=folder, env=environment, check=True)
    with served(project, folder, STARMODEL_DATABASE_URL=url) as check:
        assert becomes_healthy(check)


def test_compose(project: Path) -> None:
    found = compose(project)
    assert found["name"] == "corner_shop"
    services = found["services"]
    assert set(services) == {"app", "migrate", "postgres", "redis"}
    app = services["app"]
    environment = app["environment"]
    assert environment["STARMODEL_DATABASE_URL"].startswith("postgresql://corner_shop:")
    assert environment["STARMODEL_DATABASE_URL"].endswith("@postgres/corner_shop")
    assert environment["STARMODEL_BUS_URL"] == "redis://redis:6379/0"
    assert environment["STARMODEL_REDIS_URL"] == "redis://redis:6379/0"
    assert environment == services["migrate"]["environment"]
    # No secret has a default, so that none is forgotten.
    texts = [value for one in services.values() for value in one.get("environment", {}).values()]
    secrets = [text for text in texts if "${" in text]
    assert len(secrets) == 5 and all(":?" in text for text in secrets)
    assert (app["cap_drop"], app["read_only"]) == (["ALL"], True)
    assert int(app["stop_grace_period"].removesuffix("s")) > 8
    assert all(port.startswith("127.0.0.1:") for port in app["ports"])
    # Behind a proxy on the machine, whose address in there is another one.
    assert environment["FORWARDED_ALLOW_IPS"] == "*"
    assert {"ports"}.isdisjoint(services["postgres"]) and {"ports"}.isdisjoint(services["redis"])
    assert set(found["volumes"]) == {"postgres", "redis"}


def test_the_unit(project: Path) -> None:
    unit = configparser.RawConfigParser(strict=False, comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(project / "deploy/Corner-Shop.service")
    service = unit["Service"]
    assert service["ExecStart"] == (
        "/opt/Corner-Shop/.venv/bin/uvicorn corner_shop.main:app --host 127.0.0.1 --port 8000"
    )
    assert "alembic -c migrations/alembic.ini upgrade head" in service["ExecStartPre"]
    assert service["EnvironmentFile"] == "/etc/Corner-Shop/environment"
    assert (service["DynamicUser"], service["NoNewPrivileges"]) == ("yes", "yes")
    assert int(service["TimeoutStopSec"]) > 8
    # Otherwise systemd gives up after five attempts within ten seconds.
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert unit["Install"]["WantedBy"] == "multi-user.target"
