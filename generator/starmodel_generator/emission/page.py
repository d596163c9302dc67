"""The view of `page.py`: a live page of an entity, with a form for each of its events."""

from dataclasses import dataclass
from typing import TypeAlias

from starmodel_generator.emission.control import first_line
from starmodel_generator.emission.form import Forms, FormView
from starmodel_generator.emission.imports import ModuleNames
from starmodel_generator.emission.layout import Group, Layout, Parts
from starmodel_generator.emission.limits import bare
from starmodel_generator.emission.markup import expression, html, in_fstring, key, signal
from starmodel_generator.emission.names import Context, an
from starmodel_generator.emission.quoting import docstring, python_string
from starmodel_generator.emission.shapes import public_fields
from starmodel_generator.emission.shown import (
    PAGE,
    DetailsView,
    LabelsView,
    PartView,
    Shown,
    is_single,
    label_of,
    member,
    object_variable,
)
from starmodel_generator.emission.state import state_fields
from starmodel_generator.emission.wire import endpoints
from starmodel_schemas import (
    EntitySchema,
    FieldSchema,
    ListType,
    ObjectType,
    SetType,
    TupleType,
    TypeRef,
)
from starmodel_schemas.naming import title_words


@dataclass(frozen=True, slots=True)
class ValueView:
    """A single value: what keeps it live, what is written at first, and its signal."""

    label: str
    hint: str
    key: str
    live: str
    hole: str
    initial: str
    kind: str = "value"


@dataclass(frozen=True, slots=True)
class ObjectView:
    """A value object, each of whose values is bound by itself."""

    label: str
    hint: str
    key: str
    rows: "tuple[RowView, ...]"
    kind: str = "object"


@dataclass(frozen=True, slots=True)
class PieceView:
    """What has parts that come and go: a function renders it, here and on the live stream.

    A table has `columns`, and its `rows` are the Python that makes them; everything else has
    `content`.
    """

    label: str
    hint: str
    function: str
    field: str
    id: str
    columns: tuple[PartView, ...]
    rows: Layout
    content: str
    kind: str = "piece"


RowView: TypeAlias = ValueView | ObjectView | PieceView


@dataclass(frozen=True, slots=True)
class FunctionView:
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


@dataclass(frozen=True, slots=True)
class PageView:
    """Everything that `page.py.j2` lays out."""

    name: str
    imports: str
    live: Layout
    labels: tuple[LabelsView, ...]
    forms: tuple[FormView, ...]
    pages: tuple[FunctionView, ...]
    state_type: str
    pieces: tuple[PieceView, ...]
    details: tuple[DetailsView, ...]
    fragments: Layout


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
        self.names = ModuleNames(context.first_party)
        self.shown = Shown(self.names, context, self.own.module("state"))
        self.forms = Forms(entity, context, self.names)
        self.pieces: list[PieceView] = []

    def view(self) -> PageView:
        names = self.names
        names.use("starmodel.web", "Page")
        names.use(PAGE, "NOTICE")
        names.use("collections.abc", "Callable")
        state_type = names.use(self.own.module("state"), self.own.state_type)
        names.use("starmodel.web.actions", "live_action")
        names.use(PAGE, "escape")
        events = endpoints(self.entity, self.context)
        forms = [self.forms.form(event) for event in events if not event.event.is_creation]
        creations = [self.forms.form(event) for event in events if event.event.is_creation]
        rows = tuple([self._row(field, (), "state") for field in state_fields(self.entity)])
        pages = [self._page(rows, tuple(forms))]
        if creations:
            pages.append(self._creation_page(tuple(creations)))
        fragments = [f"{python_string(piece.field)}: {piece.function}" for piece in self.pieces]
        kind = f"dict[str, Callable[[{state_type}], str]]"
        return PageView(
            name=self.entity.name,
            live="" if self.is_record else self._live(names.define("LIVE")),
            labels=self.shown.labels,
            forms=(*forms, *creations),
            pages=tuple(pages),
            state_type=state_type,
            pieces=tuple(self.pieces),
            details=self.shown.details,
            fragments=Group(
                f"{names.define(self.own.fragments)}: {kind} = {{", tuple(fragments), "}"
            ),
            imports=names.import_block(),
        )

    def _live(self, name: str) -> Layout:
        """Write what keeps the page in step, as `bindings.live` does, which it need not import."""
        action = Group("live_action(", (python_string(self.entity.snake_name),), ")")
        return Group(f"{name} = escape(", (action,), ")")

    def _page(self, rows: tuple[RowView, ...], forms: tuple[FormView, ...]) -> FunctionView:
        state_type = self.own.state_type
        identity = ""
        live = "LIVE"
        if self.is_record:
            live = f'escape(live_action("{self.entity.snake_name}:" + state["id"]))'
            if any(form.takes_id for form in forms):
                identity = f'{self.names.use("starmodel.web", "segment")}(state["id"])'
        return FunctionView(
            signature=Group(
                f"def {self.names.define(self.own.page_function)}(",
                (f"state: {state_type}",),
                ") -> Page:",
            ),
            docstring=docstring(
                f"The live page of {an(self.entity.name)}, with a form for each event.", 4
            ),
            result=self._result(title_words(self.entity.name)),
            id=identity,
            live=live,
            namespace=_code(key(self.entity.namespace)),
            has_signals=any(row.kind != "piece" for row in rows),
            rows=rows,
            forms=forms,
        )

    def _creation_page(self, forms: tuple[FormView, ...]) -> FunctionView:
        name = f"new_{self.own.page_function}"
        return FunctionView(
            signature=Group(f"def {self.names.define(name)}(", (), ") -> Page:"),
            docstring=docstring(f"The page on which {an(self.entity.name)} is made.", 4),
            result=self._result(f"New {title_words(self.entity.name).lower()}"),
            id="",
            live="",
            namespace="",
            has_signals=False,
            rows=(),
            forms=forms,
        )

    def _result(self, title: str) -> Layout:
        lead = first_line(self.entity.doc)
        items = (python_string(title), python_string(lead), "content")
        return Group("return Page(", items, ")")

    def _row(self, field: FieldSchema, path: tuple[str, ...], owner: str) -> RowView:
        """Decide how a field is shown; `path` leads to the object it is part of."""
        type_, is_optional, _ = bare(field.type)
        value = member(owner, field.name)
        if is_single(type_):
            return ValueView(
                label=_text(label_of(field)),
                hint=_text(first_line(field.description)),
                key=_code(key(field.name)),
                live=_code(
                    self.shown.live(field.type, signal(self.entity.namespace, *path, field.name))
                ),
                hole=self.shown.bound(field.type, value),
                initial=self.shown.initial(field.type, value),
            )
        if isinstance(type_, ObjectType) and not is_optional and self._is_flat(type_, ()):
            fields = public_fields(self.context.objects[type_.object])
            rows = [self._row(inner, (*path, field.name), value) for inner in fields]
            return ObjectView(
                label=_text(label_of(field)),
                hint=_text(first_line(field.description)),
                key=_code(key(field.name)),
                rows=tuple(rows),
            )
        return self._piece(field, value)

    def _is_flat(self, type_: ObjectType, seen: tuple[str, ...]) -> bool:
        """Whether a value object holds single values, or such objects, and nothing else."""
        if type_.object in seen:
            return False
        for field in public_fields(self.context.objects[type_.object]):
            inner, is_optional, _ = bare(field.type)
            if is_single(inner):
                continue
            if is_optional or not isinstance(inner, ObjectType):
                return False
            if not self._is_flat(inner, (*seen, type_.object)):
                return False
        return True

    def _piece(self, field: FieldSchema, value: str) -> PieceView:
        """Show what has parts that come and go: a table of objects, or whatever fits the type."""
        item, is_optional = _table_item(field.type)
        schema = None if item is None else self.context.objects[item.object]
        columns: tuple[PartView, ...] = ()
        rows = content = ""
        if schema is not None and public_fields(schema):
            function = self.shown.function(schema, is_row=True)
            variable = object_variable(schema)
            self.names.use(PAGE, "EMPTY_ROW")
            items = f"{value} or []" if is_optional else value
            columns = tuple([self.shown.part(part, variable) for part in public_fields(schema)])
            rows = f"{function}({variable}) for {variable} in {items}"
        else:
            content = self.shown.text(field.type, value)
        piece = PieceView(
            label=_text(label_of(field)),
            hint=_text(first_line(field.description)),
            function=self.names.define(f"{field.name}_element"),
            field=field.name,
            id=_text(f"{self.entity.snake_name}-{field.name}"),
            columns=columns,
            rows=Parts("rows = ", "[]", (rows,)) if rows else "",
            content=content,
        )
        self.pieces.append(piece)
        return piece


def _table_item(type_: TypeRef) -> tuple[ObjectType | None, bool]:
    """Give the value object that a list is made of, and whether the list may be missing."""
    type_, is_optional, _ = bare(type_)
    match type_:
        case ListType() | SetType():
            item, is_missing, _ = bare(type_.item)
        case TupleType(variadic=True):
            item, is_missing, _ = bare(type_.items[0])
        case _:
            return None, False
    return (item if isinstance(item, ObjectType) and not is_missing else None), is_optional


def _text(text: str) -> str:
    return in_fstring(html(text))


def _code(code: str) -> str:
    return in_fstring(expression(code))
