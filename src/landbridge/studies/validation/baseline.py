"""The freight of the baseline beside published figures of ports, straits, crossings and modes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Final, Literal, TypeAlias

import pandas as pd

from landbridge.basis import Basis
from landbridge.freight.carriage.modelled import modelled_flows
from landbridge.freight.costs.pricing import FreightParameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.search.trees import least_ways
from landbridge.freight.validate.comparing import Validation, validate
from landbridge.freight.validate.modelled import ModelledFlows, least_cost_flows
from landbridge.freight.validate.observed import observed_freight
from landbridge.freight.validate.sides import blocs_named
from landbridge.scenarios.parameters import with_estimates
from landbridge.studies.carriage.answer import find_carriage
from landbridge.studies.chain.assumptions import central_freight
from landbridge.units import USD_PER_MILLION
from landbridge.world.base import World

Of: TypeAlias = Literal["runs", "flows"]
"""The freight that runs stand on, or that of freight flows, by class of cargo with a choice."""
LAST_DAY: Final = (12, 31)
TITLES: Final[dict[Of, str]] = {
    "runs": "all goods of a pair on its least-cost path, one value of a tonne, no air, as runs "
    "have it",
    "flows": "goods by class of cargo on modes, ports and ways by a fitted choice, as freight "
    "flows have it",
}


@lru_cache(maxsize=2)
def baseline_flows(basis: Basis, of: Of = "runs") -> ModelledFlows:
    """Put the goods of a basis on its network, before any scenario.

    A basis never changes, so that its flows are found once.

    Raises
    ------
    InputError
        Flows by class of cargo: the world has economies that the tables by sector lack.
    UnknownNameError
        An economy has no centre in the network.
    ConvergenceError
        The flow is not conserved.
    """
    if of == "flows":
        return _by_class(basis)
    freight = central_freight(with_estimates(basis.parameters, basis.estimates))
    return _on_least_paths(basis.world, basis.network, freight)


@lru_cache(maxsize=2)
def _on_least_paths(
    world: World, network: FreightNetwork, freight: FreightParameters
) -> ModelledFlows:
    """Put all goods of a pair on its least-cost path: the same for every basis of these."""
    ways = least_ways(network, freight, iso3=world.iso3, absent="uncovered")
    value = freight.value_usd_per_tonne
    tonnes = world.goods * (USD_PER_MILLION / value)
    return least_cost_flows(ways, tonnes, usd_per_tonne=value, title=TITLES["runs"])


def _by_class(basis: Basis) -> ModelledFlows:
    """Carry goods by class of cargo; an element that nothing passes has a row of zeros."""
    found = find_carriage(basis, basis.network)
    before = found.before
    flows = modelled_flows(
        found.goods.iso3, found.classes, before.carried, before.elements, title=TITLES["flows"]
    )
    every = baseline_flows(basis, "runs").elements
    passed = set(zip(flows.elements["kind"], flows.elements["element"], strict=True))
    kept = [key not in passed for key in zip(every["kind"], every["element"], strict=True)]
    empty = every[kept].assign(tonnes=0.0, teu=0.0, usd=0.0)
    return replace(flows, elements=pd.concat([flows.elements, empty], ignore_index=True))


def baseline_validation(basis: Basis, of: Of = "runs") -> Validation:
    """Hold the freight of a basis against the published figures that ship.

    Raises
    ------
    InputError, UnknownNameError, ConvergenceError
        As in `baseline_flows`.
    """
    return _held(baseline_flows(basis, of), basis.world.year)


@lru_cache(maxsize=4)
def _held(flows: ModelledFlows, year: int) -> Validation:
    """Hold flows of a year against the published figures."""
    return validate(flows, groups=blocs_named(observed_freight(), on=date(year, *LAST_DAY)))
