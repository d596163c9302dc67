"""From values to what JSON has of them, written out part by part.

Public fields only, and new containers always: what was picked never changes when the entity
does. A decimal, a date, a UUID or a URL is a text, a duration a number of seconds, bytes are base64, an
enum is its value, a set a sorted list.
"""

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from starmodel_generator.emission.context import (
    Context,
    projection_name,
    variable_name,
)
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Condition, Group, Layout, Parts, conditional
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.emission.python.type_expressions import (
    Classes,
    scalar,
    without_constraints,
)
from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    DictType,
    EntitySchema,
    EntityType,
    EnumSchema,
    EnumType,
    FragmentType,
    ListType,
    LiteralType,
    ObjectSchema,
    ObjectType,
    OptionalType,
    RefType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.address_types import PARSED
from starmodel_schemas.naming import snake_case

PLAIN = frozenset({"bool", "int", "float", "str"})
"""The scalars that JSON has as they are."""

_TEXTS = frozenset({"Decimal", "UUID"}) | PARSED
_ITEMS = ("item", "part", "piece")
_PAIRS = (("key", "value"), ("name", "entry"), ("label", "content"))

Used: TypeAlias = tuple[str, ...]
"""The variables of the loops around an expression."""


def loop_variable(used: Used, preferred: str = "item") -> str:
    """Name the variable of a loop; never as one of a loop around it."""
    for candidate in (preferred, *_ITEMS):
        if candidate not in used:
            return candidate
    return f"item_{len(used)}"


def loop_pair(used: Used) -> tuple[str, str]:
    """Name the variables of a loop over a mapping."""
    for pair in _PAIRS:
        if pair[0] not in used:
            return pair
    return f"key_{len(used)}", f"value_{len(used)}"


@dataclass(frozen=True, slots=True)
class Projection:
    """Writes the expressions that make JSON, for one generated module."""

    names: ModuleNames
    context: Context
    classes: Classes

    def layout(self, type_: TypeRef, value: str) -> Layout:
        """Write what makes JSON of the expression `value`, so that it can take several lines."""
        type_ = without_constraints(type_)
        if isinstance(type_, OptionalType | UnionType):
            cases = self._cases(type_, value, ())
            return cases if isinstance(cases, str) else conditional(cases)
        if isinstance(type_, TupleType) and not type_.variadic:
            parts = self._tuple_parts(type_, value, ())
            return Group("[", tuple(parts), "]") if parts else self.expression(type_, value)
        if isinstance(type_, ListType | TupleType):
            item_type = type_.item if isinstance(type_, ListType) else type_.items[0]
            item, loop = self._list_parts(item_type, value, ())
            return Parts("", "[]", (item, loop)) if loop else self.expression(type_, value)
        if isinstance(type_, DictType):
            item, loop = self._dict_parts(type_, value, ())
            return Parts("", "{}", (item, loop)) if loop else self.expression(type_, value)
        return self.expression(type_, value)

    def fixed(self, type_: TypeRef, value: str, scale: int) -> Layout:
        """Write what makes JSON of a decimal that is kept with `scale` places: as it comes back."""
        text = f'f"{{{value}:z.{scale}f}}"'
        is_optional = isinstance(without_constraints(type_), OptionalType)
        return conditional(("None", f"{value} is None", text)) if is_optional else text

    def expression(self, type_: TypeRef, value: str, used: Used = ()) -> str:
        """Write what makes JSON of the expression `value`, which may be evaluated twice."""
        match type_:
            case ScalarType():
                return self._scalar(type_, value)
            case EnumType():
                return f"{value}.value"
            case RefType():
                return self.reference(value)
            case LiteralType():
                return value
            case OptionalType() | UnionType():
                cases = self._cases(type_, value, used)
                return cases if isinstance(cases, str) else "{} if {} else {}".format(*cases)
            case ListType():
                item, loop = self._list_parts(type_.item, value, used)
                return f"[{item} {loop}]" if loop else f"{self.names.builtin('list')}({value})"
            case SetType():
                return self._set(type_.item, value, used)
            case DictType():
                item, loop = self._dict_parts(type_, value, used)
                return f"{{{item} {loop}}}" if loop else f"{self.names.builtin('dict')}({value})"
            case TupleType():
                return self._tuple(type_, value, used)
            case ObjectType() | EntityType():
                return self.instance(type_, value)
            case ConstrainedType():
                return self.expression(type_.item, value, used)
            case AnyType() | FragmentType():
                return self.anything(value)
            case _:
                assert_never(type_)

    def instance(self, type_: ObjectType | EntityType, value: str) -> str:
        """Write what makes JSON of a value object or an entity."""
        if isinstance(type_, EntityType):
            own = self.context.names[type_.entity]
            return f"{self.names.use(own.module('state'), own.state_function)}({value})"
        return f"{projection_name(self.context.objects[type_.object])}({value})"

    def reference(self, value: str) -> str:
        """Write how a reference is sent: as the id it holds."""
        return f"{value}.id"

    def serialized(self, value: str, name: str) -> Layout:
        """Write what makes JSON of a field by its author's serializer."""
        module = "starmodel.application.json_projection"
        return Group(f"{self.names.use(module, 'serialized')}(", (value, python_string(name)), ")")

    def anything(self, value: str) -> str:
        """Write what makes JSON of a value nobody knows the type of."""
        return f"{self.names.use('starmodel.application.json_projection', 'json_value')}({value})"

    def _scalar(self, type_: ScalarType, value: str) -> str:
        if type_.name in PLAIN:
            return value
        if type_.name in _TEXTS:
            return f"{self.names.builtin('str')}({value})"
        if type_.name == "bytes":
            return f'{self.names.use("base64", "b64encode")}({value}).decode("ascii")'
        if type_.name == "timedelta":
            return f"{value}.total_seconds()"
        return f"{value}.isoformat()"

    def _list_parts(self, item_type: TypeRef, value: str, used: Used) -> tuple[str, str]:
        """Write the item and the loop of a comprehension; no loop where a copy will do."""
        variable = self._variable(item_type, value, used)
        item = self.expression(item_type, variable, (*used, variable))
        return item, "" if item == variable else f"for {variable} in {value}"

    def _set(self, item_type: TypeRef, value: str, used: Used) -> str:
        item, loop = self._list_parts(item_type, value, used)
        items = f"{item} {loop}" if loop else value
        in_order = self.names.builtin("sorted")
        if self._has_order(item_type):
            return f"{in_order}({items})"
        # Items of several types have no order among themselves, but their texts do.
        by_text = self.names.builtin("repr")
        return f"{in_order}({f'({items})' if loop else items}, key={by_text})"

    def _has_order(self, type_: TypeRef) -> bool:
        """Return whether JSON has values of one type, which can be compared."""
        type_ = without_constraints(type_)
        if isinstance(type_, EnumType):
            return len(enum_value_types(self.context.enums[type_.enum])) == 1
        return isinstance(type_, ScalarType)

    def _dict_parts(self, type_: DictType, value: str, used: Used) -> tuple[str, str]:
        key, content = loop_pair(used)
        key_text = self._key(type_.key, key)
        item = self.expression(type_.value, content, (*used, key, content))
        if key_text == key and item == content:
            return item, ""
        return f"{key_text}: {item}", f"for {key}, {content} in {value}.items()"

    def _key(self, type_: TypeRef, key: str) -> str:
        """Write a key as the text that JSON needs there."""
        type_ = without_constraints(type_)
        text = self.expression(type_, key)
        if isinstance(type_, ScalarType) and type_.name not in {
            "bool",
            "int",
            "float",
            "timedelta",
        }:
            return text
        if isinstance(type_, EnumType):
            is_text = enum_value_types(self.context.enums[type_.enum]) == ["str"]
        else:
            is_text = isinstance(type_, LiteralType) and all(
                isinstance(choice, str) for choice in type_.values
            )
        if is_text:
            return text
        if isinstance(type_, ScalarType) and type_.name == "bool":
            return f'"true" if {text} else "false"'
        return f"{self.names.builtin('str')}({text})"

    def _tuple(self, type_: TupleType, value: str, used: Used) -> str:
        if type_.variadic:
            item, loop = self._list_parts(type_.items[0], value, used)
            return f"[{item} {loop}]" if loop else f"{self.names.builtin('list')}({value})"
        items = self._tuple_parts(type_, value, used)
        return f"[{', '.join(items)}]" if items else f"{self.names.builtin('list')}({value})"

    def _tuple_parts(self, type_: TupleType, value: str, used: Used) -> list[str]:
        """Write the items of a tuple one by one; none where a copy will do."""
        parts = [f"{value}[{index}]" for index in range(len(type_.items))]
        items = [
            self.expression(item, part, used) for item, part in zip(type_.items, parts, strict=True)
        ]
        return [] if items == parts else items

    def _cases(self, type_: OptionalType | UnionType, value: str, used: Used) -> Condition | str:
        """Write the condition that tells the cases apart, or what is the same in all of them."""
        if isinstance(type_, OptionalType):
            item = self.expression(type_.item, value, used)
            return value if item == value else ("None", f"{value} is None", item)
        members: dict[str, list[TypeRef]] = {}
        for member in type_.members:
            text = self.expression(member, value, used)
            bracketed = f"({text})" if " if " in text and text[:1] not in "[{" else text
            members.setdefault(bracketed, []).append(member)
        # What JSON has as it is comes last, for nothing has to be asked about it.
        last = value if value in members else next(reversed(members))
        del members[last]
        cases: Condition | str = last
        for text, same in reversed(members.items()):
            is_instance = self.names.builtin("isinstance")
            other = cases if isinstance(cases, str) else "{} if {} else {}".format(*cases)
            cases = (text, f"{is_instance}({value}, {self._classes(same)})", other)
        return cases

    def _classes(self, types: list[TypeRef]) -> str:
        return " | ".join(_distinct([self._class(type_) for type_ in types]))

    def _class(self, type_: TypeRef) -> str:
        """Write the class that `isinstance` is asked about."""
        type_ = without_constraints(type_)
        match type_:
            case ScalarType() if type_.name.startswith("IPvAny"):
                # pydantic's name is none that `isinstance` could be asked about.
                kind = type_.name.removeprefix("IPvAny")
                versions = [self.names.use("ipaddress", f"IPv{one}{kind}") for one in (4, 6)]
                return " | ".join(versions)
            case ScalarType():
                return scalar(type_, self.names)
            case ObjectType() if self.context.objects[type_.object].form == "typed_dict":
                return self.names.builtin("dict")
            case EnumType() | ObjectType() | EntityType():
                return self.classes.name(type_)
            case ListType():
                return self.names.builtin("list")
            case SetType():
                return self.names.builtin("frozenset" if type_.frozen else "set")
            case DictType():
                return self.names.builtin("dict")
            case TupleType():
                return self.names.builtin("tuple")
            case RefType():
                return self.names.use("starmodel", "Ref")
            case _:
                return self.names.builtin("object")

    def _variable(self, item_type: TypeRef, value: str, used: Used) -> str:
        """Name the items of a collection: `task` for value objects, else `item`."""
        item_type = without_constraints(item_type)
        if isinstance(item_type, ObjectType):
            name = variable_name(snake_case(self.context.objects[item_type.object].name), "item")
            return loop_variable((*used, value.partition(".")[0]), name)
        return loop_variable(used)


def part_of(owner: EntitySchema | ObjectSchema, variable: str, name: str) -> str:
    """Write a part of an entity or of a value object."""
    if isinstance(owner, ObjectSchema) and owner.form == "typed_dict":
        return f"{variable}[{python_string(name)}]"
    return f"{variable}.{name}"


def enum_value_types(enum: EnumSchema) -> list[str]:
    """Name the types of an enum's values: `str`, `int` or both."""
    return _distinct([type(member.value).__name__ for member in enum.members]) or ["str"]


def _distinct(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))
