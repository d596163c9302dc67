"""Plugins: found by entry point, named by the configuration, and kept honest."""

import importlib
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from shop_project import Shop
from typer.testing import CliRunner

from starmodel_generator.cli.command import make_command
from starmodel_generator.config import GeneratorConfig
from starmodel_generator.plugins import load_targets, run_target
from starmodel_schemas import AppSchema

MODULE = """
    import itertools
    import typer
    from starmodel_generator.plugins import GeneratedFile

    counter = itertools.count()
    app = typer.Typer(help="Publish the routes.")

    @app.callback(invoke_without_command=True)
    def routes(base: str = "/") -> None:
        typer.echo(f"routes under {base}")

    def listing(schema, config):
        names = "".join(f"{entity.name}\\n" for entity in schema.entities)
        return [GeneratedFile(f"{config.output}/entities.txt", f"{len(schema.entities)}\\n{names}")]

    def fickle(schema, config):
        return [GeneratedFile(f"{config.output}/n.txt", f"{next(counter)}\\n")]

    def failing(schema, config):
        raise ValueError("no luck")
"""
ENTRY_POINTS = """
    [starmodel.targets]
    listing = acme_starmodel:listing
    fickle = acme_starmodel:fickle
    failing = acme_starmodel:failing
    broken = acme_starmodel:absent

    [starmodel.commands]
    routes = acme_starmodel:app
    broken = acme_absent:app
"""


@pytest.fixture(autouse=True)
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed package: a module, and the metadata that installers write."""
    (tmp_path / "acme_starmodel.py").write_text(textwrap.dedent(MODULE))
    metadata = tmp_path / "acme_starmodel-1.2.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: acme-starmodel\nVersion: 1.2\n"
    )
    (metadata / "entry_points.txt").write_text(textwrap.dedent(ENTRY_POINTS))
    monkeypatch.syspath_prepend(tmp_path)  # pyright: ignore[reportUnknownMemberType]
    importlib.invalidate_caches()
    yield


CONFIG = GeneratorConfig(
    root=Path(),
    file="pyproject.toml",
    options="",
    entities=("shop",),
    output="shop/generated",
    client_output="shop/generated/client",
)
SCHEMA = AppSchema(entities=())


def test_a_target_gives_files() -> None:
    result = load_targets(["listing"])
    (target,) = result.targets
    assert (target.label, result.diagnostics) == ("listing 1.2", ())
    assert run_target(target, SCHEMA, CONFIG) == ({"shop/generated/entities.txt": b"0\n"}, [])


def test_targets_that_cannot_be_used() -> None:
    result = load_targets(["absent", "broken", "listing"])
    assert [target.name for target in result.targets] == ["listing"]
    assert [(found.code, found.message.partition(":")[0]) for found in result.diagnostics] == [
        ("SM903", "no installed package has a target `absent`"),
        ("SM904", "target `broken` cannot be imported"),
    ]


def test_targets_that_misbehave() -> None:
    fickle, failing = load_targets(["fickle", "failing"]).targets
    _, (mistake,) = run_target(fickle, SCHEMA, CONFIG)
    assert (mistake.code, mistake.target) == ("SM902", "fickle")
    files, (mistake,) = run_target(failing, SCHEMA, CONFIG)
    assert (files, mistake.code) == ({}, "SM904")
    assert "ValueError: no luck" in mistake.message


def test_a_command_stands_beside_ours() -> None:
    runner = CliRunner()
    done = runner.invoke(make_command(["routes"]), ["routes", "--base", "/shop"])
    assert (done.exit_code, done.stdout) == (0, "routes under /shop\n")
    assert "broken" in done.stderr or "acme_absent" not in done.stdout
    listed = runner.invoke(make_command(), ["--help"])
    assert "Publish the routes." in listed.stdout
    # Our own are found without looking for others.
    assert "routes" not in {group.name for group in make_command(["generate"]).registered_groups}


def test_a_target_takes_part_where_the_configuration_names_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "project")
    shop.starmodel("generate")
    listing = shop.root / "shop/generated/entities.txt"
    assert not listing.exists(), "being installed is not enough"

    shop.write("pyproject.toml", shop.read("pyproject.toml") + 'targets = ["listing"]\n')
    assert shop.starmodel("generate").code == 0
    assert listing.read_text() == "1\nCounter\n"
    assert '"listing 1.2"' in shop.read("shop/generated/manifest.json")
    assert shop.starmodel("generate", "--check").code == 0

    shop.change("pyproject.toml", '"listing"', '"listing", "absent"')
    done = shop.starmodel("generate", "--check")
    assert done.code == 2 and "SM903" in done.err

    shop.change("pyproject.toml", '"listing", "absent"', "")
    shop.starmodel("generate")
    assert not listing.exists()
