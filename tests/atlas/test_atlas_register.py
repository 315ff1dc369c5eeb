"""Corridors, projects, targets, fiscal indicators, sources, and the views over all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from landbridge.atlas import projects, sizes, targets, views
from landbridge.atlas.fiscal import INDICATORS, OLDEST_YEARS, fiscal, latest_fiscal, usable_fiscal
from landbridge.atlas.projects import Corridor, Project
from landbridge.atlas.regions import economies_of_region, region_of, regional_bloc_of
from landbridge.atlas.sources import source
from landbridge.codes import known_codes
from landbridge.errors import InputError, UnknownNameError
from landbridge.tables import embedded_table

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"
DAY = date(2025, 12, 1)

# The register's name of each project or corridor of the reference.
SAME = {
    "uap_trans_afghan": "trans-afghan-railway",
    "hairatan_mazar": "hairatan-mazar",
    "torghundi_kandahar": "western-trans-afghan",
    "khaf_herat": "khaf-herat",
    "cku": "cku",
    "ml1": "ml-1",
    "quetta_taftan": "quetta-taftan",
    "chabahar_zahedan": "chabahar-zahedan",
    "rasht_astara": "rasht-astara",
    "instc": "instc",
    "titr": "middle-corridor",
    "btk": "btk",
    "qtta": "qtta",
    "lapis": "lapis-lazuli",
    "iti": "iti",
    "cpec_road": "cpec",
    "gwadar_kashgar_rail": "gwadar-kashgar-railway",
    "tapi": "tapi",
    "pakistan_stream": "north-south-gas",
}


@pytest.mark.unit
@pytest.mark.parametrize(
    "slug",
    [
        *("trans-afghan-railway", "kharlachi-peshawar", "ml-1", "western-trans-afghan"),
        *("khaf-herat", "cku", "quetta-taftan", "chabahar-zahedan", "rasht-astara"),
        *("tapi", "north-south-gas", "gwadar", "psm-rehabilitation", "muzaffargarh-coal"),
        *("jamshoro-coal", "energy-pledge", "superjet-leases"),
    ],
)
def test_every_project_of_the_subject_is_in_the_register(slug: str) -> None:
    assert projects.project(slug).project == slug


@pytest.mark.unit
@pytest.mark.parametrize(
    "slug",
    [
        *("cpec", "n-cpec-plus", "n-cpec-plus-rail", "n-cpec-plus-road", "n-cpec-plus-west"),
        *("middle-corridor", "instc", "iti", "qtta", "lapis-lazuli"),
    ],
)
def test_every_corridor_of_the_subject_is_in_the_register(slug: str) -> None:
    assert projects.corridor(slug).corridor == slug


@pytest.mark.golden
def test_lengths_lie_in_the_ranges_of_the_reference() -> None:
    path = REFERENCE / "corridors" / "projects.json"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    rows: dict[str, Corridor | Project] = {row.corridor: row for row in projects.corridors()}
    rows |= {row.project: row for row in projects.projects()}
    for entry in json.loads(path.read_text(encoding="utf-8")):
        if not entry.get("length_km"):
            continue
        low, high = entry["length_km"][0], entry["length_km"][-1]
        central = rows[SAME[entry["id"]]].length_central_km
        assert low <= central <= high, entry["id"]


@pytest.mark.golden
def test_the_trans_afghan_railway_costs_what_its_three_sources_say() -> None:
    # TASS 2025-07-21: 4.6 bn; AzerNews 2023-11-16: almost 7 bn, and Pakistan's 8.2 bn.
    railway = projects.project("trans-afghan-railway")
    assert railway.cost_low_million_usd == 4600
    assert railway.cost_central_million_usd == 7000
    assert railway.cost_high_million_usd == 8200
    assert railway.status == "planned"


@pytest.mark.unit
def test_every_project_and_corridor_of_the_network_is_in_the_register() -> None:
    for slug in embedded_table("freight", "projects").project:
        work = projects.project(slug)
        assert slug in {work.project, *work.aliases}
    for slug in embedded_table("freight", "corridors").corridor:
        corridor = projects.corridor(slug)
        assert slug in {corridor.corridor, *corridor.aliases}


@pytest.mark.unit
def test_costs_agree_with_those_of_the_network() -> None:
    network = embedded_table("freight", "projects").set_index("project")
    for slug in ("trans-afghan-railway", "cku", "ml-1", "kharlachi-peshawar"):
        low = network.loc[slug, "cost_low_billion_usd"] * 1000
        high = network.loc[slug, "cost_high_billion_usd"] * 1000
        assert low <= projects.project(slug).cost_central_million_usd <= high, slug


@pytest.mark.unit
def test_projects_are_sifted_by_status_corridor_economy_and_kind() -> None:
    planned = projects.projects(status="planned")
    assert planned
    assert {row.status for row in planned} == {"planned"}
    assert all("PAK" in row.economies for row in projects.projects(economy="Pakistan"))
    assert all("cpec" in row.corridors for row in projects.projects(corridor="CPEC"))
    assert {row.kind for row in projects.projects(kind="pipeline")} == {"pipeline"}


@pytest.mark.unit
def test_wrong_conditions_get_a_suggestion() -> None:
    with pytest.raises(InputError, match="planned"):
        projects.projects(status="plannd")
    with pytest.raises(InputError, match="railway"):
        projects.projects(kind="railwy")
    with pytest.raises(UnknownNameError, match="trans-afghan-railway"):
        projects.project("trans-afghan-raylway")
    with pytest.raises(UnknownNameError, match="cpec"):
        projects.corridor("cpek")


@pytest.mark.golden
def test_the_documents_figures_of_pakistan_and_russia_do_not_add_up() -> None:
    # 700 in all, 150 of exports and 250 of imports: 300 million USD are missing.
    table = targets.sums().set_index("statement")
    row = table.loc["pak-rus-2018"]
    assert row.whole_million_usd == 700
    assert row.parts_million_usd == 400
    assert row.gap_million_usd == 300
    assert not row.agrees


@pytest.mark.golden
@pytest.mark.parametrize(
    ("partner", "low", "high"),
    [("KGZ", 10, 10), ("KAZ", 250, 500), ("TJK", 500, 500), ("UZB", 300, 2000)],
)
def test_targets_are_those_of_the_document(partner: str, low: int, high: int) -> None:
    found = targets.targets("PAK", partner)
    amounts = [
        amount
        for row in found
        if len(row.other) == 1
        for amount in (row.low_million_usd, row.central_million_usd, row.high_million_usd)
        if amount is not None
    ]
    assert min(amounts) == low
    assert max(amounts) == high


@pytest.mark.golden
def test_the_factbooks_figures_of_pakistan_are_read_with_their_year() -> None:
    # World Factbook, February 2026.
    table = latest_fiscal("PAK").set_index("indicator")
    assert table.loc["reserves_million_usd", "value"] == 18408
    assert table.loc["reserves_million_usd", "year"] == 2024
    assert table.loc["external_debt_million_usd", "value"] == 89148
    assert table.loc["public_debt_percent_of_gdp", "year"] == 2016
    assert bool(table.loc["public_debt_percent_of_gdp", "stale"])


@pytest.mark.unit
def test_a_debt_of_2016_is_too_old_to_use_in_2023_and_reserves_of_2024_are_not() -> None:
    table = usable_fiscal("PAK", year=2023).set_index("indicator")
    assert bool(table.loc["public_debt_percent_of_gdp", "too_old"])
    assert not bool(table.loc["reserves_million_usd", "too_old"])
    then = 2016 + OLDEST_YEARS
    assert (
        not usable_fiscal("PAK", year=then)
        .set_index("indicator")
        .too_old["public_debt_percent_of_gdp"]
    )


@pytest.mark.unit
def test_fiscal_figures_are_plausible() -> None:
    table = fiscal()
    assert set(table.indicator) == set(INDICATORS)
    shares = table[table.indicator == "public_debt_percent_of_gdp"]
    assert shares.value.between(0, 400).all()
    assert (table[table.indicator == "external_debt_million_usd"].value >= 0).all()


@pytest.mark.unit
def test_every_economy_has_a_region() -> None:
    for code in known_codes():
        assert code in economies_of_region(region_of(code).subregion)


@pytest.mark.unit
def test_regional_blocs_by_the_concept_and_by_the_rule() -> None:
    assert regional_bloc_of("RUS") == "EAEU"
    assert regional_bloc_of("EGY") == "COMESA"
    assert regional_bloc_of("EGY", basis="stated") is None
    assert regional_bloc_of("USA") is None


@pytest.mark.unit
def test_sizes_of_a_year_that_is_not_held_are_refused() -> None:
    with pytest.raises(InputError, match="2017"):
        sizes.size_of("PAK", measure="gdp_ppp", year=1999)
    assert sizes.size_of("PRK", measure="gdp", year=2017) is None


@pytest.mark.unit
def test_a_source_says_where_it_is() -> None:
    assert source("tass-1992107").citation.endswith("https://tass.com/economy/1992107")
    with pytest.raises(UnknownNameError, match="tass-1992107"):
        source("tass-199210")


VIEWS: dict[str, Callable[[], pd.DataFrame]] = {
    "blocs": lambda: views.blocs_view(on=DAY),
    "bloc": lambda: views.bloc_view("EAEU", on=date(2016, 1, 1)),
    "history": lambda: views.bloc_history("BRICS"),
    "country": lambda: views.country_view("PAK", on=DAY),
    "country facts": lambda: views.country_facts("PAK"),
    "corridors": views.corridors_view,
    "corridor": lambda: views.corridor_view("cpec"),
    "project": lambda: views.project_view("ml-1"),
    "projects": lambda: views.projects_view(status="planned"),
    "relations": lambda: views.relations_view("PAK", "CHN", on=DAY),
    "relations ever": lambda: views.relations_view("ARM", "PAK"),
    "agreements": lambda: views.agreements_view("EAEU", on=DAY),
    "overlap": lambda: views.overlap_view("PAK", on=DAY),
    "composites": lambda: views.composites_view(on=DAY),
    "composite": lambda: views.composite_view("gep", on=DAY),
    "selection": lambda: views.composite_view("peaks", on=DAY),
    "targets": lambda: views.targets_view("PAK"),
    "sources": lambda: views.source_view(["tass-1992107", "", "eu-countries"]),
    "world": lambda: views.world_view(on=DAY),
    "world of composites": lambda: views.world_view(on=DAY, of="composites"),
}


@pytest.mark.unit
@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_a_tidy_table_that_writes_as_csv_and_json(name: str) -> None:
    table = VIEWS[name]()
    assert len(table) > 0
    assert list(table.index) == list(range(len(table)))
    assert len(set(table.columns)) == len(table.columns)
    assert not any(
        isinstance(value, list | tuple | dict) for row in table.to_numpy() for value in row
    )
    assert table.to_csv(index=False)
    assert json.loads(table.to_json(orient="records", date_format="iso"))


@pytest.mark.unit
def test_the_view_of_the_eaeu_in_2016_shows_its_five_members() -> None:
    table = views.bloc_view("eaeu", on=date(2016, 1, 1))
    assert list(table.iso3) == ["ARM", "BLR", "KAZ", "KGZ", "RUS"]
    assert set(table.status) == {"member"}
    assert table.since.max() == pd.Timestamp("2015-08-12")


@pytest.mark.unit
def test_views_without_a_row_keep_their_columns() -> None:
    empty = views.projects_view(status="planned", economy="DEU")
    full = views.projects_view(status="planned")
    assert list(empty.columns) == list(full.columns)
    assert len(empty) == 0


@pytest.mark.unit
def test_a_view_shows_where_a_stated_sum_fails() -> None:
    table = views.targets_view("PAK", "RUS").set_index("statement")
    assert table.loc["pak-rus-2018", "adds_up"] is False
