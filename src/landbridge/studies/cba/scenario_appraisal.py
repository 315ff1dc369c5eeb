"""Run a scenario and weigh its gain against its cost, in one step."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from landbridge.errors import InputError, LandbridgeError
from landbridge.formats import money, probability, share, significant
from landbridge.scenarios.constraints import constraints_of, honoured
from landbridge.scenarios.parameters import Parameter, parameter_table
from landbridge.scenarios.schema import Scenario
from landbridge.studies.cba.benefits import AT_RAILS, Benefits, in_sentence, named_left_out
from landbridge.studies.cba.cost_benefit import PAYERS, WORLD, Appraisal, appraise
from landbridge.studies.cba.costing import (
    OVERRUN,
    PUBLIC_FUNDS,
    Costed,
    appraisal_terms,
    cost_table,
    costed_measures,
    uncosted,
    without_public_funds,
    works_of,
)
from landbridge.studies.cba.fiscal_space import fiscal_space
from landbridge.studies.cba.gathering import gather_benefits
from landbridge.studies.run.integration import with_integration
from landbridge.studies.run.regions import with_regions
from landbridge.studies.run.results import RunResult
from landbridge.studies.run.running import DrawnRun
from landbridge.world.base import World

SHOWN_PART = 0.02
"""Lines of benefit below this part of the largest are not told in the headline."""
SHOWN_SHARE = 1e-4
"""Economies whose gain and cost together are below this part of the greatest are not listed."""


def with_appraisal(result: RunResult, run: DrawnRun) -> RunResult:
    """Add integration effects, gains by centre and, where a measure has a cost, an appraisal.

    Parameters
    ----------
    result
        The run's tables.
    run
        What they were made from.

    Raises
    ------
    InputError
        A cost cannot be read, or a payer is not in the world.
    """
    inputs = run.inputs
    result = with_regions(with_integration(result, run), run)
    costed = costed_measures(inputs.left, where=inputs.where)
    if not costed:
        return result
    check_payers(inputs.left, inputs.world, where=inputs.where)
    terms = terms_of(inputs.left)
    gathered = gather_benefits(run, costed)
    benefits = gathered.benefits
    found = appraise(benefits, costed, terms, seed=run.seed)
    central = {name: term.central for name, term in terms.items()}
    tables = {
        "appraisal_summary": found.summary,
        "appraisal_lines": found.lines,
        "appraisal_costs": cost_table(costed, works_of(costed, central)),
        "appraisal_economies": _listed(found.economies),
        "appraisal_years": found.years,
        "appraisal_switching": found.switching,
        "appraisal_tornado": found.tornado,
        "appraisal_savings": savings_table(benefits),
        "appraisal_fiscal": fiscal_table(found, costed, run),
        "appraisal_fees": gathered.fees,
        "appraisal_checks": gathered.checks,
        "appraisal_terms": parameter_table({**terms, **gathered.terms}),
    }
    free = uncosted(inputs.left, costed)
    left_out = named_left_out(
        inputs.left,
        passengers=bool(gathered.served),
        foreign=gathered.foreign is not None,
        free=len(free),
    )
    return replace(
        result,
        appraisal=tables,
        headline=(*result.headline, *_sentences(found, left_out, draws=result.draws)),
        notes=(*_notes(free, central), *gathered.notes, *result.notes),
    )


def check_payers(scenario: Scenario, world: World, *, where: str) -> None:
    """Refuse a scenario whose works economies pay for that the world does not have.

    Parameters
    ----------
    scenario
        Its measures that are blocked do not count.
    world
        Whose economies can pay.
    where
        The scenario's file, for messages.

    Raises
    ------
    InputError
        A payer is not in the world.
    """
    try:
        left = honoured(scenario, constraints_of(scenario))
        costed = costed_measures(left, where=where)
    except LandbridgeError:
        # It is said where the scenario is read, with all else that is at fault.
        return
    absent = sorted({code for item in costed for code in item.payers} - set(world.iso3))
    if absent:
        raise InputError(
            f"the payers {', '.join(absent)} are not in the world of {world.year}.",
            where=f"{where}: costs",
            mend="State other payers under [[costs]], or take a world that has them.",
        )


def _listed(economies: pd.DataFrame) -> pd.DataFrame:
    """Keep who gains or pays measurably, and add up the rest so that all adds up."""
    amounts = ["present_benefit_million_usd", "present_cost_million_usd", "npv_million_usd"]
    size = economies[amounts[:2]].abs().sum(axis=1).to_numpy()
    shown = size >= SHOWN_SHARE * size.max()
    rest = economies[~shown]
    others: dict[str, object] = {"iso3": "", "name": f"{len(rest)} others together"}
    others |= {name: float(rest[name].sum()) for name in amounts}
    kept: pd.DataFrame = economies.loc[shown]
    return pd.concat([kept, pd.DataFrame([others])], ignore_index=True)


def savings_table(benefits: Benefits) -> pd.DataFrame:
    """Put what users save beside the gain of real income; the two are never added.

    Returns
    -------
    pandas.DataFrame
        what, million_usd (a year at the size of the baseline), explanation.
    """
    rows = [
        (
            "Gain of real income, all economies",
            float(benefits.line("trade").central.sum()),
            "The first line of the benefit",
        ),
        (
            "Saving of users on the trade there was",
            benefits.savings_before,
            "Money and time of freight between economies, at unchanged trade",
        ),
        (
            "Half of the saving on new trade",
            benefits.savings_new,
            "The rule of half; new trade gains between all and nothing of the saving",
        ),
    ]
    return pd.DataFrame(rows, columns=["what", "million_usd", "explanation"])


def fiscal_table(found: Appraisal, costed: tuple[Costed, ...], run: DrawnRun) -> pd.DataFrame:
    """Set each payer's bill against its budget and debt.

    Returns
    -------
    pandas.DataFrame
        One row a payer: the columns of `fiscal_space` (capital: its share, overrun left out) and
        present_cost_million_usd.
    """
    world = run.inputs.world
    costs = dict(
        zip(found.economies["iso3"], found.economies["present_cost_million_usd"], strict=True)
    )
    bills: dict[str, float] = {}
    for item in costed:
        for code, part in item.payers.items():
            bills[code] = bills.get(code, 0.0) + part * item.capital.central
    table = fiscal_space(bills, world)
    table["present_cost_million_usd"] = [costs.get(code, 0.0) for code in table["iso3"]]
    return table


def terms_of(scenario: Scenario) -> dict[str, Parameter]:
    """Read the terms of an appraisal; without the cost of public funds where it is left out."""
    terms = appraisal_terms()
    return without_public_funds(terms) if PUBLIC_FUNDS in scenario.benefits.leave_out else terms


def _sentences(found: Appraisal, left_out: tuple[str, ...], *, draws: int) -> tuple[str, ...]:
    rows = found.summary[found.summary["discount_percent"] == found.rate_percent]
    by_side = {row["standpoint"]: row for row in rows.to_dict(orient="records")}
    world, payers = by_side[WORLD], by_side[PAYERS]
    eirr = float(world["eirr_percent_median"])
    returns = f"a return of {share(eirr)} a year" if np.isfinite(eirr) else "no return"
    first = (
        f"Against its cost: {_npv(world)} of net present value for the world at "
        f"{significant(found.rate_percent)} percent, "
        f"{significant(float(world['benefit_cost_ratio_median']), 2)} of benefit for one of cost, "
        f"{returns}; for those who pay {_npv(payers)}; left out: {', '.join(left_out)}."
    )
    second = _largest(found.lines)
    if not draws:
        return (first, second)
    loss = probability(float(world["probability_loss"]))
    return (first, second, f"It costs the world more than it brings in {loss} of the draws.")


def _npv(row: Mapping[Hashable, float]) -> str:
    """Write the median of a net present value, and in brackets its band and mean over draws."""
    low, high = float(row["npv_million_usd_low"]), float(row["npv_million_usd_high"])
    told = money(float(row["npv_million_usd_median"]), sign=True)
    if low == high:
        return told
    return (
        f"{told} ({money(low, sign=True)} to {money(high, sign=True)}, mean "
        f"{money(float(row['npv_million_usd_mean']), sign=True)})"
    )


def _largest(lines: pd.DataFrame) -> str:
    """Say what the benefit consists of, means over draws, the largest lines first."""
    counted = lines[(lines["kind"] == "benefit") & lines["counted"]]
    size = counted["million_usd_mean"].abs()
    shown = counted[size >= SHOWN_PART * size.max()].sort_values(
        "million_usd_mean", key=lambda values: -values.abs(), kind="stable"
    )
    parts = [
        f"{in_sentence(str(title))} {money(float(amount), sign=True)}"
        for title, amount in zip(shown["title"], shown["million_usd_mean"], strict=True)
        if amount
    ]
    whole = money(float(counted["million_usd_mean"].sum()), sign=True)
    told = f"A full year brings {whole} on average: {'; '.join(parts) or 'nothing'}."
    rails = lines.loc[lines["line"] == AT_RAILS, "million_usd"]
    if rails.empty:
        return told
    amount = money(float(rails.iloc[0]), sign=True)
    return (
        f"{told} At the foreign goods that rails are known to carry there, goods across borders "
        f"would bring {amount}: read the net present value as an upper end."
    )


def _notes(free: tuple[str, ...], terms: Mapping[str, float]) -> tuple[str, ...]:
    told = (
        "Cost-benefit analysis in real terms: the benefit of a full year is the sum of its lines, "
        "which ramps up and grows as the terms say; costs are estimates of their sources "
        f"times an overrun ({terms[OVERRUN['rail']]:g} of railways, {terms[OVERRUN['road']]:g} "
        "of roads at the centre), and taxes that pay them cost more than they bring. Who pays is "
        "assumed where nobody says: the economies "
        "in which a project lies, in equal parts. Loans move money between years and payers and "
        "are left out."
    )
    if not free:
        return (told,)
    return (told, f"No cost is known of: {'; '.join(free)}. They count as free.")
