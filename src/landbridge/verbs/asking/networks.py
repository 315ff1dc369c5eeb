"""Networks as the public functions ask for them: of a scenario, with things shut or built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from landbridge.basis import Basis
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.schema import RouteChoice, Scenario
from landbridge.studies.chain.networks import OpenedBasis, changed_network, open_on
from landbridge.studies.run.effects import Effects, network_effects
from landbridge.verbs.asking.scenarios import ScenarioLike, open_scenario


@dataclass(frozen=True, eq=False)
class Networks:
    """Today's network, and the one to look at or to compare with.

    Attributes
    ----------
    opened
        The basis before any measure; the network with the scenario's measures, and what is shut and
        built on top.
    what
        What is different in `after`, in words; empty for nothing.
    where
        The scenario's file, for messages.
    """

    opened: OpenedBasis
    what: str
    where: str = ""

    @property
    def basis(self) -> Basis:
        """World, network before any measure, and parameters."""
        return self.opened.basis

    @property
    def after(self) -> FreightNetwork:
        """The network with all that was asked for."""
        return self.opened.after

    def effects(self, choice: RouteChoice | None = None) -> Effects:
        """Find what the measures of the scenario do to the network (`effects_on`)."""
        return effects_on(self.opened, self.where, choice=choice)

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenario, if one was asked for."""
        return () if self.opened.scenario is None else (self.opened.scenario,)


def effects_on(
    opened: OpenedBasis, where: str = "", *, choice: RouteChoice | None = None
) -> Effects:
    """Find what the measures of a scenario do to the network; nothing where there is none.

    Parameters
    ----------
    opened
        The basis with the scenario's rows, and the scenario.
    where
        The scenario's file, for messages.
    choice
        Among what goods choose: ``least`` for an answer that stands on least-cost paths; as the
        scenario says where absent.
    """
    if opened.scenario is None:
        return Effects()
    return network_effects(opened.basis, opened.scenario, where=where, choice=choice)


def ask_networks(
    basis: Basis,
    scenario: ScenarioLike | None = None,
    *,
    month: int | None = None,
    close: Sequence[str] = (),
    build: Sequence[str] = (),
) -> Networks:
    """Make the network of a scenario on a basis, with things shut and built on top.

    Parameters
    ----------
    basis
        Network and parameters before.
    scenario
        In any form; None for the network as it stands.
    month
        Month for which the scenario's seasons are read.
    close
        Links, crossings, ports, passages, or borders (``AFG-PAK``).
    build
        Projects of the register.

    Raises
    ------
    InputError, FaultsError
        A name is not known, or a file is at fault.
    """
    where = ""
    if scenario is None:
        opened = open_on(basis, month=month)
    else:
        asked = open_scenario(scenario)
        where = asked.where
        with asked.lines():
            opened = open_on(basis, asked.scenario, where=asked.where, month=month)
    after = opened.after
    if close or build:
        after = changed_network(after, close=close, build=build)
    parts = [
        *([f"the network of {opened.scenario.name}"] if opened.scenario is not None else []),
        *(f"{name} shut" for name in close),
        *(f"{name} built" for name in build),
    ]
    return Networks(replace(opened, after=after), ", ".join(parts), where)
