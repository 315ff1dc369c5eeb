"""From a scenario's measures to works with a cost: the register, the file, the default terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, cast

import numpy as np
import pandas as pd

from landbridge.atlas.projects import Project, registered
from landbridge.atlas.sources import source
from landbridge.codes import name_of
from landbridge.draws.engine import Draw
from landbridge.errors import InputError
from landbridge.evidence import OWN, PUBLISHED, RECALLED, shown_source
from landbridge.scenarios.parameters import Parameter, triangular
from landbridge.scenarios.schema import Measure, Scenario
from landbridge.scenarios.values.costs import Cost
from landbridge.scenarios.values.fields import Band
from landbridge.scenarios.values.parties import expand
from landbridge.scenarios.values.uncertain import named_parameters
from landbridge.studies.cba.cash_flow import Works
from landbridge.tables import embedded_table
from landbridge.units import PERCENT

WorksKind: TypeAlias = Literal["rail", "road", "other"]
DISCOUNT = "discount_percent"
OVERRUN: Final = {"rail": "overrun_rail", "road": "overrun_road", "other": "overrun_other"}
"""Term of the overrun by kind of works."""
KINDS: Final[dict[str, WorksKind]] = {"railway": "rail", "road": "road"}
"""Kind of works by kind of project in the register; all else is other."""
PUBLIC_FUNDS: Final = "public_funds"
PUBLIC_SHARE: Final = "public_share"
NEVER_DRAWN = (DISCOUNT,)
"""A policy choice, not an uncertain fact: results are shown at several rates instead."""


@dataclass(frozen=True)
class Costed:
    """One measure with what it costs, before anything is drawn.

    Attributes
    ----------
    measure, title
        Id and title of the measure.
    capital
        Million USD: low, central, high.
    cost
        What the scenario says of it; None takes everything from the register and the terms.
    payers
        Economy to its share of all costs.
    first_year
        Of construction.
    source, confidence
        Of the capital.
    kind
        Railway, road or another work: estimates of each are exceeded by their own part.
    project
        Of the register; empty where it builds none of it.
    """

    measure: str
    title: str
    capital: Band
    cost: Cost | None
    payers: Mapping[str, float]
    first_year: int
    source: str
    confidence: str
    kind: WorksKind = "other"
    project: str = ""


def appraisal_terms() -> dict[str, Parameter]:
    """Read the default terms by name."""
    return named_parameters([embedded_table("studies", "terms")])


def benefit_terms() -> dict[str, Parameter]:
    """Read the default terms of the lines of benefit by name."""
    return named_parameters([embedded_table("studies", "benefit_terms")])


def costed_measures(scenario: Scenario, *, where: str) -> tuple[Costed, ...]:
    """Find what each measure costs.

    Parameters
    ----------
    scenario
        Its measures; its ``costs`` come before the register.
    where
        The scenario's file, for messages.

    Returns
    -------
    tuple of Costed
        Measures with a cost. `uncosted` names the others.

    Raises
    ------
    InputError
        An entry of ``costs`` states no capital and the register has none either.
    UnknownNameError
        A payer is not an economy.
    """
    stated = {cost.measure: cost for cost in scenario.costs}
    found = []
    for measure in scenario.measures:
        cost, row = stated.get(measure.id), registered(measure.project_built)
        if cost is None and (row is None or row.cost_central_million_usd is None):
            continue
        place = f"{where}: costs of {measure.id}"
        found.append(
            Costed(
                measure=measure.id,
                title=measure.title,
                capital=_capital(cost, row, where=place),
                cost=cost,
                payers=_payers(cost, row, scenario, where=place),
                first_year=(cost and cost.start_year) or scenario.date.year + 1,
                source=cost.source if cost else _source(row),
                confidence="stated" if cost and cost.capital_million_usd else _confidence(row),
                kind=_kind(measure, row),
                project="" if row is None else row.project,
            )
        )
    return tuple(found)


def uncosted(scenario: Scenario, costed: tuple[Costed, ...]) -> tuple[str, ...]:
    """List the titles of the measures whose cost nobody states: they count as free."""
    known = {item.measure for item in costed}
    return tuple(measure.title for measure in scenario.measures if measure.id not in known)


def _capital(cost: Cost | None, row: Project | None, *, where: str) -> Band:
    if cost is not None and cost.capital_million_usd is not None:
        return cost.capital_million_usd
    if row is None or row.cost_central_million_usd is None:
        raise InputError(
            "the capital is not stated, and the register has no cost of this measure.",
            where=where,
            mend="Give capital_million_usd = { low = , central = , high = }.",
        )
    central = row.cost_central_million_usd
    low, high = row.cost_low_million_usd, row.cost_high_million_usd
    return Band(
        low=min(central, central if low is None else low),
        central=central,
        high=max(central, central if high is None else high),
    )


def _payers(
    cost: Cost | None, row: Project | None, scenario: Scenario, *, where: str
) -> dict[str, float]:
    if cost is not None and cost.payers:
        shares: dict[str, float] = {}
        for name, share in cost.payers.items():
            codes = expand(name, on=scenario.date, where=where)
            for code in codes:
                shares[code] = shares.get(code, 0.0) + share / len(codes)
        return shares
    codes = row.economies if row is not None else ()
    if not codes:
        codes = expand(scenario.focus.economy, on=scenario.date, where=where)
    return {code: 1.0 / len(codes) for code in codes}


def _kind(measure: Measure, row: Project | None) -> WorksKind:
    """Say what kind of works a measure is: by the register, or by the mode of what it builds."""
    if row is not None:
        return KINDS.get(row.kind, "other")
    mode = getattr(measure, "mode", None)
    return cast("WorksKind", mode) if mode in ("rail", "road") else "other"


def _source(row: Project | None) -> str:
    if row is None:
        return ""
    return f"Register of projects: {shown_source(row.cost_central_source, row.check_at)}"


def _confidence(row: Project | None) -> str:
    """Say how the central cost is known, which the row's other facts may not share."""
    if row is None:
        return ""
    if row.cost_central_source == RECALLED:
        return RECALLED
    return "estimated" if source(row.cost_central_source).kind == OWN else PUBLISHED


def works_of(
    costed: tuple[Costed, ...],
    terms: Mapping[str, float],
    draw: Draw | None = None,
) -> tuple[Works, ...]:
    """Turn costs into works, at their centre or drawn.

    Parameters
    ----------
    costed
        From `costed_measures`.
    terms
        Value of every term by name, central or drawn.
    draw
        Draws the capital, operation and residual of each by its measure; None takes their centres.
    """
    return tuple(
        _works(item, terms, None if draw is None else draw.stream(f"cost:{item.measure}"))
        for item in costed
    )


def drawn_terms(terms: Mapping[str, Parameter], draw: Draw) -> dict[str, float]:
    """Draw the terms of an appraisal; those of `NEVER_DRAWN` stay at their centre."""
    moving = {name: term for name, term in terms.items() if name not in NEVER_DRAWN}
    return {name: term.central for name, term in terms.items()} | draw.parameters(moving)


def _works(item: Costed, terms: Mapping[str, float], rng: np.random.Generator | None) -> Works:
    cost = item.cost
    years = round(terms["construction_years"])
    if cost is not None and cost.years is not None:
        years = cost.years
    phasing = cost.phasing if cost is not None and cost.phasing else (1.0 / years,) * years
    life = cost.life_years if cost is not None else None
    operation = cost.operation_percent if cost is not None else None
    residual = cost.residual_percent if cost is not None else None
    return Works(
        capital_million_usd=_drawn(item.capital, rng) * terms[OVERRUN[item.kind]],
        phasing=phasing,
        operation_percent=_or_term(operation, terms["operation_percent"], rng),
        life_years=round(terms["life_years"]) if life is None else life,
        residual_percent=_or_term(residual, terms["residual_percent"], rng),
        start_year=item.first_year,
        public_funds_percent=public_funds_percent(terms),
    )


def public_funds_percent(terms: Mapping[str, float]) -> float:
    """Compute what raising capital by taxes costs besides, percent of the capital."""
    return PERCENT * max(terms[PUBLIC_FUNDS] - 1.0, 0.0) * terms[PUBLIC_SHARE]


def without_public_funds(terms: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """Leave the cost of public funds out of terms: taxes cost what they bring in."""
    none = replace(terms[PUBLIC_FUNDS], low=1.0, central=1.0, high=1.0)
    return {**terms, PUBLIC_FUNDS: none}


def _or_term(stated: Band | None, term: float, rng: np.random.Generator | None) -> float:
    return min(term if stated is None else _drawn(stated, rng), PERCENT)


def _drawn(band: Band, rng: np.random.Generator | None) -> float:
    if rng is None:
        return band.central
    return triangular(band.low, band.central, band.high, float(rng.random()))


def cost_table(costed: tuple[Costed, ...], central: tuple[Works, ...]) -> pd.DataFrame:
    """List the costs, one row a measure that has one.

    Returns
    -------
    pandas.DataFrame
        title, capital_low_million_usd, capital_million_usd, capital_high_million_usd (estimates,
        before the overrun), construction_years, first_year, opening_year, operation_percent,
        life_years, residual_percent, payers (text), confidence, source.
    """
    rows = [
        {
            "title": item.title,
            "capital_low_million_usd": item.capital.low,
            "capital_million_usd": item.capital.central,
            "capital_high_million_usd": item.capital.high,
            "construction_years": len(works.phasing),
            "first_year": works.start_year,
            "opening_year": works.first_service_year,
            "operation_percent": works.operation_percent,
            "life_years": works.life_years,
            "residual_percent": works.residual_percent,
            "payers": ", ".join(
                f"{name_of(code)} {PERCENT * share:.0f} %" for code, share in item.payers.items()
            ),
            "confidence": item.confidence,
            "source": item.source,
        }
        for item, works in zip(costed, central, strict=True)
    ]
    return pd.DataFrame(rows)
