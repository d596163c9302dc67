"""The view of `list_page.py`: the list of an entity's records, and the inputs that narrow it."""

from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.record_labels import (
    label_field,
    plural_words,
    record_words,
    reference_of,
)
from starmodel_generator.emission.forms.control import first_line
from starmodel_generator.emission.html.display import (
    PAGE,
    DisplayValues,
    LabelsView,
)
from starmodel_generator.emission.html.markup import html, in_fstring
from starmodel_generator.emission.pages.list_column import LISTING, BriefView, Columns, ColumnView
from starmodel_generator.emission.pages.list_input import Inputs, InputView
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.server.state_module import state_fields
from starmodel_schemas import (
    EntitySchema,
    FieldSchema,
)
from starmodel_schemas.naming import sentence_case


class ListPageView(NamedTuple):
    """Everything that `list_page.py.j2` lays out."""

    title: str
    imports: str
    live: Layout
    labels: tuple[LabelsView, ...]
    inputs_constant: Layout
    related_constant: Layout
    page_signature: Layout
    page_docstring: str
    page_result: Layout
    list_function: str
    list_docstring: str
    row_function: str
    row_docstring: str
    state_type: str
    has_related: bool
    snake_name: str
    changes: str
    namespace: str
    path: str
    inputs: tuple[InputView, ...]
    more: tuple[InputView, ...]
    more_opened: str
    new_label: str
    columns: tuple[ColumnView, ...]
    heading: str
    counted: str
    nothing: str
    kept: str
    filters: str
    briefs: tuple[BriefView, ...]


def list_page_view(entity: EntitySchema, context: Context) -> ListPageView:
    """Decide what the list of an entity's records shows."""
    return _ListPage(entity, context).view()


class _ListPage:
    """Makes the view of one entity's list."""

    def __init__(self, entity: EntitySchema, context: Context) -> None:
        self.entity = entity
        self.context = context
        self.own = context.names[entity.qualified_name]
        self.names = ModuleNames(context.first_party, by_name=True)
        self.shown = DisplayValues(
            self.names,
            context,
            self.own.module("state"),
            has_inputs=entity.store == "SERVER_SQL",
        )
        self.columns = Columns(entity, context, self.names, self.shown, self.own.module("state"))

    def view(self) -> ListPageView:
        names, entity = self.names, self.entity
        for name in ("SEARCH", "FOLLOW_LINK", "REFRESH", "ListView"):
            names.use(LISTING, name)
        for name in ("NOTICE", "escape"):
            names.use(PAGE, name)
        names.use("starmodel.web", "Page")
        names.use("starmodel.web", "quote_path_segment")
        state_type = names.use(self.own.module("state"), self.own.state_type)
        action = names.use("starmodel.web.datastar.actions", "live_action")
        snake = entity.snake_name
        several = plural_words(entity)
        columns = tuple([self.columns.column(field) for field in self._listed_fields()])
        inputs, more = Inputs(entity, self.context).choose()
        input_names = [one.name for one in (*inputs, *more)]
        constant = names.define("INPUTS")
        labels = names.define("LABELLED_BY")
        counted = [python_string(html(record_words(entity))), python_string(html(several))]
        names.define(f"{snake}_list_page")
        names.define(f"{snake}_list")
        if self.columns.has_related:
            names.use(LISTING, "Related")
        return ListPageView(
            title=sentence_case(several),
            live=Group(f"{names.define('LIVE')} = escape({action}(", (python_string(snake),), "))"),
            labels=self.shown.labels,
            inputs_constant=Group(
                f"{constant} = (",
                tuple([python_string(name) for name in input_names]),
                ",)" if len(input_names) == 1 else ")",
            ),
            related_constant=Group(
                f"{labels}: dict[str, str] = {{", tuple(self._related_labels()), "}"
            ),
            page_signature=Group(
                f"def {snake}_list_page(", (f"view: ListView[{state_type}]",), ") -> Page:"
            ),
            page_docstring=docstring(f"Return the page that lists {several}.", 4),
            page_result=Group(
                "return Page(",
                (
                    python_string(sentence_case(several)),
                    python_string(first_line(entity.doc)),
                    "content",
                ),
                ")",
            ),
            list_function=f"{snake}_list",
            list_docstring=docstring(f"The {several} that fit, and the way to the others.", 4),
            row_function=names.define(f"{snake}_row"),
            row_docstring=docstring(f"One of the {several}: a row of the table.", 4),
            state_type=state_type,
            has_related=self.columns.has_related,
            snake_name=in_fstring(html(snake)),
            changes=in_fstring(html(snake)),
            namespace=in_fstring(html(entity.namespace)),
            path=in_fstring(html(f"/{snake}")),
            inputs=inputs,
            more=more,
            more_opened=f"view.details_open({', '.join([python_string(one.name) for one in more])})",
            new_label=in_fstring(html(f"New {record_words(entity)}")) if self._is_made() else "",
            columns=columns,
            heading=in_fstring(html(sentence_case(several))),
            counted=f"{names.use(LISTING, 'pagination')}(view, {', '.join(counted)})",
            nothing=f"{names.use(LISTING, 'empty_state')}(view, {counted[1]})",
            kept=f"{names.use(LISTING, 'hidden_filters')}(view, {constant})",
            filters=f"{names.use(LISTING, 'filter_chips')}(view, {constant}, {labels})",
            briefs=self.columns.briefs,
            imports=names.import_block(),
        )

    def _is_made(self) -> bool:
        return any(event.is_creation for event in self.entity.events)

    def _listed_fields(self) -> list[FieldSchema]:
        """Return the fields that have a column; the id has one where nothing else is a title."""
        return [
            field
            for field in state_fields(self.entity)
            if field.name != "id" or self.columns.title_field is None or self.entity.declares_id
        ]

    def _related_labels(self) -> list[str]:
        labels: list[str] = []
        for field in public_fields(self.entity):
            target = reference_of(field.type)
            if target is not None:
                label = label_field(self.context.entities[target[0]]) or "id"
                labels.append(f"{python_string(field.name)}: {python_string(label)}")
        return labels
