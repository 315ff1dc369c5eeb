"""`load` a data file, or `inspect` it first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pandas as pd

from landbridge.errors import DataError, FaultsError, InputError, LandbridgeError
from landbridge.sources.files.headers import published_units, release_row
from landbridge.sources.files.limits import Limits
from landbridge.sources.finding import Found, find
from landbridge.sources.formats import (
    baci,
    comtrade,
    desta,
    escap,
    icio,
    itpd,
    pair_tariffs,
    pairs,
    samples,
    tidy,
    unlocode,
    wdi,
    wits,
)
from landbridge.sources.model import Draft, Inspection, Loaded, LoadOptions, Provenance
from landbridge.sources.reading import Input

READERS: Final[Mapping[str, Callable[[Input], Draft]]] = MappingProxyType(
    {
        "cepii_gravity": pairs.read,
        "dynamic_gravity": pairs.read,
        "baci": baci.read,
        "itpd_e": itpd.read,
        "itpd_s": itpd.read,
        "comtrade": comtrade.read,
        "wits_mfn": wits.read,
        "wits_pref": wits.read,
        "wits_query": wits.read,
        "pair_tariffs": pair_tariffs.read,
        "wdi": wdi.read,
        "escap_trade_costs": escap.read,
        "desta": desta.read,
        "icio": icio.read,
        "unlocode": unlocode.read,
        "gegravity_sample": samples.read,
        "agtpa": samples.read,
        "tidy": tidy.read,
    }
)
DETAILED: Final = frozenset({"baci", "comtrade", "icio", "itpd_e", "itpd_s", "tidy"})
"""Data sets whose flows come by total, sector or product."""
WITH_VARIABLES: Final = frozenset({"cepii_gravity", "dynamic_gravity"})
CODED: Final = (DETAILED - {"icio"}) | WITH_VARIABLES | {"agtpa", "gegravity_sample"}
"""Data sets in which rows of an unknown code can be dropped or kept."""
DROPPABLE: Final = CODED | {
    "desta",
    "escap_trade_costs",
    "pair_tariffs",
    "wdi",
    "wits_mfn",
    "wits_pref",
    "wits_query",
}
"""Data sets in which such rows can be dropped: a table of these holds ISO3 codes alone."""
NAMES_SHOWN: Final = 8
ECONOMY_COLUMNS: Final = ("exporter", "importer", "iso3", "iso3_a", "iso3_b")
YEAR_COLUMNS: Final = ("year", "signed_year")


def load(
    path: str | Path, options: LoadOptions | None = None, *, limits: Limits | None = None
) -> Loaded:
    r"""Read a data file of the field into a tidy table.

    Parameters
    ----------
    path
        A CSV, parquet, xlsx or Stata file, or a zip of such files. What it is, is told from its
        header; its name does not matter.
    options
        Years, detail, companions, and for a tidy file what its columns mean.
    limits
        How much it may cost; the defaults take files of 70 million rows in 4 GB of memory.

    Returns
    -------
    Loaded
        The table with units, counts that reconcile, provenance and warnings.

    Raises
    ------
    DataError
        The header is not known (the nearest release and what differs are named), or the file is
        damaged, dangerous or too large.
    FaultsError
        Rows that break a rule: all of them at once, with row numbers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name) / "any name.csv"
    >>> _ = path.write_text("t,i,j,k,v,q\n2020,842,699,010121,1500,2\n")
    >>> load(path).table[["exporter", "importer", "year", "value_million_usd"]].values.tolist()
    [['USA', 'IND', 2020, 1.5]]
    >>> folder.cleanup()
    """
    options, limits = options or LoadOptions(), limits or Limits()
    with find(Path(path), options, limits) as found:
        return _read(found, options, limits)


def inspect(
    path: str | Path, options: LoadOptions | None = None, *, limits: Limits | None = None
) -> Inspection:
    """Say what a data file is, and whether it can be loaded.

    The whole file is read; what stands in the way of loading it is among the problems.

    Parameters
    ----------
    path, options, limits
        As for `load`.

    Returns
    -------
    Inspection
        What it was recognised as, columns, units, rows, years, economies, counts, problems.

    Raises
    ------
    InputError
        There is no such file.
    DataError
        The file is dangerous, too large, or no table.
    """
    options, limits = options or LoadOptions(), limits or Limits()
    with find(Path(path), options, limits) as found:
        loaded: Loaded | None = None
        problems: tuple[str, ...] = ()
        try:
            loaded = _read(found, options, limits)
        except FaultsError as error:
            problems = error.faults
        except LandbridgeError as error:
            problems = (str(error),)
        return _inspection(found, loaded, problems)


def _read(found: Found, options: LoadOptions, limits: Limits) -> Loaded:
    if found.match is None:
        raise DataError(
            f"the header belongs to no known release. {found.nearest}",
            where=found.facts.path.name,
            mend="If it is a table of your own, say what its columns mean: --columns "
            "exporter=...,importer=...,value=... (in Python: columns=ColumnMap(...)).",
        )
    row = release_row(found.match.release)
    _check_options(found, row, options)
    reader = READERS[row["dataset"]]
    given = Input(found.match.release, found.sheets, found.companions, options, limits)
    draft = reader(given)
    if not len(draft.table):
        raise DataError(
            "no row is left. " + "; ".join(f"{d.rows:,} {d.reason}" for d in draft.counts.dropped),
            where=found.facts.path.name,
        )
    return Loaded(
        kind=draft.kind,
        table=draft.table,
        units=MappingProxyType(dict(draft.units)),
        counts=draft.counts,
        provenance=_provenance(found, row, draft.vintage),
        warnings=(*draft.warnings, *_header_warnings(found)),
        domestic=draft.domestic,
        trade=draft.trade,
        companions=MappingProxyType(dict(draft.companions)),
    )


def _check_options(found: Found, row: Mapping[str, str], options: LoadOptions) -> None:
    """Refuse what could not be done with such a file, instead of leaving it aside."""
    dataset, where = row["dataset"], found.facts.path.name
    told = f"this is {row['title']}"
    faults = []
    if options.detail is not None and dataset not in DETAILED:
        faults.append(f"detail = '{options.detail}': {told}, which comes in one detail only")
    able = {"refuse": True, "drop": dataset in DROPPABLE, "keep": dataset in CODED}
    if not able[options.unknown_codes]:
        done = "dropped" if options.unknown_codes == "drop" else "kept"
        faults.append(f"unknown codes cannot be {done}: {told}, where each must be a known economy")
    if options.variables and dataset not in WITH_VARIABLES:
        faults.append(f"variables: {told}, which has no variables to choose from")
    if options.sheet and not any(sheet.kind == "xlsx" for sheet in found.sheets):
        faults.append(f"sheet '{options.sheet}': the file is no workbook (.xlsx)")
    if faults:
        raise InputError(f"{'; '.join(faults)}.", where=where, mend="Leave the option out.")


def _provenance(found: Found, row: Mapping[str, str], vintage: str) -> Provenance:
    labels = tuple(sheet.label for sheet in found.sheets)
    return Provenance(
        file=found.facts.path.name,
        sha256=found.facts.sha256,
        bytes=found.facts.bytes,
        members=labels if labels != (found.facts.path.name,) else (),
        release=row["release"],
        dataset=row["dataset"],
        vintage=vintage or row["vintage"],
        title=row["title"],
        publisher=row["publisher"],
        licence=row["licence"],
        url=row["url"],
    )


def _header_warnings(found: Found) -> list[str]:
    warnings = []
    if found.match is not None and found.match.missing:
        names = found.match.missing
        more = len(names) - NAMES_SHOWN
        tail = f" and {more} more" if more > 0 else ""
        warnings.append(
            f"an extract: columns of the full release that are missing: "
            f"{', '.join(names[:NAMES_SHOWN])}{tail}"
        )
    if found.match is not None and found.match.unexpected:
        names = found.match.unexpected
        warnings.append(
            f"columns that this release does not have: {', '.join(names[:NAMES_SHOWN])}"
        )
    if found.unused:
        warnings.append(f"members of the archive not read: {', '.join(found.unused[:NAMES_SHOWN])}")
    if any(sheet.encoding == "latin-1" for sheet in found.sheets):
        warnings.append("the text is not UTF-8; it was read as ISO-8859-1")
    return warnings


def _inspection(found: Found, loaded: Loaded | None, problems: tuple[str, ...]) -> Inspection:
    match = found.match
    row = release_row(match.release) if match is not None else {}
    columns = found.sheets[0].columns
    table = loaded.table if loaded is not None else pd.DataFrame()
    return Inspection(
        file=found.facts.path.name,
        bytes=found.facts.bytes,
        sha256=found.facts.sha256,
        format=found.facts.format,
        release=match.release if match is not None else "",
        dataset=row.get("dataset", ""),
        title=row.get("title", ""),
        vintage=loaded.provenance.vintage if loaded is not None else row.get("vintage", ""),
        kind=row.get("kind", ""),
        columns=columns,
        missing=match.missing if match is not None else (),
        unexpected=match.unexpected if match is not None else (),
        units=MappingProxyType(published_units(match.release, columns)) if match else {},
        rows=loaded.counts.read if loaded is not None else None,
        years=_years(table),
        economies=_economies(table),
        counts=loaded.counts.frame() if loaded is not None else pd.DataFrame(),
        problems=problems,
        warnings=loaded.warnings if loaded is not None else tuple(_header_warnings(found)),
    )


def _years(table: pd.DataFrame) -> tuple[int, ...]:
    found: set[int] = set()
    for name in YEAR_COLUMNS:
        if name in table:
            found |= {int(year) for year in table[name].dropna().unique()}
    return tuple(sorted(found))


def _economies(table: pd.DataFrame) -> tuple[str, ...]:
    found: set[str] = set()
    for name in ECONOMY_COLUMNS:
        if name in table:
            found |= {str(code) for code in table[name].dropna().unique()} - {""}
    return tuple(sorted(found))
