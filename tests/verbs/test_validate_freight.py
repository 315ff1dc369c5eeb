"""Freight beside published figures as a public function: the same as the shell, on any world."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import landbridge as lb
from landbridge.errors import InputError
from landbridge.freight.validate.comparing import Validation
from landbridge.results import Result
from landbridge.scenarios.reading import find_scenario, read_scenario
from landbridge.studies.chain.assumptions import central_freight
from landbridge.studies.chain.inputs import prepare_inputs
from landbridge.studies.run.freight_warnings import changed_elements, scenario_warnings
from landbridge.studies.run.geometry import reported_trips

from ..cli.calling import shell  # noqa: TID252 - tests are no package
from .promises import YEAR, rests_on_the_file, saves_all_or_nothing, shows_itself

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def result(own: lb.Model) -> Result[Validation]:
    return own.validate_freight()


def test_python_and_the_shell_say_the_same(result: Result[Validation], flows: Path) -> None:
    done = shell("freight", "validate", "--world", str(flows), "--year", str(YEAR), "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout == result.to_json()


def test_the_result_shows_itself_and_is_saved_whole_or_not(
    result: Result[Validation], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows_itself(result)
    rests_on_the_file(result)
    saves_all_or_nothing(result, tmp_path / "out", monkeypatch)
    drawn = ET.parse(tmp_path / "out" / "chart.svg").getroot()  # noqa: S314 - our own file
    marks = [one for one in drawn.iter() if one.tag.endswith(("circle", "rect"))]
    assert len(marks) == len(result.tables["freight_validation"])


def test_figures_open_by_name(result: Result[Validation]) -> None:
    factor = result.to_xarray("freight_validation")["factor"]
    assert factor.dims == ("figure",)


def test_a_scenario_that_changes_a_crossing_is_warned_of_it(model: lb.Model) -> None:
    inputs = prepare_inputs(model, read_scenario(find_scenario("cpec")))
    trips = reported_trips(inputs, central_freight(inputs.parameters))
    named = [one for one in scenario_warnings(inputs, trips) if "in the model, against" in one]
    assert named
    told = named[0].removeprefix("Warning: ")
    table = model.validate_freight().tables["freight_validation"]
    factors = table.loc[[told.startswith(str(name)) for name in table["name"]], "factor"]
    assert (factors > 2).any()


def test_a_scenario_that_leaves_the_network_is_not_warned(model: lb.Model) -> None:
    assert model.run("eaeu-pakistan-fta", draws=0).found.warnings == ()


def test_what_a_scenario_changes_is_found(model: lb.Model) -> None:
    scenario = read_scenario(find_scenario("malacca-closed"))
    inputs = prepare_inputs(model, scenario)
    assert changed_elements(inputs.before, inputs.after) == {"malacca"}
    assert changed_elements(inputs.before, inputs.before) == set()


def test_least_cost_paths_are_held_to_fewer_figures(
    own: lb.Model, result: Result[Validation]
) -> None:
    least = own.validate_freight(of="least")
    compared = [set(one.tables["freight_validation"]["figure"]) for one in (least, result)]
    assert compared[0] < compared[1]
    units = result.tables["freight_validation"]["unit"]
    assert (units == "million TEU").any()
    with pytest.raises(InputError, match="Did you mean 'least'"):
        own.validate_freight(of="leest")
