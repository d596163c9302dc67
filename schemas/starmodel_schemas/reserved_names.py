"""Names that generated code needs for itself, so that no author's name may be one of them.

Names are never bent to dodge a clash. Linking reports a clash with these tables; a view that
takes a new name of its own adds it here.
"""

CLASS_NAMES: frozenset[str] = frozenset(
    {
        "ANONYMOUS",
        "EMPTY_ROW",
        "ERRORS",
        "NOTICE",
        "OMITTED",
        "WATCH",
        "Access",
        "Actor",
        "Adapters",
        "Answer",
        "Any",
        "Argument",
        "Arguments",
        "AsyncIterator",
        "AsyncTransport",
        "ColumnQueries",
        "Decimal",
        "Details",
        "EntityDefinition",
        "Enum",
        "Expression",
        "Found",
        "Fragment",
        "Iterator",
        "Literal",
        "MOST",
        "Mapping",
        "NamedTuple",
        "Omitted",
        "Outcome",
        "Page",
        "Queries",
        "QueryPage",
        "Ref",
        "Related",
        "Request",
        "Resource",
        "Response",
        "Route",
        "Scope",
        "Self",
        "Sequence",
        "Services",
        "Settings",
        "Signal",
        "StateStore",
        "StreamResponse",
        "Transport",
        "TypeAlias",
        "TypedDict",
        "UUID",
        "Unpack",
        "UpdateArgument",
        "WebApplication",
        "Writable",
        "WritableParts",
    }
)
"""Classes and constants of generated modules: no entity, value object or enum is called so."""

FOLDER_NAMES: dict[str, str] = {
    "app": "the module `app.py`",
    "builtins": "a module that clients import",
    "client": "the package of clients",
    "close": "what closes a client",
    "httpx": "the library that clients import",
    "live": "the live stream at `/live`",
    "transport": "the module of the clients' transport",
}
"""Names in the generated package, by what they are: no entity's snake name is one."""

PATHS: dict[str, str] = {
    "/live": "the live stream",
    "/_starmodel": "the files that pages load",
}
"""Paths, with all below them, that the runtime answers itself, by what they are."""

NAMESPACES: dict[str, str] = {
    "errors": "the messages beside the forms",
}
"""Signals of a page that belong to no entity: no namespace is one."""

EVENT_NAMES: dict[str, str] = {
    "answer_created": "routes",
    "answer_deleted": "routes",
    "answer_event": "routes",
    "answer_form": "routes",
    "answer_options": "routes",
    "answer_page": "routes",
    "answer_record": "routes",
    "answer_state": "routes",
    "answer_stream": "routes",
    "authorize": "commands",
    "commands": "routes",
    "core_schema": "routes",
    "crud_action": "bindings",
    "delete_action": "bindings",
    "encode_data": "bindings",
    "find_related": "routes",
    "get_action": "bindings",
    "given": "commands",
    "id": "state, where it is the id that every entity has",
    "json_value": "routes",
    "lead_to": "routes",
    "live": "bindings",
    "live_action": "bindings",
    "object_schema": "routes",
    "page_path": "routes",
    "patch_action": "bindings",
    "post_action": "bindings",
    "put_action": "bindings",
    "queries": "routes",
    "read": "clients",
    "reference_schema": "routes",
    "render_fragment": "commands",
    "signals": "bindings",
    "watch": "bindings",
    "write_action": "bindings",
}
"""Functions of generated modules, by where they are: no event is called so."""

SQL_EVENT_NAMES: dict[str, str] = {
    "answer_conflict": "routes",
    "answer_list": "routes",
    "answer_query": "routes",
    "find": "clients",
    "list_view": "routes",
}
"""The same for events of records in SQL, in whose modules there is more."""

FIELD_NAMES: dict[str, str] = {
    "crud_action": "bindings",
    "delete_action": "bindings",
    "encode_data": "bindings",
    "from_json": "clients",
    "get_action": "bindings",
    "live": "bindings",
    "live_action": "bindings",
    "patch_action": "bindings",
    "post_action": "bindings",
    "put_action": "bindings",
    "signals": "bindings",
    "to_json": "clients",
    "watch": "bindings",
    "write_action": "bindings",
}
"""Names of `bindings.py` and of the clients' values, where every public field is a name too."""

ROW_NAMES: dict[str, str] = {
    "ExactNumeric": "the module of the table",
    "Field": "the module of the table",
    "JSONValue": "the module of the table",
    "Micros": "the module of the table",
    "UTCDateTime": "the module of the table",
    "construct": "pydantic",
    "copy": "pydantic",
    "dict": "pydantic",
    "from_orm": "pydantic",
    "json": "pydantic",
    "metadata": "SQLAlchemy",
    "parse_file": "pydantic",
    "parse_obj": "pydantic",
    "parse_raw": "pydantic",
    "registry": "SQLAlchemy",
    "sa": "the module of the table",
    "schema": "pydantic",
    "schema_json": "pydantic",
    "sqlmodel_update": "SQLModel",
    "update_forward_refs": "pydantic",
    "validate": "pydantic",
}
"""Names that a row class has no room for, by who needs them: no column of a table is called so."""

RECORD_CLASSES: frozenset[str] = frozenset({"DURATION", "Draft", "StaleVersion"})
"""Classes that the routes and pages of records in SQL use: nothing that such a record is made of is called so."""

TABLE_CLASSES: frozenset[str] = frozenset(
    {
        "EntityTable",
        "ExactNumeric",
        "Field",
        "JSONValue",
        "LinkTable",
        "Micros",
        "ReferenceColumn",
        "RowBase",
        "UTCDateTime",
    }
)
"""Classes of `table.py`: nothing that a field of an entity in SQL is made of is called so."""

PARAMETER_NAMES: dict[str, str] = {
    "actor": "commands",
    "arguments": "routes",
    "authorize": "commands",
    "commands": "routes",
    "crud_action": "bindings",
    "delete_action": "bindings",
    "encode_data": "bindings",
    "get_action": "bindings",
    "given": "commands",
    "has_key": "clients",
    "has_tag": "clients",
    "idempotency_key": "commands",
    "is_object": "clients",
    "literal_key": "clients",
    "live_action": "bindings",
    "outcome": "commands",
    "outcomes": "routes",
    "patch_action": "bindings",
    "post_action": "bindings",
    "put_action": "bindings",
    "read_number": "clients",
    "render_fragment": "commands",
    "request": "routes",
    "result": "commands",
    "self": "clients",
    "services": "commands",
    "work": "commands",
    "write_action": "bindings",
}
"""Variables of generated functions, by where they are: no argument of an event is called so.

A parameter that the runtime supplies may be, for its value has a name of its own there.
"""

SUBJECT_NAMES: dict[str, str] = {
    "actor": "commands",
    "arguments": "routes",
    "authorize": "commands",
    "b64encode": "state",
    "commands": "routes",
    "fragment": "commands",
    "given": "commands",
    "idempotency_key": "commands",
    "markup": "commands",
    "outcome": "commands",
    "outcomes": "routes",
    "render_fragment": "commands",
    "request": "routes",
    "result": "commands",
    "services": "commands",
    "step": "commands",
    "work": "commands",
    "yielded": "commands",
}
"""Variables beside the one that holds the entity: no entity's snake name is one of them."""

COMMAND_VARIABLES: frozenset[str] = frozenset(
    "actor arguments fragment idempotency_key markup outcome range result services step version"
    " work yielded".split()
)
"""Variables and builtins of generated commands, which call an author's policies and providers."""

HOLDER_NAMES: dict[str, str] = {"SESSION": "session", "USER": "user", "RECORD": "id"}
"""The parameter of commands that says which instance is meant, by scope."""
