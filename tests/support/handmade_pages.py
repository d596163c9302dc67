"""Components as an author would write them by hand: an entity `thing` with a field of each kind."""

from typing import Any

from starmodel import ui
from starmodel.frontends.datastar import DatastarFrontend
from starmodel.settings import Settings
from starmodel.ui.kit import UIAdapter
from starmodel.ui.kits.default import DefaultKit
from starmodel.ui.names import ActionRoute, EntityNames, Signal
from starmodel.ui.rendering.renderer import Renderer


class Action:
    """An event, as generated bindings have it."""

    def __init__(self, event: str, path: str, method: str = "post") -> None:
        self.ROUTE = ActionRoute("thing", event, method, path)


class Bindings:
    """What a generated module `bindings` says of `thing`."""

    def __init__(self, *, is_record: bool = True) -> None:
        self.ENTITY = EntityNames("thing", "thing", is_record=is_record)

    def __getattr__(self, name: str) -> Signal:
        return Signal(f"$thing.{name}")


BINDINGS = Bindings()
KINDS = ui.Choices({"a": "First", "b": "<Second>"})

INPUTS: list[ui.Input] = [
    ui.TextInput(BINDINGS.name, required=True, max_length=9, hint="What it's called."),
    ui.TextArea(BINDINGS.note),
    ui.Checkbox(BINDINGS.is_new, checked=True),
    ui.NumberInput(BINDINGS.count, min=0, value="1"),
    ui.Select(BINDINGS.kind, KINDS, empty="None"),
    ui.LinesInput(BINDINGS.words),
    ui.JsonInput(BINDINGS.data),
    ui.Fieldset(BINDINGS.size, [ui.NumberInput("width", value="0"), ui.TextInput("unit")]),
    ui.Picker(BINDINGS.maker, to="/maker", by="name", new="/maker/new"),
    ui.Picker(BINDINGS.tags, to="/tag", by="name", several=True),
]

FIELDS: list[ui.Field] = [
    ui.Text(BINDINGS.name),
    ui.Text(BINDINGS.note, hint="Whatever you like."),
    ui.Boolean(BINDINGS.is_new),
    ui.Number(BINDINGS.count),
    ui.Choice(BINDINGS.kind, KINDS),
    ui.Items(BINDINGS.words, ui.Text("")),
    ui.Json(BINDINGS.data),
    ui.Group(BINDINGS.size, [ui.Number("width"), ui.Text("unit")]),
    ui.Link(BINDINGS.maker, to="/maker", by="name"),
    ui.Links(BINDINGS.tags, to="/tag", by="name"),
    ui.Table(BINDINGS.lines, [ui.Text("what"), ui.Number("price")]),
    ui.File(BINDINGS.photo),
    ui.DateTime(BINDINGS.made_at),
]

RENAME = ui.Form(Action("rename", "/thing/{id}/rename"), [ui.TextInput("to")], success="Renamed.")
RESET = ui.Form(Action("reset", "/thing/{id}/reset"), is_danger=True)
NEW = ui.FormPage(
    BINDINGS,
    title="New thing",
    lead="A thing.",
    forms=[ui.Form(Action("create", "/thing"), INPUTS, button="Create thing")],
)
EDIT = ui.Form(Action("update", "/thing/{id}", "patch"), INPUTS, title="Edit thing", button="Save")
DELETE = ui.Form(
    Action("delete", "/thing/{id}", "delete"), title="Delete this thing?", is_danger=True
)
THING = ui.Record(
    BINDINGS,
    title="Thing",
    name=BINDINGS.name,
    lead="A thing.",
    fields=FIELDS,
    actions=[RENAME, RESET],
    edit=EDIT,
    delete=DELETE,
)
THINGS = ui.List(
    THING,
    title="Things",
    columns=[BINDINGS.name, BINDINGS.count, BINDINGS.maker, BINDINGS.made_at],
    filters=[BINDINGS.kind, BINDINGS.is_new, BINDINGS.maker, BINDINGS.count, BINDINGS.note],
    sorts=[BINDINGS.name, BINDINGS.count],
    new=NEW,
)

STATE: dict[str, Any] = {
    "id": "t/1",
    "name": "<Ada> & 'Bob'",
    "note": "one\ntwo",
    "is_new": True,
    "count": 12345,
    "kind": "b",
    "words": ["a", "<b>"],
    "data": {"x": [1, None]},
    "size": {"width": 3, "unit": "mm"},
    "maker": "m1",
    "tags": ["t1", "t2"],
    "lines": [{"what": "tea", "price": "2.50"}, {"what": "<cup>", "price": "12"}],
    "photo": "YWJj",
    "made_at": "2026-03-14T09:30:00+00:00",
}
RELATED: dict[str, Any] = {
    "maker": {"m1": {"name": "<Maker>"}},
    "tags": {"t1": {"name": "Wood"}, "t2": {"name": "Steel"}},
}


def make_renderer(kit: UIAdapter | None = None, **settings: Any) -> Renderer:
    """Make what renders pages, as an app does."""
    navigation = ui.Navigation("Shop", [ui.NavigationItem("Things", "/thing")])
    return Renderer(
        kit or DefaultKit(), DatastarFrontend(), Settings(**settings), navigation, {"thing": THINGS}
    )
