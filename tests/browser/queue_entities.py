"""Records that events are about as a whole, for tests of the forms below their list."""

from starmodel import Access, Entity, EntityConfig, Refused, StateStore, UnitOfWork, event


class Ticket(Entity):
    """A place in a queue."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud={"create"}, order_by="place"
    )

    name: str
    place: int = 0

    @event(access=Access.PUBLIC)
    @staticmethod
    async def reorder(work: UnitOfWork, names: list[str]) -> None:
        """Put tickets in an order."""
        tickets = {ticket.name: ticket for ticket in await work.find(Ticket, name__in=names)}
        for place, name in enumerate(names):
            if name not in tickets:
                raise Refused(f"There is no ticket of {name}.")
            tickets[name].place = place

    @event(access=Access.PUBLIC)
    @classmethod
    async def call_all(cls, work: UnitOfWork) -> str:
        """Call everybody in."""
        tickets = await work.find(Ticket)
        for ticket in tickets:
            work.delete(ticket)
        return f"{len(tickets)} may come in."
