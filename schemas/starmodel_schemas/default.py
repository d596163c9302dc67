"""What a field or a parameter is when nobody says.

A literal is kept as a value that Python's `repr` writes back; what is worked
out at run time (a factory, a call) is only named, for pydantic runs it.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from starmodel_schemas.model import SchemaModel


class RequiredDefault(SchemaModel):
    """There is no default; a value has to be given."""

    kind: Literal["required"] = "required"


class LiteralDefault(SchemaModel):
    """A plain literal: `None`, a bool, a number, a text."""

    kind: Literal["literal"] = "literal"
    value: bool | int | float | str | None


class ExpressionDefault(SchemaModel):
    """A literal that is not one JSON value, as the Python that makes it again.

    `expression` is written by the linker from values it understood, never
    copied from the source: `b"ab"`, `Decimal("1.50")`, `date(2024, 1, 31)`,
    `Status.ACTIVE`, `[1, 2]`. `imports` are the qualified names it uses
    (`decimal.Decimal`, `shop.entities.Status`).
    """

    kind: Literal["expression"] = "expression"
    expression: str
    imports: tuple[str, ...] = ()


class FactoryDefault(SchemaModel):
    """A default made at run time by the author's code (`default_factory`, a call)."""

    kind: Literal["factory"] = "factory"
    factory: str


Default: TypeAlias = Annotated[
    RequiredDefault | LiteralDefault | ExpressionDefault | FactoryDefault,
    Field(discriminator="kind"),
]
