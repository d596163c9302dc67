"""Who finds what: access, what comes along, and what a query may ask for."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from library_queries import BOOKS, THINGS, VALUES, services_of
from sql_tables import AUTHOR, BOOK, TAG, Author, Book, Store, Tag, Thing, define

from starmodel import Access, Actor, Ref, where
from starmodel.application import EntityDefinition, Key, Services, Stored, Write, readable
from starmodel.application.queries.cursor import write_cursor
from starmodel.application.queries.filter_set import MAX_LIMIT, FilterSet, Query
from starmodel.application.queries.find import (
    QueryPage,
    find,
    find_each,
    find_page,
    find_related,
    find_states,
)
from starmodel.application.queries.searchable import (
    MAX_CHARACTERS,
    MAX_CHOICES,
    exact,
    null_only,
    ordered,
    reference,
    references,
    text,
)
from starmodel.domain import ANONYMOUS, Entity, Policy
from starmodel.errors import InvalidArguments, Unauthenticated

ANN = Actor("ann")


@pytest.fixture
async def services() -> AsyncIterator[Services]:
    """Run a check on a library with ten books."""

    store = Store()
    await store.open()
    try:
        tags = [Tag(id=f"t{number}", name=f"Tag {number}") for number in range(3)]
        authors = [Author(id=f"a{number}", name=f"Author {number}") for number in range(3)]
        books = [
            Book(
                id=f"b{number}",
                title=f"Book {number}",
                author=Ref(authors[number % 3]),
                tags=[Ref(tags[number % 3]), Ref(tags[(number + 1) % 3])],
                pages=number,
            )
            for number in range(10)
        ]
        await store.commit([write(one) for one in (*tags, *authors, *books)])
        yield services_of(store)
    finally:
        await store.close()


def write(entity: Entity) -> Write:
    name = type(entity).__name__.lower()
    return Write(Key(name, "record", str(entity.id)), dict(entity.__dict__), 0)


def with_access(
    definition: EntityDefinition[Any], access: Access | Policy
) -> EntityDefinition[Any]:
    """Define an entity anew, for other readers."""
    other = define(definition.cls, state=definition.state, many=definition.many)
    other.access = access
    return other


def books_for(
    access: Access | Policy = Access.PUBLIC,
    author: EntityDefinition[Any] = AUTHOR,
    tag: EntityDefinition[Any] = TAG,
) -> FilterSet[Any]:
    return FilterSet(
        with_access(BOOK, access),
        id=exact(str),
        title=text(),
        author=reference(author),
        pages=ordered(int),
        tags=references(tag),
    )


def ids(page: QueryPage[Any]) -> list[str]:
    return [item.id for item in page.items]


def errors_of(queries: FilterSet[Any], **query: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidArguments) as caught:
        queries.search(Query(**query))
    return [(error.name, error.type) for error in caught.value.errors]


CONDITIONS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"pages": where.lt(3)}, {"pages__lt": 3}),
    ({"pages": where.ge(2) & where.le(4)}, {"pages__ge": 2, "pages__le": 4}),
    ({"pages": where.gt(1) & where.ne(3)}, {"pages__gt": 1, "pages__ne": 3}),
    ({"pages": where.one_of([1, 3])}, {"pages__in": [1, 3]}),
    ({"pages": where.one_of(range(1, 4, 2))}, {"pages__in": [1, 3]}),
    ({"title": where.contains("7")}, {"title__contains": "7"}),
    ({"title": where.startswith("b"), "pages": 3}, {"title__startswith": "b", "pages": 3}),
]


@pytest.mark.parametrize(("asked", "named"), CONDITIONS)
def test_conditions_are_the_filters_that_http_names(
    asked: dict[str, Any], named: dict[str, Any]
) -> None:
    queries = books_for()
    assert where.named(asked) == named
    assert queries.search(Query(asked)) == queries.search(Query(named))


def test_a_condition_that_a_field_does_not_take_is_refused() -> None:
    queries = books_for()
    assert errors_of(queries, filters={"pages": where.contains("1")}) == [
        ("pages__contains", "unknown")
    ]
    assert errors_of(queries, filters={"pages": where.is_null()}) == [("pages__isnull", "unknown")]
    assert errors_of(queries, filters={"missing": where.lt(1)}) == [("missing__lt", "unknown")]
    assert errors_of(queries, filters={"pages": where.lt("x")}) == [("pages__lt", "int_parsing")]
    with pytest.raises(ValueError, match="`lt` can be asked of a field once"):
        _ = where.lt(1) & where.lt(2)


async def test_what_is_for_those_who_are_signed_in_asks_once(services: Services) -> None:
    queries = books_for(Access.AUTHENTICATED)

    with pytest.raises(Unauthenticated):
        await find(services, queries, {})
    assert len((await find(services, queries, {}, actor=ANN)).items) == 10


async def test_a_policy_is_asked_until_the_page_is_full(services: Services) -> None:
    def is_even(actor: Actor, book: Any) -> bool:
        if book.id == "b5":
            raise ZeroDivisionError
        return actor == ANN and book.pages % 2 == 0

    queries = books_for(is_even)

    page = await find(services, queries, {}, actor=ANN, limit=3)
    assert ids(page) == ["b0", "b2", "b4"]
    page = await find(services, queries, {}, actor=ANN, limit=3, cursor=page.next)
    assert ids(page) == ["b6", "b8"]
    assert page.next is None


async def test_nothing_tells_of_records_that_may_not_be_read(services: Services) -> None:
    queries = books_for(lambda actor, book: actor == ANN and book.id == "b2")

    for sort in ((), ("-pages",), ("title",)):
        page = await find(services, queries, {}, sort=sort, limit=1)
        assert (ids(page), page.next) == ([], None)
        page = await find(services, queries, {}, actor=ANN, sort=sort, limit=1)
        assert (ids(page), page.next) == (["b2"], None)


async def test_what_comes_along_is_for_its_own_readers(services: Services) -> None:
    def is_first(actor: Actor, author: Any) -> bool:
        return author.name == "Author 0"

    queries = books_for(
        author=with_access(AUTHOR, is_first), tag=with_access(TAG, Access.AUTHENTICATED)
    )

    page = await find(services, queries, {}, include=["author", "tags"])
    assert [*page.included["author"]] == ["a0"]
    assert page.included["tags"] == {}
    page = await find(services, queries, {}, include=["tags"], actor=ANN)
    assert [*page.included] == ["tags"]
    assert {id: one.id for id, one in page.included["tags"].items()} == {
        "t0": "t0",
        "t1": "t1",
        "t2": "t2",
    }
    states = [BOOK.state(item) for item in page.items]
    related = await find_related(services, queries, states)
    assert related == {"author": {"a0": {"name": "Author 0"}}, "tags": {}}


async def test_what_is_gone_does_not_come_along(services: Services) -> None:
    states: list[dict[str, Any]] = [{"author": "a1", "editor": None}, {"author": "gone"}, {}]
    related = await find_related(services, BOOKS, states)
    assert related == {"author": {"a1": {"name": "Author 1"}}, "editor": {}, "tags": {}}


async def test_items_are_ones_own(services: Services) -> None:
    first, second = [(await find(services, BOOKS, {"id": "b1"})).items[0] for _ in range(2)]
    first.tags.clear()
    assert second.tags == [Ref("t1", Tag), Ref("t2", Tag)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"filters": {"colour": "red"}}, [("colour", "unknown")]),
        ({"filters": {"secret": "x"}}, [("secret", "unknown")]),
        ({"filters": {"title__like": "x"}}, [("title__like", "unknown")]),
        ({"filters": {"author__lt": "x"}}, [("author__lt", "unknown")]),
        ({"filters": {"tags__in": ["x"]}}, [("tags__in", "unknown")]),
        ({"filters": {"title__isnull": True}}, [("title__isnull", "unknown")]),
        ({"filters": {"pages": "many"}}, [("pages", "int_parsing")]),
        ({"filters": {"pages": None}}, [("pages", "int_type")]),
        ({"filters": {"pages__in": "12"}}, [("pages__in", "list_type")]),
        ({"filters": {"pages__in": [1, "x"]}}, [("pages__in", "int_parsing")]),
        ({"filters": {"pages__in": [1] * (MAX_CHOICES + 1)}}, [("pages__in", "too_long")]),
        ({"filters": {"title": 5}}, [("title", "string_type")]),
        ({"filters": {"title__contains": ""}}, [("title__contains", "string_too_short")]),
        ({"filters": {"title__contains": "x" * 201}}, [("title__contains", "string_too_long")]),
        ({"filters": {"editor__isnull": "perhaps"}}, [("editor__isnull", "bool_parsing")]),
        ({"filters": {"author": 1.5}}, [("author", "string_type")]),
        ({"filters": {"author": True}}, [("author", "string_type")]),
        ({"filters": {"author": ""}}, [("author", "string_too_short")]),
        ({"q": "x" * (MAX_CHARACTERS + 1)}, [("q", "string_too_long")]),
        ({"sort": ["colour"]}, [("sort", "unknown")]),
        ({"sort": ["author"]}, [("sort", "unknown")]),
        ({"sort": ["--title"]}, [("sort", "unknown")]),
        ({"sort": ["title", "-title"]}, [("sort", "duplicate")]),
        ({"include": ["title"]}, [("include", "unknown")]),
        ({"limit": 0}, [("limit", "limit")]),
        ({"limit": MAX_LIMIT + 1}, [("limit", "limit")]),
        ({"limit": True}, [("limit", "limit")]),
        ({"cursor": ""}, [("cursor", "cursor")]),
        ({"cursor": "é"}, [("cursor", "cursor")]),
        ({"cursor": "x" * 40_000}, [("cursor", "cursor")]),
    ],
)
def test_what_there_is_not_cannot_be_asked_for(
    query: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert errors_of(BOOKS, **query) == expected


def test_an_error_names_what_there_is() -> None:
    with pytest.raises(InvalidArguments, match="There are: id, title, author, editor, tags, pages"):
        list(BOOKS.conditions("colour", 1))
    with pytest.raises(InvalidArguments, match="There are: author, author__ne, author__in"):
        list(BOOKS.conditions("author__lt", 1))
    with pytest.raises(InvalidArguments, match="There are: id, title, pages"):
        BOOKS.order(["author"])
    with pytest.raises(InvalidArguments, match="There are: author, editor, tags"):
        BOOKS.search(Query(include=["x"]))


def test_values_become_those_of_columns() -> None:
    author = Author(id="a1", name="x")
    for value in (author, Ref(author), "a1"):
        assert next(iter(BOOKS.conditions("author", value))).value == "a1"
    assert next(iter(BOOKS.conditions("author", UUID(int=1)))).value == str(UUID(int=1))
    assert next(iter(BOOKS.conditions("author", 7))).value == "7"
    assert next(iter(BOOKS.conditions("author__in", {Ref(author)}))).value == ["a1"]


def test_an_entity_without_texts_has_none_to_search() -> None:
    queries = FilterSet(TAG, id=exact(str))
    assert errors_of(queries, q="x") == [("q", "unknown")]
    assert queries.search(Query(q=""))[0].text == ""


def test_names_of_a_query_come_before_those_of_fields() -> None:
    queries = FilterSet(
        TAG,
        id=exact(str),
        limit=ordered(int, nullable=True),
        limit__lt=ordered(int),
        data=null_only(),
    )
    assert "limit" not in queries.filters
    assert queries.filters["limit__in"] == ("limit", "in")
    assert queries.filters["limit__lt"] == ("limit__lt", "eq")
    assert queries.filters["data__isnull"] == ("data", "isnull")
    assert queries.sorts == ("id", "limit", "limit__lt")
    assert queries.texts == ()


def cursor_of(queries: FilterSet[Any], last: dict[str, object], **query: Any) -> str:
    search, asked = queries.search(Query(**query))
    return queries.cursor(asked, search.order, Stored(last, 1))


LAST: dict[str, object] = {"id": "b5", "title": "Book 5", "pages": 5}


def test_a_cursor_belongs_to_one_query() -> None:
    query: dict[str, Any] = {"sort": ["-pages"], "filters": {"title__contains": "Book"}, "q": "b"}
    cursor = cursor_of(BOOKS, LAST, **query)
    search, _ = BOOKS.search(Query(**query, cursor=cursor))
    assert search.after == (5, "b5")
    # How many, and what comes along, may change on the way.
    BOOKS.search(Query(**query, cursor=cursor, limit=3, include=["tags"]))
    others: list[dict[str, Any]] = [
        {"sort": ["pages"]},
        {"sort": ["-pages", "title"]},
        {"sort": []},
        {"filters": {"title__contains": "Boo"}},
        {"filters": {}},
        {"q": "bo"},
        {"q": None},
    ]
    for other in others:
        assert errors_of(BOOKS, **{**query, **other, "cursor": cursor}) == [("cursor", "cursor")]
    assert errors_of(THINGS, cursor=cursor_of(BOOKS, LAST)) == [("cursor", "cursor")]


def test_what_a_list_is_sorted_by_where_nobody_says() -> None:
    books = FilterSet(BOOK, ["-pages", "title"], id=exact(str), title=text(), pages=ordered(int))
    assert books.order([]) == books.order(["-pages", "title"])
    assert [(one.field, one.descending) for one in books.order([])][:2] == [
        ("pages", True),
        ("title", False),
    ]
    assert [one.field for one in books.order(["title"])] == ["title", "id"]


def test_the_order_in_which_filters_are_given_does_not_matter() -> None:
    cursor = cursor_of(BOOKS, LAST, filters={"pages__ge": 1, "title": "x"})
    BOOKS.search(Query({"title": "x", "pages__ge": 1}, cursor=cursor))


def test_a_cursor_that_was_changed_is_found_out() -> None:
    cursor = cursor_of(BOOKS, LAST, sort=["title"])
    letters = "ABCabc019-_="
    for place in range(len(cursor)):
        for letter in letters:
            changed = cursor[:place] + letter + cursor[place + 1 :]
            if changed != cursor:
                assert errors_of(BOOKS, sort=["title"], cursor=changed) == [("cursor", "cursor")]
        assert errors_of(BOOKS, sort=["title"], cursor=cursor[:place]) == [("cursor", "cursor")]
    assert errors_of(BOOKS, sort=["title"], cursor=f"{cursor}=") == [("cursor", "cursor")]
    assert errors_of(BOOKS, sort=["title"], cursor=f"{cursor}A") == [("cursor", "cursor")]


@pytest.mark.parametrize(
    "values",
    [
        [],
        ["b5"],
        [5],
        [5, "b5", 1],
        ["five", "b5"],
        [None, "b5"],
        [5, None],
        [5, 7],
        [[5], "b5"],
        [{"$gt": 1}, "b5"],
        [1.5, "b5"],
        {"pages": 5},
        "b5",
        None,
    ],
)
def test_a_cursor_that_somebody_wrote_holds_values_of_the_fields(values: Any) -> None:
    _, asked = BOOKS.search(Query(sort=["pages"]))
    query = Query(sort=["pages"], cursor=write_cursor(asked, values))
    with pytest.raises(InvalidArguments) as caught:
        BOOKS.search(query)
    assert caught.value.errors[0].name == "cursor"


def test_a_cursor_keeps_every_value_exactly() -> None:
    for field, values in VALUES.items():
        for value in (*values, None):
            cursor = cursor_of(THINGS, {field: value, "id": "x"}, sort=[field])
            search, _ = THINGS.search(Query(sort=[field], cursor=cursor))
            assert search.after is not None
            assert search.after == (value, "x")
            assert isinstance(search.after[0], type(value))


@pytest.mark.parametrize("include", [(), ("author",)])
async def test_others_have_their_turn_while_a_list_is_read(
    services: Services, monkeypatch: pytest.MonkeyPatch, include: tuple[str, ...]
) -> None:
    monkeypatch.setattr(readable, "_TURN", 0.0)
    queries, turns = books_for(), 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(count())
    query = Query(sort=["-pages"], include=include)
    states: list[Any] = []

    async def use(found: Sequence[Any]) -> None:
        states.extend(found)

    page = await find_each(services, queries, query, use)
    other.cancel()
    assert turns >= 10
    same = await find_states(services, queries, query)
    assert states == same.items
    assert (page.next, page.included) == (same.next, same.included)
    assert len(same.items) == 10


async def test_a_page_of_things(services: Services) -> None:
    backend = services.persistence.backends[0]
    moments = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(3)]
    things = [Thing(id=str(place), moment=moment) for place, moment in enumerate(moments)]
    await backend.commit([write(thing) for thing in things])
    query = Query({"moment__ge": moments[1].isoformat()}, sort=["-moment"])
    assert ids(await find_page(services, THINGS, query, actor=ANONYMOUS)) == ["2", "1"]
