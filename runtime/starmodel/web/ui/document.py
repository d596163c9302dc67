"""What a page function gives back."""

from typing import NamedTuple


class Page(NamedTuple):
    """A page that the app's `UIAdapter` makes a document of.

    `title` and `lead` are plain text; `content` is HTML.
    """

    title: str
    lead: str
    content: str
