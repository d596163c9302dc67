"""What a migration does, as values: the tables it makes, changes and drops, and what to know first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from starmodel_generator.database.sql_text import Sql
from starmodel_generator.migrations.backfill.reversibility import PostCheck
from starmodel_generator.migrations.conversions.conversion import Conversion
from starmodel_schemas import (
    CheckSchema,
    ColumnSchema,
    ColumnType,
    ForeignKeySchema,
    IndexSchema,
    TableSchema,
)

FindingKind: TypeAlias = Literal["destructive", "lossy", "missing", "data", "dialect", "refused"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know before a migration is written.

    Attributes:
        kind: `destructive`: whole columns or tables of values go. `lossy`: values become
            shorter or coarser. `missing`: nobody said what rows that are there get. `data`:
            the migration stops, with nothing changed, if the rows do not fit. `dialect`: one of
            the databases cannot run it. `refused`: this
            cannot be worked out; it is written by hand.
        code: The kind of step, `drop-column`.
        subject: What it is about: `product`, or `product.title`.
        message: The sentence.
        help: What to do about it.
        accepted: Whether the author said that it is meant.
    """

    kind: FindingKind
    code: str
    subject: str
    message: str
    help: str
    accepted: bool = False

    @property
    def key(self) -> str:
        """What `--accept` takes: `drop-column:product.title`."""
        return f"{self.code}:{self.subject}"

    @property
    def stops(self) -> bool:
        """Whether no migration is written because of it."""
        return not self.is_warning and not self.accepted

    @property
    def is_warning(self) -> bool:
        """Whether it is only told, and cannot be accepted."""
        return self.kind in ("data", "dialect")


@dataclass(frozen=True, slots=True)
class MigrationOptions:
    """What the author says about the findings.

    `accepted` are keys of findings. `backfills` say, by `table.column` in the new names, what
    rows that are there get: an SQL expression over the columns of the row.
    """

    accepted: frozenset[str] = frozenset()
    backfills: Mapping[str, str] = field(default_factory=dict[str, str])


NO_ANSWERS = MigrationOptions()


@dataclass(frozen=True, slots=True)
class Update:
    """A change of the rows that are there: one column gets a value, where the condition holds.

    `words` say what it is for, with `{}` for the column.
    """

    column: str
    value: Sql
    where: Sql | None = None
    words: str = "give {} a value"


@dataclass(frozen=True, slots=True)
class AddedColumn:
    """A new column. `value` is what rows that are there get.

    A required column without a value can be added to an empty table only. On the way back it is
    optional instead, and `lacks_values`.
    """

    column: ColumnSchema
    value: Sql | None = None
    lacks_values: bool = False

    @property
    def needs_empty_table(self) -> bool:
        """Whether it cannot be added where there are rows."""
        return not self.column.nullable and self.value is None


@dataclass(frozen=True, slots=True)
class AlteredColumn:
    """A column of another type, nullability or default, or whose values come from elsewhere.

    `conversion` says how a value of the old type becomes one of the new; `None` where the type
    is the same. One that `lacks_values` should be required, and comes back without a value.
    """

    before: ColumnSchema
    after: ColumnSchema
    conversion: Conversion | None = None
    lacks_values: bool = False

    @property
    def is_moved(self) -> bool:
        """Whether what is stored changes, in one of the databases at least."""
        return self.conversion is not None and (
            self.conversion.sqlite is not None or self.conversion.postgresql is not None
        )

    @property
    def is_renumbered(self) -> bool:
        """Whether the database begins or ceases to number the rows."""
        return self.before.identity != self.after.identity


@dataclass(frozen=True, slots=True)
class Reshaping:
    """A JSON column that is to hold something else, under its new name. No row changes."""

    before: ColumnSchema
    after: ColumnSchema


@dataclass(frozen=True, slots=True)
class Rename:
    """A constraint or an index that only has another name, for the sake of its table's or column's.

    PostgreSQL renames it; SQLite cannot, and drops it and makes it anew.
    """

    before: CheckSchema | ForeignKeySchema | IndexSchema
    after: CheckSchema | ForeignKeySchema | IndexSchema


@dataclass(frozen=True, slots=True)
class TableChange:
    """What becomes of a table that stays.

    `old` is the table as it was; `current` the same under the new names of tables and columns,
    with the names of its constraints and indexes as they were; `new` as it will be. What `renames`
    name is among what is dropped and what is added as well. `rekeyed` are the columns of an id
    whose type changes: the table's own, and those that refer to another's.
    """

    old: TableSchema
    current: TableSchema
    new: TableSchema
    renamed: tuple[tuple[str, str], ...] = ()
    added: tuple[AddedColumn, ...] = ()
    dropped: tuple[ColumnSchema, ...] = ()
    altered: tuple[AlteredColumn, ...] = ()
    reshaped: tuple[Reshaping, ...] = ()
    updates: tuple[Update, ...] = ()
    post_checks: tuple[PostCheck, ...] = ()
    dropped_checks: tuple[CheckSchema, ...] = ()
    added_checks: tuple[CheckSchema, ...] = ()
    dropped_keys: tuple[ForeignKeySchema, ...] = ()
    added_keys: tuple[ForeignKeySchema, ...] = ()
    dropped_indexes: tuple[IndexSchema, ...] = ()
    created_indexes: tuple[IndexSchema, ...] = ()
    renames: tuple[Rename, ...] = ()
    rekeyed: frozenset[str] = frozenset()

    def is_rekeyed(self, part: CheckSchema | ForeignKeySchema | IndexSchema) -> bool:
        """Return whether a reference leads to ids that become others."""
        return isinstance(part, ForeignKeySchema) and part.column in self.rekeyed

    def is_only_renamed(self, part: CheckSchema | ForeignKeySchema | IndexSchema) -> bool:
        """Return whether a constraint or an index, as it was or as it will be, stays as it is."""
        return any(part in (rename.before, rename.after) for rename in self.renames)

    @property
    def is_renamed(self) -> bool:
        """Whether the table has another name."""
        return self.old.name != self.new.name

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (
            self.is_renamed
            or self.renamed
            or self.dropped_indexes
            or self.reshaped
            or self._is_altered
        )

    @property
    def _is_altered(self) -> bool:
        return bool(
            self.added
            or self.updates
            or self.created_indexes
            or self.needs_batch
            or self.current.searchable != self.new.searchable
        )

    @property
    def reindexes(self) -> bool:
        """Whether the full-text index has to be made anew, or comes, or goes.

        SQLite's names what it hangs on, and does not follow where a table is written anew.
        """
        is_changed = self.current.searchable != self.new.searchable
        is_moved = self.is_renamed or bool(self.renamed) or self.needs_batch
        return is_changed or (is_moved and bool(self.new.searchable))

    @property
    def needs_batch(self) -> bool:
        """Whether SQLite has to write the table anew."""
        return bool(
            self.dropped
            or self.altered
            or self.dropped_checks
            or self.added_checks
            or self.dropped_keys
            or self.added_keys
            or any(
                not added.column.nullable or added.column.server_default is not None
                for added in self.added
            )
        )


@dataclass(frozen=True, slots=True)
class NewIds:
    """Ids that are texts for a moment, and get values of `type`, as texts; `references` hold them too."""

    table: str
    type: ColumnType
    references: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """One direction of a migration. `created` are in an order in which each finds its targets,
    `dropped` in one in which nothing is left that refers to them.

    References that go in a circle are added when all tables are there (`late_keys`), and dropped
    before any table is (`loose_keys`). Where ids get new values, they are texts behind these steps;
    `new_ids` says which, and `then` makes them what they are to be.
    """

    created: tuple[TableSchema, ...] = ()
    changed: tuple[TableChange, ...] = ()
    dropped: tuple[TableSchema, ...] = ()
    late_keys: tuple[tuple[TableSchema, ForeignKeySchema], ...] = ()
    loose_keys: tuple[tuple[TableSchema, ForeignKeySchema], ...] = ()
    new_ids: tuple[NewIds, ...] = ()
    then: tuple[TableChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.created or self.changed or self.dropped or self.then)


@dataclass(frozen=True, slots=True)
class Plan:
    """The way from one database schema to another, and back."""

    up: Steps
    down: Steps
    findings: tuple[Finding, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether both schemas make the same database."""
        return self.up.is_empty

    @property
    def obstacles(self) -> tuple[Finding, ...]:
        """The findings that keep the migration from being written."""
        return tuple(finding for finding in self.findings if finding.stops)
