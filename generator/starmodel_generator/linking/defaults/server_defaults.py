"""What a column holds where a statement leaves it out: `Field(server_default=...)`."""

from typing import Literal, TypeAlias

from starmodel_generator.analysis.facts import Expression, LiteralExpression
from starmodel_generator.database.sql_text import CURRENT_TIMESTAMP
from starmodel_generator.diagnostics.rules.entity_rules import (
    INVALID_DEFAULT,
    INVALID_SERVER_DEFAULT,
)
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.constraints import scalar_name
from starmodel_generator.linking.types.field_options import FieldOptions
from starmodel_schemas import (
    ConstrainedType,
    Constraints,
    Default,
    EnumType,
    ExpressionDefault,
    FactoryDefault,
    LiteralDefault,
    LiteralType,
    OptionalType,
    ScalarType,
    TypeRef,
)

# Of these a constant is written as SQL; in others it depends on the database how it is.
_CONSTANTS = frozenset({"bool", "int", "float", "str", "Decimal", "UUID"})

MADE_NOW = FactoryDefault(factory="datetime.now")
"""What `Field` makes a field of which it is only said that it is a time."""


MadeBy: TypeAlias = Literal["default", "factory"]
"""What pydantic is told of a default: a value, or what makes one."""


def default_made_by(options: FieldOptions) -> MadeBy | None:
    """Return what a `Field(...)` gives pydantic as the default, by itself."""
    if options.default is not None:
        return "default"
    if options.factory is not None:
        return "factory"
    if options.now is not None or is_current_timestamp(options.server_default):
        return "factory"
    return None if options.server_default is None else "default"


def is_current_timestamp(expression: Expression | None) -> bool:
    """Return whether it is the text that stands for the time at which a row is written."""
    return (
        isinstance(expression, LiteralExpression)
        and isinstance(expression.value, str)
        and expression.value.lower() == CURRENT_TIMESTAMP
    )


def current_timestamp(
    type: TypeRef, constraints: Constraints
) -> tuple[Default | None, tuple[Problem, ...]]:
    """Return the time as a default of the database's, where the type is that of a moment."""
    if scalar_name(type) == "datetime" and constraints.timezone == "aware":
        return LiteralDefault(value=CURRENT_TIMESTAMP), ()
    text = "has the time as its `server_default`, and is no date and time with a zone"
    return None, (Problem(INVALID_SERVER_DEFAULT, text, "use `pydantic.AwareDatetime`"),)


TWO_DEFAULTS = Problem(
    INVALID_DEFAULT,
    "has a default in its annotation and another way to make one beside it, which pydantic refuses",
    "write all of it in one `Field(...)`",
)
"""`Annotated[..., Field(now="update")] = None`"""


def constant_default(
    expression: Expression, default: Default, type: TypeRef
) -> tuple[Default | None, tuple[Problem, ...]]:
    """Return a constant as a default of the database's; `default` is what the expression is."""
    while isinstance(type, OptionalType | ConstrainedType):
        type = type.item
    is_single = isinstance(type, EnumType) or (
        isinstance(type, ScalarType) and type.name in _CONSTANTS
    )
    if isinstance(type, LiteralType):
        is_single = len({value.__class__ for value in type.values}) == 1
    if not is_single:
        text = "has a `server_default`, and its type is none of which a constant is written as SQL"
        help = "write `default=...` or `default_factory=...`, which make it in Python"
        return None, (Problem(INVALID_SERVER_DEFAULT, text, help),)
    is_value = isinstance(default, LiteralDefault) and default.value is not None
    if is_value or isinstance(default, ExpressionDefault):
        return default, ()
    text = f"has `server_default={shortened(unparse(expression))}`, which is no constant"
    help = 'write a constant, or `"CURRENT_TIMESTAMP"` for a moment; `default_factory=...` makes a'
    help += " value in Python"
    return None, (Problem(INVALID_SERVER_DEFAULT, text, help),)
