"""`starmodel explain`: what a rule is about, and how to live with it."""

import difflib
import re
from typing import Annotated

import typer

from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import write_stderr
from starmodel_generator.diagnostics.diagnostic import Rule
from starmodel_generator.diagnostics.rules.registry import RULES


def explain(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A code or a name, as in SM405.")],
) -> None:
    """Describe what a rule is about, why it is there, and how to live with it.

    Example:

      starmodel explain SM405
    """
    wanted = code.strip().lower()
    for rule in RULES.values():
        if wanted in (rule.code.lower(), rule.name):
            typer.echo(_text(rule))
            return
    near = _near(wanted)
    hint = "; did you mean one of these?" if near else ""
    write_stderr(
        "\n".join(
            [
                f"error: there is no rule {code}{hint}",
                *(f"  {rule} {RULES[rule].name}" for rule in near),
            ]
        )
    )
    raise typer.Exit(exit_codes.CANNOT_RUN)


def _text(rule: Rule) -> str:
    summary = f"{rule.summary[:1].upper()}{rule.summary[1:]}.\n\n" if rule.summary else ""
    return f"{rule.code} {rule.name}\n\n{summary}{rule.explanation}"


def _near(wanted: str) -> list[str]:
    """Return the codes of rules that are called like what was asked for, at most ten."""
    by_name = {rule.name: rule.code for rule in RULES.values()}
    near = [by_name[name] for name in difflib.get_close_matches(wanted, by_name, n=5)]
    family = re.match(r"(?:sm)?(\d)\d*$", wanted)
    if family is not None:
        number = int(wanted.removeprefix("sm"))
        rules = [rule for rule in RULES if rule.startswith(f"SM{family[1]}")]
        near += sorted(rules, key=lambda rule: abs(int(rule[2:]) - number))
    return list(dict.fromkeys(near))[:10]
