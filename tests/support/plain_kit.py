"""A third kit, as somebody would write it from docs/kits.md: Pico's stylesheet, and its own layout."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import htpy as h

from starmodel.ui.components.fields import Field
from starmodel.ui.components.pages import Navigation
from starmodel.ui.kit import Content, Row, UIAdapter
from starmodel.ui.template import Renderable

PICO = "https://cdn.jsdelivr.net/npm/@picocss/pico@2/css/pico.min.css"


class PlainKit(UIAdapter):
    """Pico's look: it styles elements by their kind, so few need a class."""

    classes: ClassVar[Mapping[str, str]] = {
        "body": "container",
        "button-secondary": "secondary",
        "button-danger": "contrast",
        "link-secondary": "secondary",
        "link-danger": "contrast",
        "badge-neutral": "badge",
        "badge-success": "badge ok",
        "badge-warning": "badge warn",
        "badge-danger": "badge bad",
        "error": "pico-color-red-500",
        "records": "overflow-auto",
        "table": "overflow-auto",
        "table-element": "striped",
    }

    def __init__(self, *, language: str = "en", stylesheets: Sequence[str] = ()) -> None:
        super().__init__(language=language, stylesheets=[PICO, *stylesheets])

    def navigation(self, navigation: Navigation, current: str, aside: Content) -> Renderable:
        """Return Pico's bar of links: two lists in a `<nav>`."""
        return h.nav(aria_label="Main")[
            h.ul[h.li[h.strong[h.a(href="/")[navigation.title]]]] if navigation.title else None,
            h.ul[
                [
                    h.li[
                        h.a(href=item.href, aria_current="page" if item.href == current else None)[
                            item.label
                        ]
                    ]
                    for item in navigation.items
                ],
                h.li[aside] if aside else None,
            ],
        ]

    def description_list(self, rows: Sequence[tuple[Field, Renderable]]) -> Renderable:
        """Return the fields in a card."""
        return h.article[super().description_list(rows)]

    def form(self, attributes: Any, **parts: Any) -> Renderable:
        """Return a form in a card."""
        return h.article[super().form(attributes, **parts)]

    def row(self, row: Row, *, is_check: bool = False) -> Renderable:
        """Return a label, and below it the input: Pico's order for text and boxes alike."""
        star = h.span(aria_hidden="true")[" *"] if row.required else None
        label = h.label(for_=row.control_id)[row.label, star]
        around = [row.control, label] if is_check else [label, row.control]
        return h.div[around, row.hint, row.error, row.after]

    def hint(self, id: str, text: Content) -> Renderable:
        """Return small words."""
        return h.small(id=id)[text]

    def link_button(
        self, label: Content, href: str, attributes: Any = None, *, kind: str = "primary"
    ) -> Renderable:
        """Return a link with the role of a button, by which Pico knows it."""
        given = self.attributes(f"link-{kind}", {"href": href, **(attributes or {})})
        return h.a({"class": "primary", **given} if kind == "primary" else given)[label]

    def card(self, content: Content, attributes: Any = None) -> Renderable:
        """Return what Pico shows as a card."""
        return h.article(self.attributes("card", attributes))[content]
