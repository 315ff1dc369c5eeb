"""Passes in one process or several: same answers, same order, and no process for little work."""

from __future__ import annotations

import os
from functools import partial

import pytest
from threadpoolctl import threadpool_info

from landbridge.tasks import no_progress, run_tasks

NUMBERS = tuple(range(6))


def _run(jobs: int) -> list[tuple[int, int, int]]:
    # Within a function, so that it is sent whole: another process cannot import a test.
    def who(number: int) -> tuple[int, int, int]:
        most = max((pool["num_threads"] for pool in threadpool_info()), default=1)
        return number, os.getpid(), most

    return run_tasks(who, NUMBERS, jobs=jobs, progress=no_progress, what="numbers")


@pytest.mark.unit
def test_little_work_stays_in_this_process() -> None:
    assert {process for _, process, _ in _run(2)} == {os.getpid()}


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.usefixtures("eager_processes")
def test_answers_of_processes_come_in_order_each_on_one_thread() -> None:
    answers = _run(2)
    assert tuple(number for number, _, _ in answers) == NUMBERS
    assert {process for _, process, _ in answers} > {os.getpid()}
    assert {threads for _, _, threads in answers} == {1}


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.usefixtures("eager_processes")
def test_a_process_unpacks_a_function_once() -> None:
    """Then what it found out about its inputs is there for the next task."""
    # Each call takes the next number; a process that unpacked it anew would begin again.
    found = run_tasks(
        partial(next, iter(range(99))), NUMBERS, jobs=2, progress=no_progress, what="numbers"
    )
    assert found[0] == 0
    # Two processes, five more calls: one of them has three at least.
    assert min(found[1:]) == 1
    assert max(found[1:]) >= 3


@pytest.mark.unit
@pytest.mark.usefixtures("eager_processes")
def test_no_number_of_processes_means_one_a_core_that_may_be_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    assert {process for _, process, _ in _run(0)} == {os.getpid()}


@pytest.mark.unit
def test_progress_is_told_after_each_answer() -> None:
    told: list[tuple[int, int]] = []
    run_tasks(
        abs,
        NUMBERS,
        jobs=1,
        progress=lambda _what, done, total: told.append((done, total)),
        what="numbers",
    )
    assert told == [(done, len(NUMBERS)) for done in range(len(NUMBERS) + 1)]
    assert run_tasks(abs, (), jobs=2, progress=no_progress, what="nothing") == []
