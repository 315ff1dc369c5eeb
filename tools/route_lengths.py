"""Write the table of named routes, and what was changed in OpenStreetMap, into docs/freight.md.

Run from the project root after the network changed: ``python tools/route_lengths.py``.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from landbridge.freight.network.compiled import load_network
from landbridge.freight.network.named_routes import TOLERANCE, measure_routes
from landbridge.tables import embedded_table

DOCS = Path(__file__).resolve().parents[1] / "docs" / "freight.md"
LONGEST = 12


def routes_table() -> str:
    """Write the named routes as a table, with the misses explained under it."""
    found = measure_routes(load_network())
    lines = [
        "| route | mode | known km | network km | ratio | area | how known |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in found.itertuples():
        mark = "" if row.within else " (miss)"
        lines.append(
            f"| {row.title} | {row.mode} | {row.km:,.0f} | {row.network_km:,.0f} "
            f"| {row.ratio:.2f}{mark} | {row.area} | {row.confidence} |"
        )
    within = int(found["within"].sum())
    limits = ", ".join(f"{area} {share:.0%}" for area, share in TOLERANCE.items())
    lines += ["", f"{within} of {len(found)} are within the tolerance ({limits}). Misses:", ""]
    lines += [f"- {row.title}: {row.miss}." for row in found[~found["within"]].itertuples()]
    return "\n".join(lines)


def changes_table() -> str:
    """Write the counts of what was changed, and the longest gaps."""
    changes = embedded_table("freight", "osm_changes")
    counts = changes.groupby(["change", "mode"]).agg(rows=("km", "size"), km=("km", "sum"))
    lines = ["| change | mode | rows | km |", "|---|---|---|---|"]
    lines += [
        f"| {change} | {mode} | {row.rows} | {row.km:,.0f} |"
        for (change, mode), row in zip(counts.index, counts.itertuples(), strict=True)
    ]
    gaps = changes[changes["change"].isin(["join", "detour", "far"])]
    gaps = gaps.drop_duplicates(["mode", "from_point", "to_point"])
    longest: pd.DataFrame = gaps.sort_values(["km", "link"], ascending=[False, True]).head(LONGEST)
    lines += ["", f"The {LONGEST} longest gaps that were closed:", "",
              "| economy | link | gap km | from | to |", "|---|---|---|---|---|"]  # fmt: skip
    lines += [
        f"| {row.iso3} | {row.link} | {row.km:.1f} | {row.from_point} | {row.to_point} |"
        for row in longest.itertuples()
    ]
    by_hand = changes[changes["change"] == "corrected"]
    lines += ["", "Added by hand:", ""]
    lines += [f"- {row.link}, {row.km:.0f} km: {row.note}." for row in by_hand.itertuples()]
    return "\n".join(lines)


def main() -> None:
    """Replace what stands between the marks."""
    text = DOCS.read_text(encoding="utf-8")
    for name, fresh in (("routes", routes_table()), ("changes", changes_table())):
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        if start not in text or end not in text:
            raise SystemExit(f"{DOCS} has no marks for {name}")
        head, _, rest = text.partition(start)
        text = head + start + fresh + "\n" + end + rest.partition(end)[2]
    DOCS.write_text(text, encoding="utf-8")
    print(f"{DOCS} is up to date")


if __name__ == "__main__":
    main()
