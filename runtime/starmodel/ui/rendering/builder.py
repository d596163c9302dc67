"""Compiles components: asks the kit for elements and the front end for attributes, once.

What comes out is a `Template`. A request fills its holes out of a state and a `View`.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup

from starmodel.ui.addresses import escape_text
from starmodel.ui.components.fields import Field, Link, Reader, Related, Table, Text
from starmodel.ui.components.inputs import ITEM, ROWS, Fieldset, Input, ItemsInput, Picker
from starmodel.ui.components.pages import AGAIN, Form, FormPage, Record
from starmodel.ui.frontend import Attributes, Data, Frontend, Still
from starmodel.ui.kit import Content, Row, UIAdapter
from starmodel.ui.names import SEALED, EntityNames
from starmodel.ui.template import Filler, Holes, Renderable, State, Template, markup
from starmodel.ui.view import View

SPARE_ROWS = 3
"""How many empty rows a list has where no script adds any."""

NEW_ROW = "__new__"
"""The number of a row that is not there yet; the script of components writes another."""

MANY_FORMS = 3
"""With more forms than this a page has a link to them; below that they may stand above the fields."""


class Builder(Holes):
    """Compiles one component.

    Args:
        kit: How it looks.
        frontend: How it stays live.
        is_embedded: Whether it stands in a page that need not know its forms.

    Attributes:
        fragments: The elements that are sent anew when their field changes, by field.
        refreshes: What fetches elements anew that cannot be sent.
        data: What the page shows live, by path.
    """

    def __init__(self, kit: UIAdapter, frontend: Frontend, *, is_embedded: bool = False) -> None:
        super().__init__()
        self.is_embedded = is_embedded
        self.kit = kit
        self.frontend = frontend
        self.fragments: dict[str, list[Template]] = {}
        self._parts: Counter[str] = Counter()
        self.refreshes: list[Renderable] = []

    def compile(self, content: Renderable) -> Template:
        """Compile what was built."""
        return self.template(content.__html__())

    def _inner(self) -> "Builder":
        return Builder(self.kit, self.frontend, is_embedded=self.is_embedded)

    # Fields

    def fragment(self, field: Field, fill: Filler, path: str, read: Reader) -> Renderable:
        """Return the element of a value that is sent anew as a whole when it changes."""
        id = path.replace(".", "-")
        self._parts[id] += 1
        if self._parts[id] > 1:
            # A field may stand on a page more than once, as a table and as a chart.
            id = f"{id}-{self._parts[id]}"
        inner = self._inner()
        if isinstance(self.frontend, Still):
            # There may be several of a kind, and none of them is sent anew.
            id = Markup(f"{escape_text(id)}-") + inner.hole(_id)
        template = inner.compile(self.kit.fragment(id, inner.hole(fill), field=field))
        if isinstance(field, Link):
            # What records are called is not in the state: whoever shows it asks for it.
            self.refreshes.append(self.refresh(id, path, read))
        else:
            # The part of a value object is sent anew with the field that has it.
            _, name, *_ = path.split(".")
            self.fragments.setdefault(name, []).append(template)
        return self.hole(template.fill)

    def refresh(self, part: str, path: str, read: Reader) -> Renderable:
        """Return the element that fetches a part of the page anew when a value changes."""
        # As the front end writes it: what stands there already is no change.
        text = self.hole(lambda state, _: escape_text(token_text(read(state))))
        return self.kit.refresh(part, self.kit.token(text, self.frontend.token(path)))

    def table(self, component: Table, read: Reader) -> Filler:
        """Return what fills the place of a table of value objects."""
        row = self._inner()

        def part(name: str, show: Callable[[Any, Any], str]) -> Filler:
            return lambda state, view: show(state[name], view)

        cells = [
            self.kit.cell(one.title, row.hole(part(one.name, one.shown(self))), one.is_number)
            for one in component.columns
        ]
        line = row.compile(self.kit.row_of_cells(cells)).fill
        around = self._inner()

        def rows(state: State, view: Any) -> str:
            items = read(state) or ()
            return "".join([line(item, view) for item in items]) or empty

        empty = self.kit.empty_row(len(component.columns)).__html__()
        return around.compile(
            self.kit.table(component.title, component.columns, around.hole(rows))
        ).fill

    # Forms

    def form(
        self,
        form: Form,
        *,
        is_bound: bool = False,
        keeps: bool = True,
        heading: Content = None,
        address: str | None = None,
        cancel: Content = None,
        before: Content = None,
        is_primary: bool = True,
    ) -> Renderable:
        """Return a form.

        Args:
            form: The form.
            is_bound: Whether its inputs hold what `view.form` says, instead of what they hold at first.
            keeps: Whether a bound form says what its inputs showed at first, so that nothing is
                changed that nobody has touched.
            heading: Its heading.
            address: Where it goes to; by default the route of its event.
            cancel: A link beside its button.
            before: What stands above its inputs.
            is_primary: Whether its button is what most people come to the page for.
        """
        route = form.route
        scope = FormScope(form, is_bound)
        action = address if address is not None else self.address(route.path)
        method = "post" if route.method != "get" else "get"
        errors = {"errors": {route.namespace: {route.event: no_errors(form)}}}
        attributes: dict[str, Any] = {
            **(self.frontend.declare(errors) if self.is_embedded else {}),
            "id": scope.id,
            "method": method,
            "action": action,
            **self.frontend.form(
                route.form,
                method=method,
                address=action,
                once=method != "get",
                resets=not is_bound and bool(form.inputs),
            ),
        }
        if form.has_files:
            attributes["enctype"] = "multipart/form-data"
        rows: list[Content] = [before, *[each.row(self, scope) for each in form.inputs]]
        if route.kept:
            rows.append(self.kit.hidden(f"{SEALED}.{route.kept}", ""))
        if is_bound and keeps and form.inputs:
            rows.append(self.kit.hidden("_shown", self.hole(_shown(form))))
        title = form.label
        button = self.kit.button(
            form.button or title,
            self.frontend.submit(route.form),
            kind="danger" if form.is_danger else "primary" if is_primary else "secondary",
        )
        if heading is None and form.inputs:
            heading = self.kit.form_title(title)
        return self.kit.form(
            attributes,
            heading=heading,
            hint=form.hint,
            rows=rows,
            buttons=[button, cancel],
            error=self.error(scope, "_"),
            after=self.kit.result(form.result) if form.result else None,
            is_button=not form.inputs and not (is_bound and keeps),
        )

    def browser_state(self, entity: EntityNames) -> Renderable:
        """Return what keeps an entity in the browser's storage, and has a page show what is there."""
        path = f"{SEALED}.{entity.name}"
        action = self.address(entity.path)
        form = {
            **self.frontend.declare({SEALED: {entity.name: ""}}),
            "method": "post",
            "action": action,
            **self.frontend.form(
                f"{entity.namespace}._restore",
                method="post",
                address=action,
                once=False,
                resets=False,
            ),
        }
        token = self.kit.token("", self.frontend.token(path))
        return self.kit.browser_state(entity.storage, form, self.kit.hidden(path, ""), token)

    def row(
        self, input: Input, form: "FormScope", path: str, *, is_check: bool = False
    ) -> Renderable:
        """Return an input with its label, its hint and its error."""
        row, attributes = self._row(input, form, path)
        # A row of a list may be left empty, and is none then: no browser is to ask for its parts.
        asked = input.replace(required=False) if isinstance(form, _RowScope) else input
        return self.kit.row(
            _with(row, asked.control(self, form, path, attributes)), is_check=is_check
        )

    def _row(self, input: Input, form: "FormScope", path: str) -> tuple[Row, dict[str, Any]]:
        """Return what stands around an input, and the attributes of the input itself."""
        id = form.id_of(path)
        described: list[str] = []
        hint = None
        if input.hint:
            hint = self.kit.hint(f"{id}--hint", input.hint)
            described.append(f"{id}--hint")
        attributes: dict[str, Any] = {"id": id, "name": path}
        error = after = None
        if "." not in path:
            # The errors of a value object are shown below all of its parts.
            error = self.error(form, path)
            described.append(f"{id}--error")
            after = self.resolve_button(form, path)
            attributes |= self.invalid(form, path)
        if described:
            attributes["aria-describedby"] = " ".join(described)
        row = Row(input.title, Markup(), id, hint, error, input.required, after)
        return row, attributes

    def picker(self, input: Picker, form: "FormScope", path: str) -> Renderable:
        """Return an input that looks for records."""
        row, attributes = self._row(input, form, path)
        attributes["autocomplete"] = "off"
        attributes["spellcheck"] = "false"
        attributes |= input.limits()
        if input.several:
            control = self.kit.textarea(form.lines(self, path), attributes)
        else:
            value = form.text(self, path, input.value)
            control = self.kit.input(
                {"type": "text", **attributes, **({"value": value} if value else {})}
            )
        around: dict[str, Any] = {
            "source": f"{input.to}/options",
            "chosen": form.chosen(self, path, input.by),
        }
        if input.several:
            around["several"] = True
        if input.new:
            around["new"] = input.new
        return self.kit.picker(_with(row, control), around)

    def fieldset(self, input: Fieldset, form: "FormScope", path: str) -> Renderable:
        """Return the inputs of a value object."""
        id = form.id_of(path)
        rows = [each.row(self, form, f"{path}.") for each in input.inputs]
        after: list[Content] = []
        attributes: dict[str, Any] = {}
        if "." not in path:
            after = [self.error(form, path), self.resolve_button(form, path)]
            attributes["aria-describedby"] = f"{id}--error"
        if input.hint:
            rows.insert(0, self.kit.hint(f"{id}--hint", input.hint))
        return self.kit.fieldset(input.title, rows, after, attributes)

    def items(self, input: ItemsInput, form: "FormScope", path: str) -> Renderable:
        """Return a list with a row of inputs for each item."""
        kit = self.kit
        id = form.id_of(path)
        filled = self._item_template(input, _RowScope(form), path) if form.is_bound else None
        blank = self._item_template(input, _RowScope(form, is_blank=True), path)

        def rows(_: State, view: Any) -> str:
            if filled is None:
                return ""
            shown = view.form.rows(path).items()
            return "".join([filled({"number": at}, View(form=row)) for at, row in shown])

        def spare(_: State, view: Any) -> str:
            numbers = [int(at) for at in view.form.rows(path)] if filled else []
            first = max(numbers, default=-1) + 1
            places = range(first, first + SPARE_ROWS)
            return "".join([blank({"number": str(at)}, view) for at in places])

        new = self._item(self, input, _RowScope(form, is_new=True), f"{path}.{NEW_ROW}")
        add = kit.button("Add", {"type": "button", "class": "add-item"}, kind="secondary")
        after = [self.error(form, path), self.resolve_button(form, path)]
        hint = kit.hint(f"{id}--hint", input.hint) if input.hint else None
        content = kit.items({"name": path}, self.hole(rows), self.hole(spare), new, add)
        attributes = {"id": id, "aria-describedby": f"{id}--error"}
        # Says that the list is there, even where it has no row.
        marker = kit.hidden(ROWS, path)
        return kit.fieldset(input.title, [hint, marker, content], after, attributes)

    def _item_template(self, input: ItemsInput, scope: "_RowScope", path: str) -> Filler:
        """Return what fills a row of a list, whose number is in the state."""
        inner = self._inner()
        number = inner.hole(lambda state, _: state["number"])
        return inner.compile(self._item(inner, input, scope, f"{path}.{number}")).fill

    def _item(
        self, builder: "Builder", input: ItemsInput, scope: "_RowScope", path: str
    ) -> Renderable:
        """Return a row of a list, with the button that removes it."""
        single = input.inputs
        if isinstance(single, Input):
            before, _, number = path.rpartition(".")
            rows = [single.replace(of=number, label=single.title).row(builder, scope, f"{before}.")]
        else:
            rows = [each.row(builder, scope, f"{path}.") for each in single]
        remove = self.kit.button(
            "Remove", {"type": "button", "class": "remove-item"}, kind="secondary"
        )
        return self.kit.item(rows, remove)

    def error(self, form: "FormScope", name: str) -> Renderable:
        """Return the element for what is wrong with an input."""
        attributes = dict(self.frontend.error(form.error_path(name)))
        if name != "_":
            attributes["id"] = f"{form.id_of(name)}--error"
        text = (
            self.hole(lambda _, view: view.form.error(name) if view.form else "")
            if form.is_bound
            else ""
        )
        return self.kit.error(attributes, text)

    def invalid(self, form: "FormScope", name: str) -> Attributes:
        """Return the attributes by which an input is marked as invalid."""
        attributes = dict(self.frontend.invalid(form.error_path(name)))
        if form.is_bound:
            attributes["aria-invalid"] = self.hole(lambda _, view: view.form.invalid(name))
        return attributes

    def resolve_button(self, form: "FormScope", name: str) -> Content:
        """Return the button that takes what somebody else has stored."""
        return self.hole(lambda _, view: view.form.resolve_button(name)) if form.is_bound else None

    def address(self, path: str) -> str:
        """Return the address of a path, in which `{id}` is the id of the record."""
        if "{id}" not in path:
            return escape_text(path)
        before, _, after = path.partition("{id}")
        return Markup(escape_text(before)) + self.hole(_id) + Markup(escape_text(after))

    # Pages

    def record_page(
        self,
        component: Record,
        bound: Form | None = None,
        children: Mapping[str, Renderable] | None = None,
    ) -> Renderable:
        """Return the `<main>` of a record.

        Args:
            component: The record.
            bound: A form whose inputs hold what was sent.
            children: The tables of the records that refer to it, by the names of `ui.Related`.
        """
        entity = component.entity
        content = self.record(component, bound, children)
        data: dict[str, Any] = {entity.namespace: self._state(component)}
        related = related_tables(component, children or {})
        if related:
            data["_changes"] = _changes_of(related)
        forms = [*component.actions, *([component.delete] if component.delete else [])]
        data["errors"] = form_errors(entity, forms, bound)
        live = None if entity.storage else _watch_all(watch(entity), related)
        return self.main(data, live, content)

    def record(
        self,
        component: Record,
        bound: Form | None = None,
        children: Mapping[str, Renderable] | None = None,
    ) -> list[Content]:
        """Return what a record shows: its fields, its forms, and what can be done with it."""
        entity, kit = component.entity, self.kit
        tables = children or {}
        related = related_tables(component, tables)
        fields = [each for each in component.fields if each not in related]
        if entity.is_record:
            # A detail for whoever must name the record elsewhere; nobody reads it first.
            id_field = component.by_name.get("id")
            fields = [each for each in fields if each is not id_field]
            fields.append(id_field or Text("id"))
        content: list[Content] = []
        toolbar: list[Renderable] = []
        dialog = None
        if component.edit is not None:
            toolbar.append(kit.link_button("Edit", self.address(f"{entity.path}/{{id}}/edit")))
        if component.delete is not None:
            id = f"{entity.name}-delete-dialog"
            toolbar.append(
                kit.link_button(
                    "Delete",
                    self.address(f"{entity.path}/{{id}}/delete"),
                    {"aria-haspopup": "dialog", "aria-controls": id},
                    kind="secondary",
                )
            )
            dialog = self.delete_dialog(component, component.delete, id)
        section = None
        if len(component.actions) > MANY_FORMS:
            section = f"{entity.name}-actions"
            toolbar.append(kit.jump_link("Actions", f"#{section}"))
        if toolbar:
            content.append(kit.toolbar(component.title, toolbar))
        content.append(dialog)
        for is_field, each in groupby(fields, lambda each: isinstance(each, Field)):
            if is_field:
                rows = [
                    (one, one.element(self, scope=entity.namespace))
                    for one in each
                    if isinstance(one, Field)
                ]
                content.append(kit.description_list(rows))
            else:
                content += map(markup, each)
        if component.actions:
            is_only = len(component.actions) == 1 and component.edit is None
            forms = [
                self.form(each, is_bound=each is bound, keeps=False, is_primary=is_only)
                for each in component.actions
            ]
            content.append(kit.section("Actions", forms, section))
        content += [tables[each.name] for each in related]
        content += [*map(markup, component.extra), *self.refreshes]
        if entity.storage and not isinstance(self.frontend, Still):
            content.append(self.browser_state(entity))
        return content

    def delete_dialog(self, component: Record, form: Form, id: str) -> Renderable:
        """Return the dialog that asks before a record is deleted."""
        kit = self.kit
        address = self.address(f"{component.entity.path}/{{id}}/delete")
        close = kit.button("Cancel", {"form": f"{id}--close", "autofocus": True}, kind="secondary")
        title = kit.form_title(form.title, f"{id}--title")
        called = self.hole(lambda state, view: escape_text(component.label_of(state)) or "It")
        warning = kit.text([called, " will be deleted. This cannot be undone."])
        content = self.form(form, heading=title, address=address, cancel=close, before=warning)
        return kit.dialog(id, f"{id}--title", [content, kit.dialog_closer(f"{id}--close")])

    def form_page(self, component: FormPage) -> Renderable:
        """Return the `<main>` of a page with forms: where a record is made."""
        entity, kit = component.entity, self.kit
        cancel = (
            kit.link_button("Cancel", entity.path, kind="secondary") if entity.is_record else None
        )
        forms: list[Renderable] = []
        for each in component.forms:
            is_crud = each.route.path == entity.path and each.route.event == "create"
            again = kit.button(
                "Create and add another", {"name": AGAIN, "value": "true"}, kind="secondary"
            )
            forms.append(
                self.form(
                    each,
                    is_bound=is_crud,
                    heading="" if is_crud else None,
                    cancel=[again if entity.is_record else None, cancel] if is_crud else None,
                    is_primary=each is component.forms[0],
                )
            )
        errors = {each.route.event: no_errors(each) for each in component.forms}

        def messages(_: State, view: Any) -> dict[str, Any]:
            given: Mapping[str, str] = view.form.errors if view.form is not None else {}
            if not given:
                return {entity.namespace: errors}
            return {entity.namespace: {**errors, "create": {**errors["create"], **given}}}

        data = {"errors": messages}
        return self.main(data, None, kit.section("Actions", forms))

    def edit_page(self, component: Record, form: Form) -> Renderable:
        """Return the `<main>` of the page on which a record is edited."""
        entity, kit = component.entity, self.kit
        cancel = kit.link_button("Cancel", self.address(f"{entity.path}/{{id}}"), kind="secondary")
        version = kit.hidden("version", self.hole(lambda _, view: view.form.text("version")))
        conflict = self.hole(self._conflict())
        content = self.form(
            form,
            is_bound=True,
            heading="",
            address=self.address(f"{entity.path}/{{id}}/edit"),
            cancel=cancel,
            before=[conflict, version],
        )
        data = {"errors": _bound_errors(form)}
        return self.main(data, watch(entity, only_deletions=True), kit.section("Actions", content))

    def _conflict(self) -> Filler:
        kit = self.kit
        text = kit.text(
            "Somebody else has changed this. What you typed is still here, and everything else is as"
            " it is now. Save again to keep yours."
        )
        discard = kit.link_button("Discard what I typed", "", kind="secondary")
        html = kit.alert([text, discard], {"class": "conflict", "tabindex": "-1"}).__html__()
        return lambda _, view: html if view.form.is_stale else ""

    def delete_page(self, component: Record, form: Form) -> Renderable:
        """Return the `<main>` of the page that asks before a record is deleted."""
        entity, kit = component.entity, self.kit
        cancel = kit.link_button("Cancel", self.address(f"{entity.path}/{{id}}"), kind="secondary")
        called = self.hole(lambda _, view: view.form.subject)
        content = self.form(
            form,
            is_bound=True,
            heading="",
            address=self.address(f"{entity.path}/{{id}}/delete"),
            cancel=cancel,
            before=kit.text([called, " will be deleted. This cannot be undone."]),
        )
        data = {"errors": _bound_errors(form)}
        return self.main(data, watch(entity, only_deletions=True), kit.section("Actions", content))

    def main(self, data: Mapping[str, Any], live: Filler | None, content: Content) -> Renderable:
        """Return the element around everything that is the page's own, with what keeps it live."""
        attributes = self.frontend.page(self, data=data, live=live)
        message = self.hole(lambda _, view: escape_text(view.message))
        return self.kit.main(
            attributes, [self.kit.notice(self.frontend.notice(), message), content]
        )

    def _state(self, component: Record) -> Data:
        """Return what gives the fields that a page knows: all but files, which are no text."""
        files = frozenset(each.name for each in component.by_name.values() if each.is_file)
        if not files:
            return lambda state, _: state
        return lambda state, _: {name: value for name, value in state.items() if name not in files}


class FormScope:
    """A form while it is compiled: how its inputs are called, and where their values come from."""

    def __init__(self, form: Form, is_bound: bool) -> None:
        route = form.route
        self.is_bound = is_bound
        self.id = f"{route.namespace}-{route.event}"
        self._errors = f"errors.{route.form}"

    def id_of(self, path: str) -> str:
        """Return the id of an input."""
        return f"{self.id}-{path.replace('.', '-')}"

    def way(self, path: str) -> str:
        """Return what an input is called in the form that the view has."""
        return path

    def error_path(self, name: str) -> str:
        """Return the path of an error."""
        return f"{self._errors}.{name}"

    def text(self, builder: Builder, path: str, value: str) -> str:
        """Return what an input holds."""
        way = self.way(path)
        return builder.hole(lambda _, view: view.form.text(way)) if self.is_bound else value

    def area(self, builder: Builder, path: str, value: str) -> str:
        """Return what a text area holds, whose first line break HTML would leave out."""
        way = self.way(path)
        if self.is_bound:
            return builder.hole(lambda _, view: view.form.textarea(way))
        return f"\n{value}" if value.startswith(("\n", "\r")) else value

    def lines(self, builder: Builder, path: str) -> str:
        """Return the ids of a picker for several records, one on each line."""
        way = self.way(path)
        return builder.hole(lambda _, view: view.form.lines(way)) if self.is_bound else ""

    def checked(self, builder: Builder, path: str, value: bool) -> Attributes:
        """Return the attribute of a box that is ticked."""
        way = self.way(path)
        if self.is_bound:
            return {builder.hole(lambda _, view: view.form.checked(way)): True}
        return {"checked": True} if value else {}

    def selected(self, builder: Builder, path: str, value: str, initial: str) -> Attributes:
        """Return the attribute of the option that is chosen."""
        way = self.way(path)
        if self.is_bound:
            return {builder.hole(lambda _, view: view.form.selected(way, value)): True}
        return {"selected": True} if value == initial else {}

    def chosen(self, builder: Builder, path: str, by: str) -> str:
        """Return what the records are called that a picker has chosen, as JSON by id."""
        way = self.way(path)
        return builder.hole(lambda _, view: view.form.chosen(way, by)) if self.is_bound else "{}"


class _RowScope(FormScope):
    """A row of a list: its view has a form that holds the row alone, by the names of its inputs.

    Args:
        form: The form.
        is_blank: Whether its inputs hold nothing.
        is_new: Whether they hold what they hold at first.
    """

    def __init__(self, form: FormScope, *, is_blank: bool = False, is_new: bool = False) -> None:
        self.id = form.id
        self._errors = form._errors
        self.is_blank = is_blank
        self.is_bound = not (is_blank or is_new)

    def way(self, path: str) -> str:
        """Return what an input is called in its row: of `lines.0.size.width` it is `size.width`."""
        return path.partition(".")[2].partition(".")[2] or ITEM

    def text(self, builder: Builder, path: str, value: str) -> str:
        """Return what an input holds."""
        return super().text(builder, path, "" if self.is_blank else value)

    def area(self, builder: Builder, path: str, value: str) -> str:
        """Return what a text area holds."""
        return super().area(builder, path, "" if self.is_blank else value)

    def checked(self, builder: Builder, path: str, value: bool) -> Attributes:
        """Return the attribute of a box that is ticked."""
        return super().checked(builder, path, value and not self.is_blank)

    def selected(self, builder: Builder, path: str, value: str, initial: str) -> Attributes:
        """Return the attribute of the option that is chosen."""
        return super().selected(builder, path, value, "" if self.is_blank else initial)


def related_tables(component: Record, children: Mapping[str, Renderable]) -> list[Related]:
    """Return the fields of a record that are shown as tables below it."""
    return [
        each for each in component.fields if isinstance(each, Related) and each.name in children
    ]


def token_text(value: object) -> str:
    """Write a value as a token, as `JSON.stringify` does."""
    return json.dumps("" if value is None else value, ensure_ascii=False, separators=(",", ":"))


def no_errors(form: Form) -> dict[str, str]:
    """Return the errors of a form, all empty; `_` is for what is no argument's fault."""
    return dict.fromkeys((*form.initial, "_"), "")


def form_errors(entity: EntityNames, forms: Iterable[Form], bound: Form | None) -> Any:
    """Return the errors of the forms of a page, all empty but those of the `bound` one."""
    errors = {each.route.event: no_errors(each) for each in forms}
    if bound is None:
        return {entity.namespace: errors}
    event = bound.route.event

    def messages(_: State, view: Any) -> dict[str, Any]:
        shown = {**errors[event], **view.form.errors}
        return {entity.namespace: {**errors, event: shown}}

    return messages


def _bound_errors(form: Form) -> Data:
    """Return what gives the errors that a form is shown with again."""
    empty = dict.fromkeys((*form.initial, "version", "_"), "")
    namespace, event = form.route.namespace, form.route.event
    return lambda _, view: {namespace: {event: {**empty, **view.form.errors}}}


def _shown(form: Form) -> Filler:
    areas = form.areas
    return lambda _, view: view.form.initial_values(areas)


def _id(state: State, view: Any) -> str:
    return view.id


def _with(row: Row, control: Renderable) -> Row:
    return Row(row.label, control, row.control_id, row.hint, row.error, row.required, row.after)


def _changes_of(related: Sequence[Related]) -> Data:
    """Return what gives where the changes of the records stand that refer to one."""

    def changes(_: State, view: Any) -> dict[str, Any]:
        shown = [each for each in related if each.name in view.children]
        return {each.entity: view.children[each.name].change_token for each in shown}

    return changes


def _watch_all(record: Filler, related: Sequence[Related]) -> Filler:
    """Return what gives the address of the live stream of a record and of those that refer to it."""
    if not related:
        return record

    def address(state: State, view: Any) -> str:
        shown = {each.entity: None for each in related if each.name in view.children}
        return "".join([record(state, view), *[f"&watch={name}" for name in shown]])

    return address


def watch(entity: EntityNames, *, only_deletions: bool = False) -> Filler:
    """Return what gives the address of a page's live stream, unescaped and below no prefix."""
    only = "&only=deletions" if only_deletions else ""
    if not entity.is_record:
        address = f"/live?watch={entity.name}{only}"
        return lambda state, view: address
    start = f"/live?watch={entity.name}:"
    return lambda state, view: f"{start}{view.id}{only}"
