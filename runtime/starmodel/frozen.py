"""Frozen dataclasses that are cheap to define: components, and other values made once when an app starts."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from functools import cache
from reprlib import recursive_repr
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")

_PARAMS = "__dataclass_params__"
"""Where `dataclass` keeps what it was told of a class."""


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def frozen(*, kw_only: bool = False, eq: bool = False) -> Callable[[type[T]], type[T]]:
    """Make a frozen dataclass whose methods are shared, where `dataclass` compiles them for each class.

    It is a dataclass to `fields`, `replace`, `match`, and to a class that derives from it, decorated
    by `dataclass(frozen=True)` or not at all. `dataclass` writes the source of up to six methods and has
    Python compile it, which takes fifteen times as long as the rest; an app has some sixty such
    classes before it can start. Making an instance takes longer instead, so what each request makes is
    better off as a dataclass.

    Args:
        kw_only: Whether fields are given by name alone.
        eq: Whether instances of equal fields are equal and have one hash.
    """

    def decorate(cls: type[T]) -> type[T]:
        members: dict[str, Any] = {
            "__init__": _init,
            "__repr__": _repr,
            "__setattr__": _setattr,
            "__delattr__": _delattr,
            "__signature__": _SharedSignature(),
        }
        if eq:
            members |= {"__eq__": _eq, "__hash__": _hash}
        _add_fields(cls, kw_only)
        for name, method in members.items():
            if name not in vars(cls):
                setattr(cls, name, method)
        return cls

    return decorate


class _SharedSignature:
    """What `inspect.signature` and `help` say of such a class: its fields."""

    def __get__(self, instance: object, cls: type[Any]) -> object:
        if cls.__init__ is not _init:
            raise AttributeError("__signature__")
        # An app asks for no signature, so it need not load what makes one.
        from inspect import Parameter, Signature

        parameters: list[Parameter] = []
        for each in sorted(fields(cls), key=lambda each: bool(each.kw_only)):
            made = ... if each.default_factory is not MISSING else Parameter.empty
            parameters.append(
                Parameter(
                    each.name,
                    Parameter.KEYWORD_ONLY if each.kw_only else Parameter.POSITIONAL_OR_KEYWORD,
                    default=made if each.default is MISSING else each.default,
                    annotation=each.type,
                )
            )
        return Signature(parameters)


def _add_fields(cls: type[Any], kw_only: bool) -> None:
    """Have `dataclass` find the fields, and nothing else.

    Of a class that it is told is frozen it compiles two methods, so it is told so afterwards; and for
    as long it must not know of the bases, since all or none of them have to be.
    """
    bases = [vars(base)[_PARAMS] for base in cls.__mro__[1:] if _PARAMS in vars(base)]
    for params in bases:
        params.frozen = False
    try:
        dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
        vars(cls)[_PARAMS].frozen = True
    finally:
        for params in bases:
            params.frozen = True


def _init(self: Any, /, *args: object, **values: object) -> None:
    cls: type[Any] = self.__class__
    required, known, factories, is_checked = _parameters(cls)
    if args:
        names: tuple[str, ...] = cls.__match_args__
        given = dict(zip(names, args, strict=False))
        if len(args) > len(names) or not given.keys().isdisjoint(values):
            _refuse(cls, given, values, len(args))
        values = given | values
    keys = values.keys()
    if not (required <= keys <= known):
        _refuse(cls, {}, values, 0)
    for name, make in factories:
        if name not in values:
            values[name] = make()
    # What is not given is an attribute of the class already: its default.
    self.__dict__.update(values)
    if is_checked:
        self.__post_init__()


@cache
def _parameters(
    cls: type[Any],
) -> tuple[frozenset[str], frozenset[str], tuple[tuple[str, Callable[[], object]], ...], bool]:
    """Return the names of fields without a default, those of all fields, what makes defaults, and
    whether there is a `__post_init__`."""
    every = fields(cls)
    factories = [
        (each.name, each.default_factory) for each in every if each.default_factory is not MISSING
    ]
    optional = {each.name for each in every if each.default is not MISSING}.union(dict(factories))
    known = frozenset([each.name for each in every])
    return known - optional, known, tuple(factories), hasattr(cls, "__post_init__")


def _refuse(
    cls: type[Any], given: Mapping[str, object], values: Mapping[str, object], count: int
) -> NoReturn:
    """Say what is wrong with the arguments: `count` positional ones, and the others by their names."""
    required, known, *_ = _parameters(cls)
    name = cls.__qualname__
    if count > len(cls.__match_args__):
        most = len(cls.__match_args__)
        raise TypeError(f"{name} takes {most} positional arguments, and {count} were given")
    for key in values:
        if key in given:
            raise TypeError(f"{name} got multiple values for argument {key!r}")
        if key not in known:
            raise TypeError(f"{name} got an unexpected keyword argument {key!r}")
    missing = [repr(each.name) for each in fields(cls) if each.name in required - values.keys()]
    raise TypeError(f"{name} is missing required arguments: {', '.join(missing)}")


@recursive_repr()
def _repr(self: Any) -> str:
    shown = [f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _setattr(self: Any, name: str, value: object) -> None:
    _keep(self, name, "assign to")
    object.__setattr__(self, name, value)


def _delattr(self: Any, name: str) -> None:
    _keep(self, name, "delete")
    object.__delattr__(self, name)


def _keep(self: Any, name: str, what: str) -> None:
    """Refuse to change a field; a class that derives from it may have attributes that are none."""
    cls: type[Any] = self.__class__
    if _PARAMS in vars(cls) or name in self.__dataclass_fields__:
        raise FrozenInstanceError(f"cannot {what} field {name!r}")


def _eq(self: Any, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    return _values(self) == _values(other)


def _hash(self: Any) -> int:
    return hash(_values(self))


def _values(value: Any) -> tuple[object, ...]:
    return tuple([getattr(value, each.name) for each in fields(value)])
