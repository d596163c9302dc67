from datetime import UTC, datetime

from pydantic import AwareDatetime, BaseModel, Field

from starmodel import event


class Touched(BaseModel):
    """Knows when it was last touched."""

    touched_at: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))

    @event
    def touch(self) -> None:
        """Touch it."""
        self.touched_at = datetime.now(UTC)


class Named:
    name: str = "nobody"

    @event
    def rename(self, name: str) -> None:
        """Rename it."""
        self.name = name
