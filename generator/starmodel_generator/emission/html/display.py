"""How values are shown: the Python that writes one, and the expression that keeps it live.

Both say the same of every value, so that a page does not change when its script starts.
"""

from typing import NamedTuple, assert_never

from starmodel_generator.emission.context import Context, projected_type_name, variable_name
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.html.input_limits import unwrap
from starmodel_generator.emission.html.markup import (
    code_in_fstring,
    html,
    in_fstring,
    javascript,
    key,
)
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.literals import python_string, python_value
from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    DictType,
    EntityType,
    EnumSchema,
    EnumType,
    FieldSchema,
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
from starmodel_schemas.naming import constant_case, snake_case, title_words

PAGE = "starmodel.web.ui.display_values"
"""The module of what generated pages call."""

INPUT_VALUE = "starmodel.web.ui.input_value"
"""The module of what inputs hold."""

NUMBERS = frozenset({"int", "float", "Decimal", "timedelta"})
SAFE_TEXTS = frozenset({"Decimal", "date", "time", "UUID"})
"""Types whose texts hold nothing that HTML or JavaScript could take for its own."""

ITEMS = ("item", "part", "piece")


class LabelsView(NamedTuple):
    """What the members of an enum are called on the page, by value."""

    name: str
    entries: tuple[str, ...]


class PartView(NamedTuple):
    """A named part of a value object, quoted for an f-string."""

    label: str
    placeholder: str
    is_number: bool


class DetailsView(NamedTuple):
    """The function that shows a value object: all of it, or as the row of a table."""

    name: str
    variable: str
    type: str
    title: str
    is_row: bool
    parts: tuple[PartView, ...]


class DisplayValues:
    """Writes how values are shown in one generated module, and notes what that needs.

    Args:
        names: The names of the module.
        context: The app.
        state_module: Where the types of the public state are.
        has_inputs: Whether durations are written as the inputs for them are: `1:30:00`. Where
            there are none they are so many seconds.
    """

    def __init__(
        self,
        names: ModuleNames,
        context: Context,
        state_module: str,
        *,
        has_inputs: bool = False,
    ) -> None:
        self.names = names
        self.context = context
        self.state_module = state_module
        self.has_inputs = has_inputs
        self._labels: dict[str, LabelsView] = {}
        self._details: dict[str, DetailsView | None] = {}

    @property
    def labels(self) -> tuple[LabelsView, ...]:
        """The labels that have been used."""
        return tuple(self._labels.values())

    @property
    def details(self) -> tuple[DetailsView, ...]:
        """The functions that have been used."""
        return tuple([view for view in self._details.values() if view is not None])

    def placeholder(self, type_: TypeRef, value: str, depth: int = 0) -> str:
        """Write what stands in a placeholder of an f-string."""
        bare_type, is_optional, _ = unwrap(type_)
        if is_whole(bare_type) and not is_optional:
            return value
        return self.text(type_, value, depth)

    def text(self, type_: TypeRef, value: str, depth: int = 0) -> str:
        """Write an expression whose value is HTML."""
        bare_type, is_optional, _ = unwrap(type_)
        match bare_type:
            case ScalarType():
                return self._scalar(bare_type, value, is_optional=is_optional)
            case RefType():
                return self._scalar(ScalarType(name="str"), value, is_optional=is_optional)
            case EnumType():
                return _unless_none(f"{self._label(bare_type)}[{value}]", value, is_optional)
            case LiteralType():
                return self._literal(bare_type, value, is_optional=is_optional)
            case ObjectType():
                function = self.function(self.context.objects[bare_type.object], is_row=False)
                return _unless_none(f"{function}({value})", value, is_optional)
            case ListType() | SetType():
                return self._items(bare_type.item, _or_nothing(value, "[]", is_optional), depth)
            case TupleType() if bare_type.variadic:
                item = bare_type.items[0]
                return self._items(item, _or_nothing(value, "[]", is_optional), depth)
            case DictType():
                return self._pairs(bare_type, _or_nothing(value, "{}", is_optional), depth)
            case TupleType() | UnionType() | AnyType() | EntityType() | FragmentType():
                return f"{self.names.use(PAGE, 'render_json')}({value})"
            case OptionalType() | ConstrainedType():
                raise AssertionError("nothing of these is left on a bare type")
            case _:
                assert_never(bare_type)

    def bound(self, type_: TypeRef, value: str) -> str:
        """Write what stands in the element that a signal keeps live; it has no markup inside."""
        bare_type, _, _ = unwrap(type_)
        if isinstance(bare_type, ScalarType) and bare_type.name == "datetime":
            return f"{self.names.use(PAGE, 'format_datetime')}({value})"
        return self.placeholder(type_, value)

    def live(self, type_: TypeRef, signal: str) -> str:
        """Write the expression that shows a single value, in an f-string.

        An empty text stands for `None`.
        """
        bare_type, _, _ = unwrap(type_)
        if self.has_inputs and bare_type == ScalarType(name="timedelta"):
            return f"{{{self.names.use(PAGE, 'DURATION')}}}{code_in_fstring(f'({signal})')}"
        return code_in_fstring(self._live(type_, signal))

    def _live(self, type_: TypeRef, signal: str) -> str:
        bare_type, is_optional, _ = unwrap(type_)
        match bare_type:
            case ScalarType(name="bool"):
                shown = f"{signal} ? 'Yes' : 'No'"
                return f"{signal} === '' ? '' : {shown}" if is_optional else shown
            case ScalarType(name="timedelta"):
                shown = f"{signal} + ' s'"
                return f"{signal} === '' ? '' : {shown}" if is_optional else shown
            case ScalarType(name="datetime"):
                shown = f"new Date({signal}).toLocaleString()"
                return f"{signal} && {shown}" if is_optional else shown
            case EnumType():
                members = _members(self.context.enums[bare_type.enum])
                labels = [f"{_key(value)}: {javascript(label)}" for value, label in members]
                shown = f"{{{', '.join(labels)}}}[{signal}]"
                return f"{shown} ?? ''" if is_optional else shown
            case LiteralType() if isinstance(bare_type.values[0], bool):
                shown = f"{signal} ? 'Yes' : 'No'"
                return f"{signal} === '' ? '' : {shown}" if is_optional else shown
            case _:
                return signal

    def initial(self, type_: TypeRef, value: str) -> str:
        """Write a single value into the signals of the page, in an f-string."""
        bare_type, is_optional, _ = unwrap(type_)
        if not is_optional and is_whole(bare_type):
            return f"{{{value}}}"
        if not is_optional and isinstance(bare_type, ScalarType) and bare_type.name in SAFE_TEXTS:
            return f"'{{{value}}}'"
        return f"{{{self.names.use(PAGE, 'signal_literal')}({value})}}"

    def function(self, schema: ObjectSchema, *, is_row: bool) -> str:
        """Name the function that shows a value object, and write it where there is none yet."""
        snake = snake_case(schema.name)
        name = f"{snake}_row" if is_row else f"{snake}_details"
        if name not in self._details:
            self.names.define(name)
            # A value object may be made of its own kind; the name is all that takes then.
            self._details[name] = None
            variable = object_variable(schema)
            self._details[name] = DetailsView(
                name=name,
                variable=variable,
                type=self.names.use(self.state_module, projected_type_name(schema)),
                title=title_words(schema.name),
                is_row=is_row,
                parts=tuple([self.part(field, variable) for field in public_fields(schema)]),
            )
        return name

    def part(self, field: FieldSchema, owner: str) -> PartView:
        """Write how one field of a value object is shown."""
        return PartView(
            label=in_fstring(html(label_of(field))),
            placeholder=self.placeholder(field.type, member(owner, field.name)),
            is_number=is_number(field.type),
        )

    def _scalar(self, type_: ScalarType, value: str, *, is_optional: bool) -> str:
        match type_.name:
            case "int":
                return _unless_none(f"str({value})", value, is_optional)
            case "float":
                return f"{self.names.use(PAGE, 'format_number')}({value})"
            case "timedelta" if self.has_inputs:
                return f"{self.names.use(INPUT_VALUE, 'duration_of')}({value})"
            case "timedelta":
                return f"{self.names.use(PAGE, 'format_duration')}({value})"
            case "bool":
                return f"{self.names.use(PAGE, 'format_boolean')}({value})"
            case "datetime":
                return f"{self.names.use(PAGE, 'format_local_time')}({value})"
            case "Decimal" | "date" | "time" | "UUID" | "bytes":
                return _or_nothing(value, '""', is_optional)
            case "str":
                given = _or_nothing(value, '""', is_optional)
                return f"{self.names.use(PAGE, 'escape')}({given})"
            case _:
                assert_never(type_.name)

    def _literal(self, type_: LiteralType, value: str, *, is_optional: bool) -> str:
        if is_whole(type_):
            return _unless_none(f"str({value})", value, is_optional)
        if not is_single(type_):
            return f"{self.names.use(PAGE, 'render_json')}({value})"
        if isinstance(type_.values[0], bool):
            return f"{self.names.use(PAGE, 'format_boolean')}({value})"
        given = _or_nothing(value, '""', is_optional)
        return f"{self.names.use(PAGE, 'escape')}({given})"

    def _items(self, type_: TypeRef, value: str, depth: int) -> str:
        item = ITEMS[min(depth, len(ITEMS) - 1)]
        shown = self.text(type_, item, depth + 1)
        return f"{self.names.use(PAGE, 'unordered_list')}([{shown} for {item} in {value}])"

    def _pairs(self, type_: DictType, value: str, depth: int) -> str:
        item = ITEMS[min(depth, len(ITEMS) - 1)]
        name = "name" if depth == 0 else f"{item}_name"
        shown = self.text(type_.value, item, depth + 1)
        mapping = f"({value})" if " or " in value else value
        pairs = f"({name}, {shown}) for {name}, {item} in {mapping}.items()"
        return f"{self.names.use(PAGE, 'description_list')}([{pairs}])"

    def _label(self, type_: EnumType) -> str:
        """Name the labels of an enum."""
        enum = self.context.enums[type_.enum]
        name = f"{constant_case(enum.name)}_LABELS"
        if name not in self._labels:
            self.names.define(name)
            entries = [
                f"{python_value(value)}: {python_string(html(label))}"
                for value, label in _members(enum)
            ]
            self._labels[name] = LabelsView(name=name, entries=tuple(entries))
        return name


def is_single(type_: TypeRef) -> bool:
    """Return whether a value of this type has no parts, so that one element can show it."""
    type_, _, _ = unwrap(type_)
    if isinstance(type_, LiteralType):
        return len({type(value) for value in type_.values}) == 1
    return isinstance(type_, ScalarType | EnumType | RefType)


def is_flat(type_: ObjectType, context: Context, seen: tuple[str, ...] = ()) -> bool:
    """Return whether a value object holds single values, or such objects, and nothing else."""
    if type_.object in seen:
        return False
    for field in public_fields(context.objects[type_.object]):
        inner, is_optional, _ = unwrap(field.type)
        if is_single(inner):
            continue
        if is_optional or not isinstance(inner, ObjectType):
            return False
        if not is_flat(inner, context, (*seen, type_.object)):
            return False
    return True


def has_parts(type_: TypeRef, context: Context) -> bool:
    """Return whether a form has an input for each part of a value of this type: a flat value object."""
    type_, is_optional, _ = unwrap(type_)
    return isinstance(type_, ObjectType) and not is_optional and is_flat(type_, context)


def is_number(type_: TypeRef) -> bool:
    """Return whether values of this type stand in a column of numbers."""
    type_, _, _ = unwrap(type_)
    return is_whole(type_) or (isinstance(type_, ScalarType) and type_.name in NUMBERS)


def is_whole(type_: TypeRef) -> bool:
    """Return whether this is `int`, or the literals are."""
    if isinstance(type_, LiteralType):
        return bool(type_.values) and all(type(value) is int for value in type_.values)
    return isinstance(type_, ScalarType) and type_.name == "int"


def object_variable(schema: ObjectSchema) -> str:
    """Name a variable that holds a value object."""
    return variable_name(snake_case(schema.name))


def label_of(field: FieldSchema) -> str:
    """Return what a field is called on the page."""
    return field.title or title_words(field.name)


def member(owner: str, name: str) -> str:
    """Write how a field of a state is read."""
    return f"{owner}[{python_string(name)}]"


def _members(enum: EnumSchema) -> list[tuple[int | str, str]]:
    """Return the values of an enum with what they are called; of two names the first counts."""
    labels: dict[int | str, str] = {}
    for one in enum.members:
        labels.setdefault(one.value, title_words(one.name))
    return list(labels.items())


def _key(value: int | str) -> str:
    if isinstance(value, str):
        return key(value)
    return str(value) if value >= 0 else f"'{value}'"


def _unless_none(text: str, value: str, is_optional: bool) -> str:
    return f'"" if {value} is None else {text}' if is_optional else text


def _or_nothing(value: str, nothing: str, is_optional: bool) -> str:
    return f"{value} or {nothing}" if is_optional else value
