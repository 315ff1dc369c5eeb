"""Codes of economies as data files write them, and what they are here.

Numbers are ISO 3166-1 unless Comtrade means something else by them; letters are ISO 3166-1
alpha-3 unless a list of older and home-made codes says otherwise. An economy that is no more keeps
its withdrawn code; a group, a residual or the world is no economy and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from landbridge.codes import known_codes, resolve
from landbridge.errors import UnknownNameError, suggest
from landbridge.tables import embedded_table

Coding: TypeAlias = Literal["numbers", "letters", "names"]
"""How a file writes economies: Comtrade's numbers, ISO's letters, or codes and names mixed."""

Standing: TypeAlias = Literal[
    "economy", "former", "rest", "kept", "group", "residual", "world", "aggregate", "unknown"
]

KEPT: Final = frozenset({"economy", "former", "rest", "kept"})
CODES_SHOWN: Final = 10
WHY: Final[Mapping[str, str]] = {
    "group": "a group, not an economy",
    "residual": "not an economy (bunkers, free zones, areas not specified)",
    "world": "the world: a total",
    "aggregate": "an aggregate, not an economy",
    "unknown": "an unknown code",
}


@dataclass(frozen=True)
class Identity:
    """What a code stands for.

    Attributes
    ----------
    code
        As the file writes it.
    iso3
        What it is here; empty when it is no economy.
    standing
        Economy, former economy, rest of the world, unknown but kept as written, group, residual,
        world, aggregate or unknown.
    hint
        For an unknown code: what may have been meant.
    """

    code: str
    iso3: str
    standing: Standing
    hint: str = ""

    @property
    def kept(self) -> bool:
        """Whether rows of it come into a table."""
        return self.standing in KEPT

    @property
    def reason(self) -> str:
        """Why rows of it do not."""
        return "" if self.kept else WHY[self.standing]


def identify(
    codes: Iterable[str], coding: Coding, *, extra: Mapping[str, str] | None = None
) -> dict[str, Identity]:
    """Tell what each code stands for.

    Parameters
    ----------
    codes
        Distinct codes of a file.
    coding
        How it writes economies.
    extra
        Codes that the file itself explains (BACI's country list): code to ISO3, or to another code
        of three letters (S19 is Taiwan). What it says comes first; a code that it explains by one
        that nobody knows is read by the embedded list.

    Returns
    -------
    dict
        One identity a code.
    """
    told = extra or {}
    reader = {"numbers": _number, "letters": _letters, "names": _name}[coding]
    found = {}
    for code in codes:
        meant = _letters(told[code]) if told.get(code) else None
        if meant is not None and meant.standing != "unknown":
            found[code] = replace(meant, code=code)
        else:
            found[code] = reader(code)
    return found


def keep_unknown(identities: Mapping[str, Identity]) -> tuple[dict[str, Identity], tuple[str, ...]]:
    """Let codes that nobody knows stand as the file writes them.

    Returns
    -------
    tuple
        The identities, and a remark that names the codes; no remark where all are known.
    """
    unknown = sorted(code for code, one in identities.items() if one.standing == "unknown")
    if not unknown:
        return dict(identities), ()
    kept = {
        code: replace(one, iso3=code.strip(), standing="kept", hint="")
        if one.standing == "unknown"
        else one
        for code, one in identities.items()
    }
    shown = ", ".join(f"'{code[:40]}'" for code in unknown[:CODES_SHOWN])
    more = f" and {len(unknown) - CODES_SHOWN} more" if len(unknown) > CODES_SHOWN else ""
    return kept, (f"codes that nobody knows are kept as written: {shown}{more}",)


@lru_cache(maxsize=1)
def _numbers() -> dict[int, tuple[str, Standing]]:
    economies = embedded_table("atlas", "economies")
    rows = zip(economies["numeric"], economies["iso3"], strict=True)
    found: dict[int, tuple[str, Standing]] = {
        int(number): (iso3, "economy") for number, iso3 in rows if number
    }
    table = embedded_table("sources", "comtrade_codes")
    for code, kind, identity in zip(table["code"], table["kind"], table["identity"], strict=True):
        found[int(code)] = (identity, kind)
    return found


@lru_cache(maxsize=1)
def _letter_table() -> dict[str, tuple[str, Standing]]:
    found: dict[str, tuple[str, Standing]] = {code: (code, "economy") for code in known_codes()}
    table = embedded_table("sources", "letter_codes")
    for code, kind, identity in zip(table["code"], table["kind"], table["identity"], strict=True):
        if kind in {"alias", "split"}:
            found[code] = (identity, "economy")
        elif kind == "former":
            found[code] = (identity or code, "former")
        else:
            found[code] = (identity, "rest" if kind == "rest" else "group")
    aggregates = embedded_table("sources", "wdi_aggregates")
    for code in aggregates["code"]:
        found.setdefault(code, ("", "aggregate"))
    return found


def _number(code: str) -> Identity:
    try:
        number = int(float(code))
    except (ValueError, OverflowError):
        return _letters(code)
    iso3, standing = _numbers().get(number, ("", "unknown"))
    return Identity(code, iso3 if standing in KEPT else "", standing)


def _letters(code: str) -> Identity:
    # Dynamic codes write a changed economy as DEU.1 or SDN.2.
    plain = code.strip().upper().split(".", 1)[0]
    iso3, standing = _letter_table().get(plain, ("", "unknown"))
    hint = suggest(plain, known_codes()) if standing == "unknown" else ""
    return Identity(code, iso3 if standing in KEPT else "", standing, hint)


def _name(code: str) -> Identity:
    letters = _letters(code)
    if letters.standing != "unknown":
        return letters
    try:
        return Identity(code, resolve(code), "economy")
    except UnknownNameError as error:
        return Identity(code, "", "unknown", str(error))
