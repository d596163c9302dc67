"""Names that are taken: in Python, in pydantic, in the generated code, on the page: SM602."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from keyword import iskeyword

from starmodel_generator.analysis.effects.known_calls import MODEL_METHODS
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import RESERVED_NAME
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.entities.events import LinkedEvent
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.suggestions import free_class, free_member
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_schemas.crud import is_written
from starmodel_schemas.naming import constant_case, fields_constant, list_constant, snake_case
from starmodel_schemas.reserved_names import (
    CLASS_NAMES,
    COMMAND_PARAMETERS,
    EVENT_NAMES,
    FIELD_NAMES,
    FOLDER_NAMES,
    HOLDER_NAMES,
    NAMESPACES,
    PARAMETER_NAMES,
    SQL_EVENT_NAMES,
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
"""What means something to pydantic's `BaseModel`, besides what starts with `model_`."""

_MODEL_NAMES = MODEL_METHODS | {
    *("model_computed_fields", "model_config", "model_extra", "model_fields", "model_fields_set"),
}
# Pydantic warns of a field that starts like one of these methods.
_PROTECTED = ("model_dump", "model_validate")
SIGNALS = "datastar"
"""The argument of a query string in which Datastar sends the signals of a page."""

BODYLESS = ("GET", "DELETE")
"""Methods whose requests have no body to send signals in."""

_WINDOWS_FOLDERS = frozenset(
    {"aux", "con", "nul", "prn", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)


def check_class_names(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM602: an entity, a value object or an enum is called like something generated."""
    generated = _generated_names(app)
    symbols = [
        *(("entity", entity.hierarchy.symbol) for entity in app.entities),
        *(("value object", linked.symbol) for linked in app.objects.values()),
        *(("enum", linked.symbol) for linked in app.enums.values()),
    ]
    taken = {*generated, *(symbol.name for _, symbol in symbols)}
    for entity in app.entities:
        yield from _entity_names(entity, app, taken)
        yield from _function_names(entity, app)
    kept = {
        symbol
        for entity in app.entities
        if entity.schema.store == "SERVER_SQL"
        for symbol in (entity.hierarchy.symbol, *entity.reached)
    }
    for kind, symbol in symbols:
        name = symbol.name
        if _is_lower(name):
            text = "is written like a function or a variable, of which generated code has many"
        elif name in CLASS_NAMES or (symbol in kept and name in TABLE_CLASSES):
            text = f"is called like the `{name}` that generated code imports"
        elif kind == "entity" and name == constant_case(name):
            text = "is written like a constant, and its definition in generated code is one"
        elif name in generated:
            text = f"is called like {generated[name]} in generated code"
        else:
            continue
        help = f"rename it, for example `{free_class(name, kind, taken)}`"
        subject = Subject(f"{kind} `{name}`", symbol.place, name)
        yield subject.diagnose(Problem(RESERVED_NAME, text, help))


def _is_lower(name: str) -> bool:
    """Return whether a class has no name in capitals: `point`, `_`, or a name that classes hide."""
    return name.startswith("__") or not name.strip("_") or name.lstrip("_")[0].islower()


def _generated_names(app: LinkedApp) -> dict[str, str]:
    """Return the classes and constants of generated modules that have their names from the app."""
    found: dict[str, str] = {}
    for entity in app.entities:
        name, constant = entity.schema.name, constant_case(entity.schema.name)
        found[f"{name}State"] = f"the state of `{name}`"
        for client in (f"{name}Client", f"Async{name}Client", f"{name}Endpoints"):
            found[client] = f"the client of `{name}`"
        if {"create", "update"} & {*entity.schema.crud}:
            for fields in (f"{name}Fields", f"New{name}Fields"):
                found[fields] = f"the fields that callers of `{name}` give"
        found[constant] = f"the definition of `{name}`"
        found[f"{constant}_WRITABLE"] = f"what callers of `{name}` write"
        for event in entity.schema.events:
            arguments = f"{constant_case(event.function)}_ARGUMENTS"
            found[arguments] = f"the arguments of `{event.function}`"
        if entity.schema.store == "SERVER_SQL":
            found |= _table_names(entity)
    return found


def _table_names(entity: LinkedEntity) -> dict[str, str]:
    """Return the classes and constants of the modules that entities in SQL have besides."""
    name, constant = entity.schema.name, constant_case(entity.schema.name)
    found = {f"{constant}_TABLE": f"the table of `{name}`"}
    if entity.is_record_in_sql:
        found[f"{name}Filters"] = f"the filters of `{name}`"
        found[f"{constant}_FILTER_SET"] = f"the filters of `{name}`"
        found[f"{constant}_FIELDS"] = f"the arguments of `{name}`"
    return found


def _entity_names(entity: LinkedEntity, app: LinkedApp, taken: set[str]) -> Iterator[Diagnostic]:
    schema = entity.schema
    folder = _taken_folder(schema.snake_name)
    if folder is not None:
        help = f"rename it, for example `{free_class(schema.name, 'entity', taken)}`"
        text = f"would have the folder `{schema.snake_name}`, the name of {folder}"
        yield entity.subject.diagnose(Problem(RESERVED_NAME, text, help))
    if schema.namespace in NAMESPACES:
        text = f"has the namespace `{schema.namespace}`, where {NAMESPACES[schema.namespace]} are"
        other = schema.snake_name
        if other in NAMESPACES:
            other = free_member(other)
        help = f"give it another `namespace` in `model_config`, for example `{other}`"
        yield entity.subject.diagnose(Problem(RESERVED_NAME, text, help), entity.options.place)


def _function_names(entity: LinkedEntity, app: LinkedApp) -> Iterator[Diagnostic]:
    """Policies and providers that are called like a parameter of the commands that call them."""
    for name, where in _called_functions(entity, app).items():
        if name in COMMAND_PARAMETERS or name == HOLDER_NAMES.get(entity.schema.scope):
            text = f"has the {where} `{name}`, which is a parameter of generated commands"
            help = f"rename the function, for example `is_{name}`"
            yield entity.subject.diagnose(Problem(RESERVED_NAME, text, help))


def _called_functions(entity: LinkedEntity, app: LinkedApp) -> dict[str, str]:
    """Return the functions of the author's that commands call, by name, and what they are."""
    found: dict[str, str] = {}
    rules = [entity.schema.access]
    for event in entity.events:
        rules.append(event.schema.access)
        for parameter in event.schema.parameters:
            if parameter.source.kind == "entity":
                rules.append(app.by_name[parameter.source.entity].schema.access)
            if parameter.source.kind == "provider":
                function = parameter.source.function.replace(":", ".").rpartition(".")[2]
                found[function] = "provider"
    for rule in rules:
        if rule.kind == "policy":
            found[rule.function.rpartition(".")[2]] = "policy"
    return found


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
        yield from _field_problems(entity.fields, own)
    # The fields of value objects are no names of a module, but are attributes of clients' values.
    own = {name: where for name, where in FIELD_NAMES.items() if where.startswith("clients")}
    for linked in app.objects.values():
        yield from _field_problems(linked.fields, own)


def _field_problems(fields: Sequence[LinkedField], own: Mapping[str, str]) -> Iterator[Diagnostic]:
    names = [field.schema.name for field in fields]
    for field in fields:
        name = field.schema.name
        problem = _model_problem(name, names)
        if problem is None and not field.schema.private and name in own:
            problem = _taken(name, own[name], names)
        if problem is not None:
            yield field.subject.diagnose(problem)


def check_event_names(app: LinkedApp) -> Iterator[Diagnostic]:
    """SM602: an event or a parameter is called like something around it."""
    for entity in app.entities:
        called = _functions_of_commands(entity, app)
        own = _own_names(entity, app) | called
        for event in entity.events:
            more = SQL_EVENT_NAMES if entity.is_record_in_sql else {}
            problem = _event_problem(entity, event, own | more)
            if problem is not None:
                yield event.subject.diagnose(problem)
            yield from _parameter_problems(entity, event, called, app)
        yield from _written_field_problems(entity, called)


def _functions(entity: LinkedEntity) -> tuple[str, ...]:
    """Return what `routes.py` defines or imports under a name that comes from the entity's."""
    snake = entity.schema.snake_name
    return (f"{snake}_resource", f"{snake}_state")


def _own_names(entity: LinkedEntity, app: LinkedApp) -> dict[str, str]:
    """Return the functions in an entity's generated modules that have their names from the app."""
    found = dict.fromkeys(_functions(entity), "routes")
    found[f"{entity.schema.snake_name}_state"] = "bindings"
    for symbol in entity.reached:
        if symbol.qualified_name in app.objects:
            found[f"{snake_case(symbol.name)}_state"] = "routes"
    if ":" in entity.schema.page:
        found[entity.schema.page.rpartition(":")[2]] = "routes, where it is the page"
    return found


def _functions_of_commands(entity: LinkedEntity, app: LinkedApp) -> dict[str, str]:
    """Say of the author's functions that commands call where they are."""
    return {
        name: f"commands, where it is the {kind}"
        for name, kind in _called_functions(entity, app).items()
    }


def _event_problem(
    entity: LinkedEntity, event: LinkedEvent, own: Mapping[str, str]
) -> Problem | None:
    function, name = event.schema.function, event.schema.name
    members = [*entity.members.methods, *(field.schema.name for field in entity.fields)]
    model = _model_problem(function, members, is_event=True)
    if model is not None:
        return model
    if iskeyword(name):
        text = f"is called `{name}` outside, a keyword of Python"
        other = free_member(name, members, is_event=True)
        return Problem(RESERVED_NAME, text, f"give it another `name`, for example `{other}`")
    where = EVENT_NAMES.get(function) or own.get(function)
    if where is not None:
        return _taken(function, where, members, is_event=True)
    constant = constant_case(function)
    what = _page_constants(entity).get(constant)
    if what is None or event.schema.crud is not None:
        return None
    text = f"is called `{function}`, so that its form would be `{constant}`, which is {what} in"
    text += " generated pages"
    other = free_member(function, members, is_event=True)
    return Problem(RESERVED_NAME, text, f"choose another name, for example `{other}`")


def _page_constants(entity: LinkedEntity) -> dict[str, str]:
    """Return the constants of an entity's `pages.py` that are called by what they are."""
    schema = entity.schema
    if schema.page != "generated":
        return {}
    found = {constant_case(schema.name): f"the component of `{schema.name}`"}
    if any(event.is_creation for event in schema.events):
        found["NEW"] = f"the page on which a `{schema.name}` is made"
    if not entity.is_record_in_sql:
        return found
    found[list_constant(schema.name)] = f"the list of `{schema.name}`"
    if "update" in schema.crud:
        found["EDIT"] = f"the form on which a `{schema.name}` is edited"
    if "delete" in schema.crud:
        found["DELETE"] = f"the form that deletes a `{schema.name}`"
    found[fields_constant(schema.name)] = f"the fields of `{schema.name}`"
    return found


def _parameter_problems(
    entity: LinkedEntity, event: LinkedEvent, called: Mapping[str, str], app: LinkedApp
) -> Iterator[Diagnostic]:
    own = {**PARAMETER_NAMES, **called, **_holders(entity, event, app)}
    taken = {entity.schema.snake_name, *(each.name for each in event.schema.parameters)}
    for parameter in event.schema.parameters:
        name = parameter.name
        if parameter.source.kind not in ("argument", "entity"):
            continue
        where = own.get(name)
        if name == SIGNALS and event.schema.method in BODYLESS:
            where = f"routes, where a page's {event.schema.method} has all its signals"
        elif parameter.source.kind == "entity" and f"{name}_id" in taken:
            text = f"is loaded by `{name}_id`, which is the name of something else"
            help = f"rename one of them, for example `{free_member(name, taken)}`"
            problem = Problem(RESERVED_NAME, text, help)
            yield event.parameter_subject(name).diagnose(problem)
        if where is not None:
            problem = _taken(name, where, taken)
            yield event.parameter_subject(name).diagnose(problem)


def _holders(entity: LinkedEntity, event: LinkedEvent, app: LinkedApp) -> dict[str, str]:
    """Return the parameters of a command that follow from what the event needs."""
    found: dict[str, str] = {}
    sources = [parameter.source for parameter in event.schema.parameters]
    others = [app.by_name[source.entity].schema for source in sources if source.kind == "entity"]
    scopes = {other.scope for other in others if other.scope == "SESSION"}
    if event.schema.has_instance:
        scopes.add(entity.schema.scope)
    for scope in scopes & HOLDER_NAMES.keys():
        found[HOLDER_NAMES[scope]] = "commands, where it says which instance is meant"
    if any(source.kind == "supplied" and source.what == "request" for source in sources):
        found["request"] = "commands, where it is the request"
    return found


def _written_field_problems(
    entity: LinkedEntity, called: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Fields that `crud` has arguments for, which are parameters of generated functions too."""
    own = {**PARAMETER_NAMES, **called}
    names = [field.schema.name for field in entity.fields]
    for field in entity.fields:
        name = field.schema.name
        kinds = [kind for kind in entity.schema.crud if is_written(field.schema, kind)]
        where = own.get(name)
        if kinds and where is not None:
            text = f"is an argument of `{kinds[0]}`, and `{name}` is a name that generated code"
            text += f" needs in its {where}"
            help = f"choose another name, for example `{free_member(name, names)}`, or keep it out"
            help += " of CRUD with `Field(writable=False)`"
            yield field.subject.diagnose(Problem(RESERVED_NAME, text, help))


def _model_problem(
    name: str, members: Collection[str], *, is_event: bool = False
) -> Problem | None:
    if name in MODEL_ATTRIBUTES | _MODEL_NAMES or name.startswith(_PROTECTED):
        text = f"is called `{name}`, a name of pydantic's models"
        other = free_member(name, members, is_event=is_event)
        return Problem(RESERVED_NAME, text, f"choose another name, for example `{other}`")
    return None


def _taken(name: str, where: str, members: Collection[str], *, is_event: bool = False) -> Problem:
    text = f"is called `{name}`, a name that generated code needs in its {where}"
    other = free_member(name, members, is_event=is_event)
    return Problem(RESERVED_NAME, text, f"choose another name, for example `{other}`")
