"""The embedded panel as data of an estimation: what it holds, and that it runs out of the box."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from typer.testing import CliRunner

from landbridge.atlas.agreements import agreements_between
from landbridge.atlas.binding import binding_depths, bound_by_agreement, bound_by_bloc
from landbridge.atlas.blocs import DEPTHS, depth_rank
from landbridge.cli import app
from landbridge.gravity.uses.history_panel import trade_panel
from landbridge.world.domestic import LEAST_SHARE, domestic_sales, output_ratios
from landbridge.world.history import load_history


@pytest.mark.unit
def test_the_panel_holds_zeros_and_leaves_out_what_is_not_known() -> None:
    panel = trade_panel((2023,), trade="international")
    table = panel.table.set_index(["exporter", "importer"])
    assert ("KOR", "VNM") not in table.index
    assert (table["goods_million_usd"] == 0).any()
    history = load_history()
    count = history.known[-1].sum() - np.diagonal(history.known[-1]).sum()
    assert len(table) == count
    assert not table["imputed"].any()
    assert "early release of 2023" in panel.notes[0]


@pytest.mark.unit
def test_domestic_sales_are_flagged_and_counted() -> None:
    panel = trade_panel((2014, 2019))
    home = panel.table[panel.table["exporter"] == panel.table["importer"]]
    assert home["imputed"].all()
    assert (home["border"] == 0).all()
    assert (home["rta"] == 0).all()
    assert not panel.table.loc[panel.table["exporter"] != panel.table["importer"], "imputed"].any()
    told = [note for note in panel.notes if "Domestic sales" in note]
    assert len(told) == 2


@pytest.mark.unit
def test_domestic_sales_are_output_less_exports_or_the_least_share() -> None:
    history = load_history()
    found = domestic_sales(history, 2019)
    usual = ~found.at_floor & ~found.without_gdp
    exports = history.goods[history.at(2019)].sum(axis=1)
    output = output_ratios(history) * history.gdp(2019)
    assert found.million_usd[usual] == pytest.approx((output - exports)[usual])
    held = np.maximum(output, exports)[found.at_floor]
    assert found.million_usd[found.at_floor] == pytest.approx(LEAST_SHARE * held)
    assert np.isnan(history.gdp(2019)[found.without_gdp]).all()
    assert (found.million_usd[exports > 0] > 0).all()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("exporter", "importer", "before", "after"),
    [
        ("KAZ", "ARM", 2014, 2019),  # the Eurasian Economic Union, but CISFTA binds before
        ("CHN", "CHL", 2006, 2007),
        ("VNM", "KAZ", 2016, 2017),
        ("DEU", "KOR", 2010, 2012),
    ],
)
def test_agreements_stand_from_the_year_in_which_they_bind_in_its_middle(
    exporter: str, importer: str, before: int, after: int
) -> None:
    def bound(year: int) -> float:
        table = trade_panel((year,), trade="international").table
        row = table[(table["exporter"] == exporter) & (table["importer"] == importer)]
        return float(row["rta"].iloc[0])

    assert bound(after) == 1.0
    deep = binding_depths((exporter, importer), on=date(before, 7, 1))[0, 1]
    later = binding_depths((exporter, importer), on=date(after, 7, 1))[0, 1]
    assert later > deep


@pytest.mark.property
def test_depths_of_all_pairs_are_those_of_each_pair_asked_alone() -> None:
    day = date(2015, 7, 1)
    codes = ("CHN", "PAK", "KAZ", "RUS", "VNM", "CHL", "DEU", "POL", "IND", "LKA")
    found = binding_depths(codes, on=day)
    assert (found == found.T).all()
    assert (np.diagonal(found) == -1).all()
    for row, one in enumerate(codes):
        for column, other in enumerate(codes):
            if one == other:
                continue
            alone = [
                depth_rank(item.depth)
                for item in agreements_between(one, other, on=day)
                if item.kind == "trade" and depth_rank(item.depth) >= depth_rank("preference")
            ]
            assert found[row, column] >= max(alone, default=-1)
    assert DEPTHS[found[6, 7]] == "economic_union"


@pytest.mark.unit
def test_an_agreement_binds_its_sides_to_each_other_and_a_bloc_its_members() -> None:
    codes = ("CHN", "PAK", "KAZ", "RUS")
    found = bound_by_agreement("chn-pak", codes, on=date(2010, 1, 1))
    assert np.argwhere(found).tolist() == [[0, 1], [1, 0]]
    assert not bound_by_agreement("chn-pak", codes, on=date(2005, 1, 1)).any()
    assert np.argwhere(bound_by_bloc("EAEU", codes, on=date(2016, 1, 1))).tolist() == [
        [2, 3],
        [3, 2],
    ]


@pytest.mark.journey
def test_estimation_runs_out_of_the_box() -> None:
    asked = ["estimate", "embedded", "-x", "ln_distance", "-x", "rta", "--year", "2019"]
    told = CliRunner().invoke(app, [*asked, "--international", "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.output)
    rows = found["tables"]["coefficients"]["rows"]
    by_term = {term: estimate for _, term, estimate, *_ in rows}
    assert by_term["ln_distance"] == pytest.approx(-0.753, abs=0.01)
    assert by_term["rta"] > 0
    assert any("CEPII" in note for note in found["notes"])


@pytest.mark.slow
@pytest.mark.journey
def test_the_example_that_ships_estimates_by_its_name() -> None:
    told = CliRunner().invoke(app, ["estimate", "agreements.toml"])
    assert told.exit_code == 0, told.output
    assert "both_in_EAEU" in told.output
    assert "CEPII" in told.output
