"""Who a browser is: nobody can make himself somebody else."""

import base64
import gc
import hashlib
import logging
import tracemalloc
from collections.abc import Iterator

import pytest
from itsdangerous import Signer, TimestampSigner
from web_world import JSON, SECRET, Client, make_app

from starmodel.errors import ConfigurationError
from starmodel.settings import Settings
from starmodel.web.http.session import SignedSession, only_cookie

DAY = 24 * 3600.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def value_of(identity: SignedSession, session: str, *, secure: bool = False) -> str:
    cookie = identity.cookie(session, secure=secure).decode()
    return cookie.partition("=")[2].partition(";")[0]


def found(identity: SignedSession, cookies: str, *, secure: bool = False) -> str | None:
    session = identity.find(cookies.encode("latin-1"), secure=secure)
    return None if session is None else session.id


def bent_cookies() -> Iterator[tuple[str, str]]:
    """Values of the cookie that nobody has signed, or not for this."""
    identity = SignedSession([SECRET])
    good = value_of(identity, "victim-of-the-test")
    id, timestamp, signature = good.split(".")
    for number, place in enumerate(range(0, len(good), 7)):
        flipped = chr(ord(good[place]) ^ 1)
        yield f"bit-{number}", good[:place] + flipped + good[place + 1 :]
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for step in (1, 2, 3):
        # The last character of the signature has two bits that count for nothing.
        other = last[(last.index(good[-1]) // 4) * 4 + step]
        other = other if other != good[-1] else last[(last.index(good[-1]) // 4) * 4]
        yield f"unused-bits-{step}", good[:-1] + other
    yield "padded", good + "="
    yield "padded-twice", good + "=="
    yield "noise-in-signature", f"{id}.{timestamp}.{signature[:5]}!{signature[5:]}"
    yield "space-in-signature", f"{id}.{timestamp}.{signature[:5]} {signature[5:]}"
    yield "plus-alphabet", f"{id}.{timestamp}.{signature.replace('-', '+').replace('_', '/')}+"
    yield "quoted", f'"{good}"'
    yield "cut", good[:-1]
    yield "half", good[: len(good) // 2]
    yield "longer", good + "A"
    yield "no-signature", f"{id}.{timestamp}"
    yield "empty-signature", f"{id}.{timestamp}."
    yield "no-timestamp", f"{id}.{signature}"
    yield "swapped", f"{timestamp}.{id}.{signature}"
    yield "other-id", f"somebody-else.{timestamp}.{signature}"
    yield "id-only", "victim-of-the-test"
    yield "empty", ""
    yield "dots", "..."
    yield "nul", f"{good}\0"
    yield "not-ascii", f"{good[:-1]}é"
    yield "upper", good.upper()
    yield "later", f"{id}.{base64.urlsafe_b64encode(b'zzzz').decode().rstrip('=')}.{signature}"
    other_key = SignedSession(["another key that is long enough for it"])
    yield "other-key", value_of(other_key, "victim-of-the-test")
    yield "empty-key", value_of(SignedSession(["x"]), "victim-of-the-test")
    salted = TimestampSigner(SECRET, salt="another", digest_method=hashlib.sha256)
    yield "other-salt", salted.sign("victim-of-the-test").decode()
    undated = Signer(SECRET, salt="starmodel.session", digest_method=hashlib.sha256)
    yield "undated", undated.sign("victim-of-the-test").decode()
    weaker = TimestampSigner(SECRET, salt="starmodel.session", digest_method=hashlib.sha1)
    yield "other-digest", weaker.sign("victim-of-the-test").decode()
    unkeyed = TimestampSigner(b"", salt="starmodel.session", digest_method=hashlib.sha256)
    yield "no-key", unkeyed.sign("victim-of-the-test").decode()
    yield "secure-prefix", f"__Host-{good}"
    yield "two-values", f"{good},{good}"


BENT = dict(bent_cookies())


def test_there_are_at_least_forty_bent_cookies() -> None:
    assert len(BENT) >= 40
    assert len(set(BENT.values())) == len(BENT)
    identity = SignedSession([SECRET])
    good = value_of(identity, "victim-of-the-test")
    assert found(identity, f"starmodel={good}") == "victim-of-the-test"
    assert good not in BENT.values()


@pytest.mark.parametrize("name", BENT)
def test_no_bent_cookie_is_accepted(name: str) -> None:
    identity = SignedSession([SECRET])
    for _ in range(2):
        assert found(identity, f"starmodel={BENT[name]}") is None


async def test_a_bent_cookie_begins_a_new_session() -> None:
    app = make_app()
    victim = Client(app)
    await victim.post("/counter/increment", {"amount": 5})
    mallory = Client(app)
    mallory.cookies["starmodel"] = victim.cookies["starmodel"][:-2] + "xx"
    state = (await mallory.ask("/counter"))["state"]
    assert state["count"] == 0
    assert mallory.cookies["starmodel"].partition(".")[0] not in victim.cookies["starmodel"]


def test_a_cookie_is_signed_as_itsdangerous_signs_it() -> None:
    signer = TimestampSigner(
        SECRET, salt="starmodel.session", key_derivation="hmac", digest_method=hashlib.sha256
    )
    identity = SignedSession([SECRET])
    value = value_of(identity, "one")
    assert signer.unsign(value, max_age=10) == b"one"
    assert found(identity, f"starmodel={signer.sign('two').decode()}") == "two"


def test_of_two_cookies_neither_is_taken() -> None:
    identity = SignedSession([SECRET])
    one, two = value_of(identity, "one"), value_of(identity, "two")
    assert found(identity, f"starmodel={one}") == "one"
    assert found(identity, f"starmodel={one}; starmodel={two}") is None
    assert found(identity, f"starmodel={one}; x=1; starmodel={one}") is None
    assert found(identity, f"starmodel={one};starmodel=") is None
    assert found(identity, f"starmodel={one}; Starmodel={two}; xstarmodel={two}") == "one"
    assert only_cookie(b"a=1; b=2=3; c", b"b") == b"2=3"
    assert only_cookie(b"a=1; b=2=3; c", b"c") is None


def test_over_https_the_cookie_is_bound_to_the_host() -> None:
    identity = SignedSession([SECRET])
    cookie = identity.cookie("one", secure=True).decode()
    assert cookie.startswith("__Host-starmodel=one.")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
    value = value_of(identity, "one", secure=True)
    assert found(identity, f"__Host-starmodel={value}", secure=True) == "one"
    # What a network in between could have set over http counts for nothing.
    assert found(identity, f"starmodel={value}", secure=True) is None
    assert "Secure" not in identity.cookie("one", secure=False).decode()
    assert "Domain" not in cookie


def test_a_session_ends_when_nobody_comes_back_and_is_renewed_when_somebody_does() -> None:
    clock = Clock()
    identity = SignedSession([SECRET], max_age=int(10 * DAY), clock=clock)
    cookies = f"starmodel={value_of(identity, 'one')}".encode()
    for days, expected in ((0, False), (4.9, False), (5, True), (9.9, True)):
        clock.now = 1_800_000_000.0 + days * DAY
        session = identity.find(cookies, secure=False)
        assert session is not None
        assert (session.id, session.is_due) == ("one", expected)
    clock.now = 1_800_000_000.0 + 10 * DAY + 2
    assert identity.find(cookies, secure=False) is None
    # A node signs it whose clock is ahead of the one that reads it.
    clock.now = 1_800_000_000.0 - 300
    assert identity.find(b"y=1; " + cookies, secure=False) is not None
    clock.now = 1_800_000_000.0 - DAY
    assert identity.find(b"x=1; " + cookies, secure=False) is None


async def test_the_answer_renews_a_cookie_that_is_due() -> None:
    clock = Clock()
    client = Client(make_app(clock=clock))
    await client.post("/counter/increment", {"amount": 5})
    first = client.cookies["starmodel"]
    clock.now += 8 * DAY
    assert (await client.ask("/counter"))["state"]["count"] == 5
    assert client.cookies["starmodel"] != first
    clock.now += 8 * DAY
    assert (await client.ask("/counter"))["state"]["count"] == 5


async def test_keys_can_be_changed_without_ending_sessions() -> None:
    old = SignedSession(["the old key, which is long enough too"])
    both = SignedSession(["the old key, which is long enough too", SECRET])
    new = SignedSession([SECRET])
    cookies = f"starmodel={value_of(old, 'one')}"
    assert found(both, cookies) == "one"
    assert found(new, cookies) is None
    assert found(new, f"starmodel={value_of(both, 'one')}") == "one"

    client = Client(make_app(Settings(secret_key="the old key, which is long enough too")))
    await client.ask("/counter")
    settings = Settings(
        secret_key=SECRET, old_secret_keys=("the old key, which is long enough too",)
    )
    client.app = make_app(settings)
    answer = await client.send("GET", "/counter", b"", JSON)
    assert answer.header("set-cookie") is None


def test_ids_are_random_and_long() -> None:
    identity = SignedSession([SECRET])
    ids = {identity.create() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(base64.urlsafe_b64decode(id)) * 8 >= 128 for id in ids)


def test_what_is_remembered_is_bounded() -> None:
    identity = SignedSession([SECRET])
    sessions = [str(number) for number in range(10_000, 25_000)]
    cookies = [f"starmodel={value_of(identity, session)}" for session in sessions]

    def use(*places: int) -> int:
        """Gives the bytes in use afterwards."""
        for place in places:
            assert found(identity, cookies[place]) == sessions[place]
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before, after = use(*range(10_000)), use(*range(10_000, 15_000))
        assert after - before < 50_000
        assert found(identity, "x=" + "y" * 100_000 + f"; {cookies[0]}") == sessions[0]
        assert use(0) - after < 50_000
    finally:
        tracemalloc.stop()


def test_without_a_key_there_is_no_session(caplog: pytest.LogCaptureFixture) -> None:
    for keys in ([], [""], [SECRET, ""]):
        with pytest.raises(ConfigurationError):
            SignedSession(keys)
    with caplog.at_level(logging.WARNING):
        SignedSession(["short"])
    assert "at least 32" in caplog.text
    assert "'short'" not in caplog.text
