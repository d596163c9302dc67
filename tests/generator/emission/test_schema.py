"""schema.json is canonical, local in its changes, and reads back into the same values."""

import json

import pytest
from corpus import COUNTER_APP, drawn, written

from starmodel_generator.emission.schema_json import schema_text
from starmodel_schemas import AppSchema


@pytest.mark.parametrize(
    "app", [case[0] for case in (*written(), *drawn(range(8)), *drawn(range(8, 12), hostile=True))]
)
def test_it_reads_back(app: AppSchema) -> None:
    text = schema_text(app)
    assert AppSchema.model_validate(json.loads(text)) == app
    assert text.endswith("}\n")
    assert text.isascii()
    assert text == json.dumps(json.loads(text), indent=2) + "\n"


def test_one_leaf_a_line_and_nothing_that_is_as_by_default() -> None:
    lines = schema_text(COUNTER_APP).splitlines()
    assert lines[:4] == ["{", '  "version": 1,', '  "entities": [', "    {"]
    assert sum('"name": "count"' in line for line in lines) == 1
    assert not any("private" in line or "null" in line for line in lines)


def test_a_change_of_one_value_changes_one_line() -> None:
    entity = COUNTER_APP.entities[0]
    changed = entity.model_copy(update={"doc": "Another."})
    before = schema_text(COUNTER_APP).splitlines()
    after = schema_text(AppSchema(entities=(changed,))).splitlines()
    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == [
        ('      "doc": "A counter of one\'s own.",', '      "doc": "Another.",')
    ]
