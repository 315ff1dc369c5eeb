"""Every scenario that ships can be read, says where it comes from, and runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from landbridge.basis import embedded_basis
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.scenarios.reading import (
    catalogue_names,
    find_scenario,
    read_scenario,
    scenario_sha256,
)
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.inputs import prepare_inputs
from landbridge.studies.chain.outcomes import gain_percent_of_gdp, one_pass

WANTED = {
    "afghan-crossings-closed", "bri-corridors", "brics-plus", "brics-plus-plus", "chabahar-only",
    "chabahar-or-gwadar", "cku", "cpec", "eaeu-2015", "eaeu-gcc-via-gwadar", "eaeu-pakistan-fta",
    "eaeu-sco-asean", "eu-russia-order", "gep", "gwadar-only", "hormuz-closed", "instc",
    "malacca-closed", "middle-corridor", "n-cpec-plus", "n-cpec-plus-road", "n-cpec-plus-west",
    "nafta-1994", "national-currency-payments", "north-south-gas", "quetta-taftan",
    "saarc-revival", "tapi",
}  # fmt: skip
CLOSURES = {"afghan-crossings-closed", "hormuz-closed", "malacca-closed"}
TELLING = 1e-4  # percent of GDP


@pytest.mark.unit
def test_the_catalogue_holds_a_scenario_for_every_system() -> None:
    assert set(catalogue_names()) >= WANTED


@pytest.mark.unit
@pytest.mark.parametrize("name", catalogue_names())
def test_a_scenario_is_called_what_its_file_is_and_names_its_sources(name: str) -> None:
    path = find_scenario(name)
    scenario = read_scenario(path)
    assert scenario.name == name == path.stem
    assert scenario.measures
    assert path.read_text(encoding="utf-8").startswith("# ")
    for measure in scenario.measures:
        assert len(measure.source) > 20 or measure.source.startswith("Assumed"), measure.id


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.parametrize("name", catalogue_names())
def test_a_scenario_runs_and_moves_its_focus(name: Any) -> None:
    scenario = read_scenario(find_scenario(name))
    inputs = prepare_inputs(embedded_basis(), scenario, where=name)
    assumptions = assumptions_of(central_values(inputs.parameters))
    found = one_pass(inputs, inputs.world, assumptions, FreightDraw.neutral())
    assert found.equilibrium.certificate.table()["passed"].all()
    income = gain_percent_of_gdp(found.equilibrium, inputs.world)
    assert np.isfinite(income).all()
    gain = float(income[inputs.focus])
    assert gain < -TELLING if name in CLOSURES else gain > TELLING


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("tapi", "e4dbc0e4abbd"),
        ("north-south-gas", "c8f2d1eebd50"),
        ("n-cpec-plus", "ebab6d99935d"),
    ],
)
def test_a_file_that_did_not_change_keeps_its_hash(name: str, start: str) -> None:
    """Results name the scenario by it: the order in which kinds share fields must not move it."""
    assert scenario_sha256(read_scenario(find_scenario(name))).startswith(start)
