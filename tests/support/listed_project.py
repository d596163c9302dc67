"""A project with the generated pages of `listed_shop`, and the app that serves them."""

import shutil
from pathlib import Path

from listed_shop import LISTED_SHOP

from starmodel_generator.emission.names import Context
from starmodel_generator.emission.render import environment, render_artifact
from starmodel_generator.planning import EmissionSettings, plan

SETTINGS = EmissionSettings(package="shop.generated", output="shop/generated", client_output="c")
KINDS = ("page", "list_page", "form_page")


def make_listed_project(folder: Path) -> None:
    """Write the pages, with public states that are what JSON has."""
    context = Context(LISTED_SHOP, SETTINGS)
    templates = environment()
    (folder / "shop" / "generated").mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("listed_app.py"), folder)
    types = [*(entity.name for entity in LISTED_SHOP.entities), "Dimensions"]
    state = "\n".join(
        ["from typing import Any", *(f"{name}State = dict[str, Any]" for name in types)]
    )
    for artifact in plan(LISTED_SHOP, SETTINGS):
        if artifact.entity is None or artifact.kind not in KINDS:
            continue
        path = folder / artifact.path
        if not path.parent.exists():
            path.parent.mkdir()
            (path.parent / "state.py").write_text(f"{state}\n")
        path.write_text(render_artifact(artifact, context, templates), encoding="utf-8")
