"""A project in a folder of its own for every test of the command."""

from pathlib import Path

import pytest
from shop_project import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)
