"""Generated pages of schemas at random: what they show, with every text where it belongs."""

import ast
from collections.abc import Iterator, Sequence
from random import Random
from types import SimpleNamespace
from typing import Any

import black
import pytest
from listed_shop import LISTED_SHOP, crud_events
from random_schemas import SchemaMaker, hostile_text

from starmodel import ui
from starmodel.ui.names import EntityNames, Parameter, Signal
from starmodel.web.datastar.actions import Action
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.endpoints import endpoints
from starmodel_generator.emission.entity.filters import filters_of, sorts_of, texts_of
from starmodel_generator.emission.entity.record_labels import label_field, reference_of
from starmodel_generator.emission.entity.type_shape import unwrap
from starmodel_generator.emission.pages.field_component import first_line
from starmodel_generator.emission.pages.pages_module import pages_view
from starmodel_generator.emission.python.formatting import is_vouched_for
from starmodel_generator.emission.server.filters_module import filters_module_view
from starmodel_generator.emission.server.state_module import state_fields
from starmodel_generator.emission.templating import environment
from starmodel_generator.planning import EmissionSettings, has_list
from starmodel_schemas import AppSchema, EntitySchema, FieldSchema, ObjectType

SETTINGS = EmissionSettings(package="shop.generated", output="shop/generated", client_output="c")


def text_of(entity: EntitySchema, context: Context) -> str:
    view = pages_view(entity, context)
    return environment().get_template("pages.py.j2").render(header="# header", view=view)


def run(entity: EntitySchema, context: Context) -> dict[str, Any]:
    """Run a module of pages without the modules it stands among; what it defines, by name."""
    tree = ast.parse(text_of(entity, context))
    docstring, *statements = tree.body
    assert isinstance(docstring, ast.Expr) and isinstance(docstring.value, ast.Constant)
    imports = [one for one in statements if isinstance(one, ast.ImportFrom)]
    assert [one.names[0].name for one in imports] == ["ui", "bindings"]
    constants = statements[len(imports) :]
    # Nothing but components, each under a name of its own.
    assert all(isinstance(one, ast.Assign) for one in constants)
    called = {
        node.func.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
    }
    assert called <= {"ui"}
    names = EntityNames(entity.snake_name, namespace=entity.namespace)
    bindings = SimpleNamespace(ENTITY=names)
    for field in state_fields(entity):
        setattr(bindings, field.name, Signal(f"${entity.namespace}.{field.name}"))
    for one in endpoints(entity, context):
        action: Any = Action(names, one.event.name, "post", one.event.path)
        for name in one.argument_names:
            parameter = Parameter()
            parameter.name = name
            setattr(action, name, parameter)
        setattr(bindings, one.function, action)
    namespace: dict[str, Any] = {"ui": ui, "bindings": bindings}
    code = compile(ast.Module(constants, []), "pages.py", "exec")  # type: ignore[arg-type]
    exec(code, namespace)
    defined = [
        target.id
        for one in constants
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    ]
    assert len(set(defined)) == len(defined)
    return {name: namespace[name] for name in defined}


def check_fields(fields: Sequence[FieldSchema], shown: Sequence[ui.Field], context: Context) -> int:
    """Check that components say what the schema does; returns how many there were."""
    count = 0
    assert [one.name for one in shown] == [field.name for field in fields]
    for field, component in zip(fields, shown, strict=True):
        count += 1
        assert component.label == (field.title or "")
        # A description is said where the field is typed.
        assert component.hint == ""
        parts: Any = getattr(component, "fields", None)
        type_, _, _ = unwrap(field.type)
        if parts is not None and isinstance(type_, ObjectType):
            inner = [one for one in context.objects[type_.object].fields if not one.private]
            count += check_fields(inner, parts, context)
    return count


def made_at_random(count: int, *, hostile: bool) -> Iterator[tuple[EntitySchema, Context]]:
    """Yield entities with the app they are in: kept in memory, and as records in a database."""
    for seed in range(count):
        app = with_titles(SchemaMaker(seed, hostile=hostile, longest=seed % 3 + 1).app(2), seed)
        for each in (app, in_a_database(app)):
            context = Context(each, SETTINGS)
            for entity in each.entities:
                yield entity, context


def with_titles(app: AppSchema, seed: int) -> AppSchema:
    """Give some fields a title of the author's."""
    random = Random(seed)

    def titled(field: FieldSchema) -> FieldSchema:
        title = hostile_text(random) if random.random() < 0.3 else None
        return field.model_copy(update={"title": title})

    def changed(entity: EntitySchema) -> EntitySchema:
        return entity.model_copy(update={"fields": tuple(map(titled, entity.fields))})

    return app.model_copy(update={"entities": tuple(map(changed, app.entities))})


def in_a_database(app: AppSchema) -> AppSchema:
    """Make records in a database of all entities, with everything that is generated for them."""
    crud = ("create", "update", "delete")

    def listed(entity: EntitySchema) -> EntitySchema:
        events = tuple(crud_events(entity.name, entity.fields, crud))
        changes = {"store": "SERVER_SQL", "scope": "RECORD", "page": "generated", "crud": crud}
        return entity.model_copy(update={**changes, "events": events})

    return app.model_copy(update={"entities": tuple(map(listed, app.entities))})


def test_every_text_is_data_on_a_thousand_pages() -> None:
    pages = fields = inputs = lists = 0
    for entity, context in made_at_random(250, hostile=True):
        defined = run(entity, context)
        pages += 1
        if entity.page != "generated":
            continue
        record: ui.Record = defined[context.names[entity.qualified_name].constant]
        fields += check_record(record, entity, context)
        forms = [*record.actions, *(form for form in (record.edit, record.delete) if form)]
        if "NEW" in defined:
            assert defined["NEW"].lead == first_line(entity.doc)
            forms += defined["NEW"].forms
        # There is a form for every event, which asks for what the event takes and nothing else.
        assert {form.route.event for form in forms} == {one.name for one in entity.events}
        arguments = {one.event.name: one.argument_names for one in endpoints(entity, context)}
        for form in forms:
            expected = {*arguments[form.route.event]} - ({"version"} if has_list(entity) else set())
            assert {each.name for each in form.inputs} == expected
            inputs += len(form.inputs)
        if has_list(entity):
            lists += 1
            check_list(defined[context.names[entity.qualified_name].list], record, entity, context)
    assert pages == 1000
    assert lists == 500
    assert fields > 2000
    assert inputs > 2000


def check_record(record: ui.Record, entity: EntitySchema, context: Context) -> int:
    assert record.lead == first_line(entity.doc)
    related = {many.name for many in entity.many}
    own = [one for one in record.by_name.values() if one.name not in related]
    given = {field.name: field for field in state_fields(entity)}
    # All that is public is shown; an id only where nothing else says what it is.
    assert given.keys() - {one.name for one in own} <= {"id"}
    docs = {event.name: first_line(event.doc) for event in entity.events}
    assert all(form.hint == docs[form.route.event] for form in record.actions)
    return check_fields([given[one.name] for one in own], own, context)


def check_list(listed: ui.List, record: ui.Record, entity: EntitySchema, context: Context) -> None:
    columns = {one.name for one in listed.columns}
    assert columns <= {*record.by_name}
    if record.name is not None:
        assert next(iter(listed.fields)) == record.name.name
    sortable = {field.name for field in sorts_of(entity, context)}
    assert {getattr(one, "name", one) for one in listed.sorts} == columns & sortable
    # A list asks for nothing that a query does not take.
    queries = {one.name for one in filters_of(entity, context)}
    assert all(
        {one.name, f"{one.name}__ge", f"{one.name}__contains"} & queries for one in listed.filters
    )
    assert listed.search is bool(texts_of(entity, context))


def test_records_that_refer_to_each_other() -> None:
    context = Context(LISTED_SHOP, SETTINGS)
    links = 0
    for entity in LISTED_SHOP.entities:
        defined = run(entity, context)
        record: ui.Record = defined[context.names[entity.qualified_name].constant]
        for field in state_fields(entity):
            target = reference_of(field.type)
            if target is None:
                continue
            links += 1
            shown: Any = record.by_name[field.name]
            assert type(shown) is (ui.Links if target[1] else ui.Link)
            other = context.entities[target[0]]
            assert shown.to == f"/{other.snake_name}"
            assert shown.by == (label_field(other) or "id")
        for many in entity.many:
            other_way: Any = record.by_name[many.name]
            assert isinstance(other_way, ui.Related)
            assert other_way.to == f"/{context.entities[many.entity].snake_name}"
            assert other_way.by == many.field
    assert links > 2


def test_a_record_is_called_and_listed_as_its_author_says() -> None:
    product = next(one for one in LISTED_SHOP.entities if one.name == "Product")
    product = product.model_copy(update={"label": "sku", "order_by": ("-price", "name")})
    others = [one for one in LISTED_SHOP.entities if one.name != "Product"]
    app = LISTED_SHOP.model_copy(update={"entities": (product, *others)})
    context = Context(app, SETTINGS)
    defined = run(product, context)
    assert defined["PRODUCT"].name.name == "sku"
    assert next(iter(defined["PRODUCTS"].fields)) == "sku"
    text = environment().get_template("filters.py.j2")
    filters = text.render(header="# header", view=filters_module_view(product, context))
    assert 'FilterSet(\n    PRODUCT,\n    ["-price", "name"],\n    id=' in filters


def test_pages_are_what_black_gives() -> None:
    compared = 0
    for entity, context in made_at_random(20, hostile=False):
        text = text_of(entity, context)
        if is_vouched_for(text):
            compared += 1
            assert black.format_str(text, mode=black.Mode()) == text
    assert compared > 30


@pytest.mark.parametrize("seed", range(3))
def test_pages_depend_on_their_schema_alone(seed: int) -> None:
    def texts() -> str:
        app = SchemaMaker(seed, hostile=True).app(2)
        return "".join([text_of(entity, Context(app, SETTINGS)) for entity in app.entities])

    assert texts() == texts()
