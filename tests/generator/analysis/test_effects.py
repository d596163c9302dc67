"""What methods do to their entity: every way to write, and nothing where only reading goes on."""

from textwrap import dedent, indent

import pytest
from analysed_source import facts, method

from starmodel_generator.analysis.positions import locate
from starmodel_generator.diagnostics.diagnostic import SourceSpan

ENTITY = """
import asyncio, bisect, copy, heapq, json, random
import time as clock
from datetime import datetime
from pathlib import Path
from time import sleep
import requests as r
from fasthtml.common import *
from shop.cards import render

def rename(item, name):
    item.name = name

def relay(item, name):
    rename(item, name)

def label(item):
    return f"{item.name}: {len(item.tags)}"

def Card(cart):
    return Div(*[Li(label(item)) for item in cart.items])

def Broken(cart):
    cart.count = 0

class Item(BaseModel):
    name: str = ""
    done: bool = False
    tags: list[str] = []

    def toggle(self):
        self.done = not self.done

    def summary(self):
        return self.name.upper()

class Cart(Entity):
    count: int = 0
    name: str | None = None
    items: list[Item] = []
    by_name: dict[str, Item] = {}
    meta: Any = None

    @property
    def total(self):
        return self.count * 2

    def find(self, name):
        return next(item for item in self.items if item.name == name)

    def size(self) -> int:
        return len(self.items)

    def touch(self):
        self.count += 1

    async def load(self):
        ...

    async def stream(self):
        yield 1

"""


def effects(body: str, *, head: str = "def run(self, text: str, other: Cart):") -> set[str]:
    """The effects of a method with that body, as `kind name`."""
    module = facts(ENTITY + indent(f"{head}\n{indent(dedent(body), '    ')}", "    "))
    return {f"{effect.kind} {effect.name}" for effect in method(module, "run").effects}


WRITES = {
    "self.count = 1": "assign count",
    "self.count += 1": "assign count",
    "self.count: int = 1": "assign count",
    "del self.count": "assign count",
    "a, self.count = 1, 2": "assign count",
    "[a, *self.items] = text": "assign items",
    "for self.count in range(3): pass": "assign count",
    "with open_it() as self.meta: pass": "assign meta",
    "[0 for self.count in text]": "assign count",
    "self.items[0] = text": "assign items",
    "del self.items[0]": "assign items",
    "self.items[0].name = text": "assign items",
    "self.items[0].tags[1:2] = []": "assign items",
    "self.by_name['a'].tags += [text]": "assign by_name",
    "setattr(self, 'count', 1)": "assign count",
    "setattr(self, text, 1)": "assign *",
    "delattr(self, 'count')": "assign count",
    "object.__setattr__(self, 'count', 1)": "assign count",
    "super().__setattr__('count', 1)": "assign count",
    "self.__setattr__('count', 1)": "assign count",
    "self.__dict__['count'] = 1": "assign __dict__",
    "self.__dict__.update(count=1)": "mutate __dict__",
    "vars(self)['count'] = 1": "assign *",
    "me = self\nme.count = 1": "assign count",
    "me = you = self\nyou.count = 1": "assign count",
    "me, n = self, 1\nme.count = 1": "assign count",
    "(me := self).count = 1": "assign count",
    "me = self if text else None\nme.count = 1": "assign count",
    "me = None or self\nme.count = 1": "assign count",
    "[self][0].count = 1": "assign count",
    "for me in [self]: me.count = 1": "assign count",
    "pair = {'me': self}\npair['me'].count = 1": "assign count",
    "match self:\n    case me: me.count = 1": "assign count",
    "def inner(): self.count = 1\ninner()": "assign count",
    "def inner(me): me.count = 1\ninner(self)": "assign count",
    "def inner(me=self): me.count = 1\ninner()": "assign count",
    "def inner(): return self\ninner().count = 1": "assign count",
    "change = lambda: setattr(self, 'count', 1)\nchange()": "assign count",
    "self.items.append(text)": "mutate items",
    "self.items.sort()": "mutate items",
    "self.by_name.setdefault(text, []).append(1)": "mutate by_name",
    "self.by_name.get(text).name = 'x'": "assign by_name",
    "self.by_name.pop(text)": "mutate by_name",
    "items = self.items\nitems.append(text)": "mutate items",
    "items = self.items\nitems += [text]": "mutate items",
    "items = self.items or []\nitems.clear()": "mutate items",
    "add = self.items.append\nadd(text)": "mutate items",
    "list.append(self.items, text)": "mutate items",
    "first = self.items[0]\nfirst.done = True": "assign items",
    "first, *rest = self.items\nrest[0].done = True": "assign items",
    "for item in self.items: item.done = True": "assign items",
    "for i, item in enumerate(self.items): item.done = True": "assign items",
    "for item in self.items[1:]: item.toggle()": "mutate items",
    "for item in sorted(self.items, key=lambda i: i.name): item.done = True": "assign items",
    "open_ones = [i for i in self.items if not i.done]\nopen_ones[0].done = True": "assign items",
    "rows = []\nfor i in self.items: rows.append(i)\nrows[0].done = True": "assign items",
    "next(i for i in self.items).done = True": "assign items",
    "copy.copy(self.items)[0].done = True": "assign items",
    "[setattr(i, 'done', True) for i in self.items]": "assign items",
    "list(map(lambda i: setattr(i, 'done', True), self.items))": "assign items",
    "list(map(lambda i: i.toggle(), self.items))": "mutate items",
    "match self.items:\n    case [first, *_]: first.done = True": "assign items",
    "match self.by_name:\n    case {'a': item}: item.done = True": "assign by_name",
    "with self.meta as m: m.write(1)": "mutate meta",
    "random.shuffle(self.items)": "mutate items",
    "heapq.heappush(self.items, text)": "mutate items",
    "bisect.insort(self.items, text)": "mutate items",
    "unknown(self.items)": "mutate items",
    "unknown(first=self.items[0])": "mutate items",
    "unknown(*self.items)": "mutate items",
    "self.meta.unknown()": "mutate meta",
    "self.meta(1)": "call meta",
    "getattr(self, 'items').append(1)": "mutate items",
    "getattr(self, text).append(1)": "mutate *",
    "rename(self.items[0], text)": "mutate items",
    "relay(self.items[0], name=text)": "mutate items",
    "self.items[0].toggle()": "mutate items",
    "self.find(text).done = True": "assign *",
    "self.find(text).toggle()": "mutate *",
    "item = self.find(text)\nitem.tags.append(1)": "mutate *",
    "await self.load().x": "call load",
    "self.touch()": "call touch",
    "touch = self.touch\ntouch()": "call touch",
    "unknown(self.touch)": "call touch",
    "getattr(self, 'touch')()": "mutate *",
    "super().touch()": "call super().touch",
    "self.inherited()": "call inherited",
    "self.total": "call total",
    "unknown(self)": "escape unknown",
    "unknown(me=self)": "escape unknown",
    "unknown([self])": "escape unknown",
    "text.save(self)": "escape text.save",
    "render(self)": "escape render",
    "Cart.touch(self)": "escape Cart.touch",
    "Broken(self)": "escape Broken",
    "other.count = 1": "assign other.count",
    "other.items.append(text)": "mutate other.items",
    "other.touch()": "mutate other.*",
    "rename(other, text)": "mutate other.*",
}


@pytest.mark.parametrize(("body", "expected"), WRITES.items(), ids=WRITES)
def test_finds_every_way_to_write(body: str, expected: str) -> None:
    assert expected in effects(body, head="async def run(self, text: str, other: Cart):")


READS = [
    "return self.count",
    "return f'{self.name} {self.items}'",
    "return self.count + 1, -self.count, self.count > 3",
    "count = self.count\ncount += 1\nreturn count",
    "name = self.name\nname += '!'\nreturn unknown(name)",
    "return self.name.strip().title().replace('a', 'b')",
    "return len(self.items), sum(i.count for i in self.items), max(self.items, default=0)",
    "return sorted(self.items, key=lambda i: i.name)[:3]",
    "return [i for i in self.items if text in i.name]",
    "rows = []\nfor i in self.items:\n    rows.append(Li(i.name))\nreturn Ul(*rows)",
    "rows = [Li(i.name, cls='a' if i.done else '') for i in self.items]\nrows.reverse()\nreturn rows",
    "found = list(self.items)\nfound.sort()\nfound[0] = 1\ndel found[1]\nreturn found",
    "counts = {}\nfor i in self.items:\n    counts[i.name] = counts.get(i.name, 0) + 1\nreturn counts",
    "total = 0\nfor i in self.items:\n    total += 1\nreturn total",
    "return self.by_name.get(text), self.by_name.items(), self.by_name.copy()",
    "return json.dumps(self.items), datetime.now().isoformat(), copy.deepcopy(self.items)",
    "items = copy.deepcopy(self.items)\nitems[0].done = True\nreturn items",
    "return Card(self)",
    "return label(self.items[0]), [label(i) for i in self.items]",
    "return self.items[0].summary(), [i.summary() for i in self.items]",
    "return self.model_dump(), self.model_dump_json(), self.model_copy()",
    "return isinstance(self, Cart), type(self), repr(self), hash(self), print(self)",
    "return ', '.join(i.name for i in self.items)",
    "return Div(P(self.name), Ul(*map(Li, self.items)), id='x')",
    "log.info('items %s', self.items)\nreturn None",
    "match self.name:\n    case 'a': return 1\n    case other_name: return other_name",
    "def row(i): return Li(i.name)\nreturn [row(i) for i in self.items]",
    "text.count = 1\ntext.append(self.count)",
    "if self == text or self is text: return self\nreturn [self]",
]


@pytest.mark.parametrize("body", READS)
def test_sees_that_reading_writes_nothing(body: str) -> None:
    assert effects(body) == set()


def test_an_own_method_that_returns_a_scalar_gives_no_part_of_the_entity() -> None:
    assert effects("n = self.size()\nn += 1\nunknown(n)") == {"call size"}


def test_a_static_and_a_class_method_have_no_entity() -> None:
    assert (
        effects("cls.seen = 1\ncart = cls()\ncart.count = 1", head="@classmethod\ndef run(cls):")
        == set()
    )
    assert effects("it = self.x", head="@staticmethod\ndef run():") == set()


def test_any_name_may_stand_for_self() -> None:
    assert effects("this.count = 1", head="def run(this, /):") == {"assign count"}


def test_what_leaves_the_module_says_where_it_goes() -> None:
    module = facts("""
        from shop.cards import render
        from shop import cards

        class Cart(Entity):
            items: list[Item] = []

            def run(self, other: Cart):
                render(1, self)
                cards.row(item=self.items[0])
                self.items[0].unknown(other)
        """)
    found = {(each.kind, each.name, each.through) for each in method(module, "run").effects}
    assert found == {
        ("escape", "render", ("render", 1)),
        ("mutate", "items", ("cards.row", "item")),
        ("mutate", "items", (".unknown", 0)),
        ("mutate", "other.*", (".unknown", 1)),
    }


def test_effects_of_functions_are_on_their_parameters() -> None:
    module = facts("""
        def clear(cart, items, count: int):
            items.clear()
            cart.count = count
            count += 1
        """)
    (function,) = module.functions
    assert [(each.kind, each.name) for each in function.effects] == [
        ("mutate", "items"),
        ("assign", "cart"),
    ]


BLOCKING = {
    "sleep(1)": "time.sleep",
    "clock.sleep(1)": "time.sleep",
    "r.get(text)": "requests.get",
    "open('a')": "open",
    "with open('a') as f: f.read()": "open",
    "Path('a').read_text()": "pathlib.Path.read_text",
    "import subprocess\nsubprocess.run(['ls'])": "subprocess.run",
    "from urllib.request import urlopen\nurlopen(text)": "urllib.request.urlopen",
    "import urllib.request\nurllib.request.urlopen(text)": "urllib.request.urlopen",
    "import socket as s\ns.create_connection(('a', 1))": "socket.create_connection",
}


@pytest.mark.parametrize(("body", "name"), BLOCKING.items(), ids=BLOCKING)
def test_finds_what_blocks(body: str, name: str) -> None:
    assert effects(body, head="async def run(self, text: str):") == {f"blocking {name}"}


@pytest.mark.parametrize(
    "body",
    [
        "await asyncio.sleep(1)",
        "await asyncio.to_thread(sleep, 1)",
        "await asyncio.to_thread(lambda: sleep(1))",
        "text.sleep(1)",
        "def open(name): return name\nopen('a')",
    ],
)
def test_sees_what_does_not_block(body: str) -> None:
    assert effects(body, head="async def run(self, text: str):") == set()


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("self.load()", "load"),
        ("x = self.load() + 1", "load"),
        ("if self.load(): pass", "load"),
        ("self.meta = self.load()", "load"),
        ("f'{self.load()}'", "load"),
        ("asyncio.sleep(1)", "asyncio.sleep"),
    ],
)
def test_finds_a_missing_await(body: str, name: str) -> None:
    assert f"await_missing {name}" in effects(body, head="async def run(self):")


@pytest.mark.parametrize(
    "body",
    [
        "await self.load()",
        "await asyncio.gather(self.load(), self.load())",
        "task = asyncio.create_task(self.load())\nawait task",
        "waiting = self.load()\nawait waiting",
        "return self.load()",
        "async for x in self.stream(): pass",
        "self.stream()",
    ],
)
def test_sees_where_no_await_is_missing(body: str) -> None:
    found = effects(body, head="async def run(self):")
    assert not any(effect.startswith("await_missing") for effect in found)


def test_an_effect_points_at_what_has_it() -> None:
    text = """
        class Cart(Entity):
            def run(self):
                "ünïcödé 🛒"; self.ünï = 1; (
                    self.x
                ).append(2)
        """
    module = facts(text)
    spans = [locate(dedent(text), each.place) for each in method(module, "run").effects]
    assert spans == [
        SourceSpan("shop/cart.py", 4, 22, 4, 30),
        SourceSpan("shop/cart.py", 4, 36, 6, 20),
    ]


def test_yields_and_returns_are_those_of_the_method_itself() -> None:
    module = facts("""
        class Cart(Entity):
            def plain(self):
                def inner():
                    yield 1
                    return 2
                return None
            def stream(self):
                yield
            def answer(self):
                if self.x:
                    return self.x
            async def later(self):
                x = yield from ()
        """.replace("yield from ()", "yield"))
    outcomes = {
        each.name: (each.has_yield, each.returns_value) for each in module.classes[0].methods
    }
    assert outcomes == {
        "plain": (False, False),
        "stream": (True, False),
        "answer": (False, True),
        "later": (True, False),
    }


def test_a_great_many_variables_take_no_great_time() -> None:
    count = 1_500
    chain = "".join(f"  a{n + 1} = a{n}\n" for n in range(count))
    back = "".join(f"  b{n} = b{n + 1}\n" for n in range(count))
    many = "".join(f"  c = self.c{n}\n" for n in range(count)) + "  c.x = 1\n" * count
    module = facts(
        "class Cart(Entity):\n"
        f" def chain(self):\n  a0 = self.x\n{chain}  a{count}.clear()\n"
        f" def back(self):\n{back}  b{count} = self.x\n  b0.clear()\n"
        f" def many(self):\n{many}"
        + "".join(
            f" def m{n}(self, a): self.m{n + 1}(self.x); self.x.m{n}(a)\n" for n in range(count)
        )
    )
    assert [each.name for each in method(module, "chain").effects] == ["x"]
    assert [each.name for each in method(module, "back").effects] == ["x"]
    assert len(method(module, "many").effects) == count
