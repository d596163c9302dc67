"""What the process ends with; every command means the same by a code."""

from starmodel_generator.diagnostics.rules.project_rules import (
    FAILING_TARGET,
    INVALID_SETTING,
    MISSING_TARGET,
    NO_CONFIGURATION,
    NONDETERMINISTIC,
    TAKEN_PATH,
    UNKNOWN_KEY,
    UNKNOWN_OPERATION,
    UNREADABLE_SOURCE,
    UNUSABLE_TARGET_FILE,
)
from starmodel_generator.generation import Report

DONE = 0
DIAGNOSTICS = 1
CANNOT_RUN = 2
OUT_OF_DATE = 3
BUG = 70
INTERRUPTED = 130
TERMINATED = 143

_NOT_THE_ENTITIES = frozenset(
    rule.code
    for rule in (
        UNKNOWN_KEY,
        INVALID_SETTING,
        NO_CONFIGURATION,
        MISSING_TARGET,
        FAILING_TARGET,
        NONDETERMINISTIC,
        TAKEN_PATH,
        UNKNOWN_OPERATION,
        UNREADABLE_SOURCE,
        UNUSABLE_TARGET_FILE,
    )
)


def exit_code(report: Report) -> int:
    """Return the code for a report's errors; warnings are no reason to fail."""
    errors = [found.code for found in report.diagnostics if found.severity == "error"]
    if any(code in _NOT_THE_ENTITIES for code in errors):
        return CANNOT_RUN
    return DIAGNOSTICS if errors else DONE
