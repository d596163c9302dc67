"""The page of the room: FastHTML components on the generated bindings."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from datastar_py import attribute_generator as data
from fasthtml.common import FT, Button, Div, Form, Input, Label, Li, Main, P, Span, Time, Ul, to_xml  # type: ignore[import-untyped,unused-ignore]

from chat.entities import ChatRoom, Message
from chat.generated.chat_room import bindings
from chat.generated.chat_room.state import chat_room_state
from starmodel import Request
from starmodel.web.datastar.actions import Signal

AUTHOR = Signal("$_author")
TEXT = Signal("$_text")


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


def field(name: str, label: str, *, longest: int) -> FT:
    """An input for one argument of `say`, with its error."""
    return Div(
        Label(label, fr=name),
        Input(
            data.bind(f"_{name}"),
            id=name,
            required=True,
            maxlength=longest,
            autocomplete="off",
            aria_describedby=f"{name}-error",
        ),
        P(data.text(f"$errors.chat.say.{name}"), id=f"{name}-error", cls="error", role="alert"),
        cls="field",
    )


def page(room: ChatRoom, request: Request) -> str:
    """The whole page, as it stands before the live stream takes over."""
    content = Main(
        Div(
            message_list(room),
            P(Span(room.said, data.text(bindings.said)), " messages so far", cls="hint"),
            cls="event",
        ),
        Form(
            data.signals({"_author": "", "_text": ""}),
            data.on("submit", f"{bindings.say(author=AUTHOR, text=TEXT)}; {TEXT} = ''"),
            field("author", "Your name", longest=40),
            field("text", "Message", longest=500),
            Button("Say it", type="submit"),
            cls="event",
        ),
        data_signals=bindings.signals(chat_room_state(room)),
        data_init=bindings.live(),
    )
    return request.ui.document(
        title="Chat", lead="One room that everybody shares.", content=to_xml(content)
    )
