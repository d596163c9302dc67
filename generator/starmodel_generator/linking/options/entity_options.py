"""What `model_config` may say about an entity, key by key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TypeAlias, get_args

from starmodel_generator.analysis.facts import Expression, LiteralExpression, NameExpression
from starmodel_generator.diagnostics.diagnostic import Place
from starmodel_generator.diagnostics.rules.entity_rules import (
    INVALID_OPTION,
    SCOPE_NOT_AVAILABLE,
    UNKNOWN_PAGE,
)
from starmodel_generator.linking.names.symbols import ExternalSymbol, Namespace
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.options.access_options import read_access
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.types.aliases import NO_RULES, AliasRules
from starmodel_generator.linking.values.value import NotConstant
from starmodel_schemas import (
    AccessRule,
    CacheName,
    CrudName,
    HolderAccess,
    IndexOption,
    RespondName,
    ScopeName,
    StoreName,
)

OWN_KEYS = (
    *("store", "scope", "ttl", "cache", "namespace", "access", "page", "respond"),
    *("crud", "indexes", "unique", "label", "order_by", "lookups", "renamed_from", "db_name"),
)
"""StarModel's own keys."""

_STORES: tuple[StoreName, ...] = get_args(StoreName)
_AVAILABLE_SCOPES = ("SESSION", "GLOBAL", "RECORD")
_SCOPES: tuple[ScopeName, ...] = get_args(ScopeName)


@dataclass(frozen=True, slots=True)
class EntityOptions:
    """What `model_config` says, with defaults filled in.

    `access` is `None` where nothing is said; `knows_scope` is false where what is said about
    the scope is wrong. `by_pydantic` is what says how pydantic reads input, as written, with where
    it is; `settings` is what it says about values. `is_table` is true for a class with `table=True`. `place` is where the options stand, the class's own place if nowhere;
    `places` where each of them does. `crud` has its names in the order in which they stand in
    the schema, `indexes` also what is to be unique.
    """

    place: Place
    store: StoreName = "SERVER_MEMORY"
    scope: ScopeName = "SESSION"
    ttl: float | None = None
    cache: CacheName | None = None
    namespace: str | None = None
    access: AccessRule | None = None
    page: str = "generated"
    respond: RespondName | None = None
    crud: tuple[CrudName, ...] = ()
    indexes: tuple[IndexOption, ...] = ()
    label: str | None = None
    order_by: tuple[str, ...] = ()
    lookups: tuple[str, ...] = ()
    renamed_from: str | None = None
    db_name: str | None = None
    by_pydantic: tuple[tuple[str, Place], ...] = ()
    is_table: bool = False
    knows_scope: bool = True
    aliases: AliasRules = NO_RULES
    allows_infinity: bool = False
    is_frozen: bool = False
    settings: Mapping[str, object] = field(default_factory=dict[str, object])
    is_strict: bool = False
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])

    def place_of(self, key: str) -> Place:
        """Return where an option stands; where they all do if it is not said."""
        return self.places.get(key, self.place)


@dataclass(frozen=True, slots=True)
class Option:
    """The value of one key as written, and where."""

    expression: Expression
    namespace: Namespace
    place: Place


def after_mistake(key: str, options: EntityOptions) -> EntityOptions:
    """Return the options after a mistake, so that what was meant is not reported missing besides."""
    match key:
        case "scope":
            return replace(options, knows_scope=False)
        case "access":
            return replace(options, access=HolderAccess())
        case _:
            return options


def _member(
    resolver: Resolver,
    option: Option,
    enum: str,
    members: tuple[str, ...],
    available: tuple[str, ...],
) -> str | Problem:
    """Return the member of one of our enums that an option names; help names those that are available."""
    written = shortened(unparse(option.expression))
    expression, namespace = option.expression, option.namespace
    if isinstance(expression, NameExpression):
        names = resolver.names
        symbol = names.follow(names.resolve(expression.name, namespace))
        prefix = f"starmodel.{enum}."
        if isinstance(symbol, ExternalSymbol) and symbol.name.startswith(prefix):
            member = symbol.name.removeprefix(prefix)
            if member in members:
                return member
            near = _near(member.upper(), available)
            help = f"did you mean `{enum}.{near}`?" if near else _one_of(enum, available)
            return Problem(INVALID_OPTION, f"has `{written}`, which is no member of `{enum}`", help)
        if isinstance(symbol, ExternalSymbol) and symbol.name.startswith("starlette.types.Scope"):
            return Problem(
                INVALID_OPTION,
                f"has `{written}`, but `Scope` here is FastHTML's, from its star import",
                "import `Scope` from starmodel by name, below the star import",
            )
    value = resolver.constants.evaluate(expression, namespace)
    known = "" if isinstance(value, NotConstant) else str(value.value)
    near = _near(known.upper().replace("-", "_"), available)
    help = f"write `{enum}.{near}`" if near else _one_of(enum, available)
    return Problem(INVALID_OPTION, f"has `{written}`, which is no member of `{enum}`", help)


def _near(written: str, members: tuple[str, ...]) -> str | None:
    """Return the member that was meant: one that ends in what was written, or is much like it."""
    ending = [member for member in members if member.endswith(f"_{written}")]
    return next(iter(ending or get_close_matches(written, members, n=1)), None)


def _one_of(enum: str, members: tuple[str, ...]) -> str:
    return "write one of " + ", ".join(f"`{enum}.{member}`" for member in members)


def _store(resolver: Resolver, option: Option, options: EntityOptions) -> EntityOptions | Problem:
    member = _member(resolver, option, "StateStore", _STORES, _STORES)
    if isinstance(member, Problem):
        return member
    return replace(options, store=member)  # pyright: ignore[reportArgumentType]


def _scope(resolver: Resolver, option: Option, options: EntityOptions) -> EntityOptions | Problem:
    member = _member(resolver, option, "Scope", _SCOPES, _AVAILABLE_SCOPES)
    if isinstance(member, Problem):
        return member
    if member not in _AVAILABLE_SCOPES:
        text = f"asks for `Scope.{member}`, which is not available yet"
        return Problem(SCOPE_NOT_AVAILABLE, text, _one_of("Scope", _AVAILABLE_SCOPES))
    return replace(options, scope=member)  # pyright: ignore[reportArgumentType]


def plain_value(resolver: Resolver, option: Option, key: str, help: str) -> object | Problem:
    """Return the value of an option, or why it cannot be known."""
    value = resolver.constants.evaluate(option.expression, option.namespace)
    if isinstance(value, NotConstant):
        return Problem(INVALID_OPTION, f"has a `{key}` that {value.reason}", help)
    return value.value


def _ttl(resolver: Resolver, option: Option, options: EntityOptions) -> EntityOptions | Problem:
    help = "write a number of seconds, for example `ttl=60 * 60`"
    value = plain_value(resolver, option, "ttl", help)
    if isinstance(value, Problem):
        return value
    if value is None:
        return replace(options, ttl=None)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e12:
        written = shortened(unparse(option.expression))
        return Problem(INVALID_OPTION, f"has `ttl={written}`, which is no time to live", help)
    return replace(options, ttl=float(value))


def _cache(resolver: Resolver, option: Option, options: EntityOptions) -> EntityOptions | Problem:
    help = 'write `"memory"` or `"redis"`'
    value = plain_value(resolver, option, "cache", help)
    if isinstance(value, Problem):
        return value
    match value:
        case None:
            return replace(options, cache=None)
        case "memory":
            return replace(options, cache="memory")
        case "redis":
            return replace(options, cache="redis")
        case _:
            written = shortened(unparse(option.expression))
            return Problem(INVALID_OPTION, f"has `cache={written}`, which is no cache", help)


def _namespace(
    resolver: Resolver, option: Option, options: EntityOptions
) -> EntityOptions | Problem:
    help = 'write a text, for example `namespace="cart"`'
    value = plain_value(resolver, option, "namespace", help)
    if isinstance(value, Problem):
        return value
    if not isinstance(value, str):
        written = shortened(unparse(option.expression))
        return Problem(INVALID_OPTION, f"has `namespace={written}`, which is no text", help)
    return replace(options, namespace=value)


def _access(resolver: Resolver, option: Option, options: EntityOptions) -> EntityOptions | Problem:
    if option.expression == LiteralExpression(None):
        return replace(options, access=None)
    rule = read_access(option.expression, option.namespace, resolver)
    return rule if isinstance(rule, Problem) else replace(options, access=rule)


def _page(resolver: Resolver, option: Option, options: EntityOptions) -> EntityOptions | Problem:
    help = 'write `True`, `False` or `"module:function"`'
    value = plain_value(resolver, option, "page", help)
    if isinstance(value, Problem):
        return value
    if isinstance(value, bool):
        return replace(options, page="generated" if value else "host")
    written = shortened(unparse(option.expression))
    if not isinstance(value, str):
        return Problem(INVALID_OPTION, f"has `page={written}`, which is no page", help)
    module_name, colon, function = value.partition(":")
    if not colon or not function.isidentifier():
        return Problem(INVALID_OPTION, f"has `page={written}`, which names no function", help)
    module = resolver.names.module(module_name)
    if module is None:
        text = f"has `page={written}`, but the project has no module `{module_name}`"
        return Problem(UNKNOWN_PAGE, text, help)
    if function not in set(resolver.names.defined_in(module)):
        near = get_close_matches(function, [each.name for each in module.functions], n=1)
        text = f"has `page={written}`, but `{module_name}` has no function `{function}`"
        return Problem(UNKNOWN_PAGE, text, f"did you mean `{near[0]}`?" if near else help)
    return replace(options, page=value)


def _respond(resolver: Resolver, option: Option, options: EntityOptions) -> EntityOptions | Problem:
    help = 'write `"patch"` or `"ack"`'
    value = plain_value(resolver, option, "respond", help)
    if isinstance(value, Problem):
        return value
    match value:
        case "patch":
            return replace(options, respond="patch")
        case "ack":
            return replace(options, respond="ack")
        case _:
            written = shortened(unparse(option.expression))
            return Problem(INVALID_OPTION, f"has `respond={written}`, which is no answer", help)


OptionReader: TypeAlias = Callable[[Resolver, Option, EntityOptions], EntityOptions | Problem]
"""Reads one key: gives the options with it, or what is wrong with it."""

OPTION_READERS: dict[str, OptionReader] = {
    "store": _store,
    "scope": _scope,
    "ttl": _ttl,
    "cache": _cache,
    "namespace": _namespace,
    "access": _access,
    "page": _page,
    "respond": _respond,
}
"""How each of them is read, but for those of SQL; these are in `sql_options`."""
