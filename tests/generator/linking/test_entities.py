"""Which classes are entities, and what comes along when they inherit."""

import pytest
from linked_project import facts_of, link_sources

from starmodel_generator.linking.link import link


def names(source: str) -> list[str]:
    return [entity.name for entity in link_sources(source).app.entities]


def test_classes_that_are_only_inherited_from_are_no_entities() -> None:
    source = """
        from abc import ABC
        import abc
        from starmodel import Entity, EntityConfig, event

        class Stamped(Entity):
            model_config = EntityConfig(ttl=60)
            stamp: int = 0

        class _Private(Entity): ...

        class Abstract(Stamped, ABC):
            @event
            def touch(self) -> None: ...

        class Other(Entity, abc.ABC): ...

        class Animal(Stamped):
            @event
            def feed(self) -> None: ...

        class Dog(Animal): ...
        class Plain(Abstract): ...
        class Lonely(Entity): ...
        class Helper: ...
    """
    assert names(source) == ["Animal", "Dog", "Plain", "Lonely"]


def test_events_and_fields_come_from_mixins_and_bases_of_other_modules() -> None:
    files = {
        "shop/mixins.py": """
            from pydantic import BaseModel
            from starmodel import event
            class Tag(BaseModel):
                text: str = ""
            class Tagged:
                '''Plain class.'''
                tags: list[Tag] = []
                @event
                def tag(self, text: str) -> "Tag | None":
                    '''Put a tag on it.'''
            class Ranked(BaseModel):
                rank: int = 0
                @event
                def promote(self) -> None: ...
                @event
                def demote(self) -> None: ...
        """,
        "shop/base.py": """
            from starmodel import Entity, event
            class Base(Entity):
                stamp: int = 0
                @event
                def touch(self) -> None: ...
                def helper(self) -> None: ...
        """,
        "shop/entities/thing.py": """
            from shop.base import Base
            from shop.mixins import Ranked, Tagged
            from starmodel import event
            class Thing(Tagged, Ranked, Base):
                rank: int = 5
                @event
                def use(self) -> None: ...
                @event(path="/thing/up")
                def promote(self) -> None: ...
                def demote(self) -> None: ...
        """,
    }
    linked = link_sources(files)
    thing = linked.entity("Thing")
    assert [field.name for field in thing.fields] == ["stamp", "rank", "tags"]
    assert [event.function for event in thing.events] == ["touch", "promote", "tag", "use"]
    assert linked.event("Thing", "promote").path == "/thing/up"
    assert linked.event("Thing", "tag").doc == "Put a tag on it."
    assert [each.qualified_name for each in linked.app.objects] == ["shop.mixins.Tag"]
    assert [entity.name for entity in linked.app.entities] == ["Thing"]


def test_one_broken_entity_does_not_hide_the_others() -> None:
    linked = link_sources("""
        from starmodel import Entity, event
        class One(Entity):
            bad: Missing = 1
            @event
            def go(self, x) -> None: ...
        class Two(Entity):
            count = 0
            password: str = ""
        class Three(Nothing, Entity): ...
    """)
    assert linked.schema is None
    assert sorted(linked.codes) == ["SM107", "SM107", "SM201", "SM301", "SM401"]


def test_entities_stand_in_order_and_say_where_they_come_from() -> None:
    files = {
        "shop/entities/b.py": "from starmodel import *\nclass Two(Entity): ...\nclass One(Entity): ...\n",
        "shop/entities/a/deep.py": "from starmodel import *\nclass ShopOrder(Entity):\n    '''An order.'''\n",
    }
    entities = link_sources(files).app.entities
    assert [(each.name, each.source, each.module, each.snake_name) for each in entities] == [
        ("ShopOrder", "shop/entities/a/deep.py", "shop.entities.a.deep", "shop_order"),
        ("Two", "shop/entities/b.py", "shop.entities.b", "two"),
        ("One", "shop/entities/b.py", "shop.entities.b", "one"),
    ]
    assert entities[0].doc == "An order."


def test_own_ids_and_own_renderings() -> None:
    linked = link_sources("""
        from starmodel import *
        class Card:
            def __ft__(self): ...
        class Base(Entity):
            first: int = 0
            @event
            def go(self) -> None: ...
        class Thing(Card, Base):
            last: int = 0
            id: str = "thing"
    """)
    thing, base = linked.entity("Thing"), linked.entity("Base")
    assert [field.name for field in thing.fields] == ["id", "first", "last"]
    assert (thing.declares_id, thing.renders_itself) == (True, True)
    assert (base.declares_id, base.renders_itself) == (False, False)


def test_entities_of_one_name_in_two_modules() -> None:
    files = {
        f"shop/entities/{name}.py": "from starmodel import *\nclass Cart(Entity): ...\n"
        for name in ("a", "b")
    }
    linked = link_sources(files)
    assert linked.codes == ["SM105"]
    (duplicate,) = linked.diagnostics
    assert duplicate.span is not None and duplicate.span.path == "shop/entities/b.py"
    assert duplicate.related[0].span is not None
    assert duplicate.related[0].span.path == "shop/entities/a.py"


def test_two_classes_of_one_name_behind_one_entity() -> None:
    line = "from pydantic import BaseModel\nclass Line(BaseModel): ...\n"
    files = {
        "shop/a.py": line,
        "shop/b.py": line + "class Box(BaseModel):\n    line: Line | None = None\n",
        "shop/entities.py": """
            from starmodel import *
            from shop import a, b
            class Cart(Entity):
                line: a.Line | None = None
                box: b.Box | None = None
            class Other(Entity):
                box: b.Box | None = None
        """,
    }
    linked = link_sources(files)
    assert linked.codes == ["SM604"]
    assert "entity `Cart` uses two classes called `Line`" in linked.diagnostics[0].message


def test_a_project_without_entities() -> None:
    result = link([], lambda _: None)
    assert result.schema is not None and result.schema.entities == ()


def test_what_was_read_is_told() -> None:
    entities = facts_of(
        "shop/entities.py",
        "from starmodel import *\nfrom shop.base import Base\nclass A(Base): ...\n",
    )
    base = facts_of("shop/base.py", "from starmodel import *\nclass Base(Entity): ...\n")
    result = link([entities], {"shop.base": base}.get)
    assert [module.path for module in result.read] == ["shop/entities.py", "shop/base.py"]


def test_bases_that_cannot_be_found_are_reported_where_an_entity_may_be_meant() -> None:
    linked = link_sources("""
        import enum
        from typing import NamedTuple, Protocol
        from shop_tools import Base
        from starmodl import Entity
        class Spelt(Entity):
            x: int = 0
        class Lost(Missing): ...
        class Foreign(Base): ...
        class Error(Exception): ...
        class Shape(Protocol): ...
        class Pair(NamedTuple): ...
        class Kind(enum.Enum): ...
        class Made(make()): ...
        def local():
            class Inner(Hidden): ...
    """)
    assert [(each.code, each.entity) for each in linked.diagnostics] == [
        ("SM108", "Spelt"),
        ("SM107", "Lost"),
        ("SM123", None),
        ("SM107", None),
        ("SM107", None),
    ]
    assert "did you mean `starmodel`?" in str(linked.diagnostics[2].help)
    assert [each.message for each in linked.diagnostics[3:]] == [
        "this code uses `make`, which is not defined in `shop.entities`",
        "this code uses `Hidden`, which is not defined in `shop.entities`",
    ]


@pytest.mark.parametrize("length", [50, 500])
def test_long_chains_of_modules_end(length: int) -> None:
    files = {f"shop/m{n}.py": f"from shop.m{n + 1} import *\n" for n in range(length)}
    files[f"shop/m{length}.py"] = "from starmodel import *\n"
    files["shop/entities.py"] = "from shop.m0 import Entity\nclass Thing(Entity): ...\n"
    linked = link_sources(files)
    assert linked.codes == ([] if length == 50 else ["SM107"])


def test_whether_a_text_has_several_lines() -> None:
    linked = link_sources("""
        from typing import Annotated
        from starmodel import Entity, Field, event

        class Note(Entity):
            title: str = Field("", multiline=False)
            body: Annotated[str | None, Field(multiline=True)] = None
            other: str = ""

            @event
            def say(self, text: Annotated[str, Field(multiline=True)]) -> None: ...
        """)
    fields = {field.name: field.multiline for field in linked.app.entities[0].fields}
    assert fields["title"] is False
    assert fields["body"] is True
    assert fields["other"] is None
    assert linked.app.entities[0].events[0].parameters[0].multiline is True


def test_only_a_text_has_lines() -> None:
    source = """
        from starmodel import Entity, Field

        class Note(Entity):
            count: int = Field(0, multiline=False)
    """
    assert link_sources(source).codes == ["SM212"]
