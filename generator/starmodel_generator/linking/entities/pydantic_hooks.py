"""What pydantic is told to call when it makes or writes a model: validators and serializers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from starmodel_generator.analysis.facts import CallExpression, Expression, NameExpression
from starmodel_generator.diagnostics.diagnostic import Place
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.symbols import ClassSymbol, ExternalSymbol, Namespace
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.types.option_reader import required_parameters
from starmodel_generator.linking.types.pydantic_support import DECORATORS
from starmodel_generator.linking.values.value import Constant

ALL = "*"
FIELD_SERIALIZER = "pydantic.field_serializer"


@dataclass(frozen=True, slots=True)
class Hook:
    """A method, or an assigned function, that pydantic is told to call.

    `decorator` is the name it is known under; `mode` is as said, `""` where it cannot be known;
    `fields` are those it is about, `*` for all of them. `is_assigned` tells `x = decorator(f)` from
    a method below `@decorator`. `takes_info` says that it may ask for more than the value.
    """

    owner: ClassSymbol
    name: str
    decorator: str
    place: Place
    mode: str
    fields: frozenset[str]
    is_assigned: bool = False
    takes_info: bool = False

    def is_about(self, field: str) -> bool:
        """Return whether it is called for a field."""
        return field in self.fields or ALL in self.fields

    @property
    def reads_input(self) -> bool:
        """Whether it is a validator that is given a value before its type is made sure of."""
        is_validator = self.decorator in ("pydantic.field_validator", "pydantic.model_validator")
        return is_validator and self.mode != "after"

    @property
    def names_fields(self) -> bool:
        """Whether it is a method that says which fields it is about."""
        return ALL not in self.fields and not self.is_assigned

    @property
    def is_of_field(self) -> bool:
        """Whether it reads the input of one field, and needs nothing but that."""
        is_known = self.mode in ("before", "plain", "wrap") and not self.takes_info
        return self.decorator == "pydantic.field_validator" and is_known


def hooks_of(hierarchy: ClassHierarchy, resolver: Resolver) -> tuple[Hook, ...]:
    """Return the hooks of a class, inherited ones included, but for those that it defines anew."""
    found: dict[str, Hook | None] = {}
    for owner in reversed(hierarchy.classes):
        for name, hook in _own(owner, resolver):
            found[name] = hook
    return tuple(hook for hook in found.values() if hook is not None)


def _own(owner: ClassSymbol, resolver: Resolver) -> Iterator[tuple[str, Hook | None]]:
    for method in resolver.members.own_methods(owner):
        decorator = method.decorator(*DECORATORS)
        if decorator is None:
            yield method.facts.name, None
            continue
        place = method.facts.place.at("decorator", decorator.index)
        call = decorator.expression
        hook = _hook(owner, method.facts.name, decorator.name, call, place, resolver)
        given = required_parameters(method.facts.parameters)
        is_static = method.decorator("builtins.staticmethod") is not None
        plain = (2 if hook.mode == "wrap" else 1) + (0 if is_static else 1)
        yield method.facts.name, replace(hook, takes_info=given > plain)
    for fact in owner.facts.attributes:
        # `strip = field_validator("name")(strip_text)`, `dump = model_serializer(dump_all)`
        value = fact.value
        call = value.function if isinstance(value, CallExpression) else None
        call = call if isinstance(call, CallExpression) else value
        if not isinstance(call, CallExpression) or not isinstance(call.function, NameExpression):
            continue
        symbol = resolver.names.resolve(call.function.name, Namespace(owner.module))
        if isinstance(symbol, ExternalSymbol) and symbol.name in DECORATORS:
            place = fact.place.at("value", 0)
            hook = _hook(owner, fact.name, symbol.name, call, place, resolver)
            yield fact.name, replace(hook, is_assigned=True, takes_info=True)


def _hook(
    owner: ClassSymbol,
    name: str,
    decorator: str,
    call: Expression,
    place: Place,
    resolver: Resolver,
) -> Hook:
    mode, fields = "after", frozenset({ALL})
    if isinstance(call, CallExpression):
        namespace = Namespace(owner.module)
        written = call.keyword("mode")
        if written is not None:
            mode = _text(resolver, written, namespace)
        fields = frozenset(_text(resolver, each, namespace) or ALL for each in call.arguments)
    return Hook(owner, name, decorator, place, mode, fields or frozenset({ALL}))


def _text(resolver: Resolver, expression: Expression, namespace: Namespace) -> str:
    value = resolver.constants.evaluate(expression, namespace)
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else ""
