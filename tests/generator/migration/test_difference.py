"""The difference of two schemas: what is found, what is refused, what is no difference."""

import pytest
from schema_edits import EDITS, Edit
from table_schemas import (
    INTEGER,
    choices,
    column,
    database,
    index,
    key,
    length,
    numeric,
    table,
    text,
)

from starmodel_generator.migrations.autodetector import EMPTY, diff_schemas
from starmodel_generator.migrations.migration_plan import MigrationOptions
from starmodel_generator.migrations.writer.description import describe, short_name, summary
from starmodel_schemas import DatabaseSchema


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.label.replace(" ", "-"))
def test_what_an_edit_finds(edit: Edit) -> None:
    plan = diff_schemas(edit.old, edit.new, edit.answers)
    assert tuple(finding.key for finding in plan.findings) == edit.findings
    assert plan.obstacles == () and not plan.is_empty
    unanswered = diff_schemas(edit.old, edit.new).obstacles
    assert all(finding.help for finding in unanswered)
    for schema in (edit.old, edit.new):
        assert diff_schemas(schema, schema).is_empty


def obstacles(old: DatabaseSchema, new: DatabaseSchema) -> list[str]:
    return [finding.key for finding in diff_schemas(old, new).obstacles]


def test_a_drop_and_an_addition_of_one_type_suggest_a_rename() -> None:
    old = database(table("product", column("title", text(40)), column("stock", INTEGER)))
    new = database(table("product", column("name", text(40)), column("stock", INTEGER)))
    dropped, missing = diff_schemas(old, new).obstacles
    assert dropped.key == "drop-column:product.title"
    assert 'name: ... = Field(renamed_from="title")' in dropped.help
    assert "--accept drop-column:product.title" in dropped.help
    assert missing.key == "new-required-column:product.name"
    assert '--backfill product.name="' in missing.help

    renamed = database(
        table("product", column("name", text(40), was="title"), column("stock", INTEGER))
    )
    plan = diff_schemas(old, renamed)
    assert describe(plan.up) == ("rename column product.title to name",)
    assert plan.findings == ()
    assert diff_schemas(renamed, renamed).is_empty, "what was applied is not asked for again"


def test_a_table_that_goes_and_one_like_it_suggest_a_rename() -> None:
    old = database(table("item", column("name"), column("stock", INTEGER)))
    new = database(table("product", column("name"), column("stock", INTEGER)))
    (dropped,) = diff_schemas(old, new).obstacles
    assert dropped.key == "drop-table:item"
    assert 'give that entity `renamed_from="Item"`' in dropped.help


def test_renames_that_cannot_be_followed() -> None:
    old = database(table("product", column("title"), column("name")))
    taken = database(table("product", column("name", was="title")))
    assert obstacles(old, taken) == ["rename:product.name", "drop-column:product.title"]
    again = database(
        table("product", column("label", was="title"), column("title"), column("name"))
    )
    assert obstacles(old, again)[0] == "rename:product.label"
    twice = database(
        table("product", column("a", was="title"), column("b", was="title"), column("name"))
    )
    assert obstacles(old, twice)[0] == "rename:product.b"
    swapped = database(table("product", column("name", was="title"), column("title", was="name")))
    assert obstacles(old, swapped) == ["rename:product.name", "rename:product.title"]
    done = database(table("product", column("title", was="heading"), column("heading")))
    assert diff_schemas(done, done).is_empty, "what was applied says nothing any more"
    stale = database(table("product", column("title", was="heading"), column("name")))
    assert diff_schemas(old, stale).is_empty


def test_entities_that_swap_their_names() -> None:
    old = database(table("item", column("name")), table("other", column("name")))
    new = database(
        table("item", column("name"), was="other"), table("other", column("name"), was="item")
    )
    assert obstacles(old, new) == ["rename:item", "rename:other"]


def test_another_key_is_refused() -> None:
    new = table("product", column("holder"), column("name"), primary_key=("holder",))
    old = database(table("product", column("name")))
    answers = MigrationOptions(frozenset({"primary-key:product"}))
    refused = [finding.key for finding in diff_schemas(old, database(new), answers).obstacles]
    assert "primary-key:product" in refused, "no answer makes it possible"


def test_an_acknowledgement_is_for_one_finding() -> None:
    old = database(table("product", column("a"), column("b")))
    plan = diff_schemas(
        old, database(table("product")), MigrationOptions(frozenset({"drop-column:product.a"}))
    )
    assert [finding.key for finding in plan.obstacles] == ["drop-column:product.b"]


def test_a_backfill_settles_what_it_is_about() -> None:
    old = database(table("product", column("state"), choices("product", "state", "a", "b")))
    new = database(
        table(
            "product",
            column("state"),
            column("price", numeric(9, 2)),
            choices("product", "state", "a"),
        )
    )
    keys = [finding.key for finding in diff_schemas(old, new).findings]
    assert keys == ["new-required-column:product.price", "fewer-choices:product.state"]
    answers = MigrationOptions(backfills={"product.price": "9.99", "product.state": "'a'"})
    assert diff_schemas(old, new, answers).findings == ()


def test_a_text_that_is_cut_fits() -> None:
    old = database(table("product", column("name", text(40)), length("product", "name", None, 40)))
    cut = database(table("product", column("name", text(3)), length("product", "name", None, 3)))
    (finding,) = diff_schemas(old, cut).findings
    assert finding.message.endswith("values longer than 3 characters are cut")
    assert describe(diff_schemas(old, cut).up)[1] == "cut product.name to 3 characters"
    both = database(table("product", column("name", text(3)), length("product", "name", 2, 3)))
    lossy, data = diff_schemas(old, both).findings
    assert (lossy.kind, data.kind) == ("lossy", "data")
    assert "has to be at least 2 long: rows where it is not" in data.message


def test_steps_say_what_becomes_of_rows() -> None:
    old = database(table("product", column("name", text(9), nullable=True)))
    new = database(table("product", column("name", text(9), default="?")))
    assert "give product.name a value in rows that have none" in describe(diff_schemas(old, new).up)
    old = database(table("product", column("state"), choices("product", "state", "a", "b")))
    new = database(table("product", column("state"), choices("product", "state", "a")))
    plan = diff_schemas(old, new, MigrationOptions(backfills={"product.state": "'a'"}))
    words = "give product.state another value in rows where it is none of the choices"
    assert words in describe(plan.up)


def test_tables_come_after_those_they_refer_to() -> None:
    new = database(
        table("line", column("order_id"), key("line", "order_id", "order")),
        table("order", column("customer_id"), key("order", "customer_id", "customer")),
        table("customer"),
    )
    plan = diff_schemas(EMPTY, new)
    assert [item.name for item in plan.up.created] == ["customer", "order", "line"]
    assert [item.name for item in plan.down.dropped] == ["line", "order", "customer"]


def test_a_migration_has_a_name() -> None:
    product = table("product", column("name"))
    old = database(product)
    cases = {
        "create product": (EMPTY, old),
        "drop product": (old, EMPTY),
        "add product sku": (old, database(table("product", column("name"), column("sku")))),
        "rename product name to title": (
            old,
            database(table("product", column("title", was="name"))),
        ),
        "change product": (
            old,
            database(table("product", column("name"), index("product", "name"))),
        ),
        "create a and 2 more": (EMPTY, database(table("a"), table("b"), table("c"))),
    }
    for words, (before, after) in cases.items():
        assert summary(diff_schemas(before, after).up) == words
    assert short_name("Prices in €: cents!") == "prices_in_cents"
    assert len(short_name("word " * 20)) <= 27
    assert short_name("…") == "migration"
