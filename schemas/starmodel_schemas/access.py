"""Who may read an entity or run an event."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from starmodel_schemas.model import SchemaModel


class HolderAccess(SchemaModel):
    """The session or actor that holds the entity, and nobody else."""

    kind: Literal["holder"] = "holder"


class PublicAccess(SchemaModel):
    """Everybody (`Access.PUBLIC`)."""

    kind: Literal["public"] = "public"


class AuthenticatedAccess(SchemaModel):
    """Every actor who has been identified (`Access.AUTHENTICATED`)."""

    kind: Literal["authenticated"] = "authenticated"


class PolicyAccess(SchemaModel):
    """A function of the author, `(actor, entity) -> bool`, by qualified name."""

    kind: Literal["policy"] = "policy"
    function: str


AccessRule: TypeAlias = Annotated[
    HolderAccess | PublicAccess | AuthenticatedAccess | PolicyAccess,
    Field(discriminator="kind"),
]
