"""What is sent of a value is read as the same value: of every type, at any depth."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest
from archive_schema import SOURCES, archive
from author_sources import author_sources
from random_values import LONG_SPANS, ValueMaker, alike
from stored_project import forget, import_tables, settings_of, write_tables
from stored_schemas import stored_app

from starmodel import Entity
from starmodel.web import Arguments
from starmodel.web.http.encoding import encode_json
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.argument_schema import CoreSchemas
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import flat
from starmodel_generator.emission.python.type_expressions import AuthorsClasses
from starmodel_generator.linking.types.unions import union_of
from starmodel_schemas import (
    AppSchema,
    ConstrainedType,
    DictType,
    EntitySchema,
    EnumType,
    FieldSchema,
    ListType,
    LiteralType,
    ObjectType,
    OptionalType,
    ScalarType,
    SetType,
    TupleType,
    UnionType,
)
from starmodel_schemas.types import TypeRef


def reader(app: AppSchema, entity: EntitySchema, package: str) -> Arguments:
    """What reads all public fields of an entity, as the generated module of its routes would."""
    context = Context(app, settings_of(package))
    names = ModuleNames(context.first_party)
    schemas = CoreSchemas(names, context, AuthorsClasses(names, context))
    fields = [flat(schemas.layout(field.type, field.constraints)) for field in sent(entity)]
    text = "\n".join(
        [
            names.import_block(),
            "from starmodel.web import Argument, Arguments",
            "ARGUMENTS = Arguments(**{",
            *[
                f"    {field.name!r}: Argument({schema}),"
                for field, schema in zip(sent(entity), fields, strict=True)
            ],
            "})",
        ]
    )
    module: dict[str, Any] = {}
    exec(text, module)
    return cast("Arguments", module["ARGUMENTS"])


def sent(entity: EntitySchema) -> list[FieldSchema]:
    return [field for field in entity.fields if not field.private and not field.computed]


def holds_private(type_: TypeRef, app: AppSchema) -> bool:
    """Whether a value of a type has parts that are not sent."""
    text = type_.model_dump_json()
    private = {
        schema.qualified_name
        for schema in app.objects
        if any(field.private for field in schema.fields)
    }
    for _ in app.objects:
        private |= {
            schema.qualified_name
            for schema in app.objects
            for field in schema.fields
            if any(json.dumps(name) in field.type.model_dump_json() for name in private)
        }
    return any(ObjectType(object=name).model_dump_json() in text for name in private)


def without_computed(app: AppSchema) -> AppSchema:
    """The app without what only an author's code could work out."""

    def stored(fields: tuple[FieldSchema, ...]) -> dict[str, object]:
        return {"fields": tuple(field for field in fields if not field.computed)}

    return app.model_copy(
        update={
            "entities": tuple(one.model_copy(update=stored(one.fields)) for one in app.entities),
            "objects": tuple(one.model_copy(update=stored(one.fields)) for one in app.objects),
        }
    )


def is_told_apart(type_: TypeRef, app: AppSchema, above: frozenset[str] = frozenset()) -> bool:
    """Whether linking would take a type: what JSON does not tell apart is no union."""
    match type_:
        case UnionType(members=members):
            _, is_ambiguous = union_of(list(members), optional=False)
            return not is_ambiguous and all(is_told_apart(one, app, above) for one in members)
        case OptionalType(item=item) | ListType(item=item) | SetType(item=item):
            return is_told_apart(item, app, above)
        case ConstrainedType(item=item):
            return is_told_apart(item, app, above)
        case DictType(key=key, value=value):
            return isinstance(key, ScalarType | EnumType | LiteralType) and is_told_apart(
                value, app, above
            )
        case TupleType(items=items):
            return all(is_told_apart(one, app, above) for one in items)
        case ObjectType(object=name) if name not in above:
            fields = app.object(name).fields
            return all(is_told_apart(field.type, app, above | {name}) for field in fields)
        case _:
            return True


def is_exact(value: object) -> bool:
    """Whether JSON has a value exactly: of the longest durations it has the seconds only."""
    text = repr(value)
    return not any(repr(span) in text for span in LONG_SPANS)


def assert_same(app: AppSchema, package: str, seed: int, records: int) -> None:
    maker = ValueMaker(app, seed)
    checked = 0
    for entity in app.entities:
        arguments = reader(app, entity, package)
        state = getattr(
            import_module(f"{package}.{entity.snake_name}.state"), f"{entity.snake_name}_state"
        )
        for _ in range(records):
            made: Entity = maker.entity(entity)
            checked += assert_read(app, entity, made, state(made), arguments)
    assert checked > records


def assert_read(
    app: AppSchema,
    entity: EntitySchema,
    made: Entity,
    state: dict[str, Any],
    arguments: Arguments,
) -> int:
    checked = 0
    for field in sent(entity):
        value = getattr(made, field.name)
        if not is_exact(value) or not is_told_apart(field.type, app):
            continue
        argument = arguments.arguments[field.name]
        # Through the very text that is sent.
        found = argument.read_json(json.loads(encode_json(state[field.name])))
        whole = argument.of_json.validate_json(encode_json(state[field.name]))
        told = f"{entity.name}.{field.name}: {value!r} was sent as {state[field.name]!r}"
        if holds_private(field.type, app):
            assert alike(found, whole), told
            continue
        assert alike(value, found), f"{told} and read as {found!r}"
        assert alike(value, whole), f"{told} and read as {whole!r}"
        checked += 1
    return checked


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("sent")
    settings = settings_of("archive.generated")
    write_tables(root, archive(), settings, SOURCES)
    import_tables(root, archive(), settings.package)
    yield root
    forget("archive")


def test_values_of_every_type(root: Path) -> None:
    assert_same(archive(), "archive.generated", 1, 60)


@pytest.mark.parametrize("seed", range(8))
def test_values_of_random_types(tmp_path: Path, seed: int) -> None:
    app = without_computed(stored_app(seed, package=f"sent{seed}"))
    settings = settings_of(f"sent{seed}.generated")
    write_tables(tmp_path, app, settings, author_sources(app, settings))
    try:
        import_tables(tmp_path, app, settings.package)
        assert_same(app, settings.package, seed, 20)
    finally:
        forget(f"sent{seed}")
