"""Carry goods: every class of every pair over modes, ports and ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from landbridge.freight.carriage.assign import from_quays, over_land, to_quays
from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.carriage.costs import ModeCosts
from landbridge.freight.carriage.loading import NOWHERE, Loading, at_quays, through
from landbridge.freight.carriage.shares import PortChoice, choose_ports, mode_shares
from landbridge.freight.search.tree_graph import spread_of, weighed
from landbridge.units import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Constants:
    """What shippers feel besides cost and time, for one class of cargo.

    Attributes
    ----------
    modes
        USD per tonne by mode.
    ports
        ``[P]`` USD per tonne.
    """

    modes: Mapping[str, float]
    ports: FloatArray


@dataclass(frozen=True, eq=False)
class Split:
    """The choice of one class of cargo between centres.

    Attributes
    ----------
    shares
        By mode ``[C, C]`` ratio.
    ports
        The choice among ports.
    felt_usd_per_tonne
        ``[C, C]`` expected least felt cost.
    """

    shares: dict[str, FloatArray]
    ports: PortChoice
    felt_usd_per_tonne: FloatArray


@dataclass(frozen=True, eq=False)
class Carried:
    """What one class of cargo does on the network; D quantities, in their units.

    Attributes
    ----------
    by_mode
        By mode ``[D, N, N]``.
    unmoved
        ``[D, N, N]`` flow that no mode takes.
    arcs
        ``[D, A]`` over every arc of the network (the sea's apart).
    legs
        ``[D, P, P]`` between ports.
    loaded, unloaded
        ``[D, P]`` over the quay, out and in.
    """

    by_mode: dict[str, FloatArray]
    unmoved: FloatArray
    arcs: FloatArray
    legs: FloatArray
    loaded: FloatArray
    unloaded: FloatArray


def split_modes(ways: ModeCosts, cargo: CargoClass, constants: Constants) -> Split:
    """Compute the shares of the modes that can take a class of cargo."""
    ports = choose_ports(
        ways.to_port,
        ways.at_sea,
        ways.from_port,
        constants.ports,
        cargo.port_spread_usd_per_tonne,
    )
    costs = costs_of_modes(ways, cargo, ports.cost)
    shares, felt = mode_shares(costs, constants.modes, cargo.mode_spread_usd_per_tonne)
    return Split(shares, ports, felt)


def costs_of_modes(ways: ModeCosts, cargo: CargoClass, sea: FloatArray) -> dict[str, FloatArray]:
    """Gather what the modes of a class cost between centres, ``[C, C]`` each; `sea` by sea."""
    found = {}
    for mode in cargo.modes:
        if mode in ways.land:
            found[mode] = ways.land[mode]
        elif mode == "pipeline":
            owner = ways.ties.owner
            found[mode] = ways.piped[np.ix_(owner, owner)]
        else:
            found[mode] = sea if mode == "sea" else ways.flown
    return found


def between_centres(ways: ModeCosts, flow: FloatArray, felt: FloatArray) -> FloatArray:
    """Split flows between economies over their centres that have a way, ``[D, C, C]``."""
    weight = np.where(np.isfinite(felt), np.outer(ways.ties.weight, ways.ties.weight), 0.0)
    owner = ways.ties.owner
    reached = by_economy(weight[None], owner, flow.shape[1])
    per = np.divide(flow, reached, out=np.zeros_like(flow), where=reached > 0)
    return np.asarray(weight * per[:, owner[:, None], owner[None, :]])


def carry(ways: ModeCosts, split: Split, flow: FloatArray, loading: Loading = NOWHERE) -> Carried:
    """Carry the goods of one class.

    Parameters
    ----------
    ways
        Of the class.
    split
        From `split_modes`.
    flow
        ``[D, N, N]`` D quantities that go together (tonnes, USD), non-negative; the diagonals
        are not moved.
    loading
        Ports at which part of what goes by sea is loaded straight away; none by default. It
        passes the port's own arc, and no link.
    """
    foreign = flow.copy()
    foreign[:, np.arange(flow.shape[1]), np.arange(flow.shape[1])] = 0.0
    parts = between_centres(ways, foreign, split.felt_usd_per_tonne)
    owner, count = ways.ties.owner, flow.shape[1]
    taken = {mode: share * parts for mode, share in split.shares.items()}
    by_mode = {mode: by_economy(part, owner, count) for mode, part in taken.items()}
    arcs = np.zeros((len(flow), len(ways.network.arcs.start)))
    for mode in ways.land:
        if mode in taken:
            arcs += over_land(ways, mode, taken[mode])
    legs = np.zeros((len(flow), *ways.at_sea.shape))
    loaded, unloaded = np.zeros(legs.shape[:2]), np.zeros(legs.shape[:2])
    if "sea" in taken:
        parts_at_sea = [through(split.ports, one, owner, loading) for one in taken["sea"]]
        to_ports, legs, from_ports = (np.stack(part) for part in zip(*parts_at_sea, strict=True))
        loaded, unloaded = legs.sum(axis=2), legs.sum(axis=1)
        arcs += to_quays(ways, to_ports) + from_quays(ways, from_ports)
        arcs += at_quays(ways.network, loading, np.maximum(loaded - to_ports.sum(axis=1), 0.0))
    moved = sum(by_mode.values(), np.zeros_like(foreign))
    return Carried(by_mode, np.maximum(foreign - moved, 0.0), arcs, legs, loaded, unloaded)


def by_economy(values: FloatArray, owner: IntArray, count: int) -> FloatArray:
    """Sum values between centres by their economies, ``[D, C, C]`` to ``[D, N, N]``."""
    member = spread_of(owner, np.ones(len(owner)), count)
    return np.stack([weighed(member, one) for one in values])
