"""Backcasts on the embedded panel: the register, effects drawn to their mean, one line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from landbridge.cli import app
from landbridge.errors import InputError, UnknownNameError
from landbridge.gravity.uses.history_panel import trade_panel
from landbridge.sources.model import ColumnMap
from landbridge.studies.backcast.effects import (
    EFFECTS,
    effect_of,
    known_effects,
    shrink,
    shrink_effects,
)
from landbridge.studies.backcast.embedded import Span, embedded_backcast
from landbridge.studies.backcast.own import named_columns, with_blocs, with_home_sales
from landbridge.studies.backcast.register import LAST, find_entry, register, unchecked_table
from landbridge.studies.backcast.scores import predict_entry, scores_of
from landbridge.tables import embedded_table
from landbridge.world.history import load_history

KEPT = 0.02
"""Log points that an effect may move when sales at home are imputed a little otherwise."""


@pytest.mark.unit
def test_the_register_can_check_at_least_twelve_agreements_and_says_why_not_others() -> None:
    checked = [entry for entry in register() if not entry.unchecked]
    assert len(checked) >= 100
    known = {entry.entry for entry in checked}
    named = {"eaeu", "eacu", "eu-2004", "eu-2007", "caftadr", "safta", "asean-chn", "asean-kor"}
    named |= {"asean-jpn", "asean-ind", "chn-pak", "chn-chl", "chn-che", "chn-per", "eu-kor"}
    assert named | {"usa-kor", "eaeu-vnm"} <= known
    why = unchecked_table().set_index("entry")["why"]
    assert "since 1994" in why["nafta"]
    assert "of one's own" in why["nafta"]
    assert "fewer than 3 years" in why["rcep"]
    assert {"gcc", "comesa"} <= set(why.index)


@pytest.mark.unit
def test_an_enlargement_treats_its_new_members_only() -> None:
    history = load_history()
    treated = find_entry("eu-2004").treated()
    pol, deu, fra, rou = (history.index(code) for code in ("POL", "DEU", "FRA", "ROU"))
    assert treated[pol, deu]
    assert not treated[deu, fra]
    assert not treated[rou, deu]
    assert find_entry("eu-2007").treated()[rou, deu]


@pytest.mark.unit
def test_names_of_the_register_and_of_the_atlas_are_found_and_others_refused() -> None:
    assert find_entry("EAEU").until == 2014
    assert find_entry("Eurasian Economic Union").treaty == "EAEU"
    assert find_entry("eaeu-vnm").kind == "agreement"
    with pytest.raises(UnknownNameError, match="neither a bloc nor an agreement"):
        find_entry("eaeuu")


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), spread=st.floats(0.0, 0.5), count=st.integers(2, 40))
def test_shrinkage_draws_every_estimate_towards_the_mean_and_never_past_it(
    seed: int, spread: float, count: int
) -> None:
    rng = np.random.default_rng(seed)
    errors = rng.uniform(0.05, 0.6, size=count)
    estimates = 0.1 + spread * rng.normal(size=count) + errors * rng.normal(size=count)
    found = shrink(estimates, errors)
    assert (np.abs(found.estimates - found.mean) <= np.abs(estimates - found.mean) + 1e-12).all()
    assert np.sign(found.estimates - found.mean) * np.sign(estimates - found.mean) == pytest.approx(
        np.ones(count), abs=1.0
    )
    assert (found.errors <= np.hypot(errors, found.mean_error) + 1e-9).all()
    assert found.next_error >= found.mean_error


@pytest.mark.golden
def test_shrinkage_of_the_eight_schools_is_as_published() -> None:
    # Rubin (1981), as in Gelman et al., Bayesian Data Analysis, section 5.5: the usual moment
    # estimate of the spread is zero, the pooled mean 7.7 with a standard error of 4.1.
    estimates = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
    errors = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])
    found = shrink(estimates, errors)
    assert found.spread == 0.0
    assert found.mean == pytest.approx(7.7, abs=0.05)
    assert found.mean_error == pytest.approx(4.1, abs=0.05)


@pytest.mark.golden
@pytest.mark.parametrize(("entry", "check"), [("eaeu", 2019), ("chn-pak", 2011)])
def test_effects_that_ship_are_those_that_the_panel_gives(entry: str, check: int) -> None:
    table = embedded_table("studies", EFFECTS).set_index(["entry", "check"])
    row = table.loc[(entry, check)]
    found = effect_of(find_entry(entry), int(row["until"]), check)
    assert found.pairs == row["pairs"]
    assert found.estimate == pytest.approx(row["estimate"], abs=KEPT)
    assert found.error == pytest.approx(row["error"], abs=KEPT)


@pytest.mark.unit
def test_only_what_is_past_is_known_and_the_pairs_in_question_are_left_out() -> None:
    early = known_effects(2009)
    assert early
    assert all(effect.check <= 2009 for effect in early)
    treated = find_entry("chn-sgp").treated()
    without = {effect.entry.entry for effect in known_effects(2014, without=treated)}
    assert "asean-chn" not in without
    assert "asean-kor" in without
    assert known_effects(2003) == ()


@pytest.mark.golden
def test_agreements_have_a_small_effect_in_the_mean_and_are_hard_to_tell_apart() -> None:
    found = shrink_effects(known_effects(LAST))
    assert 0.02 < found.mean < 0.15
    assert found.mean > 2 * found.mean_error
    assert found.spread < 0.35


@pytest.mark.slow
@pytest.mark.golden
def test_the_eaeu_in_one_line_as_docs_publish_it() -> None:
    found = embedded_backcast("EAEU", Span(until=2014, check=2019))
    scores = found.scores.set_index("pairs of").loc["pairs that the agreement treats"]
    assert scores["pairs"] == 17
    assert scores["correlation_own_past"] > scores["correlation_sizes"]
    assert scores["in_wide_band_percent"] >= 80.0
    assert scores["correlation_own_past"] == pytest.approx(0.33, abs=0.08)
    others = found.scores.set_index("pairs of").loc["pairs of others"]
    assert others["error_own_past"] < others["error_sizes"]
    assert 85.0 <= others["in_wide_band_percent"] <= 95.0
    assert any("imputed for all" in note for note in found.notes)


@pytest.mark.golden
def test_treated_pairs_are_predicted_from_before_alone() -> None:
    rows = predict_entry(find_entry("asean-kor"))
    assert len(rows) == 20
    assert {"KOR"} <= set(rows["exporter"]) | set(rows["importer"])
    found = scores_of(rows)
    assert found["pairs"] == 20
    assert found["error_own_past"] < found["error_sizes"]
    assert predict_entry(find_entry("kor-chl")).empty  # nothing was known by 2003


@pytest.mark.journey
def test_the_register_is_printed_with_its_mean_and_what_it_cannot_check() -> None:
    told = CliRunner().invoke(app, ["backcast", "--register", "--json"])
    assert told.exit_code == 0, told.output
    found = json.loads(told.output)
    tables = {name: table["rows"] for name, table in found["tables"].items()}
    assert len(tables["agreement_effects"]) > 100
    spread = next(row for row in tables["agreement_mean"] if row[0].startswith("spread"))
    assert spread[1] >= 0
    assert "nafta" in {row[0] for row in tables["agreement_unchecked"]}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "span", "said"),
    [
        ("NAFTA", Span(), "since 1994"),
        ("EAEU", Span(until=2019, check=2014), "must come after"),
        ("EAEU", Span(until=2016, check=2019), "binds no pair in 2019"),
        ("eu-2004", Span(until=2003, check=2008), "earlier agreements are known"),
        ("EAEU", Span(until=2014, check=2021), "no trade of 2021"),
    ],
)
def test_backcasts_that_the_panel_cannot_make_are_refused(name: str, span: Span, said: str) -> None:
    with pytest.raises(InputError, match=said):
        embedded_backcast(name, span)


CODES = ("ARM", "BLR", "CHN", "DEU", "KAZ", "KGZ", "POL", "RUS", "TUR", "UKR", "USA")
CENTRAL_AMERICA = ("CRI", "DOM", "GTM", "HND", "NIC", "SLV")


def small_panel() -> pd.DataFrame:
    codes = {*CODES, *CENTRAL_AMERICA}
    table = trade_panel((2002, 2006, 2010, 2014, 2019), trade="international").table
    table = table[table["exporter"].isin(codes) & table["importer"].isin(codes)]
    table = table.rename(columns={"goods_million_usd": "value_million_usd"})
    return table[["exporter", "importer", "year", "value_million_usd"]]


@pytest.mark.journey
@pytest.mark.parametrize("renamed", [False, True])
def test_a_loaders_table_needs_neither_agreements_nor_sales_at_home(
    tmp_path: Path, renamed: bool
) -> None:
    table, file = small_panel(), tmp_path / "flows.csv"
    asked = ["backcast", str(file), "--blocs", "EAEU,CAFTADR", "--until", "2014"]
    if renamed:
        table.columns = pd.Index(["o", "d", "t", "v"])
        asked += ["--columns", "exporter=o,importer=d,year=t,value=v", "--unit", "million_usd"]
    table.to_csv(file, index=False)
    told = CliRunner().invoke(app, [*asked, "--check", "2019", "--json"])
    assert told.exit_code == 0, told.exception
    found = json.loads(told.output)
    assert {row[0] for row in found["tables"]["backcast_pairs"]["rows"]} == {
        "ARM",
        "BLR",
        "KAZ",
        "KGZ",
        "RUS",
    }
    assert found["tables"]["backcast_estimate"]["rows"][0][0] == "rta"
    assert any("are imputed" in note for note in found["notes"])


@pytest.mark.unit
def test_columns_of_ones_own_are_named_summed_and_converted() -> None:
    table = pd.DataFrame(
        {
            "o": ["KAZ", "KAZ", "RUS"],
            "d": ["RUS", "RUS", "KAZ"],
            "t": [2010, 2010, 2010],
            "usd": [1e6, 2e6, 5e6],
        }
    )
    given_map = ColumnMap(exporter="o", importer="d", value="usd", unit="usd", year="t")
    found, in_millions = named_columns(table, given_map)
    assert in_millions
    assert found.set_index(["exporter", "importer"])["trade"].to_dict() == {
        ("KAZ", "RUS"): 3.0,
        ("RUS", "KAZ"): 5.0,
    }
    with pytest.raises(InputError, match="no column x"):
        named_columns(table, ColumnMap(exporter="x", importer="d", value="usd", unit="usd"))


@pytest.mark.unit
def test_sales_at_home_are_imputed_counted_and_not_where_they_are_known() -> None:
    table = small_panel().rename(columns={"value_million_usd": "trade"})
    own = pd.DataFrame([("KAZ", "KAZ", 2014, 7.0)], columns=list(table.columns))
    filled, notes = with_home_sales(pd.concat([table, own], ignore_index=True))
    home = filled[filled["exporter"] == filled["importer"]].set_index(["exporter", "year"])
    assert home.loc[("KAZ", 2014), "trade"] == 7.0
    assert len(home) == 17 * 5
    assert (home["trade"] > 0).all()
    assert f"{17 * 5 - 1} economies and years" in notes[0]


@pytest.mark.unit
def test_blocs_by_date_become_the_column_of_agreements() -> None:
    table = with_blocs(small_panel(), ("EAEU",), "rta")
    bound = table[table["rta"] == 1]
    assert set(bound["year"]) == {2019}
    assert set(bound["exporter"]) == {"ARM", "BLR", "KAZ", "KGZ", "RUS"}
