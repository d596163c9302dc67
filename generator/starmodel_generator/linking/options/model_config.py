"""`model_config` of an entity, merged along its bases as pydantic merges it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache

from pydantic import ConfigDict, PydanticUserError, TypeAdapter, ValidationError

from starmodel_generator.analysis.facts import (
    CallExpression,
    Expression,
    LiteralExpression,
    MappingExpression,
    NameExpression,
    OpaqueExpression,
)
from starmodel_generator.diagnostics.diagnostic import Place
from starmodel_generator.diagnostics.rules.entity_rules import (
    FIELD_ALIAS,
    INVALID_OPTION,
    UNKNOWN_OPTION,
)
from starmodel_generator.linking.defaults.default_validation import CONFIG_KEYS as SETTINGS
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    Namespace,
    ValueSymbol,
)
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.options.entity_options import (
    OPTION_READERS,
    OWN_KEYS,
    EntityOptions,
    Option,
    after_mistake,
)
from starmodel_generator.linking.options.sql_options import SQL_OPTION_READERS
from starmodel_generator.linking.reporting import Problem, Report, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.types.aliases import GENERATORS, AliasRules, Make
from starmodel_generator.linking.types.option_reader import is_fine
from starmodel_generator.linking.types.pydantic_support import CONFIG_KEYS, EXTRA_FIELDS
from starmodel_generator.linking.values.value import Constant

_DEPTH_LIMIT = 20


@dataclass(slots=True)
class _Merged:
    options: dict[str, Option] = field(default_factory=dict[str, Option])
    unread: list[tuple[Expression, Place]] = field(default_factory=list[tuple[Expression, Place]])


_UNKNOWN_GENERATOR = Problem(
    FIELD_ALIAS,
    "has an `alias_generator` that has to be run",
    "use `to_camel`, `to_pascal` or `to_snake` of `pydantic.alias_generators`, or an"
    " `AliasGenerator` of them",
)


class ConfigReader:
    """Reads and checks the options of entities, and of value objects."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._merged: dict[ClassSymbol, _Merged] = {}

    def options(self, hierarchy: ClassHierarchy, report: Report) -> EntityOptions:
        """Return the options of an entity; what is wrong is reported and left at its default."""
        symbol = hierarchy.symbol
        merged = self._merge(symbol)
        subject = Subject(f"entity `{symbol.name}`", symbol.place, symbol.name)
        for expression, place in merged.unread:
            report(subject.diagnose(_computed(expression), place))
        places = {key: option.place for key, option in merged.options.items()}
        options = EntityOptions(symbol.place, places=places)
        for key, option in merged.options.items():
            reader = OPTION_READERS.get(key) or SQL_OPTION_READERS.get(key)
            if reader is not None:
                changed = reader(self._resolver, option, options)
                if isinstance(changed, Problem):
                    report(subject.diagnose(changed, option.place))
                    options = after_mistake(key, options)
                else:
                    options = changed
            else:
                self._check_key(key, option, subject, report)
        is_table = self._is_true(symbol, "table")
        if is_table and "store" not in merged.options:
            options = replace(options, store="SERVER_SQL")
        if options.store == "SERVER_SQL" and "scope" not in merged.options:
            options = replace(options, scope="RECORD")
        return replace(
            options,
            by_pydantic=tuple(self._by_pydantic(merged)),
            place=_config_place(symbol),
            is_table=is_table,
            allows_infinity=self._is_true(symbol, "allow_inf_nan"),
            settings=self.settings(hierarchy),
            is_frozen=self._is_true(symbol, "frozen"),
            is_strict=self._is_true(symbol, "strict"),
            aliases=self.aliases(hierarchy),
        )

    def check_object(self, hierarchy: ClassHierarchy, report: Report) -> None:
        """Report what `model_config` of a value object says in vain."""
        symbol = hierarchy.symbol
        merged = self._merge(symbol)
        subject = Subject(f"value object `{symbol.name}`", symbol.place, symbol.name)
        for expression, place in merged.unread:
            report(subject.diagnose(_computed(expression), place))
        for key, option in merged.options.items():
            if key in OWN_KEYS:
                text = f"has the option `{key}`, which is for entities"
                report(
                    subject.diagnose(Problem(UNKNOWN_OPTION, text, "leave it out"), option.place)
                )
            else:
                self._check_key(key, option, subject, report)

    def _check_key(self, key: str, option: Option, subject: Subject, report: Report) -> None:
        support = CONFIG_KEYS.get(key)
        if support is None:
            report(subject.diagnose(_unknown_key(key), option.place))
            return
        if key == "alias_generator" and self._makers(option) is None:
            report(subject.diagnose(_UNKNOWN_GENERATOR, option.place))
        value = self._resolver.constants.evaluate(option.expression, option.namespace)
        if isinstance(value, Constant) and not _fits(key, value.value):
            text = f"has `{key}={shortened(unparse(option.expression))}`, which pydantic refuses"
            help = "correct the value, or leave the key out"
            report(subject.diagnose(Problem(INVALID_OPTION, text, help), option.place))
            return
        if key == "extra" and getattr(value, "value", None) not in ("ignore", "forbid", None):
            support = EXTRA_FIELDS
        if support.level == "refused" and not is_fine(value, support):
            text = f"has `{key}={shortened(unparse(option.expression))}`, which {support.reason}"
            problem = Problem(support.rule, text, support.help)
            report(subject.diagnose(problem, option.place))

    def _by_pydantic(self, merged: _Merged) -> Iterator[tuple[str, Place]]:
        """What says how pydantic reads input, as written."""
        for key, option in merged.options.items():
            support = CONFIG_KEYS.get(key)
            if support is None or support.level != "by pydantic":
                continue
            value = self._resolver.constants.evaluate(option.expression, option.namespace)
            if not is_fine(value, support) and getattr(value, "value", None) != "allow":
                yield f"{key}={shortened(unparse(option.expression))}", option.place

    def settings(self, hierarchy: ClassHierarchy) -> dict[str, object]:
        """Return what `model_config` says about values, as far as it is known."""
        found: dict[str, object] = {"allow_inf_nan": False} if hierarchy.is_entity else {}
        for key, option in self._merge(hierarchy.symbol).options.items():
            value = self._resolver.constants.evaluate(option.expression, option.namespace)
            if key in SETTINGS and isinstance(value, Constant) and value.value is not None:
                found[key] = value.value
        return found

    def aliases(self, hierarchy: ClassHierarchy) -> AliasRules:
        """Return what `model_config` says about aliases; a generator that is not known says nothing."""
        symbol = hierarchy.symbol
        keys = ("populate_by_name", "validate_by_name")
        option = self._merge(symbol).options.get("alias_generator")
        alias, validation, serialization = (option and self._makers(option)) or (None, None, None)
        return AliasRules(
            alias,
            validation,
            serialization,
            by_alias=self.written(hierarchy, "validate_by_alias") is not False,
            by_name=any(self._is_true(symbol, key) for key in keys),
            is_sent=self.written(hierarchy, "serialize_by_alias") is not False,
        )

    def _makers(self, option: Option) -> tuple[Make | None, Make | None, Make | None] | None:
        """Return what makes the alias, and those for reading and sending; `None` if not known."""
        expression = option.expression
        if expression == LiteralExpression(None):
            return None, None, None
        if isinstance(expression, CallExpression):
            if self._name_of(expression.function, option) != "pydantic.AliasGenerator":
                return None
            parts = ("alias", "validation_alias", "serialization_alias")
            given = dict(zip(parts, expression.arguments, strict=False)) | dict(expression.keywords)
            given = {key: one for key, one in given.items() if one != LiteralExpression(None)}
            makers = {key: self._maker(one, option) for key, one in given.items()}
            if None in makers.values() or not makers.keys() <= {*parts}:
                return None
            return makers.get(parts[0]), makers.get(parts[1]), makers.get(parts[2])
        maker = self._maker(expression, option)
        return None if maker is None else (maker, None, None)

    def _maker(self, expression: Expression, option: Option) -> Make | None:
        return GENERATORS.get(self._name_of(expression, option) or "")

    def _name_of(self, expression: Expression, option: Option) -> str | None:
        if not isinstance(expression, NameExpression):
            return None
        names = self._resolver.names
        symbol = names.follow(names.resolve(expression.name, option.namespace))
        return symbol.name if isinstance(symbol, ExternalSymbol) else None

    def written(self, hierarchy: ClassHierarchy, key: str) -> object:
        """Return the literal that a model's options give a key: `None` without one, `...` if computed."""
        option = self._merge(hierarchy.symbol).options.get(key)
        if option is None:
            return None
        expression = option.expression
        return expression.value if isinstance(expression, LiteralExpression) else ...

    def has_alias_generator(self, hierarchy: ClassHierarchy) -> bool:
        """Return whether every field of a model has an alias."""
        option = self._merge(hierarchy.symbol).options.get("alias_generator")
        return option is not None and option.expression != LiteralExpression(None)

    def _is_true(self, symbol: ClassSymbol, key: str) -> bool:
        option = self._merge(symbol).options.get(key)
        return option is not None and option.expression == LiteralExpression(True)

    def _merge(self, symbol: ClassSymbol) -> _Merged:
        known = self._merged.get(symbol)
        if known is not None:
            return known
        merged = _Merged()
        self._merged[symbol] = merged
        # Later bases win over earlier ones, the class's own options over all.
        for base in self._resolver.hierarchies.of(symbol).direct:
            if isinstance(base, ClassSymbol):
                inherited = self._merge(base)
                merged.options.update(inherited.options)
                # Only the class itself was called otherwise, and only it has that table.
                merged.options.pop("renamed_from", None)
                merged.options.pop("db_name", None)
                merged.unread += inherited.unread
        for fact in symbol.facts.attributes:
            if fact.name == "model_config" and fact.value is not None:
                place = fact.place.at("value", 0)
                self._read(fact.value, symbol.namespace, place, merged, 0)
        takes_more = self._takes_keywords(symbol)
        for key, expression in symbol.facts.keywords:
            if key in OWN_KEYS or key in CONFIG_KEYS or not (takes_more or key == "metaclass"):
                place = symbol.place.at("keyword", key)
                merged.options[key] = Option(expression, symbol.namespace, place)
        return merged

    def _takes_keywords(self, symbol: ClassSymbol) -> bool:
        """Return whether a class may take keywords that pydantic does not know."""
        hierarchy = self._resolver.hierarchies.of(symbol)
        return any(
            method.name in ("__init_subclass__", "__pydantic_init_subclass__")
            for cls in hierarchy.classes
            for method in cls.facts.methods
        ) or any(key == "metaclass" for cls in hierarchy.classes for key, _ in cls.facts.keywords)

    def _read(
        self,
        expression: Expression,
        namespace: Namespace,
        place: Place,
        merged: _Merged,
        depth: int,
    ) -> None:
        if depth > _DEPTH_LIMIT:
            merged.unread.append((expression, place))
        elif isinstance(expression, MappingExpression):
            for index, (key, value) in enumerate(expression.items):
                at = place.at("item", index)
                self._add(_text_of(key), value, namespace, at, merged, depth)
        elif isinstance(expression, CallExpression) and self._makes_config(expression, namespace):
            for argument in expression.arguments:
                self._read(argument, namespace, place, merged, depth + 1)
            for key, value in expression.keywords:
                self._add(key, value, namespace, place.at("keyword", key), merged, depth)
        elif isinstance(expression, NameExpression):
            self._read_constant(expression, namespace, place, merged, depth)
        else:
            merged.unread.append((expression, place))

    def _add(
        self,
        key: str | None,
        value: Expression,
        namespace: Namespace,
        place: Place,
        merged: _Merged,
        depth: int,
    ) -> None:
        if key is None:
            merged.unread.append((value, place))
        elif key == "**":
            self._read(value, namespace, place, merged, depth + 1)
        else:
            merged.options[key] = Option(value, namespace, place)

    def _read_constant(
        self,
        expression: NameExpression,
        namespace: Namespace,
        place: Place,
        merged: _Merged,
        depth: int,
    ) -> None:
        resolver = self._resolver
        base, _, attribute = expression.name.rpartition(".")
        if attribute == "model_config" and base:
            owner = resolver.names.follow(resolver.names.resolve(base, namespace))
            if isinstance(owner, ClassSymbol):
                merged.options.update(self._merge(owner).options)
                return
            if isinstance(owner, ExternalSymbol):
                return
        symbol = resolver.names.follow(resolver.names.resolve(expression.name, namespace))
        if isinstance(symbol, ValueSymbol) and symbol.assignment.value is not None:
            self._read(symbol.assignment.value, symbol.namespace, place, merged, depth + 1)
        else:
            merged.unread.append((expression, place))

    def _makes_config(self, call: CallExpression, namespace: Namespace) -> bool:
        if not isinstance(call.function, NameExpression):
            return False
        names = self._resolver.names
        symbol = names.follow(names.resolve(call.function.name, namespace))
        return isinstance(symbol, ExternalSymbol) and symbol.name in (
            "starmodel.EntityConfig",
            "pydantic.ConfigDict",
            "builtins.dict",
            "sqlmodel.SQLModelConfig",
        )


def _config_place(symbol: ClassSymbol) -> Place:
    for fact in symbol.facts.attributes:
        if fact.name == "model_config":
            return fact.place
    return symbol.place


def _text_of(key: Expression) -> str | None:
    if isinstance(key, LiteralExpression) and isinstance(key.value, str):
        return key.value
    return "**" if key == OpaqueExpression("**") else None


def _fits(key: str, value: object) -> bool:
    """Return whether a plain value is one that pydantic takes for a key of its configuration."""
    if key not in ConfigDict.__annotations__:
        return True
    if not isinstance(value, bool | int | float | str | None):
        return True
    try:
        _type_of_key(key).validate_python(value, strict=True)
    except ValidationError:
        return False
    except PydanticUserError:  # It speaks of functions, which are no plain values.
        return value is None
    return True


@cache
def _type_of_key(key: str) -> TypeAdapter[object]:
    return TypeAdapter(ConfigDict.__annotations__[key])


def _computed(expression: Expression) -> Problem:
    text = f"has options that are computed: `{shortened(unparse(expression))}`"
    return Problem(INVALID_OPTION, text, "write `EntityConfig(...)` or a dict of plain values")


def _unknown_key(key: str) -> Problem:
    near = get_close_matches(key, [*OWN_KEYS, *sorted(CONFIG_KEYS)], n=1)
    known = ", ".join(f"`{each}`" for each in OWN_KEYS)
    help = f"did you mean `{near[0]}`?" if near else f"StarModel's options are {known}"
    return Problem(UNKNOWN_OPTION, f"has the unknown option `{key}`", help)
