"""What a scenario does to flows of freight: goods by class before it, and at the trade after it.

The goods of a pair are its trade in goods, by the mix of the run's choice. After the scenario they
are that times the change of the pair's trade in the equilibrium. Each goes by modes and ports as
shippers choose them on the network of its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from landbridge.freight.carriage.carry import Carried, carry, split_modes
from landbridge.freight.carriage.chosen import CargoChoice
from landbridge.freight.carriage.classes import CargoClass, Goods
from landbridge.freight.carriage.costs import mode_costs
from landbridge.freight.carriage.loading import loading_of
from landbridge.freight.carriage.passing import passing
from landbridge.freight.costs.pricing import FreightParameters, arc_costs
from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.geometry import map_lines
from landbridge.freight.network.tables import by_text, coordinates, rows
from landbridge.studies.carriage.answer import CarriageAnswer, Flows, moved_sentences
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.one_pass import Assumptions, Pass, trade_ratio
from landbridge.units import FloatArray

Place: TypeAlias = tuple[float, float]
PASSED: Final = {
    "tonnes_million": "million_tonnes_before",
    "tonnes_million_after": "million_tonnes_after",
    "usd_million": "million_usd_before",
    "usd_million_after": "million_usd_after",
    "teu_million": "million_teu_before",
    "teu_million_after": "million_teu_after",
}
"""Columns of the tables of flows, and what they are called in a layer."""
NOTHING: Final = [0.0] * len(PASSED)
NOTE = (
    "Flows of freight are central values at the trade of before and after; a pair's goods keep "
    "their mix, and no link, crossing or port has a limit of capacity."
)


@dataclass(frozen=True, eq=False)
class Shapes:
    """A layer for a map: a row of a table and its places, for every feature.

    Attributes
    ----------
    name
        Of the layer.
    places
        (longitude, latitude) of each feature: one for a point, more for a line.
    table
        One row a feature.
    """

    name: str
    places: tuple[tuple[Place, ...], ...]
    table: pd.DataFrame


@dataclass(frozen=True, eq=False)
class RunFreight:
    """Flows of freight of a run.

    Attributes
    ----------
    tables
        ``freight_mode_split`` and ``freight_elements``, before and after: million tonnes, million
        USD and million TEU a year.
    layers
        Links, ports and crossings with what passes, before and after.
    sentences
        What moves most, in words.
    """

    tables: dict[str, pd.DataFrame]
    layers: tuple[Shapes, ...]
    sentences: tuple[str, ...]


def run_freight(inputs: Inputs, assumptions: Assumptions, found: Pass) -> RunFreight | None:
    """Carry the goods of a run before and after its scenario.

    Parameters
    ----------
    inputs
        The prepared scenario.
    assumptions
        Of the central pass.
    found
        The central pass.

    Returns
    -------
    RunFreight or None
        None where the run makes no choice by class of cargo.
    """
    choice = assumptions.choice
    if not isinstance(choice, CargoChoice):
        return None
    goods = goods_of(choice, inputs.world.goods)
    grown = goods_of(choice, inputs.world.goods * trade_ratio(found.equilibrium))
    before = _flows(inputs.before, assumptions.freight, choice, goods)
    after = _flows(inputs.after, assumptions.freight, choice, grown)
    answer = CarriageAnswer(goods, choice.classes, before, after)
    return RunFreight(
        tables={
            "freight_mode_split": answer.mode_split(),
            "freight_elements": answer.totals(),
        },
        layers=(
            _links(inputs, assumptions.freight, answer),
            _ports(inputs.after, answer),
            _crossings(inputs.after, answer),
        ),
        sentences=moved_sentences(answer, of="The scenario"),
    )


def goods_of(choice: CargoChoice, trade: FloatArray) -> Goods:
    """Split trade in goods over classes by the mix of every pair.

    Parameters
    ----------
    choice
        Holds the mix.
    trade
        ``[N, N]`` million USD; the diagonal is left out.
    """
    foreign = trade.copy()
    np.fill_diagonal(foreign, 0.0)
    usd = choice.mix.shares * choice.mix.carried * foreign
    return Goods(choice.mix.iso3, choice.mix.cargo, usd, usd / choice.mix.usd_per_tonne, 0.0)


def carried_by_class(
    network: FreightNetwork, parameters: FreightParameters, choice: CargoChoice, goods: Goods
) -> tuple[tuple[CargoClass, ...], tuple[Carried, ...]]:
    """Carry goods by modes and ports as a run chooses them; one entry a class each."""
    classes = choice.scaled(parameters)
    costs = mode_costs(network, parameters, classes, iso3=goods.iso3, absent="uncovered")
    done = []
    for number, (cargo, one) in enumerate(zip(classes, costs, strict=True)):
        split = split_modes(one, cargo, choice.attractions.constants(cargo, network.sea.ports))
        flow = np.stack([goods.tonnes_million[number], goods.usd_million[number]])
        done.append(carry(one, split, flow, loading_of(one, cargo)))
    return classes, tuple(done)


def _flows(
    network: FreightNetwork, parameters: FreightParameters, choice: CargoChoice, goods: Goods
) -> Flows:
    classes, done = carried_by_class(network, parameters, choice, goods)
    return Flows(network, done, passing(network, classes, done), (), ())


def _links(inputs: Inputs, freight: FreightParameters, answer: CarriageAnswer) -> Shapes:
    """Lay out every land and ferry link with its length, time, cost and flows."""
    network = inputs.after
    hours, usd = arc_costs(network, freight)
    one_way = {
        network.arcs.name[arc]: (network.arcs.km[arc], hours[arc], usd[arc])
        for arc in np.flatnonzero(network.arcs.kind == int(ArcKind.LINK))
    }
    passed = _by_element(answer, "link")
    lines = [line for line in map_lines(network, before=inputs.before) if line.link in one_way]
    found = [
        (
            line.link,
            line.name,
            line.mode,
            line.change,
            *one_way[line.link],
            *passed.get(line.link, NOTHING),
        )
        for line in lines
    ]
    columns = ["link", "name", "mode", "change", "km", "hours", "usd_per_tonne", *PASSED.values()]
    return Shapes("links", tuple(one.points for one in lines), pd.DataFrame(found, columns=columns))


def _ports(network: FreightNetwork, answer: CarriageAnswer) -> Shapes:
    """Lay out the ports that something passes."""
    where = coordinates(network.tables.nodes)
    names = by_text(network.tables.nodes, "node", "name")
    economy = by_text(network.tables.nodes, "node", "iso3")
    passed = _by_element(answer, "port")
    used = [port for port in network.sea.ports if port in passed]
    found = [(port, names[port], economy[port], *passed[port]) for port in used]
    columns = ["port", "name", "iso3", *PASSED.values()]
    return Shapes(
        "ports", tuple((where[port],) for port in used), pd.DataFrame(found, columns=columns)
    )


def _crossings(network: FreightNetwork, answer: CarriageAnswer) -> Shapes:
    """Lay out the crossings that something passes."""
    where = coordinates(network.tables.nodes)
    passed = _by_element(answer, "crossing")
    used = [row for row in rows(network.tables.crossings) if row.crossing in passed]
    found = [
        (row.crossing, row.name, row.mode, row.from_iso3, row.to_iso3, *passed[row.crossing])
        for row in used
    ]
    columns = ["crossing", "name", "mode", "from_iso3", "to_iso3", *PASSED.values()]
    return Shapes(
        "crossings",
        tuple((where[row.place],) for row in used),
        pd.DataFrame(found, columns=columns),
    )


def _by_element(answer: CarriageAnswer, kind: str) -> dict[str, list[float]]:
    """List what passes each element of a kind, both ways, in the order of `PASSED`."""
    table = answer.totals()
    mine = table[table["kind"] == kind]
    numbers = mine[list(PASSED)].to_numpy(dtype=np.float64)
    return dict(zip(mine["element"], numbers.tolist(), strict=True))
