"""Shocks beyond what any study measured are said to be so, in every verb that runs a scenario."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landbridge as lb
from landbridge.basis import embedded_basis
from landbridge.claims.evidence import Missing
from landbridge.claims.quantities import Income
from landbridge.claims.runs import prepare_asked, run_asked
from landbridge.scenarios.policy import read_policy
from landbridge.scenarios.reading import (
    catalogue_names,
    check_scenario,
    find_scenario,
    read_scenario,
)
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.trade_costs import Shock
from landbridge.studies.chain.evidence_limits import ABSURD, beyond_evidence, cost_limit
from landbridge.studies.chain.freight_change import no_change
from landbridge.studies.chain.inputs import prepare_inputs
from landbridge.studies.run.effects import network_effects
from landbridge.studies.run.idle import shock_of
from landbridge.tasks import no_progress

THETA = 5.0


def scenario(before: float, after: float, **more: Any) -> Scenario:
    measure = {
        "kind": "change_tariff_equivalent",
        "id": "cost",
        "title": "A cost",
        "source": "made up",
        "exporters": ["USA"],
        "importers": ["MEX"],
        "from_percent": before,
        "to_percent": after,
        **more,
    }
    return check_scenario(
        {
            "format": 1,
            "name": "made-up",
            "title": "Made up",
            "summary": "A cost that changes by hand.",
            "date": "2026-01-01",
            "focus": {"economy": "MEX", "partners": ["USA"]},
            "measures": [measure],
        },
        where="made-up",
    )


def shock(asked: Scenario) -> Shock:
    world = embedded_basis().world
    policy = read_policy(asked, world.iso3)
    return no_change(len(world.iso3)).shock(policy)


@pytest.mark.unit
@pytest.mark.parametrize(("before", "after"), [(900.0, 0.0), (0.0, 900.0), (101.0, 0.0)])
def test_a_factor_of_more_than_the_limit_is_outside_any_evidence(
    before: float, after: float
) -> None:
    world = embedded_basis().world
    found = beyond_evidence(world, shock(scenario(before, after)), THETA)
    assert found is not None
    assert found.factor == pytest.approx(1.0 + max(before, after) / 100)
    assert (found.exporter, found.importer, found.pairs) == ("USA", "MEX", 1)
    usa, mex = world.index("USA"), world.index("MEX")
    assert found.million_usd == world.flows[usa, mex]
    assert found.told.startswith(ABSURD)
    assert "United States to Mexico" in found.told


@pytest.mark.unit
@pytest.mark.parametrize(("before", "after"), [(99.0, 0.0), (0.0, 99.0), (10.0, 10.0)])
def test_what_lies_within_the_limit_is_not_told(before: float, after: float) -> None:
    assert cost_limit() == 2.0
    assert beyond_evidence(embedded_basis().world, shock(scenario(before, after)), THETA) is None


@pytest.mark.unit
def test_a_way_that_is_lost_is_no_change_of_cost() -> None:
    world = embedded_basis().world
    count = len(world.iso3)
    nothing = no_change(count)
    policy = read_policy(scenario(1.0, 1.0), world.iso3)
    lost = nothing.shock(policy)
    freight = lost.freight_tau_hat.copy()
    freight[world.index("USA"), world.index("MEX")] = np.inf
    gone = Shock(
        lost.iso3, freight, lost.reach_hat, lost.tariff_tau_hat, lost.agreement_log_effect,
        lost.covered,
    )  # fmt: skip
    assert beyond_evidence(world, gone, THETA) is None
    freight[world.index("USA"), world.index("MEX")] = 3.0
    assert beyond_evidence(world, gone, THETA) is not None


@pytest.mark.slow
def test_one_sector_is_not_hidden_in_the_mean_over_all() -> None:
    asked = scenario(900.0, 0.0, sectors=["A"])
    found, theta = shock_of(prepare_inputs(embedded_basis(), asked))
    usa, mex = (embedded_basis().world.index(code) for code in ("USA", "MEX"))
    assert found.tau_hat(theta)[usa, mex] > 0.0
    beyond = beyond_evidence(embedded_basis().world, found, theta)
    assert beyond is not None
    assert beyond.factor == pytest.approx(10.0)


@pytest.mark.night
def test_no_scenario_that_ships_is_outside_any_evidence() -> None:
    for name in catalogue_names():
        inputs = prepare_inputs(embedded_basis(), read_scenario(find_scenario(name)))
        found, theta = shock_of(inputs)
        assert beyond_evidence(inputs.world, found, theta) is None, name


@pytest.mark.slow
def test_every_verb_that_runs_a_scenario_says_it_first() -> None:
    model, absurd, mild = lb.load(), scenario(900.0, 0.0), scenario(5.0, 0.0)
    told = {
        "run": model.run(absurd, draws=0).headline,
        "welfare_of": model.welfare_of(absurd).headline,
        "compare": model.compare([mild, absurd], draws=0).headline,
        "targets": model.targets("PAK", "KGZ", scenario=absurd).headline,
    }
    for verb, sentences in told.items():
        assert ABSURD in sentences[0], verb
    assert not any(ABSURD in one for one in model.welfare_of(mild).headline)


@pytest.mark.slow
def test_verbs_on_the_network_say_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    # No network that ships goes so far: the limit is lowered instead.
    monkeypatch.setattr("landbridge.studies.chain.evidence_limits.cost_limit", lambda: 1.0001)
    effects = network_effects(embedded_basis(), read_scenario(find_scenario("cku")))
    assert effects.warnings[0].startswith(ABSURD)


@pytest.mark.slow
def test_claims_refuse_a_run_outside_any_evidence() -> None:
    asked = scenario(900.0, 0.0)
    income = Income(kind="income", scenario="made-up", of=("MEX",))
    prepared, _ = prepare_asked(embedded_basis(), asked, [income])
    found = run_asked({"x": prepared}, draws=0, seed=1, jobs=1, progress=no_progress)["x"]
    answer = found[income]
    assert isinstance(answer, Missing)
    assert answer.reason.startswith(ABSURD)
