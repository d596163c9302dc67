"""The fields of entities and value objects."""

from starmodel_schemas.default import Default
from starmodel_schemas.model import SchemaModel
from starmodel_schemas.types import Constraints, TypeRef


class FieldSchema(SchemaModel):
    """One field as its author wrote it, inherited ones included, in source order.

    `private` fields never leave the process. `computed` ones are derived: they
    are sent but never stored, and have no default.
    """

    name: str
    type: TypeRef
    default: Default
    constraints: Constraints = Constraints()
    title: str | None = None
    description: str | None = None
    private: bool = False
    computed: bool = False
    primary_key: bool = False
    index: bool = False
    unique: bool = False
    foreign_key: str | None = None
    writable: bool = True
    renamed_from: str | None = None
