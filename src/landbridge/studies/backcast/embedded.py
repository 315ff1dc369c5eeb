"""Backcasts of blocs and agreements on the embedded panel, with what earlier agreements did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landbridge.errors import InputError
from landbridge.gravity.uses.history_panel import trade_panel
from landbridge.gravity.uses.own_past import fit_own_past
from landbridge.gravity.uses.sizes import year_square
from landbridge.studies.backcast.effects import FEWEST, known_effects, shrink_effects
from landbridge.studies.backcast.panel import BackcastQuestion, Beforehand
from landbridge.studies.backcast.register import find_entry
from landbridge.studies.backcast.study import Backcast, backcast
from landbridge.units import BoolArray
from landbridge.world.history import ATTRIBUTION, load_history

TREATY: Final = "treaty"


@dataclass(frozen=True)
class Span:
    """The years of a backcast, where they are not those of the register, and its draws.

    Attributes
    ----------
    until, check
        Last year known and year of the check; 0: those of the register.
    draws, seed
        For the bands.
    """

    until: int = 0
    check: int = 0
    draws: int = 400
    seed: int = 2026


def embedded_backcast(name: str, span: Span | None = None) -> Backcast:
    """Backcast a bloc or an agreement on the embedded panel.

    Parameters
    ----------
    name
        An entry of the register, or a bloc or agreement of the atlas.
    span
        Years and draws.

    Returns
    -------
    Backcast
        As of a panel of one's own, with the pairs' own past as a third prediction.

    Raises
    ------
    UnknownNameError
        Nothing of that name is known.
    InputError
        The panel lacks the years, the treaty binds no new pair between them, or fewer than five
        earlier agreements are known.
    """
    span = span or Span()
    entry = find_entry(name)
    if not (span.until and span.check) and entry.unchecked:
        raise InputError(
            f"{entry.name}: {entry.unchecked}.",
            where="--bloc",
            mend="Give --until and --check, or a panel of your own.",
        )
    until, check = span.until or entry.until, span.check or entry.check
    if check <= until:
        raise InputError("the check must come after the last year known.", where="--check")
    treated = entry.treated(until=span.until, check=check)
    there = there_in((until, check))
    treated = treated & np.outer(there, there)
    if not treated.any():
        raise InputError(
            f"{entry.name} binds no pair in {check} that it did not bind in {until}.",
            where="--bloc",
            mend="Name other years.",
        )
    codes = load_history().iso3
    parties = tuple(code for code, row in zip(codes, treated, strict=True) if row.any())
    question = BackcastQuestion(
        parties,
        until=until,
        check=check,
        every=1,
        draws=span.draws,
        seed=span.seed,
        treaty=TREATY,
    )
    table = _table((until - 1, until, check), treated, there)
    return backcast(table, question, beforehand=prior(until, check, treated, there=there))


def there_in(years: tuple[int, ...]) -> BoolArray:
    """Mark economies that have trade or GDP on record in all of the years, ``[N]``."""
    return np.asarray(np.all([np.diagonal(year_square(year)) > 0 for year in years], axis=0))


def _table(years: tuple[int, ...], treated: BoolArray, there: BoolArray) -> pd.DataFrame:
    """Lay the years out as a panel with domestic sales; the treaty stands in the last year."""
    table: pd.DataFrame = trade_panel(years).table
    codes = set(np.asarray(load_history().iso3)[there])
    table = table[table["exporter"].isin(codes) & table["importer"].isin(codes)].copy()
    history = load_history()
    place = {code: at for at, code in enumerate(history.iso3)}
    told = history.known[history.at(years[-1])] | np.eye(len(place), dtype=np.bool_)
    cells = table["exporter"].map(place).to_numpy(), table["importer"].map(place).to_numpy()
    # A pair of which the check says nothing is left out of the years before too.
    table = table[told[cells]].copy()
    cells = table["exporter"].map(place).to_numpy(), table["importer"].map(place).to_numpy()
    last = table["year"].to_numpy() == years[-1]
    table[TREATY] = (last & treated[cells]).astype(np.float64)
    return table.rename(columns={"goods_million_usd": "trade"})


def prior(until: int, check: int, treated: BoolArray, *, there: BoolArray) -> Beforehand:
    """Gather what data up to a year say of agreements, and of pairs by their own past.

    Parameters
    ----------
    until, check
        Last year that may be known, and the year asked for.
    treated
        ``[N, N]`` pairs in question: agreements that bind one of them newly are left out.
    there
        ``[N]`` economies that are kept.

    Raises
    ------
    InputError
        Too few earlier agreements are known.
    """
    effects = known_effects(until, without=treated)
    if len(effects) < FEWEST:
        raise InputError(
            f"the effects of {len(effects)} earlier agreements are known by {until}; their mean "
            f"needs {FEWEST}.",
            where="--until",
            mend="Name a later year.",
        )
    shrunk = shrink_effects(effects)
    past = fit_own_past(until, check - until)
    checks = [effect.check for effect in effects]
    years = f"{min(effect.until for effect in effects)} to {max(checks)}"
    rows = [
        ("mean of earlier agreements", shrunk.mean, shrunk.mean_error),
        ("spread of agreements about it", shrunk.spread, np.nan),
        ("an agreement yet to be seen", shrunk.mean, shrunk.next_error),
    ]
    estimate = pd.DataFrame(rows, columns=["term", "estimate", "std_error"])
    notes = (
        (
            f"Effect: the mean of {len(effects)} agreements that were known by {until}, each "
            "estimated by itself and drawn towards the mean (empirical Bayes); its error holds "
            "the spread of agreements. Agreements that newly bind the same pairs are left out."
        ),
        (
            f"Own past: a part of the gap to what gravity makes usual closes, and a part of the "
            f"last year's move passes; learnt from {past.start} to {past.end}, errors from pairs "
            "held out."
        ),
        f"{int((~there).sum())} economies have no trade or GDP on record in both years.",
        *_domestic_notes((until, check)),
        ATTRIBUTION,
    )
    return Beforehand(
        effect=shrunk.mean,
        error=shrunk.next_error,
        estimate=estimate.assign(rows=len(effects), years=years, left_out=""),
        own_past=past.shift(until)[np.ix_(there, there)],
        groups=past.groups(until)[np.ix_(there, there)],
        pools=past.pools,
        notes=notes,
    )


def _domestic_notes(years: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(note for note in trade_panel(years).notes if note.startswith("Domestic sales"))
