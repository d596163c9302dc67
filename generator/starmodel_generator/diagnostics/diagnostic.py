"""A user's mistake as a value: what is wrong, where, and what to do about it.

A diagnostic is made with a `place`, which costs nothing;
`analysis.positions.with_spans` gives those that are to be shown their span.
`render` turns them into text. Nothing here prints, and nothing here decides
whether a run goes on.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Literal, TypeAlias, assert_never

from starmodel_generator.diagnostics.code_frame import draw_frame, printable

Severity: TypeAlias = Literal["error", "warning"]
OutputFormat: TypeAlias = Literal["full", "concise", "json", "github"]
Step: TypeAlias = str | int


@dataclass(frozen=True)
class Place:
    """A spot in a module: the steps that lead there from its top.

    Steps come in pairs, a role and which one: `("class", "Cart", "def", "add",
    "parameter", "amount", "annotation", 0)`. The second thing of one name in a
    scope is `add#2`. A place in a method's body ends in `("node", 12)`, the number
    of a syntax node in it. `analysis.positions` lists the roles.
    """

    path: str
    steps: tuple[Step, ...] = ()

    def at(self, *steps: Step) -> "Place":
        """Return the place further down those steps."""
        return Place(self.path, self.steps + steps)

    @property
    def named_steps(self) -> tuple[Step, ...]:
        """The steps without the node that a place in a body ends in."""
        roles = self.steps[::2]
        return self.steps[: 2 * roles.index("node")] if "node" in roles else self.steps


@dataclass(frozen=True, slots=True, order=True)
class SourceSpan:
    """A stretch of source text, in 1-based lines and columns.

    Columns count characters (code points); the end column is the one after
    the last character. `path` is relative to the project root, with `/`.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Related:
    """A second spot that the message speaks of: the other of two clashing routes."""

    label: str
    place: Place | None = None
    span: SourceSpan | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to tell the user.

    `message` is the sentence after the rule's name, `label` what stands beside
    the carets, `help` the fix. Warnings can be silenced by a comment
    (`# starmodel: ignore[name] reason`), errors only where `suppressible` says
    that the result is still what the author asked for.
    """

    code: str
    name: str
    severity: Severity
    message: str
    place: Place | None = None
    span: SourceSpan | None = None
    label: str = ""
    help: str | None = None
    related: tuple[Related, ...] = ()
    entity: str | None = None
    target: str | None = None
    suppressible: bool = False

    @property
    def path(self) -> str:
        """The file it is about; empty where it is about none."""
        if self.span is not None:
            return self.span.path
        return "" if self.place is None else self.place.path

    @property
    def fingerprint(self) -> str:
        """16 hex digits that stay the same when the code only moves to other lines."""
        steps = () if self.place is None else self.place.named_steps
        parts = [self.code, self.path, *map(str, steps), self.message]
        text = "\0".join(parts).encode("utf-8", "backslashreplace")
        return hashlib.sha256(text).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, written once; diagnostics are made from it.

    Attributes:
        code: `SM` and three digits.
        name: Its name in words, joined by hyphens.
        severity: What its diagnostics are unless they say otherwise.
        suppressible: Whether a comment in the source may silence it.
        summary: What every diagnostic of the rule says, without names; empty where each says
            something else.
        explanation: Why the rule is there, and how to live with it.
    """

    code: str
    name: str
    severity: Severity
    suppressible: bool = False
    _: KW_ONLY
    summary: str = ""
    explanation: str = ""

    def report(
        self,
        message: str,
        place: Place | None = None,
        *,
        span: SourceSpan | None = None,
        label: str = "",
        help: str | None = None,
        related: tuple[Related, ...] = (),
        entity: str | None = None,
        target: str | None = None,
    ) -> Diagnostic:
        """A diagnostic of this rule; the arguments are `Diagnostic`'s fields."""
        return Diagnostic(
            code=self.code,
            name=self.name,
            severity=self.severity,
            message=message,
            place=place,
            span=span,
            label=label,
            help=help,
            related=related,
            entity=entity,
            target=target,
            suppressible=self.suppressible,
        )


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Return whether one of them stops the run."""
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By path, span and code, each once; without a path they stand first."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=_sort_key))


def _sort_key(diagnostic: Diagnostic) -> tuple[str, SourceSpan, str, str]:
    span = diagnostic.span or SourceSpan("", 0, 0, 0, 0)
    return diagnostic.path, span, diagnostic.code, diagnostic.message


def render(
    diagnostics: Iterable[Diagnostic],
    texts: Mapping[str, str],
    output_format: OutputFormat = "full",
) -> str:
    """Return the diagnostics as text, in order; empty where there are none (`[]` in JSON).

    `texts` are the sources by path; a frame is left out where the source is
    not there. The formats: `full` for people, `concise` one line each, `json`
    for tools, `github` for annotations in GitHub Actions.
    """
    ordered = in_order(diagnostics)
    match output_format:
        case "full":
            return "\n".join(_full(diagnostic, texts) for diagnostic in ordered)
        case "concise":
            return "".join(_concise(diagnostic) for diagnostic in ordered)
        case "json":
            return json.dumps([_record(d, texts) for d in ordered], indent=2) + "\n"
        case "github":
            return "".join(_github(diagnostic) for diagnostic in ordered)
        case _:
            assert_never(output_format)


def _full(diagnostic: Diagnostic, texts: Mapping[str, str]) -> str:
    head = f"{diagnostic.severity}[{diagnostic.code}] {diagnostic.name}"
    lines = [f"{head}: {printable(diagnostic.message)}"]
    lines += _frame(diagnostic.span, diagnostic.label, diagnostic.path, texts)
    for related in diagnostic.related:
        lines.append(f"note: {printable(related.label)}")
        path = related.place.path if related.place is not None else ""
        lines += _frame(related.span, "", path, texts)
    if diagnostic.help is not None:
        lines.append(f"help: {printable(diagnostic.help)}")
    lines.append(f"explain: starmodel explain {diagnostic.code}")
    return "\n".join(lines) + "\n"


def _frame(span: SourceSpan | None, label: str, path: str, texts: Mapping[str, str]) -> list[str]:
    if span is None:
        return [f" --> {printable(path)}"] if path else []
    lines = texts.get(span.path, "").split("\n")
    end_column = span.end_column if span.end_line == span.line else None
    return draw_frame(
        printable(span.path), lines, span.line, span.column, end_column, printable(label)
    )


def _location(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    if span is None:
        return diagnostic.path
    return f"{span.path}:{span.line}:{span.column}"


def _concise(diagnostic: Diagnostic) -> str:
    location = _location(diagnostic)
    prefix = f"{printable(location)}: " if location else ""
    head = f"{diagnostic.severity}[{diagnostic.code}] {diagnostic.name}"
    return f"{prefix}{head}: {printable(diagnostic.message)}\n"


def _github(diagnostic: Diagnostic) -> str:
    properties: list[tuple[str, object]] = []
    if diagnostic.path:
        properties.append(("file", diagnostic.path))
    if diagnostic.span is not None:
        properties.append(("line", diagnostic.span.line))
        properties.append(("endLine", diagnostic.span.end_line))
        if diagnostic.span.end_line == diagnostic.span.line:
            properties.append(("col", diagnostic.span.column))
            properties.append(("endColumn", diagnostic.span.end_column))
    properties.append(("title", f"{diagnostic.code} {diagnostic.name}"))
    written = ",".join(
        f"{key}={_percent(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for key, value in properties
    )
    text = diagnostic.message
    if diagnostic.help is not None:
        text += f"\nhelp: {diagnostic.help}"
    return f"::{diagnostic.severity} {written}::{_percent(text)}\n"


def _percent(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _record(diagnostic: Diagnostic, texts: Mapping[str, str]) -> dict[str, object]:
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "path": diagnostic.path or None,
        "span": _span_record(diagnostic.span, texts),
        "label": diagnostic.label or None,
        "help": diagnostic.help,
        "related": [
            {
                "label": related.label,
                "path": related.span.path if related.span is not None else None,
                "span": _span_record(related.span, texts),
            }
            for related in diagnostic.related
        ],
        "entity": diagnostic.entity,
        "target": diagnostic.target,
        "fingerprint": diagnostic.fingerprint,
    }


def _span_record(span: SourceSpan | None, texts: Mapping[str, str]) -> dict[str, object] | None:
    if span is None:
        return None
    lines = texts.get(span.path, "").split("\n")
    return {
        "start": _point_record(lines, span.line, span.column),
        "end": _point_record(lines, span.end_line, span.end_column),
    }


def _point_record(lines: list[str], line: int, column: int) -> dict[str, int]:
    """A position with its column in characters, in UTF-8 bytes and in UTF-16 units."""
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    utf8 = len(before.encode("utf-8", "surrogatepass"))
    utf16 = len(before.encode("utf-16-le", "surrogatepass")) // 2
    missing = column - 1 - len(before)
    return {
        "line": line,
        "column": column,
        "utf8_column": utf8 + missing + 1,
        "utf16_column": utf16 + missing + 1,
    }
