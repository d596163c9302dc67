"""The inputs of the pages on which a record is made and edited.

Unlike those of an event's form they show values of a record, or what somebody has typed: the
generated code takes both from a `FormState`. One function makes them for both pages, so the event
they belong to is a parameter of it where there are two.
"""

from collections.abc import Iterable
from dataclasses import replace

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.record_labels import reference_of
from starmodel_generator.emission.forms.control import Control, Controls, first_line, is_none
from starmodel_generator.emission.forms.control_view import ChoiceView, ControlView, FieldView
from starmodel_generator.emission.forms.form_values import FormValues
from starmodel_generator.emission.forms.picker_field import picker_field, pickers_field
from starmodel_generator.emission.forms.signal_paths import SignalPaths
from starmodel_generator.emission.html.display import has_parts, member
from starmodel_generator.emission.html.input_limits import Attribute, unwrap
from starmodel_generator.emission.html.markup import (
    LINE_LENGTH,
    Member,
    expression,
    html,
    object_literal,
    placeholder,
)
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, prefixed
from starmodel_generator.emission.python.literals import python_string, string_in_braces
from starmodel_generator.planning import has_list
from starmodel_schemas import (
    EntitySchema,
    EnumType,
    FactoryDefault,
    FieldSchema,
    LiteralType,
    ObjectType,
    ParameterSchema,
    RequiredDefault,
    ScalarType,
    TypeRef,
)

LOCAL = (
    "((text) => text && new Date(new Date(text) - new Date(text).getTimezoneOffset() * 60000)"
    ".toISOString().slice(0, 19))"
)
"""Turns an instant into what an input for a date and a time has, in the reader's own zone."""


class Fields:
    """Makes the inputs of one entity's pages.

    Args:
        entity: The entity.
        event: The event that the inputs belong to; `""` where that is a parameter.
        context: The app.
        names: The names of the module.
        has_records: Whether any of them is filled from a record, and not only for a new one.
    """

    def __init__(
        self,
        entity: EntitySchema,
        event: str,
        context: Context,
        names: ModuleNames,
        *,
        has_records: bool,
    ) -> None:
        self.places = SignalPaths(entity.namespace, entity.snake_name, event)
        self._note_titles(entity.fields, ())
        self.values = FormValues(names, has_records=has_records)
        self.context = context
        self.names = names
        self.controls = Controls(context, reads_durations=True, has_lines=True)

    def field(self, parameter: ParameterSchema) -> FieldView:
        """Make the input for what a record is made of."""
        return self._field(parameter, (), "state")

    def _note_titles(self, fields: Iterable[FieldSchema], path: tuple[str, ...]) -> None:
        for field in fields:
            if field.title:
                self.places.titles[*path, field.name] = field.title

    def _field(self, parameter: ParameterSchema, path: tuple[str, ...], owner: str) -> FieldView:
        target = reference_of(parameter.type)
        if target is not None and not path and has_list(self.context.entities[target[0]]):
            make = pickers_field if target[1] else picker_field
            return make(self.names, self.places, parameter, self.context.entities[target[0]])
        type_, is_optional, _ = unwrap(parameter.type)
        if isinstance(type_, ObjectType) and has_parts(parameter.type, self.context):
            return self._object(parameter, type_, path, owner)
        if path and type_ == ScalarType(name="bool") and not is_optional:
            return self._choice(parameter, path, owner)
        return self._plain(parameter, parameter, path, owner)

    def _object(
        self, parameter: ParameterSchema, type_: ObjectType, path: tuple[str, ...], owner: str
    ) -> FieldView:
        inside = (*path, parameter.name)
        value = member(owner, parameter.name)
        parts = public_fields(self.context.objects[type_.object])
        self._note_titles(parts, inside)
        fields = [
            self._field(_as_parameter(field), inside, value)
            for field in parts
            if not field.computed and field.writable
        ]
        key = f"{python_string(parameter.name)}: "
        view = self._view(parameter, "object", path, ())
        sent: list[Member] = [field.sent for field in fields]
        saved: list[Member] = [field.saved for field in fields]
        default = parameter.default
        is_left = isinstance(default, FactoryDefault) and default.factory != type_.object
        is_left = not path and (is_left or any(field.is_left for field in fields))
        return FieldView(
            name=parameter.name,
            control=replace(view, controls=tuple([field.control for field in fields])),
            blank=Group(f"{key}{{", tuple([field.blank for field in fields]), "}"),
            drafted=Group(f"{key}{{", tuple([field.drafted for field in fields]), "}"),
            sent=(parameter.name, self._if_touched(parameter.name, sent) if is_left else sent),
            saved=(parameter.name, saved),
            is_left=is_left,
        )

    def _if_touched(self, name: str, sent: str | list[Member]) -> str:
        """Write what a new record is sent: nothing that nobody has touched, if that can be made."""
        form, was = self.places.signal("_form", name), self.places.signal("_was", name)
        value = sent if isinstance(sent, str) else object_literal(sent, 8, LINE_LENGTH)
        return f"JSON.stringify({form}) === JSON.stringify({was}) ? undefined : {value}"

    def _choice(self, parameter: ParameterSchema, path: tuple[str, ...], owner: str) -> FieldView:
        """Ask for a yes or a no inside of a value object, where no tick would say nothing."""
        literal = LiteralType(values=(True, False))
        shown = parameter.model_copy(update={"type": literal})
        return self._plain(parameter, shown, path, owner)

    def _control(self, parameter: ParameterSchema, path: tuple[str, ...]) -> Control:
        return self.controls.control(parameter, self.places.signal("_form", *path, parameter.name))

    def _plain(
        self,
        parameter: ParameterSchema,
        shown: ParameterSchema,
        path: tuple[str, ...],
        owner: str,
    ) -> FieldView:
        """Make an input for a single value; `shown` has the type that it is chosen for."""
        control = self._control(shown, path)
        way = python_string(".".join([*path, parameter.name]))
        key = f"{python_string(parameter.name)}: "
        value = member(owner, parameter.name)
        type_, is_optional, _ = unwrap(parameter.type)
        attributes = [one for one in control.attributes if one.name not in ("value", "checked")]
        text = ""
        choices: tuple[ChoiceView, ...] = ()
        extra: tuple[str, ...] = ()
        is_moment = control.kind == "input" and _is_moment(type_)
        if control.kind == "check":
            extra = (f'type="checkbox"{placeholder(f"form.checked({way})")}',)
            attributes = [one for one in attributes if one.name != "type"]
        elif control.kind == "select":
            choices = tuple(
                [
                    ChoiceView(
                        (
                            f'value="{html(choice.value)}"'
                            + placeholder(
                                f"form.selected({way}, {string_in_braces(choice.value)})"
                            ),
                        ),
                        html(choice.label),
                    )
                    for choice in control.choices
                ]
            )
        elif control.kind == "textarea":
            text = placeholder(f"form.textarea({way})")
        elif not parameter.private:
            extra = (f'value="{placeholder(f"form.text({way})")}"',)
        if is_moment:
            attributes, more = self._moment(type_, attributes, path, parameter.name)
            extra = (*extra, *more)
        view = self._view(parameter, control.kind, path, attributes, extra, control.hint)
        blank, drafted = self.values.values(control, type_, value, is_optional=is_optional)
        if parameter.private:
            # A secret is not shown, so an input that is empty leaves it.
            drafted = '""'
        sent, saved = self._sent(shown, path)
        is_left = control.kind == "check" and isinstance(parameter.default, FactoryDefault)
        if is_left and not path:
            sent = self._if_touched(parameter.name, sent)
        return FieldView(
            name=parameter.name,
            control=replace(view, text=text, choices=choices),
            blank=prefixed(key, blank),
            drafted=prefixed(key, drafted),
            sent=(parameter.name, sent),
            saved=(parameter.name, saved),
            is_left=is_left,
        )

    def _sent(self, parameter: ParameterSchema, path: tuple[str, ...]) -> tuple[str, str]:
        """Write what is sent for a new record, and for one that is edited.

        Where nothing is typed a new record has its default, which is left to the server. Of a
        record that is edited it is taken away, whatever a new one begins with.
        """
        type_, _, _ = unwrap(parameter.type)
        if path and _is_number_choice(type_, self.context):
            place = self.places.signal("_form", *path, parameter.name)
            is_shown = self._control(parameter, path).initial != "''"
            nothing = "null" if is_shown or parameter.default.kind == "required" else "undefined"
            sent, saved = [f"{place} === '' ? {one} : Number({place})" for one in (nothing, "null")]
            return sent, saved
        made = parameter
        if is_none(parameter.default):
            made = parameter.model_copy(update={"default": FactoryDefault(factory="None")})
        required = parameter.model_copy(update={"default": RequiredDefault()})
        saved = self._control(required, path).sent
        if saved.startswith("new Date("):
            # An input that is empty has no moment.
            saved = f"{self.places.signal('_form', *path, parameter.name)} && {saved}"
        return self._control(made, path).sent, saved

    def _moment(
        self, type_: TypeRef, attributes: list[Attribute], path: tuple[str, ...], name: str
    ) -> tuple[list[Attribute], tuple[str, ...]]:
        """Show a time as a text that keeps all of it; a script makes a picker of the input."""
        kind = next(one.value for one in attributes if one.name == "type") or ""
        kept = [one for one in attributes if one.name not in ("type", "step")]
        place, before = self.places.signal("_form", *path, name), self.places.signal(
            "_was", *path, name
        )
        was = f"({before} ?? '')"
        shown = f"{before} = {_local(type_, was)}, el.value = {place} = {_local(type_, place)}"
        attributes = [Attribute("type", "text"), *kept, Attribute("step", "1")]
        return attributes, (
            f'data-init="{expression(shown)}"',
            f"data-attr:type=\"'{kind}'\"",
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
        id = self.places.id(way)
        hint = hint or first_line(parameter.description)
        own = [
            f'{one.name}="{html(one.value)}"' if one.value is not None else one.name
            for one in attributes
        ]
        faults: tuple[str, ...] = ()
        error = failed = choice = ""
        if not path:
            faults = self.places.faults(parameter.name, hint)
            error = expression(self.places.signal("errors", parameter.name))
            failed = placeholder(f"form.error({python_string(parameter.name)})")
            choice = self.places.choice(parameter.name)
        elif hint:
            faults = (f'aria-describedby="{id}--hint"',)
        bound = self.places.path("_form", *way)
        return ControlView(
            kind=kind,
            id=id,
            label=self.places.label(*way),
            hint=html(hint),
            attributes=(
                f'id="{id}"',
                f'name="{html(".".join(way))}"',
                *own,
                *extra,
                f'data-bind="{bound}"',
                *faults,
            ),
            error=error,
            failed=failed,
            choice=choice,
            text="",
            choices=(),
            name=".".join(way),
        )


def _as_parameter(field: FieldSchema) -> ParameterSchema:
    return ParameterSchema(
        name=field.name,
        type=field.type,
        default=field.default,
        constraints=field.constraints,
        description=field.description,
        multiline=field.multiline,
    )


def _local(type_: TypeRef, text: str) -> str:
    """Write what a picker for times has, of the expression of a whole one."""
    return f"{LOCAL}({text})" if type_ == ScalarType(name="datetime") else f"{text}.slice(0, 8)"


def _is_moment(type_: TypeRef) -> bool:
    return isinstance(type_, ScalarType) and type_.name in ("time", "datetime")


def _is_number_choice(type_: TypeRef, context: Context) -> bool:
    if isinstance(type_, EnumType):
        return all(isinstance(one.value, int) for one in context.enums[type_.enum].members)
    return isinstance(type_, LiteralType) and all(type(one) is int for one in type_.values)
