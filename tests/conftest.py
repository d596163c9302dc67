"""What tests of more than one folder are given, and which of them are slow."""

import asyncio
from collections import Counter
from collections.abc import Generator, Iterator
from functools import wraps
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import pytest
from postgres_server import OwnServer, Server, close_servers, own_server, shared_server
from redis_server import OwnRedisServer, RedisServer, close_redis, shared_redis

HERE = Path(__file__).parent

SLOW = (
    "architecture/test_extending.py",
    "architecture/test_packaging.py",
    "browser",
    "e2e",
    "generator/analysis/test_effects.py::test_a_great_many_variables",
    "generator/analysis/test_hostile.py::test_a_line_of_five_megabytes",
    "generator/analysis/test_hostile.py::test_a_long_file",
    "generator/analysis/test_hostile.py::test_nesting_without_end",
    "generator/analysis/test_hostile.py::test_what_only_looks_deep",
    "generator/cli/test_call.py",
    "generator/cli/test_generate.py::test_a_bug_of_ours",
    "generator/cli/test_init.py",
    "generator/cli/test_migrate.py::test_alembic_by_itself",
    "generator/cli/test_migrate.py::test_on_a_terminal",
    "generator/cli/test_migrate.py::test_writing_needs_no_database_libraries",
    "generator/cli/test_origin.py::test_a_project_is_installed_from_where_starmodel_came_from",
    "generator/cli/test_run.py",
    "generator/cli/test_watch.py",
    "generator/emission/test_any_name.py",
    "generator/emission/test_below_a_path.py",
    "generator/emission/test_club_app.py",
    "generator/emission/test_crud_app.py",
    "generator/emission/test_crud_client.py",
    "generator/emission/test_crud_modules.py::test_black_keeps_all_of_it",
    "generator/emission/test_generated_modules.py",
    "generator/emission/test_hostile_texts.py::test_a_thousand_texts",
    "generator/emission/test_ids.py",
    "generator/emission/test_json_like_pydantic.py",
    "generator/emission/test_pages.py::test_every_text_is_data",
    "generator/emission/test_pages.py::test_pages_are_what_black_gives",
    "generator/emission/test_rendered_pages.py",
    "generator/emission/test_parity.py",
    "generator/emission/test_pydantic_app.py",
    "generator/emission/test_quoting.py::test_a_thousand_hostile_texts",
    "generator/emission/test_row_class.py",
    "generator/emission/test_stored_app.py",
    "generator/emission/test_stored_values.py::test_values_of_every_type",
    "generator/emission/test_table.py::test_black",
    "generator/emission/test_table.py::test_imports",
    "generator/emission/test_table.py::test_pyright",
    "generator/emission/test_tables_in_circles.py",
    "generator/emission/test_value_object_app.py",
    "generator/migration/test_revision_text.py::test_the_same_bytes_under_every_hash_seed",
    "generator/test_cache.py::test_any_sequence_of_edits",
    "generator/test_dead_source.py::test_what_is_accepted_can_be_imported",
    "generator/test_determinism.py::test_nothing_but_the_input_decides_about_the_output",
    "generator/test_other_pythons.py",
    "migrations",
    "runtime/live/test_shutdown.py",
    "runtime/stores/test_crashes.py",
    "runtime/testing/test_snapshots.py",
    "runtime/ui/test_kits.py",
)
"""Folders, files and beginnings of tests that `make fast` leaves out: they serve, browse, build, check
types, use the network, or take more than a second. Whatever asks for PostgreSQL or Redis is slow as
well."""

LONGEST_FILES = (
    "generator/emission/test_any_name.py",
    "browser/test_combinations.py",
    "generator/test_other_pythons.py",
    "e2e/test_nodes.py",
    "e2e/test_tutorial.py",
    "generator/emission/test_generated_modules.py",
    "architecture/test_extending.py",
    "e2e/test_shop_failures.py",
    "browser/test_own_pages.py",
    "browser/test_htmx.py",
    "browser/test_random_forms.py",
    "browser/test_components.py",
    "browser/test_examples.py",
)
"""Files that take 15 seconds or more of a processor with a few tests. They come first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and put the files in order.

    Each process takes one file after the other, and at the end none should be alone with a long
    one: those come first that are known to be long, then those with the most tests.
    """
    sizes = Counter(item.path for item in items)
    first = [HERE / name for name in LONGEST_FILES]
    items.sort(
        key=lambda item: (
            first.index(item.path) if item.path in first else len(first),
            -sizes[item.path],
            item.path,
        )
    )
    for item in items:
        name = f"{item.path.relative_to(HERE).as_posix()}::{item.name}"
        fixtures: list[str] = getattr(item, "fixturenames", [])
        names = " ".join([name, *fixtures])
        if name.startswith(SLOW) or "postgres" in names or "redis" in names:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run coroutines on asyncio alone: the runtime has no other loop."""
    return "asyncio"


LONGEST = 300
"""Seconds after which a test that is a coroutine fails: what waits for ever says where it waits."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Bound the time of every test that is a coroutine."""
    test = pyfuncitem.obj
    if iscoroutinefunction(test) and not hasattr(test, "hypothesis"):

        @wraps(test)
        async def bounded(*args: Any, **kwargs: Any) -> None:
            async with asyncio.timeout(LONGEST):
                await test(*args, **kwargs)

        pyfuncitem.obj = bounded
    return (yield)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """The PostgreSQL server of this test run, to make databases on."""
    yield shared_server()
    close_servers()


@pytest.fixture(scope="session")
def own_postgres_server() -> Iterator[OwnServer]:
    """A PostgreSQL server that a test may stop, kill and start again; leave it running."""
    yield own_server()
    close_servers()


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of one's own."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """The Redis or Valkey of this test run."""
    yield shared_redis()
    close_redis()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The URL of a database of Redis or Valkey that nobody else uses now."""
    return redis_server.database(1)


@pytest.fixture
def own_redis_server() -> Iterator[OwnRedisServer]:
    """A Redis or Valkey that a test may kill and start again."""
    server = OwnRedisServer()
    yield server
    server.close()
