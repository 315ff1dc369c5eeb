"""Fit the constants of the choice among modes and ports to published figures, and write them.

    python tools/fit_cargo.py

Uses the figures of ``freight/observed_freight`` that are marked ``fit``: throughputs of ports in
tonnes, shares of modes, and crossings that are the only one of their mode between two economies.
Those marked ``hold`` are never looked at. Writes
``src/landbridge/freight/data/cargo_constants.csv``. Takes some minutes.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

import landbridge as lb
from landbridge.freight.carriage.classes import Goods, cargo_classes
from landbridge.freight.carriage.constants import BOXES
from landbridge.freight.carriage.fitting import Fit, ShareTarget, fit
from landbridge.freight.carriage.ways import cargo_ways
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.network.tables import rows
from landbridge.freight.validate.observed import comparable_figures
from landbridge.freight.validate.sides import blocs_named, side_of
from landbridge.studies.carriage.answer import cargo_goods
from landbridge.units import PERCENT, USD_PER_MILLION

TARGET = Path(__file__).resolve().parents[1] / "src/landbridge/freight/data/cargo_constants.csv"
MODES = [(BOXES, "rail"), (BOXES, "road"), (BOXES, "air")]
FACTORS = [(BOXES, "rail"), (BOXES, "road")]
DIGITS = 4
MOSTLY_TRANSIT = 0.5


def main() -> None:
    """Read the figures, fit, write."""
    basis = lb.load()
    goods = cargo_goods(basis)
    classes = cargo_classes()
    ways = [
        cargo_ways(basis.network, central_parameters(), cargo, iso3=goods.iso3) for cargo in classes
    ]
    figures = comparable_figures()
    figures = figures[figures["use"] == "fit"]
    ports = _ports(figures, ways[0].ports)
    shares = figures[figures["kind"] == "mode_share"]
    day = date(basis.world.year, 12, 31)
    targets = _targets(shares, goods.iso3, day)
    crossings = figures[(figures["kind"] == "crossing") & (figures["cargo"] == "all")]
    alone, used = _alone(crossings, basis.network.crossings, goods)
    targets += alone
    behind = [*shares["figure"], *used]
    found = fit(
        ways,
        classes,
        goods,
        {row.element: float(row.million_tonnes) for row in rows(ports)},
        targets,
        MODES,
        FACTORS,
    )
    table = _table(found, ports, behind)
    table.to_csv(TARGET, index=False, lineterminator="\n")
    for target, share in zip(targets, found.modelled.shares, strict=True):
        print(f"{target.mode}: observed {target.share:.4f}, modelled {share:.4f}")
    print(f"{len(table)} constants after {found.rounds} rounds")


def _ports(figures: pd.DataFrame, known: tuple[str, ...]) -> pd.DataFrame:
    """Take throughputs of all cargo in tonnes, of ports that the network has."""
    mine = figures[
        (figures["kind"] == "port")
        & (figures["quantity"] == "tonnes")
        & (figures["cargo"] == "all")
        & figures["element"].isin(known)
    ]
    return mine.assign(million_tonnes=mine["amount"] / USD_PER_MILLION)


def _targets(shares: pd.DataFrame, iso3: tuple[str, ...], day: date) -> list[ShareTarget]:
    """Turn figures of shares into targets."""
    blocs = blocs_named(shares, on=day)

    def side(name: str, other: str) -> np.ndarray:
        return np.flatnonzero(side_of(pd.Series(iso3), name, blocs, opposite=other))

    return [
        ShareTarget(
            side(str(row.exporter), str(row.importer)),
            side(str(row.importer), str(row.exporter)),
            str(row.mode),
            by_value=row.quantity == "percent of value",
            share=float(row.amount) / PERCENT,
            both=row.direction == "both",
        )
        for row in rows(shares)
    ]


def _alone(
    figures: pd.DataFrame, crossings: pd.DataFrame, goods: Goods
) -> tuple[list[ShareTarget], list[str]]:
    """Turn a crossing that is the only one of its mode between two economies into a share.

    Left out where it carries more than the two trade: then it is mostly transit.
    """
    targets, used = [], []
    every = rows(crossings)
    count = Counter((frozenset((one.from_iso3, one.to_iso3)), one.mode) for one in every)
    single = {
        one.crossing: one
        for one in every
        if count[frozenset((one.from_iso3, one.to_iso3)), one.mode] == 1
    }
    for row in rows(figures):
        if row.quantity not in {"tonnes", "USD"} or row.element not in single:
            continue
        place = single[row.element]
        one, other = (goods.iso3.index(code) for code in (place.from_iso3, place.to_iso3))
        values = goods.tonnes_million if row.quantity == "tonnes" else goods.usd_million
        whole = values[:, one, other].sum() + values[:, other, one].sum()
        share = float(row.amount) / USD_PER_MILLION / whole
        if share < MOSTLY_TRANSIT:
            by_value = row.quantity == "USD"
            ends = np.array([one]), np.array([other])
            targets.append(ShareTarget(*ends, place.mode, by_value=by_value, share=share))
            used.append(str(row.figure))
    return targets, used


def _table(found: Fit, ports: pd.DataFrame, behind: list[str]) -> pd.DataFrame:
    """Lay the constants out, each with the figures behind it."""
    all_shares = "|".join(behind)
    figure = dict(zip(ports["element"], ports["figure"], strict=True))
    found_rows = [
        ("mode", mode, group, value, all_shares)
        for (group, mode), value in found.attractions.modes.items()
    ]
    found_rows += [
        ("felt cost", mode, group, value, all_shares)
        for (group, mode), value in found.attractions.factors.items()
    ]
    found_rows += [
        ("port", port, "all", value, figure[port])
        for port, value in found.attractions.ports.items()
    ]
    columns = ["kind", "name", "cargo_group", "value", "fitted_to"]
    table = pd.DataFrame(found_rows, columns=columns)
    return table.assign(value=table["value"].round(DIGITS))


if __name__ == "__main__":
    main()
