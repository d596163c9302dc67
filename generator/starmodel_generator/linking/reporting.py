"""What is wrong with something, before it is known whose it is.

Types and options are worked out once and used in many places; the one who uses them knows the
field or the parameter, and puts it in front of the problem's text to make a diagnostic.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from starmodel_generator.diagnostics.diagnostic import Diagnostic, Place, Rule, Step

Report: TypeAlias = Callable[[Diagnostic], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that is broken; `text` is a predicate: ``has the type `Path`, which ...``."""

    rule: Rule
    text: str
    help: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a problem is about: ``field `Cart.total` ``, where it stands, and whose it is."""

    noun: str
    place: Place
    entity: str | None = None

    def diagnose(self, problem: Problem, place: Place | None = None) -> Diagnostic:
        """Return the diagnostic of a problem with this subject."""
        return problem.rule.report(
            f"{self.noun} {problem.text}",
            place or self.place,
            help=problem.help,
            entity=self.entity,
        )

    def report_all(self, problems: Iterable[Problem], report: Report, *steps: Step) -> None:
        """Report each of several problems; `steps` lead from the subject to where they are."""
        for problem in problems:
            report(self.diagnose(problem, self.place.at(*steps)))
