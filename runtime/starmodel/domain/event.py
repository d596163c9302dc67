"""The mark that makes a method callable from outside."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, TypeVar, overload

from starmodel.domain.access import Access, Actor, Policy

HttpMethod: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
PatchMode: TypeAlias = Literal[
    "outer", "inner", "replace", "prepend", "append", "before", "after", "remove"
]
Respond: TypeAlias = Literal["patch", "ack"]

Method = TypeVar(
    "Method", bound="Callable[..., Any] | classmethod[Any, Any, Any] | staticmethod[..., Any]"
)


@overload
def event(method_or_none: Method, /) -> Method: ...


@overload
def event(
    *,
    method: HttpMethod = "POST",
    path: str | None = None,
    selector: str | None = None,
    mode: PatchMode | None = None,
    respond: Respond = "patch",
    access: Access | Policy | Callable[[Actor], bool] | None = None,
    name: str | None = None,
    lock: bool = False,
) -> Callable[[Method], Method]: ...


def event(
    function: Method | None = None,
    /,
    *,
    method: HttpMethod = "POST",
    path: str | None = None,
    selector: str | None = None,
    mode: PatchMode | None = None,
    respond: Respond = "patch",
    access: Access | Policy | Callable[[Actor], bool] | None = None,
    name: str | None = None,
    lock: bool = False,
) -> Method | Callable[[Method], Method]:
    """Mark a method as an event: something the outside may ask the entity to do.

    The mark is read from the source text by `starmodel generate`. At run time it gives back
    the very function it was put on, so calling an event is calling a method.

    Args:
        method: The HTTP method. `GET` only for an event that writes nothing.
        path: Where it is served, instead of `/entity/event`.
        selector: The element that a returned fragment is patched into.
        mode: How it is patched: one of Datastar's modes.
        respond: `"patch"` answers with what changed; `"ack"` answers with nothing, and the
            change arrives on the live stream.
        access: Who may call it, where that differs from the entity's `access`. A static or class
            method that makes no record has to say it; its policy is given the actor alone.
        name: Its name outside, where that is not the method's.
        lock: Whether its entity, and those it takes as parameters, are locked until it is
            committed, so that others wait instead of being run again. For SQL.
    """
    if function is not None:
        return function
    return _unchanged


def _unchanged(function: Method) -> Method:
    return function
