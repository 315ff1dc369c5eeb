"""Rebuild the embedded table of fiscal indicators.

Writes ``fiscal.csv`` into ``src/landbridge/atlas/data`` from the World Factbook of February 2026
and prints how many economies each indicator has, and what could not be read::

    pip install '.[data]'
    python tools/build_fiscal.py

The schema beside the table is kept by hand.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pandas as pd

import factbook as fb
import factbook_text as ft

DATA = fb.HERE.parent / "src" / "landbridge" / "atlas" / "data"
MILLION: Final = 1e6
SOURCE: Final = "factbook-2026"

MONEY: Final = {
    "Debt - external": "external_debt_million_usd",
    "Reserves of foreign exchange and gold": "reserves_million_usd",
    "Current account balance": "current_account_million_usd",
}
SHARES: Final = {
    "Public debt": "public_debt_percent_of_gdp",
    "Taxes and other revenues": "revenues_percent_of_gdp",
}
BUDGET: Final = {
    "revenues": "budget_revenues_million_usd",
    "expenditures": "budget_expenditures_million_usd",
}


def main() -> None:
    """Build the table and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, default=DATA)
    options = parser.parse_args()
    book = fb.open_factbook(2026)
    table = fiscal_rows(book)
    path = options.out / "fiscal.csv"
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    print(f"{path.name}: {len(table)} rows, {table.iso3.nunique()} economies")
    for indicator, rows in table.groupby("indicator"):
        latest = rows.groupby("iso3").year.max()
        print(f"  {indicator}: {len(latest)} economies, {(latest >= 2022).sum()} of 2022 or later")  # noqa: PLR2004
    for line in book.unread:
        print(f"  not read: {line}")


def fiscal_rows(book: fb.Factbook) -> pd.DataFrame:
    """List every indicator of every year.

    Returns
    -------
    pandas.DataFrame
        iso3, indicator, year, value (million USD or percent of GDP, as the indicator's name
        says), source, confidence. An amount without a year is left out and told.
    """
    rows = []
    for iso3, entry in book.by_iso3():
        if iso3 == fb.GAZA:  # the same joint entry stands under the West Bank
            continue
        economy = entry.get("Economy", {})
        for indicator, text, amount in _amounts(economy):
            plain = ft.clean(text)
            if amount is None or amount.year is None:
                if not ft.is_missing(plain):
                    book.unread.append(f"{iso3} {indicator}: {plain[:80]}")
                continue
            rows.append((iso3, indicator, amount.year, amount.value, SOURCE, "published"))
    columns = ["iso3", "indicator", "year", "value", "source", "confidence"]
    table = pd.DataFrame(rows, columns=columns)
    table["value"] = table["value"].round(3)
    return (
        table.drop_duplicates(["iso3", "indicator", "year"])
        .sort_values(["iso3", "indicator", "year"])
        .reset_index(drop=True)
    )


def _amounts(economy: dict[str, object]) -> Iterator[tuple[str, str, ft.Amount | None]]:
    for name, indicator in MONEY.items():
        for text in _texts(economy.get(name)):
            yield indicator, text, _millions(text)
    for name, indicator in SHARES.items():
        for text in _texts(economy.get(name)):
            yield indicator, text, ft.number(text)
    budget = economy.get("Budget")
    if isinstance(budget, dict):
        for key, indicator in BUDGET.items():
            text = ft.text_of(budget.get(key))
            if text:
                yield indicator, text, _millions(text)


def _texts(field: object) -> Iterator[str]:
    if not isinstance(field, dict):
        return
    if "text" in field:
        yield ft.text_of(field)
        return
    for key, value in field.items():
        if key != "note":
            yield ft.text_of(value)


def _millions(text: str) -> ft.Amount | None:
    amount = ft.money(text)
    return None if amount is None else ft.Amount(amount.value / MILLION, amount.year)


if __name__ == "__main__":
    main()
