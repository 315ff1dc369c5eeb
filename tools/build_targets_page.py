"""Write the table of targets into docs/targets.md, from a run of every scenario that ships.

    python tools/build_targets_page.py

The same data and version give the same table. It takes about half a minute.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

import landbridge as lb
from landbridge.formats import significant

PAGE = Path(__file__).resolve().parents[1] / "docs" / "targets.md"
START = "<!-- targets: written by tools/build_targets_page.py -->"
END = "<!-- end of targets -->"
HEADS = (
    "target", "wanted", "stated", "baseline", "known from", "potential", "band", "best scenario",
    "cost to fall", "free freight", "growth needed", "verdict",
)  # fmt: skip


def main() -> None:
    """Judge all targets and put the table between the marks."""
    found = lb.load().targets()
    rows = [_row(row) for row in found.tables["targets"].to_dict(orient="records")]
    lines = [
        f"| {' | '.join(HEADS)} |",
        f"|{'---|' * len(HEADS)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    text = f"{START}\n\n" + "\n".join(lines) + f"\n\n{END}"
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    PAGE.write_text(f"{before}{text}{rest.partition(END)[2]}", encoding="utf-8")


def _row(row: dict[Any, Any]) -> list[str]:
    def amount(name: str) -> str:
        return "" if pd.isna(row[name]) else significant(float(row[name]), 3)

    def percent(name: str) -> str:
        return "" if pd.isna(row[name]) else f"{significant(float(row[name]), 2)} %"

    low, high = row["target_million_usd_low"], row["target_million_usd_high"]
    wanted = amount("target_million_usd")
    if low != high:
        wanted = f"{significant(float(low), 3)} to {significant(float(high), 3)}"
    stated = amount("stated_million_usd")
    best = amount("best_scenario_million_usd")
    return [
        f"{row['parties']} ({str(row['set_on'])[:4]})",
        wanted,
        f"{stated} ({row['stated_period']})" if stated else "",
        amount("baseline_million_usd"),
        str(row["known_from"]),
        amount("potential_million_usd"),
        f"{amount('potential_million_usd_low')} to {amount('potential_million_usd_high')}",
        f"{best} ({row['best_scenario']})" if best else "",
        percent("cost_fall_percent"),
        percent("free_freight_percent"),
        percent("growth_needed_percent"),
        str(row["verdict"]),
    ]


if __name__ == "__main__":
    main()
