"""Numbers read off one pass through the chain: small frozen records that travel to other processes.

Each is made once for a scenario (names become positions and masks), and read in every draw.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from landbridge.basis import Basis
from landbridge.errors import NoRouteError
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.routes.totals import trip_totals, trips_over
from landbridge.freight.skims.economies import GeneralisedCosts, generalised_costs
from landbridge.freight.skims.to_ports import PortAccess, PortChoice, port_access
from landbridge.studies.access.market_access import resistances
from landbridge.studies.chain.one_pass import Pass, trade_ratio
from landbridge.studies.chain.outcomes import gain_percent_of_gdp
from landbridge.units import PERCENT, BoolArray
from landbridge.world.base import World

GENERALISED = 3
"""Place of the generalised cost among the totals of a trip."""


@dataclass(frozen=True, eq=False)
class View:
    """One pass: the world before, what the scenario makes of it, and the network.

    Attributes
    ----------
    basis
        The world of this pass, and the network with the scenario's measures.
    found
        The chain's pass; absent where only the network is asked.
    freight, draw, choice
        The freight assumptions of this pass.
    """

    basis: Basis
    found: Pass | None
    freight: FreightParameters
    draw: FreightDraw
    choice: PortChoice
    _kept: dict[tuple[int, str], Any] = field(default_factory=dict)

    @property
    def world(self) -> World:
        """The baseline, or the world of this draw."""
        return self.basis.world

    @property
    def network(self) -> FreightNetwork:
        """The network with the scenario's measures."""
        return self.basis.network

    def costs(self, network: FreightNetwork) -> GeneralisedCosts:
        """Find the least costs between economies on a network, searched once a pass."""
        if network is self.network and self.found is not None:
            after = self.found.after
            if isinstance(after, GeneralisedCosts):
                return after
        key = (id(network), "")
        if key not in self._kept:
            self._kept[key] = generalised_costs(
                network, self.freight, draw=self.draw, iso3=self.world.iso3, absent="uncovered"
            )
        found: GeneralisedCosts = self._kept[key]
        return found

    def access(self, network: FreightNetwork, iso3: str) -> PortAccess:
        """Find an economy's ways to the sea on a network, searched once a pass."""
        key = (id(network), iso3)
        if key not in self._kept:
            self._kept[key] = port_access(
                network,
                self.freight,
                iso3,
                partners=self.world.iso3,
                draw=self.draw,
                at_sea=self._kept.setdefault((id(network), "at sea"), {}),
            )
        found: PortAccess = self._kept[key]
        return found

    @property
    def solved(self) -> Pass:
        """The chain's pass, where there is one."""
        if self.found is None:
            raise NoRouteError("this number needs a scenario's run")
        return self.found


class Reading(Protocol):
    """A number that a pass has."""

    @property
    def needs_run(self) -> bool:
        """Whether the equilibrium is asked."""

    def of(self, view: View) -> float:
        """Compute the number."""


@dataclass(frozen=True, eq=False)
class IncomeOf:
    """Real income of some economies together, percent of their GDP; ``members`` is ``[N]``."""

    members: BoolArray
    needs_run: bool = True

    def of(self, view: View) -> float:
        """Add up the money that leaves each as well off, over their GDP."""
        gdp = view.world.gdp_million_usd
        gain = gain_percent_of_gdp(view.solved.equilibrium, view.world)
        return float(gain[self.members] @ gdp[self.members] / gdp[self.members].sum())


@dataclass(frozen=True, eq=False)
class TradeOf:
    """Change of the trade of some pairs, percent; ``pairs`` is ``[N, N]``."""

    pairs: BoolArray
    needs_run: bool = True

    def of(self, view: View) -> float:
        """Weigh the change of each flow by the flow observed."""
        before = view.world.flows[self.pairs]
        after = before * trade_ratio(view.solved.equilibrium)[self.pairs]
        return float(PERCENT * (after.sum() / before.sum() - 1.0))


@dataclass(frozen=True, eq=False)
class ShareOf:
    """Change of the share of some pairs in others, percentage points; both ``[N, N]``."""

    part: BoolArray
    whole: BoolArray
    needs_run: bool = True

    def of(self, view: View) -> float:
        """Compute the share after, less the share before."""
        before = view.world.flows
        after = before * trade_ratio(view.solved.equilibrium)
        shares = [flows[self.part].sum() / flows[self.whole].sum() for flows in (after, before)]
        return float(PERCENT * (shares[0] - shares[1]))


@dataclass(frozen=True, eq=False)
class MarketAccessOf:
    """Change of market access, mean over the people of some economies; ``members`` is ``[N]``."""

    members: BoolArray
    needs_run: bool = True

    def of(self, view: View) -> float:
        """Balance access anew by the pass's change of freeness (`market_access.access_hat`)."""
        base = view.solved.prepared
        seller, buyer = resistances(
            base.flows * view.solved.freeness_hat, base.output, base.expenditure, by_flows=True
        )
        people = view.world.population[self.members]
        return float(PERCENT * ((seller * buyer - 1.0)[self.members] @ people / people.sum()))


@dataclass(frozen=True, eq=False)
class TargetOf:
    """Trade of some pairs over a target, percent; ``pairs`` is ``[N, N]``."""

    pairs: BoolArray
    million_usd: float
    needs_run: bool

    def of(self, view: View) -> float:
        """Compute the trade after (as it stands, without a run) over the target."""
        flows = view.world.flows[self.pairs]
        if self.needs_run:
            flows = flows * trade_ratio(view.solved.equilibrium)[self.pairs]
        return float(PERCENT * flows.sum() / self.million_usd)


@dataclass(frozen=True, eq=False)
class RouteRatioOf:
    """Least cost of a trip on one network over that on another; infinite where no way is left."""

    with_it: FreightNetwork
    without: FreightNetwork
    trip: tuple[str, str]
    needs_run: bool = False

    def of(self, view: View) -> float:
        """Compute the ratio of the generalised costs."""
        costs = [
            trip_totals(network, view.freight, [self.trip], draw=view.draw)[0, GENERALISED]
            for network in (self.without, self.with_it)
        ]
        return float(costs[0] / costs[1])


@dataclass(frozen=True, eq=False)
class WaysThroughOf:
    """Share of the trips between places whose least-cost path lies on links of an economy."""

    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    iso3: str
    needs_run: bool = False

    def of(self, view: View) -> float:
        """Count the ways that lie over its links; a trip without a way counts as none."""
        trips = [(one, other) for one in self.origins for other in self.destinations]
        passed = trips_over(view.network, view.freight, trips, self.iso3, draw=view.draw)
        return PERCENT * float(passed.mean())


@dataclass(frozen=True, eq=False)
class PortShareOf:
    """Share of ports in what landlocked economies ship overseas, percent, weighted by trade.

    ``network`` takes the place of the view's where something is shut.
    """

    economies: tuple[str, ...]
    ports: tuple[str, ...]
    network: FreightNetwork | None = None
    needs_run: bool = False

    def of(self, view: View) -> float:
        """Find each economy's ways to the sea and the share that the ports win."""
        network = self.network or view.network
        least = view.costs(network)
        won, total = 0.0, 0.0
        for iso3 in self.economies:
            access = view.access(network, iso3)
            own = view.world.index(iso3)
            costs = np.stack([least.usd_per_tonne[own], least.usd_per_tonne[:, own]])
            trade = np.stack([view.world.goods[own], view.world.goods[:, own]])
            trade = trade * access.overseas(costs)
            trade[:, own] = 0.0
            weight = trade.sum(axis=1)
            mine = [place for place, port in enumerate(access.ports) if port in self.ports]
            won += float((weight @ access.shares(trade, view.choice))[mine].sum())
            total += float(weight.sum())
        return PERCENT * won / total if total > 0 else 0.0
