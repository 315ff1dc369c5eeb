"""From a path to tables: look the file over, open archives, read headers, tell the release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from landbridge.errors import DataError, InputError
from landbridge.sources.files.archives import Member, head_of_member, list_members, unpack
from landbridge.sources.files.engine import parquet_sheet
from landbridge.sources.files.headers import (
    Match,
    Sheet,
    match_release,
    nearest_release,
    read_head,
    release_row,
)
from landbridge.sources.files.limits import Limits
from landbridge.sources.files.scanning import FileFacts, scan
from landbridge.sources.files.workbooks import stata_sheet, workbook_sheet
from landbridge.sources.model import LoadOptions

SNIFF_BYTES = 256 * 1024
CODES = "codes"
LISTS_BESIDE: Final = {"baci": ("baci_countries", "country_codes*.csv")}
"""Data sets whose list of codes lies beside the files: its data set, and how it is named."""


@dataclass(frozen=True)
class Found:
    """What a path leads to.

    Attributes
    ----------
    facts
        The file.
    sheets
        Tables of the main layout.
    match
        How they depart from it; None when no release has this header.
    companions
        Tables of codes beside them, with their release.
    unused
        Members of the archive that were not read.
    nearest
        For an unknown header: the nearest release and what differs.
    """

    facts: FileFacts
    sheets: tuple[Sheet, ...]
    match: Match | None
    companions: tuple[tuple[str, Sheet], ...]
    unused: tuple[str, ...]
    nearest: str = ""


@contextmanager
def find(path: Path, options: LoadOptions, limits: Limits) -> Iterator[Found]:
    """Look a file over and tell what it is.

    Parameters
    ----------
    path
        A data file, or a zip of data files.
    options
        Companions, column map, sheet.
    limits
        What it may cost.

    Yields
    ------
    Found
        Readable while the context lasts: members of archives are unpacked for its time.
    """
    with TemporaryDirectory(prefix="landbridge-") as folder:
        facts = scan(path, limits)
        sheets, unused = _sheets(facts, options, limits, Path(folder))
        others: list[tuple[str, Sheet]] = []
        for number, companion in enumerate(options.companions):
            inner = Path(folder) / f"companion{number}"
            inner.mkdir()
            extra, _ = _sheets(scan(Path(companion), limits), LoadOptions(), limits, inner)
            others += _companions(extra, Path(companion).name)
        found = _sorted(facts, sheets, others, unused, tidy=options.columns is not None)
        yield replace(found, companions=(*found.companions, *_lists_beside(found, limits)))


def _companions(sheets: Sequence[Sheet], name: str) -> list[tuple[str, Sheet]]:
    found = []
    for sheet in sheets:
        match = match_release(sheet)
        if match is not None and release_row(match.release)["kind"] == CODES:
            found.append((match.release, sheet))
    if not found:
        raise InputError(
            "is no table of codes, groups or withdrawals that belongs beside a data file",
            where=name,
        )
    return found


def _lists_beside(found: Found, limits: Limits) -> list[tuple[str, Sheet]]:
    """Find the list of codes that lies in the folder of a data file, where none was given.

    Of several (one a release) the one whose release stands in the data file's name is taken, or
    none.
    """
    if found.match is None or found.facts.format == "zip":
        return []
    wanted, pattern = LISTS_BESIDE.get(release_row(found.match.release)["dataset"], ("", ""))
    if not wanted or any(release_row(name)["dataset"] == wanted for name, _ in found.companions):
        return []
    path = found.facts.path
    near = sorted(one for one in path.parent.glob(pattern) if one.is_file())
    if len(near) > 1:
        near = [one for one in near if one.stem.rsplit("_", 1)[-1] in path.stem]
    if len(near) != 1:
        return []
    try:
        sheet = _sheet(scan(near[0], limits), near[0].name, LoadOptions(), limits)
    except (DataError, InputError):
        return []
    match = match_release(sheet)
    if match is None or release_row(match.release)["dataset"] != wanted:
        return []
    return [(match.release, sheet)]


def _sorted(
    facts: FileFacts,
    sheets: Sequence[Sheet],
    companions: list[tuple[str, Sheet]],
    unused: list[str],
    *,
    tidy: bool,
) -> Found:
    if tidy:
        headers = {sheet.folded for sheet in sheets}
        if len(headers) > 1:
            raise InputError(
                "its members have different headers", where=facts.path.name, mend="Give one file."
            )
        return Found(facts, tuple(sheets), Match("tidy", (), ()), tuple(companions), tuple(unused))
    matched = [(match_release(sheet), sheet) for sheet in sheets]
    main: dict[str, list[tuple[Match, Sheet]]] = {}
    codes = []
    for match, sheet in matched:
        if match is None:
            continue
        if release_row(match.release)["kind"] == CODES:
            codes.append((match.release, sheet, match))
        else:
            main.setdefault(match.release, []).append((match, sheet))
    if not main and codes:
        raise DataError(
            f"this is a table of codes ({release_row(codes[0][0])['title']}), which belongs beside "
            "a data file.",
            where=facts.path.name,
            mend="Give the data file, and this one among its companions.",
        )
    if not main:
        nearest = nearest_release(sheets[0])
        return Found(facts, tuple(sheets[:1]), None, tuple(companions), tuple(unused), nearest)
    if len(main) > 1:
        names = ", ".join(sorted(main))
        raise DataError(
            f"the archive holds several data sets ({names}).",
            where=facts.path.name,
            mend="Unpack it and give one of them.",
        )
    release, group = next(iter(main.items()))
    unused = unused + [sheet.label for match, sheet in matched if match is None]
    beside = [*companions, *((name, sheet) for name, sheet, _ in codes)]
    _refuse_twins(group)
    missing = tuple(sorted({name for match, _ in group for name in match.missing}))
    unexpected = tuple(dict.fromkeys(name for match, _ in group for name in match.unexpected))
    return Found(
        facts,
        tuple(sheet for _, sheet in group),
        Match(release, missing, unexpected),
        tuple(beside),
        tuple(unused),
    )


def _refuse_twins(group: Sequence[tuple[Match, Sheet]]) -> None:
    for _, sheet in group:
        folded = [name for name in sheet.folded if name]
        twins = sorted({name for name in folded if folded.count(name) > 1})
        if twins:
            raise DataError(f"columns stand twice: {', '.join(twins[:5])}", where=sheet.label)


def _sheets(
    facts: FileFacts, options: LoadOptions, limits: Limits, folder: Path
) -> tuple[list[Sheet], list[str]]:
    """Find the readable tables of a file, and the members of an archive that are none."""
    if facts.format != "zip":
        return [_sheet(facts, facts.path.name, options, limits)], []
    sheets, unused = [], []
    members = list_members(facts.path, limits)
    for number, member in enumerate(members):
        label = f"{facts.path.name}!{member.name}"
        if not _worth_opening(facts.path, member, options, limits):
            unused.append(label)
            continue
        inner = unpack(facts.path, member, folder / f"member{number}")
        found = scan(inner, limits, links=False)
        if found.format == "zip":
            unused.append(label)  # an archive inside an archive stays closed
            continue
        sheets.append(_sheet(found, label, options, limits))
    if not sheets:
        raise DataError(
            "the archive holds no table with a known header"
            + (f"; not read: {', '.join(unused[:5])}" if unused else ""),
            where=facts.path.name,
        )
    return sheets, unused


def _worth_opening(path: Path, member: Member, options: LoadOptions, limits: Limits) -> bool:
    """Say whether a member's first bytes look like a table that is read."""
    head = head_of_member(path, member, limits.header_bytes)
    if not head or (head[:4] == b"PK\x03\x04" and b"[Content_Types].xml" not in head[:SNIFF_BYTES]):
        return False
    if head[:4] in {b"PAR1", b"PK\x03\x04"} or head.startswith(b"<stata_dta>"):
        return True
    if b"\x00" in head[:SNIFF_BYTES]:
        return False
    try:
        sheet = read_head(head, Sheet(path, member.name, "csv", (), encoding="latin-1"), limits)
    except DataError:
        return False
    return options.columns is not None or match_release(sheet) is not None


def _sheet(facts: FileFacts, label: str, options: LoadOptions, limits: Limits) -> Sheet:
    if facts.format == "xlsx":
        return workbook_sheet(facts.path, label, options.sheet, limits)
    if facts.format == "stata":
        return _wide_enough(stata_sheet(facts.path, label), limits)
    if facts.format == "parquet":
        return _wide_enough(parquet_sheet(facts.path, label, limits), limits)
    with facts.path.open("rb") as handle:
        head = handle.read(limits.header_bytes)
    sheet = Sheet(facts.path, label, "csv", (), encoding=facts.encoding)
    return replace(read_head(head, sheet, limits), encoding=facts.encoding)


def _wide_enough(sheet: Sheet, limits: Limits) -> Sheet:
    if len(sheet.columns) > limits.columns:
        raise DataError(
            f"{len(sheet.columns):,} columns; at most {limits.columns:,} are read",
            where=sheet.label,
        )
    return sheet
