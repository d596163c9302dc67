"""What checks an argument: a schema of pydantic-core, made when the module is imported."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.projection import enum_value_types
from starmodel_generator.emission.entity.protected_parts import protected_objects
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, named, prefixed
from starmodel_generator.emission.python.literals import python_string, python_value
from starmodel_generator.emission.python.type_expressions import Classes, secret_class
from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    Constraints,
    DictType,
    EntitySchema,
    EntityType,
    EnumType,
    EventSchema,
    FragmentType,
    ListType,
    LiteralType,
    ObjectType,
    OptionalType,
    ParameterSchema,
    RefType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.address_types import PARSED

NO_CONSTRAINTS = Constraints()

_BOUNDS = ("multiple_of", "le", "ge", "lt", "gt")
_LENGTHS = ("min_length", "max_length")
_CHANGES = ("strip_whitespace", "to_lower", "to_upper")
_SCALARS: dict[str, tuple[str, ...]] = {
    "bool": (),
    "int": _BOUNDS,
    "float": _BOUNDS,
    "str": ("pattern", *_LENGTHS),
    "bytes": _LENGTHS,
    "Decimal": ("max_digits", "decimal_places", *_BOUNDS),
    "date": _BOUNDS[1:],
    "time": _BOUNDS[1:],
    "datetime": _BOUNDS[1:],
    "timedelta": _BOUNDS[1:],
    "UUID": (),
}
"""Which constraints the schema of a scalar takes, in the order in which they are written."""


@dataclass(frozen=True, slots=True)
class CoreSchemas:
    """Writes the schemas of one generated module."""

    names: ModuleNames
    context: Context
    classes: Classes
    entity: EntitySchema | None = None
    """Whose arguments they check; `None` for filters, which are of single values."""

    for_update: bool = False
    """Whether the values replace others, of which parts stay that are not written."""

    def layout(self, type_: TypeRef, constraints: Constraints = NO_CONSTRAINTS) -> Layout:
        """Write the schema of a type with limits to its values."""
        match type_:
            case ScalarType() if constraints.secret:
                secret = self.names.use("pydantic", secret_class(type_))
                inner = self.layout(type_, constraints.model_copy(update={"secret": False}))
                return self._call("no_info_after_validator_function", [secret, inner])
            case ScalarType() if type_.name in PARSED or constraints.format is not None:
                return self._of_pydantic(type_, constraints)
            case ScalarType():
                return self._call(
                    f"{type_.name.lower()}_schema",
                    [],
                    constraints,
                    _SCALARS[type_.name],
                    kind=type_.name,
                )
            case EnumType():
                return self._enum(type_)
            case LiteralType():
                choices = Group("[", tuple(python_value(choice) for choice in type_.values), "]")
                return self._call("literal_schema", [choices])
            case OptionalType():
                return self._call("nullable_schema", [self.layout(type_.item, constraints)])
            case UnionType():
                members = tuple(self.layout(member, constraints) for member in type_.members)
                tags = self._tags(type_)
                if tags is not None:
                    choices = [
                        prefixed(f"{tag}: ", member)
                        for tags_of_one, member in zip(tags, members, strict=True)
                        for tag in tags_of_one
                    ]
                    by = f"discriminator={python_string(type_.discriminator or '')}"
                    return self._call("tagged_union_schema", [Group("{", tuple(choices), "}"), by])
                return self._call("union_schema", [Group("[", members, "]")])
            case ListType():
                return self._call("list_schema", [self.layout(type_.item)], constraints, _LENGTHS)
            case SetType():
                name = "frozenset_schema" if type_.frozen else "set_schema"
                return self._call(name, [self.layout(type_.item)], constraints, _LENGTHS)
            case DictType():
                items = [self.layout(type_.key), self.layout(type_.value)]
                return self._call("dict_schema", items, constraints, _LENGTHS)
            case TupleType():
                return self._tuple(type_, constraints)
            case ObjectType():
                return self._object(type_)
            case RefType():
                function = self.names.use(
                    "starmodel.web.validation.object_schema", "reference_schema"
                )
                return f"{function}({self.classes.name(EntityType(entity=type_.entity))})"
            case ConstrainedType():
                return self.layout(type_.item, _merged(constraints, type_.constraints))
            case AnyType() | EntityType() | FragmentType():
                return self._call("any_schema", [])
            case _:
                assert_never(type_)

    def of_field(self, parameter: ParameterSchema) -> Layout:
        """Write the schema that the author's class has for a field."""
        assert self.entity is not None
        function = self.names.use("starmodel.web.validation.field_schema", "field_schema")
        cls = self.names.use(self.entity.module, self.entity.name)
        items = (cls, python_string(parameter.name), *self._protected(parameter.type))
        return Group(f"{function}(", items, ")")

    def of_parameter(self, parameter: ParameterSchema, event: EventSchema) -> Layout:
        """Write the schema that pydantic has for the annotation of a parameter."""
        assert self.entity is not None
        function = self.names.use("starmodel.web.validation.field_schema", "parameter_schema")
        cls = self.names.use(self.entity.module, self.entity.name)
        method = f"{cls}.{event.function}"
        items = (method, python_string(parameter.name), *self._protected(parameter.type))
        return Group(f"{function}(", items, ")")

    def _tags(self, type_: UnionType) -> list[tuple[str, ...]] | None:
        """Return the texts by which each member is known, `None` where the field tells nothing."""
        found: list[tuple[str, ...]] = []
        for member in type_.members:
            fields = (
                self.context.objects[member.object].fields if isinstance(member, ObjectType) else ()
            )
            literal = next(
                (field.type for field in fields if field.name == type_.discriminator), None
            )
            if not isinstance(literal, LiteralType):
                return None
            found.append(tuple(python_value(value) for value in literal.values))
        return found

    def _call(
        self,
        function: str,
        items: list[Layout],
        constraints: Constraints = NO_CONSTRAINTS,
        allowed: tuple[str, ...] = (),
        *,
        kind: str = "int",
    ) -> Layout:
        module = self.names.use("pydantic_core", "core_schema")
        limits: list[Layout] = []
        if constraints is not NO_CONSTRAINTS:
            for name in allowed:
                value = getattr(constraints, name)
                if value is not None:
                    limits.append(named(name, self._limit(name, value, kind)))
            if constraints.strict and allowed is not _LENGTHS:
                limits.append("strict=True")
            if kind == "str":
                limits += [f"{name}=True" for name in _CHANGES if getattr(constraints, name)]
        return Group(f"{module}.{function}(", (*items, *limits), ")")

    def _of_pydantic(self, type_: ScalarType, constraints: Constraints) -> Layout:
        """Write the schema that pydantic has for a text of a certain form."""
        is_email = constraints.format == "email"
        cls = self.names.use("pydantic", "EmailStr") if is_email else self.classes.parsed(type_)
        limits: list[Layout] = []
        for name in (*_SCALARS["str"], *_CHANGES):
            value = getattr(constraints, name)
            if value is not None and value is not False:
                limits.append(named(name, python_value(value)))
        return Group(f"{self._type_schema()}(", (cls, *limits), ")")

    def _type_schema(self) -> str:
        return self.names.use("starmodel.domain.pydantic_schema", "type_schema")

    def _object(self, type_: ObjectType) -> Layout:
        function = self.names.use("starmodel.web.validation.object_schema", "object_schema")
        items = (self.classes.name(type_), *self._protected(type_))
        return Group(f"{function}(", items, ")")

    def _protected(self, type_: TypeRef) -> Iterator[Layout]:
        """Write which parts of value objects are not read, where there are such."""
        protected = protected_objects([type_], self.context)
        if protected and self.entity is not None:
            own = self.context.names[self.entity.qualified_name]
            yield self.names.use(own.module("state"), own.writable)
            if self.for_update and any(each.shows_id for each in protected):
                yield "for_update=True"

    def _limit(self, name: str, value: int | str, kind: str) -> str:
        if isinstance(value, int):
            return str(value)
        if name == "pattern":
            return python_string(value)
        match kind:
            case "Decimal":
                return f"{self.names.use('decimal', 'Decimal')}({python_string(value)})"
            case "date" | "time" | "datetime":
                class_ = self.names.use("datetime", kind)
                return f"{class_}.fromisoformat({python_string(value)})"
            case "timedelta":
                return f"{self.names.use('datetime', 'timedelta')}(seconds={value})"
            case _:
                return value

    def _enum(self, type_: EnumType) -> Layout:
        cls = self.classes.name(type_)
        if self.context.enums[type_.enum].is_flag:
            # pydantic knows what several members at once are.
            return f"{self._type_schema()}({cls})"
        items: list[Layout] = [cls, f"{self.names.builtin('list')}({cls})"]
        types = enum_value_types(self.context.enums[type_.enum])
        if len(types) == 1:
            items.append(f'sub_type="{types[0]}"')
        return self._call("enum_schema", items)

    def _tuple(self, type_: TupleType, constraints: Constraints) -> Layout:
        items = Group("[", tuple(self.layout(item) for item in type_.items), "]")
        extra: list[Layout] = [items]
        if type_.variadic:
            extra.append("variadic_item_index=0")
        return self._call("tuple_schema", extra, constraints, _LENGTHS)


def _merged(outer: Constraints, inner: Constraints) -> Constraints:
    """Join the limits of a parameter with those inside its `Annotated`; the inner ones count."""
    if outer is NO_CONSTRAINTS:
        return inner
    changes = {name: value for name, value in inner if value is not None and value is not False}
    return outer.model_copy(update=changes)
