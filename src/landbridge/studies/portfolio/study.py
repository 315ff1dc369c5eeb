"""A group of economies as a portfolio, and what it does to the risk of another group.

Returns are series: growth of real GDP from the embedded panel, or what the user gives (growth,
equity indices, bond returns), one column an economy. Without series one thing can still be said
from the baseline: how far the economies sell to the same markets. If demand in each market moved on
its own, by the same standard deviation, the covariance of two economies' sales would be that of
their shares: ``C = sigma**2 B B'`` with B the share of each market, the own one included, in an
economy's sales. That is exposure, not a forecast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from landbridge.atlas.sizes import known_years, size_of
from landbridge.basis import Basis
from landbridge.brief import brief_repr
from landbridge.codes import name_of
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.errors import InputError
from landbridge.scenarios.values.parties import expand
from landbridge.studies.contract import certificate_of
from landbridge.studies.portfolio.mean_variance import (
    KKT_LIMIT,
    Moments,
    diversification_ratio,
    frontier,
    maximum_diversification,
    minimum_variance,
    moments,
    optimum_gap,
    risk_of,
)
from landbridge.studies.portfolio.series import Returns
from landbridge.tables import embedded_table
from landbridge.units import PERCENT, FloatArray, IntArray
from landbridge.world.base import World

FEWEST_OTHERS: Final = 3
POINTS: Final = 9
DEMAND_PERCENT: Final = 10.0
"""Standard deviation of demand in each market, where risk is from exposure: a unit, no estimate."""
PPP: Final = "gdp_ppp"
RESAMPLES = 500
"""Resampled histories of the series; each costs a matrix product, not an equilibrium."""


@dataclass(frozen=True, eq=False, repr=False)
class PortfolioFound:
    """What was found of a portfolio.

    Attributes
    ----------
    selections
        One row a rule and day: selection, on, members, note.
    members
        One row an economy: iso3, name, in (of, beside or both), gdp_ppp_million_usd,
        growth_percent (a year, the atlas), mean_percent and deviation_percent of its returns.
    risk
        One row a set and weighting: set, weights, return_percent, risk_percent,
        out_of_sample_risk_percent (weights without the period they are judged by; missing for
        exposure), diversification (ratio), economies_held, effective_economies.
    effect
        One row a weighting: what adding the one to the other does to risk: risk_before_percent,
        risk_after_percent, change_percent (+_low, _high over resampled periods),
        better_than_percent (share of other sets of as many economies, each at least as large as
        the smallest that is added, whose addition lowers risk by less; missing where there are too
        few others).
    frontier
        One row a point and set: set, return_percent, risk_percent, then a column an economy.
    basis
        ``series`` or ``exposure``.
    notes
        What a reader must know.
    certificate
        The largest breach of the conditions of an optimum over the sets.
    """

    selections: pd.DataFrame
    members: pd.DataFrame
    risk: pd.DataFrame
    effect: pd.DataFrame
    frontier: pd.DataFrame
    basis: str
    notes: tuple[str, ...]
    certificate: pd.DataFrame

    def __repr__(self) -> str:
        """Say what it is, not all that it holds."""
        return brief_repr(self)


def study_portfolio(
    basis: Basis,
    of: str,
    beside: str,
    *,
    on: date,
    series: Returns | None = None,
    draws: int = RESAMPLES,
    seed: int = DEFAULT_SEED,
) -> PortfolioFound:
    """Say what adding one group of economies to another does to risk.

    Parameters
    ----------
    basis
        Its world gives the risk from trade.
    of, beside
        Blocs, composites or economies: what is added, and to what.
    on
        The day on which members are read.
    series
        Returns; risk is from the trade of the baseline when left out.
    draws, seed
        Resampled periods, for the bands, and other sets to compare with.

    Raises
    ------
    InputError
        Nothing is added, or an economy has no series.
    """
    world = basis.world
    base = _members(beside, on)
    added = [code for code in _members(of, on) if code not in base]
    if not added:
        raise InputError(
            f"every member of {of} is in {beside} on {on}.", where="--of", mend="Name another day."
        )
    codes = [*base, *added]
    sample = None if series is None else _columns(series, codes)
    found = _exposure(world, codes) if sample is None else moments(sample)
    sizes = _sizes(codes)
    sets = {
        beside: list(range(len(base))),
        of: list(range(len(base), len(codes))),
        f"{beside} and {of}": list(range(len(codes))),
    }
    rng = np.random.default_rng(seed)
    effect = _effect_table(found, sets, sizes, _resampled(sample, draws, rng))
    others = _others(codes, float(sizes[len(base) :].min()), world, series)
    effect["better_than_percent"] = _better_than(
        base, added, others, (world, series), rng.integers(2**32, size=draws)
    )
    return PortfolioFound(
        selections=selections_table(),
        members=_members_table(codes, base, set(_members(of, on)), found, sizes),
        risk=_risk_table(found, sets, sizes, sample),
        effect=effect,
        frontier=_frontier_table(found, sets, codes),
        basis="exposure" if sample is None else "series",
        notes=_notes(series, found),
        certificate=_certificate(found, sets),
    )


def _certificate(found: Moments, sets: Mapping[str, list[int]]) -> pd.DataFrame:
    """Check the portfolios that are solved for against the conditions of an optimum."""
    parts = [found.part(places) for places in sets.values()]
    least = (
        optimum_gap(one.covariance, np.ones(len(one.mean)), minimum_variance(one)) for one in parts
    )
    widest = (
        optimum_gap(one.covariance, one.deviation, maximum_diversification(one)) for one in parts
    )
    unit = "share of the target"
    return certificate_of(
        [
            ("least risk: breach of the conditions of an optimum", max(least), KKT_LIMIT, unit),
            ("most diversified: the same", max(widest), KKT_LIMIT, unit),
        ]
    )


def selections_table() -> pd.DataFrame:
    """List the selections by rule, then and now: selection, on, members, note."""
    table = embedded_table("studies", "portfolio_selections")
    rows = [
        (
            str(row["selection"]),
            row["on"].date(),
            ", ".join(name_of(code) for code in _members(str(row["selection"]), row["on"].date())),
            row["note"],
        )
        for row in table.to_dict(orient="records")
    ]
    return pd.DataFrame(rows, columns=["selection", "on", "members", "note"])


def codes_of(of: str, beside: str, *, on: date) -> tuple[str, ...]:
    """List the economies of two groups on a day, each once."""
    return tuple(dict.fromkeys([*_members(beside, on), *_members(of, on)]))


def _members(name: str, on: date) -> list[str]:
    return list(expand(name, on=on, where="portfolio"))


def _columns(series: Returns, codes: Sequence[str]) -> FloatArray:
    absent = [code for code in codes if code not in series.iso3]
    if absent:
        raise InputError(
            f"no series of {', '.join(name_of(code) for code in absent)}.",
            where=series.source,
            mend="Add a column for each, headed by code or name.",
        )
    return series.percent[:, [series.iso3.index(code) for code in codes]]


def _exposure(world: World, codes: Sequence[str]) -> Moments:
    """Compute the covariance that shared markets imply; returns are not known and set to zero."""
    absent = [code for code in codes if code not in world.iso3]
    if absent:
        raise InputError(
            f"{', '.join(name_of(code) for code in absent)}: not in the world of {world.year}.",
            where="portfolio",
        )
    rows = [world.index(code) for code in codes]
    shares = world.flows[rows] / world.output[rows][:, None]
    return Moments(np.zeros(len(codes)), DEMAND_PERCENT**2 * shares @ shares.T, 0.0, 0)


def _sizes(codes: Sequence[str]) -> FloatArray:
    found = [size_of(code, measure=PPP, year="latest") for code in codes]
    absent = [name_of(code) for code, size in zip(codes, found, strict=True) if size is None]
    if absent:
        raise InputError(f"no size is held of {', '.join(absent)}.", where="portfolio")
    return np.array([size.million_usd for size in found if size is not None])


Weighting = Mapping[str, FloatArray]
KINDS: Final = ("equal", "by GDP", "least risk", "most diversified")


def weightings(found: Moments, sizes: FloatArray) -> Weighting:
    """Compute the weights of each kind, ``[n]``: equal, by GDP, least risk, most diversified."""
    return {kind: weights_of(kind, found, sizes) for kind in KINDS}


def weights_of(kind: str, found: Moments, sizes: FloatArray) -> FloatArray:
    """Compute the weights of one kind, ``[n]``."""
    if kind == "equal":
        return np.full(len(sizes), 1.0 / len(sizes))
    if kind == "by GDP":
        return np.asarray(sizes / sizes.sum())
    return minimum_variance(found) if kind == "least risk" else maximum_diversification(found)


def _risk_table(
    found: Moments,
    sets: Mapping[str, list[int]],
    sizes: FloatArray,
    sample: FloatArray | None,
) -> pd.DataFrame:
    rows = []
    for words, places in sets.items():
        part = found.part(places)
        outside = _out_of_sample(sample, places, sizes)
        for kind, weights in weightings(part, sizes[places]).items():
            rows.append(
                {
                    "set": words,
                    "weights": kind,
                    "return_percent": float(weights @ part.mean),
                    "risk_percent": risk_of(part, weights),
                    "out_of_sample_risk_percent": outside.get(kind, np.nan),
                    "diversification": diversification_ratio(part, weights),
                    "economies_held": int((weights > 1e-6).sum()),  # noqa: PLR2004 - a rounding
                    "effective_economies": float(1.0 / (weights**2).sum()),
                }
            )
    return pd.DataFrame(rows)


def _out_of_sample(
    sample: FloatArray | None, places: list[int], sizes: FloatArray
) -> dict[str, float]:
    """Compute the risk of weights found without the period they are judged by."""
    if sample is None:
        return {}
    own = sample[:, places]
    earned: dict[str, list[float]] = {}
    for period in range(len(own)):
        left = moments(np.delete(own, period, axis=0))
        for kind, weights in weightings(left, sizes[places]).items():
            earned.setdefault(kind, []).append(float(weights @ own[period]))
    return {kind: float(np.std(values)) for kind, values in earned.items()}


def _resampled(sample: FloatArray | None, draws: int, rng: np.random.Generator) -> list[Moments]:
    if sample is None:
        return []
    count = len(sample)
    drawn = (sample[rng.integers(count, size=count)] for _ in range(draws))
    return [moments(one) for one in drawn if np.ptp(one, axis=0).max() > 0]


def _effect_table(
    found: Moments,
    sets: Mapping[str, list[int]],
    sizes: FloatArray,
    resampled: Sequence[Moments],
) -> pd.DataFrame:
    before, _, after = sets.values()
    rows = []
    for kind in KINDS:
        ends = [_change(one, before, after, sizes, kind) for one in (found, *resampled)]
        low, high = (
            np.percentile([change for _, _, change in ends[1:]], [5.0, 95.0])
            if resampled
            else (np.nan, np.nan)
        )
        first, second, change = ends[0]
        rows.append(
            {
                "weights": kind,
                "risk_before_percent": first,
                "risk_after_percent": second,
                "change_percent": change,
                "change_percent_low": float(low),
                "change_percent_high": float(high),
            }
        )
    return pd.DataFrame(rows)


def _others(
    codes: Sequence[str], smallest: float, world: World, series: Returns | None
) -> list[str]:
    """List the economies that could have been added instead: known, and large enough."""
    there = world.iso3 if series is None else series.iso3
    sizes = {code: size_of(code, measure=PPP, year="latest") for code in there}
    return [
        code
        for code, size in sizes.items()
        if size is not None and size.million_usd >= smallest and code not in codes
    ]


def _better_than(
    base: Sequence[str],
    added: Sequence[str],
    others: Sequence[str],
    known: tuple[World, Returns | None],
    seeds: IntArray,
) -> list[float]:
    """Compute the share of other sets whose addition lowers risk by less, percent, by weighting."""
    pool = [*added, *others]
    if len(pool) < len(added) + FEWEST_OTHERS or not len(seeds):
        return [float("nan")] * len(KINDS)
    world, series = known
    codes = [*base, *pool]
    found = _exposure(world, codes) if series is None else moments(_columns(series, codes))
    sizes = _sizes(codes)
    first = list(range(len(base)))

    def changes(chosen: Sequence[int]) -> list[float]:
        after = [*first, *(len(base) + place for place in chosen)]
        return [_change(found, first, after, sizes, kind)[2] for kind in KINDS]

    own = changes(range(len(added)))
    random = np.array([changes(_choice(seed, len(pool), len(added))) for seed in seeds])
    return [float(PERCENT * (random[:, at] > one).mean()) for at, one in enumerate(own)]


def _choice(seed: int, pool: int, size: int) -> list[int]:
    chosen = np.random.default_rng(seed).choice(pool, size=size, replace=False)
    return [int(place) for place in chosen]


def _change(
    found: Moments, before: list[int], after: list[int], sizes: FloatArray, kind: str
) -> tuple[float, float, float]:
    risks = []
    for places in (before, after):
        part = found.part(places)
        risks.append(risk_of(part, weights_of(kind, part, sizes[places])))
    return risks[0], risks[1], PERCENT * (risks[1] / risks[0] - 1.0)


def _frontier_table(
    found: Moments, sets: Mapping[str, list[int]], codes: Sequence[str]
) -> pd.DataFrame:
    if not np.ptp(found.mean):
        return pd.DataFrame(columns=["set", "return_percent", "risk_percent", *codes])
    rows = []
    for words, places in sets.items():
        part = found.part(places)
        for weights in frontier(part, POINTS):
            row: dict[str, object] = {
                "set": words,
                "return_percent": float(weights @ part.mean),
                "risk_percent": risk_of(part, weights),
            }
            full = np.zeros(len(codes))
            full[places] = weights
            rows.append(row | dict(zip(codes, full, strict=True)))
    return pd.DataFrame(rows)


def _members_table(
    codes: Sequence[str],
    base: Sequence[str],
    of: set[str],
    found: Moments,
    sizes: FloatArray,
) -> pd.DataFrame:
    where = [
        "both" if code in base and code in of else ("beside" if code in base else "added")
        for code in codes
    ]
    return pd.DataFrame(
        {
            "iso3": list(codes),
            "name": [name_of(code) for code in codes],
            "in": where,
            "gdp_ppp_million_usd": sizes,
            "growth_percent": [_growth(code) for code in codes],
            "mean_percent": found.mean if found.periods else np.nan,
            "deviation_percent": found.deviation,
        }
    )


def _growth(code: str) -> float:
    """Compute the growth of GDP a year over the years that the atlas holds, percent."""
    years = known_years(PPP)
    held = [(year, size_of(code, measure=PPP, year=year)) for year in years]
    known = [(year, size.million_usd) for year, size in held if size is not None]
    if len(known) < 2:  # noqa: PLR2004 - two ends
        return float("nan")
    (first, low), (last, high) = known[0], known[-1]
    return float(PERCENT * ((high / low) ** (1.0 / (last - first)) - 1.0))


def _notes(series: Returns | None, found: Moments) -> tuple[str, ...]:
    growth = (
        "Growth beside the size is that of GDP at purchasing power parity over the years that the "
        "atlas holds, current international dollars of several publications: no series."
    )
    trivial = (
        "Least risk can never rise when economies are added: judge by equal and GDP weights, and "
        "by the risk out of sample."
    )
    if series is None:
        return (
            (
                "No series: risk is exposure. Demand in each market is taken to move on its own "
                f"by {DEMAND_PERCENT:g} percent; only ratios mean anything. Give --series for "
                "returns."
            ),
            trivial,
            growth,
        )
    told = (
        f"{found.periods} periods of {series.source}, {series.dropped} left out for gaps; "
        f"covariance shrunk by {PERCENT * found.shrinkage:.0f} percent (Ledoit and Wolf 2004). "
        "Bands resample periods, as if one did not depend on the next."
    )
    return told, trivial, growth
