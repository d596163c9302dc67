"""What a migration finds, as diagnostics."""

from starmodel_generator.diagnostics.diagnostic import Diagnostic, Rule
from starmodel_generator.diagnostics.rules import migration_rules as rules
from starmodel_generator.migrations.migration_plan import Finding, FindingKind

_BY_KIND: dict[FindingKind, Rule] = {
    "destructive": rules.DESTRUCTIVE,
    "lossy": rules.LOSSY,
    "missing": rules.MISSING,
    "data": rules.DATA,
    "dialect": rules.DIALECT,
    "refused": rules.REFUSED,
}


def diagnostic(finding: Finding) -> Diagnostic:
    """A finding as what every command shows."""
    return _BY_KIND[finding.kind].report(finding.message, help=finding.help)
