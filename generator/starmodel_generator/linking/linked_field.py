"""A field of an entity or a value object, linked."""

from dataclasses import dataclass, replace

from starmodel_generator.analysis.facts import AssignmentFact
from starmodel_generator.diagnostics.diagnostic import Diagnostic, Place
from starmodel_generator.linking.defaults.value_origins import UNKNOWN
from starmodel_generator.linking.names.class_members import Method
from starmodel_generator.linking.names.symbols import ClassSymbol
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.types.column_settings import ColumnKind
from starmodel_generator.linking.types.constraints import scalar_name
from starmodel_schemas import FieldSchema, LiteralDefault, OptionalType


@dataclass(frozen=True, slots=True)
class LinkedField:
    """A field with the class that defines it and what wrote it.

    `says_on_delete` is true where it has an `on_delete` that was written; `allows_infinity` is
    what it says about numbers that are not finite. `by_pydantic` is what only pydantic does when
    it reads a value of the field, as written, with where it is; `is_read_by_class` says that what is
    sent of it is read as its class reads it. `default` is what is known of the
    default, `UNKNOWN` also where a validator is given it before its type is made sure of.
    `has_alias` says that it can be given under another name, `column_kind` what SQLModel is told
    that its column holds.
    """

    schema: FieldSchema
    owner: ClassSymbol
    fact: AssignmentFact | Method
    says_on_delete: bool = False
    allows_infinity: bool | None = None
    by_pydantic: tuple[tuple[str, Place], ...] = ()
    is_read_by_class: bool = False
    default: object = UNKNOWN
    has_alias: bool = False
    column_kind: ColumnKind | None = None

    @property
    def subject(self) -> Subject:
        """The field as the subject of a diagnostic."""
        facts = self.fact.facts if isinstance(self.fact, Method) else self.fact
        return Subject(f"field `{self.owner.name}.{facts.name}`", facts.place, self.owner.name)

    def at_default(self, problem: Problem) -> Diagnostic:
        """Return the diagnostic of a problem with the field's default, where that is written."""
        assert not isinstance(self.fact, Method)
        return self.subject.diagnose(problem, self.fact.place.at("value", 0))

    def at_type(self, problem: Problem) -> Diagnostic:
        """Return the diagnostic of a problem with the field's type, where that is written."""
        if isinstance(self.fact, Method):
            return self.subject.diagnose(problem, self.fact.facts.place.at("returns", 0))
        return self.subject.diagnose(problem, self.fact.place.at("annotation", 0))


def numbered(field: LinkedField) -> LinkedField:
    """Return the field of a record; an id that is `None` until the store gives it, as that."""
    schema = field.schema
    is_number = schema.name == "id" and scalar_name(schema.type) == "int"
    if not is_number or schema.default != LiteralDefault(value=None):
        return field
    type = schema.type.item if isinstance(schema.type, OptionalType) else schema.type
    stored = schema.model_copy(update={"type": type, "identity": True})
    # The default is none of a record that is stored.
    return replace(field, schema=stored, default=UNKNOWN)
