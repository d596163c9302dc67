"""What is sent to every app that is measured: the same bytes to each, as a browser sends them."""

from typing import NamedTuple

from starmodel.web.http.session import SignedSession

SECRET_KEY = "a key for measurements, which signs nothing else"
HEADERS = (
    ("host", "127.0.0.1:8000"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"),
    ("accept-encoding", "gzip, deflate"),
    ("sec-fetch-site", "same-origin"),
)
EVENT_HEADERS = (
    ("accept", "text/event-stream, text/html, application/json"),
    ("datastar-request", "true"),
    ("origin", "http://127.0.0.1:8000"),
)


class Exchange(NamedTuple):
    """One request; `expected` is a part of any good answer's body."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""
    expected: str = ""


def cookie(session: str = "a-session-of-24-letters-") -> str:
    """Return the `Cookie` header of a session that the app has signed."""
    set_cookie = SignedSession([SECRET_KEY]).cookie(session, secure=False).decode("ascii")
    return set_cookie.partition(";")[0]


def post(path: str, body: str, *, expected: str = "") -> Exchange:
    """Return what a page sends for an event."""
    headers = (
        *HEADERS,
        *EVENT_HEADERS,
        ("content-type", "application/json"),
        ("content-length", str(len(body.encode()))),
        ("cookie", cookie()),
    )
    return Exchange("POST", path, headers, body, expected)


def get(path: str, *, expected: str = "", accept: str = "text/html,*/*;q=0.8") -> Exchange:
    """Return what a browser sends for a page."""
    headers = (*HEADERS, ("accept", accept), ("cookie", cookie()))
    return Exchange("GET", path, headers, "", expected)


def without_cookie(exchange: Exchange) -> Exchange:
    """Return the same from somebody who was never here before."""
    headers = tuple(header for header in exchange.headers if header[0] != "cookie")
    return exchange._replace(headers=headers)


INCREMENT = post("/counter/increment", '{"amount":"1"}', expected="event: datastar-patch-signals")
"""The counter's form, sent: Datastar posts what was typed, as text."""
