"""Generated pages of schemas at random: valid Python, valid HTML, and every text where it belongs."""

import ast
import re
from random import Random
from types import SimpleNamespace
from typing import Any

import black
import pytest
from handmade_pages import make_renderer
from html_page import Element, read_page
from json_maker import JsonMaker
from listed_shop import LISTED_SHOP, crud_events
from random_schemas import SchemaMaker, hostile_text

from starmodel import ui
from starmodel.ui.names import ActionRoute, EntityNames, Signal
from starmodel.ui.view import View
from starmodel.web.ui.form_state import FormState, bind, prefilled
from starmodel.web.ui.list_view import ListView
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import state_fields
from starmodel_generator.emission.entity.filters import filters_of, sorts_of
from starmodel_generator.emission.entity.record_labels import (
    find_function,
    label_field,
    plural_words,
)
from starmodel_generator.emission.pages.pages_module import pages_view
from starmodel_generator.emission.python.formatting import is_vouched_for
from starmodel_generator.emission.templating import environment
from starmodel_generator.planning import EmissionSettings
from starmodel_schemas import AppSchema, EntitySchema, FieldSchema
from starmodel_schemas.naming import constant_case

SETTINGS = EmissionSettings(package="shop.generated", output="shop/generated", client_output="c")
TEMPLATE = environment().get_template("pages.py.j2")


class Bindings:
    """What generated bindings say of an entity, without the modules that these import."""

    def __init__(self, entity: EntitySchema) -> None:
        name, is_record = entity.snake_name, entity.scope == "RECORD"
        self.ENTITY = EntityNames(name, entity.namespace, is_record=is_record)
        self._events = {each.function: each for each in entity.events}
        self._entity = entity

    def __getattr__(self, name: str) -> Any:
        if name not in self._events:
            return Signal(f"${self._entity.namespace}.{name}")
        event = self._events[name]
        names = [each.name for each in event.parameters]
        route = ActionRoute(self._entity.namespace, event.name, event.method.lower(), event.path)
        return SimpleNamespace(ROUTE=route, **{each: SimpleNamespace(name=each) for each in names})


def text_of(entity: EntitySchema, context: Context) -> str:
    return TEMPLATE.render(header="# Generated.", view=pages_view(entity, context))


def run(entity: EntitySchema, context: Context) -> dict[str, Any]:
    """Run a generated module: imports and assignments, and nothing else."""
    tree = ast.parse(text_of(entity, context))
    docstring, *statements = tree.body
    assert isinstance(docstring, ast.Expr)
    assert all(isinstance(one, ast.ImportFrom | ast.Assign) for one in statements)
    tree.body = [one for one in statements if isinstance(one, ast.Assign)]
    namespace: dict[str, Any] = {"ui": ui, "bindings": Bindings(entity)}
    exec(compile(tree, "pages.py", "exec"), namespace)
    return namespace


def shown(text: str) -> str:
    """A text as HTML has it, which knows no half of a surrogate pair; a parser here keeps NUL."""
    return text.encode("utf-8", "replace").decode()


def page_of(html: str) -> Element:
    return read_page(html.encode("utf-8", "replace").decode())


def in_words(text: str | None) -> str:
    """The first line of a text, as a lead or a hint has it."""
    return shown((text or "").strip().partition("\n")[0].strip())


def test_a_thousand_hostile_records_are_shown() -> None:
    pages = 0
    renderer = make_renderer()
    for seed in range(60):
        app = with_hostile_titles(
            SchemaMaker(seed, hostile=True, longest=seed % 3 + 1).app(2), seed
        )
        context = Context(app, SETTINGS)
        for entity in app.entities:
            record: ui.Record = run(entity, context)[constant_case(entity.name)]
            values = JsonMaker(Random(seed), context)
            for _ in range(2):
                state: dict[str, Any] = {
                    field.name: values.value(field.type) for field in state_fields(entity)
                }
                page = page_of(renderer.record(record).fill(state, View(id="x")))
                assert_texts(entity, record, page)
                for name, fragment in renderer.fragments(record).items():
                    assert name in record.by_name
                    for again in page_of(fragment(state)).children:
                        assert isinstance(again, Element)
                        assert page.one(id=again["id"]).text == again.text
                pages += 1
    assert pages == 240


def assert_texts(entity: EntitySchema, record: ui.Record, page: Element) -> None:
    """Every text of the author's that belongs on the page is there, as it was written."""
    text = page.text
    for field in record.by_name.values():
        assert shown(field.title) in text and shown(field.hint) in text
    for field in state_fields(entity):
        assert field.title is None or shown(field.title).strip() in text
    for form in record.actions:
        element = page.one("form", id=f"{entity.namespace}-{form.route.event}")
        named = names_in(element)
        assert named == {path for each in form.inputs for path, _ in each.paths()}
        for each in form.inputs:
            assert shown(each.title) in element.text and shown(each.hint) in element.text


def names_in(form: Element) -> set[str]:
    """Return the names of a form's inputs, with `*` for the number of a row."""
    inputs = [each for each in form.walk() if each.tag in ("input", "select", "textarea")]
    named = {each["name"] for each in inputs if each.get("name")}
    return {re.sub(r"\.([0-9]+|__new__)(?=\.|$)", ".*", name) for name in named} - {"_rows"}


def test_hostile_records_in_a_database_are_listed_and_edited() -> None:
    renderer = make_renderer()
    pages = 0
    for seed in range(40):
        app = in_a_database(with_hostile_titles(SchemaMaker(seed, hostile=True).app(1), seed))
        context = Context(app, SETTINGS)
        random = Random(seed)
        for entity in app.entities:
            module = run(entity, context)
            record: ui.Record = module[constant_case(entity.name)]
            values = JsonMaker(random, context)
            state: dict[str, Any] = {
                field.name: values.value(field.type) for field in state_fields(entity)
            }
            state["id"] = hostile_text(random) or "x"
            check_list(module[context.names[entity.qualified_name].list], state, random)
            new: ui.FormPage = module["NEW"]
            blank = renderer.form_page(new).fill({}, View(form=prefilled(new.forms[0], {})))
            check_form(page_of(blank), new.forms[0])
            assert record.edit is not None
            document, _ = renderer.edit_page(record, record.edit)
            held = FormState({**record.edit.of_state(state), "version": "7"}, "x")
            check_form(page_of(document.fill({}, View(id="x", form=held))), record.edit)
            errors = {each.name: hostile_text(random) for each in record.edit.inputs}
            failed = bind(record.edit, [("name", hostile_text(random))], id="x", errors=errors)
            page = page_of(document.fill({}, View(id="x", form=failed)))
            alerts = [each.text for each in page.all(role="alert")]
            assert {shown(text) for text in errors.values()} <= {*alerts}
            pages += 1
    assert pages == 40


def check_list(component: ui.List, state: dict[str, Any], random: Random) -> None:
    query = (("q", hostile_text(random)), ("sort", "-id"), ("tag__x", hostile_text(random)))
    for items in ([state], []):
        view: ListView[Any] = ListView(
            component.entity.path, query, items, {}, hostile_text(random), False
        )
        html = make_renderer().list(component).fill({}, View(list=view))
        page = page_of(html)
        search = page.all("input", name="q")
        assert all(each["value"] == shown(query[0][1]) for each in search)
        assert len(page.all("tbody")) == len(items)


def check_form(page: Element, form: ui.Form) -> None:
    event = form.route.event
    (element,) = [each for each in page.all("form") if each["id"].endswith(f"-{event}")]
    named = names_in(element)
    paths = {path for each in form.inputs for path, _ in each.paths()}
    assert named - {"version", "_again"} == ({*paths, "_shown"} if form.inputs else set())
    is_multipart = element.get("enctype") == "multipart/form-data"
    assert is_multipart == bool(element.all("input", type="file"))


def test_an_untouched_form_changes_nothing() -> None:
    """Without a script: what the HTML says is posted, and each input was sent as it was shown."""
    from starmodel.web.validation.untouched import read_shown, untouched

    renderer = make_renderer()
    checked = 0
    for seed in range(60):
        app = in_a_database(SchemaMaker(seed, hostile=True).app(1))
        context = Context(app, SETTINGS)
        random = Random(seed)
        for entity in app.entities:
            record: ui.Record = run(entity, context)[constant_case(entity.name)]
            form = record.edit
            assert form is not None
            values = JsonMaker(random, context)
            state: dict[str, Any] = {
                field.name: values.value(field.type) for field in state_fields(entity)
            }
            document, _ = renderer.edit_page(record, form)
            held = FormState({**form.of_state(state), "version": "7"}, "x")
            page = page_of(document.fill({}, View(id="x", form=held)))
            element = page.one("form", id=f"{entity.namespace}-update")
            sent = [
                *element.sends(),
                # A file is sent without a name where none is chosen.
                *[(each["name"], "") for each in element.all("input", type="file")],
            ]
            same = untouched(sent, read_shown(sent))
            # Of a file nothing is noted: it is sent if one is chosen.
            noted = [each for each in form.inputs if not isinstance(each, ui.FileInput)]
            # A list of rows is as it was if all of its rows are.
            paths = [path for each in noted for path, _ in each.paths()]
            assert {path.partition(".*")[0] for path in paths} <= same, seed
            checked += len(same)
    assert checked > 120


def test_pages_are_what_black_gives() -> None:
    compared = 0
    apps = [SchemaMaker(seed, hostile=seed % 2 == 0, longest=2).app(1) for seed in range(60)]
    for app in (*apps, *map(in_a_database, apps), LISTED_SHOP):
        context = Context(app, SETTINGS)
        for entity in app.entities:
            text = text_of(entity, context)
            if is_vouched_for(text):
                compared += 1
                assert black.format_str(text, mode=black.Mode()) == text
    assert compared > 60


@pytest.mark.parametrize("seed", range(3))
def test_a_page_depends_on_its_schema_alone(seed: int) -> None:
    texts: set[str] = set()
    for _ in range(2):
        app = SchemaMaker(seed, hostile=True).app(2)
        texts.add("".join([text_of(entity, Context(app, SETTINGS)) for entity in app.entities]))
    assert len(texts) == 1


def test_lists_ask_for_nothing_that_a_query_does_not_take() -> None:
    asked = 0
    apps = [in_a_database(SchemaMaker(seed, longest=2).app(2)) for seed in range(40)]
    for app in (LISTED_SHOP, *apps):
        context = Context(app, SETTINGS)
        for entity in app.entities:
            component: ui.List = run(entity, context)[context.names[entity.qualified_name].list]
            filters = {one.name for one in filters_of(entity, context)}
            html = (
                make_renderer()
                .list(component)
                .fill({}, View(list=ListView(component.entity.path, (), [], {})))
            )
            form = page_of(html).one("form", role="search")
            names = {each["name"] for each in form.walk() if each.get("name")} - {"q"}
            assert names <= filters
            sorts = {field.name for field in sorts_of(entity, context)}
            assert {getattr(signal, "name", signal) for signal in component.sorts} <= sorts
            asked += len(names) + len(component.sorts)
    assert asked > 200


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


def with_hostile_titles(app: AppSchema, seed: int) -> AppSchema:
    """Give some fields a title of the author's, and all entities a generated page."""
    random = Random(seed)

    def titled(field: FieldSchema) -> FieldSchema:
        title = hostile_text(random) if random.random() < 0.3 else None
        return field.model_copy(update={"title": title})

    return app.model_copy(
        update={
            "entities": tuple(
                entity.model_copy(
                    update={"fields": tuple(map(titled, entity.fields)), "page": "generated"}
                )
                for entity in app.entities
            )
        }
    )


def in_a_database(app: AppSchema) -> AppSchema:
    """Make records in a database of all entities, with everything that is generated for them."""

    def listed(entity: EntitySchema) -> EntitySchema:
        events = crud_events(entity.name, entity.fields, ("create", "update", "delete"))
        return entity.model_copy(
            update={
                "store": "SERVER_SQL",
                "scope": "RECORD",
                "page": "generated",
                "crud": ("create", "update", "delete"),
                "events": tuple(events),
            }
        )

    return app.model_copy(update={"entities": tuple(map(listed, app.entities))})
