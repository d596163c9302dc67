"""The pickers of the pages on which a record is made and edited: for what refers to others."""

from starmodel_generator.emission.forms.control import first_line
from starmodel_generator.emission.forms.control_view import FieldView
from starmodel_generator.emission.forms.picker_input import picker, picker_of_several, python_label
from starmodel_generator.emission.forms.signal_paths import SignalPaths
from starmodel_generator.emission.html.display import member
from starmodel_generator.emission.html.input_limits import unwrap
from starmodel_generator.emission.html.markup import expression, html, key, placeholder
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.literals import python_string
from starmodel_schemas import Default, EntitySchema, FactoryDefault, ParameterSchema


def picker_field(
    names: ModuleNames, places: SignalPaths, parameter: ParameterSchema, target: EntitySchema
) -> FieldView:
    """Make a picker for the one record that a field refers to."""
    name = parameter.name
    way = python_string(name)
    value = member("state", name)
    _, is_optional, _ = unwrap(parameter.type)
    place = places.signal("_form", name)
    hint = first_line(parameter.description)
    is_required = not is_optional and parameter.default.kind == "required"
    view = picker(
        names,
        target,
        id=places.id((name,)),
        name=name,
        label=places.label(name),
        hint=html(hint),
        place=place,
        shown=places.path("_label", name),
        attributes=(
            *(["required"] if is_required else []),
            f'value="{placeholder(f"form.text({way})")}"',
            *places.faults(name, hint),
        ),
        error=expression(places.signal("errors", name)),
        failed=placeholder(f"form.error({way})"),
        choice=places.choice(name),
    )
    label = placeholder(f"form.label({way}, {python_label(target)})")
    return FieldView(
        name,
        view,
        f'{way}: ""',
        f'{way}: {value} or ""' if is_optional else f"{way}: {value}",
        (name, f"{place} || {_nothing(parameter)}" if is_optional else place),
        (name, f"{place} || null" if is_optional else place),
        label=f"{expression(key(name))}: {label}",
    )


def pickers_field(
    names: ModuleNames, places: SignalPaths, parameter: ParameterSchema, target: EntitySchema
) -> FieldView:
    """Make a picker for the records that a field refers to."""
    name = parameter.name
    way = python_string(name)
    value = member("state", name)
    _, is_optional, _ = unwrap(parameter.type)
    place = places.signal("_form", name)
    hint = first_line(parameter.description)
    view = picker_of_several(
        names,
        target,
        id=places.id((name,)),
        name=name,
        label=places.label(name),
        hint=html(hint),
        place=place,
        way=way,
        attributes=(places.described(name, hint),),
        error=expression(places.signal("errors", name)),
        choice=places.choice(name),
    )
    given = f"{value} or []" if is_optional else value
    saved = f"{place}.length ? {place} : null" if is_optional else place
    sent = f"{place}.length ? {place} : undefined" if _is_made(parameter.default) else saved
    return FieldView(name, view, f"{way}: []", f"{way}: {given}", (name, sent), (name, saved))


def _nothing(parameter: ParameterSchema) -> str:
    """Write what a new record is sent where nothing is picked."""
    return "null" if parameter.default.kind == "required" else "undefined"


def _is_made(default: Default) -> bool:
    """Return whether a default list is made by the author's code, and need not be empty."""
    return isinstance(default, FactoryDefault) and default.factory.partition("[")[0] not in (
        "list",
        "set",
        "frozenset",
        "tuple",
    )
