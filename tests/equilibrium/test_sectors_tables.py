"""What does not add up is treated and counted, or refused with every fault."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from landbridge.equilibrium import SectoralShock, SectoralTables, prepare_sectors, solve_sectors
from landbridge.equilibrium.market import Closure
from landbridge.equilibrium.sectors.baseline import SectoralBaseline
from landbridge.errors import DataError, InputError

EXACT = 1e-10


def prepared(
    tables: SectoralTables, closure: Closure = "additive", **options: Any
) -> SectoralBaseline:
    return prepare_sectors(tables, theta=5.0, closure=closure, **options)


def consistent(cases: Any) -> SectoralTables:
    """Tables that a solved baseline gives: nothing needs a treatment."""
    baseline = prepared(cases.small_world())
    return SectoralTables(
        flows=baseline.flows,
        value_added_shares=baseline.value_added_shares,
        input_shares=baseline.input_shares,
        tariffs=baseline.tariffs,
        iso3=baseline.iso3,
        sectors=baseline.sectors,
    )


@pytest.mark.unit
def test_tables_that_add_up_stay_what_they_are(cases: Any) -> None:
    tables = consistent(cases)
    baseline = prepared(tables)
    np.testing.assert_allclose(baseline.flows, tables.flows, rtol=1e-9)
    balance = tables.flows.sum(axis=(0, 2)) - tables.flows.sum(axis=(1, 2))
    np.testing.assert_allclose(baseline.deficit, balance, atol=1e-9 * tables.flows.sum())
    names = set(baseline.report.table()["treatment"])
    assert not {name for name in names if "negative" in name or "dropped" in name}
    income = baseline.value_added + baseline.tariff_revenue + baseline.deficit
    np.testing.assert_allclose(income, baseline.final_spending, rtol=EXACT)


@pytest.mark.unit
def test_purging_takes_deficits_away_and_keeps_value_added(cases: Any) -> None:
    tables = consistent(cases)
    baseline = prepared(tables, closure="purged")
    np.testing.assert_allclose(baseline.deficit, 0.0, atol=1e-9)
    assert baseline.value_added.sum() == pytest.approx(
        (tables.value_added_shares * tables.flows.sum(axis=1)).sum(), rel=EXACT
    )
    assert baseline.report.count("flows changed where the baseline was solved again") > 0


@pytest.mark.unit
def test_negative_final_demand_is_counted_and_the_baseline_solved_again(cases: Any) -> None:
    tables = consistent(cases)
    inputs, own = tables.input_shares.copy(), tables.value_added_shares.copy()
    inputs[1] *= 0.2 / inputs[1].sum(axis=0)
    inputs[1, 0] += 0.75  # everybody there needs more of the first sector than is bought
    own[1] = 0.05
    baseline = prepared(replace(tables, input_shares=inputs, value_added_shares=own))
    treatment = "negative final demand set to zero, the rest rescaled"
    row = baseline.report.table().set_index("treatment").loc[treatment]
    assert row["count"] == 1
    assert row["largest"] == "PAK S0"
    assert row["million_usd"] > 0
    assert baseline.final_shares[1, 0] == 0.0
    found = solve_sectors(baseline, SectoralShock())
    np.testing.assert_allclose(found.welfare_hat, 1.0, rtol=1e-12)


@pytest.mark.unit
def test_flows_below_zero_are_refused_or_clipped_by_name(cases: Any) -> None:
    tables = consistent(cases)
    flows = tables.flows.copy()
    flows[2, 3, 1] = -4.0
    bad = replace(tables, flows=flows)
    with pytest.raises(DataError, match=r"1 cells of flows are negative.*RUS to UZB S1"):
        prepared(bad)
    report = prepared(bad, negative_flows="clip").report.table().set_index("treatment")
    assert report.loc["negative flows set to zero", "million_usd"] == pytest.approx(4.0)
    with pytest.raises(InputError, match="'refuse' or 'clip'"):
        prepared(tables, negative_flows="ignore")


@pytest.mark.unit
def test_empty_sectors_are_kept_empty_and_counted(cases: Any) -> None:
    tables = consistent(cases)
    flows = tables.flows.copy()
    flows[0, :, 1] = 0.0  # Kazakhstan makes none
    flows[:, 3, 2] = 0.0  # Uzbekistan buys none
    final = np.full((4, 3), 1.0 / 3.0)
    baseline = prepared(replace(tables, flows=flows, final_shares=final), closure="purged")
    report = baseline.report
    assert report.count("economy-sectors that sell nothing") == 1
    assert report.count("economy-sectors that nobody buys") == 1
    assert report.count("inputs that nobody supplies dropped, other costs rescaled") == 3
    assert report.count("flows of zero, which stay zero") == 8
    found = solve_sectors(baseline, SectoralShock(iceberg_hat=cases.corridor(tables)))
    assert (found.flows[0, :, 1] == 0).all()
    assert (found.flows[:, 3, 2] == 0).all()
    assert found.prices_hat[3, 2] == 1.0
    assert found.certificate.passed
    table = found.by_sector().set_index(["iso3", "sector"])
    assert np.isnan(table.loc[("KAZ", "S1"), "output_change_percent"])


@pytest.mark.unit
def test_value_added_that_is_too_low_is_raised_and_counted(cases: Any) -> None:
    tables = consistent(cases)
    own, inputs = tables.value_added_shares.copy(), tables.input_shares.copy()
    own[2, 1] = -0.05
    inputs[2, :, 1] *= 1.05 / inputs[2, :, 1].sum()
    baseline = prepared(replace(tables, value_added_shares=own, input_shares=inputs))
    label = "value-added shares raised to the least allowed, inputs rescaled"
    assert baseline.report.count(label) == 1
    assert baseline.value_added_shares[2, 1] == pytest.approx(1e-3)
    total = baseline.value_added_shares + baseline.input_shares.sum(axis=1)
    np.testing.assert_allclose(total, 1.0, rtol=1e-12)


@pytest.mark.unit
def test_faults_are_told_with_their_place(cases: Any) -> None:
    tables = consistent(cases)
    own = tables.value_added_shares.copy()
    own[1, 2] += 0.1
    with pytest.raises(DataError, match=r"1 economy-sectors do not sum to 1, worst PAK S2: 1\.1"):
        prepared(replace(tables, value_added_shares=own))
    with pytest.raises(DataError, match="tariffs has shape"):
        prepared(replace(tables, tariffs=np.zeros((4, 4))))
    flows = tables.flows.copy()
    flows[0, 0, 0] = np.nan
    with pytest.raises(DataError, match="missing or infinite, the first KAZ to KAZ S0"):
        prepared(replace(tables, flows=flows))
    with pytest.raises(DataError, match="deficits sum to"):
        prepared(replace(tables, deficits=np.ones(4) * 1e3))
    final = np.full((4, 3), 1.0 / 3.0)
    final[0, 0] = 0.9
    with pytest.raises(DataError, match="final shares of 1 economies"):
        prepared(replace(tables, final_shares=final))
    flows = tables.flows.copy()
    flows[1] = 0.0
    with pytest.raises(DataError, match="PAK sells nothing"):
        prepared(replace(tables, flows=flows, final_shares=np.full((4, 3), 1.0 / 3.0)))
    with pytest.raises(DataError, match="exporter x importer x sector"):
        prepared(replace(tables, flows=np.ones((4, 4))))


@pytest.mark.unit
def test_options_that_cannot_be_are_refused(cases: Any) -> None:
    tables = consistent(cases)
    with pytest.raises(InputError, match="Did you mean 'purged'"):
        prepare_sectors(tables, theta=5.0, closure="purgd")
    with pytest.raises(InputError, match="2 trade elasticities for 3 sectors"):
        prepare_sectors(tables, theta=np.ones(2), closure="purged")
    with pytest.raises(InputError, match="1 trade elasticities are not above 0"):
        prepare_sectors(tables, theta=np.array([1.0, 0.0, 2.0]), closure="purged")
    with pytest.raises(InputError, match="names"):
        prepared(replace(tables, iso3=["KAZ", "KAZ", "RUS", "UZB"]))
    with pytest.raises(InputError, match="for 3 sectors"):
        prepared(replace(tables, sectors=["A", "B"]))
