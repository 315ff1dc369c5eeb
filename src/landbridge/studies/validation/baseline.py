"""The freight of the baseline beside published figures of ports, straits, crossings and modes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from typing import Final, Literal, TypeAlias

import pandas as pd

from landbridge.basis import Basis
from landbridge.freight.carriage.modelled import modelled_flows
from landbridge.freight.carriage.passing import passing
from landbridge.freight.costs.pricing import FreightParameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.search.trees import least_ways
from landbridge.freight.validate.comparing import Validation, validate
from landbridge.freight.validate.modelled import (
    BOTH,
    ELEMENT_COLUMNS,
    ModelledFlows,
    least_cost_flows,
)
from landbridge.freight.validate.observed import ALL, observed_freight
from landbridge.freight.validate.sides import blocs_named
from landbridge.scenarios.parameters import with_estimates
from landbridge.studies.carriage.of_run import carried_by_class, goods_of
from landbridge.studies.chain.assumptions import central_freight
from landbridge.studies.chain.cargo import cargo_choice
from landbridge.tasks import single_threaded
from landbridge.units import USD_PER_MILLION
from landbridge.world.base import World

Of: TypeAlias = Literal["runs", "least"]
"""The freight that runs stand on, by class of cargo with a choice, or least-cost paths."""
LAST_DAY: Final = (12, 31)
TITLES: Final[dict[Of, str]] = {
    "runs": "goods by class of cargo on modes, ports and ways by a fitted choice, as runs and "
    "freight flows have it",
    "least": "all goods of a pair on its least-cost path, one value of a tonne, no air, as "
    "critical elements and access have it",
}


def baseline_flows(basis: Basis, of: Of = "runs") -> ModelledFlows:
    """Put the goods of a basis on its network, before any scenario.

    Raises
    ------
    UnknownNameError
        No economy has a centre in the network.
    ConvergenceError
        Flows on least-cost paths are not conserved.
    """
    freight = central_freight(with_estimates(basis.parameters, basis.estimates))
    make = _by_class if of == "runs" else _on_least_paths
    return make(basis.world, basis.network, freight)


@lru_cache(maxsize=2)
def _on_least_paths(
    world: World, network: FreightNetwork, freight: FreightParameters
) -> ModelledFlows:
    """Put all goods of a pair on its least-cost path: the same for every basis of these."""
    ways = least_ways(network, freight, iso3=world.iso3, absent="uncovered")
    value = freight.value_usd_per_tonne
    tonnes = world.goods * (USD_PER_MILLION / value)
    return least_cost_flows(ways, tonnes, usd_per_tonne=value, title=TITLES["least"])


@lru_cache(maxsize=2)
def _by_class(world: World, network: FreightNetwork, freight: FreightParameters) -> ModelledFlows:
    """Carry goods by class of cargo; an element that nothing passes has a row of zeros."""
    choice = cargo_choice(world)
    goods = goods_of(choice, world.goods)
    classes, carried = single_threaded(partial(carried_by_class, network, freight, choice), goods)
    elements = passing(network, classes, carried)
    flows = modelled_flows(world.iso3, classes, carried, elements, title=TITLES["runs"])
    every = _elements(network)
    passed = set(zip(flows.elements["kind"], flows.elements["element"], strict=True))
    kept = [key not in passed for key in zip(every["kind"], every["element"], strict=True)]
    joined = pd.concat([flows.elements, every.loc[kept]], ignore_index=True)
    return replace(flows, elements=joined[list(ELEMENT_COLUMNS)])


def _elements(network: FreightNetwork) -> pd.DataFrame:
    """List the crossings, ports and passages of a network, with nothing on them."""
    tables = network.tables
    crossings = zip(tables.crossings["crossing"], tables.crossings["mode"], strict=True)
    nodes = tables.nodes
    ports = list(nodes.loc[nodes["kind"] == "port", "node"])
    passages = sorted(set(tables.sea_links["passage"]) - {""})
    found = [
        *(("crossing", str(name), str(mode)) for name, mode in crossings),
        *(("port", port, "sea") for port in ports),
        *(("passage", name, "sea") for name in passages),
    ]
    table = pd.DataFrame(found, columns=["kind", "element", "mode"])
    return table.assign(direction=BOTH, cargo=ALL, tonnes=0.0, teu=0.0, usd=0.0)


def baseline_validation(basis: Basis, of: Of = "runs") -> Validation:
    """Hold the freight of a basis against the published figures that ship.

    Raises
    ------
    UnknownNameError, ConvergenceError
        As in `baseline_flows`.
    """
    return _held(baseline_flows(basis, of), basis.world.year)


@lru_cache(maxsize=4)
def _held(flows: ModelledFlows, year: int) -> Validation:
    """Hold flows of a year against the published figures."""
    return validate(flows, groups=blocs_named(observed_freight(), on=date(year, *LAST_DAY)))
