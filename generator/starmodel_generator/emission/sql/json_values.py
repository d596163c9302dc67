"""Values on their way into what a database keeps as JSON, and back.

Other than in what clients see nothing is lost: a duration is a whole number of microseconds, and
of a value that can be of several kinds it is told which it is.
"""

from dataclasses import dataclass
from typing import Protocol

from starmodel_generator.emission.entity.json_conversions import Decoding
from starmodel_generator.emission.entity.projection import Projection, Used
from starmodel_generator.emission.python.layout import Condition, Layout
from starmodel_generator.emission.python.literals import python_string, python_value
from starmodel_generator.emission.python.type_expressions import without_constraints
from starmodel_generator.emission.sql.exact_json import (
    has_ambiguous_texts,
    is_bare,
    is_json,
    is_text,
    members,
)
from starmodel_schemas import (
    EntityType,
    LiteralType,
    ObjectType,
    OptionalType,
    RefType,
    ScalarType,
    TypeRef,
    UnionType,
)


class Functions(Protocol):
    """Where a module has its functions for value objects, and for what is of several kinds."""

    def base(self, type_: ObjectType | UnionType) -> str:
        """Return the first part of their names: `note` of `note_to_json` and `note_from_json`."""
        ...


@dataclass(frozen=True, slots=True)
class StoredEncoding(Projection):
    """Writes what makes JSON of a value."""

    functions: Functions

    def layout(self, type_: TypeRef, value: str) -> Layout:
        """Write it so that it can take several lines."""
        return value if is_json(type_) else Projection.layout(self, type_, value)

    def expression(self, type_: TypeRef, value: str, used: Used = ()) -> str:
        """Write it on one line; what JSON takes as it is needs no copy."""
        return value if is_json(type_) else Projection.expression(self, type_, value, used)

    def instance(self, type_: ObjectType | EntityType, value: str) -> str:
        """Write how a value object is kept."""
        assert isinstance(type_, ObjectType)
        return f"{self.functions.base(type_)}_to_json({value})"

    def anything(self, value: str) -> str:
        """Keep a value nobody knows the type of as it is, if that is possible."""
        return value

    def class_of(self, type_: TypeRef) -> str:
        """Write the class that values of a type have."""
        return self._class(type_)

    def _scalar(self, type_: ScalarType, value: str) -> str:
        if type_.name != "timedelta":
            return Projection._scalar(self, type_, value)
        return f"{value} // {self.names.use('datetime', 'timedelta')}(microseconds=1)"

    def _key(self, type_: TypeRef, key: str) -> str:
        if has_ambiguous_texts(type_, self.context):
            return self.expression(type_, key)
        return Projection._key(self, type_, key)

    def _cases(self, type_: OptionalType | UnionType, value: str, used: Used) -> Condition | str:
        if isinstance(type_, OptionalType):
            return Projection._cases(self, type_, value, used)
        return f"{self.functions.base(type_)}_to_json({value})"


@dataclass(frozen=True, slots=True)
class StoredDecoding(Decoding):
    """Writes what makes a value of JSON."""

    functions: Functions

    def instance(self, type_: ObjectType, value: str) -> str:
        """Write what reads a value object."""
        return f"{self.functions.base(type_)}_from_json({value})"

    def reference(self, type_: RefType, value: str) -> str:
        """Write what reads a reference."""
        target = self.classes.name(EntityType(entity=type_.entity))
        return f"{self.names.use('starmodel', 'Ref')}({value}, {target})"

    def union(self, type_: UnionType, value: str) -> str:
        """Write what reads a value that can be of several kinds."""
        if all(map(is_bare, members(type_))):
            return value
        return f"{self.functions.base(type_)}_from_json({value})"

    def _scalar(self, type_: ScalarType, value: str) -> str:
        match type_.name:
            case "float":
                # JSONB makes a whole number of a large one.
                return f"{self.names.builtin('float')}({value})"
            case "timedelta":
                return f"{self.names.use('datetime', 'timedelta')}(microseconds={value})"
            case _:
                return Decoding._scalar(self, type_, value)

    def _key(self, type_: TypeRef, key: str) -> str:
        type_ = without_constraints(type_)
        if has_ambiguous_texts(type_, self.context):
            return self.expression(type_, key)
        if isinstance(type_, ScalarType) and type_.name == "timedelta":
            return self._scalar(type_, f"{self.names.builtin('int')}({key})")
        if isinstance(type_, LiteralType) and not is_text(type_):
            choices = ", ".join(
                [f"{python_string(str(one))}: {python_value(one)}" for one in type_.values]
            )
            return f"{{{choices}}}[{key}]"
        return Decoding._key(self, type_, key)
