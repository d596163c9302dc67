"""What the standard library and pydantic have, asked of themselves.

Both are imported where their attributes are needed, for they are what the generator runs on. A
file of the author's that hides one of their modules is never imported: only what stands in
Python's own folders is.
"""

import importlib
import importlib.util
import inspect
import os
import sys
import sysconfig
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from enum import Enum
from functools import cache
from importlib.machinery import ModuleSpec
from inspect import Parameter
from types import ModuleType
from typing import Any, cast, get_args

from pydantic import BaseModel

from starmodel_generator.analysis.facts import CallShape
from starmodel_generator.linking.names.externals import STARMODEL_NAMES
from starmodel_schemas.entity import ScopeName, StoreName

# Importing these does something: it opens a browser or a window, prints, runs tests.
_NEVER_IMPORTED = frozenset(
    {"__main__", "antigravity", "idlelib", "test", "this", "tkinter", "turtle", "turtledemo"}
)
_STARMODEL_MEMBERS = {
    "Access": frozenset({"AUTHENTICATED", "PUBLIC"}),
    "Scope": frozenset(get_args(ScopeName)),
    "StateStore": frozenset(get_args(StoreName)),
}
_STARMODEL_TYPES = frozenset({"starmodel.Many", "starmodel.One", "starmodel.Ref"})

# An app may run on a newer Python than the one that generates its code.
_NEWER = frozenset(
    {
        *("calendar.Day", "calendar.Month", "collections.abc.Buffer", "copy.replace"),
        *("functools.Placeholder", "itertools.batched", "math.fma", "math.sumprod"),
        *("types.CapsuleType", "types.get_original_bases", "typing.NoDefault", "typing.ReadOnly"),
        *("typing.TypeAliasType", "typing.TypeIs", "typing.evaluate_forward_ref"),
        *("typing.get_protocol_members", "typing.is_protocol", "typing.override"),
        *("uuid.MAX", "uuid.NIL", "uuid.uuid6", "uuid.uuid7", "uuid.uuid8"),
        *("warnings.deprecated", "datetime.date.strptime", "datetime.time.strptime"),
        *("decimal.Decimal.from_number", "fractions.Fraction.from_number"),
    }
)
_LIBRARY = tuple(
    os.path.realpath(sysconfig.get_path(name)) + os.sep for name in ("stdlib", "platstdlib")
)


def has_attribute(name: str) -> bool | None:
    """Return whether a dotted name leads to something; `None` where that is not known.

    Modules and classes are looked into, and no other values: what those have may change.
    """
    parts = name.split(".")
    if parts[0] == "starmodel":
        return _has_starmodel(parts)
    if name in _NEWER:
        return True
    current: object = _module(parts[0])
    if current is None:
        return None
    for index, part in enumerate(parts[1:], start=1):
        if not isinstance(current, ModuleType | type):
            return None
        try:
            current = getattr(current, part)
        except AttributeError:
            if not isinstance(current, ModuleType):
                return False
            found = _module(".".join(parts[: index + 1]))
            if found is None:
                return _find(".".join(parts[: index + 1])) is not None
            current = found
    return True


def is_callable(name: str) -> bool:
    """Return whether a name from outside is known to be a class, a function or a type."""
    if name.startswith(("typing.", "typing_extensions.")) or name in _STARMODEL_TYPES:
        return True
    return callable(_object(name))


def call_problem(name: str, call: CallShape) -> str | None:
    """Return why a call of something from outside fails, as the end of a sentence.

    `None` where it does not, or where nobody knows. An argument of an unknown name counts only
    where it is much like one that is known: another version may have it.
    """
    found = _object(name)
    if not callable(found) or (isinstance(found, type) and issubclass(found, Enum | BaseModel)):
        return None
    try:
        parameters = list(inspect.signature(cast("Callable[..., Any]", found)).parameters.values())
    except (TypeError, ValueError):
        return None
    kinds = {each.kind for each in parameters}
    positional = [each for each in parameters if each.kind in _POSITIONAL]
    named = [each.name for each in parameters if each.kind in _NAMED]
    if call.positional > len(positional) and Parameter.VAR_POSITIONAL not in kinds:
        return f"with {call.positional} arguments by position, but it takes {len(positional)}"
    for keyword in call.keywords:
        near = get_close_matches(keyword, named, n=1, cutoff=0.7)
        if keyword not in named and near and Parameter.VAR_KEYWORD not in kinds:
            return f"with `{keyword}=`, which it does not take (it takes `{near[0]}=`)"
    given = {each.name for each in positional[: call.positional]} | set(call.keywords)
    if call.is_open:
        return None
    for each in parameters:
        is_variadic = each.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
        if each.default is Parameter.empty and not is_variadic and each.name not in given:
            return f"without `{each.name}`"
    return None


_POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_NAMED = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


def names_of(name: str) -> tuple[str, ...]:
    """Return the names that a module or a class from outside has, as far as it is known."""
    parts = name.split(".")
    if parts == ["starmodel"]:
        return tuple(sorted(STARMODEL_NAMES))
    current = _object(name)
    return () if current is None else tuple(each for each in dir(current) if each[:1] != "_")


def exported(module: str) -> frozenset[str] | None:
    """Return what `from module import *` binds; `None` where that is not known."""
    if module == "starmodel":
        return STARMODEL_NAMES
    found = _module(module)
    if found is None:
        return None
    names: Iterable[str] = getattr(found, "__all__", None) or vars(found)
    return frozenset(each for each in names if hasattr(found, "__all__") or each[:1] != "_")


def near_module(name: str) -> str | None:
    """Return the module that the first part of a name must have been meant to be.

    `None` where a module of that name may be there, or nothing is like it.
    """
    root = name.partition(".")[0]
    if not root or root in sys.stdlib_module_names or _find(root) is not None:
        return None
    known = [each for each in (*sys.stdlib_module_names, *_LIBRARIES) if each[:1] != "_"]
    matches = get_close_matches(root, known, n=1, cutoff=0.8)
    return matches[0] if matches else None


def _object(name: str) -> object:
    """Return what a dotted name leads to; `None` where that is nothing, or not known."""
    root, *parts = name.split(".")
    current: object = _module(root)
    for index, part in enumerate(parts, start=1):
        found = getattr(current, part, None)
        if found is None and isinstance(current, ModuleType):
            found = _module(".".join([root, *parts[:index]]))
        current = found
    return current


_OURS = frozenset(
    {"annotated_types", "pydantic", "pydantic_core", "starmodel", "typing_extensions"}
)
"""What the generator runs on, besides Python."""

_LIBRARIES = ("starmodel", "pydantic", "sqlmodel", "sqlalchemy", "fasthtml", "starlette", "fastapi")


def is_in_library(name: str) -> bool:
    """Return whether a module belongs to the standard library, to pydantic or to StarModel."""
    root = name.partition(".")[0]
    return root in sys.stdlib_module_names or root in _OURS


@cache
def _module(name: str) -> ModuleType | None:
    """Import a module of the standard library or of pydantic; `None` for any other."""
    root = name.partition(".")[0]
    if root in _NEVER_IMPORTED or not is_in_library(name) or root == "starmodel":
        return None
    spec = _find(root)
    if spec is None or (root in sys.stdlib_module_names and not _is_of_python(spec)):
        return None
    try:
        return importlib.import_module(name)
    except Exception:  # A module that cannot be imported here tells nothing.
        return None


@cache
def _find(name: str) -> ModuleSpec | None:
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None


def _is_of_python(spec: ModuleSpec) -> bool:
    if spec.origin in ("built-in", "frozen"):
        return True
    return os.path.realpath(spec.origin or "").startswith(_LIBRARY)


def _has_starmodel(parts: list[str]) -> bool | None:
    """Return whether the runtime, which is not imported, has a name or a module."""
    if len(parts) == 1:
        return True
    if len(parts) > 2:
        members = _STARMODEL_MEMBERS.get(parts[1])
        return None if members is None or parts[2][:1] == "_" else parts[2] in members
    if parts[1] in STARMODEL_NAMES or parts[1][:2] == "__":
        return True
    spec = _find("starmodel")
    folders = () if spec is None else spec.submodule_search_locations or ()
    return spec is None or any(
        os.path.exists(os.path.join(folder, parts[1] + ending))
        for folder in folders
        for ending in (".py", "/__init__.py")
    )
