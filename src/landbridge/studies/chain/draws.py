"""Draws: every uncertain input at once, each run through the whole chain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from landbridge.draws.tasks import Progress, run_tasks
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.studies.chain.assumptions import assumptions_of, drawn_values
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.outcomes import Outcome, no_outcomes, one_pass, outcome_of, stack
from landbridge.world.draws import draw_world

CHUNK = 8
"""Draws a task: enough that handing the inputs over costs little beside the work."""


@dataclass(frozen=True)
class _Chunk:
    seeds: tuple[np.random.SeedSequence, ...]


def run_draws(
    inputs: Inputs, *, draws: int, seed: int, jobs: int, progress: Progress, like: Outcome
) -> Outcome:
    """Draw parameters, freight costs, crossing times and baseline cells, and run each draw.

    Parameters
    ----------
    inputs
        The prepared scenario.
    draws
        How many; the stack is empty for none.
    seed
        The same seed gives the same draws, whatever `jobs` is; the first k of n draws are the
        same as those of k draws.
    jobs
        Processes; 0 for one a core.
    progress
        Told after each chunk.
    like
        An outcome of the right shapes.

    Returns
    -------
    Outcome
        Stacked, draws first.

    Raises
    ------
    ConvergenceError
        A draw did not converge: bands without it would be too narrow.
    """
    if draws == 0:
        return no_outcomes(like)
    seeds = np.random.SeedSequence(seed).spawn(draws)
    chunks = [_Chunk(seeds=tuple(seeds[start : start + CHUNK])) for start in range(0, draws, CHUNK)]

    def by_draw(what: str, done: int, total: int) -> None:
        progress(what, draws if done == total else done * CHUNK, draws)

    answers = run_tasks(
        partial(_run_chunk, inputs), chunks, jobs=jobs, progress=by_draw, what="Draws"
    )
    return stack([outcome for answer in answers for outcome in answer])


def _run_chunk(inputs: Inputs, chunk: _Chunk) -> list[Outcome]:
    return [_one_draw(inputs, np.random.default_rng(seed)) for seed in chunk.seeds]


def _one_draw(inputs: Inputs, rng: np.random.Generator) -> Outcome:
    values = drawn_values(inputs.parameters, rng, inputs.estimates)
    assumptions = assumptions_of(values)
    draw = FreightDraw.random(inputs.before, rng)
    world = draw_world(inputs.world, rng)
    found = one_pass(inputs, world, assumptions, draw)
    return outcome_of(inputs, found, world=world, values=values, assumptions=assumptions, draw=draw)
