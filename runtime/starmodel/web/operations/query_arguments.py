"""What a list is asked for, out of JSON and off a command line, as a query string has it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starmodel.application.queries.filter_set import FilterSet
from starmodel.domain.type_guards import is_sequence
from starmodel.errors import ArgumentError, InvalidArguments
from starmodel.web.http.encoding import encode_json
from starmodel.web.validation.messages import simple_error

_JOINED = ("sort", "include")


def query_pairs(queries: FilterSet[Any], given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return arguments in JSON, as `query_json_schema` describes them, as names and texts.

    Raises:
        InvalidArguments: Some are null, an object, or a list, and should not be; all are named.
    """
    errors = [error for name in given for error in _errors(queries, name, given[name])]
    if errors:
        raise InvalidArguments(tuple(errors))
    pairs: list[tuple[str, str]] = []
    for name, value in given.items():
        if is_sequence(value):
            pairs += list_pairs(queries, name, value)
        else:
            pairs.append((name, _text(value)))
    return pairs


def list_pairs(
    queries: FilterSet[Any], name: str, values: Sequence[object]
) -> list[tuple[str, str]]:
    """Return an argument that is a list: its name several times, or all of them in one text."""
    if queries.filters.get(name, ("", ""))[1] == "in":
        # Between commas there are only values that have none.
        return [(name, encode_json(values).decode("utf-8"))]
    texts = [_text(value) for value in values]
    return [(name, ",".join(texts))] if name in _JOINED else [(name, text) for text in texts]


def _errors(queries: FilterSet[Any], name: str, value: object) -> Iterator[ArgumentError]:
    place, operator = queries.filters.get(name, ("", ""))
    is_text = operator not in ("", "isnull") and queries.fields[place].kind == "text"
    values: Sequence[object] = [value]
    if is_sequence(value) and (name in _JOINED or operator in ("in", "contains")):
        values = value
    elif operator == "in":
        yield simple_error(name, "list_type")
        return
    if not values and operator == "contains":
        yield ArgumentError(name, "Give at least one item.", "too_short")
    if None in values and f"{name}__isnull" in queries.filters:
        message = f"Give a value; {name}__isnull asks for those that have none."
        yield ArgumentError(name, message, "null")
    elif not all(isinstance(one, str | int | float) for one in values):
        yield ArgumentError(name, "Give a text, a number, true or false.", "scalar_type")
    elif is_text and not all(isinstance(one, str) for one in values):
        yield simple_error(name, "string_type")


def _text(value: object) -> str:
    return value if isinstance(value, str) else encode_json(value).decode("utf-8")
