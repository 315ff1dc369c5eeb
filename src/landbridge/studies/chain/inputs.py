"""Everything a run needs, read and checked before the first number is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from landbridge.basis import Basis
from landbridge.codes import known_codes
from landbridge.errors import FaultsError, LandbridgeError, UnknownNameError
from landbridge.freight.carriage.chosen import CargoChoice
from landbridge.freight.edits.applying import Isolated
from landbridge.freight.edits.replacing import with_own_data
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.places import find_place
from landbridge.gravity.uses.world_fitted import fitted_flows
from landbridge.scenarios.constraints import (
    NO_CONSTRAINTS,
    Constraints,
    constraints_of,
    honoured,
)
from landbridge.scenarios.edits import apply_measures
from landbridge.scenarios.opening import prepare_network
from landbridge.scenarios.parameters import Parameter, scenario_parameters, with_estimates
from landbridge.scenarios.policy import Policy, named_sectors, no_policy, read_policy
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.values.parties import expand
from landbridge.studies.chain.cargo import cargo_of
from landbridge.studies.chain.sector_shares import farm_share, sector_shares
from landbridge.studies.chain.watched import WatchedRow
from landbridge.units import FloatArray, IntArray
from landbridge.world.base import World
from landbridge.world.groups import part_of

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Inputs:
    """A scenario made ready to run.

    Attributes
    ----------
    basis
        What it runs on: the world, the network before any measure and every parameter, with the
        scenario's own rows in them and what was estimated together in its place.
    after
        The freight network with the scenario's measures.
    focus
        Position of the focus economy on the world's axes.
    partners
        ``[P]`` positions of its partners.
    trips
        Pairs of place ids.
    watched
        Rows of the freight tables that the draws follow.
    constraints
        Political relations that bear on the measures; what they block is out of `after` and
        `policy`, unless the scenario ignores them.
    """

    basis: Basis
    scenario: Scenario
    where: str
    after: FreightNetwork
    policy: Policy
    focus: int
    partners: IntArray
    trips: tuple[tuple[str, str], ...]
    watched: tuple[WatchedRow, ...] = ()
    constraints: Constraints = NO_CONSTRAINTS

    @property
    def world(self) -> World:
        """The world that it runs on."""
        return self.basis.world

    @property
    def before(self) -> FreightNetwork:
        """The freight network without the scenario's measures."""
        return self.basis.network

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every parameter of the run by name."""
        return self.basis.parameters

    @property
    def cargo(self) -> CargoChoice | None:
        """The choice by class of cargo; None where the scenario asks for another."""
        return cargo_of(self.world, self.scenario)

    @property
    def left(self) -> Scenario:
        """The scenario without the measures that are blocked whole."""
        return honoured(self.scenario, self.constraints)

    @property
    def pairs(self) -> tuple[IntArray, IntArray]:
        """Exporters and importers of the focus, both directions of each partner in turn."""
        exporters, importers = [], []
        for partner in self.partners:
            exporters += [self.focus, int(partner)]
            importers += [int(partner), self.focus]
        return np.array(exporters, dtype=np.int64), np.array(importers, dtype=np.int64)


def prepare_inputs(basis: Basis, scenario: Scenario, *, where: str = "") -> Inputs:
    """Make a scenario ready to run on a basis, and check all that it names.

    Parameters
    ----------
    basis
        World, network and parameters; its estimates take the place of the scenario's parameters.
    scenario
        What to run.
    where
        The scenario's file, for messages; its name where empty.

    Raises
    ------
    FaultsError
        Economies, blocs, stations, links, crossings, projects or parameters that are not known,
        all of them at once.
    """
    where = where or scenario.name
    world, faults = basis.world, _Faults()
    prepared = faults.attempt(
        lambda: prepare_network(scenario.settings, basis.network),
        with_own_data(basis.network, ()),
    )
    network = prepared.network
    constraints = constraints_of(scenario)
    left = honoured(scenario, constraints)
    nothing = no_policy(world.iso3)
    # What a relation blocks may be what a line stands on: then the line is told, and not refused.
    alone: Isolated = "refuse" if left is scenario else "keep"
    after = faults.attempt(
        lambda: apply_measures(left, network, where=where, isolated=alone), network
    )
    policy = faults.attempt(
        lambda: read_policy(
            scenario,
            world.iso3,
            blocked=constraints.blocked_pairs(),
            shares=sector_shares(basis, named_sectors(scenario)),
            potential=potential_goods(scenario, world),
            # A tariff on farm goods is told from that on all goods where sectors are named.
            farm_share=farm_share(basis.sectoral_world()) if named_sectors(scenario) else 0.0,
        ),
        nothing,
    )
    parameters = faults.attempt(
        lambda: with_estimates(
            scenario_parameters(scenario, where=where, defaults=basis.parameters), basis.estimates
        ),
        basis.parameters,
    )
    inputs = Inputs(
        basis=basis.with_rows(
            network, parameters, replaced=prepared.replaced, observed=prepared.observed
        ),
        scenario=scenario,
        where=where,
        after=after,
        policy=policy,
        focus=faults.attempt(lambda: _focus(scenario, world), 0),
        partners=faults.attempt(lambda: _partners(scenario, world), np.array([], dtype=np.int64)),
        trips=_trips(scenario, network, faults),
        constraints=constraints,
    )
    faults.lines += _idle(inputs)
    if faults.lines:
        # The focus is looked up for its partners too: one fault is said once.
        raise FaultsError(list(dict.fromkeys(faults.lines)), where=where)
    return inputs


def _trips(
    scenario: Scenario, network: FreightNetwork, faults: _Faults
) -> tuple[tuple[str, str], ...]:
    """Find the places of the scenario's trips; empty where one is not known."""

    def place(name: str, key: str) -> str:
        return faults.attempt(partial(find_place, network.tables, name), "", key)

    return tuple(
        (
            place(trip.origin, f"trips[{number}].origin"),
            place(trip.destination, f"trips[{number}].destination"),
        )
        for number, trip in enumerate(scenario.trips, start=1)
    )


def potential_goods(scenario: Scenario, world: World) -> FloatArray | None:
    """Predict goods trade by gravity, ``[N, N]`` million USD, where it is needed.

    Trade of an economy of which no distance is known, the rest of the world, stays as observed.
    """
    if not any(measure.needs_potential for measure in scenario.measures):
        return None
    known = [code for code in world.iso3 if code in set(known_codes())]
    if len(known) == len(world.iso3):
        return fitted_flows(world, "goods")[0]
    at = np.array([world.index(code) for code in known], dtype=np.int64)
    flows = world.goods.copy()
    flows[np.ix_(at, at)] = fitted_flows(part_of(world, known), "goods")[0]
    return flows


def _idle(inputs: Inputs) -> list[str]:
    """Name what is asked for and can give nothing: trips to where they start, no partners."""
    lines = []
    seen: set[tuple[str, str]] = set()
    for number, trip in enumerate(inputs.trips, start=1):
        if trip[0] and trip[0] == trip[1]:
            lines.append(f"trips[{number}].destination: the trip ends where it starts")
        elif trip in seen and all(trip):
            lines.append(f"trips[{number}].origin: the same trip stands above")
        seen.add(trip)
    return lines


class _Faults:
    """Collects what goes wrong, so that all of it can be said at once."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def attempt(self, function: Callable[[], Answer], default: Answer, place: str = "") -> Answer:
        """Call a function; on a fault note it and give the default."""
        try:
            return function()
        except FaultsError as error:
            self.lines += error.faults
        except LandbridgeError as error:
            self.lines.append(f"{place}: {error}" if place else str(error))
        return default


def _focus(scenario: Scenario, world: World) -> int:
    place = "focus.economy"
    codes = expand(scenario.focus.economy, on=scenario.date, where=place)
    if len(codes) != 1:
        raise UnknownNameError("name one economy, not a bloc.", where=place)
    if codes[0] not in world.iso3:
        raise UnknownNameError(
            f"{codes[0]} is not in the world of {world.year}.",
            where=place,
            mend="`landbridge world` lists the economies that are.",
        )
    return world.iso3.index(codes[0])


def _partners(scenario: Scenario, world: World) -> IntArray:
    place = "focus.partners"
    focus = expand(scenario.focus.economy, on=scenario.date, where="focus.economy")
    found: dict[str, None] = {}
    for name in scenario.focus.partners:
        # A dictionary keeps the author's order and drops repeats.
        found.update(dict.fromkeys(expand(name, on=scenario.date, where=place)))
    absent = [code for code in found if code not in world.iso3]
    if len(absent) == len(found):
        raise UnknownNameError(f"none of them is in the world of {world.year}.", where=place)
    kept = [code for code in found if code in world.iso3 and code not in focus]
    if not kept:
        raise UnknownNameError("name a partner other than the economy itself.", where=place)
    return np.array([world.iso3.index(code) for code in kept], dtype=np.int64)
