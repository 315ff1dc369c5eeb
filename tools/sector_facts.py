"""What the Factbook says about sectors: totals of 2022, GDP by origin, the goods traded most."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import factbook
import factbook_text as ft
from landbridge.world.baseline import load_baseline

HERE = Path(__file__).resolve().parent
YEAR = 2022
BROAD = ("agriculture", "industry", "services")
PERCENT = 100.0


def sector_facts() -> pd.DataFrame:
    """Build the table ``sector_facts.csv``, one row an economy of the baseline."""
    book = factbook.open_factbook(2026)
    table = factbook.trade_totals(book)
    table = table[(table["year"] == YEAR) & (table["usd"] > 0)]
    table = table.drop_duplicates(["iso3", "flow"])
    totals = dict(zip(zip(table["flow"], table["iso3"], strict=True), table["usd"], strict=True))
    sectors = pd.read_csv(HERE / "sectors" / "commodity_sectors.csv")
    sector_of = dict(zip(sectors["commodity"], sectors["sector"], strict=True))
    entries = dict(book.by_iso3())
    rows = []
    for iso3 in load_baseline().iso3:
        economy = entries[iso3].get("Economy", {}) if iso3 in entries else {}
        row: dict[str, object] = {"iso3": iso3}
        for flow in ("exports", "imports"):
            usd = totals.get((flow, iso3))
            row[f"{flow}_million_usd"] = None if usd is None else round(float(usd) / 1e6, 3)
        row.update(_origins(economy))
        row["export_goods"] = _goods(economy, "Exports - commodities", sector_of)
        row["import_goods"] = _goods(economy, "Imports - commodities", sector_of)
        rows.append(row)
    return pd.DataFrame(rows)


def _origins(economy: dict[str, object]) -> dict[str, float]:
    parts = economy.get("GDP - composition, by sector of origin")
    if not isinstance(parts, dict):
        return {}
    amounts = {name: ft.number(ft.text_of(parts.get(name))) for name in BROAD}
    if any(amount is None or amount.value < 0 for amount in amounts.values()):
        return {}
    values = {name: amount.value for name, amount in amounts.items() if amount is not None}
    total = sum(values.values())
    return {name: round(value / total, 4) for name, value in values.items()} if total > 0 else {}


def _goods(economy: dict[str, object], field: str, sector_of: dict[str, str]) -> str:
    text = ft.clean(ft.text_of(economy.get(field)))
    body = text.split("(")[0] if text else ""
    names = [name.strip().lower() for name in body.split(",") if name.strip()]
    unknown = [name for name in names if name not in sector_of]
    if unknown:
        raise SystemExit(f"commodity_sectors.csv says nothing of {unknown}")
    return "|".join(sector_of[name] for name in names)
