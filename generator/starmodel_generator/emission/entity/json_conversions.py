"""Values on their way between a client and JSON, both ways."""

from dataclasses import dataclass

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
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
from starmodel_generator.emission.python.type_expressions import Classes, without_constraints
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


class Encoding(Projection):
    """Writes what makes JSON of a client's values."""

    def instance(self, type_: ObjectType | EntityType, value: str) -> str:
        """Write how a value object is sent."""
        return f"{value}.to_json()" if isinstance(type_, ObjectType) else value

    def reference(self, value: str) -> str:
        """Send the id that a client has for a record."""
        return value

    def anything(self, value: str) -> str:
        """Send a value nobody knows the type of as it is."""
        return value


@dataclass(frozen=True, slots=True)
class Decoding:
    """Writes what makes a client's values of JSON; `value` is an expression of type `Any`."""

    names: ModuleNames
    context: Context
    classes: Classes

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
            case LiteralType() | RefType() | AnyType() | FragmentType():
                return value
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
                return f"{self.classes.name(type_)}.from_json({value})"
            case EntityType():
                name = self.classes.name(type_)
                return (
                    value
                    if name == self.names.use("typing", "Any")
                    else f"{name}.from_json({value})"
                )
            case ConstrainedType():
                return self.expression(type_.item, value, used)

    def _scalar(self, type_: ScalarType, value: str) -> str:
        name = type_.name
        if name == "float":
            return f"{self.names.use('.transport', 'read_number')}({value})"
        if name in PLAIN:
            return value
        if name == "bytes":
            return f"{self.names.use('base64', 'b64decode')}({value})"
        if name in {"Decimal", "UUID"}:
            module = "decimal" if name == "Decimal" else "uuid"
            return f"{self.names.use(module, name)}({value})"
        cls = self.names.use("datetime", name)
        return f"{cls}(seconds={value})" if name == "timedelta" else f"{cls}.fromisoformat({value})"

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
        if isinstance(type_, ScalarType):
            match type_.name:
                case "bool":
                    return f'{key} == "true"'
                case "int" | "float":
                    return f"{self.names.builtin(type_.name)}({key})"
                case "timedelta":
                    number = f"{self.names.builtin('float')}({key})"
                    return self._scalar(type_, number)
                case _:
                    return self._scalar(type_, key)
        if isinstance(type_, EnumType):
            members = self.context.enums[type_.enum].members
            if all(isinstance(member.value, str) for member in members):
                return f"{self.classes.name(type_)}({key})"
            cls = self.classes.name(type_)
            text = self.names.builtin("str")
            return f"{{{text}(member.value): member for member in {cls}}}[{key}]"
        if isinstance(type_, LiteralType) and not all(isinstance(v, str) for v in type_.values):
            choices = ", ".join([python_value(choice) for choice in type_.values])
            return f"{self.names.use('.transport', 'literal_key')}({key}, [{choices}])"
        return self.expression(type_, key)

    def _cases(self, type_: OptionalType | UnionType, value: str, used: Used) -> Condition | str:
        """Write what tells the cases apart in JSON; what it cannot tell stays JSON."""
        if isinstance(type_, OptionalType):
            item = self.expression(type_.item, value, used)
            return value if item == value else ("None", f"{value} is None", item)
        members = [without_constraints(member) for member in type_.members]
        objects = [member for member in members if isinstance(member, ObjectType)]
        if not objects:
            return value
        rest = list(objects)
        cases: Condition | str = value
        if len(objects) == len(members):
            cases = self.expression(rest.pop(), value, used)
        for member in reversed(rest):
            other = cases if isinstance(cases, str) else "{} if {} else {}".format(*cases)
            test = self._mark(member, objects, value)
            cases = (self.expression(member, value, used), test, other)
        return cases

    def _mark(self, member: ObjectType, objects: list[ObjectType], value: str) -> str:
        """Write what is true of one value object in JSON and of none of the others."""
        mine = {field.name: field for field in public_fields(self.context.objects[member.object])}
        rivals = [
            {field.name: field for field in public_fields(self.context.objects[other.object])}
            for other in objects
            if other != member
        ]
        for name, field in mine.items():
            tag = _tag(field.type)
            if tag is not None and all(
                name in rival and _tag(rival[name].type) not in (None, tag) for rival in rivals
            ):
                has_tag = self.names.use(".transport", "has_tag")
                return f"{has_tag}({value}, {python_string(name)}, {tag})"
        for name in mine:
            if rivals and all(name not in rival for rival in rivals):
                return f"{self.names.use('.transport', 'has_key')}({value}, {python_string(name)})"
        return f"{self.names.use('.transport', 'is_object')}({value})"


def _tag(type_: TypeRef) -> str | None:
    """Write the one literal that a field can be; `None` where it can be more."""
    type_ = without_constraints(type_)
    if isinstance(type_, LiteralType) and len(type_.values) == 1:
        return python_value(type_.values[0])
    return None
