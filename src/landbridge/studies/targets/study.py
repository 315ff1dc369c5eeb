"""Bilateral trade targets: where trade stands, what is usual, and what would reach them.

Each target of the atlas is set beside the last figure stated, the goods trade of the baseline,
the potential with its band, what each scenario brings, the fall of trade cost that would
reach it in general equilibrium, and the year in which growth alone would. The verdict follows
from these by rule (`verdict_of`); the rules were written down before any number was seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landbridge.atlas.targets import Statement, statements, targets
from landbridge.basis import Basis
from landbridge.codes import name_of
from landbridge.equilibrium.one_sector import prepare
from landbridge.errors import InputError
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.gravity.ppml.estimation import fit
from landbridge.gravity.uses.pair_potential import in_history, pair_potential
from landbridge.gravity.uses.potential import PotentialOptions, trade_potential
from landbridge.gravity.uses.world_panel import world_panel, world_spec
from landbridge.scenarios.parameters import THETA
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.values.parties import expand
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.evidence_limits import beyond_evidence
from landbridge.studies.chain.inputs import Inputs, prepare_inputs
from landbridge.studies.chain.one_pass import Pass
from landbridge.studies.chain.outcomes import one_pass
from landbridge.studies.contract import certificate_of, worst_of
from landbridge.studies.targets.costs import ACCURACY, free_freight, goods_after, reach
from landbridge.studies.targets.series import stated_beside_recorded, status_by_year
from landbridge.tables import embedded_table
from landbridge.tasks import Progress, no_progress, single_threaded
from landbridge.units import PERCENT, BoolArray
from landbridge.world.base import CellStatus, World
from landbridge.world.history import ATTRIBUTION
from landbridge.world.quality import STANDINGS

GROWTH: Final = "trade_growth_percent"
YEARS: Final = "years_allowed"
GAP_LIMIT: Final = 10.0 * ACCURACY
"""Largest miss of a target at the fall of cost that reaches it, log points."""
VERDICTS: Final = {
    "reached": "The last figure stated, or the baseline, is at the target or above it.",
    "reached by a scenario": "A scenario that was run brings the baseline to the target.",
    "within potential": "The target is at most the model's potential.",
    "within the band": "The target is above the potential but within its 90 percent band.",
    "beyond the band": "The target is above the band: almost no comparable pair came so far.",
}
"""Verdicts, the first that holds is given, and the rule of each."""

Pair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class TargetsFound:
    """What was found of targets.

    Attributes
    ----------
    targets
        One row a target: target, one, other, partners, target_million_usd (+_low, _high),
        set_on, stated_million_usd and stated_period (the last figure stated), baseline_million_usd
        (goods, all flows of the target) with year and standing, potential_million_usd (+_low,
        _high), best_scenario, best_scenario_million_usd, cost_fall_percent (+_low, _high: over the
        trade elasticity), free_freight_percent (the fall if freight cost nothing),
        growth_needed_percent (a year, to be there in time), due, year_by_growth (+_low, _high),
        verdict, in_time, source.
    scenarios
        One row a target and scenario: target, scenario, baseline_million_usd, with_million_usd,
        change_percent, share_of_gap_percent.
    terms
        What was taken for growth and time.
    years
        Recorded goods trade of each target by year (`status_by_year`).
    stated
        Figures that were stated, beside what is recorded of the same years.
    notes
        What a reader must know.
    certificate
        The largest value of each check over the equilibria.
    warnings
        Scenarios that ask for what is outside any evidence.
    """

    targets: pd.DataFrame
    scenarios: pd.DataFrame
    terms: pd.DataFrame
    years: pd.DataFrame
    stated: pd.DataFrame
    notes: tuple[str, ...]
    certificate: pd.DataFrame
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Goal:
    """A target on the world's axes: which flows count, ``[N, N]`` bool."""

    statement: Statement
    pairs: tuple[Pair, ...]
    cells: BoolArray
    absent: tuple[str, ...] = ()

    @property
    def amount(self) -> float:
        return float(self.statement.amount_million_usd or math.nan)


def judge_targets(
    basis: Basis,
    one: str = "",
    other: str = "",
    *,
    scenarios: Sequence[Scenario] = (),
    progress: Progress = no_progress,
) -> TargetsFound:
    """Set targets beside status, potential, scenarios, costs and growth.

    Parameters
    ----------
    basis
        World, network and parameters.
    one, other
        Only targets of this party or pair; all when left out.
    scenarios
        Scenarios to run, central values only.
    progress
        Told how far the work is.

    Returns
    -------
    TargetsFound
        Tables and notes.

    Raises
    ------
    InputError
        No target is held of that party or pair, or none of it is about economies of the world.
    FaultsError
        A scenario names things that are not there.
    ConvergenceError
        An equilibrium was not found.
    """
    world = basis.world
    goals, lacking = _goals(one, other, world)
    brought, checks, warnings = {}, [], []
    for name, scenario in _told(scenarios, progress):
        brought[name], checked, absurd = _brought(basis, scenario, goals)
        checks.append(checked)
        warnings += [f"{name}: {absurd}"] if absurd else []
    potentials = _potentials(world, goals)
    falls, gap = _cost_falls(basis, goals, progress)
    terms = embedded_table("studies", "target_terms")
    freight = free_freight(basis, [goal.cells for goal in goals])
    rows = []
    for at, goal in enumerate(goals):
        best = max(brought, key=lambda name: brought[name][at], default="")
        row = _status(goal, world) | potentials[at]
        row |= {
            "best_scenario": best,
            "best_scenario_million_usd": brought[best][at] if best else math.nan,
            **falls[at],
            "free_freight_percent": freight[at],
        }
        rows.append(row | _by_when(goal, row, _values(terms), world.year))
    table = pd.DataFrame(rows)
    table["verdict"] = [verdict_of(row) for row in rows]
    table["source"] = [goal.statement.source for goal in goals]
    told = [(goal.statement, goal.pairs) for goal in goals]
    return TargetsFound(
        targets=table,
        scenarios=_by_scenario(table, brought),
        terms=terms,
        years=status_by_year(told),
        stated=stated_beside_recorded(told),
        notes=(*_notes(world, len(brought)), *lacking),
        certificate=_certificate(checks, gap),
        warnings=tuple(warnings),
    )


def _certificate(checks: Sequence[pd.DataFrame], gap: float) -> pd.DataFrame:
    """Take the largest value of each check over the scenarios, and that of the falls of cost."""
    fall = certificate_of([("trade at the fall of cost over the target", gap, GAP_LIMIT, "log")])
    return pd.concat([worst_of(checks), fall], ignore_index=True) if checks else fall


def _goals(one: str, other: str, world: World) -> tuple[list[_Goal], tuple[str, ...]]:
    """Lay targets out on a world; those without a pair in it are left out and counted."""
    held = targets(one, other)
    goals = [goal for statement in held if (goal := _goal(statement, world)).pairs]
    named = " and ".join(name for name in (one, other) if name)
    if not goals:
        raise InputError(
            f"no target of {named} is held."
            if not held
            else f"no pair of {len(held)} targets is in the world of {world.year}.",
            where="targets",
            mend="`landbridge atlas targets` lists what was stated.",
        )
    there = {goal.statement.statement for goal in goals}
    absent = [said.statement for said in held if said.statement not in there]
    partly = [goal.statement.statement for goal in goals if goal.absent]
    notes = []
    if absent:
        notes.append(f"Targets without a pair in this world, left out: {', '.join(absent)}.")
    if partly:
        notes.append(
            "Targets of which this world lacks some economies, so that less trade is counted: "
            f"{', '.join(partly)}."
        )
    return goals, tuple(notes)


def verdict_of(row: dict[str, object]) -> str:
    """Judge a target by rule: the first of `VERDICTS` that holds.

    Parameters
    ----------
    row
        target_million_usd_low, target_million_usd, stated_million_usd, baseline_million_usd,
        best_scenario_million_usd, potential_million_usd and its high end; missing where unknown.
    """
    value = {
        name: float(row[name])  # type: ignore[arg-type]
        for name in (
            "target_million_usd",
            "stated_million_usd",
            "baseline_million_usd",
            "best_scenario_million_usd",
            "potential_million_usd",
            "potential_million_usd_high",
        )
    }
    wanted = value["target_million_usd"]
    # A missing number is at no target: comparisons with it are false.
    rules = (
        ("reached", max_known(value["stated_million_usd"], value["baseline_million_usd"])),
        ("reached by a scenario", value["best_scenario_million_usd"]),
        ("within potential", value["potential_million_usd"]),
        ("within the band", value["potential_million_usd_high"]),
    )
    return next((name for name, there in rules if there >= wanted), "beyond the band")


def max_known(*values: float) -> float:
    """Find the greatest of the numbers that are known; not a number where none is."""
    known = [value for value in values if not math.isnan(value)]
    return max(known, default=math.nan)


def _told(scenarios: Sequence[Scenario], progress: Progress) -> Iterator[tuple[str, Scenario]]:
    """Go through scenarios by name, each once, and tell how far the work is."""
    unique = {scenario.name: scenario for scenario in scenarios}
    for done, item in enumerate(unique.items()):
        progress("Running scenarios", done, len(unique))
        yield item
    if unique:
        progress("Running scenarios", len(unique), len(unique))


def _goal(statement: Statement, world: World) -> _Goal:
    where = f"target {statement.statement}"
    position = {code: row for row, code in enumerate(world.iso3)}
    own = expand(statement.one, on=statement.as_of, where=where)
    partners = {
        code for name in statement.other for code in expand(name, on=statement.as_of, where=where)
    }
    directions = {
        "two_way_trade": ((own, partners), (partners, own)),
        "exports": ((own, partners),),
        "imports": ((partners, own),),
    }[statement.measure]
    pairs = tuple(
        (exporter, importer)
        for sellers, buyers in directions
        for exporter in sorted(sellers)
        for importer in sorted(buyers)
        if exporter != importer and exporter in position and importer in position
    )
    cells = np.zeros((len(position), len(position)), dtype=np.bool_)
    for exporter, importer in pairs:
        cells[position[exporter], position[importer]] = True
    absent = tuple(sorted(code for code in {*own, *partners} if code not in position))
    return _Goal(statement, pairs, cells, absent)


def _status(goal: _Goal, world: World) -> dict[str, object]:
    said = goal.statement
    last = _last_stated(said)
    cells = goal.cells
    known = sorted({STANDINGS[CellStatus(int(s))] for s in world.status_goods[cells]})
    return {
        "target": said.statement,
        "one": said.one,
        "other": ";".join(said.other),
        "parties": f"{_called(said.one)} and {', '.join(_called(name) for name in said.other)}",
        "target_million_usd": goal.amount,
        "target_million_usd_low": _or_nan(said.low_million_usd, goal.amount),
        "target_million_usd_high": _or_nan(said.high_million_usd, goal.amount),
        "set_on": said.as_of.isoformat(),
        "stated_million_usd": math.nan if last is None else last.amount_million_usd,
        "stated_period": "" if last is None else str(last.period_end),
        "baseline_million_usd": float(world.goods[cells].sum()),
        "known_from": "; ".join(known),
    }


def _or_nan(value: float | None, default: float) -> float:
    return default if value is None else value


def _called(party: str) -> str:
    return name_of(party) if len(party) == len("PAK") and party.isupper() else party


def _last_stated(target: Statement) -> Statement | None:
    """Find the last figure stated of the same trade; None where none was."""
    same = [
        row
        for row in statements(role="stated")
        if row.one == target.one
        and set(row.other) == set(target.other)
        and row.measure == target.measure
        and row.period_end is not None
    ]
    return max(same, key=lambda row: row.period_end or 0, default=None)


def _potentials(world: World, goals: Sequence[_Goal]) -> list[dict[str, float]]:
    """Add the potentials of a target's flows up, and the ends of their bands as if one."""
    pairs = list(dict.fromkeys(pair for goal in goals for pair in goal.pairs))
    own = [pair for pair in pairs if in_history(pair, world.year)]
    others = [pair for pair in pairs if pair not in set(own)]
    parts = [pair_potential(world, own).table] if own else []
    if others:
        table = world_panel(world)
        fitted = fit(world_spec(table), table[table["observed"]])
        options = PotentialOptions(reliable="observed")
        parts.append(trade_potential(fitted, table, others, year=world.year, options=options))
    columns = ["potential", "potential_low", "potential_high"]
    by_pair = {
        (str(row["exporter"]), str(row["importer"])): row
        for part in parts
        for row in part.to_dict("records")
    }
    ends = ("potential_million_usd", "potential_million_usd_low", "potential_million_usd_high")
    return [
        {
            end: float(sum(by_pair[pair][column] for pair in goal.pairs))
            for end, column in zip(ends, columns, strict=True)
        }
        for goal in goals
    ]


def _brought(
    basis: Basis, scenario: Scenario, goals: Sequence[_Goal]
) -> tuple[list[float], pd.DataFrame, str]:
    """Run a scenario at central values.

    Returns
    -------
    tuple
        Each target's goods after it, million USD, the checks, and what is outside any evidence.
    """
    inputs = prepare_inputs(basis, scenario)
    found = single_threaded(_central_pass, inputs)
    after = goods_after(basis.world, found)
    beyond = beyond_evidence(basis.world, found.shock, inputs.parameters[THETA].central)
    return (
        [float(after[goal.cells].sum()) for goal in goals],
        found.equilibrium.certificate.table(),
        "" if beyond is None else beyond.told,
    )


def _central_pass(inputs: Inputs) -> Pass:
    assumptions = assumptions_of(central_values(inputs.parameters), inputs.cargo)
    return one_pass(inputs, inputs.world, assumptions, FreightDraw.neutral())


def _cost_falls(
    basis: Basis, goals: Sequence[_Goal], progress: Progress
) -> tuple[list[dict[str, float]], float]:
    """Find the falls of cost that reach the targets, and the largest miss at them, log points."""
    world, theta = basis.world, basis.parameters[THETA]
    found: list[dict[str, float]] = [{} for _ in goals]
    worst = 0.0
    # A high elasticity needs a small fall.
    ends = (("", theta.central), ("_low", theta.high), ("_high", theta.low))
    for done, (end, value) in enumerate(ends):
        progress("Costs that reach the targets", done, len(ends))
        base = prepare(world.flows, theta=value, closure="purged", iso3=world.iso3)
        for at, goal in enumerate(goals):
            fall, gap = reach(world, base, goal.cells, goal.amount)
            found[at][f"cost_fall_percent{end}"] = fall
            worst = max(worst, gap)
    progress("Costs that reach the targets", len(ends), len(ends))
    return found, worst


def _values(terms: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Lay out the terms by name and end."""
    return {
        (str(row["name"]), end): float(row[end])
        for row in terms.to_dict(orient="records")
        for end in ("low", "central", "high")
    }


def _by_when(
    goal: _Goal, row: dict[str, object], terms: Mapping[tuple[str, str], float], year: int
) -> dict[str, object]:
    """Say when growth alone is there, and the growth that is there in time."""
    start = float(row["baseline_million_usd"])  # type: ignore[arg-type]
    said = goal.statement
    due = said.target_year or said.as_of.year + round(terms[YEARS, "central"])
    ratio = goal.amount / start if start > 0 else math.inf
    there = {
        f"year_by_growth{end}": year_reached(ratio, terms[GROWTH, column], year)
        for end, column in (("", "central"), ("_low", "high"), ("_high", "low"))
    }
    needed = PERCENT * (ratio ** (1.0 / (due - year)) - 1.0) if due > year else math.nan
    return {
        "due": due,
        "growth_needed_percent": max(needed, 0.0) if ratio <= 1 else needed,
        **there,
        "in_time": bool(there["year_by_growth"] <= due),
    }


def year_reached(ratio: float, growth_percent: float, year: int) -> float:
    """Compute the year in which trade that grows at a rate is at a multiple of that of a year."""
    if ratio <= 1.0:
        return float(year)
    if not math.isfinite(ratio):
        return math.nan
    return float(year + math.ceil(math.log(ratio) / math.log1p(growth_percent / PERCENT)))


def _by_scenario(table: pd.DataFrame, brought: dict[str, list[float]]) -> pd.DataFrame:
    rows = []
    for at, row in enumerate(table.to_dict(orient="records")):
        base, wanted = float(row["baseline_million_usd"]), float(row["target_million_usd"])
        for name, values in brought.items():
            gained = values[at] - base
            rows.append(
                {
                    "target": row["target"],
                    "scenario": name,
                    "baseline_million_usd": base,
                    "with_million_usd": values[at],
                    "change_percent": PERCENT * gained / base if base > 0 else math.nan,
                    "share_of_gap_percent": PERCENT * gained / (wanted - base)
                    if wanted > base
                    else math.nan,
                }
            )
    columns = ["target", "scenario", "baseline_million_usd", "with_million_usd"]
    return pd.DataFrame(rows, columns=[*columns, "change_percent", "share_of_gap_percent"])


def _notes(world: World, scenarios: int) -> tuple[str, ...]:
    trade = (
        f"Trade is goods, both ways, of {world.year} unless the target says otherwise; targets "
        "are in dollars of the day they were set."
    )
    potential = (
        "Potential is what sizes and the pair's own past say, the pair itself left out of the "
        "sizes (flows that the embedded panel lacks: what gravity makes of size, distance, ties "
        "and shared blocs); ends of the bands of several flows are added as if they moved as one."
    )
    fall = (
        "The fall of cost is of one plus the ad valorem cost of goods, the same for all flows of "
        "a target, in general equilibrium; its band is that of the trade elasticity."
    )
    series = (
        "Recorded trade by year is BACI's: exports and imports as both sides report them, goods "
        "only. A figure that was stated often follows one side, a fiscal year, or holds services."
    )
    run = f"Scenarios run at central values: {scenarios}. None is added to growth."
    return trade, potential, fall, series, ATTRIBUTION, run
