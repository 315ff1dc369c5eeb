"""Many draws of a world with sectors, run by whatever runs tasks: this process, several, a cluster.

An executor is any callable that applies a function to a sequence of tasks and gives the answers
in their order::

    functools.partial(landbridge.tasks.run_tasks, jobs=2, progress=no_progress, what="draws")
    lambda function, tasks: client.gather(client.map(function, tasks))              # Dask
    lambda function, tasks: ray.get([ray.remote(function).remote(t) for t in tasks])  # Ray
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from landbridge.equilibrium.sectors.baseline import DEFAULT_SECTOR_OPTIONS, SectoralBaseline
from landbridge.equilibrium.sectors.multi_sector import solve_sectors
from landbridge.equilibrium.sectors.results import SectoralEquilibrium
from landbridge.equilibrium.sectors.shock import SectoralShock
from landbridge.equilibrium.sectors.solver import SectorOptions
from landbridge.errors import ConvergenceError

Kept = TypeVar("Kept")
Task = TypeVar("Task")
Answer = TypeVar("Answer")


class Executor(Protocol):
    """Applies a function to tasks and gives the answers in the order of the tasks."""

    def __call__(
        self, function: Callable[[Task], Answer], tasks: Sequence[Task]
    ) -> Sequence[Answer]:
        """Run them all."""


def in_this_process(function: Callable[[Task], Answer], tasks: Sequence[Task]) -> Sequence[Answer]:
    """Run the tasks one after the other."""
    return [function(task) for task in tasks]


@dataclass(frozen=True)
class SectoralDraws(Generic[Kept]):
    """What was kept of every draw that has an equilibrium, and why others have none.

    Attributes
    ----------
    kept
        One an answered draw, in their order.
    numbers
        The draws that were answered.
    failures
        Number and message of every draw without an equilibrium; never to be left out of a report.
    """

    kept: tuple[Kept, ...]
    numbers: tuple[int, ...]
    failures: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class _Draw(Generic[Kept]):
    make: Callable[[int], tuple[SectoralBaseline, SectoralShock]]
    keep: Callable[[SectoralEquilibrium], Kept]
    labour_supply_elasticity: float
    options: SectorOptions

    def __call__(self, number: int) -> tuple[int, tuple[Kept, ...], str]:
        try:
            baseline, shock = self.make(number)
            found = solve_sectors(
                baseline,
                shock,
                labour_supply_elasticity=self.labour_supply_elasticity,
                options=self.options,
            )
        except ConvergenceError as error:
            return number, (), str(error)
        return number, (self.keep(found),), ""


def solve_draws(
    make: Callable[[int], tuple[SectoralBaseline, SectoralShock]],
    numbers: Sequence[int],
    *,
    keep: Callable[[SectoralEquilibrium], Kept],
    run: Executor = in_this_process,
    labour_supply_elasticity: float = 0.0,
    options: SectorOptions = DEFAULT_SECTOR_OPTIONS,
) -> SectoralDraws[Kept]:
    """Solve many draws of a baseline and a shock.

    Parameters
    ----------
    make
        Makes draw ``number``; runs where the draw is solved, so that only numbers and what is
        kept travel. Picklable where the executor uses processes.
    numbers
        The draws; the same number makes the same draw.
    keep
        Takes from the equilibrium what is wanted, e.g. its welfare; picklable.
    run
        The executor.
    labour_supply_elasticity, options
        As in `solve_sectors`.

    Returns
    -------
    SectoralDraws
        In the order of the numbers.

    Raises
    ------
    LandbridgeError
        Bad input in any draw. A draw that does not converge is a failure in the answer instead.
    """
    task: _Draw[Kept] = _Draw(make, keep, labour_supply_elasticity, options)
    answers = run(task, list(numbers))
    return SectoralDraws(
        kept=tuple(kept for _, answer, _ in answers for kept in answer),
        numbers=tuple(number for number, _, fault in answers if not fault),
        failures=tuple((number, fault) for number, _, fault in answers if fault),
    )
