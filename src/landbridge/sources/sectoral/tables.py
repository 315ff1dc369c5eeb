"""Find and read the tidy tables of a sectoral world: a folder, a zip archive or a workbook.

A table is told from its columns (``data/sector_tables.csv``), never from its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pandas as pd

from landbridge.errors import DataError, FaultsError, InputError
from landbridge.sources.files.archives import list_members, unpack
from landbridge.sources.files.engine import parquet_sheet
from landbridge.sources.files.headers import Sheet, fold, read_head
from landbridge.sources.files.limits import Limits
from landbridge.sources.files.scanning import FileFacts, scan
from landbridge.sources.files.stage import open_stage
from landbridge.sources.files.workbooks import stata_sheet, workbook_sheets
from landbridge.sources.identity import identify
from landbridge.sources.reading import numbers, rows_of
from landbridge.tables import embedded_table

FORMS: Final = {
    "cp": ("flows", "inputs"),
    "gtap": ("trade", "firms", "demand"),
}
"""Tables that each form needs."""
MOST_ROWS: Final = 5_000_000
MOST_FILES: Final = 200
SHOWN: Final = 5
ANY: Final = "any"


@dataclass(frozen=True)
class SectorTables:
    """What was read.

    Attributes
    ----------
    form
        ``cp`` or ``gtap``.
    where
        How messages call it.
    frames
        By layout: economies as ISO3, numbers as floats, all else as text.
    unused
        Files and sheets whose columns no table has.
    """

    form: str
    where: str
    frames: Mapping[str, pd.DataFrame]
    unused: tuple[str, ...]


@dataclass(frozen=True)
class _Layout:
    form: str
    name: str
    required: frozenset[str]
    holds: Mapping[str, str]


def looks_tidy(path: Path, limits: Limits) -> bool:
    """Say whether any table of a sectoral world lies in a folder, an archive or a workbook."""
    with _sheets(path, limits) as sheets:
        return any(_layout_of(sheet) is not None for sheet in sheets)


def read_tables(path: Path, limits: Limits) -> SectorTables:
    """Read the tables of one form.

    Parameters
    ----------
    path
        A folder of files, a zip archive of files, or a workbook of sheets.
    limits
        As for all loaders.

    Raises
    ------
    InputError
        No such place, tables of both forms, a table that stands twice, or one that is missing.
    FaultsError
        Cells that are no economy or no number, and rows that stand twice: all of them at once.
    DataError
        A file is damaged, dangerous or too large.
    """
    with _sheets(path, limits) as sheets:
        found: dict[str, tuple[_Layout, Sheet]] = {}
        unused = []
        for sheet in sheets:
            layout = _layout_of(sheet)
            label = f"{sheet.label} ({sheet.sheet})" if sheet.sheet else sheet.label
            if layout is None:
                unused.append(label)
            elif layout.name in found:
                raise InputError(
                    f"two tables of {layout.name}: {found[layout.name][1].label} and {label}.",
                    where=path.name,
                    mend="Leave one.",
                )
            else:
                found[layout.name] = (layout, replace(sheet, label=label))
        form = _form(path, [layout for layout, _ in found.values()], unused)
        faults: list[str] = []
        frames = {
            name: _frame(layout, sheet, limits, faults) for name, (layout, sheet) in found.items()
        }
    if faults:
        shown = faults[:20]
        more = len(faults) - len(shown)
        raise FaultsError([*shown, *([f"and {more} more"] if more else [])], where=path.name)
    return SectorTables(form, path.name, frames, tuple(unused))


def _form(path: Path, layouts: list[_Layout], unused: list[str]) -> str:
    forms = {layout.form for layout in layouts} - {ANY}
    if len(forms) > 1:
        raise InputError(
            "tables of both forms (flows and shares; purchases by user) lie side by side.",
            where=path.name,
            mend="Keep those of one form; docs/sources.md lists them.",
        )
    names = {layout.name for layout in layouts}
    if not forms:
        beside = f" (not known: {', '.join(unused[:SHOWN])})" if unused else ""
        raise InputError(
            f"no table of flows or purchases by sector is in it{beside}.",
            where=path.name,
            mend="Name the columns as docs/sources.md says, such as exporter, importer, sector, "
            "million_usd.",
        )
    form = forms.pop()
    missing = [name for name in FORMS[form] if name not in names]
    if missing:
        told = [f"{name} ({', '.join(_columns(form, name))})" for name in missing]
        beside = f" Not known: {', '.join(unused[:SHOWN])}." if unused else ""
        raise InputError(f"no table of {'; of '.join(told)}.{beside}", where=path.name)
    return form


def _columns(form: str, name: str) -> list[str]:
    table = embedded_table("sources", "sector_tables")
    return list(table.loc[(table["form"] == form) & (table["layout"] == name), "column"])


@lru_cache(maxsize=1)
def _layouts() -> tuple[_Layout, ...]:
    table = embedded_table("sources", "sector_tables")
    return tuple(
        _Layout(
            str(form),
            str(name),
            frozenset(rows.loc[rows["need"] == "required", "column"]),
            dict(zip(rows["column"], rows["holds"], strict=True)),
        )
        for (form, name), rows in table.groupby(["form", "layout"], sort=False)
    )


def _layout_of(sheet: Sheet) -> _Layout | None:
    """Find the layout of which most columns are there."""
    present = set(sheet.folded)
    known = [layout for layout in _layouts() if layout.required <= present]
    return max(known, key=lambda layout: len(layout.required)) if known else None


@contextmanager
def _sheets(path: Path, limits: Limits) -> Iterator[list[Sheet]]:
    """Find every readable table; members of archives are unpacked while the context lasts."""
    with TemporaryDirectory(prefix="landbridge-") as folder:
        found: list[Sheet] = []
        if path.is_dir():
            files = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
            if len(files) > MOST_FILES:
                raise InputError(
                    f"{len(files)} files; at most {MOST_FILES} are read.", where=str(path)
                )
            for file in files:
                found += _of_file(scan(file, limits), file.name, limits)
        else:
            facts = scan(path, limits)
            if facts.format != "zip":
                found += _of_file(facts, path.name, limits)
            else:
                for number, member in enumerate(list_members(path, limits)):
                    inner = unpack(path, member, Path(folder) / f"member{number}")
                    label = f"{path.name}!{member.name}"
                    if inner.stat().st_size:
                        found += _of_file(scan(inner, limits, links=False), label, limits)
        yield found


def _of_file(facts: FileFacts, label: str, limits: Limits) -> list[Sheet]:
    if facts.format == "zip":
        return []  # an archive inside stays closed
    if facts.format == "xlsx":
        return workbook_sheets(facts.path, label, "", limits)
    if facts.format == "stata":
        return [stata_sheet(facts.path, label)]
    if facts.format == "parquet":
        return [parquet_sheet(facts.path, label, limits)]
    with facts.path.open("rb") as handle:
        head = handle.read(limits.header_bytes)
    sheet = Sheet(facts.path, label, "csv", (), encoding=facts.encoding)
    try:
        return [replace(read_head(head, sheet, limits), encoding=facts.encoding)]
    except DataError:
        return []  # a text without a header lies beside the tables


def _frame(layout: _Layout, sheet: Sheet, limits: Limits, faults: list[str]) -> pd.DataFrame:
    """Read one table; what is wrong with its cells joins the faults."""
    at = {fold(name): name for name in sheet.columns}
    wanted = [name for name in layout.holds if name in at]
    with open_stage([sheet], [at[name] for name in wanted], limits) as stage:
        if stage.rows > MOST_ROWS:
            raise DataError(f"{stage.rows:,} rows; at most {MOST_ROWS:,}", where=sheet.label)
        columns = ", ".join(
            f"coalesce(trim({stage.column(at[name])}), '') AS c{place}"
            for place, name in enumerate(wanted)
        )
        frame = stage.frame(f"SELECT {columns} FROM {stage.numbered} ORDER BY id")  # noqa: S608
    frame.columns = pd.Index(wanted)
    for name in wanted:
        frame[name] = _column(frame[name], layout, sheet, name=name, faults=faults)
    keys = [name for name in wanted if layout.holds[name] != "number" and name != "kind"]
    if layout.form != ANY:
        twice = frame.duplicated(keys)
        if twice.any():
            faults.append(f"{sheet.label}: {rows_of(twice, sheet.skip)} stands twice")
    elif frame["sector"].duplicated().any():
        faults.append(f"{sheet.label}: a sector stands twice")
    return frame


def _column(
    column: pd.Series, layout: _Layout, sheet: Sheet, *, name: str, faults: list[str]
) -> pd.Series:
    holds = layout.holds[name]
    if holds == "number":
        found, bad = numbers(column)
        bad |= found.isna()
        if bad.any():
            told = rows_of(bad, sheet.skip)
            faults.append(f"{sheet.label}: {name} is no number in {told}")
        return found
    empty = column.eq("")
    if empty.any() and holds in {"economy", "sector"}:
        faults.append(f"{sheet.label}: {name} is empty in {rows_of(empty, sheet.skip)}")
    if holds != "economy":
        return column
    identities = identify([code for code in column.unique() if code], "names")
    wrong = {code: one for code, one in identities.items() if not one.kept}
    for code, one in wrong.items():
        told = one.hint or f"'{code}' is {one.reason}."
        where = rows_of(column.eq(code), sheet.skip)
        faults.append(f"{sheet.label}: {name} {told} ({where})")
    taken: dict[str, str] = {}
    for code, one in identities.items():
        if one.kept and taken.setdefault(one.iso3, code) != code:
            faults.append(
                f"{sheet.label}: {name} '{taken[one.iso3]}' and '{code}' are one economy: "
                "add them up"
            )
    return column.map({code: one.iso3 for code, one in identities.items()}).fillna("")
