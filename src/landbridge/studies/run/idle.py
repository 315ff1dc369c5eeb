"""Measures that change nothing, and why: every measure bites or says why not.

A measure is idle where, at central values, it moves the trade cost of no pair that trades: neither
made alone nor taken out of the whole. Two lines that are of use only together are not idle, nor is
one of two that do the same. What is found is the same for every kind of measure: the change of the
freeness of trade. The reason is read off what differs between the networks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from landbridge.errors import FaultsError
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.tables import FreightTables, column
from landbridge.scenarios.schema import Measure
from landbridge.scenarios.trade_costs import Shock
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.freight_change import kept_costs
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.one_pass import find_shock
from landbridge.studies.run.attribution import made_alone, with_measures
from landbridge.units import PERCENT, BoolArray, FloatArray

NOTHING = 1e-9
"""A relative change of freeness below this is rounding along the way."""
HALVINGS = 7
"""Steps of the search for the cost at which a line is used: to a percent."""
PLACES_TOLD = 3
COSTLESS = "capacities"
"""The table of a network that moves no cost of a run."""


@dataclass(frozen=True)
class Idle:
    """A measure that changes no cost of trade.

    Attributes
    ----------
    measure
        Which one.
    reason
        Why, as far as it is known, without a full stop.
    """

    measure: Measure
    reason: str

    @property
    def told(self) -> str:
        """Say it as a warning of the headline."""
        return (
            f'Warning: "{self.measure.title}" changes no cost of trade at central values: '
            f"{self.reason}."
        )


def idle_measures(
    inputs: Inputs, freeness_hat: FloatArray, suspects: Collection[str]
) -> tuple[Idle, ...]:
    """Find the measures that change nothing.

    Parameters
    ----------
    inputs
        The prepared scenario.
    freeness_hat
        ``[N, N]`` change of freeness by all its measures together, at central values.
    suspects
        Ids of the measures to look at (`suspects_of`).
    """
    whole_moves = _moves(freeness_hat, np.ones_like(freeness_hat))
    left = {measure.id for measure in inputs.left.measures}
    if whole_moves and len(left) == 1:
        return ()
    found = []
    for place, measure in enumerate(inputs.scenario.measures):
        if measure.id not in left or measure.id not in suspects:
            continue
        try:
            alone = made_alone(inputs, place)
        except FaultsError:
            alone = None
        if alone is not None and _moves(freeness_of(alone), np.ones_like(freeness_hat)):
            continue
        others = tuple(one for one in inputs.scenario.measures if one.id != measure.id)
        try:
            without = with_measures(inputs, others)
        except FaultsError:
            # Another one stands on it, and speaks for both.
            continue
        if whole_moves and _moves(freeness_of(without), freeness_hat):
            continue
        found.append(Idle(measure, _reason(inputs, measure, without)))
    return tuple(found)


def suspects_of(
    inputs: Inputs, freeness_hat: FloatArray, attribution: pd.DataFrame | None = None
) -> tuple[str, ...]:
    """List the measures that may change nothing, by id.

    Parameters
    ----------
    inputs, freeness_hat
        As in `idle_measures`.
    attribution
        What each measure does alone (`attribution_table`): those that do nothing then. Absent or
        empty: every measure where nothing moves, and none where something does.
    """
    ids = [measure.id for measure in inputs.scenario.measures]
    if attribution is None or attribution.empty:
        return () if _moves(freeness_hat, np.ones_like(freeness_hat)) else tuple(ids)
    return tuple(one for one in ids if _does_nothing(attribution[attribution["measure"] == one]))


def _does_nothing(attribution: pd.DataFrame) -> bool:
    numbers = attribution.drop(columns=["measure", "title"]).to_numpy(dtype=np.float64)
    return bool((np.isnan(numbers) | (numbers == 0.0)).all())


def freeness_of(inputs: Inputs) -> FloatArray:
    """Compute the change of freeness at central values, without solving for the world."""
    shock, theta = shock_of(inputs)
    return shock.freeness_hat(theta, inputs.world.goods_share)


def shock_of(inputs: Inputs) -> tuple[Shock, float]:
    """Compute the change of trade costs at central values, and the trade elasticity."""
    assumptions = assumptions_of(central_values(inputs.parameters), inputs.cargo)
    *_, shock = find_shock(
        inputs.world,
        inputs.before,
        inputs.after,
        policy=inputs.policy,
        assumptions=assumptions,
        draw=FreightDraw.neutral(),
    )
    return shock, assumptions.theta


def _moves(one: FloatArray, other: FloatArray) -> bool:
    return bool((np.abs(one - other) > NOTHING * np.abs(other)).any())


def _reason(inputs: Inputs, measure: Measure, without: Inputs) -> str:
    """Say why a measure changes nothing: the network without it against that with it."""
    pairs = [pair for pair in measure.pairs(inputs.scenario) if set(pair) <= set(inputs.world.iso3)]
    if pairs:
        return _of_pairs(inputs, measure, pairs)
    return _of_network(inputs, measure, without.after)


def _of_network(inputs: Inputs, measure: Measure, without: FreightNetwork) -> str:
    before, after = without.tables, inputs.after.tables
    joins = after.joins[after.joins["where"] == measure.where]
    warned = [str(text) for text in joins["warning"] if text]
    if warned:
        return warned[0].rstrip(".")
    lines = _new_links(before, after)
    if lines.any():
        return _unused(inputs, without, lines, joins)
    crossings = sorted(set(after.crossings["crossing"]) - set(before.crossings["crossing"]))
    if crossings:
        used = bool(set(inputs.after.arcs.name) & set(crossings))
        verb = "no least-cost path passes" if used else "no line meets on both sides of"
        return f"{verb} {', '.join(crossings)}"
    places = sorted(set(after.nodes["node"]) - set(before.nodes["node"]))
    if places:
        return f"no line leads to {', '.join(places)}"
    if _same(before, after):
        return measure.holds_already
    return "no least-cost path between economies that trade passes what it changes"


def _of_pairs(inputs: Inputs, measure: Measure, pairs: Sequence[tuple[str, str]]) -> str:
    place = {code: number for number, code in enumerate(inputs.world.iso3)}
    rows, columns = zip(*((place[a], place[b]) for a, b in pairs), strict=True)
    blocked = inputs.constraints.blocked_pairs().get(measure.id, frozenset())
    if set(pairs) <= blocked:
        return "political relations block every pair that it names"
    if not inputs.world.flows[list(rows), list(columns)].any():
        return "the economies that it names do not trade with each other in the baseline"
    return measure.holds_already


def _new_links(before: FreightTables, after: FreightTables) -> BoolArray:
    """Mark the links that are open with a measure and not without it, `after`'s rows."""
    was = before.links[before.links["is_open"]]
    held = {*column(was, "link"), *column(was, "part_of")}
    now = after.links
    here = zip(column(now, "link"), column(now, "part_of"), strict=True)
    known = np.array([link in held or (part in held and part != "") for link, part in here])
    return np.asarray(now["is_open"].to_numpy(dtype=bool) & ~known)


def _unused(inputs: Inputs, without: FreightNetwork, lines: BoolArray, joins: pd.DataFrame) -> str:
    """Say what new lines joined, and how much cheaper they would have to be to be used."""
    met = joins.loc[joins["joined"] != "new", "name"]
    names = list(dict.fromkeys(met))
    more = f" and {len(names) - PLACES_TOLD} more" if len(names) > PLACES_TOLD else ""
    told = f"it joins {', '.join(names[:PLACES_TOLD])}{more}, but " if names else ""
    links = set(column(inputs.after.tables.links[lines], "link"))
    less = _percent_less(inputs, without, links)
    if less is None:
        return f"{told}no least-cost path between economies would use it even if it cost nothing"
    return (
        f"{told}no least-cost path between economies uses it: it would have to cost {less:.0f} "
        "percent less, in time and money"
    )


def _percent_less(inputs: Inputs, without: FreightNetwork, links: set[str]) -> float | None:
    """Search for the fall of cost at which some trade uses links; None where none does."""
    assumptions = assumptions_of(central_values(inputs.parameters), inputs.cargo)
    world = inputs.world
    asked = (assumptions.freight, FreightDraw.neutral(), world.iso3, assumptions.choice)
    before = kept_costs(without, *asked).usd_per_tonne
    trades = (world.flows > 0) & np.isfinite(before)
    network = inputs.after
    mine = np.array([name in links for name in network.arcs.name])

    def used(factor: float) -> bool:
        size = np.where(mine, factor, 1.0)
        arcs = replace(
            network.arcs,
            hours=network.arcs.hours * size,
            usd_per_tonne=network.arcs.usd_per_tonne * size,
        )
        cost = kept_costs(replace(network, arcs=arcs), *asked).usd_per_tonne
        return bool((cost[trades] < before[trades] * (1.0 - NOTHING)).any())

    low, high = 0.0, 1.0
    if not used(low):
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if used(middle) else (low, middle)
    return PERCENT * (1.0 - low)


def _same(one: FreightTables, other: FreightTables) -> bool:
    frames = zip(one.named(), other.named(), strict=True)
    same = all(a.equals(b) or name == COSTLESS for (name, a), (_, b) in frames)
    return one.closed == other.closed and same
