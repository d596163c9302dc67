"""`starmodel audit`: what the log says."""

import json
from pathlib import Path
from typing import Annotated

import typer

from starmodel_audit.log import AuditLog

app = typer.Typer(help="Show who did what.")


@app.callback(invoke_without_command=True)
def audit(
    file: Annotated[Path | None, typer.Option(help="The log.")] = None,
    event: Annotated[str, typer.Option(help="Only this event, or those of this entity.")] = "",
    actor: Annotated[str, typer.Option(help="Only what this actor did.")] = "",
    last: Annotated[int, typer.Option(min=1, help="How many lines at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Give JSON, a line each.")] = False,
) -> None:
    """Show who did what, the latest last.

    Examples:

      starmodel audit --event product --last 20

      starmodel audit --actor ann --json | jq .arguments
    """
    log = AuditLog(file)
    if not log.path.exists():
        typer.echo(f"error: there is no audit log {log.path}", err=True)
        raise typer.Exit(2)
    found = [
        line
        for line in log.read()
        if event in ("", line["event"], line["event"].partition(".")[0])
        and actor in ("", line["actor"])
    ]
    for line in found[-last:]:
        if as_json:
            typer.echo(json.dumps(line))
        else:
            given = " ".join([f"{name}={value!r}" for name, value in line["arguments"].items()])
            who, id = _printable(line["actor"] or "-"), _printable(line["id"])
            typer.echo(f"{line['time']}  {who:<12}  {line['event']} {id} {given}".rstrip())


def _printable(text: str) -> str:
    """Return a text as it is, unless it would do something to a terminal."""
    return text if text.isprintable() else repr(text)
