"""What a row of facts rests on: a source that was read, or nothing that was.

A table whose schema has a section ``[evidence]`` marks each row: ``published`` (read in the sources
it cites), ``mixed`` (in part), ``recalled`` (not read), or another word for what is made by a rule.
The sources stand in a table beside it, with their address and the day by which they were read. A
row that is recalled may not cite a document: where it can be checked stands in ``check_at``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pandas as pd
from pydantic import BaseModel, ConfigDict

RECALLED: Final = "recalled"
PUBLISHED: Final = "published"
MIXED: Final = "mixed"
OWN: Final = "own"
JOINER: Final = "|"
TO_CHECK: Final = "; to be checked in "
ROWS_SHOWN: Final = 5


class Evidence(BaseModel):
    """The section ``[evidence]`` of a schema.

    Attributes
    ----------
    listed
        The table of sources beside it, without ``.csv``; left out where sources are told in words.
    single
        Further columns that name the source of one figure each.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    listed: str = ""
    single: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """The sources that a table may cite.

    Attributes
    ----------
    read
        Those that were read, with an address.
    own
        Rules, estimates and recollections of this project.
    known
        All of them; the rest is named for checking alone.
    """

    read: frozenset[str]
    own: frozenset[str]
    known: frozenset[str]


def listed_sources(table: pd.DataFrame) -> Listed:
    """Sort a table of sources (text: source, url, kind, read_on)."""
    own = table["kind"] == OWN
    read = (table["read_on"] != "") & (table["url"] != "") & ~own
    return Listed(
        read=frozenset(table.loc[read, "source"]),
        own=frozenset(table.loc[own, "source"]),
        known=frozenset(table["source"]),
    )


def parts(cell: str) -> tuple[str, ...]:
    """Split a cell that names several sources.

    Examples
    --------
    >>> parts("cpmm-2022-pak|recalled"), parts("")
    (('cpmm-2022-pak', 'recalled'), ())
    """
    return tuple(part for part in cell.split(JOINER) if part)


def shown_source(source: str, check_at: str = "") -> str:
    """Write a source for a reader: a recalled one says where it can be checked.

    Examples
    --------
    >>> shown_source("tass-1992107"), shown_source("recalled", "wto-rta")
    ('tass-1992107', 'recalled; to be checked in wto-rta')
    """
    if not check_at or RECALLED not in parts(source):
        return source
    return f"{source}{TO_CHECK}{', '.join(parts(check_at))}"


def told_sources(table: pd.DataFrame) -> pd.DataFrame:
    """Write the sources of a table as a reader sees them; ``check_at`` goes into them."""
    if "check_at" not in table.columns:
        return table
    pairs = zip(table["source"], table["check_at"], strict=True)
    shown = [shown_source(str(source), str(check_at)) for source, check_at in pairs]
    return table.assign(source=shown).drop(columns="check_at")


def evidence_faults(raw: pd.DataFrame, evidence: Evidence, listed: Listed) -> list[str]:
    """Find the rows whose sources do not fit what the rows say of themselves.

    Parameters
    ----------
    raw
        The table as text: confidence, source, and check_at where it has that column.
    evidence
        Its section.
    listed
        The sources.

    Returns
    -------
    list of str
        One line a kind of fault and source, with rows as a spreadsheet counts them.
    """
    found: dict[str, list[int]] = {}
    names = ["source", "confidence", *(["check_at"] if "check_at" in raw.columns else [])]
    told = [*names, *evidence.single]
    for _, alike in raw.groupby(told, sort=False):
        cells = [str(alike[name].iloc[0]) for name in told]
        check_at = parts(cells[2]) if len(names) > 2 else ()  # noqa: PLR2004 - the third name
        part_recalled = any(RECALLED in parts(cell) for cell in (cells[0], *cells[len(names) :]))
        row = _Row(parts(cells[0]), cells[1], check_at, part_recalled=part_recalled)
        places = list(alike.index)
        for fault in _faults(row, listed):
            found.setdefault(fault, []).extend(int(place) for place in places)
    for column in evidence.single:
        for place, cell in raw[column].items():
            for part in set(parts(cell)) - listed.read - listed.own:
                fault = f"{column} cites '{part}', which was not read"
                found.setdefault(fault, []).append(int(place))  # type: ignore[call-overload]
    return [f"{_rows(sorted(places))}: {fault}" for fault, places in found.items()]


@dataclass(frozen=True)
class _Row:
    cited: tuple[str, ...]
    confidence: str
    check_at: tuple[str, ...]
    part_recalled: bool


def _faults(row: _Row, listed: Listed) -> Iterable[str]:
    confidence = row.confidence
    for part in sorted({*row.cited, *row.check_at} - listed.known):
        yield f"'{part}' is not in the list of sources"
    told = set(row.cited) & listed.known
    if confidence == RECALLED:
        for part in sorted(told - listed.own):
            yield (
                f"recalled, and cites '{part}' as if it had been read: write '{RECALLED}' as the "
                f"source, and '{part}' under check_at"
            )
        return
    if row.check_at and not row.part_recalled:
        yield f"{confidence}, and has a place to check it at: that is for what is recalled"
    if confidence in {PUBLISHED, MIXED} and not told & listed.read:
        yield f"{confidence}, and cites nothing that was read (address and read_on in the list)"
    if confidence == PUBLISHED:
        for part in sorted(told - listed.read):
            yield f"published, and cites '{part}', which was not read"


def wording_faults(raw: pd.DataFrame) -> list[str]:
    """Find recalled rows whose source, told in words, does not say so first; and the reverse."""
    says = raw["source"].str.lower().str.startswith(RECALLED)
    recalled = raw["confidence"] == RECALLED
    found = []
    for mask, fault in (
        (recalled & ~says, "recalled, and its source does not begin with 'Recalled, not read'"),
        (says & ~recalled, "its source says that it is recalled, its confidence does not"),
    ):
        if mask.any():
            found.append(f"{_rows([int(place) for place in raw.index[mask]])}: {fault}")
    return found


def _rows(places: list[int]) -> str:
    # Row 2 is the first data row: the header is row 1, as a spreadsheet shows it.
    shown = ", ".join(str(place + 2) for place in places[:ROWS_SHOWN])
    more = ", ..." if len(places) > ROWS_SHOWN else ""
    return f"row{'s' if len(places) > 1 else ''} {shown}{more}"
