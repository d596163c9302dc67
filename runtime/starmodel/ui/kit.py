"""The port of kits: how components look.

A kit turns each component into markup. It is asked while a component is compiled, never while a
request is served, so it may be built on any library whose elements have `__html__`. What comes as
a parameter may hold marks for values that only a request knows: put it where it belongs, and do
not look into it. `Attributes` are a front end's, and belong to the element that is named.

`UIAdapter` writes plain elements, each with the classes that `classes` has for it. To make a kit,
derive from it: name classes and stylesheets, and override what should have another structure.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias
from urllib.parse import urlsplit

import htpy as h

from starmodel.frozen import frozen
from starmodel.ui.assets import Asset, asset, read_file
from starmodel.ui.components.fields import Field
from starmodel.ui.components.pages import HomeEntry, Navigation
from starmodel.ui.frontend import Attributes
from starmodel.ui.template import Renderable

Content: TypeAlias = "str | Renderable | Iterable[Content] | None"
"""Texts, which are escaped, and elements."""

AttributeText: TypeAlias = str | Renderable
"""A text for an attribute; it may be the mark of one that only a request knows."""

ICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    b'<rect width="32" height="32" rx="8" fill="#2952cc"/>'
    b'<path fill="#fff" d="m16 6 3 6.7 7.3.8-5.5 4.9 1.6 7.2-6.4-3.7-6.4 3.7 1.6-7.2-5.5-4.9'
    b' 7.3-.8z"/></svg>'
)
"""A star."""

LONG_NAVIGATION = 8
"""More links than this are behind a button, however wide the window is."""


@frozen(eq=True)
class Row:
    """An input with everything around it.

    Attributes:
        label: What it is called.
        control: The element that is typed into.
        control_id: Its id, for the label.
        hint: The element with the hint; `None` for none.
        error: The element with the error.
        required: Whether a value must be given.
        after: What stands behind the error.
    """

    label: str
    control: Renderable
    control_id: str
    hint: Renderable | None
    error: Renderable | None
    required: bool = False
    after: Content = None


class UIAdapter:
    """How components look: plain elements with classes.

    Args:
        language: The language of the pages, as in `<html lang>`.
        stylesheets: URLs of stylesheets to load after those of the kit.
    """

    classes: ClassVar[Mapping[str, str]] = {}
    """The classes of each part, by the names that the methods use."""

    stylesheet_files: ClassVar[Sequence[tuple[str, str]]] = ()
    """The package and the name of each stylesheet that the app serves, as one."""

    def __init__(self, *, language: str = "en", stylesheets: Sequence[str] = ()) -> None:
        self.language = language
        self.stylesheets = tuple(stylesheets)
        script = asset(
            "starmodel",
            "js",
            "text/javascript; charset=utf-8",
            read_file("starmodel.ui", "starmodel.js"),
        )
        icon = asset("icon", "svg", "image/svg+xml", ICON)
        css = b"\n".join([read_file(*each) for each in self.stylesheet_files])
        style = [asset("style", "css", "text/css; charset=utf-8", css)] if css else []
        self._styles = (*[path for path, _ in style], *self.stylesheets)
        self._script, self._icon = script[0], icon[0]
        self._assets: Mapping[str, Asset] = MappingProxyType(dict([*style, script, icon]))

    @property
    def content_sources(self) -> Mapping[str, Sequence[str]]:
        """What the pages' policy allows besides this site, by directive: `style-src`."""
        elsewhere = [url.partition("?")[0] for url in self.stylesheets if urlsplit(url).netloc]
        return {"style-src": elsewhere} if elsewhere else {}

    @property
    def assets(self) -> Mapping[str, Asset]:
        """The files its documents load from the app itself, by path.

        The app reads this once, when it starts. A path stands for one content for ever: put a
        digest of the content into it.
        """
        return self._assets

    def cls(self, part: str, *more: str) -> str:
        """Return the classes of a part."""
        return " ".join([one for one in (self.classes.get(part, ""), *more) if one])

    def attributes(self, part: str, attributes: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return attributes with the classes of a part."""
        given = dict(attributes or {})
        classes = " ".join(
            [one for one in (self.classes.get(part, ""), given.pop("class", "")) if one]
        )
        return {"class": classes, **given} if classes else given

    # The document

    def head(self) -> Sequence[Renderable]:
        """Return what stands in the head: stylesheets, the icon and the script of components."""
        return [
            h.link(rel="icon", href=self._icon, type="image/svg+xml"),
            *[h.link(rel="stylesheet", href=url) for url in self._styles],
            h.script(type="module", src=self._script),
        ]

    def html_attributes(self) -> dict[str, str]:
        """Return the attributes of `<html>`."""
        return {"lang": self.language}

    def document(
        self, *, title: Content, head: Sequence[Renderable], content: Content
    ) -> Renderable:
        """Return a whole document; `head` are the elements of the kit and of the front end."""
        return h.html(self.html_attributes())[
            h.head[
                h.meta(charset="utf-8"),
                h.meta(name="viewport", content="width=device-width, initial-scale=1"),
                h.title[title],
                head,
            ],
            h.body(self.attributes("body"))[self.skip_link("Skip to content", "#main"), content],
        ]

    def skip_link(self, label: str, href: str) -> Renderable:
        """Return the first link of a page, which leads past what is the same on every page."""
        return h.a(self.attributes("skip"), href=href)[label]

    def navigation(self, navigation: Navigation, current: str, aside: Content) -> Renderable:
        """Return the app's navigation; `current` is the address of the entry that is shown.

        The links are a popover, which needs no script; where there is room for them, a stylesheet
        shows them as they are and hides its button. `aside` stands at their end: who is signed in.
        """
        is_long = len(navigation.items) > LONG_NAVIGATION
        links = [
            h.li[
                h.a(
                    self.attributes("navigation-link"),
                    href=item.href,
                    aria_current="page" if item.href == current else None,
                )[item.label]
            ]
            for item in navigation.items
        ]
        return h.nav(
            self.attributes("navigation-long" if is_long else "navigation"), aria_label="Main"
        )[
            h.a(self.attributes("brand"), href="/")[navigation.title] if navigation.title else None,
            (
                [
                    h.button(
                        self.attributes("navigation-button"),
                        type="button",
                        popovertarget="navigation",
                    )["Menu"],
                    h.ul(self.attributes("navigation-links"), id="navigation", popover=True)[links],
                ]
                if links
                else None
            ),
            h.div(self.attributes("navigation-aside"))[aside] if aside else None,
        ]

    def breadcrumbs(self, steps: Sequence[tuple[Content, str]], last: Content) -> Renderable:
        """Return the way to this page: labels with addresses, then what this one is called."""
        return h.nav(self.attributes("breadcrumbs"), aria_label="Breadcrumb")[
            h.ol[
                [h.li[h.a(href=href)[label]] for label, href in steps],
                h.li(aria_current="page")[last],
            ]
        ]

    def masthead(self, title: Content, title_attributes: Attributes, lead: Content) -> Renderable:
        """Return the heading of a page, and a sentence below it."""
        return h.header(self.attributes("masthead"))[
            h.h1(self.attributes("title", title_attributes))[title],
            h.p(self.attributes("lead"))[lead] if lead else None,
        ]

    def main(self, attributes: Attributes, content: Content) -> Renderable:
        """Return the element around everything that is the page's own; the skip link leads to it."""
        return h.main(self.attributes("main", {"id": "main", **attributes}))[content]

    def notice(self, attributes: Attributes, text: Content) -> Renderable:
        """Return the place for short messages; it is always there, and mostly empty.

        The element of the text holds nothing else. The script of components shows the button, which
        closes it, and after a while takes away a message that the front end marks as `brief`.
        """
        return h.sm_notice(self.attributes("notice"))[
            h.p({"role": "status", **attributes})[text],
            h.button(
                self.attributes("notice-close"),
                type="button",
                hidden=True,
                aria_label="Dismiss",
            ),
        ]

    # Records

    def toolbar(self, label: str, items: Sequence[Renderable]) -> Renderable:
        """Return what can be done with a record: links and buttons."""
        return h.nav(self.attributes("actions"), aria_label=label)[items]

    def jump_link(self, label: str, href: str) -> Renderable:
        """Return a link to something further down, for screens on which that is far away."""
        return h.a(self.attributes("jump"), href=href)[label]

    def description_list(self, rows: Sequence[tuple[Field, Renderable]]) -> Renderable:
        """Return the fields of a record, each with the element that shows it."""
        return h.dl(self.attributes("state"))[[self.description(*row) for row in rows]]

    def description(self, field: Field, value: Renderable) -> Renderable:
        """Return one field of a record."""
        return h.div(self.attributes("wide" if field.is_wide else "description"))[
            h.dt[field.title, h.span(self.attributes("hint"))[field.hint] if field.hint else None],
            value,
        ]

    def value(self, text: Content, attributes: Attributes, *, field: Field) -> Renderable:
        """Return the element of a single value; it holds nothing else."""
        return h.dd(attributes)[text]

    def fragment(self, id: str, content: Content, *, field: Field) -> Renderable:
        """Return the element of a value that is sent anew as a whole, found by its id."""
        return h.dd(id=id)[content]

    def group(self, parts: Sequence[tuple[Field, Renderable]]) -> Renderable:
        """Return the parts of a value object."""
        return h.dd[h.dl[[h.div[h.dt[part.title], value] for part, value in parts]]]

    def table(self, label: str, head: Sequence[Field], rows: Content) -> Renderable:
        """Return a small table inside of a record."""
        return h.div(self.attributes("table"), tabindex="0", role="region", aria_label=label)[
            h.table(self.attributes("table-element"))[
                h.thead[h.tr[[self.column(one.title, one.is_number) for one in head]]],
                h.tbody[rows],
            ]
        ]

    def row_of_cells(self, cells: Content) -> Renderable:
        """Return a row of such a table."""
        return h.tr[cells]

    def empty_row(self, columns: int) -> Renderable:
        """Return what stands in such a table while it has no rows."""
        return h.tr[h.td(self.attributes("none"), colspan=str(columns))["None"]]

    def column(self, label: Content, is_number: bool = False) -> Renderable:
        """Return the heading of a column."""
        return h.th(self.attributes("number" if is_number else "column"), scope="col")[label]

    def cell(self, label: str, content: Content, is_number: bool = False) -> Renderable:
        """Return a cell; on a phone, where a row is a card, it shows its label."""
        return h.td(self.attributes("number" if is_number else "cell"))[
            h.b(self.attributes("cell-label"), aria_hidden="true")[label], h.span[content]
        ]

    # Forms

    def section(self, label: str, content: Content, id: str | None = None) -> Renderable:
        """Return the forms of a page, side by side or one below the other."""
        return h.section(self.attributes("events"), aria_label=label, id=id)[content]

    def form(
        self,
        attributes: Attributes,
        *,
        heading: Content,
        hint: Content,
        rows: Content,
        buttons: Content,
        error: Renderable,
        after: Content = None,
        is_button: bool = False,
    ) -> Renderable:
        """Return a form; `is_button` says that it asks for nothing."""
        return h.form(self.attributes("button-form" if is_button else "form", attributes))[
            heading,
            h.p(self.attributes("hint"))[hint] if hint else None,
            rows,
            h.p(self.attributes("buttons"))[buttons],
            error,
            after,
        ]

    def row(self, row: Row, *, is_check: bool = False) -> Renderable:
        """Return an input with its label, its hint and its error."""
        star = (
            h.span(self.attributes("required"), aria_hidden="true")[" *"] if row.required else None
        )
        label = (
            h.label(self.attributes("label"), for_=row.control_id)[row.control, h.span[row.label]]
            if is_check
            else h.label(self.attributes("label"), for_=row.control_id)[row.label, star]
        )
        return h.div(self.attributes("check" if is_check else "field"))[
            label, None if is_check else row.control, row.hint, row.error, row.after
        ]

    def hint(self, id: str, text: Content) -> Renderable:
        """Return what is expected of an input."""
        return h.p(self.attributes("hint"), id=id)[text]

    def error(self, attributes: Attributes, text: Content) -> Renderable:
        """Return the element for an error; it is always there, and mostly empty."""
        return h.p(self.attributes("error", {"role": "alert", **attributes}))[text]

    def fieldset(
        self, legend: str, rows: Content, after: Content, attributes: Attributes
    ) -> Renderable:
        """Return the inputs of a value object."""
        return h.fieldset(self.attributes("fieldset", attributes))[
            h.legend(self.attributes("legend"))[legend], rows, after
        ]

    def items(
        self,
        attributes: Attributes,
        rows: Content,
        spare: Content,
        new: Renderable,
        add: Renderable,
    ) -> Renderable:
        """Return the rows of a list; the script of components adds to them and removes them.

        `spare` are empty rows for want of a script, `new` is a row that is not there yet, and
        `add` the button that puts it there.
        """
        return h.sm_items(self.attributes("items", attributes))[
            h.ol(self.attributes("item-list"))[rows],
            h.noscript[h.ol(self.attributes("item-list"))[spare]],
            h.template[new],
            add,
        ]

    def item(self, rows: Content, remove: Renderable) -> Renderable:
        """Return a row of a list, with the button that removes it."""
        return h.li(self.attributes("item"))[h.div(self.attributes("item-parts"))[rows], remove]

    def input(self, attributes: Attributes) -> Renderable:
        """Return an `<input>`; `type` says which."""
        part = {"checkbox": "checkbox", "file": "file"}.get(str(attributes.get("type")), "input")
        return h.input(self.attributes(part, attributes))

    def textarea(self, text: Content, attributes: Attributes) -> Renderable:
        """Return a `<textarea>`."""
        part = "line" if attributes.get("rows") == "1" else "textarea"
        return h.textarea(self.attributes(part, attributes))[text]

    def select(self, options: Sequence[Renderable], attributes: Attributes) -> Renderable:
        """Return a `<select>`."""
        return h.select(self.attributes("select", attributes))[options]

    def option(self, label: str, attributes: Attributes) -> Renderable:
        """Return an option of a `<select>`."""
        return h.option(dict(attributes))[label]

    def hidden(self, name: str, value: str) -> Renderable:
        """Return an input that nobody sees."""
        return h.input(type="hidden", name=name, value=value)

    def result(self, id: str) -> Renderable:
        """Return the place for what an event returns."""
        return h.div(self.attributes("result"), id=id)

    def text(self, content: Content) -> Renderable:
        """Return a paragraph."""
        return h.p(self.attributes("text"))[content]

    def form_title(self, title: Content, id: str | None = None) -> Renderable:
        """Return the heading of a form."""
        return h.h2(self.attributes("form-title"), id=id)[title]

    def dialog_closer(self, id: str) -> Renderable:
        """Return an empty form; a button that belongs to it closes the dialog around it."""
        return h.form(method="dialog", id=id)

    def stored_value(self, values: str) -> Renderable:
        """Return the button beside an input that takes what somebody else has stored.

        `values` says for the script of components which inputs get what, as JSON.
        """
        return h.sm_stored(values=values)[
            self.button("Take theirs", {"type": "button"}, kind="secondary")
        ]

    def token(self, text: Content, attributes: Attributes) -> Renderable:
        """Return an element that nobody sees, whose text the front end keeps."""
        return h.output({"hidden": True, **attributes})[text]

    def refresh(self, part: str, token: Renderable) -> Renderable:
        """Return what fetches a part of the page anew when a token changes."""
        return h.sm_refresh(part=part)[token]

    def browser_state(
        self, storage: str, form: Attributes, seal: Renderable, token: Renderable
    ) -> Renderable:
        """Return what keeps an entity in a storage of the browser; nobody sees it.

        The script of components submits the form, in which `seal` is the input for what is kept. What
        the page was told last is in the token.
        """
        return h.sm_browser_state({"hidden": True, "storage": storage})[h.form(form)[seal], token]

    def picker(self, row: Row, attributes: Attributes) -> Renderable:
        """Return an input that looks for records; the script of components makes a combobox of it."""
        return h.div(self.attributes("field"))[
            h.sm_picker(self.attributes("picker", attributes))[
                h.label(self.attributes("label"), for_=row.control_id)[
                    row.label,
                    (
                        h.span(self.attributes("required"), aria_hidden="true")[" *"]
                        if row.required
                        else None
                    ),
                ],
                row.control,
            ],
            row.hint,
            row.error,
            row.after,
        ]

    def exact_time(self, row: Renderable, attributes: Attributes) -> Renderable:
        """Return an input for a time, which the script of components shows as a browser can.

        `kind` is the type that it gets; with `zoned` it is shown in the reader's own zone.
        """
        return h.sm_datetime(dict(attributes))[row]

    # Buttons and links

    def button(
        self, label: Content, attributes: Attributes, *, kind: str = "primary"
    ) -> Renderable:
        """Return a button; `kind` is `primary`, `secondary` or `danger`."""
        return h.button(self.attributes(f"button-{kind}", attributes))[label]

    def link_button(
        self,
        label: Content,
        href: str,
        attributes: Attributes | None = None,
        *,
        kind: str = "primary",
    ) -> Renderable:
        """Return a link that looks like a button."""
        return h.a(self.attributes(f"link-{kind}", {"href": href, **(attributes or {})}))[label]

    def dialog(self, id: str, title_id: str, content: Content) -> Renderable:
        """Return a dialog that is closed at first."""
        return h.dialog(self.attributes("dialog"), id=id, aria_labelledby=title_id)[content]

    # Lists

    def listing(self, part: str, content: Content, live: Renderable | None) -> Renderable:
        """Return a list with its filters; the script of components keeps it without loading pages."""
        return h.sm_list(self.attributes("listing", {"part": part}))[content, live]

    def filters(
        self,
        action: str,
        shown: Content,
        more: Content,
        more_attributes: Attributes,
        buttons: Content,
        error: Renderable,
    ) -> Renderable:
        """Return the form above a list; `more` are inputs behind a click.

        `more_attributes` are those of the `<details>`, which is open where the address uses them.
        """
        return h.form(self.attributes("filters"), method="get", action=action, role="search")[
            shown,
            (
                h.details(dict(more_attributes))[
                    h.summary["More filters"], h.div(self.attributes("more"))[more]
                ]
                if more
                else None
            ),
            buttons,
            error,
        ]

    def scriptless(self, content: Content) -> Renderable:
        """Return what only readers without a script need."""
        return h.noscript[content]

    def part(self, id: str, content: Content) -> Renderable:
        """Return what the script of components replaces when the list changes."""
        return h.section(id=id)[content]

    def records(self, label: str, head: Content, rows: Content) -> Renderable:
        """Return the table of a list; on a phone its rows are cards."""
        return h.div(self.attributes("records"), role="region", aria_label=label, tabindex="0")[
            h.table(self.attributes("table-element"))[h.thead[h.tr[head]], h.tbody[rows]]
        ]

    def sortable_column(
        self, label: str, name: str, href: str, direction: str, is_number: bool
    ) -> Renderable:
        """Return the heading of a column by which a list can be sorted.

        `direction` is that of the order now: `ascending`, `descending` or `none`.
        """
        attributes = self.attributes("number" if is_number else "column")
        return h.th(attributes, scope="col", aria_sort=direction)[
            h.a(self.attributes("sort-link"), id=f"sort-{name}", href=href)[label]
        ]

    def record_row(
        self, id: str, name: Content, href: str, cells: Content, before: Content = None
    ) -> Renderable:
        """Return the row of a record; its name links to its page."""
        return h.tr(id=id)[before, h.th(scope="row")[h.a(href=href)[name]], cells]

    def pager(self, status: Content, links: Content) -> Renderable:
        """Return how many records there are, and the way to the others."""
        return h.div(self.attributes("pager"))[
            h.p(role="status")[status], h.nav(aria_label="Pages")[links] if links else None
        ]

    def pager_link(self, label: str, rel: str, href: str) -> Renderable:
        """Return the way to another page of a list."""
        return h.a(self.attributes("pager-link"), rel=rel, href=href)[label]

    def chips(self, label: str, items: Content) -> Renderable:
        """Return what a list is filtered by, each with a way to drop it."""
        return h.ul(self.attributes("chips"), aria_label=label)[items]

    def chip(self, label: Content, href: str, description: str) -> Renderable:
        """Return one filter; the link drops it."""
        return h.li[h.a(href=href, aria_label=description)[label]]

    def empty_state(self, text: Content, action: Content = None) -> Renderable:
        """Return that there is nothing to show, and what can be done about it."""
        return h.p(self.attributes("empty"), role="status")[text, action]

    # Smaller things

    def badge(self, label: Content, kind: str = "neutral") -> Renderable:
        """Return a short word about something; `kind` is `neutral`, `success`, `warning`, `danger`."""
        return h.span(self.attributes(f"badge-{kind}"))[label]

    def alert(self, content: Content, attributes: Attributes | None = None) -> Renderable:
        """Return something that must be read before going on."""
        return h.div(self.attributes("alert", {"role": "alert", **(attributes or {})}))[content]

    def card(self, content: Content, attributes: Attributes | None = None) -> Renderable:
        """Return a box around what belongs together."""
        return h.div(self.attributes("card", attributes))[content]

    # Around lists

    def list_tools(self, columns: Renderable | None, export: Renderable) -> Renderable:
        """Return what stands below a list: the choice of its columns, and a link to a file of it."""
        return h.div(self.attributes("list-tools"))[columns, export]

    def column_chooser(self, action: str, boxes: Content) -> Renderable:
        """Return the form that chooses the columns of a list, behind a click."""
        return h.details(self.attributes("column-chooser"))[
            h.summary["Columns"],
            h.form(self.attributes("column-form"), method="get", action=action)[
                boxes, self.button("Show these columns", {}, kind="secondary")
            ],
        ]

    def column_choice(self, label: str, attributes: Attributes) -> Renderable:
        """Return the box of one column."""
        box = self.input({"type": "checkbox", "name": "columns", **attributes})
        return h.label(self.attributes("column-choice"))[box, h.span[label]]

    def download_link(self, label: str, href: str) -> Renderable:
        """Return a link to a file."""
        return h.a(self.attributes("download"), href=href, download=True)[label]

    def children(
        self, id: str, title: Content, status: Content, links: Content, content: Content
    ) -> Renderable:
        """Return the records that refer to one, on its page: a heading, ways on, and a table."""
        # It is no landmark: the table inside is one, and called the same.
        return h.section(self.attributes("children"), id=id)[
            h.div(self.attributes("children-head"))[
                h.h2(self.attributes("children-title"))[title], links
            ],
            content,
            h.p(self.attributes("hint"))[status],
        ]

    def file_removal(self, label: str, attributes: Attributes) -> Renderable:
        """Return the box that says to remove the file that is stored."""
        box = self.input({"type": "checkbox", **attributes})
        return h.label(self.attributes("column-choice"))[box, h.span[label]]

    def group_of(self, content: Content) -> Renderable:
        """Return elements side by side, with nothing around them."""
        return h.fragment[content]

    def batch_form(self, id: str, action: str, buttons: Content) -> Renderable:
        """Return the form for what is done to the records that are ticked in the rows of a list."""
        return h.form(self.attributes("batch"), id=id, method="post", action=action)[
            h.span(self.attributes("batch-label"))["With those selected:"], buttons
        ]

    def select_all(self, form: str) -> Renderable:
        """Return the heading of the column of ticks; the script of components ticks all rows."""
        box = self.input({"type": "checkbox", "name": "all", "form": form})
        return h.td(self.attributes("tick"))[h.label[box, h.span["Select all"]]]

    def select_row(self, form: str, id: str, label: str) -> Renderable:
        """Return the cell in which a record is ticked; nobody needs to see the label."""
        box = self.input({"type": "checkbox", "name": "id", "value": id, "form": form})
        return h.td(self.attributes("tick"))[h.label[box, h.span[label]]]

    def row_button(self, label: str, attributes: Attributes, description: str) -> Renderable:
        """Return a small button in a row; `description` says for which record."""
        attributes = {"aria-label": description, **attributes}
        return h.button(self.attributes("row-button", attributes))[label]

    def batch_question(
        self, action: str, hidden: Content, records: Content, buttons: Content
    ) -> Renderable:
        """Return the form that asks before something is done to many records."""
        return h.form(self.attributes("form"), method="post", action=action)[
            h.ul(self.attributes("batch-records"))[records],
            hidden,
            h.p(self.attributes("buttons"))[buttons],
        ]

    def batch_record(self, label: Content) -> Renderable:
        """Return one of the records that something is about to be done to."""
        return h.li[label]

    def batch_outcome(self, refused: Content, action: Renderable) -> Renderable:
        """Return which records something was refused for, and why."""
        return self.alert([h.dl(self.attributes("refused"))[refused], action])

    def batch_refusal(self, label: Content, reason: Content) -> Renderable:
        """Return one of the records that something was refused for."""
        return h.div[h.dt[label], h.dd[reason]]

    def row_actions(self, links: Content) -> Renderable:
        """Return the cell with what can be done with one record of a list."""
        return h.td(self.attributes("row-actions"))[links]

    def row_link(self, label: str, href: str, description: str) -> Renderable:
        """Return a small link in a row; `description` says of which record."""
        return h.a(self.attributes("row-link"), href=href, aria_label=description)[label]

    def error_page(self, problem: Content, actions: Content) -> Renderable:
        """Return why a page cannot be shown, and the ways on from here."""
        return h.section(self.attributes("error-page"))[
            self.alert(problem), h.p(self.attributes("buttons"))[actions]
        ]

    def home(self, entries: Sequence[Renderable]) -> Renderable:
        """Return the content of the home page: the pages of the app."""
        return h.section(self.attributes("home"), aria_label="Pages")[entries]

    def home_entry(self, entry: HomeEntry) -> Renderable:
        """Return a page of the app on its home page: its title is the link to it."""
        actions = [
            self.link_button(action.label, action.href, kind="secondary")
            for action in entry.actions
        ]
        return self.card(
            [
                self.form_title(h.a(href=entry.href)[entry.title]),
                self.text(entry.lead) if entry.lead else None,
                h.p(self.attributes("buttons"))[actions] if actions else None,
            ]
        )
