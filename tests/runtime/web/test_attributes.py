"""Data in attributes is read back exactly, and holds nothing that Datastar rewrites."""

import json
import random
from html import unescape
from typing import Any

import pytest

from starmodel.web.datastar.attributes import encode_data, escape, escape_attribute

PIECES = [
    *("'", '"', "\\", "`", "$", "@", ";", "/", "<", ">", "&", "\n", "\r", "\0", "\x7f", "\u2028"),
    *("@get('/x')", "bob@home(1)", "$counter.count", "${1}", "</script>", "<!--", "]]>", "&quot;"),
    *("\U0001f595JS_DS\U0001f680", "\U0001f595", "\ud800", "é", "日", "__proto__", "{{", "a", " "),
]


def test_every_text_comes_back() -> None:
    seed = random.Random(3)
    for _ in range(5_000):
        text = "".join(seed.choice(PIECES) for _ in range(seed.randrange(8)))
        value: Any = {"a": text, text.replace("__proto__", "x"): [text]}
        code = encode_data(value)
        assert code.isascii()
        assert not set(code) & set("<>&'@$`;/\x7f\r\n")
        assert json.loads(code) == value
        attribute = escape_attribute(value)
        assert not set(attribute) & set("\"<>'")
        assert unescape(attribute) == code
        assert unescape(escape(text)) == text.replace("\0", "\0")


def test_values_that_are_no_data() -> None:
    value: list[Any] = [1, 1.5, True, None, "a", {"b": []}]
    assert encode_data(value) == '[1,1.5,true,null,"a",{"b":[]}]'
    for number in (float("nan"), [float("inf")], {"a": float("-inf")}):
        with pytest.raises(ValueError):
            encode_data(number)
    with pytest.raises(TypeError):
        encode_data(object())


def test_a_member_never_sets_a_prototype() -> None:
    assert encode_data({"__proto__": {"__proto__": 1}}) == '{["__proto__"]:{["__proto__"]:1}}'
    assert encode_data({"a": 1, "__proto__": '"__proto__":'}) == (
        '{"a":1,["__proto__"]:"\\"__proto__\\":"}'
    )
    odd = {'x"__proto__': 1, 'x,"__proto__': 2, "x": ["__proto__"]}
    assert json.loads(encode_data(odd)) == odd
