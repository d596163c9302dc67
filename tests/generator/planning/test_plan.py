"""The plan lists every file of a schema, and nothing else."""

from corpus import COUNTER_APP, settings
from sample_shop import SCHEMA

from starmodel_generator.planning import Artifact, plan


def test_a_counter_gets_one_file_for_each_concern() -> None:
    artifacts = plan(COUNTER_APP, settings("counter"))
    assert [artifact.path for artifact in artifacts] == [
        "counter/generated/counter/__init__.py",
        "counter/generated/counter/state.py",
        "counter/generated/counter/commands.py",
        "counter/generated/counter/routes.py",
        "counter/generated/counter/bindings.py",
        "counter/generated/counter/pages.py",
        "counter/generated/client/counter.py",
        "counter/generated/__init__.py",
        "counter/generated/app.py",
        "counter/generated/client/__init__.py",
        "counter/generated/client/transport.py",
        "counter/generated/schema.json",
    ]
    assert artifacts[1] == Artifact(
        kind="state",
        path="counter/generated/counter/state.py",
        source="counter/entities.py",
        entity="counter.entities.Counter",
    )
    assert artifacts[-1].source == "pyproject.toml"


def test_an_entity_gets_only_the_files_it_has_something_for() -> None:
    silent = SCHEMA.entities[2].model_copy(update={"events": ()})
    app = SCHEMA.model_copy(update={"entities": (silent,)})
    kinds = [artifact.kind for artifact in plan(app, settings("shop")) if artifact.entity]
    assert kinds == ["package", "state", "routes", "bindings", "client"]


def test_paths_are_unique_and_entities_stand_in_their_order() -> None:
    artifacts = plan(SCHEMA, settings("shop"))
    paths = [artifact.path for artifact in artifacts]
    assert len(set(paths)) == len(paths)
    entities = [artifact.entity for artifact in artifacts if artifact.entity]
    assert list(dict.fromkeys(entities)) == [entity.qualified_name for entity in SCHEMA.entities]
