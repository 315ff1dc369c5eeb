"""A few threads for work on large arrays; numpy lets go of the interpreter while it computes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

WORTH: Final = 200_000
"""Cells below which starting threads costs more than it saves."""
MOST_THREADS: Final = 4
"""More are starved by memory, which the work on cells is bound by."""


class Workers:
    """Does tasks side by side; the answers do not depend on how many threads there are.

    Parameters
    ----------
    cells
        Size of the arrays that the tasks work on: small ones are done in this thread.
    """

    def __init__(self, cells: int) -> None:
        count = min(os.cpu_count() or 1, MOST_THREADS)
        self.count = count if cells >= WORTH else 1
        self._pool = ThreadPoolExecutor(self.count) if self.count > 1 else None

    def each(self, work: Callable[[Task], Answer], tasks: Sequence[Task]) -> list[Answer]:
        """Do one task after the other, or side by side; gives the answers in order."""
        if self._pool is None or len(tasks) < 2:  # noqa: PLR2004 - one task needs no company
            return [work(task) for task in tasks]
        return list(self._pool.map(work, tasks))

    def parts(self, length: int) -> list[slice]:
        """Cut an axis into a stretch for each thread."""
        edges = [length * number // self.count for number in range(self.count + 1)]
        return [slice(*ends) for ends in self._ends(edges)]

    @staticmethod
    def _ends(edges: Sequence[int]) -> Iterator[tuple[int, int]]:
        for number in range(len(edges) - 1):
            if edges[number] < edges[number + 1]:
                yield edges[number], edges[number + 1]
