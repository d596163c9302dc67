"""Generated pages of schemas at random: valid Python, valid HTML, and every text where it belongs."""

import ast
from collections.abc import Callable
from html.parser import HTMLParser
from importlib import import_module
from random import Random
from typing import Any

import black
import pytest
from random_schemas import SchemaMaker, hostile_text

from starmodel.web import DefaultUI, Page
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.forms.control import first_line
from starmodel_generator.emission.pages.page_module import page_view
from starmodel_generator.emission.python.formatting import is_vouched_for
from starmodel_generator.emission.server.state_module import state_fields
from starmodel_generator.emission.templating import environment
from starmodel_generator.planning import EmissionSettings
from starmodel_schemas import (
    AppSchema,
    EntitySchema,
    EnumType,
    FieldSchema,
    LiteralType,
    TypeRef,
)
from starmodel_schemas.naming import constant_case

SETTINGS = EmissionSettings(package="shop.generated", output="shop/generated", client_output="c")
TEMPLATE = environment().get_template("page.py.j2")
UI = DefaultUI()

ELEMENTS = frozenset(
    "html head meta title link script body header h1 p main dl div dt dd small section form h2 label"
    " input select option textarea button table thead tbody tr th td ul li time".split()
)
VOID = frozenset({"meta", "link", "input"})
ATTRIBUTES = frozenset(
    "lang charset name content rel href type src class role id tabindex scope method action for"
    " value selected checked required step min max minlength maxlength pattern placeholder"
    " autocomplete spellcheck colspan datetime aria-label aria-describedby aria-live data-signals"
    " data-init data-indicator data-bind data-text data-on:submit data-on:datastar-fetch"
    " data-attr:aria-busy data-attr:aria-disabled data-attr:aria-invalid".split()
)


class Document(HTMLParser):
    """A document, read strictly: what is opened is closed, and nothing is there that is not ours."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.texts: list[str] = []
        self.values: dict[str, list[str | None]] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ELEMENTS, tag
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names)
        for name, value in attrs:
            assert name in ATTRIBUTES, name
            self.values.setdefault(name, []).append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def test_hostile_texts_stay_texts_on_a_thousand_pages() -> None:
    pages = fragments = 0
    for seed in range(500):
        app = with_hostile_titles(
            SchemaMaker(seed, hostile=True, longest=seed % 3 + 1).app(2), seed
        )
        context = Context(app, SETTINGS)
        for entity in app.entities:
            module = Module(text_of(entity, context), entity)
            values = JsonMaker(Random(seed), context)
            state = {field.name: values.value(field.type) for field in state_fields(entity)}
            page = module.page(state)
            document = Document(UI.document(title=page.title, lead=page.lead, content=page.content))
            check_texts(entity, context, document)
            fragments += len(module.fragments)
            for name, render in module.fragments.items():
                # A piece on the live stream is the same as the piece of the page.
                assert render(state) in page.content
                assert f'<dd id="{entity.snake_name}-{name}">' in render(state)
            pages += 1
    assert pages == 1000
    assert fragments > 100


def test_a_page_is_what_black_gives() -> None:
    compared = 0
    for seed in range(60):
        app = SchemaMaker(seed, hostile=seed % 2 == 0, longest=2).app(1)
        text = text_of(app.entities[0], Context(app, SETTINGS))
        if is_vouched_for(text):
            compared += 1
            assert black.format_str(text, mode=black.Mode()) == text
    assert compared > 30


@pytest.mark.parametrize("seed", range(3))
def test_a_page_depends_on_its_schema_alone(seed: int) -> None:
    texts: set[str] = set()
    for _ in range(2):
        app = SchemaMaker(seed, hostile=True).app(2)
        texts.add("".join([text_of(entity, Context(app, SETTINGS)) for entity in app.entities]))
    assert len(texts) == 1


def live_action(*watches: str) -> str:
    return f"@get('/live?{watches}')"


class Module:
    """A generated page module, run without the modules it stands among."""

    def __init__(self, text: str, entity: EntitySchema) -> None:
        tree = ast.parse(text)
        # Imports, assignments and functions, and in these no more than a few plain statements.
        allowed = (ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.FunctionDef)
        docstring, *statements = tree.body
        assert isinstance(docstring, ast.Expr)
        assert all(isinstance(statement, allowed) for statement in statements)
        namespace: dict[str, Any] = {"Callable": Callable}
        for statement in statements:
            if isinstance(statement, ast.FunctionDef):
                assert all(
                    isinstance(one, ast.Expr | ast.Assign | ast.Return) for one in statement.body
                )
            if isinstance(statement, ast.ImportFrom):
                module = statement.module or ""
                for alias in statement.names:
                    if alias.name == "live_action":
                        namespace["live_action"] = live_action
                    elif module.startswith("starmodel."):
                        namespace[alias.name] = getattr(import_module(module), alias.name)
                    else:
                        namespace.setdefault(alias.name, dict)
        tree.body = [one for one in statements if not isinstance(one, ast.ImportFrom)]
        exec(compile(tree, "page.py", "exec"), namespace)
        self.page: Callable[[dict[str, object]], Page] = namespace[f"{entity.snake_name}_page"]
        self.fragments: dict[str, Callable[[dict[str, object]], str]] = namespace.get(
            f"{constant_case(entity.name)}_FRAGMENTS", {}
        )


class JsonMaker:
    """Makes values as a public state may have them."""

    def __init__(self, random: Random, context: Context) -> None:
        self.random = random
        self.context = context

    def value(self, type_: TypeRef, depth: int = 0) -> object:
        random = self.random
        match type_.kind:
            case "scalar":
                return self.scalar(type_.name)
            case "enum":
                return random.choice(self.context.enums[type_.enum].members).value
            case "literal":
                return random.choice(type_.values)
            case "optional":
                return None if random.random() < 0.5 else self.value(type_.item, depth)
            case "constrained":
                return self.value(type_.item, depth)
            case "list" | "set":
                length = 0 if depth > 3 else random.randint(0, 3)
                return [self.value(type_.item, depth + 1) for _ in range(length)]
            case "tuple":
                return [self.value(item, depth + 1) for item in type_.items if depth < 5]
            case "dict":
                keys = [hostile_text(random) for _ in range(0 if depth > 3 else 2)]
                return {key: self.value(type_.value, depth + 1) for key in keys}
            case "object":
                fields = self.context.objects[type_.object].fields
                return {
                    field.name: self.value(field.type, depth + 1)
                    for field in fields
                    if not field.private
                }
            case "union":
                return self.value(random.choice(type_.members), depth + 1)
            case _:
                return random.choice([None, True, 1.5, hostile_text(random), {"a": ["b"]}])

    def scalar(self, name: str) -> object:
        random = self.random
        match name:
            case "bool":
                return random.random() < 0.5
            case "int":
                return random.randint(-(10**20), 10**20)
            case "float" | "timedelta":
                return random.choice([0.1, -1e21, 5e-324, 3.0])
            case "str":
                return hostile_text(random)
            case "datetime":
                return "2026-03-14T09:30:00+00:00"
            case _:
                return "2026-03-14"


def text_of(entity: EntitySchema, context: Context) -> str:
    return TEMPLATE.render(header="# Generated.", view=page_view(entity, context))


def with_hostile_titles(app: AppSchema, seed: int) -> AppSchema:
    """Return some fields a title of the author's."""
    random = Random(seed)

    def titled(field: FieldSchema) -> FieldSchema:
        title = hostile_text(random) if random.random() < 0.3 else None
        return field.model_copy(update={"title": title})

    return app.model_copy(
        update={
            "entities": tuple(
                entity.model_copy(update={"fields": tuple(map(titled, entity.fields))})
                for entity in app.entities
            )
        }
    )


def check_texts(entity: EntitySchema, context: Context, document: Document) -> None:
    """Every text of the author's that belongs on the page is there, as it was written."""

    def seen(text: str) -> str:
        return "".join(
            ["\ufffd" if one == "\0" or "\ud800" <= one <= "\udfff" else one for one in text]
        )

    whole = "\n".join(document.texts)
    for field in state_fields(entity):
        for text in (field.title, first_line(field.description)):
            assert not text or seen(text).strip() in whole
    for event in entity.events:
        if event.is_creation:
            continue
        assert seen(first_line(event.doc)).strip() in whole
        for parameter in event.parameters:
            if parameter.source.kind != "argument":
                continue
            assert parameter.name in document.values["name"]
            values: list[object] = []
            if isinstance(parameter.type, LiteralType):
                values = list(parameter.type.values)
            if isinstance(parameter.type, EnumType):
                values = [one.value for one in context.enums[parameter.type.enum].members]
            for value in values:
                assert seen(str(value)) in document.values["value"]
