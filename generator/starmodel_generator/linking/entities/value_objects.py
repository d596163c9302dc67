"""The value objects and enums that entities reach, through fields, parameters and returns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starmodel_generator.analysis.facts import AssignmentFact, CallExpression, Expression
from starmodel_generator.diagnostics.rules.entity_rules import (
    INVALID_DEFAULT,
    UNSUPPORTED_ENUM,
    UNSUPPORTED_TYPE,
)
from starmodel_generator.linking.entities.class_body import ModelReader
from starmodel_generator.linking.entities.entity_fields import FieldReader
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.class_members import Method
from starmodel_generator.linking.names.symbols import ClassSymbol
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.options.model_config import ConfigReader
from starmodel_generator.linking.reporting import Problem, Report, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.types.unions import references
from starmodel_generator.linking.values.value import Constant, MappingValue, SetValue
from starmodel_schemas import (
    EnumMember,
    EnumSchema,
    ObjectSchema,
    RequiredDefault,
    TypeRef,
)


@dataclass(frozen=True, slots=True)
class LinkedObject:
    """A value object with the class it is and its fields as they were linked.

    `settings` is what its `model_config` says about values, `classes` are the class and those of
    the project that it inherits from.
    """

    schema: ObjectSchema
    symbol: ClassSymbol
    fields: tuple[LinkedField, ...]
    settings: Mapping[str, object]
    methods: dict[str, Method]
    classes: tuple[ClassSymbol, ...]

    @property
    def parts(self) -> list[TypeRef]:
        """The types of its fields, plain ones left out."""
        types = (*[field.schema.type for field in self.fields], *self.schema.arguments)
        return [type for type in types if type.kind != "scalar"]


@dataclass(frozen=True, slots=True)
class LinkedEnum:
    """An enum with the class it is."""

    schema: EnumSchema
    symbol: ClassSymbol


class ObjectReader:
    """Reads the classes that types refer to, each once."""

    def __init__(
        self,
        resolver: Resolver,
        fields: FieldReader,
        configs: ConfigReader,
        models: ModelReader,
    ) -> None:
        self._resolver = resolver
        self._fields = fields
        self._configs = configs
        self._models = models
        self.objects: dict[str, LinkedObject] = {}
        self.enums: dict[str, LinkedEnum] = {}

    def reach(self, types: Iterable[TypeRef], report: Report) -> tuple[ClassSymbol, ...]:
        """Read everything that types refer to, and what that refers to in turn; returns all of it."""
        found: dict[str, ClassSymbol] = {}
        pending = [each for each in types if each.kind != "scalar"]
        while pending:
            for kind, name in references(pending.pop(0)):
                if name in found:
                    continue
                found[name] = self._resolver.types.classes.known[name]
                if kind == "object":
                    pending += self._object(name, report).parts
                elif name not in self.enums:
                    self.enums[name] = self._enum(found[name], report)
        return tuple(found.values())

    def _object(self, name: str, report: Report) -> LinkedObject:
        known = self.objects.get(name)
        if known is not None:
            return known
        symbol = self._resolver.types.classes.known[name]
        hierarchy = self._resolver.hierarchies.of(symbol)
        self._configs.check_object(hierarchy, report)
        self._models.hooks(hierarchy, report)
        aliases = self._configs.aliases(hierarchy)
        settings = self._configs.settings(hierarchy)
        fields = self._fields.fields(hierarchy, aliases=aliases, settings=settings, report=report)
        made_of = self._resolver.types.classes.specialised.get(symbol.qualified_name)
        generic, arguments = (None, ()) if made_of is None else made_of
        schema = ObjectSchema(
            name=symbol.name,
            module=symbol.module.name,
            doc=symbol.facts.docstring or None,
            fields=tuple(field.schema for field in fields),
            form=self._resolver.types.classes.form(symbol) or "model",
            generic=generic,
            arguments=arguments,
        )
        if schema.form != "model":
            self._check_plain(schema, fields, report)
        methods = self._resolver.members.members(hierarchy).methods
        linked = LinkedObject(schema, symbol, fields, settings, methods, hierarchy.classes)
        self.objects[name] = linked
        return linked

    def _check_plain(
        self, schema: ObjectSchema, fields: tuple[LinkedField, ...], report: Report
    ) -> None:
        """Report what a dataclass or a `TypedDict` cannot have."""
        has_default = False
        for field in fields:
            if field.schema.private or not field.schema.writable:
                text = "has a field that callers do not write, and is no pydantic model"
                report(field.subject.diagnose(Problem(UNSUPPORTED_TYPE, text, _MODEL)))
            is_required = isinstance(field.schema.default, RequiredDefault)
            if schema.form == "typed_dict" and not is_required:
                text = "has a default, which a `TypedDict` cannot have"
                report(field.at_default(Problem(INVALID_DEFAULT, text, _MODEL)))
            elif self._is_mutable(field):
                text = "has a default that can be changed, which a dataclass refuses"
                help = "write `field(default_factory=...)`"
                report(field.at_default(Problem(INVALID_DEFAULT, text, help)))
            elif self._is_field_of_pydantic(field):
                text = (
                    "has `Field(...)` as its default, which a dataclass of Python's takes as it is"
                )
                help = "write it in the annotation: `Annotated[..., Field(...)] = ...`"
                help += "; or use `pydantic.dataclasses.dataclass`"
                report(field.at_default(Problem(INVALID_DEFAULT, text, help)))
            if has_default and is_required and not _has_keywords(field):
                text = "has no default, and one before it has, which Python refuses"
                report(field.subject.diagnose(Problem(INVALID_DEFAULT, text, "move it up")))
            has_default = has_default or not is_required

    def _is_field_of_pydantic(self, field: LinkedField) -> bool:
        """Return whether Python would have pydantic's `FieldInfo` as the value of a field."""
        if not isinstance(field.fact, AssignmentFact):
            return False
        return self._resolver.types.classes.is_dataclass_of_python(
            field.owner
        ) and self._resolver.options.is_field_call(field.fact.value, field.owner.namespace)

    def _is_mutable(self, field: LinkedField) -> bool:
        written = field.fact.value if isinstance(field.fact, AssignmentFact) else None
        if written is None:
            return False
        value = self._resolver.constants.evaluate(written, field.owner.namespace)
        return isinstance(value, Constant) and isinstance(
            value.value, list | MappingValue | SetValue
        )

    def _enum(self, symbol: ClassSymbol, report: Report) -> LinkedEnum:
        values = self._resolver.constants.enums.members(symbol)
        places = {fact.name: fact.place for fact in symbol.facts.attributes}
        members: list[EnumMember] = []
        seen: list[object] = []
        for name, value in values.items():
            subject = Subject(f"enum member `{symbol.name}.{name}`", places[name])
            at = places[name].at("value", 0)
            if not isinstance(value, Constant):
                problem = Problem(UNSUPPORTED_ENUM, f"has a value that {value.reason}", _VALUES)
                report(subject.diagnose(problem, at))
            elif isinstance(value.value, bool) or not isinstance(value.value, int | str):
                text = f"has the value `{shortened(value.text)}`, which is no key of JSON"
                report(subject.diagnose(Problem(UNSUPPORTED_ENUM, text, _VALUES), at))
            elif value.value not in seen:
                seen.append(value.value)
                members.append(EnumMember(name=name, value=value.value))
        if not values:
            subject = Subject(f"enum `{symbol.name}`", symbol.place)
            report(subject.diagnose(Problem(UNSUPPORTED_ENUM, "has no members", "add one")))
        hierarchy = self._resolver.hierarchies.of(symbol)
        is_flag = hierarchy.inherits("enum.Flag")
        schema = EnumSchema(
            name=symbol.name,
            module=symbol.module.name,
            doc=symbol.facts.docstring or None,
            members=tuple(members),
            is_number=hierarchy.inherits("builtins.int") and not is_flag,
            is_flag=is_flag,
        )
        return LinkedEnum(schema, symbol)


_VALUES = "give it a text or a whole number"
_MODEL = "make the class a pydantic model"


def _has_keywords(field: LinkedField) -> bool:
    """Return whether a dataclass may have fields without a default behind others with one."""
    facts = field.owner.facts
    said: list[Expression | None] = [*facts.decorators, *[each.value for each in facts.attributes]]
    is_said = any(isinstance(each, CallExpression) and each.keyword("kw_only") for each in said)
    annotations = [each.annotation for each in facts.attributes if each.annotation is not None]
    return is_said or any(unparse(each).endswith("KW_ONLY") for each in annotations)
