"""Markup with holes: what is compiled once, and what a request fills in."""

import htpy as h
from markupsafe import Markup, escape

from starmodel.ui.addresses import escape_text
from starmodel.ui.template import Holes
from starmodel.ui.view import View


def test_a_hole_is_filled_wherever_its_mark_stands() -> None:
    holes = Holes()
    name = holes.hole(lambda state, view: escape_text(state["name"]))
    page = holes.hole(lambda state, view: str(view))
    html = str(h.p(title=name, class_="x")[name, " on ", h.a(href=["/", page][1])["page ", page]])
    template = holes.template(html)
    assert template.fill({"name": "<A> & 'B'"}, 7) == (
        '<p title="&lt;A&gt; &amp; &#39;B&#39;" class="x">&lt;A&gt; &amp; &#39;B&#39; on'
        ' <a href="7">page 7</a></p>'
    )
    assert template.fill({"name": ""}, 8) == '<p title="" class="x"> on <a href="8">page 8</a></p>'


def test_marks_pass_through_what_quotes() -> None:
    holes = Holes()
    mark = holes.hole(lambda state, view: "!")
    assert escape(mark) == escape(str(mark)) == mark
    assert holes.template(str(h.p[Markup("<b>"), str(mark)])).fill({}, None) == "<p><b>!</p>"


def test_a_mark_can_name_an_attribute() -> None:
    holes = Holes()
    checked = holes.hole(lambda state, view: "checked" if state["is_new"] else "")
    template = holes.template(str(h.input({"type": "checkbox", checked: True})))
    assert template.fill({"is_new": True}, None) == '<input type="checkbox" checked>'
    assert template.fill({"is_new": False}, None) == '<input type="checkbox" >'


def test_no_text_of_an_authors_is_taken_for_a_mark() -> None:
    holes, others = Holes(), Holes()
    holes.hole(lambda state, view: "secret")
    foreign = others.hole(lambda state, view: "foreign")
    for text in (
        "\x020\x03",
        "\x02\x03",
        f"{foreign}",
        "\x021",
        "0\x03",
        "\x02" + "0" * 17 + "\x03",
    ):
        assert holes.template(f"<p>{text}</p>").fill({}, None) == f"<p>{text}</p>"


def test_what_is_filled_in_is_not_filled_again() -> None:
    holes = Holes()
    secret = holes.hole(lambda state, view: "secret")
    template = holes.template(f"<p>{holes.hole(lambda state, view: state['text'])}</p>")
    assert template.fill({"text": str(secret)}, None) == f"<p>{secret}</p>"


def test_a_template_without_holes_is_its_text() -> None:
    assert Holes().template("").fill({}, None) == ""
    assert Holes().template("<p></p>").fill({}, None) == "<p></p>"


def test_a_view_names_what_records_refer_to() -> None:
    related = {"maker": {"m1": {"name": "Ada"}, "m2": {"name": ""}}}
    view = View(id="a/b", related=related, path="/thing")
    assert view.id == "a%2Fb"
    assert view.file("photo") == "/thing/a%2Fb/photo"
    assert View(path="/thing").file("photo") == View(id="1").file("photo") == ""
    assert view.related_label("maker", "m1", "name") == "Ada"
    assert view.related_label("maker", "m2", "name") == "m2"
    assert view.related_label("maker", "gone", "name") == "gone"
    assert view.related_label("maker", "m1", "id") == "m1"
    # Of a long one the end, in which those made lately differ.
    assert view.related_label("other", "0123456789abcdefghijklm", "name") == "…fghijklm"
