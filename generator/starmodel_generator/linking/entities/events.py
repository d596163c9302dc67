"""The events of an entity: its `@event` methods, own and inherited."""

from dataclasses import dataclass

from starmodel_generator.diagnostics.rules.entity_rules import (
    COLLECTION_EVENT,
    CONDITIONAL_ENTITY,
    DECORATOR_ORDER,
    INVALID_CREATION,
    INVALID_EVENT,
    PRIVATE_EVENT,
)
from starmodel_generator.linking.entities.crud_hooks import crud_hooks
from starmodel_generator.linking.entities.event_bodies import check_body, check_get, unit_of_work
from starmodel_generator.linking.entities.method_effects import EffectReader, Others
from starmodel_generator.linking.entities.parameters import ParameterReader
from starmodel_generator.linking.entities.relation_names import RelationNames
from starmodel_generator.linking.entities.returns import LinkedReturn, ReturnReader
from starmodel_generator.linking.names.class_members import Members, Method
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.suggestions import free_form
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.options.event_options import (
    EVENT,
    EventOptions,
    read_event_options,
)
from starmodel_generator.linking.options.model_config import EntityOptions
from starmodel_generator.linking.reporting import Problem, Report, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.types.unions import entities_in
from starmodel_schemas import (
    EventSchema,
    HolderAccess,
    HookSchema,
    ParameterSchema,
    RespondName,
)
from starmodel_schemas.naming import snake_case

# Decorators that leave the parameters as they are.
_KEEPS_SIGNATURE = frozenset(
    {
        "abc.abstractmethod",
        "builtins.classmethod",
        "builtins.staticmethod",
        "functools.cache",
        "functools.lru_cache",
        "pydantic.validate_call",
        "typing.final",
        "typing.no_type_check",
        "typing.override",
        "warnings.deprecated",
        EVENT,
    }
)
_NOT_EVENTS = {
    "builtins.property": "a property, which is read and not called",
    "functools.cached_property": "a property, which is read and not called",
    "pydantic.computed_field": "a computed field, which is read and not called",
    "pydantic.field_validator": "a validator, which pydantic calls",
    "pydantic.model_validator": "a validator, which pydantic calls",
    "pydantic.field_serializer": "a serializer, which pydantic calls",
    "pydantic.model_serializer": "a serializer, which pydantic calls",
}


@dataclass(frozen=True, slots=True)
class LinkedEvent:
    """An event with the method it is.

    `has_access` and `has_path` are true where `@event(...)` gives an `access`, a `path`.
    """

    schema: EventSchema
    method: Method
    has_access: bool
    has_path: bool

    @property
    def subject(self) -> Subject:
        """The event as the subject of a diagnostic."""
        return event_subject(self.method)

    def parameter_subject(self, name: str) -> Subject:
        """Return one of its parameters as the subject of a diagnostic."""
        own, facts = self.subject, self.method.facts
        place = next(each.place for each in facts.parameters if each.name == name)
        return Subject(f"parameter `{name}` of {own.noun}", place, own.entity)


def event_subject(method: Method) -> Subject:
    """An event as the subject of a diagnostic, named by the class that defines it."""
    noun = f"event `{method.owner.name}.{method.facts.name}`"
    return Subject(noun, method.facts.place, method.owner.name)


class EventReader:
    """Reads the events of entities."""

    def __init__(
        self,
        resolver: Resolver,
        parameters: ParameterReader,
        relations: RelationNames,
        respond: RespondName,
    ) -> None:
        self._resolver = resolver
        self._parameters = parameters
        self._relations = relations
        self._returns = ReturnReader(resolver)
        self._respond: RespondName = respond

    def events(
        self,
        hierarchy: ClassHierarchy,
        entity: EntityOptions,
        members: Members,
        effects: EffectReader,
        report: Report,
    ) -> tuple[LinkedEvent, ...]:
        """Return all events of an entity, those of its bases first."""
        found: list[LinkedEvent] = []
        for method in members.methods.values():
            if method.decorator(EVENT) is not None:
                event = self._event(method, hierarchy, entity, effects, report)
                if event is not None:
                    found.append(event)
        return tuple(found)

    def hooks(
        self,
        hierarchy: ClassHierarchy,
        entity: EntityOptions,
        members: Members,
        effects: EffectReader,
        report: Report,
    ) -> tuple[HookSchema, ...]:
        """Return the methods of an entity that its generated commands call."""
        found = crud_hooks(hierarchy, entity, members, effects, self._parameters, report)
        return tuple(found)

    def _event(
        self,
        method: Method,
        hierarchy: ClassHierarchy,
        entity: EntityOptions,
        effects: EffectReader,
        report: Report,
    ) -> LinkedEvent | None:
        subject = event_subject(method)
        if not self._check_form(method, subject, report):
            return None
        returned = self._returns.read(method, hierarchy, subject, report)
        is_collection = _is_on_class(method) and not returned.is_creation
        options = read_event_options(
            method, subject, self._resolver, report, has_instance=not is_collection
        )
        parameters = self._parameters.read(method, hierarchy, subject, report)
        _check_creation(method, returned, entity, subject, report)
        if is_collection:
            _check_collection(method, returned, options, entity, subject, report)
        check_body(method, effects, report)
        others = self._others(parameters)
        written = next(effects.writes(method, others), None)
        if options.method == "GET":
            check_get(method, parameters, written, subject, report, returned.is_creation)
        facts = method.facts
        name = snake_case(facts.name) if options.name is None else options.name
        schema = EventSchema(
            name=name,
            function=facts.name,
            signature=f"{facts.name}{facts.signature}",
            doc=facts.docstring or None,
            method=options.method,
            path=(
                _path(hierarchy, entity, name, has_id=not _is_on_class(method))
                if options.path is None
                else options.path
            ),
            selector=options.selector,
            mode=options.mode,
            respond=options.respond or entity.respond or self._respond,
            access=options.access or (None if is_collection else entity.access) or HolderAccess(),
            is_async=facts.is_async,
            is_generator=facts.has_yield,
            is_creation=returned.is_creation,
            is_collection=is_collection,
            parameters=parameters,
            returns=returned.returns,
            writes=(
                written is not None or returned.is_creation or unit_of_work(parameters) is not None
            ),
            lock=options.lock,
        )
        return LinkedEvent(
            schema, method, options.access is not None, has_path=options.path is not None
        )

    def _others(self, parameters: tuple[ParameterSchema, ...]) -> Others:
        """Return the parameters through which an event reaches other entities."""
        found: dict[str, frozenset[str]] = {}
        for parameter in parameters:
            if parameter.source.kind == "entity":
                found[parameter.name] = self._relations.of(parameter.source.entity)
            elif any(entities_in(parameter.type)):
                found[parameter.name] = frozenset({"*"})
        return found

    def _check_form(self, method: Method, subject: Subject, report: Report) -> bool:
        facts = method.facts
        if facts.container is not None:
            text = f"is defined inside `{facts.container}`, so nobody knows whether it exists"
            problem = Problem(CONDITIONAL_ENTITY, text, "move it to the top of the class")
            report(subject.diagnose(problem))
            return False
        for decorator in method.decorators:
            what = _NOT_EVENTS.get(decorator.name)
            if what is not None:
                place = facts.place.at("decorator", decorator.index)
                help = "make it a method with `self`, or remove `@event`"
                report(subject.diagnose(Problem(INVALID_EVENT, f"is {what}", help), place))
                return False
        if facts.name.startswith("_"):
            other = free_form(facts.name.strip("_") or "go", is_event=True)
            help = f"rename it `{other}`, or remove `@event`"
            text = "starts with an underscore, but anybody may call it"
            report(subject.diagnose(Problem(PRIVATE_EVENT, text, help)))
        marks = [each for each in method.decorators if each.name == EVENT]
        if len(marks) > 1:
            place = facts.place.at("decorator", marks[1].index)
            problem = Problem(INVALID_EVENT, "has `@event` twice", "keep one of them")
            report(subject.diagnose(problem, place))
        for decorator in method.decorators[: marks[0].index]:
            if decorator.name not in _KEEPS_SIGNATURE:
                place = facts.place.at("decorator", decorator.index)
                written = shortened(unparse(decorator.expression))
                text = f"has `@{written}` above `@event`, which may change what it takes"
                problem = Problem(DECORATOR_ORDER, text, "put `@event` on top")
                report(subject.diagnose(problem, place))
        return True


def _is_on_class(method: Method) -> bool:
    """Return whether an event is called on the class, and on no instance."""
    return any(
        method.decorator(f"builtins.{kind}") is not None for kind in ("classmethod", "staticmethod")
    )


def _path(hierarchy: ClassHierarchy, entity: EntityOptions, name: str, *, has_id: bool) -> str:
    base = snake_case(hierarchy.symbol.name)
    if entity.scope == "RECORD" and has_id:
        return f"/{base}/{{id}}/{name}"
    return f"/{base}/{name}"


def _check_creation(
    method: Method,
    returned: LinkedReturn,
    entity: EntityOptions,
    subject: Subject,
    report: Report,
) -> None:
    if returned.is_creation and entity.scope != "RECORD" and entity.knows_scope:
        problem = Problem(
            INVALID_CREATION,
            f"creates an entity, but there is only one for each {_HOLDERS[entity.scope]}",
            "give the entity `scope=Scope.RECORD`, or make it a method with `self`",
        )
        report(subject.diagnose(problem))


def _check_collection(
    method: Method,
    returned: LinkedReturn,
    options: EventOptions,
    entity: EntityOptions,
    subject: Subject,
    report: Report,
) -> None:
    """Report what an event without a record cannot do."""
    problem: Problem | None = None
    if method.facts.has_yield:
        text = "has a `yield`, but is about no record whose steps could be shown"
        problem = Problem(COLLECTION_EVENT, text, "do it in one step, or make it one with `self`")
    elif entity.scope != "RECORD":
        if entity.knows_scope:
            text = f"has no `self`, but there is one instance for each {_HOLDERS[entity.scope]}"
            help = "make it a method with `self`, or give the entity `scope=Scope.RECORD`"
            problem = Problem(COLLECTION_EVENT, text, help)
    elif options.access is None:
        text = "is about no record, so nobody knows who may call it"
        help = (
            "write `@event(access=Access.AUTHENTICATED)`, `Access.PUBLIC` or the name of a"
            " function `(actor) -> bool`"
        )
        problem = Problem(COLLECTION_EVENT, text, help)
    elif options.respond == "ack" and returned.returns is not None:
        text = 'answers with `respond="ack"`, so that nobody gets what it returns'
        problem = Problem(COLLECTION_EVENT, text, "return nothing, or leave out `respond`")
    if problem is not None:
        report(subject.diagnose(problem))


_HOLDERS = {"SESSION": "session", "USER": "user", "GLOBAL": "app", "RECORD": "record"}
