"""A user's own tables by sector as a sectoral world: OECD ICIO, flows and shares, GTAP-like.

The world that comes out is the table: nothing is added from the embedded one, nothing is scaled
to other totals. What had to be cut or imputed is counted in its notes.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from landbridge.errors import DataError, InputError
from landbridge.sources.files.limits import Limits
from landbridge.sources.finding import find
from landbridge.sources.formats.icio import Blocks, Layout, read_blocks, year_of
from landbridge.sources.model import LoadOptions
from landbridge.sources.reading import Input
from landbridge.sources.sectoral.forms import SectoralDraft, draft_of
from landbridge.sources.sectoral.tables import looks_tidy, read_tables
from landbridge.units import FloatArray
from landbridge.world.sectors.base import SectoralWorld, Structure
from landbridge.world.sectors.isic import own_sectors

MOST_INPUTS: Final = 0.999
"""Most that inputs may be of an output; above it they are cut, and counted."""
YEAR_UNKNOWN: Final = 0
ROUNDING: Final = 1e-9
LISTED: Final = 6


def load_sectoral_tables(
    path: str | Path, *, year: int | None = None, limits: Limits | None = None
) -> SectoralWorld:
    """Read a user's own tables by sector.

    Parameters
    ----------
    path
        One year of the OECD's ICIO (csv or zip), or a folder, zip archive or workbook of tidy
        tables (``docs/sources.md`` lists their columns).
    year
        Of the table; an ICIO's is taken from its name where it is not stated, and other tables
        need none.
    limits
        As for all loaders.

    Returns
    -------
    SectoralWorld
        With the tariffs and elasticities of the table where it holds any. Economies that sell
        nothing to themselves, and inputs above output, are refused or cut as its notes say.

    Raises
    ------
    InputError, DataError, FaultsError
        The table cannot be used; each fault is named.
    """
    place, allowed = Path(path), limits or Limits()
    if not place.exists():
        raise InputError("there is no such file or folder.", where=str(path))
    if place.is_dir() or looks_tidy(place, allowed):
        draft = draft_of(read_tables(place, allowed))
        return assemble(draft, year=YEAR_UNKNOWN if year is None else year)
    options = LoadOptions(years=() if year is None else (year,))
    with find(place, options, allowed) as found:
        if found.match is None or not found.match.release.startswith("icio"):
            read_as = "" if found.match is None else f" (it is read as {found.match.release})"
            raise DataError(
                f"holds no tables by sector{read_as}.",
                where=place.name,
                mend="Give one year of the OECD's ICIO, or a folder, zip or workbook with tables "
                "of flows and inputs: docs/sources.md lists their columns.",
            )
        given = Input(found.match.release, found.sheets, found.companions, options, allowed)
        own_year, warnings = year_of(given)
        blocks, layout = read_blocks(given, keep_inputs=True)
    return assemble(_icio_draft(place.name, blocks, layout, warnings), year=own_year)


def assemble(draft: SectoralDraft, *, year: int) -> SectoralWorld:
    """Put a table in order and make it a world; every cut is counted.

    Parameters
    ----------
    draft
        Flows, shares and what goes with them.
    year
        Of the flows; 0 where it is not known.

    Raises
    ------
    DataError
        An economy that makes nothing, buys nothing of its own, or has no value added.
    """
    notes = list(draft.notes)
    flows = draft.flows
    negative = flows < 0
    if negative.any():
        lost = -flows[negative].sum()
        notes.append(
            f"{int(negative.sum())} negative flows (stocks that fall by more than is sold) were "
            f"set to zero ({lost:,.1f} million USD)."
        )
        flows = np.maximum(flows, 0.0)
    output = flows.sum(axis=1)
    _check(draft, flows)
    shares = _held(draft, output, notes)
    world = SectoralWorld(
        year=year,
        iso3=draft.iso3,
        sectors=own_sectors(draft.sectors, draft.told, where=draft.where),
        flows=flows,
        input_share=shares,
        structure=(Structure.OWN,) * len(draft.iso3),
        notes=tuple(notes),
        tariffs=draft.tariffs,
        elasticities=draft.theta,
    )
    return replace(world, notes=(*world.notes, *_short_of(world)))


def _short_of(world: SectoralWorld) -> list[str]:
    """Say where inputs are more than all purchases; the equilibrium sets such demand to zero."""
    left = world.final_demand
    low = left < -ROUNDING * np.maximum(world.expenditure, 1.0)
    if not low.any():
        return []
    cells = int(low.sum())
    amount = f"{-left[low].sum():,.1f} million USD"
    told = f"Inputs are more than all purchases in {cells} economies and sectors ({amount}): "
    told += "their final demand is below zero; an equilibrium sets it to zero and solves the "
    return [f"{told}baseline again."]


def _check(draft: SectoralDraft, flows: FloatArray) -> None:
    home = np.einsum("iis->i", flows)
    faults = [
        f"{code} {what}"
        for what, wrong in (
            ("sells nothing", flows.sum(axis=(1, 2)) <= 0),
            ("sells nothing to itself: give its domestic sales", home <= 0),
        )
        for code, bad in zip(draft.iso3, wrong, strict=True)
        if bad
    ]
    if len(draft.iso3) == 1:
        faults.append("one economy alone has nobody to trade with")
    if faults:
        more = len(faults) - LISTED
        told = "; ".join(faults[:LISTED]) + (f"; and {more} more" if more > 0 else "")
        raise DataError(f"{told}.", where=draft.where)


def _held(draft: SectoralDraft, output: FloatArray, notes: list[str]) -> FloatArray:
    """Take inputs away where nothing is made or where they are more than output."""
    idle = (output <= 0)[:, None, :] & (draft.shares > 0)
    shares = np.where(output[:, None, :] > 0, draft.shares, 0.0)
    if idle.any():
        users = int(idle.any(axis=1).sum())
        notes.append(f"Inputs of {users} sectors that sell nothing were left out.")
    total = shares.sum(axis=1)
    over = total > MOST_INPUTS
    if not over.any():
        return np.asarray(shares)
    cut = float(((total - MOST_INPUTS) * output)[over].sum())
    first = np.argwhere(over)[np.argmax((total * output)[over])]
    name = f"{draft.sectors[int(first[1])]} of {draft.iso3[int(first[0])]}"
    notes.append(
        f"Inputs of {int(over.sum())} sectors are more than {MOST_INPUTS:.1%} of what they sell; "
        f"they were cut to that ({cut:,.1f} million USD; the largest is {name})."
    )
    ratio = np.where(over, MOST_INPUTS / np.where(over, total, 1.0), 1.0)
    return np.asarray(shares * ratio[:, None, :])


def _icio_draft(where: str, blocks: Blocks, layout: Layout, warnings: list[str]) -> SectoralDraft:
    """Add an ICIO up over split economies and final uses."""
    iso3 = tuple(sorted(set(layout.iso3)))
    sectors = layout.industries
    economy = np.array([iso3.index(code) for code in layout.iso3])
    row = {code: number for number, code in enumerate(layout.economies)}
    column = {code: number for number, code in enumerate(sectors)}
    flows = np.zeros((len(iso3), len(iso3), len(sectors)))
    for (seller, industry), bought in blocks.flows.items():
        np.add.at(flows[economy[row[seller]], :, column[industry]], economy, bought)
    use = np.zeros((len(iso3), len(sectors), len(sectors)))
    users = np.array([column.get(label.split("_", 1)[1], -1) for label in layout.labels])
    inside = layout.intermediate
    owners = economy[layout.owner[inside]]
    for industry, cells in blocks.inputs.items():
        np.add.at(use[:, column[industry], :], (owners, users[inside]), cells[inside])
    output = np.maximum(flows, 0.0).sum(axis=1)[:, None, :]
    shares = np.divide(use, output, out=np.zeros_like(use), where=output > 0)
    notes = [f"{text[0].upper()}{text[1:]}." for text in warnings]
    if blocks.negative_stocks:
        notes.append(
            f"{blocks.negative_stocks:,} cells of final demand are negative: stocks that fall. "
            "They count as such in the flow they are part of."
        )
    split = sorted(set(layout.economies) & {"CN1", "CN2", "MX1", "MX2"})
    if split:
        notes.append(f"{', '.join(split)} were added up.")
    if off := blocks.unequal_outputs():
        notes.append(f"Output is not what is sold in {off:,} industries; sales are kept.")
    if blocks.unknown_rows:
        notes.append(f"Rows not read: {', '.join(blocks.unknown_rows[:LISTED])}.")
    notes.append("Value added is what inputs leave of sales: taxes less subsidies are part of it.")
    return SectoralDraft(where, iso3, sectors, flows, shares, notes=tuple(notes))
