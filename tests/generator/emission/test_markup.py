"""Texts reach Python, HTML and JavaScript as the same texts, and as nothing else."""

import ast
import json
from html.parser import HTMLParser
from random import Random

from random_schemas import hostile_text

from starmodel_generator.emission.html.markup import (
    PLACEHOLDER,
    expression,
    html,
    in_fstring,
    in_string,
    javascript,
    key,
    object_literal,
    signal,
)

TEXTS = [hostile_text(Random(seed)) for seed in range(1000)] + [
    "",
    " ",
    "\N{ROCKET}" * 3,
    "x" * 100_000,
]


class Reader(HTMLParser):
    """Reads `<p title="...">...</p>` back."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[tuple[object, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.append((tag, *attrs))

    def handle_endtag(self, tag: str) -> None:
        self.events.append(("/" + tag,))

    def handle_data(self, data: str) -> None:
        if self.events and self.events[-1][0] == "text":
            data = str(self.events.pop()[1]) + data
        self.events.append(("text", data))

    def handle_comment(self, data: str) -> None:
        self.events.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.events.append(("declaration", decl))


def as_html_has_it(text: str) -> str:
    """HTML has no NUL and no half of a surrogate pair."""
    return "".join(
        ["\ufffd" if one == "\0" or "\ud800" <= one <= "\udfff" else one for one in text]
    )


def units(text: str) -> bytes:
    """What JavaScript sees of a text: two halves beside each other are one character there."""
    return text.encode("utf-16-be", "surrogatepass")


def test_a_text_survives_html_inside_of_python() -> None:
    for text in TEXTS:
        markup = f'<p title="{html(text)}">{html(text)}</p>'
        plain = ast.parse(f'"""\\\n{in_string(markup)}"""', mode="eval").body
        assert isinstance(plain, ast.Constant) and plain.value == markup
        formatted = ast.parse(f'f"""\\\n{in_fstring(markup)}"""', mode="eval").body
        assert isinstance(formatted, ast.JoinedStr) and len(formatted.values) <= 1
        assert eval(compile(ast.Expression(formatted), "", "eval")) == markup

        reader = Reader()
        reader.feed(markup)
        reader.close()
        seen = as_html_has_it(text)
        content = [("text", seen)] if seen else []
        assert reader.events == [("p", ("title", seen)), *content, ("/p",)]


def test_a_placeholder_is_the_only_one() -> None:
    for text in TEXTS[:200]:
        source = in_fstring(f"{html(text)}{PLACEHOLDER}{html(text)}", "id")
        tree = ast.parse(f'f"""{source}"""', mode="eval").body
        assert isinstance(tree, ast.JoinedStr)
        placeholders = [part for part in tree.values if isinstance(part, ast.FormattedValue)]
        assert [ast.unparse(placeholder.value) for placeholder in placeholders] == ["id"]


def test_a_text_survives_javascript_and_datastar() -> None:
    for text in TEXTS:
        literal = javascript(text)
        assert literal[0] == literal[-1] == "'"
        body = literal[1:-1]
        # Nothing is left that Datastar, HTML or JavaScript would read, but escapes.
        assert body.isascii() and not set(body) & set("'\"`<>&@$;/\n\r")
        assert units(json.loads(f'"{body}"')) == units(text)
        assert expression(literal) == literal


def test_names_become_signals_and_keys() -> None:
    assert signal("counter", "count") == "$counter.count"
    assert signal("_form", "a", "größe") == "$_form.a['gr\\u00f6\\u00dfe']"
    assert key("amount") == "amount"
    assert key("größe") == "'gr\\u00f6\\u00dfe'"
    assert key("__proto__") == "['__proto__']"
    assert key("") == "''"


def test_an_object_is_laid_out_where_it_is_too_long() -> None:
    members = [("a", "1"), ("b", [("c", "'x'")])]
    assert object_literal(members) == "{a: 1, b: {c: 'x'}}"
    assert object_literal(members, 2, 80) == "{\n    a: 1,\n    b: {c: 'x'},\n  }"
    assert object_literal([]) == "{}"
