"""Accounts with passwords and keys: what is written and never shown, generated and in a database."""

ENTITIES = '''
from pydantic import BaseModel, SecretBytes, SecretStr, field_validator

from starmodel import Access, Actor, Entity, EntityConfig, Field, Refused, StateStore, event


class Account(Entity):
    """Somebody who signs in."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, label="email"
    )

    email: str = Field(max_length=80, unique=True)
    password: str = Field(title="Passphrase", min_length=8, max_length=200, write_only=True)
    api_key: SecretStr | None = Field(default=None, min_length=8)
    number: int | None = Field(default=None, ge=1000, write_only=True)
    seal: SecretBytes = Field(default_factory=lambda: SecretBytes(b""))
    visits: int = Field(default=0, writable=False)

    @field_validator("password")
    @classmethod
    def is_strong(cls, password: str) -> str:
        if password.startswith("weak"):
            raise ValueError("Choose another one.")
        if password.startswith("told"):
            raise ValueError(f"{password} is known to everybody.")
        return password

    @event
    def sign_in(self, password: SecretStr, again: SecretStr | None = None) -> bool:
        """Come in."""
        self.visits += 1
        return password.get_secret_value() == self.password

    @event
    def reset(self, fresh: SecretStr) -> None:
        """Take another one."""
        self.password = fresh.get_secret_value()

    @event
    def refuse(self, given: SecretStr) -> None:
        raise Refused("Not today.")

    @event
    def burst(self, given: SecretStr) -> None:
        raise RuntimeError(f"{self.email} burst")


    @event
    def tell(self, given: SecretStr) -> None:
        raise ValueError(f"{self.password} is not {given.get_secret_value()}")

    @event
    def guess(self, given: SecretStr) -> None:
        """Fail where pydantic is told what was given."""
        try:
            Key.model_validate({"teeth": given.get_secret_value()})
        except ValueError as error:
            raise RuntimeError("No key.") from error

    @event
    def guess_again(self, given: SecretStr) -> None:
        Key.model_validate({"teeth": given.get_secret_value(), "cut": f"{self.password}"})


class Key(BaseModel):
    teeth: int
    cut: int = 0


class Locker(Entity):
    """Is in no database."""

    code: SecretStr = SecretStr("")
    hint: str = Field(default="", private=True)
    opened: int = 0

    @event
    def close(self, code: SecretStr) -> None:
        self.code = code
        self.hint = code.get_secret_value()

    @event
    def open(self, code: SecretStr) -> bool:
        self.opened += 1
        return self.code == code

    @event
    def burst(self, code: SecretStr) -> None:
        raise RuntimeError("burst")
'''
