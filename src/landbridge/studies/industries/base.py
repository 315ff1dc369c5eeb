"""What a run by industry stands on: which sectoral world, whose focus, which elasticities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.basis import embedded_sectors
from landbridge.codes import REST
from landbridge.equilibrium.sectors.elasticities import elasticity_sets, sector_elasticities
from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.scenarios.parameters import THETA, default_parameters
from landbridge.scenarios.policy import Policy, read_policy
from landbridge.scenarios.schema import Scenario
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.industries.duties import TariffsAsked
from landbridge.units import FloatArray, IntArray
from landbridge.world.sectors.base import SectoralWorld
from landbridge.world.sectors.isic import division_list
from landbridge.world.sectors.load import SHIPPED_DETAIL

UNIFORM = "uniform"
OWN = "own"
SHOWN = 12


@dataclass(frozen=True)
class IndustrySettings:
    """What a user asks of a run by industry.

    Attributes
    ----------
    tables
        A world of the user's own; None takes the embedded one.
    detail
        Sectors of the embedded world, 20 or 50.
    elasticities
        ``uniform`` (the scenario's trade elasticity), ``own`` (those of the user's tables), or a
        set by name; empty takes the tables' own where they hold any, else uniform.
    years
        Years for which capital is followed; 0 for none.
    """

    tables: SectoralWorld | None = None
    detail: int = SHIPPED_DETAIL
    elasticities: str = ""
    years: int = 0


@dataclass(frozen=True, eq=False)
class SectorTheta:
    """Trade elasticities of the sectors.

    Attributes
    ----------
    name
        Where they come from.
    by_sector
        ``[S]`` central values; None for one value for all.
    """

    name: str
    by_sector: FloatArray | None = None

    def at(self, theta: float, kinds: int) -> FloatArray:
        """Compute ``[S]`` elasticities where the scenario's is at a value.

        Those of a set move with the scenario's, in proportion: a draw 20 percent above its
        centre raises them all by 20 percent.
        """
        if self.by_sector is None:
            return np.full(kinds, theta)
        return self.by_sector * (theta / default_parameters()[THETA].central)


@dataclass(frozen=True, eq=False)
class IndustryInputs:
    """A scenario ready to run by industry.

    Attributes
    ----------
    inputs
        The prepared scenario.
    settings
        What was asked.
    focus
        Position of the focus on the axes of the sectoral world.
    pairs
        Exporters and importers of the focus on those axes.
    policy
        What acts as a cost that uses up resources.
    tariffs
        Tariff equivalents that act on the tariffs of the user's tables; None where they have none.
    theta
        Elasticities.
    notes
        What of the scenario the user's tables leave out.
    """

    inputs: Inputs
    settings: IndustrySettings
    focus: int
    pairs: tuple[IntArray, IntArray]
    policy: Policy
    tariffs: Policy | None
    theta: SectorTheta
    notes: tuple[str, ...] = ()

    @property
    def tariffs_asked(self) -> TariffsAsked:
        """Where tariffs come from: the world's, or those of the user's tables."""
        own = self.settings.tables is not None
        return TariffsAsked(None if own else self.inputs.world.tariffs, self.tariffs)

    def world(self) -> SectoralWorld:
        """Return the central sectoral world: the user's, or the embedded one at our totals."""
        if self.settings.tables is not None:
            return self.settings.tables
        return self.inputs.basis.sectoral_world(self.settings.detail)


def prepare_industries(inputs: Inputs, settings: IndustrySettings | None = None) -> IndustryInputs:
    """Bring a prepared scenario onto the axes of a sectoral world.

    Parameters
    ----------
    inputs
        The prepared scenario.
    settings
        The embedded world with 20 sectors where absent.

    Raises
    ------
    UnknownNameError
        The focus is not in the user's tables, or no partner is; no such set of elasticities.
    InputError
        The elasticities do not fit the sectors.
    """
    asked = settings or IndustrySettings()
    if asked.tables is None:
        sectors = embedded_sectors(asked.detail)
        return IndustryInputs(
            inputs, asked, inputs.focus, inputs.pairs, inputs.policy, None,
            theta_of(sectors, asked.elasticities),
        )  # fmt: skip
    world = asked.tables
    focus, pairs, notes = _focus(inputs, world)
    told, left = _measures_here(inputs, world)
    policy, tariffs = _policies(inputs, left, world)
    notes += [*told, *_freight_notes(inputs, world)]
    if asked.elasticities == "" and world.elasticities is None:
        notes.append("The tables hold no elasticities; the scenario's holds for every sector.")
    notes.append(
        "The tables are taken as they are, at their own totals: draws vary parameters, freight "
        "and classes of cargo, not the tables."
    )
    return IndustryInputs(
        inputs, asked, focus, pairs, policy, tariffs, theta_of(world, asked.elasticities),
        tuple(notes),
    )  # fmt: skip


def theta_of(world: SectoralWorld, name: str) -> SectorTheta:
    """Look elasticities up by name for the sectors of a world (see `IndustrySettings`).

    Raises
    ------
    UnknownNameError
        There is no such set.
    InputError
        The tables hold none, or a sector names no division of ISIC Rev. 4.
    """
    if name == OWN and world.elasticities is None:
        raise InputError(
            "the tables hold no elasticities.",
            where="--elasticities",
            mend="Add a table with the columns sector, theta, or name a set.",
        )
    if name == OWN or (not name and world.elasticities is not None):
        return SectorTheta("of the tables", world.elasticities)
    if name in ("", UNIFORM):
        return SectorTheta(UNIFORM)
    known = [str(entry) for entry in elasticity_sets()["elasticity_set"]]
    near = [entry for entry in known if entry.startswith(name)]
    if len(near) != 1:
        choices = [UNIFORM, OWN, *known]
        raise UnknownNameError(
            f"there is no set of elasticities '{name}'.",
            where="--elasticities",
            mend=suggest(name, choices) or f"Choose one of {', '.join(choices)}.",
        )
    divisions = {code: division_list(world.sectors, code) for code in world.sectors.codes}
    return SectorTheta(near[0], sector_elasticities(near[0], divisions).theta)


def _focus(
    inputs: Inputs, world: SectoralWorld
) -> tuple[int, tuple[IntArray, IntArray], list[str]]:
    codes = inputs.world.iso3
    own = codes[inputs.focus]
    if own not in world.iso3:
        raise UnknownNameError(
            f"{own}, the focus of the scenario, is not in the tables.",
            where="--tables",
            mend=f"They hold {_listed(world.iso3)}.",
        )
    wanted = [codes[int(place)] for place in inputs.partners]
    there = [code for code in wanted if code in world.iso3]
    if not there:
        raise UnknownNameError(
            "none of the partners of the focus is in the tables.",
            where="--tables",
            mend=f"They hold {_listed(world.iso3)}.",
        )
    focus = world.iso3.index(own)
    places = [world.iso3.index(code) for code in there]
    exporters = [place for partner in places for place in (focus, partner)]
    importers = [place for partner in places for place in (partner, focus)]
    absent = [code for code in wanted if code not in world.iso3]
    notes = [f"Partners that the tables do not hold: {_listed(absent)}."] if absent else []
    pairs = np.array(exporters, dtype=np.int64), np.array(importers, dtype=np.int64)
    return focus, pairs, notes


def _measures_here(inputs: Inputs, world: SectoralWorld) -> tuple[list[str], Scenario]:
    """Leave out policy measures between economies that the tables do not hold, and say so."""
    scenario, kept, notes = inputs.scenario, [], []
    outside: set[str] = set()
    for measure in scenario.measures:
        if measure.needs_potential:
            notes.append(f"{measure.title}: left out; your tables have no potential to reach.")
            continue
        if measure.is_between_pairs:
            pairs = measure.pairs(scenario)
            outside |= {code for pair in pairs for code in pair if code not in world.iso3}
            if not any(one in world.iso3 and two in world.iso3 for one, two in pairs):
                notes.append(
                    f"{measure.title}: no two of its economies are in the tables; left out."
                )
                continue
        kept.append(measure)
    if outside:
        place = "part of their rest of the world" if REST in world.iso3 else "not in them"
        notes.append(
            f"{len(outside)} economies of agreements and tariffs are {place} and stay as they "
            f"are: {_listed(sorted(outside))}."
        )
    return notes, scenario.model_copy(update={"measures": tuple(kept)})


def _policies(
    inputs: Inputs, scenario: Scenario, world: SectoralWorld
) -> tuple[Policy, Policy | None]:
    """Split what acts as a cost from what acts on the tables' tariffs."""
    blocked = inputs.constraints.blocked_pairs()

    def of(measures: Sequence[object]) -> Policy:
        part = scenario.model_copy(update={"measures": tuple(measures)})
        return read_policy(part, world.iso3, blocked=blocked)

    if world.tariffs is None:
        return of(scenario.measures), None
    duties = [m for m in scenario.measures if m.is_tariff]
    others = [m for m in scenario.measures if not m.is_tariff]
    return of(others), of(duties)


def _freight_notes(inputs: Inputs, world: SectoralWorld) -> list[str]:
    known = set(inputs.before.ties.iso3)
    absent = [code for code in world.iso3 if code not in known]
    if not absent:
        return []
    count = len(absent)
    told = f"Freight of {count} economies that the network does not hold stays as it is"
    return [f"{told}: {_listed(absent)}."]


def _listed(codes: Sequence[str]) -> str:
    more = len(codes) - SHOWN
    return ", ".join(codes[:SHOWN]) + (f" and {more} more" if more > 0 else "")
