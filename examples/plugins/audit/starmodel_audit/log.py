"""The audit log: a file with one JSON object a line, one for each event that was committed."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from starmodel import CommandRecord

DEFAULT = "audit.jsonl"
"""The file, where `STARMODEL_AUDIT_FILE` names no other."""


class AuditLog:
    """Writes events down: `app.services.bus.subscribe(AuditLog().write)`.

    The nodes of an app may share the file, if they run on one machine: each line is written at once.

    Args:
        path: The file; by default the one that `STARMODEL_AUDIT_FILE` names.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path or os.environ.get("STARMODEL_AUDIT_FILE") or DEFAULT)

    def write(self, record: CommandRecord) -> None:
        """Append an event. Arguments that are secrets are not in its record to begin with."""
        line = {
            "time": datetime.fromtimestamp(record.time, UTC).isoformat(timespec="milliseconds"),
            "actor": record.actor.id,
            "event": f"{record.entity}.{record.event}",
            "id": record.id,
            "arguments": record.arguments,
            "changed": record.changed,
            "version": record.version,
        }
        with self.path.open("ab", buffering=0) as file:
            file.write(to_json(line, fallback=str) + b"\n")

    def read(self) -> Iterator[dict[str, Any]]:
        """Yield what was written, the oldest first; nothing where there is no file."""
        if self.path.exists():
            with self.path.open(encoding="utf-8") as file:
                yield from map(json.loads, file)
