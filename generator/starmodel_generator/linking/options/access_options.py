"""Who may: `Access.PUBLIC`, `Access.AUTHENTICATED` or a policy function."""

from starmodel_generator.analysis.facts import (
    Expression,
    FunctionFacts,
    NameExpression,
    OpaqueExpression,
)
from starmodel_generator.diagnostics.rules.entity_rules import INVALID_ACCESS
from starmodel_generator.linking.names.symbols import (
    ExternalSymbol,
    FunctionSymbol,
    Namespace,
    UnknownSymbol,
    described,
)
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.resolver import Resolver
from starmodel_schemas import AccessRule, AuthenticatedAccess, PolicyAccess, PublicAccess

_CHOICES = (
    "write `Access.PUBLIC`, `Access.AUTHENTICATED` or the name of a function"
    " `(actor, entity) -> bool`"
)
_MEMBERS: dict[str, AccessRule] = {
    "starmodel.Access.PUBLIC": PublicAccess(),
    "starmodel.Access.AUTHENTICATED": AuthenticatedAccess(),
}


def read_access(
    expression: Expression, namespace: Namespace, resolver: Resolver
) -> AccessRule | Problem:
    """Return what an `access` says, or why it says nothing."""
    written = shortened(unparse(expression))
    if isinstance(expression, OpaqueExpression) and expression.text.startswith("lambda"):
        help = "write a function at the top of the module and name it"
        return Problem(INVALID_ACCESS, "has a lambda as `access`, which has no name to call", help)
    if not isinstance(expression, NameExpression):
        return Problem(INVALID_ACCESS, f"has `access={written}`, which is no rule", _CHOICES)
    symbol = resolver.names.follow(resolver.names.resolve(expression.name, namespace))
    match symbol:
        case ExternalSymbol(name) if name in _MEMBERS:
            return _MEMBERS[name]
        case ExternalSymbol(name) if name.startswith("starmodel.Access."):
            text = f"has `access={written}`, but `Access` has no such member"
            return Problem(INVALID_ACCESS, text, _CHOICES)
        case ExternalSymbol(name):
            text = f"has the policy `{name}`, which is not part of the project"
            return Problem(INVALID_ACCESS, text, "call it from a function of the project")
        case FunctionSymbol(_, facts):
            return _policy(symbol, facts)
        case UnknownSymbol():
            near = resolver.names.near(symbol)
            help = f"did you mean `{near}`?" if near else _CHOICES
            return Problem(
                INVALID_ACCESS, f"has `access={written}`, which {described(symbol)}", help
            )
        case _:
            return Problem(
                INVALID_ACCESS, f"has `access={written}`, which is no function", _CHOICES
            )


def _policy(symbol: FunctionSymbol, facts: FunctionFacts) -> AccessRule | Problem:
    shape = f"write `def {facts.name}(actor: Actor, entity: ...) -> bool`"
    if facts.is_async:
        text = f"has the policy `{facts.name}`, which is `async`"
        return Problem(INVALID_ACCESS, text, "a policy answers at once: " + shape)
    kinds = ("positional_only", "positional_or_keyword")
    positional = [parameter for parameter in facts.parameters if parameter.kind in kinds]
    required = [parameter for parameter in positional if parameter.default is None]
    has_rest = any(parameter.kind == "variadic" for parameter in facts.parameters)
    has_keyword = any(
        parameter.kind == "keyword_only" and parameter.default is None
        for parameter in facts.parameters
    )
    if len(required) > 2 or (len(positional) < 2 and not has_rest) or has_keyword:
        text = f"has the policy `{facts.name}`, which does not take the actor and the entity"
        return Problem(INVALID_ACCESS, text, shape)
    return PolicyAccess(function=symbol.qualified_name)
