"""The look that comes with StarModel: one small stylesheet, light and dark."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from starmodel.ui.kit import UIAdapter


class DefaultKit(UIAdapter):
    """The look that comes with StarModel.

    To add to it, name stylesheets of your own, which come after its own; to change an element,
    derive from it and override the method that makes it.
    """

    stylesheet_files: ClassVar[Sequence[tuple[str, str]]] = (
        ("starmodel.ui.kits", "layout.css"),
        ("starmodel.ui.kits", "default.css"),
    )

    classes: ClassVar[Mapping[str, str]] = {
        "actions": "actions",
        "alert": "conflict",
        "badge-danger": "badge danger",
        "badge-neutral": "badge",
        "badge-success": "badge success",
        "badge-warning": "badge warning",
        "brand": "brand",
        "breadcrumbs": "breadcrumbs",
        "button-danger": "danger",
        "button-form": "event action",
        "button-secondary": "quiet",
        "buttons": "buttons",
        "card": "card",
        "cell-label": "cell-label",
        "check": "field check",
        "chips": "chips",
        "empty": "empty",
        "error": "error",
        "error-page": "error-page",
        "events": "events",
        "field": "field",
        "filters": "filters",
        "form": "event",
        "hint": "hint",
        "home": "home",
        "jump": "jump button quiet",
        "lead": "lead",
        "line": "line",
        "link-danger": "button danger",
        "link-primary": "button",
        "link-secondary": "button quiet",
        "listing": "listing",
        "masthead": "masthead",
        "more": "more",
        "navigation": "navigation",
        "navigation-aside": "aside",
        "navigation-button": "menu",
        "navigation-links": "links",
        "navigation-long": "navigation long",
        "none": "none",
        "notice": "notice",
        "number": "number",
        "pager": "pages",
        "pager-link": "button quiet",
        "records": "table records",
        "required": "required",
        "result": "result",
        "state": "state",
        "table": "table",
        "wide": "wide",
        # Around lists
        "batch": "batch",
        "batch-records": "batch-records",
        "children": "children",
        "children-head": "children-head",
        "column-choice": "column-choice",
        "column-form": "column-form",
        "list-tools": "list-tools",
        "row-actions": "row-actions",
        "row-button": "quiet",
        "skip": "skip",
        "tick": "tick",
    }
