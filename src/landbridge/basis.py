"""What every study stands on: a world, a freight network, tables by sector and parameters.

A `Basis` is loaded once and never changes: a study takes one and loads nothing by itself. The
public `landbridge.Model` is a basis with the verbs of the tool on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Self

import numpy as np
import pandas as pd

from landbridge.codes import REST
from landbridge.errors import InputError
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.gravity.uses.parameter_estimates import ParameterEstimates
from landbridge.scenarios.parameters import Parameter, all_parameters, with_estimates
from landbridge.units import PERCENT
from landbridge.world.base import World
from landbridge.world.baseline import load_baseline
from landbridge.world.sectors.base import SectoralWorld, align_to, keep_economies
from landbridge.world.sectors.load import FULL_DETAIL, SHIPPED_DETAIL, load_sectoral_world
from landbridge.world.tariffs.base import Tariffs
from landbridge.world.tariffs.making import make_tariffs

MISSING_SHOWN = 10


@dataclass(frozen=True)
class InputFile:
    """A file of the user's that a basis was made from.

    Attributes
    ----------
    used_for
        ``world``, ``tariffs``, ``network``, ``parameters``, ``sectors`` or ``estimates``.
    name
        As the user named it.
    sha256
        Hash of its bytes; empty for a folder.
    """

    used_for: str
    name: str
    sha256: str = ""


@dataclass(frozen=True, eq=False)
class Basis:
    """World, network, tables by sector and parameters, as they stand before any scenario.

    Attributes
    ----------
    world
        Who sells what to whom.
    network
        The freight network, a user's rows in it.
    parameters
        Every parameter of trade and freight by name, those of the choice among modes too.
    sectors
        A user's own tables by sector; None for the embedded ones at the totals of `world`.
    estimates
        Parameters that were estimated together: they take the place of those of every scenario.
    replaced, observed
        Defaults that the user's rows replaced, and crossings set to a year of observation
        (`freight.edits.replacing.Prepared`).
    inputs
        The user's files; empty for the embedded basis.
    """

    world: World
    network: FreightNetwork
    parameters: Mapping[str, Parameter]
    sectors: SectoralWorld | None = None
    estimates: ParameterEstimates | None = None
    replaced: pd.DataFrame = field(default_factory=pd.DataFrame)
    observed: pd.DataFrame = field(default_factory=pd.DataFrame)
    inputs: tuple[InputFile, ...] = ()

    @property
    def has_own_world(self) -> bool:
        """Whether the world is a user's, not the embedded one."""
        return any(one.used_for == "world" for one in self.inputs)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was completed in the world, and which of its economies freight does not reach."""
        tariffs = () if self.world.tariffs is None else self.world.tariffs.own_notes
        return (*self.world.notes, *tariffs, *self._without_centre())

    def _without_centre(self) -> tuple[str, ...]:
        world = self.world
        outside = self.network.ties.without_centre(world.iso3)
        if not outside:
            return ()
        at = [world.index(code) for code in outside]
        foreign = world.goods - np.diag(np.diag(world.goods))
        part = foreign[at].sum() + foreign[:, at].sum() - foreign[np.ix_(at, at)].sum()
        share = PERCENT * part / foreign.sum() if foreign.any() else 0.0
        shown = ", ".join(outside[:MISSING_SHOWN]) + ("..." if len(outside) > MISSING_SHOWN else "")
        told = (
            f"{len(outside)} of {len(world.iso3)} economies have no centre in the freight network "
            f"({shown}), with {share:.1f} percent of the foreign trade in goods: no change of "
            "freight reaches that trade, and it is on no route. Policy and markets reach it."
        )
        return (told,)

    def with_world(self, world: World) -> Self:
        """Return this basis on another world; all else stays.

        A world that brings no tariffs gets those that ship (`charged`).
        """
        made = InputFile("world", f"a world of {world.year} made in Python")
        kept = (one for one in self.inputs if one.used_for != "world")
        return replace(self, world=charged(world), inputs=(*kept, made))

    def with_tariffs(self, tariffs: Tariffs, made: InputFile) -> Self:
        """Return this basis with other tariffs in its world; all else stays.

        Parameters
        ----------
        tariffs
            On the axes of the world.
        made
            What they were made from.
        """
        kept = (one for one in self.inputs if one.used_for != "tariffs")
        return replace(self, world=replace(self.world, tariffs=tariffs), inputs=(*kept, made))

    def with_network(self, network: FreightNetwork) -> Self:
        """Return this basis on another network; all else stays."""
        made = InputFile("network", "a network made in Python")
        kept = (one for one in self.inputs if one.used_for != "network")
        return replace(self, network=network, inputs=(*kept, made))

    def with_parameters(self, parameters: Mapping[str, Parameter]) -> Self:
        """Return this basis with some parameters replaced; the others stay."""
        made = InputFile("parameters", f"{', '.join(parameters)} set in Python")
        return replace(
            self,
            parameters={**self.parameters, **parameters},
            inputs=(*self.inputs, made) if parameters else self.inputs,
        )

    def with_rows(
        self,
        network: FreightNetwork,
        parameters: Mapping[str, Parameter],
        *,
        replaced: pd.DataFrame,
        observed: pd.DataFrame,
    ) -> Self:
        """Return this basis with a scenario's own rows in its network and its parameters.

        Parameters
        ----------
        network, parameters
            With the rows in them.
        replaced, observed
            What they took the place of; it stands below what the basis has replaced already.
        """
        return replace(
            self,
            network=network,
            parameters=parameters,
            replaced=below(self.replaced, replaced),
            observed=below(self.observed, observed),
        )

    def with_estimates(self, estimates: ParameterEstimates) -> Self:
        """Return this basis with estimated parameters in the place of those of scenarios.

        Raises
        ------
        FaultsError
            An estimate is of no parameter.
        """
        with_estimates(self.parameters, estimates)
        made = InputFile("estimates", estimates.source)
        kept = (one for one in self.inputs if one.used_for != "estimates")
        return replace(self, estimates=estimates, inputs=(*kept, made))

    def sectoral_world(self, detail: int = SHIPPED_DETAIL) -> SectoralWorld:
        """Return the world by sector: the user's own, or the embedded one at this world's totals.

        Parameters
        ----------
        detail
            Sectors of the embedded world, 20 or 50.

        Raises
        ------
        InputError
            The world holds economies that the embedded tables do not have.
        """
        return align_to(self.sectoral_structure(detail), self.world)

    def sectoral_structure(self, detail: int = SHIPPED_DETAIL) -> SectoralWorld:
        """Return the embedded tables by sector on the axes of this world, at their own totals.

        The rest of the world is all economies that this world does not name, added up.

        Raises
        ------
        InputError
            The world holds economies that the embedded tables do not have.
        """
        embedded = embedded_sectors(detail)
        known = {*embedded.iso3, REST}
        absent = [code for code in self.world.iso3 if code not in known]
        if absent:
            shown = ", ".join(absent[:MISSING_SHOWN])
            raise InputError(
                f"the embedded tables by sector lack {len(absent)} economies of this world: "
                f"{shown}.",
                where="sectors",
                mend="Give tables by sector of your own, or leave these economies out.",
            )
        return keep_economies(embedded, self.world.iso3)


def below(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Put the rows of two tables of one form below each other; either may be empty."""
    filled = [table for table in (first, second) if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else second


def embedded_sectors(detail: int = SHIPPED_DETAIL) -> SectoralWorld:
    """Load the tables by sector that ship, or build 50 sectors to the embedded world's totals.

    Raises
    ------
    InputError, DataError
        As in `world.sectors.load.load_sectoral_world`.
    """
    return load_sectoral_world(detail, base=load_baseline() if detail == FULL_DETAIL else None)


def embedded_basis(*, air: bool = False) -> Basis:
    """Load the basis that ships: the world of 2023, the network, the default parameters.

    Parameters
    ----------
    air
        Let goods fly as well (`freight.network.compiled.load_network`).
    """
    return Basis(
        world=charged(load_baseline()), network=load_network(air=air), parameters=all_parameters()
    )


@lru_cache(maxsize=4)
def charged(world: World) -> World:
    """Add the tariffs that ship to a world without any, by the agreements in force in its year."""
    if world.tariffs is not None:
        return world
    on = date(world.year, 12, 31)
    return replace(world, tariffs=make_tariffs(world.iso3, world.goods, on=on))
