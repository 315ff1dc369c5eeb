"""Bridge published studies to this world: step by step, with parts that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from landbridge.basis import Basis
from landbridge.codes import name_of
from landbridge.errors import InputError
from landbridge.studies.bridge.reading import known_studies, read_study
from landbridge.studies.bridge.schema import Change, Evidence, Setting, Step, StudyFile
from landbridge.studies.bridge.solving import Ground, Solved, solve_setting
from landbridge.studies.contract import worst_of
from landbridge.tasks import Progress, no_progress
from landbridge.units import FloatArray
from landbridge.world.base import World

UNEXPLAINED: Final = "not explained"
"""What a solution in the setting of the study misses: data, other economies, method."""
START: Final = "setting of the study"


@dataclass(frozen=True, eq=False)
class BridgeFound:
    """What the bridges of some studies give.

    Attributes
    ----------
    summary
        One row a figure: study, economies, published_percent, here_percent with its ends,
        unexplained_percent, ours_percent.
    steps
        One row a figure and step: part, changed, real_income_percent, change_percent, because.
    parts
        One row a figure and part: percent; with what is not explained they add up to ours less
        published.
    apart
        Steps taken alone from the setting of the study.
    facts
        Every figure that was put in, with its source.
    certificate
        The worst of each check over all solutions.
    notes
        What a reader must know.
    """

    summary: pd.DataFrame
    steps: pd.DataFrame
    parts: pd.DataFrame
    apart: pd.DataFrame
    facts: pd.DataFrame
    certificate: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Bridge:
    """One study solved: the start, its ends, the steps, and the steps taken alone."""

    file: StudyFile
    start: Solved
    ends: tuple[Solved, ...]
    steps: tuple[Solved, ...]
    apart: tuple[Solved, ...]

    @property
    def solutions(self) -> tuple[Solved, ...]:
        """All of them."""
        return (self.start, *self.ends, *self.steps, *self.apart)


def study_bridge(
    basis: Basis, names: Sequence[str] = (), *, progress: Progress = no_progress
) -> BridgeFound:
    """Put the shocks of published studies to this world, and change one thing at a time.

    Parameters
    ----------
    basis
        World, network and parameters.
    names
        Studies; all that ship where none is named.
    progress
        Told how far the work is.

    Raises
    ------
    UnknownNameError
        No such study ships.
    InputError
        The world lacks economies of every study that is asked for.
    ConvergenceError
        An equilibrium was not found.
    """
    return bridge_files(
        basis, [read_study(name) for name in names or known_studies()], progress=progress
    )


def bridge_files(
    basis: Basis, files: Sequence[StudyFile], *, progress: Progress = no_progress
) -> BridgeFound:
    """Bridge studies that are read already; see `study_bridge`."""
    world = basis.world
    lacking = {file.name: _absent(file, world) for file in files}
    kept = [file for file in files if not lacking[file.name]]
    notes = [
        f"{file.title}: left out; this world lacks {', '.join(lacking[file.name])}."
        for file in files
        if lacking[file.name]
    ]
    if not kept:
        raise InputError(" ".join(notes), where="study", mend="Take the world that ships.")
    ground = Ground(basis)
    total = sum(_count(file) for file in kept)
    bridges, done = [], 0
    for file in kept:
        bridges.append(_solve(ground, file))
        done += _count(file)
        progress("solutions", done, total)
    notes += list(ground.notes.values())
    notes += [note for bridge in bridges for note in _notes(bridge.file, world)]
    return BridgeFound(
        summary=_joined([_summary(bridge, world) for bridge in bridges]),
        steps=_joined([_steps(bridge, world) for bridge in bridges]),
        parts=_joined([_parts(bridge, world) for bridge in bridges]),
        apart=_joined([_apart(bridge, world) for bridge in bridges]),
        facts=_joined([facts_table(bridge.file) for bridge in bridges]),
        certificate=worst_of([one.certificate for b in bridges for one in b.solutions]),
        notes=(*NOTES, *notes),
    )


NOTES: Final = (
    (
        "Shocks of a time past act on the world of today, tariffs and costs of then in the place "
        "of those of now, but for settings that name a year. What other data would do is in what "
        "is not explained."
    ),
    (
        "The order of the steps is part of the definition: another order gives other parts with "
        "the same sum. Steps that are taken alone stand in a table of their own."
    ),
)


def _absent(file: StudyFile, world: World) -> list[str]:
    """Name the economies of published figures of which the world has none."""
    there = set(world.iso3)
    return [one.economies for one in file.published if not there & set(file.group(one.economies))]


def _count(file: StudyFile) -> int:
    return 1 + len(_ends(file)) + len(file.steps) + len(file.apart)


def _ends(file: StudyFile) -> list[tuple[Setting, str]]:
    """List the settings that span the band of the start: ends of the shock, and of elasticity."""
    begin, elasticity = file.begin(), file.elasticity
    found: list[tuple[Setting, str]] = []
    if any(change.low is not None for change in file.shocks[begin.shock].changes):
        found += [(begin, "low"), (begin, "high")]
    found += [
        (replace(begin, elasticity=end), "central")
        for end in (elasticity.low, elasticity.high)
        if end is not None
    ]
    return found


def _solve(ground: Ground, file: StudyFile) -> _Bridge:
    """Solve a study: start, ends, steps and steps alone."""
    begin = file.begin()
    setting, steps = begin, []
    for step in file.steps:
        setting = step.onto(setting)
        steps.append(solve_setting(ground, file, setting))
    return _Bridge(
        file=file,
        start=solve_setting(ground, file, begin),
        ends=tuple(
            solve_setting(ground, file, one, end=end)  # type: ignore[arg-type]  # from `_ends`
            for one, end in _ends(file)
        ),
        steps=tuple(steps),
        apart=tuple(solve_setting(ground, file, step.onto(begin)) for step in file.apart),
    )


def mean_percent(file: StudyFile, name: str, percent: FloatArray, world: World) -> float:
    """Compute the mean of a group, weighted by GDP; of those that the world has."""
    at = [world.index(code) for code in file.group(name) if code in world.iso3]
    return float(np.average(percent[at], weights=world.gdp_million_usd[at]))


def _summary(bridge: _Bridge, world: World) -> pd.DataFrame:
    file = bridge.file
    rows = []
    for one in file.published:
        here = mean_percent(file, one.economies, bridge.start.percent, world)
        ends = [mean_percent(file, one.economies, end.percent, world) for end in bridge.ends]
        rows.append(
            {
                "study": file.name,
                "economies": _told(file, one.economies, world),
                "published_percent": one.percent,
                "here_percent": here,
                "here_at_least_percent": min([here, *ends]) if ends else np.nan,
                "here_at_most_percent": max([here, *ends]) if ends else np.nan,
                "unexplained_percent": here - one.percent,
                "ours_percent": mean_percent(file, one.economies, bridge.steps[-1].percent, world),
            }
        )
    return pd.DataFrame(rows)


def _steps(bridge: _Bridge, world: World) -> pd.DataFrame:
    file = bridge.file
    rows = []
    for one in file.published:
        before = mean_percent(file, one.economies, bridge.start.percent, world)
        head = {"study": file.name, "economies": _told(file, one.economies, world)}
        rows.append(
            {
                **head,
                "step": 0,
                "part": UNEXPLAINED,
                "changed": START,
                "real_income_percent": before,
                "change_percent": before - one.percent,
                "because": file.start.because,
            }
        )
        for number, (step, solved) in enumerate(
            zip(file.steps, bridge.steps, strict=True), start=1
        ):
            after = mean_percent(file, one.economies, solved.percent, world)
            rows.append(
                {
                    **head,
                    "step": number,
                    "part": step.part,
                    "changed": _changed(step),
                    "real_income_percent": after,
                    "change_percent": after - before,
                    "because": step.because,
                }
            )
            before = after
    return pd.DataFrame(rows)


def _parts(bridge: _Bridge, world: World) -> pd.DataFrame:
    """Add steps of one part up; what is not explained comes first."""
    steps = _steps(bridge, world)
    keys = ["study", "economies", "part"]
    found = steps.groupby(keys, sort=False)["change_percent"].sum()
    return found.rename("percent").reset_index()


def _apart(bridge: _Bridge, world: World) -> pd.DataFrame:
    file = bridge.file
    rows = []
    for one in file.published:
        here = mean_percent(file, one.economies, bridge.start.percent, world)
        for step, solved in zip(file.apart, bridge.apart, strict=True):
            alone = mean_percent(file, one.economies, solved.percent, world)
            rows.append(
                {
                    "study": file.name,
                    "economies": _told(file, one.economies, world),
                    "part": step.part,
                    "changed": _changed(step),
                    "real_income_percent": alone,
                    "change_percent": alone - here,
                    "because": step.because,
                }
            )
    return pd.DataFrame(rows)


def facts_table(file: StudyFile) -> pd.DataFrame:
    """List every figure of a file: study, what, value, confidence, source, address, read."""
    rows = [_fact(file, f"{one.economies}: {one.what}", f"{one.percent:g} %", one)
            for one in file.published]  # fmt: skip
    known = file.elasticity
    span = "" if known.low is None else f" ({known.low:g} to {known.high:g})"
    rows.append(_fact(file, "trade elasticity", f"{known.value}{span}", known))
    for shock in file.shocks.values():
        rows += [
            _fact(file, f"{shock.title}: {_who(change)}", _size(change), change)
            for change in shock.changes
        ]
    return pd.DataFrame(rows)


def _fact(file: StudyFile, what: str, value: str, known: Evidence) -> Mapping[str, str]:
    return {
        "study": file.name,
        "what": what,
        "value": value,
        "confidence": known.confidence,
        "source": known.source,
        "address": known.address,
        "read": "" if known.read is None else known.read.isoformat(),
    }


def _who(change: Change) -> str:
    if change.kind == "home_cost":
        return f"{', '.join(change.exporters)} at home"
    if change.kind == "sector_tariffs":
        return change.table
    sign = "and" if change.both_ways else "to"
    return f"{', '.join(change.exporters)} {sign} {', '.join(change.importers)}"


def _size(change: Change) -> str:
    """Write the size of a change with its unit."""
    span = "" if change.low is None else f" ({change.low:g} to {change.high:g})"
    match change.kind:
        case "cost" | "home_cost":
            return f"{change.value:+g} % of one plus the cost{span}"
        case "trade_effect":
            return f"{change.value:+g} log points of trade{span}"
        case "tariff":
            before = "as in the world" if change.before is None else f"{change.before:g}"
            return f"tariff {before} to {change.after:g} %"
        case "mfn":
            return "tariff without preference"
        case "sector_tariffs":
            return "tariffs by sector"


def _told(file: StudyFile, name: str, world: World) -> str:
    """Name an economy, or a group with how many of it the world has."""
    if name not in file.groups:
        return name_of(name)
    count = sum(code in world.iso3 for code in file.group(name))
    return f"{name} ({count} economies)"


def _changed(step: Step) -> str:
    value = getattr(step, step.key)
    told = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    return f"{step.key.replace('_', ' ')}: {str(told).replace('_', ' ')}"


def _notes(file: StudyFile, world: World) -> tuple[str, ...]:
    """Say what no step can show, and who belongs to groups that figures are means of."""
    told = [f"{file.title}. No step shows: {file.left_out}."]
    for one in file.published:
        if one.economies in file.groups:
            codes = [code for code in file.group(one.economies) if code in world.iso3]
            told.append(
                f"{file.title}. The {one.economies}, by the atlas on {file.on.isoformat()}: "
                f"{', '.join(codes)}. Means are weighted by GDP."
            )
    return tuple(told)


def _joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table for table in tables if len(table)], ignore_index=True)
