"""A study of coalitions: read who may join, solve every coalition, and share out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from landbridge.atlas.standing import AgreementDepth, standing_depths
from landbridge.basis import Basis
from landbridge.brief import brief_repr
from landbridge.codes import name_of, resolve
from landbridge.draws.bands import with_band
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.draws.engine import Draw, run_draws
from landbridge.errors import FaultsError, InputError, UnknownNameError
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.scenarios.parameters import THETA
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.values.parties import expand
from landbridge.studies.cba.costing import appraisal_terms, drawn_terms
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.cargo import cargo_of
from landbridge.studies.chain.networks import open_on
from landbridge.studies.coalition.games import MOST_PLAYERS, names
from landbridge.studies.coalition.tables import (
    Sharing,
    best_pair,
    coalitions_table,
    members_table,
    next_members_table,
    outsiders_table,
    players_as_candidates,
    share_out,
    widening_table,
)
from landbridge.studies.coalition.values import (
    Payoffs,
    Player,
    Rules,
    Works,
    coalition_payoffs,
    make_rules,
)
from landbridge.studies.coalition.works import Project, make_works, read_project
from landbridge.tasks import Progress, no_progress, single_threaded
from landbridge.units import FloatArray, IntArray
from landbridge.world.base import World

FEWEST: Final = 2
_RULE: Final = (
    "A coalition acts and everybody else does nothing. The value of a coalition is the gain of "
    "real income of its members together, in a full year at the size of {year}; side payments "
    "between members are possible unless said otherwise."
)
_DEEPENING: Final = (
    "Signing adds what the new depth is worth above what binds a pair already, by the agreements "
    "of the atlas in force on {day}; several effects of depth are assumed, with wide bands. Tariff "
    "revenue, and what an agreement costs to keep, are not in the model: gains are before them."
)
_BUILDING: Final = (
    "A measure can be built when every player in whose economies it lies takes part; a coalition "
    "builds those that are worth most to its members together. Economies that are no player's are "
    "taken to agree and to pay their own part. Costs are an even yearly amount "
    "over the life of the work at the discount rate of the terms, set against the gain of a full "
    "year: traffic does not ramp up or grow here."
)
FEWEST_TO_WIDEN: Final = 3


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked, made ready.

    Attributes
    ----------
    players, candidates
        Who may take part, and who might join all of them.
    depth
        Of the agreement that a coalition signs; None for none.
    on
        The day at which blocs and standing agreements are read.
    basis
        World, network and parameters, the project's own rows in them.
    standing
        ``[N, N]`` what binds pairs already.
    project
        What coalitions build; None for an agreement alone.
    first
        The coalition that signs first; 0 for the most valuable pair.
    """

    players: tuple[Player, ...]
    candidates: tuple[Player, ...]
    depth: AgreementDepth | None
    on: dt.date
    basis: Basis
    standing: IntArray
    project: Project | None
    first: int

    @property
    def world(self) -> World:
        """The baseline."""
        return self.basis.world


@dataclass(frozen=True, eq=False, repr=False)
class CoalitionStudy:
    """What a study found.

    Attributes
    ----------
    question, payoffs, sharing
        What was asked and solved.
    first
        Names of those who sign first.
    tables
        By name: ``coalition_members``, ``coalition_next``, ``coalition_widening``,
        ``coalition_values``, ``coalition_outsiders``, ``coalition_certificate``.
    verdict, notes
        Sentences.
    draws, seed
        How many draws the bands rest on.
    """

    question: Question
    payoffs: Payoffs
    sharing: Sharing
    first: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]
    draws: int
    seed: int
    core_probability: float = float("nan")
    holds_probability: float = float("nan")
    notes: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        """Say what it is, not all that it holds."""
        return brief_repr(self)


def read_question(
    basis: Basis,
    names_of_players: Sequence[str],
    *,
    depth: AgreementDepth | None,
    scenario: Scenario | None = None,
    where: str = "",
    on: dt.date | None = None,
    candidates: Sequence[str] | None = None,
    first: Sequence[str] = (),
) -> Question:
    """Read who may take part and what they may do.

    Parameters
    ----------
    basis
        World, network and parameters.
    names_of_players
        Economies or blocs, up to twelve; a bloc acts as one.
    depth
        Of the agreement among those who join; None for none, which needs a scenario.
    scenario, where
        What coalitions build, and its file.
    on
        The day of blocs and agreements; the scenario's, or today.
    candidates
        Who might join all of them; every other economy where absent.
    first
        Players that sign first, for stumbling and building blocks.

    Raises
    ------
    InputError, FaultsError
        A name is not known, an economy stands twice, there are too many, or nothing is to be done.
    """
    if depth is None and scenario is None:
        raise InputError("there is nothing to agree on: give a depth or a scenario.")
    day = on or (scenario.date if scenario else dt.date.today())  # noqa: DTZ011 - a calendar day
    world = basis.world
    opened = open_on(basis, scenario, where=where).basis
    players = _players(names_of_players, day, world, "members")
    others = (
        players_as_candidates(world, players)
        if candidates is None
        else _players([*names_of_players, *candidates], day, world, "candidates")[len(players) :]
    )
    return Question(
        players=players,
        candidates=others if depth else (),
        depth=depth,
        on=day,
        basis=opened,
        standing=standing_depths(world.iso3, on=day),
        project=None
        if scenario is None
        else read_project(scenario, opened.network, players, where=where),
        first=_first(first, players),
    )


def _players(named: Sequence[str], on: dt.date, world: World, where: str) -> tuple[Player, ...]:
    if where == "members" and not FEWEST <= len(named) <= MOST_PLAYERS:
        raise InputError(
            f"{len(named)} members cannot form coalitions.",
            where=where,
            mend=f"Name {FEWEST} to {MOST_PLAYERS}; a bloc counts as one.",
        )
    faults: list[str] = []
    players: list[Player] = []
    owner: dict[str, str] = {}
    for name in named:
        try:
            codes = tuple(code for code in expand(name, on=on) if code in world.iso3)
        except UnknownNameError as error:
            faults.append(str(error))
            continue
        title = _title(name, codes)
        if not codes:
            faults.append(f"'{name}' is not in the world of {world.year}.")
        taken = [f"{name_of(code)} ({owner[code]})" for code in codes if code in owner]
        if taken:
            faults.append(f"'{name}': {', '.join(taken)} takes part already.")
        owner |= dict.fromkeys(codes, title)
        players.append(Player(title, codes))
    if faults:
        raise FaultsError(faults, where=where)
    return tuple(players)


def _title(name: str, codes: tuple[str, ...]) -> str:
    if len(codes) == 1:
        return name_of(codes[0])
    return name


def _first(named: Sequence[str], players: tuple[Player, ...]) -> int:
    number = 0
    for name in named:
        key = name.casefold()
        hits = [
            place
            for place, player in enumerate(players)
            if key == player.name.casefold() or player.iso3 == _codes(name)
        ]
        if not hits:
            raise UnknownNameError(f"'{name}' is none of the members.", where="first")
        number |= 1 << hits[0]
    if named and not FEWEST <= number.bit_count() < len(players):
        raise InputError("name at least two members, and not all of them.", where="first")
    return number


def _codes(name: str) -> tuple[str, ...]:
    try:
        return (resolve(name),)
    except UnknownNameError:
        return ()


def study_coalitions(
    question: Question,
    *,
    draws: int = 0,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    progress: Progress = no_progress,
) -> CoalitionStudy:
    """Solve every coalition, share out what all are worth, and see who would leave or join.

    Parameters
    ----------
    question
        From `read_question`.
    draws
        Draws for bands; each solves every coalition anew.
    seed, jobs, progress
        As in `studies.run.running.run_scenario`.

    Raises
    ------
    ConvergenceError
        An equilibrium or a linear programme was not solved; no number is given then.
    """
    rules = single_threaded(_central_rules, question)
    payoffs = coalition_payoffs(rules, jobs=jobs, progress=progress)
    sharing = share_out(payoffs)
    game = payoffs.game
    found = run_draws(
        partial(_one_draw, question), draws=draws, seed=seed, jobs=jobs, progress=progress
    )
    members = members_table(payoffs, sharing, question.world)
    tables = {"coalition_members": _with_draws(members, found)}
    first = question.first or best_pair(game)
    if question.candidates:
        tables["coalition_next"] = next_members_table(rules, payoffs, question.candidates)
    if question.depth and len(question.players) >= FEWEST_TO_WIDEN:
        tables["coalition_widening"] = widening_table(payoffs, first)
    tables["coalition_values"] = coalitions_table(
        payoffs, sharing, () if rules.works is None else rules.works.titles
    )
    tables["coalition_outsiders"] = outsiders_table(payoffs, rules.label, question.world)
    if rules.works is not None:
        tables["coalition_works"] = works_table(rules)
    tables["coalition_certificate"] = payoffs.certificate
    return CoalitionStudy(
        question=question,
        payoffs=payoffs,
        sharing=sharing,
        first=names(game, first),
        tables=tables,
        draws=draws,
        seed=seed,
        core_probability=float(np.mean([one.has_core for one in found])) if found else np.nan,
        holds_probability=float(np.mean([one.holds for one in found])) if found else np.nan,
        notes=_notes(question),
    )


def _central_rules(question: Question) -> Rules:
    values = central_values(question.basis.parameters)
    terms = {name: term.central for name, term in appraisal_terms().items()}
    return _rules(question, values, terms, draw=FreightDraw.neutral(), drawn=None)


def _rules(
    question: Question,
    values: Mapping[str, float],
    terms: Mapping[str, float],
    *,
    draw: FreightDraw,
    drawn: Draw | None,
) -> Rules:
    works: Works | None = None
    project = question.project
    if project is not None:
        cargo = cargo_of(question.basis.world, project.scenario)
        chosen = cargo if drawn is None else drawn.cargo_choice(cargo)
        assumptions = assumptions_of(values, chosen)
        works = make_works(
            project,
            question.players,
            basis=question.basis,
            assumptions=assumptions,
            draw=draw,
            terms=terms,
            drawn=drawn,
        )
    return make_rules(
        question.world,
        question.players,
        standing=question.standing,
        depth=question.depth,
        values=values,
        theta=values[THETA],
        closure="purged" if project is None else project.scenario.closure,
        works=works,
    )


@dataclass(frozen=True)
class _Drawn:
    """What is kept of a draw: ``[P]`` each."""

    together: FloatArray
    left_behind: FloatArray
    shapley: FloatArray
    transfer: FloatArray
    leaves: FloatArray
    has_core: bool
    holds: bool


def _one_draw(question: Question, draw: Draw) -> _Drawn:
    basis = question.basis
    rules = _rules(
        replace(question, basis=replace(basis, world=draw.world(basis.world))),
        draw.parameters(basis.parameters, basis.estimates),
        drawn_terms(appraisal_terms(), draw),
        draw=draw.freight(),
        drawn=draw,
    )
    sharing = share_out(coalition_payoffs(rules, jobs=1))
    places = np.arange(len(question.players))
    leaving = np.array([[number >> place & 1 for place in places] for number in sharing.leaving])
    return _Drawn(
        together=sharing.together,
        left_behind=sharing.left_behind,
        shapley=sharing.shapley,
        transfer=sharing.transfer,
        leaves=np.asarray(leaving.reshape(-1, len(places)).any(axis=0), dtype=np.float64),
        has_core=sharing.least.has_core,
        holds=sharing.holds,
    )


def _with_draws(table: pd.DataFrame, found: Sequence[_Drawn]) -> pd.DataFrame:
    """Lay bands beside the members' numbers."""
    if not found:
        return table
    columns: dict[str, object] = {}
    for name in table.columns:
        key = str(name).removesuffix("_million_usd")
        if key in {"together", "left_behind", "shapley", "transfer"}:
            drawn = np.stack([getattr(one, key) for one in found])
            columns |= with_band(str(name), table[name].to_numpy(), drawn)
        else:
            columns[str(name)] = table[name]
        if name == "would_leave":
            columns["probability_leaves"] = np.mean([one.leaves for one in found], axis=0)
    return pd.DataFrame(columns)


def works_table(rules: Rules) -> pd.DataFrame:
    """Say what can be built, whom it needs and what it costs the players.

    Returns
    -------
    pandas.DataFrame
        title, needs (names of players), players_cost_million_usd (a year).
    """
    works = rules.works
    if works is None:
        return pd.DataFrame(columns=["title", "needs", "players_cost_million_usd"])
    named = np.array([player.name for player in rules.players], dtype=object)
    return pd.DataFrame(
        {
            "title": works.titles,
            "needs": [", ".join(named[row]) for row in works.needs],
            "players_cost_million_usd": works.yearly_cost.sum(axis=1),
        }
    )


def _notes(question: Question) -> tuple[str, ...]:
    told = [_RULE.format(year=question.world.year)]
    if question.depth:
        told.append(_DEEPENING.format(day=question.on.isoformat()))
    if question.project is not None:
        told.append(_BUILDING)
    return tuple(told)
