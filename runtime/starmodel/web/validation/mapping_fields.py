"""Which fields of an entity are mappings whose keys may change: `dict`, and unions of objects.

A patch of signals puts keys into such a mapping and takes none away, so a page whose signals are
not known needs the mapping emptied first. A value object always has the same keys.
"""

from collections.abc import Iterator
from dataclasses import is_dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from starmodel.domain import Entity

_NONE = type(None)
_LISTS = (list, set, frozenset, tuple)


_known: dict[type[Entity], frozenset[str]] = {}


def varying_fields(cls: type[Entity]) -> frozenset[str]:
    """Name the fields whose values are mappings that may get other keys, computed ones too."""
    names = _known.get(cls)
    if names is None:
        names = _known[cls] = frozenset(_names(cls))
    return names


def _names(cls: type[Entity]) -> Iterator[str]:
    types: dict[str, Any] = {
        **{name: field.annotation for name, field in cls.model_fields.items()},
        **{name: field.return_type for name, field in cls.model_computed_fields.items()},
    }
    yield from (name for name, type_ in types.items() if _varies(type_, ()))


def _varies(type_: Any, around: tuple[type, ...]) -> bool:
    """Return whether a value of the type may be a mapping with other keys; `around` is its owners."""
    origin = get_origin(type_)
    if origin is Annotated:
        return _varies(get_args(type_)[0], around)
    if origin in (Union, UnionType):
        members = [one for one in get_args(type_) if one is not _NONE]
        if len(members) == 1:
            return _varies(members[0], around)
        return any(_varies(one, around) or _is_object(one) for one in members)
    if origin in _LISTS or type_ in _LISTS or origin is Literal:
        # A list is one signal, and replaced as a whole.
        return False
    meant = getattr(type_, "__value__", None) or getattr(type_, "__supertype__", None)
    if meant is not None:
        # An alias by `type`, or a `NewType`.
        return _varies(meant, around)
    if _is_object(type_):
        if type_ in around:
            return False
        fields = type_.model_fields.values()
        return any(_varies(field.annotation, (*around, type_)) for field in fields)
    if is_dataclass(type_):
        # What it holds is not looked into.
        return True
    if isinstance(type_, type) and origin is None and type_ is not Any:
        return issubclass(type_, dict) or type_ is object
    # Of what is left most is a mapping, or `Any`; what is none is emptied for nothing.
    return True


def _is_object(type_: Any) -> bool:
    return isinstance(type_, type) and get_origin(type_) is None and issubclass(type_, BaseModel)
