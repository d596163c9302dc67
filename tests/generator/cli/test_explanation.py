"""`starmodel explain`: every rule that a diagnostic can name has something to say."""

import re
from pathlib import Path

from shop_project import starmodel

import starmodel_generator
from starmodel_generator.diagnostics.rules.registry import FAMILIES, RULES, rules_of


def test_every_rule_is_explained(tmp_path: Path) -> None:
    source = Path(starmodel_generator.__file__).parent
    codes = {
        code
        for path in source.rglob("*.py")
        for code in re.findall(r'Rule\(\s*"(SM\d+)"', path.read_text(encoding="utf-8"))
    }
    assert len(codes) > 40
    assert codes == RULES.keys()


def test_every_rule_is_written_once_and_whole() -> None:
    rules = [rule for family in FAMILIES for rule in rules_of(family)]
    assert len({rule.code for rule in rules}) == len({rule.name for rule in rules}) == len(rules)
    for rule in rules:
        assert not rule.summary.endswith(".")
        assert rule.explanation.endswith((".", "`"))


def test_a_rule_is_found_by_code_and_by_name(tmp_path: Path) -> None:
    by_code = starmodel(tmp_path, "explain", "sm405")
    assert by_code.code == 0 and by_code.out.startswith("SM405 event-without-authorisation\n")
    assert starmodel(tmp_path, "explain", "event-without-authorisation") == by_code
    unknown = starmodel(tmp_path, "explain", "SM40")
    assert unknown.code == 2 and "did you mean" in unknown.err


def test_rules_like_an_unknown_one_are_listed(tmp_path: Path) -> None:
    by_number = starmodel(tmp_path, "explain", "SM999")
    assert by_number.code == 2
    assert by_number.err.splitlines()[1:] == [
        "  SM906 out-of-date-output",
        "  SM905 file-not-removed",
        "  SM904 failing-target",
        "  SM903 missing-target",
        "  SM902 plugin-nondeterministic",
    ]
    by_name = starmodel(tmp_path, "explain", "secret-signl")
    assert by_name.code == 2 and "  SM401 secret-signal\n" in by_name.err
    nothing = starmodel(tmp_path, "explain", "foo")
    assert (nothing.code, nothing.err) == (2, "error: there is no rule foo\n")
