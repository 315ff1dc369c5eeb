"""Write the defaults of the freight room as a page: ``docs/data/freight-defaults.md``.

Run from the project root after a change of the tables: ``python tools/freight_defaults.py``.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from landbridge.evidence import told_sources
from landbridge.tables import embedded_path, read_raw, read_schema

PAGE = Path(__file__).resolve().parent.parent / "docs" / "data" / "freight-defaults.md"
HEAD = """# Defaults of freight

Every number a trip is priced with, row by row, as in the tables of `src/landbridge/freight/data`.
Low and high are the 5th and 95th percentile. *Published* values were read in the source named;
*recalled* ones were not, and carry a wide band. Replace any row by a CSV of your own:
[scenarios.md](../scenarios.md#data-of-your-own). `landbridge freight defaults TABLE --csv` prints a
table to start from. Crossings of the world network that are not listed here stand at the values of
their class (`osm_crossings.csv`). This page is written by `tools/freight_defaults.py`.
"""
WAYS = ("forward", "backward")


def page() -> str:
    """Write the page."""
    parts = [HEAD]
    parts.append(section("mode_costs", modes(raw("mode_costs"))))
    parts.append(section("terminals", terminals(raw("terminals"))))
    parts.append(section("crossing_classes", classes(raw("crossing_classes"))))
    parts.append(section("crossings", crossings(raw("crossings"))))
    parts.append(section("parameters", parameters(raw("parameters"))))
    return "\n".join(parts)


def raw(name: str) -> pd.DataFrame:
    """Read a table as it is written."""
    return read_raw(embedded_path("freight", f"{name}.csv"))


def section(name: str, table: pd.DataFrame) -> str:
    """Lay a table out under its title."""
    schema = read_schema(embedded_path("freight", f"{name}.csv"))
    head = f"## {schema.title} (`{name}`)\n\n{schema.description}\n\n"
    columns = [str(column) for column in table.columns]
    lines = [columns, ["---"] * len(columns), *table.astype(str).to_numpy().tolist()]
    rows = ["| " + " | ".join(cell.replace("|", ", ") for cell in line) + " |" for line in lines]
    return head + "\n".join(rows) + "\n"


def banded(table: pd.DataFrame, low: str, central: str, high: str) -> pd.Series:
    """Write a value with its band."""
    return table[central] + " (" + table[low] + " to " + table[high] + ")"


def modes(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out speeds and prices."""
    return pd.DataFrame(
        {
            "mode": table["mode"],
            "economy": table["iso3"].where(table["iso3"] != "", "elsewhere"),
            "km/h": banded(table, "speed_low", "speed_kmh", "speed_high"),
            "USD per tonne-km": banded(table, "usd_low", "usd_per_tonne_km", "usd_high"),
            **origin(table),
        }
    )


def terminals(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out ports, ferry ports, gauge changes and transfers."""
    return pd.DataFrame(
        {
            "terminal": table["terminal"],
            "kind": table["kind"].str.replace("_", " "),
            "fixed hours": table["fixed_hours"],
            "queue hours": table["queue_hours"],
            "band of the sum": table["hours_low"] + " to " + table["hours_high"],
            "USD per tonne": banded(table, "usd_low", "usd_per_tonne", "usd_high"),
            **origin(table),
        }
    )


def classes(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out the classes of crossings."""
    usd = ("usd_per_tonne_low", "usd_per_tonne", "usd_per_tonne_high")
    return pd.DataFrame(
        {
            "class": table["crossing_class"],
            "mode": table["mode"],
            "hours": banded(table, "hours_low", "hours", "hours_high"),
            "USD per tonne": banded(table, *usd),
            "source": told_sources(table)["source"],
            "known": table["confidence"],
            "note": table["note"],
        }
    )


def crossings(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out the crossings, both directions."""
    columns = {
        "crossing": table["crossing"],
        "forward": table["from_iso3"] + " to " + table["to_iso3"],
    }
    for way in WAYS:
        columns[f"hours {way}"] = banded(
            table, f"hours_low_{way}", f"hours_{way}", f"hours_high_{way}"
        )
        columns[f"USD per tonne {way}"] = banded(
            table,
            f"usd_per_tonne_low_{way}",
            f"usd_per_tonne_{way}",
            f"usd_per_tonne_high_{way}",
        )
    return pd.DataFrame(
        {**columns, "open": table["probability_open"], "class": table["crossing_class"],
         **origin(table)}
    )  # fmt: skip


def parameters(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out the parameters."""
    return pd.DataFrame(
        {
            "parameter": table["name"],
            "unit": table["unit"],
            "value": banded(table, "low", "central", "high"),
            "source": told_sources(table)["source"],
            "known": table["confidence"],
            "note": table["note"],
        }
    )


def origin(table: pd.DataFrame) -> dict[str, pd.Series]:
    """Return year, source and confidence."""
    source = told_sources(table)["source"]
    return {"year": table["year"], "source": source, "known": table["confidence"]}


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written: {PAGE}")
