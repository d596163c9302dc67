"""Generated code is what black gives, without black being run on it."""

import difflib

import black
import pytest
from corpus import drawn, sample_settings, written
from sample_shop import SCHEMA

from starmodel_generator.emission import render
from starmodel_generator.emission.python import formatting
from starmodel_generator.emission.python.formatting import is_vouched_for
from starmodel_generator.planning import EmissionSettings
from starmodel_schemas import AppSchema

Case = tuple[AppSchema, EmissionSettings]


def assert_black_keeps(case: Case) -> None:
    for file in render(*case):
        if file.path.endswith(".py"):
            wanted = black.format_str(file.text, mode=black.Mode())
            diff = difflib.unified_diff(file.text.splitlines(), wanted.splitlines(), lineterm="")
            assert file.text == wanted, file.path + "\n" + "\n".join(diff)


@pytest.mark.parametrize("case", written(), ids=lambda case: case[1].package)
def test_black_keeps_written_schemas(case: Case) -> None:
    assert_black_keeps(case)


@pytest.mark.parametrize("seed", range(6))
def test_black_keeps_random_schemas(seed: int) -> None:
    hostile = seed % 2 == 1
    for case in drawn(range(seed * 2, seed * 2 + 2), hostile=hostile, longest=1 + seed):
        assert_black_keeps(case)


def test_black_hardly_ever_has_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    handed_over: list[str] = []

    def note(text: str) -> str:
        handed_over.append(text.split("\n")[1])
        return text

    monkeypatch.setattr(formatting, "format_with_black", note)
    render(SCHEMA, sample_settings())
    # One line does not fit: the declared outcome of an event that returns one of two literals.
    assert handed_over == ['"""Commands of Product: one transport-free function per event."""']


def test_only_code_has_to_fit() -> None:
    assert is_vouched_for('"""' + "a" * 200 + '"""\nx = 1\n')
    assert is_vouched_for('def f():\n    """a\n    ' + "b" * 200 + '\n    """\n')
    assert not is_vouched_for("x = " + "a" * 200)
    assert not is_vouched_for('"""short"""\nx = ' + "a" * 200)
    assert not is_vouched_for("x = 1  # " + "大" * 50)


def test_what_is_not_vouched_for_is_formatted() -> None:
    text = f"def f({', '.join('a' * 9 + str(number) for number in range(12))}): pass\n"
    assert formatting.formatted(text) == black.format_str(text, mode=black.Mode())
