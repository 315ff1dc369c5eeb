"""Which measures of a scenario political relations block at its date, and what is left of them.

Relations are facts of the atlas (`landbridge.atlas.relations`). The rules are:

* A relation that blocks in full takes the pairs between which it stands out of an agreement, a
  tariff equivalent or a payment cost; a project or a crossing that needs both sides falls away.
* A relation that blocks in part is shown and takes nothing out.
* A closed crossing, border or strait does not block a measure that says how it works from now
  on: that measure assumes that the closure has ended, and the run says so.
* An objection to a corridor blocks the objector's own part in it and nothing else.
* A relation that names places counts at those places alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from landbridge import codes
from landbridge.atlas.projects import Project, registered
from landbridge.atlas.relations import Act, Relation, relations
from landbridge.errors import LandbridgeError, UnknownNameError
from landbridge.scenarios.measures.base import Crossed, Measure
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.values.pair_costs import Pair
from landbridge.tables import embedded_table

Effect: TypeAlias = Literal["blocked", "in part", "assumed lifted", "bears on others"]
CLOSURES = ("closed_crossing", "closed_border", "closed_chokepoint")


@dataclass(frozen=True, eq=False)
class Constraint:
    """One relation that bears on one measure.

    Attributes
    ----------
    measure
        The measure.
    relation
        The relation.
    act
        What of the measure it bears on.
    effect
        ``blocked``: taken out; ``in part``: shown only; ``assumed lifted``: a closure that the
        measure takes to have ended; ``bears on others``: binds somebody who has no part in it.
    pairs
        Exporter and importer between which it stands; empty for a measure of the network.
    of
        How many pairs the measure has.
    parties
        Between whom, in words.
    targets
        Crossings that fall away; empty for all of the measure.
    """

    measure: Measure
    relation: Relation
    act: Act
    effect: Effect
    pairs: frozenset[Pair]
    of: int
    parties: str
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Constraints:
    """All relations that bear on a scenario.

    Attributes
    ----------
    found
        One a measure and relation.
    ignored
        Whether the scenario runs everything all the same.
    """

    found: tuple[Constraint, ...]
    ignored: bool

    @property
    def blocked(self) -> tuple[Constraint, ...]:
        """Those that take something out, or would."""
        return tuple(item for item in self.found if item.effect == "blocked")

    def blocked_pairs(self) -> dict[str, frozenset[Pair]]:
        """List the pairs to take out of each policy measure, by its id."""
        taken: dict[str, frozenset[Pair]] = {}
        for item in () if self.ignored else self.blocked:
            taken[item.measure.id] = taken.get(item.measure.id, frozenset()) | item.pairs
        return {name: pairs for name, pairs in taken.items() if pairs}


NO_CONSTRAINTS = Constraints((), ignored=False)


def constraints_of(scenario: Scenario) -> Constraints:
    """Find the relations that bear on a scenario's measures at its date.

    Parameters
    ----------
    scenario
        Its measures, date, and whether constraints are honoured.

    Returns
    -------
    Constraints
        What a party that is not known would bear is left out: reading the measure says so.
    """
    found: list[Constraint] = []
    for measure in scenario.measures:
        try:
            found += _of_pairs(measure, scenario)
            found += _of_project(measure, scenario)
            found += _of_crossings(measure, scenario)
        except UnknownNameError:
            continue
    return Constraints(tuple(found), ignored=scenario.constraints == "ignore")


def honoured(scenario: Scenario, constraints: Constraints) -> Scenario:
    """Return the scenario without the measures of the network, or crossings, that are blocked.

    Pairs that are blocked stay in the policy measures; `Constraints.blocked_pairs` names them.
    """
    if constraints.ignored or not constraints.blocked:
        return scenario
    whole = {c.measure.id for c in constraints.blocked if not c.pairs and not c.targets}
    some: dict[str, set[str]] = {}
    for item in constraints.blocked:
        some.setdefault(item.measure.id, set()).update(item.targets)
    kept: list[Measure] = []
    for measure in scenario.measures:
        if measure.id in whole:
            continue
        targets = some.get(measure.id)
        left = measure.without(targets) if targets else measure
        kept += [] if left is None else [left]
    costs = tuple(cost for cost in scenario.costs if cost.measure in {m.id for m in kept})
    return scenario.model_copy(update={"measures": tuple(kept), "costs": costs})


def work_around(item: Constraint) -> tuple[str, str]:
    """Name the work-around of a block and say what it means; empty texts where none is named."""
    if item.effect != "blocked":
        return "", ""
    table = embedded_table("scenarios", "work_arounds")
    rows = table[(table["measure_kind"] == item.measure.kind) & (table["act"] == item.act)]
    if rows.empty:
        return "", ""
    return str(rows.iloc[0]["work_around"]), str(rows.iloc[0]["explanation"])


def what_is_left(item: Constraint, scenario: Scenario) -> str:
    """Say what of a measure is left under one block."""
    if item.effect != "blocked":
        return "all of it"
    if not item.pairs:
        return f"without {', '.join(item.targets)}" if item.targets else "nothing"
    left = item.measure.pairs(scenario) - item.pairs
    told = f"{item.of - len(item.pairs)} of {item.of} flows"
    return told + item.measure.members_left(left, scenario)


def work_around_scenario(
    scenario: Scenario, constraints: Constraints, iso3: Sequence[str]
) -> Scenario:
    """Write the scenario that is left as one of its own: each blocked agreement pair by pair.

    Parameters
    ----------
    scenario, constraints
        The scenario and what bears on it; ignored constraints count here too.
    iso3
        Economies of the world; parts without two of them are left out.

    Returns
    -------
    Scenario
        Honours nothing further: what it holds is what is left. Its numbers are those of the
        scenario with its constraints honoured.
    """
    open_eyes = replace(constraints, ignored=False)
    blocked = open_eyes.blocked_pairs()
    left, world = honoured(scenario, open_eyes), frozenset(iso3)
    measures: list[Measure] = []
    for measure in left.measures:
        taken = blocked.get(measure.id)
        if not taken:
            measures.append(measure)
            continue
        kept = measure.pairs(scenario) - taken
        measures += measure.pairwise(frozenset(pair for pair in kept if world.issuperset(pair)))
    return left.model_copy(
        update={
            "name": f"{scenario.name[:45]}-work-around",
            "title": f"{scenario.title[:100]}, work-around",
            "measures": tuple(measures),
        }
    )


def _of_pairs(measure: Measure, scenario: Scenario) -> list[Constraint]:
    """Find what stands between the pairs on which a measure acts."""
    pairs = measure.pairs(scenario)
    found: list[Constraint] = []
    if not measure.blocked_acts:
        return found
    for row in relations(on=scenario.date):
        act = next((act for act in measure.blocked_acts if act in row.blocks), None)
        if act is None or row.where:
            continue
        hit = (
            frozenset(_stands_between(row, scenario) & pairs)
            if row.target_kind
            in (
                "economy",
                "bloc",
            )
            else frozenset()
        )
        if row.actor_kind == "organisation":
            targets = set(row.targets(on=scenario.date))
            hit = frozenset(pair for pair in pairs if targets & set(pair))
        if hit:
            effect: Effect = "blocked" if row.extent == "full" else "in part"
            found.append(Constraint(measure, row, act, effect, hit, len(pairs), _told(hit)))
    return found


def _stands_between(row: Relation, scenario: Scenario) -> set[Pair]:
    """Find the flows that a relation bears on; an import ban only those into its actor."""
    actors, targets = row.actors(on=scenario.date), row.targets(on=scenario.date)
    into = {(two, one) for one in actors for two in targets if one != two}
    if row.kind == "import_ban" and not row.mutual:
        return into
    return into | {(one, two) for two, one in into}


def _told(pairs: Iterable[Pair]) -> str:
    """Name the pairs between which a relation stands, a few of them."""
    named = sorted({tuple(sorted(pair)) for pair in pairs})
    shown = [f"{codes.name_of(one)} - {codes.name_of(two)}" for one, two in named[:3]]
    more = len(named) - len(shown)
    return ", ".join(shown) + (f" and {more} more pairs" if more else "")


def _of_project(measure: Measure, scenario: Scenario) -> list[Constraint]:
    """Find what bears on the project of the register that a measure builds."""
    item = registered(measure.project_built)
    if item is None:
        return []
    places = {item.project, *item.aliases, *item.corridors}
    found = []
    for row in relations(on=scenario.date):
        said = _on_project(row, item, places, scenario)
        if said is not None:
            act, effect, parties = said
            found.append(Constraint(measure, row, act, effect, frozenset(), 0, parties))
    return found


def _on_project(
    row: Relation, item: Project, places: set[str], scenario: Scenario
) -> tuple[Act, Effect, str] | None:
    """Say how a relation bears on a project: act, effect and parties; None where it does not."""
    day = scenario.date
    actors, targets = row.actors(on=day), row.targets(on=day)
    aimed = row.target_kind == "corridor" and row.target in places
    named = bool(set(row.where) & places)
    full: Effect = "blocked" if row.extent == "full" else "in part"
    if aimed or named:
        act: Act = next(
            (a for a in ("participation", "corridor", "payments") if a in row.blocks), "corridor"
        )
        inside = bool(set(actors) & set(item.economies))
        if act == "participation" and not inside:
            return act, "bears on others", _parties(row)
        return (act, full, _parties(row)) if act in row.blocks else None
    if row.where or "corridor" not in row.blocks:
        return None
    between = {(one, two) for one in actors for two in targets if one != two}
    here = set(item.economies)
    if any({one, two} <= here for one, two in between):
        return "corridor", full, _parties(row)
    return None


def _parties(row: Relation) -> str:
    def name(text: str, kind: str) -> str:
        return codes.name_of(text) if kind == "economy" else text

    return f"{name(row.actor, row.actor_kind)} - {name(row.target, row.target_kind)}"


def _of_crossings(measure: Measure, scenario: Scenario) -> list[Constraint]:
    """Find what bears on the crossings, borders and straits that a measure opens or changes."""
    found = []
    for target, place, sides in _crossed(measure, scenario):
        for row in relations(on=scenario.date):
            if not _bears_on_crossing(row, place, sides, scenario):
                continue
            effect: Effect = "blocked" if row.extent == "full" else "in part"
            if row.kind in CLOSURES:
                effect = "assumed lifted"
            act: Act = "shipping" if row.target_kind == "chokepoint" else "crossing"
            found.append(
                Constraint(
                    measure, row, act, effect, frozenset(), 0, _parties(row),
                    (target,) if target else (),
                )
            )  # fmt: skip
    return _once(found)


def _bears_on_crossing(
    row: Relation, place: str, sides: frozenset[str], scenario: Scenario
) -> bool:
    if row.target_kind == "chokepoint":
        return row.target == place
    if "crossing" not in row.blocks or (row.where and place not in row.where):
        return False
    actors, targets = row.actors(on=scenario.date), row.targets(on=scenario.date)
    between = any({one, two} <= sides for one in actors for two in targets if one != two)
    return between and row.target_kind in ("economy", "bloc")


def _once(found: list[Constraint]) -> list[Constraint]:
    """Put the crossings of one measure that one relation bears on into one row."""
    merged: dict[tuple[str, str], Constraint] = {}
    for item in found:
        key = (item.relation.relation, item.effect)
        known = merged.get(key)
        targets = (*(known.targets if known else ()), *item.targets)
        merged[key] = replace(item, targets=tuple(dict.fromkeys(targets)))
    return list(merged.values())


def _crossed(measure: Measure, scenario: Scenario) -> tuple[Crossed, ...]:
    """List what a measure opens or changes; none where a name is not known: making it says so."""
    try:
        return measure.crossed(scenario)
    except LandbridgeError:
        return ()
