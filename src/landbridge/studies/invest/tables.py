"""Tables and words of a choice of projects: each alone, pairs, sets, who gains, what money buys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd

from landbridge.codes import name_of
from landbridge.draws.bands import with_band
from landbridge.formats import money, probability, significant
from landbridge.studies.cba.benefits import named_left_out
from landbridge.studies.cba.costing import DISCOUNT
from landbridge.studies.cba.fiscal_space import fiscal_space
from landbridge.studies.invest.choice import WORLD, Chosen, Costing, Works, central_costing
from landbridge.studies.invest.selection import Menu, choose
from landbridge.units import PERCENT, BoolArray, FloatArray

STEPS: Final = 20
ROWS_SHOWN: Final = 15
TELLING: Final = 0.05
SLIGHT: Final = 1e-3
"""Two help or hinder one another where that is `TELLING` of the smaller gain alone or more, and not
less than `SLIGHT` of the larger."""
COMPLEMENTS, SUBSTITUTES, APART = "complements", "substitutes", "neither"
_SAME: Final = 1e-6


def choice_tables(chosen: Chosen) -> dict[str, pd.DataFrame]:
    """Build all tables of a choice, by their names in ``tables.csv``."""
    costing = central_costing(chosen.choice)
    return {
        "investment_sets": sets_table(chosen),
        "investment_projects": projects_table(chosen, costing),
        "investment_parts": parts_table(chosen),
        "investment_pairs": pairs_table(chosen),
        "investment_economies": economies_table(chosen, costing),
        "investment_fiscal": fiscal_table(chosen, costing),
        "investment_frontier": frontier_table(chosen, costing),
        "investment_certificate": certificate_table(chosen),
    }


def projects_table(chosen: Chosen, costing: Costing) -> pd.DataFrame:
    """Tabulate the options, one row each, built alone.

    Returns
    -------
    pandas.DataFrame
        title, chosen, capital_million_usd, payers, gain_million_usd (a year, of the standpoint),
        trade_million_usd (the part of it that is real income by goods across borders),
        npv_million_usd (+_low, _high), benefit_cost_ratio, eirr_percent, break_even_factor (what
        the gain must be multiplied with to pay), probability_loss; the greatest net present value
        first.
    """
    choice, rows = chosen.choice, []
    for option, yes in zip(choice.options, chosen.best, strict=True):
        found, drawn = chosen.found[option.works], chosen.drawn[option.works]
        band = with_band("npv_million_usd", np.array([found.net_million_usd]), drawn[:, None])
        costs = found.cost_million_usd
        ratio = found.benefit_million_usd / costs if costs else np.inf
        rows.append(
            {
                "title": option.title,
                "chosen": bool(yes),
                "capital_million_usd": found.capital_million_usd,
                "payers": _payers(option.works, costing),
                "gain_million_usd": float(found.gain[choice.inside].sum()),
                "trade_million_usd": float(found.trade[choice.inside].sum()),
                **{name: float(value[0]) for name, value in band.items()},
                "benefit_cost_ratio": float(ratio),
                "eirr_percent": found.eirr_percent,
                "break_even_factor": 1.0 / ratio if _SAME < ratio < np.inf else np.nan,
                "probability_loss": float((drawn <= 0).mean()) if len(drawn) else np.nan,
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values("npv_million_usd", ascending=False, kind="stable").reset_index(
        drop=True
    )


def parts_table(chosen: Chosen) -> pd.DataFrame:
    """Tabulate each work of the options that hold several, built alone.

    Returns
    -------
    pandas.DataFrame
        part_of, title, capital_million_usd, share_of_capital_percent (of the whole's),
        gain_million_usd, npv_million_usd, benefit_cost_ratio, eirr_percent; by option, the
        greatest ratio first.
    """
    choice, rows = chosen.choice, []
    titles = {measure.id: measure.title for measure in choice.scenario.measures}
    for option in choice.options:
        if len(option.works) == 1:
            continue
        whole = chosen.found[option.works].capital_million_usd
        for name in sorted(option.works):
            found = chosen.found[frozenset({name})]
            costs = found.cost_million_usd
            rows.append(
                {
                    "part_of": option.title,
                    "title": titles[name],
                    "capital_million_usd": found.capital_million_usd,
                    "share_of_capital_percent": PERCENT * found.capital_million_usd / whole
                    if whole
                    else np.nan,
                    "gain_million_usd": float(found.gain[choice.inside].sum()),
                    "npv_million_usd": found.net_million_usd,
                    "benefit_cost_ratio": found.benefit_million_usd / costs if costs else np.inf,
                    "eirr_percent": found.eirr_percent,
                }
            )
    columns = [
        "part_of", "title", "capital_million_usd", "share_of_capital_percent", "gain_million_usd",
        "npv_million_usd", "benefit_cost_ratio", "eirr_percent",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    order = {option.title: place for place, option in enumerate(choice.options)}
    keys = table.assign(order=table["part_of"].map(order), size=-table["benefit_cost_ratio"])
    return table.loc[keys.sort_values(["order", "size"], kind="stable").index].reset_index(
        drop=True
    )


def _payers(works: Works, costing: Costing) -> str:
    costs = costing.choice.costs
    codes = sorted({code for name in works if name in costs for code in costs[name].payers})
    whole = costing.spending(works, WORLD)
    return ", ".join(
        f"{name_of(code)} {PERCENT * costing.spending(works, code) / whole:.0f} %" for code in codes
    )


def pairs_table(chosen: Chosen) -> pd.DataFrame:
    """Say of each pair whether the two help or hinder one another.

    Returns
    -------
    pandas.DataFrame
        first, second, shared (works that both build), apart_million_usd (gains a year of both
        alone, added; that of what they share counted once), together_million_usd,
        interaction_million_usd (together less apart), interaction_percent (of the gains alone),
        npv_interaction_million_usd (of net present values, shared works in it), reading; the
        largest in size first.
    """
    choice, rows = chosen.choice, []
    gains = {works: float(found.gain[choice.inside].sum()) for works, found in chosen.found.items()}
    titles = {measure.id: measure.title for measure in choice.scenario.measures}
    for i, j in combinations(range(len(choice.options)), 2):
        one, other = choice.options[i], choice.options[j]
        common = one.works & other.works
        apart = gains[one.works] + gains[other.works] - gains[common]
        together = gains[one.works | other.works]
        extra = together - apart
        size = abs(gains[one.works]) + abs(gains[other.works])
        sizes = sorted((abs(gains[one.works]), abs(gains[other.works])))
        telling = abs(extra) > max(TELLING * sizes[0], SLIGHT * sizes[1], _SAME)
        rows.append(
            {
                "first": one.title,
                "second": other.title,
                "shared": "; ".join(titles[name] for name in sorted(common)),
                "apart_million_usd": apart,
                "together_million_usd": together,
                "interaction_million_usd": extra,
                "interaction_percent": PERCENT * extra / size if size > _SAME else np.nan,
                "npv_interaction_million_usd": float(chosen.menu.worth[i, j]),
                "reading": (COMPLEMENTS if extra > 0 else SUBSTITUTES) if telling else APART,
            }
        )
    columns = ["first", "second", "shared", "apart_million_usd", "together_million_usd"]
    columns += ["interaction_million_usd", "interaction_percent"]
    table = pd.DataFrame(rows, columns=[*columns, "npv_interaction_million_usd", "reading"])
    order = np.argsort(-table["interaction_million_usd"].abs().to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def sets_table(chosen: Chosen) -> pd.DataFrame:
    """Tabulate the sets that were run exactly, the best first.

    Returns
    -------
    pandas.DataFrame
        rank, projects, capital_million_usd, npv_million_usd (exact; +_low, _high of the best),
        by_pairs_million_usd (singles and pairs), error_million_usd (by pairs less exact),
        gain_million_usd (a year, of the standpoint).
    """
    choice, rows = chosen.choice, []
    for rank, (one, near) in enumerate(zip(chosen.sets, chosen.approximate, strict=True), start=1):
        found = chosen.exact(one)
        drawn = chosen.drawn.get(choice.works(one), np.empty(0))
        ends = drawn[:, None] if len(drawn) else np.empty((0, 1))
        band = with_band("npv_million_usd", np.array([found.net_million_usd]), ends)
        rows.append(
            {
                "rank": rank,
                "projects": "; ".join(_titles(chosen, one)) or "nothing",
                "capital_million_usd": found.capital_million_usd,
                **{name: float(value[0]) for name, value in band.items()},
                "by_pairs_million_usd": near,
                "error_million_usd": near - found.net_million_usd,
                "gain_million_usd": float(found.gain[choice.inside].sum()),
            }
        )
    return pd.DataFrame(rows)


def _titles(chosen: Chosen, one: BoolArray) -> list[str]:
    return [option.title for option, yes in zip(chosen.choice.options, one, strict=True) if yes]


def economies_table(chosen: Chosen, costing: Costing) -> pd.DataFrame:
    """Say who gains and who pays if the best set is built.

    Returns
    -------
    pandas.DataFrame
        name, iso3, present_benefit_million_usd, present_cost_million_usd, npv_million_usd; the
        largest first, all others, where there are more, added up in the last row.
    """
    columns = ["name", "iso3", "present_benefit_million_usd", "present_cost_million_usd"]
    works = chosen.choice.works(chosen.best)
    if not works:
        return pd.DataFrame(columns=[*columns, "npv_million_usd"])
    benefit, cost = costing.by_economy(works, chosen.exact(chosen.best).gain)
    order = np.argsort(-(np.abs(benefit) + cost), kind="stable")
    iso3 = chosen.choice.world.iso3
    rows = [
        (name_of(iso3[place]), iso3[place], benefit[place], cost[place])
        for place in order[:ROWS_SHOWN]
    ]
    rest = order[ROWS_SHOWN:]
    if len(rest):
        rows.append((f"{len(rest)} others together", "", benefit[rest].sum(), cost[rest].sum()))
    table = pd.DataFrame(rows, columns=columns)
    table["npv_million_usd"] = (
        table["present_benefit_million_usd"] - table["present_cost_million_usd"]
    )
    return table


def fiscal_table(chosen: Chosen, costing: Costing) -> pd.DataFrame:
    """Set each payer's bill for the best set, overruns in it, against its budget and debt.

    Returns
    -------
    pandas.DataFrame
        As `fiscal_space` gives it.
    """
    choice = chosen.choice
    works = choice.works(chosen.best)
    codes = {code for name in works if name in choice.costs for code in choice.costs[name].payers}
    bills = {code: costing.spending(works, code) for code in sorted(codes)}
    return fiscal_space(bills, choice.world)


def frontier_table(chosen: Chosen, costing: Costing) -> pd.DataFrame:
    """Say what each budget of all payers together would buy, by singles and pairs.

    Returns
    -------
    pandas.DataFrame
        capital_million_usd, by_pairs_million_usd, projects: the capital from which each set is the
        best, the smallest first; the last `STEPS` changes. Budgets by payer and rules hold.
    """
    menu = chosen.menu
    payers = list(chosen.choice.budgets)
    spending = np.array(
        [[costing.spending(a.works | b.works, WORLD) for b in chosen.choice.options]
         for a in chosen.choice.options]
    )  # fmt: skip
    own = np.diag(spending)
    form = np.triu(spending - own[:, None] - own, 1) + np.diag(own)
    everyone = [k for k, payer in enumerate(payers) if payer != WORLD]
    rows: list[tuple[float, float, str]] = []
    budget = np.inf
    while len(rows) < STEPS:
        here = replace(
            menu,
            spending=np.concatenate([menu.spending[everyone], form[None]]),
            budgets=np.append(menu.budgets[everyone], budget),
        )
        best = choose(here)
        if best is None:
            break
        spent = _spent(here, best)
        rows.append((spent, here.value(best), "; ".join(_titles(chosen, best)) or "nothing"))
        if spent <= _SAME:
            break
        # A little less money than this set takes: the next best set comes up.
        budget = spent * (1.0 - _SAME) - _SAME
    return pd.DataFrame(
        rows[::-1], columns=["capital_million_usd", "by_pairs_million_usd", "projects"]
    )


def _spent(menu: Menu, best: BoolArray) -> float:
    return float(menu.spent(best)[-1])


def certificate_table(chosen: Chosen) -> pd.DataFrame:
    """Tabulate the largest value of each check: check, value, limit, passed."""
    names = chosen.checks
    return names.assign(value=chosen.worst, passed=chosen.worst <= names["limit"].to_numpy())


def title_of(chosen: Chosen) -> str:
    """Name a choice by how many there are to choose among."""
    count = len(chosen.choice.options)
    return f"What to build of {count} project{'s' * (count != 1)}"


def sentences(chosen: Chosen, tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    """Say what to build, what it is worth, how good the approximation was, and what helps what."""
    told = [_what(chosen), *_of_parts(chosen, tables["investment_parts"]), *_error(chosen)]
    told += _interaction(tables["investment_pairs"])
    return (*told, *_drawn(chosen))


def _what(chosen: Chosen) -> str:
    choice, best = chosen.choice, chosen.exact(chosen.best)
    rate = central_costing(choice).terms[DISCOUNT]
    whom = "the world" if choice.standpoint == WORLD else choice.standpoint
    titles = _titles(chosen, chosen.best)
    if not titles:
        ratios = [
            (found.benefit_million_usd / found.cost_million_usd, option.title)
            for option in choice.options
            if (found := chosen.found[option.works]).cost_million_usd > 0
        ]
        told = f"Nothing: no set that keeps to the budget is worth its cost to {whom} at "
        told += f"{significant(rate)} percent."
        if ratios:
            most, title = max(ratios)
            told += f" {title} comes closest alone: {significant(most, 2)} of benefit for one of "
            told += "cost"
            if most > 0:
                told += f"; it would pay at {significant(1 / most, 2)} times the gain"
            told += "."
        return f"{told} {_left_out(chosen)}"
    return (
        f"Build {'; '.join(titles)}: {money(best.net_million_usd, sign=True)} of net present value "
        f"for {whom} at {significant(rate)} percent with every input at its centre, for "
        f"{money(best.capital_million_usd)} of capital. {_left_out(chosen)}"
    )


def _left_out(chosen: Chosen) -> str:
    """Name what no gain holds."""
    choice = chosen.choice
    told = named_left_out(choice.scenario, passengers=bool(choice.served), foreign=False)
    return f"Left out: {', '.join(told)}."


def _of_parts(chosen: Chosen, parts: pd.DataFrame) -> list[str]:
    """Say which work of a corridor comes closest to paying, or is worth more than the whole."""
    told = []
    for option, yes in zip(chosen.choice.options, chosen.best, strict=True):
        mine = parts[parts["part_of"] == option.title]
        if mine.empty:
            continue
        best = mine.iloc[0]
        if yes:
            alone = float(best["npv_million_usd"])
            if alone > chosen.found[option.works].net_million_usd:
                told.append(
                    f"Of {option.title}, {best['title']} by itself is worth more than the whole: "
                    f"{money(alone, sign=True)}."
                )
            continue
        dear = mine.sort_values("capital_million_usd", ascending=False, kind="stable").iloc[0]
        pays = float(best["npv_million_usd"]) > 0
        sentence = (
            f"Of {option.title}, {best['title']} {'pays' if pays else 'comes closest'} by itself: "
            f"{significant(float(best['benefit_cost_ratio']), 2)} of benefit for one of cost"
        )
        if dear["title"] != best["title"]:
            part = significant(float(dear["share_of_capital_percent"]), 2)
            ratio = significant(float(dear["benefit_cost_ratio"]), 2)
            sentence += f"; {dear['title']} takes {part} percent of the capital and brings {ratio}"
        told.append(f"{sentence}.")
    if told and (parts["npv_million_usd"] > 0).any():
        told.append("Works of corridors pay by themselves: --parts chooses among them.")
    return told


def _error(chosen: Chosen) -> list[str]:
    near, best = chosen.approximate[0], chosen.exact(chosen.best)
    if chosen.best.sum() <= 2:  # noqa: PLR2004 - singles and pairs are exact
        return []
    off = money(near - best.net_million_usd, sign=True)
    told = f"Singles and pairs put it at {money(near, sign=True)}, {off} off the exact run; the "
    return [told + f"best of {len(chosen.sets)} sets run exactly is given."]


def _interaction(pairs: pd.DataFrame) -> list[str]:
    told = []
    for word in (COMPLEMENTS, SUBSTITUTES):
        rows = pairs[pairs["reading"] == word]
        if rows.empty:
            continue
        first = rows.iloc[0]
        gap = money(float(first["interaction_million_usd"]), sign=True)
        more = f" ({len(rows)} such pairs)" if len(rows) > 1 else ""
        told.append(
            f"Strongest {word}: {first['first']} and {first['second']}, {gap} a year together "
            f"beyond the sum alone{more}."
        )
    return told or ["No two of them help or hinder one another measurably."]


def _drawn(chosen: Chosen) -> list[str]:
    drawn: FloatArray = chosen.drawn.get(chosen.choice.works(chosen.best), np.empty(0))
    if not len(drawn) or not chosen.best.any():
        return []
    loss = probability(float((drawn <= 0).mean()))
    row = with_band("npv_million_usd", np.zeros(1), drawn[:, None])
    median, low, high, mean = (
        money(float(row[f"npv_million_usd_{end}"][0]), sign=True)
        for end in ("median", "low", "high", "mean")
    )
    return [
        (
            f"Over {len(drawn)} draws it is worth {median} ({low} to {high}, mean {mean}); it "
            f"costs more than it brings in {loss} of them."
        )
    ]
