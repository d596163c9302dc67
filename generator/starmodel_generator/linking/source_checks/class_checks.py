"""Classes that Python or pydantic refuses to make: SM117, SM124-SM126, SM128-SM130, SM606."""

import collections.abc
import re
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, ConfigDict

from starmodel_generator.analysis.facts import (
    AssignmentFact,
    CallExpression,
    ClassFacts,
    Expression,
    FunctionFacts,
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
    OWN_CONSTRUCTOR,
    REBOUND_NAME,
    REFUSED_DECORATOR,
    UNUSABLE_BASES,
)
from starmodel_generator.linking.names.class_members import Method
from starmodel_generator.linking.names.mro import BASE_TABLE, SQL_MODEL, ClassHierarchy
from starmodel_generator.linking.names.symbols import ClassSymbol, ExternalSymbol, Namespace
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.options.entity_options import OWN_KEYS
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.source_checks.enum_checks import check_enum_members, is_member
from starmodel_generator.linking.source_checks.hook_checks import check_hooks


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
                yield from check_enum_members(symbol, hierarchy, self._resolver)
            elif hierarchy.is_model or symbol in self._used:
                yield from self._repeated_members(symbol)
            if hierarchy.is_model or symbol in self._used:
                yield from check_hooks(hierarchy, self._resolver)
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
            if is_enum and any(is_member(fact) for fact in base.facts.attributes):
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
