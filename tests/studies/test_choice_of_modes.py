"""A run with a choice among modes: the same draws, no change without a measure, old hashes."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from landbridge.basis import embedded_basis
from landbridge.draws.engine import Draw
from landbridge.errors import FaultsError
from landbridge.freight.choice.logit import ChoiceParameters
from landbridge.freight.costs.pricing import FreightDraw
from landbridge.scenarios.parameters import (
    choice_parameters,
    default_parameters,
    scenario_parameters,
)
from landbridge.scenarios.reading import find_scenario, read_scenario, scenario_sha256
from landbridge.scenarios.schema import ParameterOverride, Scenario
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.inputs import Inputs, prepare_inputs
from landbridge.studies.chain.one_pass import Pass
from landbridge.studies.chain.outcomes import one_pass
from landbridge.studies.run.sensitivity import _may_turn, most_changed, used_parameters

ROUNDING = 1e-9  # ratio: what the solver leaves where nothing changes


@pytest.fixture(scope="module")
def flagship() -> Scenario:
    return read_scenario(find_scenario("n-cpec-plus"))


def with_choice(scenario: Scenario, **more: object) -> Scenario:
    return scenario.model_copy(update={"choice": "logit", **more})


@pytest.fixture(scope="module")
def inputs(flagship: Scenario) -> Inputs:
    return prepare_inputs(embedded_basis(), with_choice(flagship), where="")


def once(inputs: Inputs, choice: ChoiceParameters | None) -> Pass:
    assumptions = replace(assumptions_of(central_values(inputs.parameters)), choice=choice)
    return one_pass(inputs, inputs.world, assumptions, FreightDraw.neutral())


@pytest.mark.unit
def test_the_choice_by_class_is_the_default_and_has_no_parameters_of_logit(flagship: Any) -> None:
    assert flagship.choice == "cargo"
    parameters = scenario_parameters(flagship)
    assert not any(name.startswith("choice_") for name in parameters)
    assert assumptions_of(central_values(parameters)).choice is None


@pytest.mark.unit
def test_a_choice_brings_its_parameters_and_leaves_the_other_draws(flagship: Any) -> None:
    least = scenario_parameters(flagship)
    logit = scenario_parameters(with_choice(flagship))
    assert assumptions_of(central_values(logit)).choice == ChoiceParameters()
    draws = [Draw(5, 0).parameters(parameters) for parameters in (least, logit)]
    assert all(draws[1][name] == value for name, value in draws[0].items())
    scale = logit["choice_mode_scale"]
    assert scale.low <= draws[1]["choice_mode_scale"] <= scale.high
    assert draws[1]["choice_mode_scale"] != scale.central


@pytest.mark.unit
def test_a_scenario_may_state_the_scale_and_is_told_what_is_wrong(flagship: Any) -> None:
    own = {"choice_mode_scale": ParameterOverride(low=2, central=2.5, high=3, source="a survey")}
    assert scenario_parameters(with_choice(flagship, parameters=own))[
        "choice_mode_scale"
    ].central == pytest.approx(2.5)
    assert "choice_mode_scale" not in scenario_parameters(
        flagship.model_copy(update={"parameters": own})
    )
    wrong = {
        "choice_nest": ParameterOverride(low=0.5, central=1, high=1.5, source="a slip"),
        "choice_mode_scales": own["choice_mode_scale"],
    }
    with pytest.raises(FaultsError) as told:
        scenario_parameters(with_choice(flagship, parameters=wrong))
    assert "at most 1" in str(told.value)
    assert "choice_mode_scale" in str(told.value)


@pytest.mark.unit
def test_a_scenario_without_the_key_keeps_its_hash(flagship: Any) -> None:
    assert scenario_sha256(flagship) == scenario_sha256(
        flagship.model_copy(update={"choice": "cargo"})
    )
    assert scenario_sha256(flagship) != scenario_sha256(with_choice(flagship))


@pytest.mark.unit
def test_parameters_of_choice_do_not_shadow_others() -> None:
    assert not set(choice_parameters()) & set(default_parameters())


@pytest.mark.slow
@pytest.mark.unit
def test_a_choice_without_measures_changes_nothing_and_with_them_differs(inputs: Any) -> None:
    logit = ChoiceParameters()
    # The flagship signs no agreement: without its network nothing is left of it.
    idle = once(replace(inputs, after=inputs.before), logit)
    assert np.abs(idle.equilibrium.welfare_hat - 1).max() < ROUNDING
    assert (idle.shock.freight_tau_hat == 1).all()
    least, chosen = (once(inputs, choice).shock.freight_tau_hat for choice in (None, logit))
    assert (chosen <= 1 + ROUNDING).all()
    assert np.abs(least - chosen).max() > 0.01


@pytest.mark.slow
@pytest.mark.unit
def test_how_alike_routes_of_a_mode_are_does_not_matter_between_economies(inputs: Any) -> None:
    assert "choice_mode_scale" in used_parameters(inputs)
    assert "choice_nest" not in used_parameters(inputs)


@pytest.mark.slow
@pytest.mark.unit
def test_the_choice_by_class_of_cargo_without_measures_changes_nothing(flagship: Any) -> None:
    ready = prepare_inputs(embedded_basis(), with_choice(flagship, choice="cargo"), where="")
    assert ready.cargo is not None
    assert not any(name.startswith("choice_") for name in ready.parameters)
    assumptions = assumptions_of(central_values(ready.parameters), ready.cargo)
    idle = replace(ready, after=ready.before)
    found = one_pass(idle, idle.world, assumptions, FreightDraw.neutral())
    assert np.abs(found.equilibrium.welfare_hat - 1).max() < ROUNDING
    assert (found.shock.freight_tau_hat == 1).all()
    built = one_pass(ready, ready.world, assumptions, FreightDraw.neutral())
    moved = built.shock.freight_tau_hat
    # Lines and faster crossings alone: no pair of economies pays more.
    assert (moved <= 1 + ROUNDING).all()
    pakistan, uzbekistan = (ready.world.index(code) for code in ("PAK", "UZB"))
    assert moved[uzbekistan, pakistan] < 0.99


@pytest.mark.unit
def test_draws_of_cargo_are_named_and_paired(flagship: Any) -> None:
    ready = prepare_inputs(embedded_basis(), with_choice(flagship, choice="cargo"), where="")
    first, again, other = (Draw(5, number).cargo_choice(ready.cargo) for number in (0, 0, 1))
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.classes == again.classes
    assert first.classes != other.classes
    assert Draw(5, 0).cargo_choice(None) is None


@pytest.mark.unit
def test_an_end_is_run_in_full_where_it_may_turn_a_sign() -> None:
    central = np.array([1.0, -2.0, 0.0])
    assert not _may_turn(central, np.array([-0.5, 0.5, -9.0]), [0, 1])
    assert _may_turn(central, np.array([-0.8, 0.0, 0.0]), [0, 1])
    assert _may_turn(central, np.array([0.0, 2.5, 0.0]), [0, 1])
    assert not _may_turn(central, np.array([5.0, -5.0, 5.0]), [0, 1, 2])


@pytest.mark.unit
def test_rough_ends_hold_the_partners_with_which_freight_changes_most() -> None:
    """Of 100 of trade, 90 change by a tenth: that is not enough of it, and the next is taken."""
    goods = np.array([[0.0, 90.0, 10.0, 50.0], *np.zeros((3, 4))])
    ratio, reach = np.ones((4, 4)), np.ones((4, 4))
    ratio[0, 1:3] = 1.1
    found: Any = SimpleNamespace(shock=SimpleNamespace(freight_tau_hat=ratio, reach_hat=reach))
    assert most_changed(found, goods, [0]) == (0, 1, 2)
    ratio[0, 2] = 1.01
    assert most_changed(found, goods, [0]) == (0, 1)
    reach[0, 3] = 0.5
    assert most_changed(found, goods, [0]) == (0, 1, 3)
    ratio[0, 2] = np.inf
    assert most_changed(found, goods, [0]) == (0, 1, 2, 3)
    assert most_changed(found, goods, [3]) == (0, 3)
