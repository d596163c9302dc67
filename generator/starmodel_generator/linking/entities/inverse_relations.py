"""The other sides of relations: each `Many[...]` and `One[...]` of an entity, and the field that leads back."""

from collections.abc import Iterator, Sequence

from starmodel_generator.analysis.facts import (
    Expression,
    LiteralExpression,
    NameExpression,
    SubscriptExpression,
)
from starmodel_generator.diagnostics.rules.sql_rules import (
    AMBIGUOUS_RELATION,
    DANGLING_REFERENCE,
    SEVERAL_FOR_ONE,
)
from starmodel_generator.linking.entities.entities import InverseRelation, LinkedEntity
from starmodel_generator.linking.names.class_members import Members
from starmodel_generator.linking.names.forward_refs import ForwardNames
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    Namespace,
    UnknownSymbol,
    described,
)
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem, Report
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.types.type_resolution import Types
from starmodel_schemas import ConstrainedType, ListType, ManySchema, OptionalType, RefType, TypeRef

_LITERAL = ExternalSymbol("typing.Literal")


def reference_target(type: TypeRef) -> str | None:
    """Return the entity that a `Ref`, or a list of them, refers to; `None` for any other type."""
    while isinstance(type, OptionalType | ConstrainedType | ListType):
        type = type.item
    return type.entity if isinstance(type, RefType) else None


def find_other_sides(members: Members, types: Types) -> Iterator[InverseRelation]:
    """Every `Many` and `One` among the members of an entity, in source order."""
    for name, member in members.annotated.items():
        if member.fact.annotation is not None:
            found = types.other_side(member.fact.annotation, member.owner.namespace)
            if found is not None:
                yield InverseRelation(name, member.owner, member.fact, *found)


class OtherSideReader:
    """Reads the `Many` and `One` of entities, once all of their fields are known."""

    def __init__(self, resolver: Resolver, entities: Sequence[LinkedEntity]) -> None:
        self._resolver = resolver
        self._entities = {each.schema.qualified_name: each for each in entities}
        self._forward_names = ForwardNames(resolver.names)

    def read(self, entity: LinkedEntity, report: Report) -> tuple[ManySchema, ...]:
        """Return the other sides of one entity's relations, in source order."""
        # Of any other entity it is said that it can have none.
        sides = entity.inverse_relations if entity.is_record_in_sql else ()
        found = [self._relation(side, entity, report) for side in sides]
        return tuple(relation for relation in found if relation is not None)

    def _relation(
        self, side: InverseRelation, entity: LinkedEntity, report: Report
    ) -> ManySchema | None:
        annotation = side.fact.annotation
        if annotation is not None:
            for problem in self._forward_names.problems(annotation, side.owner):
                report(side.diagnose(problem))
        found = self._target(side)
        if isinstance(found, LinkedEntity):
            found = _single(side, self._field(side, entity, found), found)
        if isinstance(found, Problem):
            report(side.diagnose(found))
            return None
        return found

    def _target(self, side: InverseRelation) -> LinkedEntity | Problem:
        if not 1 <= len(side.items) <= 2:
            text = "does not say whose other side it is"
            return Problem(DANGLING_REFERENCE, text, f'for example `{side.kind}["Post"]`')
        names, namespace = self._resolver.names, side.owner.namespace
        symbol = self._resolver.types.symbol(side.items[0], namespace)
        written = shortened(unparse(self._resolver.types.unquoted(side.items[0])))
        if isinstance(symbol, UnknownSymbol):
            near = names.near(symbol)
            help = f"did you mean `{near}`?" if near else "define it, or import it by name"
            return Problem(
                DANGLING_REFERENCE, f"leads to `{written}`, which {described(symbol)}", help
            )
        if not isinstance(symbol, ClassSymbol):
            help = "name the entity that refers to this one"
            return Problem(DANGLING_REFERENCE, f"leads to `{written}`, which is no entity", help)
        target = self._entities.get(symbol.qualified_name)
        if target is None:
            text = f"leads to `{written}`, which is not among the app's entities"
            help = f"add the file `{symbol.module.path}` to `entities` in the configuration"
            return Problem(DANGLING_REFERENCE, text, help)
        if not target.is_record_in_sql:
            text = f"leads to `{written}`, which is no record in SQL"
            help = f"give `{target.schema.name}` `store=StateStore.SERVER_SQL` and the scope RECORD"
            return Problem(DANGLING_REFERENCE, text, help)
        return target

    def _field(
        self, side: InverseRelation, entity: LinkedEntity, target: LinkedEntity
    ) -> ManySchema | Problem:
        own, other = entity.schema, target.schema
        leading = [
            field.name
            for field in other.fields
            if not field.computed and reference_target(field.type) == own.qualified_name
        ]
        listed = ", ".join(f"`{name}`" for name in leading)
        if len(side.items) == 2:
            wanted = self._field_name(side.items[1], side.owner.namespace)
            if wanted in leading:
                return ManySchema(name=side.name, entity=other.qualified_name, field=wanted)
            known = any(field.name == wanted for field in other.fields)
            text = f"is said to be `{other.name}.{wanted}` from the other side, which "
            text += f"is no `Ref[{own.name}]`" if known else "is not there"
            if leading:
                help = f"name the field that leads here: {listed}"
            else:
                help = f"give `{other.name}` a field that is a `Ref[{own.name}]`"
            return Problem(AMBIGUOUS_RELATION, text, help)
        if len(leading) == 1:
            return ManySchema(name=side.name, entity=other.qualified_name, field=leading[0])
        if leading:
            text = f"may be the other side of any of {listed} of `{other.name}`"
            help = f'say which: `{side.kind}["{other.name}", Literal["{leading[0]}"]]`'
            return Problem(AMBIGUOUS_RELATION, text, help)
        text = f"has no other side: no field of `{other.name}` is a `Ref[{own.name}]`"
        help = f'give it one, for example `{own.snake_name}: Ref["{own.name}"]`'
        return Problem(AMBIGUOUS_RELATION, text, help)

    def _field_name(self, item: Expression, namespace: Namespace) -> str:
        """Return the field that is named: `"author"`, or `Literal["author"]`, also in quotes."""
        match item:
            case LiteralExpression(str(text)) if text.isidentifier():
                return text
            case LiteralExpression(str()):
                unquoted = self._resolver.types.unquoted(item)
                return self._field_name(unquoted, namespace) if unquoted != item else unparse(item)
            case SubscriptExpression(NameExpression(name), (LiteralExpression(str(text)),)):
                symbol = self._resolver.names.resolve(name, namespace)
                return text if symbol == _LITERAL else unparse(item)
            case _:
                return unparse(item)


def _single(
    side: InverseRelation, found: ManySchema | Problem, target: LinkedEntity
) -> ManySchema | Problem:
    """Return a `One` as what it is, or what is wrong with it if several may refer to one."""
    if isinstance(found, Problem) or not side.is_single:
        return found
    field = next(field for field in target.schema.fields if field.name == found.field)
    is_list = isinstance(field.type, ListType | ConstrainedType)
    uniques = [index.fields for index in target.schema.indexes if index.unique]
    if not is_list and (field.unique or (field.name,) in uniques):
        return found.model_copy(update={"single": True})
    text = f"is said to be one, but several of `{target.schema.name}` may refer to one by `{field.name}`"
    help = f'write `Many["{target.schema.name}"]`'
    if not is_list:
        help = f"give `{target.schema.name}.{field.name}` `Field(unique=True)`, or {help}"
    return Problem(SEVERAL_FOR_ONE, text, help)
