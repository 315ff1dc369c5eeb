"""Identity of economies: ISO 3166-1 alpha-3 codes with their validity, and the names people write.

Facts stand in ``atlas/data``: ``economies.csv`` (the codes of today), ``economy_names.csv`` and
``economy_codes.csv`` (since when each code is valid, which were retired, what came after). Names
are folded (case, accents, punctuation, "&", "St.", a leading or trailing "the") before they are
compared. A code is valid from its first day up to, but not on, the day of its withdrawal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal, TypeAlias, cast

import pandas as pd

from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.tables import embedded_table

Standing: TypeAlias = Literal["official", "user_assigned", "retired"]
"""``official``: in ISO 3166-1 today; ``user_assigned``: from the range left to users."""

Change: TypeAlias = Literal["", "renamed", "merged", "split", "ceased"]
"""How a code ended; empty while it is valid."""

Precision: TypeAlias = Literal["", "day", "month", "year"]
"""How exactly a day is known; empty where there is none."""

REST = "ROW"
"""All economies that a file does not name, as one; ISO 3166-1 has no code for it."""

_PRECISE_LENGTH = {"day": 10, "month": 7, "year": 4}  # characters of YYYY-MM-DD that are known


@dataclass(frozen=True)
class Validity:
    """An interval in which a code was or is valid.

    Attributes
    ----------
    iso3, name
        The code, and the short name of what it stands or stood for.
    valid_from
        First day.
    valid_until
        Day of the withdrawal, the first on which the code is not valid; None while it is valid.
    standing
        ``official``, ``user_assigned`` or ``retired``.
    successors
        Codes that came directly after, sorted; empty while the code is valid.
    change
        How it ended: ``renamed``, ``merged``, ``split``, ``ceased``; empty while it is valid.
    from_precision, until_precision
        How exactly the two days are known.
    """

    iso3: str
    name: str
    valid_from: date
    valid_until: date | None
    standing: Standing
    successors: tuple[str, ...] = ()
    change: Change = ""
    from_precision: Precision = "day"
    until_precision: Precision = ""

    def holds(self, *, on: date) -> bool:
        """Say whether the code is valid on a day."""
        day = _day(on)
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    def span(self) -> str:
        """Say from when to when, as exactly as the days are known."""
        start = _told(self.valid_from, self.from_precision)
        if self.valid_until is None:
            return f"since {start}"
        return f"from {start} to {_told(self.valid_until, self.until_precision)}"


# Thousands of names of places are compared again and again.
@lru_cache(maxsize=2**16)
def fold(name: str) -> str:
    """Bring a name to the form in which names are compared.

    Examples
    --------
    >>> fold("The Gambia"), fold("Türkiye"), fold("Congo, Dem. Rep."), fold("St. Kitts & Nevis")
    ('gambia', 'turkiye', 'congo dem rep', 'saint kitts and nevis')
    """
    spelt = name.replace("\u2019", "'").replace("&", " and ")
    plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^a-z0-9]+", " ", plain.casefold()).strip()
    whole = re.sub(r"\bst\b", "saint", words)
    return re.sub(r"^(the )+|( the)+$", "", whole)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    economies = embedded_table("atlas", "economies")
    found = {fold(name): iso3 for iso3, name in zip(economies.iso3, economies.name, strict=True)}
    aliases = embedded_table("atlas", "economy_names")
    found |= {fold(name): iso3 for name, iso3 in zip(aliases.name, aliases.iso3, strict=True)}
    return found


@lru_cache(maxsize=1)
def _by_code() -> dict[str, str]:
    economies = embedded_table("atlas", "economies")
    return dict(zip(economies.iso3, economies.name, strict=True))


def known_codes() -> tuple[str, ...]:
    """List every ISO3 code that Landbridge knows, sorted."""
    return tuple(sorted(_by_code()))


def known_names() -> tuple[str, ...]:
    """List the short English name of every economy, sorted."""
    return tuple(sorted(_by_code().values()))


def name_of(iso3: str) -> str:
    """Look up the short English name of an economy, the rest of the world among them.

    Raises
    ------
    UnknownNameError
        The code is not known.
    """
    if iso3 == REST:
        return "Rest of the world"
    names = _by_code()
    if iso3 not in names:
        raise UnknownNameError(f"'{iso3}' is not a known economy.", mend=_hint(iso3))
    return names[iso3]


def validity(iso3: str) -> Validity:
    """Look up the validity of a code, valid today or retired; the latest interval of two.

    Raises
    ------
    UnknownNameError
        There never was such a code.

    Examples
    --------
    >>> validity("SCG").valid_until, validity("SCG").successors
    (datetime.date(2006, 9, 26), ('MNE', 'SRB'))
    """
    return validities(iso3)[-1]


def validities(iso3: str) -> tuple[Validity, ...]:
    """List every interval of a code in order of time; ATF alone has two.

    Raises
    ------
    UnknownNameError
        There never was such a code.
    """
    if iso3 not in _intervals():
        raise UnknownNameError(f"'{iso3}' is not a known code.", mend=_hint(iso3))
    return _intervals()[iso3]


def is_valid(iso3: str, *, on: date) -> bool:
    """Say whether a code was valid on a day; False for what never was a code.

    Examples
    --------
    >>> is_valid("SCG", on=date(2005, 1, 1)), is_valid("SSD", on=date(2005, 1, 1))
    (True, False)
    """
    return any(interval.holds(on=on) for interval in _intervals().get(iso3, ()))


def valid_codes(*, on: date) -> tuple[str, ...]:
    """List every code that was valid on a day, XKX among them since its use, sorted.

    Examples
    --------
    >>> len(valid_codes(on=date(2005, 1, 1))), len(valid_codes(on=date(2025, 1, 1)))
    (240, 250)
    """
    return tuple(sorted(iso3 for iso3 in _intervals() if is_valid(iso3, on=on)))


def successors(iso3: str) -> tuple[str, ...]:
    """Find the codes of today that came after a retired one, sorted; none for one of today.

    `Validity.successors` gives the codes that came directly after.

    Raises
    ------
    UnknownNameError
        There never was such a code.

    Examples
    --------
    >>> successors("YUG"), successors("BUR"), successors("PAK")
    (('MNE', 'SRB'), ('MMR',), ())
    """
    found: set[str] = set()
    for code in validity(iso3).successors:
        found |= {code} if code in _by_code() else set(successors(code))
    return tuple(sorted(found))


def predecessors(iso3: str) -> tuple[str, ...]:
    """Find the retired codes directly after which a code came, sorted.

    Raises
    ------
    UnknownNameError
        There never was such a code.

    Examples
    --------
    >>> predecessors("RUS"), predecessors("DEU"), predecessors("SCG")
    (('SUN',), ('DDR',), ('YUG',))
    """
    validity(iso3)  # refuses what never was a code
    return tuple(
        sorted(
            code
            for code, intervals in _intervals().items()
            if code != iso3 and any(iso3 in each.successors for each in intervals)
        )
    )


def identify(text: str, *, where: str = "") -> str:
    """Turn a code or a name into the code it stands for, be that valid today or retired.

    Raises
    ------
    UnknownNameError
        Nothing of that name is or was known.

    Examples
    --------
    >>> identify("Soviet Union"), identify("yug"), identify("Burma")
    ('SUN', 'YUG', 'MMR')
    """
    code = text.strip().upper()
    if code in _intervals():
        return code
    folded = fold(text)
    found = _names().get(folded) or _former_names().get(folded)
    if found is None:
        raise UnknownNameError(f"'{text}' is not a known economy.", where=where, mend=_hint(text))
    return found


def resolve(text: str, *, where: str = "", on: date | None = None) -> str:
    """Turn a code or a name into an ISO3 code.

    Parameters
    ----------
    text
        ``"PAK"``, ``"pak"``, ``"Pakistan"``, ``"Korea, Rep."`` ...
    where
        The place it was written, for the message.
    on
        The day on which the code is to be valid. Without one the code is one of today, and a
        retired code gives the new one if the economy was only renamed.

    Returns
    -------
    str
        The ISO 3166-1 alpha-3 code.

    Raises
    ------
    UnknownNameError
        Nothing of that name is known (the message offers the nearest names); it is that of a
        former economy which split or merged (the message says when it ended and what came
        after); or its code was not valid on the day (the message says when it was).

    Examples
    --------
    >>> resolve("uzbekistan"), resolve("ZAR")
    ('UZB', 'COD')
    >>> resolve("SCG", on=date(2005, 1, 1)), resolve("Belarus", on=date(1990, 1, 1))
    ('SCG', 'BYS')
    """
    found = identify(text, where=where)
    if on is None:
        if found in _by_code():
            return found
        now = _renamings(found)[-1]
        if now not in _by_code():
            raise _ended(text, found, where)
        return now
    # A code stands for itself; a name stands for the economy, under whatever code it had.
    written = text.strip().upper() == found
    for code in (found,) if written else _renamings(found):
        if is_valid(code, on=on):
            return code
    raise _not_valid(text, found, where, on)


@lru_cache(maxsize=1)
def _intervals() -> dict[str, tuple[Validity, ...]]:
    table = embedded_table("atlas", "economy_codes").sort_values(["code", "valid_from"])
    found: dict[str, tuple[Validity, ...]] = {}
    for row in table.to_dict(orient="records"):
        iso3, until = str(row["code"]), row["valid_until"]
        interval = Validity(
            iso3=iso3,
            name=row["name"] or _by_code()[iso3],
            valid_from=row["valid_from"].date(),
            valid_until=None if pd.isna(until) else until.date(),
            standing=cast("Standing", row["standing"]),
            successors=tuple(code for code in row["successors"].split(";") if code),
            change=cast("Change", row["change"]),
            from_precision=cast("Precision", row["from_precision"]),
            until_precision=cast("Precision", row["until_precision"]),
        )
        found[iso3] = (*found.get(iso3, ()), interval)
    return found


@lru_cache(maxsize=1)
def _former_names() -> dict[str, str]:
    table = embedded_table("atlas", "economy_codes")
    found: dict[str, str] = {}
    for iso3, name, others in zip(table.code, table.name, table.other_names, strict=True):
        found |= {fold(written): iso3 for written in (name, *others.split(";")) if written}
    return found


def _renamings(iso3: str) -> tuple[str, ...]:
    """List every code that one and the same economy had, in order of time."""
    first = iso3
    while before := [code for code in predecessors(first) if validity(code).change == "renamed"]:
        first = before[0]
    chain = [first]
    while validity(chain[-1]).change == "renamed":
        chain.append(validity(chain[-1]).successors[0])
    return tuple(chain)


def _ended(text: str, iso3: str, where: str) -> UnknownNameError:
    interval = validity(iso3)
    message = f"{_quoted(text, iso3)} ended {_end(interval)}; {_afterwards(interval)}."
    mend = "Name the economies that are meant."
    return UnknownNameError(message, where=where, mend=mend)


def _not_valid(text: str, iso3: str, where: str, on: date) -> UnknownNameError:
    day, interval = _day(on), validity(iso3)
    spans = " and ".join(each.span() for each in validities(iso3))
    kind = "was valid" if interval.valid_until else "is valid"
    message = f"{_quoted(text, iso3)} {kind} {spans}, not on {day.isoformat()}."
    if interval.valid_until and day >= interval.valid_until:
        told = _afterwards(interval)
        return UnknownNameError(message, where=where, mend=f"{told[0].upper()}{told[1:]}.")
    before = [code for code in predecessors(iso3) if is_valid(code, on=day)]
    mend = f"Before it came {_listed(before)}." if before else ""
    return UnknownNameError(message, where=where, mend=mend)


def _afterwards(interval: Validity) -> str:
    if interval.change == "ceased":
        return "nothing came after it"
    if interval.change == "merged":
        return f"it became part of {_listed(interval.successors)}"
    told = f"after it came {_listed(interval.successors)}"
    if interval.successors == (today := successors(interval.iso3)):
        return told
    ends = (_end(validity(code)) for code in interval.successors if code not in _by_code())
    return f"{told} (ended {', '.join(ends)}), today {_listed(today)}"


def _end(interval: Validity) -> str:
    if interval.valid_until is None:
        return ""
    word = "on" if interval.until_precision == "day" else "in"
    return f"{word} {_told(interval.valid_until, interval.until_precision)}"


def _told(day: date, precision: Precision) -> str:
    return day.isoformat()[: _PRECISE_LENGTH.get(precision)]


def _quoted(text: str, iso3: str) -> str:
    return f"'{text}'" if text.strip().upper() == iso3 else f"'{text}' ({iso3})"


def _listed(codes: Sequence[str]) -> str:
    return codes[0] if len(codes) == 1 else f"{', '.join(codes[:-1])} and {codes[-1]}"


def _day(on: date) -> date:
    if isinstance(on, datetime):
        return on.date()
    if not isinstance(on, date):
        raise InputError(f"'{on}' is not a day.", where="on", mend="Give a datetime.date.")
    return on


def _hint(text: str) -> str:
    names = _by_code()
    code_like = len(text.strip()) <= 3  # noqa: PLR2004 - the length of an ISO3 code
    former = [name for name in embedded_table("atlas", "economy_codes")["name"] if name]
    written = [*names.values(), *embedded_table("atlas", "economy_names")["name"], *former]
    hint = suggest(text, names if code_like else written)
    return hint or "`landbridge world` lists the economies."
