"""What a column that is kept as JSON holds, resolved: no name of a class is in it.

A shape is kept beside the migrations, which compare it with that of today. Renaming an enum or a
value object therefore changes nothing.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from starmodel_schemas.model import SchemaModel
from starmodel_schemas.types import Constraints, LiteralValue, ScalarName


class ScalarShape(SchemaModel):
    """A scalar, within limits."""

    kind: Literal["scalar"] = "scalar"
    name: ScalarName
    limits: Constraints = Constraints()


class ChoicesShape(SchemaModel):
    """One of these values: of an enum, or of a `Literal`."""

    kind: Literal["choices"] = "choices"
    values: tuple[LiteralValue, ...]


class OptionalShape(SchemaModel):
    """A value or `null`."""

    kind: Literal["optional"] = "optional"
    item: "ColumnShape"


class ListShape(SchemaModel):
    """Any number of values; of a set, where `unique`."""

    kind: Literal["list"] = "list"
    item: "ColumnShape"
    unique: bool = False
    limits: Constraints = Constraints()


class DictShape(SchemaModel):
    """Values by key."""

    kind: Literal["dict"] = "dict"
    key: "ColumnShape"
    value: "ColumnShape"
    limits: Constraints = Constraints()


class TupleShape(SchemaModel):
    """So many values, each with a shape of its own."""

    kind: Literal["tuple"] = "tuple"
    items: tuple["ColumnShape", ...]


class PartShape(SchemaModel):
    """A part of a value object; one with a default is not `required`."""

    name: str
    shape: "ColumnShape"
    required: bool = False


class ObjectShape(SchemaModel):
    """A value object."""

    kind: Literal["object"] = "object"
    parts: tuple[PartShape, ...]


class AgainShape(SchemaModel):
    """The value object that stands so many value objects further out: one that holds its own kind."""

    kind: Literal["again"] = "again"
    levels: int


class UnionShape(SchemaModel):
    """Any of these."""

    kind: Literal["union"] = "union"
    members: tuple["ColumnShape", ...]


class AnyShape(SchemaModel):
    """Anything."""

    kind: Literal["any"] = "any"


ColumnShape: TypeAlias = Annotated[
    ScalarShape
    | ChoicesShape
    | OptionalShape
    | ListShape
    | DictShape
    | TupleShape
    | ObjectShape
    | AgainShape
    | UnionShape
    | AnyShape,
    Field(discriminator="kind"),
]
