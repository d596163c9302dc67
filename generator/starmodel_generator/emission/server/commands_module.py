"""The view of `commands.py`: one function per event, which knows nothing of HTTP."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.entity.crud_arguments import fields_type, is_crud_field, is_once
from starmodel_generator.emission.entity.endpoints import is_optional
from starmodel_generator.emission.entity.protected_parts import protected_objects
from starmodel_generator.emission.entity.recorded_arguments import is_recorded
from starmodel_generator.emission.entity.reference_checks import (
    is_hidden_from_some,
    reference_checks,
)
from starmodel_generator.emission.python.default_expressions import default_layout, use_qualified
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, lay_out, named, prefixed
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.python.type_expressions import (
    AuthorsClasses,
    annotation,
    argument_annotation,
    has_literal,
    id_annotation,
    is_fragment,
    is_nullable,
)
from starmodel_generator.emission.server.command_call import (
    command_parameter,
    holder_of,
    hooks_of,
    needs_session,
    own_parameters,
    takes_request,
)
from starmodel_generator.emission.server.crud_command import (
    FieldsView,
    crud_docstring,
    crud_preparation,
    crud_record,
    crud_steps,
    fields_views,
)
from starmodel_generator.planning import is_in_sql
from starmodel_schemas import (
    AccessRule,
    AnyType,
    ArgumentSource,
    AuthenticatedAccess,
    EntitySchema,
    EntitySource,
    EventSchema,
    ParameterSchema,
    PolicyAccess,
    ProviderSource,
    ScalarType,
    SuppliedSource,
)
from starmodel_schemas.reserved_names import HOLDER_NAMES


class CommandView(NamedTuple):
    """One command: what it is called with, and its statements in order."""

    signature: Layout
    docstring: str
    checks: tuple[Layout, ...]
    work: str
    outcome: str
    unit: str
    locks: tuple[Layout, ...]
    steps: tuple[Layout, ...]
    is_generator: bool
    generator: Layout
    closing: str
    loop: Layout
    produced: Layout | None
    is_async: bool
    save: Layout
    save_rest: Layout


class CommandsView(NamedTuple):
    """Everything that `commands.py.j2` lays out."""

    name: str
    imports: str
    fields: tuple[FieldsView, ...]
    commands: tuple[CommandView, ...]


def commands_view(entity: EntitySchema, context: Context) -> CommandsView:
    """Decide what the commands of an entity do."""
    taken = {event.function for event in entity.events}
    taken |= {parameter.name for event in entity.events for parameter in event.parameters}
    names = ModuleNames(context.first_party, taken, context.classes)
    fields = fields_views(entity, names, AuthorsClasses(names, context))
    commands = tuple(_Command(entity, event, names, context).view() for event in entity.events)
    names.keep_apart(taken - {event.function for event in entity.events})
    return CommandsView(
        name=entity.name, fields=fields, commands=commands, imports=names.import_block()
    )


class _Command:
    """Makes the view of one command."""

    def __init__(
        self, entity: EntitySchema, event: EventSchema, names: ModuleNames, context: Context
    ) -> None:
        self.entity = entity
        self.event = event
        self.names = names
        self.context = context
        self.classes = AuthorsClasses(names, context)
        self.is_once = is_once(entity, event)
        self.constant = context.names[entity.qualified_name].constant
        self.state_module = context.names[entity.qualified_name].module("state")
        taken = {*_names_of_the_author(entity, event, context)}
        self.fields_type = fields_type(entity, event)
        self.fields = "{}" if self.fields_type is None else _local("fields", taken)
        self.work = _local("work", taken)
        self.step = "_" if event.returns is None else _local("step", taken)
        self.generator = _local("steps", taken)
        self.fragment = _local("fragment", taken)
        self.result = _local("result", taken)
        self.outcome = _local("outcome", taken)
        own = {self.fields, self.work, self.step, self.generator}
        own |= {self.fragment, self.result, self.outcome}
        self.subject = _local(
            entity.snake_name, {*own, *taken, *own_parameters(entity, event, context), "sm"}
        )
        self.outcome_type = names.use("starmodel.application", "CommandResult")
        names.define(event.function)

    def view(self) -> CommandView:
        event = self.event
        result = self._result()
        return CommandView(
            signature=self._signature(result),
            docstring=self._docstring(),
            checks=tuple(self._checks()),
            work=self.work,
            outcome=self.outcome,
            unit=f"services.unit_of_work({', '.join(self._unit())})",
            locks=tuple(self._locks()),
            steps=tuple(self._steps()),
            is_generator=event.is_generator,
            generator=prefixed(f"{self.generator} = ", self._generator()),
            closing=self._closing(),
            loop=self._loop(),
            produced=self._produced(),
            is_async=event.is_async,
            save=self._save(),
            save_rest=self._save_with(None, None),
        )

    def _signature(self, result: str) -> Layout:
        services = self.names.use("starmodel.application", "Services")
        actor = self.names.use("starmodel.domain", "Actor")
        anonymous = self.names.use("starmodel.domain", "ANONYMOUS")
        items: list[Layout] = [f"services: {services}"]
        holder = holder_of(self.entity, self.event)
        holders = [] if holder is None else [holder]
        if needs_session(self.entity, self.event, self.context):
            holders.append("session")
        for name in holders:
            is_id = name == holder and self.entity.scope == "RECORD"
            type_ = id_annotation(self.entity, self.names) if is_id else self.names.builtin("str")
            items.append(f"{name}: {type_}")
        items.append("*")
        for parameter in self.event.parameters:
            if not is_crud_field(self.event, parameter):
                items += [item for item in self._parameter(parameter) if item not in items]
        if takes_request(self.entity, self.event):
            items.append(f"request: {self.names.use('starmodel', 'Request')}")
        items.append(f"actor: {actor} = {anonymous}")
        if self.is_once:
            items.append(f"idempotency_key: {self.names.builtin('str')} | None = None")
        if self.fields_type is not None:
            unpack = self.names.use("typing", "Unpack")
            items.append(f"**{self.fields}: {unpack}[{self.fields_type}]")
        if self.event.is_generator:
            iterator = self.names.use("collections.abc", "AsyncIterator")
            gives = f"{iterator}[{self.outcome_type}[{result}]]"
        else:
            gives = f"{self.outcome_type}[{result}]"
        return Group(f"async def {self.event.function}(", tuple(items), f") -> {gives}:")

    def _parameter(self, parameter: ParameterSchema) -> list[Layout]:
        name = command_parameter(parameter, self.context)
        if name is None:
            return []
        if name == "request" and isinstance(parameter.source, SuppliedSource):
            return [f"request: {self.names.use('starmodel', 'Request')}"]
        if isinstance(parameter.source, EntitySource):
            text = id_annotation(self.context.entities[parameter.source.entity], self.names)
            return [f"{name}: {text}{' | None = None' if is_optional(parameter) else ''}"]
        type_ = argument_annotation(parameter.type, parameter.constraints, self.names, self.classes)
        declared = f"{name}: {type_}"
        default = default_layout(parameter.default, self.names)
        return [declared if default is None else prefixed(f"{declared} = ", default)]

    def _unit(self) -> list[str]:
        """Return what the unit of work is made with."""
        return ["actor", *(["idempotency_key=idempotency_key"] if self.is_once else [])]

    def _docstring(self) -> str:
        if self.event.crud is not None:
            return crud_docstring(self.entity, self.event)
        runs = f"Runs {self.entity.name}.{self.event.signature}."
        if self.event.doc:
            return docstring(self.event.doc, 4, runs)
        return docstring(runs, 4)

    def _checks(self) -> list[Layout]:
        """Return what can be refused before anything is loaded, and what is given to be written."""
        checks = self._static_checks()
        if self.event.crud is not None:
            checks += crud_preparation(self.entity, self.event, self.fields, self.names)
        return checks

    def _static_checks(self) -> list[Layout]:
        """Ask what needs no entity: whoever may read none is not told which there are."""
        checks: list[Layout] = []
        function = self.names.use("starmodel.application", "authorize")
        authorize = f"{function}(actor, actor.is_authenticated)"
        if isinstance(self.event.access, AuthenticatedAccess):
            checks.append(authorize)
        elif self.event.is_collection and isinstance(self.event.access, PolicyAccess):
            policy = use_qualified(self.event.access.function, self.names)
            checks.append(f"{function}(actor, {policy}(actor))")
        for parameter, other in self._others():
            if isinstance(other.access, AuthenticatedAccess):
                check = authorize
                if is_optional(parameter) and other.scope == "RECORD":
                    check = f"if {parameter.name}_id is not None:\n{' ' * 8}{authorize}"
                checks.append(check)
        return [authorize] if authorize in checks else checks

    def _others(self) -> Iterator[tuple[ParameterSchema, EntitySchema]]:
        """Return the parameters that are entities themselves."""
        for parameter in self.event.parameters:
            if isinstance(parameter.source, EntitySource):
                yield parameter, self.context.entities[parameter.source.entity]

    def _locks(self) -> Iterator[Layout]:
        """Describe what will be locked, where there are several that others may lock as well."""
        if not self.event.lock:
            return
        locked: list[tuple[EntitySchema, str | None]] = []
        if self.event.has_instance:
            locked.append((self.entity, holder_of(self.entity, self.event)))
        locked += [(other, _holder(parameter, other)) for parameter, other in self._others()]
        groups: dict[str, list[str]] = {}
        for entity, holder in locked:
            if is_in_sql(entity):
                holders = groups.setdefault(entity.qualified_name, [])
                holders.append(holder or "")
        if sum(map(len, groups.values())) < 2:
            return
        for name, holders in groups.items():
            own = self.context.names[name]
            constant = self.names.use(own.module("state"), own.constant)
            items = [constant, *dict.fromkeys(holder for holder in holders if holder)]
            yield Group(f"{self.work}.lock(", tuple(items), ")")

    def _steps(self) -> list[Layout]:
        """Load, ask whether it is allowed, call the author's method; in that order."""
        steps: list[Layout] = []
        if self.event.has_instance:
            self.names.use(self.state_module, self.constant)
            holder = holder_of(self.entity, self.event)
            loaded = self._loaded(self.entity, self.constant, holder)
            steps.append(f"{self.subject} = {loaded}")
            steps += self._policy_of_loaded(self.entity, self.event.access, self.subject)
        for parameter in self.event.parameters:
            if isinstance(parameter.source, EntitySource):
                steps += self._load(parameter, parameter.source)
        steps += reference_checks(
            self.entity,
            self.event,
            self.subject,
            self.work,
            self.fields,
            self.names,
            self.context,
        )
        if self.event.is_generator:
            return steps
        self.names.use(self.state_module, self.constant)
        if self.event.crud is None:
            steps.append(self._call())
        else:
            changes = crud_steps(
                self.event, self.subject, self.constant, self.work, self.fields, self._writable()
            )
            before = self._hooks("before_")
            steps += before + changes if self.event.crud == "delete" else changes + before
        if self.event.crud == "update":
            # Nor may a record be given to somebody in whose name it could not be changed.
            steps += self._policy(self.event.access, self.subject)
        if self.event.is_creation:
            steps += self._policy(self.event.access, self.subject)
            steps.append(f"{self.work}.add({self.constant}, {self.subject})")
        after = self._hooks("after_")
        if self.event.is_creation and after and any(one.identity for one in self.entity.fields):
            # Whoever comes after the creation expects the number.
            steps.append(f"await {self.work}.flush()")
        return steps + after

    def _hooks(self, moment: str) -> list[Layout]:
        """Call the method that the author has for this moment of the event."""
        found: list[Layout] = []
        for hook in hooks_of(self.entity, self.event):
            if hook.name.startswith(moment):
                wait = "await " if hook.is_async else ""
                arguments = tuple(
                    named(each.name, self._supplied(each)) for each in hook.parameters
                )
                call = Group(f"{wait}{self.subject}.{hook.name}(", arguments, ")")
                refuse = self.names.use("starmodel.application", "refuse_value_errors")
                found.append(f"with {refuse}():\n{' ' * 16}{lay_out(call, 16)}")
        return found

    def _supplied(self, parameter: ParameterSchema) -> str:
        """Write what a hook is given; an entity is one of which there is no other."""
        if not isinstance(parameter.source, EntitySource):
            return self._argument(parameter)
        own = self.context.names[parameter.source.entity]
        constant = self.names.use(own.module("state"), own.constant)
        return f"await {self.work}.load({constant})"

    def _writable(self) -> str | None:
        """Name the constant of the parts that an update writes, where it leaves others alone."""
        if self.event.crud != "update":
            return None
        types = [parameter.type for parameter in self.event.parameters]
        if not protected_objects(types, self.context):
            return None
        own = self.context.names[self.entity.qualified_name]
        return self.names.use(self.state_module, own.writable)

    def _loaded(self, entity: EntitySchema, constant: str, holder: str | None) -> str:
        items = [constant, *([] if holder is None else [holder])]
        if self.event.lock and is_in_sql(entity):
            items.append("lock=True")
        return f"await {self.work}.load({', '.join(items)})"

    def _load(self, parameter: ParameterSchema, source: EntitySource) -> list[Layout]:
        """Load another entity, if its rule lets the actor read it."""
        other = self.context.entities[source.entity]
        other_names = self.context.names[source.entity]
        constant = self.names.use(other_names.module("state"), other_names.constant)
        holder = _holder(parameter, other)
        load = self._loaded(other, constant, holder)
        checks = self._policy_of_loaded(other, other.access, parameter.name)
        if is_optional(parameter) and other.scope == "RECORD":
            load = f"None if {holder} is None else {load}"
            inner = 12 if self.event.is_generator else 16
            checks = [
                f"if {parameter.name} is not None:\n{' ' * inner}{lay_out(check, inner)}"
                for check in checks
            ]
        return [f"{parameter.name} = {load}", *checks]

    def _policy(self, rule: AccessRule, subject: str) -> list[Layout]:
        if not isinstance(rule, PolicyAccess):
            return []
        policy = use_qualified(rule.function, self.names)
        authorize = self.names.use("starmodel.application", "authorize")
        return [f"{authorize}(actor, {policy}(actor, {subject}))"]

    def _policy_of_loaded(
        self, entity: EntitySchema, rule: AccessRule, subject: str
    ) -> list[Layout]:
        """Ask whether the actor may reach what was loaded.

        Whoever may not even read a record is told the same as if there were none.
        """
        if not (isinstance(rule, PolicyAccess) and is_hidden_from_some(entity)):
            return self._policy(rule, subject)
        return [f"{self.work}.authorize({subject}, {use_qualified(rule.function, self.names)})"]

    def _method(self) -> str:
        if not self.event.has_instance and self.event.crud is None:
            owner = self.names.use(self.entity.module, self.entity.name)
        else:
            owner = self.subject
        return f"{owner}.{self.event.function}"

    def _arguments(self) -> tuple[Layout, ...]:
        """Return what the author's method is called with."""
        return tuple(
            named(parameter.name, self._argument(parameter)) for parameter in self.event.parameters
        )

    def _argument(self, parameter: ParameterSchema) -> str:
        match parameter.source:
            case ArgumentSource() | EntitySource():
                return parameter.name
            case SuppliedSource(what="unit_of_work"):
                return self.work
            case SuppliedSource(what=what):
                return what
            case ProviderSource(function=function):
                return f"{use_qualified(function, self.names)}()"

    def _call(self) -> Layout:
        """Call the author's method, and name what it gives."""
        wait = "await " if self.event.is_async else ""
        call = Group(f"{wait}{self._method()}(", self._arguments(), ")")
        if self.event.is_creation:
            return prefixed(f"{self.subject} = ", call)
        if self._is_fragment():
            return prefixed(f"{self.fragment} = ", self._rendered(call))
        return call if self.event.returns is None else prefixed(f"{self.result} = ", call)

    def _produced(self) -> Layout | None:
        """Make a fragment of what a generator yields."""
        if not self.event.is_generator or not self._is_fragment():
            return None
        return prefixed(f"{self.fragment} = ", self._rendered(self.step))

    def _rendered(self, value: Layout) -> Layout:
        render_fragment = self.names.use("starmodel.domain", "render_fragment")
        items = [value]
        if self.event.selector is not None:
            items.append(f"selector={python_string(self.event.selector)}")
        if self.event.mode is not None:
            items.append(f"mode={python_string(self.event.mode)}")
        return Group(f"{render_fragment}(", tuple(items), ")")

    def _save(self) -> Layout:
        produced = self.step if self.event.is_generator else self.result
        if self._is_fragment():
            if self.event.respond == "ack":
                return self._save_with(None, self.fragment)
            return self._save_with(self.fragment, None)
        if self.event.returns is None or self.event.is_creation:
            return self._save_with(None, None)
        if self.event.respond == "ack" and self._may_be_fragment():
            return self._save_with(produced, self._rendered(produced))
        return self._save_with(produced, None)

    def _save_with(self, result: str | None, broadcast: Layout | None) -> Layout:
        arguments = (
            self._recorded()
            if self.event.crud is None
            else crud_record(self.entity, self.event, self.fields, self.names, self.context)
        )
        subject = self.constant if self.event.is_collection else self.subject
        items: list[Layout] = [subject, python_string(self.event.name), arguments]
        if result is not None:
            items.append(result)
        if broadcast is not None:
            items.append(named("broadcast", broadcast))
        if self.event.is_generator:
            return Group(f"yield await {self.work}.checkpoint(", tuple(items), ")")
        # Type checkers take a literal for a value of its class, unless they are told.
        is_literal = self.event.returns is not None and has_literal(self.event.returns)
        declared = self.outcome
        if is_literal:
            declared = f"{declared}: {self.outcome_type}[{self._result()}] | None"
        return Group(f"{declared} = await {self.work}.commit(", tuple(items), ")")

    def _recorded(self) -> Layout:
        """Return what the record of the event says it was called with."""
        return Group(
            "{",
            tuple(
                f"{python_string(parameter.name)}: {name}"
                for parameter in self.event.parameters
                if (name := command_parameter(parameter, self.context)) is not None
                and not isinstance(parameter.source, SuppliedSource)
                and is_recorded(parameter, self.entity, self.context)
            ),
            "}",
        )

    def _result(self) -> str:
        """Write the type of what the outcome holds."""
        event = self.event
        if event.returns is None or event.is_creation:
            return "None"
        if self._is_fragment():
            if event.respond == "ack":
                return "None"
            return f"{self.names.use('starmodel.domain', 'Fragment')} | None"
        type_ = annotation(event.returns, self.names, self.classes)
        if not event.is_generator or is_nullable(event.returns):
            return type_
        # Behind the last step there may be one more outcome, which has no result.
        return f"{type_} | None"

    def _is_fragment(self) -> bool:
        return self.event.returns is not None and is_fragment(self.event.returns)

    def _may_be_fragment(self) -> bool:
        """Return whether only the value itself will tell, or a text is to be shown somewhere."""
        returns = self.event.returns
        is_shown = isinstance(returns, ScalarType) and returns.name == "str"
        return isinstance(returns, AnyType) or (is_shown and self.event.selector is not None)

    def _generator(self) -> Group:
        """Call the author's generator."""
        return Group(f"{self._method()}(", self._arguments(), ")")

    def _closing(self) -> str:
        """Close an async generator within the unit of work; Python closes a plain one itself."""
        if not (self.event.is_generator and self.event.is_async):
            return ""
        return f"{self.names.use('starmodel.application', 'aclosing')}({self.generator})"

    def _loop(self) -> Layout:
        if self.event.is_async:
            return f"async for {self.step} in {self.generator}:"
        call = self._generator()
        return Group(f"for {self.step} in {call.head}", call.items, "):")


def _names_of_the_author(
    entity: EntitySchema, event: EventSchema, context: Context
) -> Iterator[str]:
    """Return the names that a command has from the author: of parameters, and of what it calls."""
    rules = [entity.access, event.access]
    supplied = [each for hook in hooks_of(entity, event) for each in hook.parameters]
    for parameter in (*event.parameters, *supplied):
        match parameter.source:
            case ProviderSource(function=function):
                yield re.split("[.:]", function)[-1]
            case EntitySource():
                rules.append(context.entities[parameter.source.entity].access)
                yield from (parameter.name, f"{parameter.name}_id")
            case ArgumentSource():
                if not is_crud_field(event, parameter):
                    yield parameter.name
            case SuppliedSource():
                pass
    for rule in rules:
        if isinstance(rule, PolicyAccess):
            yield rule.function.rpartition(".")[2]


def _local(name: str, taken: Collection[str]) -> str:
    """Name a variable of a command; behind one that would hide a name there is an underscore.

    PEP 8 has it so. No name of an author's ends with one.
    """
    while name in taken:
        name += "_"
    return name


def _holder(parameter: ParameterSchema, other: EntitySchema) -> str | None:
    """Name what says which instance a parameter that is an entity stands for."""
    return f"{parameter.name}_id" if other.scope == "RECORD" else HOLDER_NAMES.get(other.scope)
