"""What `Field(...)` and the arguments of `Annotated[...]` say about a field or a parameter."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from difflib import get_close_matches

from starmodel_generator.analysis.facts import (
    CallExpression,
    Expression,
    LiteralExpression,
    NameExpression,
)
from starmodel_generator.linking.constants import Constants
from starmodel_generator.linking.names import Names
from starmodel_generator.linking.problems import Problem
from starmodel_generator.linking.rules import INVALID_CONSTRAINT, UNKNOWN_FIELD_OPTION
from starmodel_generator.linking.spelling import shortened, spell
from starmodel_generator.linking.sql_rules import INVALID_ON_DELETE
from starmodel_generator.linking.symbols import ExternalSymbol, Namespace
from starmodel_generator.linking.values import Constant, NotConstant
from starmodel_schemas import Constraints, OnDelete

FIELD_FUNCTIONS = frozenset({"starmodel.Field", "pydantic.Field", "sqlmodel.Field"})

_BOUNDS = ("gt", "ge", "lt", "le", "multiple_of")
_LENGTHS = ("min_length", "max_length", "max_digits", "decimal_places")
_FLAGS = (
    *("primary_key", "index", "unique", "private", "writable", "exclude", "strict"),
    "allow_inf_nan",
    "multiline",
)
_TEXTS = ("title", "description", "foreign_key", "renamed_from")
_PASSED_OVER = frozenset(
    {
        *("alias", "alias_priority", "validation_alias", "serialization_alias", "default"),
        *("default_factory", "deprecated", "discriminator", "examples", "field_title_generator"),
        *("frozen", "init", "init_var", "json_schema_extra", "kw_only", "repr", "union_mode"),
        *("validate_default", "coerce_numbers_to_str", "fail_fast"),
        *("min_items", "max_items", "unique_items", "const", "include", "allow_mutation"),
        *("nullable", "sa_type", "sa_column", "sa_column_args"),
        *("sa_column_kwargs", "schema_extra", "exclude_if"),
    }
)
_ON_DELETE: dict[str, OnDelete] = {
    "restrict": "restrict",
    "cascade": "cascade",
    "set_null": "set_null",
    # As SQLModel spells it.
    "RESTRICT": "restrict",
    "CASCADE": "cascade",
    "SET NULL": "set_null",
}
_KNOWN = (
    *(*_BOUNDS, *_LENGTHS, *_FLAGS, *_TEXTS, "pattern", "regex", "on_delete"),
    *sorted(_PASSED_OVER),
)

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
}
_VALIDATORS = frozenset(
    {
        "pydantic.AfterValidator",
        "pydantic.BeforeValidator",
        "pydantic.PlainValidator",
        "pydantic.WrapValidator",
        "annotated_types.Predicate",
    }
)


NO_CONSTRAINTS = Constraints()


@dataclass(frozen=True, slots=True)
class FieldOptions:
    """What is said about a field besides its type.

    `default` and `factory` are as written, `None` where there is none.
    """

    default: Expression | None = None
    factory: Expression | None = None
    constraints: Constraints = NO_CONSTRAINTS
    title: str | None = None
    description: str | None = None
    primary_key: bool = False
    index: bool = False
    unique: bool = False
    foreign_key: str | None = None
    private: bool = False
    writable: bool = True
    renamed_from: str | None = None
    on_delete: OnDelete | None = None
    multiline: bool | None = None
    allow_inf_nan: bool = False
    has_alias: bool = False
    has_discriminator: bool = False
    has_validator: bool = False
    problems: tuple[Problem, ...] = ()


NO_OPTIONS = FieldOptions()


class OptionReader:
    """Reads options from calls."""

    def __init__(self, names: Names, constants: Constants) -> None:
        self._names = names
        self._constants = constants

    def is_field_call(self, expression: Expression | None, namespace: Namespace) -> bool:
        """Whether an expression is a call of one of the three `Field` functions."""
        return self._called(expression, namespace) in FIELD_FUNCTIONS

    def is_private_attribute(self, expression: Expression | None, namespace: Namespace) -> bool:
        """Whether an expression is a call of pydantic's `PrivateAttr`."""
        return self._called(expression, namespace) == "pydantic.PrivateAttr"

    def read_annotated(
        self, items: tuple[Expression, ...], namespace: Namespace, options: FieldOptions
    ) -> FieldOptions:
        """Add what the further arguments of `Annotated[T, ...]` say; unknown ones say nothing."""
        for item in items:
            called = self._called(item, namespace)
            if called in FIELD_FUNCTIONS and isinstance(item, CallExpression):
                options = self.read_call(item, namespace, options)
            elif called in _VALIDATORS:
                options = replace(options, has_validator=True)
            elif called in _MARKERS and isinstance(item, CallExpression):
                options = self.read_call(item, namespace, options, _MARKERS[called])
        return options

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
        reading = _Reading(self._constants, namespace, options)
        for keyword, expression in given.items():
            reading.add(keyword, expression)
        return reading.options

    def _called(self, expression: Expression | None, namespace: Namespace) -> str | None:
        if not isinstance(expression, CallExpression):
            return None
        if not isinstance(expression.function, NameExpression):
            return None
        symbol = self._names.follow(self._names.resolve(expression.function.name, namespace))
        return symbol.name if isinstance(symbol, ExternalSymbol) else None


class _Reading:
    """One call being read, keyword by keyword."""

    def __init__(self, constants: Constants, namespace: Namespace, options: FieldOptions) -> None:
        self._constants = constants
        self._namespace = namespace
        self.options = options

    def add(self, keyword: str, expression: Expression) -> None:
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
        elif keyword in ("pattern", "regex"):
            self._constrain("pattern", expression, _text)
        elif keyword in _FLAGS:
            self._flag(keyword, expression)
        elif keyword in _TEXTS:
            self._text(keyword, expression)
        elif keyword in ("on_delete", "ondelete"):
            self._on_delete(keyword, expression)
        elif keyword in ("alias", "validation_alias"):
            self._set(has_alias=not _is_none(expression))
        elif keyword == "discriminator":
            self._set(has_discriminator=True)
        elif keyword == "**":
            self._problem(f"takes options from `**{shortened(spell(expression))}`", None)
        elif keyword not in _PASSED_OVER:
            near = get_close_matches(keyword, _KNOWN, n=1)
            self._add(
                Problem(
                    UNKNOWN_FIELD_OPTION,
                    f"has the unknown option `{keyword}`",
                    f"did you mean `{near[0]}`?" if near else None,
                )
            )

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
        constraints = self.options.constraints.model_copy(update={keyword: limit})
        self._set(constraints=constraints)

    def _flag(self, keyword: str, expression: Expression) -> None:
        value = self._evaluate(keyword, expression)
        if value is None or value.value is None:
            return
        if not isinstance(value.value, bool):
            self._problem(f"has `{keyword}={value.text}`", "write `True` or `False`")
        elif keyword == "strict":
            constraints = self.options.constraints.model_copy(update={"strict": value.value})
            self._set(constraints=constraints)
        elif keyword in ("private", "exclude"):
            self._set(private=self.options.private or value.value)
        else:
            self.options = replace(self.options, **{keyword: value.value})

    def _text(self, keyword: str, expression: Expression) -> None:
        value = self._evaluate(keyword, expression)
        if value is None or value.value is None:
            return
        if isinstance(value.value, str):
            self.options = replace(self.options, **{keyword: value.value})
        else:
            self._problem(f"has `{keyword}={value.text}`", "write a text")

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
        self.options = replace(self.options, **changes)  # pyright: ignore[reportArgumentType]


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
