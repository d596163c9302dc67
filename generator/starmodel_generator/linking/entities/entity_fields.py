"""The fields of entities and value objects."""

import re
from collections.abc import Mapping
from dataclasses import replace

from starmodel_generator.analysis.facts import (
    AssignmentFact,
    CallExpression,
    Expression,
    LiteralExpression,
    NameExpression,
    OpaqueExpression,
)
from starmodel_generator.database.columns import ID_FIELD, stored_type
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import (
    AMBIGUOUS_UNION,
    CONDITIONAL_ENTITY,
    DUPLICATE_MEMBER,
    FIELD_ALIAS,
    INVALID_COMPUTED_FIELD,
    MISSING_ANNOTATION,
    UNKNOWN_FIELD_OPTION,
    UNSUPPORTED_TYPE,
)
from starmodel_generator.diagnostics.rules.pydantic_rules import PLAIN_VALIDATOR, SQLMODEL_OPTION
from starmodel_generator.linking.defaults.default_values import REQUIRED
from starmodel_generator.linking.defaults.server_defaults import (
    MADE_NOW,
    TWO_DEFAULTS,
    MadeBy,
    constant_default,
    current_timestamp,
    default_made_by,
    is_current_timestamp,
)
from starmodel_generator.linking.defaults.value_origins import UNKNOWN
from starmodel_generator.linking.entities.pydantic_hooks import FIELD_SERIALIZER, hooks_of
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.class_members import Annotated, Members, Method
from starmodel_generator.linking.names.forward_refs import ForwardNames
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    Namespace,
    ValueSymbol,
)
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem, Report, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.types.aliases import NO_RULES, AliasRules
from starmodel_generator.linking.types.constraints import (
    scalar_name,
    unfit_limits,
    unfit_moment,
    unfit_multiline,
    unfit_settings,
)
from starmodel_generator.linking.types.field_options import (
    NO_CONSTRAINTS,
    NO_OPTIONS,
    FieldOptions,
    SerializerProblem,
)
from starmodel_generator.linking.types.pydantic_support import TEXT_ARGUMENTS
from starmodel_generator.linking.types.unions import bare, entities_in, parts_of, told_apart
from starmodel_generator.linking.types.write_only import (
    RETURNED,
    has_secret_inside,
    is_write_only,
    unfit_secret,
    unfit_write_only,
)
from starmodel_generator.linking.values.value import NotConstant
from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    Default,
    FieldSchema,
    OptionalType,
    ScalarType,
    TypeRef,
)

# Calls whose results pydantic leaves alone in the body of a model.
_DESCRIPTOR_MAKERS = frozenset(
    {
        "builtins.property",
        "builtins.classmethod",
        "builtins.staticmethod",
        "functools.cached_property",
        "functools.partial",
        "functools.partialmethod",
        "pydantic.PrivateAttr",
        "pydantic.computed_field",
        "pydantic.field_serializer",
        "pydantic.field_validator",
        "pydantic.model_serializer",
        "pydantic.model_validator",
    }
)
_COMPUTED_OPTIONS = frozenset(
    {
        *("alias", "alias_priority", "description", "examples"),
        *("field_title_generator", "json_schema_extra", "repr", "return_type", "title"),
    }
)


class FieldReader:
    """Reads the fields of pydantic models."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._names = resolver.names
        self._hierarchies = resolver.hierarchies
        self._members = resolver.members
        self._types = resolver.types
        self._constants = resolver.constants
        self._options = resolver.options
        self._defaults = resolver.defaults
        self._made = resolver.made
        self._forward_names = ForwardNames(resolver.names)

    def fields(
        self,
        hierarchy: ClassHierarchy,
        *,
        aliases: AliasRules,
        settings: Mapping[str, object],
        report: Report,
    ) -> tuple[LinkedField, ...]:
        """Return all fields of a model, inherited ones included, computed ones last.

        `aliases` is what `model_config` says about what they are called where they are sent,
        `settings` is what `model_config` says about values.
        """
        members = self._members.members(hierarchy)
        self._check_unannotated(hierarchy, members, report)
        # A validator of the whole model may change a default as well, but is seldom there for it.
        early = [
            hook
            for hook in hooks_of(hierarchy, self._resolver)
            if hook.reads_input and hook.decorator == "pydantic.field_validator"
        ]
        serializers = {
            field: members.methods[hook.name]
            for hook in hooks_of(hierarchy, self._resolver)
            if hook.decorator == FIELD_SERIALIZER and hook.names_fields
            for field in hook.fields
        }
        found: list[LinkedField] = []
        for name, member in members.annotated.items():
            if name.startswith("_") or name == "model_config":
                continue
            about = [hook for hook in early if hook.is_about(name)]
            plain = [members.methods.get(hook.name) for hook in about if hook.mode == "plain"]
            serializer = serializers.get(name) if hierarchy.is_entity else None
            field = self._field(
                member,
                NO_RULES if hierarchy.is_entity and name == ID_FIELD else aliases,
                settings,
                is_read_early=bool(about),
                is_read_by_hook=any(hook.is_of_field for hook in about),
                is_of_entity=hierarchy.is_entity,
                serializer=serializer,
                report=report,
            )
            if field is not None:
                self._check_shadowed(field, members, report)
                self._check_plain(field, [each for each in plain if each is not None], report)
                found.append(field)
        if hierarchy.is_entity:
            # `Entity` has an `id` already, so one that is declared again keeps its place.
            found.sort(key=lambda field: field.schema.name != "id")
        stored = {field.schema.name for field in found}
        for name, method in members.methods.items():
            if method.decorator("pydantic.computed_field") is not None and name not in stored:
                field = self._computed(method, hierarchy, aliases, report)
                if field is not None:
                    found.append(field)
        return tuple(found)

    def is_left_alone(self, value: Expression, owner: ClassSymbol) -> bool:
        """Return whether a value is one that pydantic does not take for a field."""
        if isinstance(value, OpaqueExpression):
            return value.text.startswith("lambda")
        if isinstance(value, CallExpression):
            # `strip = field_validator("name")(strip_text)` is one as well.
            made = value.function
            function = made.function if isinstance(made, CallExpression) else made
            if isinstance(function, NameExpression):
                symbol = self._names.resolve(function.name, Namespace(owner.module))
                return isinstance(symbol, ExternalSymbol) and symbol.name in _DESCRIPTOR_MAKERS
        if isinstance(value, NameExpression):
            # `__call__ = method`, `alias = event`: another name for a method of the class.
            return any(method.name == value.name for method in owner.facts.methods)
        return False

    def _field(
        self,
        member: Annotated,
        rules: AliasRules,
        settings: Mapping[str, object],
        *,
        is_read_early: bool,
        is_read_by_hook: bool,
        is_of_entity: bool,
        serializer: Method | None,
        report: Report,
    ) -> LinkedField | None:
        owner, fact = member.owner, member.fact
        if fact.annotation is None:
            return None
        if self._is_relationship(member):
            subject = Subject(f"field `{owner.name}.{fact.name}`", fact.place, owner.name)
            report(subject.diagnose(_relationship(fact), fact.place.at("value", 0)))
            return None
        resolved = self._types.value(fact.annotation, owner.namespace)
        if resolved.is_class_variable or (resolved.is_final and self._has_value(member)):
            return None
        subject = Subject(f"field `{owner.name}.{fact.name}`", fact.place, owner.name)
        if fact.container is not None:
            text = f"is defined inside `{fact.container}`, so nobody knows whether it exists"
            problem = Problem(CONDITIONAL_ENTITY, text, "move it to the top of the class")
            report(subject.diagnose(problem))
            return None
        if resolved.type is not None and any(entities_in(resolved.type)):
            problems_ahead = self._forward_names.problems(fact.annotation, owner)
            subject.report_all(problems_ahead, report, "annotation", 0)
        options, default_written, assigned_default = self._all_options(resolved.options, member)
        if resolved.type is not None and scalar_name(resolved.type) == "str":
            options = _with_settings(options, settings)
        problems = list(resolved.problems)
        said = [*problems, *options.problems]
        is_serialized = is_of_entity and any(isinstance(each, SerializerProblem) for each in said)
        if is_serialized:
            problems = [each for each in problems if not isinstance(each, SerializerProblem)]
            kept = tuple(
                each for each in options.problems if not isinstance(each, SerializerProblem)
            )
            options = replace(options, problems=kept)
        if options.has_discriminator:
            problems = [each for each in problems if each.rule is not AMBIGUOUS_UNION]
        subject.report_all(problems, report, "annotation", 0)
        if resolved.type is None:
            if not problems:
                report(subject.diagnose(_ONLY_NONE, fact.place.at("annotation", 0)))
            return None
        # `id: int = Field(default=None)` is how many write a number that the store hands out.
        is_id = is_of_entity and fact.name == "id"
        is_number = is_id and resolved.type == ScalarType(name="int")
        server_default, server_problems = self._server_default(options, member, resolved.type)
        is_time = is_current_timestamp(options.server_default)
        if default_written is None and options.factory is None and not is_time:
            # What the database has for it is what a new instance has.
            default_written = options.server_default
        default, default_problems = self._defaults.of_field(
            default_written,
            options.factory,
            member.value_namespace,
            OptionalType(item=resolved.type) if is_number else resolved.type,
            options.constraints,
            is_read_early=is_read_early or options.reads_input,
        )
        # Those of the annotation come first.
        annotated = resolved.options
        assigned = sum(each in annotated.problems for each in options.problems)
        subject.report_all(options.problems[:assigned], report, "annotation", 0)
        subject.report_all(options.problems[assigned:], report, "value", 0)
        subject.report_all(default_problems or server_problems, report, "value", 0)
        if options.nullable not in (None, isinstance(resolved.type, OptionalType)):
            report(subject.diagnose(_nullable(options.nullable), fact.place.at("value", 0)))
        options = _with_zone(options, resolved.type)
        if options.constraints is not NO_CONSTRAINTS:
            engine = str(settings.get("regex_engine"))
            subject.report_all(unfit_limits(options.constraints, resolved.type, engine), report)
        for part in parts_of(resolved.type):
            if isinstance(part, ConstrainedType):
                engine = str(settings.get("regex_engine"))
                subject.report_all(unfit_limits(part.constraints, part.item, engine), report)
        subject.report_all(unfit_multiline(options.multiline, resolved.type), report)
        subject.report_all(unfit_settings(options.only_for_some, resolved.type), report)
        aliases = options.aliases.under(fact.name, rules)
        if rules is NO_RULES and aliases.is_said:
            report(subject.diagnose(_ID_PROBLEM, fact.place.at("value", 0)))
        elif aliases.has_no_word(rules):
            report(subject.diagnose(_ALIAS_PROBLEM, fact.place.at("value", 0)))
        if default == REQUIRED and (options.now is not None or is_time):
            default = MADE_NOW
        if assigned_default and default_made_by(annotated) not in (None, assigned_default):
            subject.report_all((TWO_DEFAULTS,), report)
        unfit = (
            *unfit_moment(options.now, options.constraints, resolved.type),
            *unfit_write_only(options, resolved.type),
            *unfit_secret(options, settings, default),
        )
        subject.report_all(unfit, report)
        schema = FieldSchema(
            name=fact.name,
            type=told_apart(resolved.type, options.discriminator) or resolved.type,
            default=default,
            constraints=options.constraints,
            title=options.title,
            description=options.description or fact.docstring or None,
            private=options.is_hidden,
            write_only=is_write_only(options),
            primary_key=options.primary_key,
            index=options.index,
            unique=options.unique,
            foreign_key=options.foreign_key,
            writable=options.writable and options.now is None,
            frozen=options.frozen or resolved.is_final,
            now=options.now,
            server_default=server_default,
            renamed_from=options.renamed_from,
            on_delete=options.on_delete or "restrict",
            multiline=options.multiline,
            searchable=options.searchable,
            db_name=options.db_name,
            sent_as=_unless(fact.name, aliases.sent_as(rules)),
            read_as=_unless(fact.name, aliases.read_as(rules)),
            sent=self._sent(serializer, resolved.type) if is_serialized or serializer else None,
        )
        made: object = UNKNOWN
        if is_read_early or options.reads_input or default_problems:
            pass
        elif options.factory is not None:
            made = self._made.of_factory(options.factory, member.value_namespace)
        elif default_written is not None:
            made = self._made.of_default(default_written, member.value_namespace)
        in_annotation = len(annotated.by_pydantic)
        by_pydantic = tuple(
            (written, fact.place.at("annotation" if index < in_annotation else "value", 0))
            for index, written in enumerate(options.by_pydantic)
        )
        return LinkedField(
            schema,
            owner,
            fact,
            says_on_delete=options.on_delete is not None,
            allows_infinity=options.allow_inf_nan,
            by_pydantic=by_pydantic,
            is_read_by_class=options.is_read_by_class or is_read_by_hook,
            default=made,
            has_alias=aliases.is_said,
            column_kind=options.column_kind,
        )

    def _server_default(
        self, options: FieldOptions, member: Annotated, type: TypeRef
    ) -> tuple[Default | None, tuple[Problem, ...]]:
        """Return what the database has for a field that a statement leaves out."""
        written = options.server_default
        if written is None:
            return None, ()
        if is_current_timestamp(written):
            return current_timestamp(type, options.constraints)
        default, problems = self._defaults.of_field(
            written, None, member.value_namespace, type, options.constraints
        )
        return (None, problems) if problems else constant_default(written, default, type)

    def _sent(self, serializer: Method | None, type: TypeRef) -> TypeRef:
        """Return the type of what a serializer makes of a field, as far as that is known."""
        returns = None if serializer is None else serializer.facts.returns
        if serializer is None or returns is None:
            return AnyType()
        found = self._types.value(returns, serializer.namespace)
        made = found.type
        if found.problems or not isinstance(made, ScalarType) or made.name not in _PLAIN_JSON:
            return AnyType()
        # One that is asked unless there is nothing leaves that as it is.
        return OptionalType(item=made) if isinstance(type, OptionalType) else made

    def _check_plain(self, field: LinkedField, methods: list[Method], report: Report) -> None:
        """Report validators that alone decide a value, and do not say that it is of the type."""
        annotation = field.fact.annotation if isinstance(field.fact, AssignmentFact) else None
        said = NO_OPTIONS
        if annotation is not None:
            said = self._types.value(annotation, field.owner.namespace).options
        if said.plain_validator is not None:
            function, namespace = said.plain_validator
            if not self._gives(function, namespace, field.schema.type):
                report(field.at_type(_untyped_validator(unparse(function))))
        for method in methods:
            returns = method.facts.returns
            if returns is None or not self._is_same(returns, method.namespace, field.schema.type):
                report(field.subject.diagnose(_untyped_validator(method.facts.name)))

    def _gives(self, function: Expression, namespace: Namespace, type: TypeRef) -> bool:
        """Return whether a function says that it returns values of a type."""
        if not isinstance(function, NameExpression):
            return False
        symbol = self._names.follow(self._names.resolve(function.name, namespace))
        if isinstance(symbol, FunctionSymbol):
            returns = symbol.facts.returns
            return returns is not None and self._is_same(returns, Namespace(symbol.module), type)
        return self._is_same(function, namespace, type)

    def _is_same(self, annotation: Expression, namespace: Namespace, type: TypeRef) -> bool:
        found = self._types.value(annotation, namespace).type
        return found is not None and bare(found) in (bare(type), _without_none(bare(type)))

    def _has_value(self, member: Annotated) -> bool:
        """Return whether a default is written, which makes a `Final` one of the class."""
        value, namespace = member.value, member.value_namespace
        if not self._options.is_field_call(value, namespace):
            return value is not None
        assert isinstance(value, CallExpression)
        options = self._options.read_call(value, namespace)
        return options.default is not None or options.factory is not None

    def _is_relationship(self, member: Annotated) -> bool:
        """Return whether a field is a relation in the manner of SQLModel or SQLAlchemy."""
        value = member.value
        if not isinstance(value, CallExpression) or not isinstance(value.function, NameExpression):
            return False
        symbol = self._names.resolve(value.function.name, member.value_namespace)
        return isinstance(symbol, ExternalSymbol) and symbol.name in _RELATIONSHIPS

    def _all_options(
        self, options: FieldOptions, member: Annotated
    ) -> tuple[FieldOptions, Expression | None, MadeBy | None]:
        """Return what the annotation and the assigned value say, and the default as written.

        The last part says what the assigned value alone gives pydantic as the default.
        """
        value, namespace = member.value, member.value_namespace
        if value is None or value == LiteralExpression(...):
            return options, options.default if value is None else None, None
        if isinstance(value, NameExpression):
            # `NAME = Field(max_length=80)` above the class, `name: str = NAME` in it.
            symbol = self._names.follow(self._names.resolve(value.name, namespace))
            if isinstance(symbol, ValueSymbol):
                named, where = symbol.assignment.value, symbol.namespace
                if self._options.is_field_call(named, where):
                    value, namespace = named, where
        if isinstance(value, CallExpression) and self._options.is_field_call(value, namespace):
            alone = self._options.read_call(value, namespace)
            if options is NO_OPTIONS:
                options = alone
            else:
                options = self._options.read_call(value, namespace, options)
            return options, options.default, default_made_by(alone)
        if isinstance(value, CallExpression) and isinstance(value.function, NameExpression):
            called = self._names.follow(self._names.resolve(value.function.name, namespace))
            if called == ExternalSymbol("dataclasses.field"):
                if value.keyword("init") is not None:
                    text = "is not given when its class is made"
                    help = "leave `init` out, or make the class a pydantic model"
                    problems = (*options.problems, Problem(UNSUPPORTED_TYPE, text, help))
                    options = replace(options, problems=problems)
                options = replace(options, factory=value.keyword("default_factory"))
                return options, value.keyword("default"), default_made_by(options)
        return options, value, "default"

    def _computed(
        self, method: Method, hierarchy: ClassHierarchy, rules: AliasRules, report: Report
    ) -> LinkedField | None:
        facts = method.facts
        decorator = method.decorator("pydantic.computed_field")
        noun = f"computed field `{method.owner.name}.{facts.name}`"
        subject = Subject(noun, facts.place, method.owner.name)
        prop = method.decorator("builtins.property", "functools.cached_property")
        if decorator is None:
            return None
        if prop is not None and prop.index < decorator.index:
            report(subject.diagnose(_ORDER_PROBLEM, facts.place.at("decorator", prop.index)))
            return None
        options = FieldOptions()
        annotation: Expression | None = facts.returns
        if isinstance(decorator.expression, CallExpression):
            for keyword, value in decorator.expression.keywords:
                problem = self._computed_option(keyword, value, method)
                if problem is not None:
                    place = facts.place.at("decorator", decorator.index)
                    report(subject.diagnose(problem, place))
            known = ("title", "description", "alias", "alias_priority")
            keywords = tuple(pair for pair in decorator.expression.keywords if pair[0] in known)
            call = CallExpression(decorator.expression.function, keywords=keywords)
            options = self._options.read_call(call, method.namespace)
            annotation = decorator.expression.keyword("return_type") or annotation
        if annotation is None:
            report(subject.diagnose(_UNTYPED_PROBLEM))
            return None
        resolved = self._types.value(annotation, method.namespace)
        problems = (*resolved.problems, *resolved.options.problems)
        subject.report_all(problems, report, "returns", 0)
        subject.report_all(options.problems, report)
        if resolved.type is None:
            if not resolved.problems:
                report(subject.diagnose(_UNTYPED_PROBLEM))
            return None
        if resolved.options.constraints.secret or has_secret_inside(resolved.type):
            report(subject.diagnose(RETURNED, facts.place.at("returns", 0)))
        schema = FieldSchema(
            name=facts.name,
            type=resolved.type,
            default=REQUIRED,
            constraints=resolved.options.constraints,
            title=options.title,
            description=options.description or facts.docstring or None,
            computed=True,
            sent_as=_unless(facts.name, options.aliases.under(facts.name, rules).sent_as(rules)),
        )
        return LinkedField(schema, method.owner, method)

    def _computed_option(self, keyword: str, value: Expression, method: Method) -> Problem | None:
        if keyword in ("deprecated", "exclude_if"):
            options = self._options.read_call(
                CallExpression(value, keywords=((keyword, value),)), method.namespace
            )
            return next(iter(options.problems), None)
        if keyword in _COMPUTED_OPTIONS:
            return None
        text = f"has the unknown option `{keyword}`"
        return Problem(UNKNOWN_FIELD_OPTION, text, "leave it out")

    def _check_unannotated(
        self, hierarchy: ClassHierarchy, members: Members, report: Report
    ) -> None:
        for owner in hierarchy.classes:
            is_model = self._hierarchies.of(owner).is_model
            for fact in owner.facts.attributes:
                if fact.annotation is not None or fact.name.startswith("_"):
                    continue
                if fact.name == "model_config" or fact.value is None:
                    continue
                overrides = fact.name in members.annotated
                if not (is_model or overrides) or self.is_left_alone(fact.value, owner):
                    continue
                if overrides and self._is_class_variable(members.annotated[fact.name]):
                    continue
                report(self._unannotated(fact, owner, overrides=overrides))

    def _is_class_variable(self, member: Annotated) -> bool:
        if member.fact.annotation is None:
            return False
        return self._types.value(member.fact.annotation, member.owner.namespace).is_class_variable

    def _unannotated(
        self, fact: AssignmentFact, owner: ClassSymbol, *, overrides: bool
    ) -> Diagnostic:
        subject = Subject(f"`{owner.name}.{fact.name}`", fact.place, owner.name)
        guess = self._guessed_type(fact.value, owner)
        if overrides:
            text = "gives an inherited field another default, but has no annotation"
        else:
            text = "has a value and no annotation, so it is no field"
        help = f"annotate it, for example `{fact.name}: {guess}`, or with `ClassVar`"
        return subject.diagnose(Problem(MISSING_ANNOTATION, text, help))

    def _guessed_type(self, value: Expression | None, owner: ClassSymbol) -> str:
        if value is None:
            return "int"
        constant = self._constants.evaluate(value, owner.namespace)
        if isinstance(constant, NotConstant) or constant.value is None:
            return f"int = {shortened(unparse(value), 30)}"
        kind = type(constant.value).__name__
        kind = {"EnumValue": "str", "SetValue": "set[str]", "MappingValue": "dict[str, str]"}.get(
            kind, kind
        )
        kind = {"list": "list[str]", "tuple": "tuple[str, ...]"}.get(kind, kind)
        return f"{kind} = {shortened(constant.text, 30)}"

    def _check_shadowed(self, field: LinkedField, members: Members, report: Report) -> None:
        method = members.methods.get(field.schema.name)
        if method is None:
            return
        what = "an event" if method.decorator("starmodel.event") else "a method"
        text = f"has the name of {what} of the class"
        place = method.facts.place
        report(field.subject.diagnose(Problem(DUPLICATE_MEMBER, text, "rename one of them"), place))


def _with_settings(options: FieldOptions, settings: Mapping[str, object]) -> FieldOptions:
    """Return what `model_config` does to each text, as if it were said of this one."""
    said = {name: True for name in TEXT_ARGUMENTS if settings.get(f"str_{name}") is True}
    if not said:
        return options
    return replace(options, constraints=options.constraints.model_copy(update=said))


def _with_zone(options: FieldOptions, type: TypeRef) -> FieldOptions:
    """Return whether a `datetime` has a zone, as its column is told where its type does not say."""
    kind = options.column_kind
    is_open = stored_type(type, options.constraints).constraints.timezone is None
    if kind not in ("datetime", "naive_datetime") or scalar_name(type) != "datetime" or not is_open:
        return options
    zone = "aware" if kind == "datetime" else "naive"
    return replace(options, constraints=options.constraints.model_copy(update={"timezone": zone}))


def _without_none(type: TypeRef) -> TypeRef:
    return type.item if isinstance(type, OptionalType) else type


def _untyped_validator(name: str) -> Problem:
    text = f"is read by the validator `{shortened(name)}` alone, which does not say that it returns"
    help = 'write the type of the field as what the function returns, or use `mode="before"`'
    return Problem(PLAIN_VALIDATOR, f"{text} its type", help)


_PLAIN_JSON = frozenset({"bool", "int", "float", "str"})
_RELATIONSHIPS = frozenset(
    {
        *("sqlmodel.Relationship", "sqlalchemy.orm.relationship", "sqlalchemy.orm.relation"),
        "sqlalchemy.orm.backref",
    }
)


def _relationship(fact: AssignmentFact) -> Problem:
    """A relation that StarModel writes in another way."""
    written = "" if fact.annotation is None else unparse(fact.annotation)
    names = [each for each in re.findall(r"[A-Za-z_]\w*", written) if each not in _AROUND]
    target = names[-1] if names else "Author"
    help = f'write `{fact.name}: Ref["{target}"]` where the key is, `list[Ref["{target}"]]` for'
    help += (
        f' several on both sides, `{fact.name}: ClassVar[Many["{target}"]]` for what refers back'
    )
    return Problem(UNSUPPORTED_TYPE, "is a `Relationship`, which only SQLModel understands", help)


_AROUND = frozenset({"List", "Mapped", "None", "Optional", "Set", "list", "set"})

_ONLY_NONE = Problem(
    UNSUPPORTED_TYPE,
    "can hold nothing but `None`",
    "write what it may hold besides, for example `str | None`",
)


def _unless(name: str, alias: str | None) -> str | None:
    return None if alias == name else alias


_ID_PROBLEM = Problem(
    FIELD_ALIAS,
    "has an alias, but the id is called `id` in paths and in what refers to a record",
    "leave it out",
)
_ALIAS_PROBLEM = Problem(
    FIELD_ALIAS,
    "is looked for inside of other values alone, where no form and no client puts it",
    "add `populate_by_name=True` to `model_config`, or an `AliasChoices` with a name",
)


def _nullable(said: bool | None) -> Problem:
    return Problem(
        SQLMODEL_OPTION,
        f"has `nullable={said}`, and its type says otherwise",
        "leave it out: a column may be NULL where the type has `| None`",
    )


_ORDER_PROBLEM = Problem(
    INVALID_COMPUTED_FIELD,
    "has `@property` above `@computed_field`",
    "put `@computed_field` on top",
)
_UNTYPED_PROBLEM = Problem(
    INVALID_COMPUTED_FIELD,
    "has no return type",
    "annotate the method, for example `-> int`",
)
