"""Names that are taken: in Python, in pydantic, in the generated code, on the page: SM602."""

from collections.abc import Iterator
from keyword import iskeyword

from starmodel_generator.analysis.known_calls import MODEL_METHODS
from starmodel_generator.diagnostics import Diagnostic, Place
from starmodel_generator.linking.app import LinkedApp
from starmodel_generator.linking.columns import is_links
from starmodel_generator.linking.crud import is_written
from starmodel_generator.linking.entities import LinkedEntity
from starmodel_generator.linking.events import LinkedEvent
from starmodel_generator.linking.fields import LinkedField
from starmodel_generator.linking.problems import Problem, Subject
from starmodel_generator.linking.rules import RESERVED_NAME
from starmodel_schemas import ParameterSchema
from starmodel_schemas.naming import constant_case, pascal_case, snake_case
from starmodel_schemas.reserved import (
    CLASS_NAMES,
    EVENT_NAMES,
    FIELD_NAMES,
    FOLDER_NAMES,
    HOLDER_NAMES,
    NAMESPACES,
    PARAMETER_NAMES,
    RECORD_CLASSES,
    SQL_EVENT_NAMES,
    SUBJECT_NAMES,
    TABLE_CLASSES,
)

MODEL_ATTRIBUTES = frozenset(
    {
        "construct",
        "copy",
        "dict",
        "from_orm",
        "json",
        "parse_file",
        "parse_obj",
        "parse_raw",
        "schema",
        "schema_json",
        "update_forward_refs",
        "validate",
    }
)
"""Attributes of pydantic's `BaseModel` besides those that start with `model_`."""

_MODEL_NAMES = MODEL_METHODS | {
    *("model_computed_fields", "model_config", "model_extra", "model_fields", "model_fields_set"),
}
# Pydantic warns of a field that starts like one of these methods.
_PROTECTED = ("model_dump", "model_validate")
_WINDOWS_FOLDERS = frozenset(
    {"aux", "con", "nul", "prn", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)


def check_class_names(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM602: an entity, a value object or an enum is called like something generated."""
    generated = _generated_names(app)
    for entity in app.entities:
        yield from _entity_names(entity)
    symbols = [
        *(("entity", entity.lineage.symbol) for entity in app.entities),
        *(("value object", linked.symbol) for linked in app.objects.values()),
        *(("enum", linked.symbol) for linked in app.enums.values()),
    ]
    kept = {
        symbol
        for entity in app.entities
        if entity.schema.store == "SERVER_SQL"
        for symbol in (entity.lineage.symbol, *entity.reached)
    }
    for kind, symbol in symbols:
        subject = Subject(f"{kind} `{symbol.name}`", symbol.place, symbol.name)
        if symbol.name in CLASS_NAMES or (
            symbol in kept and symbol.name in TABLE_CLASSES | RECORD_CLASSES
        ):
            text = f"is called like the `{symbol.name}` that generated code imports"
            yield subject.diagnose(Problem(RESERVED_NAME, text, "rename it"))
        elif kind == "entity" and symbol.name == constant_case(symbol.name):
            text = "is written like a constant, and its definition in generated code is one"
            help = "write it in CamelCase, in more than one letter"
            yield subject.diagnose(Problem(RESERVED_NAME, text, help))
        elif symbol.name in generated:
            text = f"is called like {generated[symbol.name]} in generated code"
            yield subject.diagnose(Problem(RESERVED_NAME, text, "rename it"))


def _generated_names(app: LinkedApp) -> dict[str, str]:
    """The classes and constants of generated modules that have their names from the app."""
    found: dict[str, str] = {}
    for linked in app.objects.values():
        found[f"{linked.schema.name}State"] = f"the state of `{linked.schema.name}`"
    for enum in app.enums.values():
        labels = f"{constant_case(enum.schema.name)}_LABELS"
        found[labels] = f"the labels of `{enum.schema.name}`"
    for entity in app.entities:
        name, constant = entity.schema.name, constant_case(entity.schema.name)
        found[f"{name}State"] = f"the state of `{name}`"
        found[f"{name}Client"] = found[f"Async{name}Client"] = f"the client of `{name}`"
        found[constant] = f"the definition of `{name}`"
        found[f"{constant}_FRAGMENTS"] = f"the fragments of `{name}`"
        for event in entity.schema.events:
            function = constant_case(event.function)
            found[f"{function}_ARGUMENTS"] = f"the arguments of `{event.function}`"
            found[f"{function}_FORM"] = f"the form of `{event.function}`"
        if entity.schema.store == "SERVER_SQL":
            found |= _table_names(entity)
    return found


def _table_names(entity: LinkedEntity) -> dict[str, str]:
    """The classes and constants of the modules that entities in SQL have besides."""
    name, constant = entity.schema.name, constant_case(entity.schema.name)
    found = {f"{name}Row": f"the row of `{name}`", f"{constant}_TABLE": f"the table of `{name}`"}
    for field in entity.fields:
        if is_links(field.schema):
            row = f"{name}{pascal_case(field.schema.name)}Row"
            found[row] = f"the row that leads from `{name}` to its `{field.schema.name}`"
    if entity.is_record_in_sql:
        found[f"{name}Filters"] = f"the filters of `{name}`"
        found[f"{name}Sort"] = f"the names that `{name}` can be sorted by"
        found[f"{name}Include"] = f"the names of what `{name}` refers to"
        found[f"{constant}_QUERIES"] = f"the queries of `{name}`"
        found[f"{constant}_BLANK"] = f"the empty form of `{name}`"
        for kind, word in (("create", "NEW"), ("update", "EDIT"), ("delete", "DELETE")):
            if kind in entity.schema.crud:
                found[f"{word}_{constant}"] = f"the form of `{kind}` of `{name}`"
    return found


def _entity_names(entity: LinkedEntity) -> Iterator[Diagnostic]:
    schema = entity.schema
    taken = _taken_folder(schema.snake_name)
    if taken is not None:
        text = f"would have the folder `{schema.snake_name}`, the name of {taken}"
        yield entity.subject.diagnose(Problem(RESERVED_NAME, text, "rename it"))
    where = SUBJECT_NAMES.get(schema.snake_name)
    if schema.snake_name == HOLDER_NAMES.get(schema.scope):
        where = "commands"
    if where is not None:
        text = (
            f"would be the variable `{schema.snake_name}`, which generated {where} need themselves"
        )
        yield entity.subject.diagnose(Problem(RESERVED_NAME, text, "rename it"))
    if schema.namespace in NAMESPACES:
        text = f"has the namespace `{schema.namespace}`, where {NAMESPACES[schema.namespace]} are"
        help = "give it another `namespace` in `model_config`"
        yield entity.subject.diagnose(Problem(RESERVED_NAME, text, help), entity.options.place)


def _taken_folder(name: str) -> str | None:
    if iskeyword(name):
        return "a keyword of Python"
    if name in _WINDOWS_FOLDERS:
        return "a device of Windows"
    return FOLDER_NAMES.get(name)


def check_field_names(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM602: a field is called like something of pydantic or of the generated code."""
    for entity in app.entities:
        own = {f"{entity.schema.snake_name}_state": "bindings", **FIELD_NAMES}
        for field in entity.fields:
            name = field.schema.name
            problem = _model_problem(name)
            if problem is None and not field.schema.private and name in own:
                problem = _taken(name, own[name])
            if problem is not None:
                yield field.subject.diagnose(problem)
    objects: list[LinkedField] = [
        field for linked in app.objects.values() for field in linked.fields
    ]
    for field in objects:
        name = field.schema.name
        problem = _model_problem(name)
        if problem is None and not field.schema.private and FIELD_NAMES.get(name) == "clients":
            problem = _taken(name, "clients")
        if problem is not None:
            yield field.subject.diagnose(problem)


def check_event_names(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM602: an event or a parameter is called like something around it."""
    for entity in app.entities:
        own = _own_names(entity, app)
        for event in entity.events:
            more = SQL_EVENT_NAMES if entity.is_record_in_sql else {}
            problem = _event_problem(event, own | more)
            if problem is not None:
                yield event.subject.diagnose(problem)
            yield from _parameter_problems(entity, event, own)
        yield from _written_field_problems(entity, own)


def _own_names(entity: LinkedEntity, app: LinkedApp) -> dict[str, str]:
    """The functions in an entity's generated modules that have their names from the app."""
    snake = entity.schema.snake_name
    found = {
        f"read_{snake}": "routes",
        f"{snake}_form": "routes",
        f"new_{snake}_page": "routes",
        f"{snake}_page": "routes",
        f"{snake}_resource": "routes",
        f"{snake}_state": "bindings",
    }
    if entity.is_record_in_sql:
        found |= _record_functions(snake)
    for symbol in entity.reached:
        if symbol.qualified_name in app.objects:
            found[f"{snake_case(symbol.name)}_state"] = "routes"
    if ":" in entity.schema.page:
        found[entity.schema.page.rpartition(":")[2]] = "routes, where it is the page"
    rules = [entity.schema.access, *(event.schema.access for event in entity.events)]
    rules += [
        app.by_name[parameter.source.entity].schema.access
        for event in entity.events
        for parameter in event.schema.parameters
        if parameter.source.kind == "entity"
    ]
    for rule in rules:
        if rule.kind == "policy":
            found[rule.function.rpartition(".")[2]] = "commands, where it is the policy"
    for event in entity.events:
        for parameter in event.schema.parameters:
            if parameter.source.kind == "provider":
                name = parameter.source.function.replace(":", ".").rpartition(".")[2]
                found[name] = "commands, where it is a provider"
    return found


def _record_functions(snake: str) -> dict[str, str]:
    """The functions that the routes of records in SQL have and use besides."""
    names = (
        *(f"new_{snake}", f"{snake}_options", f"edit_{snake}", f"save_{snake}"),
        *(f"confirm_{snake}", f"remove_{snake}", f"edit_{snake}_page", f"delete_{snake}_page"),
        *(f"{snake}_draft", f"{snake}_relations", f"{snake}_list_page", f"{snake}_list"),
        *(f"list_{snake}", f"find_{snake}", f"read_{snake}_draft"),
    )
    return dict.fromkeys(names, "routes")


def _event_problem(event: LinkedEvent, own: dict[str, str]) -> Problem | None:
    function, name = event.schema.function, event.schema.name
    model = _model_problem(function)
    if model is not None:
        return model
    if iskeyword(name):
        text = f"is called `{name}` outside, a keyword of Python"
        return Problem(RESERVED_NAME, text, "give it another `name`")
    where = EVENT_NAMES.get(function) or own.get(function)
    return None if where is None else _taken(function, where)


def _parameter_problems(
    entity: LinkedEntity, event: LinkedEvent, own: dict[str, str]
) -> Iterator[Diagnostic]:
    places = {fact.name: fact.place for fact in event.method.facts.parameters}
    holder = None if event.schema.is_creation else HOLDER_NAMES.get(entity.schema.scope)
    taken = {entity.schema.snake_name, *(each.name for each in event.schema.parameters)}
    for parameter in event.schema.parameters:
        if parameter.source.kind not in ("argument", "entity"):
            continue
        where = PARAMETER_NAMES.get(parameter.name) or own.get(parameter.name)
        if parameter.name == holder:
            where = "commands, where it says which instance is meant"
        elif parameter.name == snake_case(entity.schema.name):
            where = "commands, where it is the entity"
        elif parameter.source.kind == "entity" and f"{parameter.name}_id" in taken:
            yield _parameter(event, parameter, places[parameter.name], _id_problem(parameter.name))
        if where is not None:
            problem = _taken(parameter.name, where)
            yield _parameter(event, parameter, places[parameter.name], problem)


def _written_field_problems(entity: LinkedEntity, own: dict[str, str]) -> Iterator[Diagnostic]:
    """Fields that `crud` has arguments for, which are variables of generated functions too."""
    for field in entity.fields:
        name = field.schema.name
        kinds = [kind for kind in entity.schema.crud if is_written(field.schema, kind)]
        where = PARAMETER_NAMES.get(name) or own.get(name)
        if name == entity.schema.snake_name:
            where = "commands, where it is the entity"
        if kinds and where is not None:
            text = f"is an argument of `{kinds[0]}`, and `{name}` is a name that generated code"
            text += f" needs in its {where}"
            help = "choose another name, or keep it out of CRUD with `Field(writable=False)`"
            yield field.subject.diagnose(Problem(RESERVED_NAME, text, help))


def _id_problem(name: str) -> Problem:
    text = f"is loaded by `{name}_id`, which is the name of something else"
    return Problem(RESERVED_NAME, text, "rename one of them")


def _parameter(
    event: LinkedEvent, parameter: ParameterSchema, place: Place, problem: Problem
) -> Diagnostic:
    noun = f"parameter `{parameter.name}` of {event.subject.noun}"
    return Subject(noun, place, event.subject.entity).diagnose(problem)


def _model_problem(name: str) -> Problem | None:
    if name in MODEL_ATTRIBUTES | _MODEL_NAMES or name.startswith(_PROTECTED):
        text = f"is called `{name}`, a name of pydantic's models"
        return Problem(RESERVED_NAME, text, "choose another name")
    return None


def _taken(name: str, where: str) -> Problem:
    return Problem(
        RESERVED_NAME,
        f"is called `{name}`, a name that generated code needs in its {where}",
        "choose another name",
    )
