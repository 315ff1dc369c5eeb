"""Run many independent passes, in this process or in several, in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

Task = TypeVar("Task")
Answer = TypeVar("Answer")
FEWEST_FOR_PROCESSES = 4
"""Below this many tasks, starting processes takes longer than it saves."""


class Progress(Protocol):
    """Told how far the work is."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say that `done` of `total` steps of `what` are done."""


def no_progress(what: str, done: int, total: int) -> None:
    """Say nothing."""


def run_tasks(
    function: Callable[[Task], Answer],
    tasks: Sequence[Task],
    *,
    jobs: int,
    progress: Progress,
    what: str,
) -> list[Answer]:
    """Apply a function to every task and give the answers in the order of the tasks.

    Parameters
    ----------
    function
        Picklable; each call uses one BLAS thread, so that an answer does not depend on how many
        run side by side.
    tasks
        Its arguments.
    jobs
        Processes; 0 for one a core.
    progress, what
        Told after each answer.
    """
    answers: list[Answer] = []
    progress(what, 0, len(tasks))
    for answer in _answers(function, tasks, jobs or os.cpu_count() or 1):
        answers.append(answer)
        progress(what, len(answers), len(tasks))
    return answers


def single_threaded(function: Callable[[Task], Answer], task: Task) -> Answer:
    """Call a function with one BLAS thread."""
    with threadpool_limits(limits=1):
        return function(task)


def _answers(
    function: Callable[[Task], Answer], tasks: Sequence[Task], jobs: int
) -> Iterator[Answer]:
    if jobs == 1 or len(tasks) < FEWEST_FOR_PROCESSES:
        for task in tasks:
            yield single_threaded(function, task)
        return
    # joblib's processes (loky): kept alive between calls, and Dask or Ray can stand in for them.
    parallel = Parallel(n_jobs=jobs, return_as="generator", batch_size="auto")
    yield from parallel(delayed(single_threaded)(function, task) for task in tasks)
