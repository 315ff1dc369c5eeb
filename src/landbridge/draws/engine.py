"""The one draw engine: what is uncertain is drawn by seed, number and name, in one loop.

A `Draw` is fixed by a seed and a number. Each thing that it draws has a stream of its own, named
after what is drawn: a parameter has the same value in draw 7 of seed 2026 whether a scenario adds
other parameters or not, and whichever study asks. So scenarios and studies that run with one seed
share their draws, and the difference between two of them is a paired difference (common random
numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar
from zlib import crc32

import numpy as np

from landbridge.freight.carriage.chosen import CargoChoice
from landbridge.freight.carriage.classes import drawn_cargo
from landbridge.freight.costs.pricing import MAX_SEED, FreightDraw
from landbridge.freight.skims.to_ports import PortChoice, port_choice_of, port_choice_rows
from landbridge.gravity.uses.parameter_estimates import ParameterEstimates
from landbridge.scenarios.parameters import Parameter, triangular
from landbridge.scenarios.values.cargo import CargoClasses, cargo_classes
from landbridge.tasks import Progress, run_tasks
from landbridge.world.base import World
from landbridge.world.draws import draw_world
from landbridge.world.sectors.base import SectoralWorld
from landbridge.world.sectors.draws import draw_sectors

Answer = TypeVar("Answer")

LARGEST_CHUNK: Final = 8
"""Draws a task: enough that handing the inputs over costs little beside the work."""


@dataclass(frozen=True)
class Draw:
    """One draw of everything that is uncertain.

    Attributes
    ----------
    seed
        Of the whole set of draws.
    number
        Which of them; the first k of n draws are the same as those of k draws.
    """

    seed: int
    number: int

    def stream(self, name: str) -> np.random.Generator:
        """Open the stream of random numbers that belongs to a name."""
        key = (self.number, crc32(name.encode()))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))

    def parameters(
        self, table: Mapping[str, Parameter], estimates: ParameterEstimates | None = None
    ) -> dict[str, float]:
        """Draw every parameter of a table, each from its own stream.

        Parameters
        ----------
        table
            Parameters by name.
        estimates
            Those that were estimated together: they are drawn together and take the place of the
            table's.

        Returns
        -------
        dict of str to float
            In the order of the table, in the units of the table.
        """
        drawn = {
            name: parameter.draw(self.stream(f"parameter:{name}"))
            for name, parameter in table.items()
        }
        if estimates is not None:
            drawn |= estimates.draw(self.stream("estimates"))
        return drawn

    def freight(self) -> FreightDraw:
        """Draw the freight rows' own uncertainty, each row by its name."""
        return FreightDraw(seed=int(self.stream("freight").integers(MAX_SEED)))

    def world(self, world: World) -> World:
        """Draw the cells of a world; totals and domestic sales stay (`world.draws.draw_world`)."""
        return draw_world(world, self.stream("world"))

    def sectors(self, world: SectoralWorld) -> SectoralWorld:
        """Draw what each economy sells and buys by sector; to be aligned to totals afterwards."""
        return draw_sectors(world, self.stream("sectors"))

    def cargo(self) -> CargoClasses:
        """Draw value and value of time of each class of cargo."""
        return cargo_classes(self.stream("cargo"))

    def cargo_choice(self, choice: CargoChoice | None) -> CargoChoice | None:
        """Draw values, prices and spreads of every class of cargo; None stays None."""
        if choice is None:
            return None
        return replace(choice, classes=drawn_cargo(self.stream("cargo costs")))

    def ports(self) -> PortChoice:
        """Draw the scales of the choice of ports, and how far shippers look."""
        rng = self.stream("ports")
        return port_choice_of(
            {
                str(row["name"]): triangular(
                    float(row["low"]), float(row["central"]), float(row["high"]), rng.random()
                )
                for row in port_choice_rows().to_dict(orient="records")
            }
        )


def run_draws(
    function: Callable[[Draw], Answer],
    *,
    draws: int,
    seed: int,
    jobs: int,
    progress: Progress,
    what: str = "Draws",
) -> list[Answer]:
    """Apply a function to every draw, in this process or in several, in the order of the draws.

    Parameters
    ----------
    function
        Picklable; all its randomness comes from the draw it is given.
    draws
        How many; none gives an empty list.
    seed
        The same seed gives the same draws, whatever `jobs` is.
    jobs
        Processes; 0 for one a core.
    progress, what
        Told after each chunk of draws.

    Raises
    ------
    ConvergenceError
        What the function raises: bands without a draw that failed would be too narrow.
    """
    if draws == 0:
        return []
    chunk = _chunk_size(draws)
    numbers = range(draws)
    chunks = [
        tuple(Draw(seed, number) for number in numbers[start : start + chunk])
        for start in range(0, draws, chunk)
    ]

    def by_draw(what: str, done: int, total: int) -> None:
        progress(what, draws if done == total else done * chunk, draws)

    answers = run_tasks(
        partial(_run_chunk, function), chunks, jobs=jobs, progress=by_draw, what=what
    )
    return [one for answer in answers for one in answer]


def _chunk_size(draws: int) -> int:
    """Size chunks so that few draws still keep several processes busy."""
    return max(1, min(LARGEST_CHUNK, draws // LARGEST_CHUNK))


def _run_chunk(function: Callable[[Draw], Answer], chunk: Sequence[Draw]) -> list[Answer]:
    return [function(draw) for draw in chunk]
