"""Caliendo and Parro's own tables, written as a user would and read back: Table 2 is met.

The data of the program cp2015 (MIT licence) are written as tidy tables, its sectors described in a
table of their own; nothing of the loader may move them.
"""

from __future__ import annotations

import csv
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from landbridge.codes import REST
from landbridge.equilibrium import (
    SectoralShock,
    SectoralTables,
    first_order_welfare,
    prepare_sectors,
    solve_sectors,
)
from landbridge.sources.identity import identify
from landbridge.sources.sectoral.world import load_sectoral_tables

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "caliendo_parro"
EXACT = {"MEX": 0.0073, "CAN": -0.1101, "USA": 0.0741}
PUBLISHED = {"MEX": 1.3121, "CAN": -0.0638, "USA": 0.0848}
FOUR_DECIMALS = 6e-5
MILLION = 1e6
SERVICES_FROM = 20
NAMES = {"UK": "United Kingdom", "USA": "USA", "ROW": REST, "Korea": "South Korea"}

pytestmark = [
    pytest.mark.golden,
    pytest.mark.slow,
    pytest.mark.night,  # in CI the same data meet the table without the loader
    pytest.mark.skipif(
        not REFERENCE.is_dir(), reason=f"the data of cp2015 are not here: {REFERENCE}"
    ),
]


def write(path: Path, header: list[str], rows: pd.DataFrame) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        out = csv.writer(handle)
        out.writerow(header)
        out.writerows(rows.itertuples(index=False))


@pytest.fixture(scope="module")
def stored() -> dict[str, object]:
    rdata = pytest.importorskip("rdata")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return rdata.read_rda(str(REFERENCE / "cp2015_nafta.rda"))["cp2015_nafta"]


def test_table_2_is_met_by_tables_that_are_read_as_a_users(stored: Any, tmp_path: Path) -> None:
    trade = stored["trade"].astype({"exporter": str, "importer": str, "sector": str})
    for end in ("exporter", "importer"):
        trade[end] = trade[end].replace(NAMES)
    sectors = [str(name) for name in stored["sets"]["sectors"]]
    keys = ["exporter", "importer", "sector"]
    write(
        tmp_path / "1.csv", [*keys, "million_usd"],
        trade[keys].assign(value=trade["value"] / MILLION),
    )  # fmt: skip
    foreign = trade[trade["exporter"] != trade["importer"]]
    write(
        tmp_path / "2.csv", [*keys, "percent"], foreign[keys].assign(rate=100.0 * foreign["tariff"])
    )
    use = stored["intermediate_consumption"].astype({"region": str, "input": str, "sector": str})
    added = stored["value_added"].astype({"region": str, "sector": str})
    output = (
        use.groupby(["region", "sector"])["value"]
        .sum()
        .add(added.set_index(["region", "sector"])["value"])
    )
    cells = pd.MultiIndex.from_frame(use[["region", "sector"]])
    use = use.assign(share=use["value"].to_numpy() / output.reindex(cells).to_numpy())
    use["region"] = use["region"].replace(NAMES)
    write(
        tmp_path / "3.csv", ["economy", "input", "user", "share"],
        use[["region", "input", "sector", "share"]],
    )  # fmt: skip
    theta = stored["theta"].set_index("sector").loc[sectors, "value"]
    write(tmp_path / "4.csv", ["sector", "theta"], theta.reset_index())
    kinds = ["goods"] * SERVICES_FROM + ["services"] * (len(sectors) - SERVICES_FROM)
    write(tmp_path / "5.csv", ["sector", "kind"], pd.DataFrame({"s": sectors, "k": kinds}))

    world = load_sectoral_tables(tmp_path, year=1993)
    assert len(world.iso3) == 31
    assert REST in world.iso3
    place = {code: number for number, code in enumerate(world.iso3)}
    after = world.tariffs.copy()
    identity = dict(zip(*economies(trade, world.iso3), strict=True))
    new = trade.assign(
        one=trade["exporter"].map(identity).map(place),
        two=trade["importer"].map(identity).map(place),
        third=trade["sector"].map({name: at for at, name in enumerate(world.sectors.codes)}),
    )
    after[new["one"], new["two"], new["third"]] = new["tariff_cfl"]
    baseline = prepare_sectors(
        SectoralTables(
            world.flows, world.value_added_share, world.input_share, tariffs=world.tariffs,
            iso3=world.iso3,
        ),
        theta=world.elasticities,
        closure="purged",
    )  # fmt: skip
    found = solve_sectors(baseline, SectoralShock(tariffs=after))
    assert found.certificate.passed
    table = first_order_welfare(baseline, found).table().set_index("iso3")
    for code, number in EXACT.items():
        assert table.loc[code, "exact_welfare_percent"] == pytest.approx(number, abs=FOUR_DECIMALS)
        published = table.loc[code, "first_order_welfare_percent"]
        assert published == pytest.approx(PUBLISHED[code], abs=FOUR_DECIMALS)


def economies(trade: pd.DataFrame, iso3: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """List the names in the tables and the codes that the loader made of them."""
    names = list(dict.fromkeys(trade["exporter"]))
    found = identify(names, "names")
    codes = [found[name].iso3 for name in names]
    assert set(codes) == set(iso3)
    return names, codes
