"""`starmodel call`: run an operation of the app without HTTP."""

import difflib
import json
from collections.abc import Mapping, Sequence, Set
from typing import Annotated, Any, cast

import typer

from starmodel.web.operations.operation_table import BoundOperation, OperationTable, Outcome
from starmodel.web.routing.request import Request
from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import write_stderr, write_stdout
from starmodel_generator.cli.operations.local_app import (
    SESSION,
    LocalApp,
    Roles,
    Session,
    User,
    actor_of,
    cannot_run,
    stdin_text,
)

_OWN = "the options of `call` are --json, --as, --role, --session and --help"


def call(
    context: typer.Context,
    operation: Annotated[
        str | None,
        typer.Argument(
            metavar="[OPERATION]", help="What to run: counter.increment.", show_default=False
        ),
    ] = None,
    given: Annotated[
        str | None,
        typer.Option("--json", metavar="OBJECT", help="Arguments as JSON; - reads it from stdin."),
    ] = None,
    user: User = None,
    roles: Roles = None,
    session: Session = SESSION,
    wants_help: Annotated[
        bool, typer.Option("--help", "-h", help="Show this, or what an operation takes.")
    ] = False,
) -> None:
    """Run an operation of the app in this process, through the app's stores, and show its result.

    Without an operation, list all of them. Arguments are options of their own names. Who may, what
    fits and what is refused is as over HTTP; only who acts is said by --as.

    Examples:

      starmodel call

      starmodel call counter.increment --amount 2

      starmodel call product.update --id 01h4 --json '{"price": "2.50"}' --as anna

      starmodel call product.restock --help
    """
    if operation is None and wants_help:
        typer.echo(context.get_help())
        return
    if operation is None and context.args:
        raise cannot_run(f"{context.args[0]} belongs to no operation", "name the operation first")
    app = LocalApp()
    if operation is None:
        write_stdout(_list(app.table))
        return
    chosen = app.table.find(operation)
    if chosen is None:
        names = [each.operation.name for each in app.table]
        near = difflib.get_close_matches(operation, names, 1)
        help = f"did you mean `{near[0]}`?" if near else "`starmodel call` lists the operations"
        raise cannot_run(f"there is no operation `{operation}`", help)
    own = {option[2:] for each in context.command.params for option in each.opts}
    _refuse_shared(context.obj, chosen, own)
    if wants_help:
        write_stdout(_help(chosen, own))
        return
    arguments = _json_object(given)
    texts = read_flags(context.args, chosen)
    if chosen.has_id:
        arguments |= {name: text for name, text in texts if name == "id"}
        texts = [each for each in texts if each[0] != "id"]

    async def work(request: Request) -> Outcome:
        return await chosen.run(request, arguments, texts)

    app.warn_of_secret([chosen])
    outcome = app.run(work, actor_of(user, roles), session)
    if outcome.is_problem:
        write_stderr(_problem(outcome))
        raise typer.Exit(exit_codes.DIAGNOSTICS)
    if chosen.operation.effect != "none" and not app.is_persistent(chosen):
        write_stderr("note: this is kept in memory, so what was changed is gone with this process")
    write_stdout(json.dumps(outcome.value, indent=2, ensure_ascii=False) + "\n")


def _refuse_shared(words: Sequence[str], operation: BoundOperation, own: Set[str]) -> None:
    """Refuse an option behind the operation that `call` has itself, where it is an argument too."""
    name, shared = operation.operation.name, own & {*operation.json_schema["properties"]}
    for word in words[words.index(name) + 1 :]:
        if word == "--":
            return
        option = word.partition("=")[0]
        if option.startswith("--") and option[2:] in shared:
            raise cannot_run(
                f"{option} is an option of `call`, and `{name}` takes an argument of that name",
                "give the argument by --json; what is meant for `call` stands in front of the"
                f" operation: `starmodel call {option} ... {name} ...`",
            )


def read_flags(words: Sequence[str], operation: BoundOperation) -> list[tuple[str, str]]:
    """Read arguments off the command line: `--amount 2`, `--amount=2`, `--is-urgent`.

    One that is a list may come several times.
    """
    properties: Mapping[str, Any] = operation.json_schema["properties"]
    name = operation.operation.name
    found: dict[str, list[str]] = {}
    pending = list(words)
    while pending:
        word = pending.pop(0)
        if not word.startswith("--") or word == "--":
            raise cannot_run(
                f"`{word}` belongs to no argument",
                f"`starmodel call {name} --help` says what there is",
            )
        flag, equals, text = word[2:].partition("=")
        argument = flag if flag in properties else flag.replace("-", "_")
        if argument not in properties:
            near = difflib.get_close_matches(argument, properties, 1)
            known = ", ".join(f"--{each}" for each in properties) or "none"
            raise cannot_run(
                f"`{name}` takes no argument --{flag}",
                f"did you mean --{near[0]}?" if near else f"it takes: {known}; {_OWN}",
            )
        kinds = _kinds(properties[argument])
        if not equals:
            is_next = bool(pending) and not pending[0].startswith("--")
            if not is_next and kinds != {"boolean"}:
                raise cannot_run(f"--{flag} needs a value: {_type(properties[argument])}")
            text = pending.pop(0) if is_next else "true"
        if argument in found and "array" not in kinds:
            raise cannot_run(f"--{flag} is given twice")
        found.setdefault(argument, []).append(text)
    return [pair for each in found.items() for pair in operation.text_pairs(*each)]


def _json_object(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    help = """as in --json '{"amount": 2}'"""
    try:
        value: object = json.loads(stdin_text() if text == "-" else text)
    except ValueError as error:
        raise cannot_run(f"--json is not valid JSON: {error}", help) from None
    if not isinstance(value, dict):
        raise cannot_run("--json is no object", help)
    return cast("dict[str, Any]", value)


def _list(table: OperationTable) -> str:
    rows = [(each.operation.name, each.operation.about) for each in table]
    width = max([len(name) for name, _ in rows], default=0)
    return "".join([f"{name:<{width}}  {about}\n" for name, about in rows])


def _help(operation: BoundOperation, own: Set[str]) -> str:
    """Describe an operation: what it does, who may, what it takes.

    Options of `call` itself are `own`; an argument that is called so is given as JSON.
    """
    schema = operation.json_schema
    properties: Mapping[str, Any] = schema["properties"]
    required: Sequence[str] = schema.get("required", ())
    name = operation.operation.name
    needed = [f"--{each} {_type(properties[each])}" for each in required if each not in own]
    if not own.isdisjoint(required):
        needed.append("--json OBJECT")
    usage = " ".join(needed)
    lines = [
        f"Usage: starmodel call {name} {usage}".rstrip(),
        "",
        operation.operation.about,
        f"Over HTTP: {operation.operation.route}. Who may: {operation.operation.access}.",
    ]
    rows = [
        (
            each if each in own else f"--{each}",
            _type(described),
            " ".join([_note(each, described, required), *(["By --json."] if each in own else [])]),
        )
        for each, described in properties.items()
    ]
    if rows:
        first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
        lines += ["", "Arguments:"]
        lines += [f"  {a:<{first}}  {b:<{second}}  {c}".rstrip() for a, b, c in rows]
    return "\n".join(lines) + "\n"


def _note(name: str, described: Mapping[str, Any], required: Sequence[str]) -> str:
    notes = [str(described["description"])] if "description" in described else []
    if name in required:
        notes.append("Required.")
    elif described.get("default") is not None:
        notes.append(f"Default: {json.dumps(described['default'], ensure_ascii=False)}.")
    return " ".join(notes)


def _kinds(described: Mapping[str, Any]) -> set[str]:
    """Return the JSON types that an argument may have, apart from null; none for any."""
    if "$ref" in described:
        return {"object"}
    several: Sequence[Mapping[str, Any]] = described.get("anyOf", described.get("oneOf", ()))
    if several:
        return set[str]().union(*map(_kinds, several))
    given: str | list[str] = described.get("type", [])
    return {*([given] if isinstance(given, str) else given)} - {"null"}


def _type(described: Mapping[str, Any]) -> str:
    if "enum" in described:
        return "|".join(map(str, described["enum"]))
    return "|".join(sorted(_kinds(described))).upper() or "JSON"


def _problem(outcome: Outcome) -> str:
    problem: Mapping[str, Any] = outcome.value
    lines = [f"error: {problem['title']} ({problem['status']}): {problem['detail']}"]
    for error in problem.get("errors", ()):
        lines.append(f"  {error['name'] or '-'}: {error['message']}")
    return "\n".join(lines)
