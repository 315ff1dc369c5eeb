"""Measures of overlap: who shares blocs with whom, who joins them, who is left out, who is big."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd

from landbridge.atlas import agreements, blocs, composites
from landbridge.atlas.blocs import BOUND, MEMBER, Kind, Status, depth_rank
from landbridge.atlas.composites import Group
from landbridge.atlas.economies import economies
from landbridge.atlas.facts import as_day
from landbridge.codes import name_of, resolve
from landbridge.units import PERCENT, BoolArray, IntArray

INTEGRATION: Final[tuple[Kind, ...]] = ("integration", "trade")
"""Kinds of bloc that bear on market access."""

SIZE_COLUMNS: Final = {
    "gdp_percent": ("gdp_million_usd",),
    "trade_percent": ("exports_million_usd", "imports_million_usd"),
    "population_percent": ("population",),
    "area_percent": ("area_km2",),
}
"""Shares of the world that are measured, and the columns of the table of economies they add up."""


def membership(
    *, on: date, statuses: tuple[Status, ...] = MEMBER, kinds: Sequence[Kind] = ()
) -> pd.DataFrame:
    """Tabulate who is in what on a day.

    Parameters
    ----------
    on
        The day.
    statuses
        The standings that count.
    kinds
        Kinds of bloc that count; all when empty.

    Returns
    -------
    pandas.DataFrame
        Flags, one row an economy that is in a bloc at all (index iso3, sorted), one column a bloc
        that has a member.
    """
    now = blocs.intervals(on=as_day(on))
    now = now[now.status.isin(statuses)]
    if kinds:
        now = now[now.bloc.map(lambda key: blocs.bloc(key).kind in kinds)]
    table = pd.crosstab(now.iso3, now.bloc) > 0
    return table.sort_index().sort_index(axis="columns")


def shared_counts(
    *, on: date, statuses: tuple[Status, ...] = MEMBER, kinds: Sequence[Kind] = ()
) -> pd.DataFrame:
    """Count the blocs that each two economies share on a day.

    Returns
    -------
    pandas.DataFrame
        ``[N, N]`` whole numbers, symmetric, both axes iso3; the diagonal counts an economy's own
        blocs.
    """
    table = membership(on=on, statuses=statuses, kinds=kinds)
    flags: IntArray = table.to_numpy(dtype=np.int64)
    return pd.DataFrame(flags @ flags.T, index=table.index, columns=list(table.index))


def neighbours_in_blocs(
    economy: str, *, on: date, statuses: tuple[Status, ...] = MEMBER
) -> pd.DataFrame:
    """Rank the economies with which one shares blocs on a day, most first, then deepest.

    Returns
    -------
    pandas.DataFrame
        iso3, name, shared (count), blocs (identities parted by semicolons), deepest (the deepest
        of them), depth.
    """
    iso3 = resolve(economy)
    day = as_day(on)
    table = membership(on=day, statuses=statuses)
    columns = ["iso3", "name", "shared", "blocs", "deepest", "depth"]
    if iso3 not in table.index:
        return pd.DataFrame(columns=columns)
    own = [key for key in table.columns if table.loc[iso3, key]]
    rows = []
    for other in table.index.drop(iso3):
        shared = [key for key in own if table.loc[other, key]]
        if shared:
            deepest = max(shared, key=lambda key: depth_rank(blocs.bloc(key).depth))
            depth = blocs.bloc(deepest).depth
            rows.append((other, name_of(other), len(shared), ";".join(shared), deepest, depth))
    rows.sort(key=lambda row: (-row[2], -depth_rank(row[5]), row[0]))
    return pd.DataFrame(rows, columns=columns)


def gateways(
    keys: Iterable[str], *, on: date, statuses: tuple[Status, ...] = MEMBER
) -> pd.DataFrame:
    """Say who connects some blocs on a day: the economies that are in two of them or more.

    Parameters
    ----------
    keys
        Blocs by identity or name, e.g. ``("EAEU", "SCO", "SAARC", "GCC")``.
    on
        The day.
    statuses
        The standings that count.

    Returns
    -------
    pandas.DataFrame
        iso3, name, blocs (count), which (identities), pairs (pairs of these blocs that it joins),
        alone (pairs that nobody else joins); most pairs first. An economy in none or one of the
        blocs is no gateway and has no row.
    """
    wanted = sorted({blocs.resolve_bloc(key) for key in keys})
    day = as_day(on)
    inside = {key: set(blocs.members(key, on=day, statuses=statuses)) for key in wanted}
    joined = {pair: inside[pair[0]] & inside[pair[1]] for pair in combinations(wanted, 2)}
    rows = []
    for iso3 in sorted(set().union(*inside.values())):
        own = [key for key in wanted if iso3 in inside[key]]
        pairs = list(combinations(own, 2))
        if pairs:
            alone = sum(len(joined[pair]) == 1 for pair in pairs)
            rows.append((iso3, name_of(iso3), len(own), ";".join(own), len(pairs), alone))
    columns = ["iso3", "name", "blocs", "which", "pairs", "alone"]
    found = pd.DataFrame(rows, columns=columns)
    order = ["pairs", "alone", "iso3"]
    return found.sort_values(order, ascending=[False, False, True]).reset_index(drop=True)


def unjoined(keys: Iterable[str], *, on: date) -> tuple[tuple[str, str], ...]:
    """Find the pairs of some blocs that no full member joins on a day."""
    wanted = sorted({blocs.resolve_bloc(key) for key in keys})
    inside = {key: set(blocs.members(key, on=as_day(on))) for key in wanted}
    return tuple(pair for pair in combinations(wanted, 2) if not inside[pair[0]] & inside[pair[1]])


def group_shares(groups: Mapping[str, Group], *, on: date) -> pd.DataFrame:
    """Compute each group's share of the world on a day.

    Parameters
    ----------
    groups
        Name to group.
    on
        The day of the memberships. The sizes are those of the table of economies (mostly 2023 to
        2025) whatever the day.

    Returns
    -------
    pandas.DataFrame
        group, members (count), then percent of the world: gdp_percent (official rates),
        trade_percent (exports and imports, intra-group trade included), population_percent,
        area_percent (total area); and without_gdp, the members that have no GDP in the table.
        The world is the sum over the table.
    """
    day = as_day(on)
    sizes = economies().set_index("iso3")
    rows = []
    for name, group in groups.items():
        codes = list(group.members(on=day))
        row: dict[str, object] = {"group": name, "members": len(codes)}
        for column, parts in SIZE_COLUMNS.items():
            world = sum(float(sizes[part].sum()) for part in parts)
            own = sum(float(sizes.loc[codes, part].sum()) for part in parts)
            row[column] = PERCENT * own / world
        row["without_gdp"] = int(sizes.loc[codes, "gdp_million_usd"].isna().sum())
        rows.append(row)
    return pd.DataFrame(rows)


def bloc_shares(*, on: date, kinds: Sequence[Kind] = ()) -> pd.DataFrame:
    """Compute each standing bloc's share of the world on a day (see `group_shares`)."""
    day = as_day(on)
    groups: dict[str, Group] = {
        key: composites.Bloc(key)
        for key in blocs.known_blocs()
        if blocs.bloc(key).stands(on=day) and (not kinds or blocs.bloc(key).kind in kinds)
    }
    table = group_shares(groups, on=day).rename(columns={"group": "bloc"})
    table.insert(1, "depth", [blocs.bloc(key).depth for key in table.bloc])
    return table.sort_values("gdp_percent", ascending=False).reset_index(drop=True)


def preferential_partners(*, on: date) -> pd.DataFrame:
    """Say which economies trade under a preference with each other on a day.

    A pair counts when a bloc of depth ``preference`` or more binds both (a suspended member stays
    bound), or a trade agreement in force of that depth stands between them. What share of tariff
    lines the preference covers is not known here.

    Returns
    -------
    pandas.DataFrame
        ``[N, N]`` flags, symmetric, false on the diagonal, both axes iso3 of all economies.
    """
    day = as_day(on)
    codes = list(economies().iso3)
    place = {code: index for index, code in enumerate(codes)}
    linked: BoolArray = np.zeros((len(codes), len(codes)), dtype=np.bool_)
    shallowest = depth_rank("preference")
    for key in blocs.known_blocs():
        if depth_rank(blocs.bloc(key).depth) >= shallowest:
            inside = [place[code] for code in blocs.members(key, on=day, statuses=BOUND)]
            linked[np.ix_(inside, inside)] = True
    for item in agreements.agreements():
        deep = depth_rank(item.depth) >= shallowest
        if item.kind == "trade" and deep and item.stage(on=day) == "in_force":
            for one, other in combinations(agreements.sides(item, on=day), 2):
                first, second = [place[c] for c in one], [place[c] for c in other]
                linked[np.ix_(first, second)] = True
                linked[np.ix_(second, first)] = True
    np.fill_diagonal(linked, val=False)
    return pd.DataFrame(linked, index=codes, columns=codes)


def left_out(*, on: date, kinds: Sequence[Kind] = INTEGRATION) -> pd.DataFrame:
    """Rank the economies by how little of the world they reach under a preference.

    Economies of the trade baseline only. One-sided preferences (GSP and the like) do not count,
    and agreements far from the blocs of the atlas are held in part: see ``docs/atlas.md``.

    Returns
    -------
    pandas.DataFrame
        iso3, name, blocs (count of blocs of the kinds), partners (economies with which it has a
        preference), reach_gdp_percent (their share of the GDP of the world without it),
        landlocked, landlocked_developing; least reach first.
    """
    day = as_day(on)
    table = economies().set_index("iso3")
    linked = preferential_partners(on=day).to_numpy()
    gdp = table.gdp_million_usd.fillna(0.0).to_numpy(dtype=np.float64)
    reach = PERCENT * (linked @ gdp) / (gdp.sum() - gdp)
    member = membership(on=day, kinds=kinds)
    counts = member.sum(axis="columns").reindex(table.index).fillna(0).astype("int64")
    developing = set(composites.composite("lldc").group.members(on=day))
    found = pd.DataFrame(
        {
            "iso3": table.index,
            "name": table.name.to_numpy(),
            "blocs": counts.to_numpy(),
            "partners": linked.sum(axis=1),
            "reach_gdp_percent": reach,
            "landlocked": table.landlocked.to_numpy(),
            "landlocked_developing": [code in developing for code in table.index],
        }
    )
    found = found[table.trader.to_numpy() & table.gdp_million_usd.notna().to_numpy()]
    return found.sort_values(["reach_gdp_percent", "iso3"]).reset_index(drop=True)


def left_out_by_group(*, on: date) -> pd.DataFrame:
    """Compare landlocked developing economies with the others (claim C9).

    Returns
    -------
    pandas.DataFrame
        group, economies (count), mean_blocs, median_partners, median_reach_gdp_percent.
    """
    table = left_out(on=on)
    group = np.where(
        table.landlocked_developing,
        "landlocked developing",
        np.where(table.landlocked, "other landlocked", "with a coast"),
    )
    found = table.groupby(group).agg(
        economies=("iso3", "count"),
        mean_blocs=("blocs", "mean"),
        median_partners=("partners", "median"),
        median_reach_gdp_percent=("reach_gdp_percent", "median"),
    )
    return found.rename_axis("group").reset_index()


def nesting(*, on: date) -> pd.DataFrame:
    """Say which blocs lie wholly inside which on a day: orders within orders.

    Returns
    -------
    pandas.DataFrame
        inner, inner_depth, outer, outer_depth, inner_members, outer_members, deepens (True where
        the inner bloc integrates deeper than the outer); blocs with the same members are given
        with the deeper one as the inner.
    """
    day = as_day(on)
    inside = {
        key: frozenset(found)
        for key in blocs.known_blocs()
        if (found := blocs.members(key, on=day))
    }
    rows = []
    for inner, outer in ((a, b) for a in inside for b in inside if a != b):
        deep, shallow = (depth_rank(blocs.bloc(key).depth) for key in (inner, outer))
        if inside[inner] < inside[outer] or (inside[inner] == inside[outer] and deep > shallow):
            rows.append(
                {
                    "inner": inner,
                    "inner_depth": blocs.bloc(inner).depth,
                    "outer": outer,
                    "outer_depth": blocs.bloc(outer).depth,
                    "inner_members": len(inside[inner]),
                    "outer_members": len(inside[outer]),
                    "deepens": deep > shallow,
                }
            )
    return pd.DataFrame(rows).sort_values(["outer", "inner"]).reset_index(drop=True)


def orders_between(one: str, other: str, *, on: date) -> pd.DataFrame:
    """List the orders in which two economies stand together, shallow to deep.

    Returns
    -------
    pandas.DataFrame
        level (1 is the outermost depth that they share), depth, kind (``bloc`` or
        ``agreement``), identity, name.
    """
    day = as_day(on)
    rows = [
        (facts.depth, "bloc", facts.bloc, facts.full_name)
        for facts in map(blocs.bloc, blocs.shared_blocs(one, other, on=day))
    ]
    rows += [
        (item.depth, "agreement", item.agreement, item.name)
        for item in agreements.agreements_between(one, other, on=day)
    ]
    rows.sort(key=lambda row: (depth_rank(row[0]), row[2]))
    levels = {depth: level for level, depth in enumerate(dict.fromkeys(row[0] for row in rows), 1)}
    columns = ["level", "depth", "kind", "identity", "name"]
    return pd.DataFrame([(levels[row[0]], *row) for row in rows], columns=columns)
