"""What events look for, compared with what there is to be found: SM217, SM218."""

from collections.abc import Iterator
from difflib import get_close_matches

from starmodel_generator.analysis.facts import FunctionFacts, MemberUse, ModuleFacts
from starmodel_generator.database.search_kinds import (
    QUERY_NAMES,
    filter_name,
    operators_of,
    search_kind,
)
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import NOT_FOUND_BY, UNKNOWN_FILTER
from starmodel_generator.linking.entities.entities import LinkedEntity
from starmodel_generator.linking.field_storage import stored_fields
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.names.symbols import ClassSymbol, ExternalSymbol, Namespace
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_schemas import FieldSchema, RequiredDefault, ScalarType

_OPTIONS: dict[str, tuple[str, ...]] = {
    "find": ("sort", "limit", "lock"),
    "find_one": ("sort", "lock"),
    "count": (),
    "exists": (),
}
"""What each way of finding takes besides filters."""

_AS_DJANGO_HAS_IT = {"gte": "ge", "lte": "le"}
_MAX_NAMED = 8


class FindChecker:
    """Checks the calls by which a unit of work finds records."""

    def __init__(self, resolver: Resolver, app: LinkedApp) -> None:
        self._resolver = resolver
        self._app = app
        self._filters: dict[str, dict[str, list[str]]] = {}

    def check(self, module: ModuleFacts) -> Iterator[Diagnostic]:
        """Report what is looked for in a module and cannot be found."""
        for function in module.functions:
            yield from self._check(function, module, f"function `{function.name}`")
        for owner in module.classes:
            for method in owner.methods:
                noun = f"method `{owner.name}.{method.name}`"
                yield from self._check(method, module, noun)

    def _check(
        self, function: FunctionFacts, module: ModuleFacts, noun: str
    ) -> Iterator[Diagnostic]:
        for use in function.uses:
            if use.argument is None or not self._is_work(use.path[0], function, module):
                continue
            names = self._resolver.names
            symbol = names.follow(names.resolve(use.argument, Namespace(module)))
            if isinstance(symbol, ClassSymbol):
                entity = self._app.by_name.get(symbol.qualified_name)
                if entity is not None:
                    yield from self._check_call(use, entity, Subject(noun, use.place))

    def _is_work(self, name: str, function: FunctionFacts, module: ModuleFacts) -> bool:
        for parameter in function.parameters:
            if parameter.name == name and parameter.annotation is not None:
                symbol = self._resolver.types.symbol(parameter.annotation, Namespace(module))
                return symbol == ExternalSymbol("starmodel.UnitOfWork")
        return False

    def _check_call(
        self, use: MemberUse, entity: LinkedEntity, subject: Subject
    ) -> Iterator[Diagnostic]:
        schema, called = entity.schema, ".".join(use.path)
        if schema.store != "SERVER_SQL" or schema.scope != "RECORD":
            text = f"calls `{called}`, but `{schema.name}` has no records in a database"
            help = (
                "keep it in SQL: `EntityConfig(store=StateStore.SERVER_SQL)`; or load what there"
                f" is: `await {use.path[0]}.load({schema.name}, ...)`"
            )
            yield subject.diagnose(Problem(NOT_FOUND_BY, text, help))
            return
        by_field = self._filters_of(entity)
        known = [name for names in by_field.values() for name in names]
        options = _OPTIONS[use.path[1]]
        for keyword in () if use.call is None else use.call.keywords:
            if keyword in known or keyword in options:
                continue
            is_list = f"{keyword}__contains" in known and keyword not in QUERY_NAMES
            if is_list and keyword not in use.plain:
                # It may be `where.contains(...)`, which a type checker sees.
                continue
            text = f"looks for `{schema.name}` by `{keyword}`, a filter that there is not"
            problem = Problem(UNKNOWN_FILTER, text, _help(keyword, by_field, options))
            yield subject.diagnose(problem, use.place.at("keyword", keyword))

    def _filters_of(self, entity: LinkedEntity) -> dict[str, list[str]]:
        """Return the names of all filters, by field."""
        name = entity.schema.qualified_name
        found = self._filters.get(name)
        if found is None:
            found = self._filters[name] = self._all_filters(entity)
        return found

    def _all_filters(self, entity: LinkedEntity) -> dict[str, list[str]]:
        fields = [each.schema for each in stored_fields(entity.fields)]
        if not entity.schema.declares_id:
            text = ScalarType(name="str")
            fields.insert(0, FieldSchema(name="id", type=text, default=RequiredDefault()))
        by_field: dict[str, list[str]] = {}
        for field in fields:
            try:
                kind = search_kind(field, entity.schema.table_name, self._app)
            except KeyError:
                # Its class has mistakes of its own, which are told where it stands.
                continue
            operators = () if kind is None else operators_of(kind[0], nullable=kind[1])
            names = [filter_name(field.name, operator) for operator in operators]
            if kind is not None and kind[1] and field.name not in names:
                # What is compared with `None`.
                names.append(field.name)
            by_field[field.name] = [name for name in names if name not in QUERY_NAMES]
        return by_field


def _help(keyword: str, by_field: dict[str, list[str]], options: tuple[str, ...]) -> str:
    field, _, operator = keyword.partition("__")
    if field not in by_field:
        close = get_close_matches(field, by_field, n=1)
        if close and by_field[close[0]]:
            near = [f"{close[0]}__{operator}"] if operator else []
            names = [name for name in near if name in by_field[close[0]]] or by_field[close[0]][:1]
            return f"did you mean `{names[0]}`?"
        names = [*by_field, *options]
        listed = ", ".join(f"`{name}`" for name in names[:_MAX_NAMED])
        return f"there are {listed}" + (", ..." if len(names) > _MAX_NAMED else "")
    own = by_field[field]
    if not own:
        return f"`{field}` has no column of its own, so nothing can be found by it"
    operators = [name.removeprefix(f"{field}__") for name in own if name != field]
    meant = _AS_DJANGO_HAS_IT.get(operator, operator)
    close = get_close_matches(meant, operators, n=1, cutoff=0.75)
    if close:
        return f"did you mean `{field}__{close[0]}`?"
    return "there are " + ", ".join(f"`{name}`" for name in own)
