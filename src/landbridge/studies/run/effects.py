"""What measures do to the network: what new lines joined, which measures change nothing, and why.

Every verb that makes the measures of a scenario says so in the same words and the same tables.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from landbridge.basis import Basis
from landbridge.scenarios.edits import apply_measures
from landbridge.scenarios.parameters import THETA
from landbridge.scenarios.policy import no_policy
from landbridge.scenarios.schema import RouteChoice, Scenario
from landbridge.scenarios.trade_costs import Shock
from landbridge.studies.chain.evidence_limits import beyond_evidence
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.run.built import COLUMNS, built_notes, built_table, built_warnings
from landbridge.studies.run.idle import Idle, idle_measures, shock_of
from landbridge.studies.run.results import IDLE

WARNING = "Warning: "


@dataclass(frozen=True, eq=False)
class Effects:
    """What the measures of a scenario do to the network, for a reader.

    Attributes
    ----------
    warnings
        Sentences that come before the numbers: costs that change by more than any study measured,
        measures that change nothing, lines that join too little.
    notes
        A sentence for each new line: what it joined, where, and how far away that is.
    joins
        As in `RunResult.joins`.
    idle
        One row a measure that changes no cost of trade: measure, title, reason.
    """

    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    joins: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS))
    idle: pd.DataFrame = field(default_factory=lambda: idle_table(()))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return ``joins`` and ``idle``; one that is empty is left out."""
        return {
            name: table
            for name, table in (("joins", self.joins), ("idle", self.idle))
            if not table.empty
        }


def idle_table(found: Sequence[Idle]) -> pd.DataFrame:
    """Lay measures that change nothing out as a table."""
    rows = [(one.measure.id, one.measure.title, one.reason) for one in found]
    return pd.DataFrame(rows, columns=IDLE, dtype=object)


def effects_of(
    inputs: Inputs,
    shock: Shock,
    suspects: Collection[str] | None = None,
) -> Effects:
    """Find what the measures of a prepared scenario do to the network.

    Parameters
    ----------
    inputs
        The prepared scenario.
    shock
        The change of trade costs by all its measures, at central values.
    suspects
        Measures that may change nothing, by id; each one where absent.
    """
    at_centre = inputs.parameters[THETA].central
    freeness_hat = shock.freeness_hat(at_centre, inputs.world.goods_share)
    beyond = beyond_evidence(inputs.world, shock, at_centre)
    joins = built_table(inputs)
    ids = {measure.id for measure in inputs.scenario.measures}
    idle = idle_measures(inputs, freeness_hat, ids if suspects is None else suspects)
    told = [one.told for one in idle]
    # A line that joins too little is told once: with what comes of it, where nothing does.
    loose = [one for one in built_warnings(joins) if not any(_same_said(one, two) for two in told)]
    absurd = () if beyond is None else (beyond.told,)
    return Effects((*absurd, *told, *loose), built_notes(joins), joins, idle_table(idle))


def network_effects(
    basis: Basis, scenario: Scenario, *, where: str = "", choice: RouteChoice | None = None
) -> Effects:
    """Find what the measures of a scenario that change the network do to it.

    Parameters
    ----------
    basis
        World, network before any measure, and parameters, the scenario's rows in them.
    scenario
        What relations block is made all the same. Measures of policy are not looked at.
    where
        The scenario's file, for messages.
    choice
        Among what goods choose; as the scenario says where absent.

    Raises
    ------
    FaultsError
        A measure cannot be made; all faults at once.
    """
    made = tuple(one for one in scenario.measures if one.edits(scenario))
    if not made:
        return Effects()
    part = scenario.model_copy(update={"measures": made, "choice": choice or scenario.choice})
    inputs = Inputs(
        basis=basis,
        scenario=part,
        where=where or scenario.name,
        after=apply_measures(part, basis.network, where=where or scenario.name, isolated="keep"),
        policy=no_policy(basis.world.iso3),
        focus=0,
        partners=np.array([], dtype=np.int64),
        trips=(),
    )
    return effects_of(inputs, shock_of(inputs)[0])


def side_by_side(found: Mapping[str, Effects]) -> Effects:
    """Put the effects of several scenarios together, each named.

    Parameters
    ----------
    found
        By the label of the scenario. One alone stays as it is; none is nothing.
    """
    if len(found) <= 1:
        return next(iter(found.values()), Effects())
    joins = _labelled({label: one.joins for label, one in found.items()})
    warnings = tuple(
        f"{WARNING}{label}: {text.removeprefix(WARNING)}"
        for label, one in found.items()
        for text in one.warnings
    )
    idle = _labelled({label: one.idle for label, one in found.items()})
    return Effects(warnings, built_notes(joins), joins, idle)


def _labelled(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put tables below each other, the label of each in a first column."""
    filled = {label: table for label, table in tables.items() if not table.empty}
    if not filled:
        return next(iter(tables.values()), pd.DataFrame())
    named = [table.assign(scenario=label) for label, table in filled.items()]
    whole = pd.concat(named, ignore_index=True)
    return whole[["scenario", *whole.columns.drop("scenario")]]


def _same_said(warning: str, idle: str) -> bool:
    return warning.removeprefix(WARNING).rstrip(".") in idle
