"""Run many independent passes, in this process or in several, in a fixed order."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

Task = TypeVar("Task")
Answer = TypeVar("Answer")
ByteArray: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.uint8]]"
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
    shipped = _shipped(function)
    yield from parallel(joblib.delayed(single_threaded)(shipped, task) for task in rest)


class _Shipped(Generic[Task, Answer]):
    """A function that a process unpacks once, and not for every task.

    Its inputs are the same objects in every task then, so that what is kept by them (the graphs of
    a network, the mix of a world's goods) is kept from task to task. The pickle is an array: joblib
    puts large arrays into memory that all processes see.
    """

    def __init__(self, packed: bytes) -> None:
        self._name = f"{os.getpid()}-{next(_NUMBERS)}"
        self._packed: ByteArray = np.frombuffer(packed, dtype=np.uint8)

    def __call__(self, task: Task) -> Answer:
        """Call the function, unpacked at the first call in a process."""
        if self._name not in _UNPACKED:
            _UNPACKED.clear()
            _UNPACKED[self._name] = pickle.loads(self._packed.tobytes())  # noqa: S301 - our own
        answer: Answer = _UNPACKED[self._name](task)
        return answer


def _shipped(function: Callable[[Task], Answer]) -> Callable[[Task], Answer]:
    """Pack a function; one made within another one is left to joblib as it is."""
    try:
        packed = pickle.dumps(function)
    except (AttributeError, TypeError, pickle.PicklingError):
        return function
    return _Shipped[Task, Answer](packed)


_NUMBERS = count()
_UNPACKED: dict[str, Callable[..., Any]] = {}
