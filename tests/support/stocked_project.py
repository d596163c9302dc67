"""A project with a shop in SQLite: generated, migrated, and stocked."""

from pathlib import Path
from shutil import copy

from served_app import generate, run, run_starmodel

BROWSER_TESTS = Path(__file__).parents[1] / "browser"
DATABASE = "shop.db"


def make_stocked_project(folder: Path) -> None:
    """Write the project, and its database beside it."""
    generate(folder, BROWSER_TESTS / "stocked_entities.py")
    copy(BROWSER_TESTS / "stocked_goods.py", folder / "shop" / "goods.py")
    url = url_of(folder / DATABASE)
    run_starmodel(folder, "migrate", "new", "first", STARMODEL_DATABASE_URL=url)
    run_starmodel(folder, "migrate", "up", STARMODEL_DATABASE_URL=url)
    run(folder, "shop.goods", STARMODEL_DATABASE_URL=url)
    # The file of the bus stays; a journal would hold what a copy of the database lacks.
    for left in folder.glob(f"{DATABASE}-[!b]*"):
        raise AssertionError(f"{left.name} is left beside the database")


def url_of(database: Path) -> str:
    """Return the URL of an SQLite file."""
    return f"sqlite:///{database}"
