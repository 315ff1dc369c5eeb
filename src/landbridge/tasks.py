"""Run many independent passes, in this process or in several, in a fixed order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from threadpoolctl import threadpool_limits

Task = TypeVar("Task")
Answer = TypeVar("Answer")
SECONDS_FOR_PROCESSES = 10.0
"""Less work than this is done sooner in one process than others are started for it."""


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
        Processes, at most; 0 for one a core that this process may use. Others are started where
        the first answer shows that there is work enough for them.
    progress, what
        Told after each answer.
    """
    import joblib  # noqa: PLC0415 - a heavy import that only many passes need

    answers: list[Answer] = []
    progress(what, 0, len(tasks))
    for answer in _answers(function, tasks, jobs or joblib.cpu_count()):
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
    if not tasks:
        return
    began = time.monotonic()
    yield single_threaded(function, tasks[0])
    rest, seconds = tasks[1:], time.monotonic() - began
    if jobs == 1 or len(rest) * seconds < SECONDS_FOR_PROCESSES:
        for task in rest:
            yield single_threaded(function, task)
        return
    import joblib  # noqa: PLC0415 - as in `run_tasks`

    # joblib's processes (loky): kept alive between calls, and Dask or Ray can stand in for them.
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator", batch_size="auto")
    yield from parallel(joblib.delayed(single_threaded)(function, task) for task in rest)
