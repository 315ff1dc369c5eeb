"""What the spread of a run's draws rests on: rows that were read, recalled, chosen or imputed.

As in the run's table of importance, an input's share of the variance of an outcome is its squared
rank correlation. Here every input is traced to the row that it comes from, and the shares are added
up by how that row is known: those of small inputs too, freed of what chance gives. What inputs do
together, and what is not followed row by row, is told as unexplained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from landbridge.draws.bands import FEWEST_FOR_RANKS, rank_shares
from landbridge.errors import InputError
from landbridge.evidence import MIXED, PUBLISHED, RECALLED
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.run import tabulate
from landbridge.studies.run.running import DrawnRun, influences
from landbridge.units import PERCENT
from landbridge.world.building.overrides import trade_overrides

KINDS: Final = (PUBLISHED, MIXED, RECALLED, "assumed", "derived", "imputed")
"""How a row may be known, the best first: read; read in part; recalled; chosen; made from other
figures; estimated where nothing is known."""
SHARE: Final = "share_of_variance_percent"
BY_HAND: Final = "set by hand"
WEAK: Final = {"imputed": "imputed", "carried forward": "derived", "domestic": "derived"}
"""Standings of a flow that are not records, and what they are called here; others are read."""


class Resting(NamedTuple):
    """How an input is known: one of `KINDS`, and from where."""

    evidence: str
    source: str


@dataclass(frozen=True, eq=False)
class RankedSources:
    """What the draws rest on.

    Attributes
    ----------
    rows
        outcome, parameter, title, share_of_variance_percent, evidence, source: every input, most
        important first within an outcome; a share near or below zero is chance.
    shares
        outcome, explained_percent (of the variance, by all inputs), and of what is explained the
        percent that each of `KINDS` carries.
    draws
        How many draws it rests on.
    """

    rows: pd.DataFrame
    shares: pd.DataFrame
    draws: int


def rank_sources(run: DrawnRun) -> RankedSources:
    """Rank the rows behind a drawn run by their share of the outcomes' variance.

    Parameters
    ----------
    run
        From `landbridge.studies.run.running.draw_scenario`.

    Returns
    -------
    RankedSources
        The rows, and the shares by how they are known.

    Raises
    ------
    InputError
        There are too few draws.
    """
    draws = len(run.drawn.real_income_percent)
    if draws < FEWEST_FOR_RANKS:
        raise InputError(
            f"{draws} draws say nothing of what matters.",
            where="draws",
            mend=f"Take at least {FEWEST_FOR_RANKS}; three hundred tell small shares from chance.",
        )
    pairs = tabulate.pairs_table(run.inputs, run.central.outcome, run.drawn)
    outcomes, values, titles = influences(run.inputs, run.drawn, pairs)
    found = {name: _resting(name, run.inputs, pairs) for name in values}
    rows = pd.DataFrame(
        [
            (outcome, name, titles.get(name, name), PERCENT * share, *found[name])
            for outcome, drawn in outcomes.items()
            if np.ptp(drawn) > 0
            for name, share in rank_shares(drawn, values).items()
        ],
        columns=[*("outcome", "parameter", "title", SHARE), *Resting._fields],
    )
    place = {outcome: at for at, outcome in enumerate(outcomes)}
    order = rows["outcome"].map(place)
    rows = rows.assign(order=order).sort_values(["order", SHARE], ascending=[True, False])
    rows = rows.drop(columns="order").reset_index(drop=True)
    return RankedSources(rows, _shares(rows), draws)


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the shares up by outcome and by how the rows are known."""
    summed = rows.pivot_table(
        index="outcome",
        columns="evidence",
        values=SHARE,
        aggfunc="sum",
        sort=False,
    ).reindex(columns=list(KINDS))
    # A kind of small shares alone may add up to less than nothing by chance.
    summed = summed.fillna(0.0).clip(lower=0.0)
    explained = summed.sum(axis=1)
    table = PERCENT * summed.div(explained, axis=0)
    table.columns = pd.Index([f"{kind}_percent" for kind in KINDS])
    table.insert(0, "explained_percent", explained)
    return table.reset_index()


def _resting(name: str, inputs: Inputs, pairs: pd.DataFrame) -> Resting:
    """Trace an input of the draws to its row."""
    if name in inputs.parameters:
        parameter = inputs.parameters[name]
        told = parameter.confidence if parameter.confidence in KINDS else "assumed"
        return Resting(told, parameter.source)
    kind, *rest = name.split(":")
    if kind == "baseline":
        return _of_flow(rest[0], rest[1], pairs)
    return _of_row(kind, rest, inputs.after)


def _of_flow(exporter: str, importer: str, pairs: pd.DataFrame) -> Resting:
    row = pairs[(pairs["exporter"] == exporter) & (pairs["importer"] == importer)].iloc[0]
    status, source = str(row["status"]), str(row["baseline_source"])
    if status == BY_HAND:
        table = trade_overrides()
        goods = table[table["kind"] == "goods"].set_index(["exporter", "importer"])
        return Resting(str(goods.loc[(exporter, importer), "confidence"]), source)
    return Resting(WEAK.get(status, PUBLISHED), source)


def _of_row(kind: str, rest: list[str], network: FreightNetwork) -> Resting:
    """Find a row of the freight tables: crossing:id:way, terminal:id:node, mode:economy."""
    tables = network.tables
    if kind == "crossing":
        table = tables.crossings
        found = table[table["crossing"] == rest[0]]
    elif kind == "terminal":
        table = tables.terminals
        found = table[table["terminal"] == rest[0]]
    else:
        table = tables.mode_costs
        economy = "" if rest[0] == "default" else rest[0]
        found = table[(table["mode"] == kind) & (table["iso3"] == economy)]
    if found.empty:
        return Resting("assumed", "the scenario")
    row = found.iloc[0]
    told = str(row["confidence"])
    return Resting(told if told in KINDS else "assumed", str(row["source"]))
