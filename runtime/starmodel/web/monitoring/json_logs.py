"""Logs as JSON: one object a line, with the id of the request that led to it."""

import json
import logging
from datetime import UTC, datetime
from typing import Final

from starmodel.observation import OBSERVATION
from starmodel.web.monitoring.observer import ObservedRequest

logger = logging.getLogger("starmodel.access")

_ACCESS_LOGS: Final = ("uvicorn.access", "hypercorn.access", "gunicorn.access")
"""What servers log of each request: its query string as well, in which arguments may stand."""

_STANDARD: Final = frozenset(
    [*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"]
)
"""What every record has; anything else was given as `extra`."""


class JsonFormatter(logging.Formatter):
    """Writes a record as a JSON object: `time`, `level`, `logger`, `message`, and what it has besides.

    That is `request_id` and, with traces, `trace_id` while a request is answered; what was given as
    `extra`; `exception`.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        observation = OBSERVATION.get()
        if observation is not None:
            fields |= {"request_id": observation.id, **observation.fields}
        fields |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            fields["stack"] = self.formatStack(record.stack_info)
        return json.dumps(fields, default=str)


def log_as_json() -> None:
    """Have the process log as JSON: to where it logs already, or to standard error.

    Handlers of kinds of their own, such as those of a logging service, stay as they are.
    """
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    known = [one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    for one in (root, *known):
        for handler in one.handlers:
            if type(handler) is logging.StreamHandler:
                handler.setFormatter(JsonFormatter())
    ours = logging.getLogger("starmodel")
    if ours.level == logging.NOTSET:
        ours.setLevel(logging.INFO)
    for name in _ACCESS_LOGS:
        logging.getLogger(name).disabled = True


class AccessLog:
    """Logs each request when it is over: which route, and how it went, and nothing that was sent."""

    def begin(self, request: ObservedRequest) -> None:
        """Do nothing."""

    def answer(self, request: ObservedRequest) -> None:
        """Do nothing."""

    def end(self, request: ObservedRequest) -> None:
        """Log the request."""
        method, place = request.scope["method"], request.place or request.scope["path"]
        fields = {
            "method": method,
            "route" if request.place else "path": place,
            "status": request.status,
            "duration_ms": round(request.duration * 1000, 3),
        }
        for entity, event, outcome, reruns in request.events:
            fields |= {"event": f"{entity}.{event}", "outcome": outcome}
            if reruns:
                fields["reruns"] = reruns
        logger.info("%s %s %d", method, place, request.status, extra=fields)
