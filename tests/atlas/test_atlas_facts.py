"""Every fact of the atlas has a source and a date, and names nothing that does not exist."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from landbridge.atlas.blocs import known_blocs
from landbridge.atlas.facts import as_day, codes_in
from landbridge.codes import known_codes
from landbridge.errors import DataError, InputError
from landbridge.evidence import parts
from landbridge.tables import (
    embedded_path,
    embedded_table,
    embedded_tables,
    read_schema,
    read_table,
)
from landbridge.world.history import history_record

pytestmark = pytest.mark.unit

# A row counts as dated when one of these columns is filled in it.
DATED_BY = {
    "blocs": ("founded",),
    "bloc_members": ("since",),
    "agreements": ("talks", "signed"),
    "relations": ("since",),
    "programmes": ("since",),
    "corridors": ("status_date",),
    "projects": ("status_date",),
    "trade_statements": ("as_of",),
    "gdp_history": ("year",),
    "fiscal": ("year",),
    "economy_codes": ("valid_from",),
}
# Standing facts: a code's region has no date, a name neither; parties are dated by their
# agreement, a regional bloc by the bloc's members, parts of a sum by the sum.
UNDATED = {"regions", "bloc_names", "sources", "agreement_parties", "regional_blocs"}
UNDATED |= {"statement_parts"}
# The tables about economies carry their source in the schema and their years in columns.
OF_ECONOMIES = {"economies", "economy_names", "centres", "land_borders", "pair_ties"}
SOURCED_BY_PARENT = {"bloc_names", "agreement_parties", "statement_parts", "sources"}

NAMES = sorted(path.stem for path in embedded_tables() if path.parent.parent.name == "atlas")


def test_every_table_of_the_atlas_is_accounted_for() -> None:
    assert set(NAMES) == set(DATED_BY) | UNDATED | OF_ECONOMIES


@pytest.mark.parametrize("name", NAMES)
def test_every_table_reads_and_names_its_source_and_licence(name: str) -> None:
    path = next(p for p in embedded_tables() if p.stem == name and p.parent.parent.name == "atlas")
    schema = read_schema(path)
    assert schema.source
    assert schema.licence
    assert len(embedded_table("atlas", name)) > 0


@pytest.mark.parametrize("name", sorted(DATED_BY))
def test_every_fact_has_a_date(name: str) -> None:
    table = embedded_table("atlas", name)
    dated = pd.concat([table[column].notna() for column in DATED_BY[name]], axis=1).any(axis=1)
    assert dated.all(), table[~dated]


@pytest.mark.parametrize("name", sorted(set(NAMES) - OF_ECONOMIES - SOURCED_BY_PARENT))
def test_every_fact_cites_a_known_source_and_says_how_sure_it_is(name: str) -> None:
    table = embedded_table("atlas", name)
    sources = embedded_table("atlas", "sources")
    read = set(sources.source[sources.read_on.notna() & (sources.url != "")])
    own = set(sources.source[sources.kind == "own"])
    cited = {
        how: {part for cell in table.source[table.confidence == how] for part in parts(cell)}
        for how in ("published", "mixed", "recalled")
    }
    assert cited["published"] <= read
    assert cited["mixed"] <= read | {"recalled"}
    assert cited["recalled"] <= own
    assert set(table.confidence) <= set(cited)


@pytest.mark.parametrize("name", ["agreements", "bloc_members", "relations", "projects"])
def test_a_recalled_row_that_cites_a_document_is_refused(name: str, tmp_path: Path) -> None:
    folder = embedded_path("atlas", f"{name}.csv").parent
    for file in (f"{name}.csv", f"{name}.schema.toml", "sources.csv"):
        shutil.copy(folder / file, tmp_path / file)
    raw = pd.read_csv(tmp_path / f"{name}.csv", dtype=str, keep_default_na=False)
    at = raw.index[(raw.confidence == "recalled") & (raw.check_at != "")][0]
    cited = raw.loc[at, "check_at"]
    raw.loc[at, ["source", "check_at"]] = [cited, ""]
    raw.to_csv(tmp_path / f"{name}.csv", index=False)
    with pytest.raises(DataError, match=f"row {at + 2}: recalled, and cites '{cited}' as if"):
        read_table(tmp_path / f"{name}.csv")


def test_a_published_row_must_cite_what_was_read(tmp_path: Path) -> None:
    folder = embedded_path("atlas", "relations.csv").parent
    for file in ("relations.csv", "relations.schema.toml", "sources.csv"):
        shutil.copy(folder / file, tmp_path / file)
    raw = pd.read_csv(tmp_path / "relations.csv", dtype=str, keep_default_na=False)
    raw["confidence"] = "published"
    raw.to_csv(tmp_path / "relations.csv", index=False)
    with pytest.raises(DataError, match="published, and cites nothing that was read"):
        read_table(tmp_path / "relations.csv")


def test_every_cost_cites_its_source() -> None:
    known = set(embedded_table("atlas", "sources").source)
    projects = embedded_table("atlas", "projects")
    for band in ("low", "central", "high"):
        cost, source = projects[f"cost_{band}_million_usd"], projects[f"cost_{band}_source"]
        assert (cost.notna() == (source != "")).all()
        assert set(source) - {""} <= known


def test_no_source_is_kept_that_nothing_cites() -> None:
    cited: set[str] = set()
    for name in set(NAMES) - OF_ECONOMIES - {"sources"}:
        table = embedded_table("atlas", name)
        cites = ("source", "check_at")
        for column in (c for c in table.columns if c in cites or c.endswith("_source")):
            cited |= {part for cell in table[column] for part in parts(cell)}
    # Composites and the sizes of today cite sources from TOML and code.
    elsewhere = {"lissovolik-brics-plus", "lissovolik-peaks", "landbridge-rule", "un-ohrlls"}
    inputs: Any = history_record()["input"]
    elsewhere |= {str(each["source"]) for each in inputs}
    kept = set(embedded_table("atlas", "sources").source)
    assert kept - cited - elsewhere == set()


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("bloc_members", "iso3"),
        ("regions", "iso3"),
        ("gdp_history", "iso3"),
        ("fiscal", "iso3"),
        ("regional_blocs", "iso3"),
        ("corridors", "economies"),
        ("projects", "economies"),
    ],
)
def test_no_code_is_an_orphan(name: str, column: str) -> None:
    table = embedded_table("atlas", name)
    codes = {code for cell in table[column] for code in codes_in(cell)}
    assert codes <= set(known_codes())


def test_parties_and_actors_are_economies_or_blocs() -> None:
    parties = embedded_table("atlas", "agreement_parties")
    relations = embedded_table("atlas", "relations")
    blocs, codes = set(known_blocs()), set(known_codes())
    corridors = set(embedded_table("atlas", "corridors").corridor)
    projects = set(embedded_table("atlas", "projects").project)
    for name, kind in zip(parties.party, parties.party_kind, strict=True):
        assert name in (codes if kind == "economy" else blocs)
    assert set(relations[relations.actor_kind == "economy"].actor) <= codes
    assert set(relations[relations.actor_kind == "bloc"].actor) <= blocs
    assert set(relations[relations.target_kind == "economy"].target) <= codes
    assert set(relations[relations.target_kind == "bloc"].target) <= blocs
    assert set(relations[relations.target_kind == "corridor"].target) <= corridors | projects


def test_projects_and_corridors_point_at_each_other() -> None:
    corridors = embedded_table("atlas", "corridors")
    projects = embedded_table("atlas", "projects")
    programmes = set(embedded_table("atlas", "programmes").programme)
    assert {key for cell in projects.corridors for key in codes_in(cell)} <= set(corridors.corridor)
    assert {key for cell in corridors.programmes for key in codes_in(cell)} <= programmes


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("bloc_members", "since", "until"),
        ("relations", "since", "until"),
        ("blocs", "founded", "ended"),
        ("agreements", "signed", "in_force"),
        ("agreements", "in_force", "ended"),
        ("economy_codes", "valid_from", "valid_until"),
    ],
)
def test_no_interval_ends_before_it_starts(name: str, start: str, end: str) -> None:
    table = embedded_table("atlas", name)
    both = table[table[start].notna() & table[end].notna()]
    assert (both[start] <= both[end]).all()


@pytest.mark.parametrize("name", ["corridors", "projects"])
@pytest.mark.parametrize("quantity", ["length_{}_km", "cost_{}_million_usd"])
def test_bands_are_in_order(name: str, quantity: str) -> None:
    table = embedded_table("atlas", name)
    low, central, high = (table[quantity.format(band)] for band in ("low", "central", "high"))
    for one, other in ((low, central), (central, high), (low, high)):
        known = one.notna() & other.notna()
        assert (one[known] <= other[known]).all()


@pytest.mark.parametrize("wrong", [None, "", "today", "2023-13-01", 2023])
def test_a_question_without_a_date_is_refused(wrong: int | str | None) -> None:
    with pytest.raises(InputError):
        as_day(wrong)
