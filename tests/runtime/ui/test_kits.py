"""Every kit keeps to the contract."""

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from document import read_document
from plain_kit import PlainKit
from random_schemas import hostile_text

from starmodel.errors import ConfigurationError
from starmodel.frontends.datastar import DatastarFrontend
from starmodel.settings import Settings
from starmodel.testing.contracts.kit_contract import HOSTILE_TEXTS, UIContract, components
from starmodel.ui.components.pages import Navigation, NavigationItem
from starmodel.ui.kit import LONG_NAVIGATION, UIAdapter
from starmodel.ui.kits.default import DefaultKit
from starmodel.ui.kits.monsterui import FRANKEN_CSS, MonsterUIKit
from starmodel.web.app.app_state import page_headers

TEXTS = [*HOSTILE_TEXTS, *[hostile_text(Random(seed), 40) for seed in range(500)]]


class TestDefaultKit(UIContract):
    kit = DefaultKit()
    texts = TEXTS


class TestMonsterUIKit(UIContract):
    kit = MonsterUIKit()
    texts = TEXTS


class TestPlainKit(UIContract):
    kit = PlainKit()


def policy(kit: UIAdapter) -> str:
    headers = dict(page_headers(Settings(), DatastarFrontend(), kit.content_sources))
    return headers[b"content-security-policy"].decode()


def test_a_policy_allows_what_a_kit_loads() -> None:
    assert f"style-src 'self' 'unsafe-inline' {FRANKEN_CSS};" in policy(MonsterUIKit())
    assert "style-src 'self' 'unsafe-inline';" in policy(DefaultKit())
    named = DefaultKit(stylesheets=["/own.css", "https://a.example/own.css?v=2"])
    assert "style-src 'self' 'unsafe-inline' https://a.example/own.css;" in policy(named)


def test_monsterui_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "core.min.css").write_text(".uk-btn { color: red }")
    kit = MonsterUIKit(stylesheets_folder=tmp_path, theme="rose", mode="dark")
    (path,) = [path for path in kit.assets if "/core.min-" in path]
    assert kit.assets[path].body == b".uk-btn { color: red }"
    head = "".join([one.__html__() for one in kit.head()])
    assert f'href="{path}"' in head and "//" not in head
    assert kit.content_sources == {}
    assert kit.html_attributes()["class"] == "uk-theme-rose uk-radii-md dark"


def test_monsterui_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no theme 'pink'; there are: slate,"):
        MonsterUIKit(theme="pink")
    with pytest.raises(ConfigurationError, match=r"no stylesheet in .*core\.min\.css"):
        MonsterUIKit(stylesheets_folder=tmp_path)


DOCUMENT = read_document("kits.md")


def documented_kit() -> UIAdapter:
    (code,) = DOCUMENT["One of your own"].code("python")
    names: dict[str, Any] = {}
    exec(compile(code, "kits.md", "exec"), names)
    return names["Kit"]()


class TestDocumentedKit(UIContract):
    kit = documented_kit()


def test_every_part_is_documented() -> None:
    used: set[str] = set()

    class Kit(DefaultKit):
        def attributes(self, part: str, attributes: Any = None) -> dict[str, Any]:
            used.add(part)
            return super().attributes(part, attributes)

    components(Kit(), "text")
    for kind in ("primary", "secondary", "danger"):
        Kit().link_button("Go", "/", kind=kind)
    for kind in ("neutral", "success", "warning", "danger"):
        Kit().badge("New", kind)
    items = [NavigationItem("Things", "/thing")] * (LONG_NAVIGATION + 1)
    Kit().navigation(Navigation("", items), "/", None)
    rows = re.findall(r"^\| (`.*?) \|", DOCUMENT["Parts"].text, re.MULTILINE)
    documented = {part for row in rows for part in re.findall(r"`([a-z-]+)`", row)}
    assert used <= documented
    # No field above needs the whole width.
    assert documented - used <= {"wide"}
    assert set(DefaultKit.classes) | set(MonsterUIKit.classes) <= documented
