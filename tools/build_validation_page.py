"""Write docs/freight-validation.md from the comparison of modelled freight with published figures.

    python tools/build_validation_page.py

The same data and version give the same page, and a test compares them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

import landbridge as lb
from landbridge.formats import significant
from landbridge.freight.validate.comparing import NEAR, Validation
from landbridge.freight.validate.observed import comparable_figures
from landbridge.freight.validate.words import GOOD_ENOUGH
from landbridge.results import Result

PAGE = Path(__file__).resolve().parents[1] / "docs" / "freight-validation.md"
INTRODUCTION = Path(__file__).with_name("freight_validation.md.in")
KINDS = {
    "port": "Ports",
    "strait": "Straits and canals",
    "crossing": "Border crossings",
    "mode_share": "Shares of modes",
    "corridor": "Corridors",
}
USES = {"fit": "may be fitted to", "hold": "held back"}


def main() -> None:
    """Write the page."""
    PAGE.write_text(made(lb.load()), encoding="utf-8")


def made(model: lb.Model) -> str:
    """Hold both models of freight against the figures, and compose the page."""
    return page(model.validate_freight(), model.validate_freight(of="least"))


def page(result: Result[Validation], least: Result[Validation]) -> str:
    """Compose the page from the freight of runs and that of least-cost paths."""
    parts = [
        INTRODUCTION.read_text(encoding="utf-8")
        .replace("{{headline}}", bullets(result))
        .replace("{{least_headline}}", bullets(least))
        .replace("{{least_summary}}", summary(least.found))
        .replace("{{target}}", significant(GOOD_ENOUGH))
        .replace("{{near}}", f"{NEAR:g}")
        .replace("{{summary}}", summary(result.found))
        .replace("{{left_out}}", left_out(result.found))
        .strip(),
        *(figures(result.found, least.found, kind) for kind in KINDS),
        "Written by `tools/build_validation_page.py`.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def bullets(result: Result[Validation]) -> str:
    """Lay out the headline."""
    return "\n".join(f"- {one}" for one in result.headline)


def summary(found: Validation) -> str:
    """Lay out how far off each kind is."""
    lines = [
        (
            KINDS.get(str(row["kind"]), "All"),
            USES[str(row["use"])],
            row["figures"],
            significant(float(row["median_abs_log_error"])),
            significant(float(row["median_factor"])),
            row["near"],
            row["within_band"],
        )
        for _, row in found.summary.iterrows()
    ]
    heads = (
        "figures of", "use", "figures", "median log error", "median times off",
        f"within {NEAR:g} times", "within the band",
    )  # fmt: skip
    return table(heads, lines)


def left_out(found: Validation) -> str:
    """Lay out how many figures are compared, and why others are not."""
    lines = found.counts().itertuples(index=False)
    return table(("figures", "how many"), [(row.reason, row.figures) for row in lines])


def figures(runs: Validation, least: Validation, kind: str) -> str:
    """Lay out every figure of a kind that either model is held to, the farthest off first."""
    both = [{str(row["figure"]): row for _, row in one.table.iterrows()} for one in (runs, least)]
    rows = []
    for name in comparable_figures()["figure"]:
        said = [side.get(name) for side in both]
        row = said[0] if said[0] is not None else said[1]
        if row is not None and row["kind"] == kind:
            rows.append((float(row["factor"]), row, said))
    if not rows:
        return ""
    rows.sort(key=lambda found: -found[0])
    heads = ("", "year", "published", "band", "runs", "times off", "least cost", "times off", "use")
    return f"## {KINDS[kind]}\n\n{table(heads, [_line(row, *said) for _, row, said in rows])}"


def _line(row: pd.Series, runs: pd.Series | None, least: pd.Series | None) -> tuple[str, ...]:
    mode = str(row["mode"])
    name = f"{row['name']}, {mode}" if mode else str(row["name"])
    if row["address"]:
        name = f"[{name}]({row['address']})"
    unit = "%" if str(row["unit"]).startswith("percent") else str(row["unit"])
    low, high = (significant(float(row[f"observed_{end}"])) for end in ("low", "high"))
    recalled = "" if row["confidence"] == "published" else " (recalled)"
    return (
        name,
        str(row["year"]),
        f"{significant(float(row['observed']))} {unit}{recalled}",
        f"{low} to {high}",
        *_said(runs),
        *_said(least),
        USES[str(row["use"])],
    )


def _said(row: pd.Series | None) -> tuple[str, str]:
    """Say what a model carries, and how far off that is."""
    if row is None:
        return ("", "")
    carried = significant(float(row["modelled"])) if row["modelled"] > 0 else "nothing"
    more = "over " if row["clipped"] else ""
    return carried, f"{more}{significant(float(row['factor']))}"


def table(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """Lay out a table."""
    told = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    told += ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]
    return "\n".join(told)


if __name__ == "__main__":
    main()
