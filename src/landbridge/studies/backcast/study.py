"""Backcasts: what the model would have said of an agreement, beside what happened.

From a panel of trade with domestic sales, only years up to a first year are used to estimate the
effect of agreements (PPML; exporter-year, importer-year and pair effects, the openness of all
borders by year), the pairs of the agreement themselves left out. Where the effects of earlier
agreements are known one by one, their mean and their spread take the place of that estimate
(`Beforehand`). Two predictions follow:

* *Given sizes*: the trade of the first year, the treated pairs raised by the effect, brought to the
  output and the expenditure of every economy in the check year and to the world's foreign trade
  of that year. What is left to predict is who trades with whom. Where the pairs' own past is
  known (`Beforehand`), it is added in a third prediction.
* *In equilibrium*: the same rise in the one-sector model, nothing else changed. It is compared with
  what treated pairs gained over what sizes alone predict.

Each is set beside the same prediction without the agreement: a model that does not beat that one
says nothing. Bands have two widths: that of the estimated effect alone, and that with the spread
by which pairs of the same size strayed over an earlier period.

Source of the method: backcasting of NAFTA as in Kehoe (2005, in Frontiers in Applied General
Equilibrium Modeling, Cambridge University Press), on the structural gravity of Yotov, Piermartini,
Monteiro and Larch (2016), chapter 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landbridge.equilibrium.one_sector import prepare, solve_prepared
from landbridge.errors import InputError
from landbridge.gravity.ppml.estimation import fit
from landbridge.gravity.spec import GravitySpec
from landbridge.gravity.uses.sizes import given_sizes
from landbridge.scenarios.parameters import THETA, default_parameters
from landbridge.studies.backcast.panel import (
    BackcastQuestion,
    Beforehand,
    Panel,
    check_panel,
    years_of,
)
from landbridge.studies.chain.one_pass import trade_ratio
from landbridge.studies.contract import certificate_of, worst_of
from landbridge.units import PERCENT, BoolArray, FloatArray, percent_change

SIZES_LIMIT: Final = 1e-8
"""Largest gap of predicted and actual sizes; `given_sizes` aims at 1e-9."""
SMALLEST: Final = 1.0
"""Flows below this, in the unit of the panel, are left out of the scores."""
GROUPS: Final = 10
"""Groups of pairs by size, each with a spread of its own."""
Z_90: Final = 1.6448536269514722


@dataclass(frozen=True, eq=False)
class Backcast:
    """What a backcast found.

    Attributes
    ----------
    question
        What was asked.
    pairs
        One row a pair of parties: exporter, importer, treated, before, after (trade, unit of the
        panel), actual_percent, sizes_percent (sizes alone), predicted_percent (+_low, _high: the
        effect's own band), wide_low, wide_high (with the spread of pairs), in_band, in_wide_band,
        net_actual_percent (over sizes alone), net_predicted_percent (+_low, _high: equilibrium);
        own_past_percent (with the agreement and the pair's own past), where that is known: both
        bands then lie about it.
    scores
        One row a set of pairs: pairs, correlation and root mean squared error (log points) of
        predicted and actual log changes, with the agreement and by sizes alone (and with the
        pairs' own past), and the percent of pairs within either band.
    estimate
        term, estimate, std_error, rows, years, left_out (terms that others explain).
    notes
        What was left out or counted.
    certificate
        Whether predicted trade adds up to sizes, and the largest value of each check over the
        equilibria.
    """

    question: BackcastQuestion
    pairs: pd.DataFrame
    scores: pd.DataFrame
    estimate: pd.DataFrame
    notes: tuple[str, ...]
    certificate: pd.DataFrame


def backcast(
    table: pd.DataFrame, question: BackcastQuestion, *, beforehand: Beforehand | None = None
) -> Backcast:
    """Predict what an agreement did from data of the time before, and check it.

    Parameters
    ----------
    table
        exporter, importer, year, trade (domestic sales too) and the column of agreements.
    question
        Parties and years.
    beforehand
        The effect and the pairs' past, where they are known from elsewhere; its squares are in
        the order of the table's codes.

    Returns
    -------
    Backcast
        Pairs, scores, the estimate and notes.

    Raises
    ------
    InputError, UnknownNameError
        The panel or the question cannot be used.
    ConvergenceError
        No estimate, no flows that add up, or no equilibrium.
    """
    panel = check_panel(table, question)
    years = years_of(panel, question)
    if beforehand is None:
        effect, error, estimate = _estimated(panel, question, years)
    else:
        effect, error, estimate = beforehand.effect, beforehand.error, beforehand.estimate
    start, end = panel.square(question.until), panel.square(question.check)
    treated = _treated(panel, question, years)
    foreign = ~np.eye(len(panel.codes), dtype=np.bool_)
    alone = given_sizes(start, end, np.zeros_like(start))
    with_it = given_sizes(start, end, np.where(treated, effect, 0.0))
    # The log of a prediction is close to straight in the effect: two ends give the draws.
    upper = given_sizes(start, end, np.where(treated, effect + Z_90 * error, 0.0))
    slope = _log_ratio(upper, with_it) / (Z_90 * error)
    rng = np.random.default_rng(question.seed)
    scores = rng.standard_normal(question.draws)
    net, checks = _equilibrium(start, treated, effect, error)
    known = foreign & (start >= SMALLEST) & (end >= SMALLEST) & (with_it > 0)
    full, spread = with_it, None
    if beforehand is not None:
        full = with_it * np.exp(np.where(foreign, beforehand.own_past, 0.0))
        spread = [
            (foreign & (beforehand.groups == at), pool) for at, pool in enumerate(beforehand.pools)
        ]
    found = _Found(panel, start, end, alone, with_it, full, treated, known)
    narrow, wide = _bands(
        found, slope * error, spread or _spreads(panel, question, start), scores, rng
    )
    return Backcast(
        question=question,
        pairs=_pairs_table(found, question, net, narrow, wide),
        scores=_scores_table(found, question, narrow, wide),
        estimate=estimate,
        notes=(*_notes(found, question, years, beforehand), *_left_out(estimate)),
        certificate=pd.concat([_sizes_kept(found), checks], ignore_index=True),
    )


def _sizes_kept(found: _Found) -> pd.DataFrame:
    """Check that what each economy is predicted to sell and buy is what it did."""
    wanted = np.where(found.start > 0, found.end, 0.0)
    gaps = [
        np.abs(flows.sum(axis=axis) - wanted.sum(axis=axis)) / wanted.sum(axis=axis)
        for flows in (found.alone, found.with_it)
        for axis in (0, 1)
    ]
    worst = float(np.nanmax(gaps))
    return certificate_of([("predicted less actual sizes", worst, SIZES_LIMIT, "share of size")])


@dataclass(frozen=True, eq=False)
class _Found:
    panel: Panel
    start: FloatArray
    end: FloatArray
    alone: FloatArray
    with_it: FloatArray
    full: FloatArray
    treated: BoolArray
    known: BoolArray


def _estimated(
    panel: Panel, question: BackcastQuestion, years: Sequence[int]
) -> tuple[float, float, pd.DataFrame]:
    table = panel.table[panel.table["year"].isin(years)].copy()
    foreign = table["exporter"] != table["importer"]
    inside = table["exporter"].isin(question.parties) & table["importer"].isin(question.parties)
    table = table[~(foreign & inside)].copy()
    foreign = table["exporter"] != table["importer"]
    borders = []
    for year in years[1:]:
        name = f"border_{year}"
        table[name] = (foreign & (table["year"] == year)).astype(float)
        borders.append(name)
    spec = GravitySpec(
        regressors=(question.agreement, *borders),
        fixed_effects=("exporter-year", "importer-year", "pair"),
        collinear=question.collinear,
    )
    found = fit(spec, table)
    if question.agreement not in set(found.coefficients["term"]):
        raise InputError(
            f"'{question.agreement}' is explained by the other terms: no effect can be estimated.",
            where="agreement",
            mend="Name another column, other years (--every), or parties with fewer pairs.",
        )
    rows = found.coefficients[["term", "estimate", "std_error"]].copy()
    rows["rows"] = found.diagnostics.rows_used
    rows["years"] = ", ".join(str(year) for year in years)
    rows["left_out"] = "; ".join(found.diagnostics.collinear)
    return found.estimate(question.agreement), found.std_error(question.agreement), rows


def _left_out(estimate: pd.DataFrame) -> tuple[str, ...]:
    told = str(estimate["left_out"].iloc[0])
    return (f"Left out of the estimate, since other terms explain it: {told}.",) if told else ()


def _treated(panel: Panel, question: BackcastQuestion, years: Sequence[int]) -> BoolArray:
    """Mark pairs of parties whose agreement came after the year before the last one known.

    Of a treaty that is named, those that it binds in the check and not in the last year known.
    """
    position = [panel.codes.index(code) for code in question.parties]
    inside = np.zeros((len(panel.codes),) * 2, dtype=np.bool_)
    inside[np.ix_(position, position)] = True
    np.fill_diagonal(inside, val=False)
    first = question.until if question.treaty else years[-2]
    column = question.treaty or panel.agreement
    before = panel.square(first, column) > 0
    after = panel.square(question.check, column) > 0
    found = inside & after & ~before
    if not found.any():
        raise InputError(
            f"no pair of the parties gets an agreement between {first} and {question.check}.",
            where="parties",
            mend="Name others, or an earlier --until.",
        )
    return found


def _log_ratio(new: FloatArray, old: FloatArray) -> FloatArray:
    known = (new > 0) & (old > 0)
    ratio = np.divide(new, old, out=np.ones_like(old), where=known)
    return np.asarray(np.log(ratio))


def _spreads(
    panel: Panel, question: BackcastQuestion, start: FloatArray
) -> list[tuple[BoolArray, FloatArray]]:
    """Compute how pairs strayed from sizes alone over an earlier period, by group of size.

    The period is as long as the one checked, or the longest that the years allow.
    """
    length = question.check - question.until
    there = sorted(set(panel.table["year"]))
    first = min(
        (year for year in there if year < question.until),
        key=lambda year: abs(question.until - length - year),
    )
    early, late = panel.square(first), panel.square(question.until)
    away = _log_ratio(late, given_sizes(early, late, np.zeros_like(early)))
    foreign = ~np.eye(len(start), dtype=np.bool_)
    seen = foreign & (early >= SMALLEST) & (late >= SMALLEST)
    edges = np.quantile(np.log(early[seen]), np.linspace(0.0, 1.0, GROUPS + 1)[1:-1])
    group_before = np.digitize(np.log(np.maximum(early, SMALLEST)), edges)
    group_now = np.digitize(np.log(np.maximum(start, SMALLEST)), edges)
    scale = np.sqrt(length / (question.until - first))
    return [
        (foreign & (group_now == at), scale * away[seen & (group_before == at)])
        for at in range(GROUPS)
    ]


def _bands(
    found: _Found,
    sensitivity: FloatArray,
    spread: Sequence[tuple[BoolArray, FloatArray]],
    scores: FloatArray,
    rng: np.random.Generator,
) -> tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]:
    """Compute both bands of predicted trade, ``[N, N]`` low and high each."""
    half = Z_90 * np.abs(sensitivity)
    narrow = (found.full * np.exp(-half), found.full * np.exp(half))
    low, high = narrow[0].copy(), narrow[1].copy()
    for cells, away in spread:
        if not cells.any() or not len(away):
            continue
        drawn = rng.choice(away, size=len(scores))
        moved = np.outer(sensitivity[cells], scores) + drawn
        ends = np.percentile(moved, [5.0, 95.0], axis=1)
        low[cells], high[cells] = found.full[cells] * np.exp(ends)
    return narrow, (low, high)


def _equilibrium(
    start: FloatArray, treated: BoolArray, effect: float, error: float
) -> tuple[tuple[FloatArray, FloatArray, FloatArray], pd.DataFrame]:
    """Compute the change of trade in equilibrium, centre and band, percent, ``[N, N]`` each."""
    theta = default_parameters()[THETA]
    values = ((theta.central, (0.0,)), (theta.low, (-Z_90, Z_90)), (theta.high, (-Z_90, Z_90)))
    ratios, checks = [], []
    for value, moves in values:
        base = prepare(start, theta=value, closure="purged")
        for move in moves:
            freeness = np.where(treated, np.exp(effect + move * error), 1.0)
            solved = solve_prepared(base, freeness)
            checks.append(solved.certificate.table())
            ratios.append(percent_change(trade_ratio(solved)))
    ends = np.stack(ratios)
    return (ratios[0], ends.min(axis=0), ends.max(axis=0)), worst_of(checks)


def _pairs_table(
    found: _Found,
    question: BackcastQuestion,
    net: tuple[FloatArray, FloatArray, FloatArray],
    narrow: tuple[FloatArray, FloatArray],
    wide: tuple[FloatArray, FloatArray],
) -> pd.DataFrame:
    rows = []
    past = found.full is not found.with_it
    for exporter in question.parties:
        for importer in question.parties:
            at = (found.panel.codes.index(exporter), found.panel.codes.index(importer))
            if exporter == importer or not found.known[at]:
                continue
            before, after = found.start[at], found.end[at]
            row: dict[str, object] = {
                "exporter": exporter,
                "importer": importer,
                "treated": bool(found.treated[at]),
                "before": before,
                "after": after,
                "actual_percent": PERCENT * (after / before - 1.0),
                "sizes_percent": PERCENT * (found.alone[at] / before - 1.0),
                "predicted_percent": PERCENT * (found.with_it[at] / before - 1.0),
                "predicted_percent_low": PERCENT * (narrow[0][at] / before - 1.0),
                "predicted_percent_high": PERCENT * (narrow[1][at] / before - 1.0),
                "wide_low_percent": PERCENT * (wide[0][at] / before - 1.0),
                "wide_high_percent": PERCENT * (wide[1][at] / before - 1.0),
                "in_band": bool(narrow[0][at] <= after <= narrow[1][at]),
                "in_wide_band": bool(wide[0][at] <= after <= wide[1][at]),
                "net_actual_percent": PERCENT * (after / found.alone[at] - 1.0),
                "net_predicted_percent": net[0][at],
                "net_predicted_percent_low": net[1][at],
                "net_predicted_percent_high": net[2][at],
            }
            if past:
                row["own_past_percent"] = PERCENT * (found.full[at] / before - 1.0)
            rows.append(row)
    return pd.DataFrame(rows)


def _scores_table(
    found: _Found,
    question: BackcastQuestion,
    narrow: tuple[FloatArray, FloatArray],
    wide: tuple[FloatArray, FloatArray],
) -> pd.DataFrame:
    member = np.isin(found.panel.codes, question.parties)
    inside = np.outer(member, member)
    mixed = member[:, None] ^ member[None, :]
    sets = (
        ("pairs that the agreement treats", found.treated),
        ("all pairs of parties", inside),
        ("parties with others", mixed),
        ("pairs of others", ~inside & ~mixed),
        ("all pairs", np.ones_like(inside)),
    )
    ways = [("with", found.with_it), ("sizes", found.alone)]
    if found.full is not found.with_it:
        ways.append(("own_past", found.full))
    actual = _log_ratio(found.end, found.start)
    rows = []
    for words, cells in sets:
        at = cells & found.known
        row: dict[str, object] = {"pairs of": words, "pairs": int(at.sum())}
        for name, flows in ways:
            said = _log_ratio(flows, found.start)
            row[f"correlation_{name}"] = correlation(actual[at], said[at])
            missed = (said - actual)[at]
            row[f"error_{name}"] = float(np.sqrt(np.mean(missed**2))) if len(missed) else np.nan
            row[f"bias_{name}"] = float(np.mean(missed)) if len(missed) else np.nan
        for name, (low, high) in (("band", narrow), ("wide_band", wide)):
            hit = (low <= found.end) & (found.end <= high)
            row[f"in_{name}_percent"] = PERCENT * float(hit[at].mean()) if at.any() else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def correlation(one: FloatArray, other: FloatArray) -> float:
    """Compute the correlation; not a number for fewer than three pairs, or without any spread."""
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:  # noqa: PLR2004
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def _notes(
    found: _Found,
    question: BackcastQuestion,
    years: Sequence[int],
    beforehand: Beforehand | None,
) -> tuple[str, ...]:
    foreign = ~np.eye(len(found.start), dtype=np.bool_)
    small = int((foreign & ~found.known).sum())
    empty = int((foreign & (found.start <= 0) & (found.end > 0)).sum())
    fitted = (
        f"Estimated on {', '.join(map(str, years))}, pairs of the parties left out; trade of "
        f"{question.until} is the baseline, that of {question.check} the check."
    )
    sizes = (
        f"Given sizes means that output, expenditure and the world's foreign trade of "
        f"{question.check} are known to both predictions; who trades with whom is not."
    )
    counted = (
        f"{small} of {int(foreign.sum())} pairs trade less than {SMALLEST:g} in one of the years "
        f"and are not scored; {empty} traded nothing in {question.until} and something in "
        f"{question.check}, which no change in proportion can predict."
    )
    if beforehand is not None:
        return (*beforehand.notes, sizes, counted)
    return fitted, sizes, counted
