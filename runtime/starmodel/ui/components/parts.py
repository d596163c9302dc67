"""Smaller components for pages of one's own, in the look of the app that answers.

Each stands anywhere among markup, `Titled("Orders", ui.Notice("Closed on Sunday."))`, and takes texts,
FT, elements of htpy and other components inside itself. What it looks like is the kit's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Literal, TypeAlias

from starmodel.frozen import frozen
from starmodel.ui.components.embedding import Part
from starmodel.ui.template import Renderable, markup

ButtonKind: TypeAlias = Literal["primary", "secondary", "danger"]
"""What most people come to the page for, anything else, what cannot be undone."""

BadgeKind: TypeAlias = Literal["neutral", "success", "warning", "danger"]


@frozen()
class Badge(Part):
    """A short word about something: `ui.Badge("Sold out", "danger")`."""

    label: str
    kind: BadgeKind = "neutral"

    def render(self, kit: Any, prefix: str) -> Renderable:
        """Return it as a kit has it."""
        return kit.badge(self.label, self.kind)


@frozen()
class Notice(Part):
    """Something worth knowing, in a box; a screen reader says it when there is time."""

    content: Any

    def render(self, kit: Any, prefix: str) -> Renderable:
        """Return it as a kit has it."""
        return kit.alert(markup(self.content), {"role": "status"})


@frozen()
class Alert(Part):
    """Something that must be read before going on, in a box; a screen reader says it at once."""

    content: Any

    def render(self, kit: Any, prefix: str) -> Renderable:
        """Return it as a kit has it."""
        return kit.alert(markup(self.content))


@frozen()
class EmptyState(Part):
    """That there is nothing to show; `action` is what can be done about it, a `LinkButton`."""

    text: str
    action: Any = None

    def render(self, kit: Any, prefix: str) -> Renderable:
        """Return it as a kit has it."""
        action = None if self.action is None else [" ", markup(self.action)]
        return kit.empty_state(self.text, action)


@frozen()
class Card(Part):
    """A box around what belongs together, with a heading where there is a title."""

    content: Any
    title: str = ""

    def render(self, kit: Any, prefix: str) -> Renderable:
        """Return it as a kit has it."""
        heading = kit.form_title(self.title) if self.title else None
        return kit.card([heading, markup(self.content)])


@frozen()
class Breadcrumbs(Part):
    """The way to a page: labels with addresses, then what the page itself is called."""

    steps: Sequence[tuple[str, str]]
    current: str

    def render(self, kit: Any, prefix: str) -> Renderable:
        """Return it as a kit has it."""
        steps = [(label, _address(href, prefix)) for label, href in self.steps]
        return kit.breadcrumbs(steps, self.current)


@frozen()
class Button(Part):
    """A button; what it does is said by `attributes`: `{"data-on:click": bindings.reset()}`."""

    label: str
    kind: ButtonKind = "primary"
    attributes: Mapping[str, str | bool] = field(default_factory=dict[str, "str | bool"])

    def render(self, kit: Any, prefix: str) -> Renderable:
        """Return it as a kit has it."""
        return kit.button(self.label, {"type": "button", **self.attributes}, kind=self.kind)


@frozen()
class LinkButton(Part):
    """A link that looks like a button."""

    label: str
    href: str
    kind: ButtonKind = "primary"

    def render(self, kit: Any, prefix: str) -> Renderable:
        """Return it as a kit has it."""
        return kit.link_button(self.label, _address(self.href, prefix), kind=self.kind)


@frozen()
class Dialog(Part):
    """A link that looks like a button, and the dialog that it opens.

    Args:
        id: The id of the dialog, which no other element of the page has.
        title: Its heading, which the link says as well.
        content: What stands in it, above its button to close it.
        href: Where the link leads in a browser without scripts: a page that says the same.
        kind: What the link looks like.
    """

    id: str
    title: str
    content: Any
    href: str
    kind: ButtonKind = "secondary"

    def render(self, kit: Any, prefix: str) -> Renderable:
        """Return it as a kit has it."""
        opens: dict[str, str | bool] = {"aria-haspopup": "dialog", "aria-controls": self.id}
        title, closer = f"{self.id}--title", f"{self.id}--close"
        content = [
            kit.form_title(self.title, title),
            kit.text(self.content) if isinstance(self.content, str) else markup(self.content),
            kit.button("Close", {"form": closer, "autofocus": True}, kind="secondary"),
            kit.dialog_closer(closer),
        ]
        href = _address(self.href, prefix)
        link = kit.link_button(self.title, href, opens, kind=self.kind)
        return kit.group_of([link, kit.dialog(self.id, title, content)])


def _address(href: str, prefix: str) -> str:
    """Return an address; what is inside of a component has its prefix already, or wants none."""
    is_here = href.startswith("/") and not href.startswith("//")
    return f"{prefix}{href}" if is_here else href
