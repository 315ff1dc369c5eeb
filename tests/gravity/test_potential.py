"""Trade potential: made of others' trade, with a band that covers what it should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from landbridge.errors import InputError, UnknownNameError
from landbridge.gravity import GravitySpec, fit
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.uses.potential import PotentialOptions, trade_potential

OPTIONS = PotentialOptions(draws=400, comparable=60)
COVERED = (0.80, 0.98)  # 150 pairs in a 90 percent band: five standard errors around 0.9


@pytest.fixture
def flows(panel: Callable[..., Any]) -> pd.DataFrame:
    return panel(seed=9, economies=14, years=1, domestic=False, zeros=0.1)


@pytest.fixture
def found(flows: pd.DataFrame) -> GravityFit:
    return fit(GravitySpec(regressors=("distance", "agreement", "tariff")), flows)


@pytest.mark.unit
def test_a_pair_does_not_predict_itself(flows: pd.DataFrame, found: GravityFit) -> None:
    plain = trade_potential(found, flows, [("E01", "E02")], options=OPTIONS).iloc[0]
    row = (flows["exporter"] == "E01") & (flows["importer"] == "E02")
    moved = flows.assign(trade=flows["trade"].where(~row, 50.0 * flows["trade"] + 1.0))
    other = trade_potential(found, moved, [("E01", "E02")], options=OPTIONS).iloc[0]
    assert other["potential"] == pytest.approx(plain["potential"], rel=1e-8)
    assert other["observed"] > plain["observed"]
    assert plain["missing"] == pytest.approx(plain["potential"] - plain["observed"])
    unknown = flows.assign(trade=flows["trade"].where(~row))
    third = trade_potential(found, unknown, [("E01", "E02")], options=OPTIONS).iloc[0]
    assert third["potential"] == pytest.approx(plain["potential"], rel=1e-8)
    assert np.isnan(third["observed"])
    assert np.isnan(third["missing"])


@pytest.mark.unit
def test_left_out_pairs_are_predicted_as_a_fit_without_them_does(
    flows: pd.DataFrame, found: GravityFit
) -> None:
    row = (flows["exporter"] == "E03") & (flows["importer"] == "E05")
    ours = trade_potential(found, flows, [("E03", "E05")], options=OPTIONS).iloc[0]
    index = flows[["distance", "agreement", "tariff"]] @ found.coefficients["estimate"].to_numpy()
    rest = flows.assign(known=index)[~row]
    again = fit(
        GravitySpec(
            offset="known", fixed_effects=("exporter", "importer"), inference="ppmlhdfe-robust"
        ),
        rest,
    )
    effects = again.fixed_effects
    exporter = effects.loc[effects["exporter"] == "E03", "value"].iloc[0]
    importer = effects.loc[effects["importer"] == "E05", "value"].iloc[0]
    assert ours["potential"] == pytest.approx(
        float(np.exp(index[row].iloc[0] + exporter + importer)), rel=1e-7
    )


@pytest.mark.property
def test_bands_cover_about_as_many_flows_as_they_say(
    flows: pd.DataFrame, found: GravityFit
) -> None:
    pairs = list(zip(flows["exporter"], flows["importer"], strict=True))[:150]
    table = trade_potential(found, flows, pairs, options=OPTIONS)
    inside = (table["observed"] >= table["potential_low"]) & (
        table["observed"] <= table["potential_high"]
    )
    assert COVERED[0] <= inside.mean() <= COVERED[1]
    assert (table["potential_low"] <= table["potential_high"]).all()


@pytest.mark.unit
def test_the_same_seed_gives_the_same_band(flows: pd.DataFrame, found: GravityFit) -> None:
    one = trade_potential(found, flows, [("E01", "E02")], options=OPTIONS)
    other = trade_potential(found, flows, [("E01", "E02")], options=OPTIONS)
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.unit
def test_what_potential_refuses(
    panel: Callable[..., Any], flows: pd.DataFrame, found: GravityFit
) -> None:
    with pytest.raises(UnknownNameError, match="'E99' is not in the table"):
        trade_potential(found, flows, [("E01", "E99")], options=OPTIONS)
    with pytest.raises(InputError, match="no row E01 to E01"):
        trade_potential(found, flows, [("E01", "E01")], options=OPTIONS)
    years = panel(seed=9, economies=8, years=3)
    two = fit(GravitySpec(regressors=("agreement",)), years)
    with pytest.raises(InputError, match="say which year"):
        trade_potential(two, years, [("E01", "E02")], options=OPTIONS)
    three = fit(
        GravitySpec(
            regressors=("agreement",), fixed_effects=("exporter-year", "importer-year", "pair")
        ),
        years,
    )
    with pytest.raises(InputError, match="pair effects"):
        trade_potential(three, years, [("E01", "E02")], year=2001, options=OPTIONS)
    with pytest.raises(InputError, match="comparable pairs"):
        PotentialOptions(comparable=3)
