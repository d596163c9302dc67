"""`[tool.starmodel]`: what it may say, and what is said about mistakes in it."""

from pathlib import Path

import pytest

from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.project.config import ConfigResult, GeneratorConfig, read_config
from starmodel_generator.project.discovery import find_project, options_text

FULL = """
[project]
name = "shop"

[tool.starmodel]
entities = ["shop/entities", "./shop/more.py"]
output = "shop/generated/"
client_output = "clients/python/shop_client"
web = "starlette"
app = "shop.main:app"
title = "The shop"
home = false
health = false
logs = "json"
metrics = true
traces = true
mcp = ["counter.*", "product.find"]
jsonrpc = "/rpc"
websocket = true
navigation = "shop.look:NAVIGATION"
ui = "shop.look:Kit"
frontend = "htmx"
datastar_url = "/static/datastar.js"
htmx_url = "/static/htmx.js"
htmx_sse_integrity = "sha384-def"
datastar_integrity = "sha384-abc+/="
trusted_origins = ["https://shop.test"]
respond = "ack"
memory = "per process"
bus = "shop.bus:AuditedBus"
stores = "shop.stores:STORES"
targets = ["openapi"]

[tool.starmodel.providers]
"shop.mail.Mailer" = "shop.mail:make_mailer"

[tool.other]
entities = 1
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "shop/entities").mkdir(parents=True)
    (tmp_path / "shop/more.py").touch()
    (tmp_path / "shop/notes.txt").touch()
    return tmp_path


def read(root: Path, text: str, file: str = "pyproject.toml") -> ConfigResult:
    (root / file).write_text(text)
    project = find_project(str(root / "shop"))
    assert project is not None
    return read_config(project)


def configured(root: Path, text: str, file: str = "pyproject.toml") -> GeneratorConfig:
    result = read(root, text, file)
    assert result.diagnostics == ()
    assert result.config is not None
    return result.config


def mistakes(root: Path, *lines: str) -> tuple[Diagnostic, ...]:
    text = "\n".join(["[tool.starmodel]", 'entities = ["shop/entities"]', *lines])
    result = read(root, text)
    assert (result.config is None) == bool(result.diagnostics)
    return result.diagnostics


def test_every_setting(root: Path) -> None:
    config = configured(root, FULL)
    assert config == GeneratorConfig(
        root=root,
        file="pyproject.toml",
        options=config.options,
        entities=("shop/entities", "shop/more.py"),
        output="shop/generated",
        client_output="clients/python/shop_client",
        web="starlette",
        app="shop.main:app",
        title="The shop",
        home=False,
        health=False,
        logs="json",
        metrics=True,
        traces=True,
        mcp=("counter.*", "product.find"),
        jsonrpc="/rpc",
        websocket=True,
        ui="shop.look:Kit",
        frontend="htmx",
        datastar_url="/static/datastar.js",
        datastar_integrity="sha384-abc+/=",
        htmx=(("htmx_url", "/static/htmx.js"), ("htmx_sse_integrity", "sha384-def")),
        trusted_origins=("https://shop.test",),
        respond="ack",
        memory="per process",
        providers=(("shop.mail.Mailer", "shop.mail:make_mailer"),),
        adapters=(
            ("stores", "shop.stores:STORES"),
            ("bus", "shop.bus:AuditedBus"),
            ("navigation", "shop.look:NAVIGATION"),
        ),
        targets=("openapi",),
    )
    assert (config.package, config.served) == ("shop.generated", "shop.main:app")


def test_defaults(root: Path) -> None:
    config = configured(root, '[tool.starmodel]\nentities = ["shop/entities"]\n')
    assert (config.output, config.client_output) == ("shop/generated", "shop/generated/client")
    assert (config.web, config.respond) == ("fasthtml", "patch")
    assert config.served == "shop.generated.app:create_app"


def test_a_bus_by_its_name(root: Path) -> None:
    config = configured(root, '[tool.starmodel]\nentities = ["shop/entities"]\nbus = "redis"\n')
    assert (config.bus, config.adapters) == ("redis", ())


def test_starmodel_toml_wins_and_has_no_table(root: Path) -> None:
    (root / "pyproject.toml").write_text(FULL)
    config = configured(root, 'entities = ["shop/more.py"]\n', "starmodel.toml")
    assert (config.file, config.entities) == ("starmodel.toml", ("shop/more.py",))


def test_a_src_folder_is_no_part_of_names(root: Path) -> None:
    (root / "src/shop").mkdir(parents=True)
    config = configured(root, '[tool.starmodel]\nentities = ["src/shop"]\noutput = "src/shop/g"\n')
    assert config.package == "shop.g"


def test_an_unknown_key_is_shown_where_it_stands_with_the_nearest(root: Path) -> None:
    (found,) = mistakes(root, 'outptu = "shop/generated"')
    assert (found.code, found.help) == ("SM002", "did you mean `output`?")
    assert found.span is not None
    assert (found.span.path, found.span.line, found.span.column) == ("pyproject.toml", 3, 1)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("output = 1", "expected a text, found a number"),
        ('output = ""', "expected a text, found an empty text"),
        ('frontend = "htmx 4"', "`htmx 4` is not a front end's name, or one of your own"),
        ('htmx_url = "static/htmx.js"', "`static/htmx.js` is not a URL"),
        ('htmx_integrity = "abc"', "`abc` is not like `sha384-...`"),
        ('output = "../elsewhere"', "no path within the project"),
        ('output = "/tmp/out"', "no path within the project"),
        ('output = "shop\\\\generated"', "no path within the project"),
        ('output = "shop/my-code"', "`my-code` in `shop/my-code` cannot be a Python package"),
        ('output = "shop/class"', "cannot be a Python package"),
        ('output = "shop"', "holds the entities"),
        ('client_output = "shop/generated"', "holds the generated package"),
        ('web = "flask"', "`flask` is none of `fasthtml`, `starlette`, `fastapi`"),
        ('respond = "maybe"', "`maybe` is none of `patch`, `ack`"),
        ('app = "shop.main"', "not of the form `module:name`"),
        ('home = "no"', "expected true or false, found a text"),
        ("home = 0", "expected true or false, found a number"),
        ('navigation = "shop"', "not of the form `module:name`"),
        ("navigation = 1", "expected true or false, found a number"),
        ('bus = "shop bus:Bus"', "not of the form `module:name`"),
        ('bus = "shop bus"', "`shop bus` is not a bus by its name"),
        ('memory = "shared"', "`shared` is none of `one process`, `per process`"),
        ('ui = "shop look:Kit"', "is not a kit's name"),
        ('datastar_url = "javascript:alert(1)"', "is not a URL"),
        ('datastar_integrity = "md5-x"', "is not like `sha384-...`"),
        ('trusted_origins = "https://a.test"', "expected a list of texts"),
        ('trusted_origins = ["a.test"]', "is no origin"),
        ("targets = [1]", "expected a list of texts"),
        ('providers = "x"', "expected a table"),
        ('providers = {Mailer = "shop:make"}', "is no type with its module"),
        ('providers = {"shop.Mailer" = "make"}', "names no function"),
    ],
)
def test_each_mistake_names_the_file_the_key_and_the_line(
    root: Path, line: str, problem: str
) -> None:
    (found,) = mistakes(root, line)
    assert found.code == "SM003"
    assert problem in found.message
    assert found.message.startswith(f"`{line.split()[0]}`")
    assert found.span is not None and found.span.line == 3


def test_entities_that_are_not_there(root: Path) -> None:
    result = read(root, '[tool.starmodel]\nentities = ["shop/entites", "shop/notes.txt"]\n')
    assert [(found.message, found.help) for found in result.diagnostics] == [
        (
            "`entities`: there is no file or folder `shop/entites`",
            "did you mean `shop/entities`?",
        ),
        ("`entities`: `shop/notes.txt` is no Python file", None),
    ]


def test_all_mistakes_are_told_at_once(root: Path) -> None:
    found = mistakes(root, "outptu = 1", 'web = "flask"', 'app = "x"')
    assert [mistake.code for mistake in found] == ["SM003", "SM003", "SM002"]


def test_a_file_that_is_no_toml(root: Path) -> None:
    (found,) = read(root, "[tool.starmodel]\nentities = [shop]\n").diagnostics
    assert found.code == "SM003" and "is not valid TOML" in found.message
    assert found.span is not None and found.span.line == 2


def test_the_part_of_pyproject_that_counts() -> None:
    text = (
        b'[project]\nname = "a"\n[tool.starmodel]\nweb = "x"\n\n[tool.starmodel.providers]\na=1\n'
    )
    part = options_text(text + b"[tool.black]\nline-length = 1\n")
    assert part == options_text(text.replace(b'"a"', b'"b"'))
    assert part is not None and part.startswith(b"[tool.starmodel]") and part.endswith(b"a=1")
    assert options_text(b'[project]\ndependencies = ["starmodel"]\n') is None
    # Where lines do not tell, everything counts.
    for written in (b"[tool]\nstarmodel.web = 'x'\n", b"[ tool.starmodel ]\nweb = 'x'\n"):
        assert options_text(written) == written
