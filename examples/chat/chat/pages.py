"""The page of the room, in the place of the generated one."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from datastar_py import attribute_generator as data
from fasthtml.common import FT, Div, Li, P, Span, Time, Ul  # type: ignore[import-untyped,unused-ignore]

from chat.entities import ChatRoom, Message
from chat.generated.chat_room import bindings, pages
from starmodel import Request, ui
from starmodel.web import Page

SAY = pages.SAY.replace(
    hint="",
    button="Say it",
    result="",  # The list of messages is the page's own.
    inputs=[
        ui.TextInput(bindings.say.author, label="Your name", max_length=40, required=True),
        ui.TextInput(bindings.say.text, label="Message", max_length=500, required=True),
    ],
)


def message_item(message: Message) -> FT:
    """One message."""
    return Li(
        Span(message.author, cls="author"),
        " ",
        Time(f"{message.sent_at:%H:%M}", datetime=message.sent_at.isoformat(), cls="hint"),
        P(message.text),
        id=f"message-{message.id}",
    )


def message_list(room: ChatRoom) -> FT:
    """All messages; a page that joins gets this element by its id."""
    return Ul(*[message_item(message) for message in room.messages], id="messages", cls="tasks")


def page(room: ChatRoom, request: Request) -> Page:
    """What stands on the page."""
    said = P(Span(room.said, data.text(bindings.said)), " messages so far", cls="hint")
    content = [Div(message_list(room), said, cls="event"), SAY]
    return Page("Chat", "One room that everybody shares.", content)
