"""Costs between economies by mode, for the choice among modes.

Between economies the mode is that at the border, as customs count it: a way by air flies; a way by
sea has a sea leg and does not fly; a way by rail passes a border by rail, without sea and air; all
others, ferries and railways inside an economy among them, are ways by road. Every way is of one
mode and stays of it whatever it costs, so the least cost of each mode is found exactly, the least
of the modes is the least cost, and where nothing becomes dearer no mode does.

To find the best way that has a leg of some kind, the network is doubled: such a leg leads from the
first copy to the second, and the way starts in the first and ends in the second.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from landbridge.freight.costs.pricing import FreightDraw, FreightParameters, arc_costs
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.cost_graph import CostGraph, Structure
from landbridge.freight.network.tables import by_text
from landbridge.freight.search.engine import EliminationEngine
from landbridge.freight.search.modes import MAIN_MODES, MainMode
from landbridge.freight.search.ways import arc_modes
from landbridge.units import BoolArray, FloatArray, IntArray

SEA = MAIN_MODES.index("sea")


def costs_by_mode(
    network: FreightNetwork,
    parameters: FreightParameters,
    draw: FreightDraw | None,
    layers: IntArray,
    least: FloatArray,
) -> FloatArray:
    """Split least costs between road layers by mode.

    Parameters
    ----------
    network, parameters, draw
        As in `skims.skims`.
    layers
        K layer numbers, those of ports that only the sea reaches included.
    least
        ``[K, K]`` least generalised costs.

    Returns
    -------
    FloatArray
        ``[M, K, K]`` generalised cost of the best way of each of `modes.MAIN_MODES`; infinite
        where there is none. The least over modes is `least`.
    """
    found = np.full((len(MAIN_MODES), *least.shape), np.inf)
    # A port that only the sea reaches has no other way.
    found[SEA] = least
    inner = np.flatnonzero(layers < network.core_layers)
    if not len(inner):
        return found
    hours, usd = arc_costs(network, parameters, draw)
    weight = (usd + parameters.usd_per_tonne_hour * hours)[: network.arcs.core]
    goals, here = layers[inner], np.ix_(inner, inner)
    legs = marks(network)
    for place, mode in enumerate(MAIN_MODES):
        above = [legs[other] for other in MAIN_MODES[place + 1 :]]
        open_to = np.flatnonzero(~np.any([np.zeros(len(weight), dtype=bool), *above], axis=0))
        costs = _best(network, mode, (open_to, weight), legs.get(mode), goals)
        # Sums in another order may fall below the least cost by rounding.
        found[place][here] = np.maximum(costs, least[here])
    return found


def marks(network: FreightNetwork) -> dict[MainMode, BoolArray]:
    """Say which arcs make a way one by rail, by sea or by air, ``[core arcs]`` each.

    A way with arcs of several modes is one of the last of them. The road has no mark: its ways
    are those without any.
    """
    arcs, core = network.arcs, network.arcs.core
    modes = arc_modes(network)[:core]
    abroad = goes_abroad(network)[:core]
    on_rails = np.array([layer.mode == "rail" for layer in network.layers])[arcs.start[:core]]
    passes = (arcs.kind[:core] == int(ArcKind.CROSSING)) | (modes == "rail")
    return {
        "rail": np.asarray(on_rails & abroad & passes),
        "sea": np.asarray(modes == "sea"),
        "air": np.asarray(modes == "air"),
    }


def goes_abroad(network: FreightNetwork) -> BoolArray:
    """Say which arcs lead from one economy to another, ``[arcs]``."""
    economy = by_text(network.tables.nodes, "node", "iso3")
    sides = [layer.side or economy[layer.node] for layer in network.layers]
    number = np.unique(sides, return_inverse=True)[1]
    return np.asarray(number[network.arcs.start] != number[network.arcs.end])


def _best(
    network: FreightNetwork,
    mode: MainMode,
    arcs: tuple[IntArray, FloatArray],
    marked: BoolArray | None,
    goals: IntArray,
) -> FloatArray:
    """Compute the least weights between layers over ways that have a marked arc, ``[K, K]``.

    ``arcs`` are the arcs that may be used, and the weights of all.
    """
    use, weight = arcs
    start, end, size = network.arcs.start, network.arcs.end, network.core_layers
    engine = _engine(mode)
    if marked is None:
        graph = CostGraph(Structure(size, start[use], end[use]), weight[None, use])
        return np.asarray(engine.matrix(graph, goals, goals)[0])
    over, plain = use[marked[use]], use[~marked[use]]
    if not len(over):
        return np.full((len(goals), len(goals)), np.inf)
    order = np.concatenate((plain, use, over))
    # The first copy without marked arcs, the second with all, and the marked from one to the other.
    from_copy = np.repeat([0, size, 0], [len(plain), len(use), len(over)])
    to_copy = np.repeat([0, size, size], [len(plain), len(use), len(over)])
    structure = Structure(2 * size, start[order] + from_copy, end[order] + to_copy)
    graph = CostGraph(structure, weight[None, order])
    return np.asarray(engine.matrix(graph, goals, goals + size)[0])


@cache
def _engine(mode: MainMode) -> EliminationEngine:
    """Find the engine of a mode: one each, so that before and after a change find their order."""
    del mode
    return EliminationEngine()
