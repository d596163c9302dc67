"""`model_config` of an entity, merged along its bases as pydantic merges it."""

from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from starmodel_generator.analysis.facts import (
    CallExpression,
    Expression,
    LiteralExpression,
    MappingExpression,
    NameExpression,
    OpaqueExpression,
)
from starmodel_generator.diagnostics import Place
from starmodel_generator.linking.entity_options import (
    OPTION_READERS,
    OWN_KEYS,
    EntityOptions,
    Option,
    after_mistake,
)
from starmodel_generator.linking.lineage import Lineage
from starmodel_generator.linking.problems import Problem, Report, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.rules import INVALID_OPTION, UNKNOWN_OPTION
from starmodel_generator.linking.spelling import shortened, spell
from starmodel_generator.linking.sql_options import SQL_OPTION_READERS
from starmodel_generator.linking.symbols import (
    ClassSymbol,
    ExternalSymbol,
    Namespace,
    ValueSymbol,
)

PYDANTIC_KEYS = frozenset(
    {
        *("alias_generator", "allow_inf_nan", "arbitrary_types_allowed", "cache_strings"),
        *("coerce_numbers_to_str", "defer_build", "extra", "field_title_generator"),
        *("from_attributes", "frozen", "hide_input_in_errors", "ignored_types", "json_encoders"),
        *("json_schema_extra", "json_schema_mode_override", "loc_by_alias"),
        *("json_schema_serialization_defaults_required", "model_title_generator"),
        *("plugin_settings", "polymorphic_serialization", "populate_by_name"),
        *("protected_namespaces", "regex_engine", "revalidate_instances", "schema_generator"),
        *("ser_json_bytes", "ser_json_inf_nan", "ser_json_temporal", "ser_json_timedelta"),
        *("serialize_by_alias", "str_max_length", "str_min_length", "str_strip_whitespace"),
        *("str_to_lower", "str_to_upper", "strict", "title", "url_preserve_empty_path"),
        *("use_attribute_docstrings", "use_enum_values", "val_json_bytes", "val_temporal_unit"),
        *("validate_assignment", "validate_by_alias", "validate_by_name", "validate_default"),
        *("validate_return", "validation_error_cause"),
        # SQLModel's own.
        *("orm_mode", "read_from_attributes", "read_with_orm_mode", "registry", "table"),
    }
)
"""The keys pydantic knows, and SQLModel."""

_DEPTH_LIMIT = 20


@dataclass(slots=True)
class _Merged:
    options: dict[str, Option] = field(default_factory=dict[str, Option])
    unread: list[tuple[Expression, Place]] = field(default_factory=list[tuple[Expression, Place]])


class ConfigReader:
    """Reads and checks the options of entities."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._merged: dict[ClassSymbol, _Merged] = {}

    def options(self, lineage: Lineage, report: Report) -> EntityOptions:
        """The options of an entity; what is wrong is reported and left at its default."""
        symbol = lineage.symbol
        merged = self._merge(symbol)
        subject = Subject(f"entity `{symbol.name}`", symbol.place, symbol.name)
        for expression, place in merged.unread:
            text = f"has options that are computed: `{shortened(spell(expression))}`"
            help = "write `EntityConfig(...)` or a dict of plain values"
            report(subject.diagnose(Problem(INVALID_OPTION, text, help), place))
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
            elif key not in PYDANTIC_KEYS:
                report(subject.diagnose(_unknown_key(key), option.place))
        is_table = self._is_true(symbol, "table")
        if is_table and "store" not in merged.options:
            options = replace(options, store="SERVER_SQL")
        if options.store == "SERVER_SQL" and "scope" not in merged.options:
            options = replace(options, scope="RECORD")
        return replace(
            options,
            place=_config_place(symbol),
            is_table=is_table,
            allows_infinity=self._is_true(symbol, "allow_inf_nan"),
            accepts_names=self.accepts_names(lineage),
            has_alias_generator=self.has_alias_generator(lineage),
        )

    def accepts_names(self, lineage: Lineage) -> bool:
        """Whether fields of a model that have an alias can be given by their own names too."""
        keys = ("populate_by_name", "validate_by_name")
        return any(self._is_true(lineage.symbol, key) for key in keys)

    def written(self, lineage: Lineage, key: str) -> object:
        """The literal that a model's options give a key: `None` without one, `...` if computed."""
        option = self._merge(lineage.symbol).options.get(key)
        if option is None:
            return None
        expression = option.expression
        return expression.value if isinstance(expression, LiteralExpression) else ...

    def has_alias_generator(self, lineage: Lineage) -> bool:
        """Whether every field of a model has an alias."""
        option = self._merge(lineage.symbol).options.get("alias_generator")
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
        for base in self._resolver.lineages.of(symbol).direct:
            if isinstance(base, ClassSymbol):
                inherited = self._merge(base)
                merged.options.update(inherited.options)
                # Only the class itself was called otherwise.
                merged.options.pop("renamed_from", None)
                merged.unread += inherited.unread
        for fact in symbol.facts.attributes:
            if fact.name == "model_config" and fact.value is not None:
                place = fact.place.at("value", 0)
                self._read(fact.value, symbol.namespace, place, merged, 0)
        for key, expression in symbol.facts.keywords:
            if key in OWN_KEYS or key in PYDANTIC_KEYS:
                merged.options[key] = Option(expression, symbol.namespace, symbol.place)
        return merged

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


def _unknown_key(key: str) -> Problem:
    near = get_close_matches(key, [*OWN_KEYS, *sorted(PYDANTIC_KEYS)], n=1)
    known = ", ".join(f"`{each}`" for each in OWN_KEYS)
    help = f"did you mean `{near[0]}`?" if near else f"StarModel's options are {known}"
    return Problem(UNKNOWN_OPTION, f"has the unknown option `{key}`", help)
