"""Identity of economies: ISO 3166-1 alpha-3 codes, and the names people write for them.

Facts stand in ``atlas/data/economies.csv`` and ``atlas/data/economy_names.csv``. Names are folded
(case, accents, punctuation, "&", "St.", a leading or trailing "the") before they are compared.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from landbridge.errors import UnknownNameError, suggest
from landbridge.tables import embedded_table


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
    """Give every ISO3 code that Landbridge knows, sorted."""
    return tuple(sorted(_by_code()))


def known_names() -> tuple[str, ...]:
    """Give the short English name of every economy, sorted."""
    return tuple(sorted(_by_code().values()))


def name_of(iso3: str) -> str:
    """Give the short English name of an economy.

    Raises
    ------
    UnknownNameError
        The code is not known.
    """
    names = _by_code()
    if iso3 not in names:
        raise UnknownNameError(f"'{iso3}' is not a known economy.", mend=_hint(iso3))
    return names[iso3]


def resolve(text: str, *, where: str = "") -> str:
    """Turn a code or a name into an ISO3 code.

    Parameters
    ----------
    text
        ``"PAK"``, ``"pak"``, ``"Pakistan"``, ``"Korea, Rep."`` ...
    where
        The place it was written, for the message.

    Returns
    -------
    str
        The ISO 3166-1 alpha-3 code.

    Raises
    ------
    UnknownNameError
        Nothing of that name is known; the message offers the nearest names.

    Examples
    --------
    >>> resolve("uzbekistan")
    'UZB'
    """
    code = text.strip().upper()
    if code in _by_code():
        return code
    folded = fold(text)
    if folded in _names():
        return _names()[folded]
    raise UnknownNameError(f"'{text}' is not a known economy.", where=where, mend=_hint(text))


def _hint(text: str) -> str:
    names = _by_code()
    code_like = len(text.strip()) <= 3  # noqa: PLR2004 - the length of an ISO3 code
    written = [*names.values(), *embedded_table("atlas", "economy_names")["name"]]
    hint = suggest(text, names if code_like else written)
    return hint or "`landbridge world` lists the economies."
