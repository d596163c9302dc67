"""What a diagnostic looks like to people and to tools."""

import json

import pytest

from starmodel_generator.diagnostics.diagnostic import (
    Diagnostic,
    Place,
    Related,
    Rule,
    SourceSpan,
    has_errors,
    in_order,
    render,
)

UNANNOTATED = Rule("SM301", "unannotated-event-parameter", "error")
COLLISION = Rule("SM601", "route-collision", "error")
MONEY = Rule("SM207", "float-money", "warning")

CART = "from x import y\n" * 11 + "\n    @event\n    def add(self, amount):\n        pass\n"


def diagnostic() -> Diagnostic:
    return UNANNOTATED.report(
        "parameter `amount` of event `Cart.add` has no type",
        Place("app/cart.py", ("class", "Cart", "def", "add", "parameter", "amount")),
        span=SourceSpan("app/cart.py", 14, 19, 14, 25),
        label="route, client stub and form coercion need a type",
        help="annotate it, for example `amount: int`",
        entity="Cart",
    )


def test_full_is_for_people() -> None:
    assert render([diagnostic()], {"app/cart.py": CART}) == (
        "error[SM301] unannotated-event-parameter: "
        "parameter `amount` of event `Cart.add` has no type\n"
        "  --> app/cart.py:14:19\n"
        "   |\n"
        "13 |     @event\n"
        "14 |     def add(self, amount):\n"
        "   |                   ^^^^^^ route, client stub and form coercion need a type\n"
        "   |\n"
        "help: annotate it, for example `amount: int`\n"
        "explain: starmodel explain SM301\n"
    )


def test_several_are_in_order_with_a_line_between_them() -> None:
    texts = {"a.py": "x: int\ny: int\n", "b.py": "z: int\n"}
    related = (Related("the other route is here", span=SourceSpan("b.py", 1, 1, 1, 2)),)
    text = render(
        [
            MONEY.report("no file"),
            COLLISION.report("b", span=SourceSpan("b.py", 1, 1, 1, 2)),
            COLLISION.report("a2", span=SourceSpan("a.py", 2, 1, 2, 2), related=related),
            MONEY.report("a2", span=SourceSpan("a.py", 2, 1, 2, 2)),
            MONEY.report("a1", span=SourceSpan("a.py", 1, 4, 1, 7)),
            MONEY.report("a1", span=SourceSpan("a.py", 1, 4, 1, 7)),
            MONEY.report("place only", Place("c.py", ("class", "A"))),
        ],
        texts,
    )
    assert text == (
        "warning[SM207] float-money: no file\n"
        "explain: starmodel explain SM207\n"
        "\n"
        "warning[SM207] float-money: a1\n"
        " --> a.py:1:4\n"
        "  |\n"
        "1 | x: int\n"
        "  |    ^^^\n"
        "  |\n"
        "explain: starmodel explain SM207\n"
        "\n"
        "warning[SM207] float-money: a2\n"
        " --> a.py:2:1\n"
        "  |\n"
        "1 | x: int\n"
        "2 | y: int\n"
        "  | ^\n"
        "  |\n"
        "explain: starmodel explain SM207\n"
        "\n"
        "error[SM601] route-collision: a2\n"
        " --> a.py:2:1\n"
        "  |\n"
        "1 | x: int\n"
        "2 | y: int\n"
        "  | ^\n"
        "  |\n"
        "note: the other route is here\n"
        " --> b.py:1:1\n"
        "  |\n"
        "1 | z: int\n"
        "  | ^\n"
        "  |\n"
        "explain: starmodel explain SM601\n"
        "\n"
        "error[SM601] route-collision: b\n"
        " --> b.py:1:1\n"
        "  |\n"
        "1 | z: int\n"
        "  | ^\n"
        "  |\n"
        "explain: starmodel explain SM601\n"
        "\n"
        "warning[SM207] float-money: place only\n"
        " --> c.py\n"
        "explain: starmodel explain SM207\n"
    )


def test_concise_is_a_line_each() -> None:
    assert render([diagnostic(), MONEY.report("no file")], {}, "concise") == (
        "warning[SM207] float-money: no file\n"
        "app/cart.py:14:19: error[SM301] unannotated-event-parameter: "
        "parameter `amount` of event `Cart.add` has no type\n"
    )


def test_json_counts_columns_in_characters_bytes_and_utf16_units() -> None:
    found = UNANNOTATED.report("m", span=SourceSpan("a.py", 1, 4, 1, 5), help="h")
    (record,) = json.loads(render([found], {"a.py": "é🛒 x\n"}, "json"))
    assert record["span"] == {
        "start": {"line": 1, "column": 4, "utf8_column": 8, "utf16_column": 5},
        "end": {"line": 1, "column": 5, "utf8_column": 9, "utf16_column": 6},
    }
    assert {key: record[key] for key in ("code", "name", "severity", "message", "path")} == {
        "code": "SM301",
        "name": "unannotated-event-parameter",
        "severity": "error",
        "message": "m",
        "path": "a.py",
    }
    assert (record["help"], record["label"], record["related"]) == ("h", None, [])
    assert render([], {}, "json") == "[]\n"
    assert render([], {}) == ""


def test_json_takes_any_text() -> None:
    text = render([MONEY.report('lone \ud800, quote ", \u2028')], {}, "json")
    assert text.isascii()
    assert json.loads(text)[0]["message"] == 'lone \ud800, quote ", \u2028'


def test_github_annotations_escape_what_would_end_them() -> None:
    found = MONEY.report(
        "50 % off\n::error::no", span=SourceSpan("a,b:c.py", 2, 1, 2, 4), help="use Decimal"
    )
    assert render([found], {}, "github") == (
        "::warning file=a%2Cb%3Ac.py,line=2,endLine=2,col=1,endColumn=4,"
        "title=SM207 float-money::50 %25 off%0A::error::no%0Ahelp: use Decimal\n"
    )


def test_a_fingerprint_outlives_a_move() -> None:
    def fingerprint(*steps: str | int, line: int = 1, message: str = "m") -> str:
        span = SourceSpan("a.py", line, 1, line, 2)
        return MONEY.report(message, Place("a.py", steps), span=span).fingerprint

    inside = ("class", "A", "def", "line")
    assert fingerprint(*inside, "node", 3) == fingerprint(*inside, "node", 9, line=9)
    assert fingerprint(*inside) != fingerprint("class", "A", "def", "other")
    assert fingerprint(*inside) != fingerprint(*inside, message="n")
    assert len(fingerprint()) == 16


def test_order_and_severity() -> None:
    first, second = MONEY.report("1"), diagnostic()
    assert in_order([second, first, second]) == (first, second)
    assert has_errors([first, second])
    assert not has_errors([first])


@pytest.mark.parametrize("output_format", ["full", "concise"])
def test_a_terminal_is_told_nothing_by_the_source(output_format: str) -> None:
    hostile = "x = '\x1b[31m\x07\u202e\u2028\r'"
    found = MONEY.report(hostile, span=SourceSpan("\x1b.py", 1, 1, 1, 3), label=hostile)
    text = render([found], {"\x1b.py": hostile}, "full" if output_format == "full" else "concise")
    assert not set(text) & set("\x1b\x07\u202e\u2028\r")
