"""Reads `Field(...)` and the arguments of `Annotated[...]` into options."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import partial

from starmodel_generator.analysis.facts import (
    CallExpression,
    Expression,
    LiteralExpression,
    NameExpression,
    OpaqueExpression,
    ParameterFact,
)
from starmodel_generator.diagnostics.rules.entity_rules import (
    FIELD_ALIAS,
    INVALID_CONSTRAINT,
    INVALID_DEFAULT,
    INVALID_MOMENT,
    UNKNOWN_FIELD_OPTION,
)
from starmodel_generator.diagnostics.rules.pydantic_rules import (
    SQLMODEL_OPTION,
    UNKNOWN_METADATA,
    UNSUPPORTED_PYDANTIC,
)
from starmodel_generator.diagnostics.rules.sql_rules import INVALID_DB_NAME, INVALID_ON_DELETE
from starmodel_generator.linking.names.database_names import unfit_name
from starmodel_generator.linking.names.mro import ClassHierarchies
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    Namespace,
    ValueSymbol,
)
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.aliases import Words
from starmodel_generator.linking.types.column_settings import (
    SETTINGS,
    ColumnSettings,
    NameOf,
    read_column,
)
from starmodel_generator.linking.types.field_options import (
    NO_OPTIONS,
    FieldOptions,
    SerializerProblem,
)
from starmodel_generator.linking.types.pydantic_support import (
    FIELD_ARGUMENTS,
    METADATA,
    TEXT_ARGUMENTS,
    Support,
)
from starmodel_generator.linking.values.constants import Constants
from starmodel_generator.linking.values.value import Constant, Evaluated, MappingValue, NotConstant
from starmodel_schemas import Moment, OnDelete

FIELD_FUNCTIONS = frozenset({"starmodel.Field", "pydantic.Field", "sqlmodel.Field"})

_BOUNDS = ("gt", "ge", "lt", "le", "multiple_of")
_LENGTHS = ("min_length", "max_length", "max_digits", "decimal_places")
_FLAGS = (
    *("primary_key", "index", "unique", "private", "write_only", "writable", "exclude"),
    *("strict", "allow_inf_nan", "frozen", "multiline", "nullable", "searchable"),
)
_TEXTS = ("title", "description", "foreign_key", "renamed_from", "db_name")
_MOMENTS: dict[str, Moment] = {"create": "create", "update": "update"}
_ALIASES = {
    "alias": "alias",
    "validation_alias": "validation",
    "serialization_alias": "serialization",
    "alias_priority": "priority",
}
_ON_DELETE: dict[str, OnDelete] = {
    "restrict": "restrict",
    "cascade": "cascade",
    "set_null": "set_null",
    # As SQLModel spells it.
    "RESTRICT": "restrict",
    "CASCADE": "cascade",
    "SET NULL": "set_null",
}
# Classes of `annotated_types` and pydantic that say in an annotation what `Field` says by keyword.
_MARKERS: dict[str, tuple[str, ...]] = {
    "annotated_types.Gt": ("gt",),
    "annotated_types.Ge": ("ge",),
    "annotated_types.Lt": ("lt",),
    "annotated_types.Le": ("le",),
    "annotated_types.Interval": (),
    "annotated_types.MultipleOf": ("multiple_of",),
    "annotated_types.MinLen": ("min_length",),
    "annotated_types.MaxLen": ("max_length",),
    "annotated_types.Len": ("min_length", "max_length"),
    "pydantic.StringConstraints": (),
    "pydantic.Strict": ("strict",),
    "pydantic.AllowInfNan": ("allow_inf_nan",),
    "pydantic.Discriminator": ("discriminator",),
}
_MEANT_WITHOUT_ARGUMENTS = frozenset({"pydantic.AllowInfNan", "pydantic.Strict"})
_VALIDATORS = frozenset(
    {"annotated_types.Not", "annotated_types.Predicate", "pydantic.AfterValidator"}
)
_EARLY_VALIDATORS = frozenset(
    {"pydantic.BeforeValidator", "pydantic.PlainValidator", "pydantic.WrapValidator"}
)
_FOR_SOME_TYPES = frozenset({"discriminator", "fail_fast", "union_mode"})
"""What pydantic refuses for any other type than collections, or unions."""
_READ_BY_CLASS = frozenset({"coerce_numbers_to_str", "union_mode"})
_SERIALIZERS = frozenset({"pydantic.PlainSerializer", "pydantic.WrapSerializer"})
_SILENT_BASES = frozenset({"builtins.object", "enum.Enum", "typing.NamedTuple", "typing.Protocol"})
_HOPS = 20


class OptionReader:
    """Reads options from calls."""

    def __init__(self, names: Names, hierarchies: ClassHierarchies, constants: Constants) -> None:
        self._names = names
        self._hierarchies = hierarchies
        self._constants = constants

    def is_field_call(self, expression: Expression | None, namespace: Namespace) -> bool:
        """Return whether an expression is a call of one of the three `Field` functions."""
        return self._called(expression, namespace) in FIELD_FUNCTIONS

    def is_private_attribute(self, expression: Expression | None, namespace: Namespace) -> bool:
        """Return whether an expression is a call of pydantic's `PrivateAttr`."""
        return self._called(expression, namespace) == "pydantic.PrivateAttr"

    def read_annotated(
        self, items: tuple[Expression, ...], namespace: Namespace, options: FieldOptions
    ) -> FieldOptions:
        """Add what the further arguments of `Annotated[T, ...]` say."""
        for item in items:
            options = self._read_metadata(item, namespace, options)
        return options

    def _read_metadata(
        self, item: Expression, namespace: Namespace, options: FieldOptions, hops: int = 0
    ) -> FieldOptions:
        written = shortened(unparse(item))
        match item:
            case NameExpression(name):
                symbol = self._names.follow(self._names.resolve(name, namespace))
                if isinstance(symbol, ValueSymbol) and symbol.assignment.value and hops < _HOPS:
                    value = symbol.assignment.value
                    return self._read_metadata(value, symbol.namespace, options, hops + 1)
            case CallExpression(NameExpression(name)):
                symbol = self._names.follow(self._names.resolve(name, namespace))
            case LiteralExpression() | OpaqueExpression() if not written.startswith("*"):
                return options
            case _:
                symbol = None
        if isinstance(symbol, ClassSymbol) and self._is_silent(symbol):
            return options
        support = METADATA.get(symbol.name) if isinstance(symbol, ExternalSymbol) else None
        if support is None:
            return _with_problem(options, _unknown_metadata(written))
        assert isinstance(symbol, ExternalSymbol)
        if support.level == "refused" or symbol.name in _SERIALIZERS:
            kind = SerializerProblem if symbol.name in _SERIALIZERS else Problem
            text = f"has `{written}` in its annotation, which {support.reason}"
            return _with_problem(options, kind(support.rule, text, support.help))
        call = item if isinstance(item, CallExpression) else CallExpression(item)
        if symbol.name in FIELD_FUNCTIONS and call is item:
            return self.read_call(call, namespace, options)
        if symbol.name in _MARKERS:
            return self._read_marker(symbol.name, call, namespace, options)
        if symbol.name in _EARLY_VALIDATORS | {"pydantic.AfterValidator"}:
            useless = self._useless_function(call, namespace)
            if useless is not None:
                text = f"has `{written}` in its annotation, but {useless}"
                help = "write a plain function that returns the value"
                options = _with_problem(options, Problem(INVALID_CONSTRAINT, text, help))
        if symbol.name in _EARLY_VALIDATORS:
            options = replace(options, has_validator=True, reads_input=True)
            function = call.keyword("func") or next(iter(call.arguments), None)
            if symbol.name == "pydantic.PlainValidator" and function is not None:
                options = replace(options, plain_validator=(function, namespace))
            if self._takes_info(call, symbol.name, namespace):
                return replace(options, by_pydantic=(*options.by_pydantic, written))
            return replace(options, is_read_by_class=True)
        is_validator = symbol.name in _VALIDATORS
        return replace(options, has_validator=options.has_validator or is_validator)

    def _useless_function(self, call: CallExpression, namespace: Namespace) -> str | None:
        """Return why the function of a validator gives no value, as the end of a sentence."""
        function = call.keyword("func") or next(iter(call.arguments), None)
        if not isinstance(function, NameExpression):
            return None
        symbol = self._names.follow(self._names.resolve(function.name, namespace))
        if not isinstance(symbol, FunctionSymbol) or symbol.facts.decorators:
            return None
        if symbol.facts.is_async or symbol.facts.has_yield:
            return "pydantic takes what calling its function gives, which is no value yet"
        if symbol.facts.returns_value or symbol.facts.always_raises:
            return None
        return "its function returns nothing, so that all is `None`"

    def _takes_info(self, call: CallExpression, name: str, namespace: Namespace) -> bool:
        """Return whether the function of a validator asks for more than the value."""
        function = call.keyword("func") or next(iter(call.arguments), None)
        plain = 2 if name == "pydantic.WrapValidator" else 1
        match function:
            case NameExpression(written):
                symbol = self._names.follow(self._names.resolve(written, namespace))
                facts = symbol.facts if isinstance(symbol, FunctionSymbol) else None
                return facts is not None and required_parameters(facts.parameters) > plain
            case OpaqueExpression(text) if text.startswith("lambda"):
                return _lambda_parameters(text) > plain
            case _:
                return False

    def _read_marker(
        self, name: str, call: CallExpression, namespace: Namespace, options: FieldOptions
    ) -> FieldOptions:
        positional = _MARKERS[name]
        if name in _MEANT_WITHOUT_ARGUMENTS and not call.arguments and not call.keywords:
            call = CallExpression(call.function, (LiteralExpression(True),))
        if name == "pydantic.Discriminator":
            # The others say how an error is worded.
            keywords = tuple(pair for pair in call.keywords if pair[0] in positional)
            call = CallExpression(call.function, call.arguments[:1], keywords)
        return self.read_call(call, namespace, options, positional)

    def _is_silent(self, symbol: ClassSymbol) -> bool:
        """Return whether a class of the project, as metadata, has nothing to say to pydantic."""
        hierarchy = self._hierarchies.of(symbol)
        names = {method.name for cls in hierarchy.classes for method in cls.facts.methods}
        is_plain = hierarchy.outside <= _SILENT_BASES and not hierarchy.problems
        return is_plain and "__get_pydantic_core_schema__" not in names

    def read_call(
        self,
        call: CallExpression,
        namespace: Namespace,
        options: FieldOptions = NO_OPTIONS,
        positional: tuple[str, ...] = ("default",),
    ) -> FieldOptions:
        """Add what a call of `Field` (or of a class like it) says to what was said before."""
        given = dict(zip(positional, call.arguments, strict=False))
        given.update(call.keywords)
        is_field = self._called(call, namespace) in FIELD_FUNCTIONS
        name_of = partial(self._name_of, namespace=namespace)
        reading = _Reading(self._constants, namespace, options, name_of, is_field=is_field)
        for keyword, expression in given.items():
            if keyword not in SETTINGS:
                reading.add(keyword, expression)
        for keyword in SETTINGS:
            if keyword in given and not _is_none(given[keyword]):
                reading.add_column(read_column(keyword, given[keyword], name_of))
        if {"default", "default_factory"} <= given.keys():
            reading.check_defaults(given["default"], given["default_factory"])
        return reading.options

    def _called(self, expression: Expression | None, namespace: Namespace) -> str | None:
        if not isinstance(expression, CallExpression):
            return None
        return self._name_of(expression.function, namespace)

    def _name_of(self, expression: Expression, namespace: Namespace) -> str | None:
        """Return the name of something from outside of the project."""
        if not isinstance(expression, NameExpression):
            return None
        symbol = self._names.follow(self._names.resolve(expression.name, namespace))
        return symbol.name if isinstance(symbol, ExternalSymbol) else None


class _Reading:
    """One call being read, keyword by keyword."""

    def __init__(
        self,
        constants: Constants,
        namespace: Namespace,
        options: FieldOptions,
        name_of: NameOf,
        *,
        is_field: bool,
    ) -> None:
        self._constants = constants
        self._name_of = name_of
        self._namespace = namespace
        self._is_field = is_field
        self._options = options
        self._changes: dict[str, object] = {}
        self._limits: dict[str, object] = {}

    @property
    def options(self) -> FieldOptions:
        """What is said so far; copied when it is asked for, not for each keyword."""
        if self._limits:
            constraints = self._options.constraints.model_copy(update=self._limits)
            self._changes, self._limits = {**self._changes, "constraints": constraints}, {}
        if self._changes:
            changes, self._changes = self._changes, {}
            self._options = replace(self._options, **changes)  # pyright: ignore[reportArgumentType]
        return self._options

    def add(self, keyword: str, expression: Expression) -> None:
        if keyword == "**":
            self._problem(f"takes options from `**{shortened(unparse(expression))}`", None)
            return
        if keyword in TEXT_ARGUMENTS and not self._is_field:
            self._flag(keyword, expression)
            return
        support = FIELD_ARGUMENTS.get(keyword)
        if keyword in _FOR_SOME_TYPES and not _is_none(expression):
            self._set(only_for_some=self.options.only_for_some | {keyword})
        if keyword in _READ_BY_CLASS:
            self._set(is_read_by_class=True)
        elif support is None:
            self._add(_unknown_option(keyword))
        elif support.level in ("refused", "by pydantic"):
            self._unless_fine(keyword, expression, support)
        else:
            self._read(keyword, expression)

    def add_column(self, settings: ColumnSettings) -> None:
        """Add what SQLModel is told about the column; a limit is the smaller one of two."""
        for problem in settings.problems:
            self._add(problem)
        for keyword, expression in settings.options:
            has_default = self.options.default is not None or self.options.factory is not None
            if keyword == "server_default" and not has_default:
                self._add(_REQUIRED)
                continue
            said = self.options.constraints
            self.add(keyword, expression)
            known = getattr(said, keyword, None)
            new = getattr(self.options.constraints, keyword, None)
            if known is None or new is None or known == new:
                continue
            if keyword == "max_length":
                constraints = self.options.constraints.model_copy(update={keyword: min(known, new)})
                self._set(constraints=constraints)
            else:
                text = f"has `{keyword}={known}`, and its column has {new}"
                self._add(Problem(SQLMODEL_OPTION, text, "say it once, as arguments of `Field`"))
        if settings.kind is not None:
            self._set(column_kind=settings.kind)

    def _unless_fine(self, keyword: str, expression: Expression, support: Support) -> None:
        """Note what is not done here, unless it says what is done anyway."""
        if is_fine(self._constants.evaluate(expression, self._namespace), support):
            return
        written = f"{keyword}={shortened(unparse(expression))}"
        if support.level == "refused":
            text = f"has `{written}`, which {support.reason}"
            self._add(Problem(support.rule, text, support.help))
            return
        self._set(by_pydantic=(*self.options.by_pydantic, written))

    def _read(self, keyword: str, expression: Expression) -> None:
        if keyword == "default":
            is_required = isinstance(expression, LiteralExpression) and expression.value is ...
            self._set(default=None if is_required else expression)
        elif keyword == "default_factory":
            if not _is_none(expression):
                self._set(factory=expression)
        elif keyword in _BOUNDS:
            self._constrain(keyword, expression, bound_text)
        elif keyword in _LENGTHS or keyword in ("min_items", "max_items"):
            self._constrain(keyword.replace("_items", "_length"), expression, _count)
        elif keyword == "pattern":
            self._constrain("pattern", expression, _text)
        elif keyword in _FLAGS:
            self._flag(keyword, expression)
        elif keyword in _TEXTS:
            self._text(keyword, expression)
        elif keyword == "server_default":
            if not _is_none(expression):
                self._set(server_default=expression)
        elif keyword == "now":
            self._now(expression)
        elif keyword in _ALIASES:
            self._alias(_ALIASES[keyword], expression)
        elif keyword in ("on_delete", "ondelete"):
            self._on_delete(keyword, expression)
        elif keyword == "discriminator" and not _is_none(expression):
            self._discriminator(expression)

    def check_defaults(self, default: Expression, factory: Expression) -> None:
        """Refuse a default beside a factory, as pydantic does."""
        if default != LiteralExpression(...) and not _is_none(factory):
            text = "has both a default and a `default_factory`"
            self._add(Problem(INVALID_DEFAULT, text, "leave out one of them"))

    def _constrain(
        self, keyword: str, expression: Expression, read: Callable[[object], object | None]
    ) -> None:
        value = self._evaluate(keyword, expression)
        if value is None or value.value is None:
            return
        limit = read(value.value)
        if limit is None:
            self._problem(
                f"has `{keyword}={value.text}`, which is no limit of that kind",
                "write a number for bounds and lengths, a text for `pattern`",
            )
            return
        self._limits[keyword] = limit

    def _flag(self, keyword: str, expression: Expression) -> None:
        value = self._evaluate(keyword, expression)
        if value is None or value.value is None:
            return
        if not isinstance(value.value, bool):
            self._problem(f"has `{keyword}={value.text}`", "write `True` or `False`")
        elif keyword == "strict" or keyword in TEXT_ARGUMENTS:
            self._limits[keyword] = value.value
        elif keyword in ("private", "exclude"):
            # Whoever says it of a type means every field of that type.
            is_said = getattr(self.options, keyword) or value.value
            self._set(**{keyword: is_said})
        else:
            self._set(**{keyword: value.value})

    def _text(self, keyword: str, expression: Expression) -> None:
        value = self._evaluate(keyword, expression)
        if value is None or value.value is None:
            return
        unfit = unfit_name(value.value) if keyword == "db_name" else None
        if unfit is not None:
            text = f"has `db_name={value.text}`, which {unfit}"
            self._add(Problem(INVALID_DB_NAME, text, "write the name that the column has"))
        elif isinstance(value.value, str):
            self._set(**{keyword: value.value})
        else:
            self._problem(f"has `{keyword}={value.text}`", "write a text")

    def _alias(self, part: str, expression: Expression) -> None:
        value = self._alias_value(part, expression)
        if value is not None:
            self._set(aliases=replace(self.options.aliases, **{part: value}))

    def _alias_value(self, part: str, expression: Expression) -> object | None:
        if part == "validation" and isinstance(expression, CallExpression):
            words = self._words(expression)
            if words is None:
                text = f"has `{shortened(unparse(expression))}`, which has to be run"
                self._add(Problem(FIELD_ALIAS, text, "write the names in place"))
            return words
        value = self._constants.evaluate(expression, self._namespace)
        known = getattr(value, "value", None)
        if isinstance(value, Constant) and known is None:
            return None
        if part == "priority":
            return known if isinstance(known, int) else None
        if not isinstance(known, str):
            text = f"has the alias `{shortened(unparse(expression))}`, which is no plain text"
            self._add(Problem(FIELD_ALIAS, text, "write the name in place"))
            return None
        return (known,) if part == "validation" else known

    def _words(self, call: CallExpression) -> Words | None:
        """Return what `AliasChoices(...)` and `AliasPath(...)` look for."""
        name = self._name_of(call.function)
        if call.keywords:
            return None
        if name == "pydantic.AliasPath":
            values = [self._constants.evaluate(each, self._namespace) for each in call.arguments]
            known = [each.value for each in values if isinstance(each, Constant)]
            if not known or len(known) < len(values) or not isinstance(known[0], str):
                return None
            return (known[0] if len(known) == 1 else None,)
        if name != "pydantic.AliasChoices":
            return None
        found: list[str | None] = []
        for each in call.arguments:
            words = self._words(each) if isinstance(each, CallExpression) else None
            if words is None:
                value = self._constants.evaluate(each, self._namespace)
                if not isinstance(value, Constant) or not isinstance(value.value, str):
                    return None
                words = (value.value,)
            found += words
        return tuple(found) or None

    def _discriminator(self, expression: Expression) -> None:
        if isinstance(expression, CallExpression) and len(expression.arguments) == 1:
            # `Field(discriminator=Discriminator("kind"))`
            expression = expression.arguments[0]
        value = self._constants.evaluate(expression, self._namespace)
        if isinstance(value, Constant) and isinstance(value.value, str):
            self._set(has_discriminator=True, discriminator=value.value)
            return
        text = f"has the discriminator `{shortened(unparse(expression))}`, which has to be run"
        help = "give the models a `Literal` field, and write its name"
        self._add(Problem(UNSUPPORTED_PYDANTIC, text, help))

    def _on_delete(self, keyword: str, expression: Expression) -> None:
        value = self._evaluate(keyword, expression)
        if value is None or value.value is None:
            return
        known = _ON_DELETE.get(value.value) if isinstance(value.value, str) else None
        if known is None:
            text = f"has `{keyword}={value.text}`, which is none"
            help = 'write `"restrict"`, `"cascade"` or `"set_null"`'
            self._add(Problem(INVALID_ON_DELETE, text, help))
        else:
            self._set(on_delete=known)

    def _now(self, expression: Expression) -> None:
        value = self._evaluate("now", expression)
        if value is None or value.value is None:
            return
        known = _MOMENTS.get(value.value) if isinstance(value.value, str) else None
        if known is None:
            text = f"has `now={value.text}`, which is no moment of a record"
            self._add(Problem(INVALID_MOMENT, text, 'write `"create"` or `"update"`'))
        else:
            self._set(now=known)

    def _evaluate(self, keyword: str, expression: Expression) -> Constant | None:
        value = self._constants.evaluate(expression, self._namespace)
        if isinstance(value, NotConstant):
            self._problem(
                f"has a `{keyword}` that {value.reason}",
                "write a plain value or the name of a constant",
            )
            return None
        return value

    def _problem(self, text: str, help: str | None) -> None:
        self._add(Problem(INVALID_CONSTRAINT, text, help))

    def _add(self, problem: Problem) -> None:
        self._set(problems=(*self.options.problems, problem))

    def _set(self, **changes: object) -> None:
        self._changes |= changes


def required_parameters(parameters: Iterable[ParameterFact]) -> int:
    """Count the parameters that a function has to be given one after the other."""
    kinds = ("positional_only", "positional_or_keyword")
    return sum(each.kind in kinds and each.default is None for each in parameters)


def _lambda_parameters(text: str) -> int:
    """Count the parameters of a `lambda` that have no default."""
    function = ast.parse(text, mode="eval").body
    if not isinstance(function, ast.Lambda):
        return 0
    given = [*function.args.posonlyargs, *function.args.args]
    return len(given) - len(function.args.defaults)


_REQUIRED = Problem(
    SQLMODEL_OPTION,
    "has a `server_default` in its column, and pydantic requires a value of it",
    "give it a `default` beside it, or write StarModel's `Field(server_default=...)`, which is both",
)


def is_fine(value: Evaluated, support: Support) -> bool:
    """Return whether a value is one that says nothing else than what is done anyway."""
    if not isinstance(value, Constant):
        return False
    return value.value == MappingValue(()) or any(
        type(value.value) is type(fine) and value.value == fine for fine in support.fine
    )


def _unknown_option(keyword: str) -> Problem:
    near = get_close_matches(keyword, FIELD_ARGUMENTS, n=1)
    help = f"did you mean `{near[0]}`?" if near else None
    return Problem(UNKNOWN_FIELD_OPTION, f"has the unknown option `{keyword}`", help)


def _unknown_metadata(written: str) -> Problem:
    return Problem(
        UNKNOWN_METADATA,
        f"has `{written}` in its annotation, which may change its values",
        "write what pydantic or `annotated_types` has for it, in place",
    )


def _with_problem(options: FieldOptions, problem: Problem) -> FieldOptions:
    return replace(options, problems=(*options.problems, problem))


def _is_none(expression: Expression) -> bool:
    return isinstance(expression, LiteralExpression) and expression.value is None


def bound_text(value: object) -> str | None:
    """A bound as the schema keeps it: numbers as Python writes them, dates as ISO text."""
    match value:
        case bool():
            return None
        case int() | float():
            return repr(value)
        case Decimal():
            return str(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return repr(value.total_seconds())
        case _:
            return None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
