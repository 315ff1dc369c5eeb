"""What the spread of a run's draws rests on: rows that were read, recalled, chosen or imputed.

The run's table of importance gives each input its share of the variance of an outcome. Here every
input is traced to the row that it comes from, and the shares are added up by how that row is known.
Inputs whose share could be chance are not in that table; what they carry, and what inputs do
together, is told as unexplained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import pandas as pd

from landbridge.evidence import MIXED, PUBLISHED, RECALLED
from landbridge.freight.network import FreightNetwork
from landbridge.study import tabulate
from landbridge.study.inputs import Inputs
from landbridge.study.run import DrawnRun, importance
from landbridge.units import PERCENT
from landbridge.world.overrides import trade_overrides

KINDS: Final = (PUBLISHED, MIXED, RECALLED, "assumed", "derived", "imputed")
"""How a row may be known, the best first: read; read in part; recalled; chosen; made from other
figures; estimated where nothing is known."""
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
        outcome, parameter, title, share_of_variance_percent, evidence, source: every input that
        clears chance, most important first within an outcome.
    shares
        outcome, explained_percent (of the variance, by those inputs), and of what is explained the
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
        From `landbridge.study.run.draw_scenario`; three hundred draws or more tell small shares
        from chance.

    Returns
    -------
    RankedSources
        The rows, and the shares by how they are known.
    """
    pairs = tabulate.pairs_table(run.inputs, run.central.outcome, run.drawn)
    rows = importance(run.inputs, run.drawn, pairs)
    found = [_resting(str(name), run.inputs, pairs) for name in rows["parameter"]]
    rows = rows.drop(columns="rank_correlation").assign(
        evidence=[one.evidence for one in found], source=[one.source for one in found]
    )
    return RankedSources(rows, _shares(rows), len(run.drawn.real_income_percent))


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the shares up by outcome and by how the rows are known."""
    summed = rows.pivot_table(
        index="outcome",
        columns="evidence",
        values="share_of_variance_percent",
        aggfunc="sum",
        sort=False,
    ).reindex(columns=list(KINDS))
    summed = summed.fillna(0.0)
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
