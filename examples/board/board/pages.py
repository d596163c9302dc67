"""The page of the board, in the place of the generated one."""

# pyright: basic
# FastHTML's components have no types that strict checking could use.

from fasthtml.common import FT, Div, Li, P, Style, Ul  # type: ignore[import-untyped,unused-ignore]

from board.entities import Board, Column, Note
from board.generated.board import bindings, pages
from starmodel import Request, ui
from starmodel.web import Page

ADD = pages.ADD.replace(hint="", button="Put it up", result="")

STYLE = Style("""
#columns { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)) }
#columns ul { display: grid; gap: .75rem; margin: .75rem 0 0; padding: 0; list-style: none }
#columns li { padding: .75rem; border-radius: .25rem; background: #fdf3b0; color: #33290a }
#columns li p { margin: 0 0 .5rem }
#columns li button { margin: 0 .25rem .25rem 0; padding: .125rem .5rem; font-size: .8125rem }
""")


def button(text: str, label: str, action: str) -> ui.Button:
    """A small button, with a label that says which note it is about."""
    return ui.Button(text, "secondary", {"data-on:click": action, "aria-label": label})


def note_item(note: Note) -> FT:
    """One note, and what can be done with it."""
    moves = [
        button(place, f"Move {note.text} to {place}", bindings.move(note_id=note.id, column=place))
        for place in Column
        if place is not note.column
    ]
    return Li(
        P(note.text),
        button(f"▲ {note.votes}", f"Vote for {note.text}", bindings.vote(note_id=note.id)),
        *moves,
        button("✕", f"Remove {note.text}", bindings.remove(note_id=note.id)),
        id=f"note-{note.id}",
    )


def columns(board: Board) -> FT:
    """The notes in their columns; the live stream replaces this element by its id."""
    return Div(
        *[ui.Card(Ul(*map(note_item, board.in_column(column))), title=column) for column in Column],
        id="columns",
    )


def page(board: Board, request: Request) -> Page:
    """What stands on the page."""
    lead = "Everybody sees the same notes, whichever node serves them."
    return Page("Board", lead, [STYLE, columns(board), ADD])
