"""Read what customs recorded in 2023: BACI by pair, and raw materials by pair of a later release."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.atlas.economies import economies
from landbridge.world.assemble import PAST_WEIGHTS, PAST_YEARS
from landbridge.world.carry import past_of
from landbridge.world.history import load_history
from landbridge.world.observed import Observed, reporters

FloatArray = NDArray[np.float64]
YEAR = 2023
HERE = Path(__file__).resolve().parent


def observed_trade(
    iso3: tuple[str, ...], flows_file: Path, raw_file: Path, fallback: FloatArray
) -> Observed:
    """Lay recorded trade out on the economies of the baseline.

    Parameters
    ----------
    iso3
        N codes.
    flows_file
        exporter, importer, year, million_usd (BACI HS22 V202501, summed over products).
    raw_file
        t, i, j, v: year, BACI's codes, thousand USD of 74 raw materials.
    fallback
        ``[N, N]`` million USD of the kernel and the lists.
    """
    count = len(iso3)
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
        raw_then=then,
        raw_now=raw[YEAR],
        fallback=np.where(past.known, 0.0, fallback),
    )


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
    """Give ISO3 for BACI's numbers: ISO's own, and a few that differ."""
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
