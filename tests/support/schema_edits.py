"""Edits of a schema, each with rows that are there: what becomes of them, up and down again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from table_schemas import (
    INTEGER,
    at_least,
    choices,
    column,
    database,
    index,
    key,
    length,
    link,
    numeric,
    plain,
    table,
    text,
)

from starmodel_generator.migrations.migration_plan import MigrationOptions
from starmodel_schemas import ColumnSchema, DatabaseSchema, TableSchema

Rows = Mapping[str, Sequence[dict[str, Any]]]


@dataclass(frozen=True)
class Edit:
    """A change of a schema.

    `after` are the rows once it is applied, `back` once it is taken back: the rows before, unless
    it says otherwise. `findings` are all that the plan has, in order; those that stop are accepted.
    """

    label: str
    old: DatabaseSchema
    new: DatabaseSchema
    rows: Rows = field(default_factory=dict[str, Any])
    after: Rows = field(default_factory=dict[str, Any])
    back: Rows | None = None
    findings: tuple[str, ...] = ()
    backfills: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def answers(self) -> MigrationOptions:
        return MigrationOptions(frozenset(self.findings), self.backfills)


def _one(
    label: str,
    old: TableSchema,
    new: TableSchema,
    rows: Sequence[dict[str, Any]],
    after: Sequence[dict[str, Any]],
    back: Sequence[dict[str, Any]] | None = None,
    findings: tuple[str, ...] = (),
    **backfills: str,
) -> Edit:
    """An edit of one table."""
    return Edit(
        label,
        database(old),
        database(new),
        {old.name: rows},
        {new.name: after},
        None if back is None else {old.name: back},
        findings,
        {f"{new.name}.{name}": value for name, value in backfills.items()},
    )


def _column(
    label: str,
    old: Any,
    new: Any,
    values: Mapping[Any, Any],
    back: Mapping[Any, Any] | None = None,
    findings: tuple[str, ...] = (),
    **backfills: str,
) -> Edit:
    """An edit of the column `value` of `thing`; `values` are old ones by what they become."""
    rows = [{"id": str(number), "value": value} for number, value in enumerate(values)]
    after = [{"id": str(number), "value": value} for number, value in enumerate(values.values())]
    returned = [
        {"id": row["id"], "value": (back or {}).get(row["value"], row["value"])} for row in rows
    ]
    old_parts = cast("tuple[Any, ...]", old if isinstance(old, tuple) else (old,))
    new_parts = cast("tuple[Any, ...]", new if isinstance(new, tuple) else (new,))
    return _one(
        label,
        table("thing", *old_parts),
        table("thing", *new_parts),
        rows,
        after,
        returned,
        findings,
        **backfills,
    )


_NAMED = [{"id": "1", "name": "pot"}, {"id": "2", "name": "Tea: 100 % 'green' 🍵"}]
_PRODUCT = table("product", column("name"))
_AUTHOR = table("author", column("name"))
_NIGHT = datetime(2024, 12, 31, 23, 59, 59, 123456, tzinfo=UTC)
_ID = UUID("0190c5f0-0000-7000-8000-00000000000a")


def _value(type_: Any, **options: Any) -> Any:
    return column("value", type_, **options)


_D = Decimal
_EVERY_TYPE = (
    column("flag", plain("bool"), default=True),
    column("count", INTEGER, default=-(2**63)),
    column("ratio", plain("float"), default=0.1),
    column("words", text(), default="it's: 100 % 'so'"),
    column("price", numeric(18, 4), default=_D("-12345678901234.5678")),
    column("data", plain("bytes"), default="é:x"),
    column("day", plain("date"), default="0001-01-02"),
    column("hour", plain("time"), default="23:59:59.000001"),
    column("moment", plain("datetime"), default="9999-12-31T23:59:58.999999Z"),
    column("wall", plain("naive_datetime"), default="2024-02-29T12:00:00"),
    column("pause", plain("interval"), default="P1DT0.000001S"),
    column("key", plain("uuid"), default=str(_ID)),
    column("more", plain("json"), default='{"a": [1, null, ":x"]}'),
)
_EVERY_VALUE: dict[str, Any] = {
    "flag": True,
    "count": -(2**63),
    "ratio": 0.1,
    "words": "it's: 100 % 'so'",
    "price": _D("-12345678901234.5678"),
    "data": "é:x".encode(),
    "day": date(1, 1, 2),
    "hour": time(23, 59, 59, 1),
    "moment": datetime(9999, 12, 31, 23, 59, 58, 999999, tzinfo=UTC),
    "wall": datetime(2024, 2, 29, 12),
    "pause": timedelta(days=1, microseconds=1),
    "key": _ID,
    "more": {"a": [1, None, ":x"]},
}
_EDITED_TABLES = (
    Edit(
        "a table is added",
        database(_PRODUCT),
        database(_PRODUCT, _AUTHOR),
        {"product": _NAMED},
        {"product": _NAMED, "author": []},
    ),
    Edit(
        "a table is dropped",
        database(_PRODUCT, _AUTHOR),
        database(_PRODUCT),
        {"product": _NAMED, "author": _NAMED},
        {"product": _NAMED},
        {"product": _NAMED, "author": []},
        ("drop-table:author",),
    ),
    Edit(
        "a table is renamed with all that is named after it",
        database(
            _AUTHOR,
            table(
                "item",
                column("name", text(40)),
                column("author_id"),
                length("item", "name", 1, 40),
                index("item", "name", unique=True),
                index("item", "author_id"),
                key("item", "author_id", "author"),
            ),
        ),
        database(
            _AUTHOR,
            table(
                "product",
                column("name", text(40)),
                column("author_id"),
                length("product", "name", 1, 40),
                index("product", "name", unique=True),
                index("product", "author_id"),
                key("product", "author_id", "author"),
                was="item",
            ),
        ),
        {"author": _NAMED, "item": [{"id": "1", "name": "a", "author_id": "2"}]},
        {"author": _NAMED, "product": [{"id": "1", "name": "a", "author_id": "2"}]},
    ),
    Edit(
        "a table that others refer to is renamed",
        database(
            table("item", column("name")),
            table("review", column("item_id"), key("review", "item_id", "item", "cascade")),
        ),
        database(
            table("product", column("name"), was="item"),
            table(
                "review",
                column("product_id", was="item_id"),
                key("review", "product_id", "product", "cascade"),
            ),
        ),
        {"item": _NAMED, "review": [{"id": "r", "item_id": "2"}]},
        {"product": _NAMED, "review": [{"id": "r", "product_id": "2"}]},
    ),
    Edit(
        "an entity with a link table is renamed",
        database(table("tag"), table("item"), link("item_tags", "item", "tag")),
        database(
            table("tag"), table("product", was="item"), link("product_tags", "product", "tag")
        ),
        {
            "tag": [{"id": "t"}],
            "item": [{"id": "i"}],
            "item_tags": [{"item_id": "i", "tag_id": "t", "position": 0}],
        },
        {
            "tag": [{"id": "t"}],
            "product": [{"id": "i"}],
            "product_tags": [{"product_id": "i", "tag_id": "t", "position": 0}],
        },
    ),
    Edit(
        "a many to many relation is added",
        database(table("tag"), table("product")),
        database(table("tag"), table("product"), link("product_tags", "product", "tag")),
        {"tag": [{"id": "t"}], "product": [{"id": "p"}]},
        {"tag": [{"id": "t"}], "product": [{"id": "p"}], "product_tags": []},
    ),
    Edit(
        "a many to many relation is dropped",
        database(table("tag"), table("product"), link("product_tags", "product", "tag")),
        database(table("tag"), table("product")),
        {
            "tag": [{"id": "t"}],
            "product": [{"id": "p"}],
            "product_tags": [{"product_id": "p", "tag_id": "t", "position": 0}],
        },
        {"tag": [{"id": "t"}], "product": [{"id": "p"}]},
        {"tag": [{"id": "t"}], "product": [{"id": "p"}], "product_tags": []},
        ("drop-table:product_tags",),
    ),
    Edit(
        "tables that refer to each other are added",
        database(_PRODUCT),
        database(
            _PRODUCT,
            table(
                "head", column("body_id", nullable=True), key("head", "body_id", "body", "set_null")
            ),
            table("body", column("head_id"), key("body", "head_id", "head")),
        ),
        {"product": _NAMED},
        {"product": _NAMED, "head": [], "body": []},
    ),
    Edit(
        "tables that refer to each other are dropped",
        database(
            _PRODUCT,
            table(
                "head", column("body_id", nullable=True), key("head", "body_id", "body", "set_null")
            ),
            table("body", column("head_id"), key("body", "head_id", "head")),
        ),
        database(_PRODUCT),
        {
            "product": _NAMED,
            "head": [{"id": "h", "body_id": None}],
            "body": [{"id": "b", "head_id": "h"}],
        },
        {"product": _NAMED},
        {"product": _NAMED, "head": [], "body": []},
        ("drop-table:body", "drop-table:head"),
    ),
    Edit(
        "a tree is added, and SQL's own words are names",
        database(_PRODUCT),
        database(
            _PRODUCT,
            table(
                "order",
                column("group", default="all"),
                column("parent_id", nullable=True),
                choices("order", "group", "all", "it's: some"),
                length("order", "parent_id", 1, None),
                index("order", "group"),
                key("order", "parent_id", "order"),
            ),
        ),
        {"product": _NAMED},
        {"product": _NAMED, "order": []},
    ),
)
_EDITED_COLUMNS = (
    _one(
        "an optional column is added",
        table("product", column("name")),
        table("product", column("name"), column("note", nullable=True)),
        _NAMED,
        [{**row, "note": None} for row in _NAMED],
    ),
    _one(
        "a required column with a default is added",
        table("product", column("name")),
        table(
            "product",
            column("name"),
            column("stock", INTEGER, default=3),
            at_least("product", "stock", "0"),
        ),
        _NAMED,
        [{**row, "stock": 3} for row in _NAMED],
    ),
    _one(
        "a column of every type is added with its default",
        table("thing"),
        table("thing", *_EVERY_TYPE),
        [{"id": "1"}],
        [{"id": "1", **_EVERY_VALUE}],
    ),
    _one(
        "columns of every type are dropped",
        table("thing", *_EVERY_TYPE),
        table("thing"),
        [{"id": "1", **_EVERY_VALUE}],
        [{"id": "1"}],
        [{"id": "1", **_EVERY_VALUE}],
        tuple(f"drop-column:thing.{item.name}" for item in _EVERY_TYPE),
    ),
    _one(
        "a required column is filled by an expression",
        table("product", column("name")),
        table(
            "product",
            column("name"),
            column("slug", text(40)),
            length("product", "slug", 1, 40),
            index("product", "slug", unique=True),
        ),
        _NAMED,
        [{**row, "slug": f"{row['id']}:x"} for row in _NAMED],
        findings=("new-unique:product.slug",),
        slug="id || ':x'",
    ),
    _one(
        "a required column is added to an empty table",
        table("product", column("name")),
        table("product", column("name"), column("sku")),
        [],
        [],
        findings=("new-required-column:product.sku",),
    ),
    _one(
        "a column is dropped",
        table("product", column("name"), column("title")),
        table("product", column("name")),
        [{**row, "title": "x"} for row in _NAMED],
        _NAMED,
        [{**row, "title": ""} for row in _NAMED],
        ("drop-column:product.title",),
    ),
    _one(
        "a column with all that belongs to it is dropped",
        table(
            "product",
            column("name"),
            column("status"),
            column("price", numeric(9, 2)),
            choices("product", "status", "draft", "active"),
            at_least("product", "price", "0.50"),
            index("product", "status", "name"),
            index("product", "price"),
        ),
        table("product", column("name")),
        [{**row, "status": "active", "price": _D("2.00")} for row in _NAMED],
        _NAMED,
        [{**row, "status": "draft", "price": _D("0.50")} for row in _NAMED],
        ("drop-column:product.status", "drop-column:product.price"),
    ),
    _one(
        "a column is renamed",
        table("product", column("title"), column("stock", INTEGER)),
        table("product", column("name", was="title"), column("stock", INTEGER)),
        [{"id": "1", "title": "pot", "stock": 2}],
        [{"id": "1", "name": "pot", "stock": 2}],
    ),
    _one(
        "a column is renamed with all that is named after it",
        table(
            "product",
            column("title", text(9)),
            length("product", "title", 1, 9),
            index("product", "title", unique=True),
        ),
        table(
            "product",
            column("name", text(9), was="title"),
            length("product", "name", 1, 9),
            index("product", "name", unique=True),
        ),
        [{"id": "1", "title": "pot"}],
        [{"id": "1", "name": "pot"}],
    ),
    _one(
        "columns are renamed, widened, added and dropped at once",
        table("product", column("title", text(9)), column("stock", INTEGER), column("old")),
        table(
            "product",
            column("name", text(20), was="title"),
            column("count", INTEGER, was="stock"),
            column("new", default="n"),
            at_least("product", "count", "0"),
            index("product", "name"),
        ),
        [{"id": "1", "title": "pot", "stock": 2, "old": "o"}],
        [{"id": "1", "name": "pot", "count": 2, "new": "n"}],
        [{"id": "1", "title": "pot", "stock": 2, "old": ""}],
        ("drop-column:product.old", "new-check:product.count"),
    ),
    _column(
        "a required column becomes optional",
        _value(text()),
        _value(text(), nullable=True),
        {"a": "a", "": ""},
    ),
    _column(
        "an optional column becomes required, with a default",
        _value(text(), nullable=True),
        _value(text(), default="none"),
        {None: "none", "b": "b"},
        {None: "none"},
    ),
    _column(
        "an optional column becomes required, and is filled",
        _value(text(), nullable=True),
        _value(text()),
        {None: "0", "b": "b"},
        {None: "0"},
        value="id",
    ),
    _column(
        "an optional column without gaps becomes required",
        _value(INTEGER, nullable=True),
        _value(INTEGER),
        {1: 1, 2: 2},
        findings=("require-value:thing.value",),
    ),
)
_EDITED_TYPES = (
    _column(
        "text grows",
        (_value(text(5)), length("thing", "value", 1, 5)),
        (_value(text(50)), length("thing", "value", 1, 50)),
        {"äöü": "äöü", "five5": "five5"},
    ),
    _column(
        "text gets a limit",
        _value(text()),
        (_value(text(3)), length("thing", "value", None, 3)),
        {"🍵🍵🍵🍵": "🍵🍵🍵", "a": "a"},
        {"🍵🍵🍵🍵": "🍵🍵🍵"},
        ("change-type:thing.value",),
    ),
    _column(
        "a decimal gets more digits on both sides",
        (_value(numeric(6, 2)), at_least("thing", "value", "-10.50")),
        (_value(numeric(18, 6)), at_least("thing", "value", "-10.50")),
        {_D("-10.50"): _D("-10.50"), _D("9999.99"): _D("9999.99")},
    ),
    _column(
        "a decimal loses digits behind the point",
        _value(numeric(18, 4)),
        _value(numeric(18, 1)),
        {
            _D("99999999999999.9499"): _D("99999999999999.9"),
            _D("-0.0500"): _D("-0.1"),
            _D("0.0499"): _D("0.0"),
        },
        {
            _D("99999999999999.9499"): _D("99999999999999.9"),
            _D("-0.0500"): _D("-0.1"),
            _D("0.0499"): _D("0.0"),
        },
        ("change-type:thing.value",),
    ),
    _column(
        "a decimal loses digits before the point",
        _value(numeric(9, 2)),
        _value(numeric(5, 2)),
        {_D("999.99"): _D("999.99")},
        findings=("convert-values:thing.value",),
    ),
    _column(
        "an integer becomes a decimal",
        (_value(INTEGER), at_least("thing", "value", "-3")),
        (_value(numeric(12, 2)), at_least("thing", "value", "-3")),
        {-3: _D("-3.00"), 10**9: _D("1000000000.00")},
        findings=("convert-values:thing.value",),
    ),
    _column(
        "a decimal becomes an integer",
        _value(numeric(12, 2), nullable=True),
        _value(INTEGER, nullable=True),
        {_D("2.50"): 3, _D("-2.50"): -3, None: None},
        {_D("2.50"): _D("3.00"), _D("-2.50"): _D("-3.00")},
        ("change-type:thing.value",),
    ),
    _column(
        "an integer becomes text",
        (_value(INTEGER), index("thing", "value")),
        (_value(text()), index("thing", "value")),
        {-(2**63): str(-(2**63)), 7: "7"},
    ),
    _column(
        "text becomes an integer",
        _value(text(), nullable=True),
        _value(INTEGER, nullable=True),
        {"-42": -42, "9007199254740993": 9007199254740993, None: None},
        findings=("convert-values:thing.value",),
    ),
    _column(
        "text becomes a decimal",
        _value(text()),
        _value(numeric(18, 2)),
        {"-0.5": _D("-0.50"), "1234567890123456.78": _D("1234567890123456.78"), "7": _D("7.00")},
        {"-0.5": "-0.50", "7": "7.00"},
        ("change-type:thing.value", "convert-values:thing.value"),
    ),
    _column(
        "text becomes a number",
        _value(text()),
        _value(plain("float")),
        {"1.5": 1.5},
        findings=("convert-values:thing.value",),
    ),
    _column(
        "a number becomes a decimal",
        _value(plain("float")),
        _value(numeric(8, 2)),
        {1.125: _D("1.13"), -2.0: _D("-2.00")},
        {1.125: 1.13},
        ("change-type:thing.value", "convert-values:thing.value"),
    ),
    _column(
        "an integer becomes a number",
        _value(INTEGER),
        _value(plain("float")),
        {3: 3.0},
        findings=("change-type:thing.value",),
    ),
    _column(
        "a truth becomes an integer",
        _value(plain("bool"), nullable=True),
        _value(INTEGER, nullable=True),
        {True: 1, False: 0, None: None},
    ),
    _column(
        "a truth becomes text",
        _value(plain("bool")),
        _value(text()),
        {True: "true", False: "false"},
    ),
    _column(
        "text becomes a UUID",
        _value(text()),
        _value(plain("uuid")),
        {str(_ID): _ID},
        findings=("convert-values:thing.value",),
    ),
    _column(
        "text becomes JSON",
        _value(text()),
        _value(plain("json")),
        {'a"\\:b': 'a"\\:b'},
        {'a"\\:b': ""},
    ),
    _column("text becomes bytes", _value(text()), _value(plain("bytes")), {"é": "é".encode()}),
    _column(
        "a date becomes a time stamp",
        _value(plain("date")),
        _value(plain("datetime")),
        {
            date(2, 1, 1): datetime(2, 1, 1, tzinfo=UTC),
            date(2024, 2, 29): datetime(2024, 2, 29, tzinfo=UTC),
        },
    ),
    _column(
        "a time stamp becomes a date",
        _value(plain("datetime")),
        _value(plain("date")),
        {_NIGHT: date(2024, 12, 31)},
        {_NIGHT: datetime(2024, 12, 31, tzinfo=UTC)},
        ("change-type:thing.value",),
    ),
    _column(
        "a time stamp loses its zone",
        _value(plain("datetime")),
        _value(plain("naive_datetime")),
        {_NIGHT: _NIGHT.replace(tzinfo=None)},
    ),
    _column(
        "a type that has nothing to do with the old one",
        _value(plain("time")),
        _value(INTEGER, default=0),
        {time(12): 0},
        {time(12): time(0)},
        ("replace-column:thing.value",),
    ),
    _column(
        "a type with a conversion of one's own",
        _value(INTEGER),
        _value(plain("interval")),
        {90: timedelta(seconds=90)},
        {90: 0},
        value="value * 1000000",
    ),
    _column(
        "an optional integer becomes required text",
        _value(INTEGER, nullable=True),
        _value(text(), default="0"),
        {None: "0", 4: "4"},
        {None: 0},
    ),
)
_DRAFTS = {"draft": "draft", "active": "active"}
_REFERENCES: Rows = {
    "author": [{"id": "a", "name": "A"}],
    "post": [{"id": "1", "author_id": "a"}, {"id": "2", "author_id": "a"}],
}


def _posts(
    label: str, old: Sequence[Any], new: Sequence[Any], findings: tuple[str, ...] = ()
) -> Edit:
    return Edit(
        label,
        database(_AUTHOR, table("post", *old)),
        database(_AUTHOR, table("post", *new)),
        _REFERENCES,
        _REFERENCES,
        findings=findings,
    )


_EDITED_CONSTRAINTS = (
    _column(
        "an enum gets a member",
        (_value(text()), choices("thing", "value", "draft", "active")),
        (_value(text()), choices("thing", "value", "draft", "active", "it's: over")),
        _DRAFTS,
    ),
    _column(
        "an enum loses a member that no row has",
        (_value(text()), choices("thing", "value", "draft", "active", "over")),
        (_value(text()), choices("thing", "value", "draft", "active")),
        _DRAFTS,
        findings=("fewer-choices:thing.value",),
    ),
    _column(
        "an enum loses a member, and rows get another",
        (_value(text()), choices("thing", "value", "draft", "over")),
        (_value(text()), choices("thing", "value", "draft", "ended")),
        {"draft": "draft", "over": "ended"},
        {"over": "draft"},
        value="'ended'",
    ),
    _column(
        "a bound is added",
        _value(INTEGER),
        (_value(INTEGER), at_least("thing", "value", "1")),
        {1: 1, 5: 5},
        findings=("new-check:thing.value",),
    ),
    _column(
        "a bound is loosened",
        (_value(INTEGER), at_least("thing", "value", "1")),
        (_value(INTEGER), at_least("thing", "value", "-1")),
        {1: 1},
    ),
    _column(
        "a bound is dropped",
        (_value(numeric(9, 2)), at_least("thing", "value", "0.01")),
        _value(numeric(9, 2)),
        {_D("0.01"): _D("0.01")},
    ),
    _column(
        "an index is added", _value(text()), (_value(text()), index("thing", "value")), {"a": "a"}
    ),
    _column(
        "an index becomes unique",
        (_value(text()), index("thing", "value")),
        (_value(text()), index("thing", "value", unique=True)),
        {"a": "a", "b": "b"},
        findings=("new-unique:thing.value",),
    ),
    _column(
        "a unique index is dropped",
        (_value(text()), index("thing", "value", unique=True)),
        _value(text()),
        {"a": "a", "b": "b"},
    ),
    _column(
        "an index over several columns changes its order",
        (_value(text()), index("thing", "value", "id")),
        (_value(text()), index("thing", "id", "value")),
        {"a": "a"},
    ),
    _posts(
        "a column becomes a reference",
        [column("author_id")],
        [column("author_id"), index("post", "author_id"), key("post", "author_id", "author")],
        ("new-reference:post.author_id",),
    ),
    _posts(
        "a reference is dropped",
        [column("author_id"), index("post", "author_id"), key("post", "author_id", "author")],
        [column("author_id")],
    ),
    _posts(
        "a reference takes its rows along",
        [column("author_id"), key("post", "author_id", "author")],
        [column("author_id"), key("post", "author_id", "author", "cascade")],
    ),
    Edit(
        "a reference to a new table is added",
        database(table("post")),
        database(
            table(
                "post",
                column("author_id", nullable=True),
                index("post", "author_id"),
                key("post", "author_id", "author", "set_null"),
            ),
            _AUTHOR,
        ),
        {"post": [{"id": "1"}]},
        {"post": [{"id": "1", "author_id": None}], "author": []},
    ),
    Edit(
        "a table that rows refer to is written anew",
        database(
            table("author", column("name")),
            table("post", column("author_id"), key("post", "author_id", "author", "cascade")),
        ),
        database(
            table("author", column("name", text(9)), length("author", "name", 1, 9)),
            table("post", column("author_id"), key("post", "author_id", "author", "cascade")),
        ),
        _REFERENCES,
        _REFERENCES,
        findings=("change-type:author.name", "new-check:author.name"),
    ),
    Edit(
        "a tree is written anew",
        database(
            table("node", column("parent_id", nullable=True), key("node", "parent_id", "node"))
        ),
        database(
            table(
                "node",
                column("parent_id", nullable=True),
                key("node", "parent_id", "node"),
                column("depth", INTEGER, default=0),
                at_least("node", "depth", "0"),
            )
        ),
        {"node": [{"id": "1", "parent_id": None}, {"id": "2", "parent_id": "1"}]},
        {
            "node": [
                {"id": "1", "parent_id": None, "depth": 0},
                {"id": "2", "parent_id": "1", "depth": 0},
            ]
        },
    ),
)


def _served(type_: Any, value: bool | int | str, **options: Any) -> ColumnSchema:
    """A column with a default of the database's."""
    served: ColumnSchema = _value(type_, default=value, **options)
    return served.model_copy(update={"server_default": value})


_EDITED_DEFAULTS = (
    _column("a default is given", _value(INTEGER), _served(INTEGER, 3), {1: 1}),
    _column("a default is taken", _served(text(), "it's :so"), _value(text()), {"a": "a"}),
    _column(
        "a default changes",
        _served(plain("bool"), True),
        _served(plain("bool"), False),
        {True: True},
    ),
    _column(
        "a column with a default gets another type",
        _served(INTEGER, 3),
        _served(numeric(9, 2), "4.50"),
        {1: _D("1.00")},
        findings=("convert-values:thing.value",),
    ),
    _column(
        "a column with a default gets a type without one",
        _served(INTEGER, 3),
        _value(text()),
        {1: "1"},
    ),
    _column(
        "a column with a default becomes optional",
        _served(INTEGER, 3),
        _served(INTEGER, 3, nullable=True),
        {1: 1},
    ),
    _column(
        "an optional column becomes required, with a default of the database's",
        _value(text(), nullable=True),
        _served(text(), "none: yet"),
        {None: "none: yet", "b": "b"},
        {None: "none: yet"},
    ),
    _column(
        "the time becomes the default of a moment",
        _value(plain("datetime")),
        _served(plain("datetime"), "current_timestamp"),
        {_NIGHT: _NIGHT},
    ),
)

EDITS = (
    *_EDITED_TABLES,
    *_EDITED_COLUMNS,
    *_EDITED_TYPES,
    *_EDITED_CONSTRAINTS,
    *_EDITED_DEFAULTS,
)
