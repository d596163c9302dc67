"""What tests of more than one folder are given."""

from collections.abc import Iterator

import pytest
from postgres_server import OwnServer, Server, close_servers, own_server, shared_server


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
