"""Round-about production beside the plain model of one sector."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge.basis import embedded_basis
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.scenarios.reading import find_scenario, read_scenario
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.inputs import prepare_inputs
from landbridge.studies.chain.outcomes import gain_percent_of_gdp, one_pass
from landbridge.studies.chain.round_about import round_about_income

pytestmark = pytest.mark.slow  # equilibria of the shipped world


@pytest.mark.parametrize("name", ["n-cpec-plus", "cku"])
def test_the_plain_gain_is_that_of_production_with_inputs_to_first_order(name: str) -> None:
    scenario = read_scenario(find_scenario(name))
    inputs = prepare_inputs(embedded_basis(), scenario, where=name)
    assumptions = assumptions_of(central_values(inputs.parameters), inputs.cargo)
    found = one_pass(inputs, inputs.world, assumptions, FreightDraw.neutral())
    plain = gain_percent_of_gdp(found.equilibrium, inputs.world)
    exact = round_about_income(found, inputs.world)
    told = np.abs(exact) > 0.02
    assert told.sum() >= 2
    np.testing.assert_allclose(plain[told], exact[told], rtol=0.02)


def test_no_change_is_worth_nothing() -> None:
    scenario = read_scenario(find_scenario("n-cpec-plus")).model_copy(update={"measures": ()})
    inputs = prepare_inputs(embedded_basis(), scenario)
    assumptions = assumptions_of(central_values(inputs.parameters), inputs.cargo)
    found = one_pass(inputs, inputs.world, assumptions, FreightDraw.neutral())
    np.testing.assert_allclose(round_about_income(found, inputs.world), 0.0, atol=1e-9)
