"""Values out of JSON, part by part."""

from dataclasses import dataclass

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.projection import (
    PLAIN,
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


@dataclass(frozen=True, slots=True)
class Decoding:
    """Writes what makes values of JSON; `value` is an expression of type `Any`."""

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
            case LiteralType() | AnyType() | FragmentType() | EntityType():
                return value
            case RefType():
                return self.reference(type_, value)
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
                return self.instance(type_, value)
            case ConstrainedType():
                return self.expression(type_.item, value, used)

    def _scalar(self, type_: ScalarType, value: str) -> str:
        name = type_.name
        if name in PLAIN:
            return value
        if name == "bytes":
            return f"{self.names.use('base64', 'b64decode')}({value})"
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
        if isinstance(type_, ScalarType):
            match type_.name:
                case "bool":
                    return f'{key} == "true"'
                case "int" | "float":
                    return f"{self.names.builtin(type_.name)}({key})"
                case _:
                    return self._scalar(type_, key)
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
            return self.union(type_, value)
        item = self.expression(type_.item, value, used)
        return value if item == value else ("None", f"{value} is None", item)

    def union(self, type_: UnionType, value: str) -> str:
        """Write what reads a value that can be of several kinds."""
        raise NotImplementedError

    def instance(self, type_: ObjectType, value: str) -> str:
        """Write what reads a value object."""
        raise NotImplementedError

    def reference(self, type_: RefType, value: str) -> str:
        """Write what reads a reference."""
        raise NotImplementedError
