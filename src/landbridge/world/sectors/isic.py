"""What a sector's code says: which divisions of ISIC Rev. 4 it holds, and what kind it is.

The OECD writes a sector as a section and its divisions (``C10T12``, ``A01_02``, ``C24A``,
``C302T309``), as divisions alone (``01T02``, ``D01T02`` in its older editions), or as sections
(``D``, ``E_F``, ``I_L_OTT``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import pandas as pd

from landbridge.errors import DataError
from landbridge.tables import embedded_table
from landbridge.world.sectors.facts import SectorList, sector_list

DIVISIONS: Final = re.compile(r"[A-Z]?(\d{2})\d?[A-Z]?(?:T[A-Z]?(\d{2})\d?)?")
SECTIONS: Final = re.compile(r"([A-U])(?:T([A-U]))?")
SHIPPED: Final = 20
FULL: Final = 50


def divisions_of(code: str) -> tuple[str, ...]:
    """Find the two-digit divisions that a code names; empty where it names none.

    Examples
    --------
    >>> divisions_of("C10T12"), divisions_of("A01_02"), divisions_of("E_F")[:2]
    (('10', '11', '12'), ('01', '02'), ('36', '37'))
    >>> divisions_of("cars")
    ()
    """
    found: list[str] = []
    for part in code.strip().upper().split("_"):
        numbers = DIVISIONS.fullmatch(part)
        letters = SECTIONS.fullmatch(part)
        if numbers is not None:
            first, last = int(numbers[1]), int(numbers[2] or numbers[1])
            held = [f"{number:02d}" for number in range(first, last + 1)]
            found += [division for division in held if division in sections()]
        elif letters is not None:
            ends = letters[1], letters[2] or letters[1]
            found += [d for d, section in sections().items() if ends[0] <= section <= ends[1]]
        else:
            return ()
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1)
def sections() -> Mapping[str, str]:
    """Read the section of every division."""
    table = embedded_table("world", "isic_sections")
    rows = zip(table["section"], table["first"], table["last"], strict=True)
    return {f"{number:02d}": s for s, low, high in rows for number in range(low, high + 1)}


def own_sectors(
    codes: Sequence[str], told: pd.DataFrame | None = None, *, where: str = ""
) -> SectorList:
    """Describe the sectors of a table of the user's.

    Parameters
    ----------
    codes
        S codes in the order wanted.
    told
        What the user says of them: sector, and any of title, kind, divisions, cargo_class;
        empty text where nothing is said.
    where
        For messages.

    Raises
    ------
    DataError
        A sector that is neither known by its code nor described.
    """
    said = {} if told is None else told.set_index("sector").to_dict(orient="index")
    known = _known()
    rows, unknown = [], []
    divisions: dict[str, tuple[str, ...]] = {}
    cargo: dict[str, str] = {}
    for code in codes:
        own = said.get(code, {})
        held = tuple(str(own.get("divisions", "")).split()) or divisions_of(code)
        title, kind, broad = known.get(code) or _by_division(code, held)
        kind = str(own.get("kind", "")) or kind
        if not kind:
            unknown.append(code)
        rows.append((str(own.get("title", "")) or title, kind, broad or _broad(kind)))
        divisions[code] = held
        if own.get("cargo_class"):
            cargo[code] = str(own["cargo_class"])
    if unknown:
        raise DataError(
            f"sectors that no code of ISIC Rev. 4 and no table explains: {', '.join(unknown[:10])}"
            + (f" and {len(unknown) - 10} more" if len(unknown) > 10 else ""),  # noqa: PLR2004
            where=where,
            mend="Add a table with the columns sector and kind (goods, margin or services), and "
            "divisions (ISIC Rev. 4, such as 10 11 12).",
        )
    titles, kinds, broads = zip(*rows, strict=True)
    return SectorList(tuple(codes), titles, kinds, broads, {}, divisions, cargo)


def shipped_groups(sectors: SectorList) -> tuple[str, ...]:
    """Find the sector among the 20 in which each sector lies, S texts; empty where unknown.

    A sector that reaches over several of them is put where most of its divisions are.
    """
    group = _shipped_by_division()
    names = set(sector_list(SHIPPED).codes)
    found = []
    for code in sectors.codes:
        held = [group[d] for d in division_list(sectors, code) if d in group]
        found.append(code if code in names else max(held, key=held.count) if held else "")
    return tuple(found)


def division_list(sectors: SectorList, code: str) -> tuple[str, ...]:
    """List the divisions of a sector: as told, or as its code says."""
    return sectors.divisions.get(code) or divisions_of(code)


def full_sector(division: str) -> str:
    """Find the first of the OECD's 50 sectors that holds a division; empty where none does."""
    return _full_by_division().get(division, "")


@lru_cache(maxsize=1)
def _full_by_division() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code in sector_list(FULL).codes:
        for division in divisions_of(code):
            found.setdefault(division, code)
    return found


@lru_cache(maxsize=1)
def _shipped_by_division() -> Mapping[str, str]:
    return {d: code for code in sector_list(SHIPPED).codes for d in divisions_of(code)}


@lru_cache(maxsize=1)
def _known() -> Mapping[str, tuple[str, str, str]]:
    found: dict[str, tuple[str, str, str]] = {}
    for detail in (FULL, SHIPPED):
        known = sector_list(detail)
        rows = zip(known.codes, known.titles, known.kinds, known.broad, strict=True)
        found |= {code: (title, kind, broad) for code, title, kind, broad in rows}
    return found


def _by_division(code: str, held: Sequence[str]) -> tuple[str, str, str]:
    """Find title, kind and broad sector of the section in which most divisions lie."""
    letters = [sections()[division] for division in held if division in sections()]
    if not letters:
        return code, "", ""
    table = embedded_table("world", "isic_sections").set_index("section")
    row = table.loc[max(letters, key=letters.count)]
    whole = f"{row['title']} ({code})"
    return whole, str(row["kind"]), str(row["broad"])


def _broad(kind: str) -> str:
    return "industry" if kind == "goods" else "services"
