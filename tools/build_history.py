"""Rebuild the embedded panel of goods trade and GDP.

Writes ``history.npz`` and ``history.toml`` into ``src/landbridge/world/data`` and prints what was
counted::

    python tools/build_history.py --baci baci_2000_2020.npz --baci-2023 bilateral_baci2023.csv
        --faulty baci2023_known_bad.csv --gdp gdp_wdi_1990_2024.csv

``--baci`` holds ``codes [N]``, ``years [T]`` and ``v [T, N, N]`` (thousand USD, exporter by
importer); ``--baci-2023`` has the columns exporter, importer, million_usd; ``--faulty`` names cells
of 2023 that another source contradicts (exporter, importer, baci_musd, other_musd); ``--gdp`` has
iso3, year, gdp_current_usd, real_growth_pct. ``history_inputs.toml`` says where each comes from.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

INPUTS: Final = Path(__file__).resolve().parent / "history_inputs.toml"
DATA: Final = Path(__file__).resolve().parent.parent / "src" / "landbridge" / "world" / "data"
THOUSAND: Final = 1000.0
HALF: Final = 0.5
MILLION: Final = 1e6
NEAR: Final = 3
"""Years before and after that an empty cell is compared with."""
RECENT: Final = (2018, 2019, 2020)
HOLE_ABOVE_MILLION_USD: Final = 20.0
HOLE_BELOW_SHARE: Final = 0.02
FAULTY_FACTOR: Final = 2.0
GDP_YEARS: Final = range(1990, 2024)
PLANES: Final = 4
"""Bytes of an int32: the bytes of one weight lie together, which packs better."""


Numbers: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Built:
    """The panel before it is packed."""

    iso3: tuple[str, ...]
    years: NDArray[np.int16]
    thousand: NDArray[np.int32]
    known: NDArray[np.bool_]
    counts: dict[str, int]


def main() -> None:
    """Build the panel and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name in ("--baci", "--baci-2023", "--faulty", "--gdp"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--out", type=Path, default=DATA)
    options = parser.parse_args()
    built = panel(options.baci, options.baci_2023, options.faulty)
    gdp, growth, dropped = accounts(options.gdp, built.iso3)
    path = options.out / "history.npz"
    write(path, built, gdp, growth)
    counts = built.counts | {"economies_with_gdp_left_out": dropped}
    record(options.out / "history.toml", path, built, counts)
    print(f"{path.name}: {path.stat().st_size:,} bytes, {len(built.iso3)} economies")
    for name, count in counts.items():
        print(f"  {name}: {count}")


def panel(baci: Path, latest: Path, faulty: Path) -> Built:
    """Join the years into one cube over the economies that trade in any of them."""
    with np.load(baci, allow_pickle=False) as arrays:
        codes = [str(code) for code in arrays["codes"]]
        early, years = arrays["v"], [int(year) for year in arrays["years"]]
    table = pd.read_csv(latest)
    last = int(table["year"].iloc[0])
    traders = {code for at, code in enumerate(codes) if early[:, at].any() or early[:, :, at].any()}
    iso3 = tuple(sorted(traders | set(table["exporter"]) | set(table["importer"])))
    place = {code: at for at, code in enumerate(iso3)}
    cube = np.zeros((len(years) + 1, len(iso3), len(iso3)), dtype=np.int32)
    kept = [at for at, code in enumerate(codes) if code in place]
    into = [place[codes[at]] for at in kept]
    cube[:-1, np.array(into)[:, None], into] = early[:, np.array(kept)[:, None], kept]
    at = (table["exporter"].map(place), table["importer"].map(place))
    cube[-1][at] = (table["million_usd"] * THOUSAND).round().astype(np.int32)
    known, counts = _known(cube, years, place, pd.read_csv(faulty))
    small = (table["million_usd"] * THOUSAND < HALF).sum()
    counts = {
        "economies_without_any_flow_left_out": len(codes) - len(kept),
        f"flows_of_{last}_below_half_a_thousand_usd": int(small),
        **counts,
    }
    return Built(iso3, np.array([*years, last], dtype=np.int16), cube, known, counts)


def _known(
    cube: NDArray[np.int32], years: list[int], place: dict[str, int], faulty: pd.DataFrame
) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Tell cells that say something from those that are empty because nobody reported."""
    trades = (cube.sum(axis=2, dtype=np.int64) + cube.sum(axis=1, dtype=np.int64)) > 0
    known = trades[:, :, None] & trades[:, None, :]
    recent = cube[[years.index(year) for year in RECENT]].mean(axis=0) / THOUSAND
    last = cube[-1] / THOUSAND
    holes = (recent > HOLE_ABOVE_MILLION_USD) & (last < HOLE_BELOW_SHARE * recent) & known[-1]
    wrong = np.zeros_like(holes)
    for row in faulty.to_dict(orient="records"):
        cell = (place[row["exporter"]], place[row["importer"]])
        here, other = last[cell], pd.to_numeric(row["other_musd"], errors="coerce")
        empty = pd.to_numeric(row["baci_musd"], errors="coerce")
        apart = other == 0 or (other > 0 and not 1 / FAULTY_FACTOR <= here / other <= FAULTY_FACTOR)
        wrong[cell] = bool(np.isnan(empty) or apart)
    known[-1] &= ~(holes | wrong)
    gaps = _gaps(cube, known)
    known &= ~gaps
    counts = {
        "gaps_of_earlier_years": int(gaps.sum()),
        "holes_of_the_last_year": int(holes.sum()),
        "other_faulty_cells_of_the_last_year": int((wrong & ~holes).sum()),
    }
    return known, counts


def _gaps(cube: NDArray[np.int32], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Find cells of earlier years that are empty between years of much trade.

    Where the next recorded year is not known either, the years before decide.
    """
    flows, found = cube / THOUSAND, np.zeros_like(known)
    for year in range(1, len(cube) - 1):
        before = flows[max(year - NEAR, 0) : year].mean(axis=0)
        later = slice(year + 1, min(year + 1 + NEAR, len(cube) - 1))
        if year == len(cube) - 2:
            later = slice(year + 1, None)
        after, told = flows[later].mean(axis=0), known[later].any(axis=0)
        empty = (before > HOLE_ABOVE_MILLION_USD) & (flows[year] < HOLE_BELOW_SHARE * before)
        resumes = (after > HOLE_ABOVE_MILLION_USD) & (flows[year] < HOLE_BELOW_SHARE * after)
        found[year] = known[year] & empty & (resumes | ~told)
    return found


def accounts(path: Path, iso3: tuple[str, ...]) -> tuple[Numbers, Numbers, int]:
    """Read GDP (million USD) and its growth (percent), ``[years, N]`` each."""
    table = pd.read_csv(path)
    table = table[table["year"].isin(GDP_YEARS)]

    def wide(column: str) -> Numbers:
        laid = table.pivot_table(index="year", columns="iso3", values=column)
        return laid.reindex(index=list(GDP_YEARS), columns=list(iso3)).to_numpy(dtype=np.float64)

    gdp = np.round(wide("gdp_current_usd") / MILLION, 3)
    return gdp, np.round(wide("real_growth_pct"), 4), len(set(table["iso3"]) - set(iso3))


def write(path: Path, built: Built, gdp: Numbers, growth: Numbers) -> None:
    """Pack the arrays: pairs that ever trade, their years side by side, by byte of the number."""
    count = len(built.iso3)
    flat = built.thousand.reshape(len(built.years), count * count)
    pairs = np.flatnonzero(flat.any(axis=0)).astype(np.int32)
    numbers = np.ascontiguousarray(flat[:, pairs].T.astype("<i4"))
    planes = numbers.view(np.uint8).reshape(*numbers.shape, PLANES)
    np.savez_compressed(
        path,
        iso3=np.array(built.iso3),
        years=built.years,
        pairs=pairs,
        planes=np.ascontiguousarray(np.moveaxis(planes, 2, 0)),
        unknown=np.packbits(~built.known),
        gdp_years=np.array(GDP_YEARS, dtype=np.int16),
        gdp_million_usd=gdp,
        growth_percent=growth,
    )


def record(path: Path, arrays: Path, built: Built, counts: dict[str, int]) -> None:
    """Write the record beside the arrays: what they hold, from where, and what was counted."""
    digest = hashlib.sha256(arrays.read_bytes()).hexdigest()
    lines = [
        "# Written by tools/build_history.py; do not edit.",
        "",
        f'sha256 = "{digest}"',
        f"economies = {len(built.iso3)}",
        f"years = {[int(year) for year in built.years]}",
        'unit = "goods: thousand USD of the year; GDP: million USD of the year; growth: percent"',
        "",
        "[arrays]",
        'iso3 = "codes, the order of both axes of trade and of the columns of GDP"',
        'pairs = "cells that trade in any year, exporter * economies + importer"',
        'planes = "[4, pairs, years] the bytes of each int32, least first"',
        'unknown = "bits of [years, exporters, importers]: set where a cell says nothing"',
        'gdp_million_usd = "[gdp_years, economies] current USD"',
        'growth_percent = "[gdp_years, economies] growth of real GDP"',
        "",
        "[counts]",
        *(f"{name} = {count}" for name, count in counts.items()),
        "",
        INPUTS.read_text(encoding="utf-8"),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
