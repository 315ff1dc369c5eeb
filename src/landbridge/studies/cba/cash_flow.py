"""Costs and benefits year by year, and what they come to: NPV, EIRR, benefit-cost ratio.

Real terms: constant prices of one year, no inflation, discounted to the start of the first year
(ADB 2017, Guidelines for the Economic Analysis of Projects). Year 0 is the first year of
construction; every flow falls at the end of its year, the first of them undiscounted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.optimize import brentq

from landbridge.errors import InputError
from landbridge.units import PERCENT, FloatArray

LOWEST_RATE: Final = -0.9
HIGHEST_RATE: Final = 10.0
RATES_TRIED: Final = 1_000
MOST_YEARS: Final = 100


@dataclass(frozen=True)
class Works:
    """What a project costs and how long it serves.

    Attributes
    ----------
    capital_million_usd
        To build it, all years together.
    phasing
        Shares of the capital by year of construction; they add up to one.
    operation_percent
        Of the capital, a year, from the first year of service.
    life_years
        Years of service.
    residual_percent
        Of the capital, left at the end of the last year of service.
    start_year
        Calendar year of the first year of construction; later than the first year of the appraisal
        where the work begins late.
    public_funds_percent
        Of the capital, in the years in which it is spent: what raising it by taxes costs besides.
    """

    capital_million_usd: float
    phasing: tuple[float, ...]
    operation_percent: float
    life_years: int
    residual_percent: float
    start_year: int
    public_funds_percent: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no project can have."""
        faults = []
        if not np.isfinite(self.capital_million_usd) or self.capital_million_usd < 0:
            faults.append(f"capital of {self.capital_million_usd} million USD")
        if not self.phasing or min(self.phasing) < 0 or abs(sum(self.phasing) - 1.0) > 1e-9:  # noqa: PLR2004
            faults.append(f"a phasing that adds up to {sum(self.phasing):g}, not to 1")
        if not 1 <= self.life_years <= MOST_YEARS or len(self.phasing) > MOST_YEARS:
            faults.append(f"a life of {self.life_years} years")
        faults += [
            f"{name} of {getattr(self, name)}"
            for name in ("operation_percent", "residual_percent", "public_funds_percent")
            if not 0 <= getattr(self, name) <= PERCENT
        ]
        if faults:
            raise InputError(f"a project cannot have {'; '.join(faults)}")

    @property
    def first_service_year(self) -> int:
        """Calendar year in which it opens."""
        return self.start_year + len(self.phasing)

    @property
    def last_year(self) -> int:
        """Calendar year in which it closes."""
        return self.first_service_year + self.life_years - 1


@dataclass(frozen=True)
class Traffic:
    """How the benefit of a full year comes about.

    Attributes
    ----------
    first_year_percent
        Part of the full benefit in the first year of service.
    ramp_up_years
        Years until it is full; the part rises in equal steps.
    growth_percent
        Growth of the full benefit a year, from the year of the baseline on.
    baseline_year
        Year to whose size the full benefit belongs.
    """

    first_year_percent: float
    ramp_up_years: int
    growth_percent: float
    baseline_year: int

    def __post_init__(self) -> None:
        """Refuse a ramp that leads nowhere."""
        if not 0 <= self.first_year_percent <= PERCENT or not 1 <= self.ramp_up_years <= MOST_YEARS:
            raise InputError(
                f"traffic cannot start at {self.first_year_percent:g} percent and be full after "
                f"{self.ramp_up_years} years"
            )
        if not -PERCENT < self.growth_percent <= PERCENT:
            raise InputError(f"traffic cannot grow by {self.growth_percent:g} percent a year")

    def factors(self, opened: int, years: np.ndarray) -> FloatArray:
        """Compute the benefit of each calendar year over the full benefit of the baseline year."""
        service = years - opened
        steps = max(self.ramp_up_years - 1, 1)
        first = self.first_year_percent / PERCENT
        ramp = np.clip(first + (1.0 - first) * service / steps, first, 1.0)
        if self.ramp_up_years == 1:
            ramp = np.ones_like(ramp)
        growth = (1.0 + self.growth_percent / PERCENT) ** (years - self.baseline_year)
        return np.asarray(np.where(service >= 0, ramp * growth, 0.0))


@dataclass(frozen=True)
class Streams:
    """Flows by calendar year, million USD of constant prices.

    Attributes
    ----------
    years
        ``[Y]``.
    capital_by_work, operation_by_work
        ``[W, Y]`` costs of each project, positive; its residual value is taken off the capital of
        the last year.
    funds_by_work
        ``[W, Y]`` what raising the capital by taxes costs besides.
    benefit
        ``[Y]``, or ``[..., Y]``.
    """

    years: np.ndarray
    capital_by_work: FloatArray
    operation_by_work: FloatArray
    funds_by_work: FloatArray
    benefit: FloatArray

    @property
    def capital(self) -> FloatArray:
        """Capital of all projects, ``[Y]``."""
        return np.asarray(self.capital_by_work.sum(axis=0))

    @property
    def operation(self) -> FloatArray:
        """Operation of all projects, ``[Y]``."""
        return np.asarray(self.operation_by_work.sum(axis=0))

    @property
    def funds(self) -> FloatArray:
        """What raising the capital by taxes costs besides, ``[Y]``."""
        return np.asarray(self.funds_by_work.sum(axis=0))

    @property
    def cost_by_work(self) -> FloatArray:
        """Costs of each project, ``[W, Y]``."""
        return self.capital_by_work + self.operation_by_work + self.funds_by_work

    @property
    def cost(self) -> FloatArray:
        """All costs, ``[Y]``."""
        return self.capital + self.operation + self.funds

    @property
    def net(self) -> FloatArray:
        """Benefit less cost, ``[..., Y]``."""
        return self.benefit - self.cost


def streams(
    works: tuple[Works, ...], traffic: Traffic, annual_benefit_million_usd: FloatArray | float
) -> Streams:
    """Lay costs and benefits out by year.

    Parameters
    ----------
    works
        The projects of the scenario. The benefit starts when the last of them opens.
    traffic
        How the benefit comes about.
    annual_benefit_million_usd
        Of a full year at the size of the baseline year; a scalar or ``[...]``.

    Returns
    -------
    Streams
        From the first year of construction to the last year of service of the project that
        closes first (renewing one to keep the others is not assumed); each project's residual
        value is scaled to the part of its life that is left.
    """
    if not works:
        raise InputError("there is nothing to appraise: no measure has a cost")
    first = min(work.start_year for work in works)
    opened = max(work.first_service_year for work in works)
    last = min(work.last_year for work in works)
    if last < opened:
        raise InputError(
            f"a project closes in {last}, before the last one opens in {opened}",
            mend="Let them be built closer together, or live longer.",
        )
    years = np.arange(first, last + 1)
    capital, operation, funds = np.zeros((3, len(works), len(years)))
    for row, work in enumerate(works):
        at = work.start_year - first
        spent = work.capital_million_usd * np.array(work.phasing)
        capital[row, at : at + len(work.phasing)] += spent
        funds[row, at : at + len(work.phasing)] += spent * work.public_funds_percent / PERCENT
        serving = (years >= work.first_service_year) & (years <= work.last_year)
        operation[row, serving] += work.capital_million_usd * work.operation_percent / PERCENT
        capital[row, -1] -= _left(work, last)
    benefit = np.asarray(annual_benefit_million_usd, dtype=np.float64)[..., None]
    return Streams(years, capital, operation, funds, benefit * traffic.factors(opened, years))


def _left(work: Works, last: int) -> float:
    """Compute a project's worth at the end: straight line from its capital to its residual."""
    residual = work.capital_million_usd * work.residual_percent / PERCENT
    unused = (work.last_year - last) / work.life_years
    return residual + (work.capital_million_usd - residual) * unused


def net_present_value(flows: FloatArray, rate_percent: float) -> FloatArray:
    """Discount flows to their first year.

    Parameters
    ----------
    flows
        ``[..., Y]`` million USD.
    rate_percent
        Real discount rate a year.

    Returns
    -------
    numpy.ndarray
        ``[...]`` million USD.
    """
    if rate_percent <= -PERCENT:
        raise InputError(f"a discount rate of {rate_percent:g} percent has no meaning")
    factors = (1.0 + rate_percent / PERCENT) ** -np.arange(np.shape(flows)[-1], dtype=np.float64)
    return np.asarray(flows @ factors)


def internal_rates_percent(flows: FloatArray) -> tuple[float, ...]:
    """Find every discount rate at which flows come to zero.

    Parameters
    ----------
    flows
        ``[Y]``.

    Returns
    -------
    tuple of float
        Percent a year, from -90 to 1,000; none, one or several. Where there are several no rate
        of return is defined, and `internal_rate_percent` gives none.
    """
    values = np.asarray(flows, dtype=np.float64)
    if not np.any(values > 0) or not np.any(values < 0):
        return ()

    def worth(rate: float) -> float:
        return float(net_present_value(values, PERCENT * rate))

    # Even steps in the log of the discount factor resolve low and high rates alike.
    grid = np.expm1(np.linspace(np.log1p(LOWEST_RATE), np.log1p(HIGHEST_RATE), RATES_TRIED))
    worths = np.exp(-np.outer(np.log1p(grid), np.arange(len(values)))) @ values
    found = [PERCENT * float(grid[at]) for at in np.flatnonzero(worths == 0)]
    for at in np.flatnonzero(worths[:-1] * worths[1:] < 0):
        root = brentq(worth, float(grid[at]), float(grid[at + 1]), xtol=1e-13, rtol=1e-13)
        found.append(PERCENT * float(root))
    return tuple(sorted(found))


def internal_rate_percent(flows: FloatArray) -> float:
    """Find the rate of return, percent a year; not a number where there is none or several."""
    found = internal_rates_percent(flows)
    return found[0] if len(found) == 1 else float("nan")


def benefit_cost_ratio(laid: Streams, rate_percent: float) -> FloatArray:
    """Compute the present value of benefits over that of costs; infinite without costs."""
    cost = float(net_present_value(laid.cost, rate_percent))
    benefit = net_present_value(laid.benefit, rate_percent)
    if cost <= 0:
        return np.full_like(np.asarray(benefit), np.inf)
    return np.asarray(benefit / cost)


def annuity(present_million_usd: float, rate_percent: float, years: int) -> float:
    """Compute the even yearly amount, paid at each year's end, that a present value is worth.

    Examples
    --------
    >>> round(annuity(1000.0, 9.0, 30), 3)
    97.336
    """
    rate = rate_percent / PERCENT
    if rate == 0:
        return present_million_usd / years
    return float(present_million_usd * rate / -np.expm1(-years * np.log1p(rate)))


def delayed(works: tuple[Works, ...], years: int) -> tuple[Works, ...]:
    """Stretch construction: the same capital, opened later by some years."""
    return tuple(
        replace(work, phasing=_stretched(work.phasing, len(work.phasing) + years)) for work in works
    )


def _stretched(phasing: tuple[float, ...], count: int) -> tuple[float, ...]:
    """Spread shares evenly over more years, keeping their shape."""
    done = np.concatenate([[0.0], np.cumsum(phasing)])
    at = np.linspace(0.0, len(phasing), count + 1)
    spent = np.interp(at, np.arange(len(phasing) + 1), done)
    return tuple(float(part) for part in np.diff(spent))
