"""Names to use instead of one that is taken."""

from collections.abc import Iterable
from keyword import iskeyword

from starmodel_schemas.naming import constant_case, pascal_case, snake_case
from starmodel_schemas.reserved_names import (
    CLASS_NAMES,
    EVENT_NAMES,
    FIELD_NAMES,
    FOLDER_NAMES,
    PARAMETER_NAMES,
    SQL_EVENT_NAMES,
    TABLE_CLASSES,
)

POISONED = frozenset({"constructor", "prototype"})
"""Names that mean something else in JavaScript."""

_CLASSES = CLASS_NAMES | TABLE_CLASSES
_FOLDERS = frozenset(FOLDER_NAMES)
_MEMBERS = frozenset({*EVENT_NAMES, *SQL_EVENT_NAMES, *FIELD_NAMES, *PARAMETER_NAMES, "id"})


def free_member(name: str, taken: Iterable[str] = (), *, is_event: bool = False) -> str:
    """Return a name for a field, an event or a parameter that cannot have its own."""
    name = name.strip("_").lower()
    wholes = (f"do_{name}", f"{name}_now") if is_event else (f"{name}_value", f"own_{name}")
    known = {*_MEMBERS, *taken}
    candidates = [each for each in wholes if each not in known and not each.startswith("model_")]
    return candidates[0] if candidates else f"another_{name}"


def free_form(name: str, *, is_event: bool = False) -> str:
    """Return a name that was bent into another form, or one like it that is free."""
    is_taken = name in _MEMBERS or iskeyword(name) or name.startswith("model_")
    return free_member(name, is_event=is_event) if is_taken else name


def free_class(name: str, kind: str, taken: Iterable[str] = ()) -> str:
    """Return a name for an entity, a value object or an enum that cannot have its own.

    `taken` are the names of all classes and of what is generated for them.
    """
    words = pascal_case(snake_case(name).strip("_"))
    known = {*_CLASSES, *taken}
    endings = {"entity": ("", "Entry", "Item"), "enum": ("", "Kind", "Choice")}
    for ending in endings.get(kind, ("", "Data", "Part")):
        candidate = words + ending
        folder = snake_case(candidate)
        if (
            candidate[:1].isalpha()
            and candidate not in known
            and candidate != constant_case(candidate)
            and folder not in _FOLDERS | POISONED
            and not iskeyword(folder)
        ):
            return candidate
    return f"Own{words}"
