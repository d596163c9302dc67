"""Where templates come from, and what they may use: no silent gaps, no escaping, one filter.

A wheel has them compiled; a checkout, or a Jinja of another version, keeps what it has compiled
beside them, as Python does with its modules.
The filter is imported when templates are loaded, so that building needs only Jinja.
"""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

import jinja2
from jinja2 import (
    BaseLoader,
    BytecodeCache,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    ModuleLoader,
    StrictUndefined,
)

TEMPLATES = Path(__file__).with_name("templates")
COMPILED = "compiled_templates"
_VERSION = "jinja2.txt"


@functools.cache
def environment() -> Environment:
    """Return what loads templates, each once for a process."""
    from starmodel_generator.emission.python.layout import lay_out

    loader = _loader()
    return _environment(
        loader,
        None if isinstance(loader, ModuleLoader) else _bytecode_cache(),
        lay_out=lay_out,
    )


def compile_templates(folder: Path) -> None:
    """Write every template as a Python module into a folder, with the version of Jinja."""
    templates = _environment(FileSystemLoader(TEMPLATES, encoding="utf-8"), None, lay_out=str)
    templates.compile_templates(folder, extensions=["j2"], zip=None, ignore_errors=False)
    (folder / _VERSION).write_text(jinja2.__version__, encoding="utf-8")


def _loader() -> BaseLoader:
    compiled = Path(__file__).with_name(COMPILED)
    version = compiled / _VERSION
    if version.is_file() and version.read_text(encoding="utf-8") == jinja2.__version__:
        return ModuleLoader(compiled)
    return FileSystemLoader(TEMPLATES, encoding="utf-8")


def _bytecode_cache() -> BytecodeCache | None:
    """Return where compiled templates are kept, each by a hash of its text.

    Never in a project: what is read from there runs, and a project may come from anywhere.
    """
    folder = TEMPLATES.with_name("__pycache__")
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    if not os.access(folder, os.W_OK):
        return None
    return FileSystemBytecodeCache(str(folder), f"jinja2-{jinja2.__version__}-%s.cache")


def _environment(
    loader: BaseLoader, bytecode_cache: BytecodeCache | None, **filters: Callable[..., str]
) -> Environment:
    templates = Environment(
        loader=loader,
        bytecode_cache=bytecode_cache,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # The target is Python; `quoting` makes texts safe.
    )
    cast("dict[str, Callable[..., str]]", templates.filters).update(filters)
    return templates
