"""A run by industry: shocks by class of cargo, the chain, and the tables."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from landbridge.basis import embedded_basis
from landbridge.scenarios.reading import find_scenario, parse_scenario, read_scenario
from landbridge.scenarios.trade_costs import Shock
from landbridge.scenarios.values.cargo import NOT_CARRIED, cargo_classes, cargo_of
from landbridge.studies.chain.inputs import prepare_inputs
from landbridge.studies.industries.one_pass import sector_shock
from landbridge.studies.industries.parts import industry_parts
from landbridge.studies.industries.running import run_industries
from landbridge.studies.industries.tables import industry_sentences, industry_tables
from landbridge.studies.run.running import run_central
from landbridge.tasks import no_progress
from landbridge.world.sectors.base import SectoralWorld, Structure
from landbridge.world.sectors.facts import sector_list

IDLE = """
format = 1
name = "idle"
title = "Nothing changes"
summary = "A tariff equivalent that stays where it is."
date = 2026-01-01

[focus]
economy = "PAK"
partners = ["UZB"]

[[measures]]
kind = "change_tariff_equivalent"
id = "same"
title = "As before"
exporters = ["PAK"]
importers = ["UZB"]
from_percent = 10.0
to_percent = 10.0
source = "none"
"""


def toy_world() -> SectoralWorld:
    sectors = sector_list(20)
    kinds = len(sectors.codes)
    flows = np.ones((2, 2, kinds))
    return SectoralWorld(
        2022, ("PAK", "UZB"), sectors, flows, np.zeros((2, kinds, kinds)), (Structure.TABLE,) * 2
    )


def toy_shock(freight: float, reach: float = 1.0, effect: float = 0.0) -> Shock:
    ones = np.ones((2, 2))
    off = np.array([[0.0, 1.0], [1.0, 0.0]])
    return Shock(
        iso3=("PAK", "UZB"),
        freight_tau_hat=ones + (freight - 1.0) * off,
        reach_hat=ones + (reach - 1.0) * off,
        tariff_tau_hat=ones,
        agreement_log_effect=effect * off,
        covered=off > 0,
    )


@pytest.mark.unit
def test_a_sector_takes_the_costs_of_its_class_and_services_take_none() -> None:
    world = toy_world()
    classes = cargo_classes()
    theta = np.full(20, 5.0)
    by_class = [toy_shock(0.9 - 0.1 * place) for place in range(len(classes.names))]
    numbers = cargo_of(world.sectors.codes)
    shocks = [None if number == NOT_CARRIED else by_class[number] for number in numbers]
    shock = sector_shock(world, shocks, policy=toy_shock(1.0), theta=theta)
    number = dict(zip(world.sectors.codes, cargo_of(world.sectors.codes), strict=True))
    for place, code in enumerate(world.sectors.codes):
        expected = 1.0 if number[code] == NOT_CARRIED else 0.9 - 0.1 * number[code]
        assert shock.iceberg_hat[0, 1, place] == pytest.approx(expected)
        assert shock.iceberg_hat[0, 0, place] == 1.0
    assert number["D"] == number["G"] == number["H"] == NOT_CARRIED
    assert_array_equal(shock.non_tariff_hat, 1.0)


@pytest.mark.unit
def test_an_agreement_moves_goods_by_its_log_points_whatever_the_elasticity() -> None:
    world = toy_world()
    theta = np.linspace(2.0, 9.0, 20)
    agreed = toy_shock(1.0, effect=0.5)
    shock = sector_shock(world, [agreed] * 20, policy=agreed, theta=theta)
    goods = world.sectors.counted_as("goods")
    moved = -theta * np.log(shock.non_tariff_hat[0, 1])
    assert_allclose(moved[goods], 0.5)
    assert_allclose(moved[~goods], 0.0, atol=1e-15)


@pytest.mark.unit
def test_trade_that_loses_its_way_is_lost_and_no_more() -> None:
    world = toy_world()
    theta = np.full(20, 4.0)
    carried = cargo_of(world.sectors.codes) != NOT_CARRIED
    lost = [toy_shock(1.0, reach=0.5) if yes else None for yes in carried]
    half = sector_shock(world, lost, policy=toy_shock(1.0), theta=theta)
    assert_allclose(half.iceberg_hat[0, 1, ~carried], 1.0)
    assert_allclose(half.iceberg_hat[0, 1, carried] ** -4.0, 0.5)
    gone = [toy_shock(1.0, reach=0.0)] * 20
    none = sector_shock(world, gone, policy=toy_shock(1.0), theta=theta)
    assert np.isinf(none.iceberg_hat[0, 1, carried]).all()


@pytest.mark.unit
def test_classes_of_cargo_are_drawn_inside_their_bands() -> None:
    central = cargo_classes()
    drawn = [cargo_classes(np.random.default_rng(seed)) for seed in range(150)]
    values = np.stack([classes.value_usd_per_tonne for classes in drawn])
    assert_allclose(np.median(values, axis=0), central.value_usd_per_tonne, rtol=0.25)
    assert (np.diff(central.value_usd_per_tonne) > 0).all()
    doubled = central.scaled(value=2.0, time=0.5)
    assert_allclose(doubled.value_usd_per_tonne, 2.0 * central.value_usd_per_tonne)
    assert_allclose(
        doubled.value_of_time_percent_per_day, 0.5 * central.value_of_time_percent_per_day
    )


@pytest.mark.journey
@pytest.mark.slow
def test_nothing_changes_by_industry_where_nothing_changes() -> None:
    inputs = prepare_inputs(
        embedded_basis(), parse_scenario(IDLE, where="idle.toml"), where="idle.toml"
    )
    found = run_industries(inputs, draws=0, seed=1, jobs=1, progress=no_progress)
    assert found.found.equilibrium.certificate.passed
    for name in ("income_percent", "output_percent", "exports_percent", "pair_percent"):
        assert np.abs(getattr(found.central, name)).max() < 1e-7
    parts = industry_parts(found)
    tables = industry_tables(found, np.zeros(len(inputs.world.iso3)), parts)
    assert industry_sentences(found, tables, draws=0) == ()
    assert np.abs(tables["industry_parts"]["sum_percent"]).max() < 1e-7
    assert np.abs(tables["industry_welfare"]["first_order_welfare_percent"]).max() < 1e-7


@pytest.mark.journey
@pytest.mark.slow
def test_the_flagship_reports_by_industry_with_bands() -> None:
    scenario = read_scenario(find_scenario("n-cpec-plus"))
    inputs = prepare_inputs(embedded_basis(), scenario, where=scenario.name)
    one_sector = run_central(inputs).outcome.real_income_percent
    found = run_industries(inputs, draws=2, seed=1, jobs=1, progress=no_progress)
    tables = industry_tables(found, one_sector, industry_parts(found))
    assert tables["industry_certificate"]["passed"].all()
    focus = tables["industries"]
    assert len(focus) == 20
    carried = focus["cargo_class"] != ""
    assert (focus.loc[carried, "exports_change_percent"] > 0).all()
    assert (focus["output_percent_low"] <= focus["output_percent_high"]).all()
    income = tables["industry_income"].set_index("iso3")
    # The two models agree on the size of the gain of the economies on the way.
    for code in ("PAK", "AFG"):
        ratio = income.loc[code, "industry_income_percent"] / income.loc[code, "one_sector_percent"]
        assert 0.5 < ratio < 3.0
    assert income.loc["UZB", "structure"] == "borrowed"
    assert "industries" in industry_sentences(found, tables, draws=2)[0]
    parts = tables["industry_parts"]
    whole = parts[parts["by"] == "all"].iloc[0]
    exact = tables["industry_welfare"].set_index("iso3").loc["PAK", "exact_welfare_percent"]
    assert whole["sum_percent"] == pytest.approx(exact, rel=1e-6)
    for kind in ("industry", "partner"):
        split = parts[parts["by"] == kind]["sum_percent"].sum()
        assert split == pytest.approx(whole["sum_percent"] - whole["other_percent"], rel=1e-4)
    assert (tables["industry_pairs"]["baseline_million_usd"] > 0).all()
