"""Which way each reported trip takes, in what share of the draws, before and after."""

from __future__ import annotations

import numpy as np
import pandas as pd

from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.outcomes import Outcome

STAGES = ("before", "after")
RARE = 0.05
"""Share of the draws under which ways are counted together, but for that of the central run."""
WAYS_COLUMNS = ["origin", "destination", "stage", "way", "share_of_draws", "central_run"]


def trip_ways_table(inputs: Inputs, central: Outcome, draws: Outcome) -> pd.DataFrame:
    """Count the ways of every reported trip over the draws.

    Least-cost paths switch: one way may be the cheapest at the centre and another in most draws.

    Parameters
    ----------
    inputs
        The prepared scenario, for its trips.
    central, draws
        The central run and the stack of the draws.

    Returns
    -------
    pandas.DataFrame
        One row a trip, stage and way that is taken: origin, destination, stage, way (modes in
        turn, with the economies that each crosses), share_of_draws (ratio; the most frequent way
        first, those below `RARE` together and last), central_run (whether every input at its
        centre takes it). Without draws the way of
        the central run alone, its share missing.
    """
    rows = []
    for place, trip in enumerate(inputs.scenario.trips):
        for stage, word in enumerate(STAGES):
            at_centre = str(central.ways[place, stage])
            for way, share in _shares(draws.ways[:, place, stage], at_centre):
                rows.append((trip.origin, trip.destination, word, way, share, way == at_centre))
    return pd.DataFrame(rows, columns=WAYS_COLUMNS)


def _shares(drawn: np.ndarray, central: str) -> list[tuple[str, float]]:
    """Share out the draws among the ways, the most frequent first; the central one is listed."""
    if len(drawn) == 0:
        return [(central, float("nan"))]
    ways, counts = np.unique(drawn, return_counts=True)
    found = {str(way): float(count) / len(drawn) for way, count in zip(ways, counts, strict=True)}
    found.setdefault(central, 0.0)
    kept = {way: share for way, share in found.items() if share >= RARE or way == central}
    told = sorted(kept.items(), key=lambda one: (-one[1], one[0]))
    rare = len(found) - len(kept)
    if rare:
        left = sum(share for way, share in found.items() if way not in kept)
        told.append((f"{rare} other way{'s' * (rare != 1)}", left))
    return told
