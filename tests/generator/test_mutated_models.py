"""What the generator accepts is what pydantic makes of it: models with something changed in them.

`STARMODEL_TEST_MUTATIONS` says how many are tried.
"""

import ast
import importlib
import json
import os
import re
import sys
import warnings
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
from like_pydantic import differences
from linked_project import link_sources
from model_mutations import MODEL_MUTATIONS
from mutated_models import MODELS
from pydantic import BaseModel, ValidationError
from source_mutations import MUTATIONS, mutated
from stored_project import settings_of

from starmodel.testing import Client
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.python.import_block import NameClash
from starmodel_generator.emission.render import render_artifact
from starmodel_generator.emission.templating import environment
from starmodel_generator.planning import plan
from starmodel_schemas import AppSchema, EntitySchema

COUNT = int(os.environ.get("STARMODEL_TEST_MUTATIONS", "24"))
FIRST = int(os.environ.get("STARMODEL_TEST_FIRST", "0"))
FAILED = object()
VALUES: tuple[Any, ...] = (
    *(None, "", " ", "a", " a ", "abc", "abcdef", "ABC", "3", "-1", "0.5", "1.005", "x" * 61),
    *(0, 1, 2, 3, 5, 7, -1, 1.5, 0.1, 10**19, True, False, "red", "G", "mail", "2026-01-31"),
    *("2026-01-31T10:00:00Z", "2026-01-31T10:00:00", "10:00:00", "PT1H", "ann@example.com"),
    *("https://example.com/a", "192.0.2.1", "12345678-1234-5678-1234-567812345678", "YWI="),
    *([], [1], [1, 1], ["a"], [1, "a"], [[1]], [None], ["2026-01-31"], {}, {"a": 1}, {"1": 2}),
    *({"a": None}, {"value": 1}, {"sku": "a", "count": "2"}, {"street": "s", "number": None}),
    *({"kind": "lost", "fee": "1.5"}, {"kind": "kept", "days": 2}, {"kind": "none"}, {"at": 1}),
    *([{"at": 1}], {"name": "Ann", "age": 3}, {"name": "Ann", "more": 1}, {"title": "t"}, "mailx"),
)


@pytest.mark.parametrize("name", MODELS)
def test_the_models_are_right(name: str, tmp_path: Path) -> None:
    tried = Tried(f"right_{name}", tmp_path, MODELS[name])
    assert tried.is_accepted, tried.diagnostics
    assert tried.problems() == []


@pytest.mark.parametrize("seed", range(FIRST, FIRST + COUNT))
def test_what_is_accepted_is_what_pydantic_makes_of_it(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    name = random.choice(list(MODELS))
    text = MODELS[name]
    done: list[str] = []
    for _ in range(random.choice((1, 1, 1, 2, 2, 3))):
        mutation = random.choice(MODEL_MUTATIONS if random.random() < 0.9 else MUTATIONS)
        changed = mutated(text, mutation, random.randrange(10**6))
        if changed is not None:
            text, done = changed, [*done, mutation.__name__]
    tried = Tried(f"mutated_{seed}", tmp_path, text)
    if tried.is_accepted:
        assert tried.problems() == [], f"{name}, {done}\n{tried.changes(MODELS[name])}"


class Tried:
    """A module of entities, what the generator says of it, and what becomes of it in Python."""

    def __init__(self, package: str, folder: Path, text: str) -> None:
        self.package = package
        self.folder = folder
        self.text = text
        linked = link_sources({f"{package}/entities.py": text}, entities=f"{package}/entities")
        self.diagnostics = [f"{each.code}: {each.message}" for each in linked.diagnostics]
        self.is_accepted = all(each.severity != "error" for each in linked.diagnostics)
        self.schema = linked.schema

    def changes(self, source: str) -> str:
        """Return what is not as in the source that it was made from."""
        before = ast.unparse(ast.parse(source)).splitlines()
        after = ast.unparse(ast.parse(self.text)).splitlines()
        return "\n".join(unified_diff(before, after, lineterm="", n=4))

    def problems(self) -> list[str]:
        """Return where Python, pydantic and the generated code disagree."""
        assert self.schema is not None
        try:
            files = self.files(self.schema)
        except NameClash:
            return []
        for path, text in {**files, f"{self.package}/entities.py": self.text}.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        (self.folder / self.package / "__init__.py").write_text("")
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            patch.setattr(sys, "path", [str(self.folder), *sys.path])
            patch.setenv("STARMODEL_DATABASE_URL", "sqlite://")
            patch.setenv("STARMODEL_SECRET_KEY", "a secret for tests, known to everybody")
            importlib.invalidate_caches()
            try:
                return list(self._found(self.schema, files))
            finally:
                for name in [name for name in sys.modules if name.split(".")[0] == self.package]:
                    del sys.modules[name]

    def files(self, schema: AppSchema) -> dict[str, str]:
        settings = settings_of(f"{self.package}.generated")
        context, templates = Context(schema, settings), environment()
        return {
            str(artifact.path): render_artifact(artifact, context, templates)
            for artifact in plan(schema, settings)
        }

    def _found(self, schema: AppSchema, files: dict[str, str]) -> Iterator[str]:
        try:
            module = importlib.import_module(f"{self.package}.entities")
        except Exception as error:
            yield f"cannot be imported: {error!r}"
            return
        yield from differences(schema, module)
        for path in files:
            if path.endswith(".py"):
                name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                try:
                    importlib.import_module(name)
                except Exception as error:
                    yield f"{name} cannot be imported: {error!r}"
                    return
        app = importlib.import_module(f"{self.package}.generated.app").create_app()
        with Client(app) as client:
            for entity in schema.entities:
                yield from self._over_http(entity, getattr(module, entity.name), client)

    def _over_http(self, entity: EntitySchema, cls: Any, client: Client) -> Iterator[str]:
        prefix = f"{self.package}.generated.{entity.snake_name}"
        projected = getattr(
            importlib.import_module(f"{prefix}.state"), f"{entity.snake_name}_state"
        )
        sent_as = {field.name: field.sent_as or field.name for field in entity.fields}

        def state_of(made: Any) -> dict[str, Any]:
            return {
                sent_as.get(str(name)) or name: value for name, value in projected(made).items()
            }

        path = f"/{entity.snake_name}"
        if entity.scope == "SESSION":
            made = as_stored(cls())
            answer = client.get(path)
            if answer.status != 200 or not self.same(answer.json["state"], state_of(made), made):
                yield f"{path}: {answer.text}, and for pydantic {state_of(made)}"
        if "create" not in entity.crud:
            return
        random = Random(entity.name)
        base = base_values(cls)
        if base is None:
            return
        for field in entity.fields:
            if field.computed or not field.writable or field.identity or field.now:
                continue
            if field.private and not field.write_only:
                continue
            if field.name == "id":
                continue
            # Ids are those of records, and bytes are Base64 here.
            if any(name in field.type.model_dump_json() for name in ('"ref"', '"bytes"')):
                continue
            name = field.read_as or field.name
            for value in random.sample(VALUES, 10):
                made = of_pydantic(cls, {**base, name: value})
                if made is FAILED:
                    continue
                answer = client.post(path, {**base, name: value})
                told = f"{entity.name}.{field.name} of {value!r}: {answer.status}: {answer.text}"
                if answer.status not in (201, 422):
                    if answer.status != 409:
                        yield told
                elif (made is None) != (answer.status == 422):
                    if not (made is not None and is_stricter(made, field.name, value)):
                        yield f"{told} and {made!r} for pydantic"
                elif made is not None:
                    state = answer.json["state"]
                    if not self.same(state, state_of(made), made):
                        yield f"{told}, and {state_of(made)}"
                    if "id" in state:
                        kept = client.get(f"{path}/{state['id']}").json["state"]
                        if kept != state:
                            yield f"{told}, and is {kept} once it is stored"

    def same(self, ours: dict[str, Any], theirs: dict[str, Any], made: Any) -> bool:
        """Return whether a state is that of what pydantic has made, but for an id of its own."""
        return same_state(ours, theirs, made, hides=_HIDING.search(self.text) is not None)


_HIDING = re.compile("(private|write_only)=True")


def of_pydantic(cls: Any, values: dict[str, Any]) -> Any:
    """Return the instance; `None` where pydantic refuses, and `FAILED` where a validator fails."""
    try:
        made = as_stored(cls.model_validate_json(json.dumps(values)))
        made.model_dump_json(warnings=False)
        return made
    except ValidationError:
        return None
    except Exception:
        return FAILED


def as_stored(made: Any) -> Any:
    """Return the instance as it is validated before it is stored: its defaults as well."""
    return made.model_validate({**vars(made)}, by_name=True, by_alias=False)


def is_stricter(made: Any, field: str, value: Any) -> bool:
    """Return whether what pydantic has taken is what is refused on purpose."""
    if isinstance(getattr(made, field), bytes):
        return True
    text = repr(value)
    written = repr(getattr(made, field))
    return (
        ("True" in text or "False" in text)
        or ("datetime.time(" in written and "tzinfo" in written)
        or str(10**19) in text
    )


def base_values(cls: type[BaseModel]) -> dict[str, Any] | None:
    """Return values for the fields that are required, which pydantic takes."""
    given: dict[str, Any] = {}
    for _ in range(12):
        try:
            cls.model_validate_json(json.dumps(given))
            return given
        except ValidationError as error:
            missing = [each["loc"][0] for each in error.errors() if each["type"] == "missing"]
            if not missing:
                return None
            name = str(missing[0])
            for value in VALUES:
                try:
                    cls.model_validate_json(json.dumps({**given, name: value}))
                except ValidationError as refused:
                    if any(each["loc"][:1] == (name,) for each in refused.errors()):
                        continue
                except Exception:
                    continue
                given[name] = value
                break
            else:
                return None
    return None


def same_state(ours: dict[str, Any], theirs: dict[str, Any], made: Any, *, hides: bool) -> bool:
    """Return whether a state is the `theirs` of the projection, and what pydantic writes.

    `hides` says that parts of value objects may be private, which pydantic knows nothing of.
    """
    expected = json.loads(json.dumps(theirs))
    by_alias = made.model_config.get("serialize_by_alias", True)
    written = json.loads(made.model_dump_json(by_alias=by_alias, warnings=False))
    return (
        {**expected, "id": 0} == {**ours, "id": 0}
        and set(ours) - {"id"} <= set(written)
        and all(alike(ours[name], written[name], hides) for name in ours if name != "id")
    )


def alike(ours: Any, theirs: Any, hides: bool) -> bool:
    """Return whether a value is sent as pydantic sends it, but for durations and bytes."""
    match ours, theirs:
        case list(), list():
            return len(cast("list[Any]", ours)) == len(cast("list[Any]", theirs))
        case dict(), dict():
            one, other = cast("dict[str, Any]", ours), cast("dict[str, Any]", theirs)
            has_all = set(one) <= set(other) if hides else set(one) == set(other)
            return has_all and all(alike(one[name], other[name], hides) for name in one)
        case str() | float(), _:
            return True
        case _:
            return type(ours) is not type(theirs) or ours == theirs
