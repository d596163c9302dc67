"""One room that everybody shares."""

from datetime import UTC, datetime
from typing import Annotated

from fasthtml.common import FT  # type: ignore[import-untyped,unused-ignore]
from pydantic import AwareDatetime, BaseModel

from starmodel import Access, Entity, EntityConfig, Field, Scope, StateStore, event
from starmodel.domain import new_id

KEPT = 100
"""How many messages the room remembers."""

Author = Annotated[str, Field(min_length=1, max_length=40)]
Text = Annotated[str, Field(min_length=1, max_length=500)]


class Message(BaseModel):
    """Something that somebody said."""

    id: str = Field(default_factory=new_id)
    author: Author
    text: Text
    sent_at: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))


class ChatRoom(Entity):
    """A room for everybody."""

    model_config = EntityConfig(
        store=StateStore.SERVER_MEMORY,
        scope=Scope.GLOBAL,
        access=Access.PUBLIC,
        namespace="chat",
        page="chat.pages:page",
    )

    messages: list[Message] = []
    said: int = 0

    @event(selector="#messages", mode="append", respond="ack")
    def say(self, author: Author, text: Text) -> FT:
        """Say something; everybody in the room sees it at once."""
        from chat.pages import message_item

        message = Message(author=author, text=text)
        self.messages = [*self.messages, message][-KEPT:]
        self.said += 1
        return message_item(message)

    @event
    def clear(self) -> None:
        """Forget what was said."""
        self.messages = []

    def __ft__(self) -> FT:
        """All messages; sent when a page joins, and after a change that brought no fragment."""
        from chat.pages import message_list

        return message_list(self)
