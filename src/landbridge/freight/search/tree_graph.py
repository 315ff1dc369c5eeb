"""Trees of least-cost paths over the contracted network, ports that only the sea reaches included.

Nodes are the layers that the contraction keeps and the outer ports that economies use. Two ways of
exactly the same cost are told apart by a difference of one part in ten thousand million, drawn
from the arc's position: so that trees grown from either end take the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from landbridge.errors import InputError
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.parts import Absent
from landbridge.freight.network.sea import least_arcs
from landbridge.units import FloatArray, IntArray

TIE_BREAK = 1e-10
"""Share by which arcs of equal cost are told apart."""
LEAST_COST = 1e-9
"""USD per tonne added to every arc, so that no arc is free and a tree has an order."""
ARC_SEED, SEA_SEED = 1, 2
TIES_KEPT = 4


@dataclass(frozen=True, eq=False)
class Trees:
    """Least-cost trees, one a root.

    Attributes
    ----------
    cost
        ``[K, M]`` USD per tonne, generalised, between the root and every node.
    before
        ``[K, M]`` the next node towards the root; M at the root and where there is no way.
    edge
        ``[K, M]`` number of the edge to that node; -1 where there is none.
    order
        ``[K, M]`` nodes by rising cost.
    """

    cost: FloatArray
    before: IntArray
    edge: IntArray
    order: IntArray


@dataclass(frozen=True, eq=False)
class Ties:
    """The ties of the economies asked for; a root is a layer that some tie uses."""

    rows: IntArray
    layers: IntArray
    root: IntArray
    economy: IntArray
    centre: IntArray
    weight: FloatArray
    owner: IntArray


@lru_cache(maxsize=TIES_KEPT)
def ties_of(network: FreightNetwork, iso3: tuple[str, ...], absent: Absent = "refuse") -> Ties:
    """Find the ties of economies.

    Raises
    ------
    UnknownNameError
        An economy has no centre in the network, and none may be absent; or all are.
    """
    codes = np.array(network.ties.iso3)
    rows = network.ties.rows(iso3, absent)
    position = {code: index for index, code in enumerate(iso3)}
    economy = np.array([position[code] for code in codes[rows]], dtype=np.int64)
    layers, root = np.unique(network.ties.layer[rows], return_inverse=True)
    first, centre = np.unique(network.ties.centre[rows], return_index=True, return_inverse=True)[1:]
    owner = economy[first]
    weight = network.ties.weight[rows][first]
    return Ties(
        rows=rows,
        layers=layers.astype(np.int64),
        root=root.astype(np.int64),
        economy=economy,
        centre=centre.astype(np.int64),
        weight=weight / np.bincount(owner, weights=weight)[owner],
        owner=owner,
    )


def spread_of(owner: IntArray, weight: FloatArray, count: int) -> csr_array:
    """Lay out what each centre counts in its economy, ``[N, C]``.

    Parameters
    ----------
    owner, weight
        ``[C]`` economy of every centre, and its share in it (ones: sums in place of means).
    count
        N.
    """
    return csr_array((weight, (owner, np.arange(len(owner)))), shape=(count, len(owner)))


def weighed(spread: csr_array, values: FloatArray) -> FloatArray:
    """Add values between centres up between economies, ``[C, C]`` to ``[N, N]``."""
    return np.asarray((spread @ (spread @ values).T).T)


@lru_cache(maxsize=TIES_KEPT)
def largest_centres(ties: Ties) -> Ties:
    """Keep the ties of the largest centre of every economy, which stands for all of it."""
    order = np.lexsort((-ties.weight, ties.owner))
    largest = order[np.unique(ties.owner[order], return_index=True)[1]]
    kept = _of_centres(ties, largest)
    return replace(kept, weight=np.ones(len(kept.owner)))


@lru_cache(maxsize=TIES_KEPT)
def centres_of(ties: Ties, economies: tuple[int, ...]) -> Ties:
    """Keep the ties of some economies, by their positions; one without a centre has none.

    Raises
    ------
    InputError
        None of them has one.
    """
    kept = np.flatnonzero(np.isin(ties.owner, economies))
    if not len(kept):
        raise InputError("none of the economies has a centre in the network")
    return _of_centres(ties, kept)


def _of_centres(ties: Ties, centres: IntArray) -> Ties:
    kept = np.flatnonzero(np.isin(ties.centre, centres))
    layers, root = np.unique(ties.layers[ties.root[kept]], return_inverse=True)
    old, centre = np.unique(ties.centre[kept], return_inverse=True)
    return Ties(
        rows=ties.rows[kept],
        layers=layers,
        root=root.astype(np.int64),
        economy=ties.economy[kept],
        centre=centre.astype(np.int64),
        weight=ties.weight[old],
        owner=ties.owner[old],
    )


def choose_ties(
    between: FloatArray, access: FloatArray, ties: Ties
) -> tuple[FloatArray, IntArray, IntArray]:
    """Take the cheapest pair of ties for every pair of centres, ``[C, C]`` each."""
    turns = turns_of(ties)
    count = len(ties.owner)
    cost = np.full((count, count), np.inf)
    tie_out = np.zeros((count, count), dtype=np.int64)
    tie_in = np.zeros((count, count), dtype=np.int64)
    for first in turns:
        for last in turns:
            total = between[np.ix_(ties.root[first], ties.root[last])]
            total = total + access[first][:, None] + access[last][None, :]
            cells = np.ix_(ties.centre[first], ties.centre[last])
            better = total < cost[cells]
            cost[cells] = np.where(better, total, cost[cells])
            tie_out[cells] = np.where(better, first[:, None], tie_out[cells])
            tie_in[cells] = np.where(better, last[None, :], tie_in[cells])
    return cost, tie_out, tie_in


def turns_of(ties: Ties) -> list[IntArray]:
    """Split the ties so that no centre has two in one part."""
    order = np.argsort(ties.centre, kind="stable")
    centre = ties.centre[order]
    rank = np.arange(len(order)) - np.searchsorted(centre, centre)
    return [order[rank == turn] for turn in range(int(rank.max()) + 1)]


@dataclass(frozen=True, eq=False)
class Graph:
    """The contracted land network and O outer ports; nodes are numbered core first.

    Edges are numbered: the chains, then outer port to gate ``[O, G]``, gate to outer port
    ``[G, O]``, outer port to outer port ``[O, O]``.
    """

    start: IntArray
    end: IntArray
    chain_cost: FloatArray
    core: int
    gates: IntArray
    outer_out: FloatArray
    outer_in: FloatArray
    across: FloatArray
    handling: tuple[FloatArray, FloatArray]
    node_of: IntArray
    edge_arcs: csr_array
    edge_sea: csr_array


def build_graph(
    network: FreightNetwork, layers: IntArray, general: FloatArray, sea_general: float
) -> Graph:
    """Put the contracted network and the outer ports among some layers together.

    Parameters
    ----------
    network
        The network.
    layers
        Where economies come on.
    general, sea_general
        Generalised USD per tonne of every arc, and of a km at sea.
    """
    small, arcs = network.contraction, network.arcs
    outer = layers[layers >= network.core_layers]
    weight = _told_apart(general, ARC_SEED)
    gate_layers = np.array(
        [i for i, one in enumerate(network.layers[: network.core_layers]) if one.mode == "sea"],
        dtype=np.int64,
    )
    place = np.full(len(network.layers), -1, dtype=np.int64)
    place[small.layers] = np.arange(len(small.layers))
    place[outer] = len(small.layers) + np.arange(len(outer))
    gate_port, outer_port = _ports_of(network, gate_layers), _ports_of(network, outer)
    way_out, way_in = (_port_arcs(network, outer, forward=forward) for forward in (True, False))
    costs = [np.where(way >= 0, weight[way], np.inf) for way in (way_out, way_in)]
    leg = _told_apart(network.sea.km * sea_general, SEA_SEED)
    return Graph(
        start=small.start,
        end=small.end,
        chain_cost=small.sums(weight[: arcs.core]),
        core=len(small.layers),
        gates=place[gate_layers],
        outer_out=leg[np.ix_(outer_port, gate_port)] + costs[0][:, None],
        outer_in=leg[np.ix_(gate_port, outer_port)] + costs[1][None, :],
        across=leg[np.ix_(outer_port, outer_port)] + costs[0][:, None] + costs[1][None, :],
        handling=(costs[0], costs[1]),
        node_of=place,
        edge_arcs=_edge_arcs(network, (way_out, way_in), len(gate_layers)),
        edge_sea=_edge_sea(network, outer_port, gate_port),
    )


def _told_apart(cost: FloatArray, seed: int) -> FloatArray:
    """Break ties of arcs, by their positions alone: the same on every machine."""
    share = 1.0 + TIE_BREAK * np.random.default_rng(seed).random(cost.shape)
    return np.asarray((cost + LEAST_COST) * share)


def _ports_of(network: FreightNetwork, layers: IntArray) -> IntArray:
    number = {port: index for index, port in enumerate(network.sea.ports)}
    return np.array([number[network.layers[layer].node] for layer in layers], dtype=np.int64)


def _port_arcs(network: FreightNetwork, outer: IntArray, *, forward: bool) -> IntArray:
    """Find each outer port's arc to the sea, or that from it; -1 where it is shut."""
    arcs = network.arcs
    ports = arcs.core + np.flatnonzero(arcs.kind[arcs.core :] == int(ArcKind.PORT))
    mine = ports[arcs.forward[ports] == forward]
    side = arcs.start[mine] if forward else arcs.end[mine]
    number = dict(zip(side.tolist(), mine.tolist(), strict=True))
    return np.array([number.get(int(layer), -1) for layer in outer], dtype=np.int64)


def _edge_arcs(network: FreightNetwork, ways: tuple[IntArray, IntArray], gates: int) -> csr_array:
    """Say which arcs every edge runs over, ``[E, arcs]``."""
    chains = network.contraction.chains.tocoo()
    out, back = ways
    edges, outer = chains.shape[0], len(out)
    rows, columns = [chains.row.astype(np.int64)], [chains.col.astype(np.int64)]
    blocks = (
        (np.repeat(out, gates),),
        (np.tile(back, gates),),
        (np.repeat(out, outer), np.tile(back, outer)),
    )
    for block in blocks:
        for arc in block:
            rows.append(edges + np.flatnonzero(arc >= 0))
            columns.append(arc[arc >= 0])
        edges += len(block[0])
    row, column = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.ones(len(row)), (row, column)), shape=(edges, len(network.arcs.start)))


def _edge_sea(network: FreightNetwork, outer: IntArray, gates: IntArray) -> csr_array:
    """Say between which ports every edge sails, ``[E, P * P]``."""
    arcs, size = network.arcs, len(network.sea.ports)
    sea = np.flatnonzero(arcs.kind[: arcs.core] == int(ArcKind.SEA))
    pair = _ports_of(network, arcs.start[sea]) * size + _ports_of(network, arcs.end[sea])
    legs = csr_array((np.ones(len(sea)), (sea, pair)), shape=(arcs.core, size * size))
    first = (network.contraction.chains @ legs).tocoo()
    edges = first.shape[0]
    rows, columns = [first.row.astype(np.int64)], [first.col.astype(np.int64)]
    for start, end in ((outer, gates), (gates, outer), (outer, outer)):
        pairs = (start[:, None] * size + end[None, :]).ravel()
        rows.append(edges + np.arange(len(pairs)))
        columns.append(pairs)
        edges += len(pairs)
    row, column = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.ones(len(row)), (row, column)), shape=(edges, size * size))


def grow(graph: Graph, roots: IntArray, *, backward: bool) -> Trees:
    """Grow the trees of the roots: of the ways from them, or of those that lead to them."""
    start, end = (graph.end, graph.start) if backward else (graph.start, graph.end)
    sparse, used = least_arcs(start, end, graph.chain_cost, graph.core)
    out = graph.outer_in.T if backward else graph.outer_out
    back = graph.outer_out.T if backward else graph.outer_in
    across = graph.across.T if backward else graph.across
    inside = roots < graph.core
    wanted = np.unique(np.concatenate((roots[inside], graph.gates)))
    cost, before = dijkstra(sparse, indices=wanted, return_predecessors=True)
    row_of = np.full(graph.core, -1, dtype=np.int64)
    row_of[wanted] = np.arange(len(wanted))
    size = graph.core + len(across)
    full = np.full((len(roots), size), np.inf)
    step = np.full((len(roots), size), size, dtype=np.int64)
    inner, mine = np.flatnonzero(inside), row_of[roots[inside]]
    full[inner, : graph.core] = cost[mine]
    step[inner, : graph.core] = np.where(before[mine] >= 0, before[mine], size)
    for port in range(len(across)):
        through = full[np.ix_(inner, graph.gates)] + back[:, port]
        best = through.argmin(axis=1)
        full[inner, graph.core + port] = through[np.arange(len(inner)), best]
        step[inner, graph.core + port] = graph.gates[best]
    gate_rows, here = row_of[graph.gates], np.arange(graph.core)
    for row in np.flatnonzero(~inside):
        port = roots[row] - graph.core
        through = out[port][:, None] + cost[gate_rows]
        best = through.argmin(axis=0)
        towards = before[gate_rows[best], here]
        full[row, : graph.core] = through[best, here]
        step[row, : graph.core] = np.where(towards >= 0, towards, roots[row])
        full[row, graph.core :], step[row, graph.core :] = across[port], roots[row]
        full[row, roots[row]], step[row, roots[row]] = 0.0, size
    step[~np.isfinite(full)] = size
    keys = (start[used] * graph.core + end[used], used)
    edge = _edge_numbers(graph, step, keys, backward=backward)
    return Trees(cost=full, before=step, edge=edge, order=np.argsort(full, axis=1, kind="stable"))


def _edge_numbers(
    graph: Graph, step: IntArray, keys: tuple[IntArray, IntArray], *, backward: bool
) -> IntArray:
    """Find the edge between every node and the next one towards its root, ``[K, M]``."""
    size, core = step.shape[1], graph.core
    chains, gates, outer = len(graph.start), len(graph.gates), len(graph.across)
    node = np.broadcast_to(np.arange(size), step.shape)
    edge = np.full(step.shape, -1, dtype=np.int64)
    gate_of = np.full(size, -1, dtype=np.int64)
    gate_of[graph.gates] = np.arange(gates)
    known = step < size
    inside = known & (step < core) & (node < core)
    edge[inside] = keys[1][np.searchsorted(keys[0], step[inside] * core + node[inside])]
    tail, head = (node, step) if backward else (step, node)
    leaves = known & (tail >= core) & (head < core)
    edge[leaves] = chains + (tail[leaves] - core) * gates + gate_of[head[leaves]]
    enters = known & (tail < core) & (head >= core)
    edge[enters] = chains + outer * gates + gate_of[tail[enters]] * outer + head[enters] - core
    crosses = known & (tail >= core) & (head >= core)
    pair = (tail[crosses] - core) * outer + head[crosses] - core
    edge[crosses] = chains + 2 * outer * gates + pair
    return edge
