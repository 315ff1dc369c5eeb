"""Read the small texts of the World Factbook: amounts, years, places, lists of partners.

Pure functions over strings; they know no file and no economy. The traps they answer are listed
in ``tools/README.md``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MULTIPLIER: Final = {"trillion": 1e12, "billion": 1e9, "million": 1e6, "thousand": 1e3, "": 1.0}
PERCENT: Final = 100.0

_UNIT = r"(trillion|billion|million|thousand)?"
_MONEY = re.compile(rf"(-?)\s*\$\s*(-?)\s*(\d[\d,]*\.?\d*|\.\d+)\s*{_UNIT}", re.IGNORECASE)
_NUMBER = re.compile(rf"(-?)(\d[\d,]*\.?\d*|\.\d+)\s*{_UNIT}", re.IGNORECASE)
_YEAR = re.compile(r"\((?:FY\s*|[^()]*?\b)?(\d{4})(?:\s*[/-]\s*\d{2,4})?[^()]*\)", re.IGNORECASE)
_PLACE = re.compile(r"(\d+)\s+(\d+)(?:\s+\d+)?\s*([NS])\s*,?\s*(\d+)\s+(\d+)(?:\s+\d+)?\s*([EW])")
_SHARE = re.compile(r"(<\s*|less than\s+)?(\d+(?:\.\d+)?)\s*%", re.IGNORECASE)

Resolver = Callable[[str], "str | None"]


@dataclass(frozen=True)
class Amount:
    """A number and the year it is of (None: the text gives no year)."""

    value: float
    year: int | None


@dataclass(frozen=True)
class Share:
    """One partner of a list: its code, its share (ratio) and the name as printed."""

    iso3: str
    share: float
    raw: str


@dataclass(frozen=True)
class PartnerList:
    """A parsed list of partners.

    Attributes
    ----------
    shares
        In the order printed.
    year
        The year printed behind the list.
    unknown
        Names that could not be resolved.
    text_only
        The list when it carries no percentage at all, else empty.
    """

    shares: tuple[Share, ...]
    year: int | None
    unknown: tuple[str, ...]
    text_only: str


def text_of(entry: object) -> str:
    """Read the text of a Factbook field: a string, or a mapping with ``text``; else empty."""
    if isinstance(entry, str):
        return entry
    if isinstance(entry, dict):
        inner = entry.get("text")
        return inner if isinstance(inner, str) else ""
    return ""


def clean(text: str) -> str:
    """Undo HTML entities and tags and squeeze blanks.

    Examples
    --------
    >>> clean("<b>C&ocirc;te</b>&nbsp; d'Ivoire")
    "Côte d'Ivoire"
    """
    plain = re.sub(r"<[^>]+>", " ", html.unescape(text)).replace("\xa0", " ")
    return re.sub(r"\s+", " ", plain).strip()


def year_of(text: str) -> int | None:
    """Find the year in brackets: ``(2023 est.)``, ``(FY2014 est.)``, ``(FY12/13)`` gives None.

    Examples
    --------
    >>> year_of("$25.11 billion (FY2014 est.)"), year_of("none")
    (2014, None)
    """
    found = _YEAR.search(clean(text))
    return int(found.group(1)) if found else None


def is_missing(text: str) -> bool:
    """Tell whether a cleaned text is empty or one of the Factbook's ways to write NA."""
    return not text or re.match(r"\$?\s*(NA|N/A)\b", text) is not None


def _amount(found: re.Match[str], signs: str, digits: str, unit: str, text: str) -> Amount:
    value = float(digits.replace(",", "")) * MULTIPLIER[unit.lower()]
    return Amount(-value if "-" in signs else value, year_of(text[found.start() :]))


def money(text: str) -> Amount | None:
    """Read the first amount in dollars; the minus sign stands before or behind the ``$``.

    Examples
    --------
    >>> money("$1.39 trillion (2024 est.)"), money("-$5.2 million (2020)"), money("NA")
    (Amount(value=1390000000000.0, year=2024), Amount(value=-5200000.0, year=2020), None)
    """
    plain = clean(text)
    found = None if is_missing(plain) else _MONEY.search(plain)
    if found is None:
        return None
    before, behind, digits, unit = found.groups()
    return _amount(found, before + behind, digits, unit or "", plain)


def number(text: str) -> Amount | None:
    """Read the first number, with its unit word and year.

    Examples
    --------
    >>> number("257,047,044 (2025 est.)"), number("-17.1% (2024 est.)")
    (Amount(value=257047044.0, year=2025), Amount(value=-17.1, year=2024))
    """
    plain = clean(text)
    found = None if is_missing(plain) else _NUMBER.search(plain)
    if found is None:
        return None
    sign, digits, unit = found.groups()
    return _amount(found, sign, digits, unit or "", plain)


def several(text: str) -> tuple[str, ...]:
    """Split a field that gives several years with ``++`` between them (2014 vintage)."""
    return tuple(part.strip() for part in text.split("++") if part.strip())


def place(text: str) -> tuple[float, float] | None:
    """Read ``30 00 N, 70 00 E`` as latitude and longitude in degrees.

    Examples
    --------
    >>> place("33 41 N, 73 03 E")
    (33.6833, 73.05)
    """
    found = _PLACE.search(clean(text))
    if found is None:
        return None
    lat_deg, lat_min, north, lon_deg, lon_min, east = found.groups()
    latitude = int(lat_deg) + int(lat_min) / 60
    longitude = int(lon_deg) + int(lon_min) / 60
    return (
        round(latitude if north == "N" else -latitude, 4),
        round(longitude if east == "E" else -longitude, 4),
    )


def partners(text: str, resolve: Resolver) -> PartnerList:
    """Read a list of trade partners.

    Parameters
    ----------
    text
        ``"USA 14%, Congo, Republic of the 5% (2023)"``: a name may hold a comma, so the list is
        cut behind each percentage, not at commas.
    resolve
        Gives the code of a name, ``""`` for a name that is no economy (``Europe``), or None.

    Returns
    -------
    PartnerList
        Shares are ratios; ``< 1%`` is read as half of the printed figure.
    """
    plain = clean(text)
    year = year_of(plain)
    body = _YEAR.sub("", plain).strip()
    shares: list[Share] = []
    unknown: list[str] = []
    start = 0
    for found in _SHARE.finditer(body):
        name = re.sub(r"^(and|note)\s+", "", body[start : found.start()].strip(" ,;:")).strip()
        start = found.end()
        code = resolve(name)
        if code is None:
            code = resolve(re.sub(r"\s*\([^)]*\)", "", name).strip())
        if code is None:
            unknown.append(name)
        elif code:
            below = 0.5 if found.group(1) else 1.0
            shares.append(Share(code, below * float(found.group(2)) / PERCENT, name))
    has_none = start == 0 and not is_missing(body)
    return PartnerList(tuple(shares), year, tuple(unknown), body if has_none else "")


def borders(text: str) -> tuple[tuple[str, float], ...]:
    """Read a list of land borders: names and km.

    Separators are ``;`` (2026) or ``,`` (2014); a thousands comma is no separator, nor is a
    comma inside a name.

    Examples
    --------
    >>> borders("Afghanistan 2,670 km; China 438 km"), borders("Angola 231 km, Gabon 2,567 km")
    ((('Afghanistan', 2670.0), ('China', 438.0)), (('Angola', 231.0), ('Gabon', 2567.0)))
    """
    plain = re.sub(r"\bnote\b.*$", "", clean(text), flags=re.IGNORECASE)
    plain = re.sub(r"\([^)]*\d[^)]*\)", "", plain)  # remarks such as "(includes 2,475 km ...)"
    found = []
    start = 0
    for match in re.finditer(r"\d[\d,]*(?:\.\d+)?\s*km", plain):
        name = re.sub(r"^and\s+", "", plain[start : match.start()].strip(" ,;:"))
        start = match.end()
        km = float(match.group(0).removesuffix("km").replace(",", ""))
        found.append((name, km))
    return tuple(found)


def sentence_names(text: str, fragments: dict[str, str]) -> frozenset[str]:
    """List the codes whose name fragment stands in a text as whole words."""
    plain = clean(text)
    return frozenset(
        code
        for fragment, code in fragments.items()
        if re.search(rf"\b{re.escape(fragment)}\b", plain)
    )
