"""The parameters of events: what the caller gives, and what the runtime supplies."""

from collections.abc import Mapping

from starmodel_generator.analysis.facts import Expression, LiteralExpression, ParameterFact
from starmodel_generator.diagnostics.rules.entity_rules import (
    ENTITY_OUTSIDE_SOURCES,
    INVALID_EVENT,
    NONLITERAL_DEFAULT,
    POSITIONAL_ONLY,
    UNANNOTATED_PARAMETER,
    UNSUPPORTED_TYPE,
    VARIADIC_PARAMETER,
)
from starmodel_generator.diagnostics.rules.pydantic_rules import INPUT_IN_PYTHON
from starmodel_generator.linking.defaults.default_values import REQUIRED
from starmodel_generator.linking.names.class_members import Method
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    Symbol,
    ValueSymbol,
)
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem, Report, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.types.constraints import unfit_limits, unfit_multiline
from starmodel_generator.linking.types.field_options import NO_CONSTRAINTS
from starmodel_generator.linking.types.write_only import INSIDE, has_secret_inside, unfit_secret
from starmodel_schemas import (
    AnyType,
    Default,
    EntitySource,
    EntityType,
    LiteralDefault,
    OptionalType,
    ParameterSchema,
    ParameterSource,
    ProviderSource,
    SuppliedSource,
    TypeRef,
)
from starmodel_schemas.secret_names import looks_secret

_SUPPLIED: dict[str, SuppliedSource] = {
    "starmodel.UnitOfWork": SuppliedSource(what="unit_of_work"),
    "starmodel.Request": SuppliedSource(what="request"),
    "starmodel.Actor": SuppliedSource(what="actor"),
}


class ParameterReader:
    """Reads the parameters of events.

    `entities` are the app's entities by qualified name, with whether each is a RECORD;
    `providers` maps qualified names of types to those of functions.
    """

    def __init__(
        self, resolver: Resolver, entities: Mapping[str, bool], providers: Mapping[str, str]
    ) -> None:
        self._resolver = resolver
        self._entities = entities
        self._providers = providers

    def read(
        self, method: Method, hierarchy: ClassHierarchy, subject: Subject, report: Report
    ) -> tuple[ParameterSchema, ...]:
        """Return the parameters of an event, without `self` or `cls`."""
        facts = method.facts
        own = facts.parameters
        if method.decorator("builtins.staticmethod") is not None:
            pass
        elif not facts.parameters or facts.parameters[0].kind not in (
            "positional_only",
            "positional_or_keyword",
        ):
            first = "cls" if method.decorator("builtins.classmethod") else "self"
            text = f"has no parameter `{first}`"
            report(subject.diagnose(Problem(INVALID_EVENT, text, f"add `{first}` as the first")))
            return ()
        else:
            own = own[1:]
        found = [
            self._parameter(parameter, method, hierarchy, subject, report) for parameter in own
        ]
        return tuple(each for each in found if each is not None)

    def _parameter(
        self,
        fact: ParameterFact,
        method: Method,
        hierarchy: ClassHierarchy,
        event: Subject,
        report: Report,
    ) -> ParameterSchema | None:
        subject = Subject(f"parameter `{fact.name}` of {event.noun}", fact.place, event.entity)
        problem = _form_problem(fact)
        if problem is not None:
            report(subject.diagnose(problem))
            return None
        if fact.annotation is None:
            help = f"annotate it, for example `{fact.name}: {self._guess(fact, method)}`"
            report(subject.diagnose(Problem(UNANNOTATED_PARAMETER, "has no type", help)))
            return None
        supplied = self._supplied(fact, fact.annotation, method, hierarchy)
        if supplied is None:
            return self._argument(fact, fact.annotation, method, subject, report)
        if isinstance(supplied, Problem):
            report(subject.diagnose(supplied, fact.place.at("annotation", 0)))
            return None
        return supplied

    def _argument(
        self,
        fact: ParameterFact,
        annotation: Expression,
        method: Method,
        subject: Subject,
        report: Report,
    ) -> ParameterSchema | None:
        namespace = method.namespace
        resolved = self._resolver.types.value(annotation, namespace)
        place = fact.place.at("annotation", 0)
        options = resolved.options
        problems = (*resolved.problems, *options.problems)
        subject.report_all(problems, report, "annotation", 0)
        if resolved.type is None:
            if not resolved.problems:
                report(subject.diagnose(_ONLY_NONE, place))
            return None
        if resolved.is_class_variable:
            report(subject.diagnose(_CLASS_VARIABLE, place))
            return None
        if options.aliases.is_said:
            report(subject.diagnose(_by_pydantic("alias"), place))
        elif options.by_pydantic:
            report(subject.diagnose(_by_pydantic(options.by_pydantic[0]), place))
        if options.factory is not None:
            report(subject.diagnose(_DEFAULT_FACTORY, place))
        if options.constraints is not NO_CONSTRAINTS:
            limits = unfit_limits(options.constraints, resolved.type)
            subject.report_all(limits, report, "annotation", 0)
        unfit = unfit_multiline(options.multiline, resolved.type)
        subject.report_all(unfit, report, "annotation", 0)
        if has_secret_inside(resolved.type):
            report(subject.diagnose(INSIDE, place))
        written = fact.default
        if self._resolver.options.is_field_call(written, namespace):
            report(subject.diagnose(_FIELD_AS_DEFAULT, fact.place.at("default", 0)))
            return None
        if written is None:
            written = options.default
        default, problems = self._resolver.defaults.of_parameter(
            written, namespace, resolved.type, options.constraints
        )
        subject.report_all(problems, report, "default", 0)
        subject.report_all(unfit_secret(options, {}, default), report, "annotation", 0)
        return ParameterSchema(
            name=fact.name,
            type=resolved.type,
            default=default,
            constraints=options.constraints,
            description=options.description,
            keyword_only=fact.kind == "keyword_only",
            private=options.is_hidden or looks_secret(fact.name, resolved.type),
            multiline=options.multiline,
            is_read_by_class=options.has_validator or options.is_read_by_class,
        )

    def _supplied(
        self,
        fact: ParameterFact,
        annotation: Expression,
        method: Method,
        hierarchy: ClassHierarchy,
    ) -> ParameterSchema | Problem | None:
        """Return the parameter, if its type says that the runtime gives it."""
        types = self._resolver.types
        symbol = types.symbol(annotation, method.namespace)
        source: ParameterSource | None = None
        type: TypeRef = AnyType()
        if isinstance(symbol, ExternalSymbol) and symbol.name in _SUPPLIED:
            source = _SUPPLIED[symbol.name]
        elif isinstance(symbol, ClassSymbol) and self._resolver.hierarchies.of(symbol).is_entity:
            problem = self._entity_problem(symbol, hierarchy)
            if problem is not None:
                return problem
            source = EntitySource(entity=symbol.qualified_name)
            type = EntityType(entity=symbol.qualified_name)
            if types.is_optional(annotation, method.namespace):
                type = OptionalType(item=type)
        else:
            function = self._provider(symbol, annotation)
            if function is not None:
                source = ProviderSource(function=function)
        if source is None:
            return None
        return ParameterSchema(
            name=fact.name,
            type=type,
            default=_supplied_default(fact),
            keyword_only=fact.kind == "keyword_only",
            source=source,
        )

    def _entity_problem(self, symbol: ClassSymbol, hierarchy: ClassHierarchy) -> Problem | None:
        if symbol.qualified_name not in self._entities:
            return Problem(
                ENTITY_OUTSIDE_SOURCES,
                f"is a `{symbol.name}`, which is not among the app's entities",
                (
                    f"add the file `{symbol.module.path}` to `entities` in the configuration"
                    if symbol.module.path
                    else None
                ),
            )
        if symbol is hierarchy.symbol and not self._entities[symbol.qualified_name]:
            return Problem(
                UNSUPPORTED_TYPE,
                "is the entity itself, of which there is only one here",
                "use `self`, or give the entity `Scope.RECORD`",
            )
        return None

    def _provider(self, symbol: Symbol | None, annotation: Expression) -> str | None:
        match symbol:
            case ClassSymbol() | FunctionSymbol() | ValueSymbol():
                return self._providers.get(symbol.qualified_name)
            case ExternalSymbol(name):
                return self._providers.get(name) or self._providers.get(unparse(annotation))
            case _:
                return None

    def _guess(self, fact: ParameterFact, method: Method) -> str:
        if fact.default is None:
            return "int"
        value = self._resolver.constants.evaluate(fact.default, method.namespace)
        kind = type(getattr(value, "value", 0)).__name__
        if kind not in ("bool", "int", "float", "str", "Decimal", "date", "datetime"):
            kind = "int"
        return f"{kind} = {shortened(unparse(fact.default), 30)}"


def _form_problem(fact: ParameterFact) -> Problem | None:
    match fact.kind:
        case "variadic":
            help = f"name the parameters, or take a list: `{fact.name}: list[str]`"
            return Problem(VARIADIC_PARAMETER, f"is `*{fact.name}`, which no request fits", help)
        case "variadic_keyword":
            help = f"name the parameters, or take a dict: `{fact.name}: dict[str, str]`"
            return Problem(VARIADIC_PARAMETER, f"is `**{fact.name}`, which no request fits", help)
        case "positional_only":
            return Problem(
                POSITIONAL_ONLY, "stands before a `/`, so it has no name to give", "remove the `/`"
            )
        case _:
            return None


def _supplied_default(fact: ParameterFact) -> Default:
    if isinstance(fact.default, LiteralExpression) and fact.default.value is None:
        return LiteralDefault(value=None)
    return REQUIRED


def _by_pydantic(written: str) -> Problem:
    return Problem(
        INPUT_IN_PYTHON,
        f"has `{written}`, but pydantic does not read it",
        "leave it out, or put it on a field of a value object",
    )


_ONLY_NONE = Problem(
    UNSUPPORTED_TYPE,
    "can be nothing but `None`",
    "write what it may be besides, for example `str | None`",
)
_CLASS_VARIABLE = Problem(
    UNSUPPORTED_TYPE, "is a `ClassVar`, which is for classes", "write the type itself"
)
_DEFAULT_FACTORY = Problem(
    NONLITERAL_DEFAULT,
    "has a `default_factory`, which is not run",
    "use `None` as the default and work the value out inside the event",
)
_FIELD_AS_DEFAULT = Problem(
    UNSUPPORTED_TYPE,
    "has `Field(...)` as its default, which Python would pass on as it is",
    "write `Annotated[T, Field(...)]` as the type and a plain default",
)
