"""Least costs after an edit of a graph, from its structure as it was.

An edit is made in two steps, in this order. First arcs get other costs, infinite where they close:
the structure stays, so an engine brings its shortcuts up to date. Then arcs are added: a way takes
some of them and least-cost paths of the graph in between, so new costs are sums of costs at the
ends of the added arcs (min-plus), and the larger graph is never searched. Both steps are exact.
The other order would not be: a cost that falls by an added arc cannot be undone by a closure.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from landbridge.errors import InputError
from landbridge.freight.network.cost_graph import CostGraph, Engine, Structure
from landbridge.freight.search.meeting import lower_through
from landbridge.freight.search.shortcuts import keep_less
from landbridge.units import FloatArray, IntArray


def _no_arcs() -> IntArray:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Change:
    """An edit of a graph.

    Attributes
    ----------
    closed
        Numbers of arcs that close.
    arcs, values
        Numbers of arcs that get other values, and these, ``[1 + carried, arcs]``.
    start, end, added
        Ends of the arcs that are added, and their values, ``[1 + carried, added]``. Nodes that
        the graph does not have get the next numbers.
    """

    closed: IntArray = field(default_factory=_no_arcs)
    arcs: IntArray = field(default_factory=_no_arcs)
    values: FloatArray | None = None
    start: IntArray = field(default_factory=_no_arcs)
    end: IntArray = field(default_factory=_no_arcs)
    added: FloatArray | None = None

    def __post_init__(self) -> None:
        """Refuse arcs without values."""
        for count, values, what in (
            (len(self.arcs), self.values, "arcs get other costs"),
            (len(self.start), self.added, "arcs are added"),
        ):
            given = 0 if values is None else values.shape[1]
            if count != given:
                raise InputError(f"{count} {what} and {given} costs are given")
        if len(self.start) != len(self.end):
            raise InputError(f"{len(self.start)} added arcs start and {len(self.end)} end")


def repriced(graph: CostGraph, change: Change) -> CostGraph:
    """Build the graph with the change's closures and costs, without its added arcs.

    Parameters
    ----------
    graph
        The graph before.
    change
        The edit.
    """
    values = graph.values.copy()
    if change.values is not None:
        values[:, change.arcs] = change.values
    values[0, change.closed] = np.inf
    return graph.with_values(values)


def changed(graph: CostGraph, change: Change) -> CostGraph:
    """Build the graph after the change, added arcs last: for an edit that is there to stay.

    Parameters
    ----------
    graph
        The graph before.
    change
        The edit.
    """
    after = repriced(graph, change)
    if change.added is None:
        return after
    before = graph.structure
    structure = Structure(
        max(before.nodes, _past(change.start), _past(change.end)),
        np.concatenate((before.start, change.start)),
        np.concatenate((before.end, change.end)),
    )
    return CostGraph(structure, np.concatenate((after.values, change.added), axis=1))


def matrix_after(
    engine: Engine, graph: CostGraph, change: Change, sources: IntArray, goals: IntArray
) -> FloatArray:
    """Compute least costs after a change.

    Parameters
    ----------
    engine
        Finds the least costs in the graph's own structure.
    graph
        The graph before.
    change
        The edit.
    sources, goals
        S and G node numbers; added nodes too.

    Returns
    -------
    FloatArray
        ``[1 + carried, S, G]`` as `Engine.matrix` gives for `changed`.
    """
    closed = repriced(graph, change)
    if change.added is None or not len(change.start):
        return engine.matrix(closed, sources, goals)
    links = CostGraph(
        Structure(max(_past(change.start), _past(change.end)), change.start, change.end),
        change.added,
    )
    is_open = np.isfinite(links.values[0])
    start, end, own = change.start[is_open], change.end[is_open], links.values[:, is_open]
    tails, tail = np.unique(start, return_inverse=True)
    heads, head = np.unique(end, return_inverse=True)
    known = _matrix(
        engine, closed, np.concatenate((sources, heads)), np.concatenate((goals, tails))
    )
    rows, columns = len(sources), len(goals)
    least = np.ascontiguousarray(known[:, :rows, :columns])
    # From the end of one added arc to the end of the next one taken.
    onward = known[:, rows:, columns:][:, head[:, None], tail[None, :]] + own[:, None, :]
    onward = _closed_under_addition(onward)
    out = known[:, :rows, columns:][:, :, tail] + own[:, None, :]
    reach = np.ascontiguousarray(out.transpose(0, 2, 1))
    best = reach.copy()
    lower_through(best, onward, reach)
    lower_through(least, best, np.ascontiguousarray(known[:, rows:, :columns][:, head]))
    least[1:, ~np.isfinite(least[0])] = np.inf
    return least


def _closed_under_addition(onward: FloatArray) -> FloatArray:
    """Compute the least costs over any number of added arcs (Floyd and Warshall)."""
    for middle in range(onward.shape[1]):
        through = onward[:, :, middle, None] + onward[:, None, middle, :]
        onward = keep_less(onward, through)
    return onward


def _matrix(engine: Engine, graph: CostGraph, sources: IntArray, goals: IntArray) -> FloatArray:
    """Compute least costs, for nodes too that the graph does not have: nothing leads to those."""
    nodes = graph.structure.nodes
    found = np.full((len(graph.values), len(sources), len(goals)), np.inf)
    found[:, sources[:, None] == goals[None, :]] = 0.0
    rows, columns = np.flatnonzero(sources < nodes), np.flatnonzero(goals < nodes)
    found[:, rows[:, None], columns] = engine.matrix(graph, sources[rows], goals[columns])
    return found


def _past(nodes: IntArray) -> int:
    return int(nodes.max(initial=-1)) + 1
