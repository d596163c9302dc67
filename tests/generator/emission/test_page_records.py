"""Lists and forms of schemas at random: valid Python, valid HTML, every text where it belongs."""

import ast
import html
import re
from random import Random
from typing import Any

import black
from listed_shop import LISTED_SHOP, crud_events
from random_schemas import SchemaMaker, hostile_text

from starmodel.web import DefaultUI, Page, quote_path_segment
from starmodel.web.datastar import actions
from starmodel.web.datastar.attributes import escape_attribute
from starmodel.web.ui import display_values as helpers
from starmodel.web.ui import edit_conflict, form_state, input_value, list_view, picker
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.filters import filters_of, sorts_of, texts_of
from starmodel_generator.emission.entity.record_labels import (
    find_function,
    label_field,
    plural_words,
    reference_of,
)
from starmodel_generator.emission.forms.form import ONCE
from starmodel_generator.emission.forms.form_page import form_page_view
from starmodel_generator.emission.pages.list_page import list_page_view
from starmodel_generator.emission.pages.page_module import page_view
from starmodel_generator.emission.python.formatting import is_vouched_for
from starmodel_generator.emission.server.state_module import state_fields
from starmodel_generator.emission.templating import environment
from starmodel_schemas import AppSchema, EntitySchema, ListType, RefType
from starmodel_schemas.naming import constant_case

from .test_page import (
    ATTRIBUTES,
    ELEMENTS,
    SETTINGS,
    VOID,
    Document,
    JsonMaker,
    live_action,
    with_hostile_titles,
)

VIEWS = {"page": page_view, "list_page": list_page_view, "form_page": form_page_view}
MODULES = (helpers, edit_conflict, form_state, input_value, list_view, picker)
TEMPLATES = environment()
UI = DefaultUI()


class RecordDocument(Document):
    """A document that may hold what only lists and forms have."""

    elements = ELEMENTS | set("nav a dialog fieldset legend details summary noscript".split())
    attributes = ATTRIBUTES | set(
        "href open rel aria-sort aria-autocomplete aria-expanded aria-controls aria-invalid"
        " aria-labelledby aria-selected autofocus data-id data-label data-source"
        " data-on:click data-on:click__prevent data-on:focusout data-on:input data-on:keydown"
        " data-on:input__debounce.200ms data-on:input__debounce.300ms data-on:mousedown__prevent"
        " data-on:popstate__window data-on:submit__prevent data-attr:type data-attr:placeholder"
        " data-on-signal-patch__throttle.1s.trailing data-on-signal-patch__debounce.100ms"
        " data-on-signal-patch-filter data-show data-theirs tabindex".split()
    )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.elements, tag
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names)
        for name, value in attrs:
            assert name in self.attributes, name
            self.values.setdefault(name, []).append(value)
        if tag not in VOID:
            self.open.append(tag)


def test_hostile_texts_stay_texts_in_lists_and_forms() -> None:
    pages = 0
    for seed in range(150):
        app = with_hostile_titles(
            SchemaMaker(seed, hostile=True, longest=seed % 3 + 1).app(2), seed
        )
        app = in_a_database(app)
        context = Context(app, SETTINGS)
        random = Random(seed)
        for entity in app.entities:
            check_pages(entity, context, JsonMaker(random, context), random)
            pages += 1
    assert pages == 300


def test_records_that_refer_to_each_other() -> None:
    context = Context(LISTED_SHOP, SETTINGS)
    for seed, entity in enumerate(LISTED_SHOP.entities * 5):
        random = Random(seed)
        check_pages(entity, context, References(random, context), random)


def test_lists_and_forms_are_what_black_gives() -> None:
    compared = 0
    for seed in range(30):
        app = in_a_database(SchemaMaker(seed, hostile=seed % 2 == 0, longest=2).app(1))
        compared += compare_with_black(app)
    assert compare_with_black(LISTED_SHOP) == len(LISTED_SHOP.entities) * len(VIEWS)
    assert compared > 30


def test_lists_ask_for_nothing_that_a_query_does_not_take() -> None:
    asked = 0
    apps = [in_a_database(SchemaMaker(seed, longest=2).app(2)) for seed in range(40)]
    for app in (LISTED_SHOP, *apps):
        context = Context(app, SETTINGS)
        for entity in app.entities:
            module = run("list_page", entity, context)
            filters = {one.name for one in filters_of(entity, context)}
            if texts_of(entity, context):
                filters.add("q")
            assert filters >= {*module["INPUTS"]}
            sorts = {field.name for field in sorts_of(entity, context)}
            headings = list_page_view(entity, context).columns
            asked += len(module["INPUTS"]) + len(sorts)
            linked = {one.heading.split('"')[1] for one in headings if one.heading}
            assert sorts >= linked
    assert asked > 200


def test_forms_send_the_key_that_actions_send() -> None:
    ((name, code),) = ONCE[1]
    assert f"{ONCE[0]}: {{'{name}': {code}}}" == actions.ONCE


def test_words_for_records() -> None:
    entity = LISTED_SHOP.entities[0]

    def called(name: str) -> EntitySchema:
        return entity.model_copy(update={"name": name, "snake_name": name.lower()})

    assert plural_words(called("OrderLine")) == "order lines"
    assert plural_words(called("Category")) == "categories"
    assert plural_words(called("Key")) == "keys"
    assert plural_words(called("Box")) == "boxes"
    assert find_function(called("OrderLine")) == "find_order_lines"
    labels = {entity.name: label_field(entity) for entity in LISTED_SHOP.entities}
    assert labels == {
        "Tag": "name",
        "Product": "name",
        "Customer": "name",
        "Order": None,
        "OrderLine": None,
    }


def check_pages(entity: EntitySchema, context: Context, values: JsonMaker, random: Random) -> None:
    """Make every page of a record with values of all kinds, and read it strictly."""
    modules = {kind: run(kind, entity, context) for kind in VIEWS}
    snake, constant = entity.snake_name, constant_case(entity.name)
    state = {field.name: values.value(field.type) for field in state_fields(entity)}
    state["id"] = hostile_text(random) or "x"
    related = related_to(entity, state, context, random)
    page = modules["page"][f"{snake}_page"]
    detail: Page = page(state, related) if f"{snake}_relations" in modules["page"] else page(state)
    texts = read(detail).texts
    for records in related.values():
        for record in records.values():
            called = record["name"] if record["name"] != record["id"] else ""
            shown = html.unescape(helpers.short_id(record["id"]))
            assert clean(called or shown) in map(clean, texts)

    query = (("q", hostile_text(random)), ("sort", "-id"), ("tag__x", hostile_text(random)))
    for items in ([state, state], []):
        view: list_view.ListView[Any] = list_view.ListView(
            f"/{snake}", query, items, related, hostile_text(random), False
        )
        whole: Page = modules["list_page"][f"{snake}_list_page"](view)
        assert modules["list_page"][f"{snake}_list"](view) in whole.content
        read(whole, twice=bool(items))

    forms = modules["form_page"]
    read(forms[f"DELETE_{constant}"].page(form_state.FormState({}, state["id"])))
    if "update" not in entity.crud:
        return
    read(forms[f"NEW_{constant}"].unbound_page())
    drafted: form_state.FormState = forms[f"{snake}_form_state"](state, 7, related)
    assert set(drafted.values) == {*forms[f"NEW_{constant}"].initial, "version"}
    document = read(forms[f"EDIT_{constant}"].page(drafted))
    for name, value in drafted.values.items():
        if isinstance(value, str) and "\r" not in value and value.strip():
            shown = [*document.texts, *document.values.get("value", [])]
            assert clean(value) in [text and clean(text) for text in shown], name
    errors = {name: hostile_text(random) for name in (*drafted.values, "_")}
    failed = forms[f"EDIT_{constant}"].bind([("name", hostile_text(random))], errors=errors)
    document = read(forms[f"EDIT_{constant}"].page(failed))
    for name, message in errors.items():
        assert name == "version" or clean(message) in map(clean, document.texts)


class References(JsonMaker):
    """Makes values of which some refer to records."""

    def value(self, type_: Any, depth: int = 0) -> object:
        if isinstance(type_, RefType):
            return hostile_text(self.random) or "x"
        if isinstance(type_, ListType) and isinstance(type_.item, RefType):
            return [f"{hostile_text(self.random)}{number}" for number in range(3)]
        return super().value(type_, depth)


def related_to(
    entity: EntitySchema, state: dict[str, Any], context: Context, random: Random
) -> dict[str, dict[str, dict[str, str]]]:
    """Return names to half of what a record refers to."""
    related: dict[str, dict[str, dict[str, str]]] = {}
    for field in entity.fields:
        target = reference_of(field.type)
        if target is not None:
            value = state[field.name]
            named = [id for id in (value if target[1] else [value]) if random.random() < 0.5]
            called = label_field(context.entities[target[0]]) or "id"
            related[field.name] = {
                id: {"id": id, "name": hostile_text(random) if called == "name" else id}
                for id in named
            }
    return related


def read(page: Page, *, twice: bool = False) -> RecordDocument:
    """Read a page; the rows of a list are the same `twice` in these tests."""
    document = RecordDocument(UI.document(title=page.title, lead=page.lead, content=page.content))
    ids = document.values.get("id", [])
    assert twice or len(ids) == len(set(ids))
    return document


def clean(text: str) -> str:
    """Return a text as HTML has it, which knows neither NUL nor half of a character."""
    return re.sub("[\0\ud800-\udfff]", "\ufffd", text).strip()


def run(kind: str, entity: EntitySchema, context: Context) -> dict[str, Any]:
    """Run a generated module without the modules that it stands among."""
    tree = ast.parse(text_of(kind, entity, context))
    modules = {module.__name__: module for module in MODULES}
    namespace: dict[str, Any] = {
        "Page": Page,
        "quote_path_segment": quote_path_segment,
        "live_action": live_action,
        "escape_attribute": escape_attribute,
    }
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom):
            module = modules.get(statement.module or "")
            for alias in statement.names:
                found = dict if module is None else getattr(module, alias.name)
                namespace.setdefault(alias.name, found)
    tree.body = [one for one in tree.body if not isinstance(one, ast.ImportFrom)]
    exec(compile(tree, f"{kind}.py", "exec"), namespace)
    return namespace


def in_a_database(app: AppSchema) -> AppSchema:
    """Make records in a database of all entities, with everything that is generated for them."""

    def listed(entity: EntitySchema) -> EntitySchema:
        events = crud_events(entity.name, entity.fields, ("create", "update", "delete"))
        return entity.model_copy(
            update={
                "store": "SERVER_SQL",
                "scope": "RECORD",
                "crud": ("create", "update", "delete"),
                "events": tuple(events),
            }
        )

    return app.model_copy(update={"entities": tuple(map(listed, app.entities))})


def compare_with_black(app: AppSchema) -> int:
    """Compare the pages of an app with what black makes of them; returns how many were."""
    context = Context(app, SETTINGS)
    compared = 0
    for entity in app.entities:
        for kind in VIEWS:
            text = text_of(kind, entity, context)
            if is_vouched_for(text):
                compared += 1
                assert black.format_str(text, mode=black.Mode()) == text
    return compared


def text_of(kind: str, entity: EntitySchema, context: Context) -> str:
    template = TEMPLATES.get_template(f"{kind}.py.j2")
    return template.render(header="# Generated.", view=VIEWS[kind](entity, context))
