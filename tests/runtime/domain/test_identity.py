"""Ids: unique, sortable, unguessable."""

import os
import subprocess
import sys
import threading
import time

import pytest

from starmodel.domain import ids as identity
from starmodel.domain import new_id


def test_ids_are_of_one_length_and_ascend() -> None:
    ids = [new_id() for _ in range(20_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {len(id) for id in ids} == {35}


def test_ids_begin_with_the_time_and_end_with_80_random_bits() -> None:
    before = time.time_ns() // 1_000_000
    ids = [new_id() for _ in range(1000)]
    assert before <= int(ids[0][:12], 16) <= before + 10_000
    # Every random digit takes every value: none of them counts.
    assert all(len({id[place] for id in ids}) == 16 for place in range(15, 35))


def test_ids_ascend_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id()
    monkeypatch.setattr(identity.time, "time_ns", lambda: 1_000_000)
    assert first < new_id() < new_id()


def test_threads_never_get_the_same_time() -> None:
    ids: list[str] = []

    def work() -> None:
        ids.extend(new_id() for _ in range(2000))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id[:15] for id in ids}) == 8000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="There is no fork on this system.")
def test_a_forked_process_makes_other_ids() -> None:
    program = (
        "import os, sys; from starmodel.domain.ids import new_id; new_id()\n"
        "child = os.fork(); made = [new_id()[15:] for _ in range(150)]\n"
        "os.write(1, f\"{' '.join(made)}\\n\".encode())\n"
        "sys.exit() if not child else os.waitpid(child, 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    made = done.stdout.split()
    assert len(made) == len({*made}) == 300
