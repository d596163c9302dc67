"""Classes that Python or pydantic refuses to make: SM117, SM124-SM126, SM128-SM131, SM606."""

from collections import Counter
from collections.abc import Iterable, Iterator

from starmodel_generator.analysis.facts import (
    AssignmentFact,
    CallExpression,
    FunctionFacts,
    LiteralExpression,
    ModuleFacts,
    NameExpression,
)
from starmodel_generator.diagnostics.diagnostic import Diagnostic, Related
from starmodel_generator.diagnostics.rules.entity_rules import DUPLICATE_MEMBER, INCONSISTENT_BASES
from starmodel_generator.diagnostics.rules.pydantic_rules import UNSUPPORTED_PYDANTIC
from starmodel_generator.diagnostics.rules.source_rules import (
    ABSTRACT_ENTITY,
    DUPLICATE_CLASS,
    INVALID_ENUM,
    OWN_CONSTRUCTOR,
    REFUSED_DECORATOR,
    UNUSABLE_BASES,
)
from starmodel_generator.linking.names.class_members import Annotated, Method
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.symbols import ClassSymbol, ExternalSymbol
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.resolver import Resolver

_VALIDATOR, _SERIALIZER = "pydantic.field_validator", "pydantic.field_serializer"
_MODEL_HOOKS = {
    "pydantic.model_validator": ("before", "after", "wrap"),
    "pydantic.model_serializer": ("plain", "wrap"),
}
_HOOKS = frozenset({_VALIDATOR, _SERIALIZER, "pydantic.computed_field", *_MODEL_HOOKS})
_MODES = {_VALIDATOR: ("before", "after", "wrap", "plain"), _SERIALIZER: ("plain", "wrap")}


class ClassChecker:
    """Checks classes; `used` are the entities and what they reach, with all of their bases."""

    def __init__(self, resolver: Resolver, used: Iterable[ClassSymbol]) -> None:
        self._resolver = resolver
        self._used = set(used)

    def check_module(self, module: ModuleFacts) -> Iterator[Diagnostic]:
        """Report the classes of a module that cannot be made, and those that hide each other."""
        symbols = [
            self._resolver.names.class_symbol(module, facts)
            for facts in module.classes
            if not (facts.container or "").startswith("function ")
        ]
        yield from self._duplicates(symbols)
        for symbol in symbols:
            hierarchy = self._resolver.hierarchies.of(symbol)
            subject = _subject(symbol, hierarchy)
            for problem in (*self._base_problems(hierarchy), *self._config_problems(hierarchy)):
                yield subject.diagnose(problem)
            if hierarchy.is_enum:
                yield from _enum_mistakes(symbol, hierarchy)
            elif hierarchy.is_model or symbol in self._used:
                yield from self._repeated_members(symbol)
            if hierarchy.is_model or symbol in self._used:
                yield from self._hooks(hierarchy)
            if hierarchy.is_model:
                yield from self._private_attributes(symbol)

    def check_used(self, hierarchy: ClassHierarchy) -> Iterator[Diagnostic]:
        """Report why no instance of an entity or a value object can be made."""
        subject = _subject(hierarchy.symbol, hierarchy)
        members = self._resolver.members.members(hierarchy)
        for name, method in members.methods.items():
            if method.decorator("abc.abstractmethod") and not _is_overridden(
                name, method, hierarchy
            ):
                text = f"has the abstract method `{name}`, so that Python makes no instance of it"
                help = "implement it, or put `ABC` among the bases of a class that is only a base"
                yield subject.diagnose(Problem(ABSTRACT_ENTITY, text, help))
        for owner in _before_models(hierarchy):
            for facts in owner.facts.methods:
                if facts.name in ("__init__", "__new__"):
                    yield _subject(owner, hierarchy).diagnose(_constructor(facts), facts.place)

    # Classes of one name

    def _duplicates(self, symbols: list[ClassSymbol]) -> Iterator[Diagnostic]:
        first: dict[str, ClassSymbol] = {}
        for symbol in symbols:
            if symbol.facts.container is not None:
                continue
            other = first.setdefault(symbol.name, symbol)
            hierarchies = [self._resolver.hierarchies.of(each) for each in (other, symbol)]
            # Of two entities it is said elsewhere, and plain classes are their author's affair.
            are_entities = all(each.is_entity for each in hierarchies)
            matters = any(each.is_model or each.is_enum for each in hierarchies)
            if other is symbol or are_entities or not matters:
                continue
            yield DUPLICATE_CLASS.report(
                f"class `{symbol.name}` is defined twice in `{symbol.module.path}`, and the later"
                " one wins",
                symbol.place,
                help="rename or remove one of them",
                related=(Related("the other one is here", other.place),),
            )

    def _repeated_members(self, symbol: ClassSymbol) -> Iterator[Diagnostic]:
        seen: set[str] = set()
        for fact in symbol.facts.attributes:
            if fact.container is not None or fact.annotation is None:
                continue
            if fact.name in seen:
                subject = Subject(f"field `{symbol.name}.{fact.name}`", fact.place, symbol.name)
                yield subject.diagnose(_repeated(fact.name))
            seen.add(fact.name)
        methods: set[str] = set()
        for method in symbol.facts.methods:
            if method.container is not None or _continues(method):
                continue
            if method.name in methods and method.name != "_":
                noun = f"method `{symbol.name}.{method.name}`"
                yield Subject(noun, method.place, symbol.name).diagnose(_repeated(method.name))
            methods.add(method.name)

    # Bases

    def _base_problems(self, hierarchy: ClassHierarchy) -> Iterator[Problem]:
        symbol = hierarchy.symbol
        kinds = {problem.kind for problem in hierarchy.problems}
        if not hierarchy.is_entity and "order" in kinds:
            text = "has bases that contradict each other's order"
            help = "list the more special base first, and each once"
            yield Problem(INCONSISTENT_BASES, text, help)
        if not hierarchy.is_entity and "cycle" in kinds:
            yield Problem(INCONSISTENT_BASES, "inherits from itself", "remove that base")
        foreign = sorted(
            name for name in hierarchy.outside if name.startswith("builtins.") and name != _OBJECT
        )
        if hierarchy.is_model and (hierarchy.is_enum or foreign):
            other = foreign[0].removeprefix("builtins.") if foreign else "Enum"
            text = f"is a pydantic model and a `{other}`, and Python makes no such class"
            yield Problem(UNUSABLE_BASES, text, f"leave out `{other}`, and keep it in a field")
        if not hierarchy.is_enum or hierarchy.is_model:
            return
        for base in hierarchy.classes[1:]:
            is_enum = self._resolver.hierarchies.of(base).is_enum
            if is_enum and any(_is_member(fact) for fact in base.facts.attributes):
                text = f"inherits from the enum `{base.name}`, which has members"
                yield Problem(UNUSABLE_BASES, text, "write all members into one enum")
        enums = [self._is_enum(base) for base in hierarchy.direct]
        if True in enums and not enums[-1] and len(enums) == len(symbol.facts.bases):
            text = "has a base behind the enum, which Python wants last"
            yield Problem(UNUSABLE_BASES, text, "write the enum as the last base")

    def _is_enum(self, base: ClassSymbol | ExternalSymbol) -> bool:
        if isinstance(base, ClassSymbol):
            return self._resolver.hierarchies.of(base).is_enum
        return base.name.startswith("enum.")

    def _config_problems(self, hierarchy: ClassHierarchy) -> Iterator[Problem]:
        """Two configurations of a model that no entity uses; `models` looks at the others."""
        symbol = hierarchy.symbol
        if hierarchy.is_entity or not hierarchy.is_model or symbol in self._used:
            return
        inside = f"class {symbol.name}"
        has_config = any(
            facts.name == "Config" and facts.container == inside for facts in symbol.module.classes
        )
        if has_config and any(fact.name == "model_config" for fact in symbol.facts.attributes):
            text = "has a `class Config` beside `model_config`, which pydantic refuses"
            help = "write what is in it in `model_config`"
            yield Problem(UNSUPPORTED_PYDANTIC, text, help)

    # Validators and serializers

    def _hooks(self, hierarchy: ClassHierarchy) -> Iterator[Diagnostic]:
        symbol = hierarchy.symbol
        members = self._resolver.members.members(hierarchy)
        fields = {
            name
            for name, member in members.annotated.items()
            if name[:1] != "_" and name != "model_config" and not self._is_class_variable(member)
        }
        if hierarchy.is_entity:
            fields.add("id")
        knows_fields = hierarchy.is_model and not any(
            self._resolver.hierarchies.of(each).problems for each in hierarchy.classes
        )
        for method in self._resolver.members.own_methods(symbol):
            text = _hook_problem(method, fields if knows_fields else None, set(members.methods))
            text = text or _setter_problem(method, symbol.facts.methods)
            if text is not None:
                noun = f"method `{symbol.name}.{method.facts.name}`"
                subject = Subject(noun, method.facts.place, symbol.name)
                yield subject.diagnose(Problem(REFUSED_DECORATOR, *text))

    def _is_class_variable(self, member: Annotated) -> bool:
        annotation, namespace = member.fact.annotation, member.owner.namespace
        if annotation is None:
            return False
        return self._resolver.types.value(annotation, namespace).is_class_variable

    def _private_attributes(self, symbol: ClassSymbol) -> Iterator[Diagnostic]:
        """Report a `PrivateAttr` under a public name, and one that takes no such arguments."""
        options = self._resolver.options
        for fact in symbol.facts.attributes:
            value = fact.value
            if not isinstance(value, CallExpression):
                continue
            if not options.is_private_attribute(value, symbol.namespace):
                continue
            unknown = [name for name, _ in value.keywords if name not in _PRIVATE_KEYWORDS]
            both = value.keyword("default") or value.arguments
            text = help = ""
            if not fact.name.startswith("_"):
                text = "is a `PrivateAttr`, but its name has no underscore in front"
                help = f"call it `_{fact.name}`"
            elif unknown:
                text = f"gives `PrivateAttr` the unknown argument `{unknown[0]}`"
                help = "it takes `default` or `default_factory`"
            elif both and value.keyword("default_factory") is not None:
                text, help = "has both a default and a `default_factory`", "leave out one of them"
            if text:
                subject = Subject(f"`{symbol.name}.{fact.name}`", fact.place, symbol.name)
                yield subject.diagnose(Problem(REFUSED_DECORATOR, text, help))


_PRIVATE_KEYWORDS = frozenset({"default", "default_factory", "init", "**"})
_OBJECT = "builtins.object"


def _subject(symbol: ClassSymbol, hierarchy: ClassHierarchy) -> Subject:
    kind = "entity" if hierarchy.is_entity else "enum" if hierarchy.is_enum else "class"
    return Subject(f"{kind} `{symbol.name}`", symbol.place, symbol.name)


def _repeated(name: str) -> Problem:
    return Problem(DUPLICATE_MEMBER, f"is defined twice: `{name}`", "rename or remove one of them")


def _continues(method: FunctionFacts) -> bool:
    """Return whether a method belongs to an earlier one of its name: a setter, an overload."""
    for decorator in method.decorators:
        function = decorator.function if isinstance(decorator, CallExpression) else decorator
        if isinstance(function, NameExpression):
            last = function.name.rpartition(".")[2]
            if last == "overload" or ("." in function.name and last in _CONTINUATIONS):
                return True
    return False


_CONTINUATIONS = frozenset({"setter", "getter", "deleter", "register"})


def _before_models(hierarchy: ClassHierarchy) -> Iterator[ClassSymbol]:
    """The classes whose constructor comes before pydantic's."""
    for ancestor in hierarchy.order:
        if isinstance(ancestor, ClassSymbol):
            yield ancestor
        elif ancestor.name.startswith(("pydantic.", "starmodel.", "sqlmodel.")):
            return


def _constructor(facts: FunctionFacts) -> Problem:
    text = f"has its own `{facts.name}`, but pydantic makes and loads its instances"
    help = "use a `default_factory`, a `model_validator` or `model_post_init`;"
    help += " a classmethod event creates a record"
    return Problem(OWN_CONSTRUCTOR, text, help)


def _is_overridden(name: str, method: Method, hierarchy: ClassHierarchy) -> bool:
    """Return whether a class before that of an abstract method gives its name something else."""
    earlier = hierarchy.classes[: hierarchy.classes.index(method.owner)]
    return any(fact.name == name for owner in earlier for fact in owner.facts.attributes)


def _is_member(fact: AssignmentFact) -> bool:
    return fact.value is not None and not fact.name.startswith("_")


def _enum_mistakes(symbol: ClassSymbol, hierarchy: ClassHierarchy) -> Iterator[Diagnostic]:
    counts: Counter[str] = Counter()
    methods = {method.name for method in symbol.facts.methods}
    for fact in symbol.facts.attributes:
        if fact.value is None:
            continue
        counts[fact.name] += 1
        text = help = None
        if counts[fact.name] > 1 and fact.container is None and not fact.name.startswith("__"):
            text, help = "is defined twice", "rename or remove one of them"
        elif fact.name in methods:
            text, help = "has the name of a method of the enum", "rename one of them"
        elif fact.name == "mro":
            text, help = "has a name that Python keeps to itself", "rename it"
        elif isinstance(fact.value, LiteralExpression) and _is_member(fact):
            value = fact.value.value
            if hierarchy.inherits("enum.StrEnum") and not isinstance(value, str):
                text, help = f"has the value `{value!r}`, which is no text", "write it in quotes"
            elif hierarchy.inherits("builtins.int") and not _makes_int(value):
                text, help = f"has the value `{value!r}`, which is no number", "use a `StrEnum`"
        if text is not None:
            noun = f"enum member `{symbol.name}.{fact.name}`"
            yield Subject(noun, fact.place).diagnose(Problem(INVALID_ENUM, text, help))


def _makes_int(value: object) -> bool:
    try:
        int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return False
    return True


def _hook_problem(
    method: Method, fields: set[str] | None, methods: set[str]
) -> tuple[str, str] | None:
    """Return what pydantic refuses about a validator or a serializer, and what to write."""
    hooks = [each for each in method.decorators if each.name in _HOOKS]
    is_computed = any(each.name == "pydantic.computed_field" for each in hooks)
    if hooks and method.is_property and not is_computed:
        return "is a property and a hook of pydantic's", "leave out `@property`"
    if len(hooks) > 1:
        return "has several hooks of pydantic among its decorators", "write a method for each"
    for decorator in method.decorators:
        name, call = decorator.name, decorator.expression
        short = name.rpartition(".")[2]
        allowed = _MODES.get(name) or _MODEL_HOOKS.get(name)
        if name == "pydantic.root_validator":
            return "is a `root_validator` of pydantic 1", 'use `@model_validator(mode="before")`'
        if allowed is None:
            continue
        if not isinstance(call, CallExpression):
            call = CallExpression(call)
            if name == "pydantic.model_serializer":
                continue
        mode = call.keyword("mode")
        if name in _MODES and not call.arguments:
            return f"has `@{short}` without the names of fields", f'write `@{short}("name")`'
        if name == "pydantic.model_validator" and mode is None and call.keyword("**") is None:
            return f"has `@{short}` without a `mode`", f'write `@{short}(mode="after")`'
        if isinstance(mode, LiteralExpression) and mode.value not in allowed:
            known = ", ".join(f'"{each}"' for each in allowed)
            return f"has `@{short}` with the mode `{mode.value}`", f"use one of {known}"
        if name in _MODES and fields is not None:
            more = methods if name == _SERIALIZER else set[str]()
            missing = _missing_fields(call, {*fields, *more, "*"})
            if missing is not None:
                return (
                    f"has `@{short}` for `{missing}`, which is no field of the class",
                    "correct the name, or give it `check_fields=False`",
                )
        if name == _VALIDATOR:
            return _validator_problem(method, decorator.index, mode)
    return None


def _setter_problem(method: Method, methods: Iterable[FunctionFacts]) -> tuple[str, str] | None:
    """Return what keeps the setter of a property from being made: something else stands above it."""
    name = method.facts.name
    has_setter = any(
        NameExpression(f"{name}.{kind}") in each.decorators
        for each in methods
        for kind in ("setter", "getter", "deleter")
    )
    if not has_setter or (method.decorators and method.decorators[0].name in _PROPERTIES):
        return None
    text = f"has a `@{name}.setter`, but `@property` is not the first of its decorators"
    return text, "put `@property` on top"


_PROPERTIES = frozenset({"builtins.property", "pydantic.computed_field"})


def _missing_fields(call: CallExpression, fields: set[str]) -> str | None:
    if call.keyword("check_fields") is not None:
        return None
    for argument in call.arguments:
        if isinstance(argument, LiteralExpression) and argument.value not in fields:
            return str(argument.value)
    return None


def _validator_problem(method: Method, index: int, mode: object) -> tuple[str, str] | None:
    """Return what is wrong with the form of a field's validator."""
    bound = method.decorator("builtins.classmethod")
    if bound is not None and bound.index < index:
        help = "put `@field_validator` on top"
        return "has `@classmethod` above `@field_validator`, so that it never runs", help
    parameters = method.facts.parameters
    is_static = method.decorator("builtins.staticmethod") is not None
    if bound is None and not is_static and parameters and parameters[0].name == "self":
        help = "write `@classmethod` below it, and `cls` instead of `self`"
        return "is a validator with `self`, but there is no instance yet", help
    if any(each.kind.startswith("variadic") for each in parameters) or is_static:
        return None
    takes = [each for each in parameters if each.default is None][1:]
    least = 2 if mode == LiteralExpression("wrap") else 1
    if not least <= len(takes) <= least + 1:
        written = "cls, value, handler" if least == 2 else "cls, value"
        return f"takes {len(takes)} values besides `cls`", f"write `({written})`"
    return None
