"""`starmodel explain`: what a rule is about, and how to live with it."""

import difflib
import re
from collections.abc import Mapping
from typing import Annotated

import typer

from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import say
from starmodel_generator.diagnostics.rules import entity_rules as rules
from starmodel_generator.diagnostics.rules import pydantic_rules, source_rules, sql_rules
from starmodel_generator.diagnostics.rules.entity_rules import ExplainedRule
from starmodel_generator.migrations.migration_rules import RULES as MIGRATION_RULES

EXPLANATIONS: dict[str, tuple[str, str]] = {
    "SM001": (
        "syntax-error",
        "A source file is not valid for the Python that StarModel runs on. Nothing is generated"
        " from a project whose source cannot be read whole.",
    ),
    "SM002": (
        "unknown-config-key",
        "`[tool.starmodel]` has a key that StarModel does not know. A misspelt setting would"
        " silently count as not set.",
    ),
    "SM003": (
        "invalid-setting",
        "A setting has a value that it cannot have; the message says which ones it can.",
    ),
    "SM004": (
        "no-configuration",
        "There is no `[tool.starmodel]` in a `pyproject.toml` here or above. `starmodel init`"
        " makes a project that has one.",
    ),
    "SM005": ("unreadable-source", "A source file is there but cannot be opened."),
    "SM006": (
        "undecodable-source",
        "A source file is not text in its encoding: UTF-8, unless its first lines say otherwise.",
    ),
    "SM008": (
        "unused-suppression",
        "A comment `# starmodel: ignore[...]` silences a rule that says nothing there. Remove it,"
        " so that it does not hide what comes later.",
    ),
    "SM603": (
        "case-folding-collision",
        "Two names differ only by case. On some disks, and in attributes of HTML, they are one.",
    ),
    "SM701": (
        "hand-edited-output",
        "A generated file is not as StarModel wrote it. Move the change into the entity or into a"
        " file of your own; `starmodel generate --force` overwrites it.",
    ),
    "SM703": (
        "generator-version-skew",
        "The tree was written by another version of StarModel than the one that runs. Install the"
        " same version everywhere, or run `starmodel generate` and commit what it changes.",
    ),
    "SM704": (
        "foreign-output",
        "A file that StarModel did not write stands where a generated one would go. It is never"
        " touched: move it, or choose another `output`. A file without the first line of generated"
        " files is one that StarModel did not write, whatever the manifest says of it.",
    ),
    "SM705": (
        "unsafe-output-path",
        "A generated file would leave the project, by `..` or by a symbolic link.",
    ),
    "SM905": (
        "file-not-removed",
        "The manifest names a file that nothing generates any more, and that StarModel does not"
        " remove: it lies outside of `output` and `client_output`, or its first line is not that of"
        " a generated file. It may be yours; delete it yourself if it is not needed.",
    ),
    "SM906": (
        "out-of-date-output",
        "`starmodel generate --check` found a generated file that is not what the entities give"
        " today: it is stale, missing, or nothing generates it any more. Run `starmodel generate`"
        " and commit what it changes.",
    ),
    "SM902": (
        "plugin-nondeterministic",
        "A target plugin gave different files for the same schema. `--check` could never pass.",
    ),
    "SM903": ("missing-target", "The configuration names a target that no package provides."),
    "SM904": ("failing-target", "A target plugin raised an exception; its author has to mend it."),
}
"""Rules of the stages around linking, which have no longer text of their own."""


def explain(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code or a name, as in SM405.")],
) -> None:
    """Say what a rule is about, why it is there, and how to live with it.

    Example:

      starmodel explain SM405
    """
    known = explanations()
    wanted = code.strip().lower()
    for rule, (name, text) in known.items():
        if wanted in (rule.lower(), name):
            typer.echo(f"{rule} {name}\n\n{text}")
            return
    near = _near(wanted, known)
    hint = "; did you mean one of these?" if near else ""
    say(
        "\n".join(
            [
                f"error: there is no rule {code}{hint}",
                *(f"  {rule} {known[rule][0]}" for rule in near),
            ]
        )
    )
    raise typer.Exit(exit_codes.CANNOT_RUN)


def _near(wanted: str, known: Mapping[str, tuple[str, str]]) -> list[str]:
    """The codes of rules that are called like what was asked for, at most ten."""
    by_name = {name: rule for rule, (name, _) in known.items()}
    near = [by_name[name] for name in difflib.get_close_matches(wanted, by_name, n=5)]
    family = re.match(r"(?:sm)?(\d)\d*$", wanted)
    if family is not None:
        number = int(wanted.removeprefix("sm"))
        rules = [rule for rule in known if rule.startswith(f"SM{family[1]}")]
        near += sorted(rules, key=lambda rule: abs(int(rule[2:]) - number))
    return list(dict.fromkeys(near))[:10]


def explanations() -> dict[str, tuple[str, str]]:
    """Every rule by code: its name, and what there is to say about it."""
    found = {
        rule.code: (
            rule.name,
            f"{rule.summary[:1].upper()}{rule.summary[1:]}.\n\n{rule.explanation}",
        )
        for rule in (
            *vars(rules).values(),
            *pydantic_rules.RULES,
            *source_rules.RULES,
            *sql_rules.RULES,
            *MIGRATION_RULES,
        )
        if isinstance(rule, ExplainedRule)
    }
    return dict(sorted({**EXPLANATIONS, **found}.items()))
