"""What may become of a JSON column without a word, and what has to be said."""

import pytest
from table_schemas import INTEGER, column, database, plain, table

from starmodel_generator.migrations.autodetector import diff_schemas
from starmodel_generator.migrations.json_shape_changes import problems
from starmodel_generator.migrations.migration_plan import MigrationOptions
from starmodel_generator.migrations.writer.description import describe, summary
from starmodel_generator.migrations.writer.revision_text import Revision, revision_text
from starmodel_schemas import Constraints, DatabaseSchema
from starmodel_schemas.json_shape import (
    AgainShape,
    AnyShape,
    ChoicesShape,
    ColumnShape,
    DictShape,
    ListShape,
    ObjectShape,
    OptionalShape,
    PartShape,
    ScalarShape,
    TupleShape,
    UnionShape,
)

INT, STR, FLOAT = ScalarShape(name="int"), ScalarShape(name="str"), ScalarShape(name="float")
AB, ABC = ChoicesShape(values=("a", "b")), ChoicesShape(values=("a", "b", "c"))
WIDTH = PartShape(name="width", shape=INT)


def listed(item: ColumnShape, *, unique: bool = False, **limits: int) -> ListShape:
    return ListShape(item=item, unique=unique, limits=Constraints.model_validate(limits))


def at_least(bound: str) -> ScalarShape:
    return ScalarShape(name="int", limits=Constraints(ge=bound))


def parts(*found: PartShape) -> ObjectShape:
    return ObjectShape(parts=found)


def maybe(item: ColumnShape) -> OptionalShape:
    return OptionalShape(item=item)


def union(*members: ColumnShape) -> UnionShape:
    return UnionShape(members=members)


def mapped(value: ColumnShape, key: ColumnShape = STR) -> DictShape:
    return DictShape(key=key, value=value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (listed(AB), listed(ABC)),
        (AB, STR),
        (parts(WIDTH), parts(WIDTH, PartShape(name="note", shape=STR))),
        (listed(INT), listed(maybe(INT))),
        (
            parts(PartShape(name="width", shape=INT, required=True)),
            parts(PartShape(name="width", shape=maybe(INT))),
        ),
        (INT, union(STR, INT)),
        (union(INT, STR), union(STR, FLOAT)),
        (maybe(INT), union(STR, maybe(INT))),
        (listed(INT), AnyShape()),
        (mapped(INT), mapped(FLOAT)),
        (listed(STR, unique=True), listed(STR)),
        (listed(at_least("0")), listed(at_least("-5"))),
        (listed(STR, max_length=3), listed(STR, max_length=4)),
        (TupleShape(items=(INT, STR)), TupleShape(items=(INT, maybe(STR)))),
        (
            parts(PartShape(name="inner", shape=listed(AgainShape(levels=1)))),
            parts(PartShape(name="inner", shape=listed(AgainShape(levels=1))), WIDTH),
        ),
    ],
)
def test_what_is_only_added(old: ColumnShape, new: ColumnShape) -> None:
    assert [*problems(old, new)] == []
    assert [*problems(old, old)] == [*problems(new, new)] == []
    assert [*problems(new, old)] != [], "the way back is none"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (listed(ABC), listed(AB), "`[]` can no longer be 'c'"),
        (mapped(INT), listed(INT), "the value is of another type"),
        (listed(STR), listed(INT), "`[]` changes from str to int"),
        (
            parts(WIDTH),
            parts(PartShape(name="wide", shape=INT)),
            "`width` is gone, with its values",
        ),
        (
            listed(parts(WIDTH)),
            listed(parts(WIDTH, PartShape(name="depth", shape=INT, required=True))),
            "`[].depth` is new and required",
        ),
        (
            parts(WIDTH),
            parts(PartShape(name="width", shape=INT, required=True)),
            "`width` is required now",
        ),
        (listed(maybe(INT)), listed(INT), "`[]` can no longer be null"),
        (mapped(INT), mapped(INT, key=AB), "` keys` is of another type"),
        (listed(INT), listed(at_least("0")), "`[]` has other limits"),
        (listed(INT), listed(INT, unique=True), "the value has other limits"),
        (TupleShape(items=(INT, STR)), TupleShape(items=(INT,)), "the value is of another type"),
        (union(INT, STR), INT, "the value changes from str to int"),
    ],
)
def test_what_has_to_be_said(old: ColumnShape, new: ColumnShape, said: str) -> None:
    assert [*problems(old, new)] == [said]


def schema(shape: ColumnShape | None) -> DatabaseSchema:
    held = column("sizes", plain("json")).model_copy(update={"shape": shape})
    return database(table("product", held, column("stock", INTEGER)))


def test_a_change_is_written_down_though_nothing_is_done() -> None:
    old, new = schema(listed(STR)), schema(listed(INT))
    (finding,) = diff_schemas(old, new).obstacles
    assert (finding.key, finding.kind) == ("change-shape:product.sizes", "destructive")
    assert "--accept change-shape:product.sizes" in finding.help
    plan = diff_schemas(old, new, MigrationOptions(frozenset({finding.key})))
    assert plan.obstacles == ()
    assert describe(plan.up) == ("note what product.sizes holds now, which is JSON",)
    assert summary(plan.up) == "change product sizes"
    text = revision_text(Revision("0002_sizes", "0001_begin", "Sizes"), plan)
    assert "op." not in text.partition("def upgrade")[2]
    assert text.count("    # product.sizes is JSON: rows that are there keep what they have.") == 2
    compile(text, "revision", "exec")


def test_an_addition_moves_on_without_a_word() -> None:
    plan = diff_schemas(schema(listed(AB)), schema(listed(ABC)))
    assert plan.findings == () and not plan.is_empty
    assert diff_schemas(schema(listed(ABC)), schema(listed(ABC))).is_empty


def test_an_older_migration_does_not_say() -> None:
    plan = diff_schemas(schema(None), schema(listed(INT)))
    assert plan.findings == () and not plan.is_empty
    assert "shape" not in schema(None).model_dump_json(exclude_defaults=True)
    read = DatabaseSchema.model_validate_json(schema(mapped(listed(ABC))).model_dump_json())
    assert read == schema(mapped(listed(ABC)))
