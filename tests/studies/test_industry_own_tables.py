"""A run by industry on a user's own tables, and orders within orders by sector."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from landbridge.basis import embedded_basis
from landbridge.codes import REST
from landbridge.equilibrium import (
    SectoralShock,
    SectoralTables,
    first_order_welfare,
    prepare_sectors,
    solve_sectors,
)
from landbridge.errors import InputError, UnknownNameError
from landbridge.scenarios.policy import read_policy
from landbridge.scenarios.reading import parse_scenario
from landbridge.scenarios.schema import Scenario
from landbridge.scenarios.trade_costs import make_shock
from landbridge.scenarios.values.cargo import NOT_CARRIED, cargo_classes, cargo_of, cargo_of_sectors
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.inputs import Inputs, prepare_inputs
from landbridge.studies.industries.base import IndustrySettings, prepare_industries, theta_of
from landbridge.studies.industries.duties import sector_duties
from landbridge.studies.industries.one_pass import OPTIONS, sector_shock
from landbridge.studies.industries.parts import industry_parts
from landbridge.studies.industries.running import Industries, run_industries
from landbridge.studies.industries.tables import industry_sentences, industry_tables
from landbridge.tasks import no_progress
from landbridge.world.sectors.base import SectoralWorld, Structure
from landbridge.world.sectors.facts import GOODS, sector_list
from landbridge.world.sectors.isic import own_sectors

ISO3 = ("KAZ", "PAK", REST, "UZB")
SECTORS = ("A", "C10T12", "C29", "K")
TARIFFS = """
format = 1
name = "cheaper-border"
title = "Cheaper borders"
summary = "A tariff falls; an agreement that the tables do not see."
date = 2026-01-01
closure = "purged"

[focus]
economy = "PAK"
partners = ["UZB", "AFG"]

[[measures]]
kind = "change_tariff_equivalent"
id = "cheaper"
title = "Pakistan charges less"
exporters = ["UZB"]
importers = ["PAK"]
from_percent = 20.0
to_percent = 5.0
source = "none"

[[measures]]
kind = "sign_agreement"
id = "elsewhere"
title = "An agreement elsewhere"
parties = ["CHN", "RUS"]
source = "none"
"""
ORDERS = """
format = 1
name = "orders"
title = "Orders within orders"
summary = "A wide agreement, a deeper one inside, and one for cars alone."
date = 2026-01-01

[focus]
economy = "PAK"
partners = ["UZB"]

[[measures]]
kind = "sign_agreement"
id = "wide"
title = "Wide and shallow"
parties = ["PAK", "KAZ", "UZB"]
depth = "preference"
source = "none"

[[measures]]
kind = "sign_agreement"
id = "inner"
title = "Inner and deep"
parties = ["PAK", "UZB"]
depth = "common_market"
source = "none"

[[measures]]
kind = "sign_agreement"
id = "cars"
title = "Cars alone"
parties = ["PAK", "KAZ", "UZB"]
depth = "free_trade_area"
sectors = ["C29"]
source = "none"
"""


def own_world(*, tariffs: float | None = 0.1, theta: bool = False) -> SectoralWorld:
    """Make four economies, the rest of the world among them."""
    rng = np.random.default_rng(3)
    flows = rng.uniform(5.0, 20.0, (4, 4, 4))
    everyone = np.arange(4)
    flows[everyone, everyone] *= 20.0
    charged = None
    if tariffs is not None:
        charged = np.full(flows.shape, tariffs)
        charged[everyone, everyone] = 0.0
        charged[:, :, 3] = 0.0
    return SectoralWorld(
        2020,
        ISO3,
        own_sectors(SECTORS),
        flows,
        np.full((4, 4, 4), 0.1),
        (Structure.OWN,) * 4,
        tariffs=charged,
        elasticities=np.array([3.0, 4.0, 5.0, 6.0]) if theta else None,
    )


@pytest.fixture(scope="module")
def ready() -> Inputs:
    return prepare_inputs(
        embedded_basis(), parse_scenario(TARIFFS, where="own.toml"), where="own.toml"
    )


def run(inputs: Inputs, settings: IndustrySettings, draws: int = 0) -> Industries:
    return run_industries(
        inputs, draws=draws, seed=1, jobs=1, progress=no_progress, settings=settings
    )


@pytest.mark.journey
@pytest.mark.slow
def test_a_tariff_of_the_tables_falls_and_its_revenue_with_it(ready: Inputs) -> None:
    world = own_world(tariffs=0.2)
    found = run(ready, IndustrySettings(tables=world), draws=2)
    after = found.found.equilibrium.tariffs
    uzbekistan, pakistan = world.index("UZB"), world.index("PAK")
    assert_allclose(after[uzbekistan, pakistan, :3], 1.2 * 1.05 / 1.2 - 1.0)
    assert after[uzbekistan, pakistan, 3] == 0.0
    assert_allclose(after[pakistan, uzbekistan], world.tariffs[pakistan, uzbekistan])
    # The same by hand: the solver on the tables, the tariffs alone changed.
    baseline = prepare_sectors(
        SectoralTables(
            world.flows, world.value_added_share, world.input_share, tariffs=world.tariffs
        ),
        theta=found.found.baseline.theta,
        closure="purged",
        options=OPTIONS,
    )
    by_hand = solve_sectors(baseline, SectoralShock(tariffs=after), options=OPTIONS)
    assert_allclose(found.found.equilibrium.welfare_hat, by_hand.welfare_hat, rtol=1e-9)
    revenue = found.found.equilibrium.tariff_revenue[pakistan]
    assert revenue < found.found.equilibrium.baseline_tariff_revenue[pakistan]
    assert found.drawn.income_percent.shape == (2, 4)
    assert np.ptp(found.drawn.income_percent[:, pakistan]) > 0
    told = " ".join(found.notes)
    assert "Partners that the tables do not hold: AFG." in told
    assert "An agreement elsewhere: no two of its economies are in the tables; left out." in told
    assert "2 economies of agreements and tariffs are part of their rest of the world" in told
    assert "Freight of 1 economies that the network does not hold stays as it is: ROW." in told


@pytest.mark.journey
@pytest.mark.slow
def test_the_exact_gain_is_split_and_the_published_number_stands_beside_it(ready: Inputs) -> None:
    world = own_world(tariffs=0.2)
    found = run(ready, IndustrySettings(tables=world, years=2))
    parts = industry_parts(found)
    tables = industry_tables(found, np.zeros(len(ready.world.iso3)), parts)
    welfare = tables["industry_welfare"].set_index("iso3")
    exact = 100.0 * (found.found.equilibrium.real_spending_hat - 1.0)
    assert_allclose(welfare["exact_welfare_percent"], exact)
    split = welfare[
        [
            "terms_of_trade_percent",
            "trade_creation_percent",
            "trade_diversion_percent",
            "technical_percent",
            "transfer_percent",
        ]
    ].sum(axis=1)
    assert_allclose(split, exact, atol=1e-9)
    assert_allclose(welfare["factor_income_percent"] + welfare["revenue_percent"], exact, atol=1e-9)
    published = first_order_welfare(found.found.baseline, found.found.equilibrium).table()
    assert_allclose(
        welfare["first_order_welfare_percent"], published["first_order_welfare_percent"]
    )
    assert abs(welfare["first_order_welfare_percent"] - exact).max() > 0.01
    focus = tables["industry_parts"]
    for kind in ("industry", "partner"):
        rows = focus[focus["by"] == kind]
        assert rows["sum_percent"].sum() == pytest.approx(exact[1], abs=1e-9)
    assert tables["industry_certificate"]["passed"].all()
    assert "parts of the gain" in tables["industry_certificate"]["check"].iloc[-1]
    path = tables["industry_path"]
    assert path["year"].tolist()[:3] == ["0", "1", "in the end"]
    assert path["real_spending_percent"].iloc[0] == pytest.approx(exact[1], rel=1e-6)
    assert "the given tables" in industry_sentences(found, tables, draws=0)[0]
    assert tables["industry_income"]["structure"].eq("own tables").all()
    assert tables["industry_income"]["one_sector_percent"].isna().sum() == 1  # the rest


@pytest.mark.unit
def test_the_rules_of_own_tables_are_said_before_the_work(ready: Inputs) -> None:
    world = own_world()
    with pytest.raises(UnknownNameError, match="PAK, the focus of the scenario, is not in"):
        prepare_industries(ready, IndustrySettings(tables=without(world, "PAK")))
    with pytest.raises(UnknownNameError, match="none of the partners"):
        prepare_industries(ready, IndustrySettings(tables=without(world, "UZB")))
    with pytest.raises(InputError, match="the tables hold no elasticities"):
        theta_of(world, "own")
    with pytest.raises(UnknownNameError, match="caliendo-parro-2015"):
        theta_of(world, "caliendo-paro-2015")
    assert theta_of(world, "").by_sector is None
    assert theta_of(own_world(theta=True), "").name == "of the tables"
    named = theta_of(world, "caliendo-parro")
    assert named.name == "caliendo-parro-2015"
    assert_allclose(named.at(10.0, 4), 2.0 * named.at(5.0, 4))


def without(world: SectoralWorld, code: str) -> SectoralWorld:
    kept = [place for place, name in enumerate(world.iso3) if name != code]
    return replace(
        world,
        iso3=tuple(world.iso3[place] for place in kept),
        flows=world.flows[np.ix_(kept, kept)],
        input_share=world.input_share[kept],
        structure=world.structure[: len(kept)],
        tariffs=None,
    )


@pytest.mark.unit
def test_a_tariff_never_falls_below_zero_and_what_is_held_is_counted(ready: Inputs) -> None:
    world = own_world(tariffs=0.05)
    prepared = prepare_industries(ready, IndustrySettings(tables=world))
    assumptions = assumptions_of(central_values(ready.parameters))
    duties = sector_duties(world, prepared.policy, assumptions, prepared.tariffs_asked)
    after, held = duties.after, duties.held_at_zero
    assert after is not None
    uzbekistan, pakistan = world.index("UZB"), world.index("PAK")
    assert_array_equal(after[uzbekistan, pakistan], 0.0)
    assert held == 3  # goods; the service has none
    after[uzbekistan, pakistan] = world.tariffs[uzbekistan, pakistan]
    assert_array_equal(after, world.tariffs)
    without_tariffs = prepare_industries(ready, IndustrySettings(tables=own_world(tariffs=None)))
    assert without_tariffs.tariffs is None
    ratio = without_tariffs.policy.tariff_tau_hat[uzbekistan, pakistan]
    assert ratio == pytest.approx(1.05 / 1.2)


def orders(*names: str) -> Scenario:
    scenario = parse_scenario(ORDERS, where="orders.toml")
    kept = tuple(measure for measure in scenario.measures if measure.id in names)
    return scenario.model_copy(update={"measures": kept})


def trade_effect(*names: str) -> np.ndarray:
    """Compute the log points of trade at given prices, by pair and sector."""
    world = own_world(tariffs=None)
    theta = np.array([3.0, 4.0, 5.0, 6.0])
    ones = np.ones((4, 4))
    scenario = orders(*names).model_copy(update={"agreement_parts": ("residual",)})
    policy = read_policy(scenario, world.iso3)
    shock = make_shock(
        ones,
        ones,
        reach_hat=ones,
        covered=ones > 0,
        policy=policy,
        effects={"preference": 0.1, "free_trade_area": 0.5, "common_market": 0.7},
    )
    found = sector_shock(world, [shock] * 4, policy=shock, theta=theta)
    return -theta * np.log(found.non_tariff_hat)


@pytest.mark.unit
def test_an_agreement_inside_an_agreement_counts_once_the_deepest_by_pair_and_sector() -> None:
    every = trade_effect("wide", "inner", "cars")
    kazakhstan, pakistan, uzbekistan = (ISO3.index(code) for code in ("KAZ", "PAK", "UZB"))
    farms, cars, banks = SECTORS.index("A"), SECTORS.index("C29"), SECTORS.index("K")
    assert every[pakistan, uzbekistan, farms] == pytest.approx(0.7)
    assert every[pakistan, uzbekistan, cars] == pytest.approx(0.7)
    assert every[pakistan, kazakhstan, farms] == pytest.approx(0.1)
    assert every[pakistan, kazakhstan, cars] == pytest.approx(0.5)
    assert_allclose(every[:, :, banks], 0.0, atol=1e-15)
    assert_allclose(every[ISO3.index(REST)], 0.0, atol=1e-15)
    # Nothing adds up: all together is the largest of each alone, in every cell.
    alone = [trade_effect(name) for name in ("wide", "inner", "cars")]
    assert_allclose(every, np.maximum.reduce(alone), atol=1e-12)
    assert_allclose(trade_effect("inner", "wide"), trade_effect("wide", "inner"))


@pytest.mark.unit
@pytest.mark.parametrize("detail", [20, 50])
def test_cargo_of_a_list_is_that_of_its_codes_and_unknown_codes_follow_their_division(
    detail: Any,
) -> None:
    sectors = sector_list(detail)
    assert_array_equal(cargo_of_sectors(sectors), cargo_of(sectors.codes))
    names = cargo_classes().names
    own = own_sectors(["05T06", "26", "64T66", "D"])
    assert [names[k] if k != NOT_CARRIED else "" for k in cargo_of_sectors(own)] == [
        "bulk", "electronics", "", "",
    ]  # fmt: skip
    assert own.counted_as(GOODS).tolist() == [True, True, False, True]
    with pytest.raises(UnknownNameError, match="there is no class of cargo 'bullk'"):
        cargo_of_sectors(replace(own, cargo={"26": "bullk"}))
