"""`starmodel inspect`: the entities as the generator understood them."""

import difflib
import json
import sys
from collections.abc import Iterable
from typing import Annotated, assert_never

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import show_diagnostics, write_stderr, write_stdout
from starmodel_generator.cli.inspection.type_text import type_text
from starmodel_generator.emission.schema_json import schema_text
from starmodel_generator.generation import inspect_folder
from starmodel_generator.planning.output_files import is_in_sql
from starmodel_schemas import (
    AccessRule,
    AppSchema,
    AuthenticatedAccess,
    Default,
    EntitySchema,
    EventSchema,
    ExpressionDefault,
    FactoryDefault,
    FieldSchema,
    HolderAccess,
    LiteralDefault,
    PolicyAccess,
    PublicAccess,
    RequiredDefault,
)


def inspect(
    entity: Annotated[
        str | None,
        typer.Argument(metavar="[ENTITY]", help="Only this one.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Give the schema as JSON.")] = False,
    as_sql: Annotated[
        bool,
        typer.Option("--sql", help="Give the SQL of entities in SQL, for SQLite and PostgreSQL."),
    ] = False,
) -> None:
    """Show the entities, their fields and their events as the generator understood them.

    Nothing is written, and nothing of the project is imported.

    Examples:

      starmodel inspect

      starmodel inspect Counter

      starmodel inspect --json | jq '.entities\\[].name'

      starmodel inspect Product --sql
    """
    if as_json and as_sql:
        write_stderr("error: --json and --sql are two answers; ask for one of them")
        raise typer.Exit(exit_codes.CANNOT_RUN)
    report = inspect_folder(".")
    show_diagnostics(report)
    schema = report.generation.schema if report.generation else None
    if report.has_errors or schema is None:
        raise typer.Exit(exit_codes.exit_code(report))
    chosen = schema.entities if entity is None else (_find(schema, entity),)
    if as_sql:
        write_stdout(_statements(schema, chosen, entity))
        return
    if as_json:
        text = schema_text(schema)
        if entity is not None:
            whole = json.loads(text)["entities"]
            text = json.dumps(whole[schema.entities.index(chosen[0])], indent=2) + "\n"
        write_stdout(text)
        return
    console = Console(width=None if sys.stdout.isatty() else 120)
    for item in chosen:
        for part in _describe(item):
            console.print(part)


def _find(schema: AppSchema, name: str) -> EntitySchema:
    """Return the entity of that name, as the class, its folder or in full."""
    for entity in schema.entities:
        if name in (entity.name, entity.snake_name, entity.qualified_name):
            return entity
    names = [entity.name for entity in schema.entities]
    near = difflib.get_close_matches(name, names, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names) or 'none'}"
    write_stderr(f"error: no entity {name}; {hint}")
    raise typer.Exit(exit_codes.CANNOT_RUN)


def _statements(schema: AppSchema, chosen: Iterable[EntitySchema], entity: str | None) -> str:
    in_sql = [each for each in chosen if is_in_sql(each)]
    if not in_sql:
        who = "no entity is" if entity is None else f"{entity} is not"
        write_stderr(
            f"error: {who} in SQL; it would need `store=StateStore.SERVER_SQL` in `model_config`"
        )
        raise typer.Exit(exit_codes.CANNOT_RUN)
    from starmodel_generator.cli.inspection.inspect_sql import statements_text

    return statements_text(schema, in_sql)


def _describe(entity: EntitySchema) -> Iterable[Text | Table]:
    title = Text(entity.name, style="bold")
    title.append(f"  {entity.source}", style="not bold dim")
    yield title
    if entity.doc:
        yield Text(f"  {entity.doc.strip().splitlines()[0]}" if entity.doc.strip() else "")
    facts = [
        f"store {entity.store}",
        f"scope {entity.scope}",
        f"access {access_text(entity.access)}",
        f"namespace ${entity.namespace}",
        f"page {entity.page}",
    ]
    if entity.ttl is not None:
        facts.append(f"kept {entity.ttl:g} s")
    if entity.cache is not None:
        facts.append(f"cache {entity.cache}")
    yield Text("  " + ", ".join(facts))
    fields = Table(box=SIMPLE_HEAD, pad_edge=True)
    for heading in ("Field", "Type", "Default", "Notes"):
        fields.add_column(heading)
    for field in entity.fields:
        fields.add_row(*map(Text, _field_row(field)))
    yield fields
    if entity.events:
        events = Table(box=SIMPLE_HEAD, pad_edge=True)
        for heading in ("Event", "Route", "Access"):
            events.add_column(heading)
        for event in entity.events:
            events.add_row(*map(Text, _event_row(event)))
        yield events


def _field_row(field: FieldSchema) -> tuple[str, str, str, str]:
    notes = {
        "private": field.private and not field.write_only,
        "write-only": field.write_only,
        "computed": field.computed,
        "primary key": field.primary_key,
        "numbered": field.identity,
        "index": field.index,
        "unique": field.unique,
        "read only": not field.writable and field.now is None,
        "frozen": field.frozen,
        f"now={field.now}": field.now is not None,
        "server default": field.server_default is not None,
    }
    bounds = field.constraints.model_dump(exclude_defaults=True)
    listed = [name for name, holds in notes.items() if holds]
    listed += [f"{name}={value}" for name, value in bounds.items()]
    default = "" if field.computed else default_text(field.default)
    return field.name, type_text(field.type), default, ", ".join(listed)


def _event_row(event: EventSchema) -> tuple[str, str, str]:
    return event.signature, f"{event.method} {event.path}", access_text(event.access)


def access_text(access: AccessRule) -> str:
    """Who may: `holder`, `public`, `authenticated` or the policy's name."""
    match access:
        case HolderAccess() | PublicAccess() | AuthenticatedAccess():
            return access.kind
        case PolicyAccess():
            return access.function
        case _:
            assert_never(access)


def default_text(default: Default) -> str:
    """A default as Python has it."""
    match default:
        case RequiredDefault():
            return "required"
        case LiteralDefault():
            return repr(default.value)
        case ExpressionDefault():
            return default.expression
        case FactoryDefault():
            return f"{default.factory}()"
        case _:
            assert_never(default)
