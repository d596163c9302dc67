"""Whether what a JSON column holds can still be read once its shape is another one.

No migration goes into JSON, so values stay as they were written. What is only added needs nothing:
a part with a default, a choice more, a value that may be left out now.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from starmodel_schemas import Constraints
from starmodel_schemas.json_shape import (
    AgainShape,
    AnyShape,
    ChoicesShape,
    ColumnShape,
    DictShape,
    ListShape,
    ObjectShape,
    OptionalShape,
    ScalarShape,
    TupleShape,
    UnionShape,
)

Problem: TypeAlias = str
"""What keeps old values from being read as they were meant, in a few words."""

_LOWER = ("gt", "ge", "min_length")
_UPPER = ("lt", "le", "max_length", "max_digits", "decimal_places")


def problems(old: ColumnShape, new: ColumnShape, path: str = "") -> Iterator[Problem]:
    """What is wrong with values of the old shape; nothing where each can be read as it was.

    `path` leads to the value: `[].size`.
    """
    if isinstance(new, AnyShape):
        return
    if isinstance(old, UnionShape):
        for member in old.members:
            yield from problems(member, new, path)
        return
    match old, new:
        case OptionalShape(), OptionalShape():
            yield from problems(old.item, new.item, path)
        case _, OptionalShape():
            yield from problems(old, new.item, path)
        case OptionalShape(), _ if not _takes_null(new):
            yield f"{_at(path)} can no longer be null"
        case OptionalShape(), _:
            yield from problems(old.item, new, path)
        case _, UnionShape():
            if not any(_is_readable(old, member) for member in new.members):
                yield f"{_at(path)} is of another type"
        case ScalarShape(), ScalarShape():
            if (old.name, new.name) not in _WIDER and old.name != new.name:
                yield f"{_at(path)} changes from {old.name} to {new.name}"
            elif _is_tighter(old.limits, new.limits):
                yield f"{_at(path)} has other limits"
        case ChoicesShape(), ChoicesShape():
            gone = [value for value in old.values if value not in new.values]
            if gone:
                yield f"{_at(path)} can no longer be {', '.join(map(repr, gone))}"
        case ChoicesShape(), ScalarShape() if _are(old, new):
            pass
        case (ListShape(), ListShape()):
            yield from problems(old.item, new.item, f"{path}[]")
            if (new.unique and not old.unique) or _is_tighter(old.limits, new.limits):
                yield f"{_at(path)} has other limits"
        case (TupleShape(), TupleShape()) if len(old.items) == len(new.items):
            for number, (before, after) in enumerate(zip(old.items, new.items, strict=True)):
                yield from problems(before, after, f"{path}[{number}]")
        case (DictShape(), DictShape()):
            yield from problems(old.key, new.key, f"{path} keys")
            yield from problems(old.value, new.value, f"{path}[]")
            if _is_tighter(old.limits, new.limits):
                yield f"{_at(path)} has other limits"
        case (ObjectShape(), ObjectShape()):
            yield from _parts(old, new, path)
        case (AgainShape(), AgainShape()) if old == new:
            pass
        case _:
            yield f"{_at(path)} is of another type"


_WIDER = {("int", "float")}


def _at(path: str) -> str:
    return f"`{path.lstrip('.')}`" if path else "the value"


def _is_readable(old: ColumnShape, new: ColumnShape) -> bool:
    return next(problems(old, new), None) is None


def _takes_null(shape: ColumnShape) -> bool:
    match shape:
        case UnionShape():
            return any(_takes_null(member) for member in shape.members)
        case ChoicesShape():
            return None in shape.values
        case _:
            return isinstance(shape, OptionalShape | AnyShape)


def _are(choices: ChoicesShape, scalar: ScalarShape) -> bool:
    """Return whether every choice is a value of the scalar."""
    kinds = {type(value).__name__ for value in choices.values}
    return kinds == {scalar.name} and scalar.limits == Constraints()


def _parts(old: ObjectShape, new: ObjectShape, path: str) -> Iterator[Problem]:
    before = {part.name: part for part in old.parts}
    after = {part.name: part for part in new.parts}
    for name, part in before.items():
        if name not in after:
            yield f"{_at(f'{path}.{name}')} is gone, with its values"
        else:
            yield from problems(part.shape, after[name].shape, f"{path}.{name}")
            if after[name].required and not part.required:
                yield f"{_at(f'{path}.{name}')} is required now"
    for name, part in after.items():
        if name not in before and part.required:
            yield f"{_at(f'{path}.{name}')} is new and required"


def _is_tighter(old: Constraints, new: Constraints) -> bool:
    """Return whether a value within the old limits may not be within the new ones."""
    before = old.model_dump(exclude_defaults=True)
    for name, limit in new.model_dump(exclude_defaults=True).items():
        if name in before and before[name] == limit:
            continue
        if name not in before or name not in (*_LOWER, *_UPPER):
            return True
        try:
            is_lower = Decimal(str(limit)) < Decimal(str(before[name]))
        except ArithmeticError:
            return True
        if is_lower != (name in _LOWER):
            return True
    return False
