"""Options of a field or a parameter: what `Field(...)` and the arguments of `Annotated[...]` say about it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from starmodel_generator.analysis.facts import Expression
from starmodel_generator.linking.names.symbols import Namespace
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.aliases import Aliases
from starmodel_generator.linking.types.column_settings import ColumnKind
from starmodel_schemas import Constraints, Moment, OnDelete

NO_CONSTRAINTS = Constraints()
NO_ALIASES = Aliases()


class SerializerProblem(Problem):
    """There is a serializer, which is a problem anywhere but in the annotation of an entity's field."""


@dataclass(frozen=True, slots=True)
class FieldOptions:
    """What is said about a field besides its type.

    `default`, `factory` and `server_default` are as written, `None` where there is none; `nullable`
    is as said, and so is `column_kind`, what SQLModel is told that the column holds.
    `by_pydantic` is what only pydantic does when it reads a value, as written; `has_validator` is
    true where there is a validator of any kind, `reads_input` where one comes before the type, and
    `is_read_by_class` where what is sent has to be read as the author's class reads it.
    `only_for_some` are those that pydantic refuses for most types, `plain_validator` is the
    function of a `PlainValidator`, with where it is written.
    """

    default: Expression | None = None
    factory: Expression | None = None
    server_default: Expression | None = None
    constraints: Constraints = NO_CONSTRAINTS
    title: str | None = None
    description: str | None = None
    primary_key: bool = False
    index: bool = False
    unique: bool = False
    foreign_key: str | None = None
    private: bool = False
    exclude: bool = False
    write_only: bool = False
    writable: bool = True
    frozen: bool = False
    now: Moment | None = None
    nullable: bool | None = None
    renamed_from: str | None = None
    db_name: str | None = None
    column_kind: ColumnKind | None = None
    on_delete: OnDelete | None = None
    multiline: bool | None = None
    searchable: bool = False
    allow_inf_nan: bool | None = None
    aliases: Aliases = NO_ALIASES
    discriminator: str | None = None
    has_discriminator: bool = False
    only_for_some: frozenset[str] = frozenset()
    plain_validator: tuple[Expression, Namespace] | None = None
    has_validator: bool = False
    reads_input: bool = False
    is_read_by_class: bool = False
    by_pydantic: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_hidden(self) -> bool:
        """Whether it never leaves the process."""
        return self.private or self.exclude or self.write_only or self.constraints.secret


NO_OPTIONS = FieldOptions()


def inside(options: FieldOptions) -> FieldOptions:
    """Return what is left of options of a type that `| None` stands beside: pydantic asks for these."""
    return replace(
        options, default=None, factory=None, exclude=False, frozen=False, aliases=NO_ALIASES
    )


def of_parts(parts: Iterable[FieldOptions]) -> FieldOptions:
    """Return what the options of the parts of a type say about the whole."""
    found = [
        each for each in parts if each.has_validator or each.by_pydantic or each.is_read_by_class
    ]
    if not found:
        return NO_OPTIONS
    return FieldOptions(
        has_validator=any(each.has_validator for each in found),
        reads_input=any(each.reads_input for each in found),
        is_read_by_class=any(each.is_read_by_class for each in found),
        by_pydantic=tuple(name for each in found for name in each.by_pydantic),
    )
