"""What a kit has to keep to: a class of tests, which need no browser.

    class TestKit(UIContract):
        kit = Kit()

pytest runs what is derived. What only a browser sees (colours, sizes, what fits on a phone) is for
tests of your own; docs/kits.md has an example with axe-core.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any, ClassVar

from markupsafe import Markup

from starmodel.settings import Settings
from starmodel.ui import (
    Alert,
    Badge,
    Breadcrumbs,
    Button,
    Card,
    Chart,
    Checkbox,
    Choice,
    Choices,
    DateInput,
    DateTimeInput,
    Dialog,
    EmptyState,
    Fieldset,
    FileInput,
    Form,
    FormPage,
    Group,
    HomeEntry,
    ItemsInput,
    LinkButton,
    Links,
    List,
    Navigation,
    NavigationItem,
    Notice,
    Number,
    NumberInput,
    PairsInput,
    Picker,
    Record,
    Select,
    Table,
    Text,
    TextArea,
    TextInput,
)
from starmodel.ui.components.embedding import SERVING, Part
from starmodel.ui.formats import Format
from starmodel.ui.frontend import Attributes, EventResponseFormatter, Frontend, HoleMaker
from starmodel.ui.kit import Row, UIAdapter
from starmodel.ui.names import ActionRoute, EntityNames, Signal
from starmodel.ui.rendering.renderer import Renderer
from starmodel.ui.template import Filler, Renderable
from starmodel.ui.view import View
from starmodel.web.ui.form_state import prefilled
from starmodel.web.ui.list_view import ListView

HOSTILE_TEXTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</title></head><body onload=alert(1)>",
    "</textarea><svg/onload=alert(1)>",
    "</select><option>",
    "</dd></dl></main>",
    "<!-- a comment",
    "<![CDATA[ x ]]>",
    "<?php echo 1 ?>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "` onmouseover=`alert(1)",
    '"><b>',
    "'><b>",
    "javascript:alert(1)",
    "&lt;script&gt;",
    "&amp;amp;",
    "&",
    "&#60;b&#62;",
    "&nosuchentity;",
    "{{ 7 * 7 }}",
    "${alert(1)}",
    "{alert(1)}",
    "{0} %s %(name)s",
    "$signal + @post('/x')",
    "\\",
    "\\u003cb\\u003e",
    "\\x3cb\\x3e",
    'it\'s "quoted"',
    "a\nb",
    "\ttab",
    " spaces  around ",
    "\N{RIGHT-TO-LEFT OVERRIDE}txt.exe",
    "\N{ZERO WIDTH SPACE}",
    "\N{LINE SEPARATOR}x",
    "日本語 العربية עברית",
    "👩‍👩‍👧‍👦 🏳️‍🌈",
    "Ｆｕｌｌｗｉｄｔｈ ＜ｂ＞",
    "Ω≈ç√∫˜µ≤≥÷",
    "x" * 2_000,
    "None",
    "0",
)
"""Texts that have been markup, script, or a template's in the wrong hands."""

WORD = "plainword"
"""Stands for a text; each is compared with what this gives."""

LIVE: Attributes = {"x-live:value__now": "a && \"b\" < 'c'", "x-plain": True}
"""Attributes as a front end writes them: nothing in their names may be changed."""


@dataclass
class Node:
    """An element; `content` has texts and elements, in order."""

    tag: str
    attributes: dict[str, str | None]
    content: list["Node | str"] = field(default_factory=list["Node | str"])

    def all(self) -> Iterator["Node"]:
        """Return the elements inside, in order."""
        for one in self.content:
            if isinstance(one, Node):
                yield one
                yield from one.all()

    def find(self, tag: str, **attributes: str) -> list["Node"]:
        """Return the elements inside of a kind that have attributes; `_` stands for `-`."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            one
            for one in self.all()
            if tag in ("*", one.tag) and wanted.items() <= one.attributes.items()
        ]

    @property
    def text(self) -> str:
        """Everything that stands inside, as text."""
        return "".join([one if isinstance(one, str) else one.text for one in self.content])

    def outline(self, words: Mapping[str, str] | None = None) -> Any:
        """Return all of it as a value to compare, with words replaced."""

        def said(text: str | None) -> str | None:
            for word, other in (words or {}).items():
                text = text.replace(word, other) if text else text
            return text

        return (
            self.tag,
            {said(name): said(value) for name, value in self.attributes.items()},
            [said(one) if isinstance(one, str) else one.outline(words) for one in self.content],
        )


class _Reader(HTMLParser):
    VOID = frozenset(
        "area base br col embed hr img input link meta source track wbr path rect".split()
    )

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        node = Node(tag, dict(attrs))
        self.open[-1].content.append(node)
        if tag not in self.VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        content = self.open[-1].content
        if content and isinstance(content[-1], str):
            content[-1] += data
        else:
            content.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"there is a comment: {data}")


def read(html: "str | Renderable") -> Node:
    """Read markup, every element of which must be closed."""
    reader = _Reader()
    # Plain: a piece of `Markup` would escape what it is compared with.
    reader.feed(str(html) if isinstance(html, str) else str(html.__html__()))
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    return reader.root


class _Frontend(Frontend):
    """A front end that only marks what belongs to it."""

    name = "none"
    request_header = b"x-none"

    @property
    def formatter(self) -> EventResponseFormatter:
        raise NotImplementedError

    def scripts(self, settings: Any) -> Sequence[Renderable]:
        return [Markup('<script src="/front-end.js"></script>')]

    def script_sources(self, settings: Any) -> Sequence[str]:
        return ["/front-end.js"]

    def page(self, holes: HoleMaker, *, data: Mapping[str, Any], live: Filler | None) -> Attributes:
        return {"x-page": "1"}

    def text(self, path: str, format: Format) -> Attributes:
        return {"x-text": path}

    def token(self, path: str) -> Attributes:
        return {"x-token": path}

    def form(self, path: str, *, method: str, address: str, once: bool, resets: bool) -> Attributes:
        return {"x-form": path}

    def submit(self, path: str) -> Attributes:
        return {"x-submit": path}

    def error(self, path: str) -> Attributes:
        return {"x-error": path}

    def invalid(self, path: str) -> Attributes:
        return {"x-invalid": path}

    def notice(self) -> Attributes:
        return {"x-notice": "1"}


def _action(event: str, path: str) -> Any:
    return SimpleNamespace(ROUTE=ActionRoute("thing", event, "post", path))


def _bindings() -> Any:
    return SimpleNamespace(ENTITY=EntityNames("thing", "thing", is_record=True))


_SIZES = Choices({"s": "Small", "l": "Large"})

_INPUTS = (
    TextInput("title", hint="What it is called.", required=True, max_length=40),
    TextArea("note"),
    NumberInput("price", min=0, step="0.01", value="1.50"),
    Checkbox("paid", checked=True),
    Select("size", _SIZES, empty="—"),
    DateInput("due"),
    DateTimeInput("at", zoned=True),
    FileInput("cover", accept="image/*"),
    Fieldset("frame", [NumberInput("width"), NumberInput("height")]),
    ItemsInput("parts", [TextInput("part"), NumberInput("count")]),
    PairsInput("marks", [TextInput("key"), NumberInput("value")]),
    Picker("owner", to="/owner", by="name", required=True, new="/owner/new"),
    Picker("tags", to="/tag", by="name", several=True),
)

_RECORD = Record(
    _bindings(),
    "Thing",
    name=Signal("$thing.title"),
    lead="Something.",
    fields=[
        Text(Signal("$thing.title"), hint="What it is called."),
        Number(Signal("$thing.price")),
        Choice(Signal("$thing.size"), _SIZES),
        Group(Signal("$thing.frame"), [Number("width"), Number("height")]),
        Links(Signal("$thing.tags"), to="/tag", by="name"),
        Table(Signal("$thing.lines"), [Text("product"), Number("count")]),
        Choice(Signal("$thing.state"), _SIZES, badges={"l": "warning"}),
        Chart(Signal("$thing.sales"), label_part="month", value_part=["sold", "lost"]),
    ],
    actions=[
        Form(_action("rename", "/thing/{id}/rename"), _INPUTS, result="renamed"),
        Form(_action("archive", "/thing/{id}/archive"), hint="Put it away."),
    ],
    edit=Form(_action("update", "/thing/{id}"), _INPUTS[:2], title="Edit thing"),
    delete=Form(_action("delete", "/thing/{id}"), title="Delete this thing?", is_danger=True),
)

_LIST = List(
    _RECORD,
    "Things",
    columns=[Signal("$thing.title"), Signal("$thing.price"), Signal("$thing.size")],
    filters=[Signal("$thing.title"), Signal("$thing.price"), Signal("$thing.size")],
    sorts=[Signal("$thing.price")],
    new=FormPage(
        _bindings(), "New thing", forms=[Form(_action("create", "/thing"), _INPUTS, title="Make")]
    ),
)

_STATE = {
    "id": "1",
    "title": WORD,
    "price": "1.50",
    "size": "s",
    "frame": {"width": 1, "height": 2},
    "tags": ["7"],
    "lines": [{"product": WORD, "count": 2}],
    "state": "l",
    "sales": [{"month": WORD, "sold": 3, "lost": -1}, {"month": "May", "sold": 4, "lost": None}],
}


def components(kit: UIAdapter, text: str) -> dict[str, Renderable]:
    """Return every component of a kit, with a text wherever it takes one."""
    field = Text("title", label=text, hint=text)
    number = Number("price", label=text)
    row = Row(text, kit.input({"id": "i", "name": "i"}), "i", kit.hint("h", text), None, True)
    value = kit.value(text, LIVE, field=field)
    button = kit.button(text, LIVE)
    return {
        "document": kit.document(title=text, head=kit.head(), content=text),
        "navigation": kit.navigation(
            Navigation(text, [NavigationItem(text, "/a"), NavigationItem(text, "/b")]),
            "/a",
            [button],
        ),
        "breadcrumbs": kit.breadcrumbs([(text, text)], text),
        "masthead": kit.masthead(text, LIVE, text),
        "main": kit.main(LIVE, text),
        "notice": kit.notice(LIVE, text),
        "skip_link": kit.skip_link(text, text),
        "toolbar": kit.toolbar(text, [button]),
        "jump_link": kit.jump_link(text, text),
        "description_list": kit.description_list([(field, value)]),
        "value": value,
        "fragment": kit.fragment("f", text, field=field),
        "group": kit.group([(field, value)]),
        "table": kit.table(text, [field, number], kit.row_of_cells([kit.cell(text, text)])),
        "empty_row": kit.empty_row(3),
        "column": kit.column(text, True),
        "cell": kit.cell(text, text, True),
        "section": kit.section(text, text),
        "form": kit.form(
            LIVE, heading=text, hint=text, rows=text, buttons=text, error=button, after=text
        ),
        "button_form": kit.form(
            LIVE, heading=None, hint=text, rows=None, buttons=text, error=button, is_button=True
        ),
        "row": kit.row(row),
        "check": kit.row(row, is_check=True),
        "hint": kit.hint("h", text),
        "error": kit.error(LIVE, text),
        "fieldset": kit.fieldset(text, text, text, LIVE),
        "items": kit.items(
            {"name": "n"}, kit.item(text, button), text, kit.item(text, button), button
        ),
        "input": kit.input({**LIVE, "value": text, "placeholder": text}),
        "checkbox": kit.input({**LIVE, "type": "checkbox"}),
        "file": kit.input({**LIVE, "type": "file"}),
        "textarea": kit.textarea(text, LIVE),
        "line": kit.textarea(text, {**LIVE, "rows": "1"}),
        "select": kit.select([kit.option(text, {"value": text})], LIVE),
        "option": kit.option(text, LIVE),
        "hidden": kit.hidden("version", text),
        "result": kit.result("r"),
        "text": kit.text(text),
        "form_title": kit.form_title(text, "t"),
        "dialog_closer": kit.dialog_closer("d"),
        "stored_value": kit.stored_value(text),
        "token": kit.token(text, LIVE),
        "refresh": kit.refresh("p", kit.token(text, LIVE)),
        "picker": kit.picker(row, {"source": "/tag/options", "chosen": text}),
        "exact_time": kit.exact_time(kit.row(row), {"kind": "time"}),
        "button": button,
        "secondary_button": kit.button(text, LIVE, kind="secondary"),
        "danger_button": kit.button(text, LIVE, kind="danger"),
        "link_button": kit.link_button(text, text, LIVE),
        "dialog": kit.dialog("d", "t", kit.form_title(text, "t")),
        "listing": kit.listing("p", text, button),
        "filters": kit.filters("/thing", text, text, {"open": True}, text, button),
        "scriptless": kit.scriptless(text),
        "part": kit.part("p", text),
        "records": kit.records(text, [kit.column(text)], kit.record_row(text, text, text, [])),
        "sortable_column": kit.sortable_column(text, "price", text, "ascending", True),
        "record_row": kit.record_row(text, text, text, [kit.cell(text, text)]),
        "pager": kit.pager(text, [kit.pager_link(text, "next", text)]),
        "batch_form": kit.batch_form("b", text, [button]),
        "batch_question": kit.batch_question(text, button, [kit.batch_record(text)], [button]),
        "batch_outcome": kit.batch_outcome([kit.batch_refusal(text, text)], button),
        "select_row": kit.select_row("b", text, text),
        "row_actions": kit.row_actions([kit.row_link(text, text, text)]),
        "row_button": kit.row_button(text, LIVE, text),
        "children": kit.children("c", text, text, [button], text),
        "list_tools": kit.list_tools(
            kit.column_chooser(text, [kit.column_choice(text, {"value": text})]),
            kit.download_link(text, text),
        ),
        "chips": kit.chips(text, [kit.chip(text, text, text)]),
        "empty_state": kit.empty_state(text, button),
        "select_all": kit.select_all("b"),
        "file_removal": kit.file_removal(text, LIVE),
        "badge": kit.badge(text),
        "alert": kit.alert(text, LIVE),
        "card": kit.card(text, LIVE),
        "error_page": kit.error_page(kit.text(text), [button]),
        "home": kit.home(
            [kit.home_entry(HomeEntry(text, text, text, [NavigationItem(text, text)]))]
        ),
    }


def parts(text: str) -> dict[str, Part]:
    """Return every component that pages of one's own are made of, with a text in it."""
    link = LinkButton(text, text)
    return {
        "badge": Badge(text),
        "notice": Notice(text),
        "alert": Alert([text, link]),
        "empty_state": EmptyState(text, link),
        "card": Card([text, Badge(text)], text),
        "breadcrumbs": Breadcrumbs([(text, text)], text),
        "button": Button(text, attributes={"title": text}),
        "link_button": link,
        "dialog": Dialog("d", text, [text, link], text),
    }


LIVE_COMPONENTS = frozenset(
    "masthead main notice value form button_form error fieldset input checkbox file textarea line"
    " select option token button secondary_button danger_button link_button row_button file_removal"
    " alert card".split()
)
"""Components that take a front end's attributes."""


class UIContract:
    """Tests of a kit: derive a class `Test...` from it, and set `kit`."""

    kit: ClassVar[UIAdapter]
    """The kit to try."""

    texts: ClassVar[Sequence[str]] = HOSTILE_TEXTS
    """Texts that must come out as they went in."""

    # Every component by itself

    def test_texts_are_texts(self) -> None:
        """Whatever a text has in it, the elements stay the same."""
        plain = {name: read(one) for name, one in components(self.kit, WORD).items()}
        for text in self.texts:
            for name, one in components(self.kit, text).items():
                assert read(one).outline() == plain[name].outline({WORD: text}), (name, text)

    def test_texts_in_parts_are_texts(self) -> None:
        """In what pages of one's own are made of as well."""
        token = SERVING.set(self._renderer())
        try:
            plain = {name: read(one) for name, one in parts(WORD).items()}
            for text in self.texts:
                for name, one in parts(text).items():
                    assert read(one).outline() == plain[name].outline({WORD: text}), (name, text)
        finally:
            SERVING.reset(token)

    def test_marks_survive(self) -> None:
        """What a request fills in is a mark until then: digits between two control characters."""
        mark = Markup("\x02abc0123\x03")
        plain = {name: read(one) for name, one in components(self.kit, WORD).items()}
        for name, one in components(self.kit, mark).items():
            assert read(one).outline() == plain[name].outline({WORD: mark}), name

    def test_texts_are_shown(self) -> None:
        """A text that a component is given can be found in it."""
        textless = {"empty_row", "checkbox", "file", "result", "dialog_closer", "select_all"}
        for name, one in components(self.kit, WORD).items():
            assert (WORD in one.__html__()) is (name not in textless), name

    def test_attributes_of_a_front_end_are_kept(self) -> None:
        """They are all on one element, each as it was, the odd ones as well."""
        wanted = {name: None if value is True else value for name, value in LIVE.items()}
        for name in LIVE_COMPONENTS:
            root = read(components(self.kit, WORD)[name])
            found = [one for one in root.all() if "x-plain" in one.attributes]
            # Into a form we have put a button, which has them as well.
            assert len(found) == (2 if name in ("form", "button_form") else 1), name
            for one in found:
                assert {key: one.attributes.get(key) or None for key in wanted} == wanted, name

    def test_a_kit_has_no_attributes_of_a_front_end(self) -> None:
        """What keeps a page live is none of a kit's: no `data-`, no `hx-`, no inline script."""
        roots = [read(one) for one in components(self.kit, WORD).values()]
        for root in [*roots, *map(read, self._pages().values())]:
            for one in root.all():
                for name in one.attributes:
                    assert not re.match(r"data-|hx-|on[a-z]|style$", name), (one.tag, name)
                if one.tag == "script":
                    assert one.attributes.get("src") and not one.text
                assert one.tag != "style"

    def test_buttons(self) -> None:
        """A button is a button, a link a link; three kinds can be told apart by their classes."""
        kinds = ("primary", "secondary", "danger")
        for tag in ("button", "a"):
            made: list[Node] = []
            for kind in kinds:
                button = self.kit.button("Go", {"form": "f"}, kind=kind)
                link = self.kit.link_button("Go", "/x", kind=kind)
                (one,) = read(button if tag == "button" else link).find(tag)
                assert one.text.strip() == "Go"
                made.append(one)
            assert len({one.attributes.get("class") for one in made}) == len(kinds)

    def test_an_input_belongs_to_its_label(self) -> None:
        """Its label is for it, and has its name; what must be given is marked for eyes alone."""
        for is_check in (False, True):
            control = self.kit.input(
                {"id": "i", "name": "paid", "type": "checkbox" if is_check else "text"}
            )
            error = self.kit.error({"id": "i--error"}, "Wrong")
            row = Row(
                "Paid", control, "i", self.kit.hint("i--hint", "Or not."), error, True, "after"
            )
            root = read(self.kit.row(row, is_check=is_check))
            (label,) = root.find("label", for_="i")
            assert label.text.replace("*", "").strip() == "Paid"
            assert root.find("input", id="i", name="paid")
            assert root.find("*", id="i--hint")[0].text == "Or not."
            assert root.find("*", id="i--error", role="alert")[0].text == "Wrong"
            assert "after" in root.text
            for star in [one for one in root.all() if one.text.strip() == "*"]:
                assert star.attributes.get("aria-hidden") == "true"

    def test_a_picker(self) -> None:
        """A `<sm-picker>` holds a label and the carrier of the ids; hint and error are outside."""
        carrier = self.kit.textarea("1\n2", {"id": "i", "name": "tags"})
        row = Row("Tags", carrier, "i", self.kit.hint("h", "Some."), self.kit.error({}, ""))
        around = {"source": "/tag/options", "chosen": "{}", "several": True, "new": "/tag/new"}
        root = read(self.kit.picker(row, around))
        (picker,) = root.find("sm-picker", source="/tag/options", chosen="{}", new="/tag/new")
        assert "several" in picker.attributes
        assert picker.find("label", for_="i")[0].text.startswith("Tags")
        assert picker.find("textarea", id="i", name="tags")[0].text == "1\n2"
        assert not picker.find("*", id="h")
        assert root.find("*", id="h")

    def test_elements_for_scripts(self) -> None:
        """starmodel.js finds what it works with, and nothing stands between."""
        kit = self.kit
        (listing,) = read(kit.listing("p", [kit.part("p", "x")], kit.token("", {}))).find(
            "sm-list", part="p"
        )
        assert listing.find("*", id="p")[0].text == "x"
        assert [one.tag for one in listing.content if isinstance(one, Node)].count("output") == 1
        (refresh,) = read(kit.refresh("p", kit.token("", {}))).find("sm-refresh", part="p")
        assert [one.tag for one in refresh.content if isinstance(one, Node)] == ["output"]
        (token,) = refresh.find("output")
        assert "hidden" in token.attributes
        (stored,) = read(kit.stored_value("[]")).find("sm-stored", values="[]")
        assert stored.find("button", type="button")
        assert read(kit.exact_time(Markup("<b></b>"), {})).find("sm-datetime")[0].find("b")
        assert read(kit.dialog_closer("c")).find("form", id="c", method="dialog")

    def test_messages_are_told(self) -> None:
        """To whoever listens as well: as an alert what is wrong, as a status all else."""
        kit = self.kit
        for one, role in (
            (kit.notice({}, "3 added"), "status"),
            (kit.error({}, "Too few"), "alert"),
            (kit.alert("Somebody else has changed this."), "alert"),
            (kit.empty_state("Nothing here."), "status"),
            (kit.pager("2 things", None), "status"),
        ):
            assert read(one).find("*", role=role), one.__html__()
        (notice,) = read(kit.notice({"x-live": "1"}, "")).find("*", role="status")
        assert not notice.content and "x-live" in notice.attributes
        (around,) = read(kit.notice({}, "")).find("sm-notice")
        (closer,) = around.find("button", type="button")
        assert closer.attributes.get("aria-label") and "hidden" in closer.attributes

    def test_tables(self) -> None:
        """Headings have a scope, a row is called by its record, a sorted column says so."""
        kit = self.kit
        head = [
            kit.column("Name"),
            kit.sortable_column("Price", "price", "?sort=price", "descending", True),
        ]
        cells = [kit.cell("Price", "5", True)]
        root = read(
            kit.records("Things", head, kit.record_row("thing-1", "Desk", "/thing/1", cells))
        )
        assert root.find("*", role="region", aria_label="Things", tabindex="0")
        assert [one.text.strip() for one in root.find("th", scope="col")] == ["Name", "Price"]
        (sorted_by,) = root.find("th", aria_sort="descending")
        assert sorted_by.find("a", id="sort-price", href="?sort=price")
        (row,) = root.find("tr", id="thing-1")
        assert row.find("th", scope="row")[0].find("a", href="/thing/1")[0].text == "Desk"
        (cell,) = row.find("td")
        assert "5" in cell.text
        label = [one for one in cell.all() if "Price" in one.text]
        assert all(one.attributes.get("aria-hidden") == "true" for one in label)

    def test_badges(self) -> None:
        """Four kinds, each with its word."""
        for kind in ("neutral", "success", "warning", "danger"):
            assert read(self.kit.badge("Sold out", kind)).text.strip() == "Sold out"

    def test_navigation(self) -> None:
        """The entry that is shown says so, and all others are links as well."""
        items = [NavigationItem("Things", "/thing"), NavigationItem("Tags", "/tag")]
        aside = [Markup('<a href="/out">Sign out</a>')]
        root = read(self.kit.navigation(Navigation("Shop", items), "/tag", aside))
        (nav,) = root.find("nav", aria_label="Main")
        assert [one.text.strip() for one in nav.find("a", aria_current="page")] == ["Tags"]
        found = {one.attributes["href"]: one.text.strip() for one in root.find("a")}
        assert found == {"/": "Shop", "/thing": "Things", "/tag": "Tags", "/out": "Sign out"}
        root = read(self.kit.breadcrumbs([("Things", "/thing")], "Desk"))
        assert root.find("nav", aria_label="Breadcrumb")
        assert root.find("a", href="/thing")[0].text == "Things"
        assert root.find("*", aria_current="page")[0].text == "Desk"

    def test_a_long_navigation(self) -> None:
        """Fifty entities are all to be found."""
        items = [NavigationItem(f"Things {place}", f"/t{place}") for place in range(50)]
        root = read(self.kit.navigation(Navigation("", items), "/t3", None))
        assert len([one for one in root.find("a") if one.text.startswith("Things")]) == 50

    def test_an_error_page(self) -> None:
        """What is wrong is announced, and there is a way on."""
        link = self.kit.link_button("Home", "/")
        root = read(self.kit.error_page(self.kit.text("There is no such thing."), [link]))
        (alert,) = root.find("*", role="alert")
        assert alert.text.strip() == "There is no such thing."
        assert [one.attributes["href"] for one in root.find("a")] == ["/"]

    def test_a_home_page(self) -> None:
        """Each page is a heading that leads there, with what can be begun."""
        entry = HomeEntry(
            "Things", "/thing", "All there is.", [NavigationItem("New", "/thing/new")]
        )
        root = read(self.kit.home([self.kit.home_entry(entry)]))
        (heading,) = root.find("h2")
        assert [one.attributes["href"] for one in heading.find("a")] == ["/thing"]
        assert [one.attributes["href"] for one in root.find("a")] == ["/thing", "/thing/new"]
        assert "All there is." in root.text

    # Whole pages

    def test_documents(self) -> None:
        """A page has a language, a title, one heading, one `<main>`, and all that the head holds."""
        for name, html in self._pages().items():
            assert html.startswith("<!doctype html>"), name
            root = read(html)
            (document,) = root.find("html")
            assert document.attributes.get("lang") == self.kit.language
            assert root.find("meta", charset="utf-8"), name
            assert root.find("meta", name="viewport"), name
            assert root.find("script", src="/front-end.js"), name
            assert len(root.find("main")) == len(root.find("h1")) == 1, name
            assert len(root.find("header")) <= 1, name
            first, *_ = root.find("a")
            skipped_to = root.find("main")[0].attributes.get("id")
            assert skipped_to and first.attributes["href"] == f"#{skipped_to}", name
            heading = root.find("h1")[0].text.strip()
            assert heading and root.find("title")[0].text.strip() == heading, name
            assert root.find("main")[0].attributes.get("x-page") == "1", name

    def test_ids_are_unique_and_found(self) -> None:
        """What an attribute refers to is on the page, once."""
        for name, html in self._pages().items():
            root = read(html)
            ids = [one.attributes["id"] for one in root.all() if "id" in one.attributes]
            assert len(ids) == len(set(ids)), (name, sorted(ids, key=str))
            for one in root.all():
                for attribute in (
                    "for", "form", "aria-describedby", "aria-labelledby", "aria-controls", "popovertarget"
                ):  # fmt: skip
                    for id in (one.attributes.get(attribute) or "").split():
                        assert id in ids, (name, one.tag, attribute, id)

    def test_every_input_has_a_label(self) -> None:
        """And just one, which names it or stands around it."""
        for name, html in self._pages().items():
            root = read(html)
            labels = [one.attributes.get("for") for one in root.find("label")]
            around = {
                id(one)
                for label in root.find("label")
                if "for" not in label.attributes
                for one in label.all()
            }
            for one in root.all():
                if (
                    one.tag in ("input", "select", "textarea")
                    and one.attributes.get("type") != "hidden"
                ):
                    named = labels.count(one.attributes["id"]) if "id" in one.attributes else 0
                    assert named + (id(one) in around) == 1, (name, one.attributes)

    def test_a_record(self) -> None:
        """Every field is shown under its label, and there are forms, links and a dialog."""
        root = read(self._pages()["record"])
        labels = [one.text.strip() for one in root.find("dt")]
        for label in ("Price", "Size", "Frame", "Width", "Height", "Tags", "Lines", "ID"):
            assert label in labels
        assert root.find("*", x_text="thing.price")[0].text == "1.50"
        assert root.find("a", href="/thing/1/edit")
        (dialog,) = root.find("dialog")
        (opener,) = root.find(
            "a", aria_haspopup="dialog", aria_controls=str(dialog.attributes["id"])
        )
        assert opener.attributes["href"] == "/thing/1/delete"
        assert dialog.attributes.get("aria-labelledby") and dialog.find(
            "form", action="/thing/1/delete"
        )
        (form,) = root.find("form", action="/thing/1/rename", method="post", x_form="thing.rename")
        assert form.attributes["enctype"] == "multipart/form-data"
        names = {one.attributes.get("name") for one in form.all()}
        for name in (
            "title",
            "note",
            "price",
            "paid",
            "size",
            "due",
            "at",
            "cover",
            "owner",
            "tags",
        ):
            assert name in names
            assert form.find("*", x_error=f"errors.thing.rename.{name}", role="alert")
        assert {"frame.width", "frame.height"} <= names
        assert form.find("fieldset") and form.find("legend")[0].text == "Frame"
        assert form.find("*", x_error="errors.thing.rename._")
        assert form.find("button", x_submit="thing.rename")
        assert form.find("*", id="renamed")
        (title,) = form.find("input", name="title")
        assert "required" in title.attributes
        assert (
            title.attributes["aria-describedby"]
            == "thing-rename-title--hint thing-rename-title--error"
        )

    def test_a_chart(self) -> None:
        """A drawing has a name, and beside it a table with its numbers."""
        (figure,) = read(self._pages()["record"]).find("figure")
        (drawing,) = figure.find("svg", role="img")
        assert drawing.attributes["aria-label"] == "Bar chart: Sales"
        (table,) = figure.find("table")
        heads = [one.text for one in table.find("th", scope="col")]
        assert heads == ["Month", "Sold", "Lost"]
        assert [one.text for one in table.find("th", scope="row")] == [WORD, "May"]
        assert [one.text for one in table.find("td")] == ["3", "-1", "4", "—"]

    def test_a_badge_of_a_choice(self) -> None:
        """It is the kit's, alone in an element that is sent anew."""
        (value,) = read(self._pages()["record"]).find("*", id="thing-state")
        assert value.content == read(self.kit.badge("Large", "warning")).content

    def test_a_dialog(self) -> None:
        """Its link opens it, its title names it, and its button closes it."""
        dialog = Dialog("terms", "Terms", "All of them.", "/terms")
        root = read(self._renderer().embed(dialog, None))
        assert root.find("a", aria_haspopup="dialog", aria_controls="terms", href="/terms")
        (opened,) = root.find("dialog", id="terms")
        (title,) = opened.find("*", id=str(opened.attributes["aria-labelledby"]))
        assert title.text == "Terms" and "All of them." in opened.text
        (closer,) = opened.find("form", method="dialog")
        assert opened.find("button", form=str(closer.attributes["id"]))

    def test_a_list(self) -> None:
        """It is searched by a form without a script, and its parts are where the script looks."""
        root = read(self._pages()["list"])
        (form,) = root.find("form", role="search", method="get", action="/thing")
        names = {one.attributes.get("name") for one in form.all()}
        assert {"q", "size", "price__ge", "price__le", "title__contains"} <= names
        assert form.find("details") and form.find("summary")
        (listing,) = root.find("sm-list")
        (part,) = listing.find("*", id=str(listing.attributes["part"]))
        assert part.find("a", href="/thing/1")
        assert root.find("a", href="/thing/new")
        assert root.find("a", rel="next")
        empty = read(self._pages()["empty"])
        assert not empty.find("table")
        assert empty.find("*", role="status")

    # What it is served with

    def test_assets(self) -> None:
        """What the head loads from the app is there, under a path that changes with its content."""
        for path, one in self.kit.assets.items():
            assert re.fullmatch(r"/_starmodel/[^/?#]*[0-9a-f]{8,}[^/?#]*", path), path
            assert one.body and one.content_type
        own = [
            one.attributes.get("href") or one.attributes.get("src") or ""
            for one in read("".join([each.__html__() for each in self.kit.head()])).all()
        ]
        for path in own:
            if path.startswith("/_starmodel/"):
                assert path in self.kit.assets, path
        assert any(re.search(r"/starmodel-[0-9a-f]+\.js$", path) for path in own)

    def test_what_comes_from_elsewhere_is_allowed(self) -> None:
        """Every stylesheet and script of another site is among `content_sources`."""
        for one in read("".join([each.__html__() for each in self.kit.head()])).all():
            url = one.attributes.get("href") or one.attributes.get("src") or ""
            directive = "script-src" if one.tag == "script" else "style-src"
            if "//" in url:
                allowed = self.kit.content_sources.get(directive, ())
                assert any(url.startswith(source) for source in allowed), url

    def _renderer(self) -> Renderer:
        items = [NavigationItem("Things", "/thing"), NavigationItem("Tags", "/tag")]
        navigation = Navigation("Shop", items)
        return Renderer(self.kit, _Frontend(), Settings(), navigation, {"thing": _LIST})

    def _pages(self) -> dict[str, str]:
        renderer = self._renderer()
        related = {"tags": {"7": {"name": WORD}}}
        form = prefilled(_LIST.new.forms[0], {}) if _LIST.new else None

        def list_of(items: Sequence[Mapping[str, Any]], next: str | None) -> str:
            view = View(related=related, list=ListView("/thing", (), items, {}, next))
            return renderer.list(_LIST).fill({}, view)

        return {
            "record": renderer.record(_RECORD).fill(_STATE, View(id="1", related=related)),
            "new": renderer.form_page(_LIST.new).fill({}, View(form=form)) if _LIST.new else "",
            "list": list_of([_STATE], "cursor"),
            "empty": list_of([], None),
            "own": renderer.own_page("Hello", "", "Hello"),
        }
