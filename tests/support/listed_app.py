"""The pages of `listed_shop` in front of a store in memory.

What a database, its queries and its commands do is done by hand here, as far as pages can see it,
so that pages are tried in a browser without any of that.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib import import_module
from types import ModuleType
from typing import Any, cast

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter
from pydantic_core import core_schema

from starmodel import Access, Entity, EntityConfig, MemoryRepo, Scope, StateStore
from starmodel.application import EntityDefinition, Outcome, UnitOfWork
from starmodel.application.store import Key, Write
from starmodel.errors import ArgumentError, ConstraintViolation, InvalidArguments, StaleVersion
from starmodel.web import (
    REQUIRED,
    Argument,
    Arguments,
    Request,
    Resource,
    Response,
    Route,
    WebApplication,
    answer_created,
    answer_event,
    answer_form,
    answer_record,
    answer_state,
    lead_to,
    page_path,
)
from starmodel.web.listing import ListView, Related, answer_list, asked
from starmodel.web.picker import MOST, answer_options

CONFIG = EntityConfig(store=StateStore.SERVER_SQL, scope=Scope.RECORD, access=Access.PUBLIC)
LIMIT = 12


class Dimensions(BaseModel):
    width: int = Field(default=0, ge=0)
    height: int = Field(default=0, ge=0)
    depth: int = Field(default=0, ge=0)


class Tag(Entity):
    model_config = CONFIG

    name: str = Field(min_length=1, max_length=40)


class Product(Entity):
    model_config = CONFIG

    name: str = Field(min_length=1, max_length=120)
    sku: str = Field(min_length=1, max_length=32)
    price: Decimal = Field(default=Decimal("0.00"), ge=0, max_digits=12, decimal_places=2)
    stock: int = 0
    status: str = "draft"
    is_fragile: bool = False
    description: str = Field(default="", max_length=2000)
    available_from: AwareDatetime | None = None
    dimensions: Dimensions = Field(default_factory=Dimensions)
    tags: list[str] = Field(default_factory=list[str])


class Customer(Entity):
    model_config = CONFIG

    name: str = Field(min_length=1, max_length=120)
    email: str = Field(max_length=254)


class Order(Entity):
    model_config = CONFIG

    customer: str
    note: str = Field(default="", max_length=500)


class OrderLine(Entity):
    model_config = CONFIG

    order: str
    product: str
    quantity: int


CLASSES: dict[str, type[Entity]] = {
    "tag": Tag,
    "product": Product,
    "customer": Customer,
    "order": Order,
    "order_line": OrderLine,
}
REFERENCES: dict[str, dict[str, str]] = {
    "tag": {},
    "product": {"tags": "tag"},
    "customer": {},
    "order": {"customer": "customer"},
    "order_line": {"order": "order", "product": "product"},
}
UNIQUE = {"tag": "name", "product": "sku", "customer": "email"}
READ_ONLY = {"id", "stock"}
QUANTITY = Argument(core_schema.int_schema(ge=1, le=1000))
GIVEN_NOT = object()


class Database(MemoryRepo):
    """A store that can list what it has."""

    def __init__(self, rows: Iterable[Entity]) -> None:
        super().__init__()
        self.rows = list(rows)
        self.keys: dict[Key, None] = {}

    async def open(self) -> None:
        await self.commit(
            [
                Write(DEFINITIONS[name].key(row.id), dict(row.__dict__), 0)
                for row in self.rows
                for name, cls in CLASSES.items()
                if type(row) is cls
            ]
        )

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        versions = await super().commit(writes)
        for write in writes:
            self.keys.pop(write.key, None)
            if write.values is not None:
                self.keys[write.key] = None
        return versions

    async def all(self, name: str) -> list[Entity]:
        """Give every record of a kind."""
        found: list[Entity] = []
        for key in [key for key in self.keys if key.entity == name]:
            stored = await self.load(key)
            if stored is not None:
                found.append(DEFINITIONS[name].restore(stored.values))
        return found


def state_of(entity: Entity) -> dict[str, Any]:
    return entity.model_dump(mode="json")


DEFINITIONS: dict[str, EntityDefinition[Any]] = {
    name: EntityDefinition(
        cls,
        name=name,
        namespace=name,
        store=StateStore.SERVER_SQL,
        scope=Scope.RECORD,
        state=state_of,
        access=Access.PUBLIC,
    )
    for name, cls in CLASSES.items()
}


@dataclass
class Pages:
    """The handlers of one entity."""

    name: str
    database: Database

    @property
    def definition(self) -> EntityDefinition[Any]:
        return DEFINITIONS[self.name]

    def module(self, kind: str) -> ModuleType:
        return import_module(f"shop.generated.{self.name}.{kind}")

    def arguments(self, *, is_update: bool) -> Arguments:
        """Take every field that may be written; an update takes any of them."""
        taken: dict[str, Argument] = {}
        for name, field in CLASSES[self.name].model_fields.items():
            if name in READ_ONLY:
                continue
            schema: Any = TypeAdapter(field.rebuild_annotation()).core_schema
            if schema["type"] == "definitions":
                schema = schema["schema"]
            default: object = (
                REQUIRED
                if field.is_required()
                else field.get_default(call_default_factory=True, validated_data={})
            )
            taken[name] = Argument(schema, default=GIVEN_NOT if is_update else default)
        if is_update:
            version = core_schema.nullable_schema(core_schema.int_schema())
            taken["version"] = Argument(version, default=None)
        return Arguments(**taken)

    async def related(self, states: Iterable[Mapping[str, Any]]) -> Related:
        states = list(states)
        related: dict[str, dict[str, Mapping[str, Any]]] = {}
        for name, target in REFERENCES[self.name].items():
            ids = {id for state in states for id in _as_list(state[name])}
            rows = await self.database.all(target)
            related[name] = {row.id: state_of(row) for row in rows if row.id in ids}
        return related

    async def find(self, request: Request) -> Response:
        query = asked(request)
        given = dict(query)
        states = [state_of(row) for row in await self.database.all(self.name)]
        for name, value in query:
            if name not in ("sort", "cursor", "limit"):
                states = [state for state in states if self._fits(state, name, value)]
        sort = given.get("sort", "id")
        by = sort.removeprefix("-")
        states.sort(key=lambda state: _key(state[by]), reverse=sort.startswith("-"))
        start, limit = int(given.get("cursor", "0")), int(given.get("limit", LIMIT))
        page = states[start : start + limit]
        view: ListView[Any] = ListView(
            path=f"/{self.name}",
            query=tuple((name, value) for name, value in query if name != "cursor"),
            items=page,
            related=await self.related(page),
            next=str(start + limit) if len(states) > start + limit else None,
            is_first=start == 0,
        )
        module = self.module("list_page")
        whole = getattr(module, f"{self.name}_list_page")
        return answer_list(request, view, whole, getattr(module, f"{self.name}_list"))

    def _fits(self, state: Mapping[str, Any], name: str, value: str) -> bool:
        if name == "q":
            texts = [text for text in state.values() if isinstance(text, str)]
            return any(value.lower() in text.lower() for text in texts)
        field, _, operator = name.partition("__")
        if field not in state:
            message = "There is no such filter."
            raise InvalidArguments((ArgumentError(name, message, "unknown"),))
        if operator == "contains":
            return value.lower() in state[field].lower()
        if operator in ("ge", "le"):
            try:
                bound, number = Decimal(value), Decimal(str(state[field]))
            except InvalidOperation:
                error = ArgumentError(name, "Enter a number.", "decimal_parsing")
                raise InvalidArguments((error,)) from None
            return number >= bound if operator == "ge" else number <= bound
        return value in [_text(one) for one in _as_list(state[field])]

    async def read(self, request: Request) -> Response:
        snapshot = await request.services.read(self.definition, request.path_parameters["id"])
        if request.wants_json:
            return answer_state(snapshot)
        module = self.module("page")
        whole = getattr(module, f"{self.name}_page")
        if not REFERENCES[self.name]:
            return answer_form(request, whole(snapshot.state))
        related = await self.related([snapshot.state])
        relations = getattr(module, f"{self.name}_relations")
        return answer_record(
            request,
            lambda: whole(snapshot.state, related),
            lambda: relations(snapshot.state, related),
        )

    async def options(self, request: Request) -> Response:
        text = request.query.get("q", "").lower()
        rows = await self.database.all(self.name)
        called = [(row.id, str(getattr(row, "name", row.id))) for row in rows]
        fit = [(id, label) for id, label in called if text in label.lower()]
        return answer_options(request, fit[:MOST])

    async def new(self, request: Request) -> Response:
        return answer_form(request, self.form("NEW").show())

    async def edit(self, request: Request) -> Response:
        snapshot = await request.services.read(self.definition, request.path_parameters["id"])
        draft = getattr(self.module("form_page"), f"{self.name}_draft")
        related = await self.related([snapshot.state])
        page = self.form("EDIT").page(draft(snapshot.state, snapshot.version, related))
        return answer_form(request, page)

    async def confirm(self, request: Request) -> Response:
        snapshot = await request.services.read(self.definition, request.path_parameters["id"])
        return answer_form(request, self.form("DELETE").show(snapshot.id))

    def form(self, kind: str) -> Any:
        return getattr(self.module("form_page"), f"{kind}_{self.name.upper()}")

    async def create(self, request: Request) -> Response:
        arguments = await self.arguments(is_update=False).read(request)
        await self._check(arguments, "")
        async with request.services.unit_of_work() as work:
            entity = CLASSES[self.name](**arguments)
            work.add(self.definition, entity)
            return answer_created(request, self.definition, await _committed(work, entity))

    async def save(self, request: Request) -> Response:
        id = request.path_parameters["id"]
        arguments = await self.arguments(is_update=True).read(request)
        version = arguments.pop("version")
        given = {name: value for name, value in arguments.items() if value is not GIVEN_NOT}
        await self._check(given, id)
        snapshot = await request.services.read(self.definition, id)
        if version is not None and version != snapshot.version:
            new = state_of(snapshot.entity.model_copy(update=copy.deepcopy(given)))
            now = snapshot.state
            differs = {name: now[name] for name in given if now[name] != new[name]}
            raise StaleVersion(self.name, id, differs, snapshot.version)
        async with request.services.unit_of_work() as work:
            entity = await work.load(self.definition, id)
            for name, value in given.items():
                setattr(entity, name, value)
            await _committed(work, entity)
        return lead_to(request, page_path(self.definition, id))

    async def remove(self, request: Request) -> Response:
        id = request.path_parameters["id"]
        for name, references in REFERENCES.items():
            for field, target in references.items():
                rows = await self.database.all(name) if target == self.name else []
                if any(id in _as_list(getattr(row, field)) for row in rows):
                    message = f"There is still {name.replace('_', ' ')} that needs it."
                    error = ArgumentError("", message, "referenced")
                    raise ConstraintViolation(self.name, (error,))
        async with request.services.unit_of_work() as work:
            entity = await work.load(self.definition, id)
            work.delete(entity)
            await _committed(work, entity)
        return lead_to(request, f"/{self.name}")

    async def _check(self, given: Mapping[str, Any], id: str) -> None:
        name = UNIQUE.get(self.name, "")
        if name in given:
            for row in await self.database.all(self.name):
                if row.id != id and getattr(row, name) == given[name]:
                    error = ArgumentError(name, "This is taken.", "unique")
                    raise ConstraintViolation(self.name, (error,))

    async def restock(self, request: Request) -> Response:
        arguments = await Arguments(quantity=QUANTITY).read(request)
        async with request.services.unit_of_work() as work:
            product = await work.load(Product, request.path_parameters["id"])
            product.stock += arguments["quantity"]
            return answer_event(request, self.definition, await _committed(work, product))

    async def add_line(self, request: Request) -> Response:
        arguments = await LINE_ARGUMENTS.read(request)
        async with request.services.unit_of_work() as work:
            order = await work.load(Order, request.path_parameters["id"])
            product = await work.load(Product, arguments["product"])
            line = OrderLine(order=order.id, product=product.id, quantity=arguments["quantity"])
            work.add(OrderLine, line)
            return answer_event(request, self.definition, await _committed(work, order))

    def resource(self) -> Resource:
        path = f"/{self.name}"
        update = self.arguments(is_update=True)
        routes = [
            Route("GET", path, self.find, event="find"),
            Route("GET", f"{path}/{{id}}", self.read),
            Route("GET", f"{path}/options", self.options),
            Route("GET", f"{path}/{{id}}/delete", self.confirm),
            Route(
                "POST",
                f"{path}/{{id}}/delete",
                self.remove,
                event="delete",
                form=self.form("DELETE"),
            ),
        ]
        if self.name != "order_line":
            routes += [
                Route("GET", f"{path}/new", self.new),
                Route(
                    "POST",
                    path,
                    self.create,
                    event="create",
                    arguments=self.arguments(is_update=False),
                    form=self.form("NEW"),
                ),
                Route("GET", f"{path}/{{id}}/edit", self.edit),
                Route(
                    "POST",
                    f"{path}/{{id}}/edit",
                    self.save,
                    event="update",
                    arguments=update,
                    form=self.form("EDIT"),
                ),
            ]
        if self.name == "product":
            way = f"{path}/{{id}}/restock"
            taken = Arguments(quantity=QUANTITY)
            routes.append(Route("POST", way, self.restock, event="restock", arguments=taken))
        if self.name == "order":
            way = f"{path}/{{id}}/add_line"
            routes.append(
                Route("POST", way, self.add_line, event="add_line", arguments=LINE_ARGUMENTS)
            )
        fragments = getattr(self.module("page"), f"{self.name.upper()}_FRAGMENTS")
        return Resource(self.definition, routes=routes, fragments=fragments)


LINE_ARGUMENTS = Arguments(product=Argument(core_schema.str_schema()), quantity=QUANTITY)


async def _committed(work: UnitOfWork, entity: Entity) -> Outcome[None]:
    outcome = await work.commit(entity, "changed", {}, None)
    assert outcome is not None, "nobody else is here"
    return outcome


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return cast("list[Any]", value)
    return [] if value is None else [value]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _key(value: object) -> tuple[float, str]:
    if isinstance(value, int | float):
        return float(value), ""
    try:
        return float(str(value)), ""
    except ValueError:
        return 0.0, str(value).lower()


def rows() -> list[Entity]:
    """What is there at first."""
    words = "wood lamp sale outdoor office kids new vintage".split()
    kinds = "desk lamp chair shelf mirror bench".split()
    tags = [Tag(id=f"t{number}", name=word) for number, word in enumerate(words)]
    products = [
        Product(
            id=f"p{number:02}",
            name=f"{material} {kind}",
            sku=f"{material[:2]}-{kind[:2]}-{number}".upper(),
            price=Decimal(990 + 7 * number) / 100,
            stock=number * 3 % 17,
            status=("draft", "active", "active", "retired")[number % 4],
            is_fragile=number % 3 == 0,
            description="" if number % 2 else f"A {kind} that was made by hand. " * 5,
            available_from=(
                TypeAdapter(AwareDatetime).validate_python("2026-03-14T09:30:00.123456+00:00")
                if number % 2
                else None
            ),
            dimensions=Dimensions(width=number * 10, height=50, depth=20),
            tags=[f"t{number % 8}", f"t{(number * 3 + 1) % 8}"] if number % 5 else [],
        )
        for number, (material, kind) in enumerate(
            (material, kind)
            for material in "Walnut Oak Brass Linen Marble Steel Cedar Copper".split()
            for kind in kinds
        )
    ]
    names = ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Ada Yonath")
    customers = [
        Customer(id=f"c{number}", name=name, email=f"c{number}@example.org")
        for number, name in enumerate(names)
    ]
    order = Order(id="o1", customer="c0", note="By noon, please.")
    line = OrderLine(id="l1", order="o1", product="p01", quantity=2)
    return [*tags, *products, *customers, order, line]


def create_app() -> WebApplication:
    database = Database(rows())
    resources = [Pages(name, database).resource() for name in CLASSES]
    return WebApplication(resources, stores={StateStore.SERVER_SQL: database})
