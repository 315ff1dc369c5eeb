"""An economy of a user's world without a centre in the network: kept, counted and said."""

from __future__ import annotations

import numpy as np
import pytest

import landbridge as lb
from landbridge.errors import UnknownNameError
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.skims.economies import generalised_costs, skims
from landbridge.studies.chain.inputs import potential_goods, prepare_inputs
from landbridge.studies.run.integration import standing_of
from landbridge.verbs.asking.scenarios import open_scenario
from landbridge.world.groups import keep_economies
from landbridge.world.sectors.base import with_rest

from .promises import LEAST

KEPT = (
    "AFG", "ARE", "BRA", "CHN", "DEU", "FRA", "GBR", "IDN", "IND", "IRN", "ITA", "JPN", "KAZ",
    "KOR", "MEX", "PAK", "RUS", "SAU", "TKM", "TUR", "USA", "UZB", "VNM",
)  # fmt: skip
ROUNDING = 1e-9
"""Relative; sums in another order."""


@pytest.fixture(scope="module")
def rest(model: lb.Model) -> lb.Model:
    return lb.load(world=keep_economies(model.world, KEPT))


@pytest.mark.unit
def test_costs_of_the_others_are_as_without_it_and_it_is_not_covered(model: lb.Model) -> None:
    freight = central_parameters()
    whole = generalised_costs(model.network, freight, iso3=(*KEPT, "ROW"), absent="uncovered")
    alone = generalised_costs(model.network, freight, iso3=KEPT)
    assert (whole.usd_per_tonne[:-1, :-1] == alone.usd_per_tonne).all()
    assert (whole.covered[:-1, :-1] == alone.covered).all()
    assert not whole.covered[-1].any()
    assert not whole.covered[:, -1].any()
    assert np.isinf(whole.usd_per_tonne[-1, :-1]).all()
    assert (whole.held_to(whole) == whole.usd_per_tonne).all()


@pytest.mark.unit
def test_it_is_refused_where_nobody_says_otherwise_and_where_none_has_a_centre(
    model: lb.Model,
) -> None:
    freight = central_parameters()
    with pytest.raises(UnknownNameError, match="no centre of ROW"):
        skims(model.network, freight, iso3=("PAK", "ROW"))
    with pytest.raises(UnknownNameError, match="no centre of ROW"):
        generalised_costs(model.network, freight, iso3=("ROW",), absent="uncovered")


@pytest.mark.journey
@pytest.mark.slow
def test_a_run_says_what_freight_does_not_reach(rest: lb.Model) -> None:
    told = [note for note in rest.notes if "no centre in the freight network" in note]
    assert len(told) == 1
    assert f"1 of {len(KEPT) + 1} economies" in told[0]
    result = rest.run("n-cpec-plus", draws=0, changes=[LEAST])
    assert told[0] in result.notes
    assert result.provenance is not None
    assert told[0] in result.provenance.completed
    income = result.tables["income"].set_index("iso3")
    assert income.loc["ROW", "name"] == "Rest of the world"
    assert abs(income.loc["PAK", "real_income_percent"]) > abs(
        income.loc["ROW", "real_income_percent"]
    )


@pytest.mark.unit
def test_the_embedded_model_has_nothing_of_the_kind_to_say(model: lb.Model) -> None:
    assert not any("no centre" in note for note in model.notes)


@pytest.mark.unit
def test_the_rest_by_sector_keeps_every_total(model: lb.Model) -> None:
    whole = model.sectoral_world()
    folded = with_rest(whole, KEPT)
    assert folded.iso3 == (*KEPT, "ROW")
    assert folded.flows.sum() == pytest.approx(whole.flows.sum(), rel=ROUNDING)
    assert folded.value_added.sum() == pytest.approx(whole.value_added.sum(), rel=ROUNDING)
    pak, old = folded.index("PAK"), whole.index("PAK")
    assert (folded.input_share[pak] == whole.input_share[old]).all()


@pytest.mark.unit
@pytest.mark.slow
def test_potential_and_standing_leave_it_as_it_is(rest: lb.Model) -> None:
    world = rest.world
    inputs = prepare_inputs(rest, open_scenario("pakistan-normalised").scenario)
    found = potential_goods(inputs.scenario, world)
    assert found is not None
    assert (found[-1] == world.goods[-1]).all()
    assert (found[:-1, :-1] != world.goods[:-1, :-1]).any()
    standing = standing_of(world)
    assert np.isnan(standing["landlocked"][-1])
    assert np.isfinite(standing["landlocked"][:-1]).all()
