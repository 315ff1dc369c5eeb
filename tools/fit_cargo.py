"""Fit the constants of the choice among modes and ports to published figures, and write them.

    python tools/fit_cargo.py

Uses the figures of ``freight/observed_freight`` that are marked ``fit``: throughputs of ports in
tonnes, shares of modes, and crossings that are the only one of their mode between two economies.
Those marked ``hold`` are never looked at. Writes
``src/landbridge/freight/data/cargo_constants.csv``. Takes some minutes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

import landbridge as lb
from landbridge.freight.carriage.classes import Goods, cargo_classes
from landbridge.freight.carriage.constants import BOXES, DEAR, FEATURES, Attractions
from landbridge.freight.carriage.costs import mode_costs
from landbridge.freight.carriage.fitting import Fit, PortTarget, ShareTarget, fit
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.network.tables import rows
from landbridge.freight.validate.observed import comparable_figures
from landbridge.freight.validate.sides import blocs_named, side_of
from landbridge.studies.carriage.answer import cargo_goods
from landbridge.units import PERCENT, USD_PER_MILLION

TARGET = Path(__file__).resolve().parents[1] / "src/landbridge/freight/data/cargo_constants.csv"
MODES = [(BOXES, "rail"), (BOXES, "road"), (DEAR, "air")]
START = Attractions(
    modes=dict.fromkeys(MODES, 0.0),
    features=dict.fromkeys(product([BOXES], FEATURES), 0.0),
)
DIGITS = 4
MOSTLY_TRANSIT = 0.5


def main() -> None:
    """Read the figures, fit, write."""
    basis = lb.load()
    goods = cargo_goods(basis)
    classes = cargo_classes()
    ways = mode_costs(basis.network, central_parameters(), classes, iso3=goods.iso3)
    day = date(basis.world.year, 12, 31)
    seen = observed(basis.network.sea.ports, basis.network.crossings, goods, day)
    found = fit(ways, classes, goods, seen.ports, seen.shares, START)
    table = _table(found, seen)
    table.to_csv(TARGET, index=False, lineterminator="\n")
    print(f"after {found.rounds} steps, ports stand {found.port_sd:.2f} around their features")
    for target, share in zip(seen.shares, found.modelled.shares, strict=True):
        print(f"{target.mode}: observed {target.share:.4f}, modelled {share:.4f}")
    print(f"{len(table)} constants")


@dataclass(frozen=True, eq=False)
class Seen:
    """What the constants are fitted to, and the ids of the figures behind."""

    ports: list[PortTarget]
    port_figures: dict[str, str]
    shares: list[ShareTarget]
    share_figures: list[str]


def observed(known: tuple[str, ...], crossings: pd.DataFrame, goods: Goods, day: date) -> Seen:
    """Collect the figures that may be fitted to."""
    figures = comparable_figures()
    figures = figures[figures["use"] == "fit"]
    ports, behind = _ports(figures, known)
    shares = figures[figures["kind"] == "mode_share"]
    at_border = figures[(figures["kind"] == "crossing") & (figures["cargo"] == "all")]
    alone, used = _alone(at_border, crossings, goods)
    targets = [*_targets(shares, goods.iso3, day), *alone]
    return Seen(ports, behind, targets, [*shares["figure"], *used])


def _ports(
    figures: pd.DataFrame, known: tuple[str, ...]
) -> tuple[list[PortTarget], dict[str, str]]:
    """Take throughputs in tonnes of all cargo, and in TEU, of ports that the network has."""
    mine = figures[(figures["kind"] == "port") & figures["element"].isin(known)]
    whole = (mine["quantity"] == "tonnes") & (mine["cargo"] == "all")
    targets: list[PortTarget] = []
    behind: dict[str, str] = {}
    for row in rows(mine[whole | (mine["quantity"] == "TEU")]):
        unit: Literal["tonnes", "TEU"] = "TEU" if row.quantity == "TEU" else "tonnes"
        million = float(row.amount) / USD_PER_MILLION
        targets.append(PortTarget(row.element, million, unit, float(row.spread)))
        behind[row.element] = "|".join(filter(None, (behind.get(row.element), row.figure)))
    return targets, behind


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
            spread=float(row.spread),
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
            spread = float(row.spread)
            targets.append(
                ShareTarget(*ends, place.mode, by_value=by_value, share=share, spread=spread)
            )
            used.append(str(row.figure))
    return targets, used


def _table(found: Fit, seen: Seen) -> pd.DataFrame:
    """Lay the constants out, each with its standard deviation and the figures behind it."""
    all_shares = "|".join(seen.share_figures)
    all_ports = "|".join(figure for figure in seen.port_figures.values())
    made, sd = found.attractions, found.deviations
    lines = [
        ("mode", mode, group, value, sd.modes[group, mode], all_shares)
        for (group, mode), value in made.modes.items()
    ]
    lines += [
        ("port feature", name, group, value, sd.features[group, name], all_ports)
        for (group, name), value in made.features.items()
    ]
    lines += [
        ("port", port, "all", value, sd.ports[port], seen.port_figures[port])
        for port, value in made.ports.items()
    ]
    columns = ["kind", "name", "cargo_group", "value", "sd", "fitted_to"]
    table = pd.DataFrame(lines, columns=columns)
    return table.assign(value=table["value"].round(DIGITS), sd=table["sd"].round(DIGITS))


if __name__ == "__main__":
    main()
