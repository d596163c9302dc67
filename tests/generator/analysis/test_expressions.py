"""Expressions as values, from annotations, defaults and options."""

import pytest
from analysed_source import facts

from starmodel_generator.analysis.annotations import parse_expression
from starmodel_generator.analysis.facts import (
    BinaryExpression,
    CallExpression,
    Expression,
    LiteralExpression,
    MappingExpression,
    NameExpression,
    OpaqueExpression,
    SequenceExpression,
    SubscriptExpression,
    UnaryExpression,
)

INT, STR = NameExpression("int"), NameExpression("str")
ONE = LiteralExpression(1)

EXPRESSIONS: dict[str, Expression] = {
    "a.b.c": NameExpression("a.b.c"),
    "None": LiteralExpression(None),
    "...": LiteralExpression(...),
    "True": LiteralExpression(True),
    "0x_ff": LiteralExpression(255),
    "1_000.5": LiteralExpression(1000.5),
    "b'a' b'\\x00'": LiteralExpression(b"a\x00"),
    "'it' \"'s\" '''\\n'''": LiteralExpression("it's\n"),
    "'\\ud800'": LiteralExpression("\ud800"),
    "list[int]": SubscriptExpression(NameExpression("list"), (INT,)),
    "dict[str, int]": SubscriptExpression(NameExpression("dict"), (STR, INT)),
    "tuple[()]": SubscriptExpression(NameExpression("tuple"), ()),
    "int | str | None": BinaryExpression(
        "|", BinaryExpression("|", INT, STR), LiteralExpression(None)
    ),
    "-1": UnaryExpression("-", ONE),
    "not a": UnaryExpression("not", NameExpression("a")),
    "2 ** 3": BinaryExpression("**", LiteralExpression(2), LiteralExpression(3)),
    "f(1, *a, b=2, **c)": CallExpression(
        NameExpression("f"),
        (ONE, OpaqueExpression("*a")),
        (("b", LiteralExpression(2)), ("**", NameExpression("c"))),
    ),
    "f()()": CallExpression(CallExpression(NameExpression("f"))),
    "[1, int]": SequenceExpression("list", (ONE, INT)),
    "(1,)": SequenceExpression("tuple", (ONE,)),
    "()": SequenceExpression("tuple", ()),
    "{1}": SequenceExpression("set", (ONE,)),
    "{'a': 1, **b}": MappingExpression(
        (
            (LiteralExpression("a"), ONE),
            (OpaqueExpression("**"), NameExpression("b")),
        )
    ),
    "lambda: 1": OpaqueExpression("lambda: 1"),
    "f'{a}'": OpaqueExpression("f'{a}'"),
    "a if b else c": OpaqueExpression("a if b else c"),
    "[x for x in y]": OpaqueExpression("[x for x in y]"),
    "f().a": OpaqueExpression("f().a"),
    "a < 1": OpaqueExpression("a < 1"),
    "a[1:2]": SubscriptExpression(NameExpression("a"), (OpaqueExpression("1:2"),)),
}


@pytest.mark.parametrize(("text", "expected"), EXPRESSIONS.items(), ids=EXPRESSIONS)
def test_expressions(text: str, expected: Expression) -> None:
    assert parse_expression(text) == expected
    (assignment,) = facts(f"x = {text}").assignments
    assert assignment.value == expected


@pytest.mark.parametrize(
    "text", ["", "int |", "a = 1", "class", "(", "a b", "\0", "*a", "1 +" * 20_000]
)
def test_a_text_that_is_no_expression(text: str) -> None:
    assert parse_expression(text) is None


def test_white_space_around_and_inside_an_annotation_does_not_matter() -> None:
    assert parse_expression("  list[\n int]  ") == parse_expression("list[int]")


def test_opaque_expressions_of_several_lines_are_put_on_one() -> None:
    (assignment,) = facts("x = [\n    # comment\n    a for a\n    in b]\n").assignments
    assert assignment.value == OpaqueExpression("[a for a in b]")
