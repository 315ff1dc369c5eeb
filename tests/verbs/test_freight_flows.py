"""What carries the world's goods as a public function: the same as the shell, on any world."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge.errors import InputError
from landbridge.results import Result
from landbridge.studies.carriage.answer import CarriageAnswer

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def result(own: lb.Model) -> Result[CarriageAnswer]:
    return own.freight_flows(between=["CHN", "Pakistan"], close=["khunjerab-road"])


def test_python_and_the_shell_say_the_same(result: Result[CarriageAnswer], flows: Path) -> None:
    done = shell(
        "freight", "flows", "--between", "CHN,Pakistan", "--close", "khunjerab-road",
        "--world", str(flows), "--year", str(YEAR), "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == result.to_json()


def test_the_result_shows_itself_and_is_saved_whole_or_not(
    result: Result[CarriageAnswer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows_itself(result)
    rests_on_the_file(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"freight-flows.gpkg", "freight-flows.geojson", "map.svg"} <= names
    assert result.map().svg.startswith("<svg")
    assert len(result.certificate)
    assert result.certificate["passed"].all()


def test_a_shut_border_carries_nothing_after(result: Result[CarriageAnswer]) -> None:
    elements = result.tables["elements"].set_index("element")
    pass_ = elements.loc["khunjerab-road"]
    assert pass_["tonnes_million"] > 0
    assert pass_["tonnes_million_after"] == 0
    assert any("Khunjerab" in sentence for sentence in result.headline)
    split = result.tables["mode_split"]
    columns = ["tonnes_million", "tonnes_million_after"]
    both = split.loc[split["cargo"] == "all", columns].sum()
    assert both.iloc[0] == pytest.approx(both.iloc[1])  # trade itself stays as it is


def test_pairs_are_those_asked_for(result: Result[CarriageAnswer]) -> None:
    pairs = result.tables["mode_split_pairs"]
    assert set(pairs["exporter"]) == set(pairs["importer"]) == {"CHN", "PAK"}
    assert pairs.groupby("exporter")["share_percent"].sum().to_numpy() == pytest.approx(100)


def test_emissions_are_told_before_and_after(result: Result[CarriageAnswer]) -> None:
    table = result.tables["emissions"]
    whole = table[table["cargo"] == "all"].set_index("mode")
    by_class = table[table["cargo"] != "all"].groupby("mode")["co2e_million_tonnes_after"].sum()
    assert whole["co2e_million_tonnes_after"].to_dict() == pytest.approx(by_class.to_dict())
    ends = whole[["co2e_million_tonnes_low", "co2e_million_tonnes", "co2e_million_tonnes_high"]]
    assert (ends.diff(axis=1).iloc[:, 1:] > 0).all(axis=None)
    pairs = result.tables["emissions_pairs"]
    assert set(pairs["exporter"]) == {"CHN", "PAK"}
    road = pairs[pairs["mode"] == "road"]
    # Without Khunjerab's road fewer tonnes are driven between the two.
    assert road["tonne_km_billion_after"].sum() < road["tonne_km_billion"].sum()
    assert any("million tonnes of CO2e a year, well to wheel" in one for one in result.headline)
    assert any("Ports, terminals and trade within economies" in one for one in result.notes)


@pytest.mark.night
def test_the_worlds_shipping_emits_what_others_find() -> None:
    """Within a half and the double of the IMO's figures, whose gas and basis differ."""
    table = lb.load().freight_flows().tables["emissions_published"].set_index("figure")
    ratio = table["co2e_million_tonnes"] / table["published_million_tonnes"]
    assert ((ratio > 0.5) & (ratio < 2)).all()


def test_limits_need_a_change(own: lb.Model, flows: Path) -> None:
    with pytest.raises(InputError, match="without a change nothing is full"):
        own.freight_flows(within="capacity")
    done = shell("freight", "flows", "--capacity", "--world", str(flows), "--year", str(YEAR))
    assert done.returncode == InputError.exit_code
    assert "without a change nothing is full" in done.stderr


@pytest.mark.night
def test_limits_fill_what_is_left_and_say_so(own: lb.Model, flows: Path) -> None:
    found = own.freight_flows(close=["karachi", "khunjerab-road"], within="capacity")
    assert found.certificate["passed"].all()
    assert {"stranded", "full_places"} <= set(found.tables)
    assert any("Links, straits and what is built" in note for note in found.notes)
    split = found.tables["mode_split"]
    both = split.loc[split["cargo"] == "all", ["tonnes_million", "tonnes_million_after"]].sum()
    lost = found.tables["stranded"]["stranded_million_tonnes"].sum()
    assert both.iloc[0] == pytest.approx(both.iloc[1] + lost, abs=0.1)
    done = shell(
        "freight", "flows", "--close", "karachi", "--close", "khunjerab-road", "--capacity",
        "--world", str(flows), "--year", str(YEAR), "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == found.to_json()


@pytest.mark.night
def test_a_shut_hormuz_strands_the_gulfs_oil_and_gas() -> None:
    """Of the order of what passes it less what pipelines take; lorries do not make up for it."""
    found = lb.load().freight_flows(close=["hormuz"], within="capacity")
    assert found.certificate["passed"].all()
    table = found.tables["stranded"]
    by_class = table.groupby("cargo")["stranded_million_tonnes"].sum()
    elements = found.tables["elements_by_cargo"]
    strait = elements[elements["element"] == "hormuz"].groupby("cargo")["tonnes_million"].sum()
    assert 0.4 * strait["liquid"] < by_class["liquid"] < strait["liquid"]
    assert 0.7 * strait["gas"] < by_class["gas"] < 1.2 * strait["gas"]
    gulf = {"ARE", "BHR", "IRN", "IRQ", "KWT", "OMN", "QAT", "SAU"}
    oil = table[table["cargo"] == "liquid"]
    mine = oil[oil["exporter"].isin(gulf)]["stranded_million_tonnes"].sum()
    assert mine > 0.8 * by_class["liquid"]


def test_names_that_are_not_known_are_refused(own: lb.Model) -> None:
    with pytest.raises(InputError, match="Brazil is not in the world"):
        own.freight_flows(between=["BRA"])
    with pytest.raises(InputError, match="Did you mean 'Khunjerab'"):
        own.freight_flows(close=["khunjrab-road"])
