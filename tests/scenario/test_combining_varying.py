"""Scenarios combined and changed from the shell: what holds, and what each slip is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from landbridge.errors import FaultsError, InputError, UnknownNameError
from landbridge.scenarios.asking import ask
from landbridge.scenarios.combining import with_union_of_views
from landbridge.scenarios.measures.change_crossing import ChangeCrossing
from landbridge.scenarios.reading import find_scenario, read_scenario
from landbridge.scenarios.schema import Scenario


def apart(name: str) -> Scenario:
    return read_scenario(find_scenario(name))


@pytest.mark.unit
def test_measures_of_both_are_made_and_what_they_share_once() -> None:
    one, two = apart("n-cpec-plus"), apart("n-cpec-plus-west")
    both = ask("n-cpec-plus+n-cpec-plus-west")
    ids = [measure.id for measure in both.measures]
    assert ids.count("ml-1") == 1
    assert len(ids) == len(one.measures) + len(two.measures) - 1
    # Two measures of one id that differ are told apart.
    assert {"crossing-times", "n-cpec-plus-west-crossing-times"} <= set(ids)
    assert {cost.measure for cost in both.costs} == {"western-railway"}
    assert both.focus.economy == one.focus.economy
    assert len(both.trips) == len({(t.origin, t.destination) for t in (*one.trips, *two.trips)})


@pytest.mark.unit
def test_the_order_matters_for_the_view_alone() -> None:
    one, two = ask("cku+instc"), ask("instc+cku")
    assert {m.title for m in one.measures} == {m.title for m in two.measures}
    assert one.focus.economy != two.focus.economy


@pytest.mark.unit
def test_partners_and_trips_can_be_made_alike() -> None:
    views = with_union_of_views([apart("cku"), apart("instc")])
    assert views[0].focus == views[1].focus
    assert views[0].trips == views[1].trips
    assert "RUS" in views[0].focus.partners


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cku+cku", "cku: named twice"),
        ("cku+nafta-1994", "say one for all with --set date="),
        ("cku+", "names no scenario on one side"),
        ("cku+instcc", "no scenario 'instcc'. Did you mean 'instc'"),
    ],
)
def test_what_cannot_be_combined_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("+", r"\+")):
        ask(text)


@pytest.mark.unit
def test_dates_that_differ_can_be_made_one() -> None:
    both = ask("cku+nafta-1994", ["date=2026-01-01"])
    assert [measure.id for measure in both.measures][-1] == "usa-canada"


@pytest.mark.unit
def test_setting_what_stands_there_changes_nothing_but_the_summary() -> None:
    plain = apart("n-cpec-plus")
    same = ask(
        "n-cpec-plus",
        [
            "date=2026-01-01",
            "closure=purged",
            "measures.crossing-times.hours.central=8",
            "measures.crossing-times.probability_open=0.98",
            "focus.economy=PAK",
        ],
    )
    assert "Set for this run: date=2026-01-01;" in same.summary
    assert same.model_copy(update={"summary": plain.summary}) == plain


@pytest.mark.unit
def test_every_kind_of_value_can_be_set() -> None:
    changed = ask(
        "n-cpec-plus",
        [
            "parameters.trade_elasticity=6",
            "parameters.value_usd_per_tonne.central=3000",
            "costs.crossing-times.capital_million_usd={low=10, central=20, high=40}",
            'measures.crossing-times.crossings=["torkham-road"]',
            "constraints=ignore",
        ],
    )
    theta = changed.parameters["trade_elasticity"]
    assert (theta.low, theta.central, theta.high) == (6, 6, 6)
    value = changed.parameters["value_usd_per_tonne"]
    assert (value.low, value.central, value.high) == (1000, 3000, 5000)
    assert changed.costs[0].capital_million_usd.central == 20
    crossing = changed.measures[-1]
    assert isinstance(crossing, ChangeCrossing)
    assert crossing.crossings == ("torkham-road",)
    assert changed.constraints == "ignore"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("dat=2020-01-01", "there is no 'dat'. Did you mean 'date'?"),
        ("date=soon", "date: input should be a valid date (it is 'soon')"),
        ("closure=aditive", "'purged', 'additive' or 'proportional'"),
        ("parameters.trade_elastcity=6", "Did you mean 'trade_elasticity'?"),
        ("parameters.trade_elasticity=high", "give a number"),
        ("measures.crossing-time.hours=3", "Did you mean 'crossing-times'?"),
        ("measures.crossing-times.hour=3", "Did you mean 'hours'"),
        ("measures.crossing-times.hours=-3", "greater than or equal to 0"),
        ("measures.crossing-times.hours.central=30", "not in rising order"),
        ("measures.crossing-times.hours.centre=8", "Did you mean 'central'?"),
        ("measures.crossing-times.id=other", "its id and kind stay"),
        ("costs.ml-1.capital=3", "capital_million_usd"),
        ("measures.crossing-times", "is not key=value"),
        ("format=2", "there is no 'format'"),
    ],
)
def test_a_slip_in_a_setting_gets_one_message(setting: str, said: str) -> None:
    with pytest.raises(FaultsError) as caught:
        ask("n-cpec-plus", [setting])
    assert said in str(caught.value)
    assert len(caught.value.faults) == 1
    assert caught.value.where == "--set"


@pytest.mark.unit
def test_all_slips_are_told_at_once() -> None:
    with pytest.raises(FaultsError) as caught:
        ask("n-cpec-plus", ["dat=1", "closur=purged"])
    assert len(caught.value.faults) == 2


@pytest.mark.unit
def test_a_file_with_a_plus_in_its_name_counts_whole(tmp_path: Path) -> None:
    text = find_scenario("cku").read_text(encoding="utf-8")
    file = tmp_path / "one+two.toml"
    file.write_text(text, encoding="utf-8")
    assert ask(str(file)).name == "cku"
    with pytest.raises(UnknownNameError):
        ask(str(tmp_path / "one") + "+cku")
