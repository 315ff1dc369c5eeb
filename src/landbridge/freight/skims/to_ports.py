"""The way to the sea: time, money and generalised cost from an economy's centres to every port.

A way to a port runs over land and ferries, never over the sea, and ends on board: what the port
takes is in it. Cargo out and cargo in are told apart, since a border does not treat them alike.

Which port wins is a nested logit on the log of the whole cost, from the centre by the port to a
market overseas or back: ports of one coastal state are a nest, with the scales of
``freight/choice_parameters``. Shippers choose among the ports that cost at most
``port_choice_reach`` times the least (``freight/port_choice``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters, access_costs, arc_costs
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.sea import least_arcs
from landbridge.freight.network.tables import by_text
from landbridge.freight.search.trees import costs_at_sea
from landbridge.tables import embedded_table
from landbridge.units import FloatArray, IntArray

PARTS: Final = ("generalised_usd_per_tonne", "hours", "usd_per_tonne", "km")
OUT, IN = 0, 1
CHOICE_NAMES: Final = {
    "state_scale": "choice_mode_scale",
    "nest": "choice_nest",
    "reach": "port_choice_reach",
}


AtSea: TypeAlias = dict[tuple[tuple[str, ...], tuple[str, ...]], FloatArray]
"""``[2, P, N]`` costs from on board to economies and back, by ports and economies."""


@dataclass(frozen=True)
class PortChoice:
    """How shippers choose a port.

    Attributes
    ----------
    state_scale
        Scale on log cost among coastal states; infinite: all take the best.
    nest
        Dissimilarity of the ports of one state, above 0 and at most 1.
    reach
        Ports dearer than this many times the best are not considered.
    """

    state_scale: float
    nest: float
    reach: float

    def __post_init__(self) -> None:
        """Refuse numbers without a meaning."""
        if not (self.state_scale > 0 and 0 < self.nest <= 1 and self.reach >= 1):
            raise InputError(
                f"a choice of ports needs a scale above 0 ({self.state_scale}), a nest above 0 and "
                f"at most 1 ({self.nest}) and a reach of at least 1 ({self.reach})"
            )


def central_port_choice() -> PortChoice:
    """Read the central values of ``freight/choice_parameters`` and ``freight/port_choice``."""
    rows = port_choice_rows()
    return port_choice_of(dict(zip(rows["name"], rows["central"].astype(float), strict=True)))


def port_choice_of(values: Mapping[str, float]) -> PortChoice:
    """Pick the choice of ports among parameters by name."""
    return PortChoice(**{field: float(values[name]) for field, name in CHOICE_NAMES.items()})


def port_choice_rows() -> pd.DataFrame:
    """Read the rows of the parameters that a choice of ports has, with their bands."""
    tables = [embedded_table("freight", name) for name in ("choice_parameters", "port_choice")]
    rows = pd.concat(tables, ignore_index=True)
    return rows[rows["name"].isin(CHOICE_NAMES.values())].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class PortAccess:
    """An economy's ways to the sea.

    Attributes
    ----------
    iso3
        The economy.
    ports, states
        P ports by place id, those with a way; and the coastal state each belongs to.
    centres
        ``[2, 4, C, P]`` out and in; `PARTS`; infinite where there is no way.
    weight
        ``[C]`` share of each centre in the economy.
    land
        ``[2, N]`` least generalised cost to (and from) every economy without the sea; infinite
        where there is none.
    onward
        ``[2, P, N]`` generalised cost from on board at the port to every economy, and back.
    """

    iso3: str
    ports: tuple[str, ...]
    states: tuple[str, ...]
    centres: FloatArray
    weight: FloatArray
    land: FloatArray
    onward: FloatArray

    def means(self) -> tuple[FloatArray, FloatArray]:
        """Average over people that have a way, ``[2, 4, P]``, with their share ``[2, P]``."""
        finite = np.isfinite(self.centres)
        reached = (finite[:, 0] * self.weight[:, None]).sum(axis=1)
        total = (np.where(finite, self.centres, 0.0) * self.weight[:, None]).sum(axis=2)
        there = np.broadcast_to(reached[:, None] > 0, total.shape)
        mean = np.full(total.shape, np.inf)
        np.divide(total, reached[:, None], out=mean, where=there)
        return mean, reached

    def overseas(self, least: FloatArray) -> FloatArray:
        """Say which partners are reached by sea.

        Parameters
        ----------
        least
            ``[2, N]`` least generalised cost by any way, out and in.

        Returns
        -------
        FloatArray
            ``[2, N]`` 1 where the least cost way is cheaper than any by land, 0 elsewhere.
        """
        by_sea = np.isfinite(least) & (least < self.land * (1.0 - 1e-6))
        return by_sea.astype(np.float64)

    def shares(self, trade: FloatArray, choice: PortChoice) -> FloatArray:
        """Compute the share of the goods overseas that each port wins, ``[2, P]`` ratio.

        Parameters
        ----------
        trade
            ``[2, N]`` weight of each market, out and in; zero for those that are not overseas.
        choice
            How shippers choose.

        Returns
        -------
        FloatArray
            Out and in, each row summing to one; zero where no market is overseas.
        """
        found = np.zeros((2, len(self.ports)))
        for way in (OUT, IN):
            markets = np.flatnonzero((trade[way] > 0) & np.isfinite(self.onward[way]).any(axis=0))
            if not len(markets):
                continue
            importance = trade[way][markets] / trade[way][markets].sum()
            onward = self.onward[way][:, markets]
            served = 0.0
            for centre, people in enumerate(self.weight):
                whole = self.centres[way, 0, centre][:, None] + onward
                able = np.isfinite(whole).any(axis=0)
                split = choose_ports(whole[:, able], self.states, choice)
                found[way] += people * split @ importance[able]
                served += people * importance[able].sum()
            if served > 0:
                found[way] /= served
        return found


def port_access(
    network: FreightNetwork,
    parameters: FreightParameters,
    iso3: str,
    *,
    partners: tuple[str, ...],
    draw: FreightDraw | None = None,
    at_sea: AtSea | None = None,
) -> PortAccess:
    """Find an economy's ways to every port.

    Parameters
    ----------
    network, parameters
        The network and the scalar assumptions.
    iso3
        The economy.
    partners
        N economies, for what lies overseas; no way leads to those without a centre.
    draw
        The rows' own uncertainty; neutral when absent.
    at_sea
        Costs at sea found for other economies on the same network in the same draw; what is found
        is added. Neighbours reach the same ports, and the sea is most of the work.

    Raises
    ------
    UnknownNameError
        An economy has no centre in the network.

    Examples
    --------
    >>> from landbridge.freight.costs.pricing import central_parameters
    >>> from landbridge.freight.network.compiled import load_network
    >>> found = port_access(load_network(), central_parameters(), "UZB", partners=("USA", "DEU"))
    >>> mean, reached = found.means()
    >>> bool(np.isfinite(mean[0, 0, found.ports.index("karachi")]))
    True
    """
    rows = [row for row, code in enumerate(network.ties.iso3) if code == iso3]
    if not rows:
        raise UnknownNameError(
            f"no centre of {iso3} in the freight network", mend=suggest(iso3, network.ties.iso3)
        )
    ties = np.array(rows, dtype=np.int64)
    search = _Search(network, parameters, draw)
    every = search.ports(ties)
    by_way, land = [], []
    for backward in (False, True):
        centres, overland = search.run(ties, every, partners, backward=backward)
        by_way.append(centres)
        land.append(overland)
    centres = np.stack(by_way)
    kept = np.flatnonzero(np.isfinite(centres[:, 0]).any(axis=(0, 1)))
    ports = tuple(every[index] for index in kept)
    first = np.unique(network.ties.centre[ties], return_index=True)[1]
    weight = network.ties.weight[ties][first]
    state = by_text(embedded_table("freight", "coastal_states"), "iso3", "state")
    economy = by_text(network.tables.nodes, "node", "iso3")
    known: AtSea = {} if at_sea is None else at_sea
    if (ports, partners) not in known:
        known[ports, partners] = costs_at_sea(
            network, parameters, ports=ports, iso3=partners, draw=draw, absent="uncovered"
        )
    return PortAccess(
        iso3=iso3,
        ports=ports,
        states=tuple(state.get(economy[port], economy[port]) for port in ports),
        centres=centres[..., kept],
        weight=weight / weight.sum(),
        land=np.stack(land),
        onward=known[ports, partners],
    )


def choose_ports(whole: FloatArray, states: tuple[str, ...], choice: PortChoice) -> FloatArray:
    """Split cargo over ports by nested logit on log cost, ``[P, ...]``.

    Parameters
    ----------
    whole
        ``[P, N]`` cost from door to market by each port; infinite where there is no way, finite
        for one port at least.
    states
        ``[P]`` the nests.
    choice
        Scales, and how far from the best shippers look.

    Returns
    -------
    FloatArray
        ``[P, N]`` ratio, each column summing to one.
    """
    best = whole.min(axis=0)
    ratio = np.where(whole <= choice.reach * best, whole, np.inf) / best
    scale = choice.state_scale / choice.nest
    weight = np.where(np.isfinite(ratio), np.where(np.isfinite(ratio), ratio, 1.0) ** -scale, 0.0)
    names, at = np.unique(np.array(states), return_inverse=True)
    member = csr_array((np.ones(len(at)), (at, np.arange(len(at)))), shape=(len(names), len(at)))
    in_state = np.asarray(member @ weight)
    # The expected cost of a nest is in_state ** (-1 / scale), so its share goes with this.
    between = np.where(in_state > 0, in_state, 1.0) ** choice.nest * (in_state > 0)
    between = between / between.sum(axis=0)
    per_weight = np.divide(between, in_state, out=np.zeros_like(in_state), where=in_state > 0)
    return np.asarray(weight * per_weight[at])


class _Search:
    """Searches the network without the sea."""

    def __init__(
        self, network: FreightNetwork, parameters: FreightParameters, draw: FreightDraw | None
    ) -> None:
        self.network = network
        arcs, core = network.arcs, network.arcs.core
        hours, usd = arc_costs(network, parameters, draw)
        rate = parameters.usd_per_tonne_hour
        self.arc_parts = np.stack([usd + rate * hours, hours, usd, arcs.km])
        small = network.contraction
        at_sea = small.sums((arcs.kind[:core] == int(ArcKind.SEA)).astype(np.float64)) > 0
        self.parts = np.stack([small.sums(part[:core]) for part in self.arc_parts])
        self.parts[0, at_sea] = np.inf
        tie_hours, tie_usd = access_costs(network, parameters, draw)
        self.access = np.stack([tie_usd + rate * tie_hours, tie_hours, tie_usd, network.ties.km])

    def ports(self, ties: IntArray) -> tuple[str, ...]:
        """Find the ports of the land network, and those at which the economy itself comes on."""
        network = self.network
        gates = [one.node for one in network.layers[: network.core_layers] if one.mode == "sea"]
        layers = network.ties.layer[ties]
        outer = [network.layers[one].node for one in layers if one >= network.core_layers]
        return tuple(dict.fromkeys((*gates, *outer)))

    def run(
        self, ties: IntArray, ports: tuple[str, ...], partners: tuple[str, ...], *, backward: bool
    ) -> tuple[FloatArray, FloatArray]:
        """Compute the costs between the economy's centres and ports, and to economies by land."""
        network = self.network
        centre = np.unique(network.ties.centre[ties], return_inverse=True)[1]
        to_ports = np.full((len(ties), 4, len(ports)), np.inf)
        inner = np.flatnonzero(network.ties.layer[ties] < network.core_layers)
        nodes = network.contraction.positions(network.ties.layer[ties[inner]])
        totals = self._trees(nodes, backward=backward)
        at = {
            layer.node: place
            for place, layer in enumerate(
                network.layers[number] for number in network.contraction.layers
            )
            if layer.mode == "sea"
        }
        known = [index for index, port in enumerate(ports) if port in at]
        goal = np.array([at[ports[index]] for index in known], dtype=np.int64)
        for number, row in enumerate(inner):
            to_ports[row][:, known] = totals[:, number, goal]
        self._quays(ties, ports, to_ports, backward=backward)
        to_ports += self.access[:, ties].T[:, :, None]
        by_centre = _best_by_centre(to_ports, centre)
        return by_centre, self._overland(ties, inner, centre, totals[0], partners)

    def _quays(
        self, ties: IntArray, ports: tuple[str, ...], found: FloatArray, *, backward: bool
    ) -> None:
        """Add the quay where an economy comes on at a port that only the sea reaches; in place."""
        network = self.network
        arcs = network.arcs
        place = {port: index for index, port in enumerate(ports)}
        side = arcs.end if backward else arcs.start
        for row in np.flatnonzero(network.ties.layer[ties] >= network.core_layers):
            layer = network.ties.layer[ties[row]]
            port = place.get(network.layers[layer].node)
            quays = arcs.core + np.flatnonzero(
                (side[arcs.core :] == layer) & (arcs.kind[arcs.core :] == int(ArcKind.PORT))
            )
            if port is not None and len(quays):
                found[row, :, port] = self.arc_parts[:, quays[0]]

    def _trees(self, nodes: IntArray, *, backward: bool) -> FloatArray:
        """Compute the parts of least-cost paths from nodes to all, ``[4, roots, nodes]``."""
        small = self.network.contraction
        size = len(small.layers)
        start, end = (small.end, small.start) if backward else (small.start, small.end)
        if not len(nodes):
            return np.full((4, 0, size), np.inf)
        graph, used = least_arcs(start, end, self.parts[0], size)
        cost, before = dijkstra(graph, indices=nodes, return_predecessors=True)
        keys = start[used] * size + end[used]
        totals = np.zeros((4, len(nodes), size))
        rows = np.arange(len(nodes))
        order = np.argsort(cost, axis=1, kind="stable")
        for rank in range(1, size):
            node = order[:, rank]
            up = before[rows, node]
            on = up >= 0
            chain = used[np.searchsorted(keys, up[on] * size + node[on])]
            totals[:, rows[on], node[on]] = totals[:, rows[on], up[on]] + self.parts[:, chain]
        totals[:, ~np.isfinite(cost)] = np.inf
        return totals

    def _overland(
        self,
        ties: IntArray,
        inner: IntArray,
        centre: IntArray,
        cost: FloatArray,
        partners: tuple[str, ...],
    ) -> FloatArray:
        """Compute the least mean cost to every partner without the sea, ``[N]``."""
        network = self.network
        found = np.full(len(partners), np.inf)
        if not len(inner):
            return found
        layer = network.ties.layer
        there = layer < network.core_layers
        goal = network.contraction.positions(np.where(there, layer, network.contraction.layers[0]))
        own = np.unique(centre, return_index=True)[1]
        people = network.ties.weight[ties][own]
        people = people / people.sum()
        codes = np.array(network.ties.iso3)
        for index, code in enumerate(partners):
            theirs = np.flatnonzero((codes == code) & there)
            if not len(theirs):
                continue
            whole = self.access[0, ties[inner]][:, None] + cost[:, goal[theirs]]
            whole = whole + self.access[0, theirs]
            number = np.unique(network.ties.centre[theirs], return_inverse=True)[1]
            best = np.full((len(people), int(number.max()) + 1), np.inf)
            np.minimum.at(best, (centre[inner][:, None], number[None, :]), whole)
            weight = np.zeros(best.shape[1])
            weight[number] = network.ties.weight[theirs]
            if np.isfinite(best).all():
                found[index] = people @ best @ (weight / weight.sum())
        return found


def _best_by_centre(found: FloatArray, centre: IntArray) -> FloatArray:
    """Take each centre's best tie for every port, ``[4, C, P]``."""
    best = np.full((4, int(centre.max()) + 1, found.shape[2]), np.inf)
    for row, mine in enumerate(centre):
        better = found[row, 0] < best[0, mine]
        best[:, mine] = np.where(better, found[row], best[:, mine])
    return best
