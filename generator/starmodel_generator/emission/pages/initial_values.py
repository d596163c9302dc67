"""What a form's input holds before anybody has typed: the argument's default, as a text.

A default that is no plain literal comes as the Python that makes it. It is read as a syntax tree;
nothing of it is run.
"""

import ast
import json
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from starmodel_generator.emission.context import Context
from starmodel_schemas import Default, ExpressionDefault, LiteralDefault
from starmodel_schemas.address_types import PARSED
from starmodel_schemas.types import LiteralValue

BREAKS = frozenset("\r\n\0")
"""What an input does not send back as it was; a text area keeps line feeds."""

_ISO_PARTS = {
    "date": ("{:04d}", "-{:02d}", "-{:02d}"),
    "time": ("{:02d}", ":{:02d}", ":{:02d}"),
    "datetime": ("{:04d}", "-{:02d}", "-{:02d}", "T{:02d}", ":{:02d}", ":{:02d}"),
}
_ISO_SHORTEST = {"date": 3, "time": 2, "datetime": 5}
_ISO_FIRST = {"date": (1, 1, 1), "time": (0, 0), "datetime": (1, 1, 1, 0, 0)}


class Initial:
    """Reads the defaults of one app's arguments."""

    def __init__(self, context: Context) -> None:
        self.enums = context.enums_named

    def text(self, default: Default) -> str | None:
        """Return a default as an input takes it; `None` where there is none that an input can."""
        match default:
            case LiteralDefault(value=str() as text) if "\r" in text or "\0" in text:
                # No input sends that back as it was.
                return None
            case LiteralDefault():
                return value_text(default.value)
            case ExpressionDefault():
                return self._expression(ast.parse(default.expression, mode="eval").body)
            case _:
                return None

    def lines(self, default: Default) -> str | None:
        """Return a default list with one item on each line."""
        if not isinstance(default, ExpressionDefault):
            return None
        node = ast.parse(default.expression, mode="eval").body
        if not isinstance(node, ast.List | ast.Tuple | ast.Set):
            return None
        items = [self._expression(item) for item in node.elts]
        if any(item is None or not item.strip() or BREAKS & {*item} for item in items):
            return "" if not items else None
        return "\n".join([item for item in items if item is not None])

    def json(self, default: Default) -> str | None:
        """Return a default of plain lists, mappings and values as JSON."""
        if isinstance(default, LiteralDefault):
            return None if default.value is None else json.dumps(default.value)
        if not isinstance(default, ExpressionDefault):
            return None
        try:
            value: object = ast.literal_eval(default.expression)
            return json.dumps(value, ensure_ascii=False, allow_nan=False)
        except (ValueError, TypeError):
            return None

    def _expression(self, node: ast.expr) -> str | None:
        match node:
            case ast.Constant(value=bool() | int() | float() | str() | None as value):
                return value_text(value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return value_text(-value)
            case ast.Call(func=ast.Name(id="timedelta")):
                return _duration(node)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments)
            case ast.Attribute(value=ast.Name(id=name), attr=member):
                return self._member(name, member)
            case _:
                return None

    def _call(self, name: str, arguments: list[ast.expr]) -> str | None:
        if name in _ISO_PARTS:
            return _iso(name, arguments)
        if name not in {"Decimal", "UUID"} | PARSED or len(arguments) != 1:
            return None
        text = self._expression(arguments[0])
        return _decimal(text) if name == "Decimal" and text is not None else text

    def _member(self, name: str, member: str) -> str | None:
        for enum in self.enums.get(name) or ():
            for candidate in enum.members:
                if candidate.name == member:
                    return value_text(candidate.value)
        return None


def value_text(value: LiteralValue | float) -> str:
    """Write a value as an input and a form have it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def _iso(name: str, arguments: list[ast.expr]) -> str | None:
    """Write the arguments of `date(...)`, `time(...)` or `datetime(...)` as an input has them."""
    numbers = [node.value for node in arguments if isinstance(node, ast.Constant)]
    if len(numbers) != len(arguments) or not all(isinstance(number, int) for number in numbers):
        return None
    numbers += _ISO_FIRST[name][len(numbers) :]
    formats = _ISO_PARTS[name]
    if len(numbers) > len(formats) or len(numbers) < _ISO_SHORTEST[name]:
        return None
    return "".join([part.format(number) for part, number in zip(formats, numbers, strict=False)])


def _duration(call: ast.Call) -> str | None:
    """Write `timedelta(hours=1, minutes=30)` as an input has it: `1:30:00`.

    The same as `starmodel.web.ui.input_value.duration_of` gives for a record.
    """
    try:
        given = [ast.literal_eval(argument) for argument in call.args]
        named = {one.arg: ast.literal_eval(one.value) for one in call.keywords if one.arg}
        value = timedelta(*given, **named)
    except (ValueError, TypeError, OverflowError):
        return None
    sign = "-" if value < timedelta(0) else ""
    whole, micros = divmod(abs(value) // timedelta(microseconds=1), 1_000_000)
    fraction = f".{micros:06d}" if micros else ""
    if sign or whole >= 100 * 3600:
        return f"{sign}P{whole // 86400}DT{whole % 86400}{fraction}S"
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}{fraction}"


def _decimal(text: str) -> str | None:
    """Write a decimal without an exponent; `None` for one that is no number."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return f"{number:f}" if number.is_finite() else None
