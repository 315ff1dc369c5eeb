"""NPV, EIRR, ratios and annuities against closed forms and numpy-financial."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from landbridge.errors import InputError
from landbridge.studies.cba.cash_flow import (
    Traffic,
    Works,
    annuity,
    benefit_cost_ratio,
    delayed,
    internal_rate_percent,
    internal_rates_percent,
    net_present_value,
    streams,
)

pytestmark = pytest.mark.unit

RAILWAY = Works(
    capital_million_usd=1000.0,
    phasing=(0.25, 0.5, 0.25),
    operation_percent=2.0,
    life_years=20,
    residual_percent=10.0,
    start_year=2027,
)
STEADY = Traffic(first_year_percent=100, ramp_up_years=1, growth_percent=0, baseline_year=2023)


@pytest.mark.property
@given(
    flows=st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40),
    rate=st.floats(-20.0, 60.0),
)
@settings(deadline=None)
def test_present_values_are_those_of_numpy_financial(flows: Any, rate: Any) -> None:
    expected = npf.npv(rate / 100.0, flows)
    assert float(net_present_value(np.array(flows), rate)) == pytest.approx(
        expected, rel=1e-9, abs=1e-6
    )


@pytest.mark.property
@given(
    cost=st.floats(10.0, 1e4),
    gains=st.lists(st.floats(1.0, 1e3), min_size=3, max_size=30),
)
@settings(deadline=None)
def test_rates_of_return_are_those_of_numpy_financial(cost: Any, gains: Any) -> None:
    flows = np.array([-cost, *gains])
    rate = internal_rate_percent(flows)
    assume(np.isfinite(rate))
    assert float(net_present_value(flows, rate)) == pytest.approx(0.0, abs=1e-6 * cost)
    theirs = npf.irr(flows)
    if np.isfinite(theirs) and -0.85 < theirs < 9.0:
        assert rate == pytest.approx(100.0 * theirs, abs=1e-5)


def test_an_annuity_returns_its_rate() -> None:
    flows = np.full(101, annuity(1000.0, 5.0, 100))
    flows[0] = -1000.0
    assert internal_rate_percent(flows) == pytest.approx(5.0, abs=1e-9)


def test_no_rate_and_several_rates_are_told_apart() -> None:
    assert internal_rates_percent(np.array([1.0, 2.0])) == ()
    assert np.isnan(internal_rate_percent(np.array([-1.0, -2.0])))
    # 10 and 20 percent: -(1 - 1.1 d)(1 - 1.2 d).
    two = np.array([-1.0, 2.3, -1.32])
    assert_allclose(internal_rates_percent(two), [10.0, 20.0], atol=1e-9)
    assert np.isnan(internal_rate_percent(two))


def test_annuities_are_those_of_numpy_financial() -> None:
    assert annuity(1000.0, 9.0, 30) == pytest.approx(-npf.pmt(0.09, 30, 1000.0))
    assert annuity(1000.0, 0.0, 40) == 25.0


def test_a_steady_railway_has_its_closed_form() -> None:
    laid = streams((RAILWAY,), STEADY, 150.0)
    assert laid.years.tolist() == list(range(2027, 2050))
    d = 1 / 1.09
    capital = 250 + 500 * d + 250 * d**2 - 100 * d**22
    serving = sum(d**year for year in range(3, 23))
    assert float(net_present_value(laid.net, 9.0)) == pytest.approx(-capital + 130 * serving)
    ratio = float(benefit_cost_ratio(laid, 9.0))
    assert ratio == pytest.approx(150 * serving / (capital + 20 * serving))
    rate = internal_rate_percent(laid.net)
    assert float(net_present_value(laid.net, rate)) == pytest.approx(0.0, abs=1e-8)


def test_traffic_ramps_up_and_grows() -> None:
    traffic = Traffic(first_year_percent=40, ramp_up_years=4, growth_percent=3, baseline_year=2030)
    factors = traffic.factors(2030, np.arange(2029, 2036))
    assert factors[0] == 0.0
    assert_allclose(factors[1:5], np.array([0.4, 0.6, 0.8, 1.0]) * 1.03 ** np.arange(4))
    assert factors[6] / factors[5] == pytest.approx(1.03)


def test_benefits_wait_for_the_last_project_and_end_with_the_first() -> None:
    late = Works(500.0, (1.0,), 0.0, 30, 0.0, 2032)
    laid = streams((RAILWAY, late), STEADY, 100.0)
    assert laid.years[laid.benefit > 0].tolist() == list(range(2033, 2050))
    # The late project still has 13 of its 30 years: that part of its capital comes back.
    assert laid.capital[-1] == pytest.approx(-(100.0 + 500.0 * 13 / 30))
    assert laid.capital.sum() == pytest.approx(1500.0 - 100.0 - 500.0 * 13 / 30)
    gone = Works(1.0, (1.0,), 0.0, 2, 0.0, 2020)
    with pytest.raises(InputError, match="closes in 2022, before the last one opens in 2033"):
        streams((gone, late), STEADY, 1.0)


def test_a_delay_keeps_the_capital_and_opens_later() -> None:
    (later,) = delayed((RAILWAY,), 1)
    assert sum(later.phasing) == pytest.approx(1.0)
    assert later.first_service_year == RAILWAY.first_service_year + 1
    before, after = (streams((work,), STEADY, 150.0) for work in (RAILWAY, later))
    assert net_present_value(after.net, 9.0) < net_present_value(before.net, 9.0)


def test_many_draws_at_once_equal_one_by_one() -> None:
    benefits = np.array([50.0, 150.0, 300.0])
    laid = streams((RAILWAY,), STEADY, benefits)
    together = net_present_value(laid.net, 9.0)
    alone = [float(net_present_value(streams((RAILWAY,), STEADY, b).net, 9.0)) for b in benefits]
    assert_allclose(together, alone)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phasing": (0.5, 0.4)}, "adds up to 0.9"),
        ({"capital_million_usd": -1.0}, "capital of -1"),
        ({"life_years": 0}, "life of 0"),
        ({"operation_percent": 200.0}, "operation_percent of 200"),
    ],
)
def test_what_no_project_can_have_is_refused(changes: Any, words: Any) -> None:
    base = {
        "capital_million_usd": 1.0,
        "phasing": (1.0,),
        "operation_percent": 1.0,
        "life_years": 10,
        "residual_percent": 0.0,
        "start_year": 2027,
    }
    with pytest.raises(InputError, match=words):
        Works(**(base | changes))
    with pytest.raises(InputError, match="nothing to appraise"):
        streams((), STEADY, 1.0)
