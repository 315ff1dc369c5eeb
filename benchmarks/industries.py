"""Where the time of a run by industry goes: freight by class of cargo, equilibrium, parts.

Seconds of the processor, one thread; the flagship scenario, embedded world with 20 sectors.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from landbridge.basis import embedded_basis
from landbridge.draws.engine import Draw
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.freight.skims.economies import generalised_costs
from landbridge.scenarios.reading import find_scenario, read_scenario
from landbridge.scenarios.values.cargo import cargo_classes
from landbridge.studies.chain.assumptions import central_freight
from landbridge.studies.chain.inputs import prepare_inputs
from landbridge.studies.industries.base import IndustryInputs, prepare_industries
from landbridge.studies.industries.parts import industry_parts
from landbridge.studies.industries.running import Industries, central_pass, draw_once, outcome_of
from landbridge.world.sectors.base import SectoralWorld

SCENARIO = "n-cpec-plus"
DRAWS = 6


def seconds(work: Callable[[], object]) -> float:
    """Measure the processor's seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def freight_alone(ready: IndustryInputs, world: SectoralWorld) -> None:
    """Find the least costs before and after for every class of cargo."""
    freight = central_freight(ready.inputs.parameters)
    classes = cargo_classes()
    for value, days in zip(
        classes.value_usd_per_tonne, classes.value_of_time_percent_per_day, strict=True
    ):
        own = replace(
            freight, value_usd_per_tonne=float(value), value_of_time_percent_per_day=float(days)
        )
        for network in (ready.inputs.before, ready.inputs.after):
            generalised_costs(network, own, draw=FreightDraw.neutral(), iso3=world.iso3)


def main() -> None:
    """Print the table."""
    scenario = read_scenario(find_scenario(SCENARIO))
    inputs = prepare_inputs(embedded_basis(), scenario, where=SCENARIO)
    ready = prepare_industries(inputs)
    with threadpool_limits(limits=1):
        world = ready.world()
        central_pass(ready, world)  # orders and tables are read once
        found = central_pass(ready, world)
        central = seconds(lambda: central_pass(ready, world))
        draws = [seconds(partial(draw_once, ready, Draw(1, k))) for k in range(DRAWS)]
        kept = outcome_of(ready, found)
        run = Industries(ready, world, found, kept, kept)
        parts = seconds(lambda: industry_parts(run))
    packed = pickle.dumps(ready)
    over = seconds(lambda: pickle.loads(pickle.dumps(ready)))  # noqa: S301 - our own bytes
    freight = seconds(lambda: freight_alone(ready, world))
    print("| step | seconds |\n|---|---|")
    print(f"| central pass | {central:.2f} |")
    print(f"| of it freight, {2 * len(cargo_classes().names)} matrices | {freight:.2f} |")
    print(f"| a draw, median of {DRAWS} | {np.median(draws):.2f} |")
    print(f"| parts of the gain | {parts:.2f} |")
    print(f"| handing {len(packed) / 1e6:.0f} MB to a process | {over:.3f} |")


if __name__ == "__main__":
    main()
