"""Access of an economy to the sea and to markets, today and on another network, with bands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from landbridge import codes
from landbridge.atlas.economies import landlocked
from landbridge.basis import Basis
from landbridge.draws.bands import with_band
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.draws.engine import Draw, run_draws
from landbridge.errors import InputError, NoRouteError, suggest
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.tables import by_text, coordinates
from landbridge.freight.skims.economies import generalised_costs
from landbridge.freight.skims.to_ports import (
    PortAccess,
    PortChoice,
    central_port_choice,
    port_access,
)
from landbridge.scenarios.parameters import THETA, Parameter, with_estimates
from landbridge.scenarios.trade_costs import tariff_values
from landbridge.studies.access.market_access import access_hat, market_access
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.cargo import cargo_choice
from landbridge.studies.chain.setting import make_setting, resolve
from landbridge.tasks import Progress, no_progress
from landbridge.units import HOURS_PER_DAY, PERCENT, FloatArray, percent_change
from landbridge.world.base import World

QUANTITIES: Final = (
    "days_out",
    "days_in",
    "usd_per_tonne_out",
    "usd_per_tonne_in",
    "generalised_usd_per_tonne_out",
    "generalised_usd_per_tonne_in",
    "km",
    "share_percent",
    "reached_percent",
)
"""What is known of each port; out is towards the sea."""


@dataclass(frozen=True, eq=False)
class Access:
    """What an economy's access is, and what it becomes.

    Attributes
    ----------
    iso3
        The economy.
    ports
        One row a port that some centre reaches: port (id), name, iso3, longitude, latitude, then
        `QUANTITIES` before with bands (``_low``, ``_high``), and after where there is another
        network (``_after``). Most important first.
    markets
        One row: seller's times buyer's access in million USD, its part abroad, the change of
        access and of real income by the other network (percent, missing without one).
    overseas_percent
        Share of its goods trade for which the least-cost path goes by sea.
    draws
        How many stand behind the bands.
    certificate
        Checks of market access and of the equilibrium on the other network.
    """

    iso3: str
    ports: pd.DataFrame
    markets: pd.DataFrame
    overseas_percent: float
    draws: int
    certificate: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def is_compared(self) -> bool:
        """Whether another network stands beside today's."""
        return "share_percent_after" in self.ports


@dataclass(frozen=True)
class DrawOptions:
    """How many draws, from which seed, in how many processes, and who is told how far they are."""

    draws: int = 0
    seed: int = DEFAULT_SEED
    jobs: int = 0
    progress: Progress = no_progress


@dataclass(frozen=True, eq=False)
class _Case:
    basis: Basis
    iso3: str
    ports: tuple[str, ...]

    @property
    def world(self) -> World:
        return self.basis.world


def access_of(
    basis: Basis,
    iso3: str,
    *,
    after: FreightNetwork | None = None,
    markets: Markets | None = None,
    bands: DrawOptions | None = None,
) -> Access:
    """Compute an economy's access to the sea by port, and to markets.

    Parameters
    ----------
    basis
        World, network and parameters.
    iso3
        A landlocked economy of the world.
    after
        Another network to compare with.
    markets
        From `markets_of`, where many economies are asked about.
    bands
        For the bands: parameters, the freight rows and the choice of ports are drawn. None when
        absent.

    Raises
    ------
    InputError
        The economy has a coast, or is not in the world.
    NoRouteError
        No port can be reached.
    """
    world, network = basis.world, basis.network
    check_landlocked(world, iso3)
    known = markets or markets_of(basis, after=after)
    central = central_values(_parameters(basis))
    whole = _Case(basis, iso3, ())
    neutral, choice = FreightDraw.neutral(), central_port_choice()
    found = _quantities(whole, network, central, neutral, choice)
    after_found = None
    if after is not None:
        after_found = _quantities(whole, after, central, neutral, choice)
    ports = tuple(dict.fromkeys((*found.ports, *(after_found.ports if after_found else ()))))
    if not ports:
        raise NoRouteError(f"no port can be reached over land from {codes.name_of(iso3)}")
    options = bands or DrawOptions()
    drawn = _draw(_Case(basis, iso3, ports), options)
    before = found.over(ports)
    table = _port_table(network, ports)
    for column, name in enumerate(QUANTITIES):
        for key, values in with_band(name, before[:, column], drawn[:, :, column]).items():
            table[key] = values
        if after_found is not None:
            table[f"{name}_after"] = after_found.over(ports)[:, column]
    share = QUANTITIES.index("share_percent")
    most = before[:, share]
    if after_found is not None:
        most = np.maximum(most, after_found.over(ports)[:, share])
    order = np.lexsort((np.nan_to_num(before[:, 4], nan=np.inf), -most))
    return Access(
        iso3=iso3,
        ports=table.iloc[order].reset_index(drop=True),
        markets=known.row(world.index(iso3), iso3),
        overseas_percent=found.overseas_percent,
        draws=options.draws,
        certificate=known.certificate,
    )


def _parameters(basis: Basis) -> Mapping[str, Parameter]:
    return with_estimates(basis.parameters, basis.estimates)


def check_landlocked(world: World, iso3: str) -> None:
    """Refuse an economy with a coast, or one that is not in the world.

    Raises
    ------
    InputError
        With the landlocked economies of the world.
    """
    known = [code for code in landlocked() if code in world.iso3]
    if iso3 not in known:
        reason = "has a coast on the open sea" if iso3 in world.iso3 else "is not in the world"
        raise InputError(
            f"{codes.name_of(iso3)} ({iso3}) {reason}; the way to the sea is asked of landlocked "
            "economies.",
            mend=suggest(iso3, known) or f"These are: {', '.join(known)}.",
        )


@dataclass(frozen=True, eq=False)
class _Found:
    ports: tuple[str, ...]
    values: FloatArray
    overseas_percent: float

    def over(self, ports: tuple[str, ...]) -> FloatArray:
        """List the quantities of ports, ``[P, quantities]``; missing where there is none."""
        place = {port: index for index, port in enumerate(self.ports)}
        found = np.full((len(ports), len(QUANTITIES)), np.nan)
        found[:, QUANTITIES.index("share_percent") :] = 0.0
        for row, port in enumerate(ports):
            if port in place:
                found[row] = self.values[place[port]]
        return found


def _quantities(
    case: _Case,
    network: FreightNetwork,
    values: Mapping[str, float],
    draw: FreightDraw,
    choice: PortChoice,
) -> _Found:
    freight = assumptions_of(values).freight
    world = case.world
    access = port_access(network, freight, case.iso3, partners=world.iso3, draw=draw)
    weights = _overseas_trade(world, network, access, freight, draw)
    own = world.index(case.iso3)
    trade = np.stack([world.goods[own], world.goods[:, own]])
    trade[:, own] = 0.0
    shares = access.shares(weights, choice)
    totals = weights.sum(axis=1)
    share = totals @ shares / totals.sum() if totals.sum() > 0 else np.zeros(len(access.ports))
    mean, reached = access.means()
    general, hours, usd, km = (mean[:, part] for part in range(4))
    rows = np.stack(
        [
            hours[0] / HOURS_PER_DAY,
            hours[1] / HOURS_PER_DAY,
            usd[0],
            usd[1],
            general[0],
            general[1],
            km[0],
            PERCENT * share,
            PERCENT * reached[0],
        ],
        axis=1,
    )
    return _Found(
        ports=access.ports,
        values=np.where(np.isfinite(rows), rows, np.nan),
        overseas_percent=float(PERCENT * weights.sum() / trade.sum()),
    )


def _overseas_trade(
    world: World,
    network: FreightNetwork,
    access: PortAccess,
    freight: FreightParameters,
    draw: FreightDraw,
) -> FloatArray:
    """Compute goods sold to and bought from each economy that is reached by sea, ``[2, N]``."""
    own = world.index(access.iso3)
    costs = generalised_costs(network, freight, draw=draw, iso3=world.iso3, absent="uncovered")
    least = np.stack([costs.usd_per_tonne[own], costs.usd_per_tonne[:, own]])
    trade = np.stack([world.goods[own], world.goods[:, own]]) * access.overseas(least)
    trade[:, own] = 0.0
    return np.asarray(trade)


def _draw(case: _Case, options: DrawOptions) -> FloatArray:
    """List the quantities of today in every draw, ``[draws, P, quantities]``."""
    found = run_draws(
        partial(_one_draw, case),
        draws=options.draws,
        seed=options.seed,
        jobs=options.jobs,
        progress=options.progress,
    )
    return np.stack(found) if found else np.empty((0, len(case.ports), len(QUANTITIES)))


def _one_draw(case: _Case, drawn: Draw) -> FloatArray:
    basis = case.basis
    values = drawn.parameters(_parameters(basis), basis.estimates)
    found = _quantities(case, basis.network, values, drawn.freight(), drawn.ports())
    return found.over(case.ports)


def _port_table(network: FreightNetwork, ports: tuple[str, ...]) -> pd.DataFrame:
    nodes = network.tables.nodes
    names, economy = by_text(nodes, "node", "name"), by_text(nodes, "node", "iso3")
    where = coordinates(nodes)
    return pd.DataFrame(
        {
            "port": list(ports),
            "name": [names[port] for port in ports],
            "iso3": [economy[port] for port in ports],
            "longitude": [where[port][0] for port in ports],
            "latitude": [where[port][1] for port in ports],
        }
    )


@dataclass(frozen=True, eq=False)
class Markets:
    """Market access of all economies, and what another network does to it.

    Attributes
    ----------
    level
        ``[N]`` seller's times buyer's access, million USD.
    foreign_share
        ``[N]`` its part abroad, ratio.
    access_change, income_change
        ``[N]`` percent; missing without another network.
    certificate
        Checks of access, and of the equilibrium on the other network.
    """

    level: FloatArray
    foreign_share: FloatArray
    access_change: FloatArray
    income_change: FloatArray
    certificate: pd.DataFrame = field(default_factory=pd.DataFrame)

    def row(self, own: int, iso3: str) -> pd.DataFrame:
        """Lay out one economy's row."""
        return pd.DataFrame(
            [
                {
                    "iso3": iso3,
                    "market_access_million_usd": float(self.level[own]),
                    "rank": int((self.level > self.level[own]).sum()) + 1,
                    "of": len(self.level),
                    "abroad_percent": float(PERCENT * self.foreign_share[own]),
                    "market_access_change_percent": float(self.access_change[own]),
                    "real_income_change_percent": float(self.income_change[own]),
                }
            ]
        )


def markets_of(basis: Basis, *, after: FreightNetwork | None = None) -> Markets:
    """Compute the market access of all economies at once.

    Parameters
    ----------
    basis
        World, network and parameters; central values are used.
    after
        Another network to compare with.

    Raises
    ------
    ConvergenceError
        Access or the equilibrium was not found.
    """
    world = basis.world
    values = central_values(_parameters(basis))
    freight = assumptions_of(values).freight
    setting = make_setting(
        basis,
        theta=values[THETA],
        freight=freight,
        choice=cargo_choice(world),
        values=tariff_values(values),
    )
    found = market_access(setting)
    unknown = np.full(len(world.iso3), np.nan)
    if after is None:
        return Markets(found.level, found.foreign_share, unknown, unknown, found.certificate)
    solved = resolve(setting, after)
    return Markets(
        level=found.level,
        foreign_share=found.foreign_share,
        access_change=percent_change(access_hat(setting, after)),
        income_change=percent_change(solved.welfare_hat),
        certificate=pd.concat([found.certificate, solved.certificate.table()], ignore_index=True),
    )
