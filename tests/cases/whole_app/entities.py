"""What the configuration can say: adapters, providers, another place for the client."""

from starmodel import Access, Entity, EntityConfig, Scope, event

from .mail import Mailer


class Newsletter(Entity):
    """Goes out to everybody."""

    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.PUBLIC, page="shop.pages:page")

    sent: int = 0

    @event(access=Access.AUTHENTICATED)
    async def send(self, mailer: Mailer, subject: str) -> int:
        """Send it."""
        self.sent += await mailer.send(subject)
        return self.sent
