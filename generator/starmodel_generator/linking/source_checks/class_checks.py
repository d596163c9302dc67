"""Classes that Python or pydantic refuses to make: SM117, SM124-SM126, SM128-SM131, SM606."""

import collections.abc
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, ConfigDict

from starmodel_generator.analysis.facts import (
    AssignmentFact,
    CallExpression,
    ClassFacts,
    Expression,
    FunctionFacts,
    LiteralExpression,
    ModuleFacts,
    NameExpression,
)
from starmodel_generator.diagnostics.diagnostic import Diagnostic, Related
from starmodel_generator.diagnostics.rules.entity_rules import (
    DUPLICATE_MEMBER,
    INCONSISTENT_BASES,
    RESERVED_NAME,
    UNKNOWN_OPTION,
)
from starmodel_generator.diagnostics.rules.pydantic_rules import UNSUPPORTED_PYDANTIC
from starmodel_generator.diagnostics.rules.source_rules import (
    ABSTRACT_ENTITY,
    CLASS_DECORATOR,
    DUPLICATE_CLASS,
    INVALID_ENUM,
    OWN_CONSTRUCTOR,
    REBOUND_NAME,
    REFUSED_DECORATOR,
    UNUSABLE_BASES,
)
from starmodel_generator.linking.names.class_members import Annotated, Method
from starmodel_generator.linking.names.mro import BASE_TABLE, SQL_MODEL, ClassHierarchy
from starmodel_generator.linking.names.symbols import ClassSymbol, ExternalSymbol, Namespace
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.options.entity_options import OWN_KEYS
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.values.enum_members import is_no_member
from starmodel_generator.linking.values.value import Constant

_VALIDATOR, _SERIALIZER = "pydantic.field_validator", "pydantic.field_serializer"
_MODEL_VALIDATOR = "pydantic.model_validator"
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
        yield from self._rebound(module)
        for symbol in symbols:
            hierarchy = self._resolver.hierarchies.of(symbol)
            subject = _subject(symbol, hierarchy)
            for problem in (*self._base_problems(hierarchy), *self._config_problems(hierarchy)):
                yield subject.diagnose(problem)
            yield from self._keywords(hierarchy, subject)
            if hierarchy.is_model or hierarchy.is_enum or symbol in self._used:
                yield from self._decorators(symbol, hierarchy)
            if hierarchy.is_enum:
                yield from self._enum_mistakes(symbol, hierarchy)
            elif hierarchy.is_model or symbol in self._used:
                yield from self._repeated_members(symbol)
            if hierarchy.is_model or symbol in self._used:
                yield from self._hooks(hierarchy)
            if hierarchy.is_model:
                yield from self._private_attributes(symbol)
                yield from self._protected_names(symbol)

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
        missing = _left_abstract(hierarchy, {*members.methods, *members.annotated})
        if missing is not None:
            base, name = missing
            text = f"has no `{name}`, which its base `{base}` asks for, so that none can be made"
            help = f"leave out `{base}`, or write its methods"
            yield subject.diagnose(Problem(ABSTRACT_ENTITY, text, help))
        for owner in _before_models(hierarchy):
            for facts in owner.facts.methods:
                if facts.name in ("__init__", "__new__"):
                    yield _subject(owner, hierarchy).diagnose(_constructor(facts), facts.place)

    # Classes of one name

    def _duplicates(self, symbols: list[ClassSymbol]) -> Iterator[Diagnostic]:
        first: dict[str, ClassSymbol] = {}
        for symbol in symbols:
            # In an `if` or a loop it stands for the same name; inside a class it does not.
            if (symbol.facts.container or "").startswith("class "):
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

    def _rebound(self, module: ModuleFacts) -> Iterator[Diagnostic]:
        """Report names that classes are written with, and that mean two things in their module."""
        imports = {
            fact.bound
            for fact in module.imports
            if fact.container is None and not fact.type_checking
        }
        classes = {
            facts.name
            for facts in module.classes
            if facts.container is None and self._matters(module, facts)
        }
        others = [
            (fact.name, fact.place)
            for fact in (*module.assignments, *module.functions)
            if fact.container is None and not _is_itself(fact)
        ]
        plain = {fact.name for fact in module.assignments if fact.container is None}
        # Below an `if`, in a loop, by an import, by a function that declares it `global`.
        others += [
            (change.name, change.place)
            for change in module.changes
            if change.through is None and change.name in classes - plain
        ]
        again = [(name, place) for name, place in others if name in imports | classes]
        written = set[str]() if not again else self._words(module)
        for name, place in again:
            if name in classes or name in written:
                what = "class" if name in classes else "imported name"
                yield REBOUND_NAME.report(
                    f"the {what} `{name}` is given another meaning further on in"
                    f" `{module.path}`, and which of them is meant depends on the moment",
                    place,
                    help="give one of them another name",
                )

    def _matters(self, module: ModuleFacts, facts: ClassFacts) -> bool:
        symbol = self._resolver.names.class_symbol(module, facts)
        hierarchy = self._resolver.hierarchies.of(symbol)
        return hierarchy.is_model or hierarchy.is_enum or symbol in self._used

    def _words(self, module: ModuleFacts) -> set[str]:
        """Return the names in what the classes that matter say of themselves and of their fields."""
        words: set[str] = set()
        for facts in module.classes:
            if facts.container is None and self._matters(module, facts):
                said: list[Expression | None] = [*facts.bases, *facts.decorators]
                said += [
                    each for fact in facts.attributes for each in (fact.annotation, fact.value)
                ]
                said += [each.returns for each in facts.methods]
                said += [each for method in facts.methods for each in method.decorators]
                for expression in said:
                    if expression is not None:
                        words.update(re.findall(r"\w+", unparse(expression)))
        return words

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

    def _decorators(self, symbol: ClassSymbol, hierarchy: ClassHierarchy) -> Iterator[Diagnostic]:
        """Report decorators that may make something else of a class than is written."""
        is_plain = not (hierarchy.is_model or hierarchy.is_enum)
        seen = False
        for index, decorator in enumerate(symbol.facts.decorators):
            called = decorator.function if isinstance(decorator, CallExpression) else decorator
            found = None
            if isinstance(called, NameExpression):
                names = self._resolver.names
                found = names.follow(names.resolve(called.name, Namespace(symbol.module)))
            name = found.name if isinstance(found, ExternalSymbol) else ""
            is_dataclass = is_plain and name in _DATACLASSES and not seen
            seen = seen or is_dataclass
            if name in _HARMLESS_DECORATORS or is_dataclass:
                continue
            written = shortened(unparse(decorator))
            text = f"has the decorator `@{written}`, which may make something else of it"
            help = "leave it out; of one that returns the class as it is, silence this rule"
            subject = _subject(symbol, hierarchy)
            place = symbol.place.at("decorator", index)
            yield subject.diagnose(Problem(CLASS_DECORATOR, text, help), place)

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
        forms = sorted(hierarchy.outside & _FORMS)
        if forms and (hierarchy.is_model or hierarchy.is_enum):
            other = forms[0].rpartition(".")[2]
            noun = "pydantic model" if hierarchy.is_model else "enum"
            text = f"is a {noun} and a `{other}`, and Python makes no such class"
            yield Problem(UNUSABLE_BASES, text, f"leave out `{other}`")
        if hierarchy.is_entity and hierarchy.inherits("pydantic.RootModel"):
            text = "is a `RootModel`, which has no other field than its root"
            yield Problem(UNUSABLE_BASES, text, "leave out `RootModel`, and keep it in a field")
        if not hierarchy.is_enum or hierarchy.is_model:
            return
        for base in hierarchy.classes[1:]:
            is_enum = self._resolver.hierarchies.of(base).is_enum
            if is_enum and any(_is_member(fact) for fact in base.facts.attributes):
                text = f"inherits from the enum `{base.name}`, which has members"
                yield Problem(UNUSABLE_BASES, text, "write all members into one enum")
        abstract = sorted(name for name in hierarchy.outside if _is_abstract(name))
        if abstract:
            other = abstract[0].rpartition(".")[2]
            text = f"is an enum and a `{other}`, whose metaclass is another"
            yield Problem(UNUSABLE_BASES, text, f"leave out `{other}`")
        enums = [self._is_enum(base) for base in hierarchy.direct]
        if True in enums and not enums[-1] and len(enums) == len(symbol.facts.bases):
            text = "has a base behind the enum, which Python wants last"
            yield Problem(UNUSABLE_BASES, text, "write the enum as the last base")

    def _is_enum(self, base: ClassSymbol | ExternalSymbol) -> bool:
        if isinstance(base, ClassSymbol):
            return self._resolver.hierarchies.of(base).is_enum
        return base.name.startswith("enum.")

    def _keywords(self, hierarchy: ClassHierarchy, subject: Subject) -> Iterator[Diagnostic]:
        """Report what a model or an enum is given behind its bases that nothing takes.

        Of an entity `options` reports what neither pydantic nor StarModel has a word for.
        """
        is_open = hierarchy.problems or any(
            key == "metaclass" for each in hierarchy.classes for key, _ in each.facts.keywords
        )
        hooks = {
            method.name
            for each in hierarchy.classes[1:]
            for method in each.facts.methods
            if method.name in ("__init_subclass__", "__pydantic_init_subclass__")
        }
        is_plain = hierarchy.symbol in self._used and hierarchy.outside <= {_OBJECT}
        if not (hierarchy.is_model or hierarchy.is_enum or is_plain) or is_open or hooks:
            return
        takes_table = hierarchy.inherits(BASE_TABLE) or hierarchy.inherits(SQL_MODEL)
        for key, _ in hierarchy.symbol.facts.keywords:
            is_reported = hierarchy.is_entity and (key == "table" or key not in OWN_KEYS)
            is_known = key in (_CLASS_KEYWORDS if hierarchy.is_model else _ENUM_KEYWORDS)
            if is_known or is_reported or (key == "table" and takes_table):
                continue
            text = f"is given `{key}` behind its bases, which nothing takes there"
            help = "leave it out"
            if hierarchy.is_entity:
                help = f"write it in `model_config`: `EntityConfig({key}=...)`"
            place = hierarchy.symbol.place.at("keyword", key)
            yield subject.diagnose(Problem(UNKNOWN_OPTION, text, help), place)

    def _protected_names(self, symbol: ClassSymbol) -> Iterator[Diagnostic]:
        """Report what is annotated under the name of a method that pydantic protects.

        Of the fields of an entity and what it reaches the names are checked elsewhere.
        """
        for fact in symbol.facts.attributes:
            if fact.annotation is None or fact.container is not None:
                continue
            is_field = (
                symbol in self._used
                and not self._resolver.types.value(
                    fact.annotation, symbol.namespace
                ).is_class_variable
            )
            if is_field or not fact.name.startswith(("model_dump", "model_validate")):
                continue
            if hasattr(BaseModel, fact.name):
                text = f"is called `{fact.name}`, a name of pydantic's models"
                subject = Subject(f"`{symbol.name}.{fact.name}`", fact.place, symbol.name)
                yield subject.diagnose(Problem(RESERVED_NAME, text, "give it another name"))

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

    def _enum_mistakes(
        self, symbol: ClassSymbol, hierarchy: ClassHierarchy
    ) -> Iterator[Diagnostic]:
        """Report members that Python refuses, and values that are not those written."""
        counts: Counter[str] = Counter()
        methods = {method.name for method in symbol.facts.methods}
        for method in symbol.facts.methods:
            if method.name in _ENUM_VALUES:
                noun = f"method `{symbol.name}.{method.name}`"
                text = "decides what the values of the enum are, and what is written is not what they are"
                help = "write the values themselves, and anything else of a member in a property"
                yield Subject(noun, method.place).diagnose(Problem(INVALID_ENUM, text, help))
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
            elif _is_member(fact) and (known := self._plain(fact, symbol)) is not None:
                value = known.value
                if hierarchy.inherits("enum.StrEnum") and not isinstance(value, str):
                    text, help = (
                        f"has the value `{value!r}`, which is no text",
                        "write it in quotes",
                    )
                elif (hierarchy.inherits("builtins.int") and not _makes_int(value)) or (
                    hierarchy.inherits("enum.Flag") and not isinstance(value, int)
                ):
                    text, help = f"has the value `{value!r}`, which is no number", "use a `StrEnum`"
            if text is not None:
                noun = f"enum member `{symbol.name}.{fact.name}`"
                yield Subject(noun, fact.place).diagnose(Problem(INVALID_ENUM, text, help))

    def _plain(self, fact: AssignmentFact, symbol: ClassSymbol) -> Constant | None:
        """Return the value of a member that is written as a plain value."""
        assert fact.value is not None
        value = self._resolver.constants.evaluate(fact.value, symbol.namespace)
        is_plain = isinstance(value, Constant) and isinstance(
            value.value, bool | int | float | str | tuple
        )
        return value if isinstance(value, Constant) and is_plain else None

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
        found = self._resolver.types.value(annotation, namespace)
        return found.is_class_variable or (found.is_final and member.value is not None)

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


_CLASS_KEYWORDS = frozenset({*ConfigDict.__annotations__, "metaclass", "**"})
_ENUM_KEYWORDS = frozenset({"boundary", "metaclass", "**"})
_FORMS = frozenset({"typing.NamedTuple", "typing.TypedDict", "typing_extensions.TypedDict"})
_DATACLASSES = frozenset({"dataclasses.dataclass", "pydantic.dataclasses.dataclass"})
_HARMLESS_DECORATORS = frozenset(
    {
        *("enum.unique", "enum.verify", "functools.total_ordering", "typing.dataclass_transform"),
        *("typing.deprecated", "typing.final", "typing.runtime_checkable", "warnings.deprecated"),
    }
)
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


def _is_itself(fact: AssignmentFact | FunctionFacts) -> bool:
    """Return whether a name is given the meaning that it has, or none."""
    if isinstance(fact, FunctionFacts):
        return False
    return fact.value is None or fact.value == NameExpression(fact.name)


def _left_abstract(hierarchy: ClassHierarchy, names: set[str]) -> tuple[str, str] | None:
    """Return a base of the standard library's, and an abstract method of it that is missing."""
    for base in sorted(hierarchy.outside):
        module, _, name = base.rpartition(".")
        if module in ("typing", "collections.abc"):
            found: object = getattr(collections.abc, name, None)
            abstract: frozenset[str] = getattr(found, "__abstractmethods__", frozenset())
            missing = sorted(abstract - names - set(dir(BaseModel) if hierarchy.is_model else ()))
            if missing:
                return name, missing[0]
    return None


def _is_abstract(name: str) -> bool:
    """Return whether an outside class is one of Python's abstract classes."""
    module, _, last = name.rpartition(".")
    is_abstract_type = module in ("typing", "collections.abc") and hasattr(collections.abc, last)
    return is_abstract_type or name in ("abc.ABC", "typing.Protocol")


def _is_member(fact: AssignmentFact) -> bool:
    return fact.value is not None and not is_no_member(fact.name)


_ENUM_VALUES = frozenset({"__new__", "_value_", "value"})


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
        if name == _MODEL_VALIDATOR and mode is None and call.keyword("**") is None:
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
        if name in (_VALIDATOR, _MODEL_VALIDATOR) and not method.facts.returns_value:
            what = "value" if name == _VALIDATOR or mode != LiteralExpression("after") else "self"
            return f"is a `{short}` that returns nothing, so that all is `None`", f"return `{what}`"
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
