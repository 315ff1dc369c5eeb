"""Scenarios side by side over the same draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from landbridge.basis import embedded_basis
from landbridge.errors import InputError
from landbridge.scenarios.asking import ask
from landbridge.studies.compare.scenarios import compare_scenarios

DRAWS = 2
ROUNDING = 1e-9  # percent, million USD


@pytest.fixture(scope="module")
def compared() -> Any:
    names = ["cku", "cku", "cku+quetta-taftan"]
    scenarios = [
        # On least-cost paths: what is compared is the same whatever goods choose among.
        ask(names[0], ["choice=least"]),
        ask(names[1], ["choice=least", "measures.crossing-times.probability_open=0.98"]),
        ask(names[2], ["choice=least"]),
    ]
    return compare_scenarios(embedded_basis(), scenarios, draws=DRAWS, seed=5, jobs=1, where=names)


@pytest.mark.journey
@pytest.mark.slow
def test_a_scenario_differs_from_itself_by_nothing_draw_by_draw(compared: Any) -> None:
    assert compared.labels == ("cku", "cku (2)", "cku+quetta-taftan")
    for name, table in compared.tables.items():
        if name == "compare_certificate":
            continue
        same = table[table["scenario"].isin(["cku", "cku (2)"])]
        gaps = same[[column for column in same.columns if column.startswith("difference_")]]
        assert np.abs(gaps.to_numpy(dtype=float)).max() < ROUNDING, name


@pytest.mark.journey
@pytest.mark.slow
def test_a_difference_is_that_of_the_two_values_and_has_a_band_of_its_own(compared: Any) -> None:
    income = compared.tables["compare_income"].set_index(["scenario", "iso3"])
    both, one = (income.loc[name] for name in ("cku+quetta-taftan", "cku"))
    gap = both["real_income_percent"] - one["real_income_percent"]
    np.testing.assert_allclose(both["difference_percent"], gap, atol=ROUNDING)
    assert both.loc["PAK", "difference_percent"] > 0
    # What is uncertain about both alike cancels: the band of the difference is not the sum.
    width = both["difference_percent_high"] - both["difference_percent_low"]
    wide = both["real_income_percent_high"] - both["real_income_percent_low"]
    assert width["KGZ"] < wide["KGZ"]


@pytest.mark.journey
@pytest.mark.slow
def test_what_a_scenario_adds_is_the_difference_of_net_present_values(compared: Any) -> None:
    table = compared.tables["compare_summary"].set_index("scenario")
    npv, gap = table["npv_million_usd"], table["difference_npv_million_usd"]
    assert abs(gap["cku"]) < ROUNDING
    assert gap["cku+quetta-taftan"] == pytest.approx(npv["cku+quetta-taftan"] - npv["cku"])


@pytest.mark.unit
def test_one_scenario_is_no_comparison() -> None:
    with pytest.raises(InputError, match="takes 2 to 12 scenarios, and 1 stand here"):
        compare_scenarios(embedded_basis(), [ask("cku")], draws=0, seed=1)
