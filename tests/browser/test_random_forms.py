"""What nobody touched in a form is never changed by saving it: records of random fields.

`STARMODEL_TEST_ROUNDS=100` tries as many entities instead of a few.
"""

import json
import os
import random
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, expect
from served_app import ServedApp, generate, run_starmodel
from stocked_project import DATABASE, url_of

from .visitor import Arrive, visiting

SEED = 20260314
SCHEMAS = int(os.environ.get("STARMODEL_TEST_ROUNDS", "12"))

HEAD = '''"""Records of random fields."""

from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, NaiveDatetime

from starmodel import Access, Entity, EntityConfig, Field, StateStore


Price = Annotated[Decimal, Field(max_digits=18, decimal_places=6)]
Prose = Annotated[str, Field(max_length=900)]


class Level(Enum):
    """How hard it is."""

    EASY = 1
    HARD = 2

'''

TEXTS = (
    *(
        "",
        " ",
        "a",
        "a\nb",
        "a\r\nb\n",
        "\n a",
        "[",
        "{}",
        "__proto__",
        "null",
        "true",
        "-0",
        "1e3",
    ),
    *("\t", "\u2028", "\u00a0x", "<b>&amp;\"'", "\U0001f600", "e\u0301", "a.b", "0", "x" * 300),
)
TIMES = ("00:00:00", "09:30:00", "09:30:05", "23:59:59.999999", "09:30:05.250000")
DAYS = ("0001-01-01", "2026-03-14", "9999-12-31")
FLOATS = (0.0, -0.0, 1e300, 1e-7, 2.5, -1.0, 123456789.123)

Make = Callable[[random.Random], Any]


def one_of(values: Any) -> Make:
    return lambda chance: chance.choice(values)


SINGLES: dict[str, Make] = {
    "str": one_of(TEXTS),
    "int": one_of((0, -1, 7, 12345678901234567)),
    "float": one_of(FLOATS),
    "Price": one_of(("0", "0.10", "-1.50", "1234567890.10", "0.000001")),
    "bool": one_of((True, False)),
    "date": one_of(DAYS),
    "time": one_of(TIMES),
    "NaiveDatetime": lambda chance: f"{chance.choice(DAYS)}T{chance.choice(TIMES)}",
    "AwareDatetime": lambda chance: (
        f"2026-03-14T{chance.choice(TIMES)}{chance.choice(('Z', '+05:30', '-11:00'))}"
    ),
    "timedelta": one_of((0, 1, 0.000001, 5400, 360000.5, -1.5)),
    "UUID": one_of(("123e4567-e89b-12d3-a456-426614174000",)),
    "Level": one_of((1, 2)),
    "Literal['a', 'b c']": one_of(("a", "b c")),
}
KEYS = ("str", "int", "Level")
"""What a mapping may be by here."""


def some(make: Make, most: int = 3) -> Make:
    return lambda chance: [make(chance) for _ in range(chance.randint(0, most))]


def optional(make: Make) -> Make:
    return lambda chance: None if chance.random() < 0.5 else make(chance)


def pairs(key: Make, value: Make) -> Make:
    return lambda chance: {str(key(chance)): value(chance) for _ in range(chance.randint(0, 3))}


class Schema:
    """An entity of random fields, and the value objects that are parts of it.

    Args:
        number: Which of them.
        chance: Where the fields come from.
    """

    def __init__(self, number: int, chance: random.Random) -> None:
        self.chance = chance
        self.name = f"Thing{number}"
        self.classes: list[str] = []
        self.fields = [self._field(depth=0) for _ in range(chance.randint(2, 9))]

    def source(self) -> str:
        """Return the classes as Python."""
        head = "model_config = EntityConfig("
        lines = [
            f"class {self.name}(Entity):",
            '    """Something."""',
            "",
            f"    {head}store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)",
            "",
            "    marker: int = 0",
            *[f"    f{place}: {field[0]}" for place, field in enumerate(self.fields)],
        ]
        return "\n\n\n".join([*self.classes, "\n".join(lines)])

    def value(self) -> dict[str, Any]:
        """Return what a record is made of."""
        return {f"f{place}": make(self.chance) for place, (_, make) in enumerate(self.fields)}

    def _field(self, depth: int) -> tuple[str, Make]:
        chance = self.chance
        kind = chance.choice(("one", "one", "maybe", "list", "dict", "object", "objects", "bytes"))
        name = chance.choice(list(SINGLES))
        make = SINGLES[name]
        if kind == "maybe":
            return f"{name} | None", optional(make)
        if kind == "list":
            item = chance.choice(("str", name))
            # Texts as long as this have a row each, others a line.
            written = "Prose" if item == "str" and chance.random() < 0.5 else item
            return f"list[{written}]", some(SINGLES[item])
        if kind == "dict":
            key = chance.choice(KEYS)
            return f"dict[{key}, {name}]", pairs(SINGLES[key], make)
        if kind in ("object", "objects") and depth < 2:
            cls, parts = self._object(depth)
            return (cls, parts) if kind == "object" else (f"list[{cls}]", some(parts))
        if kind == "bytes" and depth == 0:
            return "bytes", one_of(("", "AP8=", "YQ=="))
        return name, make

    def _object(self, depth: int) -> tuple[str, Make]:
        count = self.chance.randint(1, 4)
        parts = {f"p{place}": self._field(depth + 1) for place in range(count)}
        name = f"{self.name}Part{len(self.classes)}"
        lines = [f"    {part}: {source}" for part, (source, _) in parts.items()]
        self.classes.append(
            "\n".join([f"class {name}(BaseModel):", '    """Parts."""', "", *lines])
        )
        return name, lambda chance: {part: make(chance) for part, (_, make) in parts.items()}


@pytest.fixture(scope="module")
def schemas() -> list[Schema]:
    chance = random.Random(SEED)
    return [Schema(number, chance) for number in range(SCHEMAS)]


@pytest.fixture(scope="module")
def app(schemas: list[Schema], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    folder = tmp_path_factory.mktemp("random")
    source = folder / "random_entities.py"
    source.write_text(HEAD + "".join(f"\n\n{one.source()}\n" for one in schemas), "utf-8")
    project = tmp_path_factory.mktemp("random_app")
    generate(project, source)
    url = url_of(project / DATABASE)
    for command in (("new", "first"), ("up",)):
        run_starmodel(project, "migrate", *command, STARMODEL_DATABASE_URL=url)
    with ServedApp(project, STARMODEL_DATABASE_URL=url) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    # What the page of a record says to its console is not what is tried here.
    with visiting(browser, app.url, expected=lambda error: True) as arrive:
        yield arrive


def ask(app: ServedApp, method: str, path: str, body: object = None) -> Any:
    request = Request(
        app.url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"accept": "application/json", "content-type": "application/json"},
    )
    try:
        with urlopen(request) as answer:
            return json.loads(answer.read())["state"]
    except HTTPError as error:
        with error:
            raise AssertionError((body, error.read())) from None


@pytest.mark.parametrize("scripts", [True, False])
def test_saving_changes_what_was_touched_and_nothing_else(
    app: ServedApp, schemas: list[Schema], visitor: Arrive, scripts: bool
) -> None:
    somebody = visitor(java_script_enabled=scripts, timezone_id="America/New_York")
    wrong: list[str] = []
    for schema in schemas:
        path = f"/{schema.name.lower()}"
        made = ask(app, "POST", path, schema.value())
        before = ask(app, "GET", f"{path}/{made['id']}")
        page = somebody.open(f"{path}/{made['id']}/edit")
        page.get_by_label("Marker").fill("5")
        page.get_by_role("button", name="Save", exact=True).click()
        try:
            expect(page.get_by_role("link", name="Edit")).to_be_visible(timeout=15000)
        except AssertionError:
            alerts = [text for text in page.get_by_role("alert").all_inner_texts() if text]
            invalid = page.locator("form :invalid").evaluate_all(
                "all => all.map(one => `${one.name} ${one.outerHTML} ${one.value}`)"
            )
            wrong.append(f"{schema.source()}\n{before}\n{alerts} {invalid}")
            continue
        finally:
            # Each page has a live stream, and a browser six connections to a server.
            page.close()
        after = ask(app, "GET", f"{path}/{made['id']}")
        differing = {
            name: (value, after[name])
            for name, value in {**before, "marker": 5}.items()
            if json.dumps(after[name]) != json.dumps(value)
        }
        if differing:
            wrong.append(f"{schema.source()}\n{differing}")
    assert not wrong, "\n\n".join([f"{len(wrong)} of {len(schemas)}", *wrong])
