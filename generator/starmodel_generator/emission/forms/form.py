"""The form of an event: what it sends, and what it shows while it runs and when it fails.

A form works twice over. With a script it sends a Datastar action, and only the arguments with it;
without one it is a plain form. What it holds is in signals that never leave the page: `$_form`
for its inputs, `$_busy` while its request runs.
"""

import re
from typing import NamedTuple
from urllib.parse import quote

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.endpoints import Endpoint
from starmodel_generator.emission.entity.record_labels import reference_of
from starmodel_generator.emission.forms.control import Choice, Control, Controls, first_line
from starmodel_generator.emission.forms.control_view import ChoiceView, ControlView
from starmodel_generator.emission.forms.picker_input import picker
from starmodel_generator.emission.html.markup import (
    ID,
    Member,
    expression,
    html,
    object_literal,
    placeholder,
    signal,
)
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.type_expressions import is_fragment
from starmodel_generator.planning import has_list
from starmodel_schemas import EntitySchema, EntitySource, EventSchema
from starmodel_schemas.naming import constant_case, title_words

ONCE: Member = (
    "headers",
    [("Idempotency-Key", "[...crypto.getRandomValues(new Uint32Array(4))].join('-')")],
)
"""What makes a click count once, however often its request arrives: 128 random bits of its own."""

_SIMPLE_ID = re.compile(r"#([A-Za-z][A-Za-z0-9_-]*)")


class FormView(NamedTuple):
    """A form in texts that are HTML; its template makes them Python.

    `name` is the constant that holds it or, if it `takes_id`, the function; `placeholder` puts it into
    the page. It `has_placeholders` where Python has marked places in it.
    """

    name: str
    placeholder: str
    takes_id: bool
    has_placeholders: bool
    event: str
    id: str
    attributes: tuple[str, ...]
    heading: str
    hint: str
    controls: tuple[ControlView, ...]
    error: str
    busy: str
    running: str
    result: str


class Forms:
    """Makes the forms of one entity's page."""

    def __init__(self, entity: EntitySchema, context: Context, names: ModuleNames) -> None:
        self.namespace = entity.namespace
        self.context = context
        self.controls = Controls(context)
        self.names = names
        self._results: set[str] = set()

    def form(self, endpoint: Endpoint) -> FormView:
        """Make the form of an event."""
        controls = [
            self.controls.control(
                parameter, signal("_form", self.namespace, endpoint.event.name, parameter.name)
            )
            for parameter in endpoint.arguments
        ]
        form = _Form(endpoint, controls, self._targets(endpoint))
        return form.view(self.names, self._result(endpoint.event))

    def _targets(self, endpoint: Endpoint) -> dict[str, EntitySchema]:
        """Return the records in a database that arguments name: those are picked from a list."""
        targets: dict[str, EntitySchema] = {}
        sources = {parameter.name: parameter.source for parameter in endpoint.event.parameters}
        for argument in endpoint.arguments:
            source = sources[argument.name]
            reference = reference_of(argument.type)
            if isinstance(source, EntitySource):
                reference = (source.entity, False)
            if reference is not None and not reference[1]:
                target = self.context.entities[reference[0]]
                if has_list(target):
                    targets[argument.name] = target
        return targets

    def _result(self, event: EventSchema) -> str:
        """Return the id of the element that the event's fragments go to, if the page needs one."""
        target = _SIMPLE_ID.fullmatch(event.selector or "")
        if target is None or event.returns is None or not is_fragment(event.returns):
            return ""
        if target.group(1) in self._results:
            return ""
        self._results.add(target.group(1))
        return target.group(1)


class _Form:
    """One form on its way into a string of Python."""

    def __init__(
        self, endpoint: Endpoint, controls: list[Control], targets: dict[str, EntitySchema]
    ) -> None:
        self.event = event = endpoint.event
        self.controls = controls
        self.targets = targets
        self.id = f"{endpoint.entity.snake_name}-{event.name}"
        self.place = (endpoint.entity.namespace, event.name)
        self.takes_id = endpoint.has_id
        self.is_once = endpoint.entity.store == "SERVER_SQL" and self.event.method != "GET"
        self.busy = signal("_busy", *self.place)

    def view(self, names: ModuleNames, result: str) -> FormView:
        event = self.event
        name = (
            f"{event.function}_form" if self.takes_id else f"{constant_case(event.function)}_FORM"
        )
        running = f"{self.busy} ? 'Running…' : ''" if event.is_generator else ""
        return FormView(
            name=names.define(name),
            placeholder=f"{name}(id)" if self.takes_id else name,
            takes_id=self.takes_id,
            has_placeholders=self.takes_id or bool(self.targets),
            event=event.function,
            id=html(self.id),
            attributes=self._attributes(),
            heading=html(title_words(event.name)),
            hint=html(first_line(event.doc)),
            controls=tuple([self._control(control, names) for control in self.controls]),
            error=expression(self._error("_")),
            busy=expression(f"{self.busy} ? 'true' : 'false'"),
            running=expression(running),
            result=html(result),
        )

    def _attributes(self) -> tuple[str, ...]:
        path = self._path()
        plain = (
            [f'method="{self.event.method.lower()}"', f'action="{path}"']
            if self.event.method in ("GET", "POST")
            # HTML knows no other methods: such a form needs its script.
            else []
        )
        before, after = self._submit()
        return (
            _attribute("class", "event" if self.controls else "event action"),
            _attribute("id", self.id),
            *plain,
            f'data-signals="{expression(self._signals())}"',
            _attribute("data-indicator", ".".join(["_busy", *self.place])),
            f'data-on:submit="{expression(before)}{path}{expression(after)}"',
            f"data-attr:aria-busy=\"{expression(self.busy)} ? 'true' : 'false'\"",
        )

    def _path(self) -> str:
        """Write the path of the event, with the placeholder where a record's id belongs."""
        return placeholder("id").join([quote(part, safe="/") for part in self.event.path.split(ID)])

    def _signals(self) -> str:
        """Write the signals of the form; Datastar must know them before anything reads them."""
        errors: list[Member] = [(control.name, "''") for control in self.controls]
        members = [("errors", self._nested([*errors, ("_", "''")]))]
        if self.controls:
            inputs: list[Member] = [(control.name, control.initial) for control in self.controls]
            members.insert(0, ("_form", self._nested(inputs)))
        if self.targets:
            labels: list[Member] = [(name, "''") for name in self.targets]
            members.insert(1, ("_label", self._nested(labels)))
        return object_literal(members, 2, len('  data-signals="'))

    def _submit(self) -> tuple[str, str]:
        """Write what submitting does, up to the path and from there on."""
        arguments: list[Member] = [(control.name, control.sent) for control in self.controls]
        code = submission(
            self.place,
            self.event.method,
            self.event.path,
            ("payload", arguments),
            *([ONCE] if self.is_once else []),
            afterwards=self._afterwards(),
        )
        before, _, after = code.partition(f"'{self.event.path}'")
        return f"{before}'", f"'{after}"

    def _afterwards(self) -> str:
        """Write what empties inputs once the event has gone well."""
        cleared = [
            f"{signal(root, *self.place, control.name)} = ''"
            for control in self.controls
            if control.is_cleared
            for root in ("_form", "_label")
            if root == "_form" or control.name in self.targets
        ]
        if not cleared:
            return ""
        errors = signal("errors", *self.place)
        emptied = ",\n        ".join(cleared)
        return (
            ".then(() =>\n"
            f"      $_notice || Object.values({errors}).some(Boolean) || (\n"
            f"        {emptied}\n"
            "      )\n"
            "    )"
        )

    def _nested(self, members: list[Member]) -> list[Member]:
        """Put members where those of this form belong."""
        for name in reversed(self.place):
            members = [(name, members)]
        return members

    def _error(self, name: str) -> str:
        return signal("errors", *self.place, name)

    def _control(self, control: Control, names: ModuleNames) -> ControlView:
        id = f"{self.id}-{control.name}"
        error = self._error(control.name)
        described = f"{id}--hint {id}--error" if control.hint else f"{id}--error"
        faults = (
            f"data-attr:aria-invalid=\"{expression(error)} ? 'true' : 'false'\"",
            _attribute("aria-describedby", described),
        )
        if control.name in self.targets:
            return picker(
                names,
                self.targets[control.name],
                id=html(id),
                name=control.name,
                label=html(control.label),
                hint=html(control.hint),
                place=signal("_form", *self.place, control.name),
                shown=html(".".join(["_label", *self.place, control.name])),
                attributes=(
                    *(_attribute(one.name) for one in control.attributes if one.name == "required"),
                    *faults,
                ),
                error=expression(error),
            )
        return ControlView(
            kind=control.kind,
            id=html(id),
            label=html(control.label),
            hint=html(control.hint),
            attributes=(
                _attribute("id", id),
                _attribute("name", control.name),
                *[_attribute(limit.name, limit.value) for limit in control.attributes],
                _attribute("data-bind", ".".join(["_form", *self.place, control.name])),
                *faults,
            ),
            error=expression(error),
            text=self._area(control.text),
            choices=tuple([self._choice(choice) for choice in control.choices]),
        )

    def _choice(self, choice: Choice) -> ChoiceView:
        chosen = ["selected"] if choice.is_chosen else []
        attributes = (_attribute("value", choice.value), *chosen)
        return ChoiceView(attributes=attributes, label=html(choice.label))

    def _area(self, text: str) -> str:
        """Write the content of a text area, whose first line break HTML leaves out."""
        return html(f"\n{text}" if text.startswith("\n") else text)


def submission(
    place: tuple[str, ...], method: str, path: str, *options: Member, afterwards: str = ""
) -> str:
    """Write what submitting a form does.

    Nothing while the request runs; else the errors are cleared and what it takes is sent. A
    request without an answer may have been carried out, so it is never sent a second time.

    Args:
        place: The namespace and the event, under which the form has its signals.
        method: The HTTP method.
        path: Where the form goes to, as it stands in the code.
        options: What the action is given besides.
        afterwards: What follows the request.
    """
    own_errors = ".".join(["errors", *place])
    action = f"    @{method.lower()}('{path}', "
    given = object_literal([*options, ("retryMaxCount", "0")], 4, len(f"{action})"))
    return (
        f"{signal('_busy', *place)} || (\n"
        f"    @setAll('', {{include: /^{own_errors}./}}),\n"
        f"{action}{given}){afterwards}\n  )"
    )


def _attribute(name: str, value: str | None = None) -> str:
    return name if value is None else f'{name}="{html(value)}"'
