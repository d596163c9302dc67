"""What fields are called where they are sent: pydantic's aliases, read when an app starts.

Python has the names of fields, and so do stores, pages and signals. Only what programs send and get
as JSON, and the names in forms and addresses, go by aliases. `None` stands for classes that have none.
The id of an entity is always called `id`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import (
    Annotated,
    Any,
    NotRequired,
    Required,
    TypeAlias,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import AliasChoices, AliasPath, BaseModel, TypeAdapter
from pydantic_core import PydanticUndefined

from starmodel.domain.entity import Entity
from starmodel.domain.type_guards import is_mapping, is_sequence

Sender: TypeAlias = Callable[[Any], Any]
"""Makes what programs get of what a public state has."""


_NO_PATHS: Mapping[str, tuple[AliasPath, ...]] = {}


class InputNames:
    """Where the fields of a class are looked for in what is sent, as pydantic looks for them.

    Attributes:
        spelled: The fields that have an alias of one word, by that word.
        aliases: The word by which a field is called where something is wrong with it.
        by_name: Whether a field that has an alias may be given by its own name as well.
    """

    __slots__ = ("_paths", "aliases", "by_name", "spelled")

    def __init__(self, cls: type[BaseModel], paths: Mapping[str, tuple[AliasPath, ...]]) -> None:
        config = cls.model_config
        by_name = config.get("validate_by_name") or config.get("populate_by_name")
        self.by_name = bool(by_name)
        is_by_alias = config.get("validate_by_alias") is not False
        self._paths: Mapping[str, tuple[AliasPath, ...]] = paths if is_by_alias else _NO_PATHS
        words = [
            (str(path.path[0]), name)
            for name, found in self._paths.items()
            for path in found
            if len(path.path) == 1
        ]
        self.spelled: Mapping[str, str] = dict(words)
        self.aliases: Mapping[str, str] = {name: word for word, name in reversed(words)}

    def read(
        self, members: Mapping[str, Any], names: Iterable[str], *, by_name: bool
    ) -> dict[str, Any]:
        """Return what is given of each field, by its name; with `by_name` also under that."""
        found: dict[str, Any] = {}
        for name in names:
            value: Any = PydanticUndefined
            paths = self._paths.get(name)
            for path in paths or ():
                value = cast("Any", path).search_dict_for_path(members)
                if value is not PydanticUndefined:
                    break
            is_named = paths is None or by_name or self.by_name
            if value is PydanticUndefined and is_named:
                value = members.get(name, PydanticUndefined)
            if value is not PydanticUndefined:
                found[name] = value
        return found

    def known(self, names: Iterable[str]) -> Iterator[str]:
        """Yield the names under which fields are looked for, on the outside."""
        for name in names:
            paths = self._paths.get(name)
            yield from (str(path.path[0]) for path in paths or ())
            if paths is None or self.by_name:
                yield name

    def read_texts(
        self, items: Sequence[tuple[str, str]], *, by_name: bool
    ) -> list[tuple[str, str]]:
        """Return what a form or an address gives, with `home.street` for `homeAddress.street`."""
        given = {self.spelled.get(way.partition(".")[0]) for way, _ in items}
        found: list[tuple[str, str]] = []
        for way, value in items:
            first, dot, rest = way.partition(".")
            name = self.spelled.get(first)
            if name is not None:
                found.append((f"{name}{dot}{rest}", value))
            elif first not in self._paths or (first not in given and (by_name or self.by_name)):
                found.append((way, value))
        return found


def input_names(cls: type[BaseModel]) -> InputNames | None:
    """Return where the fields of a class are looked for; `None` where that is under their names."""
    cls.model_rebuild(raise_errors=False)
    paths: dict[str, tuple[AliasPath, ...]] = {}
    for name, field in cls.__pydantic_fields__.items():
        alias = field.validation_alias
        if alias is not None and not _is_id(cls, name):
            choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
            paths[name] = tuple(
                each if isinstance(each, AliasPath) else AliasPath(each) for each in choices
            )
    return InputNames(cls, paths) if paths else None


def _is_id(cls: type[BaseModel], name: str) -> bool:
    return name == "id" and issubclass(cls, Entity)


@cache
def sender(type_: Any) -> Sender | None:
    """Return what puts aliases into the JSON of values of a type; `None` where there are none."""
    senders: _Senders = {}
    made = _of_type(type_, senders)
    return made if any(each.names for each in senders.values()) else None


def by_alias(type_: Any, value: Any) -> Any:
    """Return the JSON of a value of a type as programs get it."""
    send = sender(type_)
    return value if send is None else send(value)


class _Renaming:
    """Gives the fields of a class their aliases, and sees to their parts."""

    __slots__ = ("known", "names", "parts")

    def __init__(self) -> None:
        self.known: frozenset[str] = frozenset()
        self.names: dict[str, str] = {}
        self.parts: dict[str, Sender] = {}

    def __call__(self, value: Any) -> Any:
        if not is_mapping(value):
            return value
        names, parts = self.names, self.parts
        state = cast("Mapping[str, Any]", value)
        return {
            names.get(name, name): parts[name](part) if name in parts else part
            for name, part in state.items()
        }


_Senders: TypeAlias = dict[type[Any], _Renaming]
_Parts: TypeAlias = dict[str, tuple[Any, str | None]]
"""The types of fields, and their aliases."""


def _of_class(cls: type[Any], parts: Callable[[type[Any]], _Parts], senders: _Senders) -> Sender:
    found = senders.get(cls)
    if found is not None:
        return found
    made = senders[cls] = _Renaming()
    types = parts(cls)
    made.known = frozenset(types)
    for name, (annotation, alias) in types.items():
        if alias is not None and alias != name:
            made.names[name] = alias
        part = _of_type(annotation, senders)
        if part is not None:
            made.parts[name] = part
    return made


def _parts_of_model(cls: type[BaseModel]) -> _Parts:
    cls.model_rebuild(raise_errors=False)
    types: _Parts = {
        name: (field.annotation, None if _is_id(cls, name) else field.serialization_alias)
        for name, field in cls.__pydantic_fields__.items()
    }
    for name, field in cls.__pydantic_decorators__.computed_fields.items():
        types[name] = (field.info.return_type, field.info.alias)
    if cls.model_config.get("serialize_by_alias") is False:
        return {name: (annotation, None) for name, (annotation, _) in types.items()}
    return types


def _parts_of_plain(cls: type[Any]) -> _Parts:
    """Return the parts of a dataclass or a TypedDict, of which pydantic's schema has the aliases."""
    schema = cast("dict[str, Any]", TypeAdapter(cls).core_schema)
    known = {one["ref"]: one for one in schema.get("definitions", ())}
    while schema["type"] not in ("dataclass-args", "typed-dict"):
        is_named = schema["type"] == "definition-ref"
        schema = known[schema["schema_ref"]] if is_named else schema["schema"]
    fields: Any = schema["fields"]
    named: dict[str, Any] = (
        fields if schema["type"] == "typed-dict" else {each["name"]: each for each in fields}
    )
    hints = get_type_hints(cls, include_extras=True)
    return {
        name: (hints.get(name), field.get("serialization_alias")) for name, field in named.items()
    }


_SCALARS = (bool, int, float, str, bytes)
"""What most fields are, and has nothing to be asked for."""


def _of_type(type_: Any, senders: _Senders) -> Sender | None:
    """Return what sees to the value objects in values of a type; `None` where there can be none."""
    if type_ in _SCALARS:
        return None
    while True:
        if hasattr(type_, "__supertype__"):
            type_ = type_.__supertype__
        elif hasattr(type_, "__value__"):
            type_ = type_.__value__
        elif get_origin(type_) in (Annotated, NotRequired, Required):
            type_ = get_args(type_)[0]
        else:
            break
    origin, items = get_origin(type_), get_args(type_)
    cls: Any = type_
    if isinstance(cls, type) and issubclass(cls, BaseModel):
        return _of_class(cls, _parts_of_model, senders)
    # An instance of a dataclass is no type: pydantic has one for a generic class within itself.
    if isinstance(type_, type) and _has_plain_parts(type_):
        return _of_class(cast("type[Any]", type_), _parts_of_plain, senders)
    if origin is Union or origin is UnionType:
        return _of_union([each for each in (_of_type(item, senders) for item in items) if each])
    if isinstance(origin, type) and issubclass(origin, Mapping) and len(items) == 2:
        return _each_value(_of_type(items[1], senders))
    if origin is tuple and ... not in items:
        return _each_place([_of_type(item, senders) for item in items])
    if isinstance(origin, type) and issubclass(origin, Collection) and items:
        return _each_item(_of_type(items[0], senders))
    return None


def _has_plain_parts(cls: Any) -> bool:
    """Return whether a class is a dataclass or a TypedDict."""
    return hasattr(cls, "__dataclass_fields__") or hasattr(cls, "__required_keys__")


def _of_union(choices: list[Sender]) -> Sender | None:
    if len(choices) < 2:
        return choices[0] if choices else None

    def send(value: Any) -> Any:
        if not is_mapping(value):
            return next((each(value) for each in choices if not isinstance(each, _Renaming)), value)
        # Of those that know all that is there, the one that knows the least besides.
        fitting = [
            each for each in choices if isinstance(each, _Renaming) and each.known.issuperset(value)
        ]
        chosen = min(fitting, key=lambda each: len(each.known), default=None)
        return value if chosen is None else chosen(value)

    return send


def _each_value(send: Sender | None) -> Sender | None:
    if send is None:
        return None
    return lambda value: (
        {key: send(part) for key, part in value.items()} if is_mapping(value) else value
    )


def _each_item(send: Sender | None) -> Sender | None:
    if send is None:
        return None
    return lambda value: [send(part) for part in value] if is_sequence(value) else value


def _each_place(senders: list[Sender | None]) -> Sender | None:
    if not any(senders):
        return None

    def send(value: Any) -> Any:
        if not is_sequence(value):
            return value
        pairs = zip(senders, value, strict=False)
        return [part if each is None else each(part) for each, part in pairs]

    return send
