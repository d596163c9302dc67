"""Annotations as types of the schema: aliases followed, unions put in order, limits gathered.

A type is worked out once for each annotation and place of definition; what is wrong with it comes
back as `Problem`s, for whoever uses the type knows the field.
"""

from dataclasses import dataclass, replace

from starmodel_generator.analysis.annotations import parse_expression
from starmodel_generator.analysis.facts import (
    BinaryExpression,
    CallExpression,
    Expression,
    LiteralExpression,
    NameExpression,
    SubscriptExpression,
)
from starmodel_generator.diagnostics.rules.entity_rules import (
    AMBIGUOUS_UNION,
    UNKNOWN_FIELD_OPTION,
)
from starmodel_generator.linking.names.externals import MARKUP_ROOTS
from starmodel_generator.linking.names.mro import ClassHierarchies
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    MemberSymbol,
    ModuleSymbol,
    Namespace,
    Symbol,
    UnknownSymbol,
    ValueSymbol,
)
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.class_types import ClassTypes, Use, specialised_name
from starmodel_generator.linking.types.constraints import unfit_settings
from starmodel_generator.linking.types.containers import (
    COLLECTIONS,
    Resolve,
    bare_collection,
    collection,
    limited,
    literal,
)
from starmodel_generator.linking.types.field_options import (
    NO_OPTIONS,
    FieldOptions,
    inside,
    of_parts,
)
from starmodel_generator.linking.types.generic_arguments import respelled
from starmodel_generator.linking.types.known_types import (
    CONSTRAINED,
    CONSTRAINED_CALLS,
    REFUSED,
    SCALARS,
)
from starmodel_generator.linking.types.option_reader import OptionReader
from starmodel_generator.linking.types.resolved_type import ResolvedType, refused, unknown, untyped
from starmodel_generator.linking.types.unions import told_apart, union_of
from starmodel_generator.linking.values.constants import Constants
from starmodel_schemas import AnyType, FragmentType, OptionalType, RefType, ScalarType
from starmodel_schemas.address_types import ADDRESSES

_DEPTH_LIMIT = 60
_OPTIONAL = ExternalSymbol("typing.Optional")
_UNION = ExternalSymbol("typing.Union")
_ANNOTATED = ExternalSymbol("typing.Annotated")
_CLASS_VARIABLE = ExternalSymbol("typing.ClassVar")
_OTHER_SIDES = (ExternalSymbol("starmodel.Many"), ExternalSymbol("starmodel.One"))
_TRANSPARENT = frozenset(
    {"typing.Required", "typing.NotRequired", "typing.ReadOnly", "typing.Final"}
)
_NO_FRAGMENTS = frozenset(
    {"builtins", "enum", "fastapi", "pydantic", "starlette", "starmodel", "typing"}
)
_WRITE_REF = "write the entity that is meant, for example `Ref[Author]`"


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a type is being resolved, and how deep within an annotation."""

    namespace: Namespace
    use: Use
    depth: int = 0
    aliases: tuple[ValueSymbol, ...] = ()


class Types:
    """Resolves annotations."""

    def __init__(
        self,
        names: Names,
        hierarchies: ClassHierarchies,
        constants: Constants,
        options: OptionReader,
    ) -> None:
        self._names = names
        self._constants = constants
        self._options = options
        self.classes = ClassTypes(hierarchies, names)
        """The classes of the project as types."""
        self._known: dict[tuple[str, int, str, Expression], ResolvedType] = {}
        self._parsed: dict[str, Expression | None] = {}

    def value(self, annotation: Expression, namespace: Namespace) -> ResolvedType:
        """Return the type of a field or a parameter."""
        return self._cached(annotation, _Site(namespace, "value"))

    def result(self, annotation: Expression, namespace: Namespace) -> ResolvedType:
        """Return the type of what an event gives: also fragments, and `None`."""
        return self._cached(annotation, _Site(namespace, "result"))

    def unquoted(self, annotation: Expression) -> Expression:
        """An annotation with the quotes around it taken off, as far as they hold Python."""
        if isinstance(annotation, LiteralExpression) and isinstance(annotation.value, str):
            return self._parse(annotation.value) or annotation
        return annotation

    def symbol(self, annotation: Expression, namespace: Namespace) -> Symbol | None:
        """Return the definition an annotation names: without quotes, `Optional` and `Annotated`."""
        annotation = self.unquoted(annotation)
        match annotation:
            case NameExpression(name):
                return self._names.follow(self._names.resolve(name, namespace))
            case SubscriptExpression(NameExpression(name), items):
                symbol = self._names.resolve(name, namespace)
                if symbol in (_OPTIONAL, _ANNOTATED):
                    return self.symbol(items[0], namespace)
                return self._only_symbol(items, namespace) if symbol == _UNION else None
            case BinaryExpression("|", left, right):
                return self._only_symbol((left, right), namespace)
            case _:
                return None

    def is_optional(self, annotation: Expression, namespace: Namespace) -> bool:
        """Return whether an annotation that `symbol` understood takes `None` too."""
        annotation = self.unquoted(annotation)
        match annotation:
            case SubscriptExpression(NameExpression(name), items):
                symbol = self._names.resolve(name, namespace)
                if symbol == _ANNOTATED:
                    return self.is_optional(items[0], namespace)
                return symbol == _OPTIONAL or any(map(_is_none, items))
            case BinaryExpression("|", left, right):
                return _is_none(left) or _is_none(right)
            case _:
                return False

    def _only_symbol(self, items: tuple[Expression, ...], namespace: Namespace) -> Symbol | None:
        others = [item for item in items if not _is_none(item)]
        return self.symbol(others[0], namespace) if len(others) == 1 else None

    def _cached(self, annotation: Expression, site: _Site) -> ResolvedType:
        key = (site.namespace.module.name, id(site.namespace.cls), site.use, annotation)
        known = self._known.get(key)
        if known is None:
            known = self._resolve(annotation, site)
            self._known[key] = known
        return known

    def _inner(self, site: _Site) -> Resolve:
        deeper = _Site(site.namespace, site.use, site.depth + 1, site.aliases)
        return lambda expression: self._resolve(expression, deeper)

    def _resolve(self, annotation: Expression, site: _Site) -> ResolvedType:
        if site.depth > _DEPTH_LIMIT:
            return refused(annotation, "is nested too deeply")
        match annotation:
            case LiteralExpression(None):
                return ResolvedType(None)
            case LiteralExpression(value) if isinstance(value, str):
                parsed = self._parse(value)
                if parsed is None:
                    return refused(annotation, "is no Python between its quotes")
                return self._inner(site)(parsed)
            case NameExpression(name) if name in site.namespace.arguments:
                meant, where = site.namespace.arguments[name]
                return self._resolve(meant, replace(site, namespace=where, depth=site.depth + 1))
            case NameExpression(name):
                return self._named(annotation, self._names.resolve(name, site.namespace), site)
            case SubscriptExpression(value, items):
                return self._subscripted(annotation, self.unquoted(value), items, site)
            case BinaryExpression("|", _, _):
                return self._union(annotation, _operands(annotation), site)
            case CallExpression(NameExpression(name)):
                return self._called(annotation, name, site)
            case _:
                return refused(annotation, "is computed", "write the type itself")

    def _named(self, annotation: Expression, symbol: Symbol, site: _Site) -> ResolvedType:
        match symbol:
            case ExternalSymbol(name):
                return self._external(annotation, name, site)
            case ClassSymbol():
                return self.classes.resolve(annotation, symbol, site.use)
            case ValueSymbol():
                return self._alias(annotation, symbol, site)
            case UnknownSymbol():
                if site.use == "result" and _is_from_markup(symbol):
                    return ResolvedType(FragmentType())
                return unknown(symbol, self._names.near(symbol))
            case FunctionSymbol():
                return refused(annotation, "is a function, not a type")
            case ModuleSymbol():
                return refused(annotation, "is a module, not a type")
            case MemberSymbol(owner):
                help = f"use the class `{owner.name}`, or `Literal[...]` of plain values"
                return refused(annotation, "is a value, not a type", help)

    def _external(self, annotation: Expression, name: str, site: _Site) -> ResolvedType:
        known = SCALARS.get(name)
        if known is not None:
            problems = untyped(annotation) if name == "typing.Any" else ()
            return ResolvedType(known, problems=problems)
        if name in CONSTRAINED:
            base, constraints = CONSTRAINED[name]
            return ResolvedType(base, FieldOptions(constraints=constraints))
        if name in COLLECTIONS:
            # A bare `tuple` of a result is how FastHTML code says "several components".
            if site.use == "result" and name == "builtins.tuple":
                return ResolvedType(FragmentType())
            return bare_collection(annotation, name)
        match name:
            case "builtins.None":
                return ResolvedType(None)
            case "typing.ClassVar" | "starmodel.Many" | "starmodel.One":
                return ResolvedType(AnyType(), is_class_variable=True)
            case "typing.Final":
                return ResolvedType(AnyType(), problems=untyped(annotation), is_final=True)
            case "typing.Self" if site.namespace.cls is not None:
                own = self._names.class_symbol(site.namespace.module, site.namespace.cls)
                return self.classes.resolve(annotation, own, site.use)
            case _:
                return _outside(annotation, name, site.use)

    def _alias(self, annotation: Expression, symbol: ValueSymbol, site: _Site) -> ResolvedType:
        if symbol in site.aliases:
            help = "make it a pydantic model, which may hold itself"
            return refused(annotation, "is a type alias that holds itself", help)
        value = symbol.assignment.value
        if value is None:
            return refused(annotation, "has no value")
        inner = _Site(symbol.namespace, site.use, site.depth + 1, (*site.aliases, symbol))
        if isinstance(value, CallExpression) and isinstance(value.function, NameExpression):
            called = self._names.resolve(value.function.name, symbol.namespace)
            match called, value.arguments:
                case ExternalSymbol("typing.NewType" | "typing.TypeAliasType"), (_, meant):
                    return self._resolve(meant, inner)
                case ExternalSymbol("typing.TypeVar" | "typing.ParamSpec"), _:
                    return refused(annotation, "is a type variable", "write the type itself")
                case _:
                    pass
        return self._resolve(value, inner)

    def _subscripted(
        self, annotation: Expression, value: Expression, items: tuple[Expression, ...], site: _Site
    ) -> ResolvedType:
        if not isinstance(value, NameExpression):
            return refused(annotation, "is computed", "write the type itself")
        symbol = self._names.follow(self._names.resolve(value.name, site.namespace))
        if isinstance(symbol, UnknownSymbol):
            return unknown(symbol, self._names.near(symbol))
        if isinstance(symbol, ClassSymbol):
            return self._specialised(annotation, symbol, items, site)
        if not isinstance(symbol, ExternalSymbol):
            return refused(annotation, "is generic", "write the type itself")
        resolve = self._inner(site)
        match symbol.name:
            case "typing.Optional":
                return self._union(annotation, (*items, LiteralExpression(None)), site)
            case "typing.Union":
                return self._union(annotation, items, site)
            case "typing.Literal":
                return literal(
                    items, resolve, lambda item: self._constants.evaluate(item, site.namespace)
                )
            case "typing.Annotated":
                inner = resolve(items[0])
                options = self._options.read_annotated(items[1:], site.namespace, inner.options)
                problems = inner.problems
                if options.has_discriminator:
                    problems = tuple(each for each in problems if each.rule is not AMBIGUOUS_UNION)
                type = told_apart(inner.type, options.discriminator)
                unfit = () if type is None else unfit_settings(options.only_for_some, type)
                problems = (*problems, *unfit)
                # It is said of this type, not of what it stands in.
                options = replace(
                    options,
                    discriminator=None,
                    has_discriminator=False,
                    only_for_some=frozenset(),
                )
                return replace(inner, type=type, options=options, problems=problems)
            case "typing.ClassVar" | "starmodel.Many" | "starmodel.One":
                return ResolvedType(AnyType(), is_class_variable=True)
            case "starmodel.Ref":
                return self._reference(annotation, items, site)
            case name if name in _TRANSPARENT:
                return replace(resolve(items[0]), is_final=name == "typing.Final")
            case name if name in COLLECTIONS:
                return collection(annotation, name, items, resolve, self.classes.is_hashable)
            case name:
                return self._external(annotation, name, site)

    def _specialised(
        self,
        annotation: Expression,
        symbol: ClassSymbol,
        items: tuple[Expression, ...],
        site: _Site,
    ) -> ResolvedType:
        """`Box[int]`: a generic value object with what its type variables stand for."""
        parameters = self._names.type_parameters(symbol)
        if len(parameters) != len(items) or self.classes.form(symbol) != "model":
            return self.classes.resolve_generic(annotation, symbol, site.use)
        resolve = self._inner(site)
        arguments = [resolve(item) for item in items]
        problems = tuple(problem for each in arguments for problem in each.problems)
        types = [each.type for each in arguments if each.type is not None]
        if problems or len(types) != len(items):
            return ResolvedType(None, problems=problems or untyped(annotation))
        name = specialised_name(symbol.name, types)
        if any(each.options != NO_OPTIONS for each in arguments) or name is None:
            written = unparse(annotation)
            help = f"give it a class of its own: `class {symbol.name}Of...({written})`"
            return refused(annotation, "says more of its parts than what they are", help)
        plain = tuple(respelled(each, site.namespace, self._names) for each in items)
        if plain != items:
            other = shortened(unparse(SubscriptExpression(NameExpression(symbol.name), plain)))
            text = f"is another class to pydantic than `{other}`, which generated code writes"
            return refused(annotation, text, f"write `{other}`")
        made = self._names.specialised(symbol, items, site.namespace, name)
        assert made is not None
        if any(facts.name == name for facts in symbol.module.classes):
            text = f"would be called `{name}`, as another class of its module is"
            return refused(annotation, text, "rename that class")
        known = self.classes.specialised.setdefault(
            made.qualified_name, (symbol.name, tuple(types))
        )
        if known[1] != tuple(types):
            text = f"would be called `{name}`, as another one of other classes is"
            return refused(annotation, text, "rename one of these classes")
        return self.classes.resolve(annotation, made, site.use)

    def _reference(
        self, annotation: Expression, items: tuple[Expression, ...], site: _Site
    ) -> ResolvedType:
        """`Ref[Author]` or `Ref["Author"]`; whether that is a record in SQL is seen later."""
        if len(items) != 1:
            return refused(annotation, "has the wrong number of parts", _WRITE_REF)
        symbol = self.symbol(items[0], site.namespace)
        if symbol == ExternalSymbol("typing.Self") and site.namespace.cls is not None:
            help = f'write the name of the class: `Ref["{site.namespace.cls.name}"]`'
            return refused(annotation, "refers to `Self`", help)
        if isinstance(symbol, UnknownSymbol):
            return unknown(symbol, self._names.near(symbol))
        if not isinstance(symbol, ClassSymbol) or not self.classes.is_entity(symbol):
            written = shortened(unparse(self.unquoted(items[0])))
            return refused(annotation, f"refers to `{written}`, which is no entity", _WRITE_REF)
        return ResolvedType(RefType(entity=symbol.qualified_name))

    def other_side(
        self, annotation: Expression, namespace: Namespace
    ) -> tuple[tuple[Expression, ...], bool] | None:
        """Return what stands between the brackets of a `Many[...]` or `One[...]`, and whether it is
        the latter; `None` for any other annotation.
        """
        annotation = self.unquoted(annotation)
        match annotation:
            case SubscriptExpression(NameExpression(name), items):
                symbol = self._names.follow(self._names.resolve(name, namespace))
                if symbol in _OTHER_SIDES:
                    return items, symbol != _OTHER_SIDES[0]
                if symbol in (_CLASS_VARIABLE, _ANNOTATED):
                    return self.other_side(items[0], namespace)
                return None
            case NameExpression(name):
                symbol = self._names.follow(self._names.resolve(name, namespace))
                return ((), symbol != _OTHER_SIDES[0]) if symbol in _OTHER_SIDES else None
            case _:
                return None

    def _union(
        self, annotation: Expression, members: tuple[Expression, ...], site: _Site
    ) -> ResolvedType:
        resolve = self._inner(site)
        present = [member for member in members if not _is_none(member)]
        resolved = [resolve(member) for member in present]
        problems = tuple(problem for each in resolved for problem in each.problems)
        typed = [(each.type, each) for each in resolved if each.type is not None]
        optional = len(present) < len(members) or any(
            each.type is None and not each.problems for each in resolved
        )
        if not typed:
            return ResolvedType(None, problems=problems)
        if len(typed) == 1:
            # The limits of `PositiveInt | None` are the field's own.
            item, only = typed[0]
            if optional and not isinstance(item, OptionalType):
                item = OptionalType(item=item)
            options = inside(only.options)
            if options != only.options:
                text = (
                    "says something of the field inside of its type, where pydantic does not look"
                )
                written = unparse(present[0]).replace(", Field(", " | None, Field(", 1)
                problems = (*problems, Problem(UNKNOWN_FIELD_OPTION, text, f"write `{written}`"))
            return ResolvedType(item, options, problems)
        problems += tuple(problem for _, each in typed for problem in each.options.problems)
        union, is_ambiguous = union_of([limited(each) for _, each in typed], optional=optional)
        if is_ambiguous:
            text = f"has the type `{shortened(unparse(annotation))}`, which JSON cannot tell apart"
            help = "use one type, or models with a `Literal` field as `discriminator`"
            if all(isinstance(item, ScalarType) and item.name in ADDRESSES for item, _ in typed):
                help = "use pydantic's `IPvAnyAddress`, or its `IPvAnyInterface` or `IPvAnyNetwork`"
            problems = (*problems, Problem(AMBIGUOUS_UNION, text, help))
        return ResolvedType(union, of_parts(each.options for _, each in typed), problems)

    def _called(self, annotation: Expression, name: str, site: _Site) -> ResolvedType:
        symbol = self._names.follow(self._names.resolve(name, site.namespace))
        called = CONSTRAINED_CALLS.get(symbol.name) if isinstance(symbol, ExternalSymbol) else None
        if called is None or not isinstance(annotation, CallExpression):
            return refused(annotation, "is computed", "write the type itself")
        keywords = annotation.keywords
        if called in COLLECTIONS:
            item = annotation.keyword("item_type") or next(iter(annotation.arguments), None)
            keywords = tuple(pair for pair in keywords if pair[0] != "item_type")
            if item is None:
                return bare_collection(annotation, called)
            is_hashable = self.classes.is_hashable
            resolved = collection(annotation, called, (item,), self._inner(site), is_hashable)
        else:
            resolved = ResolvedType(SCALARS[called])
        call = CallExpression(annotation.function, keywords=keywords)
        options = self._options.read_call(call, site.namespace, resolved.options)
        return replace(resolved, options=options)

    def _parse(self, text: str) -> Expression | None:
        text = text.strip()
        if text.replace(".", "").isidentifier() and text not in ("None", "True", "False"):
            return NameExpression(text)
        if text not in self._parsed:
            self._parsed[text] = parse_expression(text)
        return self._parsed[text]


def _outside(annotation: Expression, name: str, use: Use) -> ResolvedType:
    """A type from outside the project that is none of ours, unless it may be a fragment."""
    root = name.partition(".")[0]
    is_markup = root in MARKUP_ROOTS
    if use == "result" and (is_markup or (name not in REFUSED and root not in _NO_FRAGMENTS)):
        return ResolvedType(FragmentType())
    if name in REFUSED:
        return refused(annotation, *REFUSED[name])
    if is_markup:
        help = "build it in the event and return it, or keep what it is made of"
        return refused(annotation, "is a piece of a page, not data", help)
    if root == "builtins":
        return refused(annotation, "is no type of data")
    return refused(
        annotation,
        f"is `{name}` from outside the project",
        "keep what it is made of, in a pydantic model of your own or in plain fields",
    )


def _is_from_markup(symbol: UnknownSymbol) -> bool:
    """Return whether a name may come from the star import of a library for pages: `-> Div`."""
    roots = (module.partition(".")[0] for module in symbol.near)
    return symbol.reason == "star" and any(root in MARKUP_ROOTS for root in roots)


def _operands(expression: Expression) -> tuple[Expression, ...]:
    """Return the members of `a | b | c`, from left to right."""
    if isinstance(expression, BinaryExpression) and expression.operator == "|":
        return (*_operands(expression.left), *_operands(expression.right))
    return (expression,)


def _is_none(expression: Expression) -> bool:
    return isinstance(expression, LiteralExpression) and expression.value is None
