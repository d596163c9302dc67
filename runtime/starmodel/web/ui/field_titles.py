"""What the fields and arguments are called that a message is about: as their page calls them."""

from typing import TypeGuard

from starmodel.errors import ArgumentError
from starmodel.ui.components.fields import in_words
from starmodel.ui.components.inputs import (
    Fieldset,
    Input,
    ItemsInput,
    JsonInput,
    LinesInput,
    TextArea,
    TextInput,
)
from starmodel.ui.components.pages import List, Record
from starmodel.web.routing.request import Request


def field_title(request: Request, name: str) -> str:
    """Return what an argument, a field or a filter is called: `Price from`; `""` for no name."""
    given = _input(request, name)
    if given is not None:
        return given.title
    if name == "q":
        return "Search"
    field, _, operator = name.partition("__")
    component = _record(request)
    known = None if component is None else component.by_name.get(field)
    title = in_words(field) if known is None else known.title
    if not operator:
        return title
    # Lists alone have filters.
    from starmodel.web.ui.list_view import OPERATORS

    return f"{title} {OPERATORS.get(operator, operator)}".rstrip()


def with_part_title(request: Request, error: ArgumentError) -> str:
    """Return a message that begins with the part of a value object it is about, by its title.

    Of a text that does not match its pattern it says what is expected, where the input says so.
    """
    given = _input(request, error.name)
    if error.type == "string_pattern_mismatch" and _is_text(given) and given.hint:
        return given.hint
    place, separator, rest = error.message.partition(": ")
    if not separator or not isinstance(given, Fieldset | ItemsInput):
        return error.message
    inputs = given.inputs if isinstance(given, Fieldset) else given.parts
    titles = {each.name: each.title for each in inputs}
    words = place.split(", ")
    # `Item 2, amount`: the parts are called as their inputs are.
    named = ", ".join([titles.get(word, word) for word in words])
    return f"{named}: {rest}"


def _is_text(given: Input | None) -> TypeGuard[TextInput | TextArea]:
    return isinstance(given, TextInput | TextArea) and not isinstance(given, LinesInput | JsonInput)


def _input(request: Request, name: str) -> Input | None:
    form = request.route.form
    return None if form is None else next((one for one in form.inputs if one.name == name), None)


def _record(request: Request) -> Record | None:
    page = request.route.page
    if isinstance(page, List):
        return page.of
    return (
        page
        if isinstance(page, Record)
        else request.app_state.component_of(request.route.namespace)
    )
