"""Values on their way into what a database keeps as JSON, and back.

Other than in what clients see nothing is lost: a duration is a whole number of microseconds, and
of a value that can be of several kinds it is told which it is.
"""

from dataclasses import dataclass
from typing import Protocol

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.projection import (
    PLAIN,
    Projection,
    Used,
    loop_pair,
    loop_variable,
)
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import (
    Condition,
    Group,
    Layout,
    Parts,
    conditional,
    flat,
)
from starmodel_generator.emission.python.literals import python_string, python_value
from starmodel_generator.emission.python.type_expressions import (
    SCALAR_MODULES,
    Classes,
    without_constraints,
)
from starmodel_generator.emission.sql.exact_json import (
    has_ambiguous_texts,
    is_bare,
    is_json,
    is_text,
    members,
)
from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    DictType,
    EntityType,
    EnumType,
    FragmentType,
    ListType,
    LiteralType,
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


def parser(name: str, names: ModuleNames) -> str:
    """Write what makes a URL or an IP address of its text."""
    if name.startswith("IPvAny"):
        return names.use("ipaddress", f"ip_{name.removeprefix('IPvAny').lower()}")
    return names.use(SCALAR_MODULES[name], name)


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
class StoredDecoding:
    """Writes what makes a value of JSON; `value` is an expression of type `Any`."""

    names: ModuleNames
    context: Context
    classes: Classes
    functions: Functions

    def layout(self, type_: TypeRef, value: str) -> Layout:
        """Write it so that it can take several lines."""
        type_ = without_constraints(type_)
        if isinstance(type_, OptionalType | UnionType):
            cases = self._cases(type_, value, ())
            return cases if isinstance(cases, str) else conditional(cases)
        if isinstance(type_, ListType | DictType | SetType | TupleType):
            parts = self._parts(type_, value, ())
            if parts is not None:
                return parts
        return self.expression(type_, value)

    def expression(self, type_: TypeRef, value: str, used: Used = ()) -> str:
        """Write it on one line; `value` may be evaluated twice."""
        match type_:
            case ScalarType():
                return self._scalar(type_, value)
            case EnumType():
                return f"{self.classes.name(type_)}({value})"
            case LiteralType() | AnyType() | FragmentType() | EntityType():
                return value
            case RefType():
                target = self.classes.name(EntityType(entity=type_.entity))
                return f"{self.names.use('starmodel', 'Ref')}({value}, {target})"
            case OptionalType() | UnionType():
                cases = self._cases(type_, value, used)
                return cases if isinstance(cases, str) else "{} if {} else {}".format(*cases)
            case ListType() | DictType():
                parts = self._parts(type_, value, used)
                return value if parts is None else flat(parts)
            case SetType() | TupleType():
                parts = self._parts(type_, value, used)
                return f"{self._collection(type_)}({value})" if parts is None else flat(parts)
            case ObjectType():
                return f"{self.functions.base(type_)}_from_json({value})"
            case ConstrainedType():
                return self.expression(type_.item, value, used)

    def _scalar(self, type_: ScalarType, value: str) -> str:
        name = type_.name
        if name == "float":
            # JSONB makes a whole number of a large one.
            return f"{self.names.builtin('float')}({value})"
        if name == "timedelta":
            return f"{self.names.use('datetime', 'timedelta')}(microseconds={value})"
        if name in PLAIN:
            return value
        if name == "bytes":
            return f"{self.names.use('base64', 'b64decode')}({value})"
        if name in PARSED:
            return f"{parser(name, self.names)}({value})"
        if name in {"Decimal", "UUID"}:
            module = "decimal" if name == "Decimal" else "uuid"
            return f"{self.names.use(module, name)}({value})"
        cls = self.names.use("datetime", name)
        return f"{cls}.fromisoformat({value})"

    def _parts(
        self, type_: ListType | SetType | TupleType | DictType, value: str, used: Used
    ) -> Layout | None:
        """Write a collection item by item; `None` where its items are what JSON has."""
        if isinstance(type_, DictType):
            return self._dict(type_, value, used)
        if isinstance(type_, TupleType) and not type_.variadic:
            items = [
                self.expression(item, f"{value}[{index}]", used)
                for index, item in enumerate(type_.items)
            ]
            return f"({items[0]},)" if len(items) == 1 else Group("(", tuple(items), ")")
        variable = loop_variable(used)
        item_type = type_.items[0] if isinstance(type_, TupleType) else type_.item
        item = self.expression(item_type, variable, (*used, variable))
        if item == variable:
            return None
        loop = (item, f"for {variable} in {value}")
        if isinstance(type_, ListType):
            return Parts("", "[]", loop)
        if isinstance(type_, SetType) and not type_.frozen:
            return Parts("", "{}", loop)
        return Parts(self._collection(type_), "()", loop)

    def _collection(self, type_: SetType | TupleType) -> str:
        if isinstance(type_, TupleType):
            return self.names.builtin("tuple")
        return self.names.builtin("frozenset" if type_.frozen else "set")

    def _dict(self, type_: DictType, value: str, used: Used) -> Layout | None:
        key, content = loop_pair(used)
        written_key = self._key(type_.key, key)
        item = self.expression(type_.value, content, (*used, key, content))
        if written_key == key and item == content:
            return None
        loop = f"for {key}, {content} in {value}.items()"
        return Parts("", "{}", (f"{written_key}: {item}", loop))

    def _key(self, type_: TypeRef, key: str) -> str:
        """Read a key, which JSON has as text, whatever it is."""
        type_ = without_constraints(type_)
        if has_ambiguous_texts(type_, self.context):
            return self.expression(type_, key)
        if isinstance(type_, LiteralType) and not is_text(type_):
            choices = ", ".join(
                [f"{python_string(str(one))}: {python_value(one)}" for one in type_.values]
            )
            return f"{{{choices}}}[{key}]"
        if isinstance(type_, ScalarType):
            match type_.name:
                case "bool":
                    return f'{key} == "true"'
                case "int" | "float":
                    return f"{self.names.builtin(type_.name)}({key})"
                case "timedelta":
                    return self._scalar(type_, f"{self.names.builtin('int')}({key})")
                case _:
                    return self._scalar(type_, key)
        if isinstance(type_, EnumType) and self.context.enums[type_.enum].is_flag:
            return f"{self.classes.name(type_)}({self.names.builtin('int')}({key}))"
        if isinstance(type_, EnumType):
            members = self.context.enums[type_.enum].members
            if all(isinstance(member.value, str) for member in members):
                return f"{self.classes.name(type_)}({key})"
            cls = self.classes.name(type_)
            text = self.names.builtin("str")
            return f"{{{text}(member.value): member for member in {cls}}}[{key}]"
        return self.expression(type_, key)

    def _cases(self, type_: OptionalType | UnionType, value: str, used: Used) -> Condition | str:
        """Write what tells the cases apart: whether it is `None`, or of which kind it is."""
        if isinstance(type_, UnionType):
            if all(map(is_bare, members(type_))):
                return value
            return f"{self.functions.base(type_)}_from_json({value})"
        item = self.expression(type_.item, value, used)
        return value if item == value else ("None", f"{value} is None", item)
