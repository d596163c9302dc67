"""What is not JSON, or too much of it: refused with a 4xx, quickly, and without much memory."""

import json
import random
import time
import tracemalloc
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from pydantic_core import core_schema as cs
from web_world import DATASTAR, JSON, Client, make_app

from starmodel.errors import BadRequest, InvalidArguments
from starmodel.web import Argument, Arguments
from starmodel.web.validation import json_body

TYPE = {"content-type": "application/json"}

NOT_JSON: list[bytes] = [
    *(b"[1 true]", b"[a\xe5]", b'["": 1]', b'[""],', b"[,1]", b"[1,,2]", b'["x"]]', b'["",]'),
    *(
        b'["x"',
        b"[x",
        b"[3[4]]",
        b"[\xff]",
        b"[1:2]",
        b"[,]",
        b"[-]",
        b"[   , 1]",
        b'["a",\n4\n,1,',
    ),
    *(b"[1,]", b"[1,,]", b'["\ta"]', b"[1", b"[1,\n1\n,1", b"[{}", b"[fals]", b"[nul]", b"[tru]"),
    *(b"[++1234]", b"[+1]", b"[+Inf]", b"[-01]", b"[-1.0.]", b"[-2.]", b"[-NaN]", b"[.-1]"),
    *(b"[.2e-3]", b"[0.1.2]", b"[0.3e+]", b"[0.3e]", b"[0.e1]", b"[0E+]", b"[0E]", b"[1.0e+]"),
    *(b"[1.0e-]", b"[1.0e]", b"[1 000.0]", b"[1eE2]", b"[2.e+3]", b"[2.e3]", b"[9.e+]", b"[Inf]"),
    *(b"[NaN]", b"[\xef\xbc\x91]", b"[1+2]", b"[0x1]", b"[0x42]", b"[Infinity]", b"[0e+-1]"),
    *(b"[-123.123foo]", b"[123\xe5]", b"[1e1\xe5]", b"[-Infinity]", b"[-foo]", b"[- 1]", b"[-012]"),
    *(
        b"[-.123]",
        b"[-1x]",
        b"[1ea]",
        b"[1.]",
        b"[.123]",
        b"[1.2a-3]",
        b"[1.8011670033376514H-308]",
    ),
    *(b"[012]", b'["x", truth]', b'{[: "x"}', b'{"x", null}', b'{"x"::"b"}', b"{\xf0\x9f\x87\xa8}"),
    *(b'{"a":"a" 123}', b"{key: 'value'}", b'{"a" b}', b'{:"b"}', b'{"a":', b'{"a"', b"{1:1}"),
    *(b"{9999E9999:1}", b"{null:null,null:null}", b'{"id":0,,,,,}', b"{'a':0}", b'{"id":0,}'),
    *(b'{"a":"b"}/**/', b'{"a":"b"}/**//', b'{"a":"b"}//', b'{"a":"b"}/', b'{"a":"b",,"c":"d"}'),
    *(b'{a: "b"}', b'{"a":"a', b'{ "foo" : "bar", "a" }', b'{"a":"b"}#', b" ", b'["\\uD800\\"]'),
    *(b'["\\uD800\\u"]', b'["\\uD800\\u1"]', b'["\\uD800\\u1x"]', b"[\xc3\xa9]", b'["\\x00"]'),
    *(b'["\\\\\\"]', b'["\\\t"]', b'["\\\xf0\x9f\x8c\x80"]', b'["\\"]', b'["\\u00A"]', b'["\\u"]'),
    *(b'["\\uD834\\uDd"]', b'["\\uD800\\uD800\\x"]', b'["\\u\xe5"]', b'["\\a"]', b'["\\uqqqq"]'),
    *(
        b'["\\\xe5"]',
        b"[\\u0020asd]",
        b"[\\n]",
        b'"',
        b"['single quote']",
        b"abc",
        b'["\\',
        b'["a\0a"]',
    ),
    *(
        b'["new\nline"]',
        b'["\t"]',
        b'"\\UA66D"',
        b'""x',
        b"<.>",
        b"[<null>]",
        b"[1]x",
        b"[1]]",
        b'["asd]',
    ),
    *(
        b"a\xc3\xa5",
        b"[True]",
        b"1]",
        b'{"x": true,',
        b"[][]",
        b"]",
        b"\xef\xbb\xbf{}",
        b"\xe5",
        b"[",
    ),
    *(
        b"2@",
        b"{}}",
        b'{"":',
        b'{"a":/*comment*/"b"}',
        b'{"a": true} "x"',
        b"['",
        b"[,",
        b"[{",
        b'["a',
    ),
    *(
        b"{]",
        b"{,",
        b"{[",
        b'{"a',
        b"{'a'",
        b'["\\{["\\{["\\{["\\{',
        b"*",
        b'[\\u000A""]',
        b"[1\x0c]",
    ),
    *(b'{"a": "b', b"\x00", b"\xff\xfe{\x00}\x00", b"{\x00}\x00", b"\x00{\x00}", b'{"a"\xa0: 1}'),
]
NO_OBJECT: list[bytes] = [
    b"[]",
    b"[1]",
    b"1",
    b"null",
    b"true",
    b'"text"',
    b"-0",
    b"1e5",
    b'[{"a":1}]',
]
HIDDEN: list[bytes] = [
    # All of these are fine as far as the argument goes.
    *(b'{"amount":1,"x":NaN}', b'{"amount":1,"x":[-Infinity]}', b'{"amount":1,"x":Infinity}'),
    *(
        b'{"amount":1,"x":"\xff"}',
        b'{"amount":1,"x":"\xed\xa0\x80"}',
        b'{"amount":1,"x":"\\ud800"}',
    ),
    *(
        b'{"amount":1,"\\udc00":1}',
        b'{"amount":1,"x":"\\udc00\\ud800"}',
        b'{"amount":1,"x":"\x01"}',
    ),
    *(
        b'{"amount":1,"x":01}',
        b'{"amount":1}}',
        b'{"amount":1,}',
        b'{"amount":1}\x00',
        b'{"amount":1',
    ),
]
BOMBS: dict[str, bytes] = {
    "deep-arrays": b"[" * 100_000,
    "deep-closed": b"[" * 100_000 + b"]" * 100_000,
    "deep-objects": b'{"a":' * 40_000,
    "deep-member": b'{"amount":1,"x":' + b"[" * 33 + b"]" * 33 + b"}",
    "deep-mixed": b'{"amount":1,"x":' + b'[{"a":' * 20 + b"1" + b"}]" * 20 + b"}",
    "many-members": b'{"amount":1,' + b",".join(b'"%d":1' % n for n in range(20_000)) + b"}",
    "many-members-few": b'{"amount":1,' + b",".join(b'"%d":1' % n for n in range(1_100)) + b"}",
    "many-items": b'{"amount":1,"x":[' + b"1," * 100_000 + b"1]}",
    "many-empties": b'{"amount":1,"x":[' + b"{}," * 80_000 + b"1]}",
    "commas": b'{"amount":1' + b"," * 250_000,
    "colons": b'{"amount":1' + b":" * 250_000,
    "quotes": b'{"amount":1' + b'"' * 250_000,
    "backslashes": b'{"amount":1,"x":"' + b"\\" * 250_000,
    "escaped-quotes": b'{"amount":1,"x":"' + b'\\"' * 120_000,
    "escapes": b'{"amount":1,"x":"' + b"\\u0041" * 40_000 + b'"}',
    "long-string": b'{"amount":1,"x":"' + b"y" * 100_000 + b'"}',
    "long-name": b'{"amount":1,"' + b"y" * 100_000 + b'":1}',
    "long-number": b'{"amount":1,"x":' + b"9" * 200_000 + b"}",
    "long-number-short": b'{"amount":1,"x":' + b"9" * 120 + b"}",
    "long-fraction": b'{"amount":1,"x":0.' + b"9" * 200_000 + b"}",
    "long-exponent": b'{"amount":1,"x":1e' + b"9" * 200_000 + b"}",
    "long-amount": b'{"amount":' + b"9" * 4_000 + b"}",
    "long-amount-text": b'{"amount":"' + b"9" * 4_400 + b'"}',
    "long-word": b'{"amount":1,"x":' + b"t" * 250_000 + b"}",
    "minuses": b'{"amount":' + b"-" * 250_000,
    "spaces": b" " * 250_000,
    "newlines": b'{"amount":' + b"\n" * 250_000,
    "nuls": b"\0" * 250_000,
    "not-utf-8": b'{"amount":1,"x":"' + b"\xff" * 200_000 + b'"}',
    "surrogates": b'{"amount":1,"x":"' + b"\\ud800" * 30_000 + b'"}',
    "same-name": b'{"amount":1' + b',"amount":1' * 20_000 + b"}",
    "same-name-few": b'{"amount":1' + b',"amount":1' * 500 + b"}",
    "same-name-escaped": b'{"amount":1,"\\u0061mount":2}',
}


def test_there_are_enough_of_them() -> None:
    assert len(NOT_JSON) >= 160
    assert len(set(NOT_JSON)) == len(NOT_JSON)


@pytest.mark.parametrize("body", [*NOT_JSON, *NO_OBJECT, *HIDDEN], ids=repr)
async def test_what_is_not_a_json_object_is_refused(body: bytes) -> None:
    client = Client(make_app())
    await client.ask("/counter")
    answer = await client.send("POST", "/counter/increment", body, JSON, TYPE)
    assert (answer.status, answer.json["status"]) == (400, 400)
    answer = await client.send("POST", "/counter/increment", body, DATASTAR, TYPE)
    assert answer.message("increment").startswith("The body ")
    query = f"datastar={quote_from_bytes(body)}"
    for method, path in (("GET", "/counter/peek"), ("DELETE", "/counter/any")):
        answer = await client.send(method, f"{path}?{query}", b"", JSON)
        assert answer.status == 400
    assert (await client.ask("/counter"))["state"]["count"] == 0


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_does_not_go_off(name: str) -> None:
    body = BOMBS[name]

    client = Client(make_app())
    await client.ask("/counter")
    for kind in (JSON, DATASTAR):
        tracemalloc.start()
        begin = time.process_time()
        answer = await client.send("POST", "/counter/increment", body, kind, TYPE)
        seconds = time.process_time() - begin
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        if kind is JSON:
            assert answer.status in (400, 413, 422)
        else:
            assert answer.status == 200
            assert "errors" in answer.signals
            assert "counter" not in answer.signals
        # Tracing makes this ten times slower than it is.
        assert seconds < 0.5
        assert peak < 20 * 2**20
        assert len(answer.body) < 2_000
    query = f"datastar={quote_from_bytes(body)}"
    answer = await client.send("GET", f"/counter/peek?{query}", b"", JSON)
    assert answer.status in (400, 413, 422)
    assert (await client.ask("/counter"))["state"]["count"] == 0


def test_limits_leave_room_for_what_is_usual() -> None:
    arguments = Arguments(a=Argument(cs.any_schema()))
    deep: Any = 1
    for _ in range(30):
        deep = [deep]
    for value in (
        deep,
        "x" * 65_000,
        "\\" * 30_000,
        list(range(990)),
        {str(number): number for number in range(990)},
        10**99,
        "9" * 60_000,
        1e308,
        "NaN Infinity \\u0041 \U0001f600",
    ):
        body = json.dumps({"a": value}).encode()
        json_body.check(body)
        assert json_body.load(body) == {"a": value}
        assert arguments.names == ("a",)


def test_plain_bodies_and_all_others_give_the_same() -> None:
    """Whether the short way is taken or the long one must not be seen from outside."""
    seed = random.Random(7)
    arguments = Arguments(
        a=Argument(cs.int_schema(), default=1), b=Argument(cs.str_schema(), default="x")
    )
    long_way = Arguments(
        a=Argument(cs.int_schema(), default=1),
        b=Argument(cs.str_schema(), default="x"),
        # An argument that holds objects rules out the short way for all of them.
        unused=Argument(cs.list_schema(), default=[]),
    )
    pieces = [b'"a"', b'"b"', b":", b",", b"1", b'"x"', b"{", b"}", b"[", b"]", b"null", b" ", b"-"]
    pieces += [b'"\\u0061"', b"NaN", b"1e400", b'"\xff"', b"9" * 120, b'"a":1', b'"b":"y"', b"true"]
    shapes: set[type] = set()
    for _ in range(4_000):
        middle = b"".join(seed.choice(pieces) for _ in range(seed.randrange(1, 9)))
        body = b"{" + middle + b"}" if seed.random() < 0.9 else middle
        results = [_outcome(each, body) for each in (arguments, long_way)]
        assert results[0] == results[1], body
        shapes.add(type(results[0]))
    assert shapes == {dict, str, tuple}


def _outcome(arguments: Arguments, body: bytes) -> object:
    try:
        values = arguments._read_json(body, {})  # pyright: ignore[reportPrivateUsage]
    except BadRequest:
        # Which of its faults is found first is not the subject.
        return "bad"
    except InvalidArguments as error:
        return tuple((each.name, each.type) for each in error.errors)
    return {name: values[name] for name in ("a", "b")}
