"""Files that no person would write: an answer for each, and never a crash."""

import sys
import time

import pytest
from analysed_source import facts, mistake, source

from starmodel_generator.analysis.facts import LiteralExpression
from starmodel_generator.analysis.module import analyse

ENTITY = "class Cart(Entity):\n    count: int = 0\n"
DEEP = 10_000

LIMIT = 200

TOO_DEEP = {
    "parentheses": "x = " + "(" * DEEP + "1" + ")" * DEEP,
    "lists": "x = " + "[" * DEEP + "]" * DEEP,
    "sums": "x = " + "+".join(["1"] * 200_000),
    "signs": "x = " + "-" * DEEP * 10 + "1",
    "nots": "x = " + "not " * DEEP * 10 + "1",
    "attributes": "x = a" + ".b" * 200_000,
    "calls": "x = a" + "()" * 200_000,
    "subscripts": "x = a" + "[0]" * 200_000,
    "conditions": "x = " + "1 if 1 else " * DEEP * 10 + "1",
    "lambdas": "x = " + "lambda: " * DEEP * 10 + "1",
    "powers": "x = " + "1**" * DEEP * 10 + "1",
    "blocks": "".join(" " * n + "if 1:\n" for n in range(DEEP)) + " " * DEEP + "pass",
    "branches": "if 1: pass\n" + "elif 1: pass\n" * DEEP * 10,
    "strings": "x = (" + "'a'\n" * DEEP + ")",
    "booleans": "x = " + "a or " * DEEP + "b",
    "comprehensions": "x = [1 " + "for a in b " * DEEP + "]",
    "patterns": "match x:\n    case " + "a.b | " * DEEP + "c: pass",
    "f-strings": "x = f'{a" + ".b" * DEEP + "}'",
    "format specs": "x = f'{1:" + "{a" + ".b" * DEEP + "}}'",
    "defaults of lambdas": "x = " + "lambda a, b=" * DEEP + "1" + ": 1" * DEEP,
    "awaits": "async def f():\n    " + "await " * DEEP + "g",
    "modules": "import a" + ".b" * DEEP,
}


@pytest.mark.parametrize("text", TOO_DEEP.values(), ids=TOO_DEEP)
def test_nesting_without_end_is_a_diagnostic(text: str) -> None:
    diagnostic = mistake(f"{ENTITY}\n{text}\n")
    assert diagnostic.code == "SM001"
    assert "`shop/cart.py` is not valid Python" in diagnostic.message
    assert diagnostic.span is not None
    assert diagnostic.span.line >= 4


@pytest.mark.parametrize("depth", [300, 600, 900, 1_200, 2_000, 2_900])
@pytest.mark.parametrize(
    "shape",
    [
        "x = {}1",
        "class A(Entity):\n    x: int = {}1",
        "class A(Entity):\n    def f(self, a={}1): self.x = {}1",
        "class A(Entity):\n    def f(self): self.x.y({}1)",
    ],
)
@pytest.mark.parametrize("part", ["1+", "-", "not ", "a[0].b or ", "(lambda: 1) if 1 else "])
def test_nesting_that_python_takes_is_taken_or_refused(shape: str, part: str, depth: int) -> None:
    result = analyse(source(shape.replace("{}", part * depth)))
    assert result.facts is not None or result.diagnostics[0].code == "SM001"


DEEPEST = {
    "parentheses": "x = " + "(" * LIMIT + "1" + ")" * LIMIT,
    "lists": "x = " + "[" * LIMIT + "]" * LIMIT,
    "sums": "x = " + "1 + " * LIMIT + "1",
    "signs": "x = " + "-" * LIMIT + "1",
    "attributes": "x = a" + ".b" * LIMIT,
    "calls": "x = " + "f(" * 100 + ")" * 100,
    "subscripts": "x = a" + "[0]" * (LIMIT - 1),
    "conditions": "x = " + "1 if 1 else " * LIMIT + "1",
    "lambdas": "x = " + "lambda: " * LIMIT + "1",
    "branches": "if a:\n    pass\n"
    + "".join(f"elif b{n}:\n    x{n}: int = 1\n" for n in range(LIMIT - 1)),
    "strings": "x = (" + "'a'\n" * LIMIT + ")",
}


@pytest.mark.parametrize("text", DEEPEST.values(), ids=DEEPEST)
def test_what_is_as_deep_as_allowed_is_read(text: str) -> None:
    indented = "\n".join(f"        {line}" for line in text.split("\n"))
    assert analyse(source(text)).diagnostics == ()
    body = f"class Cart(Entity):\n    def run(self, a, f):\n{indented}\n"
    assert analyse(source(body)).diagnostics == ()


def test_what_only_looks_deep_is_read() -> None:
    text = "x = '" + "(.+" * DEEP + "'\n# " + "(.+" * DEEP + "\n"
    text += "y = [" + "a.b, " * DEEP + "]\nz = {" + "'a': lambda: 1, " * DEEP + "}\n"
    text += "\n".join(f"if a{n}: x = a.b" for n in range(DEEP))
    assert len(facts(text).assignments) == 3 + DEEP


@pytest.mark.parametrize("part", ["a.b + ", "(", "lambda: ", "not ", "f(", "a if b else "])
@pytest.mark.parametrize("depth", [200, 2_000, 20_000])
@pytest.mark.parametrize(
    "shape",
    [
        "class A(Entity):\n    x: {} = 1",
        "class A(Entity):\n    x: int = Field({})",
        "class A(Entity):\n    @event\n    def f(self): self.x = {}",
        "class A(Entity):\n    def f(self, a: 'int' = {}): ...",
    ],
)
def test_depth_is_an_answer_in_time(shape: str, part: str, depth: int) -> None:
    started = time.process_time()
    closing = ")" * depth if part.endswith("(") else ""
    result = analyse(source(shape.replace("{}", part * depth + "a" + closing)))
    assert result.facts is not None or result.diagnostics[0].code == "SM001"
    assert time.process_time() - started < 2


SYNTAX = {
    "x = (1,\ny = 2\n": (1, 5, "'(' was never closed"),
    "class Cart(Entity)\n    pass\n": (1, 19, "expected ':'"),
    "class Cart(Entity):\npass\n": (2, 1, "expected an indented block after class definition"),
    "\tx = 1\n        y = 2\n": (1, 1, "unexpected indent"),
    "if 1:\n\tx = 1\n        y = 2\n": (3, None, "inconsistent use of tabs"),
    "x = 'abc\n": (1, 5, "unterminated string literal"),
    "x = '''abc\n\n": (1, 5, "unterminated triple-quoted string literal"),
    "größe = 1 1\n": (1, 11, "invalid syntax"),
    "x = 1\0\n": (1, 6, "null bytes"),
    "return 1\n": (1, 1, "'return' outside function"),
    "class A(E):\n    def f(self):\n        await g()\n": (3, 9, "'await' outside async function"),
    "def f(a, a): pass\n": (1, None, "duplicate argument 'a'"),
    "from __future__ import flying\n": (1, None, "future feature flying is not defined"),
    "x = 1" + "0" * 5_000 + "\n": (1, None, "Exceeds the limit"),
    "x = €\n": (1, 5, "invalid character"),
    "print 'a'\n": (1, 1, "Missing parentheses"),
    "<<<<<<< HEAD\nx = 1\n=======\n": (1, 1, "invalid syntax"),
    "def f():\n    '\\N{NO SUCH NAME}'\n": (2, None, "unicode error"),
    "break\n": (1, 1, "'break' outside loop"),
}


@pytest.mark.parametrize("text", SYNTAX, ids=[reason for _, _, reason in SYNTAX.values()])
def test_syntax_errors_stand_where_python_sees_them(text: str) -> None:
    line, column, reason = SYNTAX[text]
    diagnostic = mistake(text)
    assert (diagnostic.code, diagnostic.name) == ("SM001", "syntax-error")
    assert reason in diagnostic.message
    assert f"Python {sys.version_info.major}.{sys.version_info.minor}" in diagnostic.message
    assert diagnostic.span is not None
    assert diagnostic.span.line == line
    if column is not None:
        assert diagnostic.span.column == column


def test_a_long_file_takes_no_longer_than_its_length() -> None:
    short, long = ENTITY * 100, ENTITY * 5_000
    started = time.process_time()
    facts(short)
    between = time.process_time()
    assert len(facts(long).classes) == 5_000
    assert time.process_time() - between < 50 * (between - started) * 6 + 1


def test_a_line_of_five_megabytes() -> None:
    data = "x" * 5_000_000
    module = facts(f'{ENTITY}    data: str = "{data}"\n')
    assert module.classes[0].attributes[1].value == LiteralExpression(data)
    many = facts("x = [" + "1, " * 100_000 + "]\n")
    assert many.assignments[0].name == "x"
    assert mistake("x = " + '"a' * 1_000_000).code == "SM001"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "# only a comment",
        "\f\nclass Cart(Entity):\n\f\n    count: int = 0\n",
        "class Cart(Entity):\n\tcount: int = 0\n\tdef f(self):\n\t\tself.count = 1\n",
        "class Cart(Entity): count: int = 0; name: str = ''\n",
        "class Cart(\\\n Entity): \\\n count: int = 0",
        "x = '\u2028\u2029\x85\x1c'\nclass Cart(Entity): ...\n",
        "class \\\n    Cart(Entity):\n    pass",
        "class Cart(Entity):\n    '''doc''' 'more'\n    count: int\n",
        "class Cart(*bases, **options): ...",
        "class Cart(make(), x[0], (lambda: E)()): ...",
        "class Cart(Entity):\n    self.x: int = 1\n    x[0]: int = 2\n",
        "class Cart(Entity):\n    exec('count = 1')\n    locals()['x'] = 1\n",
        "@(lambda f: f)\n@a.b(c)[0]\nclass Cart(Entity):\n    @(yes if x else no)\n    def f(self): ...",
        "class Cart(Entity):\n    def f(): self.x = 1\n    def g(*self): self.x = 1\n",
        "class Cart(Entity):\n    def f(self):\n        def f(self): return f(f)\n        return f(f(self))\n",
        "class Cart(Entity):\n    def f(self):\n        g = lambda x: g(x)\n        g(self).y = 1\n",
        "global x\nx = 1\nclass A(E):\n    global y\n    y = 2\n",
        "async def f():\n    async with a as b, c as d:\n        async for e in b: yield e\n",
        "try:\n    x = 1\nexcept* (A, B) as e:\n    raise\n",
    ],
)
def test_odd_but_valid_files(text: str) -> None:
    assert analyse(source(text)).diagnostics == ()


def test_what_python_takes_and_the_parser_does_not_is_a_diagnostic() -> None:
    diagnostic = mistake("x = 1\nclass Cart(Entity):\n    (count): int = 0\n")
    assert diagnostic.code == "SM001"
    assert "parser cannot read" in diagnostic.message
    assert diagnostic.span is not None and diagnostic.span.line == 3


def test_nothing_is_executed(capsys: pytest.CaptureFixture[str]) -> None:
    facts("print('ran')\nimport antigravity_of_mine\nraise SystemExit\nwhile True: pass\n")
    assert capsys.readouterr() == ("", "")


def test_warnings_of_the_parser_stay_quiet(recwarn: pytest.WarningsRecorder) -> None:
    facts("x = '\\d'\ny = 1 is 1\nassert (1, 'a')\n")
    assert not recwarn.list
