"""Is it worth its cost, for whom, and what would turn the answer: cost-benefit analysis.

The benefit of a full year is a sum of lines (`benefits`), economy by economy: the gain of real
income that the equilibrium finds for goods that cross borders, and what that leaves out. What users
save on such goods is shown beside it and never added: it is the same saving seen at the roadside
(ADB 2017). In real terms, with and without the scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from landbridge.codes import name_of
from landbridge.draws.bands import probability_above_zero, with_band
from landbridge.draws.engine import Draw
from landbridge.scenarios.parameters import Parameter
from landbridge.studies.cba.benefits import Benefits
from landbridge.studies.cba.case import Case, case_of
from landbridge.studies.cba.cash_flow import (
    benefit_cost_ratio,
    delayed,
    internal_rate_percent,
    net_present_value,
)
from landbridge.studies.cba.costing import Costed, drawn_terms
from landbridge.studies.cba.line_table import lines_table
from landbridge.units import PERCENT, FloatArray

RATES = (3.0, 6.0, 9.0, 12.0)
"""Discount rates at which results are shown; the one of the terms stands among them."""
WORLD = "world"
PAYERS = "payers"


@dataclass(frozen=True, eq=False)
class Appraisal:
    """What an appraisal found: tables, and what was left out.

    Attributes
    ----------
    summary
        One row a discount rate and standpoint (the world, or those who pay): standpoint,
        discount_percent, npv_million_usd (+_low, _high), benefit_cost_ratio (+...),
        eirr_percent (+...), probability_loss.
    economies
        One row an economy that gains or pays measurably: iso3, name, present_benefit_million_usd,
        present_cost_million_usd, npv_million_usd (+_low, _high), probability_gain. The benefits
        and costs of all rows add up to those of the world.
    lines
        One row a line of benefit, then the costs, then the total (`lines_table`).
    years
        One row a year: year, capital_million_usd, operation_million_usd, public_funds_million_usd,
        benefit_million_usd, net_million_usd, discounted_million_usd; central, the world.
    switching
        One row an assumption: assumption, unit, central, switching_value, change_percent,
        reading.
    tornado
        One row an assumption: assumption, unit, low, high, npv_low_million_usd,
        npv_high_million_usd; largest swing first.
    rate_percent, npv_million_usd
        The discount rate of the terms, and the world's central net present value.
    """

    summary: pd.DataFrame
    economies: pd.DataFrame
    lines: pd.DataFrame
    years: pd.DataFrame
    switching: pd.DataFrame
    tornado: pd.DataFrame
    rate_percent: float
    npv_million_usd: float


def appraise(
    benefits: Benefits,
    costed: tuple[Costed, ...],
    terms: Mapping[str, Parameter],
    *,
    seed: int,
) -> Appraisal:
    """Weigh benefits against costs. Every payer must be among the economies of the benefits.

    Parameters
    ----------
    benefits
        From the equilibrium, central and drawn.
    costed
        The measures that cost something.
    terms
        Default terms, or the user's.
    seed
        Of the run.

    Raises
    ------
    InputError
        Nothing has a cost, or the projects never serve together.
    """
    centres = {name: term.central for name, term in terms.items()}
    case = case_of(benefits, costed, centres, benefits.central, None)
    drawn = []
    for number, row in enumerate(benefits.drawn):
        draw = Draw(seed, number)
        drawn.append(case_of(benefits, costed, drawn_terms(terms, draw), row, draw))
    return Appraisal(
        summary=_summary(case, drawn, benefits.iso3),
        economies=_economies(case, drawn, benefits.iso3),
        lines=lines_table(case, drawn, benefits),
        years=_years(case),
        switching=_switching(case),
        tornado=_tornado(case, benefits, terms),
        rate_percent=case.rate_percent,
        npv_million_usd=case.net(float(case.benefit.sum())),
    )


def _paying(case: Case, iso3: tuple[str, ...]) -> np.ndarray:
    codes = {code for item in case.costed for code in item.payers}
    return np.array([code in codes for code in iso3])


def _summary(case: Case, drawn: list[Case], iso3: tuple[str, ...]) -> pd.DataFrame:
    rates = sorted({*RATES, case.rate_percent})
    paying = _paying(case, iso3)
    rows = []
    for standpoint, inside in ((WORLD, np.ones(len(iso3), dtype=bool)), (PAYERS, paying)):
        here = _figures(case, inside, rates)
        spread = np.stack([_figures(one, inside, rates) for one in drawn]) if drawn else None
        empty = np.empty((0, *here.shape)) if spread is None else spread
        for place, rate in enumerate(rates):
            columns: dict[str, object] = {"standpoint": standpoint, "discount_percent": rate}
            names = ("npv_million_usd", "benefit_cost_ratio", "eirr_percent")
            for number, name in enumerate(names):
                values = empty[:, place, number]
                finite = values[np.isfinite(values)]
                band = with_band(name, here[place, number : number + 1], finite[:, None])
                columns |= {key: float(value[0]) for key, value in band.items()}
            loss = 1.0 - probability_above_zero(empty[:, place, 0])
            columns["probability_loss"] = float(loss)
            rows.append(columns)
    return pd.DataFrame(rows)


def _figures(case: Case, inside: np.ndarray, rates: list[float]) -> FloatArray:
    """Compute NPV, ratio and rate of return at each discount rate, ``[rates, 3]``."""
    laid = case.laid(float(case.benefit[inside].sum()))
    eirr = internal_rate_percent(laid.net)
    return np.array(
        [
            (
                float(net_present_value(laid.net, rate)),
                float(benefit_cost_ratio(laid, rate)),
                eirr,
            )
            for rate in rates
        ]
    )


def _present(case: Case, iso3: tuple[str, ...]) -> tuple[FloatArray, FloatArray]:
    """Compute present benefits and present costs by economy, ``[N]`` each."""
    laid = case.laid(1.0)
    per_unit = float(net_present_value(laid.benefit, case.rate_percent))
    by_work = net_present_value(laid.cost_by_work, case.rate_percent)
    place = {code: position for position, code in enumerate(iso3)}
    cost = np.zeros(len(iso3))
    for item, amount in zip(case.costed, by_work, strict=True):
        for code, share in item.payers.items():
            cost[place[code]] += share * amount
    return case.benefit * per_unit, cost


def _economies(case: Case, drawn: list[Case], iso3: tuple[str, ...]) -> pd.DataFrame:
    benefit, cost = _present(case, iso3)
    nets = [np.subtract(*_present(one, iso3)) for one in drawn]
    spread = np.stack(nets) if nets else np.empty((0, len(iso3)))
    table = pd.DataFrame(
        {
            "iso3": iso3,
            "name": [name_of(code) for code in iso3],
            "present_benefit_million_usd": benefit,
            "present_cost_million_usd": cost,
            **with_band("npv_million_usd", benefit - cost, spread),
            "probability_gain": probability_above_zero(spread),
        }
    )
    size = (
        table["present_benefit_million_usd"].abs() + table["present_cost_million_usd"]
    ).to_numpy()
    return table.iloc[np.argsort(-size, kind="stable")].reset_index(drop=True)


def _years(case: Case) -> pd.DataFrame:
    laid = case.laid(float(case.benefit.sum()))
    factors = (1.0 + case.rate_percent / PERCENT) ** -np.arange(len(laid.years), dtype=np.float64)
    return pd.DataFrame(
        {
            "year": laid.years,
            "capital_million_usd": laid.capital,
            "operation_million_usd": laid.operation,
            "public_funds_million_usd": laid.funds,
            "benefit_million_usd": laid.benefit,
            "net_million_usd": laid.net,
            "discounted_million_usd": laid.net * factors,
        }
    )


def _switching(case: Case) -> pd.DataFrame:
    """Find the value of each assumption at which the world's net present value is zero."""
    annual = float(case.benefit.sum())
    laid = case.laid(annual)
    present = {
        name: float(net_present_value(getattr(laid, name), case.rate_percent))
        for name in ("benefit", "capital", "operation", "funds")
    }
    building = present["capital"] + present["operation"] + present["funds"]
    net = present["benefit"] - building
    rows = [
        _scaled("Gain of a full year", "million USD a year", annual, present["benefit"], -net),
        _scaled(
            "Capital of all projects, what goes with it too",
            "million USD",
            sum(work.capital_million_usd for work in case.works),
            -building,
            -net,
        ),
        _switch_rate(case, annual),
        _switch_delay(case, annual),
    ]
    return pd.DataFrame(rows)


def _scaled(name: str, unit: str, central: float, part: float, gap: float) -> dict[str, object]:
    """Say how far a proportional assumption must move to close the gap."""
    change = gap / part if part else float("nan")
    value = central * (1.0 + change)
    reachable = np.isfinite(change) and change > -1.0
    return {
        "assumption": name,
        "unit": unit,
        "central": central,
        "switching_value": value if reachable else float("nan"),
        "change_percent": PERCENT * change if reachable else float("nan"),
        "reading": "" if reachable else "no value turns the sign",
    }


def _switch_rate(case: Case, annual: float) -> dict[str, object]:
    found = internal_rate_percent(case.laid(annual).net)
    return {
        "assumption": "Discount rate",
        "unit": "percent a year",
        "central": case.rate_percent,
        "switching_value": found,
        "change_percent": PERCENT * (found / case.rate_percent - 1.0),
        "reading": "" if np.isfinite(found) else "no rate turns the sign",
    }


def _switch_delay(case: Case, annual: float) -> dict[str, object]:
    """Find the years of delay, beyond the plan, at which nothing is left."""
    reading, value = "", float("nan")
    most = min(work.life_years for work in case.works) - 1
    if case.net(annual) <= 0:
        reading = "the sum is negative without a delay"
    else:

        def worth(years: int) -> float:
            return replace(case, works=delayed(case.works, years)).net(annual)

        value = next((float(n) for n in range(1, most + 1) if worth(n) <= 0), float("nan"))
        reading = "" if np.isfinite(value) else "no delay within its life turns the sign"
    return {
        "assumption": "Delay of all openings",
        "unit": "years",
        "central": 0.0,
        "switching_value": value,
        "change_percent": float("nan"),
        "reading": reading,
    }


def _tornado(case: Case, benefits: Benefits, terms: Mapping[str, Parameter]) -> pd.DataFrame:
    """Move one assumption at a time to its ends."""
    annual = float(case.benefit.sum())
    centres = {name: term.central for name, term in terms.items()}
    rows = []
    for name, term in terms.items():
        ends = [
            case_of(benefits, case.costed, centres | {name: end}, case.benefit, None).net(annual)
            for end in (term.low, term.high)
        ]
        rows.append((term.title, term.unit, term.low, term.high, *ends))
    if len(benefits.drawn):
        low, high = np.percentile(benefits.drawn.sum(axis=1), [5.0, 95.0])
        rows.append(
            (
                "Gain of a full year (draws)",
                "million USD a year",
                low,
                high,
                case.net(low),
                case.net(high),
            )
        )
    rows += [
        (
            end.title,
            end.unit,
            end.low,
            end.high,
            case.net(end.annual_low),
            case.net(end.annual_high),
        )
        for end in benefits.ends
    ]
    for end_low, end_high, title in _capital_ends(case):
        rows.append((title, "million USD", end_low[0], end_high[0], end_low[1], end_high[1]))
    columns = ["assumption", "unit", "low", "high", "npv_low_million_usd", "npv_high_million_usd"]
    table = pd.DataFrame(rows, columns=columns)
    swing = (table["npv_high_million_usd"] - table["npv_low_million_usd"]).abs().to_numpy()
    # What moves nothing here, such as the overrun of roads where none is built, is not listed.
    table, swing = table[swing > 0], swing[swing > 0]
    return table.iloc[np.argsort(-swing, kind="stable")].reset_index(drop=True)


def _capital_ends(case: Case) -> list[tuple[tuple[float, float], tuple[float, float], str]]:
    annual = float(case.benefit.sum())
    found = []
    for place, item in enumerate(case.costed):
        if item.capital.low == item.capital.high:
            continue

        def worth(capital: float, place: int = place, item: Costed = item) -> float:
            scale = capital / item.capital.central
            works = list(case.works)
            works[place] = replace(
                works[place], capital_million_usd=works[place].capital_million_usd * scale
            )
            return replace(case, works=tuple(works)).net(annual)

        low, high = item.capital.low, item.capital.high
        found.append(((low, worth(low)), (high, worth(high)), f"Cost of {item.title}"))
    return found
