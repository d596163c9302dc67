"""The view of `document.py`: how an entity is kept as JSON, in a store of documents."""

from collections.abc import Iterator
from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.python.function_text import FunctionView
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, named, prefixed
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.emission.python.type_expressions import secret_class
from starmodel_generator.emission.sql.row_values import without_options
from starmodel_generator.emission.sql.stored_json import JSON_TEXT, StoredJson
from starmodel_generator.emission.sql.table_module import kept_fields
from starmodel_schemas import EntitySchema, FieldSchema


class DocumentView(NamedTuple):
    """Everything that `document.py.j2` lays out."""

    name: str
    imports: str
    functions: tuple[FunctionView, ...]
    constant: str
    document: str
    definition: str
    fields: tuple[Layout, ...]


def document_view(entity: EntitySchema, context: Context) -> DocumentView:
    """Decide what the document module of an entity says."""
    own = context.names[entity.qualified_name]
    names = ModuleNames(context.first_party, classes=context.classes)
    module = names.use("starmodel.application.documents", "document")
    json = StoredJson(names, context, JSON_TEXT)
    fields = tuple(_field(field, json, module, names) for field in kept_fields(entity))
    return DocumentView(
        name=entity.name,
        functions=tuple(json.functions()),
        constant=names.define(own.document),
        document=f"{module}.Document",
        definition=names.use(own.module("state"), own.constant),
        fields=fields,
        imports=names.import_block(),
    )


def _field(field: FieldSchema, json: StoredJson, module: str, names: ModuleNames) -> Layout:
    function = "field" if json.is_sure(field.type) else "anything"
    return Group(f"{module}.{function}(", tuple(_parts(field, json, names)), ")")


def _parts(field: FieldSchema, json: StoredJson, names: ModuleNames) -> Iterator[Layout]:
    yield python_string(field.name)
    type_ = without_options(field.type)
    if field.constraints.secret:
        written = json.encoding.layout(type_, "given.get_secret_value()")
        secret = names.use("pydantic", secret_class(type_))
        read = Group(f"{secret}(", (json.decoding.layout(type_, "stored"),), ")")
        yield named("write", prefixed("lambda given: ", written))
        yield named("read", prefixed("lambda stored: ", read))
    else:
        yield from json.conversions(type_)
    if field.renamed_from is not None:
        yield named("renamed_from", python_string(field.renamed_from))
