"""Every rule of every family, for `starmodel explain` and for documentation."""

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from starmodel_generator.diagnostics.diagnostic import Rule
from starmodel_generator.diagnostics.rules import (
    entity_rules,
    migration_rules,
    project_rules,
    pydantic_rules,
    source_rules,
    sql_rules,
)

FAMILIES = (project_rules, entity_rules, source_rules, pydantic_rules, sql_rules, migration_rules)


def rules_of(family: ModuleType) -> tuple[Rule, ...]:
    """Return the rules of one module, sorted by code."""
    rules = (value for value in vars(family).values() if isinstance(value, Rule))
    return tuple(sorted(rules, key=lambda rule: rule.code))


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.code: rule
        for rule in sorted(
            (rule for family in FAMILIES for rule in rules_of(family)), key=lambda rule: rule.code
        )
    }
)
"""All rules by code, in the order of their codes."""
