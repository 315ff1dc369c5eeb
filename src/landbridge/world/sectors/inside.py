"""Complete an input-output table: who buys the final goods, and what comes from outside it.

The table gives intermediate sales exactly and all other sales of a sector as one number. Final
demand by destination is imputed: a sector sells final goods abroad in the proportion in which it
sells intermediates abroad, times one factor per economy and kind that makes total exports meet
the published total; destinations follow the sector's intermediate sales (0.6) and the economy's
trade (0.4); biproportional scaling then meets what each sector has to sell and what each economy
can spend.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from landbridge.units import FloatArray
from landbridge.world.sectors.facts import KINDS, SectorList, shares
from landbridge.world.sectors.table import InputOutputTable

INTERMEDIATE_WEIGHT = 0.6
"""Weight of a sector's intermediate sales in the destinations of its final goods; the rest is
the economy's trade with each partner. The mixture that did best against published goods trade."""

MOST_ABROAD = 0.97
MOST_OUTSIDE = 0.9
LEAST_FINAL_EXPORTS = 0.05
LEAST_VALUE_ADDED = 0.1
FACTOR_BOUNDS = (1e-3, 1e3)
SCALING_ROUNDS = 400


@dataclass(frozen=True, eq=False)
class Totals:
    """What the n economies of the table trade, by kind, million USD.

    Attributes
    ----------
    exports, imports
        ``[2, n]`` goods and services, all partners.
    pair
        ``[2, n, n]`` trade with each other, only its pattern is used.
    to_outside
        ``[S, n]`` sales to the economies outside the table.
    from_outside
        ``[S, n]`` purchases from them.
    input_part
        ``[S, n]`` the part of purchases from outside that is inputs, not final goods.
    """

    exports: FloatArray
    imports: FloatArray
    pair: FloatArray
    to_outside: FloatArray
    from_outside: FloatArray
    input_part: FloatArray


@dataclass(frozen=True, eq=False)
class Completed:
    """The table with final demand by destination and inputs from outside.

    Attributes
    ----------
    final
        ``[S, n, n]`` million USD: final goods by seller's sector, seller, buyer.
    to_outside
        ``[S, n]`` million USD, after what a sector can sell was respected.
    outside_inputs
        ``[S, S, n]`` million USD: inputs from outside by their sector, the buyer's sector, buyer.
    value_added
        ``[S, n]`` million USD, net taxes included.
    counts
        How often and over what share of value a rule had to step in.
    scaling_gap
        Largest relative gap of an economy's final demand after scaling.
    """

    final: FloatArray
    to_outside: FloatArray
    outside_inputs: FloatArray
    value_added: FloatArray
    counts: dict[str, float] = field(default_factory=dict)
    scaling_gap: float = 0.0


def complete(table: InputOutputTable, totals: Totals, sectors: SectorList) -> Completed:
    """Impute final demand by destination and inputs from outside (see the module's head)."""
    counts: dict[str, float] = {}
    pair_sales = table.pair_sales
    to_outside = np.minimum(totals.to_outside, MOST_OUTSIDE * table.other_sales)
    counts["sales to outside cut, share of value"] = _cut(totals.to_outside, to_outside)
    final_supply = table.other_sales - to_outside
    exported = _final_exports(pair_sales, final_supply, to_outside, totals, sectors, counts)
    prior = _destinations(pair_sales, totals.pair, sectors) * (exported * final_supply)[:, :, None]
    economies = np.arange(len(table.iso3))
    prior[:, economies, economies] = (1.0 - exported) * final_supply
    inputs, value_added = _outside_inputs(table, totals, counts)
    balance = (totals.exports - totals.imports).sum(axis=0)
    bought_outside = totals.from_outside.sum(axis=0) - inputs.sum(axis=(0, 1))
    final_demand = value_added.sum(axis=0) - balance - bought_outside
    final_demand *= final_supply.sum() / final_demand.sum()
    final, gap = _scale(prior, final_supply, final_demand)
    return Completed(final, to_outside, inputs, value_added, counts, gap)


def _cut(wanted: FloatArray, taken: FloatArray) -> float:
    total = wanted.sum()
    return float((wanted - taken).sum() / total) if total > 0 else 0.0


def _final_exports(
    pair_sales: FloatArray,
    final_supply: FloatArray,
    to_outside: FloatArray,
    totals: Totals,
    sectors: SectorList,
    counts: dict[str, float],
) -> FloatArray:
    """Compute the part of each sector's final goods that goes abroad in the table, ``[S, n]``."""
    at_home = np.diagonal(pair_sales, axis1=1, axis2=2)
    abroad = pair_sales.sum(axis=2) - at_home
    sold = pair_sales.sum(axis=2)
    part = np.divide(abroad, sold, out=np.zeros_like(abroad), where=sold > 0)
    exported = np.zeros_like(part)
    floored = 0
    for number, kind in enumerate(KINDS):
        rows = sectors.counted_as(kind)
        exports = totals.exports[number]
        wanted = exports - abroad[rows].sum(axis=0) - to_outside[rows].sum(axis=0)
        least = LEAST_FINAL_EXPORTS * exports
        floored += int((wanted < least).sum())
        wanted = np.maximum(wanted, least)
        exported[rows] = _with_factor(part[rows], final_supply[rows], wanted)
    counts["final exports held to 5 percent of exports, economies and kinds"] = floored
    return np.asarray(exported)


def _with_factor(part: FloatArray, supply: FloatArray, wanted: FloatArray) -> FloatArray:
    """Scale parts by one factor an economy so that they add up to what is wanted; bisection."""
    low, high = (np.full(part.shape[1], np.log(bound)) for bound in FACTOR_BOUNDS)

    def parts(log_factor: FloatArray) -> FloatArray:
        return np.asarray(np.minimum(part * np.exp(log_factor)[None, :], MOST_ABROAD))

    for _ in range(60):
        middle = (low + high) / 2
        short = (parts(middle) * supply).sum(axis=0) < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return parts((low + high) / 2)


def _destinations(pair_sales: FloatArray, pair: FloatArray, sectors: SectorList) -> FloatArray:
    """Compute where a sector's final exports go, ``[S, n, n]``; each row adds up to one."""
    economies = np.arange(pair_sales.shape[1])
    intermediates = pair_sales.copy()
    intermediates[:, economies, economies] = 0.0
    pattern = np.empty_like(intermediates)
    for number, kind in enumerate(KINDS):
        flows = pair[number].copy()
        np.fill_diagonal(flows, 0.0)
        pattern[sectors.counted_as(kind)] = shares(flows, axis=1)
    mixed = INTERMEDIATE_WEIGHT * shares(intermediates, axis=2)
    return shares(mixed + (1.0 - INTERMEDIATE_WEIGHT) * pattern, axis=2)


def _outside_inputs(
    table: InputOutputTable, totals: Totals, counts: dict[str, float]
) -> tuple[FloatArray, FloatArray]:
    """Share inputs from outside out over the buying sectors; give value added besides."""
    economies = np.arange(len(table.iso3))
    by_buyer = table.intermediate.sum(axis=1)  # seller's sector, buyer's sector, buyer
    own = table.intermediate[:, economies, :, economies].transpose(1, 2, 0)
    foreign = by_buyer - own
    users = np.where(foreign.sum(axis=1, keepdims=True) > 0, foreign, by_buyer)
    wanted = shares(users, axis=1) * (totals.from_outside * totals.input_part)[:, None, :]
    left = table.output - table.inputs
    most = (1.0 - LEAST_VALUE_ADDED) * left
    taken = wanted.sum(axis=0)
    fits = np.minimum(1.0, np.divide(most, taken, out=np.ones_like(most), where=taken > 0))
    inputs = wanted * np.maximum(fits, 0.0)[None]
    counts["inputs from outside cut, share of value"] = _cut(wanted, inputs)
    return inputs, left - inputs.sum(axis=0)


def _scale(prior: FloatArray, supply: FloatArray, demand: FloatArray) -> tuple[FloatArray, float]:
    """Scale rows (sector and seller) and columns (buyer) in turn until both are met."""
    kinds, count, _ = prior.shape
    flows = prior.reshape(kinds * count, count).copy()
    rows = supply.reshape(-1)
    divide: Callable[[FloatArray, FloatArray], FloatArray] = lambda a, b: np.divide(  # noqa: E731
        a, b, out=np.zeros_like(a), where=b > 0
    )
    for _ in range(SCALING_ROUNDS):
        flows *= divide(demand, flows.sum(axis=0))[None, :]
        flows *= divide(rows, flows.sum(axis=1))[:, None]
    gap = float(np.abs(flows.sum(axis=0) / demand - 1.0).max())
    return flows.reshape(kinds, count, count), gap
