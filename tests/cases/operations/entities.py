from starmodel import Access, Actor, Entity, EntityConfig, Scope, StateStore, event


def may_reset(actor: Actor, counter: "Counter") -> bool:
    return "clerk" in actor.roles


class Counter(Entity):
    """A counter that everybody sees."""

    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.PUBLIC)

    count: int = 0

    @event
    def increment(self, amount: int = 1) -> None:
        """Add to the count,
        and say "nothing" of it.

        What comes here is not in the table.
        """
        self.count += amount

    @event(access=may_reset)
    def reset(self) -> None:
        self.count = 0

    @event(method="GET", access=Access.AUTHENTICATED)
    def doubled(self) -> int:
        """Tell twice the count."""
        return 2 * self.count

    @event(name="read", path="/counter/out_loud")
    def read_aloud(self) -> str:
        """Take the place of what is called so."""
        return str(self.count)


class Note(Entity):
    """A note."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str


class Basket(Entity):
    """Nothing of it is exposed."""

    lines: list[str] = []
