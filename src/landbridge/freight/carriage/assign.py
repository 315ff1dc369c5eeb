"""Put flows of one class of cargo on the arcs of the network, along least-cost paths."""

from __future__ import annotations

import numpy as np

from landbridge.freight.carriage.costs import (
    ModeCosts,
    centre_ends,
    land_graphs,
    lifted,
    port_layers_of,
)
from landbridge.freight.search.sweeps import ends_at, load
from landbridge.units import FloatArray, IntArray


def over_land(costs: ModeCosts, mode: str, flow: FloatArray) -> FloatArray:
    """Carry flows between centres by a land mode.

    Parameters
    ----------
    costs
        Of the class.
    mode
        ``road`` or ``rail``.
    flow
        ``[D, C, C]`` D quantities, zero where the mode has no way.

    Returns
    -------
    FloatArray
        ``[D, arcs]`` over every arc of the network.
    """
    graphs, centres = land_graphs(costs.network), centre_ends(costs.ties, costs.access[None])
    if mode == "road":
        found = load(graphs.structure, graphs.by_road(costs.on_land), centres, centres, flow)
        return _on_network(costs, graphs.land, found)
    second = lifted(centres, len(costs.network.layers))
    found = load(graphs.doubled, costs.on_land[graphs.twice], centres, second, flow)
    return _on_network(costs, graphs.land[graphs.twice], found)


def to_quays(costs: ModeCosts, flow: FloatArray) -> FloatArray:
    """Carry flows from centres to ports, ``[D, C, P]`` to ``[D, arcs]``."""
    graphs, centres = land_graphs(costs.network), centre_ends(costs.ties, costs.access[None])
    ports = ends_at(port_layers_of(costs.network), 1)
    found = load(graphs.structure, costs.to_quay, centres, ports, flow)
    return _on_network(costs, graphs.land, found)


def from_quays(costs: ModeCosts, flow: FloatArray) -> FloatArray:
    """Carry flows from ports to centres, ``[D, C, P]`` (centres first) to ``[D, arcs]``."""
    graphs, centres = land_graphs(costs.network), centre_ends(costs.ties, costs.access[None])
    ports = ends_at(port_layers_of(costs.network), 1)
    found = load(graphs.structure, costs.to_quay, ports, centres, flow.transpose(0, 2, 1))
    return _on_network(costs, graphs.land, found)


def _on_network(costs: ModeCosts, arcs: IntArray, flow: FloatArray) -> FloatArray:
    """Sum flows over the copies of an arc, ``[D, A]`` to ``[D, arcs]``."""
    size = len(costs.network.arcs.start)
    return np.stack([np.bincount(arcs, weights=one, minlength=size) for one in flow])
