"""What an operation takes as JSON Schema, derived from what checks its arguments."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic.json_schema import (
    GenerateJsonSchema,
    JsonSchemaValue,
    JsonSchemaWarningKind,
)
from pydantic_core import core_schema

from starmodel.application.queries.filter_set import MAX_LIMIT, FilterSet
from starmodel.application.queries.searchable import MAX_CONTAINED
from starmodel.domain.ids import MAX_ID
from starmodel.domain.relation import Reference
from starmodel.web.http.request_limits import MAX_DIGITS
from starmodel.web.routing.request import Route
from starmodel.web.validation.arguments import Argument

ID: Final[JsonSchemaValue] = {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_ID,
    "description": "Which record.",
}

_DIALECT: Final = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


class _Generator(GenerateJsonSchema):
    """Writes schemas; of what no schema can say (a function of the author's), anything fits."""

    ignored_warning_kinds: set[JsonSchemaWarningKind] = {
        "skipped-choice",
        "non-serializable-default",
    }

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Return `False`: a title would say the name once more."""
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Return the schema of a value object; that of one which is only written has no class."""
        if hasattr(schema["cls"], "model_config"):
            return super().model_schema(schema)
        return self.generate_inner(schema["schema"])

    def function_plain_schema(
        self, schema: core_schema.PlainValidatorFunctionSchema
    ) -> JsonSchemaValue:
        """Return the schema of a reference: an id."""
        owner = getattr(schema["function"]["function"], "__self__", None)
        if isinstance(owner, Reference):
            return {"type": ["string", "integer"], "description": "The id of a record."}
        return super().function_plain_schema(schema)

    def int_schema(self, schema: core_schema.IntSchema) -> JsonSchemaValue:
        """Return the schema of whole numbers, without the limits that all of them have."""
        written = super().int_schema(schema)
        return {
            name: value
            for name, value in written.items()
            if not isinstance(value, int) or abs(value) < 10**MAX_DIGITS
        }

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:
        """Return the schema that everything fits."""
        return {}


def arguments_json_schema(route: Route, *, has_id: bool) -> JsonSchemaValue:
    """Return the JSON Schema of the arguments of an event, with the hints that its form has."""
    arguments = route.arguments
    names: Mapping[str, str] = {}
    fields: Mapping[str, Argument] = {}
    if arguments is not None:
        fields = arguments.arguments
        names = {} if arguments.input_names is None else arguments.input_names.aliases
    schema = _object({names.get(name, name): one for name, one in fields.items()})
    inputs = () if route.form is None else route.form.inputs
    for one in inputs:
        described = schema["properties"].get(names.get(one.name, one.name))
        if described is not None and one.hint:
            described.setdefault("description", one.hint)
    if has_id:
        schema["properties"] = {"id": ID, **schema["properties"]}
        schema["required"] = ["id", *schema.get("required", [])]
    return schema


def query_json_schema(queries: FilterSet[Any]) -> JsonSchemaValue:
    """Return the JSON Schema of what a list of records can be asked for."""
    filters = {
        name: Argument(
            (
                core_schema.list_schema(queries.fields[place].schema(operator))
                if operator == "in"
                else queries.fields[place].schema(operator)
            ),
            default=None,
        )
        for name, (place, operator) in queries.filters.items()
    }
    schema = _object(filters)
    for name, described in schema["properties"].items():
        described.pop("default", None)
        if queries.filters[name][1] == "contains":
            several = {"type": "array", "items": {**described}, "minItems": 1}
            several["maxItems"] = MAX_CONTAINED
            schema["properties"][name] = {"anyOf": [described, several]}
    sorts = [f"{sign}{name}" for name in queries.sorts for sign in ("", "-")]
    rest: dict[str, JsonSchemaValue] = {
        "sort": {"type": "array", "items": {"enum": sorts}},
        "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
        "cursor": {"type": "string", "description": "The `next` of the page before."},
    }
    if queries.texts:
        words = f"What one of these contains: {', '.join(queries.texts)}."
        rest["q"] = {"type": "string", "description": words}
    if queries.includes:
        rest["include"] = {"type": "array", "items": {"enum": [*queries.includes]}}
    schema["properties"] |= {name: one for name, one in rest.items() if name != "sort" or sorts}
    return schema


def _object(arguments: Mapping[str, Argument]) -> JsonSchemaValue:
    fields = {name: one.field() for name, one in arguments.items()}
    schema = _Generator().generate(core_schema.typed_dict_schema(fields))
    schema.pop("title", None)
    schema.setdefault("properties", {})
    return {**_DIALECT, **schema, "additionalProperties": False}
