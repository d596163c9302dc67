"""Names that Python, the libraries and generated code have a use for, as names of the author's.

Each is either refused, with a name that is not, or it works: the app is imported and answers.
"""

import ast
import builtins
import importlib
import json
import keyword
import re
import subprocess
import sys
import typing
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from linked_project import link_sources
from shop_project import CONFIG, Shop

import starmodel
import starmodel.application
import starmodel.domain
import starmodel.web
from starmodel.testing import Client
from starmodel_generator.emission.context import CALLED
from starmodel_schemas import reserved_names
from starmodel_schemas.naming import pascal_case, snake_case

MODULES = """
    abc asyncio base64 builtins collections dataclasses datetime decimal enum json math typing types
    uuid fastapi fasthtml httpx pydantic pydantic_core sqlalchemy sqlmodel starlette starmodel
""".split()
PAGES = """
    action button class constructor data dataset delete disabled el elements evt expr form get hidden
    href indicator init let merge method new on patch path peek post put signals style target text
    then this title toggle value var version watch window
""".split()
DATABASES = """
    collation column cursor from group index key lateral limit metadata nothing oid order primary
    query references registry returning row rowid row_version schema select table user values where
""".split()
VARIABLES = """
    amount arguments cls error filters found found_items given item items key kept name names
    namespace options outcome page part request response result rows self services session state
    stored variable view work
""".split()
# What generated code once imported by name, or called a variable of its own.
INSIDE = """
    actor http sm web where
    respond_conflict respond_created respond_deleted respond_event render_page respond_list
    respond_options respond_page respond_query respond_record respond_state respond_stream arguments
    authorize b64encode commands core_schema crud_action delete_action encode_data find
    find_related fragment from_json get_action given has_key has_tag http id idempotency_key
    is_object json_value redirect list_view literal_key live live_action markup object_schema
    outcome outcomes page_path patch_action post_action put_action queries range read
    read_number reference_schema render_fragment request result self services signals step
    to_json version watch where work write_action yielded
""".split()
CLASSES_INSIDE = """
    ANONYMOUS Access Actor Adapters Answer Any Argument Arguments AsyncIterator AsyncTransport
    ColumnFilterSet DURATION Decimal Details Draft EMPTY_ROW ERRORS EntityDefinition Enum
    Expression Found Fragment Iterator Literal MOST Mapping NOTICE NamedTuple UNSET UnsetType
    CommandResult Page Queries QueryPage Ref Related Request Resource Response Route Scope Self
    Sequence Services Settings Signal StaleVersion StateStore StreamResponse Transport TypeAlias
    TypedDict UUID Unpack UpdateArgument WATCH WebApplication Writable WritableParts
""".split()
LIBRARIES = {
    name
    for module in (starmodel, starmodel.application, starmodel.domain, starmodel.web, typing)
    for name in module.__all__
}
RESERVED = {
    *reserved_names.EVENT_NAMES,
    *reserved_names.SQL_EVENT_NAMES,
    *reserved_names.FIELD_NAMES,
    *reserved_names.PARAMETER_NAMES,
    *reserved_names.ROW_NAMES,
    *INSIDE,
    *CLASSES_INSIDE,
}
KNOWN = {
    *(*dir(builtins), *keyword.softkwlist, *MODULES, *LIBRARIES, *RESERVED, *CALLED),
    *(*PAGES, *DATABASES, *VARIABLES),
}
NAMES = sorted(name for name in KNOWN if not keyword.iskeyword(name) and name[:1] != "_")
# The state of `Answer`, which is another one, is called so; `Errors` needs another namespace.
CLASSES = sorted(
    {*(name for name in NAMES if name[0].isupper()), *map(pascal_case, NAMES)}
    - {"AnswerState", "ERRORS", "Errors"}
)

MEMORY = "scope=sm.Scope.GLOBAL, access=sm.Access.PUBLIC"
SQL = "store=sm.StateStore.SERVER_SQL, access=sm.Access.PUBLIC, crud=True"
HEAD = """\
import enum as e
import pydantic as p
import starmodel as sm

Whole = int


"""
NAMED = {"SM510", "SM511", "SM602", "SM605"}
EXAMPLE = re.compile(r"for example `(\w+)`")


def one_entity(body: str, *, config: str = MEMORY) -> str:
    body = body or "    pass\n"
    return f"class Holding(sm.Entity):\n    model_config = sm.EntityConfig({config})\n{body}"


def field(name: str) -> str:
    return f"    {name}: Whole = 7\n"


def event(name: str, argument: str = "amount") -> str:
    return (
        f"    @sm.event\n    def {name}(me, {argument}: Whole) -> Whole:\n"
        f"        return {argument} + 1\n"
    )


def parameter(name: str) -> str:
    return f"    @sm.event\n    def use_{name}(me, {name}: Whole) -> Whole:\n        return {name} + 1\n"


def value_object(name: str) -> str:
    return f"class {name}(p.BaseModel):\n    count: Whole = 7\n    text: str = ''\n\n\n"


def enum(name: str) -> str:
    return f"class {name}(e.Enum):\n    LOW = 'low'\n    HIGH = 'high'\n\n\n"


def used(name: str) -> str:
    return (
        f"    f_{snake_case(name)}: {name} = sm.Field(default_factory={name})\n"
        f"    l_{snake_case(name)}: list[{name}] = []\n"
    )


def chosen(name: str) -> str:
    return f"    f_{snake_case(name)}: {name} = {name}.LOW\n"


def sources(role: str, names: list[str], config: str) -> str:
    """Write a project in which each name has that role."""
    if role in ("field", "event", "parameter"):
        make = {"field": field, "event": event, "parameter": parameter}[role]
        return HEAD + one_entity("".join(map(make, names)), config=config)
    if role == "part":
        held = "class Held(p.BaseModel):\n" + "".join(map(field, names))
        return HEAD + held + "\n\n" + one_entity(used("Held"), config=config)
    if role in ("value object", "enum"):
        make, use = (value_object, used) if role == "value object" else (enum, chosen)
        body = "".join(map(use, names))
        return HEAD + "".join(map(make, names)) + one_entity(body, config=config)
    return HEAD + "\n\n".join(
        f"class {name}(sm.Entity):\n    model_config = sm.EntityConfig({config})\n"
        f"    count: Whole = 7\n{event('add', 'so_many')}"
        for name in names
    )


@cache  # since several tests ask about the same names
def verdict(role: str, name: str, config: str) -> str | None:
    """What is to be used instead of a name; `None` where it is taken as it is."""
    linked = link_sources(sources(role, [name], config))
    errors = [each for each in linked.diagnostics if each.severity == "error"]
    if not errors:
        return None
    assert {each.code for each in errors} <= {*NAMED, "SM601"}, errors
    # An entity `Live` has a path that is taken, besides.
    help = next(each.help for each in errors if each.code in NAMED)
    match = EXAMPLE.search(help or "")
    assert match is not None, (role, name, help)
    return match[1]


def verdicts(role: str, names: list[str], config: str) -> dict[str, str | None]:
    """What is to be used instead of each name; `None` for one that is taken as it is."""
    return {name: verdict(role, name, config) for name in names}


MEMBERS = ("field", "event", "parameter")
ROLES = (*MEMBERS, "part", "value object", "enum", "entity")
CONFIGS = pytest.mark.parametrize("config", [MEMORY, SQL], ids=["memory", "sql"])


@CONFIGS
@pytest.mark.parametrize("role", MEMBERS)
def test_members(role: str, config: str, tmp_path: Path) -> None:
    # An `id` is a text.
    names = [name for name in NAMES if name.islower() and (role, name) != ("field", "id")]
    found = verdicts(role, names, config)
    instead = {each for each in found.values() if each is not None}
    assert set(verdicts(role, sorted(instead), config).values()) <= {None}
    taken = [name for name, other in found.items() if other is None]
    assert len(taken) > 200
    with imported(tmp_path, f"any_{role}_{config[:5]}", sources(role, taken, config)) as client:
        if config == SQL:
            made = dict.fromkeys(taken, 9) if role == "field" else {}
            answer = client.post("/holding", made)
            assert answer.status == 201, answer.text
            path = f"/holding/{answer.json['state']['id']}"
        else:
            made, path = dict.fromkeys(taken, 7), "/holding"
        if role == "field":
            state = client.get(path).json["state"]
            assert {name: state[name] for name in taken} == made
        assert client.get(path, headers={"accept": "text/html"}).status == 200
        for name in [] if role == "field" else taken:
            route, argument = (name, "amount") if role == "event" else (f"use_{name}", name)
            answer = client.post(f"{path}/{route}", {argument: 4})
            assert answer.json["result"] == 5, (name, answer.text)


@CONFIGS
def test_parts_of_value_objects(config: str, tmp_path: Path) -> None:
    names = [name for name in NAMES if name.islower()]
    found = verdicts("part", names, config)
    taken = [name for name, other in found.items() if other is None]
    assert len(taken) > 200
    with imported(tmp_path, f"any_part_{config[:5]}", sources("part", taken, config)) as client:
        path = "/holding"
        if config == SQL:
            path = f"{path}/{client.post(path, {}).json['state']['id']}"
        state = client.get(path).json["state"]
        assert state["f_held"] == dict.fromkeys(taken, 7)


@CONFIGS
@pytest.mark.parametrize("role", ["value object", "enum", "entity"])
def test_classes(role: str, config: str, tmp_path: Path) -> None:
    found = verdicts(role, CLASSES, config)
    instead = {each for each in found.values() if each is not None}
    assert set(verdicts(role, sorted(instead), config).values()) <= {None}
    # Two names that differ in case alone are refused where they meet.
    taken = list(
        {snake_case(name): name for name, other in found.items() if other is None}.values()
    )
    assert len(taken) > 200
    # All of them take minutes; these are what is most likely to be hidden.
    likely = {*dir(builtins), *MODULES, *CALLED, *INSIDE, *map(snake_case, CLASSES_INSIDE)}
    taken = [name for name in taken if snake_case(name) in likely]
    if role == "entity":
        # The async client of one is called like the client of the other.
        taken.remove("Iterator" if config == SQL else "AsyncIterator")
    assert len(taken) > 50
    package = f"any_{role.replace(' ', '_')}_{config[:5]}"
    with imported(tmp_path, package, sources(role, taken, config)) as client:
        paths = [snake_case(name) for name in taken] if role == "entity" else ["holding"]
        for path in paths:
            state = client.get(f"/{path}").json["state"] if config == MEMORY else None
            if state is None:
                answer = client.post(f"/{path}", {})
                assert answer.status == 201, answer.text
                state = answer.json["state"]
                path = f"{path}/{state['id']}"
            if role == "entity":
                assert state["count"] == 7
                assert client.post(f"/{path}/add", {"so_many": 4}).json["result"] == 5
            else:
                default = {"count": 7, "text": ""} if role == "value object" else "low"
                for name in taken:
                    assert state[f"f_{snake_case(name)}"] == default, name
            assert client.get(f"/{path}", headers={"accept": "text/html"}).status == 200


@CONFIGS
def test_members_that_are_called_like_their_entity(config: str, tmp_path: Path) -> None:
    text = HEAD + "\n\n".join(
        f"class {name.title()}(sm.Entity):\n    model_config = sm.EntityConfig({config})\n"
        f"    {name}: Whole = 7\n"
        f"    @sm.event\n    def add(me, {name}: Whole, outcome: Whole) -> Whole:\n"
        f"        me.{name} += {name}\n        return me.{name} + outcome\n"
        for name in ("city", "work", "result")
    )
    with imported(tmp_path, f"alike_{config[:5]}", text) as client:
        for name in ("city", "work", "result"):
            path = f"/{name}"
            if config == SQL:
                made = client.post(path, {name: 8})
                assert made.json["state"][name] == 8
                path = f"/{name}/{made.json['state']['id']}"
                accept = {"accept": "application/json"}
                changed = client.request("PATCH", path, headers=accept, json_body={name: 7})
                assert changed.json["state"][name] == 7
            assert client.post(f"{path}/add", {name: 2, "outcome": 1}).json["result"] == 10
            assert client.get(path).json["state"][name] == 9
            assert client.get(path, headers={"accept": "text/html"}).status == 200


SHOWN = """\
class Part(p.BaseModel):
    number: Whole = 7
    text: str = 'x'


"""
PARTS = """\
    number: Whole = 7
    is_on: bool = True
    at: p.AwareDatetime = d.datetime(2020, 1, 1, tzinfo=d.UTC)
    there: p.NaiveDatetime = d.datetime(2020, 1, 1)
    took: d.timedelta = d.timedelta(hours=1)
    texts: list[str] = ['x']
    part: Part = p.Field(default_factory=Part)
    parts: list[Part] = [Part()]
    numbers: dict[str, Whole] = {'x': 1}
    nested: dict[str, list[dict[str, Whole]]] = {'x': [{'y': 1}]}


"""


@CONFIGS
def test_value_objects_that_are_called_like_what_generated_code_calls(
    config: str, tmp_path: Path
) -> None:
    names = sorted(map(pascal_case, CALLED))
    text = "import datetime as d\n" + HEAD + SHOWN
    text += "".join(f"class {name}(p.BaseModel):\n{PARTS}" for name in names)
    for name in names:
        body = f"    one: {name} = p.Field(default_factory={name})\n    many: list[{name}] = [{name}()]\n"
        text += one_entity(body, config=config).replace("Holding", f"{name}Holding") + "\n\n"
    html = {"accept": "text/html"}
    with imported(tmp_path, f"called_{config[:5]}", text) as client:
        for name in names:
            path = f"/{snake_case(name)}_holding"
            if config == SQL:
                made = client.post(path, {})
                assert made.status == 201, (name, made.text)
                assert client.get(path, headers=html).status == 200, name
                assert client.get(f"{path}/new", headers=html).status == 200, name
                path += f"/{made.json['state']['id']}"
            assert client.get(path, headers=html).status == 200, name


def test_events_whose_names_have_that_of_their_entity(tmp_path: Path) -> None:
    verbs = "delete edit find list new read submit_edit".split()
    nouns = "autocomplete fields form list page relations resource row state".split()
    names = [f"{verb}_holding" for verb in verbs] + [f"holding_{noun}" for noun in nouns]
    found = verdicts("event", names, SQL)
    kept = {name for name, other in found.items() if other is not None}
    assert kept == {"holding_resource", "holding_state"}
    free = [name for name in names if name not in kept]
    with imported(tmp_path, "own_entity", sources("event", free, SQL)) as client:
        path = f"/holding/{client.post('/holding', {}).json['state']['id']}"
        for name in free:
            assert client.post(f"{path}/{name}", {"amount": 4}).json["result"] == 5, name
        for page in ("/holding", "/holding/new", path, f"{path}/edit", f"{path}/delete"):
            assert client.get(page, headers={"accept": "text/html"}).status == 200, page


def test_what_generated_functions_call_is_known() -> None:
    root = Path(__file__).parents[3]
    folders = [*root.glob("examples/*/*/generated"), *root.glob("tests/cases/*/expected")]
    called: set[str] = set()
    for path in {path for folder in folders for path in folder.glob("*/*.py")}:
        # Clients and row classes have no variables that are called like an author's class.
        if path.parent.name == "client" or path.name == "rows.py":
            continue
        body = ast.parse(path.read_text(encoding="utf-8")).body
        own = {
            alias.asname or alias.name
            for each in body
            if isinstance(each, ast.ImportFrom) and "starmodel" in str(each.module)
            for alias in each.names
        }
        called |= {
            node.func.id
            for function in body
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if node.func.id in own and node.func.id.islower()
        }
    assert len(called) > 2
    assert called - CALLED == set()


@CONFIGS
def test_few_names_are_kept_for_generated_code(config: str) -> None:
    def kept(role: str, names: Iterable[str]) -> set[str]:
        return {
            name for name, other in verdicts(role, [*names], config).items() if other is not None
        }

    is_in_sql = config == SQL
    names = [name for name in INSIDE if name != "id"]
    fields = {"from_json", "live", "signals", "sm", "to_json", "watch"}
    # A field of a record in SQL is an argument of `create` and `update`.
    arguments = {"actor", "idempotency_key", "self", "services", "sm"}
    assert kept("field", names) == fields | ({*arguments, "version"} if is_in_sql else set())
    events = {"commands", "core_schema", "http", "live", "read", "signals", "sm", "watch", "web"}
    assert kept("event", names) == events | ({"find"} if is_in_sql else set())
    assert kept("parameter", names) == arguments
    assert kept("value object", CLASSES_INSIDE) == {"ERRORS", "WATCH"}
    assert kept("enum", CLASSES_INSIDE) == {"ERRORS", "WATCH"}
    constants = {name for name in CLASSES_INSIDE if name.isupper()}
    assert kept("entity", CLASSES_INSIDE) == {*constants, "Transport"}
    assert kept("entity", [*map(pascal_case, INSIDE)]) == {"Live", "Where"}


def test_pyright_finds_nothing_wrong_with_any_of_them(tmp_path: Path) -> None:
    members = [name for name in INSIDE if name != "id"]
    inside = {*map(snake_case, CLASSES_INSIDE), *INSIDE}
    classes = list(
        {snake_case(name): name for name in CLASSES if snake_case(name) in inside}.values()
    )
    for config in (MEMORY, SQL):
        for role in ROLES:
            found = verdicts(role, members if role in (*MEMBERS, "part") else classes, config)
            taken = [name for name, other in found.items() if other is None]
            if role == "entity":
                # The async client of one is called like the client of the other.
                taken.remove("Iterator" if config == SQL else "AsyncIterator")
            package = f"free_{role.replace(' ', '_')}_{config[:5]}"
            generated(tmp_path / package, package, sources(role, taken, config))
    options = {
        "include": ["."],
        "extraPaths": [*map(str, tmp_path.iterdir())],
        "pythonVersion": "3.11",
        "typeCheckingMode": "basic",
        "strict": ["**/generated"],
        "reportMissingTypeStubs": False,
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(options))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run([*command, "-p", str(tmp_path)], capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert [
        f"{each['file']}:{each['range']['start']['line'] + 1} {each['message']}"
        for each in report["generalDiagnostics"]
        if "/generated/" in each["file"]
    ] == []
    assert report["summary"]["filesAnalyzed"] > 500


def generated(folder: Path, package: str, text: str) -> None:
    """Generate a project."""
    shop = Shop(folder)
    (folder / "shop").rename(folder / package)
    shop.write("pyproject.toml", CONFIG.replace("shop/", f"{package}/") + 'web = "starlette"\n')
    shop.write(f"{package}/entities.py", text)
    done = shop.starmodel("generate")
    assert done.code == 0, done.err


@contextmanager
def imported(folder: Path, package: str, text: str) -> Generator[Client]:
    """Generate a project, import every module of it, and start its app."""
    generated(folder, package, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STARMODEL_DATABASE_URL", "sqlite://")
        patch.setattr(sys, "path", [str(folder), *sys.path])
        for path in sorted((folder / package / "generated").rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            importlib.import_module(".".join(parts).removesuffix(".__init__"))
        app: Any = importlib.import_module(f"{package}.generated.app")
        with Client(app.create_app()) as client:
            yield client
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def test_a_clash_that_nobody_foresaw_is_refused(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    parameters = "int: Whole, builtins: Whole, builtins_module: Whole"
    event = f"    @sm.event\n    def go(me, {parameters}) -> None: ...\n"
    shop.write("shop/entities.py", HEAD + one_entity(event))
    done = shop.starmodel("generate")
    assert done.code == 1
    assert "SM602" in done.err and "`shop/generated/holding/bindings.py`" in done.err
    assert "`builtins_module` would be both a parameter and" in done.err
    assert not (tmp_path / "shop/generated").exists()
