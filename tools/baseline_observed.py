"""Read what customs recorded in 2023: BACI by pair, and raw materials of a later release."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.atlas.economies import economies
from landbridge.atlas.relations import relations
from landbridge.world.building.assemble import PAST_WEIGHTS, PAST_YEARS
from landbridge.world.building.carry import past_of
from landbridge.world.building.evidence import PartnerLists
from landbridge.world.building.observed import WORTH_A_RECORD, Observed, reporters
from landbridge.world.history import load_history

FloatArray = NDArray[np.float64]
YEAR = 2023
LARGE = 2.0
HERE = Path(__file__).resolve().parent


def observed_trade(
    iso3: tuple[str, ...],
    files: tuple[Path, Path],
    lists: PartnerLists,
    fallback: FloatArray,
) -> Observed:
    """Lay recorded trade out on the economies of the baseline.

    Parameters
    ----------
    iso3
        N codes.
    files
        Flows: exporter, importer, year, million_usd (BACI HS22 V202501, summed over products). Raw
        materials: t, i, j, v: year, BACI's codes, thousand USD of 74 products.
    lists
        Partner lists, of a release between the two.
    fallback
        ``[N, N]`` million USD of the kernel and the lists.
    """
    count = len(iso3)
    flows_file, raw_file = files
    table = pd.read_csv(flows_file)
    recorded = _square(table[table["year"] == YEAR], iso3, "million_usd")
    held = (recorded.sum(axis=0) + recorded.sum(axis=1)) > 0
    past = past_of(load_history(), iso3, PAST_YEARS, (1.0, 1.0, 1.0))
    reports = reporters(recorded, past.flows, held)
    raw = raw_materials(raw_file, iso3)
    then = np.tensordot(np.array(PAST_WEIGHTS), np.stack([raw[year] for year in PAST_YEARS]), 1)
    every = np.ones(count, dtype=np.bool_)
    mean = np.mean([raw[year] for year in PAST_YEARS], axis=0)
    later = reporters(raw[YEAR], mean, every, surely=reports)
    return Observed(
        recorded=recorded,
        held=held,
        reports=reports,
        reports_later=later,
        reports_to_lists=list_reporters(lists, past.flows, reports),
        raw_then=then,
        raw_now=raw[YEAR],
        fallback=np.where(past.known, 0.0, fallback),
        barrier=new_barriers(iso3),
    )


def list_reporters(
    lists: PartnerLists, past: FloatArray, reports: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell whose reports the lists rest on: a pair that used to be large would be named.

    A pair counts as large when its part of a side's past trade is `LARGE` times the smallest share
    on that side's list.
    """
    large = np.zeros(past.shape, dtype=np.bool_)
    for shares, axis in ((lists.by_exporter, 1), (lists.by_importer, 0)):
        smallest = np.min(np.where(np.isfinite(shares), shares, np.inf), axis=axis, keepdims=True)
        whole = np.maximum(past.sum(axis=axis, keepdims=True), 1e-6)
        large |= past / whole > LARGE * np.maximum(smallest, 0.01)
    named = lists.listed.astype(np.float64)
    asked = np.where(large, 2.0 * WORTH_A_RECORD, 0.0)
    return reporters(named, asked, np.ones(len(past), dtype=np.bool_), surely=reports)


def new_barriers(iso3: tuple[str, ...]) -> NDArray[np.bool_]:
    """Find where a relation that blocks trade in 2023 began after the past years, ``[2, N, N]``.

    First the exports of those it is aimed at to those that uphold it, then the imports.
    """
    day = date(YEAR, 7, 1)
    at = {code: place for place, code in enumerate(iso3)}
    blocked = np.zeros((2, len(iso3), len(iso3)), dtype=np.bool_)
    for row in relations(on=day):
        if "trade" not in row.blocks or row.since.year <= max(PAST_YEARS):
            continue
        actors, targets = (
            [at[code] for code in codes if code in at]
            for codes in (row.actors(on=day), row.targets(on=day))
        )
        blocked[0][np.ix_(targets, actors)] = True
        blocked[1][np.ix_(actors, targets)] = True
    for layer in blocked:
        np.fill_diagonal(layer, val=False)
    return blocked


def raw_materials(path: Path, iso3: tuple[str, ...]) -> dict[int, FloatArray]:
    """Read raw materials by pair of the past years and of 2023, ``[N, N]`` million USD."""
    codes = baci_codes()
    table = pd.read_csv(path)
    table = table.assign(
        exporter=table["i"].map(codes), importer=table["j"].map(codes), million_usd=table["v"] / 1e3
    )
    return {
        year: _square(table[table["t"] == year], iso3, "million_usd")
        for year in (*PAST_YEARS, YEAR)
    }


def baci_codes() -> dict[int, str]:
    """Look up ISO3 for BACI's numbers: ISO's own, and a few that differ."""
    table = economies()
    numeric = table["numeric"].astype(str)
    known = numeric.str.fullmatch(r"\d+")
    codes = {
        int(number): str(code)
        for number, code in zip(numeric[known], table.loc[known, "iso3"], strict=True)
    }
    own = pd.read_csv(HERE / "baseline_baci_codes.csv")
    return codes | dict(zip(own["baci"].astype(int), own["iso3"].astype(str), strict=True))


def _square(table: pd.DataFrame, iso3: tuple[str, ...], value: str) -> FloatArray:
    at = {code: place for place, code in enumerate(iso3)}
    rows = table[table["exporter"].isin(at) & table["importer"].isin(at)]
    flows = np.zeros((len(iso3), len(iso3)))
    places = (rows["exporter"].map(at).to_numpy(), rows["importer"].map(at).to_numpy())
    np.add.at(flows, places, rows[value].to_numpy(dtype=np.float64))
    np.fill_diagonal(flows, 0.0)
    return flows
