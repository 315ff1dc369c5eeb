"""Flows of one's own: economies or a year that a file lacks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from landbridge.errors import FaultsError, InputError
from landbridge.world.baseline import load_baseline
from landbridge.world.building.complete import CARRIED, FROM_FILE, complete_flows
from landbridge.world.history import load_history

LARGE = 50.0  # million USD
LARGEST_MEDIAN = 0.30  # whole economies of 2019 found from 2016 to 2018, their totals not given
LARGEST_MEDIAN_OF_A_YEAR = 0.20  # 2018 to 2019 scaled to true totals: 0.14


def year_table(year: int) -> pd.DataFrame:
    history = load_history()
    goods = history.goods[history.at(year)]
    codes = np.array(history.iso3)
    rows, columns = np.nonzero(goods > 0)
    return pd.DataFrame(
        {
            "exporter": codes[rows],
            "importer": codes[columns],
            "million_usd": goods[rows, columns],
        }
    )


def errors(found: pd.DataFrame, truth: pd.DataFrame) -> np.ndarray:
    both = found.merge(truth, on=["exporter", "importer"], suffixes=("", "_true"))
    both = both[np.maximum(both["million_usd"], both["million_usd_true"]) > LARGE]
    found_usd, true_usd = (both[name].to_numpy() for name in ("million_usd", "million_usd_true"))
    return np.asarray(np.abs(np.log(found_usd / true_usd)))


@pytest.mark.unit
@pytest.mark.slow
def test_economies_that_a_file_lacks_are_found_and_what_it_holds_stays() -> None:
    truth = year_table(2019)
    lacking = {"PAK", "UZB", "POL", "VNM", "KEN", "PER"}
    inside = ~truth["exporter"].isin(lacking) & ~truth["importer"].isin(lacking)
    codes = sorted(set(truth["exporter"]) | set(truth["importer"]))
    done = complete_flows(truth[inside], load_baseline(), year=2019, economies=codes)
    found = done.table
    given = found[found["status"] == FROM_FILE].merge(truth, on=["exporter", "importer"])
    assert len(given) == inside.sum() == done.counts["given"]
    assert np.array_equal(given["million_usd_x"], given["million_usd_y"])
    added = found["exporter"].isin(lacking) | found["importer"].isin(lacking)
    assert (found.loc[added, "status"] == CARRIED).all()
    assert np.median(errors(found[added], truth)) < LARGEST_MEDIAN
    assert done.counts["economies_added"] == len(lacking)
    assert any("6 economies" in note for note in done.notes)


@pytest.mark.unit
def test_a_year_that_a_file_does_not_reach_is_carried_to_its_totals() -> None:
    truth, before = year_table(2019), year_table(2018)
    codes = sorted(set(truth["exporter"]) & set(truth["importer"]))
    inside = truth["exporter"].isin(codes) & truth["importer"].isin(codes)
    truth = truth[inside]
    totals = pd.DataFrame(
        {
            "iso3": codes,
            "exports_million_usd": truth.groupby("exporter")["million_usd"].sum()[codes].to_numpy(),
            "imports_million_usd": truth.groupby("importer")["million_usd"].sum()[codes].to_numpy(),
        }
    )
    nothing = truth.iloc[:0]
    done = complete_flows(
        nothing, load_baseline(), year=2019, past=before, totals=totals, economies=codes
    )
    assert np.median(errors(done.table, truth)) < LARGEST_MEDIAN_OF_A_YEAR
    assert done.counts["given"] == 0
    exports = done.table.groupby("exporter")["million_usd"].sum()
    gap = np.log(exports[codes].to_numpy() / totals["exports_million_usd"].to_numpy())
    assert np.median(np.abs(gap)) < 0.02


@pytest.mark.unit
@pytest.mark.slow
def test_a_pair_absent_between_reporters_is_no_trade() -> None:
    truth = year_table(2019)
    pair = (truth["exporter"] == "DEU") & (truth["importer"] == "FRA")
    codes = sorted(set(truth["exporter"]))[:150]
    codes += [code for code in ("DEU", "FRA") if code not in codes]
    done = complete_flows(truth[~pair], load_baseline(), year=2019, economies=codes).table
    assert not ((done["exporter"] == "DEU") & (done["importer"] == "FRA")).any()


@pytest.mark.unit
def test_faulty_flows_are_refused_with_every_fault() -> None:
    twice = pd.DataFrame(
        {"exporter": ["PAK", "PAK"], "importer": ["CHN", "CHN"], "million_usd": [1.0, -1.0]}
    )
    totals = pd.DataFrame({"iso3": ["PAK"], "exports_million_usd": [0.0]})
    with pytest.raises(FaultsError) as caught:
        complete_flows(twice, load_baseline(), year=2019, totals=totals)
    assert len(caught.value.faults) == 3
    with pytest.raises(InputError, match="no year before"):
        complete_flows(twice.iloc[:1], load_baseline(), year=1990)


@pytest.mark.unit
def test_an_economy_that_no_year_knows_takes_the_baselines_flows() -> None:
    known = pd.DataFrame(
        {"exporter": ["PAK", "CHN"], "importer": ["CHN", "PAK"], "million_usd": [2000.0, 14000.0]}
    )
    done = complete_flows(known, load_baseline(), year=2021, economies=["CHN", "PAK", "TWN"])
    assert done.counts["imputed"] == 4
    world = load_baseline()
    flow = done.table.set_index(["exporter", "importer"])["million_usd"]["TWN", "CHN"]
    assert abs(np.log(flow / world.goods[world.index("TWN"), world.index("CHN")])) < 1.0
