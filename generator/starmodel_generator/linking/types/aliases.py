"""What fields are called where they are sent, as pydantic works it out.

The runtime asks pydantic itself; clients are written from what stands here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pydantic.alias_generators import to_camel, to_pascal, to_snake

Make: TypeAlias = Callable[[str], str]

GENERATORS: Mapping[str, Make] = {
    "pydantic.alias_generators.to_camel": to_camel,
    "pydantic.alias_generators.to_pascal": to_pascal,
    "pydantic.alias_generators.to_snake": to_snake,
}
"""The functions that make an alias of a name, and whose results are known."""

Words: TypeAlias = tuple[str | None, ...]
"""What a field is looked for under, in order; `None` for a place inside of another value."""


@dataclass(frozen=True, slots=True)
class AliasRules:
    """What `model_config` says about aliases.

    `alias`, `validation` and `serialization` are what an `alias_generator` makes of a name.
    `by_alias` and `by_name` say under what a field is looked for, `is_sent` whether it is sent
    under its alias.
    """

    alias: Make | None = None
    validation: Make | None = None
    serialization: Make | None = None
    by_alias: bool = True
    by_name: bool = False
    is_sent: bool = True

    @property
    def has_generator(self) -> bool:
        """Return whether every field has an alias."""
        return any((self.alias, self.validation, self.serialization))


NO_RULES = AliasRules()
"""Of a class that says nothing, and of the id of an entity."""


@dataclass(frozen=True, slots=True)
class Aliases:
    """What is said of one field: `alias`, `validation_alias`, `serialization_alias`."""

    alias: str | None = None
    validation: Words | None = None
    serialization: str | None = None
    priority: int | None = None

    @property
    def is_said(self) -> bool:
        """Return whether there is any of them."""
        return any(each is not None for each in (self.alias, self.validation, self.serialization))

    def under(self, name: str, rules: AliasRules) -> "Aliases":
        """Return what the field has in a class, whose generator may have a say."""
        validation = self.validation
        if validation is None and self.alias is not None:
            validation = (self.alias,)
        serialization = self.alias if self.serialization is None else self.serialization
        priority = 2 if self.priority is None and self.is_said else self.priority
        if not rules.has_generator:
            return Aliases(self.alias, validation, serialization, priority)
        alias = None if rules.alias is None else rules.alias(name)
        read = alias if rules.validation is None else rules.validation(name)
        sent = alias if rules.serialization is None else rules.serialization(name)
        words = None if read is None else (read,)
        if priority is None or priority <= 1:
            return Aliases(alias, words, sent, 1)
        return Aliases(
            self.alias or alias,
            validation if validation is not None else words,
            serialization if serialization is not None else sent,
            priority,
        )

    def sent_as(self, rules: AliasRules) -> str | None:
        """Return the alias under which a field is sent."""
        return self.serialization if rules.is_sent else None

    def read_as(self, rules: AliasRules) -> str | None:
        """Return a word under which a field is looked for, that is not its name."""
        if not rules.by_alias or self.validation is None:
            return None
        return next((word for word in self.validation if word is not None), None)

    def has_no_word(self, rules: AliasRules) -> bool:
        """Return whether a field is looked for inside of other values alone."""
        is_named = rules.by_name or not rules.by_alias
        return bool(self.validation) and self.read_as(rules) is None and not is_named
