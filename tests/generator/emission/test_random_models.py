"""What HTTP makes of a value is what pydantic makes of it, or 422: random models, random values.

`STARMODEL_TEST_MODELS` says how many models are tried.
"""

import json
import os
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from crud_project import CrudProject
from pydantic import ValidationError
from random_models import HEAD, Model, random_model, random_value

from starmodel.testing import Client, ClientResponse

JSON = {"accept": "application/json"}
MODELS = int(os.environ.get("STARMODEL_TEST_MODELS", "8"))
AT_ONCE = 25
VALUES = 8


@pytest.fixture(
    scope="module",
    params=[range(first, min(first + AT_ONCE, MODELS)) for first in range(0, MODELS, AT_ONCE)],
    ids=str,
)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[CrudProject, list[Model]]]:
    models = [random_model(seed) for seed in request.param]
    source = "\n\n\n".join([HEAD, *[model.source for model in models]])
    folder = tmp_path_factory.mktemp("random")
    project = CrudProject(folder, f"random{request.param.start}", entities=source)
    project.make(migrated=False)
    project.url = "sqlite://"
    with project.imported():
        yield project, models


def test_http_makes_of_a_value_what_pydantic_makes(
    world: tuple[CrudProject, list[Model]],
) -> None:
    project, models = world
    entities = project.load("entities")
    statuses: list[int] = []
    wrong: list[str] = []
    with Client(project.load("generated.app").create_app()) as client:
        for model in models:
            name = model.name.lower()
            state_of = getattr(project.load(f"generated.{name}.state"), f"{name}_state")
            cls = getattr(entities, model.name)
            random = Random(model.name)
            infos = cls.model_fields
            sent = {each: infos[each].serialization_alias or each for each in infos}
            for field, kind in model.fields.items():
                given = infos[field].validation_alias or field
                for _ in range(VALUES):
                    value = random_value(kind, random)
                    made = of_pydantic(cls, given, value)
                    wanted = None if made is None else state_of(made)
                    wanted = wanted and {sent[each]: wanted[each] for each in wanted}
                    answer = client.post(f"/{name}", {given: value})
                    statuses.append(answer.status)
                    problem = misread(client, answer, name, (given, sent[field]), wanted)
                    if problem and not (answer.status == 422 and is_stricter(made, field)):
                        wrong.append(
                            f"{model.name}.{field}: {kind.written} of {value!r}: {problem}"
                        )
    assert wrong == []
    assert statuses.count(201) > 20 * len(models)
    assert statuses.count(422) > 5 * len(models)


def misread(
    client: Client, answer: ClientResponse, name: str, names: tuple[str, str], wanted: Any
) -> str | None:
    """Return what is wrong with an answer, where pydantic has made `wanted`, or has refused.

    `names` are what a field is read and sent as.
    """
    given, field = names
    if answer.status == 422:
        found = {each["name"] for each in answer.json["errors"]}
        if wanted is not None:
            return f"is refused: {answer.text}"
        return None if found == {given} else f"is refused for {found}"
    if answer.status != 201:
        return answer.text
    if wanted is None:
        return f"is taken: {answer.text}"
    state = answer.json["state"]
    if '"first_name":' in answer.text:
        return f"is sent without the aliases of its parts: {answer.text}"
    expected = json.loads(json.dumps({**wanted, "id": state["id"]}))
    if state != with_aliases(expected):
        return f"is {state[field]!r}, and {expected[field]!r} for pydantic"
    kept = client.get(f"/{name}/{state['id']}").json["state"]
    return None if kept == state else f"is {kept[field]!r} once it is stored"


def with_aliases(value: Any) -> Any:
    """Return a state with the parts of `Named` called as they are sent."""
    text = json.dumps(value)
    return json.loads(text.replace('"first_name":', '"firstName":').replace("is_known", "isKnown"))


def of_pydantic(cls: Any, field: str, value: Any) -> Any:
    """Return the instance that pydantic makes of a value of JSON; `None` where it refuses."""
    try:
        return cls.model_validate_json(json.dumps({field: value}))
    except ValidationError:
        return None


def is_stricter(made: Any, field: str) -> bool:
    """Return whether a database refuses what pydantic has taken: a time of day with a zone."""
    written = repr(getattr(made, field))
    return "datetime.time(" in written and "tzinfo" in written
