"""Scenarios side by side, over the same draws, so that their difference has a band of its own.

Every scenario is run with the same seed. Parameters, freight rows and baseline cells are drawn
from streams that do not depend on the measures, so draw k of one scenario rests on the same world
as draw k of another (common random numbers): what both do not know alike cancels in the
difference. The first scenario is the one against which the others are set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from landbridge.basis import Basis
from landbridge.brief import brief_repr
from landbridge.codes import name_of
from landbridge.draws.bands import middle, probability_above_zero, with_band
from landbridge.draws.noise import NIL_MILLION_USD, about_nil
from landbridge.errors import InputError
from landbridge.formats import band, money, percent, probability
from landbridge.scenarios.combining import with_union_of_views
from landbridge.scenarios.parameters import Parameter
from landbridge.scenarios.schema import Scenario
from landbridge.studies.cba.benefits import Benefits
from landbridge.studies.cba.cost_benefit import WORLD, appraise
from landbridge.studies.cba.costing import Costed, costed_measures, uncosted
from landbridge.studies.cba.gathering import gather_benefits
from landbridge.studies.cba.scenario_appraisal import check_payers, terms_of
from landbridge.studies.chain.outcomes import TRIP_QUANTITIES
from landbridge.studies.run.account import certificate_table
from landbridge.studies.run.effects import Effects, effects_of, side_by_side
from landbridge.studies.run.running import DrawnRun, draw_scenario
from landbridge.tasks import Progress, no_progress
from landbridge.units import PERCENT, FloatArray

FEWEST = 2
MOST = 12
AFTER = 1
_TRIPS = ("hours", "usd_per_tonne", "generalised_usd_per_tonne")


@dataclass(frozen=True, eq=False, repr=False)
class ScenarioComparison:
    """Scenarios side by side.

    Attributes
    ----------
    labels, titles
        Of the scenarios, the first one the reference.
    focus
        Name of the economy in the middle.
    focus_iso3
        Codes of the economy in the middle and of the partners.
    draws, seed, baseline_year
        Of the runs.
    tables
        ``compare_summary``, ``compare_income``, ``compare_trade``, ``compare_trips``: one row a
        scenario and thing; ``difference_...`` is the scenario less the first.
        ``compare_certificate``: one row a check, the largest value over the scenarios.
    headline
        Sentences.
    effects
        What the measures of each do to the network, its label in the column ``scenario``.
    """

    labels: tuple[str, ...]
    titles: tuple[str, ...]
    focus: str
    focus_iso3: tuple[str, ...]
    draws: int
    seed: int
    baseline_year: int
    tables: dict[str, pd.DataFrame]
    headline: tuple[str, ...]
    effects: Effects = field(default_factory=Effects)

    def __repr__(self) -> str:
        """Say what it is, not all that it holds."""
        return brief_repr(self)


def compare_scenarios(
    basis: Basis,
    scenarios: Sequence[Scenario],
    *,
    draws: int,
    seed: int,
    jobs: int = 0,
    where: Sequence[str] = (),
    progress: Progress = no_progress,
) -> ScenarioComparison:
    """Run scenarios over the same draws and set them side by side.

    Parameters
    ----------
    basis
        World, network and parameters.
    scenarios
        Two to twelve. What is reported (focus, trips) is made the same for all.
    draws, seed, jobs
        As in `landbridge.studies.run.running.run_scenario`.
    where
        What the user wrote for each, for messages and as labels; their names where absent.
    progress
        Told how far the work is.

    Raises
    ------
    InputError
        Too few or too many scenarios, or payers of one that the world does not have.
    """
    if not FEWEST <= len(scenarios) <= MOST:
        raise InputError(
            f"a comparison takes {FEWEST} to {MOST} scenarios, and {len(scenarios)} stand here.",
            mend="Name them one after the other: landbridge compare a b.",
        )
    labels = _labels(where or [scenario.name for scenario in scenarios])
    for label, scenario in zip(labels, scenarios, strict=True):
        check_payers(scenario, basis.world, where=label)
    runs = []
    for label, scenario in zip(labels, with_union_of_views(scenarios), strict=True):

        def told(what: str, done: int, total: int, label: str = label) -> None:
            progress(f"{label}: {what}", done, total)

        runs.append(
            draw_scenario(
                basis, scenario, draws=draws, seed=seed, jobs=jobs, where=label, progress=told
            )
        )
    first = runs[0].inputs
    tables = {
        "compare_summary": _summary(labels, runs),
        "compare_income": _income(labels, runs),
        "compare_trade": _trade(labels, runs),
        "compare_trips": _trips(labels, runs),
        "compare_certificate": _certificate(runs),
    }
    places = [first.focus, *(int(place) for place in first.partners)]
    comparison = ScenarioComparison(
        labels=labels,
        titles=tuple(scenario.title for scenario in scenarios),
        focus=name_of(first.world.iso3[first.focus]),
        focus_iso3=tuple(first.world.iso3[place] for place in places),
        draws=draws,
        seed=seed,
        baseline_year=first.world.year,
        tables=tables,
        headline=(),
        effects=side_by_side(
            {
                label: effects_of(run.inputs, run.central.found.shock)
                for label, run in zip(labels, runs, strict=True)
            }
        ),
    )
    return replace(comparison, headline=_headline(comparison))


def _labels(names: Sequence[str]) -> tuple[str, ...]:
    """Tell scenarios of one name apart."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(told)


def _gains(run: DrawnRun) -> tuple[FloatArray, FloatArray]:
    """Compute the gain by economy, ``[N]`` central and ``[D, N]`` drawn, million USD."""
    gdp = run.inputs.world.gdp_million_usd
    central = run.central.outcome.real_income_percent * gdp / PERCENT
    return central, run.drawn.real_income_percent * gdp / PERCENT


def _set_beside(
    name: str,
    difference: str,
    values: tuple[FloatArray, FloatArray],
    reference: tuple[FloatArray, FloatArray],
) -> dict[str, FloatArray]:
    """Set a value with its band beside its difference from the reference, draw by draw."""
    gap = (values[0] - reference[0], values[1] - reference[1])
    return {**with_band(name, *values), **with_band(difference, *gap)}


def _summary(labels: Sequence[str], runs: Sequence[DrawnRun]) -> pd.DataFrame:
    seen: dict[int, Benefits] = {}
    rows = []
    base = _gains(runs[0])
    for label, run in zip(labels, runs, strict=True):
        central, drawn = _gains(run)
        at = run.inputs.focus
        # By the median of the draws: so are they listed.
        income = middle(run.central.outcome.real_income_percent, run.drawn.real_income_percent)
        nil = about_nil(income, income * run.inputs.world.gdp_million_usd / PERCENT)
        cells = {
            **with_band(
                "focus_income_percent",
                run.central.outcome.real_income_percent[at : at + 1],
                run.drawn.real_income_percent[:, at : at + 1],
            ),
            **_set_beside(
                "world_million_usd",
                "difference_million_usd",
                (central.sum(keepdims=True), drawn.sum(axis=1, keepdims=True)),
                (base[0].sum(keepdims=True), base[1].sum(axis=1, keepdims=True)),
            ),
        }
        rows.append(
            {
                "scenario": label,
                "title": run.inputs.scenario.title,
                "measure_count": len(run.inputs.scenario.measures),
                **{key: float(value[0]) for key, value in cells.items()},
                "gainers": int(((income > 0) & ~nil).sum()),
                "losers": int(((income < 0) & ~nil).sum()),
                **_worth(run, runs[0], seen),
                "blocked_measures": len({c.measure.id for c in run.inputs.constraints.blocked}),
            }
        )
    return pd.DataFrame(rows)


def _worth(run: DrawnRun, first: DrawnRun, seen: dict[int, Benefits]) -> dict[str, object]:
    """Find NPV, ratio and rate of return at the terms' discount rate; missing without costs.

    The NPV against the first scenario is that of what comes on top: where the first has no cost
    (a closure, say), the gain over it is set against the costs; where it has, the two NPVs are
    taken from each other.
    """
    nothing = np.full(1, np.nan)
    names = ("npv_million_usd", "benefit_cost_ratio", "eirr_percent")
    empty: dict[str, object] = {
        key: np.nan for name in names for key in with_band(name, nothing, np.empty((0, 1)))
    }
    costed = costed_measures(run.inputs.left, where=run.inputs.where)
    if not costed:
        free = len(run.inputs.left.measures)
        return {**empty, "difference_npv_million_usd": np.nan, "free_measures": free}
    own = _benefits(run, costed, seen)
    terms = terms_of(run.inputs.left)
    summary, npv = _appraised(own, costed, terms, seed=run.seed)
    theirs = costed_measures(first.inputs.left, where=first.inputs.where)
    base = _benefits(first, theirs, seen)
    if theirs:
        against = npv - _appraised(base, theirs, terms_of(first.inputs.left), seed=run.seed)[1]
    else:
        added = replace(own, central=own.central - base.central, drawn=own.drawn - base.drawn)
        against = _appraised(added, costed, terms, seed=run.seed)[1]
    return {
        **{key: float(summary[key]) for key in empty},
        "difference_npv_million_usd": against,
        "free_measures": len(uncosted(run.inputs.left, costed)),
    }


def _benefits(run: DrawnRun, costed: tuple[Costed, ...], seen: dict[int, Benefits]) -> Benefits:
    """Gather the lines of benefit of a run, once: the first is asked for by all others."""
    if id(run) not in seen:
        seen[id(run)] = gather_benefits(run, costed).benefits
    return seen[id(run)]


def _appraised(
    benefits: Benefits,
    costed: tuple[Costed, ...],
    terms: Mapping[str, Parameter],
    *,
    seed: int,
) -> tuple[dict[str, float], float]:
    """Appraise at the terms' discount rate: the row of the world, and its NPV."""
    found = appraise(benefits, costed, terms, seed=seed)
    table = found.summary
    row = table[
        (table["standpoint"] == WORLD) & (table["discount_percent"] == found.rate_percent)
    ].iloc[0]
    numbers = {str(key): float(value) for key, value in row.items() if key != "standpoint"}
    return numbers, found.npv_million_usd


def _income(labels: Sequence[str], runs: Sequence[DrawnRun]) -> pd.DataFrame:
    parts = []
    first = runs[0]
    reference = (first.central.outcome.real_income_percent, first.drawn.real_income_percent)
    for label, run in zip(labels, runs, strict=True):
        values = (run.central.outcome.real_income_percent, run.drawn.real_income_percent)
        iso3 = run.inputs.world.iso3
        parts.append(
            pd.DataFrame(
                {
                    "scenario": label,
                    "iso3": iso3,
                    "name": [name_of(code) for code in iso3],
                    **_set_beside("real_income_percent", "difference_percent", values, reference),
                    "probability_better": probability_above_zero(values[1] - reference[1]),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _trade(labels: Sequence[str], runs: Sequence[DrawnRun]) -> pd.DataFrame:
    parts = []
    first = runs[0]
    reference = (first.central.outcome.pair_percent, first.drawn.pair_percent)
    for label, run in zip(labels, runs, strict=True):
        iso3 = run.inputs.world.iso3
        exporters, importers = run.inputs.pairs
        values = (run.central.outcome.pair_percent, run.drawn.pair_percent)
        parts.append(
            pd.DataFrame(
                {
                    "scenario": label,
                    "exporter_name": [name_of(iso3[place]) for place in exporters],
                    "importer_name": [name_of(iso3[place]) for place in importers],
                    "baseline_million_usd": run.central.outcome.pair_baseline_million_usd,
                    **_set_beside("change_percent", "difference_points", values, reference),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _trips(labels: Sequence[str], runs: Sequence[DrawnRun]) -> pd.DataFrame:
    parts = []
    first = runs[0]
    for label, run in zip(labels, runs, strict=True):
        trips = run.inputs.scenario.trips
        columns: dict[str, object] = {
            "scenario": [label] * len(trips),
            "origin": [trip.origin for trip in trips],
            "destination": [trip.destination for trip in trips],
        }
        for name in _TRIPS:
            at = TRIP_QUANTITIES.index(name)
            columns |= _set_beside(
                f"{name}_after",
                f"difference_{name}",
                (_of_trips(run.central.outcome.trips, at), _of_trips(run.drawn.trips, at)),
                (_of_trips(first.central.outcome.trips, at), _of_trips(first.drawn.trips, at)),
            )
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def _of_trips(values: FloatArray, quantity: int) -> FloatArray:
    """Take one quantity after the scenario; an impossible trip is missing."""
    taken = values[..., AFTER, quantity]
    return np.where(np.isfinite(taken), taken, np.nan)


def _certificate(runs: Sequence[DrawnRun]) -> pd.DataFrame:
    """Take the largest value of each check over the central equilibria of all scenarios."""
    found = [certificate_table(run.central.found, run.central.parts) for run in runs]
    worst = found[0].copy()
    worst["value"] = np.max([table["value"].to_numpy(dtype=np.float64) for table in found], axis=0)
    worst["passed"] = np.all([table["passed"].to_numpy(dtype=bool) for table in found], axis=0)
    return worst


def _headline(comparison: ScenarioComparison) -> tuple[str, ...]:
    table = comparison.tables["compare_summary"]
    summary = [{str(k): v for k, v in row.items()} for row in table.to_dict(orient="records")]
    told = [
        f"{row['scenario']}: real income of {comparison.focus} "
        f"{_percent(row, 'focus_income_percent')}, the world {_money(row, 'world_million_usd')} "
        f"a year{_npv(row)}."
        for row in summary
    ]
    first = summary[0]
    income = comparison.tables["compare_income"]
    focus = income[income["iso3"] == comparison.focus_iso3[0]].set_index("scenario")
    for row in summary[1:]:
        own = {str(k): v for k, v in focus.loc[row["scenario"]].items()}
        said = (
            f"{row['scenario']} less {first['scenario']}: {comparison.focus} "
            f"{_percent(own, 'difference_percent')}"
        )
        if comparison.draws:
            said += f", higher in {probability(float(own['probability_better']))} of the same draws"
        said += f"; the world {_money(row, 'difference_million_usd')} a year"
        against = row["difference_npv_million_usd"]
        if np.isfinite(against):
            said += (
                f"; net present value of what it adds, every input at its centre, "
                f"{money(against, sign=True)}"
            )
        told.append(f"{said}.")
    if comparison.draws:
        told.append(
            f"Numbers are medians of {comparison.draws:,} draws, in brackets the 5th to 95th "
            "percentile and for money the mean. The run with every input at its centre stands in "
            "the tables."
        )
    return tuple(told)


def _percent(row: dict[str, float], name: str) -> str:
    ends = band(row[f"{name}_low"], row[f"{name}_high"])
    return percent(row[f"{name}_median"]) + " of GDP" + (f" ({ends})" if ends else "")


def _money(row: dict[str, float], name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    told = money(row[f"{name}_median"], sign=True)
    if abs(row[f"{name}_median"]) < NIL_MILLION_USD:
        told = f"about nil ({told})"
    if low == high:
        return told
    return (
        f"{told} ({money(low, sign=True)} to {money(high, sign=True)}, "
        f"mean {money(row[f'{name}_mean'], sign=True)})"
    )


def _npv(row: dict[str, float]) -> str:
    if not np.isfinite(row["npv_million_usd"]):
        return ""
    return f", NPV {_money(row, 'npv_million_usd')}"
