"""Events: the methods of an entity that the outside may call."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from starmodel_schemas.access import AccessRule
from starmodel_schemas.default import Default
from starmodel_schemas.model import SchemaModel
from starmodel_schemas.types import Constraints, TypeRef

HttpMethod: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
PatchMode: TypeAlias = Literal[
    "outer", "inner", "replace", "prepend", "append", "before", "after", "remove"
]
RespondName: TypeAlias = Literal["patch", "ack"]
CrudName: TypeAlias = Literal["create", "update", "delete"]
HookName: TypeAlias = Literal[
    "before_create",
    "after_create",
    "before_update",
    "after_update",
    "before_delete",
    "after_delete",
]


class ArgumentSource(SchemaModel):
    """The caller gives it, in the query string or the body."""

    kind: Literal["argument"] = "argument"


class SuppliedSource(SchemaModel):
    """The runtime gives it, recognised by its type."""

    kind: Literal["supplied"] = "supplied"
    what: Literal["unit_of_work", "request", "actor"]


class EntitySource(SchemaModel):
    """Another entity, loaded in the same unit of work.

    A RECORD is loaded by its id, which the caller gives as an argument of the
    parameter's name; any other scope needs no argument.
    """

    kind: Literal["entity"] = "entity"
    entity: str


class ProviderSource(SchemaModel):
    """A provider named in the configuration, a function called without arguments."""

    kind: Literal["provider"] = "provider"
    function: str


ParameterSource: TypeAlias = Annotated[
    ArgumentSource | SuppliedSource | EntitySource | ProviderSource,
    Field(discriminator="kind"),
]


class ParameterSchema(SchemaModel):
    """One parameter of an event, in source order, `self` and `cls` left out.

    `type` is `AnyType` for a parameter the runtime supplies and an `EntityType`
    for another entity, inside an `OptionalType` where `None` will do. A `private`
    one (a password) is left out of the command record; so is one that is called like a private
    field of the entity, or has private parts. `multiline` is that of a field. What is sent of one
    that `is_read_by_class` goes through the validators that its annotation, or the field of the
    author's class, has.
    """

    name: str
    type: TypeRef
    default: Default
    constraints: Constraints = Constraints()
    description: str | None = None
    keyword_only: bool = False
    private: bool = False
    multiline: bool | None = None
    is_read_by_class: bool = False
    source: ParameterSource = ArgumentSource()


class EventSchema(SchemaModel):
    """One `@event` method.

    `name` is the event's name on the wire (`@event(name=...)`), `function` the
    method's. `signature` is how the author wrote the parameters and the return,
    for docstrings: `increment(amount: int = 1) -> None`. `returns` is `None`
    where the event gives nothing, `AnyType` where that is not known, and the
    `EntityType` of its own class for a creation; of a generator it is the type of
    one step. `writes` is false where the event is known to change nothing. `lock` is
    true where what it loads is locked until it is committed.

    `is_collection` is true of a static or class method that makes no record: it is about the
    records of its class as a whole, and has none of its own.

    `crud` says that it is no method of the author's but generated: `create` and `update` take a
    parameter for each field they may write, those of `update` all optional, and `update` takes
    the `version` its caller has seen besides.
    """

    name: str
    function: str
    signature: str
    doc: str | None = None
    method: HttpMethod = "POST"
    path: str
    selector: str | None = None
    mode: PatchMode | None = None
    respond: RespondName = "patch"
    access: AccessRule
    is_async: bool = False
    is_generator: bool = False
    is_creation: bool = False
    is_collection: bool = False
    parameters: tuple[ParameterSchema, ...] = ()
    returns: TypeRef | None = None
    writes: bool = True
    lock: bool = False
    crud: CrudName | None = None

    @property
    def has_instance(self) -> bool:
        """Whether it is an event of one instance, which is loaded for it."""
        return not (self.is_creation or self.is_collection)


class HookSchema(SchemaModel):
    """A method of an entity that is called by one of the events of `crud`.

    What its `parameters` take is supplied; none of them is an argument.
    """

    name: HookName
    crud: CrudName
    is_async: bool = False
    parameters: tuple[ParameterSchema, ...] = ()
