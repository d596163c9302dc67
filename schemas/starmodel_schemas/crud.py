"""What the events take that `crud` asks for: it follows from the fields of the entity."""

from collections.abc import Iterable

from starmodel_schemas.default import LiteralDefault, RequiredDefault
from starmodel_schemas.event import CrudName, ParameterSchema
from starmodel_schemas.field import FieldSchema
from starmodel_schemas.secret_names import looks_secret
from starmodel_schemas.types import OptionalType, ScalarType

VERSION = "version"
"""The parameter of an update that says which version its caller has seen."""

_SEEN = ParameterSchema(
    name=VERSION,
    type=OptionalType(item=ScalarType(name="int")),
    default=LiteralDefault(value=None),
    keyword_only=True,
)


def crud_parameters(fields: Iterable[FieldSchema], kind: CrudName) -> tuple[ParameterSchema, ...]:
    """Return the parameters of a generated event, those of an update all optional.

    An author's validators and `strict=True` may ask for others: those stand in the schema.
    """
    written = tuple(crud_parameter(field, kind) for field in fields if is_written(field, kind))
    return (*written, _SEEN) if kind == "update" else written


def crud_parameter(field: FieldSchema, kind: CrudName) -> ParameterSchema:
    """Return the parameter by which a generated event takes the value of a field."""
    return ParameterSchema(
        name=field.name,
        type=field.type,
        default=field.default if kind == "create" else RequiredDefault(),
        constraints=field.constraints,
        description=field.description,
        keyword_only=True,
        private=field.write_only or looks_secret(field.name, field.type),
        multiline=field.multiline,
    )


def is_written(field: FieldSchema, kind: CrudName) -> bool:
    """Return whether a generated event takes a value for a field.

    An id is never changed, nor is what is frozen; one that the store hands out is never given.
    """
    if kind == "delete" or field.computed or not field.writable or field.identity:
        return False
    if field.private and not field.write_only:
        return False
    return kind == "create" or not (field.name == "id" or field.frozen)
