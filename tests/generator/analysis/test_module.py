"""What a module says, whatever else stands in the file."""

import sys

import pytest
from analysed_source import facts, method, only_class, source

from starmodel_generator.analysis.facts import (
    BinaryExpression,
    CallExpression,
    LiteralExpression,
    NameExpression,
    SubscriptExpression,
)
from starmodel_generator.analysis.module import analyse_all

COUNTER = '''
"""The counter's entities."""

from __future__ import annotations

from fasthtml.common import *
import starmodel as sm
from starmodel import Entity, EntityConfig, event as ev

app, rt = fast_app(secret=open("/etc/passwd").read())
raise SystemExit("never imported")


@rt("/")
def index(request, *, page: int = 1) -> FT:
    """A page."""
    return Div()


class Counter(sm.Entity, Mixin[int], frozen=False, metaclass=Meta):
    """A counter of one's own.

    It counts:
        what there is.
    """

    model_config = sm.EntityConfig(store=sm.StateStore.SERVER_MEMORY)

    count: int = 0
    """How often."""
    label: "str | None" = Field(default=None, max_length=20)
    kinds: ClassVar[list[str]] = ["a"]
    plain = 3

    @cached
    @ev(method="POST", selector="#a")
    async def increment(self, amount: int = 1, /, *rest: str, note: str = "x" "y", **more) -> None:
        """Add to the count."""
        self.count += amount


while True:
    pass
'''


def test_an_entity_beside_code_that_must_not_run() -> None:
    module = facts(COUNTER)
    assert (module.name, module.path) == ("shop.cart", "shop/cart.py")
    assert module.docstring == "The counter's entities."
    assert [each.name for each in module.functions] == ["index"]
    (counter,) = module.classes
    assert counter.bases == (
        NameExpression("sm.Entity"),
        SubscriptExpression(NameExpression("Mixin"), (NameExpression("int"),)),
    )
    assert [name for name, _ in counter.keywords] == ["frozen", "metaclass"]
    assert counter.docstring == "A counter of one's own.\n\nIt counts:\n    what there is."
    assert [each.name for each in counter.attributes] == [
        "model_config",
        "count",
        "label",
        "kinds",
        "plain",
    ]
    count, label = counter.attributes[1:3]
    assert count.docstring == "How often."
    assert (count.annotation, count.value) == (NameExpression("int"), LiteralExpression(0))
    assert label.annotation == LiteralExpression("str | None")
    assert isinstance(label.value, CallExpression)
    assert label.value.keyword("max_length") == LiteralExpression(20)
    assert label.value.keyword("min_length") is None


def test_a_method_as_written() -> None:
    increment = method(facts(COUNTER), "increment")
    assert increment.is_async
    assert increment.docstring == "Add to the count."
    assert [each.name for each in increment.parameters] == [
        "self",
        "amount",
        "rest",
        "note",
        "more",
    ]
    assert [each.kind for each in increment.parameters] == [
        "positional_only",
        "positional_only",
        "variadic",
        "keyword_only",
        "variadic_keyword",
    ]
    assert increment.parameters[3].default == LiteralExpression("xy")
    assert [type(each).__name__ for each in increment.decorators] == [
        "NameExpression",
        "CallExpression",
    ]
    assert increment.signature == (
        '(amount: int = 1, /, *rest: str, note: str = "x" "y", **more) -> None'
    )


@pytest.mark.parametrize(
    ("written", "signature"),
    [
        ("(self)", "()"),
        ("(self, /)", "()"),
        ("(self, /, a)", "(a)"),
        ("(self, *, a)", "(*, a)"),
        ("(self, a, /, b, *, c)", "(a, /, b, *, c)"),
        ("(self, *args, a=1)", "(*args, a=1)"),
        ("(self, a='it''s', b : int=2)->int", "(a='it''s', b: int = 2) -> int"),
        ("(self,\n a: dict[\n  str, # comment\n  int,\n ] = {},\n)", "(a: dict[str, int] = {})"),
        ("(self, größe: 'Größe' = \"ß🛒\")", "(größe: 'Größe' = \"ß🛒\")"),
    ],
)
def test_signatures_are_on_one_line(written: str, signature: str) -> None:
    module = facts(f"class A(Entity):\n def f{written}: ...\n")
    assert method(module, "f").signature == signature


def test_a_static_method_keeps_its_first_parameter() -> None:
    found = only_class(
        "class A(E):\n @staticmethod\n def f(a, b): ...\n @classmethod\n def g(cls, b): ..."
    )
    assert [each.signature for each in found.methods] == ["(a, b)", "(b)"]


def test_imports_are_absolute() -> None:
    text = """
    import a.b, c.d as e
    from typing import TYPE_CHECKING
    import typing as t
    from . import near, here as there
    from .sister import X
    from ..cousin import *
    from .... import far
    from ...far import away
    if TYPE_CHECKING:
        from .user import User
    elif t.TYPE_CHECKING:
        import other
    else:
        import real
    try:
        import fast
    except ImportError:
        import slow as fast
    def f():
        import local
    """
    found = facts(text, "shop/entities/cart.py").imports
    assert [(each.bound, each.module, each.name) for each in found] == [
        ("a", "a", None),
        ("e", "c.d", None),
        ("TYPE_CHECKING", "typing", "TYPE_CHECKING"),
        ("t", "typing", None),
        ("near", "shop.entities", "near"),
        ("there", "shop.entities", "here"),
        ("X", "shop.entities.sister", "X"),
        ("*", "shop.cousin", "*"),
        ("far", "....", "far"),
        ("away", "...far", "away"),
        ("User", "shop.entities.user", "User"),
        ("other", "other", None),
        ("real", "real", None),
        ("fast", "fast", None),
        ("fast", "slow", None),
    ]
    assert [each.bound for each in found if each.type_checking] == ["User", "other"]
    inside = facts("from .sister import X\nfrom . import Y", "shop/entities/__init__.py").imports
    assert [each.module for each in inside] == ["shop.entities.sister", "shop.entities"]


def test_aliases_and_other_assignments() -> None:
    found = facts("""
    from typing import TypeAlias
    import typing as t
    Plain = int | None
    Marked: TypeAlias = "int | None"
    Dotted: t.TypeAlias = int
    UserId = NewType("UserId", int)
    a = b = 1
    c, (d, *e) = f()
    declared: int
    obj.attribute = 3
    if x:
        conditional = 1
    """).assignments
    assert [(each.name, each.is_alias, each.container) for each in found] == [
        ("Plain", False, None),
        ("Marked", True, None),
        ("Dotted", True, None),
        ("UserId", False, None),
        ("a", False, None),
        ("b", False, None),
        ("c", False, None),
        ("d", False, None),
        ("e", False, None),
        ("declared", False, None),
        ("conditional", False, "if"),
    ]
    assert found[0].value == BinaryExpression("|", NameExpression("int"), LiteralExpression(None))


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type` statements came with 3.12")
def test_type_statements_and_type_parameters() -> None:
    module = facts("type X = int | None\ntype Y[T] = list[T]\nclass Box[T, *U](Base): ...\n")
    assert [(each.name, each.is_alias) for each in module.assignments] == [("X", True), ("Y", True)]
    assert module.assignments[0].value is not None
    assert module.classes[0].type_parameters == ("T", "U")


def test_classes_are_found_wherever_they_stand() -> None:
    module = facts("""
    class A(E):
        class Config: ...
        if x:
            field: int = 1
            def f(self): ...
    if x:
        class B(E): ...
    elif y:
        class B(E): ...
    else:
        class B(E): ...
    try:
        class C(E): ...
    except* ValueError:
        class D(E): ...
    else:
        class F(E): ...
    finally:
        class G(E): ...
    for i in x:
        class H(E): ...
    while x:
        class I(E): ...
    with x:
        class J(E): ...
    match x:
        case 1:
            class K(E): ...
    def make():
        if x:
            class L(E): ...
    class M(E):
        async def method(self):
            class N(E): ...
    """)
    assert [(each.name, each.container) for each in module.classes] == [
        ("A", None),
        ("Config", "class A"),
        ("B", "if"),
        ("B", "if"),
        ("B", "if"),
        ("C", "try"),
        ("D", "try"),
        ("F", "try"),
        ("G", "try"),
        ("H", "for"),
        ("I", "while"),
        ("J", "with"),
        ("K", "match"),
        ("L", "function make"),
        ("M", None),
        ("N", "function method"),
    ]
    assert [each.container for each in module.classes[0].attributes] == ["if"]
    assert [each.container for each in module.classes[0].methods] == ["if"]


@pytest.mark.parametrize(
    ("text", "exports"),
    [
        ("", None),
        ("__all__ = ['A', 'B']", ("A", "B")),
        ("__all__: list[str] = ['A']\n__all__ += ['B']\n__all__.extend(('C',))", ("A", "B", "C")),
        ("__all__ = ['A'] + ['B']", ("A", "B")),
        ("__all__ = [name for name in dir()]", None),
        ("__all__ = ['A']\n__all__ += other.__all__", None),
        ("__all__ = ['A', B]", None),
    ],
)
def test_exports(text: str, exports: tuple[str, ...] | None) -> None:
    assert facts(text).exports == exports


def test_docstrings_are_verbatim_but_for_the_indentation() -> None:
    text = 'class A(E):\n    """  First "quoted" \\\\ \\N{BULLET}\n\n\tTabbed   \n            Deeper\n    """\n'
    assert only_class(text).docstring == 'First "quoted" \\ •\n\nTabbed   \n    Deeper'
    assert only_class("class A(E):\n    b'no text'\n").docstring is None
    assert only_class("class A(E):\n    f'no {text}'\n").docstring is None


def test_identifiers_are_normalised_as_python_does() -> None:
    found = only_class("class Ｃart(Ｅntity):\n    ﬁeld: int = 1\n    straße: Größe\n")
    assert (found.name, found.bases) == ("Cart", (NameExpression("Entity"),))
    assert [each.name for each in found.attributes] == ["field", "straße"]


def test_many_files_keep_their_order_and_do_not_hide_each_other() -> None:
    sources = [
        source(f"class A{n}(E): ..." if n % 3 else "class (", f"shop/a{n}.py") for n in range(60)
    ]
    results = analyse_all(sources)
    assert [result.facts is None for result in results] == [n % 3 == 0 for n in range(60)]
    assert [each.path for result in results for each in result.diagnostics] == [
        f"shop/a{n}.py" for n in range(0, 60, 3)
    ]


def test_the_same_text_gives_the_same_facts() -> None:
    assert facts(COUNTER) == facts(COUNTER)
