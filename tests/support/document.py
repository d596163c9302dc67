"""The code in a document of `docs`, by heading, so that tests run what readers are told to write."""

import re
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parents[2] / "docs"

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A block of code: its language, empty for commands, and its text."""

    language: str
    text: str


class Section(NamedTuple):
    """What stands under a heading: all of it, and the blocks of code in it."""

    text: str
    blocks: list[Block]

    def code(self, language: str) -> list[str]:
        """The blocks of a language."""
        return [block.text for block in self.blocks if block.language == language]


def read_document(name: str) -> dict[str, Section]:
    """Read a document's sections of the second level, by heading."""
    _, *parts = _HEADING.split((DOCS / name).read_text(encoding="utf-8"))
    return {
        heading: Section(text, [Block(*found) for found in _BLOCK.findall(text)])
        for heading, text in zip(parts[::2], parts[1::2], strict=True)
    }
