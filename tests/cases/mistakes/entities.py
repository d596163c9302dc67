"""One of each of the mistakes that are made most."""

import os
import time

from starmodel import Entity, EntityConfig, Scope, event


class Account(Entity):
    model_config = EntityConfig(scope=Scope.GLOBAL, tll=5)

    password: str = ""
    total = 0
    Mixed: int = 0
    sizes: frozenset[complex] = frozenset()

    @event
    def add(self, amount, *rest: int):
        self.total += amount

    @event(method="GET")
    def spend(self, amount: int = os.cpu_count()) -> None:
        self.total -= amount

    @event
    async def wait(self, outcome: int) -> None:
        time.sleep(outcome)

    @event
    def _hidden(self) -> None: ...


if os.environ.get("SHOP"):

    class Sometimes(Entity):
        count: int = 0
