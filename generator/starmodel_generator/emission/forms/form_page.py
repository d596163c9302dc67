"""The view of `form_page.py`: the pages on which a record is made, edited and deleted."""

from collections.abc import Iterator
from typing import NamedTuple

from starmodel_generator.emission.context import Context, an
from starmodel_generator.emission.entity.endpoints import Endpoint, endpoints
from starmodel_generator.emission.entity.record_labels import (
    label_field,
    record_words,
    reference_of,
)
from starmodel_generator.emission.forms.control import first_line
from starmodel_generator.emission.forms.control_view import ControlView, FieldView
from starmodel_generator.emission.forms.form import ONCE, Forms, FormView, submission
from starmodel_generator.emission.forms.page_field import Fields
from starmodel_generator.emission.html.display import INPUT_VALUE, PAGE, member
from starmodel_generator.emission.html.markup import (
    ID,
    LINE_LENGTH,
    Member,
    expression,
    html,
    in_fstring,
    in_template,
    key,
    object_literal,
    placeholder,
    signal,
    with_id,
)
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_schemas import EntitySchema

FORM_STATE = "starmodel.web.ui.form_state"
"""The module of what forms are made of."""


class RecordPageView(NamedTuple):
    """A page with the form that makes a record, changes it or deletes it.

    `event` is that of the form; `""` for a page that has only `creations`, the author's own. The
    texts are HTML for an f-string: `submit` is what submitting does, `path` where the form goes
    to, `back` where the way out leads. `form` declares the page with its empty inputs. With
    `has_past` it knows what its inputs held at first, and `shown` tells the server.
    """

    signature: Layout
    docstring: str
    result: Layout
    takes_id: bool = False
    event: str = ""
    id: str = ""
    path: str = ""
    submit: str = ""
    busy: str = ""
    error: str = ""
    labels: str = ""
    once: str = ""
    fields: str = ""
    button: str = ""
    back: str = ""
    form: Layout = ""
    has_past: bool = False
    shown: str = ""
    creations: tuple[FormView, ...] = ()


class FormPageView(NamedTuple):
    """Everything that `form_page.py.j2` lays out."""

    title: str
    imports: str
    live: str
    namespace: str
    key: str
    pages: tuple[RecordPageView, ...]
    fields_signature: Layout
    fields_docstring: str
    fields: tuple[FieldView, ...]
    once_signature: Layout
    once_docstring: str
    once: tuple[FieldView, ...]
    blank: Layout
    form_state_signature: Layout
    form_state_docstring: str
    draft: Layout
    title_argument: str
    creations: tuple[FormView, ...]


def form_page_view(entity: EntitySchema, context: Context) -> FormPageView:
    """Decide what the pages show on which a record is made, edited and deleted."""
    return _FormPage(entity, context).view()


class _FormPage:
    """Makes the view of one entity's form pages."""

    def __init__(self, entity: EntitySchema, context: Context) -> None:
        self.entity = entity
        self.context = context
        self.own = context.names[entity.qualified_name]
        self.names = names = ModuleNames(context.first_party, by_name=True)
        self.events = {
            event.event.crud: event
            for event in endpoints(entity, context)
            if event.event.crud is not None
        }
        self.creations = [
            event
            for event in endpoints(entity, context)
            if event.event.is_creation and event.event.crud is None
        ]
        written = [kind for kind in ("create", "update") if kind in self.events]
        self.is_shared = len(written) == 2
        event = "" if self.is_shared or not written else written[0]
        has_records = "update" in self.events
        self.maker = Fields(entity, event, context, names, has_records=has_records)
        self.source = self.events[written[0]] if written else None
        self.forms = Forms(entity, context, names)
        self.blank = f"{self.own.constant}_INITIAL"

    def view(self) -> FormPageView:
        names, entity = self.names, self.entity
        names.use("starmodel.web", "Page")
        names.use(PAGE, "NOTICE")
        fields = () if self.source is None else self._fields(self.source, self.maker)
        once = self._create_only_fields()
        creations = tuple([self.forms.form(event) for event in self.creations])
        pages = [
            self._page(kind, fields, once if kind == "create" else (), creations)
            for kind in self.events
        ]
        if creations and "create" not in self.events:
            pages.insert(0, self._creations_page(creations))
        snake = entity.snake_name
        words = record_words(entity)
        if self.events:
            names.use(FORM_STATE, "Form")
            names.use(FORM_STATE, "FormState")
        if any(page.takes_id for page in pages):
            names.use("starmodel.web", "quote_path_segment")
        has_form_state = "update" in self.events
        if fields or once:
            names.use(INPUT_VALUE, "Values")
        if fields:
            names.define(f"{snake}_fields")
        if once:
            names.define(f"{snake}_create_only_fields")
        if has_form_state:
            names.use(INPUT_VALUE, "Values")
            names.use("starmodel.web.ui.list_view", "Related")
            names.use(self.own.module("state"), self.own.state_type)
            names.define(f"{snake}_form_state")
        blank = Group(
            f"{names.define(self.blank)}: Values = {{",
            tuple([one.blank for one in (*once, *fields)]),
            "}",
        )
        return FormPageView(
            title=words,
            live=f"form.live({python_string(snake)})",
            namespace=in_fstring(html(entity.namespace)),
            key=in_fstring(expression(key(entity.namespace))),
            pages=tuple(pages),
            fields_signature=Group(
                f"def {snake}_fields(",
                ("form: FormState", "event: str") if self.is_shared else ("form: FormState",),
                ") -> str:",
            ),
            fields_docstring=docstring(
                f"The inputs for what {an(words)} is made of"
                + (", in the form of an event." if self.is_shared else "."),
                4,
            ),
            fields=fields,
            once_signature=f"def {snake}_create_only_fields(form: FormState) -> str:",
            once_docstring=docstring(f"The inputs for what {an(words)} keeps for good.", 4),
            once=once,
            blank=blank,
            form_state_signature=Group(
                f"def {snake}_form_state(",
                (f"state: {self.own.state_type}", "version: int", "related: Related"),
                ") -> FormState:",
            ),
            form_state_docstring=docstring("What the inputs hold before anything is changed.", 4),
            title_argument=self._called(),
            draft=(
                Group(
                    "values: Values = {",
                    (*[one.drafted for one in fields], '"version": str(version)'),
                    "}",
                )
                if has_form_state
                else ""
            ),
            creations=creations,
            imports=names.import_block(),
        )

    def _fields(self, event: Endpoint, maker: Fields) -> tuple[FieldView, ...]:
        """Return the inputs for what an event takes; of a creation, for what an update takes as well."""
        updated = {
            each.name for each in (self.events["update"].arguments if self.is_shared else ())
        }
        return tuple(
            [
                maker.field(parameter)
                for parameter in event.arguments
                if parameter.name != "version" or event.event.crud == "create"
                if not self.is_shared or parameter.name in updated
            ]
        )

    def _create_only_fields(self) -> tuple[FieldView, ...]:
        """Return the inputs for what a creation takes and an update does not: what is frozen, an id."""
        if not self.is_shared:
            return ()
        updated = {each.name for each in self.events["update"].arguments}
        maker = Fields(self.entity, "create", self.context, self.names, has_records=False)
        return tuple(
            [
                maker.field(parameter)
                for parameter in self.events["create"].arguments
                if parameter.name not in updated
            ]
        )

    def _page(
        self,
        kind: str,
        fields: tuple[FieldView, ...],
        once: tuple[FieldView, ...],
        creations: tuple[FormView, ...],
    ) -> RecordPageView:
        """Make one page; `once` are inputs before the others, for this page alone."""
        every = (*once, *fields)
        names, namespace, snake = self.names, self.entity.namespace, self.entity.snake_name
        words = record_words(self.entity)
        home = f"/{snake}"
        says, title, button, path = {
            "create": ("on which {} is made", f"New {words}", f"Create {words}", home),
            "update": ("on which {} is edited", f"Edit {words}", "Save", f"{home}/{{id}}/edit"),
            "delete": (
                "that asks before {} is deleted",
                f"Delete this {words}?",
                f"Delete {words}",
                f"{home}/{{id}}/delete",
            ),
        }[kind]
        function = self.names.define(_page_name(kind, snake))
        lead = python_string(first_line(self.entity.doc)) if kind == "create" else "form.title"
        blank = "{}"
        if every and kind != "delete":
            blank = self.blank
        if kind == "update":
            blank = f'{{**{blank}, "version": ""}}' if every else '{"version": ""}'
        event = f", {python_string(kind)}" if self.is_shared else ""
        labels = self._labels() if kind == "update" else []
        busy = f"{signal('_busy', namespace, kind)} ? 'true' : 'false'"
        is_left = kind == "create" and any(one.is_left for one in every)
        if kind == "update":
            names.use(FORM_STATE, "CHANGED")
        return RecordPageView(
            signature=Group(f"def {function}(", ("form: FormState",), ") -> Page:"),
            docstring=docstring(f"The page {says.format(an(words))}.", 4),
            result=self._result(title, lead),
            takes_id=kind != "create",
            event=kind,
            id=in_fstring(html(f"{snake}-{kind}")),
            path=with_id(html(path)),
            submit=self._submit(kind, path, every),
            busy=in_fstring(expression(busy)),
            error=in_fstring(expression(signal("errors", namespace, kind, "_"))),
            labels=in_template(", ".join([one.label for one in every if one.label])),
            once=f"{snake}_create_only_fields(form)" if once else "",
            fields=f"{snake}_fields(form{event})" if fields else "",
            button=in_fstring(html(button)),
            back=with_id(html(home if kind == "create" else f"{home}/{{id}}")),
            form=Group(
                f"{self.names.define(form_name(kind, self.own.constant))} = Form(",
                (function, blank, *labels),
                ")",
            ),
            has_past=kind == "update" or is_left or (kind == "create" and _have_past(every)),
            shown=_shown(every) if kind == "update" or (kind == "create" and every) else "",
            creations=creations if kind == "create" else (),
        )

    def _called(self) -> str:
        label = label_field(self.entity)
        return f", title={member('state', label)}" if label else ""

    def _labels(self) -> list[Layout]:
        """Name the fields that the records are called by which fields of this one refer to."""
        labels: list[str] = []
        for parameter in self.source.arguments if self.source else ():
            target = reference_of(parameter.type)
            if target is not None:
                label = label_field(self.context.entities[target[0]]) or "id"
                labels.append(f"{python_string(parameter.name)}: {python_string(label)}")
        return [Group("labels={", tuple(labels), "}")] if labels else []

    def _creations_page(self, creations: tuple[FormView, ...]) -> RecordPageView:
        """Make the page of a record that only the author's own events make."""
        words = record_words(self.entity)
        function = self.names.define(_page_name("create", self.entity.snake_name))
        return RecordPageView(
            signature=Group(f"def {function}(", (), ") -> Page:"),
            docstring=docstring(f"Return the page on which {an(words)} is made.", 4),
            result=self._result(f"New {words}", python_string(first_line(self.entity.doc))),
            creations=creations,
        )

    def _result(self, title: str, lead: str) -> Layout:
        return Group("return Page(", (python_string(title), lead, "content"), ")")

    def _submit(self, kind: str, path: str, fields: tuple[FieldView, ...]) -> str:
        members: list[Member] = [one.saved if kind == "update" else one.sent for one in fields]
        code = submission(
            (self.entity.namespace, kind),
            "POST",
            path,
            ("payload", [] if kind == "delete" else self._payload(kind, members)),
            ONCE,
        )
        text = expression(code).replace(placeholder("event"), kind)
        return in_template(text.replace(ID, placeholder("id")))

    def _payload(self, kind: str, members: list[Member]) -> str:
        """Write what is sent; of a record that is edited only what was changed."""
        if kind == "create":
            return object_literal(members, 6, len("      payload: "))
        form = signal("_form", self.entity.namespace, kind)
        was = signal("_was", self.entity.namespace, kind)
        given = object_literal(members, 8, LINE_LENGTH)
        return (
            "{\n"
            f"        ...{placeholder('CHANGED')}({given}, {form}, {was}),\n"
            f"        version: {form}.version,\n"
            "      }"
        )


def _shown(fields: tuple[FieldView, ...]) -> str:
    """Write the call for what the inputs show: it names those that keep line breaks."""
    ways = [python_string(way) for field in fields for way in _areas(field.control, field.name)]
    return f"form.initial_values({', '.join(ways)})"


def _areas(view: ControlView, way: str) -> Iterator[str]:
    if view.kind == "object":
        for one in view.controls:
            yield from _areas(one, one.name)
    elif view.kind in ("textarea", "select", "pickers"):
        yield way


def _have_past(fields: tuple[FieldView, ...]) -> bool:
    """Return whether an input notes what it held at first, as those for times do."""
    views = [field.control for field in fields]
    return any(
        "$_was" in attribute
        for view in [*views, *(inner for view in views for inner in view.controls)]
        for attribute in view.attributes
    )


def _page_name(kind: str, snake: str) -> str:
    return f"{ {'create': 'new', 'update': 'edit', 'delete': 'delete'}[kind] }_{snake}_page"


def form_name(kind: str, constant: str) -> str:
    """Name the form of an event of `crud`: `NEW_PRODUCT`."""
    return f"{ {'create': 'NEW', 'update': 'EDIT', 'delete': 'DELETE'}[kind] }_{constant}"
