"""Entities, value objects and enums."""

from typing import Literal, Self, TypeAlias

from pydantic import model_validator

from starmodel_schemas.access import AccessRule
from starmodel_schemas.crud import crud_parameters
from starmodel_schemas.database_schema import ColumnsCheck, CompareCheck
from starmodel_schemas.event import CrudName, EventSchema, HookSchema
from starmodel_schemas.field import FieldSchema, ManySchema
from starmodel_schemas.model import SchemaModel
from starmodel_schemas.types import ConstrainedType, ScalarName, ScalarType, TypeRef

StoreName: TypeAlias = Literal[
    "SERVER_MEMORY", "SERVER_SQL", "SERVER_REDIS", "CLIENT_SESSION", "CLIENT_LOCAL", "CUSTOM"
]
CacheName: TypeAlias = Literal["memory", "redis"]
ScopeName: TypeAlias = Literal["SESSION", "USER", "GLOBAL", "RECORD"]


class EnumMember(SchemaModel):
    """A member of an enum; `value` is what JSON sees."""

    name: str
    value: int | str


class EnumSchema(SchemaModel):
    """An `Enum` class of the project, members in source order.

    `is_number` is true of an `IntEnum`, whose members have the order of their values; `is_flag` of
    a `Flag`, whose values may be several members at once.
    """

    name: str
    module: str
    doc: str | None = None
    members: tuple[EnumMember, ...]
    is_number: bool = False
    is_flag: bool = False

    @property
    def qualified_name(self) -> str:
        """Module and name, the way other schemas refer to it."""
        return f"{self.module}.{self.name}"


ObjectForm: TypeAlias = Literal["model", "dataclass", "typed_dict"]


class ObjectSchema(SchemaModel):
    """A value object: a class with fields that is part of entities, not one itself.

    `form` says what class: a pydantic model, a dataclass, or a `TypedDict`. `generic` is the class
    that it is made of where it is `Box[int]`, and `arguments` are what stands in the brackets.
    """

    name: str
    module: str
    doc: str | None = None
    fields: tuple[FieldSchema, ...]
    form: ObjectForm = "model"
    generic: str | None = None
    arguments: tuple[TypeRef, ...] = ()

    @property
    def qualified_name(self) -> str:
        """Module and name, the way other schemas refer to it."""
        return f"{self.module}.{self.name}"


class IndexOption(SchemaModel):
    """An index over several fields, from `indexes` or `unique` of `model_config`.

    `name` is what it is called in the database, where its author says so.
    """

    fields: tuple[str, ...]
    unique: bool = False
    name: str | None = None


class EntitySchema(SchemaModel):
    """One entity class.

    `snake_name` names its folder, its functions and its path; `namespace` its
    signals. `source` is the file it is written in, relative to the project,
    with `/`. `page` is `"generated"`, `"host"` (`page=False`) or
    `"module:function"` of the author. `renders_itself` is true where the class
    defines `__ft__` or `__html__`; that rendering then travels on the live
    stream. `declares_id` is true where the class declares an `id` itself, which is
    then the first of `fields`; the `id` every entity has is not among them.

    For `SERVER_SQL`: `cache` says what answers reads, `many` are the other sides of relations,
    `crud` what is generated besides the author's own events (each of it is also among `events`;
    where one of these comes without parameters, they are those of the fields), `hooks` the methods
    that it calls, `indexes` those over several fields, `checks` what is compared of a row besides
    the limits of fields, and `renamed_from` the class's former name. `db_name` is what its table is called, where
    that is not as the class. `label` is the field that records are called by, where the author says
    so, and `order_by` what a list of them is sorted by, with `-` in front where it is descending.
    `lookups` are what it is searched and sorted by besides: fields of what they refer to
    (`customer__name`), and how many refer to them (`lines__count`).
    """

    name: str
    module: str
    source: str
    snake_name: str
    namespace: str
    doc: str | None = None
    store: StoreName
    scope: ScopeName
    ttl: float | None = None
    cache: CacheName | None = None
    access: AccessRule
    page: str = "generated"
    renders_itself: bool = False
    declares_id: bool = False
    fields: tuple[FieldSchema, ...]
    events: tuple[EventSchema, ...] = ()
    many: tuple[ManySchema, ...] = ()
    crud: tuple[CrudName, ...] = ()
    hooks: tuple[HookSchema, ...] = ()
    indexes: tuple[IndexOption, ...] = ()
    label: str | None = None
    order_by: tuple[str, ...] = ()
    lookups: tuple[str, ...] = ()
    renamed_from: str | None = None
    checks: tuple[CompareCheck | ColumnsCheck, ...] = ()
    db_name: str | None = None

    @model_validator(mode="after")
    def _with_parameters(self) -> Self:
        if any(event.crud and not event.parameters for event in self.events):
            events = [
                (
                    event.model_copy(
                        update={"parameters": crud_parameters(self.fields, event.crud)}
                    )
                    if event.crud and not event.parameters
                    else event
                )
                for event in self.events
            ]
            object.__setattr__(self, "events", tuple(events))
        return self

    @property
    def qualified_name(self) -> str:
        """Module and name, the way other schemas refer to it."""
        return f"{self.module}.{self.name}"

    @property
    def is_in_browser(self) -> bool:
        """Whether it is kept in the browser of its holder."""
        return self.store in ("CLIENT_SESSION", "CLIENT_LOCAL")

    @property
    def table_name(self) -> str:
        """What its table is called."""
        return self.db_name or self.snake_name

    @property
    def id_type(self) -> ScalarName:
        """What the ids of its instances are: texts, where it says nothing else."""
        found = next((field.type for field in self.fields if field.name == "id"), None)
        while isinstance(found, ConstrainedType):
            found = found.item
        return found.name if isinstance(found, ScalarType) else "str"
