"""A prepared scenario in every draw: each uncertain input at once, through the whole chain."""

from __future__ import annotations

from functools import partial

from landbridge.draws.engine import Draw, run_draws
from landbridge.studies.chain.assumptions import assumptions_of
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.outcomes import Outcome, no_outcomes, one_pass, outcome_of, stack
from landbridge.tasks import Progress


def drawn_outcomes(
    inputs: Inputs, *, draws: int, seed: int, jobs: int, progress: Progress, like: Outcome
) -> Outcome:
    """Draw parameters, freight costs, crossing times and baseline cells, and run each draw.

    Parameters
    ----------
    inputs
        The prepared scenario.
    draws, seed, jobs, progress
        As in `draws.engine.run_draws`; the stack is empty for no draws.
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
    found = run_draws(
        partial(_one_draw, inputs), draws=draws, seed=seed, jobs=jobs, progress=progress
    )
    return stack(found) if found else no_outcomes(like)


def _one_draw(inputs: Inputs, drawn: Draw) -> Outcome:
    values = drawn.parameters(inputs.parameters, inputs.basis.estimates)
    assumptions = assumptions_of(values, drawn.cargo_choice(inputs.cargo))
    draw, world = drawn.freight(), drawn.world(inputs.world)
    found = one_pass(inputs, world, assumptions, draw)
    return outcome_of(inputs, found, world=world, values=values, assumptions=assumptions, draw=draw)
