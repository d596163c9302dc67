"""The functions of a table's module that keep values as JSON, and make the same ones again.

Every field of a value object is kept, private ones too. What can be of several kinds stands
under the name of its kind, unless it is a text, a whole number, a boolean or nothing.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import Literal

from starmodel_generator.emission.context import Context, an, variable_name
from starmodel_generator.emission.entity.projection import part_of
from starmodel_generator.emission.python.function_text import FunctionView, Statement, block
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import (
    Group,
    Layout,
    conditional,
    flat,
    named,
    prefixed,
)
from starmodel_generator.emission.python.literals import docstring, python_string, python_value
from starmodel_generator.emission.python.type_expressions import (
    AuthorsClasses,
    annotation,
    without_constraints,
)
from starmodel_generator.emission.sql.exact_json import has_ambiguous_texts, stored_fields
from starmodel_generator.emission.sql.json_values import StoredDecoding, StoredEncoding
from starmodel_generator.emission.sql.union_tags import UnionTag, union_tags, union_tags_name
from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    DictType,
    FieldSchema,
    ListType,
    LiteralDefault,
    ObjectSchema,
    ObjectType,
    OptionalType,
    RequiredDefault,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.naming import snake_case

VALUES = "starmodel.application.copying"
CODEC = "starmodel.stores.sql.tables.codec"
JSON_TEXT = "starmodel.application.documents.json_text"
_CALLABLE = re.compile(r"[A-Za-z_][\w.]*")


class StoredJson:
    """Writes the conversions of one module, and the functions that they need.

    Args:
        names: The names of the module.
        context: The app.
        codec: The module of the runtime that refuses what JSON cannot keep.
    """

    def __init__(self, names: ModuleNames, context: Context, codec: str = CODEC) -> None:
        classes = AuthorsClasses(names, context)
        self.names = names
        self.context = context
        self.codec = codec
        self.classes = classes
        self.encoding = StoredEncoding(names, context, classes, self)
        self.decoding = StoredDecoding(names, context, classes, self)
        self.defined: set[str] = set()
        self._bases: dict[ObjectType | UnionType, str] = {}
        self._pending: list[ObjectType | UnionType] = []

    def base(self, type_: ObjectType | UnionType) -> str:
        """Name what has functions of its own: `note`, for `note_to_json` and `note_from_json`."""
        base = self._bases.get(type_)
        if base is None:
            base = self._new_base(type_)
            self._bases[type_] = base
            self._pending.append(type_)
            self.defined.add(self.names.define(f"{base}_to_json"))
            self.defined.add(self.names.define(f"{base}_from_json"))
        return base

    def functions(self) -> Iterator[FunctionView]:
        """Write the functions that were asked for, and those that these need."""
        while self._pending:
            type_ = self._pending.pop(0)
            if isinstance(type_, ObjectType):
                schema = self.context.objects[type_.object]
                yield self._object_to_json(schema, self._bases[type_])
                yield self._object_from_json(schema, self._bases[type_])
            else:
                yield self._union_to_json(type_, self._bases[type_])
                yield self._union_from_json(type_, self._bases[type_])

    def conversions(self, type_: TypeRef) -> Iterator[Layout]:
        """Write what makes JSON of a value, and the value again, where that is not the same."""
        sides: tuple[tuple[Literal["write", "read"], str, Layout], ...] = (
            ("write", "given", self.encoding.layout(type_, "given")),
            ("read", "stored", self.decoding.layout(type_, "stored")),
        )
        for side, variable, made in sides:
            text = flat(made)
            function = text.removesuffix(f"({variable})")
            if text == variable:
                continue
            # In a table these have always been written out.
            is_called = self.codec != CODEC and text != function and _CALLABLE.fullmatch(function)
            if function in self.defined or is_called:
                yield f"{side}={function}"
            else:
                yield named(side, prefixed(f"lambda {variable}: ", made))

    def is_sure(self, type_: TypeRef, above: frozenset[str] = frozenset()) -> bool:
        """Return whether JSON can keep every value of a type; where not, the store has to look."""
        match type_:
            case AnyType():
                return False
            case OptionalType() | ListType() | SetType() | ConstrainedType():
                return self.is_sure(type_.item, above)
            case TupleType():
                return all(self.is_sure(item, above) for item in type_.items)
            case DictType():
                is_sure = not has_ambiguous_texts(type_.key, self.context)
                return is_sure and self.is_sure(type_.value, above)
            case UnionType():
                return all(kind.is_distinguishable for kind in self._kinds(type_)) and all(
                    self.is_sure(member, above) for member in type_.members
                )
            case ObjectType() if type_.object not in above:
                fields = stored_fields(self.context.objects[type_.object])
                below = above | {type_.object}
                return all(self.is_sure(field.type, below) for field in fields)
            case _:
                return True

    def check_class(self, value: str, cls: str) -> Layout:
        """Write what refuses a value object of a derived class."""
        return Group(f"{self.names.use(self.codec, 'check_class')}(", (value, cls), ")")

    def _new_base(self, type_: ObjectType | UnionType) -> str:
        if isinstance(type_, ObjectType):
            return snake_case(self.context.objects[type_.object].name)
        base = union_tags_name(type_, self.context)
        known = {*self._bases.values()}
        if base not in known:
            return base
        return next(name for number in count(2) if (name := f"{base}_{number}") not in known)

    def _kinds(self, type_: UnionType) -> list[UnionTag]:
        return union_tags(type_, self.encoding, self._is_alike)

    def _is_alike(self, one: TypeRef, other: TypeRef) -> bool:
        """Return whether two types are written and read in the same way."""
        # What is only compared is imported nowhere.
        apart = StoredJson(ModuleNames(self.context.first_party), self.context)
        return all(
            writer.expression(one, "value") == writer.expression(other, "value")
            for writer in (apart.encoding, apart.decoding)
        )

    # Value objects.

    def _object_to_json(self, schema: ObjectSchema, base: str) -> FunctionView:
        variable = variable_name(snake_case(schema.name))
        fields = tuple(
            prefixed(
                f"{python_string(field.name)}: ",
                self.encoding.layout(field.type, part_of(schema, variable, field.name)),
            )
            for field in stored_fields(schema)
        )
        cls = self.classes.name(ObjectType(object=schema.qualified_name))
        json = f"{self.names.builtin('dict')}[{self.names.builtin('str')}, {self._any()}]"
        is_dict = schema.form == "typed_dict"
        checked = [] if is_dict else [Statement(4, self.check_class(variable, cls))]
        return FunctionView(
            Group(f"def {base}_to_json(", (f"{variable}: {cls}",), f") -> {json}:"),
            docstring(f"Return all that {an(schema.name)} holds, as JSON.", 4),
            (
                *checked,
                *block(4, "return {", fields, "}"),
            ),
        )

    def _object_from_json(self, schema: ObjectSchema, base: str) -> FunctionView:
        cls = self.classes.name(ObjectType(object=schema.qualified_name))
        fields = tuple(
            prefixed(f"{python_string(field.name)}: ", self._read(field, cls))
            for field in stored_fields(schema)
        )
        if schema.form != "model":
            return self._plain_from_json(schema, base, cls)
        hydrate = self.names.use(VALUES, "hydrate")
        return FunctionView(
            Group(f"def {base}_from_json(", (f"kept: {self._any()}",), f") -> {cls}:"),
            docstring(f"Make {an(schema.name)} of it, which is not validated anew.", 4),
            (
                Statement(4, f"return {hydrate}("),
                Statement(8, f"{cls},"),
                *block(8, "{", fields, "},"),
                Statement(4, ")"),
            ),
        )

    def _plain_from_json(self, schema: ObjectSchema, base: str, cls: str) -> FunctionView:
        """Make a dataclass or a `TypedDict` of what JSON kept."""
        is_dict = schema.form == "typed_dict"
        fields = tuple(
            prefixed(
                f"{python_string(field.name)}: " if is_dict else f"{field.name}=",
                self._read(field, cls),
            )
            for field in stored_fields(schema)
        )
        opening, closing = ("return {", "}") if is_dict else (f"return {cls}(", ")")
        return FunctionView(
            Group(f"def {base}_from_json(", (f"kept: {self._any()}",), f") -> {cls}:"),
            docstring(f"Make {an(schema.name)} of it, which is not validated anew.", 4),
            block(4, opening, fields, closing),
        )

    def _read(self, field: FieldSchema, cls: str) -> Layout:
        """Read a field; what was kept before the field was there has its default."""
        key = python_string(field.name)
        value, found = f"kept[{key}]", f"kept.get({key})"
        type_ = without_constraints(field.type)
        read = self.decoding.layout(type_, value)
        match field.default:
            case RequiredDefault():
                return read
            case LiteralDefault(value=None) if read == value:
                return found
            case LiteralDefault(value=default) if read == value:
                return Group("kept.get(", (key, python_value(default)), ")")
            case LiteralDefault(value=None) if isinstance(type_, OptionalType):
                item = self.decoding.expression(type_.item, value)
                return conditional(("None", f"{found} is None", item))
            case _:
                made = f"{self.names.use(VALUES, 'default_of')}({cls}, {key})"
                text = flat(read)
                text = f"({text})" if " if " in text else text
                return conditional((text, f"{key} in kept", made))

    # What can be of several kinds.

    def _union_to_json(self, type_: UnionType, base: str) -> FunctionView:
        declared = annotation(type_, self.names, self.classes)
        cases: list[Statement] = []
        for kind in self._kinds(type_):
            value = self.encoding.layout(kind.type, "value") if kind.is_distinguishable else "value"
            tag = python_string(kind.tag)
            cases += [
                Statement(8, f"case {kind.cls}():"),
                Statement(12, Group(f"return {{{tag}: ", (flat(value),), "}")),
            ]
        return FunctionView(
            Group(f"def {base}_to_json(", (f"value: {declared}",), f") -> {self._any()}:"),
            docstring("Return what JSON keeps of it, with its kind where JSON does not tell.", 4),
            (
                Statement(4, "match value:"),
                *cases,
                Statement(8, "case _:"),
                Statement(12, "return value"),
            ),
        )

    def _union_from_json(self, type_: UnionType, base: str) -> FunctionView:
        declared = annotation(type_, self.names, self.classes)
        cases: list[Statement] = []
        for kind in self._kinds(type_):
            value = self.decoding.layout(kind.type, "value") if kind.is_distinguishable else "value"
            cases += [
                Statement(8, f"case {{{python_string(kind.tag)}: value}}:"),
                Statement(12, prefixed("made = ", value)),
            ]
        return FunctionView(
            Group(f"def {base}_from_json(", (f"kept: {self._any()}",), f") -> {declared}:"),
            docstring("Make the value of it again.", 4),
            (
                # What is read off JSON is `Any`, which mypy lets no function with a type return.
                Statement(4, f"made: {declared}"),
                Statement(4, "match kept:"),
                *cases,
                Statement(8, "case _:"),
                Statement(12, "made = kept"),
                Statement(4, "return made"),
            ),
        )

    def _any(self) -> str:
        return self.names.use("typing", "Any")
