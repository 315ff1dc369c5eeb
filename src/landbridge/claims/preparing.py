"""From quantities to readings: names become positions on the world's axes, masks and networks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from landbridge.atlas.composites import Group
from landbridge.atlas.regions import region_of
from landbridge.claims.facts import statement
from landbridge.claims.quantities import (
    Income,
    MarketAccess,
    NetworkQuantity,
    PortShare,
    RunQuantity,
    Target,
    Trade,
    WaysThrough,
)
from landbridge.claims.readings import (
    IncomeOf,
    MarketAccessOf,
    PortShareOf,
    Reading,
    RouteRatioOf,
    ShareOf,
    TargetOf,
    TradeOf,
    WaysThroughOf,
)
from landbridge.codes import resolve
from landbridge.errors import InputError, UnknownNameError
from landbridge.freight.edits.applying import SetOpen, apply_edits
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.places import find_place
from landbridge.scenarios.values.parties import WORLD, expand_all
from landbridge.units import BoolArray
from landbridge.world.base import World

_NOBODY = "nobody, or no pair, of the world is meant."
UNITS = {
    "income": "percent of GDP",
    "trade": "percent",
    "partner_share": "percentage points",
    "market_access": "percent",
    "target": "percent of the target",
    "route_ratio": "times the cost",
    "ways_through": "percent of the trips",
    "port_share": "percent of what goes overseas",
}


class NobodyError(InputError):
    """A quantity is about economies, or pairs, none of which the world has."""


class Shut:
    """A network with things shut: each set of them is compiled once."""

    def __init__(self, network: FreightNetwork) -> None:
        self.network = network
        self._made: dict[tuple[str, ...], FreightNetwork] = {}

    def of(self, targets: Sequence[str]) -> FreightNetwork:
        """Shut links, crossings, ports or passages of the network.

        Raises
        ------
        UnknownNameError
            One of them is not there.
        """
        key = tuple(sorted(set(targets)))
        if key not in self._made:
            edits = [SetOpen(target=target, is_open=False) for target in key]
            self._made[key] = apply_edits(self.network, edits)
        return self._made[key]


def reading_of(
    quantity: RunQuantity | NetworkQuantity, *, world: World, shut: Shut, on: date
) -> Reading:
    """Make a quantity ready to be read.

    Parameters
    ----------
    quantity
        From a claim.
    world
        The baseline, for its axes.
    shut
        The network with the scenario's measures, and what is shut of it.
    on
        The day at which blocs are read: that of the scenario.

    Raises
    ------
    UnknownNameError
        It names what is not there.
    NobodyError
        The world has none of the economies that it names.
    """
    if isinstance(quantity, RunQuantity):
        return _of_run(quantity, world, on)
    return _of_network(quantity, world, shut, on)


def _of_run(quantity: RunQuantity, world: World, on: date) -> Reading:
    if isinstance(quantity, Income):
        members = _mask(quantity.of, world, on)
        return IncomeOf(_some(~members if quantity.outside else members))
    if isinstance(quantity, MarketAccess):
        return MarketAccessOf(_some(_mask(quantity.of, world, on)))
    if isinstance(quantity, Target):
        return _target(quantity, world)
    own, partners = _mask(quantity.of, world, on), _mask(quantity.partners, world, on)
    if isinstance(quantity, Trade):
        return TradeOf(_some(_between(own, partners) & _scale(quantity.pairs, world)))
    part = _between(own, partners)
    return ShareOf(_some(part), _between(own, np.ones_like(own)))


def _of_network(quantity: NetworkQuantity, world: World, shut: Shut, on: date) -> Reading:
    network = shut.network
    if isinstance(quantity, PortShare):
        codes = [c for c in expand_all(quantity.of, on=on) if c in world.iso3]
        if not codes:
            raise NobodyError(_NOBODY)
        ports = tuple(find_place(network.tables, port, where="ports") for port in quantity.ports)
        other = shut.of(quantity.close) if quantity.close else None
        return PortShareOf(tuple(codes), ports, other)
    if isinstance(quantity, WaysThrough):
        ends = [
            tuple(find_place(network.tables, place, where="ways_through") for place in places)
            for places in (quantity.origins, quantity.destinations)
        ]
        return WaysThroughOf(ends[0], ends[1], resolve(quantity.economy))
    trip = (
        find_place(network.tables, quantity.origin, where="origin"),
        find_place(network.tables, quantity.destination, where="destination"),
    )
    with_it = shut.of(quantity.close)
    return RouteRatioOf(with_it, shut.of((*quantity.close, *quantity.without)), trip)


def _target(quantity: Target, world: World) -> TargetOf:
    row = statement(quantity.statement)
    amounts = (row.low_million_usd, row.central_million_usd, row.high_million_usd)
    amount = next((one for one in amounts if one is not None), None)
    if row.role != "target" or amount is None:
        raise UnknownNameError(
            f"'{row.statement}' is not a target with an amount.",
            mend="`landbridge atlas targets` lists them.",
        )
    own, others = _at((row.one,), world), _at(row.other, world)
    pairs = np.outer(own, others)
    if row.measure == "two_way_trade":
        pairs = _between(own, others)
    elif row.measure == "imports":
        pairs = pairs.T
    return TargetOf(_some(pairs), amount, needs_run=quantity.scenario is not None)


def _mask(parties: Sequence[str | Group], world: World, on: date) -> BoolArray:
    return _at(expand_all(parties, on=on), world)


def _at(codes: Sequence[str], world: World) -> BoolArray:
    wanted = set(codes)
    return np.array([code in wanted for code in world.iso3], dtype=np.bool_)


def _between(own: BoolArray, partners: BoolArray) -> BoolArray:
    """Mark the pairs of one side with the other, both ways, without sales at home."""
    pairs = np.outer(own, partners)
    pairs = pairs | pairs.T
    np.fill_diagonal(pairs, val=False)
    return np.asarray(pairs)


def _scale(pairs: str, world: World) -> BoolArray:
    """Mark the pairs on one scale of M49."""
    places = [region_of(code) for code in world.iso3]
    region = np.array([place.region for place in places])
    subregion = np.array([place.subregion for place in places])
    same_region = region[:, None] == region[None, :]
    same_subregion = subregion[:, None] == subregion[None, :]
    return np.asarray(
        {
            "all": np.ones_like(same_region),
            "same_subregion": same_subregion,
            "same_region": same_region & ~same_subregion,
            "across_regions": ~same_region,
        }[pairs]
    )


def _some(members: BoolArray) -> BoolArray:
    if not members.any():
        raise NobodyError(_NOBODY)
    return members


def absent(quantity: RunQuantity | NetworkQuantity, world: World, on: date) -> tuple[str, ...]:
    """List the economies that a quantity names and the world does not have.

    Parameters
    ----------
    quantity
        From a claim.
    world
        The baseline, for its axes.
    on
        The day at which blocs are read.
    """
    named = [*getattr(quantity, "of", ()), *getattr(quantity, "partners", ())]
    parties = [one for one in named if one != WORLD]
    there = set(world.iso3)
    return tuple(code for code in expand_all(parties, on=on) if code not in there)
