"""An author's texts are data wherever they go: no text changes what generated code is."""

import ast
import json
import re
from collections.abc import Iterator
from random import Random

import pytest
from corpus import settings
from docstring_text import cleandoc
from random_schemas import hostile_text

from starmodel_generator.emission import RenderedFile, render
from starmodel_generator.emission.python.literals import clean
from starmodel_schemas import (
    AppSchema,
    EntitySchema,
    EnumMember,
    EnumSchema,
    EnumType,
    EventSchema,
    FieldSchema,
    LiteralDefault,
    LiteralType,
    ParameterSchema,
    PublicAccess,
    RequiredDefault,
    ScalarType,
)

TEXTS = 11
"""How many texts one variant has."""

HARMLESS = [f"Harmless text number {number}." for number in range(TEXTS)]
HUGE = ['"""\\' * 25_000, "</script>" * 11_112, *["x\n" * 50_000] * 2, *HARMLESS[4:]]


def schema(texts: list[str]) -> AppSchema:
    """A schema that has a text wherever an author can write one."""
    entity_doc, event_doc, default, first, second, choice, selector, field_doc, *more = texts
    parameter_doc, enum_doc, signature = more
    text = ScalarType(name="str")
    mood = EnumSchema(
        name="Mood",
        module="shop.entities",
        doc=enum_doc,
        members=(
            EnumMember(name="FIRST", value=first),
            EnumMember(name="SECOND", value="2" + second),
        ),
    )
    event = EventSchema(
        name="say",
        function="say",
        signature=f"say({signature!r}) -> str",
        doc=event_doc,
        path="/room/say",
        access=PublicAccess(),
        selector=selector,
        parameters=(
            ParameterSchema(
                name="words",
                type=text,
                default=LiteralDefault(value=default),
                description=parameter_doc,
            ),
            ParameterSchema(
                name="choice",
                type=LiteralType(values=(choice, "other")),
                default=RequiredDefault(),
            ),
        ),
        returns=text,
    )
    room = EntitySchema(
        name="Room",
        module="shop.entities",
        source="shop/entities.py",
        snake_name="room",
        namespace="room",
        doc=entity_doc,
        store="SERVER_MEMORY",
        scope="GLOBAL",
        access=PublicAccess(),
        fields=(
            FieldSchema(
                name="mood",
                type=EnumType(enum="shop.entities.Mood"),
                default=RequiredDefault(),
                description=field_doc,
            ),
            FieldSchema(name="words", type=text, default=LiteralDefault(value=default)),
        ),
        events=(event,),
    )
    return AppSchema(entities=(room,), enums=(mood,))


def rendered(texts: list[str]) -> dict[str, str]:
    files = render(schema(texts), settings("shop"))
    assert all(isinstance(file, RenderedFile) for file in files)
    return {file.path.removeprefix("shop/generated/"): file.text for file in files}


def shape(source: str) -> list[str]:
    """What kinds of nodes code is made of, in order; what texts say is left out."""
    return [type(node).__name__ for node in _walk(ast.parse(source))]


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _walk(child)


def strings(source: str) -> set[str]:
    return {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def docstrings(source: str) -> list[str]:
    """All docstrings, as Python shows them."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    found = [ast.get_docstring(node, clean=False) for node in nodes]
    return [cleandoc(text) for text in found if text]


def says(source: str, text: str) -> bool:
    """Whether a docstring begins with a text."""
    wanted = re.sub(r"^( *\n)+|(\n *)+$", "", cleandoc(text))
    return any(found.startswith(wanted) for found in docstrings(source))


def variables(source: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


PLAIN = {path: text for path, text in rendered(HARMLESS).items() if path.endswith(".py")}
SHAPES = {path: shape(text) for path, text in PLAIN.items()}
VARIABLES = variables(PLAIN["room/pages.py"])


def variants(seed: int, count: int) -> list[list[str]]:
    random = Random(seed)
    return [[hostile_text(random) for _ in range(TEXTS)] for _ in range(count)]


@pytest.mark.parametrize("seed", range(4))
def test_a_thousand_texts_are_data(seed: int) -> None:
    for texts in variants(seed, 25):
        check(texts)


def test_huge_texts_are_data() -> None:
    check(HUGE)


def check(texts: list[str]) -> None:
    if not all(clean(text) for text in texts):
        return
    files = rendered(texts)
    for path, wanted in SHAPES.items():
        files[path].encode("utf-8")
        if not path.endswith("pages.py"):
            assert shape(files[path]) == wanted, path
    entity_doc, event_doc, default, first, second, choice, selector = texts[:7]
    for path in ("room/commands.py", "room/bindings.py", "client/room.py"):
        assert says(files[path], event_doc), path
    assert says(files["client/room.py"], entity_doc)
    assert says(files["client/room.py"], texts[9])
    assert {default, choice} <= strings(files["room/commands.py"])
    assert {default, choice, selector} <= strings(files["room/routes.py"])
    assert {first, "2" + second, choice} <= strings(files["client/room.py"])
    read_back = AppSchema.model_validate(json.loads(files["schema.json"]))
    assert read_back == schema(texts)
    assert variables(files["room/pages.py"]) == VARIABLES
