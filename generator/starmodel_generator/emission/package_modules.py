"""The views of the `__init__.py` files: what a package is, and what a client package offers."""

from typing import NamedTuple

from starmodel_generator.emission.client.client_classes import argument_classes, declared_classes
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.crud_arguments import crud_fields, new_fields
from starmodel_generator.emission.entity.sent_names import has_aliases
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.planning import has_queries, is_in_sql
from starmodel_schemas import EntitySchema

_TRANSPORT = ("UNSET", "EntityResponse", "ArgumentError", "UnsetType", "Problem")
"""What the client package offers of its transport, whatever the app is."""

_OWN = frozenset(
    {"AsyncTransport", "QueryPage", "Self", "TracebackType", "Transport", "httpx", "transport"}
)
"""What else the client package calls so: a class of the app's stays in its module."""


class PackageView(NamedTuple):
    """A package that is its docstring."""

    docstring: str


class EntryView(NamedTuple):
    """One entity in the clients of the whole app."""

    attribute: str
    client: str


class ClientPackageView(NamedTuple):
    """Everything that `client_package.py.j2` lays out; `text` and `kind` are `str` and `type`."""

    imports: str
    exports: Layout
    entries: tuple[EntryView, ...]
    text: str
    kind: str


class TransportView(NamedTuple):
    """What the clients have to be able to do, beyond running events and reading entities.

    With `has_database` there are events that happen once, with `has_records` records that are
    found, and told apart by their versions, with `has_fields` some that are made or changed by
    their fields, with `has_flags` enums of several members at once, with `has_aliases` fields that
    JSON calls otherwise, with `has_seals` entities that the caller keeps, as browsers do.
    `options` is the type of the options of a call, and `id` takes the id of a record, as text.
    """

    has_database: bool
    has_records: bool
    has_fields: bool
    has_aliases: bool
    has_flags: bool
    has_seals: bool
    options: str
    id: str


def package_view(entity: EntitySchema, _: Context) -> PackageView:
    """Decide what the package of an entity says."""
    what = "its state, routes and bindings"
    if entity.events:
        what = "its state, commands, routes and bindings"
    return PackageView(docstring(f"{entity.name}: {what}.", 0))


def app_package_view(_: Context) -> PackageView:
    """Decide what the generated package says."""
    return PackageView(docstring("What StarModel made of the app's entities.", 0))


def client_package_view(context: Context) -> ClientPackageView:
    """Decide what the client package offers."""
    # A module of the package is a name in it: `type` is that of the clients of `Type`.
    taken = [each.snake_name for each in context.app.entities]
    names = ModuleNames(context.first_party, taken, by_name=True)
    for name in ("AsyncTransport", "Transport"):
        names.use(".transport", name)
    names.use_module("httpx")
    names.use("types", "TracebackType")
    names.use("typing", "Self")
    entries: list[EntryView] = []
    exports = ["AsyncClient", "Client"]
    exports += [names.use(".transport", name) for name in _TRANSPORT]
    if any(has_queries(entity) for entity in context.app.entities):
        exports.append(names.use(".transport", "QueryPage"))
    for entity in context.app.entities:
        client = f"{entity.name}Client"
        names.use(f".{entity.snake_name}", client)
        names.use(f".{entity.snake_name}", f"Async{client}")
        exports += [client, f"Async{client}"]
        entries.append(EntryView(entity.snake_name, client))
    modules: dict[str, list[str]] = {}
    for entity in context.app.entities:
        own = dict.fromkeys(declared_classes(entity, context), f".{entity.snake_name}")
        for name, module in (own | argument_classes(entity)).items():
            modules.setdefault(name, []).append(module)
    taken = {*exports, *_OWN, *(entity.snake_name for entity in context.app.entities)}
    for name, owners in modules.items():
        # Where two have a name, each is imported from its module.
        if len(owners) == 1 and name not in taken:
            exports.append(names.use(owners[0], name))
    for name in ("Client", "AsyncClient"):
        names.define(name)
    return ClientPackageView(
        exports=Group("__all__ = [", tuple(python_string(name) for name in sorted(exports)), "]"),
        entries=tuple(entries),
        text=names.builtin("str"),
        kind=names.builtin("type"),
        imports=names.import_block(),
    )


def transport_view(context: Context) -> TransportView:
    """Decide what the clients have to be able to do."""
    entities = context.app.entities
    options = ["bool"]
    has_seals = any(entity.is_in_browser for entity in entities)
    if has_seals:
        options.append("str")
    if has_aliases(context):
        options.append("dict[str, str]")
    has_others = any(entity.id_type != "str" for entity in entities)
    return TransportView(
        has_database=any(is_in_sql(entity) for entity in entities),
        has_records=any(has_queries(entity) for entity in entities),
        has_fields=any(crud_fields(entity) or new_fields(entity) for entity in entities),
        has_aliases=has_aliases(context),
        has_flags=any(enum.is_flag for enum in context.app.enums),
        has_seals=has_seals,
        options=" | ".join(options),
        id='str(arguments.pop("id"))' if has_others else 'arguments.pop("id")',
    )
