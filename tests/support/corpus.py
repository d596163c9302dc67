"""Schemas for what has to hold of all generated code: written ones, and random ones."""

from random_schemas import random_app
from sample_shop import SCHEMA

from starmodel_generator.planning import EmissionSettings
from starmodel_schemas import (
    AppSchema,
    Constraints,
    EntitySchema,
    EventSchema,
    FieldSchema,
    HolderAccess,
    LiteralDefault,
    ParameterSchema,
    PublicAccess,
    ScalarType,
    WebName,
)

WEB: tuple[WebName, ...] = ("fasthtml", "starlette", "fastapi")

COUNTER = EntitySchema(
    name="Counter",
    module="counter.entities",
    source="counter/entities.py",
    snake_name="counter",
    namespace="counter",
    doc="A counter of one's own.",
    store="SERVER_MEMORY",
    scope="SESSION",
    access=HolderAccess(),
    fields=(
        FieldSchema(name="count", type=ScalarType(name="int"), default=LiteralDefault(value=0)),
        FieldSchema(
            name="update_count", type=ScalarType(name="int"), default=LiteralDefault(value=0)
        ),
    ),
    events=(
        EventSchema(
            name="increment",
            function="increment",
            signature="increment(amount: int = 1) -> None",
            doc="Add to the count.",
            path="/counter/increment",
            access=HolderAccess(),
            parameters=(
                ParameterSchema(
                    name="amount", type=ScalarType(name="int"), default=LiteralDefault(value=1)
                ),
            ),
        ),
    ),
)

LONG = "a_name_that_goes_on_and_on_until_there_is_no_room_left_for_it_on_any_line_of_code"

LONG_NAMES = EntitySchema(
    name="AClassWhoseNameGoesOnAndOnUntilThereIsNoRoomLeftForItOnAnyLineOfCodeAnywhere",
    module="counter.entities",
    source="counter/entities.py",
    snake_name=f"class_with_{LONG}",
    namespace=LONG,
    doc=None,
    store="SERVER_MEMORY",
    scope="GLOBAL",
    access=PublicAccess(),
    fields=(
        FieldSchema(
            name=LONG, type=ScalarType(name="datetime"), default=LiteralDefault(value=None)
        ),
    ),
    events=(
        EventSchema(
            name=f"run_{LONG}",
            function=f"run_{LONG}",
            signature=f"run_{LONG}(...) -> None",
            path=f"/{LONG}/run",
            access=PublicAccess(),
            parameters=tuple(
                ParameterSchema(
                    name=f"{LONG}_{number}",
                    type=ScalarType(name="str"),
                    default=LiteralDefault(value=LONG * 3),
                    constraints=Constraints(max_length=500),
                )
                for number in range(3)
            ),
        ),
    ),
)

EMPTY = EntitySchema(
    name="Nothing",
    module="counter.entities",
    source="counter/entities.py",
    snake_name="nothing",
    namespace="nothing",
    store="SERVER_MEMORY",
    scope="SESSION",
    access=HolderAccess(),
    fields=(),
)

COUNTER_APP = AppSchema(entities=(COUNTER,))


def settings(
    package: str,
    *,
    web: WebName = "fasthtml",
    adapters: tuple[tuple[str, str], ...] = (),
    jsonrpc: str | None = None,
) -> EmissionSettings:
    """The settings of a project whose generated package is `package.generated`."""
    return EmissionSettings(
        package=f"{package}.generated",
        output=f"{package}/generated",
        client_output=f"{package}/generated/client",
        web=web,
        adapters=adapters,
        jsonrpc=jsonrpc,
    )


def written() -> list[tuple[AppSchema, EmissionSettings]]:
    """The schemas that were written by hand."""
    return [
        (COUNTER_APP, settings("counter")),
        (AppSchema(entities=(LONG_NAMES,)), settings("long_names")),
        (AppSchema(entities=(EMPTY,)), settings("empty", web="starlette")),
        (AppSchema(entities=()), settings("void", web="fastapi", jsonrpc="/rpc")),
        (SCHEMA, sample_settings()),
    ]


def sample_settings() -> EmissionSettings:
    """The settings of the sample shop."""
    parts = (
        ("bus", "lampshop.adapters:AuditedBus"),
        ("identify", "lampshop.adapters:identify"),
    )
    return settings("lampshop", web="starlette", adapters=parts, jsonrpc="/jsonrpc")


def drawn(
    seeds: range, *, hostile: bool = False, longest: int = 3
) -> list[tuple[AppSchema, EmissionSettings]]:
    """A random schema for each seed, each in a package of its own."""
    corpus: list[tuple[AppSchema, EmissionSettings]] = []
    for seed in seeds:
        package = f"drawn{seed}"
        app = random_app(seed, package=package, hostile=hostile, longest=longest)
        adapters = (("clock", f"{package}.clock:now"),) if seed % 2 else ()
        jsonrpc = "/jsonrpc" if seed % 2 else None
        own = settings(package, web=WEB[seed % 3], adapters=adapters, jsonrpc=jsonrpc)
        corpus.append((app, own))
    return corpus
