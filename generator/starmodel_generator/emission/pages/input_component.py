"""The component that asks for a value: `ui.NumberInput(bindings.restock.quantity, min=1)`."""

from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.record_labels import reference_of
from starmodel_generator.emission.entity.type_shape import (
    has_bytes,
    has_parts,
    is_flat,
    is_single,
    unwrap,
)
from starmodel_generator.emission.pages.choices import YES_OR_NO, PageChoices
from starmodel_generator.emission.pages.field_component import first_line, link_items
from starmodel_generator.emission.pages.initial_values import Initial
from starmodel_generator.emission.pages.input_limits import (
    moment_limits,
    number_limits,
    text_limits,
)
from starmodel_generator.emission.pages.input_pattern import is_one_line
from starmodel_generator.emission.python.layout import Group, Layout, named
from starmodel_generator.emission.python.literals import python_string, python_value
from starmodel_generator.planning import has_list
from starmodel_schemas import (
    AnyType,
    Constraints,
    DictType,
    EntitySchema,
    EntitySource,
    EnumType,
    FieldSchema,
    ListType,
    LiteralDefault,
    LiteralType,
    ObjectType,
    ParameterSchema,
    RefType,
    RequiredDefault,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.address_types import URLS
from starmodel_schemas.types import ScalarName

PROSE = frozenset(
    "bio body comment comments content description details explanation instructions markdown"
    " note notes prose remarks story summary".split()
)
"""Last words of names whose texts are mostly longer than a line."""

LONG_TEXT = 200
"""A text that may have more characters than this gets more than one line to be typed in."""

MOMENTS = {"date": "DateInput", "time": "TimeInput", "datetime": "DateTimeInput"}

SAMPLES: dict[ScalarName, str] = {
    "UUID": "123e4567-e89b-12d3-a456-426614174000",
    "IPv4Address": "192.0.2.1",
    "IPv6Address": "2001:db8::1",
    "IPvAnyAddress": "192.0.2.1",
}
"""Examples of texts of a certain form."""


class Asked(NamedTuple):
    """What is asked for: an argument of an event, a field of a record, a part of a value object.

    `of` is the Python that names it. `is_left` says that it is part of something that need not be
    given, so that neither need be its parts. A text `of_record` may have several lines wherever
    nobody says that it has one: what is stored is not to lose its line breaks. What `is_row` is part of a row
    that may be left empty. What `is_write_only` is never shown; what `is_kept` of it stays as it
    is where nothing is typed.
    """

    of: str
    parameter: ParameterSchema
    title: str | None = None
    is_part: bool = False
    is_left: bool = False
    of_record: bool = False
    is_row: bool = False
    is_write_only: bool = False
    is_kept: bool = False


class InputComponents:
    """Writes the inputs of one entity's forms.

    Args:
        entity: The entity.
        context: The app.
        choices: The choices of the module.
    """

    def __init__(self, entity: EntitySchema, context: Context, choices: PageChoices) -> None:
        self.fields = {field.name: field for field in entity.fields}
        self.context = context
        self.choices = choices
        self.initial = Initial(context)

    def argument(self, event: str, parameter: ParameterSchema) -> Layout:
        """Write the input for an argument of an event; `event` is what that is called in Python."""
        asked = Asked(f"bindings.{event}.{parameter.name}", parameter)
        if isinstance(parameter.source, EntitySource):
            target = self.context.entities[parameter.source.entity]
            if has_list(target):
                return self._picker(asked, target, is_several=False)
        return self._input(asked)

    def is_write_only(self, parameter: ParameterSchema) -> bool:
        """Return whether an argument of `create` and `update` is never shown."""
        field = self.fields.get(parameter.name)
        return field is not None and field.write_only

    def field(self, parameter: ParameterSchema, event: str = "create") -> Layout:
        """Write the input for what a record is made of, in the forms that make and edit it.

        `event` is the one of the two that the form is of. What is never shown has no signal, so
        its name stands there; it need not be typed where a record has it already.
        """
        field = self.fields.get(parameter.name)
        title = None
        if field is not None and field.write_only:
            of = python_string(parameter.name)
            is_kept = event == "update"
            if not is_kept:
                parameter = parameter.model_copy(update={"default": field.default})
            return self._input(
                Asked(
                    of,
                    parameter,
                    field.title,
                    is_left=is_kept,
                    of_record=True,
                    is_write_only=True,
                    is_kept=is_kept,
                )
            )
        if field is not None:
            # Those of an update are all optional; what may be left empty is said by the field.
            title = field.title
            parameter = parameter.model_copy(update={"default": field.default})
        of = f"bindings.{parameter.name}"
        if field is not None and field.sent is not None:
            # What is shown is no value that an input of its type would take.
            return _Writing(self, Asked(of, parameter, title, of_record=True)).text()
        return self._input(Asked(of, parameter, title, of_record=True))

    def _input(self, asked: Asked) -> Layout:
        target = reference_of(asked.parameter.type)
        if target is not None and not asked.is_part:
            other = self.context.entities[target[0]]
            if has_list(other):
                return self._picker(asked, other, is_several=target[1])
        type_, _, _ = unwrap(asked.parameter.type)
        has_inputs = asked.of_record and has_parts(asked.parameter.type, self.context)
        if has_inputs and isinstance(type_, ObjectType):
            return self._fieldset(asked, type_)
        if not asked.is_part and not asked.parameter.private:
            rows = self._rows(asked)
            if rows is not None:
                return rows
        return _Writing(self, asked).component()

    def _rows(self, asked: Asked) -> Layout | None:
        """Write the input of a list or a mapping that has a row of inputs for each item.

        `None` for one whose items have parts that come and go, and for one that is better typed
        with one item on each line.
        """
        type_, _, _ = unwrap(asked.parameter.type)
        writing = _Writing(self, asked)
        match type_:
            case DictType():
                key = self._item(type_.key, "key")
                value = self._item(type_.value, "value")
                if key is None or value is None:
                    return None
                text = writing.initial.json(asked.parameter.default)
                shown = "" if text == "{}" else text or ""
                return writing.call("PairsInput", Group("[", (key, value), "]"), value=shown)
            case ListType() | SetType():
                item, is_optional, limits = unwrap(type_.item)
                if is_optional:
                    return None
                if isinstance(item, ObjectType) and is_flat(item, self.context):
                    parts = [
                        self._part(part, is_left=False, is_row=True)
                        for part in public_fields(self.context.objects[item.object])
                        if not part.computed and part.writable
                    ]
                    if not parts or has_bytes(item, self.context):
                        return None
                    return writing.call("ItemsInput", Group("[", tuple(parts), "]"))
                is_long = is_prose(asked.parameter.name, limits)
                if item == ScalarType(name="str") and is_long:
                    inner = self._item(type_.item, "item")
                    text = writing.initial.json(asked.parameter.default)
                    shown = "" if text == "[]" else text or ""
                    return None if inner is None else writing.call("ItemsInput", inner, value=shown)
                return None
            case _:
                return None

    def _item(self, type_: TypeRef, name: str) -> Layout | None:
        """Write the input for a key, a value or an item; `None` where that is none of one value."""
        bare, is_optional, _ = unwrap(type_)
        if not is_single(bare) or bare == ScalarType(name="bytes"):
            return None
        field = FieldSchema(name=name, type=type_, default=RequiredDefault())
        return self._part(field, is_left=is_optional, is_row=True)

    def _picker(self, asked: Asked, target: EntitySchema, *, is_several: bool) -> Layout:
        items = [*link_items(target)]
        if is_several:
            items.append("several=True")
        if is_made(target):
            items.append(f"new={python_string(f'/{target.snake_name}/new')}")
        writing = _Writing(self, asked)
        is_required = not is_several and writing.is_required
        return writing.call("Picker", *items, is_required=is_required)

    def _fieldset(self, asked: Asked, type_: ObjectType) -> Layout:
        is_left = asked.is_left or not isinstance(asked.parameter.default, RequiredDefault)
        inputs = [
            self._part(part, is_left=is_left)
            for part in public_fields(self.context.objects[type_.object])
            if not part.computed and part.writable
        ]
        return _Writing(self, asked).call("Fieldset", Group("[", tuple(inputs), "]"))

    def _part(self, field: FieldSchema, *, is_left: bool, is_row: bool = False) -> Layout:
        type_, is_optional, _ = unwrap(field.type)
        asked_type = field.type
        if type_ == ScalarType(name="bool") and not is_optional:
            # A box that is not ticked would say nothing of a part.
            asked_type = YES_OR_NO
        parameter = ParameterSchema(
            name=field.name,
            type=asked_type,
            default=field.default,
            constraints=field.constraints,
            description=field.description,
            multiline=field.multiline,
        )
        of = python_string(field.name)
        return self._input(
            Asked(
                of,
                parameter,
                field.title,
                is_part=True,
                is_left=is_left,
                of_record=True,
                is_row=is_row,
            )
        )


class _Writing:
    """Writes one input."""

    def __init__(self, components: InputComponents, asked: Asked) -> None:
        parameter = asked.parameter
        self.asked = asked
        self.context = components.context
        self.choices = components.choices
        self.initial = components.initial
        self.parameter = parameter
        self.default = parameter.default
        self.type, self.is_optional, self.constraints = unwrap(
            parameter.type, parameter.constraints
        )
        has_default = not isinstance(parameter.default, RequiredDefault)
        self.is_required = not (has_default or self.is_optional or asked.is_left)

    def component(self) -> Layout:
        match self.type:
            case ScalarType(name=name) if self.asked.is_write_only and name != "bytes":
                return self._password()
            case ScalarType(name="bool") if not self.is_optional:
                is_ticked = isinstance(self.default, LiteralDefault) and self.default.value is True
                return self.call("Checkbox", *(["checked=True"] if is_ticked else []))
            case ScalarType(name="bool"):
                return self._select(YES_OR_NO)
            case ScalarType(name="int" | "float" | "Decimal" as name):
                limits = number_limits(self.constraints, is_whole=name == "int")
                return self._typed("NumberInput", *_written(limits))
            case ScalarType(name="date" | "time" | "datetime" as name):
                return self._moment(name)
            case ScalarType(name="bytes"):
                longest = self.constraints.max_length
                limits = [] if longest is None else [f"max_size={longest}"]
                hint = _KEPT if self.asked.is_kept else ""
                return self.call("FileInput", *limits, is_required=self.is_required, hint=hint)
            case ScalarType(name="timedelta"):
                return self._typed("DurationInput", sample="1:30:00", hint=_LENGTH)
            case ScalarType(name=name):
                return self._text(name)
            case RefType():
                return self._text("str")
            case AnyType() if not self.asked.of_record:
                return self._text("str")
            case UnionType(members=members) if not self.asked.of_record and all(
                is_single(member) for member in members
            ):
                return self._text("str")
            case EnumType() if self.context.enums[self.type.enum].is_flag:
                return self._flags(self.type)
            case EnumType() | LiteralType():
                return self._select(self.type)
            case _ if takes_lines(self.type):
                return self._lines()
            case _:
                text = self.initial.json(self.default)
                return self._typed("JsonInput", text=text, hint="As JSON.")

    def text(self) -> Layout:
        """Write an input that takes any text."""
        return self.call("TextInput", is_required=self.is_required)

    def call(
        self,
        component: str,
        *items: Layout,
        is_required: bool = False,
        sample: str = "",
        value: str = "",
        hint: str = "",
    ) -> Layout:
        """Write the component; `hint` is what is said of every value of its kind."""
        title = self.asked.title
        described = " ".join(filter(None, [first_line(self.parameter.description), hint]))
        texts = {"label": title, "hint": described, "placeholder": sample, "value": value}
        more = [f"{name}={python_string(text)}" for name, text in texts.items() if text]
        required = ["required=True"] if is_required else []
        return Group(f"ui.{component}(", (self.asked.of, *items, *required, *more), ")")

    def _typed(
        self,
        component: str,
        *items: Layout,
        sample: str = "",
        hint: str = "",
        text: str | None = "",
    ) -> Layout:
        """Write an input that is typed into, with the default where that can be shown."""
        if text == "":
            text = self.initial.text(self.default)
        return self.call(
            component,
            *items,
            is_required=self.is_required,
            sample=sample,
            value=text or "",
            hint=hint,
        )

    def _moment(self, name: str) -> Layout:
        items = _written(moment_limits(self.constraints))
        text = self.initial.text(self.default) or ""
        if name != "date" and (self.asked.of_record or text.count(":") == 2):
            # Without a step such an input takes whole minutes only.
            items.append('step="1"')
        if name == "datetime" and self.constraints.timezone == "aware":
            # A browser knows the zone of whoever sits in front of it; its input does not.
            return self._typed(MOMENTS[name], *items, "zoned=True", hint="In your own time zone.")
        return self._typed(MOMENTS[name], *items)

    def _text(self, name: ScalarName) -> Layout:
        limits = text_limits(self.constraints)
        if self.parameter.private:
            return self._password()
        text = self.initial.text(self.default)
        if name == "str" and self._is_multiline(text):
            limits.pop("pattern", None)
            rows = [] if self.parameter.multiline or self._is_long(text) else ["rows=1"]
            return self._typed("TextArea", *rows, *_written(limits))
        kind = "email" if self.constraints.format == "email" else "url" if name in URLS else ""
        kinds = [named("kind", python_string(kind))] if kind else []
        return self._typed("TextInput", *kinds, *_written(limits), sample=SAMPLES.get(name, ""))

    def _password(self) -> Layout:
        items = ['kind="password"', *_written(text_limits(self.constraints))]
        hint = _KEPT if self.asked.is_kept else ""
        return self.call("TextInput", *items, is_required=self.is_required, hint=hint)

    def _lines(self) -> Layout:
        return self.call(
            "LinesInput",
            is_required=self.is_required and bool(self.constraints.min_length),
            value=self.initial.lines(self.default) or "",
            hint="One on each line.",
        )

    def _select(self, type_: EnumType | LiteralType) -> Layout:
        labels = self.choices.labels(type_)
        text = self.initial.text(self.default)
        chosen = text if text is not None and text in labels else ""
        is_required = self.is_required and "" not in labels
        items: list[Layout] = [self.choices.use(type_, self.parameter.name)]
        is_left = self.is_optional or self.asked.is_row
        if "" not in labels and (is_left or not chosen):
            items.append(named("empty", python_string("Choose…" if is_required else "—")))
        return self.call("Select", *items, is_required=is_required, value=chosen)

    def _flags(self, type_: EnumType) -> Layout:
        """Ask for the number that members have together."""
        labels = self.choices.labels(type_)
        words = ", ".join([f"{value} ({label})" for value, label in labels.items()])
        return self._typed(
            "NumberInput",
            "min=0",
            f"max={sum(map(int, labels))}",
            hint=f"The sum of what is meant of {words}.",
        )

    def _is_multiline(self, text: str | None) -> bool:
        """Return whether a text may have several lines."""
        if self._is_long(text):
            return self.parameter.multiline is not False or "\n" in (text or "")
        if self.parameter.multiline is not None or not self.asked.of_record:
            return self.parameter.multiline is True
        is_text = isinstance(self.type, ScalarType) and self.constraints.format is None
        return is_text and not is_one_line(self.constraints.pattern)

    def _is_long(self, text: str | None) -> bool:
        is_broken = text is not None and "\n" in text
        return is_broken or is_prose(self.parameter.name, self.constraints)


_KEPT = "Leave it empty to keep what there is."
_LENGTH = "Hours, minutes and seconds."


def is_prose(name: str, constraints: Constraints) -> bool:
    """Return whether texts of this name and these limits are mostly longer than a line."""
    longest = constraints.max_length
    return name.rpartition("_")[2] in PROSE if longest is None else longest > LONG_TEXT


def is_made(entity: EntitySchema) -> bool:
    """Return whether anybody can make such a record."""
    return any(event.is_creation for event in entity.events)


def takes_lines(type_: TypeRef) -> bool:
    """Return whether a list of this type can be typed with one item on each line."""
    match type_:
        case ListType() | SetType():
            items: tuple[TypeRef, ...] = (type_.item,)
        case TupleType():
            items = type_.items
        case _:
            return False
    kinds = [unwrap(item)[:2] for item in items]
    return bool(kinds) and all(
        isinstance(kind, ScalarType | EnumType | LiteralType | RefType) and not is_optional
        for kind, is_optional in kinds
    )


def _written(limits: dict[str, str | int]) -> list[str]:
    return [f"{name}={python_value(limit)}" for name, limit in limits.items()]
