"""Forms out of components: what their inputs hold, what they send, and what is wrong with them."""

import json
from typing import Any

import pytest
from handmade_pages import BINDINGS, DELETE, EDIT, NEW, RELATED, RENAME, STATE, THING, make_renderer
from html_page import Element, read_page

from starmodel import ui
from starmodel.ui.components.inputs import Input, json_text, lines_text, value_text
from starmodel.ui.view import View
from starmodel.web.ui.form_state import FormState, prefilled, shown_values

FORM = NEW.forms[0]


def new_page(**query: str) -> Element:
    view = View(form=prefilled(FORM, query))
    return read_page(make_renderer().form_page(NEW).fill({}, view))


def edit_page(state: FormState | None = None) -> Element:
    document, _ = make_renderer().edit_page(THING, EDIT)
    if state is None:
        values = {**EDIT.of_state(STATE), "version": "7"}
        state = FormState(values, "t/1", RELATED, title=str(STATE["name"]))
    return read_page(document.fill({}, View(id="t/1", form=state)))


@pytest.mark.parametrize(
    ("input", "value", "held"),
    [
        (ui.TextInput("a"), None, ""),
        (ui.TextInput("a"), "x", "x"),
        (ui.TextArea("a"), "x\n", "x\n"),
        (ui.NumberInput("a"), 7, "7"),
        (ui.NumberInput("a"), 1.5, "1.5"),
        (ui.Checkbox("a"), True, True),
        (ui.Checkbox("a"), None, False),
        (ui.Select("a", ui.Choices({})), True, "true"),
        (ui.Select("a", ui.Choices({})), 2, "2"),
        (ui.LinesInput("a"), ["x", "y"], "x\ny"),
        (ui.LinesInput("a"), ["x\ny"], '["x\\ny"]'),
        (ui.LinesInput("a"), [], ""),
        (ui.JsonInput("a"), {"ä": [None]}, '{"ä": [null]}'),
        (ui.DateInput("a"), "2026-03-14", "2026-03-14"),
        (ui.DurationInput("a"), 5400.0, "1:30:00"),
        (ui.FileInput("a"), "YWJj", ""),
        (ui.Picker("a", to="/b"), "m1", "m1"),
        (ui.Picker("a", to="/b", several=True), ["t1"], ["t1"]),
        (ui.Picker("a", to="/b", several=True), None, []),
        (ui.Fieldset("a", [ui.NumberInput("w", value="3")]), None, {"w": "3"}),
        (ui.Fieldset("a", [ui.NumberInput("w")]), {"w": 4}, {"w": "4"}),
    ],
)
def test_what_an_input_holds_of_a_value(input: Input, value: Any, held: Any) -> None:
    assert input.of_state(value) == held
    assert type(input.of_state(value)) is type(held) is type(input.initial)


def test_texts_of_values() -> None:
    assert [value_text(value) for value in (None, True, False, 1.5, "x", 10**30)] == [
        "",
        "true",
        "false",
        "1.5",
        "x",
        str(10**30),
    ]
    for items in ([" a"], ["a", ""], ["a\rb"], ["a\0"], ["[x"]):
        assert json.loads(lines_text(items)) == items
    assert (lines_text(["a", "b"]), lines_text([1, 2]), lines_text(None)) == ("a\nb", "1\n2", "")
    assert json_text(None) == ""


def test_a_new_form_holds_what_its_inputs_do_at_first() -> None:
    page = new_page()
    form = page.one("form")
    assert (form["method"], form["action"]) == ("post", "/thing")
    sent = dict(form.sends())
    noted = sent.pop("_shown")
    assert sent == {
        "name": "",
        "note": "",
        "is_new": "on",
        "count": "1",
        "kind": "",
        "words": "",
        "data": "",
        "size.width": "0",
        "size.unit": "",
        "maker": "",
        "tags": "",
    }
    assert json.loads(noted) == shown_values(FORM.initial, FORM.areas)
    assert [one.text for one in form.all("button")] == ["Create thing", "Create and add another"]
    assert page.one("h1").text == "New thing"


def test_every_input_has_a_label_a_hint_and_a_place_for_its_error() -> None:
    form = new_page().one("form")
    for each in FORM.inputs:
        if isinstance(each, ui.Fieldset):
            assert form.one("legend").text == each.title
            continue
        input = form.labelled(each.title)
        assert input["name"] == each.name
        described = [form.one(id=id) for id in input["aria-describedby"].split()]
        assert described[-1]["role"] == "alert" and described[-1].text == ""
        if each.hint:
            assert described[0].text == each.hint
    assert form.labelled("Width")["name"] == "size.width"
    name = form.labelled("Name")
    assert (name.get("required"), name["maxlength"]) == ("", "9")


def test_an_address_can_fill_a_new_form_in() -> None:
    page = new_page(name="<A>", is_new="", tags="t1", maker="m1", unknown="x", size="x")
    sent = dict(page.one("form").sends())
    assert (sent["name"], sent["tags"], sent["maker"]) == ("<A>", "t1", "m1")
    assert "is_new" not in sent
    # What the address says counts as touched.
    assert json.loads(sent["_shown"]) == shown_values(FORM.initial, FORM.areas)


def test_an_edit_form_holds_what_is_stored_and_sends_nothing_as_touched() -> None:
    page = edit_page()
    form = page.one("form")
    assert (form["method"], form["action"]) == ("post", "/thing/t%2F1/edit")
    sent = dict(form.sends())
    assert sent == {
        "version": "7",
        "name": "<Ada> & 'Bob'",
        "note": "one\r\ntwo",
        "is_new": "on",
        "count": "12345",
        "kind": "b",
        "words": "a\r\n<b>",
        "data": '{"x": [1, null]}',
        "size.width": "3",
        "size.unit": "mm",
        "maker": "m1",
        "tags": "t1\r\nt2",
        "_shown": sent["_shown"],
    }
    assert json.loads(sent["_shown"]) == shown_values(EDIT.of_state(STATE), EDIT.areas)
    maker, tags = page.all("sm-picker")
    assert (maker["source"], maker["new"]) == ("/maker/options", "/maker/new")
    assert json.loads(maker["chosen"]) == {"m1": "<Maker>"}
    assert json.loads(tags["chosen"]) == {"t1": "Wood", "t2": "Steel"}
    assert tags.get("several") == ""


def test_what_is_wrong_is_said_beside_its_input() -> None:
    values = {**FORM.initial, "name": '"><script>', "is_new": False, "note": "\nx"}
    state = FormState(values, errors={"name": "No <b>.", "_": "Not now."})
    page = read_page(make_renderer().form_page(NEW).fill({}, View(form=state)))
    form = page.one("form")
    name = form.labelled("Name")
    assert (name["value"], name["aria-invalid"]) == ('"><script>', "true")
    assert form.one(id="thing-create-name--error").text == "No <b>."
    assert form.labelled("Note")["aria-invalid"] == "false"
    assert "Not now." in [each.text for each in form.all(role="alert")]
    assert dict(form.sends())["note"] == "\r\nx", "HTML leaves out the first line break"
    signals = page.one("main")["data-signals"]
    assert "No \\u003cb\\u003e." in signals, "the messages are among the signals as well"


def test_a_form_of_a_record_is_sent_to_its_event() -> None:
    page = read_page(make_renderer().record(THING).fill(STATE, View(id="t/1", related=RELATED)))
    rename = page.one("form", id="thing-rename")
    assert (rename["action"], rename["method"]) == ("/thing/t%2F1/rename", "post")
    assert rename.sends() == [("to", "")]
    assert rename.one("h2").text == "Rename"
    reset = page.one("form", id="thing-reset")
    assert (reset.sends(), reset.one("button").text) == ([], "Reset")
    assert page.one("a", href="/thing/t%2F1/edit").text == "Edit"
    opener = page.one("a", href="/thing/t%2F1/delete")
    dialog = page.one("dialog", id=opener["aria-controls"])
    assert dialog.one("form", id="thing-delete")["action"] == "/thing/t%2F1/delete"
    assert "<Ada> & 'Bob' will be deleted." in dialog.text


def test_the_page_before_a_deletion_says_what_is_deleted() -> None:
    document, _ = make_renderer().delete_page(THING, DELETE)
    for title, subject in (("<A>", "<A>"), ("", "It")):
        page = read_page(document.fill({}, View(id="t/1", form=FormState({}, "t/1", title=title))))
        form = page.one("form")
        assert f"{subject} will be deleted." in form.text
        assert (form["action"], form["method"]) == ("/thing/t%2F1/delete", "post")
        assert form.sends() == []
        assert form.one("a").text == "Cancel" and form.one("a")["href"] == "/thing/t%2F1"


def test_a_password_is_never_shown_again() -> None:
    form = ui.Form(NEW.forms[0].action, [ui.TextInput(BINDINGS.word, kind="password")])
    page = NEW.replace(forms=[form])
    state = FormState({"word": "hunter2"}, errors={"word": "Too short."})
    html = make_renderer().form_page(page).fill({}, View(form=state))
    assert "hunter2" not in html
    assert read_page(html).labelled("Word")["type"] == "password"


def test_a_file_makes_a_form_multipart() -> None:
    form = ui.Form(
        NEW.forms[0].action, [ui.FileInput(BINDINGS.photo, accept="image/*", required=True)]
    )
    page = NEW.replace(forms=[form])
    html = make_renderer().form_page(page).fill({}, View(form=prefilled(form, {})))
    element = read_page(html).one("form")
    assert element["enctype"] == "multipart/form-data"
    assert element.one("input", type="file")["accept"] == "image/*"


def test_an_input_says_what_it_is_for() -> None:
    assert RENAME.inputs[0].title == "To"
    assert RENAME.replace(title="Call").title == "Call"
    assert [path for path, _ in FORM.inputs[7].paths()] == ["size.width", "size.unit"]
    assert {*FORM.areas} == {"note", "words", "data", "kind", "tags"}
    assert [each.name for each in FORM.pickers] == ["maker", "tags"]
