"""Parts of value objects that nobody outside writes, and how they outlast an update.

An update replaces a value object by what its caller has sent, which never has these parts. They
are taken from the value object that is replaced: the one at the same place, under the same key,
or, in a list, the one that it stands for.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from pydantic import BaseModel

from starmodel.application.copying import IMMUTABLE, default_of, field_values, instance_of
from starmodel.domain import Entity
from starmodel.domain.type_guards import is_mapping, is_sequence, is_set

Model = TypeVar("Model", bound=BaseModel)

ID = "id"
"""The part that says which element of a list is meant, where value objects have it."""


class Writable(NamedTuple):
    """The parts of a class that are written from outside; all others of it are protected.

    Attributes:
        parts: Their names.
        shows_id: Whether an `id` is shown that is not among them: it tells one of several.
    """

    parts: Sequence[str] = ()
    shows_id: bool = False


WritableParts: TypeAlias = Mapping[type[BaseModel], Writable]
"""The writable parts of each class that has others besides."""

ALL_WRITABLE: WritableParts = {}


def protected_names(cls: type[BaseModel], writable: WritableParts) -> tuple[str, ...]:
    """Name the parts of a class that are not written from outside."""
    rule = writable.get(cls)
    if rule is None:
        return ()
    return tuple([name for name in cls.__pydantic_fields__ if name not in rule.parts])


def keep_protected(
    changes: Mapping[str, object], entity: Entity, writable: WritableParts
) -> Mapping[str, object]:
    """Return the new values of some fields with the protected parts of those that they replace.

    What is given is copied where anything is different in it, and stays as it is.
    """
    if not writable:
        return changes
    values = vars(entity)
    keeper = _Keeper(writable)
    return {name: keeper.kept(value, values.get(name)) for name, value in changes.items()}


# What gives the collection of some items that a new one is made of.
_class_of: Callable[[object], Callable[[list[object]], object]] = type


class _Keeper:
    def __init__(self, writable: WritableParts) -> None:
        self._writable = writable

    def kept(self, new: Any, old: object) -> Any:
        """Return a new value with the protected parts of an old one; `None` where there is none."""
        if type(new) in IMMUTABLE:
            return new
        if isinstance(new, BaseModel):
            return self._kept_object(new, old)
        if is_mapping(new):
            before: Mapping[object, object] = old if is_mapping(old) else {}
            return {key: self.kept(value, before.get(key)) for key, value in new.items()}
        make = _class_of(new)
        if is_sequence(new):
            partners = self._partners(new, old if is_sequence(old) else (), in_order=True)
        elif is_set(new):
            new = list(new)
            partners = self._partners(new, list(old) if is_set(old) else (), in_order=False)
        else:
            return new
        kept = [self.kept(item, partner) for item, partner in zip(new, partners, strict=True)]
        return make(kept)

    def _kept_object(self, new: Model, old: object) -> Model:
        cls = type(new)
        before = vars(old) if isinstance(old, cls) else {}
        given = new.__pydantic_fields_set__
        protected = protected_names(cls, self._writable)
        if ID in given and ID not in protected and before.get(ID) != vars(new)[ID]:
            # It says itself that it is another one.
            before = {}
        values: dict[str, Any] = {}
        for name, value in field_values(new).items():
            if name not in protected:
                values[name] = self.kept(value, before.get(name))
            elif name in before:
                values[name] = before[name]
            else:
                values[name] = default_of(cls, name) if name in given else value
        return instance_of(cls, values, given.difference(protected), new.__pydantic_extra__)

    def _partners(
        self, new: Sequence[object], old: Sequence[object], *, in_order: bool
    ) -> list[object]:
        """Find the old element that each new one stands for; `None` for one that is really new.

        First those of the same `id` belong together, where no two have the same. Of the others,
        equal ones do, as far as can be seen from outside; not those that callers give an `id`,
        as another one means another element. What is left and names no `id` is taken for an
        element that was edited in its place, but only where nothing else has moved: the list is
        as long as it was, and whatever has a partner stands where that one stood.
        """
        rest = dict(enumerate(old))
        pairs: dict[int, int] = {}
        ids = _by_id(rest)
        named = {index: id for index, item in enumerate(new) if (id := _id_of(item)) is not None}
        if ids is None or len(set(named.values())) != len(named):
            named = {}
        for index, id in named.items():
            if ids is not None and id in ids:
                pairs[index] = ids[id]
        for place in pairs.values():
            del rest[place]
        alike: dict[object, list[int]] = {}
        for place, item in rest.items():
            alike.setdefault(self._seen(item), []).append(place)
        seen = {
            index: self._seen(item)
            for index, item in enumerate(new)
            if index not in named or (index not in pairs and not self._writes_id(item))
        }
        # Among several that are equal, the one at the same place comes first.
        for is_here in (True, False):
            for index, look in seen.items():
                places = alike.get(look, [])
                if index not in pairs and places and (index in places or not is_here):
                    place = index if is_here else places[0]
                    places.remove(place)
                    pairs[index] = place
                    del rest[place]
        has_moved = any(index != place for index, place in pairs.items())
        if in_order and len(new) == len(old) and not has_moved:
            pairs.update({index: index for index in rest if index not in named})
        return [old[pairs[index]] if index in pairs else None for index in range(len(new))]

    def _writes_id(self, item: object) -> bool:
        return isinstance(item, BaseModel) and ID not in protected_names(type(item), self._writable)

    def _seen(self, value: object) -> object:
        """Return what can be seen of a value, as something that can be looked up."""
        if isinstance(value, BaseModel):
            hidden = {ID, *protected_names(type(value), self._writable)}
            parts = field_values(value).items()
            shown = tuple([(name, self._seen(part)) for name, part in parts if name not in hidden])
            return type(value), shown
        if is_mapping(value):
            return dict, tuple([(self._seen(key), self._seen(one)) for key, one in value.items()])
        if is_sequence(value):
            return type(value), tuple(map(self._seen, value))
        if is_set(value):
            return type(value), frozenset(map(self._seen, value))
        return type(value), repr(value)


def _id_of(item: object) -> object:
    """Return the `id` that the caller has given to a value object; `None` if there is none."""
    if not isinstance(item, BaseModel) or ID not in item.__pydantic_fields_set__:
        return None
    return type(item), repr(vars(item)[ID])


def _by_id(items: Mapping[int, object]) -> dict[object, int] | None:
    """Map the ids of stored value objects to their places; `None` where two have the same."""
    places: dict[object, int] = {}
    for place, item in items.items():
        if isinstance(item, BaseModel) and ID in vars(item):
            id = (type(item), repr(vars(item)[ID]))
            if id in places:
                return None
            places[id] = place
    return places
