"""The view of `page.py`: a live page of an entity, with a form for each of its events."""

from typing import NamedTuple

from starmodel_generator.emission.context import Context, an
from starmodel_generator.emission.entity.endpoints import endpoints
from starmodel_generator.emission.entity.record_labels import label_field
from starmodel_generator.emission.forms.control import first_line
from starmodel_generator.emission.forms.form import Forms, FormView
from starmodel_generator.emission.html.display import (
    PAGE,
    DetailsView,
    DisplayValues,
    LabelsView,
    member,
)
from starmodel_generator.emission.html.markup import code_in_fstring, key
from starmodel_generator.emission.pages.page_record import RecordView, record_view
from starmodel_generator.emission.pages.page_row import PieceView, RelationView, Rows, RowView
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.server.state_module import state_fields
from starmodel_generator.planning import has_list
from starmodel_schemas import EntitySchema, FieldSchema
from starmodel_schemas.naming import title_words


class FunctionView(NamedTuple):
    """A function that makes a page."""

    signature: Layout
    docstring: str
    result: Layout
    id: str
    live: str
    namespace: str
    has_signals: bool
    rows: tuple[RowView, ...]
    forms: tuple[FormView, ...]
    record: RecordView | None = None


class PageView(NamedTuple):
    """Everything that `page.py.j2` lays out."""

    name: str
    imports: str
    live: Layout
    labels: tuple[LabelsView, ...]
    forms: tuple[FormView, ...]
    pages: tuple[FunctionView, ...]
    state_type: str
    pieces: tuple[PieceView, ...]
    relations: tuple[RelationView, ...]
    relations_function: str
    details: tuple[DetailsView, ...]
    fragments: Layout | None


def page_view(entity: EntitySchema, context: Context) -> PageView:
    """Decide what the page of an entity shows."""
    return _Page(entity, context).view()


class _Page:
    """Makes the view of one entity's page."""

    def __init__(self, entity: EntitySchema, context: Context) -> None:
        self.entity = entity
        self.context = context
        self.own = context.names[entity.qualified_name]
        self.is_record = entity.scope == "RECORD"
        self.names = ModuleNames(context.first_party, by_name=True)
        self.shown = DisplayValues(
            self.names,
            context,
            self.own.module("state"),
            has_inputs=entity.store == "SERVER_SQL",
        )
        self.forms = Forms(entity, context, self.names)
        self.is_listed = has_list(entity)
        self.rows = Rows(entity, context, self.names, self.shown)

    def view(self) -> PageView:
        names = self.names
        names.use("starmodel.web", "Page")
        names.use(PAGE, "NOTICE")
        state_type = names.use(self.own.module("state"), self.own.state_type)
        names.use("starmodel.web.datastar.actions", "live_action")
        names.use(PAGE, "escape")
        events = endpoints(self.entity, self.context)
        if self.is_listed:
            # Where a record is made, edited and deleted is in `form_page.py`.
            events = [
                event
                for event in events
                if event.event.crud is None and not event.event.is_creation
            ]
        forms = [self.forms.form(event) for event in events if not event.event.is_creation]
        creations = [self.forms.form(event) for event in events if event.event.is_creation]
        rows = (
            *(self.rows.row(field) for field in self._fields()),
            *(self.rows.many(many) for many in self.entity.many),
        )
        pages = [self._page(rows, tuple(forms))]
        if creations:
            pages.append(self._creation_page(tuple(creations)))
        return PageView(
            name=self.entity.name,
            live="" if self.is_record else self._live(names.define("LIVE")),
            labels=self.shown.labels,
            forms=(*forms, *creations),
            pages=tuple(pages),
            state_type=state_type,
            pieces=tuple(self.rows.pieces),
            relations=tuple(self.rows.relations),
            relations_function=(
                names.define(f"{self.entity.snake_name}_relations") if self.rows.relations else ""
            ),
            details=self.shown.details,
            fragments=self._fragments() if self.rows.pieces else None,
            imports=names.import_block(),
        )

    def _fragments(self) -> Layout:
        """Name the functions that render the rows which are sent anew when their field changes."""
        pieces = [f"{python_string(one.field)}: {one.function}" for one in self.rows.pieces]
        return Group(f"{self.names.define(self.own.fragments)} = {{", tuple(pieces), "}")

    def _fields(self) -> list[FieldSchema]:
        """Return the public fields; the id of a record that is called by a name comes last."""
        fields = state_fields(self.entity)
        has_own = self.entity.declares_id or label_field(self.entity) is None
        if not self.is_listed or has_own:
            return fields
        return [*fields[1:], fields[0]]

    def _live(self, name: str) -> Layout:
        """Write what keeps the page in step, as `bindings.live` does, which it need not import."""
        action = Group("live_action(", (python_string(self.entity.snake_name),), ")")
        return Group(f"{name} = escape(", (action,), ")")

    def _page(self, rows: tuple[RowView, ...], forms: tuple[FormView, ...]) -> FunctionView:
        state_type = self.own.state_type
        identity = ""
        live = "LIVE"
        record = record_view(self.entity, self.rows.relations) if self.is_listed else None
        if self.is_record:
            live = f'escape(live_action("{self.entity.snake_name}:" + state["id"]))'
            if (record and record.takes_id) or any(form.takes_id for form in forms):
                identity = f'{self.names.use("starmodel.web", "quote_path_segment")}(state["id"])'
        return FunctionView(
            signature=Group(
                f"def {self.names.define(self.own.page_function)}(",
                (f"state: {state_type}", *self._related()),
                ") -> Page:",
            ),
            docstring=docstring(
                f"The live page of {an(self.entity.name)}, with a form for each event.", 4
            ),
            result=self._result(python_string(title_words(self.entity.name)), is_own=True),
            id=identity,
            live=live,
            namespace=code_in_fstring(key(self.entity.namespace)),
            has_signals=any(row.kind not in ("piece", "many") for row in rows),
            rows=rows,
            forms=forms,
            record=record,
        )

    def _related(self) -> list[str]:
        """Return the parameter with what the record refers to, if it refers to anything."""
        if not self.rows.relations:
            return []
        return [f"related: {self.names.use('starmodel.web.ui.list_view', 'Related')}"]

    def _creation_page(self, forms: tuple[FormView, ...]) -> FunctionView:
        name = f"new_{self.own.page_function}"
        return FunctionView(
            signature=Group(f"def {self.names.define(name)}(", (), ") -> Page:"),
            docstring=docstring(f"Return the page on which {an(self.entity.name)} is made.", 4),
            result=self._result(python_string(f"New {title_words(self.entity.name).lower()}")),
            id="",
            live="",
            namespace="",
            has_signals=False,
            rows=(),
            forms=forms,
        )

    def _result(self, title: str, *, is_own: bool = False) -> Layout:
        """Write the page; that of a record in a database is called as the record is."""
        lead = first_line(self.entity.doc)
        label = label_field(self.entity) if self.is_listed and is_own else None
        if label is not None:
            title = f"{member('state', label)} or {title}"
        return Group("return Page(", (title, python_string(lead), "content"), ")")
