"""Records: made by a classmethod, addressed by id, guarded by policies, moved between."""

from decimal import Decimal
from typing import Annotated, Self

from starmodel import Access, Actor, Entity, EntityConfig, Field, Scope, UnitOfWork, event


def may_use(actor: Actor, account: "Account") -> bool:
    """The owner may."""
    return actor.id == account.owner


class Account(Entity):
    """Money of somebody."""

    model_config = EntityConfig(scope=Scope.RECORD, access=may_use)

    owner: str = Field(max_length=64)
    pin: str = Field(private=True, max_length=8)
    balance: Decimal = Field(default=Decimal("0.00"), max_digits=12, decimal_places=2, ge=0)

    @event(access=Access.AUTHENTICATED)
    @classmethod
    def open(cls, actor: Actor, pin: Annotated[str, Field(min_length=4, max_length=8)]) -> Self:
        """Open an account of one's own."""
        return cls(owner=actor.id or "", pin=pin)

    @event
    def deposit(self, amount: Annotated[Decimal, Field(gt=0)]) -> Decimal:
        """Put money in, and hear the new balance."""
        self.balance += amount
        return self.balance

    @event
    def transfer(self, target: "Account", amount: Annotated[Decimal, Field(gt=0)]) -> None:
        """Move money to another account, or fail whole."""
        self.balance -= amount
        target.balance += amount

    @event
    async def close(self, work: UnitOfWork) -> None:
        """Close the account."""
        work.delete(self)


class Bank(Entity):
    """The one bank."""

    model_config = {"scope": Scope.GLOBAL, "access": Access.PUBLIC}

    opened: int = 0
