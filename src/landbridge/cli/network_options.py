"""The network that a command's options ask for: a scenario's, with things shut or built on top."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from landbridge.freight.edits import BuildProject, Edit, SetBorder, SetOpen, apply_edits
from landbridge.freight.network import FreightNetwork, load_network
from landbridge.scenario.edits import apply_measures
from landbridge.scenario.parameters import Parameter, default_parameters, scenario_parameters
from landbridge.scenario.reading import find_scenario, read_scenario

BORDER = re.compile(r"([A-Z]{3})-([A-Z]{3})")


def changed_network(
    scenario: str | None = None, close: Sequence[str] = (), build: Sequence[str] = ()
) -> tuple[FreightNetwork, Mapping[str, Parameter]]:
    """Give the network of a scenario, or today's, with things shut and projects built.

    Parameters
    ----------
    scenario
        Name or file; absent: today's network.
    close
        Links, crossings, ports, passages; or a border as two codes, ``AFG-PAK``.
    build
        Projects of the register.

    Returns
    -------
    tuple
        The network, and the parameters of the scenario or the defaults.

    Raises
    ------
    InputError
        A name is not known; the nearest are offered.
    """
    network = load_network()
    parameters = default_parameters()
    if scenario is not None:
        path = find_scenario(scenario)
        read = read_scenario(path)
        parameters = scenario_parameters(read, where=str(path))
        network = apply_measures(read, network, where=str(path))
    edits: list[Edit] = [BuildProject(name) for name in build]
    for name in close:
        border = BORDER.fullmatch(name)
        edits.append(
            SetBorder(border[1], border[2], is_open=False)
            if border
            else SetOpen(name, is_open=False)
        )
    return apply_edits(network, edits), parameters
