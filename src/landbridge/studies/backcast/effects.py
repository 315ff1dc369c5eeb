"""What agreements did to trade in the embedded panel, one by one, and drawn towards each other.

The effect of one agreement: Poisson likelihood of the year of the check on the last year before,
sizes given, the pairs' own past taken off, one coefficient for the pairs that it binds. Its error
comes from how pairs of the same size and unrest miss without any agreement. With two or so pairs an
agreement tells little by itself: empirical Bayes draws each estimate towards the mean of all, the
more the wider its error is against the spread of agreements (Morris 1983; the spread by Paule and
Mandel 1982).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from landbridge.gravity.uses.history_panel import agreement_square
from landbridge.gravity.uses.own_past import fit_own_past
from landbridge.gravity.uses.sizes import between, effect_given_sizes, year_square
from landbridge.studies.backcast.register import SHORTEST, Entry, register
from landbridge.tables import embedded_table
from landbridge.tasks import Progress, no_progress
from landbridge.units import PERCENT, BoolArray, FloatArray
from landbridge.world.history import load_history

EFFECTS: Final = "backcast_effects"
LEAST: Final = 1.0
"""Pairs that trade less in either year, million USD, are not scored."""
SHORTEST_KNOWN: Final = 2
"""Years that an agreement must have bound before its effect counts as known."""
TWO_THIRDS: Final = (15.87, 84.13)
FEWEST: Final = 5
"""Agreements whose effect must be known beforehand for their mean to be used."""
Z_90: Final = 1.6448536269514722


@dataclass(frozen=True, eq=False)
class Shrunk:
    """Estimates drawn towards their mean.

    Attributes
    ----------
    mean, mean_error
        Of the effects, and its standard error.
    spread
        Standard deviation of true effects over agreements.
    estimates, errors
        ``[n]`` posterior means and standard deviations.
    """

    mean: float
    mean_error: float
    spread: float
    estimates: FloatArray
    errors: FloatArray

    @property
    def next_error(self) -> float:
        """Standard deviation of the effect of an agreement yet to be seen."""
        return float(np.hypot(self.mean_error, self.spread))


def shrink(estimates: FloatArray, errors: FloatArray) -> Shrunk:
    """Draw estimates towards their mean by empirical Bayes.

    Parameters
    ----------
    estimates, errors
        ``[n]`` with their standard errors.

    Examples
    --------
    >>> found = shrink(np.array([0.0, 0.2]), np.array([0.5, 0.5]))
    >>> round(found.mean, 3), found.spread, round(float(found.estimates[0]), 3)
    (0.1, 0.0, 0.1)
    """
    variance = errors**2

    def excess(spread: float) -> float:
        weights = 1.0 / (variance + spread**2)
        mean = weights @ estimates / weights.sum()
        return float(weights @ (estimates - mean) ** 2) - (len(estimates) - 1)

    top = float(np.ptp(estimates)) + 1.0
    spread = 0.0 if excess(0.0) <= 0 or excess(top) > 0 else float(brentq(excess, 0.0, top))
    weights = 1.0 / (variance + spread**2)
    mean, mean_error = float(weights @ estimates / weights.sum()), float(weights.sum() ** -0.5)
    own = spread**2 / (spread**2 + variance)
    posterior = mean + own * (estimates - mean)
    # The second part: the mean itself is estimated.
    errors_after = np.sqrt(own * variance + ((1.0 - own) * mean_error) ** 2)
    return Shrunk(mean, mean_error, spread, posterior, errors_after)


@dataclass(frozen=True)
class Effect:
    """What one agreement did between two years.

    Attributes
    ----------
    entry
        The agreement.
    until, check
        The years compared.
    pairs
        Directed pairs that it newly binds and that trade in both years.
    already_bound_percent
        Of these, how many a free trade area bound before.
    estimate, error
        Log points.
    """

    entry: Entry
    until: int
    check: int
    pairs: int
    already_bound_percent: float
    estimate: float
    error: float


@lru_cache(maxsize=512)
def effect_of(entry: Entry, until: int, check: int) -> Effect | None:
    """Estimate what an agreement did between two years; None where none of its pairs is scored."""
    treated = entry.treated(check=check)
    scored = treated & scored_cells(until, check)
    if not scored.any():
        return None
    past = fit_own_past(until, check - until)
    before, after = between(until, check)
    start = before * np.exp(past.shift(until))
    np.fill_diagonal(start, np.diagonal(before))
    estimate, fitted = effect_given_sizes(start, after, scored)
    spreads = np.array([_deviation(pool) for pool in past.pools])[past.groups(until)]
    weights = fitted[scored]
    error = float(np.sqrt(((weights * spreads[scored]) ** 2).sum()) / weights.sum())
    bound = agreement_square(load_history(), until)
    return Effect(
        entry=entry,
        until=until,
        check=check,
        pairs=int(scored.sum()),
        already_bound_percent=float(PERCENT * bound[scored].mean()),
        estimate=estimate,
        error=error,
    )


def _deviation(errors: FloatArray) -> float:
    """Compute half the width that holds two thirds: a standard deviation that no outlier rules."""
    low, high = np.percentile(errors, TWO_THIRDS)
    return float(high - low) / 2.0


def scored_cells(until: int, check: int) -> BoolArray:
    """Mark pairs that trade at least `LEAST` in both years, ``[N, N]``."""
    start, end = year_square(until), year_square(check)
    foreign = ~np.eye(len(start), dtype=np.bool_)
    return np.asarray(foreign & (start >= LEAST) & (end >= LEAST))


def known_effects(until: int, *, without: BoolArray | None = None) -> tuple[Effect, ...]:
    """Read the effects of the register's agreements that data up to a year can tell.

    Parameters
    ----------
    until
        Last year that may be known.
    without
        ``[N, N]`` pairs: agreements that bind one of them newly are left out.
    """
    table = embedded_table("studies", EFFECTS)
    known = table[table["check"] <= until].groupby("entry", sort=False).tail(1)
    rows = {str(row["entry"]): row for row in known.to_dict(orient="records")}
    found = []
    for entry in register():
        row = rows.get(entry.entry)
        if row is None or (without is not None and (entry.treated() & without).any()):
            continue
        found.append(
            Effect(
                entry=entry,
                until=int(row["until"]),
                check=int(row["check"]),
                pairs=int(row["pairs"]),
                already_bound_percent=float(row["already_bound_percent"]),
                estimate=float(row["estimate"]),
                error=float(row["error"]),
            )
        )
    return tuple(found)


def estimate_all(progress: Progress = no_progress) -> pd.DataFrame:
    """Estimate every agreement of the register over every number of years that it can be checked.

    Returns
    -------
    pandas.DataFrame
        entry, until, check, pairs, already_bound_percent, estimate, error: the rows of
        ``backcast_effects.csv``, checks rising within an entry.
    """
    rows = []
    entries = [entry for entry in register() if not entry.unchecked]
    for done, entry in enumerate(entries):
        progress("Agreements", done, len(entries))
        for check in range(entry.until + SHORTEST_KNOWN, entry.check + 1):
            effect = effect_of(entry, entry.until, check)
            if effect is not None:
                rows.append(asdict(effect) | {"entry": entry.entry})
    progress("Agreements", len(entries), len(entries))
    return pd.DataFrame(rows)


def shrink_effects(effects: Sequence[Effect]) -> Shrunk:
    """Draw the effects of agreements towards their mean."""
    return shrink(
        np.array([effect.estimate for effect in effects]),
        np.array([effect.error for effect in effects]),
    )


def effects_table(effects: Sequence[Effect]) -> pd.DataFrame:
    """Lay effects out: by agreement, as estimated and drawn towards the mean.

    Returns
    -------
    pandas.DataFrame
        entry, name, until, check, pairs, already_bound_percent, estimate, error (log points),
        shrunk, shrunk_error, effect_percent (+_low, _high: 90 percent band), of the shrunk one.
    """
    shrunk = shrink_effects(effects)
    rows = [
        {
            "entry": effect.entry.entry,
            "name": effect.entry.name,
            "until": effect.until,
            "check": effect.check,
            "pairs": effect.pairs,
            "already_bound_percent": effect.already_bound_percent,
            "estimate": effect.estimate,
            "error": effect.error,
        }
        for effect in effects
    ]
    table = pd.DataFrame(rows).assign(shrunk=shrunk.estimates, shrunk_error=shrunk.errors)
    for end, move in (("", 0.0), ("_low", -Z_90), ("_high", Z_90)):
        value = table["shrunk"] + move * table["shrunk_error"]
        table[f"effect_percent{end}"] = PERCENT * np.expm1(value)
    return table


__all__ = [
    "FEWEST",
    "SHORTEST",
    "Effect",
    "Shrunk",
    "effect_of",
    "effects_table",
    "known_effects",
    "scored_cells",
    "shrink",
    "shrink_effects",
]
