"""Names are followed as Python would follow them, without running anything."""

import pytest
from linked_project import link_sources

COUNTER = """
class Counter({base}):
    count: int = 0

    @{event}
    def increment(self, amount: int = 1) -> None:
        self.count += amount
"""


@pytest.mark.parametrize(
    ("imports", "base", "event"),
    [
        ("from starmodel import Entity, event", "Entity", "event"),
        ("from starmodel import *", "Entity", "event"),
        ("from starmodel import Entity as E, event as e", "E", "e"),
        ("import starmodel", "starmodel.Entity", "starmodel.event"),
        ("import starmodel as sm", "sm.Entity", "sm.event"),
        ("import starmodel.domain", "starmodel.domain.Entity", "starmodel.domain.event"),
        (
            "from starmodel.domain.entity import Entity\nfrom starmodel import domain",
            "Entity",
            "domain.event",
        ),
        ("from starmodel import event, Entity as _E\nBase = _E", "Base", "event"),
        ("import starmodel as sm\nEntity = sm.Entity\nevent = sm.event", "Entity", "event"),
        ("from fasthtml.common import *\nfrom starmodel import *", "Entity", "event"),
        ("from shop.kit import *", "Entity", "event"),
        ("from shop.kit import Entity, event", "Entity", "event"),
        ("from shop import kit", "kit.Entity", "kit.event"),
        ("import shop.kit as k", "k.Entity", "k.event"),
        ("import shop.kit", "shop.kit.Entity", "shop.kit.event"),
        ("from .kit import Entity, event", "Entity", "event"),
        ("from . import kit", "kit.Entity", "kit.event"),
        ("from shop import Entity, event", "Entity", "event"),
        ("from shop import deep", "deep.Entity", "deep.event"),
        ("from shop.deep.deeper import Entity, event", "Entity", "event"),
        (
            "from typing import TYPE_CHECKING\nfrom starmodel import Entity, event",
            "Entity",
            "event",
        ),
        (
            "try:\n    from starmodel_next import Entity, event\n"
            "except ImportError:\n    from starmodel import Entity, event",
            "Entity",
            "event",
        ),
    ],
)
def test_entity_and_event_by_any_way(imports: str, base: str, event: str) -> None:
    files = {
        "shop/__init__.py": "from shop.kit import *\nfrom . import deep\n",
        "shop/kit.py": "from starmodel import *\n",
        "shop/deep/__init__.py": "from .deeper import Entity as Entity, event as event\n",
        "shop/deep/deeper/__init__.py": "from ...kit import event\nfrom shop import Entity\n",
        "shop/entities.py": imports + "\n" + COUNTER.format(base=base, event=event),
    }
    if "starmodel_next" in imports:
        files["starmodel_next.py"] = ""
    linked = link_sources(files)
    assert linked.event("Counter", "increment").path == "/counter/increment"


def test_a_decorator_of_the_same_spelling_is_no_event() -> None:
    linked = link_sources("""
        from starmodel import Entity
        from toolkit import event
        class Counter(Entity):
            @event
            def increment(self, amount=1): ...
    """)
    assert linked.entity("Counter").events == ()


def test_exports_decide_what_a_star_import_brings() -> None:
    files = {
        "shop/kit.py": """
            from starmodel import Entity, event
            __all__ = ["Entity", "_Base"]
            class _Base(Entity):
                n: int = 0
            class Hidden(Entity): ...
        """,
        "shop/entities.py": """
            from shop.kit import *
            from starmodel import event
            class One(_Base): ...
            class Two(Hidden):
                @event
                def go(self) -> None: ...
        """,
    }
    linked = link_sources(files)
    assert linked.codes == ["SM107"]
    assert "`Hidden`, which is not defined in `shop.entities`" in linked.diagnostics[0].message


def test_import_cycles_end() -> None:
    files = {
        "shop/__init__.py": "from .a import *\nfrom .b import *\nfrom .b import Lost\n",
        "shop/a.py": "from shop.b import *\nfrom shop import Lost\nclass A: ...\n",
        "shop/b.py": "from shop.a import *\nfrom shop.a import Lost\nfrom shop import A as Again\n",
        "shop/entities.py": """
            from starmodel import Entity
            from shop.b import Again, Lost
            class Mixed(Again, Entity):
                lost: Lost = 1
        """,
    }
    linked = link_sources(files)
    assert linked.codes == ["SM106"]
    assert "imported in a circle" in linked.diagnostics[0].message


def test_a_missing_module_of_the_project_is_named() -> None:
    linked = link_sources("""
        from starmodel import Entity
        from shop.kinds import Kind
        class Thing(Entity):
            kind: Kind = 1
    """)
    assert linked.codes == ["SM107"]
    assert "`shop.kinds`, which is not in the project" in linked.diagnostics[0].message


def test_misspelt_names_are_guessed() -> None:
    linked = link_sources("""
        from starmodel import Entity
        class Colour: ...
        class Thing(Entity):
            colour: Color = 1
    """)
    assert linked.diagnostics[0].help == "did you mean `Colour`?"


def test_string_annotations_and_forward_references() -> None:
    files = {
        "shop/parts.py": """
            from __future__ import annotations
            from pydantic import BaseModel
            class Comment(BaseModel):
                replies: list[Comment] = []
                author: "Author | None" = None
            class Author(BaseModel):
                comments: "list[Comment]" = []
        """,
        "shop/entities.py": """
            from typing import Optional
            from starmodel import Entity
            import shop.parts
            from shop.parts import Author
            class Post(Entity):
                comments: 'list["shop.parts.Comment"]' = []
                author: Optional["Author"] = None
        """,
    }
    linked = link_sources(files)
    assert [each.qualified_name for each in linked.app.objects] == [
        "shop.parts.Author",
        "shop.parts.Comment",
    ]


def test_a_class_may_extend_what_it_imports_under_its_own_name() -> None:
    files = {
        "shop/base.py": "from starmodel import Entity\nclass Cart(Entity):\n    count: int = 0\n",
        "shop/entities.py": "from shop.base import Cart\nclass Cart(Cart):\n    total: int = 0\n",
    }
    fields = link_sources(files).entity("Cart").fields
    assert [field.name for field in fields] == ["count", "total"]


def test_namespace_packages() -> None:
    files = {
        "shop/kinds/size.py": "from enum import Enum\nclass Size(Enum):\n    S = 's'\n",
        "shop/entities/thing.py": """
            from starmodel import Entity
            import shop.kinds.size
            class Thing(Entity):
                size: shop.kinds.size.Size = shop.kinds.size.Size.S
        """,
    }
    assert link_sources(files).app.enums[0].qualified_name == "shop.kinds.size.Size"
