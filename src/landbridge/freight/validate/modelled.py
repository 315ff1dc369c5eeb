"""Modelled flows as two tables: by element of the network, and by pair of economies and mode.

Any model of freight can be held against the published figures once it says its flows so. Here they
are made from goods on least-cost paths: one class of cargo, no TEU.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landbridge.freight.choice.mode_costs import marks
from landbridge.freight.flows.assignment import Assignment, assign, between_centres
from landbridge.freight.flows.elements import Elements, directed_flows, elements_of, flow_table
from landbridge.freight.search.modes import MAIN_MODES
from landbridge.freight.search.trees import LeastWays
from landbridge.freight.validate.observed import ALL
from landbridge.units import FloatArray, IntArray

FLOWS: Final = ("tonnes", "teu", "usd")
ELEMENT_COLUMNS: Final = ("kind", "element", "mode", "direction", "cargo", *FLOWS)
PAIR_COLUMNS: Final = ("exporter", "importer", "mode", "cargo", *FLOWS)
BOTH, FORWARD, BACK = "both", "forward", "back"


@dataclass(frozen=True, eq=False)
class ModelledFlows:
    """What a model carries in a year.

    Attributes
    ----------
    elements
        One row an element, direction and class of cargo, columns `ELEMENT_COLUMNS`: kind
        (crossing, link, port, passage), element (its id), mode, direction (forward, back; both
        where the two are not told apart), cargo, tonnes, teu, usd. Missing where not known. An
        element that nothing passes has a row of zeros: one without a row is not in the network.
    pairs
        One row a pair of economies, main mode at the border and class of cargo, columns
        `PAIR_COLUMNS`.
    title
        Which model it is, for a reader.
    """

    elements: pd.DataFrame
    pairs: pd.DataFrame
    title: str


def least_cost_flows(
    ways: LeastWays, demand: FloatArray, *, usd_per_tonne: float, title: str
) -> ModelledFlows:
    """Put goods on the least-cost paths and lay the flows out.

    Parameters
    ----------
    ways
        From `trees.least_ways`.
    demand
        ``[N, N]`` tonnes a year, exporter x importer; the diagonal is not moved.
    usd_per_tonne
        Value of a tonne.
    title
        Which model it is.

    Returns
    -------
    ModelledFlows
        With one class of cargo, ``all``.

    Raises
    ------
    InputError
        The demand has another shape or negative values.
    ConvergenceError
        The flow is not conserved.
    """
    found = assign(ways, demand)
    elements = elements_of(ways)
    return ModelledFlows(
        elements=_element_table(elements, found, usd_per_tonne),
        pairs=_pair_table(ways, found.assigned, usd_per_tonne),
        title=title,
    )


def _element_table(
    elements: Elements, assignment: Assignment, usd_per_tonne: float
) -> pd.DataFrame:
    one = pd.DataFrame(elements.table[["kind", "element", "mode"]])
    directed = directed_flows(elements, assignment)
    told_apart = np.isfinite(directed).all(axis=1)
    apart, joint = np.flatnonzero(told_apart), np.flatnonzero(~told_apart)
    kept = [
        one.assign(direction=FORWARD, tonnes=directed[:, 0]).loc[apart],
        one.assign(direction=BACK, tonnes=directed[:, 1]).loc[apart],
        one.assign(direction=BOTH, tonnes=flow_table(elements, assignment)).loc[joint],
    ]
    return _with_units(pd.concat(kept, ignore_index=True), usd_per_tonne, ELEMENT_COLUMNS)


def _with_units(
    table: pd.DataFrame, usd_per_tonne: float, columns: tuple[str, ...]
) -> pd.DataFrame:
    made = table.assign(cargo=ALL, teu=np.nan, usd=table["tonnes"] * usd_per_tonne)
    return made[list(columns)]


def _pair_table(ways: LeastWays, demand: FloatArray, usd_per_tonne: float) -> pd.DataFrame:
    """Lay out the goods of every pair by main mode; pairs without goods are left out."""
    foreign = demand.copy()
    np.fill_diagonal(foreign, 0.0)
    parts, _ = between_centres(ways, foreign)
    count, modes = len(ways.iso3), len(MAIN_MODES)
    cells = ways.owner[:, None] * count + ways.owner[None, :]
    cells = cells * modes + pair_modes(ways)
    summed = np.bincount(cells.ravel(), weights=parts.ravel(), minlength=count * count * modes)
    used = np.flatnonzero(summed > 0)
    exporter, importer, mode = np.unravel_index(used, (count, count, modes))
    codes = np.array(ways.iso3)
    table = pd.DataFrame(
        {
            "exporter": codes[exporter],
            "importer": codes[importer],
            "mode": np.array(MAIN_MODES)[mode],
            "tonnes": summed[used],
        }
    )
    return _with_units(table, usd_per_tonne, PAIR_COLUMNS)


def pair_modes(ways: LeastWays) -> IntArray:
    """Find the main mode of the way between every pair of centres, at the border.

    A way by air flies; one by sea sails and does not fly; one by rail passes a border by rail; all
    others are by road (`freight.choice.mode_costs`).

    Returns
    -------
    IntArray
        ``[C, C]`` positions in `MAIN_MODES`.
    """
    trees = ways.outward
    of_edge = _edge_modes(ways)
    count, size = trees.cost.shape
    label = np.zeros((count, size + 1), dtype=np.int64)
    rows = np.arange(count)
    # From the root outwards: a node's way is that of the node before it, and one edge more.
    for rank in range(size):
        node = trees.order[:, rank]
        edge = trees.edge[rows, node]
        own = np.where(edge >= 0, of_edge[edge], 0)
        label[rows, node] = np.maximum(label[rows, trees.before[rows, node]], own)
    root = ways.tie_root[ways.tie_out]
    goal = ways.root_node[ways.tie_root[ways.tie_in]]
    return np.asarray(label[root, goal])


def _edge_modes(ways: LeastWays) -> IntArray:
    """Find the highest mode that an edge has a mark of, ``[E]``."""
    found = np.zeros(ways.edge_arcs.shape[0], dtype=np.int64)
    core = ways.network.arcs.core
    for mode, marked in marks(ways.network).items():
        passes = np.zeros(ways.edge_arcs.shape[1])
        passes[:core] = marked
        over = np.asarray(ways.edge_arcs @ passes) > 0
        found[over] = np.maximum(found[over], MAIN_MODES.index(mode))
    sails = np.asarray(ways.edge_sea.sum(axis=1)).ravel() > 0
    found[sails] = np.maximum(found[sails], MAIN_MODES.index("sea"))
    return found
