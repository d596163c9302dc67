"""What came back from an app, read the way a program or a page reads it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event of an event stream.

    Attributes:
        type: What stands behind `event:`, such as `datastar-patch-signals`.
        data: The `data:` lines by their first word; the lines of one word are joined.
    """

    type: str
    data: Mapping[str, str]

    @property
    def signals(self) -> dict[str, Any]:
        """The signals it patches; empty for an event of another type."""
        return cast("dict[str, Any]", json.loads(self.data.get("signals", "{}")))


@dataclass(frozen=True, slots=True)
class ClientResponse:
    """A whole answer.

    Attributes:
        status: The HTTP status.
        headers: The headers by name in lower case; cookies are the client's matter.
        body: The body as it was sent.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON; a `ValueError` if it is none."""
        return json.loads(self.body)

    @property
    def state(self) -> dict[str, Any]:
        """The public fields of the entity, of a JSON answer.

        Raises:
            AssertionError: It is another answer, an error perhaps; the message shows it.
        """
        return cast("dict[str, Any]", self._part("state"))

    @property
    def version(self) -> int:
        """How often the entity has been saved, of a JSON answer."""
        return cast("int", self._part("version"))

    @property
    def result(self) -> Any:
        """What the event returned, of a JSON answer."""
        return self._part("result")

    @property
    def errors(self) -> dict[str, str]:
        """What was wrong with each argument, of a problem document."""
        return {error["name"]: error["message"] for error in self.json.get("errors", [])}

    @property
    def events(self) -> list[ServerSentEvent]:
        """The events of an event stream."""
        return read_events(self.text)

    @property
    def signals(self) -> dict[str, Any]:
        """All signals that the events patch, put together."""
        signals: dict[str, Any] = {}
        for event in self.events:
            merge(signals, event.signals)
        return signals

    def _part(self, name: str) -> object:
        is_json = self.headers.get("content-type", "").startswith("application/json")
        document: object = self.json if is_json else None
        if not isinstance(document, dict) or name not in document:
            raise AssertionError(f"the answer has no {name}: {self.status} {self.text[:500]}")
        return cast("dict[str, object]", document)[name]


def read_events(text: str) -> list[ServerSentEvent]:
    """Read a text in the format of server-sent events, comments left out.

    A line ends with CR, LF or both, as the HTML standard says.
    """
    events: list[ServerSentEvent] = []
    kind, data = "", dict[str, list[str]]()
    for line in _LINE_END.split(text):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if line == "":
            if kind:
                lines = {word: "\n".join(values) for word, values in data.items()}
                events.append(ServerSentEvent(kind, lines))
            kind, data = "", {}
        elif field == "event":
            kind = value
        elif field == "data":
            word, _, rest = value.partition(" ")
            data.setdefault(word, []).append(rest)
    return events


def merge(signals: dict[str, Any], patch: Mapping[str, Any]) -> None:
    """Merge a patch into signals, as RFC 7386 says: `None` removes."""
    for name, value in patch.items():
        if value is None:
            signals.pop(name, None)
        elif isinstance(value, dict):
            inner = signals.get(name)
            if not isinstance(inner, dict):
                inner = signals[name] = {}
            merge(cast("dict[str, Any]", inner), cast("dict[str, Any]", value))
        else:
            signals[name] = value
