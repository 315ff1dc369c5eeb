"""The tariffs by sector of the bridge to NAFTA are those of the program's data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from build_bridge_tariffs import read_trade, tariffs_by_sector
from landbridge.tables import embedded_table

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "caliendo_parro"
HALF_A_DIGIT = 0.0051
"""Percent: the table has two decimals."""


@pytest.mark.unit
def test_sectors_are_averaged_by_trade() -> None:
    rows = [
        ("Wood", "USA", "Mexico", 300.0, 0.10, 0.0),
        ("Paper", "USA", "Mexico", 100.0, 0.02, 0.04),
        ("Mining", "USA", "Mexico", 50.0, 0.05, 0.0),
        ("Auto", "USA", "Mexico", 0.0, 0.12, 0.0),
        ("Retail", "USA", "Mexico", 50.0, 0.0, 0.0),
        ("Wood", "Mexico", "Mexico", 9.0, 0.0, 0.0),
        ("Wood", "Brazil", "Mexico", 9.0, 0.5, 0.5),
    ]
    columns = ["sector", "exporter", "importer", "value", "tariff_bln", "tariff_cfl"]
    found = tariffs_by_sector(pd.DataFrame(rows, columns=columns)).set_index("sector")
    assert list(found.index) == ["B05T06", "B07T09", "C16T18", "C29"]
    assert found.loc["C16T18", "before_percent"] == pytest.approx(8.0)
    assert found.loc["C16T18", "after_percent"] == pytest.approx(1.0)
    assert found.loc["C29", "before_percent"] == pytest.approx(12.0)
    assert (found["importer"] == "MEX").all()


@pytest.mark.golden
@pytest.mark.slow
@pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"the data of cp2015 are not here: {REFERENCE}")
def test_the_table_is_what_the_program_makes() -> None:
    pytest.importorskip("rdata")
    made = tariffs_by_sector(read_trade(REFERENCE / "cp2015_nafta.rda"))
    kept = embedded_table("studies", "bridge_sector_tariffs")
    keys = ["shock", "exporter", "importer", "sector"]
    both = made.merge(kept, on=keys, suffixes=("", "_kept"))
    assert len(both) == len(made) == len(kept)
    for column in ("before_percent", "after_percent"):
        assert both[column].to_numpy() == pytest.approx(
            both[f"{column}_kept"].to_numpy(), abs=HALF_A_DIGIT
        )
