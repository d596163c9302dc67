"""Names that generated code needs for itself, so that no author's name may be one of them.

Names are never bent to dodge a clash. Linking reports a clash with these tables; a view that
takes a new name of its own adds it here.
"""

CLASS_NAMES: frozenset[str] = frozenset({"ENTITY", "ERRORS", "WATCH"})
"""Constants of `bindings.py`, which imports the classes of events' parameters."""

FOLDER_NAMES: dict[str, str] = {
    "app": "the module `app.py`",
    "builtins": "a module that clients import",
    "client": "the package of clients",
    "close": "what closes a client",
    "httpx": "the library that clients import",
    "live": "the live stream at `/live`",
    "transport": "the module of the clients' transport",
    "where": "the module of the clients' conditions",
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
    "commands": "routes, where it is the module of the commands",
    "core_schema": "routes, where it is pydantic's module of schemas",
    "http": "clients, where it is the module of the transport",
    "id": "state, where it is the id that every entity has",
    "live": "bindings, where it is the live stream",
    "pages": "routes, where it is the module of the pages",
    "read": "clients, where it reads the state",
    "signals": "bindings, where it declares the signals",
    "sm": "commands, where it is the package `starmodel`",
    "watch": "bindings, where it names the entity for the live stream",
    "web": "routes, where it is the module `starmodel.web`",
}
"""Functions and modules of generated modules, by where they are: no event is called so.

Events are functions of `commands.py`, `routes.py` and `bindings.py`, and methods of clients.
"""

SQL_EVENT_NAMES: dict[str, str] = {
    "find": "clients, where it finds records",
}
"""The same for events of records in SQL, in whose modules there is more."""

FIELD_NAMES: dict[str, str] = {
    "from_json": "clients, where it reads a value",
    "live": "bindings, where it is the live stream",
    "signals": "bindings, where it declares the signals",
    "sm": "bindings, where it is the package `starmodel`",
    "to_json": "clients, where it writes a value",
    "watch": "bindings, where it names the entity for the live stream",
}
"""Names of `bindings.py` and of the clients' values, where every public field is a name too."""

ROW_NAMES: frozenset[str] = frozenset(
    {
        *("construct", "copy", "dict", "from_orm", "json", "metadata", "parse_file", "parse_obj"),
        *("parse_raw", "registry", "schema", "schema_json", "sqlmodel_update"),
        *("update_forward_refs", "validate"),
    }
)
"""Names that pydantic and SQLAlchemy need of a row class: it has columns of them as `metadata_`."""

TABLE_CLASSES: frozenset[str] = frozenset({"EntityTable"})
"""Classes of `table.py`: nothing that a field of an entity in SQL is made of is called so."""

COMMAND_PARAMETERS: dict[str, str] = {
    "actor": "commands, where it is who asks",
    "idempotency_key": "commands, where it marks what comes twice",
    "services": "commands, where it is the app's services",
    "sm": "commands, where it is the package `starmodel`",
}
"""Names that commands need besides the author's, who calls no policy and no provider so.

Their other variables give way: one that would hide a parameter of the author's has an underscore
behind it.
"""

PARAMETER_NAMES: dict[str, str] = {
    **COMMAND_PARAMETERS,
    "self": "clients, where it is the client",
}
"""Names that commands, bindings and clients need: no argument of an event is called so.

A parameter that the runtime supplies may be, for its value has a name of its own there.
"""

HOLDER_NAMES: dict[str, str] = {"SESSION": "session", "USER": "user", "RECORD": "id"}
"""The parameter of commands that says which instance is meant, by scope."""
