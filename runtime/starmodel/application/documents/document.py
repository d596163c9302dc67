"""One entity as JSON, for stores that keep documents.

Generated code lists the fields, each with what makes JSON of its value and the value again:

    COUNTER_DOCUMENT = document.Document(
        COUNTER,
        [
            document.field("id"),
            document.field("price", write=str, read=Decimal),
        ],
    )

What was kept before a field was there has its default, a field that was renamed is looked up under
its old name, and what no field is there for is kept along: nodes of the release before and of the next
may be running, and each saves what the others have.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from starmodel.application.copying import default_of
from starmodel.application.definition import EntityDefinition
from starmodel.application.documents.json_text import NotStorable, encode_anything, encode_json
from starmodel.application.store import NOTHING, Stored, StoredWithUnknownFields, Write
from starmodel.errors import ArgumentError, ConfigurationError, InvalidState


class DocumentField(NamedTuple):
    """How the value of one field is kept; see `field`."""

    name: str
    write: Callable[[Any], Any] | None
    read: Callable[[Any], Any] | None
    renamed_from: str | None
    is_sure: bool


def field(
    name: str,
    *,
    write: Callable[[Any], Any] | None = None,
    read: Callable[[Any], Any] | None = None,
    renamed_from: str | None = None,
) -> DocumentField:
    """Describe a field: what makes JSON of its value, and the value again, where that is not the same.

    `None` is kept as it is. `renamed_from` is what the field was called before.
    """
    return DocumentField(name, write, read, renamed_from, is_sure=True)


def anything(
    name: str,
    *,
    write: Callable[[Any], Any] | None = None,
    read: Callable[[Any], Any] | None = None,
    renamed_from: str | None = None,
) -> DocumentField:
    """Describe a field with values of any type; what JSON cannot keep as it is is refused."""
    return DocumentField(name, write, read, renamed_from, is_sure=False)


class Document:
    """How all that an entity holds is kept as JSON.

    Args:
        definition: The entity.
        fields: Its fields, those that are worked out left out.
    """

    def __init__(self, definition: EntityDefinition[Any], fields: Sequence[DocumentField]) -> None:
        self.definition = definition
        self.fields = tuple(fields)
        self._names = frozenset(each.name for each in fields)
        renamed = [each.renamed_from for each in fields if each.renamed_from is not None]
        self._known = self._names.union(renamed)
        self._read = [(each.name, each.read) for each in fields if each.read is not None]

    def dump(self, write: Write) -> str:
        """Return the text that is kept of what is to be saved; it is no deletion.

        Raises:
            InvalidState: JSON cannot keep some value as it is.
        """
        return self.write(NOTHING if write.values is None else write.values, write.unknown_fields)

    def load(self, text: str | bytes, version: int) -> Stored:
        """Return all that a text keeps, to be saved again.

        Raises:
            ConfigurationError: A field has neither a value in it nor a default.
        """
        kept: dict[str, Any] = json.loads(text)
        if kept.keys() == self._names:
            return Stored(self._values_of(kept), version)
        unknown_fields = {name: kept[name] for name in kept.keys() - self._known}
        values = self._values_of(self._brought_up_to_date(kept))
        return (
            StoredWithUnknownFields(values, version, unknown_fields)
            if unknown_fields
            else Stored(values, version)
        )

    def write(self, values: Mapping[str, Any], unknown_fields: Mapping[str, Any] = NOTHING) -> str:
        """Return the text that is kept of the values, and of what another release has there.

        Raises:
            InvalidState: JSON cannot keep some value as it is.
        """
        kept: dict[str, Any] = {**unknown_fields}
        for name, write, _, _, is_sure in self.fields:
            value = values[name]
            try:
                if value is not None and write is not None:
                    value = write(value)
                if not is_sure:
                    encode_anything(value)
            except NotStorable as refused:
                raise self._refuse(name, refused) from None
            kept[name] = value
        try:
            return encode_json(kept)
        except NotStorable:
            for name, value in kept.items():
                try:
                    encode_json(value)
                except NotStorable as refused:
                    raise self._refuse(name, refused) from None
            raise

    def read(self, text: str | bytes) -> dict[str, Any]:
        """Return the values that a text keeps, those of all fields.

        Raises:
            ConfigurationError: A field has neither a value in it nor a default.
        """
        kept: dict[str, Any] = json.loads(text)
        if kept.keys() != self._names:
            kept = self._brought_up_to_date(kept)
        return self._values_of(kept)

    def _values_of(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Make values of what JSON has of them, in the same dictionary."""
        for name, read in self._read:
            value = kept[name]
            if value is not None:
                kept[name] = read(value)
        return kept

    def _brought_up_to_date(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """Return what older code has kept as today's fields want it: as JSON still."""
        found: dict[str, Any] = {}
        for each in self.fields:
            if each.name in kept:
                found[each.name] = kept[each.name]
            elif each.renamed_from is not None and each.renamed_from in kept:
                found[each.name] = kept[each.renamed_from]
            elif self.definition.cls.__pydantic_fields__[each.name].is_required():
                raise ConfigurationError(
                    f"A {self.definition.cls.__name__} was kept before it had the field"
                    f" {each.name}, which has no default. Give it one, or say what it was called:"
                    " Field(renamed_from=...)."
                )
            else:
                default = default_of(self.definition.cls, each.name)
                if default is not None and each.write is not None:
                    default = each.write(default)
                found[each.name] = default
        return found

    def _refuse(self, name: str, refused: NotStorable) -> InvalidState:
        error = ArgumentError(name, refused.message, refused.type)
        return InvalidState(self.definition.name, (error,))
