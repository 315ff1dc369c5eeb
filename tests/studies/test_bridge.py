"""Bridges to published studies: parts add up, nothing changes nothing, the last step is a run."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import landbridge as lb
from landbridge.equilibrium import prepare, solve_prepared
from landbridge.errors import UnknownNameError
from landbridge.studies.bridge.past import world_of_year
from landbridge.studies.bridge.reading import known_studies, read_study
from landbridge.studies.bridge.schema import OURS, StudyFile
from landbridge.studies.bridge.shocks import shock_arrays
from landbridge.studies.bridge.solving import Ground, solve_setting
from landbridge.studies.bridge.study import UNEXPLAINED, BridgeFound, bridge_files
from landbridge.studies.bridge.words import headline
from landbridge.world.history import load_history

pytestmark = pytest.mark.unit

ROUNDING = 1e-12
SOLVED = 1e-8
"""Percent: a solution to 1e-11 in logs."""
BELT_WITHIN, BELT_ANY = 0.42, 0.75
"""Percent: what a fall of 2.8 percent gave when the question was first asked."""
SECOND_DECIMAL = 0.011
NAFTA = {"Mexico": 0.0073, "Canada": -0.1101, "United States": 0.0741}
"""Percent: exact change of real income on the data of the paper (test_caliendo_parro)."""
TENTH = 0.1


@pytest.fixture(scope="module")
def model() -> lb.Model:
    return lb.load()


@pytest.fixture(scope="module")
def ground(model: lb.Model) -> Ground:
    return Ground(model)


@pytest.fixture(scope="module")
def nafta(model: lb.Model) -> BridgeFound:
    return bridge_files(model, [read_study("nafta")])


def without_effect(name: str) -> StudyFile:
    """The same study with a shock of nothing, and a scenario of nothing."""
    content = deepcopy(read_study(name).model_dump(exclude_none=True, exclude={"shocks", "own"}))
    none = {
        "kind": "cost", "exporters": ["world"], "importers": ["world"], "value": 0.0,
        "confidence": "assumed", "source": "Nothing",
    }  # fmt: skip
    file = read_study(name)
    content["shocks"] = {key: {"title": "Nothing", "changes": [none]} for key in file.shocks}
    content["own"] = {
        "because": "Nothing",
        "scenario": {
            "name": "nothing", "title": "Nothing", "summary": "Nothing.", "date": "2026-01-01",
            "focus": {"economy": "MEX", "partners": ["USA"]}, "measures": [],
        },
    }  # fmt: skip
    return StudyFile.model_validate(content)


@pytest.mark.parametrize("name", known_studies())
def test_every_study_leads_to_a_run_by_steps_of_one_key(name: str) -> None:
    file = read_study(name)
    setting = file.begin()
    for step in file.steps:
        after = step.onto(setting)
        changed = [key for key in vars(after) if getattr(after, key) != getattr(setting, key)]
        assert changed == [step.key]
        setting = after
    assert setting == OURS
    assert file.published


def test_parts_add_up_to_ours_less_published(nafta: BridgeFound) -> None:
    total = nafta.parts.groupby("economies", sort=False)["percent"].sum().to_numpy()
    summary = nafta.summary
    gap = (summary["ours_percent"] - summary["published_percent"]).to_numpy()
    assert total == pytest.approx(gap, abs=ROUNDING)
    first = nafta.parts[nafta.parts["part"] == UNEXPLAINED]["percent"].to_numpy()
    assert first == pytest.approx(summary["unexplained_percent"].to_numpy(), abs=ROUNDING)
    assert nafta.certificate["passed"].all()


def test_the_last_step_is_what_a_run_answers(model: lb.Model, nafta: BridgeFound) -> None:
    income = model.welfare_of("nafta-1994").tables["income"].set_index("name")
    summary = nafta.summary.set_index("economies")
    for name, exact in NAFTA.items():
        ours = summary.loc[name, "ours_percent"]
        assert ours == pytest.approx(income.loc[name, "real_income_percent"], abs=ROUNDING)
        assert ours == pytest.approx(exact, abs=TENTH)


def test_the_formula_of_the_paper_is_most_of_what_lies_between(nafta: BridgeFound) -> None:
    mexico = nafta.steps[nafta.steps["economies"] == "Mexico"].set_index("part")
    assert mexico.loc["formula", "change_percent"] < -1.0
    alone = nafta.apart[nafta.apart["economies"] == "Mexico"].set_index("part")
    assert alone.loc["formula", "change_percent"] == mexico.loc["formula", "change_percent"]


@pytest.mark.parametrize("name", ["nafta", "belt-and-road", "eu-enlargement"])
def test_no_shock_changes_nothing_in_any_setting(model: lb.Model, name: str) -> None:
    found = bridge_files(model, [without_effect(name)])
    assert np.abs(found.steps["real_income_percent"]).max() < SOLVED
    assert np.abs(found.apart["real_income_percent"]).max() < SOLVED


def test_the_belt_gives_what_it_gave_by_hand(ground: Ground) -> None:
    file = read_study("belt-and-road")
    world = ground.world
    at = [world.index(code) for code in file.group("belt") if code in world.iso3]
    weights = world.gdp_million_usd[at]

    def gain(**changes: Any) -> float:
        setting = file.begin()
        for key, value in changes.items():
            setting = setting.with_change(key, value)
        return float(np.average(solve_setting(ground, file, setting).percent[at], weights=weights))

    assert gain(home=False, shock="within") == pytest.approx(BELT_WITHIN, abs=SECOND_DECIMAL)
    assert gain(home=False) == pytest.approx(BELT_ANY, abs=SECOND_DECIMAL)
    assert gain() > 3.0


def test_a_gain_over_gdp_is_what_round_about_inputs_give_to_first_order(ground: Ground) -> None:
    file = read_study("eu-enlargement")
    begin = file.begin().with_change("closure", "purged").with_change("elasticity", 5.0)
    setting = begin.with_change("tariffs", "world").with_change("year", 0)
    none = solve_setting(ground, file, setting).percent
    full = solve_setting(ground, file, setting.with_change("inputs", "full")).percent
    gdp = solve_setting(ground, file, setting.with_change("inputs", "to_gdp")).percent
    poland = ground.world.index("POL")
    assert none[poland] < gdp[poland]
    assert gdp[poland] == pytest.approx(full[poland], rel=0.15)


def test_a_world_of_a_year_past_holds_what_the_panel_knows(ground: Ground) -> None:
    today, history = ground.world, load_history()
    past = world_of_year(today, 2000)
    world = past.world
    pol, deu, twn = (today.index(code) for code in ("POL", "DEU", "TWN"))
    square = history.square(2000)
    sold = square[history.index("POL"), history.index("DEU")]
    assert world.goods[pol, deu] == sold
    assert world.goods[pol, deu] < today.goods[pol, deu]
    assert world.gdp_million_usd[pol] == history.gdp(2000)[history.index("POL")]
    assert "TWN" not in history.iso3
    assert 0.0 < world.gdp_million_usd[twn] < today.gdp_million_usd[twn]
    ratio = world.gdp_million_usd / today.gdp_million_usd
    grown = (ratio[pol] * ratio[deu]) ** 0.5
    assert world.services[pol, deu] == pytest.approx(grown * today.services[pol, deu])
    assert world.tariffs is None
    assert "2000" in past.note
    then = ground.at(2000)
    assert then is ground.at(2000)
    assert ground.at(0) is ground
    # The economies that joined later paid tariffs then.
    rates = then.charged("", by_sector=False)[0]
    assert rates[pol, deu] > ground.charged("", by_sector=False)[0][pol, deu] == 0.0


def test_a_shock_acts_on_the_pairs_that_it_names(ground: Ground) -> None:
    file = read_study("belt-and-road")
    codes = ground.world.iso3
    pak, deu, usa = (codes.index(code) for code in ("PAK", "DEU", "USA"))
    away = shock_arrays(file, "any-partner", codes, home=False)
    assert away.goods_tau[pak, deu] == away.goods_tau[deu, pak] == pytest.approx(0.972)
    assert away.goods_tau[deu, usa] == away.goods_tau[pak, pak] == 1.0
    assert (away.services_tau == 1.0).all()
    home = shock_arrays(file, "any-partner", codes, home=True)
    assert home.goods_tau[pak, pak] == pytest.approx(0.972)
    assert home.goods_tau[deu, deu] == 1.0
    low = shock_arrays(file, "any-partner", codes, home=True, end="high")
    assert low.goods_tau[pak, deu] == pytest.approx(0.985)
    assert low.goods_tau[pak, pak] == 1.0


def test_effects_on_trade_act_alike_whatever_the_elasticity(ground: Ground) -> None:
    # At given prices the effect on trade is the estimate: the cost follows from the elasticity.
    file = read_study("nafta-guide")
    arrays = shock_arrays(file, "effect", ground.world.iso3, home=False)
    usa, mex = ground.world.index("USA"), ground.world.index("MEX")
    for theta in (3.0, 6.0):
        cost = arrays.costs(theta, services=False)[usa, mex]
        assert cost**-theta == pytest.approx(np.exp(0.5571853))


def test_the_guides_setting_is_the_one_sector_model_on_goods(ground: Ground) -> None:
    file = read_study("nafta-guide")
    codes = ground.world.iso3
    at = [codes.index(code) for code in ("CAN", "MEX", "USA")]
    freeness = np.ones((len(codes), len(codes)))
    for one in at:
        for other in at:
            if one != other:
                freeness[one, other] = np.exp(0.5571853)
    baseline = prepare(ground.world.goods, theta=6.0, closure="proportional", iso3=codes)
    plain = solve_prepared(baseline, freeness)
    found = solve_setting(ground, file, file.begin())
    assert found.percent[at] == pytest.approx(100.0 * (plain.welfare_hat[at] - 1.0), abs=SOLVED)


def test_undoing_an_agreement_is_a_loss(ground: Ground) -> None:
    file = read_study("brexit")
    done = file.model_copy(update={"own": file.own.model_copy(update={"reverse": False})})
    kingdom = ground.world.index("GBR")
    assert solve_setting(ground, file, OURS).percent[kingdom] < 0.0
    assert solve_setting(ground, done, OURS).percent[kingdom] > 0.0


def test_files_are_strict() -> None:
    content = read_study("us-china").model_dump(exclude_none=True)
    StudyFile.model_validate(content)
    broken = deepcopy(content)
    broken["steps"] = broken["steps"][:-1]
    with pytest.raises(ValidationError, match="leads to"):
        StudyFile.model_validate(broken)
    broken = deepcopy(content)
    broken["steps"][0]["sectors"] = 1
    with pytest.raises(ValidationError, match="one key"):
        StudyFile.model_validate(broken)
    broken = deepcopy(content)
    broken["elasticity"]["address"] = "https://example.org"
    with pytest.raises(ValidationError, match="as if it had been read"):
        StudyFile.model_validate(broken)
    broken = deepcopy(content)
    del broken["elasticity"]["low"], broken["elasticity"]["high"]
    with pytest.raises(ValidationError, match="give a band"):
        StudyFile.model_validate(broken)
    broken = deepcopy(content)
    del broken["published"][0]["address"]
    with pytest.raises(ValidationError, match="address and the day"):
        StudyFile.model_validate(broken)


def test_a_study_that_does_not_ship_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="nafta"):
        read_study("nafta-")


def test_an_elasticity_of_ones_own_is_ours_and_not_that_of_the_study(model: lb.Model) -> None:
    parameter = model.parameters["trade_elasticity"]
    steeper = model.with_parameters({"trade_elasticity": replace(parameter, central=7.0)})
    found = bridge_files(steeper, [read_study("us-china")]).summary
    default = bridge_files(model, [read_study("us-china")]).summary
    # The setting of the study has its own elasticity, and stays.
    assert found["here_percent"].tolist() == default["here_percent"].tolist()
    assert found["ours_percent"].tolist() != default["ours_percent"].tolist()


def test_several_studies_are_told_in_a_sentence_each(model: lb.Model, nafta: BridgeFound) -> None:
    assert len(headline(nafta)) == len(nafta.summary)
    both = bridge_files(model, [read_study("nafta-guide"), read_study("us-china")])
    told = headline(both)
    assert [one.split(",")[0] for one in told] == ["nafta-guide", "us-china"]
    assert "services" in told[0]
