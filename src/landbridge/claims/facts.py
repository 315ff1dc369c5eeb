"""Numbers that the atlas and the tables hold: no model, no band."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from landbridge.atlas import blocs, overlap, relations, targets
from landbridge.atlas.economies import economies
from landbridge.atlas.sizes import sizes
from landbridge.claims.evidence import Answer, Evidence, Missing
from landbridge.claims.portfolio import least_risk, read_series
from landbridge.claims.quantities import (
    Blocked,
    CrossingOpen,
    Diversification,
    FactQuantity,
    Gateway,
    LeftOut,
    Region,
    RegionCoverage,
    ShareOfWorld,
    StatedGap,
    StatedTrade,
    Supplier,
)
from landbridge.codes import name_of, resolve
from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.evidence import PUBLISHED
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.places import find_crossings
from landbridge.freight.network.tables import rows
from landbridge.scenarios.values.parties import expand_all
from landbridge.studies.portfolio.series import growth_returns
from landbridge.studies.supply.dependence import input_table, origins
from landbridge.units import PERCENT
from landbridge.world.sectors.load import load_sectoral_world

RICH_BLOCS = ("G7", "EU", "EFTA")
"""Economies in none of them count as developing: the atlas has no income groups."""


def fact(
    quantity: FactQuantity,
    *,
    network: FreightNetwork,
    regions: Sequence[Region] = (),
    beside: Path | None = None,
) -> Answer:
    """Look a fact up.

    Parameters
    ----------
    quantity
        What is asked.
    network
        The freight network as it stands.
    regions
        For a coverage of regions that names none.
    beside
        Folder of the user's ledger, where its series lie.

    Raises
    ------
    UnknownNameError
        It names something that is not there.
    InputError
        A series is named and cannot be read.
    """
    if isinstance(quantity, CrossingOpen):
        return _crossing_open(quantity, network)
    if isinstance(quantity, RegionCoverage):
        return _coverage(quantity, quantity.regions or tuple(regions))
    if isinstance(quantity, Diversification):
        return _diversification(quantity, beside)
    look_up: Callable[[Any], Answer] = _LOOK_UP[type(quantity)]
    return look_up(quantity)


def _share_of_world(quantity: ShareOfWorld) -> Evidence:
    codes = set(expand_all(quantity.of, on=quantity.on))
    if quantity.measure == "gdp_ppp":
        values = sizes(measure="gdp_ppp", year="latest")
    else:
        table = economies().set_index("iso3")
        values = table[list(overlap.SIZE_COLUMNS[f"{quantity.measure}_percent"])].sum(axis=1)
    own = float(values[values.index.isin(codes)].sum())
    return _exact(
        PERCENT * own / float(values.sum()),
        "percent of the world",
        f"atlas: members on {quantity.on}, latest sizes",
        f"{len(codes)} economies",
    )


def _coverage(quantity: RegionCoverage, regions: Sequence[Region]) -> Evidence:
    inside = set(expand_all(quantity.of, on=quantity.on))
    gdp = economies().set_index("iso3")["gdp_million_usd"].fillna(0.0)
    counts, shares, told = [], [], []
    for region in regions:
        codes = set(expand_all((region.group,), on=quantity.on))
        held = gdp[gdp.index.isin(codes)]
        share = PERCENT * float(held[held.index.isin(inside)].sum() / held.sum())
        counts.append(len(codes & inside))
        shares.append(share)
        told.append(f"{region.name}: {counts[-1]} of {len(codes)}, {share:.0f} % of GDP")
    number, unit = (
        (float(sum(count == 0 for count in counts)), "regions")
        if quantity.measure == "regions_without_member"
        else (min(shares), "percent of GDP")
    )
    return _exact(number, unit, f"atlas: members on {quantity.on}", "; ".join(told))


def _left_out(quantity: LeftOut) -> Evidence:
    table = overlap.left_out(on=quantity.on)
    rich = {code for key in RICH_BLOCS for code in blocs.members(key, on=quantity.on)}
    table = table[~table["iso3"].isin(rich)]
    mine = table["landlocked_developing"].to_numpy(dtype=bool)
    reach = table["reach_gdp_percent"].to_numpy(dtype=np.float64)
    own, others = float(np.median(reach[mine])), float(np.median(reach[~mine]))
    basis = f"atlas: blocs and agreements on {quantity.on}"
    if quantity.measure == "reach_percent":
        told = (
            f"median reach {own:.1f} % of world GDP for {mine.sum()} landlocked, "
            f"{others:.1f} % for {(~mine).sum()} others"
        )
        return _exact(PERCENT * own / others, "percent of the others' reach", basis, told)
    last = reach <= np.quantile(reach, 0.25)
    part, whole = float(mine[last].mean()), float(mine.mean())
    told = (
        f"{mine[last].sum()} of {last.sum()} in the last quarter, "
        f"{mine.sum()} of {len(mine)} in all"
    )
    return _exact(PERCENT * part / whole, "percent of an even part", basis, told)


def _blocked(quantity: Blocked) -> Evidence:
    out = set(expand_all(quantity.without, on=quantity.on)) if quantity.without else set()
    parties = [code for code in expand_all(quantity.parties, on=quantity.on) if code not in out]
    found = relations.blocking(quantity.act, parties, on=quantity.on, extent=quantity.extent)
    told = ", ".join(row.relation for row in found) or "none"
    return _exact(float(len(found)), "relations", f"atlas: relations on {quantity.on}", told)


def _gateway(quantity: Gateway) -> Evidence:
    table = overlap.gateways(quantity.blocs, on=quantity.on)
    code = resolve(quantity.of)
    row = table[table["iso3"] == code]
    pairs = int(row["pairs"].iloc[0]) if len(row) else 0
    alone = int(row["alone"].iloc[0]) if len(row) else 0
    rank = 1 + int((table["pairs"] > pairs).sum())
    first = table.head(3)
    top = ", ".join(f"{name} {n}" for name, n in zip(first["name"], first["pairs"], strict=True))
    told = f"{name_of(code)} joins {pairs} pairs, {alone} alone; most: {top or 'nobody'}"
    number = {"pairs": pairs, "alone": alone, "rank": rank}[quantity.measure]
    unit = "rank" if quantity.measure == "rank" else "pairs of blocs"
    return _exact(float(number), unit, f"atlas: members on {quantity.on}", told)


def _stated_gap(quantity: StatedGap) -> Evidence:
    table = targets.sums().set_index("statement")
    if quantity.statement not in table.index:
        raise _unknown(quantity.statement, list(table.index), "a stated sum with parts")
    whole = float(table["whole_million_usd"].loc[quantity.statement])
    parts = float(table["parts_million_usd"].loc[quantity.statement])
    told = (
        f"stated {whole:g} million USD, its parts come to {parts:g}: {abs(whole - parts):g} "
        f"{'missing' if whole > parts else 'too many'}"
    )
    return _exact(PERCENT * abs(whole - parts) / whole, "percent of the whole", "atlas", told)


def _stated_trade(quantity: StatedTrade) -> Answer:
    row = statement(quantity.statement)
    amount = row.amount_million_usd
    if amount is None:
        return Missing(f"{row.statement} states no amount")
    return _exact(amount, "million USD", f"atlas: {row.source}", row.note or row.role)


def statement(name: str) -> targets.Statement:
    """Find a stated figure or target.

    Raises
    ------
    UnknownNameError
        There is none of that identity.
    """
    known = {row.statement: row for row in targets.statements()}
    if name not in known:
        raise _unknown(name, known, "a stated figure")
    return known[name]


def _crossing_open(quantity: CrossingOpen, network: FreightNetwork) -> Evidence:
    identity = find_crossings(network.tables, quantity.crossing)[0]
    row = next(one for one in rows(network.tables.crossings) if one.crossing == identity)
    told = f"{row.name} ({row.mode}), {row.confidence}"
    share = PERCENT * float(row.probability_open)
    return replace(
        _exact(share, "percent of the year", "table of crossings", told),
        by_hand=row.confidence != PUBLISHED,
    )


def _supplier(quantity: Supplier) -> Answer:
    world = load_sectoral_world()
    user = resolve(quantity.of)
    found = origins(world, user, quantity.sector)
    table = input_table(world, found, np.zeros(len(world.sectors.codes)))
    own = table[table["input"] == found.sector]
    if own.empty or not own["first_supplier"].iloc[0]:
        return Missing(f"{found.sector} of {user} buys none of its own kind abroad")
    row = own.iloc[0]
    told = (
        f"{name_of(str(row['first_supplier']))} first; {row['domestic_percent']:.0f} % are of its "
        f"own make"
    )
    return _exact(
        float(row["first_supplier_percent"]), "percent of the input", "sectoral world of 2022", told
    )


def _diversification(quantity: Diversification, beside: Path | None) -> Answer:
    base = expand_all(quantity.base, on=quantity.on)
    added = tuple(code for code in expand_all(quantity.added, on=quantity.on) if code not in base)
    codes = (*base, *added)
    if quantity.series is None:
        try:
            series = growth_returns(codes)
        except InputError as error:
            return Missing(error.message)
        growth = series.percent[:, [series.iso3.index(code) for code in codes]]
        source = series.source
    else:
        growth = read_series((beside or Path()) / quantity.series, codes)
        source = str(quantity.series)
    if len(growth) < quantity.years_needed:
        return Missing(f"{source} has {len(growth)} years, and {quantity.years_needed} are needed")
    alone, joined = least_risk(growth[:, : len(base)]), least_risk(growth)
    if alone == 0:
        return Missing("the portfolio without them has no risk to lower")
    told = f"{alone:.3g} with {', '.join(base)}; {joined:.3g} with {', '.join(added)} besides"
    basis = f"{source}, {len(growth)} years"
    return _exact(PERCENT * (joined / alone - 1.0), "percent of the risk", basis, told)


_LOOK_UP: Mapping[type, Callable[[Any], Answer]] = {
    ShareOfWorld: _share_of_world,
    LeftOut: _left_out,
    Blocked: _blocked,
    Gateway: _gateway,
    StatedGap: _stated_gap,
    StatedTrade: _stated_trade,
    Supplier: _supplier,
}


def _exact(number: float, unit: str, basis: str, detail: str = "") -> Evidence:
    return Evidence(number, unit, basis, exact=True, detail=detail)


def _unknown(name: str, known: Iterable[str], what: str) -> UnknownNameError:
    names = list(known)
    return UnknownNameError(
        f"'{name}' is not {what}.", mend=suggest(name, names) or f"Known: {', '.join(names)}."
    )
