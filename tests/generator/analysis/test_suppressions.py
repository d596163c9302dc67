"""Comments that silence a rule, and the ones that silence nothing."""

from textwrap import dedent

from starmodel_generator.analysis.suppressions import apply_suppressions, find_suppressions
from starmodel_generator.diagnostics.diagnostic import Diagnostic, Rule, SourceSpan

SECRET = Rule("SM401", "secret-signal", "error", suppressible=True)
MONEY = Rule("SM207", "float-money", "warning")
TYPE = Rule("SM202", "unsupported-field-type", "error")


def at(rule: Rule, line: int, end_line: int | None = None) -> Diagnostic:
    return rule.report("x", span=SourceSpan("a.py", line, 1, end_line or line, 2))


def silenced(text: str, *diagnostics: Diagnostic) -> list[tuple[str, int]]:
    """The codes and lines that are left."""
    text = dedent(text)
    found = apply_suppressions(diagnostics, {"a.py": find_suppressions(text)}, {"a.py": text})
    return [(each.code, each.span.line if each.span else 0) for each in found]


def test_comments_are_found_with_the_rules_they_name() -> None:
    text = dedent('''
        a = 1  # starmodel: ignore[secret-signal] shown on purpose
        b = "# starmodel: ignore[SM401]"
        """
        # starmodel: ignore[SM401]
        """
        c = 2  # noqa  # starmodel:ignore[SM401, float-money]
        d = 3  # starmodel: ignore
        e = 4  # starmodel: ignored[x]
        # starmodel: ignore [ SM207 ]
    ''')
    assert find_suppressions(text) == (
        (2, ("secret-signal",)),
        (7, ("SM401", "float-money")),
        (8, ()),
        (10, ("SM207",)),
    )


def test_a_comment_silences_its_line_by_code_or_name() -> None:
    text = "a = 1  # starmodel: ignore[SM401]\nb = 2  # starmodel: ignore[float-money]\n"
    assert silenced(text, at(SECRET, 1), at(MONEY, 2)) == []
    assert silenced(text, at(SECRET, 2), at(MONEY, 2)) == [("SM401", 2), ("SM008", 1)]


def test_a_comment_on_a_line_of_its_own_speaks_for_the_next_code() -> None:
    text = """\
        # starmodel: ignore[float-money] cents would not do
        # because of the tax office

        price: float = 1.0
        other: float = 2.0
    """
    assert silenced(text, at(MONEY, 4), at(MONEY, 5)) == [("SM207", 5)]


def test_a_comment_inside_a_statement_of_several_lines_counts() -> None:
    text = "a: float = f(\n    1,  # starmodel: ignore[float-money]\n)\n"
    assert silenced(text, at(MONEY, 1, 3)) == []


def test_errors_that_leave_nothing_to_generate_stay() -> None:
    text = "a: X  # starmodel: ignore[unsupported-field-type]\n"
    assert silenced(text, at(TYPE, 1)) == [("SM202", 1), ("SM008", 1)]


def test_a_comment_that_does_nothing_is_told() -> None:
    text = "a = 1  # starmodel: ignore[SM401, SM207]\nb = 2  # starmodel: ignore\n"
    assert silenced(text, at(SECRET, 1)) == [("SM008", 1), ("SM008", 2)]
    unused, _ = apply_suppressions(
        [at(SECRET, 1)], {"a.py": find_suppressions(text)}, {"a.py": text}
    )
    assert unused.message == "suppression of `SM207` matches no diagnostic"
    assert unused.span == SourceSpan("a.py", 1, 8, 1, 41)
