"""MonsterUI's look: FrankenUI's classes on native elements, in a theme of MonsterUI's.

It needs the extra `monsterui`. Its components' classes are taken rather than its components where
these would bring scripts of their own: what a page does is the same under every kit.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Literal

import htpy as h
from monsterui.all import ButtonT, LabelT, TableT, Theme, ThemeRadii

from starmodel.errors import ConfigurationError
from starmodel.ui.assets import Asset, asset, read_file
from starmodel.ui.kit import UIAdapter
from starmodel.ui.kits.default import DefaultKit
from starmodel.ui.template import Renderable

FRANKEN_CSS = "https://cdn.jsdelivr.net/npm/franken-ui@2.1.2/dist/css/core.min.css"
FRANKEN_INTEGRITY = "sha384-f7ZBMp1fa25usJtJiMKP/QZgoFOFeb79F2p9v4+CanSn+SYjn+Kf+fLwEU4zQEfb"

Mode = Literal["auto", "light", "dark"]
"""Which colours: those that the reader's system has, or always the same."""


def _button(kind: ButtonT) -> str:
    return f"uk-btn {kind.value}"


class MonsterUIKit(UIAdapter):
    """MonsterUI's look.

    Args:
        theme: One of MonsterUI's themes: `Theme.blue`, or its name.
        mode: Whether pages are light or dark.
        language: The language of the pages.
        stylesheets: URLs of stylesheets to load after those of the kit.
        stylesheets_folder: A folder of stylesheets to serve instead of FrankenUI's from its CDN,
            in the order of their names: for a policy without other sites, and for no network.

    Raises:
        ConfigurationError: There is no such theme, or no stylesheet in the folder.
    """

    stylesheet_files: ClassVar[Sequence[tuple[str, str]]] = (
        ("starmodel.ui.kits", "layout.css"),
        ("starmodel.ui.kits", "monsterui.css"),
    )

    classes: ClassVar[Mapping[str, str]] = {
        **DefaultKit.classes,
        "alert": "conflict uk-alert",
        "badge-danger": f"uk-label {LabelT.destructive.value}",
        "badge-neutral": "uk-label",
        "badge-success": f"uk-label {LabelT.primary.value}",
        "badge-warning": f"uk-label {LabelT.secondary.value}",
        "button-danger": _button(ButtonT.destructive),
        "button-primary": _button(ButtonT.primary),
        "button-secondary": _button(ButtonT.default),
        "card": "card uk-card",
        "home": "home",
        "checkbox": "uk-checkbox",
        "empty": "empty uk-placeholder",
        "file": "uk-input",
        "form-title": "uk-card-title",
        "input": "uk-input",
        "jump": f"jump button {_button(ButtonT.default)}",
        "label": "uk-form-label",
        "legend": "uk-form-label",
        "line": "uk-textarea line",
        "link-danger": f"button {_button(ButtonT.destructive)}",
        "link-primary": f"button {_button(ButtonT.primary)}",
        "link-secondary": f"button {_button(ButtonT.default)}",
        "navigation-button": f"menu {_button(ButtonT.default)}",
        "pager-link": f"button {_button(ButtonT.default)}",
        "row-button": _button(ButtonT.default),
        "select": "uk-select",
        "table-element": f"uk-table {TableT.divider.value} {TableT.sm.value}",
        "textarea": "uk-textarea",
    }

    def __init__(
        self,
        *,
        theme: Theme | str = Theme.blue,
        mode: Mode = "auto",
        language: str = "en",
        stylesheets: Sequence[str] = (),
        stylesheets_folder: str | Path | None = None,
    ) -> None:
        super().__init__(language=language, stylesheets=stylesheets)
        name = theme if isinstance(theme, str) else theme.value
        if name not in Theme.__members__:
            raise ConfigurationError(
                f"MonsterUI has no theme {name!r}; there are: {', '.join(Theme.__members__)}."
            )
        self._theme = f"uk-theme-{name} {ThemeRadii.md.value}"
        self._mode = mode
        self._is_remote = stylesheets_folder is None
        own = [] if stylesheets_folder is None else _stylesheets(Path(stylesheets_folder))
        self._own = tuple([path for path, _ in own])
        scheme = asset(
            "scheme",
            "js",
            "text/javascript; charset=utf-8",
            read_file("starmodel.ui.kits", "monsterui.js"),
        )
        self._scheme = scheme[0]
        self._assets = MappingProxyType({**self._assets, **dict([*own, scheme])})

    @property
    def content_sources(self) -> Mapping[str, Sequence[str]]:
        """FrankenUI's CDN, and the sites of the stylesheets that were named."""
        named = super().content_sources.get("style-src", ())
        return {"style-src": [FRANKEN_CSS, *named]} if self._is_remote else super().content_sources

    def head(self) -> Sequence[Renderable]:
        """Return FrankenUI's stylesheet as well, and the script that follows the system's scheme."""
        franken: list[Renderable] = [h.link(rel="stylesheet", href=path) for path in self._own]
        if self._is_remote:
            franken.append(
                h.link(
                    rel="stylesheet",
                    href=FRANKEN_CSS,
                    integrity=FRANKEN_INTEGRITY,
                    crossorigin="anonymous",
                )
            )
        if self._mode == "auto":
            # Not a module: it runs before anything is drawn.
            franken.append(h.script(src=self._scheme))
        return [*franken, *super().head()]

    def html_attributes(self) -> dict[str, str]:
        """Return the theme as well."""
        scheme = " dark" if self._mode == "dark" else ""
        return {**super().html_attributes(), "class": f"{self._theme}{scheme}"}


def _stylesheets(folder: Path) -> list[tuple[str, Asset]]:
    """Return the stylesheets of a folder, with the paths that they are served at."""
    files = sorted(folder.glob("*.css"))
    if not files:
        raise ConfigurationError(
            f"There is no stylesheet in {folder}. Put FrankenUI's core.min.css there: it is in"
            " dist/css of the package franken-ui on npm."
        )
    return [asset(file.stem, "css", "text/css; charset=utf-8", file.read_bytes()) for file in files]
