"""Build the sectoral world of 2022: the OECD table completed, the other economies beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from landbridge.units import FloatArray
from landbridge.world.base import World, foreign_totals
from landbridge.world.sectors.base import SectoralWorld, Structure, feasible
from landbridge.world.sectors.facts import (
    KINDS,
    SectorList,
    commodity_baskets,
    sector_facts,
    shares,
)
from landbridge.world.sectors.inside import Completed, Totals, complete
from landbridge.world.sectors.outside import (
    LIST_DECAY,
    BasketRule,
    donor_weights,
    features,
    guessed_baskets,
    output_by_sector,
    tilted_flows,
)
from landbridge.world.sectors.table import InputOutputTable

YEAR = 2022
FIRST_INPUT_PART = 0.6
"""Part of imports from outside the table taken as inputs before the table's own part is known."""


@dataclass(frozen=True, eq=False)
class Sides:
    """What both halves are built from.

    Attributes
    ----------
    table
        The input-output table at the wanted detail.
    sectors
        Its sectors.
    inside, outside
        Positions of the economies in and not in the table, in the order of the baseline.
    facts
        Rows of `sector_facts` for all economies.
    exports, imports
        ``[2, N]`` million USD of 2022 by kind.
    pair
        ``[2, N, N]`` million USD of 2022 by kind; no diagonal.
    likeness
        ``[N, K]`` features that donors are chosen by.
    gdp
        ``[N]`` million USD of 2022 on the footing of the table's value added.
    """

    table: InputOutputTable
    sectors: SectorList
    inside: np.ndarray
    outside: np.ndarray
    facts: pd.DataFrame
    exports: FloatArray
    imports: FloatArray
    pair: FloatArray
    likeness: FloatArray
    gdp: FloatArray


@dataclass(frozen=True, eq=False)
class Built:
    """The world and what the builder saw on the way.

    Attributes
    ----------
    world
        The sectoral world.
    sells, buys
        ``[n, S]`` baskets of the table's economies, goods and services each adding up to one.
    counts
        How often, or over what share of value, a rule stepped in.
    """

    world: SectoralWorld
    sells: FloatArray
    buys: FloatArray
    counts: dict[str, float] = field(default_factory=dict)


def build_sectoral_world(
    table: InputOutputTable, baseline: World, sectors: SectorList, rules: Mapping[str, BasketRule]
) -> Built:
    """Put the table, the baseline and the Factbook's facts together.

    Parameters
    ----------
    table
        The OECD table at the detail of ``sectors``.
    baseline
        Goods and services between all economies (of 2023; brought to 2022 here).
    sectors
        The sectors.
    rules
        How baskets of goods are guessed outside the table, for ``exports`` and ``imports``.

    Returns
    -------
    Built
        All economies of the baseline in its order.
    """
    sides = lay_out(table, baseline, sectors)
    done = complete(table, _plain_totals(sides), sectors)
    flows = _inside_flows(table, done)
    sells, buys = _baskets(flows, sectors)
    # Once more, now that the baskets of the table's economies are known.
    outer = _outer_flows(sides, sells, buys, rules)
    done = complete(table, _tilted_totals(sides, outer, done), sectors)
    return _assemble(sides, outer, done)


def lay_out(table: InputOutputTable, baseline: World, sectors: SectorList) -> Sides:
    """Bring totals and flows to 2022 and to one order of economies."""
    inside = np.array([baseline.index(code) for code in table.iso3])
    outside = np.setdiff1d(np.arange(len(baseline.iso3)), inside)
    facts = sector_facts(baseline.iso3)
    flows = np.stack([baseline.goods, baseline.services])
    for layer in flows:
        np.fill_diagonal(layer, 0.0)
    sold, bought = flows.sum(axis=2), flows.sum(axis=1)
    exports, imports = (
        _of_year(facts[f"{name}_million_usd"].to_numpy(dtype=float), totals)
        for name, totals in (("exports", sold), ("imports", bought))
    )
    drift = _drift(facts, sold.sum(axis=0), bought.sum(axis=0))
    pair = flows * drift
    # Flows of a table economy follow its own totals: the exporter's first, else the importer's.
    to_outside = shares(flows, axis=2) * exports[:, :, None]
    from_outside = shares(flows, axis=1) * imports[:, None, :]
    pair[:, inside] = to_outside[:, inside]
    cross = np.ix_(np.arange(2), outside, inside)
    pair[cross] = from_outside[cross]
    margin = (table.output - table.inputs).sum() / baseline.gdp_million_usd[inside].sum()
    return Sides(
        table=table,
        sectors=sectors,
        inside=inside,
        outside=outside,
        facts=facts,
        exports=exports,
        imports=imports,
        pair=pair,
        likeness=features(facts, baseline.gdp_million_usd, baseline.population),
        gdp=baseline.gdp_million_usd * margin,
    )


def _drift(facts: pd.DataFrame, sold: FloatArray, bought: FloatArray) -> float:
    """World trade of 2022 over the baseline's, where 2022 is published on both sides."""
    exports = facts["exports_million_usd"].to_numpy(dtype=float)
    imports = facts["imports_million_usd"].to_numpy(dtype=float)
    known = np.isfinite(exports) & np.isfinite(imports)
    return float((exports + imports)[known].sum() / (sold + bought)[known].sum())


def _of_year(published: FloatArray, by_kind: FloatArray) -> FloatArray:
    """Split totals of 2022 by the kinds of the baseline; where none is published, its drift."""
    total = by_kind.sum(axis=0)
    known = np.isfinite(published)
    drift = published[known].sum() / total[known].sum()
    wanted = np.where(known, published, total * drift)
    return np.asarray(by_kind / total * wanted)


def _plain_totals(sides: Sides) -> Totals:
    """Lay out the table's totals, sectors of trade with outside as intermediates are."""
    inside, outside = sides.inside, sides.outside
    economies = np.arange(len(inside))
    abroad = sides.table.pair_sales.copy()
    abroad[:, economies, economies] = 0.0
    sold, bought = abroad.sum(axis=2), abroad.sum(axis=1)
    to_outside, from_outside = np.zeros_like(sold), np.zeros_like(bought)
    for number, kind in enumerate(KINDS):
        rows = sides.sectors.counted_as(kind)
        sales = sides.pair[number][np.ix_(inside, outside)].sum(axis=1)
        purchases = sides.pair[number][np.ix_(outside, inside)].sum(axis=0)
        to_outside[rows] = shares(sold[rows], axis=0) * sales
        from_outside[rows] = shares(bought[rows], axis=0) * purchases
    return Totals(
        exports=sides.exports[:, inside],
        imports=sides.imports[:, inside],
        pair=sides.pair[np.ix_(np.arange(2), inside, inside)],
        to_outside=to_outside,
        from_outside=from_outside,
        input_part=np.full_like(from_outside, FIRST_INPUT_PART),
    )


def _inside_flows(table: InputOutputTable, done: Completed) -> FloatArray:
    """Add inputs and final goods up, ``[n, n, S]`` million USD."""
    return np.ascontiguousarray((table.pair_sales + done.final).transpose(1, 2, 0))


def _baskets(flows: FloatArray, sectors: SectorList) -> tuple[FloatArray, FloatArray]:
    """Compute what each economy sells and buys abroad by sector, per kind adding up to one."""
    abroad = flows.copy()
    economies = np.arange(flows.shape[0])
    abroad[economies, economies] = 0.0
    found = []
    for values in (abroad.sum(axis=1), abroad.sum(axis=0)):
        basket = np.zeros_like(values)
        for kind in KINDS:
            rows = sectors.counted_as(kind)
            basket[:, rows] = shares(values[:, rows], axis=1)
        found.append(basket)
    return found[0], found[1]


@dataclass(frozen=True, eq=False)
class _Outer:
    """Flows by sector in which an economy outside the table takes part, million USD."""

    to_outside: FloatArray  # [n, m, S]
    from_outside: FloatArray  # [m, n, S]
    among: FloatArray  # [m, m, S]
    weights: FloatArray  # [m, n]


def _outer_flows(
    sides: Sides, sells: FloatArray, buys: FloatArray, rules: Mapping[str, BasketRule]
) -> _Outer:
    inside, outside, sectors = sides.inside, sides.outside, sides.sectors
    listed = commodity_baskets(sides.facts, "export_goods", sectors, decay=LIST_DECAY)
    weights = donor_weights(sides.likeness, listed, inside, outside)
    rows = sides.facts.iloc[outside]
    outer_sells = guessed_baskets(rows, "export_goods", sectors, weights @ sells, rules["exports"])
    outer_buys = guessed_baskets(rows, "import_goods", sectors, weights @ buys, rules["imports"])
    both = np.arange(2)
    return _Outer(
        tilted_flows(sides.pair[np.ix_(both, inside, outside)], sells, outer_buys, sectors),
        tilted_flows(sides.pair[np.ix_(both, outside, inside)], outer_sells, buys, sectors),
        tilted_flows(sides.pair[np.ix_(both, outside, outside)], outer_sells, outer_buys, sectors),
        weights,
    )


def _tilted_totals(sides: Sides, outer: _Outer, done: Completed) -> Totals:
    inside = sides.inside
    economies = np.arange(len(inside))
    inputs, final = sides.table.pair_sales.copy(), done.final.copy()
    for flows in (inputs, final):
        flows[:, economies, economies] = 0.0
    bought = inputs.sum(axis=1), final.sum(axis=1)
    total = bought[0] + bought[1]
    part = np.divide(bought[0], total, out=np.full_like(total, FIRST_INPUT_PART), where=total > 0)
    return Totals(
        exports=sides.exports[:, inside],
        imports=sides.imports[:, inside],
        pair=sides.pair[np.ix_(np.arange(2), inside, inside)],
        to_outside=outer.to_outside.sum(axis=1).T,
        from_outside=outer.from_outside.sum(axis=0).T,
        input_part=part,
    )


def _assemble(sides: Sides, outer: _Outer, done: Completed) -> Built:
    table, inside, outside = sides.table, sides.inside, sides.outside
    count, kinds = len(sides.facts), len(sides.sectors.codes)
    counts = dict(done.counts)
    counts["largest gap of final demand after scaling"] = done.scaling_gap
    flows = np.zeros((count, count, kinds))
    flows[np.ix_(inside, inside)] = _inside_flows(table, done)
    wanted = outer.to_outside.sum(axis=1).T
    cut = np.divide(done.to_outside, wanted, out=np.zeros_like(wanted), where=wanted > 0)
    flows[np.ix_(inside, outside)] = outer.to_outside * cut.T[:, None, :]
    flows[np.ix_(outside, inside)] = outer.from_outside
    flows[np.ix_(outside, outside)] = outer.among
    input_share = np.zeros((count, kinds, kinds))
    output = table.output.T
    use = table.intermediate.sum(axis=1) + done.outside_inputs  # input, user, economy
    users = use.transpose(2, 0, 1)
    input_share[inside] = np.divide(
        users, output[:, None, :], out=np.zeros_like(users), where=output[:, None, :] > 0
    )
    _borrow(sides, outer, flows, input_share, counts)
    structure = np.full(count, Structure.BORROWED, dtype=object)
    structure[inside] = Structure.TABLE
    world = SectoralWorld(
        year=YEAR,
        iso3=tuple(sides.facts.index),
        sectors=sides.sectors,
        flows=flows,
        input_share=input_share,
        structure=tuple(structure),
        notes=tuple(f"{name}: {value:.3g}" for name, value in counts.items()),
    )
    sells, buys = _baskets(flows[np.ix_(inside, inside)], sides.sectors)
    return Built(feasible(world), sells, buys, counts)


def _borrow(
    sides: Sides,
    outer: _Outer,
    flows: FloatArray,
    input_share: FloatArray,
    counts: dict[str, float],
) -> None:
    """Fill in shares and domestic sales of the economies outside the table."""
    inside, outside = sides.inside, sides.outside
    made = sides.table.output.T  # [n, S]
    weights = outer.weights / sides.gdp[inside][None, :]  # donors count alike, great or small
    output = weights @ made
    safe = np.where(output > 0, output, 1.0)
    use = input_share[inside] * made[:, None, :]
    borrowed = np.einsum("mn,nst->mst", weights, use) / safe[:, None, :]
    borrowed[np.broadcast_to(output[:, None, :] <= 0, borrowed.shape)] = 0.0
    input_share[outside] = borrowed
    value_added_share = 1.0 - borrowed.sum(axis=1)
    exports = flows[outside].sum(axis=1)
    origins = sides.facts[["agriculture", "industry", "services"]].to_numpy(dtype=float)
    mean = outer.weights @ np.nan_to_num(origins[inside], nan=1.0 / 3.0)
    mine = np.where(np.isfinite(origins[outside]), origins[outside], shares(mean, axis=1))
    counts["economies without GDP by sector of origin"] = int(
        (~np.isfinite(origins[outside]).all(axis=1)).sum()
    )
    produced, set_by_exports = output_by_sector(
        sides.gdp[outside],
        mine,
        output * value_added_share,
        value_added_share,
        exports,
        sides.sectors,
    )
    counts["output set by exports, economies and sectors"] = set_by_exports
    flows[outside, outside] = produced - exports


def foreign_by_kind(world: SectoralWorld) -> tuple[FloatArray, FloatArray]:
    """Compute exports and imports by kind, ``[2, N]`` million USD each."""
    totals = [foreign_totals(flows) for flows in world.by_kind()]
    return np.stack([found[0] for found in totals]), np.stack([found[1] for found in totals])
