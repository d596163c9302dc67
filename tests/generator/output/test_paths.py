"""What may be written where."""

from pathlib import Path

from starmodel_generator.output.paths import check_paths


def codes(root: Path, *paths: str) -> list[str]:
    return [mistake.code for mistake in check_paths(root, paths, ("shop/generated", "client"))]


def test_paths_within_the_output_folders(tmp_path: Path) -> None:
    assert codes(tmp_path, "shop/generated/app.py", "client/deep/er/a.py") == []


def test_paths_that_lead_elsewhere(tmp_path: Path) -> None:
    for path in (
        "shop/app.py",
        "/etc/passwd",
        "shop/generated/../main.py",
        "shop/generated//a.py",
        "shop/generated/..\\..\\a.py",
        "shop/generated/c:a.py",
        "shop/generated/a\0.py",
        "shop/generated/a\n.py",
        "shop/generatedx/a.py",
    ):
        assert codes(tmp_path, path) == ["SM705"], path


def test_names_that_differ_by_case(tmp_path: Path) -> None:
    assert codes(tmp_path, "client/Cart.py", "client/cart.py") == ["SM603"]


def test_links(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    inside = project / "elsewhere"
    for folder in (project / "shop" / "generated", outside, inside):
        folder.mkdir(parents=True)
    (project / "shop/generated/cart").symlink_to(outside)
    (project / "client").symlink_to(inside)
    (project / "shop/generated/app.py").symlink_to(outside / "app.py")

    assert codes(project, "shop/generated/cart/routes.py") == ["SM705"]
    assert codes(project, "shop/generated/app.py") == ["SM705"]
    assert codes(project, "client/cart.py") == []
