"""Values that are worked out from source, and texts that write them again."""

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from linked_project import facts_of

from starmodel_generator.analysis.annotations import parse_expression
from starmodel_generator.linking.names.symbols import Namespace
from starmodel_generator.linking.names.unparse import literal_text, unparse
from starmodel_generator.linking.resolver import make_resolver
from starmodel_generator.linking.values.value import Constant, Evaluated, NotConstant

MODULE = """
import datetime as dt
import math
from datetime import *
from decimal import Decimal
from enum import Enum, auto
from uuid import UUID

ONE = 1
TWO = ONE + 1
LOOP = LOOP_2
LOOP_2 = LOOP
NAMES = ["a", "b"]

class Limits:
    MAX = TWO * 3

class Size(Enum):
    SMALL = "s"
    LARGE = "l"
    HUGE = LARGE
"""


def evaluated(text: str) -> Evaluated:
    module = facts_of("shop/values.py", MODULE)
    expression = parse_expression(text)
    assert expression is not None
    resolver = make_resolver([module], lambda _: None)
    return resolver.constants.evaluate(expression, Namespace(module))


def value(text: str) -> Any:
    constant = evaluated(text)
    assert isinstance(constant, Constant), constant
    return constant.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("None", None),
        ("-1", -1),
        ("not True", False),
        ("~True", -2),
        ("60 * 60 * 24", 86400),
        ("2 ** 40 - 1", 2**40 - 1),
        ("7 // 2 + 7 % 4", 6),
        ("1 / 8", 0.125),
        ("'a' 'b' + 'c'", "abc"),
        ("TWO << 3", 16),
        ("Limits.MAX", 6),
        ("Size.SMALL.value", "s"),
        ("Size.SMALL.name", "SMALL"),
        ("math.inf", math.inf),
        ("int('7')", 7),
        ("Decimal('1.50')", Decimal("1.50")),
        ("-Decimal('1.50')", Decimal("-1.50")),
        ("date(2024, 2, 29)", date(2024, 2, 29)),
        ("dt.date.fromisoformat('2024-02-29')", date(2024, 2, 29)),
        ("dt.datetime(2024, 1, 1, tzinfo=dt.UTC)", datetime(2024, 1, 1, tzinfo=UTC)),
        ("time(23, 59, microsecond=5)", time(23, 59, microsecond=5)),
        ("timedelta(days=1) - timedelta(hours=1)", timedelta(hours=23)),
        ("UUID(int=5)", UUID(int=5)),
    ],
)
def test_values(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("LOOP", "defined by itself"),
        ("make()", "calls `make`"),
        ("[x for x in y]", "is `[x for x in y]`"),
        ("f'{ONE}'", "is `f'{ONE}'`"),
        ("Missing", "not defined in `shop.values`"),
        ("Size", "is the class `Size`, not a value"),
        ("Size.TINY", "no member of `Size`"),
        ("Size('x')", "no member of the enum"),
        ("9 ** 9 ** 9", "is `9 ** 9 ** 9`"),
        ("1 << 100000", "is `1 << 100000`"),
        ("'a' * 10**9", "is `'a'"),
        ("1 / 0", "is `1 / 0`"),
        ("date(2024, 2, 30)", "which Python refuses: day"),
        ("Decimal('x')", "which Python refuses"),
        ("~1.5", "is `~1.5`, which Python refuses"),
        ("-Decimal('sNaN')", "which Python refuses"),
        ("open('/etc/passwd').read()", "calls `open("),
        ("__import__('os').system('true')", "calls `__import__("),
        ("int('9' * 5000)", "calls `int`"),
    ],
)
def test_what_is_not_known(text: str, reason: str) -> None:
    found = evaluated(text)
    assert isinstance(found, NotConstant)
    assert reason.replace("'", '"') in found.reason.replace("'", '"')


@pytest.mark.parametrize(
    "plain",
    [
        *(None, True, 0, -5, 10**30, 0.1, -1e300, 1e-7, math.inf, -math.inf, b"\x00'\"\\\xff"),
        *(
            "",
            "a",
            "both \" and '",
            "it's",
            'say "x"',
            "\\",
            "\n\r\t\0",
            "\u2028\u202e\ud800😀",
            "{{ }}",
        ),
        *('"""', "</script>", "*/", "é\u0301", Decimal("1E+5"), Decimal("-0.10"), Decimal("NaN")),
        *(date.min, datetime.max, datetime(2024, 1, 1), time(), time(1, 2, 3, 4)),
        *(timedelta(), timedelta(days=-1, microseconds=1), UUID(int=0), timedelta.max),
        datetime(2024, 1, 1, 5, tzinfo=timezone(timedelta(hours=-5))),
        time(5, tzinfo=UTC),
    ],
)
def test_literals_read_back_as_the_same_value(plain: object) -> None:
    text = literal_text(plain)
    names = {
        "Decimal": Decimal,
        "UUID": UUID,
        "date": date,
        "datetime": datetime,
        "time": time,
        "timedelta": timedelta,
        "timezone": timezone,
    }
    read: Any = eval(text, names)
    assert type(read) is type(plain)
    assert read == plain or (isinstance(read, Decimal) and read.is_nan())
    assert text.isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "a.b[int, 'c'](1, *x, key=-2, **rest)",
        "{'a': [1, (2,)], 'b': {3, 4}}",
        "not x",
        "lambda x: x",
        "int | None",
        "...",
    ],
)
def test_expressions_are_spelt_as_written(text: str) -> None:
    expression = parse_expression(text)
    assert expression is not None
    assert unparse(expression).replace('"', "'") == text
