"""Headers: read the first lines of a text file, and tell which release they belong to.

A release is recognised by the names of its columns (``data/release_columns.csv``), compared without
case; a file's name is never asked. A header that no release has is answered with the nearest one
and what differs.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

from landbridge.errors import DataError
from landbridge.sources.files.limits import Limits
from landbridge.sources.files.scanning import Encoding
from landbridge.tables import embedded_table

SAMPLE_ROWS: Final = 40
PREAMBLE_ROWS: Final = 12
DELIMITERS: Final = (",", ";", "\t", "|")
WDI_MARK: Final = "data source"
WDI_HEADER: Final = "country name"
ICIO_TOTALS: Final = {"out": "2023", "total": "2021"}
ICIO_LABEL: Final = re.compile(r"[A-Z]{2}[A-Z0-9]_[A-Za-z0-9_]+")
ICIO_SHARE: Final = 0.6
NEAR: Final = 0.5  # of 2: all required columns, and no others
BESIDE: Final = 0.5  # a table of codes is named only when no data file is near
MISSPELT: Final = {"atlqty": "altqty", "prtner2code": "partner2code"}  # as the portal writes them
LOCODE_FIELDS: Final = 12
SHOWN: Final = 12

SheetKind: TypeAlias = Literal["csv", "parquet", "xlsx", "stata"]


@dataclass(frozen=True)
class Sheet:
    """One readable table: a text file, a parquet or Stata file, or a sheet of a workbook.

    Attributes
    ----------
    path, label
        The file on disk; how messages call it.
    kind, encoding, delimiter, sheet
        How it is read.
    columns
        As published, trailing empty names left out.
    blanks
        Empty columns at the end of every row.
    skip
        Lines before the first row of data.
    sample
        First rows, as text.
    """

    path: Path
    label: str
    kind: SheetKind
    columns: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...] = ()
    encoding: Encoding = "utf-8"
    delimiter: str = ","
    blanks: int = 0
    skip: int = 1
    sheet: str = ""

    @property
    def folded(self) -> tuple[str, ...]:
        """The columns' names as they are compared."""
        return tuple(fold(name) for name in self.columns)


@dataclass(frozen=True)
class Match:
    """Which release a header belongs to, and how it departs from it."""

    release: str
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]


def fold(name: str) -> str:
    """Bring a column's name to the form in which names are compared.

    Examples
    --------
    >>> fold(" RefYear "), fold("AtlQty")
    ('refyear', 'altqty')
    """
    plain = name.strip().strip("\ufeff").casefold()
    return MISSPELT.get(plain, plain)


def read_head(head: bytes, sheet: Sheet, limits: Limits) -> Sheet:
    """Find delimiter, header and first rows in the first bytes of a text file.

    Parameters
    ----------
    head
        The first bytes; the last line may be cut.
    sheet
        Path, label and encoding; the rest is filled in.
    limits
        Length of the header, number of columns.

    Raises
    ------
    DataError
        The header is too long or holds too many columns.
    """
    text = _decode(head, sheet.encoding)
    first, cut = _first_line(text)
    if cut and len(head) >= limits.header_bytes:
        raise DataError(
            f"the first line is longer than {limits.header_bytes:,} bytes; this is no table",
            where=sheet.label,
        )
    delimiter = max(DELIMITERS, key=first.count)
    if first.count(delimiter) > limits.columns:
        raise DataError(
            f"the header has {first.count(delimiter) + 1:,} columns; at most {limits.columns:,} "
            "are read",
            where=sheet.label,
        )
    rows, lines = _first_rows(text, delimiter)
    if not rows:
        raise DataError("there is no header", where=sheet.label)
    found = replace(sheet, delimiter=delimiter)
    if _is_locode(rows):
        return _locode(found, rows)
    at = _header_row(rows)
    return _with_header(found, rows, at, lines[at])


def match_release(sheet: Sheet) -> Match | None:
    """Tell which release a header belongs to; None when it is none."""
    special = _icio_release(sheet) or _desta_release(sheet) or _wdi_release(sheet)
    present = set(sheet.folded)
    best: tuple[int, str] | None = None
    for release, needs in _needs().items():
        if special and release != special:
            continue
        if not special and release.startswith(("icio_", "wdi_bulk")):
            continue
        if not needs["required"] <= present or needs["forbidden"] & present:
            continue
        score = len((needs["required"] | needs["expected"]) & present)
        if best is None or score > best[0]:
            best = (score, release)
    if best is None:
        return None
    return _compare(best[1], sheet)


def nearest_release(sheet: Sheet) -> str:
    """Name the release nearest to an unknown header, and what differs.

    Returns
    -------
    str
        One or two sentences for a message.
    """
    present = set(sheet.folded)
    scored = []
    for release, needs in _needs().items():
        shared = present & (needs["required"] | needs["expected"] | needs["optional"])
        found = len(needs["required"] & present) / len(needs["required"])
        beside = BESIDE if release_row(release)["kind"] == "codes" else 0.0
        whole = len(shared) / max(1, len(present | needs["required"]))
        scored.append((found + whole - beside, release))
    score, release = max(scored)
    if score < NEAR:
        return f"No known release is near it (columns: {_names(sheet.columns)})."
    compared = _compare(release, sheet)
    needs = _needs()[release]
    lacking = [name for name in compared.missing if name in needs["required"]]
    wrong = sorted(needs["forbidden"] & present)
    parts = [f"The nearest known release is {title_of(release)} ({release})."]
    if lacking:
        parts.append(f"Missing columns: {_names(lacking)}.")
    if compared.unexpected:
        parts.append(f"Unexpected columns: {_names(compared.unexpected)}.")
    if wrong:
        parts.append(f"Columns of another release: {_names(wrong)}.")
    return " ".join(parts)


def title_of(release: str) -> str:
    """Write a release's title and vintage."""
    row = release_row(release)
    return f"{row['title']} {row['vintage']}"


@lru_cache(maxsize=64)
def _release_row(release: str) -> tuple[tuple[str, str], ...]:
    table = embedded_table("sources", "releases").set_index("release", drop=False)
    return tuple((str(name), str(value)) for name, value in table.loc[release].items())


def release_row(release: str) -> dict[str, str]:
    """Look up what is known of a release, by column of ``data/releases.csv``."""
    return dict(_release_row(release))


@lru_cache(maxsize=1)
def _unit_table() -> dict[tuple[str, str], str]:
    table = embedded_table("sources", "release_columns")
    rows = zip(table["release"], table["column"], table["unit"], strict=True)
    return {(release, column): unit for release, column, unit in rows if unit}


def published_units(release: str, columns: Sequence[str]) -> dict[str, str]:
    """Look up the units of a file's columns as published."""
    units = _unit_table()
    found = {name: units.get((release, fold(name)), "") for name in columns}
    return {name: unit for name, unit in found.items() if unit}


@lru_cache(maxsize=1)
def _needs() -> dict[str, dict[str, frozenset[str]]]:
    table = embedded_table("sources", "release_columns")
    found: dict[str, dict[str, frozenset[str]]] = {}
    for release, rows in table.groupby("release", sort=False):
        found[str(release)] = {
            need: frozenset(rows.loc[rows["need"] == need, "column"])
            for need in ("required", "expected", "optional", "forbidden")
        }
    return found


def _compare(release: str, sheet: Sheet) -> Match:
    needs = _needs()[release]
    present = set(sheet.folded)
    whole = needs["required"] | needs["expected"]
    known = whole | needs["optional"]
    years = release.startswith(("wdi_", "icio_"))
    unexpected = (
        () if years else tuple(n for n in sheet.columns if fold(n) and fold(n) not in known)
    )
    return Match(release, tuple(sorted(whole - present)), unexpected)


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(list(names)[:SHOWN])
    more = len(names) - SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _decode(head: bytes, encoding: Encoding) -> str:
    text = head.decode(encoding, errors="ignore" if encoding == "utf-8" else "strict")
    return text.removeprefix("\ufeff")


def _first_line(text: str) -> tuple[str, bool]:
    ends = [at for at in (text.find("\n"), text.find("\r")) if at >= 0]
    return (text[: min(ends)], False) if ends else (text, True)


def _first_rows(text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    whole = text if text.endswith(("\n", "\r")) else text + "\n"
    reader = csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(reader.line_num)
            if len(rows) > SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # a row that is cut at the end of the head; the engine reads the file itself
    return rows, lines


def _header_row(rows: list[list[str]]) -> int:
    if fold(rows[0][0]) != WDI_MARK:
        return 0
    for at, row in enumerate(rows[:PREAMBLE_ROWS]):
        if fold(row[0]) == WDI_HEADER:
            return at
    return 0


def _with_header(sheet: Sheet, rows: list[list[str]], at: int, line: int) -> Sheet:
    names = [name.strip() for name in rows[at]]
    body = rows[at + 1 :]
    width = len(names)
    while names and not names[-1]:
        names.pop()
    # Some exports end every row, but not the header, with one more delimiter.
    wider = bool(body) and all(len(row) == width + 1 and not row[-1] for row in body[:-1] or body)
    if not any(names):
        raise DataError("the header has no names", where=sheet.label)
    sample = tuple(tuple(cell for cell in row[: len(names)]) for row in body)
    return replace(
        sheet,
        columns=tuple(names),
        blanks=width - len(names) + int(wider),
        skip=line,
        sample=sample,
    )


def _is_locode(rows: list[list[str]]) -> bool:
    if any(len(row) != LOCODE_FIELDS for row in rows[:-1] or rows):
        return False
    full = [row for row in rows if len(row) == LOCODE_FIELDS]
    codes = [row for row in full if re.fullmatch(r"[A-Z]{2}", row[1]) and len(row[2]) in (0, 3)]
    functions = [row for row in full if any(_is_function(row[at]) for at in (6, 7))]
    return len(codes) >= len(full) - 1 and bool(functions)


def _is_function(cell: str) -> bool:
    return len(cell) == 8 and re.fullmatch(r"[0-9B-]{8}", cell) is not None  # noqa: PLR2004


def _locode(sheet: Sheet, rows: list[list[str]]) -> Sheet:
    table = embedded_table("sources", "release_columns")
    names = list(table.loc[table["release"] == "unlocode"].sort_values("position")["column"])
    headed = fold(rows[0][1]) == "country"
    body = rows[1:] if headed else rows
    seventh = sum(_is_function(row[6]) for row in body)
    eighth = sum(len(row) == LOCODE_FIELDS and _is_function(row[7]) for row in body)
    if eighth > seventh:
        names[6], names[7] = names[7], names[6]
    sample = tuple(tuple(row) for row in body)
    return replace(sheet, columns=tuple(names), skip=int(headed), sample=sample)


def _icio_release(sheet: Sheet) -> str:
    names = sheet.columns
    if len(names) < 4:  # noqa: PLR2004 - a label, an industry, final demand, a total
        return ""
    edition = ICIO_TOTALS.get(fold(names[-1]))
    labels = [name for name in names[1:-1] if ICIO_LABEL.fullmatch(name)]
    if edition is None or len(labels) < ICIO_SHARE * (len(names) - 2):
        return ""
    industries = {name.split("_", 1)[1] for name in labels}
    if edition == "2023" and {"A01", "A02"} & industries:
        edition = "2025"
    return f"icio_{edition}"


def _desta_release(sheet: Sheet) -> str:
    if "entry_type" not in sheet.folded or "base_treaty" not in sheet.folded:
        return ""
    at = sheet.folded.index("entry_type")
    kinds = {row[at].strip().casefold() for row in sheet.sample if len(row) > at}
    if kinds and kinds <= {"withdrawal"}:
        return "desta_withdrawals"
    return "desta_dyads" if "consolidated" in sheet.folded else "desta_dyads_01"


def _wdi_release(sheet: Sheet) -> str:
    if not sheet.folded or sheet.folded[0] != WDI_HEADER:
        return ""
    return "wdi_series" if sheet.skip > 1 else "wdi_bulk"
