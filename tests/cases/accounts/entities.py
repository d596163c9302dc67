"""Accounts: passwords and keys, which are given and never shown, and times nobody gives."""

from decimal import Decimal

from pydantic import AwareDatetime, SecretBytes, SecretStr

from starmodel import (
    Access,
    Actor,
    Entity,
    EntityConfig,
    Field,
    Request,
    StateStore,
    UnitOfWork,
    event,
)


class Account(Entity):
    """Somebody who signs in."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    email: str = Field(max_length=80, unique=True)
    password: str = Field(title="Passphrase", min_length=8, max_length=200, write_only=True)
    api_key: SecretStr | None = Field(default=None, min_length=8)
    number: int | None = Field(default=None, ge=1000, write_only=True)
    seal: SecretBytes = Field(default_factory=lambda: SecretBytes(b""), frozen=True)

    kind: str = Field(max_length=20, server_default="person")
    credit: Decimal = Field(server_default=Decimal("1.50"), max_digits=9, decimal_places=2)
    created_at: AwareDatetime = Field(now="create")
    updated_at: AwareDatetime = Field(now="update")

    async def before_create(self, actor: Actor) -> None:
        """Keep a digest, and not what was typed."""
        self.password = f"{actor.id}:{self.password}"

    def before_update(self, work: UnitOfWork, request: Request) -> None:
        if "password" in work.changed_fields(self):
            self.password = f"{request.method}:{self.password}"

    def after_delete(self) -> None:
        raise ValueError("It stays.")

    @event
    def sign_in(self, password: SecretStr, seal: SecretBytes | None = None) -> bool:
        """Come in."""
        return password.get_secret_value() == self.password


class Locker(Entity):
    """Is in no database."""

    code: SecretStr = SecretStr("")

    @event
    def close(self, code: SecretStr) -> None:
        """Keep what is inside."""
        self.code = code
