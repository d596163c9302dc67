"""What a store in MongoDB keeps of an entity, and where."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from starmodel.application import Key, Stored, Write
from starmodel.application.documents.document import Document

Clock: TypeAlias = Callable[[], float]
"""Says how many seconds have passed since 1970."""

Found: TypeAlias = Mapping[str, Any] | None
"""A document of MongoDB, or none."""


class Codec:
    """Makes documents of what is written, and values of documents.

    The values become JSON as generated `document.py` says. What was deleted or is over leaves its
    version behind, so that none is ever used again.
    """

    def __init__(self, documents: Sequence[Document], clock: Clock) -> None:
        self._documents = {each.definition.name: each for each in documents}
        self._clock = clock

    @property
    def entities(self) -> tuple[str, ...]:
        """The names of the entities, which are those of their collections."""
        return tuple(self._documents)

    def place(self, key: Key) -> dict[str, str]:
        """Return what finds the document of an instance in the collection of its entity."""
        return {"_id": f"{key.scope}:{key.id}"}

    def version(self, found: Found) -> int:
        """Return the version of what a document holds; `0` where it was deleted, or is over."""
        if found is None or found["values"] is None:
            return 0
        over_at = found["over_at"]
        return found["version"] if over_at is None or over_at > self._clock() else 0

    def encode(self, write: Write, found: Found) -> dict[str, Any]:
        """Return the document that takes the place of the one that was found.

        Raises:
            InvalidState: JSON cannot keep some value as it is.
        """
        version = 1 if found is None else found["version"] + 1
        if write.values is None:
            return {"version": version, "values": None, "over_at": None}
        text = self._documents[write.key.entity].dump(write)
        over_at = None if write.ttl is None else self._clock() + write.ttl
        return {"version": version, "values": json.loads(text), "over_at": over_at}

    def decode(self, entity: str, found: Found) -> Stored | None:
        """Return what a document holds; `None` where it was deleted, or is over."""
        version = self.version(found)
        if found is None or not version:
            return None
        return self._documents[entity].load(json.dumps(found["values"]), version)

    def sweep(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return which documents are over, and what becomes of them."""
        return {"over_at": {"$lte": self._clock()}}, {"$set": {"values": None, "over_at": None}}
