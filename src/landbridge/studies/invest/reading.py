"""Read what can be chosen: projects and corridors of the register, or a scenario's measures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from landbridge.atlas.projects import Corridor, corridors, project, projects
from landbridge.basis import Basis
from landbridge.codes import fold, name_of, resolve
from landbridge.errors import FaultsError, InputError, LandbridgeError, UnknownNameError, suggest
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.values.parties import expand
from landbridge.studies.cba.costing import costed_measures
from landbridge.studies.chain.networks import open_on
from landbridge.studies.invest.choice import WORLD, Choice, Option
from landbridge.units import BoolArray
from landbridge.world.base import World

MOST_OPTIONS: Final = 20
"""Pairs grow with the square: 20 options are 190 pairs."""
MILLION_PER_BILLION: Final = 1000.0
MOST_RATE: Final = 50.0
"""Percent a year."""


@dataclass(frozen=True)
class Asked:
    """From whose standpoint, and within what.

    Attributes
    ----------
    standpoint
        Economy or bloc whose gains and costs count; None for the world.
    budget, payer_budgets
        Million USD of capital, of all payers together (None for no limit) and by payer.
    requires
        Pairs (a, b): a only with b.
    exclusive
        Groups of which one at most is chosen.
    rate_percent
        Discount rate; None for that of the terms.
    gain_factor
        What the gains of the model are multiplied with: 1 takes them as they are.
    parts
        Choose among the projects of a corridor, each by itself.
    """

    standpoint: str | None = None
    budget: float | None = None
    payer_budgets: Mapping[str, float] = field(default_factory=dict)
    requires: Sequence[tuple[str, str]] = ()
    exclusive: Sequence[Sequence[str]] = ()
    rate_percent: float | None = None
    gain_factor: float = 1.0
    parts: bool = False


def read_choice(
    basis: Basis,
    named: Sequence[str],
    within: Asked,
    *,
    scenario: Scenario | None = None,
    where: str = "",
    on: dt.date | None = None,
) -> Choice:
    """Read what can be chosen and within what.

    Parameters
    ----------
    basis
        World, network and parameters.
    named
        Projects and corridors of the register that are on the freight network; all its projects
        where none are named. With a scenario: ids of its measures, all where none are named.
    within
        Standpoint, budgets and rules.
    scenario, where
        Whose measures are chosen among, and its file.
    on
        The day from which years are counted; the scenario's, or today.

    Raises
    ------
    FaultsError
        Names that are not known, or rules that name what cannot be chosen; all of them at once.
    """
    world = basis.world
    if scenario is None:
        opened = open_on(basis)
        day = on or dt.date.today()  # noqa: DTZ011
        options, asked = _register(named, opened.basis.network, day, parts=within.parts)
        label = "the register of projects"
    else:
        opened = open_on(basis, scenario, where=where)
        options, asked = _measures(named, scenario), scenario
        label = where or scenario.name
    faults: list[str] = []
    if asked.choice == "logit":
        faults.append('choice: "cargo" or "least" here, not "logit"')
    if not 1 <= len(options) <= MOST_OPTIONS:
        faults.append(f"{len(options)} cannot be chosen among; name 1 to {MOST_OPTIONS}")
    costs = {item.measure: item for item in costed_measures(asked, where=label)}
    used = frozenset().union(*(option.works for option in options))
    known = {option.id: place for place, option in enumerate(options)}
    _check(within, faults)
    rules = _rules(known, within, faults)
    inside = _standpoint(within.standpoint, asked.date, world, faults)
    budgets = _budgets(within, faults)
    paying = {code for name in used if name in costs for code in costs[name].payers}
    faults += [
        f"payer {code}: {name_of(code)} pays for none of them"
        for code in budgets
        if code != WORLD and code not in paying
    ]
    absent = sorted(paying - set(world.iso3))
    if absent:
        faults.append(f"the payers {', '.join(absent)} are not in the world of {world.year}")
    if faults:
        raise FaultsError(list(dict.fromkeys(faults)), where=label)
    return Choice(
        options=options,
        scenario=asked,
        basis=opened.basis,
        costs={name: item for name, item in costs.items() if name in used},
        standpoint=_whom(within.standpoint, inside, world),
        rate_percent=within.rate_percent,
        gain_factor=within.gain_factor,
        inside=inside,
        budgets=budgets,
        requires=rules[0],
        exclusive=rules[1],
        where=label,
    )


def _rules(
    known: Mapping[str, int], within: Asked, faults: list[str]
) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, ...], ...]]:
    def place(name: str, rule: str) -> int:
        if name not in known:
            hint = suggest(name, known)
            faults.append(f"{rule}: '{name}' is none of what can be chosen. {hint}".rstrip())
            return 0
        return known[name]

    pairs = tuple((place(a, "requires"), place(b, "requires")) for a, b in within.requires)
    groups = tuple(tuple(place(name, "one-of") for name in group) for group in within.exclusive)
    return pairs, groups


def _check(within: Asked, faults: list[str]) -> None:
    """Note amounts and groups that mean nothing."""
    amounts = {
        "budget": within.budget,
        **{f"payer {k}": v for k, v in within.payer_budgets.items()},
    }
    faults += [
        f"{name}: {amount:g} million USD; a budget is 0 or more"
        for name, amount in amounts.items()
        if amount is not None and not amount >= 0
    ]
    faults += [
        f"one-of: '{', '.join(group)}' names fewer than two"
        for group in within.exclusive
        if len(group) < 2  # noqa: PLR2004 - one is no variant of itself
    ]
    if not within.gain_factor > 0:
        faults.append(f"gain-factor: {within.gain_factor:g}; gains are multiplied by more than 0")
    if within.rate_percent is not None and not 0 <= within.rate_percent <= MOST_RATE:
        faults.append(f"rate: {within.rate_percent:g} percent; a rate is 0 to {MOST_RATE:g}")


def _standpoint(name: str | None, on: dt.date, world: World, faults: list[str]) -> BoolArray:
    if name is None:
        return np.ones(len(world.iso3), dtype=bool)
    try:
        codes = expand(name, on=on, where="standpoint")
    except LandbridgeError as error:
        faults.append(str(error))
        return np.ones(len(world.iso3), dtype=bool)
    inside = np.array([code in codes for code in world.iso3])
    if not inside.any():
        faults.append(f"standpoint: {name} is not in the world of {world.year}")
    return inside


def _whom(name: str | None, inside: BoolArray, world: World) -> str:
    if name is None:
        return WORLD
    alone = np.flatnonzero(inside)
    return name_of(world.iso3[int(alone[0])]) if len(alone) == 1 else name


def _budgets(within: Asked, faults: list[str]) -> dict[str, float]:
    found: dict[str, float] = {} if within.budget is None else {WORLD: within.budget}
    for name, amount in within.payer_budgets.items():
        try:
            found[resolve(name, where="payer")] = amount
        except LandbridgeError as error:
            faults.append(str(error))
    return found


def _measures(named: Sequence[str], scenario: Scenario) -> tuple[Option, ...]:
    faults = []
    by_id = {measure.id: measure for measure in scenario.measures}
    for name in named:
        if name not in by_id:
            hint = suggest(name, by_id) or f"There are {', '.join(by_id)}."
            faults.append(f"'{name}' is no measure of the scenario. {hint}")
    chosen = [by_id[name] for name in named if name in by_id] or list(by_id.values())
    faults += [
        f"measure {measure.id}: an agreement or a tariff is not built; only measures of the "
        "network can be chosen"
        for measure in chosen
        if not measure.is_built
    ]
    if faults:
        raise FaultsError(faults, where=scenario.name)
    return tuple(Option(one.id, one.title, frozenset({one.id})) for one in chosen)


def _register(
    named: Sequence[str], network: FreightNetwork, on: dt.date, *, parts: bool
) -> tuple[tuple[Option, ...], Scenario]:
    """Turn projects and corridors into options, and a scenario that holds their measures."""
    table = {str(row["project"]): row for row in network.tables.projects.to_dict("records")}
    options, faults = [], []
    for name in dict.fromkeys(named or table):
        try:
            options.append(_option(name, table))
        except InputError as error:
            faults.append(str(error))
    if faults:
        raise FaultsError(faults, where="projects")
    works = sorted(frozenset().union(*(option.works for option in options)))
    if parts:
        options = [Option(key, _title(key, table), frozenset({key})) for key in works]
    return tuple(options), _scenario_of(works, table, on)


def _option(name: str, table: Mapping[str, Mapping[Any, Any]]) -> Option:
    by_fold = {fold(key): key for key in table}
    if fold(name) in by_fold:
        key = by_fold[fold(name)]
        return Option(key, _title(key, table), frozenset({key}))
    lines: dict[str, Corridor] = {}
    for one in corridors():
        lines |= {fold(alias): one for alias in (one.corridor, one.name, *one.aliases)}
    line = lines.get(fold(name))
    if line is None:
        try:
            row = project(name)
        except UnknownNameError:
            known = [*table, *(one.corridor for one in corridors())]
            hint = suggest(name, known) or f"On the network are {', '.join(table)}."
            raise UnknownNameError(
                f"'{name}' is neither a project nor a corridor.", mend=hint
            ) from None
        raise InputError(
            f"'{row.project}' is in the register, but not on the freight network: it changes "
            "nothing there.",
            mend=f"On the network are {', '.join(table)}.",
        )
    works = {row.project for row in projects(corridor=line.corridor)} & set(table)
    if not works:
        raise InputError(f"no project of the corridor '{line.corridor}' is on the freight network.")
    return Option(line.corridor, line.name, frozenset(works))


def _title(key: str, table: Mapping[str, Mapping[Any, Any]]) -> str:
    try:
        return project(key).name
    except UnknownNameError:
        return str(table[key]["name"])


def _scenario_of(
    works: Sequence[str], table: Mapping[str, Mapping[Any, Any]], on: dt.date
) -> Scenario:
    """Write the measures as a scenario; costs that the register lacks come from the network's."""
    measures, costs = [], []
    for key in works:
        row = table[key]
        measures.append(
            {
                "id": key,
                "kind": "build_project",
                "title": _title(key, table),
                "source": str(row["source"]),
                "project": key,
            }
        )
        if not _priced(key):
            band = {
                end: MILLION_PER_BILLION * float(row[f"cost_{end}_billion_usd"])
                for end in ("low", "central", "high")
            }
            costs.append(
                {
                    "measure": key,
                    "capital_million_usd": band,
                    "source": f"Projects of the freight network: {row['source']}",
                }
            )
    return Scenario.model_validate(
        {
            "format": 1,
            "name": "projects",
            "title": "Projects of the register",
            "summary": "Projects to choose among.",
            "date": on,
            "focus": {"economy": "PAK", "partners": [WORLD]},
            "measures": measures,
            "costs": costs,
        }
    )


def _priced(key: str) -> bool:
    try:
        return project(key).cost_central_million_usd is not None
    except UnknownNameError:
        return False
