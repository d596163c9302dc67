"""Compiles lists: the form above a list, its table, and the way to its other pages."""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from markupsafe import Markup

from starmodel.ui.addresses import escape_text, quote_segment
from starmodel.ui.components.fields import (
    Boolean,
    Choice,
    Date,
    DateTime,
    Duration,
    Field,
    Items,
    Link,
    Number,
    Related,
    Text,
    Time,
)
from starmodel.ui.components.pages import MAX_COUNT, ONE, Form, List
from starmodel.ui.kit import Content, Row
from starmodel.ui.names import EntityNames
from starmodel.ui.rendering.builder import Builder, form_errors
from starmodel.ui.template import Filler, Inline, Renderable, State
from starmodel.ui.view import ROWS, View, short_id

BOOLEANS = {"true": "Yes", "false": "No"}

RANGES = (Number, Date, Time, DateTime, Duration)
"""Fields that are filtered by the lowest and the highest value."""

MAX_TABLES = 32
"""For how many choices of columns a list keeps its table compiled."""

RANGE_TYPES: dict[type[Field], str] = {
    Date: "date",
    Time: "time",
    DateTime: "datetime-local",
    Duration: "text",
}


class ListTable(NamedTuple):
    """The table of a list, and what fills one of its rows with the state of a record."""

    row: Filler
    table: Filler


ListTables: TypeAlias = Callable[[Collection[str]], ListTable]
"""Returns the table of the columns of these names; of those that are shown at first for none."""


def cached_by_address(fill: Filler, key: object = None) -> Filler:
    """Return what fills a part of a page that says nothing but what the list's address does.

    It is filled once for an address, and kept as long as that is. `key` names what has one text for
    an address, however often it is compiled.
    """
    key = key or object()

    def cached(state: State, view: Any) -> str:
        known = view.list.parts.written
        html = known.get(key)
        if html is None:
            html = known[key] = fill(state, view)
        return html

    return cached


class ListBuilder(Builder):
    """Compiles one list."""

    def list_page(
        self, component: List, tables: ListTables, bound: Form | None = None
    ) -> Renderable:
        """Return the `<main>` of a list; the inputs of the `bound` form hold what was sent."""
        entity, kit = component.entity, self.kit
        part = f"{entity.name}-list"
        above = ListBuilder(kit, self.frontend)
        inputs = above._inputs(component)
        shown = [row for row, is_more in inputs.values() if not is_more]
        more = [row for row, is_more in inputs.values() if is_more]
        hidden_names = tuple([name for name, (_, is_more) in inputs.items() if is_more])
        opened = above.hole(lambda _, view: view.list.details_open(*hidden_names))
        names = tuple(inputs)
        buttons: list[Content] = [
            above.hole(lambda _, view: view.list.hidden_filters(names)),
            kit.scriptless(kit.button("Search", {}, kind="secondary")),
        ]
        if component.new is not None:
            buttons.append(kit.link_button(component.new.title, f"{entity.path}/new"))
        # The script of components writes into it; a front end bound to it would undo that.
        error = kit.error({}, "")
        form = kit.filters(entity.path, shown, more, {opened: True}, buttons, error)
        # What records are called that an address names is in no address.
        is_fixed = not any(isinstance(component.of.by_name.get(name), Link) for name in names)
        fill = above.compile(form).fill
        filters = self.hole(cached_by_address(fill) if is_fixed else fill)
        token = f"_changes.{entity.name}"
        live = kit.token(
            self.hole(lambda _, view: escape_text(view.list.change_token)),
            self.frontend.text(token, Text("").format),
        )
        records = kit.part(part, self.hole(self._records(component, tables, names)))

        def changes(_: State, view: Any) -> dict[str, Any]:
            return {entity.name: view.list.change_token}

        data: dict[str, Any] = {"_changes": changes}
        content: list[Renderable] = [kit.listing(part, [filters, records], live)]
        if component.forms:
            data["errors"] = form_errors(entity, component.forms, bound)
            forms = [
                self.form(each, is_bound=each is bound, keeps=False, is_primary=False)
                for each in component.forms
            ]
            content.append(kit.section("Actions", forms))
        address = f"/live?watch={entity.name}"
        return self.main(data, lambda state, view: address, content)

    def children(self, field: Related, component: List, owner: EntityNames) -> Filler:
        """Return what fills the place of the records that refer to one.

        Args:
            field: Says how they refer to it.
            component: Their list.
            owner: What the one is called.
        """
        kit, entity = self.kit, component.entity
        id = f"{owner.name}-{field.name}"
        names = [name for name in component.shown if name != field.by]
        table = self._table(component, names, title=field.title, is_full=False).table
        around = ListBuilder(kit, self.frontend)
        address = around.hole(field.link())
        links: list[Renderable] = []
        if not field.single:
            links.append(kit.link_button("Show all", address, kind="secondary"))
        new = component.new
        if new is not None and new.forms and field.by in new.forms[0].initial:
            inner = ListBuilder(kit, self.frontend)
            way = kit.link_button(new.title, inner.hole(field.link("/new")))
            fill = inner.compile(way).fill

            def unless_there(state: State, view: Any) -> str:
                shown = view.children.get(field.name)
                # There is no second one.
                is_there = field.single and shown is not None and bool(shown.items)
                return "" if is_there else fill(state, view)

            links.append(around.hole(unless_there))
        one, several = escape_text(component.of.words), escape_text(component.words)

        def content(state: State, view: Any) -> str:
            shown = view.children.get(field.name)
            if shown is None:
                return ""
            if not shown.items:
                return none
            return table(state, View(list=shown, related=shown.related))

        def status(state: State, view: Any) -> str:
            shown = view.children.get(field.name)
            if shown is None or not shown.items or field.single:
                return ""
            count = len(shown.items)
            if shown.next is None:
                return f"{count} {one if count == 1 else several}"
            if shown.count is None or shown.count > MAX_COUNT:
                return f"The first {count} of more"
            return f"The first {count} of {shown.count:,} {several}"

        words = f"is no {component.of.words}" if field.single else f"are no {component.words}"
        none = kit.empty_state(f"There {words} yet.").__html__()
        token = f"_changes.{entity.name}"
        known = around.hole(
            lambda _, view: (
                escape_text(view.children[field.name].change_token)
                if field.name in view.children
                else ""
            )
        )
        live = kit.refresh(id, kit.token(known, self.frontend.text(token, Text("").format)))
        section = kit.children(id, field.title, around.hole(status), links, around.hole(content))
        return around.compile(kit.group_of([section, live])).fill

    def _inputs(self, component: List) -> dict[str, tuple[Renderable, bool]]:
        """Return the inputs above a list by name, and of each whether it is behind a click."""
        inputs: dict[str, tuple[Renderable, bool]] = {}
        if component.search:
            inputs["q"] = (self._input(component, "q", "Search", {"type": "search"}), False)
        for signal in component.filters:
            field = component.of.by_name.get(signal.name)
            if field is None:
                continue
            name, title = field.name, field.title
            match field:
                case Choice():
                    inputs[name] = (
                        self._select(component, name, title, field.choices.labels),
                        False,
                    )
                case Boolean():
                    inputs[name] = (self._select(component, name, title, BOOLEANS), False)
                case Link():
                    inputs[name] = (self._picker(component, field), False)
                case Number() | Date() | Time() | DateTime() | Duration():
                    kind = RANGE_TYPES.get(type(field), "number")
                    limits = {"type": kind, **({"step": "any"} if kind == "number" else {})}
                    if isinstance(field, DateTime) and field.zoned:
                        limits = {"type": "text"}  # until the script of components knows the zone
                    for operator, words in (("ge", "from"), ("le", "to")):
                        called = f"{name}__{operator}"
                        row = self._input(component, called, f"{title} {words}", limits)
                        if isinstance(field, DateTime) and field.zoned:
                            row = self.kit.exact_time(row, {"kind": kind, "zoned": True})
                        inputs[called] = (row, True)
                case Items(item=Choice() as item):
                    called, words = f"{name}__contains", f"{title} contains"
                    inputs[called] = (
                        self._select(component, called, words, item.choices.labels),
                        True,
                    )
                case Text() | Items():
                    called = f"{name}__contains"
                    inputs[called] = (
                        self._input(component, called, f"{title} contains", {"type": "text"}),
                        True,
                    )
                case _:
                    pass
        return inputs

    def _id(self, component: List, name: str) -> str:
        return f"{component.entity.name}-find-{name}"

    def _input(
        self, component: List, name: str, label: str, attributes: dict[str, Any]
    ) -> Renderable:
        id = self._id(component, name)
        value = self.hole(lambda _, view: view.list.value(name))
        control = self.kit.input({"id": id, "name": name, **attributes, "value": value})
        return self.kit.row(Row(label, control, id, None, None))

    def _select(self, component: List, name: str, label: str, choices: Any) -> Renderable:
        id = self._id(component, name)

        def selected(value: str) -> Filler:
            return lambda _, view: view.list.selected(name, value)

        options = [self.kit.option("Any", {"value": ""})]
        for value, title in choices.items():
            options.append(
                self.kit.option(title, {"value": value, self.hole(selected(value)): True})
            )
        control = self.kit.select(options, {"id": id, "name": name})
        return self.kit.row(Row(label, control, id, None, None))

    def _picker(self, component: List, field: Link) -> Renderable:
        id, name = self._id(component, field.name), field.name
        value = self.hole(lambda _, view: view.list.value(name))
        control = self.kit.input(
            {"id": id, "type": "text", "name": name, "value": value, "autocomplete": "off"}
        )
        chosen = self.hole(lambda _, view: view.list.chosen(name, field.by))
        row = Row(field.title, control, id, None, None)
        return self.kit.picker(row, {"source": f"{field.to}/options", "chosen": chosen})

    def tables(self, component: List) -> ListTables:
        """Return what has the table of each choice of columns; those that readers chose lately are kept."""
        # The address says which columns there are.
        key = object()
        shown = self._table(component, component.shown, key)

        @lru_cache(maxsize=MAX_TABLES)
        def chosen(columns: frozenset[str]) -> ListTable:
            return self._table(component, columns, key)

        return lambda columns: chosen(frozenset(columns)) if columns else shown

    def _records(self, component: List, tables: ListTables, names: tuple[str, ...]) -> Filler:
        """Return what fills the part of the page that shows the records."""
        labels = {each.name: each.by for each in component.of.fields if isinstance(each, Link)}
        titles = {each.name: each.title for each in component.of.by_name.values()}
        pager = self._pager(component)
        empty = self._empty(component)
        tools = self._tools(component)
        batch = self._batch(component)
        chips = self._chips(names, titles, labels)

        def records(state: State, view: Any) -> str:
            filters = chips(state, view)
            if not view.list.size:
                return f"{filters}{empty(state, view)}"
            table = tables(view.list.columns).table
            before = f"{filters}{batch(state, view)}" if batch is not None else filters
            return f"{before}{table(state, view)}{pager(state, view)}{tools(state, view)}"

        return records

    def _chips(
        self, names: tuple[str, ...], titles: Mapping[str, str], labels: Mapping[str, str]
    ) -> Filler:
        """Return what lists the filters that no input above the list shows."""
        kit = self.kit
        one = ListBuilder(kit, self.frontend)
        said = one.hole(lambda state, _: escape_text(state["label"]))
        dropped = one.hole(lambda state, _: f"Drop the filter: {escape_text(state['label'])}")
        chip = one.compile(kit.chip(said, one.hole(lambda state, _: state["href"]), dropped)).fill
        around = ListBuilder(kit, self.frontend)
        all_of_them = around.compile(
            kit.chips("Filters", around.hole(lambda state, _: state["items"]))
        ).fill

        def chips(state: State, view: Any) -> str:
            shown = view.list
            items = [
                chip(
                    {
                        "label": shown.filter_label(name, value, titles, labels),
                        "href": shown.without(name, value),
                    },
                    view,
                )
                for name, value in shown.filters_beside(names)
            ]
            return all_of_them({"items": "".join(items)}, view) if items else ""

        # What records are called that an address names is in no address.
        return chips if labels else cached_by_address(chips)

    def _batch(self, component: List) -> Filler | None:
        """Return the form for what is done to many records; its boxes are in their rows."""
        if not component.actions:
            return None
        kit, entity = self.kit, component.entity
        builder = ListBuilder(kit, self.frontend)
        action = builder.hole(lambda _, view: view.list.with_query(f"{entity.path}/batch"))
        buttons = [
            kit.button(
                form.route.event.replace("_", " ").capitalize(),
                {"name": "event", "value": form.route.event},
                kind="secondary",
            )
            for form in component.actions
        ]
        form = kit.batch_form(_batch_id(component), action, buttons)
        return cached_by_address(builder.compile(form).fill)

    def _tools(self, component: List) -> Filler:
        """Return what chooses the columns of a list, and takes it elsewhere."""
        kit, entity = self.kit, component.entity
        builder = ListBuilder(kit, self.frontend)

        def checked(name: str) -> Filler:
            is_shown = name in component.shown
            return lambda _, view: (
                "checked" if (name in view.list.columns if view.list.columns else is_shown) else ""
            )

        boxes = [
            kit.column_choice(field.title, {"value": name, builder.hole(checked(name)): True})
            for name, field in component.fields.items()
        ]
        hidden = builder.hole(lambda _, view: view.list.hidden(("columns",)))
        export = builder.hole(lambda _, view: view.list.with_query(f"{entity.path}.csv"))
        tools = kit.list_tools(
            kit.column_chooser(entity.path, [hidden, boxes]) if len(boxes) > 1 else None,
            kit.download_link("Download as CSV", export),
        )
        return cached_by_address(builder.compile(tools).fill)

    def _table(
        self,
        component: List,
        names: Collection[str],
        key: object = None,
        *,
        title: str = "",
        is_full: bool = True,
    ) -> ListTable:
        """Return the table of some columns.

        Args:
            component: The list.
            names: The fields that have a column.
            key: Names the tables of a list for `cached_by_address`.
            title: What the table is called; by default as the list is.
            is_full: Whether its rows can be acted on.
        """
        kit, record = self.kit, component.of
        sorts = component.sorted_by
        columns = [field for name, field in component.fields.items() if name in names]
        builder = ListBuilder(kit, self.frontend)
        head: list[Content] = []
        for field in columns:
            name = sorts.get(field.name)
            if name is None:
                head.append(kit.column(field.title, field.is_number))
                continue
            head.append(
                kit.sortable_column(
                    field.title,
                    name,
                    builder.hole(_sort_address(name)),
                    builder.hole(_direction(name)),
                    field.is_number,
                )
            )
        row = ListBuilder(kit, self.frontend)
        name = record.name.name if record.name is not None else None
        first = columns[0] if columns and columns[0].name == name else None
        cells = [
            kit.cell(field.title, row.hole(field.cell(row)), field.is_number)
            for field in columns
            if field is not first
        ]
        if first is None:
            head.insert(0, kit.column(record.title))
        if is_full and component.actions:
            head.insert(0, kit.select_all(_batch_id(component)))
        called = row.hole(_called(name))
        entity = component.entity
        before = None
        if is_full and component.actions:
            label = Markup("Select ") + called
            before = kit.select_row(_batch_id(component), row.hole(_ID), label)
        events = [form for form in component.actions if not form.is_danger]
        if is_full and component.row_actions and (record.edit or record.delete or events):
            head.append(kit.column("Actions"))
            links: list[Renderable] = []
            for form in events:
                event = form.route.event
                word = event.replace("_", " ").capitalize()
                sent = Markup(f"{event} ") + row.hole(_ID)
                attributes = {"form": _batch_id(component), "name": ONE, "value": sent}
                links.append(kit.row_button(word, attributes, Markup(f"{word} ") + called))
            for verb, form in (("edit", record.edit), ("delete", record.delete)):
                if form is not None:
                    word = verb.capitalize()
                    href = Markup(f"{entity.path}/") + row.hole(_ID_SEGMENT) + f"/{verb}"
                    links.append(kit.row_link(word, href, Markup(f"{word} ") + called))
            cells.append(kit.row_actions(links))
        line = row.compile(
            kit.record_row(
                Markup(f"{entity.name}-") + row.hole(_ID),
                called,
                Markup(f"{entity.path}/") + row.hole(_ID_SEGMENT),
                cells,
                before,
            )
        ).fill

        records = kit.records(title or component.title, head, Markup(ROWS))
        around = cached_by_address(builder.compile(records).fill, key)

        def table(state: State, view: Any) -> str:
            html, shown = around(state, view), view.list
            if shown.rows:
                return html
            return html.replace(ROWS, "".join([line(each, view) for each in shown.items]))

        return ListTable(line, table)

    def _pager(self, component: List) -> Filler:
        """Return what says how many records there are, and leads to the others."""
        one, several = escape_text(component.of.words), escape_text(component.words)
        links = self._links()
        builder = ListBuilder(self.kit, self.frontend)

        def status(state: State, view: Any) -> str:
            shown = view.list
            count = shown.size
            words = f"{count} {one if count == 1 else several}"
            if shown.next is None and shown.is_first:
                return words
            if shown.count is None:
                return f"{words} on this page"
            if shown.count > component.count:
                return f"{count} of more than {component.count:,} {several}"
            return f"{count} of {shown.count:,} {several}"

        return builder.compile(self.kit.pager(builder.hole(status), builder.hole(links))).fill

    def _links(self) -> Filler:
        kit = self.kit

        def link(label: str, rel: str, address: Callable[[Any], str]) -> Filler:
            builder = ListBuilder(kit, self.frontend)
            href = builder.hole(lambda _, view: escape_text(address(view.list)))
            return builder.compile(kit.pager_link(label, rel, href)).fill

        first = link("First page", "start", lambda shown: shown.address())
        previous = link("Previous page", "prev", lambda shown: shown.address(cursor=shown.previous))
        following = link("Next page", "next", lambda shown: shown.address(cursor=shown.next))

        def links(state: State, view: Any) -> str:
            shown = view.list
            return "".join(
                [
                    first(state, view) if not shown.is_first else "",
                    previous(state, view) if shown.previous is not None else "",
                    following(state, view) if shown.next is not None else "",
                ]
            )

        return links

    def _empty(self, component: List) -> Filler:
        """Return what is shown instead of a table where there is nothing to list.

        Where a policy has left out all records of a page others may follow, so the way to them is
        shown.
        """
        kit, words = self.kit, component.words
        links = self._links()
        pager = ListBuilder(kit, self.frontend)
        further = pager.compile(
            kit.pager(
                pager.hole(
                    lambda _, view: (
                        f"No {escape_text(words)} on this page"
                        if view.list.next is not None
                        else f"No more {escape_text(words)}"
                    )
                ),
                pager.hole(links),
            )
        ).fill
        new = None
        if component.new is not None:
            new = kit.link_button(component.new.title, f"{component.entity.path}/new")
        none = kit.empty_state(f"There are no {words} yet. ", new).__html__()
        all_of_them = kit.link_button(f"Show all {words}", component.entity.path, kind="secondary")
        none_fit = kit.empty_state(f"No {words} fit. ", all_of_them).__html__()

        def empty(state: State, view: Any) -> str:
            shown = view.list
            if shown.next is not None or not shown.is_first:
                return further(state, view)
            return none if shown.is_unfiltered else none_fit

        return empty


_ID = Inline("{escape}({text}(state[{id}]))", escape=escape_text, text=str, id="id")
"""The id of a record."""

_ID_SEGMENT = Inline(
    "v if (v := {text}(state[{id}])).isalnum() and v.isascii() else {quote}(v)",
    quote=quote_segment,
    text=str,
    id="id",
)
"""The id of a record, as a segment of an address."""


def _called(name: str | None) -> Filler:
    """Return what a record is called: by a field, else by its id, which is shortened."""
    names = {"escape": escape_text, "short": short_id, "text": str, "id": "id"}
    of_id = "{escape}({short}({text}(state[{id}])))"
    if name is None:
        return Inline(of_id, **names)
    source = "{escape}({text}(v)) if (v := state[{name}]) else " + of_id
    return Inline(source, name=name, **names)


def _batch_id(component: List) -> str:
    return f"{component.entity.name}-batch"


def _sort_address(name: str) -> Filler:
    return lambda _, view: view.list.sort_address(name)


def _direction(name: str) -> Filler:
    return lambda _, view: view.list.direction(name)
