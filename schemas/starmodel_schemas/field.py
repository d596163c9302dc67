"""The fields of entities and value objects."""

from typing import Literal, TypeAlias

from starmodel_schemas.default import Default
from starmodel_schemas.model import SchemaModel
from starmodel_schemas.types import Constraints, OnDelete, TypeRef

Moment: TypeAlias = Literal["create", "update"]
"""When a field is set to the time."""


class FieldSchema(SchemaModel):
    """One field as its author wrote it, inherited ones included, in source order.

    An `identity` is an `id` that the store hands out to new records, one number after the other;
    its author wrote `int | None`, and `type` is that of every record that is stored.
    `private` fields never leave the process; those that are `write_only` as well are arguments of
    generated `create` and `update`. `computed` ones are derived: they
    are sent but never stored, and have no default. `frozen` ones are given when a
    record is made, and never changed. Those with `now` are set by the unit of work: when a record
    is made, or whenever it is changed; they are not `writable`. `on_delete` says what becomes of
    this record when the one it refers to is deleted. `server_default` is what the column holds
    where a statement leaves it out: a constant, or `"current_timestamp"` of a moment. `multiline`
    says whether a text may have more than one line; `None` where its author says nothing. The words
    of one that is `searchable` are in the index that lists of its records are searched by. `db_name`
    is what its column is called in the database, where that is not as the field; `sent_as` and
    `read_as` are its aliases in the JSON that programs get and send. `sent` is the
    type of what a serializer of the author's makes of its value, which is what is sent, and
    stored never.
    """

    name: str
    type: TypeRef
    default: Default
    constraints: Constraints = Constraints()
    title: str | None = None
    description: str | None = None
    private: bool = False
    write_only: bool = False
    computed: bool = False
    primary_key: bool = False
    identity: bool = False
    index: bool = False
    unique: bool = False
    foreign_key: str | None = None
    writable: bool = True
    frozen: bool = False
    now: Moment | None = None
    server_default: Default | None = None
    renamed_from: str | None = None
    on_delete: OnDelete = "restrict"
    multiline: bool | None = None
    searchable: bool = False
    db_name: str | None = None
    sent_as: str | None = None
    read_as: str | None = None
    sent: TypeRef | None = None

    @property
    def seen_type(self) -> TypeRef:
        """The type of what the outside sees of it."""
        return self.sent or self.type


class ManySchema(SchemaModel):
    """`posts: Many["Post", "author"]`: the other side of a `Ref` of another entity.

    It is not stored. `entity` is the qualified name of the entity that refers to this one, by
    its field `field`, which is a `Ref` or a list of them. `single` is true of a `One`: there is
    one at most, since that `Ref` is unique.
    """

    name: str
    entity: str
    field: str
    single: bool = False
