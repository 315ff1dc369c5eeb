"""Scenario files that change the network: each measure, files beside them, months and years."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from landbridge.errors import FaultsError, InputError
from landbridge.freight.edits.applying import SetSeason
from landbridge.freight.network.compiled import load_network
from landbridge.scenarios.edits import apply_measures
from landbridge.scenarios.opening import open_network, read_settings, with_settings
from landbridge.scenarios.parameters import scenario_parameters
from landbridge.scenarios.reading import MAX_BYTES_BESIDE, parse_scenario, read_scenario
from landbridge.scenarios.reading import scenario_sha256 as sha256

HEAD = """\
format = 1
name = "a-question"
title = "A question"
summary = "What if."
date = 2026-01-01
{top}

[focus]
economy = "PAK"
partners = ["UZB"]
"""
MEASURE = """
[[measures]]
id = "m{number}"
kind = "{kind}"
title = "A measure"
source = "a test"
{keys}
"""
LINES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"gauge_mm": 1520},
            "geometry": {"type": "LineString", "coordinates": [[69.17, 34.53], [68.42, 33.55]]},
        }
    ],
}
NETWORK = load_network()


def text(*measures: tuple[str, str], top: str = "") -> str:
    parts = [MEASURE.format(number=n, kind=k, keys=v) for n, (k, v) in enumerate(measures)]
    return HEAD.format(top=top) + "".join(parts)


def written(folder: Path, content: str, lines: object = LINES) -> Path:
    path = folder / "question.toml"
    path.write_text(content, encoding="utf-8")
    (folder / "lines.geojson").write_text(json.dumps(lines), encoding="utf-8")
    return path


MEASURES = [
    ("close_border", 'between = ["PAK", "Iran"]',
     "Closes the border of Pakistan and Iran (road and rail)"),
    ("open_border", 'between = ["PAK", "IND"]\nmode = "road"',
     "Opens the border of Pakistan and India (road)"),
    ("close", 'targets = ["Suez Canal", "Torkham"]', "Closes Suez Canal, Torkham"),
    ("change_rates", 'mode = "road"\neconomies = ["AFG"]\nspeed_factor = 1.2',
     "Road in Afghanistan: speed times 1.2"),
    ("change_rates", 'mode = "rail"\neconomies = ["world"]\nusd_per_tonne_km = 0.03',
     "Rail in all economies: 0.03 USD per tonne-km"),
    ("change_gauge", 'economies = ["PAK"]\ngauge_mm = 1435', "Railways of Pakistan: 1435 mm"),
    ("change_terminal", 'places = ["Karachi"]\nterminal = "port"\nqueue_hours = 24',
     "Karachi, port: 24 hours of queue"),
    ("change_crossing", """crossings = ["torkham", "chaman"]
     usd_per_tonne = { low = 5, central = 10, high = 20 }""",
     "torkham, chaman: 10 USD per tonne (5 to 20)"),
    ("season", 'targets = ["Khunjerab"]\nmonths_open = [4, 5, 6]',
     "Khunjerab is open from April to June: 25% of the year"),
    ("build_link", """link = "x"
     from_place = [69.17, 34.53]
     to_place = "Ghazni"
     mode = "road"
     km = 150
     iso3 = "AFG\"""",
     "New road link (34.53, 69.17) - Ghazni, 150 km"),
]  # fmt: skip


@pytest.mark.unit
@pytest.mark.parametrize(("kind", "keys", "words"), MEASURES)
def test_a_measure_is_told_in_words(kind: str, keys: str, words: str) -> None:
    scenario = parse_scenario(text((kind, keys)), where="question.toml")
    assert scenario.measures[0].describe(scenario) == words


@pytest.mark.unit
@pytest.mark.slow
def test_all_measures_can_be_made_together() -> None:
    content = text(*((kind, keys) for kind, keys, _ in MEASURES))
    after = apply_measures(parse_scenario(content, where="q"), NETWORK, where="q").tables
    assert after.closed == {"suez"}
    table = after.crossings.set_index("crossing")
    assert not table.loc["torkham-road", "is_open"]
    assert table.loc["wagah-road", "is_open"]
    assert "x" in set(after.links["link"])


@pytest.mark.unit
@pytest.mark.parametrize(
    ("kind", "keys", "says"),
    [
        ("close_border", 'between = ["PAK"]', "between"),
        ("close_border", 'between = ["PAK", "Irann"]', "Iran"),
        ("close_border", 'between = ["PAK", "UZB"]', "no land crossing between PAK and UZB"),
        ("change_rates", 'mode = "road"\neconomies = ["AFG"]', "nothing changes"),
        ("change_rates", 'mode = "road"\neconomies = ["AFG"]\nspeed_kmh = 3\nspeed_factor = 2',
         "not both"),
        ("change_rates", 'mode = "sea"\neconomies = ["AFG"]\nspeed_kmh = 3', "mode: 'sea'"),
        ("change_gauge", 'economies = ["PAK"]\ngauge_mm = 5000', "gauge_mm"),
        ("change_terminal", 'places = ["Karachi"]\nterminal = "port"', "nothing changes"),
        ("season", 'targets = ["Khunjerab"]\nmonths_open = [0]', "months_open"),
        ("build_link", 'link = "x"\nfrom_place = [1]\nto_place = "Ghazni"\nmode = "road"\nkm = 1',
         "from_place: write a place in quotes, or a point as [longitude, latitude]"),
        ("build_link", 'link = "x"\nfrom_place = [1, 95]\nto_place = "Z"\nmode = "road"\nkm = 1',
         "latitude from -90 to 90"),
        ("build_links", 'file = "../lines.geojson"', "beside the scenario"),
        ("build_links", 'file = "/etc/passwd"', "beside the scenario"),
        ("build_links", 'file = "C:\\\\lines.geojson"', "plain slashes"),
    ],
)  # fmt: skip
def test_a_measure_at_fault_is_named_with_what_is_wrong(kind: str, keys: str, says: str) -> None:
    with pytest.raises(FaultsError) as caught:
        apply_measures(
            parse_scenario(text((kind, keys)), where="question.toml"), NETWORK, where="x"
        )
    assert says in str(caught.value)


@pytest.mark.unit
def test_measures_that_contradict_each_other_are_refused_by_name() -> None:
    both = (("close", 'targets = ["suez"]'), ("open", 'targets = ["Suez Canal"]'))
    with pytest.raises(FaultsError, match="measure m1: suez: its state is open here and shut in"):
        apply_measures(parse_scenario(text(*both), where="q"), NETWORK, where="q")


@pytest.mark.unit
def test_lines_beside_a_scenario_are_read_and_go_into_its_hash(tmp_path: Path) -> None:
    measure = ("build_links", 'file = "lines.geojson"\nmode = "rail"\niso3 = "AFG"')
    path = written(tmp_path, text(measure))
    scenario = read_scenario(path)
    (link,) = scenario.measures[0].edits(scenario)
    assert (link.id, link.gauge_mm) == ("m0-1", 1520)
    first = sha256(scenario)
    (tmp_path / "lines.geojson").write_text(json.dumps(LINES).replace("34.53", "34.54"), "utf-8")
    assert sha256(read_scenario(path)) != first
    alone = scenario.model_copy(update={"measures": scenario.measures[:1]})
    assert alone.measures[0].edits(alone) == (link,)


@pytest.mark.unit
def test_a_file_that_is_missing_large_or_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.geojson").write_text(json.dumps(LINES), encoding="utf-8")
    path = written(inside, text(("build_links", 'file = "other.geojson"\nmode = "rail"')))
    with pytest.raises(FaultsError, match=r"file 'other.geojson': cannot be read"):
        read_scenario(path)
    (inside / "other.geojson").symlink_to(tmp_path / "secret.geojson")
    with pytest.raises(FaultsError, match="does not lie in the folder"):
        read_scenario(path)
    (inside / "other.geojson").unlink()
    (inside / "other.geojson").write_text(" " * (MAX_BYTES_BESIDE + 1), encoding="utf-8")
    with pytest.raises(FaultsError, match="larger than"):
        read_scenario(path)


@pytest.mark.unit
def test_lines_at_fault_are_named_with_measure_file_and_feature(tmp_path: Path) -> None:
    path = written(tmp_path, text(("build_links", 'file = "lines.geojson"\nmode = "rail"')),
                   {"type": "FeatureCollection", "features": [3]})  # fmt: skip
    with pytest.raises(FaultsError) as caught:
        apply_measures(read_scenario(path), NETWORK, where=str(path))
    assert "measure m0: lines.geojson: feature 1: this is not a Feature" in str(caught.value)


@pytest.mark.unit
def test_a_month_needs_a_season_and_sets_it() -> None:
    with pytest.raises(FaultsError, match="a month changes nothing"):
        parse_scenario(text(("close", 'targets = ["suez"]'), top="month = 1"), where="q")
    season = ("season", 'targets = ["Khunjerab"]\nmonths_open = [4, 5]')
    scenario = parse_scenario(text(season), where="q")
    one = with_settings(scenario, read_settings(), month=4)
    assert one.measures[0].edits(one) == (SetSeason("Khunjerab", (4, 5), 4),)
    closed = parse_scenario(text(("close", 'targets = ["suez"]')), where="q")
    with pytest.raises(InputError, match="--month"):
        with_settings(closed, read_settings(), month=4)


@pytest.mark.unit
def test_old_files_keep_their_hash_and_new_keys_change_it() -> None:
    plain = parse_scenario(text(), where="q")
    year = parse_scenario(text(top="border_year = 2020"), where="q")
    assert sha256(plain) != sha256(year)
    assert "border_year" not in plain.model_dump_json(exclude={"border_year"})


@pytest.mark.unit
@pytest.mark.slow
def test_data_beside_a_scenario_holds_before_and_after(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        text(("close", 'targets = ["suez"]'), top="border_year = 2021")
        + '\n[data]\ncrossings = "c.csv"\nparameters = "p.csv"\n',
    )
    rows = "crossing,hours_forward,hours_low_forward,hours_high_forward\ntorkham-road,9,5,20\n"
    (tmp_path / "c.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "p.csv").write_text("name,low,central,high\nclosure_spell_days,5,9,20\n", "utf-8")
    opened = open_network(NETWORK, read_scenario(path), where=str(path))
    for network in (opened.before, opened.after):
        table = network.tables.crossings.set_index("crossing")
        assert table.loc["torkham-road", "hours_forward"] == 9
        assert table.loc["chaman-road", "hours_forward"] == pytest.approx(57.5 + 20.2)
    spell = opened.parameters["closure_spell_days"]
    assert (spell.low, spell.central, spell.high, spell.source) == (5, 9, 20, "p.csv")
    assert set(opened.replaced["from"]) == {"c.csv", "p.csv", "observations of 2021"}
    assert len(opened.observed)


@pytest.mark.unit
def test_a_scenario_lays_its_own_parameter_over_that_of_the_file(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        text()
        + '\n[data]\nparameters = "p.csv"\n[parameters.closure_spell_days]\nlow = 1\ncentral = 2\n'
        'high = 3\nsource = "here"\n',
    )
    (tmp_path / "p.csv").write_text("name,low,central,high\nclosure_spell_days,5,9,20\n", "utf-8")
    assert scenario_parameters(read_scenario(path))["closure_spell_days"].central == 2


@pytest.mark.unit
@pytest.mark.parametrize(
    ("top", "rows", "says"),
    [
        ('[data]\ncrosings = "p.csv"\n', "", "there is no such table of defaults"),
        ('[data]\nparameters = "none.csv"\n', "", "file 'none.csv': cannot be read"),
        ('[data]\nparameters = "p.csv"\n', "name,central\nclosure_spel_days,3\n",
         "Did you mean 'closure_spell_days'"),
        ('[data]\nparameters = "p.csv"\n', "name,low\nrail_usd_factor,0\n",
         "low must be above zero"),
        ('[data]\nparameters = "p.csv"\n', "name,high\nrail_usd_factor,1000\n",
         "more than 20 times"),
        ('[data]\nparameters = "p.csv"\n', "name,unit\nclosure_spell_days,hours\n",
         "the unit is days"),
    ],
)  # fmt: skip
def test_data_at_fault_says_which_file_and_what(
    tmp_path: Path, top: str, rows: str, says: str
) -> None:
    path = written(tmp_path, text() + "\n" + top)
    (tmp_path / "p.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(FaultsError) as caught:
        scenario_parameters(read_scenario(path), where=str(path))
    assert says in str(caught.value)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("data", "says"),
    [
        (("crossings",), "is not table=file"),
        (("crosings=x.csv",), "Did you mean 'crossings'"),
        (("crossings=none.csv",), "cannot be read"),
    ],
)
def test_data_of_the_command_line_at_fault_is_refused(data: tuple[str, ...], says: str) -> None:
    with pytest.raises(InputError) as caught:
        read_settings(data)
    assert says in str(caught.value)
