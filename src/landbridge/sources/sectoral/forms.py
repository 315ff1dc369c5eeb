"""From tidy tables to arrays by economy and sector: flows and shares, or purchases by user."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from landbridge.errors import FaultsError, InputError, suggest
from landbridge.sources.sectoral.tables import SectorTables
from landbridge.tables import embedded_table
from landbridge.units import PERCENT, FloatArray, IntArray

AGENTS: Final = ("private", "government", "investment")
SHARE_TOLERANCE: Final = 0.005
"""Cost shares may miss one by this before they are refused."""
ROUNDING: Final = 1e-9
SHOWN: Final = 5
MOST_CELLS: Final = 40_000_000


@dataclass(frozen=True, eq=False)
class SectoralDraft:
    """A table as it came, on axes; what was done to it so far is in the notes.

    Attributes
    ----------
    where
        How messages call it.
    iso3, sectors
        N codes and S codes.
    flows
        ``[N, N, S]`` million USD before tariffs; cells may be negative.
    shares
        ``[N, S, S]`` economy, input, user: cost over the user's output.
    tariffs
        ``[N, N, S]`` ratio, or None.
    theta
        ``[S]`` or None.
    told
        What the user says of sectors, or None.
    notes
        What was imputed or cut, with counts.
    """

    where: str
    iso3: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: FloatArray
    shares: FloatArray
    tariffs: FloatArray | None = None
    theta: FloatArray | None = None
    told: pd.DataFrame | None = None
    notes: tuple[str, ...] = field(default=())


def draft_of(tables: SectorTables) -> SectoralDraft:
    """Lay tidy tables out on axes.

    Parameters
    ----------
    tables
        From `read_tables`.

    Raises
    ------
    FaultsError
        Economies or sectors of one table that another lacks, shares that do not add up, values
        that cannot be: all of them at once.
    """
    return _shares_form(tables) if tables.form == "cp" else _purchases_form(tables)


class _Axes:
    """Positions on the axes; names that are not there are collected."""

    def __init__(self, where: str, flows: pd.DataFrame, sector: str) -> None:
        self.where = where
        self.faults: list[str] = []
        economies = dict.fromkeys([*flows["exporter"], *flows["importer"]])
        self.iso3 = tuple(sorted(str(code) for code in economies))
        self.sectors = tuple(str(code) for code in dict.fromkeys(flows[sector]))

    def grow(self, economies: pd.Series, sectors: pd.Series) -> None:
        """Add economies and sectors of a table that may hold more (domestic sales)."""
        self.iso3 = tuple(sorted({*self.iso3, *map(str, economies)}))
        self.sectors = tuple(dict.fromkeys([*self.sectors, *map(str, sectors)]))

    def check_size(self) -> None:
        """Refuse a cube that memory would not hold."""
        cells = len(self.iso3) * len(self.sectors) * max(len(self.iso3), len(self.sectors))
        if cells > MOST_CELLS:
            raise InputError(
                f"{len(self.iso3)} economies and {len(self.sectors)} sectors make {cells:,} cells; "
                f"at most {MOST_CELLS:,} are read.",
                where=self.where,
                mend="Add sectors or economies up.",
            )

    def economy(self, frame: pd.DataFrame, table: str, column: str) -> IntArray:
        """Find the positions of a column of economies."""
        return self._at(frame[column], self.iso3, f"{table}: {column}", "economy")

    def sector(self, frame: pd.DataFrame, table: str, column: str) -> IntArray:
        """Find the positions of a column of sectors."""
        return self._at(frame[column], self.sectors, f"{table}: {column}", "sector")

    def _at(self, column: pd.Series, known: tuple[str, ...], what: str, kind: str) -> IntArray:
        place = {name: number for number, name in enumerate(known)}
        found = column.map(place)
        lacking = list(dict.fromkeys(column[found.isna()]))
        for name in lacking[:SHOWN]:
            hint = suggest(str(name), known)
            self.faults.append(f"{what} '{name}': no trade of such a {kind} is given. {hint}")
        if len(lacking) > SHOWN:
            self.faults.append(f"{what}: {len(lacking) - SHOWN} more without trade")
        return np.asarray(found.fillna(0).to_numpy(dtype=np.int64))

    def done(self) -> None:
        """Raise what was collected."""
        if self.faults:
            raise FaultsError(self.faults, where=self.where)


def _shares_form(tables: SectorTables) -> SectoralDraft:
    frames = tables.frames
    flows, inputs = frames["flows"], frames["inputs"]
    axes = _Axes(tables.where, flows, "sector")
    axes.check_size()
    count, kinds = len(axes.iso3), len(axes.sectors)
    cube = np.zeros((count, count, kinds))
    cube[
        axes.economy(flows, "flows", "exporter"),
        axes.economy(flows, "flows", "importer"),
        axes.sector(flows, "flows", "sector"),
    ] = flows["million_usd"]
    shares = np.zeros((count, kinds, kinds))
    place = (
        axes.economy(inputs, "inputs", "economy"),
        axes.sector(inputs, "inputs", "input"),
        axes.sector(inputs, "inputs", "user"),
    )
    if not axes.faults:
        shares[place] = inputs["share"]
    large = inputs["share"] > 1.0 + SHARE_TOLERANCE
    if large.any():
        axes.faults.append(f"inputs: {int(large.sum())} shares are above 1; give ratios")
    notes: list[str] = []
    shares = _not_negative(shares, cube, notes)
    if "value_added" in frames:
        shares = _met(shares, cube, frames["value_added"], axes=axes, notes=notes)
    tariffs = _tariffs(frames.get("tariffs"), axes, "tariffs", "sector", cube.shape)
    theta = _theta(frames.get("elasticities"), axes, "elasticities", ("sector", "theta"), 0.0)
    axes.done()
    notes += _unread(tables)
    return SectoralDraft(
        tables.where, axes.iso3, axes.sectors, cube, shares, tariffs, theta,
        frames.get("sectors"), tuple(notes),
    )  # fmt: skip


def _not_negative(shares: FloatArray, cube: FloatArray, notes: list[str]) -> FloatArray:
    negative = shares < 0
    if not negative.any():
        return shares
    lost = -(np.minimum(shares, 0.0) * cube.sum(axis=1)[:, None, :]).sum()
    notes.append(
        f"{int(negative.sum())} negative input shares were set to zero ({lost:,.1f} million USD)."
    )
    return np.maximum(shares, 0.0)


def _met(
    shares: FloatArray, cube: FloatArray, told: pd.DataFrame, *, axes: _Axes, notes: list[str]
) -> FloatArray:
    """Let inputs meet the value added that is told, where both nearly add up to one."""
    rows = axes.economy(told, "value_added", "economy"), axes.sector(told, "value_added", "sector")
    if axes.faults:
        return shares
    own = np.full(shares.shape[::2], np.nan)
    own[rows] = told["share"]
    total = shares.sum(axis=1)
    made = (cube.sum(axis=1) > 0) & np.isfinite(own)
    off = np.where(made, np.abs(own + total - 1.0), 0.0)
    if (own[made] < 0).any() or (own[made] > 1.0 + ROUNDING).any():
        axes.faults.append("value_added: shares must lie between 0 and 1")
    bad = np.argwhere(off > SHARE_TOLERANCE)
    if len(bad):
        economy, sector = (int(number) for number in bad[np.argmax(off[tuple(bad.T)])])
        axes.faults.append(
            f"value added and inputs of {len(bad)} sectors do not add up to 1; furthest off "
            f"{axes.sectors[sector]} of {axes.iso3[economy]}: "
            f"{own[economy, sector] + total[economy, sector]:.4g}"
        )
        return shares
    near = off > ROUNDING
    if near.any():
        notes.append(f"Inputs of {int(near.sum())} sectors were rescaled to meet value added.")
    ratio = np.divide(1.0 - own, total, out=np.ones_like(total), where=near & (total > 0))
    return np.asarray(shares * ratio[:, None, :])


def _tariffs(
    frame: pd.DataFrame | None, axes: _Axes, table: str, sector: str, shape: tuple[int, ...]
) -> FloatArray | None:
    if frame is None:
        return None
    rates = np.zeros(shape)
    place = (
        axes.economy(frame, table, "exporter"),
        axes.economy(frame, table, "importer"),
        axes.sector(frame, table, sector),
    )
    low = frame["percent"] <= -PERCENT
    if low.any():
        axes.faults.append(f"{table}: {int(low.sum())} rates are -100 percent or less")
    home = (place[0] == place[1]) & (frame["percent"] != 0)
    if home.any():
        axes.faults.append(f"{table}: {int(home.sum())} rates are on domestic sales")
    rates[place] = frame["percent"] / PERCENT
    return rates


def _theta(
    frame: pd.DataFrame | None,
    axes: _Axes,
    table: str,
    columns: tuple[str, str],
    less: float,
) -> FloatArray | None:
    if frame is None:
        return None
    theta = np.full(len(axes.sectors), np.nan)
    theta[axes.sector(frame, table, columns[0])] = frame[columns[1]] - less
    lacking = [code for code, value in zip(axes.sectors, theta, strict=True) if np.isnan(value)]
    if lacking and not axes.faults:
        axes.faults.append(f"{table}: none for {', '.join(lacking[:SHOWN])}")
    if (theta <= 0).any():
        axes.faults.append(f"{table}: {columns[1]} must be above {less:g}")
    return theta


def _purchases_form(tables: SectorTables) -> SectoralDraft:
    frames = tables.frames
    trade, firms, demand = frames["trade"], frames["firms"], frames["demand"]
    axes = _Axes(tables.where, trade, "commodity")
    axes.grow(firms["economy"], firms["commodity"])
    axes.check_size()
    _check_agents(demand, axes)
    count, kinds = len(axes.iso3), len(axes.sectors)
    cube = np.zeros((count, count, kinds))
    ends = axes.economy(trade, "trade", "exporter"), axes.economy(trade, "trade", "importer")
    if (ends[0] == ends[1]).any():
        axes.faults.append(
            f"trade: {int((ends[0] == ends[1]).sum())} rows are of an economy with itself; "
            "domestic sales are what firms and demand hold"
        )
    cube[(*ends, axes.sector(trade, "trade", "commodity"))] = trade["million_usd"]
    home, foreign = (np.zeros((count, kinds, kinds)) for _ in range(2))
    place = (
        axes.economy(firms, "firms", "economy"),
        axes.sector(firms, "firms", "commodity"),
        axes.sector(firms, "firms", "user"),
    )
    home[place], foreign[place] = firms["domestic_million_usd"], firms["imported_million_usd"]
    if (home < 0).any() or (foreign < 0).any():
        axes.faults.append("firms: negative purchases")
    bought = np.zeros((2, count, kinds))
    cells = axes.economy(demand, "demand", "economy"), axes.sector(demand, "demand", "commodity")
    for layer, column in enumerate(("domestic_million_usd", "imported_million_usd")):
        np.add.at(bought[layer], cells, demand[column].to_numpy())
    duties = _tariffs(frames.get("duties"), axes, "duties", "commodity", cube.shape)
    theta = _theta(frames.get("substitution"), axes, "substitution", ("commodity", "esubm"), 1.0)
    axes.done()
    notes = _negative_demand(demand)
    cube[range(count), range(count)] = home.sum(axis=2) + bought[0]
    landed = cube * (1.0 if duties is None else 1.0 + duties)
    foreign = _met_imports(foreign, bought[1], landed, notes)
    output = cube.sum(axis=1)
    shares = np.divide(
        home + foreign,
        output[:, None, :],
        out=np.zeros_like(home),
        where=output[:, None, :] > 0,
    )
    notes += _accounts(tables, axes, output, shares)
    notes += _unread(tables)
    return SectoralDraft(
        tables.where, axes.iso3, axes.sectors, cube, shares, duties, theta,
        _gtap_sectors(axes.sectors, frames.get("sectors")), tuple(notes),
    )  # fmt: skip


def _check_agents(demand: pd.DataFrame, axes: _Axes) -> None:
    for agent in dict.fromkeys(demand["agent"]):
        if agent not in AGENTS:
            hint = suggest(str(agent), AGENTS)
            axes.faults.append(f"demand: agent '{agent}' is none of {', '.join(AGENTS)}. {hint}")


def _negative_demand(demand: pd.DataFrame) -> list[str]:
    notes = []
    for column in ("domestic_million_usd", "imported_million_usd"):
        low = demand[column] < 0
        if low.any():
            notes.append(
                f"{int(low.sum())} cells of {column.removesuffix('_million_usd')} demand are "
                f"negative ({demand.loc[low, column].sum():,.1f} million USD); they count as such."
            )
    return notes


def _met_imports(
    foreign: FloatArray, final: FloatArray, landed: FloatArray, notes: list[str]
) -> FloatArray:
    """Scale imported inputs so that imported purchases are what trade brings in."""
    came = landed.sum(axis=0) - np.einsum("iis->is", landed)
    told = foreign.sum(axis=2) + final
    gap = np.abs(came - told)
    off = gap > SHARE_TOLERANCE * np.maximum(came, told) + ROUNDING
    if off.any():
        notes.append(
            f"Imported purchases of {int(off.sum())} economies and commodities are not what trade "
            f"and duties bring in ({gap[off].sum():,.1f} million USD apart); trade is kept, and "
            "imported inputs were scaled."
        )
    ratio = np.divide(came, told, out=np.ones_like(came), where=told > 0)
    return np.asarray(foreign * ratio[:, :, None])


def _accounts(
    tables: SectorTables, axes: _Axes, output: FloatArray, shares: FloatArray
) -> list[str]:
    """Say how far factor payments and taxes are from what inputs leave of output."""
    factors = tables.frames.get("factors")
    if factors is None:
        return ["No factor payments are given; value added is what inputs leave of output."]
    paid = np.zeros_like(output)
    for name in ("factors", "taxes"):
        frame = tables.frames.get(name)
        if frame is not None:
            place = axes.economy(frame, name, "economy"), axes.sector(frame, name, "user")
            if not axes.faults:
                np.add.at(paid, place, frame["million_usd"].to_numpy())
    axes.done()
    left = output * (1.0 - shares.sum(axis=1))
    gap = float(np.abs(left - paid).sum())
    with_taxes = "and taxes " if "taxes" in tables.frames else ""
    told = f"Value added is what inputs leave of output ({left.sum():,.1f} million USD); factor "
    told += f"payments {with_taxes}are {paid.sum():,.1f}, {gap:,.1f} apart over all sectors."
    return [told]


def _gtap_sectors(sectors: tuple[str, ...], told: pd.DataFrame | None) -> pd.DataFrame:
    """Put what the user says of sectors over what is known of GTAP's codes."""
    known = embedded_table("sources", "gtap_sectors")
    known = known[known["sector"].isin(sectors)]
    if told is None:
        return known
    return pd.concat([told, known[~known["sector"].isin(told["sector"])]]).fillna("")


def _unread(tables: SectorTables) -> list[str]:
    if not tables.unused:
        return []
    return [f"Not read (their columns are of no table): {', '.join(tables.unused[:SHOWN])}."]
