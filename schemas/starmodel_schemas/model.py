"""What every schema value is: frozen, closed, compared by its fields."""

from pydantic import BaseModel, ConfigDict


class SchemaModel(BaseModel):
    """A frozen value; an unknown key is an error, so a misspelt field cannot be lost."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
