"""The closed union of types an entity may be written in.

Every type is a frozen value tagged by `kind`, so a stage that matches on it
can end in `assert_never` and schema.json reads back into the same values.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from starmodel_schemas.address_types import AddressName, UrlName
from starmodel_schemas.model import SchemaModel

ScalarName: TypeAlias = Literal[
    "bool",
    "int",
    "float",
    "str",
    "bytes",
    "Decimal",
    "date",
    "time",
    "datetime",
    "timedelta",
    "UUID",
    UrlName,
    AddressName,
]

LiteralValue: TypeAlias = bool | int | str | None

OnDelete: TypeAlias = Literal["restrict", "cascade", "set_null"]
"""What becomes of the rows that refer to a row when it is deleted."""


class Constraints(SchemaModel):
    """What pydantic's `Field` asks of a value; `None` where it asks nothing.

    Numbers are kept as the source text of the literal (`"0.5"`), which is exact
    for `Decimal` bounds and equal in every schema.json; bounds of dates and times
    are ISO text, those of a timedelta seconds. `timezone` is what a datetime has
    to say about its zone, `format` what kind of text a text is. `secret` says that Python has a
    text as pydantic's `SecretStr`, and bytes as `SecretBytes`.
    """

    gt: str | None = None
    ge: str | None = None
    lt: str | None = None
    le: str | None = None
    multiple_of: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    max_digits: int | None = None
    decimal_places: int | None = None
    timezone: Literal["aware", "naive"] | None = None
    secret: bool = False
    format: Literal["email"] | None = None
    strict: bool = False
    strip_whitespace: bool = False
    to_lower: bool = False
    to_upper: bool = False


class ScalarType(SchemaModel):
    """A type that is one JSON value and has no parts."""

    kind: Literal["scalar"] = "scalar"
    name: ScalarName


class EnumType(SchemaModel):
    """A reference to an `EnumSchema` by qualified name (`shop.entities.Status`)."""

    kind: Literal["enum"] = "enum"
    enum: str


class LiteralType(SchemaModel):
    """`Literal["low", "high"]`, values in source order."""

    kind: Literal["literal"] = "literal"
    values: tuple[LiteralValue, ...]


class OptionalType(SchemaModel):
    """`T | None`; never nested directly in another `OptionalType`."""

    kind: Literal["optional"] = "optional"
    item: "TypeRef"


class ListType(SchemaModel):
    """`list[T]`."""

    kind: Literal["list"] = "list"
    item: "TypeRef"


class SetType(SchemaModel):
    """`set[T]` or `frozenset[T]`; JSON sees a list, sorted where its items can be."""

    kind: Literal["set"] = "set"
    item: "TypeRef"
    frozen: bool = False


class DictType(SchemaModel):
    """`dict[K, V]`; a key is a scalar, an enum or a literal."""

    kind: Literal["dict"] = "dict"
    key: "TypeRef"
    value: "TypeRef"


class TupleType(SchemaModel):
    """`tuple[A, B]`, or `tuple[A, ...]` where `variadic`, with one item."""

    kind: Literal["tuple"] = "tuple"
    items: tuple["TypeRef", ...]
    variadic: bool = False


class ObjectType(SchemaModel):
    """A reference to an `ObjectSchema` (a value object) by qualified name."""

    kind: Literal["object"] = "object"
    object: str


class EntityType(SchemaModel):
    """A reference to another entity by qualified name; only parameters have one."""

    kind: Literal["entity"] = "entity"
    entity: str


class RefType(SchemaModel):
    """`Ref[Author]`: a reference to a record by qualified name; JSON sees its id.

    `list[Ref[Tag]]`, a many-to-many relation, is a `ListType` of it.
    """

    kind: Literal["ref"] = "ref"
    entity: str


class UnionType(SchemaModel):
    """`A | B` with at least two members besides `None`.

    `discriminator` is the field by which value objects are told apart, where one is named.
    """

    kind: Literal["union"] = "union"
    members: tuple["TypeRef", ...]
    discriminator: str | None = None


class ConstrainedType(SchemaModel):
    """`Annotated[T, Field(...)]` inside another type, as in `list[Annotated[int, Field(ge=0)]]`."""

    kind: Literal["constrained"] = "constrained"
    item: "TypeRef"
    constraints: Constraints


class AnyType(SchemaModel):
    """`Any`: carried, never checked."""

    kind: Literal["any"] = "any"


class FragmentType(SchemaModel):
    """What an event gives for the page: an FT component or anything with `__html__`."""

    kind: Literal["fragment"] = "fragment"


TypeRef: TypeAlias = Annotated[
    ScalarType
    | EnumType
    | LiteralType
    | OptionalType
    | ListType
    | SetType
    | DictType
    | TupleType
    | ObjectType
    | EntityType
    | RefType
    | UnionType
    | ConstrainedType
    | AnyType
    | FragmentType,
    Field(discriminator="kind"),
]
