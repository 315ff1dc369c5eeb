"""Treat groups of economies as portfolios: what one adds to another."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from landbridge.basis import Basis, InputFile
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.errors import InputError
from landbridge.report.pages.portfolio import present_portfolio
from landbridge.results import Result
from landbridge.studies.contract import Study, provenance_of
from landbridge.studies.portfolio.series import Returns, growth_returns, read_returns
from landbridge.studies.portfolio.study import (
    RESAMPLES,
    PortfolioFound,
    codes_of,
    study_portfolio,
)
from landbridge.studies.portfolio.words import headline
from landbridge.verbs.asking.asked import day_of
from landbridge.verbs.asking.loading import file_input

CONCEPT_DAY: Final = "2018-06-30"


def portfolio(
    basis: Basis,
    of: str = "peaks",
    beside: str = "brics",
    *,
    on: dt.date | str = CONCEPT_DAY,
    series: str | Path | Returns | None = None,
    exposure: bool = False,
    levels: bool = False,
    draws: int = RESAMPLES,
    seed: int = DEFAULT_SEED,
) -> Result[PortfolioFound]:
    """Compute what adding one group of economies to another does to risk and return.

    Parameters
    ----------
    of, beside
        Blocs, composites or economies: what is added, and to what.
    on
        Day on which members are read.
    series
        Returns in percent: a file with a column for the period, then one an economy, or `Returns`.
        Growth of real GDP in the embedded panel where absent.
    exposure
        Use no series: risk is how far economies of the world sell to the same markets.
    levels
        The file holds levels, of which growth is taken.
    draws
        Resampled periods, for the bands.
    seed
        The same seed gives the same numbers.

    Returns
    -------
    Result
        ``portfolio_effect`` has the change of risk by weighting, percent; ``portfolio_risk``,
        ``portfolio_members``, ``portfolio_frontier`` and ``portfolio_selections`` the rest.

    Raises
    ------
    InputError, FaultsError
        Nothing is added, the series cannot be used, or the world lacks an economy.
    UnknownNameError
        There is no such group.
    ConvergenceError
        No portfolio meets the conditions of an optimum.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().portfolio("peaks", "brics", draws=0)
    >>> list(found.tables["portfolio_effect"]["weights"])
    ['equal', 'by GDP', 'least risk', 'most diversified']
    """
    if exposure and series is not None:
        raise InputError("takes no series.", where="--exposure", mend="Leave one of them out.")
    day = day_of(on) or dt.date.fromisoformat(CONCEPT_DAY)
    inputs: tuple[InputFile, ...] = ()
    if exposure:
        returns = None
    elif series is None:
        returns = growth_returns(codes_of(of, beside, on=day))
    elif isinstance(series, Returns):
        returns = series
    else:
        returns = read_returns(Path(series), levels=levels)
        inputs = (file_input("series", series),)
    found = study_portfolio(basis, of, beside, on=day, series=returns, draws=draws, seed=seed)
    return Result(
        Study(
            kind="portfolio",
            name="portfolio",
            title=f"{of} beside {beside} on {day.isoformat()}",
            headline=headline(found),
            tables={
                "portfolio_effect": found.effect,
                "portfolio_risk": found.risk,
                "portfolio_members": found.members,
                "portfolio_frontier": found.frontier,
                "portfolio_selections": found.selections,
                "portfolio_certificate": found.certificate,
            },
            notes=found.notes,
            certificate=found.certificate,
            provenance=provenance_of(basis, draws=draws, seed=seed, inputs=inputs),
            found=found,
        ),
        present_portfolio,
    )
