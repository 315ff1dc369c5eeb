"""A bill beside a payer's means: figures that are too old are named, not used."""

from __future__ import annotations

import math

import pytest

from landbridge.studies.cba.fiscal_space import fiscal_space
from landbridge.world.baseline import load_baseline

pytestmark = pytest.mark.unit


def test_pakistans_debt_of_2016_is_called_too_old_and_its_reserves_are_used() -> None:
    row = fiscal_space({"PAK": 1000.0}, load_baseline()).iloc[0]
    assert math.isnan(row["public_debt_percent_of_gdp"])
    assert math.isnan(row["capital_percent_of_revenue"])
    assert row["reserves_million_usd"] > 0
    assert row["too_old"] == "public debt (2016), budget revenue (2015)"


def test_a_payer_with_recent_figures_has_nothing_too_old() -> None:
    row = fiscal_space({"KAZ": 1000.0}, load_baseline()).iloc[0]
    assert row["too_old"] == ""
    assert row["public_debt_percent_of_gdp"] > 0
    assert row["capital_percent_of_revenue"] > 0
