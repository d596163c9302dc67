"""How many processes a server was told to start."""

import pytest

from starmodel.workers import worker_count


@pytest.mark.parametrize(
    ("command", "environment", "count"),
    [
        ("/venv/bin/uvicorn shop:app", {}, 1),
        ("/venv/bin/uvicorn shop:app --workers 3", {}, 3),
        ("/site-packages/uvicorn/__main__.py shop:app --workers=4", {}, 4),
        ("/venv/bin/gunicorn -w 2 shop:app", {}, 2),
        ("/venv/bin/gunicorn -w8 shop:app", {}, 8),
        ("/venv/bin/hypercorn shop:app --workers", {}, 1),
        ("/venv/bin/uvicorn shop:app --workers many", {}, 1),
        ("/venv/bin/uvicorn shop:app --workers 0", {}, 1),
        ("/venv/bin/uvicorn shop:app", {"WEB_CONCURRENCY": "2"}, 2),
        # What the command says counts more.
        ("/venv/bin/uvicorn shop:app --workers 1", {"WEB_CONCURRENCY": "2"}, 1),
        # A script on a machine that serves as well is alone.
        ("/srv/shop/job.py -w 4", {"WEB_CONCURRENCY": "2"}, 1),
        ("", {}, 1),
    ],
)
def test_what_the_command_and_the_environment_say(
    command: str, environment: dict[str, str], count: int
) -> None:
    assert worker_count(command.split(), environment) == count
