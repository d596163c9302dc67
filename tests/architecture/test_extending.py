"""What CONTRIBUTING.md says of adding something is enough: it is added so, to a copy of the packages.

Only files that the section names are changed. A section that says too little fails here.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("generator", "schemas", "runtime")
CONFIG = '[tool.starmodel]\nentities = ["shop/entities.py"]\noutput = "shop/generated"\n'


class Fork:
    """A copy of the packages, and a project that is generated and served by it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "fork"
        self.project = folder / "project"
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        for name in PACKAGES:
            shutil.copytree(ROOT / name, self.root / name, ignore=ignored)
        shutil.copytree(ROOT / "tests/support", self.root / "tests/support", ignore=ignored)
        shutil.copytree(ROOT / "tests/runtime", self.root / "tests/runtime", ignore=ignored)
        shutil.copy(ROOT / "tests/conftest.py", self.root / "tests")
        shutil.copy(ROOT / "pyproject.toml", self.root)
        self.named: list[str] = []

    def read_section(self, title: str) -> None:
        """Go by a section of CONTRIBUTING.md from here on."""
        text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
        section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
        assert section is not None
        names = re.findall(r"`([\w./<>-]+\.(?:py|j2))`", section[1])
        self.named = [
            (
                name
                if (ROOT / name.split("/")[0]).is_dir()
                else f"generator/starmodel_generator/{name}"
            )
            for name in names
        ]
        missing = [name for name in self.named if "<" not in name and not (ROOT / name).exists()]
        assert not missing, f"CONTRIBUTING.md names files that are not there: {missing}"

    def put(self, anchor: str, text: str) -> None:
        """Replace a line, or a part of one, in the one file of the section that has it."""
        paths = [self.root / name for name in dict.fromkeys(self.named)]
        found = [
            path for path in paths if path.exists() and anchor in path.read_text(encoding="utf-8")
        ]
        assert len(found) == 1, f"{anchor!r} is in {found} of what the section names"
        before = found[0].read_text(encoding="utf-8")
        assert before.count(anchor) == 1, f"{anchor!r} is in {found[0]} more than once"
        found[0].write_text(before.replace(anchor, text), encoding="utf-8")

    def before(self, anchor: str, text: str) -> None:
        """Put text before a line."""
        self.put(anchor, text + anchor)

    def import_in(self, name: str, line: str) -> None:
        """Import something in a file of the section."""
        [place] = [place for place in dict.fromkeys(self.named) if place.endswith(f"/{name}.py")]
        text = (self.root / place).read_text(encoding="utf-8")
        at = re.search(r"^from ", text, re.M)
        assert at is not None
        (self.root / place).write_text(
            text[: at.start()] + line + text[at.start() :], encoding="utf-8"
        )

    def add(self, ending: str, name: str, text: str) -> None:
        """Add a file that the section names as `<kind>.py` or the like."""
        [place] = [place for place in self.named if place.endswith(ending)]
        path = self.root / re.sub(r"<\w+>", name, place)
        assert not path.exists()
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")

    def write_entities(self, text: str) -> None:
        """Write the entities of the project."""
        (self.project / "shop").mkdir(parents=True)
        (self.project / "pyproject.toml").write_text(CONFIG)
        (self.project / "shop/__init__.py").touch()
        (self.project / "shop/entities.py").write_text(dedent(text).lstrip("\n"))

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run Python with the copy, in the project; returns what it says."""
        paths = [self.project, *(self.root / name for name in PACKAGES)]
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.project if self.project.exists() else self.root,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(map(str, paths)),
                "STARMODEL_SECRET_KEY": "a key that is long enough for a test of it",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def generate(self, code: int = 0) -> str:
        return self.run("-m", "starmodel_generator", "generate", code=code)


@pytest.fixture
def fork(tmp_path: Path) -> Fork:
    return Fork(tmp_path)


COUNTER = """
    from starmodel import Entity, EntityConfig, Scope, StateStore, event


    class Counter(Entity):
        model_config = EntityConfig(store=StateStore.SERVER_MEMORY, scope=Scope.SESSION)

        count: int = 0

        @event
        def increment(self, amount: int = 1) -> None:
            self.count += amount
    """

ASK = """
import asyncio, json, sys
import httpx
from shop.generated.app import create_app

async def main():
    app = create_app({options})
    transport = httpx.ASGITransport(app)
    headers = {{"accept": "application/json"}}
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as http:
        await app.services.open()
        for method, url, body in {requests}:
            answer = await http.request(method, url, json=body, headers=headers)
            print(answer.status_code, json.dumps(answer.json(), sort_keys=True))
        await app.services.close()

asyncio.run(main())
"""

SHOW = ASK.replace("json.dumps(answer.json(), sort_keys=True)", "answer.text").replace(
    "application/json", "text/html"
)


def test_a_new_kind_of_generated_file(fork: Fork) -> None:
    fork.read_section("A new kind of generated file")
    fork.before(
        '    EntityRow("bindings",', '    EntityRow("summary", "{output}/{entity}/summary.py"),\n'
    )
    fork.add(
        "<kind>.py",
        "summary",
        '''
        """What an entity has, in one line."""

        from dataclasses import dataclass

        from starmodel_generator.emission.context import Context
        from starmodel_generator.emission.python.literals import python_string
        from starmodel_schemas import EntitySchema


        @dataclass(frozen=True, slots=True)
        class SummaryView:
            text: str


        def summary_view(entity: EntitySchema, context: Context) -> SummaryView:
            names = ", ".join(field.name for field in entity.fields)
            return SummaryView(python_string(f"{entity.name}: {names}"))
        ''',
    )
    fork.add("<kind>.py.j2", "summary", "{{ header }}\nSUMMARY = {{ view.text }}\n")
    fork.before('    "bindings": bindings_view,\n', '    "summary": summary_view,\n')
    fork.before(
        "from starmodel_generator.emission.sql.table_module import",
        "from starmodel_generator.emission.summary import summary_view\n",
    )
    fork.write_entities(COUNTER)
    fork.generate()
    module = fork.project / "shop/generated/counter/summary.py"
    assert module.read_text().endswith('Do not edit.\nSUMMARY = "Counter: count"\n')
    fork.run("-m", "starmodel_generator", "generate", "--check")
    # It belongs to the generator: without its entity it goes.
    text = (fork.project / "shop/entities.py").read_text()
    (fork.project / "shop/entities.py").write_text(text.replace("Counter", "Tally"))
    fork.generate()
    assert not module.exists()
    assert module.parents[1].joinpath("tally/summary.py").exists()


STORE = '''
    """A store in files of JSON, one for each entry."""

    import json
    import pickle
    import time
    from base64 import b64decode, b64encode
    from collections.abc import Callable, Mapping, Sequence
    from hashlib import sha256
    from pathlib import Path
    from tempfile import mkdtemp
    from typing import Any

    from starmodel.application.store import EntityPersistenceBackend, Key, Stored, Write
    from starmodel.errors import Conflict


    class FileStore(EntityPersistenceBackend):
        """Keeps entries in a folder; from one process."""

        def __init__(
            self, folder: Path | None = None, *, clock: Callable[[], float] = time.time
        ) -> None:
            self.folder = folder or Path(mkdtemp())
            self.clock = clock

        def path(self, key: Key) -> Path:
            return self.folder / f"{sha256(json.dumps(key).encode()).hexdigest()}.json"

        def read(self, path: Path) -> dict[str, Any]:
            if not path.exists():
                return {"version": 0, "values": None, "until": None}
            entry = json.loads(path.read_text())
            if entry["until"] is not None and entry["until"] <= self.clock():
                entry["values"] = None
            return entry

        async def load(self, key: Key) -> Stored | None:
            entry = self.read(self.path(key))
            kept = entry["values"]
            return None if kept is None else Stored(pickle.loads(b64decode(kept)), entry["version"])

        async def version(self, key: Key) -> int:
            stored = await self.load(key)
            return 0 if stored is None else stored.version

        async def commit(self, writes: Sequence[Write]) -> list[int]:
            for write in writes:
                if await self.version(write.key) != write.expected:
                    raise Conflict(write.key.entity, write.key.id)
            return [self.save(write) for write in writes]

        def save(self, write: Write) -> int:
            path = self.path(write.key)
            version = self.read(path)["version"] + 1
            values = write.values
            until = None if write.ttl is None or values is None else self.clock() + write.ttl
            kept = None if values is None else b64encode(pickle.dumps(dict(values))).decode()
            entry = {"version": version, "values": kept, "until": until}
            path.write_text(json.dumps(entry))
            return version

        async def delete_expired(self) -> int:
            number = 0
            for path in self.folder.iterdir():
                entry = json.loads(path.read_text())
                if entry["until"] is not None and entry["until"] <= self.clock():
                    entry.update(values=None, until=None)
                    path.write_text(json.dumps(entry))
                    number += 1
            return number
    '''


def test_a_new_store(fork: Fork) -> None:
    fork.read_section("A new store")
    fork.add("<name>.py", "files", STORE)
    fork.before(
        "class TestSQLite(OutboxStoreContract):\n",
        """class TestFiles(StoreContract):
    def make(self, clock: Clock, request: pytest.FixtureRequest) -> EntityPersistenceBackend:
        return FileStore(clock=clock)


""",
    )
    fork.before(
        "from sql_tables import DocumentStore\n",
        "from starmodel.stores.files import FileStore\n",
    )
    contracts = "tests/runtime/contracts/test_store.py"
    said = fork.run("-m", "pytest", "-q", "-p", "no:cacheprovider", contracts, "-k", "files")
    assert re.search(r"\d\d passed", said)


def test_a_store_that_comes_with_starmodel(fork: Fork) -> None:
    fork.read_section("A new store")
    fork.add("<name>.py", "files", STORE)
    fork.put('    CUSTOM = "custom"\n', '    FILES = "files"\n    CUSTOM = "custom"\n')
    fork.put('"CLIENT_LOCAL", "CUSTOM"\n', '"CLIENT_LOCAL", "CUSTOM", "FILES"\n')
    fork.before(
        "        if StateStore.SERVER_MEMORY not in stores:\n",
        "        stores.setdefault(StateStore.FILES, FileStore())\n",
    )
    fork.before(
        "from starmodel.stores.memory import", "from starmodel.stores.files import FileStore\n"
    )
    fork.write_entities(COUNTER.replace("SERVER_MEMORY", "FILES"))
    fork.generate()
    requests = [("POST", "/counter/increment", {"amount": 2}), ("GET", "/counter", None)]
    said = fork.run("-c", ASK.format(options="", requests=requests))
    assert said.count("200 ") == 2
    assert '"count": 2' in said


def test_a_new_rule(fork: Fork) -> None:
    fork.read_section("A new rule")
    fork.before(
        "RENAMED_IN_REDIS = Rule(",
        """VAGUE_EVENT = Rule(
    "SM199",
    "vague-event",
    "error",
    summary="an event is called `do`",
    explanation="Routes and buttons are called as the event is. Name what it does.",
)
""",
    )
    # Checks stand in files by their subject, and the section leaves it open in which.
    fork.add(
        "checks/<subject>_checks.py",
        "vagueness",
        '''
        """Events that say nothing: SM199."""

        from collections.abc import Iterator

        from starmodel_generator.diagnostics.diagnostic import Diagnostic
        from starmodel_generator.linking.linked_app import LinkedApp
        from starmodel_generator.diagnostics.rules.entity_rules import VAGUE_EVENT


        def check_vague_events(app: LinkedApp) -> Iterator[Diagnostic]:
            """SM199: an event is called `do`."""
            for entity in app.entities:
                for event in entity.schema.events:
                    if event.name == "do":
                        text = f"`{entity.schema.name}.do` says nothing"
                        help = "call it after what it does"
                        yield VAGUE_EVENT.report(text, entity.options.place, help=help)
        ''',
    )
    fork.put("    union_checks,\n)", "    union_checks,\n    vagueness_checks,\n)")
    fork.put(
        "    field_checks.check_datetimes,\n",
        "    field_checks.check_datetimes,\n    vagueness_checks.check_vague_events,\n",
    )
    fork.write_entities(COUNTER)
    fork.generate()
    path = fork.project / "shop/entities.py"
    path.write_text(path.read_text().replace("def increment", "def do"))
    said = fork.generate(code=1)
    assert "SM199" in said
    assert "`Counter.do` says nothing" in said
    assert "shop/entities.py:" in said
    assert "Name what it does." in fork.run("-m", "starmodel_generator", "explain", "SM199")


def test_a_new_field_type(fork: Fork) -> None:
    fork.read_section("A new field type")
    new = "Fraction"
    importing = f"from fractions import {new}\n"
    fork.put('    "timedelta",\n    "UUID",\n', f'    "timedelta",\n    "UUID",\n    "{new}",\n')
    fork.before(
        '    "typing.Any": AnyType(),\n', f'    "fractions.{new}": ScalarType(name="{new}"),\n'
    )
    fork.put(
        '        "fasthtml",\n        "functools",\n',
        '        "fasthtml",\n        "fractions",\n        "functools",\n',
    )
    # Defaults, and constants.
    fork.before(
        '        case "date" | "datetime":\n            return isinstance',
        f'        case "{new}":\n            return isinstance(value, {new} | str)\n',
    )
    fork.put("timedelta | timezone | UUID,\n", f"timedelta | timezone | UUID | {new},\n")
    fork.put('    "uuid.UUID": UUID,\n', f'    "uuid.UUID": UUID,\n    "fractions.{new}": {new},\n')
    fork.before(
        "        case datetime():\n            return _call(",
        f"        case {new}():\n            return f'{new}(\"{{value}}\")'\n",
    )
    fork.before(
        '        case datetime():\n            return ("datetime.datetime"',
        f'        case {new}():\n            return ("fractions.{new}",)\n',
    )
    fork.before(
        "        case _:\n            make: Callable",
        f"""        case "{new}":
            return core_schema.no_info_plain_validator_function({new})
""",
    )
    for name in (
        "defaults/default_validation",
        "defaults/default_values",
        "values/constant_folding",
        "names/unparse",
        "values/value",
    ):
        fork.import_in(name, importing)
    # What is written of it.
    fork.put(
        "SCALAR_MODULES = {\n",
        f'SCALAR_MODULES = {{\n    "{new}": "fractions",\n',
    )
    fork.before(
        "            case ScalarType():\n                return self._call(\n",
        f"""            case ScalarType(name="{new}"):
                cls = self.names.use("fractions", "{new}")
                text = self._call("str_schema", [])
                return self._call("no_info_after_validator_function", [cls, text])
""",
    )
    fork.put(
        '_TEXTS = frozenset({"Decimal", "UUID"})',
        f'_TEXTS = frozenset({{"Decimal", "UUID", "{new}"}})',
    )
    fork.before(
        '        if name in {"Decimal", "UUID"}:\n            module =',
        f'        if name == "{new}":\n            return f"{{self.names.use(\'fractions\', name)}}({{value}})"\n',
    )
    fork.before('    "UUID": "123e', f'    "{new}": "1/2",\n')
    fork.put('if name not in {"Decimal", "UUID"}', f'if name not in {{"Decimal", "UUID", "{new}"}}')
    fork.before('    "UUID": "Text",\n', f'    "{new}": "Text",\n')
    # What the runtime keeps and shows.
    fork.put(
        "        timezone,\n        UUID,\n", f"        timezone,\n        UUID,\n        {new},\n"
    )
    fork.before(
        "    if isinstance(value, Ref):\n        return",
        f"    if isinstance(value, {new}):\n        return str(value)\n",
    )
    for name in ("application/copying", "application/json_projection"):
        fork.import_in(name, importing)
    fork.write_entities("""
        from fractions import Fraction

        from starmodel import Entity, EntityConfig, Scope, StateStore, event


        class Recipe(Entity):
            model_config = EntityConfig(store=StateStore.SERVER_MEMORY, scope=Scope.SESSION)

            share: Fraction = Fraction("1/2")
            others: list[Fraction] = []
            rest: Fraction | None = None

            @event
            def move(self, to: Fraction, by: Fraction = Fraction("1/7")) -> Fraction:
                self.others = [*self.others, self.share]
                self.share, self.rest = to, by
                return to
        """)
    fork.generate()
    requests = [
        ("GET", "/recipe", None),
        ("POST", "/recipe/move", {"to": "2/3"}),
        ("POST", "/recipe/move", {"to": "here"}),
    ]
    first, moved, refused = fork.run("-c", ASK.format(options="", requests=requests)).splitlines()
    assert '"share": "1/2"' in first
    assert moved.startswith("200 ")
    for part in ('"share": "2/3"', '"others": ["1/2"]', '"rest": "1/7"'):
        assert part in moved
    assert '"result": "2/3"' in moved
    assert refused.startswith("422 ")
    client = (fork.project / "shop/generated/client/recipe.py").read_text()
    assert "from fractions import Fraction\n" in client
    assert "share: Fraction" in client
    page = fork.run("-c", SHOW.format(options="", requests=[("GET", "/recipe", None)]))
    assert page.startswith("200 ")
    assert ">1/2</dd>" in page
    assert 'value="1/7"' in page


KIT = '''
    """A kit whose buttons are links of a text."""

    from typing import Any

    import htpy as h

    from starmodel.ui.kit import Content, UIAdapter
    from starmodel.ui.template import Renderable


    class BareKit(UIAdapter):
        """Plain elements in `<article>`s."""

        classes = {"button-primary": "bare"}

        def main(self, attributes: Any, content: Content) -> Renderable:
            """Return the element around everything."""
            return h.article[super().main(attributes, content)]
    '''


def test_a_new_kit(fork: Fork) -> None:
    fork.read_section("A new UI kit")
    fork.add("kits/<name>.py", "bare", KIT)
    fork.before(
        "from starmodel.ui.kits.default import", "from starmodel.ui.kits.bare import BareKit\n"
    )
    fork.before('    "default": DefaultKit,\n', '    "bare": BareKit,\n')
    fork.before(
        '        "default": "starmodel.ui.kits.default:',
        '        "bare": "starmodel.ui.kits.bare:BareKit",\n',
    )
    kits = "tests/runtime/ui/test_kit.py"
    said = fork.run("-m", "pytest", "-q", "-p", "no:cacheprovider", kits, "-k", "bare")
    assert re.search(r"\d passed", said)
    fork.write_entities(COUNTER)
    fork.generate()
    choose = "import os\nos.environ['STARMODEL_UI'] = 'bare'\n"
    page = fork.run("-c", choose + SHOW.format(options="", requests=[("GET", "/counter", None)]))
    assert "<article><main" in page
    assert 'class="bare"' in page
