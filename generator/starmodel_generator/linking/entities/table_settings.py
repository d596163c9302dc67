"""What SQLModel is told about the table of an entity: `__tablename__` and `__table_args__`.

As for columns (`types.column_settings`), nothing of SQLAlchemy is imported, and what StarModel has
no word for is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

from starmodel_generator.analysis.facts import (
    AssignmentFact,
    CallExpression,
    Expression,
    LiteralExpression,
    MappingExpression,
    NameExpression,
    SequenceExpression,
)
from starmodel_generator.database.columns import ID_FIELD, stored_type
from starmodel_generator.diagnostics.rules.pydantic_rules import SQLMODEL_OPTION
from starmodel_generator.diagnostics.rules.sql_rules import INVALID_DB_NAME
from starmodel_generator.linking.linked_field import LinkedField
from starmodel_generator.linking.names.database_names import unfit_name
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    Namespace,
    ValueSymbol,
)
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.options.entity_options import EntityOptions
from starmodel_generator.linking.reporting import Problem, Report, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.values.value import Constant
from starmodel_schemas import ColumnsCheck, CompareCheck, IndexOption, RefType
from starmodel_schemas.database_schema import Operator

NAME, ARGUMENTS = "__tablename__", "__table_args__"

_COMPARISON = re.compile(
    r"\s*(?P<column>[^\W\d]\w*|\"[^\"]+\")\s*(?P<operator>[<>]=?)"
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<other>[^\W\d]\w*|\"[^\"]+\"))\s*",
    re.ASCII,
)
_SAYS_NOTHING = re.compile(r"extend_existing|keep_existing|info|(mysql|mariadb|oracle|mssql)_\w+")
"""Options of a table that are about Python alone, or about databases which StarModel has not."""

_NO_WORD = "is about a table, and StarModel has no word for it"
_CHECK_HELP = (
    "what one field may be is said by its limits (`Field(ge=0)`, an enum), what several may be"
    ' together by a `model_validator(mode="after")`'
)


@dataclass(frozen=True, slots=True)
class TableSettings:
    """What the table of an entity is called, and its indexes and checks besides those of fields."""

    db_name: str | None
    indexes: tuple[IndexOption, ...]
    checks: tuple[CompareCheck | ColumnsCheck, ...]


class _Refused(Exception):
    def __init__(self, what: str, help: str, reason: str = _NO_WORD) -> None:
        super().__init__(what)
        self.problem = Problem(SQLMODEL_OPTION, f"has `{what}`, which {reason}", help)


def read_table_settings(
    hierarchy: ClassHierarchy,
    options: EntityOptions,
    fields: tuple[LinkedField, ...],
    resolver: Resolver,
    report: Report,
) -> TableSettings:
    """Return what `model_config` and SQLModel's own settings say; what is wrong is reported."""
    settings = TableSettings(options.db_name, options.indexes, ())
    found = _attribute(hierarchy, NAME)
    if found is not None:
        name = _table_name(*found, hierarchy, resolver, report)
        if name is not None and name != (options.db_name or name):
            text = f"has `{NAME}` beside `db_name`, and they differ"
            problem = Problem(INVALID_DB_NAME, text, "say it once")
            report(_subject(found[0]).diagnose(problem, found[1].place))
        settings = replace(settings, db_name=options.db_name or name)
    found = _attribute(hierarchy, ARGUMENTS)
    if found is not None:
        owner, fact = found
        reader = _Arguments(owner, fields, resolver)
        assert fact.value is not None
        try:
            reader.read(fact.value, owner.namespace)
        except _Refused as refused:
            report(_subject(owner).diagnose(refused.problem, fact.place.at("value", 0)))
        settings = replace(
            settings,
            indexes=(*settings.indexes, *reader.indexes),
            checks=tuple(reader.checks),
        )
    key = composite_key(fields)
    if key and not any(each.unique and {*each.fields} == {*key} for each in settings.indexes):
        option = IndexOption(fields=key, unique=True)
        settings = replace(settings, indexes=(*settings.indexes, option))
    return settings


def composite_key(fields: tuple[LinkedField, ...]) -> tuple[str, ...]:
    """Return the fields that are said to be the primary key together; none where it is the id."""
    names = tuple(field.schema.name for field in fields if field.schema.primary_key)
    return names if len(names) > 1 and ID_FIELD not in names else ()


def _attribute(hierarchy: ClassHierarchy, name: str) -> tuple[ClassSymbol, AssignmentFact] | None:
    return next(
        (
            (owner, fact)
            for owner in hierarchy.classes
            for fact in owner.facts.attributes
            if fact.name == name and fact.value is not None
        ),
        None,
    )


def _subject(owner: ClassSymbol) -> Subject:
    return Subject(f"class `{owner.name}`", owner.place, owner.name)


def _table_name(
    owner: ClassSymbol,
    fact: AssignmentFact,
    hierarchy: ClassHierarchy,
    resolver: Resolver,
    report: Report,
) -> str | None:
    assert fact.value is not None
    value = resolver.constants.evaluate(fact.value, owner.namespace)
    reason = unfit_name(value.value) if isinstance(value, Constant) else value.reason
    if reason is None:
        return cast("str", cast("Constant", value).value)
    text = f"has `{NAME} = {shortened(unparse(fact.value))}`, which {reason}"
    problem = Problem(INVALID_DB_NAME, text, 'write the name of the table: `"people"`')
    report(_subject(owner).diagnose(problem, fact.place))
    return None


class _Arguments:
    """Reads `__table_args__`."""

    def __init__(
        self, owner: ClassSymbol, fields: tuple[LinkedField, ...], resolver: Resolver
    ) -> None:
        self._owner = owner
        self._resolver = resolver
        self._fields = _by_column(fields)
        self._columns = {name.lower(): name for name in reversed(self._fields)}
        self.indexes: list[IndexOption] = []
        self.checks: list[CompareCheck | ColumnsCheck] = []

    def read(self, expression: Expression, namespace: Namespace) -> None:
        match expression:
            case SequenceExpression(kind="tuple", items=items):
                for item in items:
                    if isinstance(item, MappingExpression):
                        self._options(item)
                    else:
                        self._constraint(item, namespace)
            case MappingExpression():
                self._options(expression)
            case NameExpression(name):
                names = self._resolver.names
                symbol = names.follow(names.resolve(name, namespace))
                if not isinstance(symbol, ValueSymbol) or symbol.assignment.value is None:
                    raise _unknown(f"{ARGUMENTS} = {name}")
                self.read(symbol.assignment.value, symbol.namespace)
            case _:
                raise _unknown(f"{ARGUMENTS} = {shortened(unparse(expression))}")

    def _options(self, mapping: MappingExpression) -> None:
        for key, value in mapping.items:
            name = key.value if isinstance(key, LiteralExpression) else None
            if not isinstance(name, str) or not _SAYS_NOTHING.fullmatch(name):
                written = f"{unparse(key)}: {unparse(value)}"
                raise _Refused(shortened(written), "leave it out")

    def _constraint(self, item: Expression, namespace: Namespace) -> None:
        kind = self._kind(item, namespace)
        if kind is None or not isinstance(item, CallExpression):
            raise _unknown(shortened(unparse(item)))
        written = shortened(unparse(item))
        keywords = dict(item.keywords)
        name = self._name(keywords.pop("name", None), namespace, written)
        match kind:
            case "UniqueConstraint":
                columns = item.arguments
                unique = True
            case "Index":
                name = self._name(item.arguments[0], namespace, written) if item.arguments else name
                columns = item.arguments[1:]
                said = keywords.pop("unique", LiteralExpression(False))
                unique = said == LiteralExpression(True)
                if said not in (LiteralExpression(True), LiteralExpression(False)):
                    raise _unknown(written)
            case "CheckConstraint":
                return self._check(item, keywords, name, namespace)
            case "ForeignKeyConstraint":
                raise _Refused(written, "write the field that refers as a `Ref[...]`")
            case "PrimaryKeyConstraint":
                names = ", ".join(map(unparse, item.arguments))
                help = f"the primary key is `id`: write `UniqueConstraint({names})`"
                raise _Refused(written, help)
            case _:
                raise _Refused(written, "leave it out")
        if keywords:
            keyword = next(iter(keywords))
            help = f"leave out `{keyword}`"
            if keyword in ("deferrable", "initially"):
                help += ": within one event unique numbers and texts pass between records as it is"
            raise _Refused(written, help)
        fields = tuple(self._field(each, namespace, written) for each in columns)
        if not fields:
            raise _Refused(written, "name columns", "names no columns")
        self.indexes.append(IndexOption(fields=fields, unique=unique, name=name))

    def _kind(self, item: Expression, namespace: Namespace) -> str | None:
        if not isinstance(item, CallExpression) or not isinstance(item.function, NameExpression):
            return None
        names = self._resolver.names
        symbol = names.follow(names.resolve(item.function.name, namespace))
        if not isinstance(symbol, ExternalSymbol):
            return None
        is_known = symbol.name.startswith(("sqlalchemy.", "sqlmodel."))
        return symbol.name.rpartition(".")[2] if is_known else None

    def _text(self, expression: Expression, namespace: Namespace, written: str) -> str:
        if self._kind(expression, namespace) == "text" and isinstance(expression, CallExpression):
            expression = next(iter(expression.arguments), expression)
        value = self._resolver.constants.evaluate(expression, namespace)
        if isinstance(value, Constant) and isinstance(value.value, str):
            return value.value
        if self._kind(expression, namespace) is not None:
            raise _Refused(written, "name columns: there is no index on an expression")
        raise _unknown(written)

    def _name(
        self, expression: Expression | None, namespace: Namespace, written: str
    ) -> str | None:
        if expression is None or expression == LiteralExpression(None):
            return None
        name = self._text(expression, namespace, written)
        reason = unfit_name(name)
        if reason is not None:
            raise _Refused(written, "give it another name", f"has a name that {reason}")
        return name

    def _field(self, expression: Expression, namespace: Namespace, written: str) -> str:
        """Return the field that has a column."""
        column = self._text(expression, namespace, written)
        if column not in self._fields:
            known = ", ".join(f"`{each}`" for each in self._fields)
            raise _Refused(
                written, f"name columns of fields: {known}", f"names no column: `{column}`"
            )
        return self._fields[column]

    def _check(
        self,
        item: CallExpression,
        keywords: Mapping[str, Expression],
        name: str | None,
        namespace: Namespace,
    ) -> None:
        written = shortened(unparse(item))
        given = [*item.arguments, *(value for key, value in keywords.items() if key == "sqltext")]
        rest = [key for key in keywords if key != "sqltext"]
        if len(given) != 1 or rest:
            raise _Refused(written, f"leave out `{rest[0]}`" if rest else "write one condition")
        sql = self._text(given[0], namespace, written)
        found = _COMPARISON.fullmatch(sql)
        column = self._column(found["column"]) if found else None
        other = self._column(found["other"]) if found and found["other"] else None
        if found is None or column is None or (found["other"] and other is None):
            reason = "is more than a column compared with a number or with another column"
            raise _Refused(written, _CHECK_HELP, reason)
        if name is None:
            raise _Refused(written, "give it a `name`", "has no name")
        operator = cast("Operator", found["operator"])
        if other is not None:
            check = ColumnsCheck(name=name, column=column, operator=operator, other=other)
        else:
            value = str(Decimal(found["number"]))
            check = CompareCheck(name=name, column=column, operator=operator, value=value)
        self.checks.append(check)

    def _column(self, written: str) -> str | None:
        if written.startswith('"'):
            name = written.strip('"')
            return name if name in self._fields else None
        # Without quotation marks a name is the same in any case.
        return self._columns.get(written.lower())


def _unknown(written: str) -> _Refused:
    help = "write a tuple of `UniqueConstraint`, `Index` and `CheckConstraint`, in place"
    return _Refused(written, help, "cannot be known without running code")


def _by_column(fields: tuple[LinkedField, ...]) -> dict[str, str]:
    """Return the fields by the columns that hold them, where that is one."""
    found = {ID_FIELD: ID_FIELD}
    for field in fields:
        schema = field.schema
        if schema.computed:
            continue
        is_reference = isinstance(stored_type(schema.type, schema.constraints).type, RefType)
        column = f"{schema.name}_id" if is_reference else schema.name
        if schema.name == ID_FIELD:
            found.pop(ID_FIELD, None)
        found[schema.db_name or column] = schema.name
    return found
