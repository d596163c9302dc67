"""`Ref` and `Many` in all their spellings, what they may refer to, and what loading one means."""

from collections.abc import Mapping

import pytest
from linked_project import Linked, link_sources

from starmodel_schemas import ListType, ManySchema, OptionalType, RefType, TypeRef

IMPORTS = """
import typing
import starmodel as sm
from typing import Annotated, ClassVar, Literal, Optional, Self, Union
from pydantic import BaseModel, computed_field
from starmodel import *
"""
SQL = "EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)"
AUTHOR = f"""
class Author(Entity):
    model_config = {SQL}
    name: str = ""
"""
TO_AUTHOR = RefType(entity="shop.entities.Author")


def post(*lines: str, before: str = AUTHOR, head: str = IMPORTS) -> Linked:
    """A post in SQL with these lines in its body, behind an author."""
    body = "\n".join(f"    {line}" for text in lines for line in text.split("\n"))
    return link_sources(f"{head}{before}\nclass Post(Entity):\n    model_config = {SQL}\n{body}\n")


def author(*lines: str, posts: str = "author: Ref[Author]") -> Linked:
    """An author in SQL with these lines in its body, before a post."""
    body = "\n".join(f"    {line}" for line in lines)
    return post(posts, before=f"{AUTHOR}{body}\n")


def messages(linked: Linked, code: str) -> list[str]:
    return [each.message for each in linked.diagnostics if each.code == code]


@pytest.mark.parametrize(
    ("annotation", "type_"),
    [
        ("Ref[Author]", TO_AUTHOR),
        ("sm.Ref[Author]", TO_AUTHOR),
        ('Ref["Author"]', TO_AUTHOR),
        ('"Ref[Author]"', TO_AUTHOR),
        ("\"Ref['Author']\"", TO_AUTHOR),
        ("Writer", TO_AUTHOR),
        ("Annotated[Ref[Author], Field(title='By')]", TO_AUTHOR),
        ("Ref[Author] | None", OptionalType(item=TO_AUTHOR)),
        ('Ref["Author"] | None', OptionalType(item=TO_AUTHOR)),
        ("Optional[Ref[Author]]", OptionalType(item=TO_AUTHOR)),
        ('Optional["Ref[Author]"]', OptionalType(item=TO_AUTHOR)),
        ("Union[None, Ref[Author]]", OptionalType(item=TO_AUTHOR)),
        ("list[Ref[Author]]", ListType(item=TO_AUTHOR)),
        ('typing.List[Ref["Author"]]', ListType(item=TO_AUTHOR)),
        ('Ref["Post"] | None', OptionalType(item=RefType(entity="shop.entities.Post"))),
        ('list[Ref["Post"]]', ListType(item=RefType(entity="shop.entities.Post"))),
    ],
)
@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
def test_spellings(annotation: str, type_: TypeRef, future: str) -> None:
    before = f"{AUTHOR}\nWriter = Ref[Author]\n"
    linked = post(f"to: {annotation}", before=before, head=future + IMPORTS)
    assert linked.field("Post", "to").type == type_
    assert linked.diagnostics == ()


def test_what_a_reference_says_besides() -> None:
    linked = post(
        "author: Ref[Author] = Field(unique=True, on_delete='cascade', renamed_from='writer')",
        "editor: Ref[Author] | None = Field(None, on_delete='set_null', index=True)",
        "reader: Ref[Author] | None = Field(None, ondelete='SET NULL')",
        "friends: list[Ref[Author]] = Field(default_factory=list[Ref[Author]], max_length=3)",
    )
    fields = {field.name: field for field in linked.entity("Post").fields}
    assert fields["author"].unique and fields["author"].renamed_from == "writer"
    assert [field.on_delete for field in fields.values()] == [
        "cascade",
        "set_null",
        "set_null",
        "restrict",
    ]
    assert fields["friends"].constraints.max_length == 3


def test_references_across_modules() -> None:
    sources: Mapping[str, str] = {
        "shop/entities/author.py": f"""
            from typing import ClassVar, TYPE_CHECKING
            from starmodel import *
            if TYPE_CHECKING:
                from shop.entities.post import Post

            class Author(Entity):
                model_config = {SQL}
                posts: ClassVar[Many["Post"]]
        """,
        "shop/entities/post.py": f"""
            from __future__ import annotations
            from starmodel import Access, Entity, EntityConfig, Ref, StateStore
            from . import author

            class Post(Entity):
                model_config = {SQL}
                author: Ref[author.Author]
        """,
    }
    linked = link_sources(sources)
    assert linked.field("Post", "author").type == RefType(entity="shop.entities.author.Author")
    assert linked.entity("Author").many == (
        ManySchema(name="posts", entity="shop.entities.post.Post", field="author"),
    )


@pytest.mark.parametrize(
    "annotation",
    [
        'Many["Post"]',
        'sm.Many["Post"]',
        'Many["Post", "author"]',
        'Many["Post", Literal["author"]]',
        'Many["Post", typing.Literal["author"]]',
        "\"Many['Post']\"",
        'ClassVar[Many["Post"]]',
        'ClassVar[Many["Post", "author"]]',
        'ClassVar[Many["Post", Literal["author"]]]',
        'typing.ClassVar[Many["Post"]]',
        'ClassVar["Many[Post]"]',
        "\"ClassVar[Many['Post']]\"",
        '"ClassVar[Many[Post]]"',
    ],
)
@pytest.mark.parametrize("to", ["Ref[Author]", "Ref[Author] | None", "list[Ref[Author]]"])
def test_spellings_of_the_other_side(annotation: str, to: str) -> None:
    linked = author(f"posts: {annotation}", posts=f"author: {to}")
    assert linked.entity("Author").many == (
        ManySchema(name="posts", entity="shop.entities.Post", field="author"),
    )
    assert [field.name for field in linked.entity("Author").fields] == ["name"]
    assert linked.diagnostics == ()


@pytest.mark.parametrize(
    "annotation",
    ['One["Post"]', 'ClassVar[One["Post", Literal["author"]]]', '"ClassVar[One[Post]]"'],
)
def test_the_other_side_of_what_is_unique_is_one(annotation: str) -> None:
    linked = author(f"post: {annotation}", posts="author: Ref[Author] = Field(unique=True)")
    assert linked.entity("Author").many == (
        ManySchema(name="post", entity="shop.entities.Post", field="author", single=True),
    )
    assert linked.diagnostics == ()


def test_an_entity_may_be_its_own_other_side() -> None:
    linked = post(
        'parent: Ref["Post"] | None = None',
        'children: ClassVar[Many["Post", Literal["parent"]]]',
        'links: list[Ref["Post"]] = []',
        'linked: ClassVar[Many["Post", Literal["links"]]]',
    )
    assert [side.field for side in linked.entity("Post").many] == ["parent", "links"]


def test_relations_are_inherited() -> None:
    linked = link_sources(f"""{IMPORTS}{AUTHOR}
class Written(Entity):
    model_config = {SQL}
    author: Ref[Author]
    notes: ClassVar[Many["Note"]]
class Note(Entity):
    model_config = {SQL}
    about: Ref["Post"]
class Post(Written): ...
""")
    assert linked.field("Post", "author").type == TO_AUTHOR
    assert [side.entity for side in linked.entity("Post").many] == ["shop.entities.Note"]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("to: Ref[int]", "refers to `int`, which is no entity"),
        ("to: Ref[Shape]", "refers to `Shape`, which is no entity"),
        ("to: Ref", "which does not say what it refers to"),
        ("to: Ref[Author, Author]", "which has the wrong number of parts"),
        ("to: Ref[Self]", "which refers to `Self`"),
        ("to: Ref[Author] | None = Field(min_length=2)", "the limit `min_length`"),
        ("to: Ref[Author] = 'ada'", 'has the default `"ada"`'),
    ],
)
def test_references_to_nothing(field: str, said: str) -> None:
    linked = post(field, before=f"{AUTHOR}\nclass Shape(BaseModel): ...\n")
    assert linked.codes[0] in ("SM202", "SM212", "SM214")
    assert said in linked.diagnostics[0].message


def test_a_misspelt_target_is_a_name_that_is_not_known() -> None:
    linked = post('to: Ref["Auther"]', 'all: Many["Auther"]')
    assert linked.codes == ["SM107", "SM501"]
    assert [each.help for each in linked.diagnostics] == ["did you mean `Author`?"] * 2


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("class Other(Entity): ...", "which is not kept in SQL"),
        (
            "class Other(Entity):\n    model_config = EntityConfig("
            "store=StateStore.SERVER_SQL, scope=Scope.SESSION)",
            "which is no record (its scope is SESSION)",
        ),
        (f"class Other(Entity, ABC):\n    model_config = {SQL}", "not among the app's entities"),
    ],
)
def test_dangling_references(other: str, said: str) -> None:
    linked = post(
        "to: Ref[Other]",
        "@event\ndef take(self, other: Ref[Other] | None = None) -> None: ...",
        before="from abc import ABC\n" + other,
    )
    assert [said in message for message in messages(linked, "SM501")] == [True, True]


@pytest.mark.parametrize(
    ("sides", "posts", "said"),
    [
        (['posts: Many["Post"]'], "text: str", "no field of `Post` is a `Ref[Author]`"),
        (
            ['posts: Many["Post"]'],
            "author: Ref[Author]\neditor: list[Ref[Author]]",
            "any of `author`, `editor` of `Post`",
        ),
        (['posts: Many["Post", "writer"]'], "author: Ref[Author]", "which is not there"),
        (
            ['posts: Many["Post", Literal["text"]]'],
            "author: Ref[Author]\ntext: str",
            "which is no `Ref[Author]`",
        ),
    ],
)
def test_other_sides_of_nothing(sides: list[str], posts: str, said: str) -> None:
    linked = author(*sides, posts=posts)
    (message,) = messages(linked, "SM503")
    assert said in message
    assert linked.pointed("SM503") == sides[0].removeprefix("posts: ")


def test_an_other_side_of_what_is_no_entity() -> None:
    linked = author("posts: Many", 'others: Many["str"]', 'more: Many["Shape"]')
    assert [message.partition(" ")[2] for message in messages(linked, "SM501")] == [
        "`Author.posts` does not say whose other side it is",
        "`Author.others` leads to `str`, which is no entity",
        "`Author.more` leads to `Shape`, which is not defined in `shop.entities`",
    ]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (['posts: ClassVar[Many["Post"]]', "def posts(self) -> None: ..."], "SM606"),
        (['AllPosts: ClassVar[Many["Post"]]'], "SM605"),
    ],
)
def test_names_of_other_sides(lines: list[str], code: str) -> None:
    assert author(*lines).codes == [code]


def test_relations_of_what_is_no_record_in_sql() -> None:
    linked = link_sources(f"""{IMPORTS}{AUTHOR}
class Cart(Entity):
    author: Ref[Author] | None = None
    others: ClassVar[Many["Author"]]
class Note(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, scope=Scope.SESSION)
    author: Ref[Author] | None = None
    authors: list[Ref[Author]] = []
    others: ClassVar[Many["Author"]]
""")
    assert [message.partition(", but ")[::2] for message in messages(linked, "SM502")] == [
        ("field `Cart.author` is a relation", "`Cart` is not kept in SQL"),
        ("relation `Cart.others` is a relation", "`Cart` is not kept in SQL"),
        (
            "field `Note.authors` leads to several records",
            "`Note` is none (its scope is SESSION)",
        ),
        (
            "relation `Note.others` leads to several records",
            "`Note` is none (its scope is SESSION)",
        ),
    ]
    assert linked.codes == ["SM502"] * 4


def test_any_row_may_refer_to_a_record() -> None:
    linked = link_sources(f"""{IMPORTS}{AUTHOR}
class Note(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, scope=Scope.SESSION)
    author: Ref[Author] | None = Field(None, on_delete="set_null")
""")
    assert linked.field("Note", "author").type == OptionalType(item=TO_AUTHOR)
    assert linked.diagnostics == ()


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("to: dict[str, Ref[Author]] = {}", "inside of a dict"),
        ("to: dict[Ref[Author], str] = {}", "inside of a dict"),
        ("to: set[Ref[Author]] = set()", "inside of a set"),
        ("to: tuple[Ref[Author], ...] = ()", "inside of a tuple"),
        ("to: list[list[Ref[Author]]] = []", "inside of a list"),
        ("to: list[Ref[Author] | None] = []", "inside of a list"),
        ("to: Ref[Author] | int", "inside of a union"),
        ("to: list[Ref[Author]] | None = None", "may be `None`"),
        ("to: Held", "inside of the value object `Held`"),
        ("@computed_field\n@property\ndef to(self) -> Ref[Author]: ...", "is computed"),
        (
            "@event\ndef take(self, all: dict[str, Ref[Author]]) -> None: ...",
            "inside of another type",
        ),
    ],
)
def test_references_inside_of_other_types(field: str, said: str) -> None:
    linked = post(field, before=f"{AUTHOR}\nclass Held(BaseModel):\n    to: Ref[Author]\n")
    (message,) = messages(linked, "SM504")
    assert said in message


@pytest.mark.parametrize(
    "annotation",
    ["Ref[Author]", "Ref[Author] | None", "list[Ref[Author]]", "list[Ref[Author]] | None"],
)
def test_references_as_parameters(annotation: str) -> None:
    linked = post(f"@event\ndef take(self, other: {annotation}) -> None: ...")
    (parameter,) = linked.event("Post", "take").parameters
    assert parameter.source.kind == "argument"
    assert linked.diagnostics == ()


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("to: Ref[Author] = Field(on_delete='set_null')", "becomes `None`"),
        ("to: list[Ref[Author]] = Field([], on_delete='cascade')", "is a list"),
        ("to: str = Field('', on_delete='restrict')", "refers to nothing"),
        ("to: Ref[Author] = Field(on_delete='delete')", "which is none"),
        ("to: Held = Field(default_factory=Held)", "is part of a value object"),
    ],
)
def test_what_cannot_happen_on_delete(field: str, said: str) -> None:
    before = f"{AUTHOR}\nclass Held(BaseModel):\n    to: str = Field('', on_delete='cascade')\n"
    (message,) = messages(post(field, before=before), "SM505")
    assert said in message


@pytest.mark.parametrize(
    ("future", "field", "codes"),
    [
        (False, "to: Ref[Later]", ["SM512"]),
        (False, 'to: Ref["Later"]', []),
        (False, 'to: "Ref[Later]"', []),
        (True, "to: Ref[Later]", []),
        (False, "to: Ref[Hidden]", ["SM512"]),
        (True, "to: Ref[Hidden] | None", ["SM512"]),
        (False, 'to: "list[Ref[Hidden]]"', ["SM512"]),
        (True, 'to: Ref["Hidden"]', []),
        (False, "to: Many[Later]", ["SM512"]),
        (True, "to: Many[Later]", ["SM512"]),
        (True, "to: One[Later]", ["SM512", "SM243"]),
        (True, "to: ClassVar[Many[Later]]", []),
        (True, 'to: Many["Later"]', []),
        (False, 'to: "ClassVar[Many[Later]]"', []),
        (True, 'to: "ClassVar[Many[Later]]"', ["SM512"]),
        (False, "to: Many[Post]", ["SM512"]),
        (False, 'to: Ref["Alias"] | None = None', ["SM512"]),
        (False, 'to: Ref["Same"]', ["SM512"]),
    ],
)
def test_classes_that_python_does_not_know_yet(future: bool, field: str, codes: list[str]) -> None:
    sources = {
        "shop/entities/other.py": f"""
            from starmodel import *
            class Hidden(Entity):
                model_config = {SQL}
        """,
        "shop/entities/post.py": f"""
            {"from __future__ import annotations" if future else ""}
            from typing import ClassVar, TYPE_CHECKING
            from starmodel import *
            if TYPE_CHECKING:
                from shop.entities.other import Hidden, Hidden as Same
            class Post(Entity):
                model_config = {SQL}
                before: Ref["Post"] | None = None
                {field}
            Alias = Post
            class Later(Entity):
                model_config = {SQL}
                post: Ref[Post] | None = None
        """,
    }
    assert link_sources(sources).codes == codes


LINES = f"""{IMPORTS}
class Tag(Entity):
    model_config = {SQL}
    name: str = ""
class Order(Entity):
    model_config = {SQL}
    lines: ClassVar[Many["Line"]]
    tag: Ref[Tag]
    tags: list[Ref[Tag]] = []
    size: Size
    @event(method="GET")
    async def look(self, line: "Line", ref: Ref[Tag]) -> str:
        BODY
    async def first_name(self) -> str:
        return (await self.tag.load()).name
    async def rename(self) -> None:
        (await self.tag.load()).name = ""
class Line(Entity):
    model_config = {SQL}
    order: Ref[Order]
    tag: Ref[Tag]
    amount: int = 0
"""


def reading(*body: str) -> Linked:
    size = (
        "class Size(BaseModel):\n    def load(self) -> None:\n        self.x = 1\n    x: int = 0\n"
    )
    text = LINES.replace("BODY", "\n        ".join(body))
    return link_sources(text.replace(IMPORTS, IMPORTS + size, 1))


@pytest.mark.parametrize(
    "body",
    [
        ["return (await self.tag.load()).name"],
        ["lines = await self.lines.load()", "return str(sum(each.amount for each in lines))"],
        [
            "found = 0",
            "for each in await self.lines.load():",
            "    tag = await each.tag.load()",
            "    found += len(tag.name)",
            "return str(found)",
        ],
        ["return ''.join([(await tag.load()).name for tag in self.tags])"],
        ["return (await line.tag.load()).name + (await ref.load()).name"],
        ["order = await line.order.load()", "return (await order.tag.load()).name"],
        ["return await self.first_name()"],
    ],
)
def test_loading_is_reading(body: list[str]) -> None:
    linked = reading(*body)
    assert linked.diagnostics == ()
    assert not linked.event("Order", "look").writes


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (["(await self.tag.load()).name = ''"], "assigns `self.tag`"),
        (["for each in await self.lines.load():", "    each.amount += 1"], "assigns `self.lines`"),
        (
            [
                "for each in await self.lines.load():",
                "    tag = await each.tag.load()",
                "    tag.name = ''",
            ],
            "assigns `self.lines`",
        ),
        (["for tag in self.tags:", "    (await tag.load()).name = ''"], "assigns `self.tags`"),
        (["(await line.tag.load()).name = ''"], "may change the entity `line`"),
        (["(await ref.load()).name = ''"], "may change the entity `ref`"),
        (["(await self.tag.load()).clear()"], "may change `self.tag`"),
        (["helper(await self.tag.load())"], "may change `self.tag`"),
        (["await self.rename()"], "assigns `self.tag` in `rename`"),
        (["self.size.load()"], "may change `self.size`"),
        (["line.load()"], "may change the entity `line`"),
    ],
)
def test_changing_what_was_loaded_is_writing(body: list[str], said: str) -> None:
    linked = reading(*body, "return ''")
    (message,) = messages(linked, "SM307")
    assert said in message


@pytest.mark.parametrize(
    ("body", "call"),
    [
        (["for each in self.lines.load():", "    each.amount"], "self.lines.load"),
        (["self.tag.load().name"], "self.tag.load"),
        (["for each in await self.lines.load():", "    each.tag.load().name"], "each.tag.load"),
        (["self.tags[0].load().name"], "self.tags[0].load"),
    ],
)
def test_loading_is_awaited(body: list[str], call: str) -> None:
    linked = reading(*body, "return ''")
    (found,) = [each for each in linked.diagnostics if each.code == "SM309"]
    assert f"calls `{call}` and never awaits it" in found.message
    assert found.help == f"write `await {call}()`"
