"""The inputs of the pages on which a record is made and edited.

Unlike those of an event's form they show values of a record, or what somebody has typed: the
generated code takes both from a `Draft`. One function makes them for both pages, so the event
they belong to is a parameter of it where there are two.
"""

from dataclasses import dataclass, replace

from starmodel_generator.emission.control import Control, Controls, first_line, takes_lines
from starmodel_generator.emission.control_view import ChoiceView, ControlView
from starmodel_generator.emission.imports import ModuleNames
from starmodel_generator.emission.layout import Group, Layout, prefixed
from starmodel_generator.emission.limits import Attribute, bare
from starmodel_generator.emission.markup import (
    Member,
    below,
    expression,
    hole,
    html,
    key,
    signal,
)
from starmodel_generator.emission.names import Context
from starmodel_generator.emission.picker import picker, picker_of_several, python_label
from starmodel_generator.emission.quoting import python_string, string_in_braces
from starmodel_generator.emission.record import reference_of
from starmodel_generator.emission.shapes import public_fields
from starmodel_generator.emission.shown import is_single, member
from starmodel_generator.planning import has_list
from starmodel_schemas import (
    EnumType,
    FieldSchema,
    LiteralType,
    ObjectType,
    ParameterSchema,
    ScalarType,
    TypeRef,
)
from starmodel_schemas.naming import title_words

DRAFT = "starmodel.web.draft"

LOCAL = (
    "((text) => text && new Date(new Date(text) - new Date(text).getTimezoneOffset() * 60000)"
    ".toISOString().slice(0, 19))"
)
"""Turns an instant into what an input for a date and a time has, in the reader's own zone."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """An input, with the Python of its value.

    `blank` is what it holds where nothing is typed, `drafted` what it holds for a record's
    state, `sent` the JavaScript of what it sends. `label` says how a picker's record is called.
    """

    name: str
    control: ControlView
    blank: Layout
    drafted: Layout
    sent: Member
    label: str = ""


class Fields:
    """Makes the inputs of one entity's pages.

    Args:
        namespace: The namespace of the entity's signals.
        snake_name: The entity's name in ids.
        event: The event that the inputs belong to; `""` where that is a parameter.
        context: The app.
        names: The names of the module.
    """

    def __init__(
        self, namespace: str, snake_name: str, event: str, context: Context, names: ModuleNames
    ) -> None:
        self.event = event or hole("event")
        self.namespace = namespace
        self.snake_name = snake_name
        self.context = context
        self.names = names
        self.controls = Controls(context)

    def field(self, parameter: ParameterSchema) -> FieldView:
        """Make the input for what a record is made of."""
        return self._field(parameter, (), "state")

    def place(self, root: str, *path: str) -> str:
        """Write a signal of the form: `$_form.product.create.name`."""
        return below(f"{signal(root, self.namespace)}.{self.event}", *path)

    def _field(self, parameter: ParameterSchema, path: tuple[str, ...], owner: str) -> FieldView:
        target = reference_of(parameter.type)
        if target is not None and not path and has_list(self.context.entities[target[0]]):
            return self._picker(parameter, *target)
        type_, is_optional, _ = bare(parameter.type)
        if isinstance(type_, ObjectType) and not is_optional and self._is_flat(type_, ()):
            return self._object(parameter, type_, path, owner)
        if path and type_ == ScalarType(name="bool") and not is_optional:
            return self._choice(parameter, path, owner)
        control = self.controls.control(parameter, self.place("_form", *path, parameter.name))
        return self._plain(parameter, control, path, owner)

    def _is_flat(self, type_: ObjectType, seen: tuple[str, ...]) -> bool:
        if type_.object in seen:
            return False
        for field in public_fields(self.context.objects[type_.object]):
            inner, is_optional, _ = bare(field.type)
            if is_single(inner):
                continue
            if is_optional or not isinstance(inner, ObjectType):
                return False
            if not self._is_flat(inner, (*seen, type_.object)):
                return False
        return True

    def _object(
        self, parameter: ParameterSchema, type_: ObjectType, path: tuple[str, ...], owner: str
    ) -> FieldView:
        inside = (*path, parameter.name)
        value = member(owner, parameter.name)
        fields = [
            self._field(_as_parameter(field), inside, value)
            for field in public_fields(self.context.objects[type_.object])
            if not field.computed
        ]
        key = f"{python_string(parameter.name)}: "
        view = self._view(parameter, "object", path, ())
        return FieldView(
            name=parameter.name,
            control=replace(view, controls=tuple([field.control for field in fields])),
            blank=Group(f"{key}{{", tuple([field.blank for field in fields]), "}"),
            drafted=Group(f"{key}{{", tuple([field.drafted for field in fields]), "}"),
            sent=(parameter.name, [field.sent for field in fields]),
        )

    def _choice(self, parameter: ParameterSchema, path: tuple[str, ...], owner: str) -> FieldView:
        """Ask for a yes or a no inside of a value object, where no tick would say nothing."""
        literal = LiteralType(values=(True, False))
        control = self.controls.control(
            parameter.model_copy(update={"type": literal}),
            self.place("_form", *path, parameter.name),
        )
        return self._plain(parameter, control, path, owner)

    def _plain(
        self, parameter: ParameterSchema, control: Control, path: tuple[str, ...], owner: str
    ) -> FieldView:
        way = python_string(".".join([*path, parameter.name]))
        key = f"{python_string(parameter.name)}: "
        value = member(owner, parameter.name)
        type_, is_optional, _ = bare(parameter.type)
        attributes = [one for one in control.attributes if one.name not in ("value", "checked")]
        text = ""
        choices: tuple[ChoiceView, ...] = ()
        extra: tuple[str, ...] = ()
        is_moment = control.kind == "input" and _is_moment(type_)
        if control.kind == "check":
            extra = (f'type="checkbox"{hole(f"draft.ticked({way})")}',)
            attributes = [one for one in attributes if one.name != "type"]
        elif control.kind == "select":
            choices = tuple(
                [
                    ChoiceView(
                        (
                            f'value="{html(choice.value)}"'
                            + hole(f"draft.chosen({way}, {string_in_braces(choice.value)})"),
                        ),
                        html(choice.label),
                    )
                    for choice in control.choices
                ]
            )
        elif control.kind == "textarea":
            text = hole(f"draft.area({way})")
        elif not parameter.private:
            extra = (f'value="{hole(f"draft.text({way})")}"',)
        if is_moment:
            attributes, more = self._moment(type_, attributes, path, parameter.name)
            extra = (*extra, *more)
        view = self._view(parameter, control.kind, path, attributes, extra, control.hint)
        blank, drafted = self._values(control, type_, value, is_optional=is_optional)
        sent = control.sent
        if type_ == ScalarType(name="str") and not is_optional:
            # A record that is edited may have a text taken away, whatever a new one begins with.
            sent = self.place("_form", *path, parameter.name)
        if path and _is_number_choice(type_, self.context):
            place = self.place("_form", *path, parameter.name)
            sent = f"{place} === '' ? null : Number({place})"
        return FieldView(
            name=parameter.name,
            control=replace(view, text=text, choices=choices),
            blank=prefixed(key, blank),
            drafted=prefixed(key, drafted),
            sent=(parameter.name, sent),
        )

    def _moment(
        self, type_: TypeRef, attributes: list[Attribute], path: tuple[str, ...], name: str
    ) -> tuple[list[Attribute], tuple[str, ...]]:
        """Show a time as a text that keeps all of it; a script makes a picker of the input."""
        kind = next(one.value for one in attributes if one.name == "type") or ""
        kept = [one for one in attributes if one.name not in ("type", "step")]
        place, before = self.place("_form", *path, name), self.place("_was", *path, name)
        shortened = (
            f"{LOCAL}({place})" if type_ == ScalarType(name="datetime") else f"{place}.slice(0, 8)"
        )
        attributes = [Attribute("type", "text"), *kept, Attribute("step", "1")]
        return attributes, (
            f'data-init="{expression(f"el.value = {place} = {before} = {shortened}")}"',
            f"data-attr:type=\"'{kind}'\"",
        )

    def _values(
        self, control: Control, type_: TypeRef, value: str, *, is_optional: bool
    ) -> tuple[Layout, Layout]:
        """Write what an input holds at first, and what it holds for a record."""
        match control.kind:
            case "check":
                return ("True" if control.initial == "true" else "False"), value
            case "select":
                chosen = next((one.value for one in control.choices if one.is_chosen), "")
                return python_string(chosen), self._text(type_, value, is_optional=is_optional)
            case _:
                text = python_string(control.text or self._value(control))
                return text, self._text(type_, value, is_optional=is_optional)

    def _value(self, control: Control) -> str:
        return next((one.value or "" for one in control.attributes if one.name == "value"), "")

    def _text(self, type_: TypeRef, value: str, *, is_optional: bool) -> str:
        """Write the text that an input has for a value of the public state."""
        match type_:
            case ScalarType(name="int" | "float" | "bool"):
                return f"{self.names.use(DRAFT, 'text_of')}({value})"
            case ScalarType(name="timedelta"):
                return f"{self.names.use(DRAFT, 'duration_of')}({value})"
            case ScalarType():
                return f'{value} or ""' if is_optional else value
            case EnumType() | LiteralType():
                return f"{self.names.use(DRAFT, 'text_of')}({value})"
            case _ if takes_lines(type_):
                return f"{self.names.use(DRAFT, 'lines_of')}({value})"
            case _:
                return f"{self.names.use(DRAFT, 'json_of')}({value})"

    def _picker(self, parameter: ParameterSchema, entity: str, is_several: bool) -> FieldView:
        target = self.context.entities[entity]
        name = parameter.name
        way = python_string(name)
        value = member("state", name)
        _, is_optional, _ = bare(parameter.type)
        id = self._id((name,))
        place = self.place("_form", name)
        hint = first_line(parameter.description)
        error = expression(self.place("errors", name))
        start = f"{way}: "
        if is_several:
            view = picker_of_several(
                self.names,
                target,
                id=id,
                name=name,
                label=html(title_words(name)),
                hint=html(hint),
                place=place,
                way=way,
                attributes=(_described(id, hint),),
                error=error,
            )
            given = f"{value} or []" if is_optional else value
            sent = f"{place}.length ? {place} : null" if is_optional else place
            return FieldView(name, view, f"{start}[]", f"{start}{given}", (name, sent))
        is_required = not is_optional and parameter.default.kind == "required"
        view = picker(
            self.names,
            target,
            id=id,
            name=name,
            label=html(title_words(name)),
            hint=html(hint),
            place=place,
            shown=html_with_holes(f"_label.{self.namespace}.{self.event}.{name}"),
            attributes=(
                *(["required"] if is_required else []),
                f'value="{hole(f"draft.text({way})")}"',
                *self._faults(name, id, hint),
            ),
            error=error,
            failed=hole(f"draft.error({way})"),
        )
        label = hole(f"draft.label({way}, {python_label(target)})")
        return FieldView(
            name,
            view,
            f'{start}""',
            f'{start}{value} or ""' if is_optional else f"{start}{value}",
            (name, f"{place} || null" if is_optional else place),
            label=f"{expression(key(name))}: {label}",
        )

    def _view(
        self,
        parameter: ParameterSchema,
        kind: str,
        path: tuple[str, ...],
        attributes: "list[Attribute] | tuple[()]",
        extra: tuple[str, ...] = (),
        hint: str = "",
    ) -> ControlView:
        """Make an input; one inside of a value object has its errors beside that object."""
        way = (*path, parameter.name)
        id = self._id(way)
        hint = hint or first_line(parameter.description)
        own = [
            f'{one.name}="{html(one.value)}"' if one.value is not None else one.name
            for one in attributes
        ]
        faults: tuple[str, ...] = ()
        error = failed = ""
        if not path:
            faults = self._faults(parameter.name, id, hint)
            error = expression(self.place("errors", parameter.name))
            failed = hole(f"draft.error({python_string(parameter.name)})")
        elif hint:
            faults = (f'aria-describedby="{id}--hint"',)
        bound = ".".join(["_form", self.namespace, self.event, *way])
        return ControlView(
            kind=kind,
            id=id,
            label=html(title_words(parameter.name)),
            hint=html(hint),
            attributes=(
                f'id="{id}"',
                f'name="{html(".".join(way))}"',
                *own,
                *extra,
                f'data-bind="{html_with_holes(bound)}"',
                *faults,
            ),
            error=error,
            failed=failed,
            text="",
            choices=(),
        )

    def _faults(self, name: str, id: str, hint: str) -> tuple[str, ...]:
        error = self.place("errors", name)
        return (
            f'aria-invalid="{hole(f"draft.invalid({python_string(name)})")}"',
            f"data-attr:aria-invalid=\"{expression(error)} ? 'true' : 'false'\"",
            _described(id, hint),
        )

    def _id(self, path: tuple[str, ...]) -> str:
        return html_with_holes(f"{self.snake_name}-{self.event}-{'-'.join(path)}")


def html_with_holes(text: str) -> str:
    """Write a text in HTML that holds what `hole` has marked."""
    parts = text.split("\0")
    return "\0".join([part if place % 2 else html(part) for place, part in enumerate(parts)])


def _as_parameter(field: FieldSchema) -> ParameterSchema:
    return ParameterSchema(
        name=field.name,
        type=field.type,
        default=field.default,
        constraints=field.constraints,
        description=field.description,
    )


def _described(id: str, hint: str) -> str:
    return (
        f'aria-describedby="{id}--hint {id}--error"'
        if hint
        else (f'aria-describedby="{id}--error"')
    )


def _is_moment(type_: TypeRef) -> bool:
    return isinstance(type_, ScalarType) and type_.name in ("time", "datetime")


def _is_number_choice(type_: TypeRef, context: Context) -> bool:
    if isinstance(type_, EnumType):
        return all(isinstance(one.value, int) for one in context.enums[type_.enum].members)
    return isinstance(type_, LiteralType) and all(type(one) is int for one in type_.values)
