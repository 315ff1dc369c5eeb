"""What a coalition can build together: a scenario's measures, who each needs, who pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from landbridge.basis import Basis
from landbridge.codes import name_of
from landbridge.draws.engine import Draw
from landbridge.errors import FaultsError
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.edits import apply_measures
from landbridge.scenarios.policy import no_policy
from landbridge.scenarios.schema import Scenario
from landbridge.studies.cba.cash_flow import Traffic, annuity, net_present_value, streams
from landbridge.studies.cba.cash_flow import Works as CostOfWorks
from landbridge.studies.cba.costing import DISCOUNT, Costed, costed_measures, works_of
from landbridge.studies.chain.freight_change import PairCosts, freight_change, pair_costs
from landbridge.studies.chain.one_pass import Assumptions
from landbridge.studies.coalition.values import Player, Works
from landbridge.units import BoolArray, FloatArray

MOST_WORKS: Final = 6
"""Every set of them is laid on the network."""


@dataclass(frozen=True, eq=False)
class Project:
    """A scenario's measures as works of a coalition, before anything is drawn.

    Attributes
    ----------
    scenario
        Whose measures.
    needs
        ``[W, P]`` True where a player must take part.
    costed
        By measure: its cost, or None where it is free.
    where
        The scenario's file, for messages.
    """

    scenario: Scenario
    needs: BoolArray
    costed: tuple[Costed | None, ...]
    where: str


def read_project(
    scenario: Scenario, network: FreightNetwork, players: Sequence[Player], *, where: str
) -> Project:
    """Find whom each measure needs: the players in whose economies it lies.

    Parameters
    ----------
    scenario
        Its measures change the network; policy measures are refused here.
    network
        Before them.
    players
        Who can take part. Economies of a measure that belong to no player are taken to agree.
    where
        The scenario's file, for messages.

    Raises
    ------
    FaultsError
        A measure changes no network, lies in no player's economies, or nobody says where it lies.
    """
    costs = {item.measure: item for item in costed_measures(scenario, where=where)}
    faults, rows = [], []
    for measure in scenario.measures:
        if not measure.is_built:
            faults.append(
                f"measure {measure.id}: a coalition builds; agreements among its members are "
                "asked for with --depth"
            )
            continue
        cost = costs.get(measure.id)
        economies = measure.lies_in(network) or frozenset(cost.payers if cost else ())
        row = [bool(economies & set(player.iso3)) for player in players]
        if not economies:
            faults.append(
                f"measure {measure.id}: nothing says in whose economies it lies; state its payers "
                "under [[costs]]"
            )
        elif not any(row):
            named = ", ".join(sorted(name_of(code) for code in economies))
            faults.append(f"measure {measure.id}: none of {named} is among the members")
        rows.append(row)
    if not scenario.measures:
        faults.append("the scenario has no measures")
    if len(scenario.measures) > MOST_WORKS:
        faults.append(
            f"the scenario has {len(scenario.measures)} measures; coalitions choose among up to "
            f"{MOST_WORKS}"
        )
    if faults:
        raise FaultsError(faults, where=where)
    return Project(
        scenario=scenario,
        needs=np.array(rows, dtype=bool),
        costed=tuple(costs.get(measure.id) for measure in scenario.measures),
        where=where,
    )


def make_works(
    project: Project,
    players: Sequence[Player],
    *,
    basis: Basis,
    assumptions: Assumptions,
    draw: FreightDraw,
    terms: Mapping[str, float],
    drawn: Draw | None = None,
) -> Works:
    """Work out what every set of works does to freight, and what each work costs.

    Parameters
    ----------
    project, players
        From `read_project`.
    basis
        World, network before any of the works.
    assumptions, draw
        Of this pass.
    terms
        Terms of the appraisal by name.
    drawn
        Draws the costs; None takes their centres.

    Raises
    ------
    FaultsError
        All measures together cannot be made.
    """
    costs_on = partial(
        pair_costs,
        freight=assumptions.freight,
        draw=draw,
        iso3=basis.world.iso3,
        choice=assumptions.choice,
    )
    before = costs_on(basis.network)
    blank = Works(
        titles=tuple(measure.title for measure in project.scenario.measures),
        needs=project.needs,
        yearly_cost=_yearly_costs(project, players, terms, drawn),
        goods_factor={},
    )
    most = _most(project.needs)
    sets = [built for built in range(1, 2 ** len(blank.titles)) if built & most == built]
    factors = {}
    for built in sets:
        chosen = [m for place, m in enumerate(project.scenario.measures) if built >> place & 1]
        part = project.scenario.model_copy(update={"measures": tuple(chosen)})
        try:
            after = apply_measures(part, basis.network, where=project.where, isolated="keep")
        except FaultsError:
            if built == most:
                raise
            # It stands on a measure that is not among these.
            continue
        factors[built] = freight_factor(
            before, costs_on(after, before=before), assumptions, basis.world.iso3
        )
    return replace(blank, goods_factor=factors)


def _most(needs: BoolArray) -> int:
    """Find the set of works that all players together can build: all that need one of them."""
    return sum(1 << int(work) for work in np.flatnonzero(needs.any(axis=1)))


def freight_factor(
    before: PairCosts,
    after: PairCosts,
    assumptions: Assumptions,
    iso3: tuple[str, ...],
) -> FloatArray:
    """Compute the change of freeness of goods trade by a change of freight, ``[N, N]``.

    As a run of a scenario without any policy has it (`scenarios.trade_costs`).
    """
    change = freight_change(
        before, after, value_usd_per_tonne=assumptions.freight.value_usd_per_tonne
    )
    shock = change.shock(no_policy(iso3))
    return np.asarray(shock.reach_hat * shock.freight_tau_hat**-assumptions.theta)


def _yearly_costs(
    project: Project,
    players: Sequence[Player],
    terms: Mapping[str, float],
    drawn: Draw | None,
) -> FloatArray:
    """Spread the present cost of each work evenly over its years of service, ``[W, P]``."""
    rows = []
    for item in project.costed:
        row = np.zeros(len(players))
        if item is not None:
            yearly = yearly_cost(works_of((item,), terms, drawn)[0], terms[DISCOUNT])
            for place, player in enumerate(players):
                row[place] = yearly * sum(item.payers.get(code, 0.0) for code in player.iso3)
        rows.append(row)
    return np.array(rows)


def yearly_cost(work: CostOfWorks, rate_percent: float) -> float:
    """Compute the even yearly amount over its life that building and running a work is worth."""
    still = Traffic(100.0, 1, 0.0, work.start_year)
    present = float(net_present_value(streams((work,), still, 0.0).cost, rate_percent))
    return annuity(present, rate_percent, work.life_years)
