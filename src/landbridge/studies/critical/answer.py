"""What is asked of the critical elements of the network, what was found, and sentences on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

import pandas as pd

from landbridge import codes
from landbridge.basis import Basis
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.errors import InputError, suggest
from landbridge.formats import money, percent
from landbridge.freight.flows.elements import KINDS, ElementKind
from landbridge.scenarios.parameters import THETA, with_estimates
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.setting import Setting, make_setting
from landbridge.studies.critical.bands import DrawnFrom, critical_draws, with_bands
from landbridge.studies.critical.criticality import FirstOrder, first_order
from landbridge.studies.critical.ranking import By, Ranking, check_order, flows, rank
from landbridge.tasks import Progress, no_progress
from landbridge.units import PERCENT

Of: TypeAlias = Literal["crossings", "links", "ports", "passages", "all"]
KIND_OF: Final[dict[str, tuple[ElementKind, ...]]] = {
    "crossings": ("crossing",),
    "links": ("link",),
    "ports": ("port",),
    "passages": ("passage",),
    "all": KINDS,
}
VALUE_OF: Final[dict[str, str]] = {
    "percent": "percent_million_usd",
    "hour": "hour_million_usd",
    "tonnes": "million_tonnes",
}
"""Column by which elements are ranked."""
LEAST_COST = (
    "Flows take the least-cost path, with no choice among modes and no limits of capacity. A "
    "first-order value is the slope at today's costs; the exact one is solved anew."
)
CHOOSING = "In a run of the scenario shippers choose modes and ports. Here they do not."


@dataclass(frozen=True)
class CriticalQuestion:
    """What is asked.

    Attributes
    ----------
    of
        What is ranked.
    economy
        By what it means to one economy; to the world where empty.
    top
        How many.
    by
        By one percent of cost, one hour, or the tonnes that pass.
    solve
        Whether the exact values are solved too.
    draws, seed, jobs
        For the bands of the first order.
    """

    of: Of = "crossings"
    economy: str = ""
    top: int = 20
    by: By = "hour"
    solve: bool = True
    draws: int = 0
    seed: int = DEFAULT_SEED
    jobs: int = 0

    def __post_init__(self) -> None:
        """Refuse what is not there to be ranked."""
        if self.of not in KIND_OF:
            raise InputError(
                f"cannot rank {self.of!r}.",
                where="of",
                mend=suggest(self.of, KIND_OF) or f"One of: {', '.join(KIND_OF)}.",
            )
        check_order(self.by, self.economy)

    @property
    def whom(self) -> str:
        """Whose gains they are."""
        return codes.name_of(self.economy) if self.economy else "the world"


@dataclass(frozen=True, eq=False)
class CriticalAnswer:
    """The critical elements, and the flows behind them.

    Attributes
    ----------
    question
        What was asked.
    setting
        World, network and equilibrium before any change.
    first
        The first order of every element, and the goods on the network.
    ranking
        The elements asked for.
    """

    question: CriticalQuestion
    setting: Setting
    first: FirstOrder
    ranking: Ranking

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by name, the main one first."""
        first = self.first
        carried, whole = first.assigned_million_usd, first.unassigned_million_usd
        totals = pd.DataFrame(
            {
                "goods": ["on the network", "not on the network"],
                "goods_million_usd": [carried, whole],
                "share_of_trade_percent": [
                    PERCENT * carried / (carried + whole),
                    PERCENT * whole / (carried + whole),
                ],
            }
        )
        return {
            "critical": self.ranking.table,
            "critical_by_economy": self.ranking.by_economy,
            "flows": flows(first),
            "flow_totals": totals,
        }


def find_critical(
    basis: Basis, question: CriticalQuestion, *, progress: Progress = no_progress
) -> CriticalAnswer:
    """Rank the elements of a network, solve the first of them exactly, and draw their bands.

    Parameters
    ----------
    basis
        World, network and parameters.
    question
        What is ranked, for whom, and how many.
    progress
        Told after each solution and draw.

    Raises
    ------
    InputError, DataError
        The economy is not in the world.
    ConvergenceError
        An equilibrium, or a draw, was not found.
    """
    kinds = KIND_OF[question.of]
    values = central_values(with_estimates(basis.parameters, basis.estimates))
    setting = make_setting(basis, theta=values[THETA], freight=assumptions_of(values).freight)
    found = first_order(setting, kinds)
    ranking = rank(
        setting,
        found,
        top=question.top,
        economy=question.economy,
        by=question.by,
        solve=question.solve,
        progress=progress,
    )
    if question.draws:
        drawn = critical_draws(
            DrawnFrom(basis, kinds),
            economy=question.economy,
            draws=question.draws,
            seed=question.seed,
            jobs=question.jobs,
            progress=progress,
        )
        ranking = replace(ranking, table=with_bands(ranking.table, drawn, ranking.rows))
    return CriticalAnswer(question, setting, found, ranking)


def critical_sentences(answer: CriticalAnswer) -> tuple[str, ...]:
    """Say what was found, in plain words, most important first."""
    question, table = answer.question, answer.ranking.table
    share = answer.tables()["flow_totals"]["share_of_trade_percent"].iloc[0]
    on_it = f"{share:.1f} % of the world's trade in goods is on the network."
    if table.empty:
        return (f"No goods pass any of the {question.of} asked for.", on_it)
    first = table.iloc[0]
    worth = [money(float(first[f"{by}_million_usd"])) for by in ("percent", "hour")]
    sentences = [
        (
            f"{first['name']} comes first: {first['million_tonnes']:,.0f} million tonnes pass in a "
            f"year; one percent less cost there is worth {worth[0]} a year to {question.whom}, an "
            f"hour less {worth[1]}."
        )
    ]
    if question.solve:
        hit = str(first["most_hit"])
        worst = (
            f"; most hit is {codes.name_of(hit)} "
            f"({percent(float(first['most_hit_percent_of_gdp']))} of GDP)"
            if hit and not question.economy
            else ""
        )
        sentences.append(
            f"To shut it changes real income of {question.whom} by "
            f"{money(float(first['closed_million_usd']), sign=True)} a year "
            f"({percent(float(first['closed_percent_of_gdp']))} of GDP){worst}."
        )
    others = [str(one) for one in table["name"][1:4]]
    if others:
        sentences.append(f"After it come {', '.join(others)}.")
    return (*sentences, on_it)
