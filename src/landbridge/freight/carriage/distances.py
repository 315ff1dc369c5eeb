"""How far goods go by pipeline and by air, which the network has no links for."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landbridge.atlas.economies import great_circle_km
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.pipelines import Commodity
from landbridge.freight.network.sea import least_arcs
from landbridge.freight.network.tables import column, coordinates
from landbridge.freight.search.tree_graph import Ties
from landbridge.tables import embedded_table
from landbridge.units import FloatArray

TIES_KEPT: Final = 4


def piped_km(commodity: Commodity, iso3: tuple[str, ...]) -> FloatArray:
    """Measure the cheapest ways through open pipelines between economies, ``[N, N]`` km.

    Infinite where no pipeline leads.
    """
    sections = embedded_table("freight", "pipelines")
    mine = sections[(sections["commodity"] == commodity) & (sections["status"] == "open")]
    places = embedded_table("freight", "pipeline_places")
    number = {place: index for index, place in enumerate(column(places, "place"))}
    one = np.array([number[place] for place in column(mine, "from_place")])
    other = np.array([number[place] for place in column(mine, "to_place")])
    km = mine["km"].to_numpy(dtype=np.float64)
    usd = km * mine["tariff"].to_numpy(dtype=np.float64)
    size = len(places)
    graph, used = least_arcs(np.r_[one, other], np.r_[other, one], np.r_[usd, usd], size)
    cost, before = dijkstra(graph, return_predecessors=True)
    step = np.zeros((size, size))
    step[np.r_[one, other][used], np.r_[other, one][used]] = np.r_[km, km][used]
    length = _along(before, step, cost)
    economies = np.array(column(places, "iso3"))
    found = np.full((len(iso3), len(iso3)), np.inf)
    for row, seller in enumerate(iso3):
        for place, buyer in enumerate(iso3):
            cells = np.ix_(economies == seller, economies == buyer)
            if seller != buyer and cost[cells].size:
                found[row, place] = length[cells].ravel()[int(np.argmin(cost[cells]))]
    return found


@lru_cache(maxsize=TIES_KEPT)
def flown_km(network: FreightNetwork, ties: Ties) -> FloatArray:
    """Measure the great circles between centres, ``[C, C]`` km."""
    where = coordinates(network.tables.nodes)
    first = np.unique(ties.centre, return_index=True)[1]
    longitude, latitude = np.array([where[network.ties.node[row]] for row in ties.rows[first]]).T
    return great_circle_km(latitude[:, None], longitude[:, None], latitude, longitude)


def _along(before: np.ndarray, step: FloatArray, cost: FloatArray) -> FloatArray:
    """Sum the steps along least ways, ``[P, P]``; infinite where there is none."""
    size = len(step)
    found = np.where(np.isfinite(cost), 0.0, np.inf)
    start, here = np.indices((size, size)).reshape(2, -1)
    goal = here
    while len(here):
        back = before[start, here]
        keep = back >= 0
        start, here, goal, back = start[keep], here[keep], goal[keep], back[keep]
        np.add.at(found, (start, goal), step[back, here])
        here = back
    return found
