"""One file that is to be generated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file of the generated tree, before anybody knows its text.

    `kind` names the view that makes it. `path` is relative to the project root, with `/`.
    `source` is what the header says the file was generated from. `entity` is the qualified name
    of the entity it is about; `None` for a file about the whole app.
    """

    kind: str
    path: str
    source: str
    entity: str | None = None
