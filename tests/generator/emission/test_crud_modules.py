"""What `crud` adds to commands, routes, bindings and clients, and what SQL adds to every event."""

import difflib

import black
from corpus import COUNTER_APP, settings
from listed_shop import (
    LISTED_SHOP,
    MODULE,
    QUANTITY,
    TAG,
    WHOLE,
    crud_events,
    entity,
    event,
    field,
)

from starmodel_generator.emission import render
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.render import render_artifact
from starmodel_generator.emission.templating import environment
from starmodel_generator.planning import EmissionSettings, plan
from starmodel_schemas import (
    AppSchema,
    AuthenticatedAccess,
    EntitySchema,
    EntitySource,
    EntityType,
    LiteralDefault,
    OptionalType,
    ParameterSchema,
    PolicyAccess,
    ScalarType,
)

SETTINGS = EmissionSettings(
    package="shop.generated", output="shop/generated", client_output="shop/generated/client"
)
CLIENT = {"client", "client_fields", "client_transport", "client_package"}
KINDS = {"commands", "routes", "bindings", *CLIENT}


def modules(app: AppSchema, *kinds: str) -> dict[str, str]:
    """The generated modules of some kinds, by their paths in the package."""
    context, templates = Context(app, SETTINGS), environment()
    return {
        artifact.path.removeprefix("shop/generated/"): render_artifact(artifact, context, templates)
        for artifact in plan(app, SETTINGS)
        if artifact.kind in (kinds or KINDS)
    }


SHOP = modules(LISTED_SHOP)


def function(text: str, name: str) -> str:
    """The text of one function of a module."""
    start = text.index(f"def {name}(")
    return text[start : text.find("\n\n\n", start)]


def with_events(*events: object, **changes: object) -> AppSchema:
    """An app with tags, and an entity `Note` with these events."""
    note = entity("Note", "A note.", field("text", ScalarType(name="str")), crud=())
    changed = note.model_copy(update={"events": events, **changes})
    return AppSchema(entities=(TAG, changed))


def test_a_default_of_another_type_is_left_to_the_class() -> None:
    price = field("price", ScalarType(name="Decimal"), LiteralDefault(value=0))
    maybe = field("maybe", OptionalType(item=WHOLE), LiteralDefault(value=3))
    note = entity("Note", "A note.", price, maybe, crud=("create",))
    files = modules(AppSchema(entities=(note,)))
    declared = "    price: Decimal | sm.Or\n    maybe: int | None | sm.Or\n"
    assert declared in files["note/commands.py"]
    assert '"price": web.Argument(core_schema.decimal_schema(), default=sm.UNSET),' in (
        files["note/routes.py"]
    )
    assert "    price: Decimal\n    maybe: int | None\n" in files["client/note_fields.py"]


def test_crud_is_under_the_rules_of_the_entity() -> None:
    policy = PolicyAccess(function=f"{MODULE}.may_edit")
    events = crud_events("Tag", TAG.fields, ("create", "update", "delete"))

    def commands(access: object) -> str:
        ruled = [one.model_copy(update={"access": access}) for one in events]
        tag = TAG.model_copy(update={"access": access, "events": tuple(ruled), "many": ()})
        return modules(AppSchema(entities=(tag,)), "commands")["tag/commands.py"]

    text = commands(policy)
    assert (
        "            tag = TAG.make(fields)\n"
        "            sm.authorize(actor, may_edit(actor, tag))\n"
        "            work.add(TAG, tag)\n"
    ) in function(text, "create")
    for name, first in (("update", "expect(tag, version, fields)"), ("delete", "delete(tag)")):
        assert (
            "            tag = await work.load(TAG, id)\n"
            "            work.authorize(tag, may_edit)\n"
            f"            work.{first}\n"
        ) in function(text, name)
    assert (
        "            work.change(tag, fields)\n"
        "            sm.authorize(actor, may_edit(actor, tag))\n"
        "            outcome = await work.commit("
    ) in function(text, "update")
    text = commands(AuthenticatedAccess())
    for name in ("create", "update", "delete"):
        body = function(text, name)
        assert body.index("sm.authorize(actor, actor.is_authenticated)") < body.index("async with")


def test_a_secret_is_in_no_record_of_what_was_done() -> None:
    (create,) = crud_events("Note", (field("text", ScalarType(name="str")),), ("create",))
    secret = ParameterSchema(
        name="password",
        type=ScalarType(name="str"),
        default=LiteralDefault(value=""),
        keyword_only=True,
        private=True,
    )
    app = with_events(create.model_copy(update={"parameters": (*create.parameters, secret)}))
    commands = modules(app)["note/commands.py"]
    assert "    password: str | sm.Or\n" in commands
    text = function(commands, "create")
    assert 'work.commit(note, "create", sm.without(fields, "password"))' in text


def test_events_that_write_to_sql_are_carried_out_once() -> None:
    text = function(SHOP["product/commands.py"], "restock")
    assert "    idempotency_key: str | None = None,\n" in text
    assert "services.unit_of_work(actor, idempotency_key=idempotency_key)" in text
    routes = SHOP["product/routes.py"]
    assert routes.count("idempotency_key=request.idempotency_key,") == 1
    bindings = SHOP["product/bindings.py"]
    assert '(ENTITY, "restock", "post", "/product/{id}/restock", is_once=True)\n' in bindings
    generator = event("run", "Runs.", "note").model_copy(update={"is_generator": True})
    reading = event("look", "Looks.", "note").model_copy(update={"method": "GET", "writes": False})
    files = modules(with_events(generator, reading))
    assert "idempotency_key=idempotency_key" in function(files["note/commands.py"], "run")
    assert "idempotency_key" not in function(files["note/commands.py"], "look")
    assert files["note/routes.py"].count("request.idempotency_key") == 1
    assert '(ENTITY, "look", "get", "/note/{id}/look")\n' in files["note/bindings.py"]
    client = files["client/note.py"]
    assert '@http.endpoint("POST", "/note/{id}/run", once=True)' in client
    assert '@http.endpoint("GET", "/note/{id}/look")' in client


def test_what_a_locking_event_loads_is_locked() -> None:
    def other(name: str, *, is_optional: bool) -> ParameterSchema:
        type_ = EntityType(entity=TAG.qualified_name)
        return ParameterSchema(
            name=name,
            type=OptionalType(item=type_) if is_optional else type_,
            default=LiteralDefault(value=None) if is_optional else QUANTITY.default,
            source=EntitySource(entity=TAG.qualified_name),
        )

    marked = event(
        "mark", "", "note", other("tag", is_optional=False), other("spare", is_optional=True)
    )
    locking = marked.model_copy(update={"lock": True})
    text = function(modules(with_events(locking))["note/commands.py"], "mark")
    assert "note = await work.load(NOTE, id, lock=True)\n" in text
    assert "tag = await work.load(TAG, tag_id, lock=True)\n" in text
    assert "await work.load(TAG, spare_id, lock=True)" in text
    assert "lock=True" not in modules(with_events(marked))["note/commands.py"]


def test_what_only_a_creation_takes_stands_in_a_class_of_its_own() -> None:
    fixed = field("fixed", ScalarType(name="str"))
    text = field("text", ScalarType(name="str"))
    both = (
        *crud_events("Note", (fixed, text), ("create",)),
        *crud_events("Note", (text,), ("update",)),
    )
    files = modules(with_events(*both))
    commands = files["note/commands.py"]
    assert "class NewNoteFields(NoteFields[sm.Or], total=False):\n" in commands
    assert "    **fields: Unpack[NewNoteFields],\n" in function(commands, "create")
    assert "    **fields: Unpack[NoteFields],\n" in function(commands, "update")
    assert "class NewNoteFields(NoteFields, total=False):\n" in files["client/note_fields.py"]


def test_a_field_that_no_update_changes_is_frozen() -> None:
    fixed = field("fixed", ScalarType(name="str")).model_copy(update={"frozen": True})
    note = entity("Note", "A note.", fixed, field("text", ScalarType(name="str")))
    both = (
        *crud_events("Note", note.fields, ("create",)),
        *crud_events("Note", (note.fields[1],), ("update",)),
    )
    note = note.model_copy(update={"events": both, "crud": ("create", "update")})
    routes = modules(AppSchema(entities=(note,)))["note/routes.py"]
    assert '    "fixed": web.Argument(core_schema.str_schema(), frozen=True),\n' in routes
    assert '    "text": web.Argument(core_schema.str_schema()),\n' in routes


def test_a_deletion_leads_to_no_list_that_is_not_there() -> None:
    hosted: EntitySchema = TAG.model_copy(update={"page": "host", "many": ()})
    routes = modules(AppSchema(entities=(hosted,)), "routes")["tag/routes.py"]
    assert "*web.delete_routes(TAG, commands.delete),\n" in routes


def test_a_client_of_no_database_is_as_it_was() -> None:
    files = {file.path: file.text for file in render(COUNTER_APP, settings("counter"))}
    transport = files["counter/generated/client/transport.py"]
    for word in ("secrets", "Idempotency", "Found", "Paging", "differs", "query_texts"):
        assert word not in transport
    assert "Found" not in files["counter/generated/client/__init__.py"]


def test_black_keeps_all_of_it() -> None:
    note = entity("Note", "A note.", field("text", ScalarType(name="str")), crud=())
    noted = note.model_copy(update={"scope": "SESSION", "page": "host"})
    of_sessions = modules(AppSchema(entities=(noted,)))
    assert "Idempotency-Key" in of_sessions["client/transport.py"]
    assert "class Found" not in of_sessions["client/transport.py"]
    for path, text in [*SHOP.items(), *of_sessions.items()]:
        wanted = black.format_str(text, mode=black.Mode())
        diff = difflib.unified_diff(text.splitlines(), wanted.splitlines(), lineterm="")
        assert text == wanted, path + "\n" + "\n".join(diff)
