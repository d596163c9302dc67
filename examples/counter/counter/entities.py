"""The counter's entities."""

from starmodel import Entity, EntityConfig, Scope, StateStore, event


class Counter(Entity):
    """A counter of one's own."""

    model_config = EntityConfig(store=StateStore.SERVER_MEMORY, scope=Scope.SESSION)

    count: int = 0
    update_count: int = 0

    @event
    def increment(self, amount: int = 1) -> None:
        """Add to the count."""
        self.count += amount
        self.update_count += 1
