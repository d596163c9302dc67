"""Names that cannot be what they have to be, and names that are taken."""

import pydantic
import pytest
from linked_project import link_sources
from pydantic import BaseModel

import starmodel
from starmodel_generator.linking.checks.name_checks import name_problem
from starmodel_generator.linking.checks.reserved_name_checks import MODEL_ATTRIBUTES
from starmodel_generator.linking.names.externals import STAR_EXPORTS, STARMODEL_NAMES
from starmodel_generator.linking.types.pydantic_support import CONFIG_KEYS
from starmodel_schemas.reserved_names import CLASS_NAMES, EVENT_NAMES, FIELD_NAMES, PARAMETER_NAMES


@pytest.mark.parametrize("name", ["a", "count", "update_count", "x1", "a_1", "class"])
def test_good_names(name: str) -> None:
    assert name_problem(name, "called") is None


@pytest.mark.parametrize(
    "name",
    [
        *("", "_a", "a_", "a__b", "__proto__", "constructor", "prototype", "Count"),
        *("größe", "1a", "a-b", "a.b", "a b", "a\n", "ａ", "a" * 201, "a" * 100_000),
    ],
)
def test_bad_names(name: str) -> None:
    problem = name_problem(name, "called")
    assert problem is not None and problem.help
    assert len(problem.text) < 500


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("class Class(Entity): ...", "the folder `class`, the name of a keyword of Python"),
        ("class App(Entity): ...", "the folder `app`, the name of the module `app.py`"),
        ("class Client(Entity): ...", "the package of clients"),
        ("class Aux(Entity): ...", "a device of Windows"),
        ("class A(Entity): ...", "is written like a constant"),
        ("class list(Entity): ...", "is written like a function or a variable"),
        ("class Httpx(Entity): ...", "the library that clients import"),
        (
            "import pydantic\nclass Part(pydantic.BaseModel):\n    from_json: int = 0\n"
            "class Box(Entity):\n    part: Part | None = None",
            "clients",
        ),
        (
            "def actor(one, entity) -> bool: return True\n"
            "class Box(Entity):\n    model_config = {'scope': Scope.RECORD, 'access': actor}",
            "has the policy `actor`, which is a parameter of generated commands",
        ),
        (
            "class Box(Entity):\n    @event\n    def go(me, request: str, asked: Request) -> None: ...",
            "where it is the request",
        ),
        (
            "class Box(Entity):\n    model_config = {'scope': Scope.RECORD, 'access': Access.PUBLIC}\n"
            "    @event\n    def go(me, session: str, cart: 'Cart') -> None: ...\n"
            "class Cart(Entity): ...",
            "where it says which instance",
        ),
        ("class Box(Entity):\n    sm: int = 0", "where it is the package `starmodel`"),
        (
            "class Box(Entity):\n    @event\n    def go(me, self: str) -> None: ...",
            "needs in its clients",
        ),
        (
            "class Box(Entity):\n    @event(method='GET')\n    def go(self, datastar: str) -> int: ...",
            "where a page's GET has all its signals",
        ),
        ("class FAQ(Entity): ...", "is written like a constant"),
        ("class BoxClient(Entity): ...\nclass Box(Entity): ...", "like the client of `Box`"),
        ("class CartState(Entity): ...\nclass Cart(Entity): ...", "like the state of `Cart`"),
        (
            "class CartFields(Entity): ...\nclass Cart(Entity):\n    model_config = {'access': may,"
            " 'crud': True, 'store': StateStore.SERVER_SQL}\n    size: int = 0",
            "like the fields that callers of `Cart` give",
        ),
        (
            "class Box(Entity):\n    copy: int = 0",
            "field `Box.copy` is called `copy`, a name of pydantic",
        ),
        ("class Box(Entity):\n    model_extra: int = 0", "a name of pydantic's models"),
        ("class Box(Entity):\n    signals: int = 0", "needs in its bindings"),
        ("class Box(Entity):\n    box_state: int = 0", "needs in its bindings"),
        ("class Box(Entity):\n    @event\n    def json(self) -> None: ...", "a name of pydantic"),
        (
            "class Box(Entity):\n    @event\n    def live(self) -> None: ...",
            "needs in its bindings",
        ),
        (
            "class Box(Entity):\n    @event\n    def pages(self) -> None: ...",
            "needs in its routes",
        ),
        (
            "class Box(Entity):\n    @event\n    def box(self) -> None: ...",
            "its form would be `BOX`, which is the component of `Box`",
        ),
        (
            "class Box(Entity):\n    model_config = {'access': may, 'scope': Scope.RECORD}\n"
            "    @event\n    @classmethod\n    def new(cls) -> 'Box': return cls()",
            "its form would be `NEW`, which is the page on which a `Box` is made",
        ),
        *(
            (
                "class Box(Entity):\n    model_config = {'access': may, 'crud': True,"
                " 'store': StateStore.SERVER_SQL}\n    size: int = 0\n"
                f"    @event(path='/box/{{id}}/do')\n    def {name}(self) -> None: self.size += 1",
                f"its form would be `{name.upper()}`, which is the",
            )
            for name in ("edit", "fields", "boxes")
        ),
        (
            "class Box(Entity):\n    model_config = {'access': may}\n    @event\n    def may(self) -> None: ...",
            "is the policy",
        ),
        (
            "class Box(Entity):\n    @event(name='import')\n    def take(self) -> None: ...",
            "a keyword",
        ),
        (
            "class Box(Entity):\n    @event\n    def go(self, session: str) -> None: ...",
            "which instance",
        ),
        (
            "class Box(Entity):\n    @event\n    def go(self, actor: str) -> None: ...",
            "in its commands",
        ),
        (
            "class Cart(Entity):\n    @event\n    def go(self, b: 'Lid', b_id: str) -> None: ...\nclass Lid(Entity): ...",
            "is loaded by `b_id`, which is the name of something else",
        ),
        ("class Box(Entity):\n    model_config = {'namespace': 'errors'}", "the messages beside"),
        (
            "class Box(Entity):\n    @event\n    def Going(self) -> None: ...",
            "start with a capital",
        ),
    ],
)
def test_taken_names(body: str, message: str) -> None:
    linked = link_sources(f"from starmodel import *\ndef may(a, b): ...\n{body}\n")
    assert len(linked.diagnostics) == 1, [each.message for each in linked.diagnostics]
    assert message in linked.diagnostics[0].message
    assert linked.codes[0] in ("SM602", "SM605")


def test_what_may_be_called_as_it_likes() -> None:
    linked = link_sources("""
        from starmodel import *
        class User(Entity): ...
        class Session(Entity):
            model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.PUBLIC)
        class Result(Entity): ...
        class Route(Entity):
            route: str = ""
            version: int = 0
            metadata: str = ""
            @event
            def go(self, route: str, result: int, work: int, request: str) -> None: ...
            @event
            def authorize(self) -> None: ...
        class Task(Entity):
            id: str = ""
            type: str = ""
            filter: str = ""
            date: str = ""
            list: int = 0
            _signals: int = 0
            watch: str = Field("", private=True)
            @event
            def set(self, id: str, type: str, value: int, page: int, state: str) -> None: ...
            @event
            def list_all(self, who: Actor, request: Request) -> None: ...
            @event
            def actor(self, actor: Actor, work: UnitOfWork) -> None: ...
    """)
    assert linked.codes == []


@pytest.mark.parametrize("name", sorted({*EVENT_NAMES, *FIELD_NAMES, *PARAMETER_NAMES}))
def test_reserved_names_are_refused_where_they_are_reserved(name: str) -> None:
    event = link_sources(
        f"from starmodel import *\nclass Box(Entity):\n    @event\n    def {name}(self) -> None: ...\n"
    )
    field = link_sources(f"from starmodel import *\nclass Box(Entity):\n    {name}: int = 0\n")
    parameter = link_sources(
        "from starmodel import *\nclass Box(Entity):\n"
        f"    @event\n    def go(this, {name}: int) -> None: ...\n"
    )
    assert (event.codes == ["SM602"]) is (name in EVENT_NAMES)
    assert (field.codes == ["SM602"]) is (name in FIELD_NAMES)
    assert (parameter.codes == ["SM602"]) is (name in PARAMETER_NAMES)


@pytest.mark.parametrize("name", sorted(CLASS_NAMES))
def test_reserved_classes(name: str) -> None:
    source = (
        "from starmodel import Entity\nfrom pydantic import BaseModel\nclass {}(BaseModel): ..."
    )
    linked = link_sources(
        source.format(name) + f"\nclass Box(Entity):\n    x: {name} | None = None\n"
    )
    assert "SM602" in linked.codes or "SM202" in linked.codes


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("class URLPart(BaseModel): ...", "class UrlPart(BaseModel): ..."),
        ("class BOX(BaseModel): ...", "class Box(BaseModel): ..."),
        ("class Kind(Enum):\n    LOW = 1", "class KIND(Enum):\n    LOW = 1"),
    ],
)
def test_classes_whose_generated_names_are_one(first: str, second: str) -> None:
    names = [each.partition("(")[0].removeprefix("class ") for each in (first, second)]
    fields = "\n".join(
        f"    field{number}: {name} | None = None" for number, name in enumerate(names)
    )
    linked = link_sources(
        "from enum import Enum\nfrom pydantic import BaseModel\nfrom starmodel import Entity\n"
        f"{first}\n{second}\nclass Cart(Entity):\n{fields}\n"
    )
    assert "SM603" in linked.codes
    assert linked.pointed("SM603") in names


@pytest.mark.parametrize("name", ["_", "__Size", "size"])
def test_value_objects_are_written_like_classes(name: str) -> None:
    linked = link_sources(
        "from pydantic import BaseModel\nfrom starmodel import Entity\n"
        f"class {name}(BaseModel): ...\nclass Cart(Entity):\n    part: {name} | None = None\n"
    )
    assert "is written like a function or a variable" in linked.diagnostics[0].message
    assert "SM602" in linked.codes


def test_tables_agree_with_the_libraries() -> None:
    public = {name for name in dir(BaseModel) if not name.startswith(("_", "model_"))}
    assert public == MODEL_ATTRIBUTES


@pytest.mark.parametrize("name", ["model_name", "model_year", "model_go", "modelled"])
def test_names_that_start_like_pydantics_are_free(name: str) -> None:
    linked = link_sources(f"""
        from starmodel import Entity, event
        class Car(Entity):
            {name}: str = ""
        class Van(Entity):
            count: int = 0
            @event
            def {name}(self) -> None:
                self.count += 1
            @event
            def drive(self) -> None:
                self.{name}()
    """)
    assert linked.codes == []
    assert linked.event("Van", "drive").writes


def test_all_of_pydantics_own_names_are_taken() -> None:
    for name in dir(BaseModel):
        if name.startswith("model_"):
            source = f"from starmodel import Entity\nclass Car(Entity):\n    {name}: str = ''\n"
            assert link_sources(source).codes, name
    source = "from starmodel import Entity\nclass Car(Entity):\n    model_dump_all: str = ''\n"
    assert link_sources(source).codes == ["SM602"]
    assert set(pydantic.ConfigDict.__annotations__) <= {*CONFIG_KEYS}
    assert {name for name in starmodel.__all__ if name[0] != "_"} == STARMODEL_NAMES
    assert {name for name in STAR_EXPORTS["pydantic"] if not hasattr(pydantic, name)} == set()
