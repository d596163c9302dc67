"""What a page says in Datastar attributes: signals to show, and actions to run.

A plain value that is given to an action is written into its URL, percent-encoded so far that
nothing is left which a URL, a JavaScript string or Datastar would read as more than a character.
A `Signal` or any other `Expression` is code: it travels in the action's `payload`, and the
browser works it out when the action runs.
"""

import base64
import json
import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, TypeAlias
from urllib.parse import quote
from uuid import UUID

from pydantic_core import to_jsonable_python

from starmodel.domain import UNSET as UNSET  # for bindings, which take it from here
from starmodel.domain import Ref
from starmodel.domain import UnsetType as UnsetType
from starmodel.ui.names import SEALED, ActionRoute
from starmodel.ui.names import EntityNames as EntityNames
from starmodel.ui.names import Expression as Expression
from starmodel.ui.names import Parameter as Parameter
from starmodel.ui.names import Signal as Signal
from starmodel.web.datastar.attributes import encode_data
from starmodel.web.datastar.sse import followable
from starmodel.web.http.prefix import PREFIX

ArgumentValue: TypeAlias = object
"""A value of any type an event may take, an `Expression`, or `UNSET`."""

ActionName = Literal["get", "post", "put", "patch", "delete"]

LIVE_OPTIONS = (
    "{payload: {}, retry: 'always', retryMaxCount: Infinity, requestCancellation: 'cleanup'}"
)
"""What keeps a live stream up: it sends no signals, comes back after every end of a connection,
and goes away with its element."""

ONCE = "headers: {'Idempotency-Key': [...crypto.getRandomValues(new Uint32Array(4))].join('-')}"
"""What makes a click count once, however often its request arrives. A retry has the same key,
the next click another. Unlike `crypto.randomUUID` it works on plain http as well."""

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_PLACEHOLDER = re.compile(r"\{[^{}/]*\}")


class Action:
    """An event of an entity, for pages: `bindings.restock(id, quantity=1)` is the action that asks for
    it, and `bindings.restock.quantity` names its argument.

    Args:
        entity: The entity.
        event: The name of the event.
        method: The HTTP method.
        path: The path of its route, as it stands there: `/product/{id}/restock`.
        fields: A `TypedDict` of what it takes besides the parameters that its class has.
        is_once: Whether it is carried out once for each click, whatever becomes of the requests;
            events of entities in SQL are.
        is_whole: Whether nothing is sent besides its arguments: no signal of the page happens to
            be called like a field, and so gets into a record.
    """

    def __init__(
        self,
        entity: EntityNames,
        event: str,
        method: ActionName,
        path: str,
        fields: type[Any] | None = None,
        *,
        is_once: bool = False,
        is_whole: bool = False,
    ) -> None:
        self.FIELDS = () if fields is None else tuple(fields.__annotations__)
        self.ROUTE = ActionRoute(
            entity.namespace,
            event,
            method,
            path,
            is_once=is_once,
            is_whole=is_whole,
            kept=entity.name if entity.storage else "",
        )

    def _expression(self, /, *ids: object, **arguments: ArgumentValue) -> Expression:
        """Make the expression that asks for the event: `@post('/product/7/restock?quantity=1')`.

        Args:
            ids: What the placeholders of the path stand for, in their order: values, or expressions.
            arguments: What the event takes. Values go into the query string, expressions and
                `None` into the payload.

        Raises:
            TypeError: A value is of a type that no event can take, or of no argument of this one.
            ValueError: There are not as many ids as placeholders.
        """
        # Python itself says so of what has a signature with names.
        others = arguments.keys() - {*self.FIELDS, *_parameters(self)} if self.FIELDS else None
        if others:
            raise TypeError(f"{self.ROUTE.event} has no {', '.join(sorted(others))}.")
        return _action(self.ROUTE, ids, arguments)


def live_action(*watches: str, only_deletions: bool = False) -> Expression:
    """Make the action that opens the page's live stream, for `data-init`.

    A watch is the name of an entity, or `name:id` for a record. One page opens one stream: name
    everything it shows in one call. With `only_deletions` it is told when a record is deleted, and
    nothing else.
    """
    query = "&".join(f"watch={quote(watch, safe=':', errors='replace')}" for watch in watches)
    query += "&only=deletions" if only_deletions else ""
    return Expression(f"@get('{PREFIX.get()}/live?{query}', {LIVE_OPTIONS})")


def signals(**namespaces: Mapping[str, object]) -> Expression:
    """Write the value of `data-signals`: `signals(counter=snapshot.state)`.

    What cannot be a signal is treated as in an answer: `None` is an empty text. As any text in
    an attribute it must be escaped, which FastHTML does by itself; in HTML of your own, use
    `escape`.
    """
    return Expression(encode_data(followable(namespaces)))


def error_signals(*actions: Action) -> dict[str, dict[str, dict[str, str]]]:
    """Return the signals of the errors of an entity's events, all empty.

    An expression that reads a signal which is not declared would stop every expression of the page.
    Each event has one for each of its arguments; `_` is for what is no argument's fault.
    """
    signals: dict[str, dict[str, dict[str, str]]] = {}
    for action in actions:
        errors = signals.setdefault(action.ROUTE.namespace, {})
        names = (*action.FIELDS, *_parameters(action), "_")
        errors[action.ROUTE.event] = dict.fromkeys(names, "")
    return signals


def _parameters(action: Action) -> list[str]:
    """Return the names of the parameters that the class of an action has."""
    return [name for name, each in vars(type(action)).items() if isinstance(each, Parameter)]


def encode_text(value: object) -> str:
    """Write a value as the text from which an event reads it back.

    Raises:
        TypeError: The value is of a type that no event can take.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return encode_text(value.value)
        case str() | int() | float() | Decimal() | UUID():
            return str(value)
        case date() | time():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case Ref():
            return value.id
        case timedelta():
            return str(to_jsonable_python(value))
        case _:
            return _encode_structure(value)


def _encode_structure(value: object) -> str:
    """Write a list, a mapping or a value object as JSON.

    Raises:
        TypeError: It holds something that is not JSON.
    """
    try:
        plain: Any = to_jsonable_python(
            value, bytes_mode="base64", inf_nan_mode="constants", fallback=_id_of
        )
        return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise TypeError(f"An action cannot carry a {type(value).__name__}.") from error


def _id_of(value: object) -> str:
    """Return what JSON has of a reference in a list.

    Raises:
        ValueError: It is something else.
    """
    if not isinstance(value, Ref):
        raise ValueError(f"{type(value).__name__} is not JSON")
    return value.id


def _action(
    route: ActionRoute, ids: tuple[object, ...], arguments: Mapping[str, object]
) -> Expression:
    query: list[str] = []
    payload: list[str] = []
    for argument, value in arguments.items():
        if value is UNSET:
            continue
        if isinstance(value, Expression):
            payload.append(f"{_member(argument)}: {value}")
        elif value is None:
            payload.append(f"{_member(argument)}: null")
        else:
            query.append(f"{quote(argument, safe='')}={quote(encode_text(value), safe='')}")
    url = _url(route.path, ids, query)
    if route.kept:
        # The component of the entity has it there, and puts what the answer says into storage.
        signal = f"${SEALED}[{encode_data(route.kept)}]"
        payload.append(f"{SEALED}: {{{_member(route.kept)}: {signal}}}")
    options = [f"payload: {{{', '.join(payload)}}}"] if payload or route.is_whole else []
    if route.is_once:
        options.append(ONCE)
    given = f"{url}, {{{', '.join(options)}}}" if options else url
    return Expression(f"@{route.method}({given})")


def _url(path: str, ids: tuple[object, ...], query: list[str]) -> str:
    """Write the URL as a JavaScript string, or as a sum of strings where an id is code."""
    places = _PLACEHOLDER.split(path)
    if len(places) != len(ids) + 1:
        raise ValueError(f"{path} has {len(places) - 1} placeholders; {len(ids)} ids were given.")
    parts = [PREFIX.get() + quote(places[0], safe="/")]
    code: list[str] = []
    for id, place in zip(ids, places[1:], strict=True):
        if isinstance(id, Expression):
            code += [f"'{parts.pop()}'", f"encodeURIComponent({id})"]
            parts.append("")
        else:
            parts[-1] += quote(encode_text(id), safe="")
        parts[-1] += quote(place, safe="/")
    if query:
        parts[-1] += "?" + "&".join(query)
    if parts[-1] or not code:
        code.append(f"'{parts[-1]}'")
    return " + ".join(code)


def _member(name: str) -> str:
    """Write the name of a member of an object literal."""
    if name == "__proto__":
        return "['__proto__']"
    return name if _NAME.fullmatch(name) else encode_data(name)
