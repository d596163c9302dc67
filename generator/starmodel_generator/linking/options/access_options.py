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
    expression: Expression,
    namespace: Namespace,
    resolver: Resolver,
    *,
    has_instance: bool = True,
) -> AccessRule | Problem:
    """Return what an `access` says, or why it says nothing.

    `has_instance` is whether there is an entity that a policy is asked about.
    """
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
            return _policy(symbol, facts, has_instance)
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


def _policy(
    symbol: FunctionSymbol, facts: FunctionFacts, has_instance: bool
) -> AccessRule | Problem:
    taken = 2 if has_instance else 1
    takes = "actor: Actor, entity: ..." if has_instance else "actor: Actor"
    shape = f"write `def {facts.name}({takes}) -> bool`"
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
    if len(required) > taken or (len(positional) < taken and not has_rest) or has_keyword:
        what = "the actor and the entity" if has_instance else "the actor alone"
        text = f"has the policy `{facts.name}`, which does not take {what}"
        return Problem(INVALID_ACCESS, text, shape)
    return PolicyAccess(function=symbol.qualified_name)
