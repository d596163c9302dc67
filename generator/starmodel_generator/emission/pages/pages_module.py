"""The view of `pages.py`: what the pages of an entity show, and in what order."""

from collections.abc import Sequence
from typing import NamedTuple

from starmodel_generator.database.search_kinds import COUNT, element_type
from starmodel_generator.emission.context import Context, EntityNames
from starmodel_generator.emission.declaration_order import state_fields
from starmodel_generator.emission.entity.endpoints import Endpoint, endpoints
from starmodel_generator.emission.entity.filters import filters_of, sorts_of, texts_of
from starmodel_generator.emission.entity.record_labels import (
    label_field,
    plural_words,
    record_words,
    reference_of,
)
from starmodel_generator.emission.entity.type_shape import is_single, unwrap
from starmodel_generator.emission.pages.choices import PageChoices
from starmodel_generator.emission.pages.field_component import FieldComponents, first_line
from starmodel_generator.emission.pages.input_component import InputComponents, is_prose
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, named
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.python.type_expressions import is_fragment
from starmodel_generator.emission.server.command_call import batch_events
from starmodel_generator.planning import has_list
from starmodel_schemas import (
    EntitySchema,
    EnumType,
    EventSchema,
    FieldSchema,
    ListType,
    LiteralType,
    ParameterSchema,
    ScalarType,
    SetType,
    TupleType,
)
from starmodel_schemas.address_types import PARSED
from starmodel_schemas.crud import VERSION
from starmodel_schemas.naming import fields_constant, sentence_case, title_words


class PagesView(NamedTuple):
    """Everything that `pages.py.j2` lays out: one statement for each constant."""

    docstring: str
    imports: str
    constants: tuple[Layout, ...]


def pages_view(entity: EntitySchema, context: Context) -> PagesView:
    """Decide what the pages of an entity show."""
    return _Pages(entity, context).view()


def has_new_page(entity: EntitySchema) -> bool:
    """Return whether there is a page on which a record is made."""
    return entity.page != "host" and any(event.is_creation for event in entity.events)


class _Pages:
    """Makes the view of one entity's pages."""

    def __init__(self, entity: EntitySchema, context: Context) -> None:
        self.entity = entity
        self.context = context
        self.own: EntityNames = context.names[entity.qualified_name]
        self.is_listed = has_list(entity)
        self.is_generated = entity.page != "host"
        self.label = label_field(entity)
        self.words = record_words(entity)
        self.title = sentence_case(self.words)
        self.lead = first_line(entity.doc)
        found = endpoints(entity, context)
        self.crud = {one.event.crud: one for one in found if one.event.crud is not None}
        self.events = [one for one in found if one.event.crud is None]
        if not self.is_listed:
            self.crud = {}
        names = self.names = ModuleNames(context.first_party)
        names.use_module("starmodel.ui")
        names.use(self.own.package, "bindings")
        self.constants: list[Layout] = []
        self.all_fields = fields_constant(entity.name)
        taken = frozenset(self._own_constants())
        self.choices = PageChoices(context, taken)
        self.fields = FieldComponents(entity, context, self.choices)
        self.inputs = InputComponents(entity, context, self.choices)
        self._results: set[str] = set()

    def view(self) -> PagesView:
        creations = [one for one in self.events if one.event.is_creation]
        actions = [one for one in self.events if one.event.has_instance]
        collective = [one for one in self.events if one.event.is_collection]
        for one in creations:
            self._define(one.form, self._event_form(one))
        if self.is_listed:
            self._fields()
        self._forms_of_record([one.form for one in creations])
        for one in (*actions, *collective):
            self._define(one.form, self._event_form(one))
        if self.is_generated:
            self._record([one.form for one in actions])
        if self.is_listed:
            self._list([one.form for one in collective])
        for name in self.choices.names:
            self.names.define(name)
        return PagesView(
            docstring=docstring(
                f"The pages of {self.entity.name}: what they show, and in what order.", 0
            ),
            imports=self.names.import_block(),
            constants=(*self.choices.constants, *self.constants),
        )

    def _own_constants(self) -> list[str]:
        """Return the constants that are called by what they are, or by an event's name."""
        names = [one.form for one in self.events]
        if self.is_generated:
            names += [self.own.constant, "NEW", "EDIT", "DELETE", self.all_fields]
        return [*names, self.own.list] if self.is_listed else names

    def _define(self, name: str, component: Group) -> None:
        self.constants.append(
            Group(f"{self.names.define(name)} = {component.head}", component.items, component.tail)
        )

    def _event_form(self, endpoint: Endpoint) -> Group:
        """Write the form of an event of the author's."""
        event = endpoint.event
        inputs = [self.inputs.argument(event.function, one) for one in endpoint.arguments]
        items: list[Layout] = [f"bindings.{event.function}"]
        if inputs:
            items.append(Group("[", tuple(inputs), "]"))
        items.append(named("title", python_string(title_words(event.name))))
        hint = first_line(event.doc)
        if hint:
            items.append(named("hint", python_string(hint)))
        result = self._result(event)
        if result:
            items.append(named("result", python_string(result)))
        return Group("ui.Form(", tuple(items), ")")

    def _result(self, event: EventSchema) -> str:
        """Return the id of the element that the event's fragments go to, if its form has it.

        The first form of those that go to the same one does.
        """
        selector = event.selector or ""
        if not self.is_generated or event.returns is None or not is_fragment(event.returns):
            return ""
        if not selector.startswith("#") or selector in self._results:
            return ""
        if not selector[1:].replace("-", "_").isidentifier():
            return ""
        self._results.add(selector)
        return selector[1:]

    def _forms_of_record(self, creations: list[str]) -> None:
        """Write the forms that make a record, edit it and delete it."""
        words = self.words
        create, update, delete = map(self.crud.get, ("create", "update", "delete"))
        forms: list[Layout] = []
        if create is not None:
            items: list[Layout] = ["bindings.create", self._inputs(create, "new_inputs")]
            items.append(named("button", python_string(f"Create {words}")))
            forms.append(Group("ui.Form(", tuple(items), ")"))
        forms += creations
        if forms and self.is_generated:
            self._define("NEW", self._new_page(forms))
        if update is not None:
            items = ["bindings.update", self._inputs(update, "inputs")]
            items.append(named("title", python_string(f"Edit {words}")))
            self._define("EDIT", Group("ui.Form(", (*items, 'button="Save"'), ")"))
        if delete is not None:
            title = named("title", python_string(f"Delete this {words}?"))
            button = named("button", python_string(f"Delete {words}"))
            items = ["bindings.delete", title, button, "is_danger=True"]
            self._define("DELETE", Group("ui.Form(", tuple(items), ")"))

    def _new_page(self, forms: list[Layout]) -> Group:
        items: list[Layout] = ["bindings", named("title", python_string(f"New {self.words}"))]
        if self.lead:
            items.append(named("lead", python_string(self.lead)))
        items.append(Group("forms=[", tuple(forms), "]"))
        return Group("ui.FormPage(", tuple(items), ")")

    def _fields(self) -> None:
        """Write the fields, each once, for the record, the list and the forms."""
        create, update = self.crud.get("create"), self.crud.get("update")
        given = {one.name: one for one in _written(create or update)}
        changed = given.keys() if update is None else {one.name for one in _written(update)}
        filters = self._filtered({one.name for one in filters_of(self.entity, self.context)})
        sorts = {field.name for field in sorts_of(self.entity, self.context)}
        fields: list[Layout] = []
        for field in self._shown_fields():
            items: list[Layout] = [self.fields.field(field)]
            if field.name in given:
                event = "update" if create is None else "create"
                items.append(self.inputs.field(given[field.name], event))
                if field.name not in changed:
                    items.append("frozen=True")
            is_column = field.name == self.label or _is_column(field)
            if not is_column:
                items.append("column=False")
            if (field in filters) != is_column:
                items.append(f"filter={field in filters}")
            if is_column:
                beyond = [python_string(name) for name in self._sorts_of_link(field)]
                if beyond:
                    items.append(f"sort={beyond[0]}")
                elif field.name not in sorts:
                    items.append("sort=False")
            fields.append(Group("ui.EntityField(", tuple(items), ")"))
        self._define(self.all_fields, Group("ui.Fields(", tuple(fields), ")"))

    def _inputs(self, endpoint: Endpoint, kind: str) -> Layout:
        """Write the inputs of a form: those of the fields, and what is typed but never shown.

        That is the last to be typed; it is required of a new record alone.
        """
        all_inputs = f"{self.all_fields}.{kind}"
        event = endpoint.function
        secret = [one for one in _written(endpoint) if self.inputs.is_write_only(one)]
        if not secret:
            return all_inputs
        own = [self.inputs.field(one, event) for one in secret]
        return Group("[", (f"*{all_inputs}", *own), "]")

    def _record(self, actions: list[str]) -> None:
        items: list[Layout] = ["bindings", named("title", python_string(self.title))]
        if self.label is not None and (self.is_listed or self.entity.label is not None):
            items.append(f"name=bindings.{self.label}")
        if self.lead:
            items.append(named("lead", python_string(self.lead)))
        related = [self.fields.many(many) for many in self.entity.many]
        if not self.is_listed:
            shown = [self.fields.field(field) for field in self._shown_fields()] + related
            if shown:
                items.append(Group("fields=[", tuple(shown), "]"))
        elif related:
            items.append(Group("fields=[", (f"*{self.all_fields}.shown", *related), "]"))
        else:
            items.append(f"fields={self.all_fields}.shown")
        if actions:
            items.append(Group("actions=[", tuple(actions), "]"))
        for kind in ("edit", "delete"):
            if {"edit": "update"}.get(kind, kind) in self.crud:
                items.append(f"{kind}={kind.upper()}")
        self._define(self.own.constant, Group("ui.Record(", tuple(items), ")"))

    def _shown_fields(self) -> list[FieldSchema]:
        """Return the public fields; the id only where nothing else says what a record is called."""
        fields = state_fields(self.entity)
        is_named = self.is_listed and self.label is not None and not self.entity.declares_id
        return [field for field in fields if field.name != "id" or not is_named]

    def _list(self, forms: list[str]) -> None:
        entity = self.entity
        counts = [f"{many.name}__{COUNT}" for many in entity.many]
        counts = [name for name in entity.lookups if name in counts]
        items: list[Layout] = [
            self.own.constant,
            named("title", python_string(sentence_case(plural_words(entity)))),
            self._of_fields("columns", [_count_column(name) for name in counts]),
            self._of_fields("filters", []),
            self._of_fields("sorts", [python_string(name) for name in counts]),
        ]
        if not texts_of(entity, self.context):
            items.append("search=False")
        if has_new_page(entity):
            items.append("new=NEW")
        if forms:
            items.append(Group("forms=[", tuple(forms), "]"))
        own = {one.event.name: one.form for one in self.events}
        actions = [
            "DELETE" if event.crud == "delete" else own[event.name]
            for event in batch_events(entity, self.context)
        ]
        if actions:
            items.append(Group("actions=[", tuple(actions), "]"))
        self._define(self.own.list, Group("ui.List(", tuple(items), ")"))

    def _of_fields(self, kind: str, others: Sequence[Layout]) -> Layout:
        """Write what a list takes of the fields, and others after it."""
        own = f"{self.all_fields}.{kind}"
        return Group(f"{kind}=[", (f"*{own}", *others), "]") if others else f"{kind}={own}"

    def _sorts_of_link(self, field: FieldSchema) -> list[str]:
        """Return what the column of a link is sorted by: what is shown, else the first there is."""
        target = reference_of(field.type)
        own = [name for name in self.entity.lookups if name.startswith(f"{field.name}__")]
        if target is None or not own:
            return []
        shown = f"{field.name}__{label_field(self.context.entities[target[0]])}"
        return [shown] if shown in own else own[:1]

    def _filtered(self, filters: set[str]) -> list[FieldSchema]:
        """Return the fields by which the list can be filtered with an input of a page."""
        return [
            field
            for field in self._shown_fields()
            if not field.computed and self._filter_names(field) & filters
        ]

    def _filter_names(self, field: FieldSchema) -> set[str]:
        """Return the filters that an input for a field would ask for; none for no such input."""
        name = field.name
        target = reference_of(field.type)
        if target is not None:
            is_picked = not target[1] and has_list(self.context.entities[target[0]])
            return {name} if is_picked else set()
        type_, _, constraints = unwrap(field.type, field.constraints)
        match type_:
            case EnumType() if self.context.enums[type_.enum].is_flag:
                return set()
            case EnumType() | ScalarType(name="bool"):
                return {name}
            case LiteralType() if is_single(type_):
                return {name}
            case ScalarType(name="str") if name != "id" and not is_prose(name, constraints):
                return {f"{name}__contains"}
            case ScalarType() if type_.name in PARSED:
                return {f"{name}__contains"}
            case ListType() | SetType() | TupleType():
                item = element_type(type_, self.context)
                is_text = isinstance(item, ScalarType) and item.name in {"str", *PARSED}
                is_asked = is_text or isinstance(item, EnumType | LiteralType)
                return {f"{name}__contains"} if is_asked else set()
            case ScalarType(name="int" | "float" | "Decimal" | "date") if name != "id":
                return {f"{name}__ge"}
            case ScalarType(name="datetime") if constraints.timezone is not None:
                return {f"{name}__ge"}
            case _:
                return set()


def _written(endpoint: Endpoint | None) -> list[ParameterSchema]:
    """Return the fields that an event of `crud` writes."""
    if endpoint is None:
        return []
    is_update = endpoint.event.crud == "update"
    return [one for one in endpoint.arguments if not (is_update and one.name == VERSION)]


def _is_column(field: FieldSchema) -> bool:
    """Return whether a list has a column for a field: one value, neither long nor a file."""
    type_, _, constraints = unwrap(field.seen_type, field.constraints)
    if type_ == ScalarType(name="bytes") or not is_single(type_):
        return False
    return type_ != ScalarType(name="str") or not is_prose(field.name, constraints)


def _count_column(name: str) -> Layout:
    """Write the column of how many records there are of a `Many`."""
    label = sentence_case(name.removesuffix(f"__{COUNT}").replace("_", " "))
    return Group("ui.Number(", (python_string(name), named("label", python_string(label))), ")")
