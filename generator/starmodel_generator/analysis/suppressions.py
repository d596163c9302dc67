"""Comments that silence a rule: `# starmodel: ignore[secret-signal] shown on purpose`."""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping

from starmodel_generator.diagnostics.diagnostic import Diagnostic, SourceSpan
from starmodel_generator.diagnostics.rules.project_rules import UNUSED_SUPPRESSION

_MARK = "starmodel:"
_COMMENT = re.compile(r"#\s*starmodel:\s*ignore\b(?:\s*\[([^\]]*)\])?")

Suppressions = tuple[tuple[int, tuple[str, ...]], ...]


def find_suppressions(text: str) -> Suppressions:
    """Return the line of each such comment and the rules it names, by code or by name.

    A comment without brackets names no rule and silences nothing.
    """
    if _MARK not in text:
        return ()
    return tuple(_suppressions(text))


def _suppressions(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Comments alone count, not texts that look like one; so the tokens are asked."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT or _MARK not in token.string:
            continue
        match = _COMMENT.search(token.string)
        if match is not None:
            names = (match[1] or "").split(",")
            yield token.start[0], tuple(name.strip() for name in names if name.strip())


def apply_suppressions(
    diagnostics: Iterable[Diagnostic],
    suppressions: Mapping[str, Suppressions],
    texts: Mapping[str, str],
) -> tuple[Diagnostic, ...]:
    """Return the diagnostics that no comment silences, and a warning for each comment that does nothing.

    `suppressions` and `texts` are by path. A comment speaks for the line it
    stands on; one that has a line to itself speaks for the next line of code.
    Diagnostics have to have their spans.
    """
    by_line: dict[tuple[str, int], list[tuple[int, tuple[str, ...]]]] = {}
    for path, comments in suppressions.items():
        lines = texts.get(path, "").split("\n")
        for line, rules in comments:
            by_line.setdefault((path, _target_line(lines, line)), []).append((line, rules))
    used: set[tuple[str, int, str]] = set()
    kept: list[Diagnostic] = []
    for diagnostic in diagnostics:
        silencer = _silencer(diagnostic, by_line)
        if silencer is None:
            kept.append(diagnostic)
        else:
            used.add(silencer)
    for path, comments in suppressions.items():
        lines = texts.get(path, "").split("\n")
        for line, rules in comments:
            kept += _unused(path, line, lines, [r for r in rules if (path, line, r) not in used])
            if not rules:
                kept.append(_without_rule(path, line, lines))
    return tuple(kept)


def _target_line(lines: list[str], line: int) -> int:
    """Return the line a comment speaks for, 1-based."""
    target = line
    while target < len(lines) and lines[target - 1].lstrip().startswith("#"):
        target += 1
        while target < len(lines) and not lines[target - 1].strip():
            target += 1
    return target


def _silencer(
    diagnostic: Diagnostic, by_line: Mapping[tuple[str, int], list[tuple[int, tuple[str, ...]]]]
) -> tuple[str, int, str] | None:
    span = diagnostic.span
    if span is None or (diagnostic.severity == "error" and not diagnostic.suppressible):
        return None
    for line in range(span.line, span.end_line + 1):
        for comment_line, rules in by_line.get((span.path, line), []):
            for rule in rules:
                if rule in (diagnostic.code, diagnostic.name):
                    return span.path, comment_line, rule
    return None


def _comment_span(path: str, line: int, lines: list[str]) -> SourceSpan:
    source = lines[line - 1] if line <= len(lines) else ""
    match = _COMMENT.search(source)
    start, end = match.span() if match is not None else (0, len(source))
    return SourceSpan(path, line, start + 1, line, end + 1)


def _unused(path: str, line: int, lines: list[str], rules: list[str]) -> Iterator[Diagnostic]:
    for rule in rules:
        yield UNUSED_SUPPRESSION.report(
            f"suppression of `{rule}` matches no diagnostic",
            span=_comment_span(path, line, lines),
            help="remove the comment, or move it to the line that the diagnostic points at",
        )


def _without_rule(path: str, line: int, lines: list[str]) -> Diagnostic:
    return UNUSED_SUPPRESSION.report(
        "this suppression names no rule",
        span=_comment_span(path, line, lines),
        help="name the rule: `# starmodel: ignore[secret-signal] reason`",
    )
